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
fn applications_and_slips_are_judged() {
    let changes = [
        ("[people]", "url = \"ftp://x\"\n[people]"),
        ("[people]", "url = \"https://me:pw@x\"\n[people]"),
        ("[app.shop]", "[app.Shop]\n[app.shop]"),
        ("{version}", "{sha}"),
        ("ghcr.io/acme/web", "ghcr.io/Acme/web"),
        ("images =", "version = \"semvre\"\nimages ="),
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
[app.Shop] ⏎ [app.shop]
7: `Shop` is not an application's name
{sha}
8: nothing fills in `{sha}`
ghcr.io/Acme/web
8: this is no name of an image
version = "semvre" ⏎ images =
8: `semvre` is no way to write versions
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
