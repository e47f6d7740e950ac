//! Cards as they look at every turn of the sample Friday.

mod announcements;
mod asks;
mod attempts;
mod checklists;
mod incidents;
mod releases;
mod watches;

use std::sync::Arc;

use shipbell_domain::ask::{AskState, Phase, Vote};
use shipbell_domain::effect::CardId;
use shipbell_domain::event::{IncidentEvent, ReleaseEvent};
use shipbell_domain::ids::{IncidentId, ReleaseId};
use shipbell_domain::quorum::Quorum;
use shipbell_domain::release::Moment;

use crate::chatops::vocabulary::sample::{Day, RELEASE, at, env, person, place, role};
use crate::render::plain::plain;
use crate::render::sample::{look, sound};
use crate::render::{Said, View, card};

fn release() -> CardId {
    CardId::Release { release: RELEASE }
}

fn progress() -> CardId {
    CardId::Progress {
        release: RELEASE,
        environment: place("production"),
        attempt: 8,
    }
}

fn drawn(day: &Day, id: &CardId, time: &str) -> String {
    let card = look(&day.world, time, |view| card(id, view)).unwrap();
    sound(&card);
    format!("{}\n---\n{}", card.summary, plain(&card))
}

#[test]
fn every_summary_tells_the_whole_news() {
    let production = || place("production");
    let of = |day: Day, id: CardId, time: &'static str| (day, id, time);
    let evidence = CardId::Evidence {
        release: RELEASE,
        environment: production(),
        attempt: 8,
    };
    let watch = CardId::Watch {
        release: RELEASE,
        environment: production(),
        attempt: 8,
    };
    let incident = CardId::Incident {
        incident: IncidentId(7),
    };
    for (day, id, time) in [
        of(Day::waiting(), release(), "13:55"),
        of(Day::failed(), release(), "14:06"),
        of(
            Day::waiting(),
            CardId::Ask {
                ask: Day::waiting().ask(),
            },
            "13:55",
        ),
        of(
            Day::ready(),
            CardId::Ask {
                ask: Day::waiting().ask(),
            },
            "13:59",
        ),
        of(Day::deploying(), progress(), "14:03"),
        of(Day::failed(), progress(), "14:06"),
        of(Day::watching(), evidence, "14:06"),
        of(Day::watching(), watch, "14:09"),
        of(Day::burning(), incident, "14:07"),
    ] {
        let card = look(&day.world, time, |view| card(&id, view)).unwrap();
        let state = card
            .pill
            .clone()
            .expect("every card says how it stands")
            .words;
        for part in ["2026.11.20-1", "production", "Rapid Audit Manage", &state] {
            assert!(
                card.summary.contains(part),
                "{part} is not in: {}",
                card.summary
            );
        }
    }
}

#[test]
fn what_somebody_typed_is_bounded_and_never_a_mention() {
    let mut day = Day::burning();
    let incident = day.world.incidents.get_mut(&IncidentId(7)).unwrap();
    Arc::make_mut(incident).what = "<!channel> @everyone <script>".repeat(400);
    let id = CardId::Incident {
        incident: IncidentId(7),
    };
    let card = look(&day.world, "14:07", |view| card(&id, view)).unwrap();
    assert!(card.summary.chars().count() < 450, "{}", card.summary.len());
    assert!(plain(&card).len() < 2_000);
    assert!(!format!("{card:?}").contains("Mention"));
}
