//! Life after life: how each ends, what people send at that very moment, and what is found then.

use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;
use std::time::Duration;

use shipbell_tests::crash::LAST_WORDS;
use shipbell_tests::sim::chance::Chance;
use tokio::time::{sleep, timeout};

use crate::house::Life;
use crate::judge::Judge;
use crate::people::Heard;
use crate::schedule::{Kill, Moment, Schedule};
use crate::stage::Stage;
use crate::world;

/// How long a life may go on without reaching its point.
const LONGEST: Duration = Duration::from_secs(30);

/// The number of SIGKILL.
const KILLED: i32 = 9;

/// All deaths of a run.
pub(crate) struct Deaths {
    pub(crate) judge: Judge,
    schedule: Schedule,
    chance: Chance,
    count: u32,
    reached: u32,
    /// Sent as the bot died, and not answered: the form's id, and what it said.
    unanswered: Vec<(String, String)>,
}

impl Deaths {
    pub(crate) fn new(kills: u32, chance: &mut Chance) -> Self {
        Self {
            judge: Judge::default(),
            schedule: Schedule::new(kills, chance),
            chance: Chance::new(chance.draw()),
            count: 0,
            reached: 0,
            unanswered: Vec::new(),
        }
    }

    pub(crate) fn count(&self) -> u32 {
        self.count
    }

    /// How often the program ended itself at a point.
    pub(crate) fn reached(&self) -> u32 {
        self.reached
    }

    /// One life, its end, and a look at what it left; false if there are none left.
    pub(crate) async fn one_more(&mut self, stage: &Stage) -> bool {
        let Some(kill) = self.schedule.next() else {
            return false;
        };
        self.count += 1;
        let number = self.count;
        stage
            .story
            .tell(&format!("── life {number} begins; it will end {kill}"));
        let status = self.lives(stage, kill).await;
        let log = stage.house.log();
        if status.signal() != Some(KILLED) {
            let end: Vec<&str> = log.lines().rev().take(5).collect();
            let what = format!("the bot ended by itself, with {status}: {end:?}");
            fail(stage, &[what]);
        }
        let words = log.lines().next_back().unwrap_or_default();
        let by_itself = words.starts_with(LAST_WORDS);
        stage.story.tell(&format!(
            "── life {number} is over: {}",
            if by_itself { words } else { "killed" }
        ));
        self.reached += u32::from(by_itself);
        if !by_itself {
            self.schedule.again(kill);
        }
        let wrong = self.judge.looks(stage).await;
        fail(stage, &wrong);
        true
    }

    async fn lives(&mut self, stage: &Stage, kill: Kill) -> ExitStatus {
        let point = match kill {
            Kill::At { point, times, .. } => Some(format!("{point:?}:{times}")),
            Kill::Seen(_) | Kill::Starting(_) | Kill::Serving(_) => None,
        };
        let mut life = stage.house.starts(point.as_deref());
        if let Kill::Starting(after) = kill {
            sleep(after).await;
            return life.is_killed().await;
        }
        if !life.serves().await {
            return life.ends().await;
        }
        self.sends_again(stage).await;
        match kill {
            Kill::At { .. } => match timeout(LONGEST, life.ends()).await {
                Ok(status) => status,
                Err(_) => life.is_killed().await,
            },
            Kill::Seen(moment) => {
                // If it does not come, any time will do.
                drop(timeout(LONGEST, seen(stage, moment)).await);
                life.is_killed().await
            }
            Kill::Starting(_) => life.is_killed().await,
            Kill::Serving(after) => {
                drop(timeout(after, life.ends()).await);
                self.strikes(stage, &mut life).await
            }
        }
    }

    /// Kills the bot while somebody sends it something.
    async fn strikes(&mut self, stage: &Stage, life: &mut Life) -> ExitStatus {
        let version = format!("d{}", self.count);
        let image = world::reference("drafts", "v1");
        let text = format!("/release new drafts {version} --image web={image}");
        let request = stage.ledger.request();
        let within = Duration::from_millis(self.chance.between(0, 40));
        let killing = async {
            sleep(within).await;
            life.is_killed().await
        };
        let says = stage.people()[0].says(stage.desk(), &request, &text);
        let (status, heard) = tokio::join!(killing, says);
        match heard {
            Heard::Answer(_) | Heard::NotTaken | Heard::Nobody => {}
            Heard::Nothing => self.unanswered.push((request, text)),
        }
        status
    }

    /// What was not answered is sent again, as it was: it must be done once.
    async fn sends_again(&mut self, stage: &Stage) {
        for (request, text) in std::mem::take(&mut self.unanswered) {
            let heard = stage.people()[0].says(stage.desk(), &request, &text).await;
            match heard {
                Heard::Answer(_) => {}
                Heard::NotTaken | Heard::Nothing | Heard::Nobody => {
                    self.unanswered.push((request, text));
                }
            }
        }
    }
}

/// Returns once the engine tells of it anew.
async fn seen(stage: &Stage, moment: Moment) {
    let (action, once) = match moment {
        Moment::OnceMade => ("create", true),
        Moment::OnceStarted => ("start", true),
        Moment::OnceEnded => ("die", true),
        Moment::ServiceMade => ("create", false),
    };
    let known = stage.events.count();
    loop {
        let new = stage.events.all().into_iter().skip(known);
        if new
            .into_iter()
            .any(|it| it.action == action && it.once == once)
        {
            return;
        }
        sleep(Duration::from_millis(5)).await;
    }
}

/// Ends the test if anything is wrong.
#[track_caller]
pub(crate) fn fail(stage: &Stage, wrong: &[String]) {
    if wrong.is_empty() {
        return;
    }
    for what in wrong {
        stage.story.tell(&format!("WRONG  {what}"));
    }
    panic!("{}", wrong.join("\n"));
}
