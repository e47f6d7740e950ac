//! What is told of the forges before anything depends on them.

use std::fs;

use shipbell::config::Config;
use shipbell::wiring::{self, State};
use shipbell_tests::servers::forges::{Forge, TOKEN};

use super::COMMIT;

#[expect(
    clippy::disallowed_methods,
    reason = "a real program runs by the real clock"
)]
async fn told(forge: &Forge, token: &str, checks: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("token"), token).unwrap();
    let text = format!(
        r#"
[people]
ana = {{ name = "Ana" }}
[roles]
sre = ["ana"]
[gitlab]
url   = "{}"
token = {{ file = "token" }}
[app.shop]
images    = {{ web = "web:{{version}}" }}
repo      = "gitlab:acme/shop"
branch    = "main"
checklist = [{{ auto = "ci", checks = [{checks}], title = "CI is green" }}]
[app.shop.env.production]
compose = "compose.yml"
deploy  = [{{ up = true }}]
"#,
        forge.url()
    );
    let file = folder.path().join("shipbell.toml");
    fs::write(&file, text).unwrap();
    let config = Config::load(&file, chrono::Utc::now());
    let config = config.map_err(|report| report.render(false)).unwrap();
    let found = wiring::examine(&config).await.unwrap();
    let told = found.into_iter().map(|it| {
        let state = match it.state {
            State::Good(what) => format!("ok {what}"),
            State::Doubtful(what) => format!("warn {what}"),
            State::Bad { what, fix } => format!("FAIL {what}. Fix: {fix}"),
        };
        format!("{}: {state}", it.subject)
    });
    told.collect()
}

#[tokio::test]
async fn the_token_the_branch_and_the_names_are_looked_at() {
    let gitlab = Forge::gitlab().await.unwrap();
    gitlab.pushed("main", COMMIT);
    let mut all = vec![told(&gitlab, TOKEN, "\"lint\"").await];
    gitlab.ran(COMMIT, "lint", "success");
    gitlab.ran(COMMIT, "phpunit", "running");
    all.push(told(&gitlab, TOKEN, "\"lint\", \"phpunit\"").await);
    all.push(told(&gitlab, TOKEN, "\"lint\", \"unit\"").await);
    all.push(told(&gitlab, "another", "\"lint\"").await);
    insta::assert_snapshot!(all.concat().join("\n"));
}
