//! What people tend to do: mostly the right thing, at times the wrong one, often twice.

use chrono::{DateTime, Utc};
use shipbell_adapters::chat::MessageRef;

use super::People;
use crate::sim::chance::Chance;
use crate::sim::chat::{Post, Service};
use crate::sim::executor::Owner;
use crate::sim::team::{ACCOUNTS, PRODUCTION, STAGING};

/// Something somebody is about to do.
enum Move {
    Say(&'static str, String),
    Press,
    Vote {
        by: &'static str,
        emoji: &'static str,
        added: bool,
    },
}

const YES: &str = "white_check_mark";
const NO: &str = "x";
const OWNERS: [&str; 3] = ["pia", "paul", "rob"];
const MANAGERS: [&str; 2] = ["rita", "rob"];
const SRES: [&str; 2] = ["sam", "sue"];

impl People {
    /// Brings one release on its way, with everything that people do meanwhile.
    pub async fn accompany(self, number: u32, from: DateTime<Utc>, until: DateTime<Utc>) {
        self.0.executor.until(from).await;
        let version = format!("1.0.{number}");
        let requester = self.draw(|it| pick(it, &["rita", "rob", "dan", "pia"]));
        for _ in 0..3 {
            let service = self.anywhere();
            let text = format!("new shop {version}");
            if self.say(&service, requester, text).await.is_some() {
                break;
            }
        }
        let steps = self.draw(|it| it.between(20, 70));
        for step in 0..steps {
            let longest = if self.draw(|it| it.happens(50_000)) {
                3_600_000
            } else {
                200_000
            };
            self.0.executor.pause(2_000, longest).await;
            if self.0.executor.now() >= until {
                return;
            }
            let probe = format!("probe {number}-{step}");
            let step = self.draw(|it| choose(it, requester, &version, &probe));
            self.echo(&step);
            self.make(step).await;
        }
    }

    /// At times two people want the same at once, or somebody thinks better of it.
    fn echo(&self, step: &Move) {
        let Move::Say(_, text) = step else { return };
        if !text.starts_with("deploy") || text.contains("--override") {
            return;
        }
        let (again, back) = self.draw(|it| (it.happens(200_000), it.happens(300_000)));
        let mut echoes = Vec::new();
        if again {
            let by = self.draw(|it| pick(it, &SRES));
            echoes.push((Move::Say(by, text.clone()), 30_000));
        }
        if back {
            let by = self.draw(|it| pick(it, &[OWNERS[0], OWNERS[1], OWNERS[2], MANAGERS[0]]));
            let added = self.draw(|it| it.happens(300_000));
            let emoji = if added { NO } else { YES };
            echoes.push((Move::Vote { by, emoji, added }, 12_000));
        }
        for (step, within) in echoes {
            let people = self.clone();
            let echo = async move {
                people.0.executor.pause(0, within).await;
                people.make(step).await;
            };
            self.0.executor.spawn(Owner::World, Box::pin(echo));
        }
    }

    async fn make(&self, step: Move) {
        let service = self.anywhere();
        match step {
            Move::Say(by, text) => {
                self.say(&service, by, text).await;
            }
            Move::Press => {
                let Some((on, action)) = self.any_button(&service) else {
                    return;
                };
                let by = self.draw(|it| pick(it, &ACCOUNTS).0);
                self.press(&service, by, on, action).await;
            }
            Move::Vote { by, emoji, added } => {
                let Some(on) = self.any_ask(&service) else {
                    return;
                };
                self.react(&service, by, &on, (emoji, added)).await;
            }
        }
    }

    fn draw<T>(&self, draw: impl FnOnce(&mut Chance) -> T) -> T {
        self.0.executor.draw(draw)
    }

    fn anywhere(&self) -> Service {
        self.draw(|it| pick(it, &self.0.services))
    }

    /// One of the last asks that are shown, most often the last.
    fn any_ask(&self, service: &Service) -> Option<MessageRef> {
        let asks: Vec<MessageRef> = {
            let room = service.room();
            let asks = room.visible().rev().filter(|it| it.key.starts_with("ask/"));
            asks.take(4).map(Post::address).collect()
        };
        self.draw(|it| {
            let last = it.happens(600_000);
            if last {
                asks.first().cloned()
            } else {
                it.pick(&asks).cloned()
            }
        })
    }

    /// A button of one of the last cards that have some.
    fn any_button(&self, service: &Service) -> Option<(MessageRef, String)> {
        let buttons: Vec<(MessageRef, String)> = {
            let room = service.room();
            let cards = room.visible().rev().take(8);
            let all = cards.flat_map(|post| {
                let actions = post.card.buttons.iter().chain(&post.card.menu);
                actions.map(move |it| (post.address(), it.action.clone()))
            });
            all.collect()
        };
        self.draw(|it| it.pick(&buttons).cloned())
    }
}

fn choose(chance: &mut Chance, requester: &'static str, version: &str, probe: &str) -> Move {
    let managers = [&MANAGERS[..], &SRES[..]].concat();
    match chance.between(0, 99) {
        0..18 => Move::Vote {
            by: pick(chance, &OWNERS),
            emoji: YES,
            added: true,
        },
        18..29 => Move::Vote {
            by: pick(chance, &MANAGERS),
            emoji: YES,
            added: true,
        },
        29..34 => Move::Vote {
            by: pick(chance, &ACCOUNTS).0,
            emoji: YES,
            added: true,
        },
        34..36 => Move::Vote {
            by: requester,
            emoji: YES,
            added: true,
        },
        36..40 => Move::Vote {
            by: pick(chance, &ACCOUNTS).0,
            emoji: YES,
            added: false,
        },
        40..42 => Move::Vote {
            by: pick(chance, &OWNERS),
            emoji: NO,
            added: true,
        },
        42..44 => Move::Vote {
            by: pick(chance, &OWNERS),
            emoji: NO,
            added: false,
        },
        44..56 => Move::Say(
            pick(chance, &managers),
            format!("deploy shop {STAGING} {version}"),
        ),
        56..70 => Move::Say(
            pick(chance, &managers),
            format!("deploy shop {PRODUCTION} {version}"),
        ),
        70..72 => {
            let by = pick(chance, &ACCOUNTS).0;
            let text = format!("deploy shop {PRODUCTION} {version} --override \"{probe}\"");
            Move::Say(by, text)
        }
        72..78 => Move::Press,
        78..82 => {
            let env = pick(chance, &[STAGING, PRODUCTION]);
            Move::Say(
                pick(chance, &managers),
                format!("unlock shop {env} {probe}"),
            )
        }
        82..87 => {
            let env = pick(chance, &[STAGING, PRODUCTION]);
            let answer = pick(chance, &["worked", "again", "failed"]);
            Move::Say(
                pick(chance, &managers),
                format!("resume shop {env} {answer}"),
            )
        }
        _ => rarer(chance, version, probe),
    }
}

fn rarer(chance: &mut Chance, version: &str, probe: &str) -> Move {
    let env = pick(chance, &[STAGING, PRODUCTION, PRODUCTION]);
    let (manager, sre, anybody) = (
        pick(chance, &MANAGERS),
        pick(chance, &SRES),
        pick(chance, &ACCOUNTS).0,
    );
    match chance.between(0, 20) {
        0 => Move::Say(sre, format!("rollback shop {env} --why \"{probe}\"")),
        1 => {
            let text = format!("rollback shop {env} {version} --why \"{probe}\"");
            Move::Say(sre, text)
        }
        2 => Move::Say(anybody, format!("stop shop {env}")),
        3 => Move::Say(sre, format!("stop shop {env} --rollback \"{probe}\"")),
        4 | 5 => Move::Say(sre, "incident ack".to_owned()),
        6 => Move::Say(manager, format!("freeze shop now --why \"{probe}\"")),
        7 => Move::Say(manager, "unfreeze".to_owned()),
        8..=10 => Move::Say(anybody, format!("incident open P1 \"{probe}\" shop {env}")),
        11 | 12 => Move::Say(sre, format!("watch shop {PRODUCTION} bad")),
        13 => Move::Say(sre, format!("incident update {probe}")),
        14 => Move::Say(sre, format!("incident resolve {probe}")),
        15 => Move::Say(sre, "incident escalate".to_owned()),
        16 => Move::Say(sre, format!("watch shop {PRODUCTION} good")),
        17 => Move::Say(sre, format!("watch shop {PRODUCTION} +20m")),
        18 => Move::Say(pick(chance, &OWNERS), format!("signoff {version} {env}")),
        19 => Move::Say(anybody, format!("decline {version} {env} {probe}")),
        _ => Move::Say(manager, format!("cancel {version} {probe}")),
    }
}

fn pick<T: Clone>(chance: &mut Chance, all: &[T]) -> T {
    chance.pick(all).expect("nobody picks from nothing").clone()
}
