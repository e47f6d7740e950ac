//! One wrong thing elsewhere in the file, and what is said about it.

use super::{SMALL, parse, told};

#[test]
fn people_rights_and_calls_are_judged() {
    let changes = [
        ("ana = {", "ana = { surname = \"x\", "),
        ("unix = 1000 }", "unix = \"me\" }"),
        ("bo  = {", "bo  = { unix = 1000, "),
        ("bo  = {", "bo  = { email = \"bo\", "),
        ("\"bo\"]", "\"bo\", \"bo\"]"),
        ("[\"ana\", \"bo\"]", "[]"),
        ("[\"ana\", \"bo\"]", "[\"ana\"]"),
        ("[roles]", "[allow]\ndeplyo = [\"operator\"]\n[roles]"),
        ("[roles]", "[allow]\ndeploy = []\n[roles]"),
        ("[roles]", "[chat.web]\nlisten = \"0.0.0.0:7380\"\n[roles]"),
        ("[roles]", "[chat.web]\nlisten = \"7380\"\n[roles]"),
        ("[roles]", "[incident.P9]\n[roles]"),
        (
            "[roles]",
            "[incident.P1]\npage = [{ who = \"operator\" }, { who = \"operator\" }]\n[roles]",
        ),
        (
            "[roles]",
            "[[freeze]]\nfrom = \"2027-01-02 10:00\"\nto = \"2027-01-01 10:00\"\nreason = \"x\"\n[roles]",
        ),
        (
            "[roles]",
            "[[freeze]]\nfrom = 2027-01-02\nreason = \"x\"\n[roles]",
        ),
    ];
    insta::assert_snapshot!(changes.map(judged).join("\n"), @r#"
ana = { surname = "x",
3: unknown field `surname`
unix = "me" }
3: invalid type: string "me", expected a number such as 1000
bo  = { unix = 1000,
4: ana has the same user number
bo  = { email = "bo",
4: `bo` is not an address
"bo", "bo"]
6: `bo` is named twice
[]
6: nobody holds the role `operator`
["ana"]
13: this can never be met when ana asks for the release
[allow] ⏎ deplyo = ["operator"] ⏎ [roles]
6: unknown field `deplyo`
[allow] ⏎ deploy = [] ⏎ [roles]
6: nobody could deploy
[chat.web] ⏎ listen = "0.0.0.0:7380" ⏎ [roles]
6: this address is open to other machines
[chat.web] ⏎ listen = "7380" ⏎ [roles]
6: `7380` is not an address with a port
[incident.P9] ⏎ [roles]
5: there is no severity `P9`
[incident.P1] ⏎ page = [{ who = "operator" }, { who = "operator" }] ⏎ [roles]
6: this level is not called later than the one before
[[freeze]] ⏎ from = "2027-01-02 10:00" ⏎ to = "2027-01-01 10:00" ⏎ reason = "x" ⏎ [roles]
7: this freeze ends before it begins
[[freeze]] ⏎ from = 2027-01-02 ⏎ reason = "x" ⏎ [roles]
6: this is not text
"#);
}

#[test]
#[expect(clippy::too_many_lines, reason = "most of it is what people read")]
fn applications_and_slips_are_judged() {
    let changes = [
        ("[people]", "url = \"ftp://x\"\n[people]"),
        ("[people]", "url = \"https://me:pw@x\"\n[people]"),
        ("[people]", "keep_versions = 21\n[people]"),
        ("[people]", "keep_versions = -1\n[people]"),
        ("[app.shop]", "[app.Shop]\n[app.shop]"),
        ("{version}", "{sha}"),
        ("ghcr.io/acme/web", "ghcr.io/Acme/web"),
        ("images =", "version = \"semvre\"\nimages ="),
        ("images =", "allow_images = [\"quay.io/acme\"]\nimages ="),
        (
            "images =",
            "allow_images = [\"ghcr.io/acme/web:1\"]\nimages =",
        ),
        (
            "images =",
            "checklist = [{ ask = \"operator\", title = \"A\" }, { ask = \"operator\", title = \"A\" }]\nimages =",
        ),
        ("images =", "checklist = [{ ask = \"operator\" }]\nimages ="),
        ("compose =", "# compose ="),
        ("deploy  =", "# deploy ="),
        (
            "[app.shop.env.production]",
            "[app.shop.env.staging]\nlike = \"production\"\n[app.shop.env.production]",
        ),
        (
            "[app.shop.env.production]",
            "[app.shop.env.staging]\nlike = \"production\"\nproject = \"s\"\nneeds = \"production\"\n[app.shop.env.production]\nneeds = \"staging\"\nlike = \"staging\"",
        ),
        ("[people]", "people = 5\n[peeple]"),
        ("\"bo\"]", "\"bo\""),
    ];
    insta::assert_snapshot!(changes.map(judged).join("\n"), @r#"
url = "ftp://x" ⏎ [people]
2: a web address begins with http:// or https:// and a host
url = "https://me:pw@x" ⏎ [people]
2: this address has a name or a password in it
keep_versions = 21 ⏎ [people]
2: at most 20 versions are kept
keep_versions = -1 ⏎ [people]
2: invalid value: integer `-1`, expected a number such as 5
[app.Shop] ⏎ [app.shop]
7: `Shop` is not an application's name
{sha}
8: nothing fills in `{sha}`
ghcr.io/Acme/web
8: this is no name of an image
version = "semvre" ⏎ images =
8: `semvre` is no way to write versions
allow_images = ["quay.io/acme"] ⏎ images =
9: `allow_images` does not allow this
allow_images = ["ghcr.io/acme/web:1"] ⏎ images =
8: this is no name of a repository
checklist = [{ ask = "operator", title = "A" }, { ask = "operator", title = "A" }] ⏎ images =
8: `A` stands here twice
checklist = [{ ask = "operator" }] ⏎ images =
8: `title` is missing
# compose =
9: `production` has no compose file
# deploy =
9: `production` says nothing about how it is deployed
[app.shop.env.staging] ⏎ like = "production" ⏎ [app.shop.env.production]
11: shop/production and shop/staging are the same compose project `shop`
[app.shop.env.staging] ⏎ like = "production" ⏎ project = "s" ⏎ needs = "production" ⏎ [app.shop.env.production] ⏎ needs = "staging" ⏎ like = "staging"
10: `staging` is like `production`, which leads back to it
12: `staging` needs `production`, which leads back to it
13: shop/production and shop/staging are the same compose project `s`
15: `production` is like `staging`, which leads back to it
people = 5 ⏎ [peeple]
2: invalid type: integer `5`, expected a table, { … }
3: unknown field `peeple`
"bo"
7: missing comma between array elements, expected `,`
"#);
}

fn judged((from, to): (&str, &str)) -> String {
    let wrong = told(parse(&SMALL.replacen(from, to, 1)));
    format!("{}\n{wrong}", to.trim().replace('\n', " ⏎ "))
}

#[test]
fn slack_is_judged() {
    let slack = "[chat.slack]\nchannel = \"C024BE91L\"\nbot_token = { env = \"BOT\" }\napp_token = { env = \"APP\" }\n[roles]";
    let with = |from: &str, to: &str| slack.replace(from, to);
    let changes = [
        slack.to_owned(),
        "[chat.slack]\n[roles]".to_owned(),
        with("\"C024BE91L\"", "\"#release\""),
        with("{ env = \"BOT\" }", "\"xoxb-1-2\""),
        with("app_token", "mode = \"http\"\napp_token"),
        with("app_token", "mode = \"http\"\nsigning_secret"),
        with("app_token", "signing_secret = { env = \"S\" }\napp_token"),
        with("app_token", "mode = \"poll\"\napp_token"),
        with(
            "app_token",
            "api_url = \"http://slack.example.com/api\"\napp_token",
        ),
        with(
            "app_token",
            "api_url = \"http://127.0.0.1:9101/api\"\napp_token",
        ),
        with("[roles]", "[people.mia]\nslack = \"mia\"\n[roles]"),
        with(
            "[roles]",
            "[roles]\noncall = [\"slack-group:S0614TZR7\", \"slack-group:oncall\"]",
        ),
        "[roles]\noncall = [\"slack-group:S0614TZR7\"]".to_owned(),
    ];
    let told = changes.map(|change| judged(("[roles]", &change)));
    insta::assert_snapshot!(told.join("\n"), @r##"
    [chat.slack] ⏎ channel = "C024BE91L" ⏎ bot_token = { env = "BOT" } ⏎ app_token = { env = "APP" } ⏎ [roles]
    no mistakes
    [chat.slack] ⏎ [roles]
    5: `app_token` is missing
    5: `bot_token` is missing
    5: `channel` is missing
    [chat.slack] ⏎ channel = "#release" ⏎ bot_token = { env = "BOT" } ⏎ app_token = { env = "APP" } ⏎ [roles]
    6: `#release` is no channel's id
    [chat.slack] ⏎ channel = "C024BE91L" ⏎ bot_token = "xoxb-1-2" ⏎ app_token = { env = "APP" } ⏎ [roles]
    7: a secret is written in the file
    [chat.slack] ⏎ channel = "C024BE91L" ⏎ bot_token = { env = "BOT" } ⏎ mode = "http" ⏎ app_token = { env = "APP" } ⏎ [roles]
    5: `signing_secret` is missing
    9: this is for mode = "socket" alone
    [chat.slack] ⏎ channel = "C024BE91L" ⏎ bot_token = { env = "BOT" } ⏎ mode = "http" ⏎ signing_secret = { env = "APP" } ⏎ [roles]
    no mistakes
    [chat.slack] ⏎ channel = "C024BE91L" ⏎ bot_token = { env = "BOT" } ⏎ signing_secret = { env = "S" } ⏎ app_token = { env = "APP" } ⏎ [roles]
    8: this is for mode = "http" alone
    [chat.slack] ⏎ channel = "C024BE91L" ⏎ bot_token = { env = "BOT" } ⏎ mode = "poll" ⏎ app_token = { env = "APP" } ⏎ [roles]
    8: `poll` is no mode
    [chat.slack] ⏎ channel = "C024BE91L" ⏎ bot_token = { env = "BOT" } ⏎ api_url = "http://slack.example.com/api" ⏎ app_token = { env = "APP" } ⏎ [roles]
    8: the token would go over the network in the clear
    [chat.slack] ⏎ channel = "C024BE91L" ⏎ bot_token = { env = "BOT" } ⏎ api_url = "http://127.0.0.1:9101/api" ⏎ app_token = { env = "APP" } ⏎ [roles]
    no mistakes
    [chat.slack] ⏎ channel = "C024BE91L" ⏎ bot_token = { env = "BOT" } ⏎ app_token = { env = "APP" } ⏎ [people.mia] ⏎ slack = "mia" ⏎ [roles]
    10: `mia` is no account's id
    [chat.slack] ⏎ channel = "C024BE91L" ⏎ bot_token = { env = "BOT" } ⏎ app_token = { env = "APP" } ⏎ [roles] ⏎ oncall = ["slack-group:S0614TZR7", "slack-group:oncall"]
    10: `oncall` is no user group's id
    [roles] ⏎ oncall = ["slack-group:S0614TZR7"]
    6: a user group of Slack, without [chat.slack]
    "##);
}

#[test]
fn discord_is_judged() {
    let discord =
        "[chat.discord]\nchannel = \"1187023456789012345\"\ntoken = { env = \"BOT\" }\n[roles]";
    let with = |from: &str, to: &str| discord.replace(from, to);
    let changes = [
        discord.to_owned(),
        "[chat.discord]\n[roles]".to_owned(),
        with("1187023456789012345", "#release"),
        with("{ env = \"BOT\" }", "\"MTE4\""),
        with(
            "[roles]",
            "api_url = \"http://discord.example.com/api\"\n[roles]",
        ),
        with("[roles]", "api_url = \"http://[::1]:9102/api\"\n[roles]"),
        with("[roles]", "guild = \"1\"\n[roles]"),
        with("[roles]", "[people.mia]\ndiscord = \"mia\"\n[roles]"),
        with(
            "[roles]",
            "[roles]\noncall = [\"discord-role:1187000000000000002\", \"discord-role:oncall\"]",
        ),
        "[roles]\noncall = [\"discord-role:1187000000000000002\"]".to_owned(),
    ];
    let told = changes.map(|change| judged(("[roles]", &change)));
    insta::assert_snapshot!(told.join("\n"), @r##"
    [chat.discord] ⏎ channel = "1187023456789012345" ⏎ token = { env = "BOT" } ⏎ [roles]
    no mistakes
    [chat.discord] ⏎ [roles]
    5: `channel` is missing
    5: `token` is missing
    [chat.discord] ⏎ channel = "#release" ⏎ token = { env = "BOT" } ⏎ [roles]
    6: `#release` is no channel's id
    [chat.discord] ⏎ channel = "1187023456789012345" ⏎ token = "MTE4" ⏎ [roles]
    7: a secret is written in the file
    [chat.discord] ⏎ channel = "1187023456789012345" ⏎ token = { env = "BOT" } ⏎ api_url = "http://discord.example.com/api" ⏎ [roles]
    8: the token would go over the network in the clear
    [chat.discord] ⏎ channel = "1187023456789012345" ⏎ token = { env = "BOT" } ⏎ api_url = "http://[::1]:9102/api" ⏎ [roles]
    no mistakes
    [chat.discord] ⏎ channel = "1187023456789012345" ⏎ token = { env = "BOT" } ⏎ guild = "1" ⏎ [roles]
    8: unknown field `guild`
    [chat.discord] ⏎ channel = "1187023456789012345" ⏎ token = { env = "BOT" } ⏎ [people.mia] ⏎ discord = "mia" ⏎ [roles]
    9: `mia` is no account's id
    [chat.discord] ⏎ channel = "1187023456789012345" ⏎ token = { env = "BOT" } ⏎ [roles] ⏎ oncall = ["discord-role:1187000000000000002", "discord-role:oncall"]
    9: `oncall` is no role's id
    [roles] ⏎ oncall = ["discord-role:1187000000000000002"]
    6: a role of Discord, without [chat.discord]
    "##);
}

#[test]
fn what_is_demanded_of_commits_is_judged() {
    let auto = "checklist = [{ auto = \"ci\", checks = [\"lint\"], title = \"Green\" }]\nimages =";
    let on = |repo: &str| format!("repo = \"{repo}\"\n{auto}");
    let (github, gitlab) = (on("github:acme/shop"), on("gitlab:acme/shop"));
    let (plain, strange) = (on("/srv/shop.git"), on("ext::sh -c true"));
    let github_section = "[github]\napi_url = \"ftp://x\"\n[people]";
    let gitlab_section = "[gitlab]\ntoken = \"glpat-hunter2hunter2hunter2\"\n[people]";
    let ends = "deploy  =";
    let changes = [
        ("images =", auto),
        ("images =", github.as_str()),
        ("images =", gitlab.as_str()),
        ("images =", plain.as_str()),
        ("images =", strange.as_str()),
        ("images =", "repo = \"github:acme/shop\"\nimages ="),
        ("images =", "branch = \"main\"\nimages ="),
        (
            "images =",
            "repo = \"/srv/shop.git\"\nbranch = \"-x\"\nimages =",
        ),
        (
            "images =",
            "checklist = [{ auto = \"ci\", title = \"Green\" }]\nimages =",
        ),
        (
            "images =",
            "checklist = [{ auto = \"cl\", title = \"Green\" }]\nimages =",
        ),
        (
            "images =",
            "checklist = [{ ask = \"operator\", checks = [\"lint\"], title = \"A\" }]\nimages =",
        ),
        (
            "images =",
            "checklist = [{ ask = \"operator\", auto = \"ci\", title = \"A\" }]\nimages =",
        ),
        ("images =", "checklist = [{ title = \"A\" }]\nimages ="),
        ("[people]", github_section),
        ("[people]", gitlab_section),
        (ends, "no_new_commits = true\ndeploy  ="),
        (ends, "no_new_commits = \"yes\"\ndeploy  ="),
    ];
    insta::assert_snapshot!(changes.map(judged).join("\n"));
}

#[test]
fn a_repository_is_asked_where_its_forge_is() {
    let file = SMALL
        .replace(
            "[people]",
            "[github]\ntoken = { env = \"HUB\" }\n[gitlab]\nurl = \"https://git.acme.com/\"\ntoken = { file = \"/lab\" }\n[people]",
        )
        .replace(
            "images =",
            "repo = \"gitlab:acme/shop\"\nbranch = \"main\"\nchecklist = [{ auto = \"ci\", checks = [\"b\", \"a\"], title = \"Green\" }]\nimages =",
        );
    let config = parse(&file).unwrap_or_else(|report| panic!("{report}"));
    let asked = config.repositories.values().next().unwrap();
    let account = asked.account.as_ref().unwrap();
    assert_eq!(asked.address.to_string(), "gitlab:acme/shop");
    assert_eq!(account.api, "https://git.acme.com/api/v4");
    let policy = &config.policies[0].policy;
    let checks = policy.named_checks();
    assert_eq!(checks.into_iter().collect::<Vec<_>>(), ["a", "b"]);
    let origin = policy.origin.as_ref().unwrap();
    assert_eq!(origin.branch.as_deref(), Some("main"));
    assert_eq!(config.tokens().count(), 1);
}
