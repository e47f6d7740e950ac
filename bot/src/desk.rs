//! What terminals get over the door of a running bot.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use shipbell_domain::ids::Person;

use crate::config::Config;
use crate::door::{self, Desk, Request, Response};
use crate::engine::ports::{Clock as _, Links as _, Spawn as _};
use crate::failure::Failure;
use crate::system::{SystemClock, Tasks};
use crate::wiring::{self, Running};

/// A running bot that the terminals of this machine reach.
pub struct Reachable {
    /// The bot.
    pub running: Arc<Running>,
    desk: Arc<Terminals>,
    tasks: Arc<Tasks>,
}

impl Reachable {
    /// Opens the door of a bot that was started from this configuration.
    pub fn open(path: PathBuf, data: &Path, running: Running) -> Result<Self, Failure> {
        let (running, tasks) = (Arc::new(running), Arc::new(Tasks::default()));
        let listener = door::open(data)?;
        let desk = Arc::new(Terminals {
            path,
            running: Arc::clone(&running),
        });
        let serving = door::serve(
            listener,
            Arc::clone(&desk) as Arc<_>,
            Arc::clone(&tasks) as Arc<_>,
        );
        tasks.spawn("door", Box::pin(serving));
        Ok(Self {
            running,
            desk,
            tasks,
        })
    }

    /// Reads the configuration again and puts it in force.
    pub async fn reload(&self) -> Result<String, Failure> {
        self.desk.reload().await
    }

    /// Closes the door and stops the bot, the piece of work at hand first.
    pub async fn stop(self) {
        self.tasks.stop().await;
        self.running.stop().await;
    }
}

/// Serves the terminals of one machine.
struct Terminals {
    path: PathBuf,
    running: Arc<Running>,
}

impl Terminals {
    async fn reload(&self) -> Result<String, Failure> {
        let config = self.load()?;
        let voided = self.running.reload(&config).await?;
        Ok(match voided {
            0 => "the configuration is in force".to_owned(),
            1 => "the configuration is in force; 1 ask must be answered again".to_owned(),
            more => format!("the configuration is in force; {more} asks must be answered again"),
        })
    }

    fn load(&self) -> Result<Config, Failure> {
        Config::load(&self.path, SystemClock.now()).map_err(|report| {
            let count = report.count();
            Failure::usage(format!(
                "{count} problems; the old configuration stays in force"
            ))
            .hint(report.render(false))
        })
    }

    fn person(&self, uid: u32) -> Option<Person> {
        self.load().ok()?.person_of(uid).cloned()
    }

    fn health(&self) -> Response {
        let stopped = self.running.hub.halted();
        Response {
            ok: stopped.is_none(),
            text: stopped.unwrap_or_default(),
        }
    }

    /// Only whoever owns the data gets as far as this socket: no role is asked for.
    async fn accept_loss(&self, uid: u32) -> Response {
        let actor = format!("terminal:{uid}");
        let accepted = self.running.accept_loss(&actor, self.person(uid)).await;
        match accepted {
            Ok(loss) => Response {
                ok: true,
                text: format!(
                    "accepted: the log goes on from event {}, and so does the bot",
                    loss.found.seq
                ),
            },
            Err(text) => Response { ok: false, text },
        }
    }

    async fn release(&self, uid: u32, id: String, words: &[String]) -> Response {
        let person = self.person(uid);
        let surface = wiring::terminal();
        match self
            .running
            .hub
            .say(&surface, person.as_ref(), id, words)
            .await
        {
            Ok(text) => Response { ok: true, text },
            Err(text) => Response { ok: false, text },
        }
    }

    fn open(&self, person: &str) -> Response {
        let link = Person::new(person)
            .ok()
            .and_then(|it| self.running.web.sign_in(&it));
        let unknown = || format!("there is no person `{person}` in [people]");
        Response {
            ok: link.is_some(),
            text: link.unwrap_or_else(unknown),
        }
    }
}

#[async_trait]
impl Desk for Terminals {
    async fn answer(&self, uid: u32, request: Request) -> Response {
        match request {
            Request::Release { id, words } => self.release(uid, id, &words).await,
            Request::Open { person } => self.open(&person),
            Request::Health => self.health(),
            Request::AcceptLoss => self.accept_loss(uid).await,
            Request::Reload => match self.reload().await {
                Ok(text) => Response { ok: true, text },
                Err(failure) => Response {
                    ok: false,
                    text: failure.report(),
                },
            },
        }
    }
}
