//! What a deploy would change is looked up before anybody decides, and when
//! somebody wants to know.

use super::team::{Team, env_name, new, person, version};
use crate::ask::Phase;
use crate::command::{Report, Wish};
use crate::effect::{CardId, Effect};
use crate::gates::Waiting;
use crate::ids::ReleaseId;
use crate::notice::News;
use crate::preview::{Change, Fate, Preview};
use crate::refusal::Refusal;
use crate::reply::Reply;

fn look(release: ReleaseId, env: &str) -> Effect {
    Effect::LookAhead {
        release,
        env: env_name(env),
    }
}

fn dry_run(release: ReleaseId, env: &str) -> Wish {
    Wish::DryRun {
        release,
        env: env_name(env),
    }
}

fn seen() -> Preview {
    Preview {
        changes: vec![Change {
            service: "web".to_owned(),
            on: None,
            fate: Fate::Replaced,
            from: None,
            to: None,
            published: true,
            away: None,
        }],
        ..Preview::default()
    }
}

fn report(release: ReleaseId, env: &str) -> Report {
    Report::LookedAhead {
        release,
        env: env_name(env),
        preview: Box::new(seen()),
    }
}

#[test]
fn the_first_environment_is_looked_at_once_the_images_are_known() {
    let mut team = Team::new();
    let release = team.opens("1.4.0");
    assert!(team.effects().contains(&look(release, "staging")));
    assert!(!team.effects().contains(&look(release, "production")));

    team.world_says(report(release, "staging")).unwrap();
    assert_eq!(team.did(), ["release.previewed"]);
    assert!(team.news().is_empty(), "nobody asked");
    let stage = &team.release(release).stages[&env_name("staging")];
    let ahead = stage.ahead.as_ref().unwrap();
    assert_eq!((ahead.at, &ahead.preview), (team.now, &seen()));
}

#[test]
fn the_next_environment_is_looked_at_before_people_consent() {
    let mut team = Team::new();
    let release = team.opens("1.4.0");
    team.starts("bo", release, "staging");
    team.works_well("staging");
    assert!(team.effects().contains(&look(release, "production")));

    let release = {
        let ask = team.asked(release, "staging", Phase::Accept);
        team.ticks("chloe", &ask);
        assert!(team.effects().contains(&look(release, "production")));
        release
    };
    team.world_says(report(release, "production")).unwrap();
    let ask = team.asked(release, "production", Phase::Signoff);
    let card = CardId::Ask { ask };
    assert!(
        team.effects().contains(&Effect::Card { card }),
        "they see it"
    );
}

#[test]
fn whoever_asks_is_told_in_the_thread_once() {
    let mut team = Team::new();
    let release = team.opens("1.4.0");
    let env = env_name("staging");
    for by in ["bo", "ana", "bo"] {
        let said = team.says(by, dry_run(release, "staging"));
        let env = env.clone();
        assert_eq!(said, Ok(Reply::LookingAhead { release, env }));
        assert_eq!(team.did(), ["release.preview_wanted"]);
        assert!(team.effects().contains(&look(release, "staging")));
    }
    team.world_says(report(release, "staging")).unwrap();
    let told = team.effects().iter().find_map(|it| match it {
        Effect::Say { notice, .. } => Some(notice.clone()),
        _ => None,
    });
    let told = told.unwrap();
    assert_eq!(told.mention, [person("bo"), person("ana")]);
    let news = News::DryRun {
        env,
        version: version("1.4.0"),
        preview: Box::new(seen()),
    };
    assert_eq!(told.news, news);
    team.world_says(report(release, "staging")).unwrap();
    assert!(team.news().is_empty(), "they know already");
}

#[test]
fn there_is_nothing_to_see_without_images_and_behind_the_end() {
    let mut team = Team::new();
    team.says("ana", new("1.4.0")).unwrap();
    let release = ReleaseId(1);
    let said = team.says("bo", dry_run(release, "staging"));
    let Err(Refusal::NotYet { waiting, .. }) = said else {
        panic!("{said:?}")
    };
    assert_eq!(waiting, [Waiting::Images { failed: None }]);
    let unknown = team.says("bo", dry_run(release, "moon"));
    assert!(matches!(unknown, Err(Refusal::UnknownEnvironment { .. })));

    let why = "wrong branch".to_owned();
    team.says("ana", Wish::Cancel { release, why }).unwrap();
    let over = team.says("bo", dry_run(release, "staging"));
    assert!(matches!(over, Err(Refusal::ReleaseOver { .. })));
    let late = team.world_says(report(release, "staging"));
    assert!(matches!(late, Err(Refusal::ReleaseOver { .. })));
}
