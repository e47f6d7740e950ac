//! Images that are built by Docker's own program: from scratch, because nothing can be
//! fetched here.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use shipbell_adapters::containers::{
    Build, Containers as _, Discard, Kind, Labels, Pinned, Session, Shelf,
};

use crate::guarded::{PASSWORD, Registry};
use crate::remote::engines;
use crate::rig::{self, Heard, Rig};
use crate::server::Server;

const REVISION: &str = "org.opencontainers.image.revision";

/// An order for what a folder of the rig holds.
fn order(rig: &Rig, tag: &str, file: &str) -> Build {
    let directory = rig.directory.path().join("source");
    fs::create_dir_all(directory.join("-x/docker")).unwrap();
    fs::write(directory.join("-x/hello"), "hello\n").unwrap();
    fs::copy("/bin/busybox", directory.join("-x/busybox")).unwrap();
    fs::write(directory.join("-x/docker/Dockerfile"), file).unwrap();
    Build {
        tag: tag.to_owned(),
        id_file: directory.with_extension("id"),
        directory,
        context: "-x".to_owned(),
        file: Some("-x/docker/Dockerfile".to_owned()),
        platform: None,
        args: BTreeMap::from([("GREETING".to_owned(), "a $b 'c'".to_owned())]),
        labels: Labels::from([
            (REVISION.to_owned(), "3f9c2ab8".to_owned()),
            (rig::MARK.to_owned(), rig.name.clone()),
        ]),
    }
}

const GOOD: &str = "FROM scratch\nARG GREETING\nCOPY hello /hello\nLABEL greeting=$GREETING\n";
const BAD: &str = "FROM scratch\nCOPY busybox /bin/busybox\n\
    RUN [\"/bin/busybox\", \"sh\", \"-c\", \"echo one more line; echo no way >&2; exit 3\"]\n";
const SLOW: &str = "FROM scratch\nCOPY busybox /bin/busybox\n\
    RUN [\"/bin/busybox\", \"sh\", \"-c\", \"echo begun; exec /bin/busybox sleep 60\"]\n";

#[tokio::test]
async fn an_image_is_built_with_its_labels_and_found_again() {
    rig::run("built", async |rig| {
        let tag = format!("{}:1.0", rig.name);
        let heard = Heard::default();
        let session = heard.session();
        let (engines, target) = (&rig.engines, &rig.target);
        let on_engine = (tag.as_str(), Shelf::Engine);
        let nothing = engines.look_up(target, on_engine, &session).await;
        assert_eq!(nothing.unwrap(), None);

        let order = order(rig, &tag, GOOD);
        let built = engines.build(target, &order, &session).await.unwrap();
        assert!(built.local, "{built:?}");
        assert!(heard.text().contains("COPY hello"), "{}", heard.text());
        let found = engines.look_up(target, on_engine, &session).await;
        let found = found.unwrap().unwrap();
        assert_eq!(found.pinned, built);
        assert_eq!(found.labels[REVISION], "3f9c2ab8");
        assert_eq!(found.labels["greeting"], "a $b 'c'", "no shell read it");
        rig.forget(&tag).await;
    })
    .await;
}

#[tokio::test]
async fn an_image_is_built_on_another_machine() {
    rig::run("built-there", async |rig| {
        let Some(server) = Server::start("built-there").await else {
            return;
        };
        let (engines, target) = engines(&server, "client");
        let tag = format!("{}:1.0", rig.name);
        let heard = Heard::default();
        let session = heard.session();
        let good = order(rig, &tag, GOOD);
        let built = engines.build(&target, &good, &session).await.unwrap();
        assert!(heard.text().contains("COPY hello"), "{}", heard.text());
        let shelf = (tag.as_str(), Shelf::Engine);
        let found = engines.look_up(&target, shelf, &session).await;
        let found = found.unwrap().unwrap();
        assert_eq!(found.pinned, built);
        assert_eq!(found.labels["greeting"], "a $b 'c'", "no shell read it");

        let bad = order(rig, &tag, BAD);
        let error = engines.build(&target, &bad, &session).await.unwrap_err();
        assert_eq!(error.kind, Kind::Runtime, "{error}");
        assert!(error.output.join("\n").contains("no way"), "{error:?}");
        rig.forget(&tag).await;
    })
    .await;
}

#[tokio::test]
async fn what_a_failed_build_said_last_comes_back_and_nothing_gets_the_tag() {
    rig::run("unbuilt", async |rig| {
        let tag = format!("{}:1.0", rig.name);
        let heard = Heard::default();
        let order = order(rig, &tag, BAD);
        let session = heard.session();
        let built = rig.engines.build(&rig.target, &order, &session).await;
        let error = built.unwrap_err();
        assert_eq!(error.kind, Kind::Runtime, "{error}");
        let said = error.output.join("\n");
        assert!(said.contains("no way"), "{said}");
        nothing_has(rig, &tag).await;
    })
    .await;
}

#[tokio::test]
async fn a_build_that_takes_too_long_is_ended() {
    rig::run("unending", async |rig| {
        let tag = format!("{}:1.0", rig.name);
        let order = order(rig, &tag, SLOW);
        let session = Session {
            lines: &Discard,
            lock: None,
            within: Duration::from_secs(2),
        };
        let built = rig.engines.build(&rig.target, &order, &session).await;
        let error = built.unwrap_err();
        assert_eq!(error.kind, Kind::Timeout, "{error}");
        nothing_has(rig, &tag).await;
    })
    .await;
}

#[tokio::test]
async fn a_registry_is_looked_at_whatever_the_engine_has() {
    rig::run("looked-up", async |rig| {
        let Some(registry) = Registry::start("looked-up").await else {
            return;
        };
        registry.log_in(rig.directory.path(), PASSWORD);
        let tag = format!("{}/acme/built:1.0", registry.address);
        let heard = Heard::default();
        let session = heard.session();
        let (engines, target) = (&rig.engines, &rig.target);
        let order = order(rig, &tag, GOOD);
        engines.build(target, &order, &session).await.unwrap();
        let in_registry = (tag.as_str(), Shelf::Registry);
        let nothing = engines.look_up(target, in_registry, &session).await;
        assert_eq!(nothing.unwrap(), None, "it is on the engine alone");

        let pushed = engines.push(target, &tag, &session).await.unwrap();
        rig.forget(&tag).await;
        let found = engines.look_up(target, in_registry, &session).await;
        let found = found.unwrap().unwrap();
        assert_eq!(found.pinned, pushed);
        assert_eq!(found.labels[REVISION], "3f9c2ab8");
        rig.forget(&pushed.reference).await;

        registry.log_in(rig.directory.path(), "another");
        let refused = engines.look_up(target, in_registry, &session).await;
        assert_eq!(refused.unwrap_err().kind, Kind::Refused);
    })
    .await;
}

#[tokio::test]
async fn where_there_is_no_docker_people_are_told_to_install_it() {
    rig::run("no-docker", async |rig| {
        let empty = rig.directory.path().join("programs");
        fs::create_dir(&empty).unwrap();
        for program in ["timeout", "env"] {
            let there = Path::new("/usr/bin").join(program);
            std::os::unix::fs::symlink(there, empty.join(program)).unwrap();
        }
        let settings = shipbell_adapters::containers::docker::Settings {
            path: empty.to_string_lossy().into_owned(),
            ..rig.settings.clone()
        };
        let engines = shipbell_adapters::containers::docker::DockerEngines::new(
            settings,
            shipbell_adapters::redact::Redactor::default(),
        );
        let heard = Heard::default();
        let order = order(rig, &format!("{}:1.0", rig.name), GOOD);
        let built: Result<Pinned, _> = engines.build(&rig.target, &order, &heard.session()).await;
        let error = built.unwrap_err();
        assert_eq!(error.kind, Kind::Preflight, "{error}");
        assert!(error.hint.contains("Install"), "{error}");
    })
    .await;
}

async fn nothing_has(rig: &Rig, tag: &str) {
    let heard = Heard::default();
    let shelf = (tag, Shelf::Engine);
    let session = heard.session();
    let found = rig.engines.look_up(&rig.target, shelf, &session).await;
    assert_eq!(found.unwrap(), None);
}
