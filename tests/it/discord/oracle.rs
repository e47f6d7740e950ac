//! The stand-in held to a client that others wrote: discord.py runs a small bot, people
//! talk to it, and what it saw must be what Discord would have shown it.

use std::process::Stdio;
use std::time::Duration;

use shipbell_tests::servers::discord::{Discord, Fault, GUILD, How, Seen, TOKEN, Trouble};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout};
use tokio::time::timeout;

use crate::oracles;

/// How long what is waited for may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The client at work.
struct Client {
    discord: Discord,
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    /// What it said and nobody asked after yet.
    said: Vec<String>,
}

#[tokio::test]
async fn discord_py_finds_the_server_as_it_should_be() {
    let test = "discord_py_finds_the_server_as_it_should_be";
    let Some(mut client) = Client::begin(test).await else {
        return;
    };
    client
        .says("application Shipbell, 1 shard, 1000 starts a day")
        .await;
    let registered = format!(
        "registered release with window, deploy, decline, card, change, stand, talk, trespass in {GUILD}"
    );
    client.says(&registered).await;
    client
        .says("ready as shipbell in Acme, #release of 118700000000000001")
        .await;
    client
        .says("8 people, roles @everyone, owners, may pin: True")
        .await;
    assert_eq!(client.discord.sessions(), (1, 0));
    assert_eq!(client.discord.logged("register"), 1);
    client.leaves().await;
}

#[tokio::test]
async fn discord_py_answers_commands_and_forms() {
    let test = "discord_py_answers_commands_and_forms";
    let Some(mut client) = Client::ready(test).await else {
        return;
    };
    let chloe = client.discord.person("chloe");
    let options = [("app", "shop"), ("dry", "true"), ("times", "3")];
    chloe.command("deploy", &options).await;
    client
        .says("chloe of ['@everyone', 'owners'] deploys shop in release: dry True, 3 times")
        .await;
    client.says("answered with On it, private: True").await;
    chloe.hears("Deployed shop").await;
    let offered = chloe
        .completes("deploy", &options[1..2], ("app", "sh"))
        .await;
    assert_eq!(offered, ["shop"]);
    client.says("chloe types sh with dry True").await;
    chloe.command("window add", &[("when", "tonight")]).await;
    client.says("answered later with Open tonight").await;
    let told = ["On it", "Deployed shop", "Open tonight"];
    assert_eq!(chloe.heard(), told);
    let gone = || (client.discord.logged("delete original") > 0).then_some(());
    client.discord.until("the answer is deleted", gone).await;

    let form = chloe.command("decline", &[]).await.expect("a form");
    let filled = [("why", "It is late"), ("how", "worse")];
    assert!(chloe.submit(&form, &filled).await.is_none());
    client
        .says("chloe declined nothing: It is late, ['worse']")
        .await;
    client.says("answered with Noted, private: True").await;
    client.leaves().await;
}

#[tokio::test]
async fn discord_py_keeps_a_card() {
    let test = "discord_py_keeps_a_card";
    let Some(mut client) = Client::ready(test).await else {
        return;
    };
    let (ana, bo) = (client.discord.person("ana"), client.discord.person("bo"));
    let card = client.posts_a_card().await;
    assert_eq!(client.discord.called(&card), ["ana"]);
    client.says("posted, calls ['ana'], once: True").await;
    assert_eq!(client.discord.transcript(None).len(), 1, "the nonce holds");
    assert!(bo.press(&card, "Go").await.is_none());
    let words = format!("Card for <@{}> and <@{}>", ana.id(), bo.id());
    client.says(&format!("bo pressed Go on {words}")).await;
    client.says(&format!("edited: {words} became Going")).await;
    client.discord.says(&card, "Going").await;
    bo.press(&card, "Fast").await;
    client.says("bo picked ['fast']").await;
    client.discord.says(&card, "Going fast").await;
    let form = bo.press(&card, "Decline").await.expect("a form");
    bo.submit(&form, &[("why", "No"), ("how", "bad")]).await;
    client.says("bo declined Going fast: No, ['bad']").await;

    // It is told to wait, and does.
    let limited = How::RateLimited {
        after: 0.3,
        global: false,
    };
    client.discord.fault(Fault::once("edit", limited));
    ana.command("change", &[]).await;
    client
        .says("warning: We are being rate limited. PATCH")
        .await;
    client.says("changed to Card 2, 2 rows, edited: True").await;
    client.says("edited: Going fast became Card 2").await;
    client.leaves().await;
}

#[tokio::test]
async fn discord_py_sees_who_stands_on_a_card_and_talks_under_it() {
    let test = "discord_py_sees_who_stands_on_a_card_and_talks_under_it";
    let Some(mut client) = Client::ready(test).await else {
        return;
    };
    let (ana, bo) = (client.discord.person("ana"), client.discord.person("bo"));
    let card = client.posts_a_card().await;
    bo.react(&card, "✅");
    client.says("bo put ✅ on Card for").await;
    ana.react(&card, "✅");
    client.says("ana put ✅ on Card for").await;
    ana.command("stand", &[]).await;
    client.says("✅ 2, mine: False, ['ana', 'bo']").await;
    client.says("shipbell put 👀 on Card for").await;
    client.says("👀 1, mine: True, ['shipbell']").await;
    bo.unreact(&card, "✅");
    client.says(&format!("{} took ✅ off", bo.id())).await;

    ana.command("talk", &[]).await;
    client.says("pins of release changed").await;
    client
        .says("thread About the card under release by shipbell")
        .await;
    client
        .says("own message in About the card: In the thread")
        .await;
    client
        .says("said ['In the thread'] in About the card with deploy.log")
        .await;
    client.says("deleted: In the thread").await;
    client
        .says("the card has the thread About the card, pinned: True")
        .await;
    ana.command("trespass", &[]).await;
    for refused in [
        "refused: 404 10008 Unknown Message",
        "refused: 404 10013 Unknown User",
        "refused: 404 10003 Unknown Channel",
        "refused: 400 160004 A thread has already been created for this message",
    ] {
        client.says(refused).await;
    }
    client.leaves().await;
}

#[tokio::test]
async fn discord_py_loses_nothing_of_its_session() {
    let test = "discord_py_loses_nothing_of_its_session";
    let Some(mut client) = Client::ready(test).await else {
        return;
    };
    let bo = client.discord.person("bo");
    let card = client.posts_a_card().await;
    let kinds = [
        Trouble::Reconnect,
        Trouble::Closed(4000),
        Trouble::Invalid(true),
    ];
    for (trouble, sign) in kinds.into_iter().zip(["1️⃣", "2️⃣", "3️⃣"]) {
        assert!(client.discord.trouble(trouble));
        bo.react(&card, sign);
        client.says(&format!("bo put {sign} on Card for")).await;
        client.says("resumed").await;
    }
    assert_eq!(client.discord.sessions(), (1, 3));
    assert_eq!(client.discord.logged("at the first address"), 0);

    // A session that is gone is begun anew; what happened meanwhile is not told.
    client.discord.turn_clock_on(Duration::from_secs(5));
    client.discord.trouble(Trouble::Invalid(false));
    bo.react(&card, "4️⃣");
    client.says("ready as shipbell in Acme").await;
    bo.react(&card, "5️⃣");
    let own = "raw: bo put 5️⃣ on one of 1180000000000000002";
    client.says(own).await;
    assert!(!client.said.iter().any(|it| it.contains("4️⃣")));
    assert_eq!(client.discord.sessions(), (2, 3));
    client.leaves().await;
}

impl Client {
    /// Begins at a server of its own; none if this machine cannot have the client.
    async fn begin(test: &str) -> Option<Self> {
        let mut command = oracles::flow(oracles::DISCORD, test).await?;
        let discord = Discord::open().await.unwrap();
        // It does not say who it is to the addresses of answers, and they do not mind.
        for call in ["callback", "edit original", "delete original"] {
            discord.forgive(&format!("{call}: the user agent is"));
        }
        command.args([&discord.api_url(), TOKEN, GUILD]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Some(Self {
            discord,
            child,
            lines,
            said: Vec::new(),
        })
    }

    /// Begins, and is there for people.
    async fn ready(test: &str) -> Option<Self> {
        let mut client = Self::begin(test).await?;
        client.says("ready as shipbell in Acme").await;
        Some(client)
    }

    /// Ana has it post its card.
    async fn posts_a_card(&mut self) -> Seen {
        let ana = self.discord.person("ana");
        ana.command("card", &[]).await;
        self.says("own message in release: Card for").await;
        self.discord.message("Card for").await
    }

    /// Waits until it says a line that begins like this.
    async fn says(&mut self, words: &str) {
        let begins = |it: &String| it.starts_with(words);
        if let Some(at) = self.said.iter().position(begins) {
            self.said.remove(at);
            return;
        }
        loop {
            let next = timeout(PATIENCE, self.lines.next_line()).await;
            match next {
                Ok(Ok(Some(line))) if line.starts_with(words) => return,
                Ok(Ok(Some(line))) => self.said.push(line),
                Ok(_) | Err(_) => self.fails(words).await,
            }
        }
    }

    /// Bo sends it away, and it goes, without having found anything strange.
    async fn leaves(mut self) {
        self.discord.person("bo").mentions("leave");
        self.says("bo message in release: <@1180000000000000002> leave")
            .await;
        while let Ok(Ok(Some(line))) = timeout(PATIENCE, self.lines.next_line()).await {
            self.said.push(line);
        }
        let ended = timeout(PATIENCE, self.child.wait()).await;
        let whole = ended.is_ok_and(|it| it.is_ok_and(|it| it.success()));
        let strange = self.said.iter().any(|it| it.starts_with("warning"));
        if strange || !whole {
            self.fails("nothing strange, to the end").await;
        }
        let gone = || (!self.discord.connected()).then_some(());
        self.discord.until("its connection ends", gone).await;
        self.discord.close();
    }

    async fn fails(&mut self, words: &str) -> ! {
        let mut errors = String::new();
        if let Some(mut stderr) = self.child.stderr.take() {
            self.child.kill().await.ok();
            stderr.read_to_string(&mut errors).await.ok();
        }
        let violations = self.discord.violations();
        unreachable!(
            "it does not say {words:?}, but {:#?}\n{errors}\n{violations:#?}",
            self.said
        );
    }
}
