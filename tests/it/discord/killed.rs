//! `kill -9` in a storm of reactions: whatever the bot had seen of it, what stands counts.

use crate::room::{Message, Over, Room, Team};

/// How many people come and go in a storm.
const GUSTS: usize = 40;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_in_a_storm_of_reactions_it_counts_what_stands() {
    let mut room = Room::open(Over::Discord).await;
    let team = room.team().await;
    let release = room.opens_checked(&team, "1.0.0").await;
    room.passes_staging(&team, &release).await;
    let ask = room.asks(&release, "for production?").await;
    room.stops().await;
    // A session that is gone on with sends again what was missed; where there is none,
    // what stands is read.
    for (round, resumes) in [true, false, true].into_iter().enumerate() {
        let bot = room.lives(None).await;
        let readings = || room.discord().logged("reactors");
        let before = readings();
        storms(&team, &ask, GUSTS / 2 + round).await;
        let begun = || (readings() > before).then_some(());
        let what = "the bot is in the middle of it";
        room.discord().until(what, begun).await;
        room.kills(bot).await;
        storms(&team, &ask, GUSTS / 2 - round).await;
        // In the end Chloé stands there and Dan does not, or the other way round.
        let (stands, gone) = match round % 2 {
            0 => ((&team.chloe, "Chloé Martin,"), (&team.dan, "Dan Okoye,")),
            _ => ((&team.dan, "Dan Okoye,"), (&team.chloe, "Chloé Martin,")),
        };
        stands.0.consents(&ask).await;
        gone.0.withdraws(&ask).await;
        if !resumes {
            room.discord().forget_sessions();
        }
        let bot = room.lives(None).await;
        let counted = |text: &str| text.contains(stands.1) && !text.contains(gone.1);
        room.shows(&ask, "what stands counts, and nothing else", counted)
            .await;
        room.kills(bot).await;
    }
    room.closes().await;
}

/// People put consent on and take it off again, one after the other and at once.
async fn storms(team: &Team, ask: &Message, gusts: usize) {
    for gust in 0..gusts {
        let (one, other) = if gust % 2 == 0 {
            (&team.chloe, &team.dan)
        } else {
            (&team.dan, &team.chloe)
        };
        one.consents(ask).await;
        other.withdraws(ask).await;
    }
}
