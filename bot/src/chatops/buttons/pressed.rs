//! What a press means, given what stands.

use chrono::{DateTime, TimeDelta, Utc};
use shipbell_domain::ask::{AskId, Source, Vote};
use shipbell_domain::attempt::Choice;
use shipbell_domain::command::Wish;
use shipbell_domain::environment::Environment;
use shipbell_domain::ids::{EnvId, EnvName, ReleaseId};
use shipbell_domain::watch::Watch;

use super::{AskRef, Asked, Press};
use crate::chatops::resolve::{self, FormRequest, Question, Resolved, Scene, Suggestion};

/// How much longer one press watches.
const LONGER: TimeDelta = TimeDelta::minutes(30);

/// What a press means, given what stands.
pub fn pressed(press: &Press, scene: Scene<'_>) -> Resolved {
    wanted(press, scene).unwrap_or_else(|| {
        let message = "What this button was for is over. Look at how things stand now.".to_owned();
        Suggestion {
            message,
            corrected: vec!["status".to_owned()],
        }
        .into()
    })
}

#[expect(clippy::too_many_lines, reason = "a table: one arm for each button")]
fn wanted(press: &Press, scene: Scene<'_>) -> Option<Resolved> {
    let ask = |ask: &AskRef| find_ask(ask, scene);
    let place = |release: &ReleaseId, env: &EnvName| find_place(*release, env, scene);
    Some(match press {
        Press::SignOff(it) => Wish::Vote {
            ask: ask(it)?,
            source: Source::Word,
            vote: Vote::Yes,
        }
        .into(),
        Press::Decline(it) => Resolved::Form(FormRequest::Decline(ask(it)?)),
        Press::Asks(release) => Resolved::Ask(Question::Asks(*release)),
        Press::Checklist(release) => Resolved::Form(FormRequest::Checklist(*release)),
        Press::Show(release) => Resolved::Ask(Question::Show(*release)),
        Press::Deploy(release, env) => Wish::Deploy {
            release: *release,
            env: env.clone(),
            over: None,
        }
        .into(),
        Press::DryRun(release, env) => dry_run(*release, env).into(),
        Press::Stop(release, env) => Wish::Stop {
            environment: place(release, env)?,
            rollback: None,
        }
        .into(),
        Press::StopAndRollBack(release, env) => {
            Resolved::Form(FormRequest::Stop(place(release, env)?))
        }
        Press::Worked(release, env, asked) => {
            decided(place(release, env)?, *asked, Choice::Worked).into()
        }
        Press::Failed(release, env, asked) => {
            decided(place(release, env)?, *asked, Choice::Failed).into()
        }
        Press::Again(release, env, asked) => {
            decided(place(release, env)?, *asked, Choice::Again).into()
        }
        Press::AllGood(release, env, tick) => answered(place(release, env)?, *tick, true).into(),
        Press::SomethingWrong(release, env, tick) => {
            answered(place(release, env)?, *tick, false).into()
        }
        Press::WatchLonger(release, env) => {
            let environment = place(release, env)?;
            let watch = scene
                .vocabulary
                .environment(&environment)
                .and_then(Environment::watching);
            let until = watch_until(watch, LONGER, scene.now);
            Wish::Extend { environment, until }.into()
        }
        Press::RollBack(target, env) => {
            let environment = place(target, env)?;
            Resolved::Form(FormRequest::Rollback {
                environment,
                target: *target,
            })
        }
        Press::Adopt(release, env) => Resolved::Form(FormRequest::Adopt {
            environment: place(release, env)?,
            version: None,
        }),
        Press::OnIt(incident) => Wish::Acknowledge {
            incident: *incident,
        }
        .into(),
        Press::Escalate(incident) => Wish::Escalate {
            incident: *incident,
        }
        .into(),
        Press::Resolve(incident) => Resolved::Form(FormRequest::Resolve(*incident)),
        Press::Say(text) => resolve::read(text, scene),
    })
}

fn dry_run(release: ReleaseId, env: &EnvName) -> Wish {
    let env = env.clone();
    Wish::DryRun { release, env }
}

fn decided(environment: EnvId, asked: Asked, choice: Choice) -> Wish {
    Wish::Decide {
        environment,
        asked: Some(asked),
        choice,
    }
}

fn answered(environment: EnvId, tick: u32, good: bool) -> Wish {
    Wish::Answer {
        environment,
        tick,
        good,
    }
}

/// The look somebody answers now: the first that is due and unanswered, or the last due.
pub fn open_tick(watch: &Watch, now: DateTime<Utc>) -> u32 {
    let due = || {
        (0u32..)
            .zip(&watch.ticks)
            .filter(|(_, tick)| tick.due <= now)
    };
    let unanswered = |(index, _): &(u32, &_)| {
        watch
            .ends
            .get(index)
            .is_none_or(|end| end.answered.is_none() && !end.missed)
    };
    let asked = due()
        .filter(|(_, tick)| tick.ask.is_some())
        .find(unanswered);
    asked.or_else(|| due().last()).map_or(0, |(index, _)| index)
}

/// When a watch ends that goes on for so long after what is planned.
pub fn watch_until(watch: Option<&Watch>, length: TimeDelta, now: DateTime<Utc>) -> DateTime<Utc> {
    let planned = watch.and_then(|it| it.ticks.iter().map(|tick| tick.due).max());
    planned.map_or(now, |planned| planned.max(now)) + length
}

/// The ask a button names, whether it still counts or not.
pub fn find_ask(named: &AskRef, scene: Scene<'_>) -> Option<AskId> {
    let release = scene.vocabulary.release(named.release)?;
    release
        .asks
        .keys()
        .find(|it| AskRef::from(*it) == *named)
        .cloned()
}

/// The environment of the application that a release is of.
fn find_place(release: ReleaseId, env: &EnvName, scene: Scene<'_>) -> Option<EnvId> {
    if let Some(release) = scene.vocabulary.release(release) {
        return Some(release.environment(env));
    }
    // A release that is over may only be remembered by what it brought.
    let mut environments = scene.vocabulary.environments.iter();
    let brought = environments
        .find(|it| it.id.env == *env && it.verified.iter().any(|it| it.release == release));
    brought.map(|it| it.id.clone())
}

#[cfg(test)]
mod tests {
    use shipbell_domain::ids::IncidentId;

    use super::*;
    use crate::chatops::vocabulary::sample::{Day, RELEASE, at, env, of_world, person, place};

    fn meaning(day: &Day, press: &Press) -> Resolved {
        let vocabulary = of_world(&day.world);
        let by = person("chloe");
        let scene = Scene {
            vocabulary: &vocabulary,
            by: &by,
            now: at("14:09"),
        };
        pressed(&Press::decode(&press.encode()).unwrap(), scene)
    }

    #[test]
    fn presses_about_a_release() {
        let day = Day::waiting();
        let ask = day.ask();
        let (source, vote) = (Source::Word, Vote::Yes);
        let named = AskRef::from(&ask);
        let yes = meaning(&day, &Press::SignOff(named.clone()));
        assert_eq!(
            yes,
            Wish::Vote {
                ask: ask.clone(),
                source,
                vote
            }
            .into()
        );
        let no = meaning(&day, &Press::Decline(named));
        assert_eq!(no, Resolved::Form(FormRequest::Decline(ask)));
        let show = meaning(&day, &Press::Show(RELEASE));
        assert_eq!(show, Resolved::Ask(Question::Show(RELEASE)));
        let asks = meaning(&day, &Press::Asks(RELEASE));
        assert_eq!(asks, Resolved::Ask(Question::Asks(RELEASE)));
        let list = meaning(&day, &Press::Checklist(RELEASE));
        assert_eq!(list, Resolved::Form(FormRequest::Checklist(RELEASE)));
        let deploy = meaning(&day, &Press::Deploy(RELEASE, env("production")));
        let wish = Wish::Deploy {
            release: RELEASE,
            env: env("production"),
            over: None,
        };
        assert_eq!(deploy, wish.into());
        let status = meaning(&day, &Press::Say("status".to_owned()));
        assert!(matches!(status, Resolved::Ask(Question::Status { .. })));
    }

    #[test]
    fn presses_about_what_runs() {
        let day = Day::watching();
        let environment = || place("production");
        let here = || env("production");
        let good = Wish::Answer {
            environment: environment(),
            tick: 2,
            good: true,
        };
        assert_eq!(
            meaning(&day, &Press::AllGood(RELEASE, here(), 2)),
            good.into()
        );
        let bad = Wish::Answer {
            environment: environment(),
            tick: 2,
            good: false,
        };
        assert_eq!(
            meaning(&day, &Press::SomethingWrong(RELEASE, here(), 2)),
            bad.into()
        );
        let longer = Wish::Extend {
            environment: environment(),
            until: at("14:40"),
        };
        assert_eq!(
            meaning(&day, &Press::WatchLonger(RELEASE, here())),
            longer.into()
        );
        let stop = Wish::Stop {
            environment: environment(),
            rollback: None,
        };
        assert_eq!(meaning(&day, &Press::Stop(RELEASE, here())), stop.into());
        let undo = Resolved::Form(FormRequest::Stop(environment()));
        assert_eq!(
            meaning(&day, &Press::StopAndRollBack(RELEASE, here())),
            undo
        );
        let target = ReleaseId(140);
        let back = FormRequest::Rollback {
            environment: environment(),
            target,
        };
        assert_eq!(
            meaning(&day, &Press::RollBack(target, here())),
            Resolved::Form(back)
        );
    }

    #[test]
    fn presses_about_work_that_was_cut_off() {
        let day = Day::cut_off();
        let wish = |choice| Wish::Decide {
            environment: place("production"),
            asked: Some((8, 0)),
            choice,
        };
        let worked = Press::Worked(RELEASE, env("production"), (8, 0));
        assert_eq!(meaning(&day, &worked), wish(Choice::Worked).into());
        let again = Press::Again(RELEASE, env("production"), (8, 0));
        assert_eq!(meaning(&day, &again), wish(Choice::Again).into());
    }

    #[test]
    fn presses_about_an_incident() {
        let (day, incident) = (Day::burning(), IncidentId(7));
        assert_eq!(
            meaning(&day, &Press::OnIt(incident)),
            Wish::Acknowledge { incident }.into()
        );
        assert_eq!(
            meaning(&day, &Press::Escalate(incident)),
            Wish::Escalate { incident }.into()
        );
        let resolve = Resolved::Form(FormRequest::Resolve(incident));
        assert_eq!(meaning(&day, &Press::Resolve(incident)), resolve);
    }

    #[test]
    fn a_button_of_something_forgotten_says_so() {
        let gone = meaning(
            &Day::begins(),
            &Press::AllGood(ReleaseId(9), env("staging"), 0),
        );
        assert!(matches!(gone, Resolved::Suggest(_)), "{gone:?}");
        let mut named = AskRef::from(&Day::waiting().ask());
        named.round = 9;
        assert!(matches!(
            meaning(&Day::waiting(), &Press::SignOff(named)),
            Resolved::Suggest(_)
        ));
    }

    #[test]
    fn a_release_that_is_only_remembered_still_has_a_place() {
        let mut day = Day::watching();
        day.world.releases.remove(&ReleaseId(139));
        let press = Press::RollBack(ReleaseId(139), env("production"));
        assert!(matches!(
            meaning(&day, &press),
            Resolved::Form(FormRequest::Rollback { .. })
        ));
    }
}
