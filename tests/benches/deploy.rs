//! Deploys through Compose, against the same commands typed by hand: one that changes
//! nothing, one that changes a service, for how long it is away, and the way back.

mod image;
mod stage;
mod whole;

use std::path::{Path, PathBuf};
use std::time::Duration;

use shipbell::wiring::engine_settings;
use shipbell_adapters::containers::Flavour;
use shipbell_adapters::containers::docker::Settings;

use crate::measure::{Failed, Pairs, folder, note, time};
use stage::{BAD, Stage, Way};
use whole::Whole;

/// How many times the typed commands' time ours may take. For how long a service is away
/// nothing was promised: that it is no longer is what one would expect.
const BOUND: f64 = 1.2;
const TURNS: u32 = 10;
const WARM_UP: u32 = 1;

/// Takes every measure with each Compose that is there.
pub(crate) async fn run() -> Result<(), Failed> {
    for flavour in [Flavour::V1, Flavour::V2] {
        let folder = folder()?;
        let settings = settings(folder.path(), flavour)?;
        let stage = match Stage::new(folder.path(), flavour, settings).await {
            Ok(stage) => stage,
            Err(why) => {
                note("deploy", &format!("{flavour}: skipped: {why}"));
                continue;
            }
        };
        let measured = measure(&stage, folder.path()).await;
        stage.clean().await?;
        measured?;
    }
    Ok(())
}

/// A plugin that is not installed, if there is one.
fn plugin() -> Option<PathBuf> {
    std::env::var_os("SHIPBELL_COMPOSE_V2").map(PathBuf::from)
}

/// Lays it where Docker's client looks for it, in a folder with its configuration.
fn lay(plugin: &Path, config: &Path) -> std::io::Result<()> {
    let plugins = config.join("cli-plugins");
    std::fs::create_dir_all(&plugins)?;
    std::os::unix::fs::symlink(plugin, plugins.join("docker-compose"))
}

/// What programs get to see.
fn settings(folder: &Path, flavour: Flavour) -> Result<Settings, Failed> {
    let usual = engine_settings(None);
    let (Some(plugin), Flavour::V2) = (plugin(), flavour) else {
        return Ok(usual);
    };
    let config = folder.join("docker");
    lay(&plugin, &config)?;
    Ok(Settings {
        docker_config: Some(config),
        ..usual
    })
}

async fn measure(stage: &Stage, folder: &Path) -> Result<(), Failed> {
    for way in Way::BOTH {
        stage.deploy(way, "1").await?;
        stage.is_well(way, "1").await?;
    }
    nothing_changes(stage).await?;
    a_service_changes(stage).await?;
    a_service_is_away(stage).await?;
    it_goes_back(stage).await?;
    let whole = Whole::start(folder, (stage, plugin())).await?;
    let measured = by_the_whole_program(stage, &whole).await;
    whole.stop().await?;
    measured
}

/// The same deploy and the same way back, by all of the program.
async fn by_the_whole_program(stage: &Stage, whole: &Whole) -> Result<(), Failed> {
    whole.deploys("1").await?;
    let deploy = async |way, turn| match way {
        Way::Ours => whole.deploys(version(turn)).await,
        Way::Typed => {
            let typed = async {
                stage.deploy(way, version(turn)).await?;
                stage.is_well(way, version(turn)).await
            };
            took(typed).await
        }
    };
    let name = stage.name("deploy by the whole program / typed by hand");
    in_turns(deploy).await?.report(&name, BOUND);
    let back = async |way, _| match way {
        Way::Ours => whole.goes_back().await,
        Way::Typed => went_back(stage, way).await,
    };
    let name = stage.name("back to healthy by the whole program / typed by hand");
    in_turns(back).await?.report(&name, BOUND);
    Ok(())
}

async fn nothing_changes(stage: &Stage) -> Result<(), Failed> {
    let before = stage.containers().await?;
    let measured = in_turns(async |way, _| took(stage.deploy(way, "1")).await).await?;
    if before != stage.containers().await? {
        return Err("something was changed that was to be left alone".into());
    }
    measured.report(&stage.name("no-change deploy / typed by hand"), BOUND);
    Ok(())
}

async fn a_service_changes(stage: &Stage) -> Result<(), Failed> {
    let deploy = async |way, turn| {
        let length = took(stage.deploy(way, version(turn))).await?;
        stage.is_well(way, version(turn)).await?;
        Ok(length)
    };
    let name = stage.name("deploy of one service / typed by hand");
    in_turns(deploy).await?.report(&name, BOUND);
    Ok(())
}

async fn a_service_is_away(stage: &Stage) -> Result<(), Failed> {
    let away = async |way, turn| stage.away_during(way, version(turn)).await;
    let name = stage.name("away while replaced / typed by hand");
    in_turns(away).await?.report(&name, BOUND);
    Ok(())
}

async fn it_goes_back(stage: &Stage) -> Result<(), Failed> {
    let back = async |way, _| went_back(stage, way).await;
    let name = stage.name("back to healthy / typed by hand");
    in_turns(back).await?.report(&name, BOUND);
    Ok(())
}

/// How long it took from the moment a bad version was noticed until the one before was back.
async fn went_back(stage: &Stage, way: Way) -> Result<Duration, Failed> {
    stage.deploy(way, "1").await?;
    stage.is_well(way, "1").await?;
    stage.deploy(way, BAD).await?;
    stage.is_ill(way).await?;
    let back = async {
        stage.deploy(way, "1").await?;
        stage.is_well(way, "1").await
    };
    took(back).await
}

/// Measures both ways in turns, after some that do not count.
async fn in_turns(
    measure: impl AsyncFn(Way, u32) -> Result<Duration, Failed>,
) -> Result<Pairs, Failed> {
    let mut pairs = Pairs::default();
    for turn in 1..=WARM_UP + TURNS {
        let (ours, typed) = (
            measure(Way::Ours, turn).await?,
            measure(Way::Typed, turn).await?,
        );
        if turn > WARM_UP {
            pairs.push(ours, typed);
        }
    }
    Ok(pairs)
}

/// How long something took that went well.
async fn took(work: impl Future<Output = Result<(), Failed>>) -> Result<Duration, Failed> {
    let (done, length) = time(work).await;
    done.map(|()| length)
}

/// Another one each turn, so that the service is replaced.
fn version(turn: u32) -> &'static str {
    if turn.is_multiple_of(2) { "1" } else { "2" }
}
