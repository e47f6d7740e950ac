//! What must hold when an attempt is over, looked at from outside.

use super::ground::{ENV, Ground};
use super::processes;
use crate::house::Life;
use crate::stage::Stage;
use crate::world;

/// Ends the test if anything is wrong.
#[track_caller]
pub(super) fn fail(stage: &Stage, wrong: &[String]) {
    crate::deaths::fail(stage, wrong);
}

/// The right version answers, in one container; every version's command ran once; nobody
/// is at work.
pub(super) async fn holds(ground: &Ground, life: &Life, migrated: &[&str]) {
    let mut wrong = serves(ground).await;
    wrong.extend(containers(ground).await);
    let project = world::project(ground.app, ENV);
    let ran = world::migrated(&project).await;
    if ran != migrated {
        wrong.push(format!(
            "the command ran for {ran:?}, not once for each of {migrated:?}"
        ));
    }
    wrong.extend(idle(ground, life));
    fail(&ground.stage, &wrong);
}

async fn serves(ground: &Ground) -> Vec<String> {
    let stage = &ground.stage;
    let environment = format!("{}/{ENV}", ground.app);
    let Some((version, image)) = stage.records.current(&environment) else {
        return vec!["by the log nothing runs".to_owned()];
    };
    let mut wrong = Vec::new();
    let answer = world::answer(&stage.house.first_service()).await;
    let wanted = format!("web {version} of {}", ground.app);
    if answer.as_deref() != Some(wanted.as_str()) {
        wrong.push(format!("{answer:?} is answered, not {wanted:?}"));
    }
    let running = world::running(&world::project(ground.app, ENV)).await;
    if running != [(image.clone(), true)] {
        wrong.push(format!("{running:?} is there, not {image} alone"));
    }
    wrong
}

/// One container of the service under the name Compose gives it, and of those for one
/// command none that waits or runs.
async fn containers(ground: &Ground) -> Vec<String> {
    let project = world::project(ground.app, ENV);
    let own = ["-", "_"].map(|it| format!("{project}{it}web{it}1"));
    let all = world::containers(&project).await;
    let (once, lasting): (Vec<_>, Vec<_>) = all.into_iter().partition(|(_, _, once)| *once);
    let mut wrong = Vec::new();
    match lasting.as_slice() {
        [(name, state, _)] if own.contains(name) && state == "running" => {}
        other => wrong.push(format!("one container called {own:?}, not {other:?}")),
    }
    let open = once.iter().filter(|(_, state, _)| state != "exited");
    wrong.extend(open.map(|it| format!("a command is left open: {it:?}")));
    wrong
}

/// Nothing changes the project any more, and nobody but the bot has the lock file open.
fn idle(ground: &Ground, life: &Life) -> Vec<String> {
    let project = world::project(ground.app, ENV);
    let lock = ground.stage.house.lock((ground.app, ENV));
    let lock = lock.canonicalize().unwrap();
    let busy = processes::all().into_iter();
    let busy = busy.filter(|it| it.changes(&project));
    let held = processes::holders(&lock).into_iter();
    let held = held.filter(|it| it.number != life.process());
    busy.map(|it| format!("still at work: {}", it.told()))
        .chain(held.map(|it| format!("still holds the lock: {}", it.told())))
        .collect()
}
