//! The engine's disk is full.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Command;

use super::registry::{consents_to, with_registry};
use super::{consents, deploys, deploys_again, doctor, enter, failed, names, says, settle};
use crate::engines::Engine;
use crate::house::{House, run};
use crate::world::Fate;

/// How large it is: a file of holes, so that it costs nothing.
const SIZE: u64 = 1 << 30;

/// So much is left when it is as good as full.
const LITTLE: u64 = 100 << 20;

/// So much is left when nothing can be said against a deploy, and what is then fetched.
const ENOUGH: u64 = 600 << 20;
const LARGE: u64 = 700 << 20;

#[tokio::test]
async fn nothing_is_touched_on_an_engine_without_room() {
    run("disk", async |house| {
        let disk = Disk::mount(house);
        let engine = Engine::start_in("disk", house, &disk.folder.join("docker"));
        engine.answers().await;
        for version in ["v1", "v2"] {
            engine.load(version, Fate::Well).await;
        }
        settle(house, &engine);
        house.serves().await;
        let (kai, lea) = enter(house).await;
        consents((&kai, &lea), "v1", &House::images("v1")).await;
        deploys(&kai, "v1").await;
        house.is_verified("v1").await;
        let before = engine.containers(house);

        disk.fills_up(LITTLE);
        let room = "MiB are free where the engine keeps images";
        let fix = "Free some space on the engine's disk";
        names(&doctor(house).await, &["Docker", "FAIL", room], fix);
        consents((&kai, &lea), "v2", &House::images("v2")).await;
        deploys(&kai, "v2").await;
        let untouched = "Nothing was touched: production runs what it ran";
        says(&failed(&lea, "v2").await, &[room, fix, untouched]);
        assert_eq!(engine.containers(house), before);
        engine.runs(house, "v1");

        disk.has_room();
        deploys_again((&kai, &lea), "v2").await;
        house.is_verified("v2").await;
        engine.runs(house, "v2");
    })
    .await;
}

#[tokio::test]
async fn what_fills_the_disk_in_the_middle_of_a_deploy_is_told_and_leaves_the_old_version() {
    with_registry("full", async |house, registry| {
        let disk = Disk::mount(house);
        let engine = Engine::start_in("full", house, &disk.folder.join("docker"));
        engine.answers().await;
        settle(house, &engine);
        house.rewrites("timeout = \"5s\"", "timeout = \"2m\"");
        registry.gets(house, "w1", "w1").await;
        registry.gets_as_large_as(house, "w2", LARGE).await;
        house.serves().await;
        let (kai, lea) = enter(house).await;
        consents_to((&kai, &lea), registry, "w1").await;
        deploys(&kai, "w1").await;
        house.is_verified("w1").await;
        let before = engine.containers(house);

        disk.fills_up(ENOUGH);
        consents_to((&kai, &lea), registry, "w2").await;
        deploys(&kai, "w2").await;
        let why = "no space left on device";
        let fix = "Free some space on the engine's disk";
        let untouched = "Nothing was touched: production runs what it ran";
        says(&failed(&lea, "w2").await, &[why, fix, untouched]);
        assert_eq!(engine.containers(house), before);

        disk.has_room();
        deploys_again((&kai, &lea), "w2").await;
        house.is_verified("w2").await;
        assert_eq!(engine.version_of(house, "api"), "w2");
    })
    .await;
}

/// A disk in a file.
struct Disk {
    folder: PathBuf,
}

impl Disk {
    fn mount(house: &House) -> Self {
        let (file, folder) = (house.folder().join("disk.img"), house.folder().join("room"));
        File::create(&file).unwrap().set_len(SIZE).unwrap();
        fs::create_dir(&folder).unwrap();
        let (of, at) = (file.display().to_string(), folder.display().to_string());
        does("mkfs.ext4", &["-q", "-F", "-m", "0", &of]);
        does("mount", &["-o", "loop", &of, &at]);
        Self { folder }
    }

    /// Something else takes all but this.
    fn fills_up(&self, left: u64) {
        let output = Command::new("df")
            .args(["--output=avail", "-B1"])
            .arg(&self.folder)
            .output()
            .unwrap();
        let told = String::from_utf8(output.stdout).unwrap();
        let free: u64 = told.lines().nth(1).unwrap().trim().parse().unwrap();
        let size = (free - left).to_string();
        does("fallocate", &["-l", &size, &self.something()]);
    }

    fn has_room(&self) {
        fs::remove_file(self.something()).unwrap();
    }

    fn something(&self) -> String {
        self.folder.join("something").display().to_string()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Whatever of the engine is still there goes with it.
        let at = self.folder.display().to_string();
        drop(Command::new("umount").args(["-l", &at]).status());
    }
}

fn does(program: &str, words: &[&str]) {
    let done = Command::new(program).args(words).status();
    assert!(
        done.is_ok_and(|it| it.success()),
        "{program} {}",
        words.join(" ")
    );
}
