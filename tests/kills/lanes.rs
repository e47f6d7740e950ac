//! Teams that bring one version after another to their environments, whatever happens to the bot.

use std::time::Duration;

use shipbell_tests::sim::chance::Chance;
use tokio::time::{Instant, sleep};

use crate::house::Place;
use crate::people::{Heard, Person};
use crate::records::{Attempt, Stand};
use crate::stage::Stage;
use crate::world::{self, Fate};

/// How often people look again.
const PAUSE: Duration = Duration::from_millis(200);
/// How long people wait before they try something else.
const PATIENCE: Duration = Duration::from_secs(6);
/// How long one release may take, kills and all.
const LONGEST: Duration = Duration::from_mins(4);

/// Every how many versions one is bad, but for the first.
const BAD: u32 = 4;

/// Three applications on one machine. Everybody may ask for a release, and another
/// of them must consent; `drafts` is never deployed.
pub(crate) const CONFIG: &str = r#"timezone = "UTC"

[chat.web]
listen = "127.0.0.1:PORT_BOT"

[people]
kai = { name = "Kai Ito" }
lea = { name = "Lea Roy" }
mia = { name = "Mia Sato" }

[roles]
operator = ["kai", "lea", "mia"]

[app.drafts]
images = { web = "IMAGES/drafts" }

[app.drafts.env.live]
compose = "compose.yml"
project = "PROJECT-drafts-live"
vars = { PORT = "1" }
deploy = [{ up = true }]
signoff = { operator = 1 }

[app.shop]
images = { web = "IMAGES/shop" }

[app.shop.env.staging]
compose = "compose.yml"
project = "PROJECT-shop-staging"
url = "http://127.0.0.1:PORT_0"
vars = { PORT = "PORT_0" }
deploy = [{ pull = "web" }, { up = true, stable_for = "1s", healthy_within = "1m" }]
smoke = [{ get = "/", contains = "web", retry = 5, every = "1s" }, { logs = "web", tail = 20 }]
signoff = { operator = 1 }
on_failure = "rollback"

[app.shop.env.production]
like = "staging"
needs = "staging"
project = "PROJECT-shop-production"
url = "http://127.0.0.1:PORT_1"
vars = { PORT = "PORT_1" }

[app.blog]
images = { web = "IMAGES/blog" }

[app.blog.env.live]
compose = "compose.yml"
project = "PROJECT-blog-live"
url = "http://127.0.0.1:PORT_2"
vars = { PORT = "PORT_2" }
deploy = [
  { pull = "web" },
  { run = ["/bin/migrate"], in = "web", once = true, title = "Migrate" },
  { up = true, stable_for = "1s", healthy_within = "1m" },
]
rollback = [{ pull = "web" }, { up = true, stable_for = "1s", healthy_within = "1m" }]
smoke = [{ get = "/", contains = "web", retry = 5, every = "1s" }]
monitor = [{ for = "10s", every = "5s", get = "/" }]
signoff = { operator = 1 }
on_failure = "rollback"

[app.mail]
images = { web = "IMAGES/mail" }

[app.mail.env.live]
compose = "compose.yml"
project = "PROJECT-mail-live"
url = "http://127.0.0.1:PORT_3"
vars = { PORT = "PORT_3" }
deploy = [
  { pull = "web" },
  { up = true, stable_for = "1s", healthy_within = "1m" },
  { exec = ["/bin/busybox", "true"], in = "web", title = "Warm up" },
]
smoke = [{ get = "/", contains = "web", retry = 5, every = "1s" }]
monitor = [{ for = "10s", every = "5s", get = "/" }]
signoff = { operator = 1 }
on_failure = "rollback"
"#;

/// A team.
pub(crate) struct Lane {
    pub(crate) app: &'static str,
    pub(crate) envs: &'static [&'static str],
    /// Who asks for releases, by number.
    asks: usize,
    /// Who consents.
    consents: usize,
}

/// All of them; they work beside each other.
pub(crate) const LANES: [Lane; 3] = [
    Lane {
        app: "shop",
        envs: &["staging", "production"],
        asks: 0,
        consents: 1,
    },
    Lane {
        app: "blog",
        envs: &["live"],
        asks: 1,
        consents: 2,
    },
    Lane {
        app: "mail",
        envs: &["live"],
        asks: 2,
        consents: 0,
    },
];

/// Everything they deploy to.
pub(crate) fn places() -> Vec<Place> {
    let of = |lane: &'static Lane| lane.envs.iter().map(|env| (lane.app, *env));
    LANES.iter().flat_map(of).collect()
}

/// One team at work.
pub(crate) struct Team<'a> {
    lane: &'static Lane,
    stage: &'a Stage,
    chance: Chance,
    /// What was sent and not answered: perhaps it is sent again as it is.
    unanswered: Option<(String, String)>,
}

/// How a version came through an environment.
enum End {
    Verified,
    /// It did not, and the release was given up.
    GivenUp,
}

impl<'a> Team<'a> {
    pub(crate) fn new(lane: &'static Lane, stage: &'a Stage, chance: Chance) -> Self {
        Self {
            lane,
            stage,
            chance,
            unanswered: None,
        }
    }

    /// Releases until there are no more kills to come; says how many.
    pub(crate) async fn works(mut self) -> u32 {
        let mut count = 0;
        while !self.stage.is_over() {
            count += 1;
            let fate = match count % BAD {
                0 => Fate::Sick,
                _ => Fate::Well,
            };
            let initial = self.lane.app.chars().next().unwrap_or('v');
            let version = format!("{initial}{count}");
            world::load(self.lane.app, &version, fate).await;
            let release = self.releases(&version, fate);
            let ended = tokio::time::timeout(LONGEST, release).await;
            assert!(ended.is_ok(), "{version}: not through within {LONGEST:?}");
            let told = format!("{version}, {fate:?}: over");
            self.stage.story.tell(&told);
        }
        count
    }

    async fn releases(&mut self, version: &str, fate: Fate) {
        let app = self.lane.app;
        let image = world::reference(app, version);
        let open = format!("/release new {app} {version} --image web={image}");
        let release = loop {
            if let Some((release, _)) = self.stage.records.release(app, version) {
                break release;
            }
            self.says(&open).await;
        };
        for env in self.lane.envs {
            match self.brings((&release, version), env, fate).await {
                End::Verified => {
                    self.watches(env).await;
                    self.really_runs(env).await;
                }
                End::GivenUp => return,
            }
        }
        assert_eq!(fate, Fate::Well, "{version} is bad and was verified");
    }

    /// Mostly people wait until the watch is over; the next deploy ends it otherwise.
    async fn watches(&mut self, env: &str) {
        let environment = format!("{}/{env}", self.lane.app);
        let patient = self.chance.happens(700_000);
        while patient && self.stage.records.is_watched(&environment) {
            sleep(PAUSE).await;
        }
    }

    async fn brings(&mut self, (release, version): (&str, &str), env: &str, fate: Fate) -> End {
        let environment = format!("{}/{env}", self.lane.app);
        let deploy = format!("/release deploy {} {env} {version}", self.lane.app);
        let mut fickle = self.chance.happens(300_000);
        let mut asked: Option<Instant> = None;
        loop {
            sleep(PAUSE).await;
            let stand = self.stage.records.stand(release, &environment);
            let mine = |it: &&Attempt| it.release == release && it.kind == "deploy";
            let last = stand.attempts.iter().rfind(mine);
            match last.map(|it| it.state.as_str()) {
                Some("verified") => return End::Verified,
                Some("failed") => return self.gives_up(release, version, (env, fate)).await,
                Some(_) => {
                    if self.stage.records.is_cut_off(&environment) {
                        self.resumes(env).await;
                    } else if self.chance.happens(30_000) {
                        // Somebody impatient: a deploy that runs is not begun again.
                        self.says(&deploy).await;
                    }
                    continue;
                }
                None => {}
            }
            let Some((ask, Some(message), consent)) = &stand.ask else {
                continue;
            };
            let consents = self.consents();
            if !consent.iter().any(|it| it == consents.name) {
                consents
                    .reacts(self.stage.desk(), (*message, ask), true)
                    .await;
                continue;
            }
            if std::mem::take(&mut fickle) {
                consents
                    .reacts(self.stage.desk(), (*message, ask), false)
                    .await;
                continue;
            }
            if asked.is_none_or(|at| at.elapsed() > PATIENCE) {
                self.says(&deploy).await;
                asked = Some(Instant::now());
            }
        }
    }

    /// A failure is looked at, the environment unlocked, the release given up.
    async fn gives_up(&mut self, release: &str, version: &str, (env, fate): (&str, Fate)) -> End {
        let app = self.lane.app;
        let environment = format!("{app}/{env}");
        let why = self.stage.records.why(&environment);
        assert_eq!(fate, Fate::Sick, "{version} is good and failed: {why}");
        let stand = loop {
            let stand = self.stage.records.stand(release, &environment);
            let over = stand.attempts.iter().all(|it| it.state != "running");
            if over
                && stand
                    .attempts
                    .last()
                    .is_some_and(|it| it.kind == "rollback")
            {
                break stand;
            }
            sleep(PAUSE).await;
        };
        self.went_back(&stand, version);
        self.unlocks(release, env).await;
        self.really_runs(env).await;
        while let Some((_, true)) = self.stage.records.release(app, version) {
            self.says(&format!("/release cancel {release} it is bad"))
                .await;
        }
        End::GivenUp
    }

    /// A command that must run once was cut off between the record that it begins and
    /// its container: somebody looks, finds that it never ran, and wants it run.
    async fn resumes(&mut self, env: &str) {
        let app = self.lane.app;
        self.says(&format!("/release resume {app} {env} again"))
            .await;
    }

    async fn unlocks(&mut self, release: &str, env: &str) {
        let app = self.lane.app;
        let environment = format!("{app}/{env}");
        let unlock = format!("/release unlock {app} {env} looked at it");
        while self.stage.records.stand(release, &environment).locked {
            self.says(&unlock).await;
        }
    }

    fn went_back(&self, stand: &Stand, version: &str) {
        let back: Vec<&Attempt> = (stand.attempts.iter())
            .filter(|it| it.kind == "rollback")
            .collect();
        let [one] = back.as_slice() else {
            panic!("{version}: one way back, not {stand:?}")
        };
        assert_eq!(one.state, "verified", "{version}: {stand:?}");
        let told = format!("{version}: rolled back by attempt {}", one.number);
        self.stage.story.tell(&told);
    }

    /// The containers are what the log says, now that nothing is done to them.
    async fn really_runs(&self, env: &str) {
        let app = self.lane.app;
        let deployed = self.stage.records.deployed(&format!("{app}/{env}"));
        let running = world::running(&world::project(app, env)).await;
        let wanted: Vec<(String, bool)> = deployed.into_iter().map(|it| (it, true)).collect();
        assert_eq!(running, wanted, "{app}/{env}: what runs, and what should");
    }

    /// Says a command. What was not answered before may be sent again as it was.
    async fn says(&mut self, text: &str) {
        let again = self.unanswered.take().filter(|(_, said)| said == text);
        let again = again.filter(|_| self.chance.happens(500_000));
        let request = again.map_or_else(|| self.stage.ledger.request(), |(request, _)| request);
        let asks = &self.stage.people()[self.lane.asks];
        let heard = asks.says(self.stage.desk(), &request, text).await;
        match heard {
            Heard::Answer(_) | Heard::NotTaken => {}
            Heard::Nothing | Heard::Nobody => {
                self.unanswered = Some((request, text.to_owned()));
                sleep(PAUSE).await;
            }
        }
    }

    fn consents(&self) -> &'a Person {
        &self.stage.people()[self.lane.consents]
    }
}
