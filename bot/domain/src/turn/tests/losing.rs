//! A part of the record is lost, and that is noted.

use super::team::{Team, person};
use crate::history::{LogEnd, Loss};
use crate::ids::Hash;
use crate::notice::News;
use crate::reply::Reply;

#[test]
fn a_loss_is_noted_and_told_to_everybody() {
    let mut team = Team::new();
    let end = |seq: u64| LogEnd {
        instance: "07".repeat(16),
        seq,
        hash: Hash::of([&seq.to_be_bytes()[..]]),
    };
    let loss = Loss {
        seen: end(142),
        found: end(121),
    };
    for by in [Some("bo"), None] {
        assert_eq!(team.accepts(loss.clone(), by), Ok(Reply::Nothing));
        assert_eq!(team.did(), ["agenda.loss_accepted"]);
        let told = News::LossAccepted {
            loss: loss.clone(),
            by: by.map(person),
        };
        assert_eq!(team.news(), [&told]);
    }
}
