//! Deploys and ways back, one after the other, each with a kill or several in it.

use std::time::Duration;

use shipbell_tests::sim::chance::Chance;
use tokio::time::{sleep, timeout};

use super::blow::Blow;
use super::ground::{ENV, Ground};
use super::verdict;
use crate::house::Life;
use crate::judge::Judge;
use crate::people::{Heard, Person};
use crate::records::{Attempt, ONCE};
use crate::stage::Stage;
use crate::world::{self, Fate};

/// How often it is looked how things stand.
const PAUSE: Duration = Duration::from_millis(50);
/// How long somebody waits before they say it again.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long one round may take, kills and all.
const LONGEST: Duration = Duration::from_mins(3);

/// Somebody who deploys, and the program they do it with.
pub(super) struct Team<'a> {
    ground: &'a Ground,
    stage: &'a Stage,
    chance: Chance,
    judge: Judge,
    life: Life,
    /// `near/live`.
    environment: String,
    /// What was deployed, with what became of it.
    versions: Vec<(String, Fate)>,
    kills: u32,
    questions: u32,
    backs: u32,
}

/// What a round brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    Deploy(Fate),
    /// Somebody wants the version before.
    Back,
}

impl<'a> Team<'a> {
    pub(super) fn new(ground: &'a Ground, chance: Chance) -> Self {
        let stage = &ground.stage;
        Self {
            ground,
            stage,
            chance,
            judge: Judge::default(),
            life: stage.house.starts(None),
            environment: format!("{}/{ENV}", ground.app),
            versions: Vec::new(),
            kills: 0,
            questions: 0,
            backs: 0,
        }
    }

    /// Works until there were so many kills; says what there was.
    pub(super) async fn survives(mut self, kills: u32) -> String {
        assert!(self.life.serves().await, "the bot starts");
        let kai = Person::enter(&self.stage.house, "kai").await;
        self.stage.enter(vec![kai]);
        let mut rounds = 0;
        while self.kills < kills {
            let turn = match self.chance.between(0, 5) {
                0 if rounds > 0 => Turn::Deploy(Fate::Sick),
                1 | 2 if self.can_go_back() => Turn::Back,
                _ => Turn::Deploy(Fate::Well),
            };
            let most = u32::try_from(self.chance.between(1, 3)).unwrap_or(1);
            let most = most.min(kills - self.kills);
            rounds += 1;
            self.stage
                .story
                .tell(&format!("── round {rounds}: {turn:?}"));
            let round = timeout(LONGEST, self.round(turn, most)).await;
            assert!(
                round.is_ok(),
                "round {rounds} does not end within {LONGEST:?}"
            );
        }
        self.rests().await;
        let wrong = self.judge.looks_at_the_end(self.stage).await;
        verdict::fail(self.stage, &wrong);
        let status = self.life.is_stopped().await;
        assert_eq!(status.code(), Some(0), "it stops when it is told to");
        let lock = self.stage.house.lock((self.ground.app, ENV));
        let lock = std::fs::File::open(lock).unwrap();
        assert!(
            lock.try_lock().is_ok(),
            "the lock is free when the bot is gone"
        );
        let (backs, questions) = (self.backs, self.questions);
        let seconds = self.stage.story.seconds();
        format!(
            "{kills} kills in {rounds} rounds, {backs} ways back, {questions} questions \
             answered, {seconds:.0} s: the right version every time"
        )
    }

    async fn round(&mut self, turn: Turn, kills: u32) {
        let before = self.last().map_or(0, |it| it.number);
        let release = match turn {
            Turn::Deploy(fate) => self.deploys(fate, before).await,
            Turn::Back => self.goes_back(before).await,
        };
        for _ in 0..kills {
            let blow = Blow::draw(self.ground.victims, &mut self.chance);
            self.strikes(blow).await;
        }
        let last = self.settles(turn).await;
        self.backs += u32::from(last.kind == "rollback");
        let wrong = self.judge.looks(self.stage).await;
        verdict::fail(self.stage, &wrong);
        let migrated: Vec<&str> = self.versions.iter().map(|(it, _)| it.as_str()).collect();
        verdict::holds(self.ground, &self.life, &migrated).await;
        self.tidies(turn, &release).await;
    }

    /// Opens a release and deploys it.
    async fn deploys(&mut self, fate: Fate, before: i64) -> String {
        let app = self.ground.app;
        let version = format!("{}{}", &app[..1], self.versions.len() + 1);
        world::load(app, &version, fate).await;
        self.versions.push((version.clone(), fate));
        let image = world::reference(app, &version);
        self.says(&format!("/release new {app} {version} --image web={image}"))
            .await;
        let release = self.stage.records.release(app, &version);
        let (release, _) = release.expect("a release that was opened is in the records");
        self.begins(before, &format!("/release deploy {app} {ENV} {version}"))
            .await;
        release
    }

    async fn goes_back(&mut self, before: i64) -> String {
        let app = self.ground.app;
        let release = self.last().map(|it| it.release).unwrap_or_default();
        self.begins(
            before,
            &format!("/release rollback {app} {ENV} --why \"slow\""),
        )
        .await;
        release
    }

    /// Says what begins an attempt until it has: an image may still have to be looked up.
    async fn begins(&mut self, before: i64, command: &str) {
        loop {
            self.says(command).await;
            let begun = async {
                while self.last().map_or(0, |it| it.number) == before {
                    sleep(PAUSE).await;
                }
            };
            if timeout(PATIENCE, begun).await.is_ok() {
                return;
            }
        }
    }

    /// Kills what is to die, if its moment comes before the work is done.
    async fn strikes(&mut self, blow: Blow) {
        let (stage, environment) = (self.stage, &self.environment);
        let project = world::project(self.ground.app, ENV);
        let bot = self.life.process();
        let is_at_work = || {
            let last = stage.records.last_attempt(environment);
            let waits = stage.records.cut_off(environment).is_some();
            last.is_some_and(|it| it.state == "running") && !waits
        };
        let Some(others) = blow.moment((bot, &project), is_at_work).await else {
            stage.story.tell(&format!("{blow}: it did not come"));
            return;
        };
        self.kills += 1;
        stage.story.tell(&format!("── kill: {blow}"));
        if blow.victim.is_the_bot() {
            self.life.is_killed().await;
            sleep(blow.between()).await;
        }
        for one in &others {
            let hit = if one.is_killed() {
                "killed"
            } else {
                "had gone"
            };
            stage.story.tell(&format!("   {hit}: {}", one.told()));
        }
        if blow.victim.is_the_bot() {
            let wrong = self.judge.looks(stage).await;
            verdict::fail(stage, &wrong);
            self.life = stage.house.starts(None);
            assert!(self.life.serves().await, "the bot starts again");
        }
    }

    /// Waits until nothing is at work, and answers what is asked; the last attempt.
    async fn settles(&mut self, turn: Turn) -> Attempt {
        let back = |it: &Attempt| it.kind == "rollback";
        let last = loop {
            if let Some(index) = self.stage.records.cut_off(&self.environment) {
                self.answers(index).await;
            }
            match self.last() {
                Some(it) if it.state == "running" => {}
                // The way back of a failed deploy is yet to begin.
                Some(it) if it.state == "failed" && !back(&it) => {
                    let why = self.stage.records.why(&self.environment);
                    let sick = turn == Turn::Deploy(Fate::Sick);
                    assert!(sick, "a good version failed: {why}");
                }
                Some(it) => break it,
                None => {}
            }
            sleep(PAUSE).await;
        };
        let why = || self.stage.records.why(&self.environment);
        assert_eq!(last.state, "verified", "{last:?}: {}", why());
        let wants = turn != Turn::Deploy(Fate::Well);
        assert_eq!(back(&last), wants, "{turn:?} ended with {last:?}");
        last
    }

    /// A command that must run once was cut off: somebody looks whether it had its effect.
    /// Nobody need be asked of what only brings a project to a state.
    async fn answers(&mut self, index: u32) {
        self.questions += 1;
        let app = self.ground.app;
        let migrated = world::migrated(&world::project(app, ENV)).await;
        let last = self.last().map(|it| it.kind).unwrap_or_default();
        let version = self.versions.last().map(|(version, _)| version);
        let ran = version.is_some_and(|it| migrated.contains(it));
        let how = if ran { "worked" } else { "again" };
        let why = self.stage.records.why(&self.environment);
        assert!(
            index == ONCE && last == "deploy",
            "nobody need be asked: {why}"
        );
        self.stage.story.tell(&format!("asked: {why}"));
        self.says(&format!("/release resume {app} {ENV} {how}"))
            .await;
    }

    /// Leaves the environment as the next round wants it.
    async fn tidies(&mut self, turn: Turn, release: &str) {
        let app = self.ground.app;
        if turn == Turn::Deploy(Fate::Well) {
            return;
        }
        self.says(&format!("/release unlock {app} {ENV} looked at it"))
            .await;
        let stand = self.stage.records.stand(release, &self.environment);
        assert!(!stand.locked, "it is unlocked");
        if turn == Turn::Deploy(Fate::Sick) {
            self.says(&format!("/release cancel {release} it is bad"))
                .await;
        }
    }

    /// Nothing is at work or owed any more.
    async fn rests(&self) {
        let rest = async {
            while !self.stage.records.is_quiet() {
                sleep(PAUSE).await;
            }
        };
        let rest = timeout(LONGEST, rest).await;
        assert!(rest.is_ok(), "the bot is not at rest within {LONGEST:?}");
    }

    fn can_go_back(&self) -> bool {
        let well = self.versions.iter().filter(|(_, it)| *it == Fate::Well);
        let last = self.last().is_some_and(|it| it.kind == "deploy");
        well.count() > 1 && last
    }

    fn last(&self) -> Option<Attempt> {
        self.stage.records.last_attempt(&self.environment)
    }

    /// Says a command to a bot that lives, and is answered.
    async fn says(&self, text: &str) {
        let request = self.stage.ledger.request();
        let kai = &self.stage.people()[0];
        let heard = kai.says(self.stage.desk(), &request, text).await;
        assert!(matches!(heard, Heard::Answer(_)), "{text}: {heard:?}");
    }
}
