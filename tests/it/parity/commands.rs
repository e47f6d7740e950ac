//! Every command with every option, said on each platform in turn.

use std::collections::BTreeSet;

use shipbell::chatops::grammar;

use super::cards::{cards, reads};
use super::plain::plainly;
use super::{Setup, agree, difference, words};
use crate::room::{Message, Over, Release, Room, Team};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_command_is_answered_and_shown_in_the_same_words_everywhere() {
    let (web, slack, discord) = tokio::join!(
        Evening::spent(Over::Web),
        Evening::spent(Over::Slack),
        Evening::spent(Over::Discord)
    );
    assert_eq!(missing(&web.said), BTreeSet::new(), "nobody said these");
    let everywhere = [&web, &slack, &discord];
    let counts = everywhere.map(|it| it.cards.len());
    assert_eq!(counts, [web.cards.len(); 3], "{everywhere:#?}");
    for card in cards() {
        let words = reads(&card);
        let shown = web.cards.iter().any(|it| it.contains(words));
        assert!(shown, "{card:?} was not shown: {:#?}", web.cards);
    }
    let mut differences = Vec::new();
    for (place, (path, options)) in web.said.iter().enumerate() {
        let read = everywhere.map(|it| it.answers[place].clone());
        differences.extend(difference(&format!("{path} {options:?}"), &read));
    }
    for place in 0..web.cards.len() {
        let read = everywhere.map(|it| it.cards[place].clone());
        differences.extend(difference(&format!("message {place}"), &read));
    }
    agree(&differences);
}

/// What was said and read in one room.
#[derive(Debug)]
struct Evening {
    over: Over,
    /// Each command with the options it was given.
    said: Vec<(String, BTreeSet<String>)>,
    /// What its sender alone was answered.
    answers: Vec<String>,
    /// What stood in the channel and the thread in the end.
    cards: Vec<String>,
}

/// Commands and options that nobody said.
fn missing(said: &[(String, BTreeSet<String>)]) -> BTreeSet<String> {
    let mut missing = BTreeSet::new();
    let tree = grammar::tree();
    let mut left: Vec<(String, &clap::Command)> = vec![(String::new(), &tree)];
    while let Some((path, command)) = left.pop() {
        if command.has_subcommands() {
            for below in command.get_subcommands() {
                let path = format!("{path} {}", below.get_name());
                left.push((path.trim().to_owned(), below));
            }
            continue;
        }
        let here = || said.iter().filter(|(it, _)| *it == path);
        if here().next().is_none() {
            missing.insert(path.clone());
        }
        for argument in command.get_arguments() {
            let name = argument
                .get_long()
                .unwrap_or_else(|| argument.get_id().as_str());
            if name != "help" && !here().any(|(_, options)| options.contains(name)) {
                missing.insert(format!("{path} {name}"));
            }
        }
    }
    missing
}

impl Evening {
    async fn spent(over: Over) -> Self {
        let mut room = Room::prepared(over, Setup::default(), |text, _| text).await;
        room.starts().await;
        let mut evening = Self {
            over,
            said: Vec::new(),
            answers: Vec::new(),
            cards: Vec::new(),
        };
        let team = room.team().await;
        evening.looks_around(&room, &team).await;
        let release = evening.prepares(&room, &team).await;
        evening.agrees_on_times(&room, &team).await;
        evening.deploys(&room, &team, &release).await;
        evening.follows_up(&room, &team).await;
        evening.runs_an_incident(&room, &team).await;
        evening.goes_on_with_another(&room, &team).await;
        evening.reads_all(&room, &release).await;
        room.closes().await;
        evening
    }

    /// Reads the channel and the thread once nothing in them changes any more; in the
    /// order of their words, because platforms do not post at one pace.
    async fn reads_all(&mut self, room: &Room, release: &Release) {
        room.says(&release.card, "Done ").await;
        room.message("A larger disk").await;
        for place in ["staging", "production"] {
            let title = format!("Smoke tests of 1.0.0 on {place}");
            let evidence = room.reply(&release.card, &title).await;
            room.says(&evidence, "4 of 4 passed").await;
        }
        // Each card is edited at a pace of its own: the last message is not the last change.
        let last = [
            "acceptance for staging",
            "used by attempt 1",
            "Stable: watched",
            "is over",
        ];
        for last in last {
            room.reply(&release.card, last).await;
        }
        self.shares(room).await;
        let mut cards = room.channels().await.concat();
        cards.extend(room.threads(&release.card).await.concat());
        // What Discord has of its own: a way to an answer for one person.
        cards.retain(|it| !it.contains("there is an answer for you"));
        self.cards = cards.iter().map(|it| plainly(self.over, it)).collect();
        self.cards.sort_by_key(|it| words(it));
    }

    /// Everybody reads the answer, so nobody alone is told it. The channel must have time
    /// for it: whoever asks in a rush reads it alone.
    async fn shares(&mut self, room: &Room) {
        let share = ("share", "true");
        room.person("ana").await.commands("status", &[share]).await;
        self.notes("status", &[share], "everybody");
        room.message("never deployed").await;
    }

    /// Says a command; the answer has these words in it.
    async fn says(
        &mut self,
        (room, who): (&Room, &crate::room::Someone),
        path: &str,
        options: &[(&str, &str)],
        words: &str,
    ) {
        let answer = who.asks(room, path, options).await;
        let (low, wanted) = (answer.to_lowercase(), words.to_lowercase());
        assert!(low.contains(&wanted), "{path} {options:?}: {answer}");
        self.notes(path, options, &answer);
    }

    fn notes(&mut self, path: &str, options: &[(&str, &str)], answer: &str) {
        let given = options.iter().map(|(name, _)| (*name).to_owned());
        self.said.push((path.to_owned(), given.collect()));
        self.answers.push(plainly(self.over, answer));
    }

    async fn looks_around(&mut self, room: &Room, team: &Team) {
        let ana = (room, &team.ana);
        self.says(ana, "help", &[], "/release").await;
        self.says(ana, "help", &[("verb", "deploy")], "deploy")
            .await;
        self.says(ana, "whoami", &[], "release-manager").await;
        self.says(ana, "open", &[], "").await;
        self.says(ana, "status", &[], "rapid-audit").await;
        let place = [("app", "rapid-audit"), ("environment", "staging")];
        self.says(ana, "status", &place, "staging").await;
        self.says(ana, "history", &place, "").await;
        self.says(ana, "window list", &[], "").await;
        self.says(ana, "incident list", &[], "").await;
    }

    /// Opens a release and settles its checklist.
    async fn prepares(&mut self, room: &Room, team: &Team) -> Release {
        let (ana, bo) = ((room, &team.ana), (room, &team.bo));
        let named = [("app", "rapid-audit"), ("version", "1.0.0")];
        let wrong = [named[0], named[1], ("image", "worker=example.com/worker:1")];
        self.says(ana, "new", &wrong, "worker").await;
        let whole = [
            named[0],
            named[1],
            ("commit", "4f2c1ab"),
            ("ticket", "RA-7"),
            ("note", "The first of them"),
        ];
        self.says(ana, "new", &whole, "is open as").await;
        let card: Message = room.message("Rapid Audit 1.0.0").await;
        let pinned = |text: &str| !text.contains("Pinning images");
        room.shows(&card, "the images are pinned", pinned).await;
        let place = [("app", "rapid-audit"), ("environment", "production")];
        self.says(bo, "can", &place, "checklist").await;
        let item = |number| [("release", "r1"), ("item", number)];
        self.says(bo, "check", &item("1"), "1 item open").await;
        let undone = [item("1")[0], item("1")[1], ("undo", "true")];
        self.says(bo, "check", &undone, "").await;
        let not = [item("1")[0], item("1")[1], ("na", "No migrations")];
        self.says(bo, "check", &not, "1 item open").await;
        self.says(ana, "check", &item("2"), "every item").await;
        self.says(ana, "check", &[("release", "r1")], "No migrations")
            .await;
        let note = [("release", "r1"), ("text", "The index is built by hand")];
        self.says(bo, "note", &note, "").await;
        let link = [note[0], note[1], ("link", "https://example.com/42")];
        self.says(ana, "note", &link, "").await;
        Release {
            number: "r1".to_owned(),
            version: "1.0.0",
            card,
        }
    }

    async fn agrees_on_times(&mut self, room: &Room, team: &Team) {
        let (ana, bo) = ((room, &team.ana), (room, &team.bo));
        let plan = [
            ("app", "rapid-audit"),
            ("environment", "production"),
            ("when", "now for 2h"),
            ("version", "1.0.0"),
            ("summary", "The first version"),
            ("owner", "bo"),
        ];
        self.says(ana, "plan", &plan, "").await;
        let window = [
            ("app", "motorsport"),
            ("environment", "production"),
            ("when", "tomorrow 22:00-23:00"),
        ];
        self.says(ana, "window add", &window, "w1").await;
        let gone = [("window", "w1"), ("why", "The fair is on")];
        self.says(ana, "window cancel", &gone, "").await;
        let freeze = [
            ("app", "motorsport"),
            ("when", "until tomorrow 9:00"),
            ("why", "The fair"),
        ];
        self.says(ana, "freeze", &freeze, "f1").await;
        self.says(bo, "unfreeze", &[("freeze", "f1")], "").await;
    }

    async fn deploys(&mut self, room: &Room, team: &Team, release: &Release) {
        let (bo, chloe, dan) = ((room, &team.bo), (room, &team.chloe), (room, &team.dan));
        let to = |place| {
            [
                ("app", "rapid-audit"),
                ("environment", place),
                ("version", "1.0.0"),
            ]
        };
        let [app, place, version] = to("staging");
        let dry = [app, place, version, ("dry-run", "true")];
        self.says(bo, "deploy", &dry, "").await;
        room.reply(&release.card, "would change").await;
        self.says(bo, "deploy", &to("staging"), "on its way").await;
        room.asks(release, "good in staging?").await;
        let ask = |place| [("release", "r1"), ("environment", place)];
        self.says(bo, "signoff", &ask("staging"), "product").await;
        self.says(chloe, "signoff", &ask("staging"), "").await;
        room.asks(release, "for production?").await;
        let no = [
            ask("production")[0],
            ask("production")[1],
            ("why", "Not in the demo"),
        ];
        self.says(chloe, "decline", &no, "").await;
        self.says(chloe, "signoff", &ask("production"), "").await;
        self.says(dan, "signoff", &ask("production"), "").await;
        self.says(bo, "promote", &[("app", "rapid-audit")], "starts")
            .await;
        room.reply(&release.card, "watching").await;
    }

    async fn follows_up(&mut self, room: &Room, team: &Team) {
        let bo = (room, &team.bo);
        let [app, place] = [("app", "rapid-audit"), ("environment", "production")];
        self.says(bo, "watch", &[app, place, ("answer", "+30m")], "")
            .await;
        self.says(bo, "watch", &[app, place, ("answer", "stop")], "")
            .await;
        let back = [app, place, ("version", "0.9.0"), ("why", "It fails")];
        self.says(bo, "rollback", &back, "0.9.0").await;
        let back = [&back[..], &[("anyway", "true")]].concat();
        self.says(bo, "rollback", &back, "0.9.0").await;
        self.says(bo, "stop", &[app, place], "nothing").await;
        self.says(
            bo,
            "stop",
            &[app, place, ("rollback", "It fails")],
            "nothing",
        )
        .await;
        self.says(bo, "resume", &[app, place, ("answer", "worked")], "")
            .await;
        self.says(
            bo,
            "unlock",
            &[app, place, ("why", "All is well")],
            "not locked",
        )
        .await;
        self.says(
            bo,
            "deploy",
            &[app, place, ("adopt", "By hand")],
            "runs what was deployed",
        )
        .await;
        self.says(bo, "show", &[("release", "r1")], "by hand").await;
        self.says(bo, "history", &[app, place], "1.0.0").await;
        self.says(bo, "status", &[app, place], "1.0.0").await;
    }

    async fn runs_an_incident(&mut self, room: &Room, team: &Team) {
        let bo = (room, &team.bo);
        let wrong = [
            ("severity", "P1"),
            ("what", "The shop is slow"),
            ("app", "rapid-audit"),
            ("environment", "production"),
        ];
        self.says(bo, "incident open", &wrong, "i1").await;
        let it = ("incident", "i1");
        self.says(bo, "incident escalate", &[it], "").await;
        self.says(bo, "incident ack", &[it], "").await;
        self.says(bo, "incident list", &[], "The shop is slow")
            .await;
        self.says(bo, "incident update", &[it, ("text", "It is the disk")], "")
            .await;
        self.says(bo, "incident resolve", &[it, ("text", "A larger disk")], "")
            .await;
    }

    /// A second application: with its gates set aside, and given up.
    async fn goes_on_with_another(&mut self, room: &Room, team: &Team) {
        let (ana, bo) = ((room, &team.ana), (room, &team.bo));
        let named = [("app", "motorsport"), ("version", "1.0.0")];
        self.says(ana, "new", &named, "is open as").await;
        let card = room.message("Motorsport 1.0.0").await;
        let pinned = |text: &str| !text.contains("Pinning images");
        room.shows(&card, "the images are pinned", pinned).await;
        let to = [named[0], ("environment", "production"), named[1]];
        self.says(bo, "deploy", &to, "window").await;
        let over = [to[0], to[1], to[2], ("override", "The shop is down")];
        self.says(ana, "deploy", &over, "").await;
        let over = [named[0], ("override", "The shop is down")];
        self.says(ana, "promote", &over, "").await;
        let why = [("release", "r2"), ("why", "Another day")];
        self.says(ana, "cancel", &why, "").await;
        room.says(&card, "given up").await;
        room.reply(&card, "is over").await;
    }
}
