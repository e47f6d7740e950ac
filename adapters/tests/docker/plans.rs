//! What would be done is told before, and then exactly that is done.

use std::collections::BTreeMap;

use shipbell_adapters::containers::{Containers as _, Fate, Labels, Plan, Running, Up};

use crate::rig::{self, Heard, Rig};

/// A second service, which nobody pins.
const SECOND: &str = "  db:
    image: shipbell-test:one-well
    ports: [\"127.0.0.1::80\"]
";

async fn plan(rig: &Rig, up: &Up) -> Plan {
    let heard = Heard::default();
    let planned = rig.engines.plan(&rig.target, up, &heard.session()).await;
    assert_eq!(heard.text(), "", "what the files hold is nobody's business");
    planned.unwrap()
}

fn fates(plan: &Plan) -> Vec<(&str, Fate)> {
    let changes = plan.changes.iter();
    changes.map(|it| (it.service.as_str(), it.fate)).collect()
}

async fn up(rig: &Rig, up: &Up) {
    let heard = Heard::default();
    let done = rig.engines.up(&rig.target, up, &heard.session()).await;
    done.unwrap();
}

/// The container of each service.
async fn containers(rig: &Rig) -> BTreeMap<String, String> {
    let running = rig.engines.running(&rig.target, &rig.name).await.unwrap();
    let container = |it: Running| (it.service, it.container);
    running.into_iter().map(container).collect()
}

#[tokio::test]
async fn what_is_planned_is_what_happens() {
    rig::each("plan", async |rig, _| {
        let (one, two) = (
            rig.image("one", "well").await,
            rig.image("two", "well").await,
        );
        let project = rig.project(SECOND);
        let first = rig.up(project.clone(), &one);
        let found = plan(rig, &first).await;
        assert_eq!(
            fates(&found),
            [("db", Fate::Created), ("web", Fate::Created)]
        );
        assert_eq!(found.found.names(), "db, web");
        assert!(found.changes[0].published && !found.changes[1].published);
        assert!(containers(rig).await.is_empty(), "nothing was touched");

        up(rig, &first).await;
        let began = containers(rig).await;
        assert_eq!(
            fates(&plan(rig, &first).await),
            [("db", Fate::Kept), ("web", Fate::Kept)]
        );

        // Another release of the same image replaces nothing.
        let mut again = rig.up(project.clone(), &one);
        again.labels = Labels::from([("io.shipbell.version".into(), "another".into())]);
        assert_eq!(
            fates(&plan(rig, &again).await),
            [("db", Fate::Kept), ("web", Fate::Kept)]
        );
        up(rig, &again).await;
        assert_eq!(containers(rig).await, began);

        // Another image replaces its own service alone.
        again.pins = BTreeMap::from([("web".to_owned(), two.clone())]);
        let found = plan(rig, &again).await;
        assert_eq!(fates(&found), [("db", Fate::Kept), ("web", Fate::Replaced)]);
        let web = &found.changes[1];
        assert_eq!(web.from.as_ref(), Some(&one.reference));
        assert_eq!(web.to.as_ref(), Some(&two.reference));
        assert_eq!(containers(rig).await, began, "nothing was touched");
        up(rig, &again).await;
        let now = containers(rig).await;
        assert_eq!(now["db"], began["db"]);
        assert_ne!(now["web"], began["web"]);
    })
    .await;
}

#[tokio::test]
async fn who_looks_at_the_same_time_sees_their_own() {
    rig::run("planned-together", async |rig| {
        let (one, two) = (
            rig.image("one", "well").await,
            rig.image("two", "well").await,
        );
        let first = rig.up(rig.project(""), &one);
        let second = rig.up(rig.project(""), &two);
        up(rig, &first).await;
        for _ in 0..3 {
            let (same, other) = tokio::join!(plan(rig, &first), plan(rig, &second));
            assert_eq!(fates(&same), [("web", Fate::Kept)]);
            assert_eq!(fates(&other), [("web", Fate::Replaced)]);
        }
    })
    .await;
}

#[tokio::test]
async fn variables_files_and_standing_still_are_seen() {
    rig::each("planned-changes", async |rig, _| {
        let one = rig.image("one", "well").await;
        let first = rig.up(rig.project(SECOND), &one);
        up(rig, &first).await;

        let mut changed = first.clone();
        changed
            .project
            .vars
            .insert("FROM".into(), "elsewhere".into());
        let found = plan(rig, &changed).await;
        assert_eq!(fates(&found), [("db", Fate::Kept), ("web", Fate::Replaced)]);

        let began = containers(rig).await;
        let mut docker = tokio::process::Command::new("docker");
        let stopped = docker
            .args(["stop", "-t", "0", &began["web"]])
            .output()
            .await;
        assert!(stopped.unwrap().status.success());
        assert_eq!(
            fates(&plan(rig, &first).await),
            [("db", Fate::Kept), ("web", Fate::Started)]
        );

        let without = rig.up(rig.project(""), &one);
        let found = plan(rig, &without).await;
        assert_eq!(
            fates(&found),
            [("db", Fate::Removed), ("web", Fate::Started)]
        );
        assert_eq!(containers(rig).await, began, "nothing was touched");
    })
    .await;
}

#[tokio::test]
async fn what_is_built_from_sources_is_told_apart() {
    rig::each("planned-builds", async |rig, _| {
        let one = rig.image("one", "well").await;
        let built = "  tools:\n    build: .\n";
        let found = plan(rig, &rig.up(rig.project(built), &one)).await;
        let builds: Vec<(&str, bool)> = (found.found.services.iter())
            .map(|it| (it.name.as_str(), it.builds))
            .collect();
        assert_eq!(builds, [("tools", true), ("web", false)]);
    })
    .await;
}
