//! Every kind of card, and how one knows that it was shown.

use shipbell_domain::ask::{AskId, Phase};
use shipbell_domain::effect::CardId;
use shipbell_domain::ids::{IncidentId, ReleaseId};

use super::id;
use super::refusals::production;

/// How many kinds of cards there are.
const KINDS: usize = 7;

/// One card of each kind.
pub(super) fn cards() -> [CardId; KINDS] {
    let (release, environment) = (ReleaseId(1), production());
    let (env, attempt) = (environment.env.clone(), 1);
    let ask = AskId {
        release,
        env: env.clone(),
        phase: Phase::Signoff,
        manifest: id(&"ab".repeat(32)),
        round: 1,
    };
    let of_attempt = || (release, environment.clone(), attempt);
    let progress = |(release, environment, attempt)| CardId::Progress {
        release,
        environment,
        attempt,
    };
    let evidence = |(release, environment, attempt)| CardId::Evidence {
        release,
        environment,
        attempt,
    };
    let watch = |(release, environment, attempt)| CardId::Watch {
        release,
        environment,
        attempt,
    };
    [
        CardId::Announcement { release, env },
        CardId::Release { release },
        CardId::Ask { ask },
        progress(of_attempt()),
        evidence(of_attempt()),
        watch(of_attempt()),
        CardId::Incident {
            incident: IncidentId(1),
        },
    ]
}

/// What a card of this kind reads like; a new kind must be named here, and in [`cards`].
pub(super) fn reads(card: &CardId) -> &'static str {
    match card {
        CardId::Announcement { .. } => "goes to production",
        CardId::Release { .. } => "Rapid Audit 1.0.0 · Done",
        CardId::Ask { .. } => "used by attempt 1",
        CardId::Progress { .. } => "Production: Deploy of 1.0.0",
        CardId::Evidence { .. } => "Smoke tests of 1.0.0 on production",
        CardId::Watch { .. } => "Stable: watched",
        CardId::Incident { .. } => "P1 i1:",
    }
}
