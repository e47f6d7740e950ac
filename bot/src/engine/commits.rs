//! What is known of a release's commit, read where its commits live.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join;
use shipbell_adapters::forge::{Repository, State};
use shipbell_domain::Command;
use shipbell_domain::command::Report;
use shipbell_domain::ids::{EnvName, ReleaseId};
use shipbell_domain::origin::{self, CheckState, Checked, Sighting, Tip};
use shipbell_domain::release::Release;

use super::hub::Hub;
use super::view;

/// The pause before checks that have not passed are read again, and from how many
/// readings on it is the longer one.
const AGAIN: TimeDelta = TimeDelta::seconds(10);
const AGAIN_LATER: TimeDelta = TimeDelta::seconds(60);
const OFTEN: u32 = 30;

/// Why a reading is not told, and how long it is until the next.
pub(super) struct Later {
    pub(super) why: String,
    pub(super) pause: TimeDelta,
}

/// Reads the checks of a release; what says nothing new is read again later.
pub(super) async fn read(hub: &Hub, id: ReleaseId, tries: u32) -> Result<Command, Later> {
    let release = view::release(hub, id).await.ok_or_else(|| Later {
        why: "the release could not be read".to_owned(),
        pause: AGAIN,
    })?;
    let wanted = named_checks(hub, &release);
    let now = hub.time().await;
    // Whatever changes how often, the forge is asked at a pace.
    let last = release.checked.as_ref().map(|it| now - it.read_at);
    if let Some(last) = last.filter(|it| (TimeDelta::zero()..AGAIN).contains(it)) {
        return Err(Later {
            why: "the checks were read a moment ago".to_owned(),
            pause: AGAIN - last,
        });
    }
    let checked = checks(hub, &release, &wanted, now).await.bounded(&wanted);
    let known = release.checked.as_ref();
    let same = known.is_some_and(|it| it.says_the_same(&checked));
    if same && release.is_open() && !wanted.is_empty() && !checked.is_green(&wanted) {
        let often = checked.checks.is_ok() && tries < OFTEN;
        return Err(Later {
            why: "the checks say what they said before".to_owned(),
            pause: if often { AGAIN } else { AGAIN_LATER },
        });
    }
    Ok(Command::Report(Report::ChecksRead {
        release: id,
        checked,
    }))
}

/// Reads all that a deploy to this environment demands of the commit, once: whoever
/// wants the deploy waits for it.
pub(super) async fn sighting(hub: &Hub, release: &Release, env: &EnvName) -> Sighting {
    let wanted = named_checks(hub, release);
    let setup = hub.setup();
    let policy = setup.policy(&release.app);
    let ends = policy
        .and_then(|it| it.environment(env))
        .is_some_and(|it| it.no_new_commits);
    let branch = policy.and_then(|it| it.origin.as_ref()?.branch.clone());
    let now = hub.time().await;
    let checking = async {
        if wanted.is_empty() {
            return None;
        }
        Some(checks(hub, release, &wanted, now).await)
    };
    let ending = async {
        let branch = branch.filter(|_| ends)?;
        Some(tip(hub, release, branch, now).await)
    };
    let (checked, tip) = join(checking, ending).await;
    Sighting { checked, tip }
}

async fn checks(
    hub: &Hub,
    release: &Release,
    wanted: &BTreeSet<String>,
    read_at: DateTime<Utc>,
) -> Checked {
    let setup = hub.setup();
    let policy = setup.policy(&release.app);
    let commit = policy
        .and_then(|it| origin::commit(it, release))
        .unwrap_or_default();
    let unread = |why: String| Checked {
        read_at,
        commit: commit.to_owned(),
        checks: Err(why),
    };
    let Some(repository) = repository(hub, release) else {
        return unread(UNKNOWN.to_owned());
    };
    match hub.ports.forge.checks(&repository, commit).await {
        Ok(found) if origin::is_named(commit, &found.commit) => Checked {
            read_at,
            checks: Ok(named(wanted, &found.found)),
            commit: found.commit,
        },
        Ok(found) => unread(format!(
            "{} answered for another commit, {}",
            repository.address, found.commit
        )),
        Err(error) => unread(error.to_string()),
    }
}

async fn tip(hub: &Hub, release: &Release, branch: String, read_at: DateTime<Utc>) -> Tip {
    let commit = match repository(hub, release) {
        None => Err(UNKNOWN.to_owned()),
        Some(repository) => {
            let tip = hub.ports.forge.tip(&repository, &branch).await;
            tip.map_err(|error| error.to_string())
        }
    };
    Tip {
        read_at,
        branch,
        commit,
    }
}

const UNKNOWN: &str = "the configuration in force names no repository";

fn repository(hub: &Hub, release: &Release) -> Option<Repository> {
    hub.setup().repositories.get(&release.app).cloned()
}

fn named_checks(hub: &Hub, release: &Release) -> BTreeSet<String> {
    let setup = hub.setup();
    let policy = setup.policy(&release.app);
    policy
        .map(shipbell_domain::policy::Policy::named_checks)
        .unwrap_or_default()
}

fn named(
    wanted: &BTreeSet<String>,
    found: &BTreeMap<String, State>,
) -> BTreeMap<String, CheckState> {
    let state = |name: &String| match found.get(name) {
        None => CheckState::Missing,
        Some(State::Passed) => CheckState::Passed,
        Some(State::Pending(word)) => CheckState::Pending(word.clone()),
        Some(State::Failed(word)) => CheckState::Failed(word.clone()),
    };
    wanted.iter().map(|it| (it.clone(), state(it))).collect()
}
