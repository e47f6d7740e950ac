//! Rows of a release: its manifest, stages, asks and the answers that stand.

use shipbell_domain::ask::{Ask, AskId, AskState, Ballot, Source, Vote};
use shipbell_domain::event::{ReleaseEvent, StageResult};
use shipbell_domain::ids::{EnvName, Person};
use shipbell_domain::manifest::Manifest;
use shipbell_domain::release::Release;

use super::{Cell, Table, Touched, json, maybe, put, text};
use crate::StoreError;
use crate::names::{micros, signed};

pub(super) fn touch(
    rows: &mut Touched,
    release: &Release,
    event: &ReleaseEvent,
) -> Result<(), StoreError> {
    match event {
        ReleaseEvent::ManifestFixed { .. } | ReleaseEvent::PolicyChanged { .. } => {
            if let Some(it) = &release.manifest {
                manifest(rows, it)?;
            }
        }
        ReleaseEvent::AskOpened { ask, .. } | ReleaseEvent::AskVoided { ask, .. } => {
            put_ask(rows, release, ask);
        }
        ReleaseEvent::Voted {
            ask, by, source, ..
        }
        | ReleaseEvent::VoteWithdrawn { ask, by, source } => {
            signoff(rows, release.asks.get(ask), by, source);
        }
        ReleaseEvent::Planned { env, .. } | ReleaseEvent::StageEnded { env, .. } => {
            stage(rows, release, env);
        }
        ReleaseEvent::StageStarted { env, ask, .. } => {
            if let Some(ask) = ask {
                put_ask(rows, release, ask);
            }
            stage(rows, release, env);
        }
        ReleaseEvent::Opened { .. }
        | ReleaseEvent::ImagesUnresolved { .. }
        | ReleaseEvent::Announced { .. }
        | ReleaseEvent::Ticked { .. }
        | ReleaseEvent::Noted { .. }
        | ReleaseEvent::ChecksRead { .. }
        | ReleaseEvent::BranchRead { .. }
        | ReleaseEvent::VoteIgnored { .. }
        | ReleaseEvent::PreviewWanted { .. }
        | ReleaseEvent::Previewed { .. }
        | ReleaseEvent::StartRequested { .. }
        | ReleaseEvent::StandingRead { .. }
        | ReleaseEvent::StartRefused { .. }
        | ReleaseEvent::Overridden { .. }
        | ReleaseEvent::StageWatched { .. }
        | ReleaseEvent::Done
        | ReleaseEvent::Cancelled { .. }
        | ReleaseEvent::Checkpointed { .. } => {}
    }
    Ok(())
}

pub(super) fn manifest(rows: &mut Touched, it: &Manifest) -> Result<(), StoreError> {
    let cells = vec![
        text(&it.hash()),
        text(&it.app),
        text(&it.version),
        Cell::Text(json(it)?),
    ];
    put(rows, Table::Manifest, cells);
    Ok(())
}

fn put_ask(rows: &mut Touched, release: &Release, id: &AskId) {
    let Some(ask) = release.asks.get(id) else {
        return;
    };
    let state = match ask.state {
        AskState::Open => "open",
        AskState::Used(_) => "used",
        AskState::Void(_) => "void",
    };
    let cells = vec![
        Cell::Text(ask_name(id)),
        text(&id.release),
        text(&release.environment(&id.env)),
        text(&id.phase.slug()),
        text(&id.manifest),
        Cell::Number(id.round.into()),
        Cell::Number(micros(ask.opened_at)),
        text(&state),
    ];
    put(rows, Table::Ask, cells);
}

fn signoff(rows: &mut Touched, ask: Option<&Ask>, by: &Person, source: &Source) {
    let Some(ask) = ask else { return };
    let place = match source {
        Source::Reaction(surface) => format!("reaction/{surface}"),
        Source::Word => "word".to_owned(),
    };
    let key = vec![Cell::Text(ask_name(&ask.id)), text(by), Cell::Text(place)];
    match ask.ballot(by, source) {
        Some(Ballot { vote, since, .. }) => {
            let (says, reason) = match vote {
                Vote::Yes => ("yes", None),
                Vote::No { reason } => ("no", reason.as_ref()),
            };
            let mut cells = key;
            cells.extend([text(&says), maybe(reason), Cell::Number(micros(*since))]);
            put(rows, Table::Signoff, cells);
        }
        None => {
            rows.insert((Table::Signoff, key), None);
        }
    }
}

fn stage(rows: &mut Touched, release: &Release, env: &EnvName) {
    let Some(stage) = release.stage(env) else {
        return;
    };
    let result = stage.attempts.last().map(|last| match &last.ended {
        None => "running",
        Some((_, StageResult::Verified)) => "verified",
        Some((_, StageResult::Failed(_))) => "failed",
        Some((_, StageResult::RolledBack(_))) => "rolled back",
    });
    let cells = vec![
        text(&release.id),
        text(&release.environment(env)),
        maybe(release.manifest.as_ref().map(Manifest::hash).as_ref()),
        Cell::Number(signed(stage.attempts.len() as u64)),
        maybe(result.as_ref()),
    ];
    put(rows, Table::Stage, cells);
}

/// The whole manifest is in it: people's short form could mean two.
fn ask_name(id: &AskId) -> String {
    format!(
        "{}/{}/{}/{}/{}",
        id.release,
        id.env,
        id.phase.slug(),
        id.manifest,
        id.round
    )
}
