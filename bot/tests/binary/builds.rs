//! An image is built from the release's commit while it is pinned: before anybody is
//! asked, once, and from nothing else.

mod registry;
mod source;

use std::fs;

use self::registry::Registry;
use self::source::{GOOD, Source};
use crate::house::{House, eventually, run};
use crate::people::Guest;
use crate::world::{Fate, load, reference};

/// It takes some seconds, in which the power may go.
const SLOW: &str = "COPY www /www\nRUN [\"/bin/busybox\", \"sleep\", \"4\"]";

#[tokio::test]
async fn a_commit_is_built_pushed_deployed_and_its_tag_never_moved() {
    run("builds", async |house| {
        let Some(registry) = Registry::start("builds", house).await else {
            return;
        };
        let source = Source::new(house, &registry);
        let (kai, lea) = settle(house, &source).await;
        let refused = kai.asks(&new("v1", None)).await;
        assert!(refused.contains("built from a commit"), "{refused}");

        let first = source.commits("as committed", GOOD);
        fs::create_dir_all(source.clone.join("www")).unwrap();
        fs::write(source.clone.join("www/index.html"), "lies about").unwrap();
        kai.asks(&new("v1", Some(&first))).await;
        lea.sees("sign off v1 for production?").await;
        let (digest, revision) = source.digest("v1");
        assert_eq!(revision, first);
        assert!(
            lea.can_see(&digest[..8]).await,
            "people saw what they consented to"
        );
        lea.reacts("white_check_mark", "sign off v1 for production?")
            .await;
        lea.sees("Complete").await;
        kai.says("/release deploy motorsport production").await;
        house.is_verified("v1").await;
        assert_eq!(
            house.says("api", "/").await.as_deref(),
            Some("as committed")
        );
        assert_eq!(source.copies(house), Vec::<String>::new());

        // Somebody else has that tag already, made of something else.
        let second = source.commits("something new", GOOD);
        source.docker(&["tag", &source.tag("v1"), &source.tag("v2")]);
        source.docker(&["push", "--quiet", &source.tag("v2")]);
        kai.asks(&new("v2", Some(&second))).await;
        let told = kai.sees("could not be built").await.text;
        assert!(told.contains(&format!("of commit {first}")), "{told}");
        assert!(told.contains("never moved"), "{told}");
        assert_eq!(source.digest("v2").1, first);

        // What does not build is told, with what it said.
        let broken = GOOD.replace(
            "COPY www /www",
            "RUN [\"/bin/busybox\", \"ls\", \"/nothing\"]",
        );
        let third = source.commits("broken", &broken);
        kai.asks(&new("v3", Some(&third))).await;
        let told = kai.sees("/nothing: No such file").await.text;
        assert!(told.contains("Last lines") && told.contains("v3"), "{told}");
        assert_eq!(source.copies(house), Vec::<String>::new());
        for commit in [first, second, third] {
            source.clear(&commit);
        }
    })
    .await;
}

#[tokio::test]
async fn a_power_cut_while_an_image_is_built() {
    run("builds-cut", async |house| {
        let Some(registry) = Registry::start("builds-cut", house).await else {
            return;
        };
        let source = Source::new(house, &registry);
        let (kai, lea) = settle(house, &source).await;
        let commit = source.commits("slowly", &GOOD.replace("COPY www /www", SLOW));
        kai.asks(&new("v1", Some(&commit))).await;
        eventually("it is being built", async || {
            is_building(house).then_some(())
        })
        .await;
        house.is_told("KILL").await;
        assert!(is_building(house), "the build goes on alone");
        house.serves().await;
        lea.sees("sign off v1 for production?").await;
        let (digest, revision) = source.digest("v1");
        assert_eq!(revision, commit);
        assert!(
            lea.can_see(&digest[..8]).await,
            "what the registry has is asked about"
        );
        eventually("the one that was left alone has ended", async || {
            (!is_building(house)).then_some(())
        })
        .await;
        assert_eq!(source.digest("v1").0, digest, "it changed nothing");
        assert_eq!(source.copies(house), Vec::<String>::new());
        let asks = lea.messages().await;
        let asks = asks
            .iter()
            .filter(|it| it.text.contains("sign off v1 for production?"));
        assert_eq!(asks.count(), 1);
        source.clear(&commit);
    })
    .await;
}

/// One of the images is built, the other there already; both people have come.
async fn settle(house: &mut House, source: &Source) -> (Guest, Guest) {
    load("v1", Fate::Well).await;
    let found = format!("api = \"{}\"", crate::world::repository("api"));
    house.rewrites(&found, &source.configured());
    house.serves().await;
    (
        Guest::enter(house, "kai").await,
        Guest::enter(house, "lea").await,
    )
}

fn new(version: &str, commit: Option<&str>) -> String {
    let frontend = reference("frontend", "v1");
    let commit = commit
        .map(|it| format!(" --commit {it}"))
        .unwrap_or_default();
    format!("/release new motorsport {version} --image frontend={frontend}{commit}")
}

/// Whether some process builds for this house.
fn is_building(house: &House) -> bool {
    let data = house.data().to_string_lossy().into_owned();
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let mut lines = processes.filter_map(|it| fs::read(it.path().join("cmdline")).ok());
    lines.any(|line| {
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        line.starts_with("docker build") && line.contains(&data)
    })
}
