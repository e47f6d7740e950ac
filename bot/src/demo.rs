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
pub mod people;
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
use shipbell_adapters::redact::Redactor;
use tokio::signal::unix::{Signal, SignalKind, signal};

pub use payload::{App, run_app};

use self::bot::Bot;
use self::docker::Docker;
use self::image::Images;
use self::inspect::Inspector;
use self::memory::Memory;
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
    shipbell_adapters::tls::choose();
    let mut interrupts = Interrupts::listen()?;
    let mut world = World::open(options.keep.as_deref(), &SystemRandom.seed())?;
    let engines = DockerEngines::new(wiring::engine_settings(None), Redactor::knowing([]));
    let docker = Docker::new(engines)?;
    project::write(&world.folder, &world.memory, SystemClock.now())?;
    let found = find_engine(&docker, &world).await;
    let docker = found.is_ok().then_some(&docker);
    let begun = tokio::select! {
        begun = begin(&mut world, docker, &found) => begun.map(Some),
        () = interrupts.asked() => Ok(None),
    };
    let outcome = match begun {
        Ok(Some(bot)) => {
            let outcome = tokio::select! {
                outcome = perform(&options, &mut world, &bot) => outcome,
                () = interrupts.asked() => Ok(()),
            };
            bot.stop().await;
            outcome
        }
        Ok(None) => Ok(()),
        Err(failure) => Err(failure),
    };
    let kept = world.is_kept().then(|| world.folder.clone());
    let closed = world.close(docker).await;
    match kept {
        Some(folder) => print(&format!(
            "\n  Kept: {0}, and its containers. Go on with `shipbell demo --keep {0}`.\n  Once the folder is deleted, the next demo removes the containers.",
            folder.display()
        )),
        None if closed.is_ok() => print("\n  Everything the demo made is removed."),
        None => {}
    }
    outcome.and(closed)
}

/// Somebody at the terminal, or the system, wants the program to end.
struct Interrupts {
    interrupt: Signal,
    terminate: Signal,
}

impl Interrupts {
    fn listen() -> Result<Self, Failure> {
        let hear = |kind| {
            signal(kind).map_err(|error| Failure::internal("no signal can be heard").because(error))
        };
        Ok(Self {
            interrupt: hear(SignalKind::interrupt())?,
            terminate: hear(SignalKind::terminate())?,
        })
    }

    async fn asked(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// What answered, in words; or why nothing did.
type Found = Result<String, String>;

async fn find_engine(docker: &Docker, world: &World) -> Found {
    if world.resumed && world.memory.simulated {
        return Err("it is not asked: this demo began without it".to_owned());
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
    let found = asked.map_err(|error| format!("{}: {}", error.what, error.why))?;
    Ok(format!(
        "{}, API {}, {} {}",
        found.engine, found.api, found.flavour, found.compose
    ))
}

/// Makes the images and starts the bot.
async fn begin(world: &mut World, docker: Option<&Docker>, found: &Found) -> Result<Bot, Failure> {
    if world.resumed && docker.is_none() != world.memory.simulated {
        let what = format!(
            "the container engine of {} does not answer",
            world.folder.display()
        );
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
    Bot::start(&world.folder.join(CONFIG), simulated).await
}

async fn perform(options: &DemoOptions, world: &mut World, bot: &Bot) -> Result<(), Failure> {
    let (pace, inspector) = (Pace::new(options.fast), Inspector::new()?);
    invite(bot)?;
    let command = format!(
        "shipbell --config {} open ana",
        world.folder.join(CONFIG).display()
    );
    print(&format!("  Another link: {command}"));
    let visit = world::hex(&SystemRandom.seed()[..4]);
    let (resumed, toured) = (world.resumed, world.memory.toured);
    let mut tour = Tour::enter(bot, pace, world, &inspector, &visit).await?;
    if resumed {
        print("\n  Going on from what was kept: whatever was at work comes to its end now.");
        if !toured {
            print("  The tour was cut off, and is not played again.");
        }
    } else {
        print("\n  The tour plays now. Stop with Ctrl-C.");
        tour.play().await?;
    }
    tour.settle(bot).await?;
    if options.exit {
        return inspector.check(&world.memory).await;
    }
    print("\n  It is your turn. Stop with Ctrl-C.");
    invite(bot)?;
    tour.watch().await
}

/// Prints a link; each is good once.
fn invite(bot: &Bot) -> Result<(), Failure> {
    print(&format!("\n  Open {}", bot.link("ana")?));
    print(
        "  within 60 s: you are Ana, release manager. Be someone else: the menu at the top right.",
    );
    Ok(())
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

/// The demo's team without its platform: for those who play the tour elsewhere.
pub struct Rehearsal {
    /// The team's configuration.
    pub config: PathBuf,
    /// Containers that pretend, and answer on their ports.
    pub containers: Arc<dyn Containers>,
}

impl Rehearsal {
    /// Writes the team's files into a folder, and starts pretending.
    pub async fn open(folder: &std::path::Path) -> Result<Self, Failure> {
        shipbell_adapters::tls::choose();
        let memory = Memory::new(world::hex(&SystemRandom.seed()[..4]));
        let memory = memory.map_err(|error| Failure::user("no port is free").because(error))?;
        project::write(folder, &memory, SystemClock.now())?;
        Ok(Self {
            config: folder.join(CONFIG),
            containers: Arc::new(Simulated::open(&memory, folder).await),
        })
    }
}
