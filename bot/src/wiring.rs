//! From the configuration to a running bot: the only file that names a platform.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use shipbell_adapters::chat::web::{self, WebChannel, WebOptions, WebServer};
use shipbell_adapters::chat::{ChannelId, Chat, Inbound, UserId};
use shipbell_adapters::containers::docker::{self, DockerEngines};
use shipbell_adapters::containers::{Containers, Project, Target};
use shipbell_adapters::probes::Probes;
use shipbell_adapters::probes::http::HttpProbes;
use shipbell_adapters::redact::Redactor;
use shipbell_adapters::secret::Secret;
use shipbell_domain::history::Loss;
use shipbell_domain::ids::{EnvId, Person, Surface};
use shipbell_storage::{SqliteOptions, SqliteStore, Store as _};
use tokio::sync::{mpsc, watch};

use crate::audit::key;
use crate::config::{self, Config, Surroundings};
use crate::engine::ports::{Clock as _, Destination, Links, Ports, Random as _, Spawn as _};
use crate::engine::{Arrival, Engine, Hub, Setup, Site, Stop};
use crate::failure::Failure;
use crate::system::{FileLocks, SystemClock, SystemRandom, Tasks};
use crate::{inspection, render, seen};

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
        self.web.set_people(people(config));
        Ok(reloaded.asks_voided)
    }

    /// The store, for those who check it.
    pub fn store(&self) -> &SqliteStore {
        &self.store
    }
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
    let (web, server) = open_web(config, &options, &store, listen(&tasks, arrivals)).await?;
    let (containers, probes) = hands(config, &options)?;
    let destination = Destination {
        chat: Arc::clone(&web) as Arc<dyn Chat>,
        channel: ChannelId(CHANNEL.into()),
    };
    let ports = Ports {
        clock: Arc::new(SystemClock),
        spawn: Arc::clone(&tasks) as Arc<_>,
        random: Arc::new(SystemRandom),
        store: Arc::clone(&store) as Arc<_>,
        decide: Arc::new(shipbell_domain::turn),
        chats: BTreeMap::from([(surface(), destination)]),
        containers,
        probes,
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
    let closing = watch::Sender::new(false);
    serve(&tasks, server, &hub, &closing);
    tasks.spawn("engine", Box::pin(engine.run(queue)));
    let mut ready = hub.ready();
    if ready.wait_for(|ready| *ready).await.is_err() {
        return Err(Failure::internal("the engine stopped while it started"));
    }
    let data = config.data.clone();
    let seeing = seen::keep_up(Arc::clone(&hub), data.clone());
    tasks.spawn("seen", Box::pin(seeing));
    let looking = inspection::run(Arc::clone(&hub), database(&data));
    tasks.spawn("inspection", Box::pin(looking));
    let banner = warn(Arc::clone(&hub), Arc::clone(&web), options.banner);
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

type Hands = (Arc<dyn Containers>, Arc<dyn Probes>);

/// What reaches the hosts; no secret of the configuration leaves it.
fn hands(config: &Config, options: &Options) -> Result<Hands, Failure> {
    let redactor = redactor(config)?;
    let containers = options
        .containers
        .clone()
        .unwrap_or_else(|| Arc::new(DockerEngines::new(engine_settings(), redactor.clone())));
    let probes = HttpProbes::new(redactor)
        .map_err(|error| Failure::internal("the HTTP client could not be made").because(error))?;
    Ok((containers, Arc::new(probes)))
}

/// The browser channel's name among the platforms.
pub fn surface() -> Surface {
    Surface::new("web").expect("`web` is a platform's name")
}

/// What the configuration says, in the engine's words.
pub fn setup(config: &Config) -> Result<Setup, Failure> {
    let state_dir = config.data.join("compose");
    make_folder(&state_dir)?;
    make_folder(&config.data.join("locks"))?;
    let mut sites = BTreeMap::new();
    for (environment, target) in &config.targets {
        sites.insert(environment.clone(), site(environment, target, &state_dir)?);
    }
    let account = |person: &Person| ((surface(), UserId(person.to_string())), person.clone());
    Ok(Setup {
        settings: Arc::new(config.settings.clone()),
        policies: config.policies.clone(),
        sites,
        identities: config.settings.people.keys().map(account).collect(),
    })
}

fn site(environment: &EnvId, target: &config::Target, state_dir: &Path) -> Result<Site, Failure> {
    let vars = target.variables().map_err(|error| {
        Failure::user(format!("a variable of {environment} cannot be read")).because(error)
    })?;
    Ok(Site {
        target: Target {
            docker: target.docker.clone(),
        },
        project: Project {
            name: target.project.clone(),
            files: target.files.clone(),
            directory: target.directory.clone(),
            env_file: target.env_file.clone(),
            vars,
            flavour: None,
        },
        state_dir: state_dir.to_path_buf(),
    })
}

/// Knows every secret of the configuration, so that none leaves the adapters.
fn redactor(config: &Config) -> Result<Redactor, Failure> {
    let mut secrets: Vec<Secret> = Vec::new();
    for target in config.targets.values() {
        let vars = target.variables();
        let vars =
            vars.map_err(|error| Failure::user("a variable cannot be read").because(error))?;
        secrets.extend(vars.into_values());
    }
    Ok(Redactor::knowing(secrets.iter()))
}

/// What the programs the bot starts get to see.
pub fn engine_settings() -> docker::Settings {
    let Surroundings {
        path,
        home,
        docker_config,
        log: _,
    } = Surroundings::read();
    docker::Settings {
        path,
        home,
        docker_config,
    }
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

async fn open_web(
    config: &Config,
    options: &Options,
    store: &Arc<SqliteStore>,
    inbound: mpsc::Sender<Inbound>,
) -> Result<(Arc<WebChannel>, WebServer), Failure> {
    let zone = config.settings.zone.clone();
    let web = WebOptions {
        listen: config.chat.web.listen,
        database: config.data.join("channel.db"),
        instance: store.instance().to_owned(),
        channels: vec![CHANNEL.to_owned()],
        people: people(config),
        demo: options.demo,
        banner: options.banner.clone(),
        links: Vec::new(),
        hour: Arc::new(move |at| zone.hh_mm(at)),
    };
    let clock = Arc::new(|| SystemClock.now());
    let opened = WebChannel::open(web, clock, Arc::new(|| SystemRandom.seed()), inbound).await;
    opened.map_err(|error| Failure::user("the browser channel cannot be opened").because(error))
}

fn people(config: &Config) -> Vec<web::Person> {
    let person = |(person, member): (&Person, _)| {
        let member: &shipbell_domain::settings::Member = member;
        let roles: Vec<String> = member
            .roles
            .iter()
            .map(|role| role.as_str().replace('-', " "))
            .collect();
        let (user, name) = (UserId(person.to_string()), member.name.clone());
        web::Person {
            user,
            name,
            role: roles.join(", "),
        }
    };
    config.settings.people.iter().map(person).collect()
}

/// Hands what people do in the browser channel to the engine, as that platform's.
fn listen(tasks: &Arc<Tasks>, arrivals: mpsc::Sender<Arrival>) -> mpsc::Sender<Inbound> {
    let (inbound, mut acts) = mpsc::channel(ARRIVALS);
    let task = async move {
        while let Some(inbound) = acts.recv().await {
            let arrival = Arrival {
                surface: surface(),
                inbound,
            };
            if arrivals.send(arrival).await.is_err() {
                return;
            }
        }
    };
    tasks.spawn("browser channel", Box::pin(task));
    inbound
}

fn serve(tasks: &Arc<Tasks>, server: WebServer, hub: &Arc<Hub>, closing: &watch::Sender<bool>) {
    let pages = Router::new();
    let (mut closed, hub) = (closing.subscribe(), Arc::clone(hub));
    let task = async move {
        let shutdown = async move {
            // The sender is gone only when the bot is.
            let _gone = closed.wait_for(|closing| *closing).await;
        };
        if let Err(error) = server.with_pages(pages).run(shutdown).await {
            tracing::error!(%error, ready = *hub.ready().borrow(), "the browser channel stopped");
        }
    };
    tasks.spawn("web server", Box::pin(task));
}

/// Says on every page that nothing is done, for as long as that is so.
async fn warn(hub: Arc<Hub>, web: Arc<WebChannel>, usual: Option<String>) {
    let mut stops = hub.stops();
    loop {
        let card = stops.borrow_and_update().as_ref().map(|stop| match stop {
            Stop::Halted(why) => render::halted(why),
            Stop::Held(_) => render::held(),
        });
        web.set_banner(card.map(|it| it.summary).or_else(|| usual.clone()));
        if stops.changed().await.is_err() {
            return;
        }
    }
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

impl Links for WebChannel {
    fn sign_in(&self, person: &Person) -> Option<String> {
        self.issue_link(&UserId(person.to_string()))
    }
}
