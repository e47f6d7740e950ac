//! `shipbell demo`: a whole release on this machine, played by four people.
//!
//! The demo makes images of this very program, writes a configuration like any
//! team's, starts a bot with the browser channel, and plays a tour over the same
//! HTTP a browser speaks. It removes what it made, and what a killed demo left.

mod bot;
mod docker;
mod image;
mod inspect;
mod memory;
mod payload;
mod people;
mod place;
mod project;
mod simulated;
mod terminal;
mod tour;
mod versions;
mod world;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use shipbell_adapters::containers::docker::DockerEngines;
use shipbell_adapters::containers::{Containers, Discard, Session, Target};
use shipbell_adapters::probes::http::HttpProbes;
use shipbell_adapters::redact::Redactor;
use tokio::signal::unix::{SignalKind, signal};

pub use payload::{App, run_app};

use self::bot::Bot;
use self::docker::Docker;
use self::image::Images;
use self::inspect::Inspector;
use self::place::Place;
use self::project::CONFIG;
use self::simulated::Simulated;
use self::terminal::{Pace, print};
use self::tour::Tour;
use self::world::World;
use crate::engine::ports::{Clock as _, Random as _};
use crate::failure::Failure;
use crate::system::{SystemClock, SystemRandom};
use crate::wiring;

/// How long an engine may take to say that it is there.
const HELLO: Duration = Duration::from_secs(20);

/// How long what was cut off may take to come to its end.
const SETTLING: Duration = Duration::from_secs(180);

/// How the demo goes.
#[derive(Clone, Debug, Default)]
pub struct DemoOptions {
    /// Stop after the tour, and fail if the world is not as it should be.
    pub exit: bool,
    /// Shorten the pauses.
    pub fast: bool,
    /// Keep everything in this folder, and go on from it.
    pub keep: Option<PathBuf>,
}

/// Plays the demo; removes what it made when it ends, however it ends.
pub async fn run(options: DemoOptions) -> Result<(), Failure> {
    // Every client of this program shares the cryptography that this chooses.
    drop(HttpProbes::new(Redactor::knowing([])));
    let mut world = World::open(options.keep.as_deref(), &SystemRandom.seed())?;
    let engines = DockerEngines::new(wiring::engine_settings(), Redactor::knowing([]));
    let docker = Docker::new(engines)?;
    project::write(&world.folder, &world.memory, SystemClock.now())?;
    let found = find_engine(&docker, &world).await;
    let outcome = match &found {
        Ok(_) => stopped_by_people(play(&options, &mut world, Some(&docker), &found)).await,
        Err(_) => stopped_by_people(play(&options, &mut world, None, &found)).await,
    };
    let kept = world.is_kept().then(|| world.folder.clone());
    let closed = world.close(found.is_ok().then_some(&docker)).await;
    match kept {
        Some(folder) => print(&format!(
            "\n  Kept: {0}, and its containers. Go on with `shipbell demo --keep {0}`; once the folder is deleted, the next demo removes them.",
            folder.display()
        )),
        None if closed.is_ok() => print("\n  Everything the demo made is removed."),
        None => {}
    }
    outcome.and(closed)
}

/// What answered, in words; or why nothing did.
type Found = Result<String, String>;

async fn find_engine(docker: &Docker, world: &World) -> Found {
    if world.resumed && world.memory.simulated {
        return Err("this demo began without it".to_owned());
    }
    let project = project::compose_project(&world.folder, &world.memory, Place::Staging);
    let session = Session {
        lines: &Discard,
        lock: None,
        within: HELLO,
    };
    let asked = docker
        .engines()
        .preflight(&Target::local(), &project, &session)
        .await;
    let found = asked.map_err(|error| error.to_string())?;
    Ok(format!(
        "{}, API {}, {} {}",
        found.engine, found.api, found.flavour, found.compose
    ))
}

async fn stopped_by_people(
    played: impl Future<Output = Result<(), Failure>>,
) -> Result<(), Failure> {
    let unheard =
        |error: std::io::Error| Failure::internal("signals cannot be heard").because(error);
    let mut interrupt = signal(SignalKind::interrupt()).map_err(unheard)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(unheard)?;
    tokio::select! {
        outcome = played => outcome,
        _ = interrupt.recv() => Ok(()),
        _ = terminate.recv() => Ok(()),
    }
}

async fn play(
    options: &DemoOptions,
    world: &mut World,
    docker: Option<&Docker>,
    found: &Found,
) -> Result<(), Failure> {
    if world.resumed && docker.is_none() != world.memory.simulated {
        let what = format!("the container engine of {} is gone", world.folder.display());
        return Err(Failure::user(what).hint("start the engine, or name another folder"));
    }
    world.memory.simulated = docker.is_none();
    world.memory.write(&world.folder)?;
    let swept = world::sweep(docker).await?;
    introduce(world, found, swept);
    let simulated = match docker {
        Some(docker) => load(world, docker).await.map(|()| None)?,
        None => Some(Arc::new(
            Simulated::open(&world.memory, &world.folder).await,
        )),
    };
    let simulated = simulated.map(|it| it as Arc<dyn Containers>);
    let bot = Bot::start(&world.folder.join(CONFIG), simulated).await?;
    let outcome = perform(options, world, &bot).await;
    bot.stop().await;
    outcome
}

async fn perform(options: &DemoOptions, world: &mut World, bot: &Bot) -> Result<(), Failure> {
    let (pace, inspector) = (Pace::new(options.fast), Inspector::new()?);
    print(&format!("\n  Open {}", bot.link("ana")?));
    print(
        "  within 60 s: you are Ana, release manager. Be someone else with the menu at the top right.",
    );
    print(&format!(
        "  Another link: shipbell --config {} open ana",
        world.folder.join(CONFIG).display()
    ));
    let visit: String = SystemRandom.seed()[..4]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let (resumed, toured) = (world.resumed, world.memory.toured);
    let mut tour = Tour::enter(bot, pace, world, &inspector, &visit).await?;
    if resumed {
        print("\n  Going on from what was kept: whatever was at work comes to its end now.");
        if !bot.idle(SETTLING).await {
            return Err(Failure::user("what was at work does not come to its end"));
        }
        if !toured {
            print("  The tour was cut off, and is not played again.");
        }
    } else {
        print("\n  The tour plays now. Stop with Ctrl-C.");
        tour.play().await?;
    }
    if options.exit {
        // What the last scene set off may still be at work.
        bot.idle(SETTLING).await;
        return inspector.check(&world.memory).await;
    }
    print("\n  The tour is over: it is your turn. Stop with Ctrl-C.");
    Err(tour.watch().await)
}

fn introduce(world: &World, found: &Found, swept: usize) {
    print(&format!("shipbell {}, demo", env!("CARGO_PKG_VERSION")));
    match found {
        Ok(engine) => print(&format!(
            "  Docker    found ({engine}). The demo's containers are real."
        )),
        Err(why) => print(&format!(
            "  Docker    not found ({why}). Containers are simulated, everything else is real."
        )),
    }
    print("  Chat      the browser is the chat platform. Nothing leaves this machine.");
    let fate = if world.is_kept() {
        "kept"
    } else {
        "removed at the end; keep it with --keep DIR"
    };
    print(&format!("  Data      {}, {fate}", world.folder.display()));
    print("  Apps      rapid-audit (staging, production), motorsport (production)");
    if swept > 0 {
        print(&format!(
            "  Removed   what {swept} demo(s) that were killed had left behind"
        ));
    }
}

/// Puts the images on the engine.
async fn load(world: &World, docker: &Docker) -> Result<(), Failure> {
    let instance = &world.memory.instance;
    let labels = project::labels(instance, &world.folder);
    let images = Images::read(instance, labels).await?;
    for version in &versions::ALL {
        images.load(docker.engines(), version).await?;
    }
    let (count, size) = (versions::ALL.len(), images.size() / 1_000_000);
    print(&format!(
        "  Images    {count}, made of this program ({size} MB); no builder, no registry"
    ));
    Ok(())
}
