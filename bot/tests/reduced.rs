//! A program that was built without a platform says so to whoever configures it.

#![cfg(not(all(feature = "discord", feature = "slack")))]

use shipbell::config::Config;

const TEAM: &str = r#"
[people]
ana = { name = "Ana Ruiz" }
[roles]
operator = ["ana"]
[app.shop]
images = { web = "ghcr.io/acme/web:{version}" }
[app.shop.env.production]
compose = "/srv/shop/compose.yml"
url     = "https://shop.example.com"
deploy  = [{ pull = "web" }, { up = true }]
"#;

/// What is said about a configuration, if it is refused.
fn refused(chat: &str) -> Option<String> {
    let now = "2026-11-20T10:00:00Z".parse().expect("a time");
    let text = format!("{TEAM}\n{chat}");
    let read = Config::parse("/etc/shipbell/shipbell.toml", &text, now);
    read.err().map(|it| it.render(false))
}

#[test]
fn the_browser_channel_is_always_there() {
    assert_eq!(refused("[chat.web]\nlisten = \"127.0.0.1:7380\""), None);
}

#[test]
fn a_platform_that_is_not_built_in_is_refused_with_the_way_out() {
    let platforms = [
        ("Discord", "discord", cfg!(feature = "discord")),
        ("Slack", "slack", cfg!(feature = "slack")),
    ];
    for (name, feature, built) in platforms {
        let said = refused(&format!("[chat.{feature}]")).expect("something is missing");
        let without = format!("this program was built without {name}");
        let help = format!("build it with the feature `{feature}`");
        assert_eq!(said.contains(&without), !built, "{said}");
        assert_eq!(said.contains(&help), !built, "{said}");
    }
}
