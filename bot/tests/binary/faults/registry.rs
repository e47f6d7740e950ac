//! The registry is gone, has moved a tag, or does not let the bot in.

use std::process::Command;

use shipbell_adapters::containers::Target;

use super::{consents, deploys, deploys_again, doctor, enter, failed, names, says};
use crate::guarded::{self, PASSWORD, Registry};
use crate::house::{House, run};
use crate::people::Guest;
use crate::world::{self, Fate};

/// What is in a registry is called so: other tests have images that never were in one, and
/// an engine keeps the same content once, whatever it is called.
const VERSIONS: [&str; 2] = ["w1", "w2"];

/// Runs a test in a house whose images are in a registry of its own, behind a password
/// that the bot knows.
pub(super) async fn with_registry(name: &str, test: impl AsyncFnOnce(&mut House, &mut Registry)) {
    let Some(mut registry) = Registry::start(name).await else {
        return;
    };
    // After the house, whose containers were made from them.
    let _pulled = Pulled(registry.address.clone());
    run(name, async |house| {
        registry.log_in(house.folder(), PASSWORD);
        for service in ["api", "frontend"] {
            house.rewrites(&world::repository(service), &registry.repository(service));
            // Whoever waits for a registry that is gone waits long, else.
            let pull = format!("{{ pull = \"{service}\"");
            house.rewrites(
                &format!("{pull} }}"),
                &format!("{pull}, timeout = \"5s\" }}"),
            );
        }
        test(house, &mut registry).await;
    })
    .await;
}

/// What the engine got from a registry: it is gone with it.
struct Pulled(String);

impl Drop for Pulled {
    fn drop(&mut self) {
        let format = "{{.Repository}}@{{.Digest}}";
        let list = ["images", "--digests", "--format", format];
        let Ok(all) = Command::new("docker").args(list).output() else {
            return;
        };
        let all = String::from_utf8_lossy(&all.stdout).into_owned();
        for image in all.lines().filter(|it| it.starts_with(&self.0)) {
            drop(Command::new("docker").args(["rmi", image]).output());
        }
    }
}

#[tokio::test]
async fn a_registry_that_is_gone_keeps_the_old_version_running() {
    with_registry("registry", async |house, registry| {
        for version in VERSIONS {
            registry.gets(house, version, version).await;
        }
        house.serves().await;
        let (kai, lea) = enter(house).await;
        rolls_out(house, (&kai, &lea), registry, "w1").await;
        let found = doctor(house).await;
        let well = format!("Registry {}", registry.address);
        assert!(
            found
                .lines()
                .any(|it| it.contains(&well) && it.contains("ok")),
            "{found}"
        );
        consents_to((&kai, &lea), registry, "w2").await;

        registry.goes();
        let found = doctor(house).await;
        let fix = "Check that the registry runs";
        names(&found, &[&well, "FAIL"], fix);
        names(&found, &["Release motorsport r2 w2", "FAIL", "api: "], fix);
        deploys(&kai, "w2").await;
        let untouched = "Nothing was touched: production runs what it ran";
        says(&failed(&lea, "w2").await, &[fix, untouched]);
        runs(house, "w1").await;

        registry.comes_back().await;
        deploys_again((&kai, &lea), "w2").await;
        house.is_verified("w2").await;
        runs(house, "w2").await;
    })
    .await;
}

#[tokio::test]
async fn what_was_signed_off_is_deployed_wherever_its_tag_points_now() {
    with_registry("moved", async |house, registry| {
        registry.gets(house, "w1", "w1").await;
        house.serves().await;
        let (kai, lea) = enter(house).await;
        consents_to((&kai, &lea), registry, "w1").await;

        // The same tag, another image.
        registry.gets(house, "w1", "another").await;
        let found = doctor(house).await;
        let line = [
            "Release motorsport r1 w1",
            "warn",
            "the tag of",
            "was moved",
        ];
        names(&found, &line, "open a release");
        deploys(&kai, "w1").await;
        house.is_verified("w1").await;
        runs(house, "w1").await;
    })
    .await;
}

#[tokio::test]
async fn a_registry_that_does_not_let_the_bot_in_is_named() {
    with_registry("login", async |house, registry| {
        registry.gets(house, "w1", "w1").await;
        registry.log_in(house.folder(), "another");
        let found = doctor(house).await;
        let fix = "Log in to that registry with `docker login`";
        let registry_line = format!("Registry {}", registry.address);
        names(&found, &[&registry_line, "FAIL"], fix);
        house.serves().await;
        let (kai, _lea) = enter(house).await;
        let new = format!("/release new motorsport v1 {}", registry.images("w1"));
        kai.asks(&new).await;
        says(&kai.sees("docker login").await, &["w1"]);

        // With the right one it can be had.
        registry.log_in(house.folder(), PASSWORD);
        let found = doctor(house).await;
        assert!(
            found
                .lines()
                .any(|it| it.contains(&registry_line) && it.contains("ok")),
            "{found}"
        );
    })
    .await;
}

/// Opens a release of what is in the registry, and has it signed off.
pub(super) async fn consents_to(people: (&Guest, &Guest), registry: &Registry, version: &str) {
    consents(people, version, &registry.images(version)).await;
}

async fn rolls_out(house: &House, people: (&Guest, &Guest), registry: &Registry, version: &str) {
    consents_to(people, registry, version).await;
    deploys(people.0, version).await;
    house.is_verified(version).await;
    runs(house, version).await;
}

/// Fails unless both services say that they are this version.
async fn runs(house: &House, version: &str) {
    for service in ["api", "frontend"] {
        let said = house.says(service, "/").await;
        let expected = format!("{service} {version}");
        assert_eq!(said.as_deref(), Some(expected.as_str()));
    }
}

impl Registry {
    /// Where a service's images are in it.
    fn repository(&self, service: &str) -> String {
        format!("{}/acme/{service}", self.address)
    }

    /// What `release new` needs to be told besides the version.
    fn images(&self, tag: &str) -> String {
        let one = |service| format!("--image {service}={}:{tag}", self.repository(service));
        format!("{} {}", one("api"), one("frontend"))
    }

    /// Somebody pushes a version of both images under a tag. The engine keeps none of it.
    pub(super) async fn gets(&self, house: &House, tag: &str, version: &str) {
        world::load_as(&Target::local(), (version, Fate::Well), self.named(tag)).await;
        self.takes(house, tag);
    }

    /// The same, with so many more bytes in the image of the api.
    pub(super) async fn gets_as_large_as(&self, house: &House, version: &str, size: u64) {
        let name = self.named(version);
        world::load_as(&Target::local(), (version, Fate::Well), &name).await;
        let file = house.folder().join("Dockerfile");
        let api = name("api");
        let count = format!("count={}", size >> 20);
        let words = [
            "/bin/busybox",
            "dd",
            "if=/dev/zero",
            "of=/large",
            "bs=1M",
            &count,
        ];
        std::fs::write(&file, format!("FROM {api}\nRUN {words:?}\n")).unwrap();
        let mut docker = Command::new("docker");
        docker.args(["build", "--tag", &api, "-"]);
        docker.stdin(std::fs::File::open(&file).unwrap());
        let done = docker.output().unwrap();
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{said}");
        self.takes(house, version);
    }

    /// What a service's image is called in it with this tag.
    fn named(&self, tag: &str) -> impl Fn(&str) -> String {
        move |service: &str| format!("{}:{tag}", self.repository(service))
    }

    /// What the engine has under a tag goes into it.
    fn takes(&self, house: &House, tag: &str) {
        let name = self.named(tag);
        let login = house.folder().join(".docker");
        for service in ["api", "frontend"] {
            for words in [["image", "push"], ["image", "rm"]] {
                let mut docker = Command::new("docker");
                docker.arg("--config").arg(&login).args(words);
                let done = docker.arg(name(service)).output().unwrap();
                let said = String::from_utf8_lossy(&done.stderr);
                assert!(done.status.success(), "{words:?}: {said}");
            }
        }
    }

    pub(super) fn goes(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(super) async fn comes_back(&mut self) {
        self.child = guarded::serve(self.folder.path());
        self.listens().await;
    }
}
