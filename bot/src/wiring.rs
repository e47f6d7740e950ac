//! From the configuration to a running bot: the only part that names a platform.

#[cfg(not(all(feature = "discord", feature = "slack")))]
mod absent;
mod browser;
mod commits;
#[cfg(feature = "discord")]
mod discord;
mod hands;
mod health;
mod offline;
#[cfg(any(feature = "discord", feature = "slack"))]
mod platform;
#[cfg(feature = "slack")]
mod slack;

#[cfg(not(feature = "discord"))]
use absent as discord;
#[cfg(not(feature = "slack"))]
use absent as slack;

#[cfg(feature = "discord")]
pub(crate) use discord::invitation as discord_invitation;
pub use hands::engine_settings;
pub use health::{Finding, State, examine};
pub(crate) use offline::Offline;
#[cfg(feature = "slack")]
pub(crate) use slack::manifest as slack_manifest;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use shipbell_adapters::chat::web::WebChannel;
use shipbell_adapters::chat::{ChannelId, Chat, Inbound, UserId};
use shipbell_adapters::containers::Containers;
use shipbell_domain::calendar::Length;
use shipbell_domain::history::Loss;
use shipbell_domain::ids::{Person, Surface};
use shipbell_storage::{SqliteOptions, SqliteStore, Store as _};
use tokio::sync::{mpsc, watch};

use crate::audit::key;
use crate::config::Config;
use crate::engine::ports::{Destination, Links, Ports, Random as _, Spawn as _};
use crate::engine::{Arrival, Engine, Hub, Setup};
use crate::failure::Failure;
use crate::system::{FileLocks, SystemClock, SystemRandom, Tasks};
use crate::{inspection, seen};

/// How many acts may wait for the engine.
const ARRIVALS: usize = 256;
/// The channel everything happens in.
const CHANNEL: &str = "release";

/// How a bot is started, besides its configuration.
#[derive(Clone, Default)]
pub struct Options {
    /// Everybody may act as everybody.
    pub demo: bool,
    /// A sentence on every page.
    pub banner: Option<String>,
    /// Containers that are not real, where no engine answers.
    pub containers: Option<Arc<dyn Containers>>,
    /// What stands between the engine and the world.
    pub between: Option<Between>,
}

/// Wraps what the engine may touch, for those who test it.
pub type Between = Arc<dyn Fn(Ports) -> Ports + Send + Sync>;

/// A running bot.
pub struct Running {
    /// The engine, for reading and for commands from elsewhere.
    pub hub: Arc<Hub>,
    /// The browser channel.
    pub web: Arc<WebChannel>,
    store: Arc<SqliteStore>,
    tasks: Arc<Tasks>,
    closing: watch::Sender<bool>,
    data: PathBuf,
}

impl Running {
    /// Stops taking anything in, then stops.
    pub async fn stop(&self) {
        self.closing.send_replace(true);
        self.tasks.stop().await;
        seen::note(&self.hub, &self.data, &mut None).await;
    }

    /// Notes that a part of the log is gone and goes on; what is found now is what
    /// was seen, at once.
    pub async fn accept_loss(&self, actor: &str, by: Option<Person>) -> Result<Loss, String> {
        let loss = self.hub.accept_loss(actor, by).await?;
        seen::note(&self.hub, &self.data, &mut None).await;
        Ok(loss)
    }

    /// Puts another configuration in force, or leaves the old one and says why.
    pub async fn reload(&self, config: &Config) -> Result<u32, Failure> {
        let setup = setup(config)?;
        let reloaded = self.hub.reload(setup).await;
        let reloaded = reloaded.map_err(|why| {
            Failure::user(format!("the old configuration stays in force: {why}"))
                .hint("finish or cancel these releases first, or keep the application")
        })?;
        self.web.set_people(browser::people(config));
        Ok(reloaded.asks_voided)
    }

    /// The store, for those who check it.
    pub fn store(&self) -> &SqliteStore {
        &self.store
    }
}

/// What only a person can mend, by the platform that says so.
type Trouble = watch::Sender<BTreeMap<&'static str, String>>;

/// What a platform is opened with.
#[cfg_attr(
    not(any(feature = "discord", feature = "slack")),
    expect(
        dead_code,
        reason = "only the browser channel is left, and it is opened otherwise"
    )
)]
struct Around<'a> {
    tasks: &'a Arc<Tasks>,
    closing: &'a watch::Sender<bool>,
    arrivals: &'a mpsc::Sender<Arrival>,
    trouble: &'a Trouble,
}

/// Starts a bot and returns when it serves.
pub async fn start(config: &Config, options: Options) -> Result<Running, Failure> {
    make_folder(&config.data)?;
    let store = open_store(&config.data).await?;
    let loss = seen::missing(&config.data, store.as_ref()).await;
    let loss = loss.map_err(|error| {
        Failure::user("the log cannot be compared with what was seen of it").because(error)
    })?;
    let notary = key::load_or_make(&config.key, store.instance(), SystemRandom.seed())?;
    let tasks = Arc::new(Tasks::default());
    let (arrivals, queue) = mpsc::channel(ARRIVALS);
    let (closing, trouble) = (watch::Sender::new(false), Trouble::default());
    let heard = listen(&tasks, arrivals.clone(), surface());
    let (web, server) = browser::open(config, &options, &store, heard).await?;
    let hands = hands::hands(config, &options)?;
    let around = Around {
        tasks: &tasks,
        closing: &closing,
        arrivals: &arrivals,
        trouble: &trouble,
    };
    let chats = chats(config, &web, &around).await?;
    // The engine ends when nobody is left who could ask for anything.
    drop(arrivals);
    let ports = Ports {
        clock: Arc::new(SystemClock),
        spawn: Arc::clone(&tasks) as Arc<_>,
        random: Arc::new(SystemRandom),
        store: Arc::clone(&store) as Arc<_>,
        decide: Arc::new(shipbell_domain::turn),
        chats,
        containers: hands.containers,
        hosts: hands.hosts,
        probes: hands.probes,
        forge: hands.forge,
        locks: Arc::new(FileLocks::new(config.data.join("locks"))),
        links: Arc::clone(&web) as Arc<dyn Links>,
        notary: Arc::new(notary),
    };
    let ports = match &options.between {
        Some(between) => between(ports),
        None => ports,
    };
    let engine = Engine::new(ports, setup(config)?);
    let hub = engine.hub();
    if let Some(loss) = loss {
        tracing::error!(
            ?loss,
            "a part of the log is gone; `shipbell recover` says what to do"
        );
        hub.hold(loss);
    }
    browser::serve(&tasks, server, &hub, &closing);
    tasks.spawn("engine", Box::pin(engine.run(queue)));
    let mut ready = hub.ready();
    if ready.wait_for(|ready| *ready).await.is_err() {
        return Err(Failure::internal("the engine stopped while it started"));
    }
    let data = config.data.clone();
    look_after(&tasks, &hub, &data);
    let banner = browser::warn(Arc::clone(&hub), Arc::clone(&web), options.banner, trouble);
    tasks.spawn("banner", Box::pin(banner));
    Ok(Running {
        hub,
        web,
        store,
        tasks,
        closing,
        data,
    })
}

/// Keeps noting how far the log went, and looks the database over.
fn look_after(tasks: &Tasks, hub: &Arc<Hub>, data: &Path) {
    let seeing = seen::keep_up(Arc::clone(hub), data.to_path_buf());
    tasks.spawn("seen", Box::pin(seeing));
    let looking = inspection::run(Arc::clone(hub), database(data));
    tasks.spawn("inspection", Box::pin(looking));
}

/// Every platform people talk on, the browser channel among them.
async fn chats(
    config: &Config,
    web: &Arc<WebChannel>,
    around: &Around<'_>,
) -> Result<BTreeMap<Surface, Destination>, Failure> {
    let mut chats = slack::open(config, around).await?;
    chats.extend(discord::open(config, around).await?);
    let browser = Destination {
        chat: Arc::clone(web) as Arc<dyn Chat>,
        channel: ChannelId(CHANNEL.into()),
    };
    chats.insert(surface(), browser);
    Ok(chats)
}

/// The browser channel's name among the platforms.
pub fn surface() -> Surface {
    Surface::new("web").expect("`web` is a platform's name")
}

/// The terminals of this machine, as a place people speak from.
pub(crate) fn terminal() -> Surface {
    Surface::new("terminal").expect("`terminal` is a platform's name")
}

/// What the configuration says, in the engine's words.
pub fn setup(config: &Config) -> Result<Setup, Failure> {
    let state_dir = config.data.join("compose");
    make_folder(&state_dir)?;
    make_folder(&config.data.join("locks"))?;
    let secrets = hands::secrets(config)?;
    let mut sites = BTreeMap::new();
    for (environment, target) in &config.targets {
        let site = hands::site(environment, target, (&state_dir, &secrets))?;
        sites.insert(environment.clone(), site);
    }
    let account = |person: &Person| ((surface(), UserId(person.to_string())), person.clone());
    let mut identities = slack::identities(config);
    identities.extend(discord::identities(config));
    let mut groups = slack::groups(config);
    groups.extend(discord::groups(config));
    identities.extend(config.settings.people.keys().map(account));
    Ok(Setup {
        settings: Arc::new(config.settings.clone()),
        policies: config.policies.clone(),
        repositories: hands::repositories(config)?,
        sites,
        identities,
        groups,
        compare_every: config.compare_every.map(Length::duration),
        keep_versions: config.keep_versions as usize,
    })
}

/// Where the database of a data folder lies.
pub fn database(data: &Path) -> PathBuf {
    data.join("shipbell.db")
}

pub(crate) async fn open_store(data: &Path) -> Result<Arc<SqliteStore>, Failure> {
    let mut instance = [0; 16];
    instance.copy_from_slice(&SystemRandom.seed()[..16]);
    let options = SqliteOptions {
        instance,
        readers: 2,
    };
    let store = SqliteStore::open(database(data), options).await;
    let store =
        store.map_err(|error| Failure::user("the database cannot be used").because(error))?;
    verify(&store).await?;
    Ok(Arc::new(store))
}

/// What must hold before the bot serves: the end of the log, and what it led to.
async fn verify(store: &SqliteStore) -> Result<(), Failure> {
    let checked = store.verify_tail().await.map_err(|error| {
        Failure::user("the database contradicts itself; nothing was started")
            .because(error)
            .hint("keep the files as they are and restore the last backup beside them")
    });
    checked.map(drop)
}

fn make_folder(folder: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::DirBuilderExt as _;
    let made = std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder);
    made.map_err(|error| {
        let what = format!("the folder {} cannot be made", folder.display());
        Failure::user(what)
            .because(error)
            .hint("set data = \"…\" to a folder you may write to")
    })
}

/// Hands what people do on a platform to the engine, as that platform's.
fn listen(
    tasks: &Arc<Tasks>,
    arrivals: mpsc::Sender<Arrival>,
    surface: Surface,
) -> mpsc::Sender<Inbound> {
    let (inbound, mut acts) = mpsc::channel(ARRIVALS);
    let task = async move {
        while let Some(inbound) = acts.recv().await {
            let arrival = Arrival {
                surface: surface.clone(),
                inbound,
            };
            if arrivals.send(arrival).await.is_err() {
                return;
            }
        }
    };
    tasks.spawn("arrivals", Box::pin(task));
    inbound
}
