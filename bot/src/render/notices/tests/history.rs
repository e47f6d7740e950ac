//! News about the bot itself: its records, its clock.

use shipbell_domain::history::{Checkpoint, LogEnd, Loss};
use shipbell_domain::ids::Hash;
use shipbell_domain::notice::News;

use super::drawn;
use crate::chatops::vocabulary::sample::person;

#[test]
fn news_about_the_bot_itself() {
    let all = [
        drawn(lost(("a", 142), ("a", 121), Some("bo")), &[]),
        drawn(lost(("a", 142), ("a", 141), None), &[]),
        drawn(lost(("a", 142), ("a", 150), None), &[]),
        drawn(lost(("a", 142), ("b", 3), Some("ana")), &[]),
        drawn(News::ClockJumped { seconds: 7_380 }, &[]),
        drawn(News::ClockJumped { seconds: -45 }, &[]),
        drawn(signed(), &[]).replace("| \n", "|\n"),
    ];
    insta::assert_snapshot!(all.join("\n\n"), @r#"
    An older copy of my records was restored: they end at event 121, and events 122 to 142 are gone. Bo Lindqvist accepted that, and I go on.
    What was said and done in that time counts no longer: sign-offs, deploys, incidents, reminders. Before the next deploy compare what really runs with `/release status`

    An older copy of my records was restored: they end at event 141, and event 142 is gone. Whoever runs me accepted that, and I go on.
    What was said and done in that time counts no longer: sign-offs, deploys, incidents, reminders. Before the next deploy compare what really runs with `/release status`

    My records were replaced: up to event 142 they say something else than before. Whoever runs me accepted that, and I go on.
    What was said and done in that time counts no longer: sign-offs, deploys, incidents, reminders. Before the next deploy compare what really runs with `/release status`

    My records were replaced by others: the 142 events there were are not in them. Ana Ruiz accepted that, and I go on.
    What was said and done in that time counts no longer: sign-offs, deploys, incidents, reminders. Before the next deploy compare what really runs with `/release status`

    My clock was set ahead by 2h3m. I waited until it went on steadily.
    Windows, reminders and escalations follow this clock. Whoever runs me should see that the time on my machine is right.

    My clock was set back by 45s. I waited until it went on steadily.
    Windows, reminders and escalations follow this clock. Whoever runs me should see that the time on my machine is right.

    r142 is over. My record is signed up to here: with these lines anybody can tell later whether something before them was changed.
    Signed:
      | shipbell/07
      | 142
      | abcd
      |
      | — shipbell/07 c2ln
    Key:
      | shipbell/07+0badcafe+AQID
    "#);
}

fn lost(seen: (&str, u64), found: (&str, u64), by: Option<&str>) -> News {
    let end = |(instance, seq): (&str, u64)| LogEnd {
        instance: instance.to_owned(),
        seq,
        hash: Hash::of([instance.as_bytes()]),
    };
    News::LossAccepted {
        loss: Loss {
            seen: end(seen),
            found: end(found),
        },
        by: by.map(person),
    }
}

fn signed() -> News {
    let note = "shipbell/07\n142\nabcd\n\n\u{2014} shipbell/07 c2ln\n".to_owned();
    News::Checkpointed {
        checkpoint: Checkpoint {
            note,
            key: "shipbell/07+0badcafe+AQID".to_owned(),
        },
    }
}
