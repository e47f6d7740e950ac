//! The engine's own tests.

use std::path::PathBuf;
use std::sync::Mutex as StdMutex;
use std::time::Duration;

use chrono::TimeDelta;
use shipbell_adapters::containers::{
    Containers as _, Discard, Home, OneOff, Pinned, Project as Compose, Session, Target,
};

use super::*;
use crate::sim::executor::Owner;

fn engine() -> (Executor, Engine) {
    let executor = Executor::new(DateTime::UNIX_EPOCH, 1);
    let weather = Arc::new(Weather::new(executor.clone(), DateTime::UNIX_EPOCH));
    let diary = Arc::new(Diary::new(executor.clone()));
    (executor.clone(), Engine::new(executor, weather, diary))
}

fn migration(image: &str) -> OneOff {
    let project = Compose {
        name: "shop".to_owned(),
        files: Vec::new(),
        directory: PathBuf::new(),
        env_file: None,
        vars: BTreeMap::new(),
        flavour: None,
    };
    let pin = Pinned {
        reference: image.to_owned(),
        local: false,
    };
    OneOff {
        name: "migrate-1".to_owned(),
        identity: ("attempt".to_owned(), "1".to_owned()),
        labels: Labels::new(),
        command: vec!["migrate".to_owned()],
        home: Home::Service {
            project: Box::new(project),
            service: "web".to_owned(),
            pins: [("web".to_owned(), pin)].into(),
            vars: BTreeMap::new(),
            state_dir: PathBuf::new(),
        },
    }
}

#[test]
fn a_one_off_lives_on_and_is_adopted() {
    let (executor, engine) = engine();
    engine.host().images.insert("a".to_owned());
    let adopted = Arc::new(StdMutex::new(Vec::new()));
    for life in [1, 2] {
        let (engine, adopted) = (engine.clone(), adopted.clone());
        let (session_for, executor_of) = (Duration::from_mins(10), executor.clone());
        executor.spawn(
            Owner::Bot(life),
            Box::pin(async move {
                executor_of
                    .until(DateTime::UNIX_EPOCH + TimeDelta::seconds(i64::from(life) - 1))
                    .await;
                let session = Session {
                    lines: &Discard,
                    lock: None,
                    within: session_for,
                };
                let exit = engine
                    .run_once(&Target::local(), &migration("a"), &session)
                    .await;
                locked(&adopted).push(exit.unwrap().adopted);
            }),
        );
    }
    executor.run_until(DateTime::UNIX_EPOCH + TimeDelta::milliseconds(900));
    executor.kill(Owner::Bot(1));
    executor.run_until(DateTime::UNIX_EPOCH + TimeDelta::hours(1));
    assert_eq!(*locked(&adopted), [true]);
    assert_eq!(engine.host().started.len(), 1);
}

#[test]
fn references_are_pinned_by_their_name_alone() {
    assert_eq!(resolve("shop/web:1"), resolve("shop/web:1"));
    assert_ne!(resolve("shop/web:1"), resolve("shop/web:2"));
    assert!(resolve("shop/web:1").starts_with("shop/web@sha256:"));
    assert_eq!(resolve("shop/web:1").rsplit(':').next().unwrap().len(), 64);
}
