//! The configuration, read as people write it and told what they read.

mod builds;
mod environments;
mod example;
mod hosts;
mod mistakes;
mod runbooks;
mod sections;

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use proptest::prelude::*;
use shipbell::config::{Config, Report};
use shipbell_domain::ids::Person;
use shipbell_domain::policy::EnvPolicy;
use shipbell_domain::steps::Step;

const SMALL: &str = r#"
[people]
ana = { name = "Ana Ruiz", unix = 1000 }
bo  = { name = "Bo Lindqvist" }
[roles]
operator = ["ana", "bo"]
[app.shop]
images = { web = "ghcr.io/acme/web:{version}" }
[app.shop.env.production]
compose = "/srv/shop/compose.yml"
url     = "https://shop.example.com"
deploy  = [{ pull = "web" }, { up = true }]
signoff = { operator = 1 }
"#;

fn now() -> DateTime<Utc> {
    "2026-11-20T10:00:00Z".parse().expect("a time")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn text(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).expect("a file of this repository")
}

fn parse(text: &str) -> Result<Config, Report> {
    Config::parse("/etc/shipbell/shipbell.toml", text, now())
}

/// The small file with one line more in its environment.
fn with(line: &str) -> Result<Config, Report> {
    parse(&format!("{SMALL}{line}\n"))
}

/// The mistakes, a line each: where, what, and what to do.
fn told(result: Result<Config, Report>) -> String {
    let Err(report) = result else {
        return "no mistakes".to_owned();
    };
    let line = |it| {
        report
            .line(it)
            .map_or_else(String::new, |line| format!("{line}: "))
    };
    let told = report
        .problems
        .iter()
        .map(|it| format!("{}{}", line(it), it.message));
    told.collect::<Vec<String>>().join("\n")
}

#[test]
fn no_secret_is_in_any_message() {
    for line in [
        "vars = { DB_PASSWORD = \"hunter2\" }",
        "vars = { A = \"https://me:hunter2@host\" }",
        "vars = { TOKEN = [\"hunter2\"] }",
        "token = \"hunter2\"",
        "password = hunter2",
        "secret = \"hunter2",
        "docker = \"https://me:hunter2@host\"",
        "vars = { TOKEN = { env = \"hunter2\" } }",
    ] {
        let report = with(line).unwrap_err();
        let all = format!("{report} {}", report.render(true));
        assert!(!all.contains("hunter2"), "{line}\n{all}");
    }
}

#[test]
fn titles_do_not_change_the_policy_and_everything_else_does() {
    let hash = |from: &str, to: &str| {
        let config = parse(&SMALL.replace(from, to)).unwrap_or_else(|report| panic!("{report}"));
        config.policies[0].hash.clone()
    };
    let plain = hash("", "");
    assert_eq!(hash("up = true", "up = true, title = \"Go\""), plain);
    assert_eq!(
        hash("[app.shop]", "[app.shop]\ntitle = \"The shop\""),
        plain
    );
    assert_eq!(hash("Bo Lindqvist", "Bo L."), plain);
    assert_ne!(hash("up = true", "up = true, stable_for = \"20s\""), plain);
    assert_ne!(hash("{ pull = \"web\" }, ", ""), plain);
    assert_ne!(
        hash("[app.shop]", "[allow]\ndeploy = [\"operator\"]\n[app.shop]"),
        plain
    );
}

#[test]
fn one_environment_is_like_another_but_for_the_keys_written() {
    let config = parse(&text("config.example.toml")).unwrap_or_else(|report| panic!("{report}"));
    let [staging, production] = &config.policies[0].policy.environments[..] else {
        panic!()
    };
    assert_eq!(staging.rollback, production.rollback);
    let titles = |env: &EnvPolicy| -> Vec<String> {
        let named = env.deploy.iter().filter(|it| it.title.is_some());
        named.map(Step::title).collect()
    };
    assert_eq!(titles(staging), titles(production));
    assert_ne!(staging.smoke, production.smoke, "the address is its own");
    assert!(production.accept.is_empty() && !staging.accept.is_empty());
    assert_eq!(production.needs.as_ref(), Some(&staging.name));
    let targets: Vec<&str> = config
        .targets
        .values()
        .map(|it| it.project.as_str())
        .collect();
    assert_eq!(targets, ["shop", "shop-staging"]);
    assert_eq!(config.person_of(1000).map(Person::as_str), Some("ana"));
}

#[test]
fn a_file_that_is_not_there_is_one_problem() {
    let report = Config::load(Path::new("/nowhere/shipbell.toml"), now()).unwrap_err();
    insta::assert_snapshot!(report, @r#"
error: /nowhere/shipbell.toml cannot be read: No such file or directory (os error 2)
 |
 = help: name the file with --config; config.example.toml shows every key

1 problem in /nowhere/shipbell.toml
"#);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics(edits in prop::collection::vec((any::<u16>(), 0_usize..12, fragment()), 1..6)) {
        let mut example = text("config.example.toml");
        for (at, length, new) in edits {
            let mut start = usize::from(at) % example.len();
            while !example.is_char_boundary(start) { start -= 1; }
            let mut end = (start + length).min(example.len());
            while !example.is_char_boundary(end) { end += 1; }
            example.replace_range(start..end, &new);
        }
        if let Err(report) = parse(&example) {
            prop_assert!(report.count() > 0);
            prop_assert!(report.render(true).contains("problem"));
        }
    }
}

/// Text that means something to the parser, or does not.
fn fragment() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        prop::sample::select(vec![
            "\"",
            "'",
            "[",
            "]",
            "{",
            "}",
            "=",
            "\n",
            "#",
            "\"\"\"",
            "true",
            "-1",
            "99999999999",
            "é",
            "[app.shop.env.x]\n",
            "like = \"production\"\n",
            "needs = \"production\"\n",
            "\u{0}",
            "2026-01-01",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,6}",
    ]
}
