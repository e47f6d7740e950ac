//! `shipbell release rollback … --offline`: the way back while no bot runs, by the same
//! decisions, log, lock, steps and checks.

mod desk;
mod follow;
mod plan;

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::time::Duration;

use shipbell_domain::command::Wish;
use shipbell_domain::ids::Person;
use shipbell_storage::StoreError;
use tokio::time::timeout;

use self::desk::{Desk, Spoken};
use self::plan::{Place, Plan};
use super::{printer, recover};
use crate::chatops::vocabulary::Vocabulary;
use crate::config::Config;
use crate::door::{self, Request};
use crate::failure::Failure;
use crate::wiring::{self, Offline};
use crate::{render, seen};

/// How long a bot may take to say that it is there.
const ANSWERS: Duration = Duration::from_secs(5);

pub(super) async fn run(
    config: &Config,
    id: String,
    (words, yes): (Vec<String>, bool),
) -> Result<(), Failure> {
    let desk = Desk::open(yes);
    no_bot_runs(&config.data).await?;
    let person = who(config)?;
    let store = wiring::open_store(&config.data).await?;
    let loss = seen::missing(&config.data, store.as_ref()).await;
    if let Some(loss) = loss.map_err(unreadable)? {
        printer::line(&recover::what_is_gone(&loss));
        return Err(
            Failure::user("a part of the log is gone; nothing was done").hint(
                "put the right database back, or start the bot and `shipbell recover --accept`",
            ),
        );
    }
    let offline = Offline::open(config, store)?;
    let done = go(&offline, &desk, (&person, id), &words).await;
    offline.stop().await;
    done
}

/// Understands the words, has the person agree, and does it to its end.
async fn go(
    offline: &Offline,
    desk: &Desk,
    (person, id): (&Person, String),
    words: &[String],
) -> Result<(), Failure> {
    let alone = &offline.alone;
    let vocabulary = alone.vocabulary().await.map_err(unreadable)?;
    let spoken = match desk::read(words, &vocabulary, (person, alone.hub().now())) {
        Ok(spoken) => spoken,
        Err(suggestion) => {
            let dialect = alone.dialect();
            return refused(&render::plain(&render::suggestion(&suggestion, &dialect)));
        }
    };
    let id_of = spoken.environment().clone();
    let environment = alone.environment(&id_of).await.map_err(unreadable)?;
    let title = alone.hub().settings().title_of(&id_of.app);
    let name = format!("{title}, {}", id_of.env);
    let (id_of, name) = (&id_of, name.as_str());
    let place = Place { id: id_of, name };
    let plan = match plan::plan(place, environment.as_deref(), &spoken) {
        Ok(plan) => plan,
        Err(why) => return refused(&why),
    };
    let wish = settle(offline, desk, (&plan, name), (person, &spoken, &vocabulary))?;
    alone.take_over(id_of).await;
    if let Some(wish) = wish {
        match alone.wish(person, id, wish).await {
            Ok(text) => printer::line(&text),
            Err(text) => return refused(&text),
        }
    }
    follow::to_the_end(alone, place).await
}

/// Says what will be done, and has the person say why, and that it is meant. What the
/// wish is then; none where what is at work only has to go on.
fn settle(
    offline: &Offline,
    desk: &Desk,
    (plan, name): (&Plan, &str),
    (person, spoken, vocabulary): (&Person, &Spoken, &Vocabulary),
) -> Result<Option<Wish>, Failure> {
    let (id, settings) = (spoken.environment(), offline.alone.hub().settings());
    let Some(told) = plan.told(name, &settings.name_of(person)) else {
        return Ok(plan.wish(id, spoken.why().unwrap_or("not said").to_owned()));
    };
    printer::line(&told);
    let questions = vocabulary.env_policy(id).map(|it| &it.rollback_ask);
    for question in questions.into_iter().flatten() {
        printer::line(&format!("Check first: {question}"));
    }
    let reason = if plan.begins() {
        desk.reason(spoken.why())?
    } else {
        String::new()
    };
    desk.agree()?;
    Ok(plan.wish(id, reason))
}

fn refused(text: &str) -> Result<(), Failure> {
    printer::line(text);
    Err(Failure::user("nothing was changed"))
}

/// Nobody must do by hand, and beside it, what a bot that runs does better.
async fn no_bot_runs(data: &Path) -> Result<(), Failure> {
    let stop = "if it cannot do it, stop the bot first and say this again";
    match timeout(ANSWERS, door::ask(data, &Request::Health)).await {
        // The database's lock has the last word.
        Ok(Err(_)) => Ok(()),
        Ok(Ok(health)) if health.ok => {
            Err(Failure::user("the bot runs: say it without --offline").hint(stop))
        }
        Ok(Ok(health)) => Err(Failure::user("the bot runs, and has stopped all effects")
            .because(health.text)
            .hint("`shipbell recover` says what to do")),
        Err(_) => Err(Failure::user("a bot runs here and does not answer").hint(stop)),
    }
}

/// Who sits here, by the number the system knows them by; as for a bot's terminal.
fn who(config: &Config) -> Result<Person, Failure> {
    let database = wiring::database(&config.data);
    let found = database.metadata().map_err(|error| {
        Failure::user(format!("there is no database at {}", database.display()))
            .because(error)
            .hint("say it on the bot's host, and name its configuration with --config")
    })?;
    let (me, owner) = (rustix::process::geteuid().as_raw(), found.uid());
    if me != owner {
        let what = format!(
            "{} belongs to user number {owner}, and you are {me}: the bot could not go on with \
             what you would leave",
            database.display()
        );
        let hint = format!("say it as that user: `sudo -u '#{owner}' shipbell release …`");
        return Err(Failure::user(what).hint(hint));
    }
    config.person_of(me).cloned().ok_or_else(|| {
        Failure::user(format!("nobody in [people] has user number {me}")).hint(format!(
            "somebody unknown may only look; name yours: [people.you] unix = {me}"
        ))
    })
}

fn unreadable(error: StoreError) -> Failure {
    Failure::user("the database cannot be read").because(error)
}
