//! The last words of a release are a signature: owed once, kept and told.

use super::team::{Team, person};
use crate::command::{Report, Wish};
use crate::effect::{Audience, CardId, Effect};
use crate::history::Checkpoint;
use crate::ids::ReleaseId;
use crate::notice::News;
use crate::refusal::Refusal;

fn checkpoint() -> Checkpoint {
    Checkpoint {
        note: "the log stood there".to_owned(),
        key: "whose word that is".to_owned(),
    }
}

fn signed(release: ReleaseId) -> Report {
    Report::CheckpointSigned {
        release,
        checkpoint: checkpoint(),
    }
}

fn cancelled(team: &mut Team) -> ReleaseId {
    let release = team.opens("1.4.0");
    let why = "not ready".to_owned();
    team.says("ana", Wish::Cancel { release, why }).unwrap();
    release
}

#[test]
fn a_release_that_is_done_or_given_up_is_signed_for() {
    let mut team = Team::with_production(|env| env.watch.clear());
    for end in [|team: &mut Team| team.brings("1.4.0"), cancelled] {
        let release = end(&mut team);
        assert!(!team.release(release).is_open());
        assert!(team.effects().contains(&Effect::Checkpoint { release }));
    }
    let owed = |it: &&Effect| matches!(it, Effect::Checkpoint { .. });
    assert_eq!(
        team.owed.iter().filter(owed).count(),
        2,
        "and nothing else is"
    );
}

#[test]
fn what_was_signed_is_kept_and_told_in_the_thread_and_nobody_is_called() {
    let mut team = Team::new();
    let release = cancelled(&mut team);
    team.world_says(signed(release)).unwrap();
    assert_eq!(team.did(), ["release.checkpointed"]);
    let [Effect::Say { to, notice, .. }] = team.effects() else {
        panic!("{:?}", team.effects())
    };
    assert_eq!(*to, Audience::Thread(CardId::Release { release }));
    assert_eq!(notice.mention, Vec::<crate::ids::Person>::new());
    let checkpoint = checkpoint();
    assert_eq!(notice.news, News::Checkpointed { checkpoint });
    assert!(!team.release(release).is_open());
    assert_eq!(team.release(release).requester, person("ana"));
}

#[test]
fn a_release_that_goes_on_is_not_signed_for() {
    let mut team = Team::new();
    let release = team.opens("1.4.0");
    let what = "the release is not over";
    let refused = team.world_says(signed(release));
    assert_eq!(refused, Err(Refusal::Stale { what }));
    let release = ReleaseId(77);
    let unknown = team.world_says(signed(release));
    assert_eq!(unknown, Err(Refusal::UnknownRelease { release }));
}
