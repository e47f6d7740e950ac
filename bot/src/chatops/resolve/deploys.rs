//! Commands that change what runs, and those that follow up on it.

use shipbell_domain::attempt::Choice;
use shipbell_domain::calendar::Length;
use shipbell_domain::command::Wish;
use shipbell_domain::environment::Verified;
use shipbell_domain::ids::{EnvId, ReleaseId, Version};

use super::place::{Place, Words};
use super::releases::version_of;
use super::{Answer, FormRequest, Question, Reader, Resolved, Suggestion, WayBack};
use crate::chatops::buttons::{open_tick, watch_until};
use crate::chatops::grammar::{Deploy, Promote, Resume, Rollback, Stop, Unlock, Watch};

impl Reader<'_> {
    pub(super) fn deploy(&self, it: &Deploy) -> Answer {
        let mut words = Words::of(it.app.iter().chain(&it.environment).chain(&it.version));
        let id = match self.place(&mut words)? {
            Place::Here(id) => id,
            Place::Missing(app) => {
                let request = FormRequest::Deploy {
                    app,
                    env: None,
                    release: None,
                };
                return Ok(Resolved::Form(request));
            }
        };
        if let Some(why) = &it.adopt {
            return self.adopt(id, (words, why));
        }
        let release = match words.take() {
            Some(version) => Some(self.open_release(&id.app, &version)?.id),
            None => self.only_open(&id)?,
        };
        self.no_more(words.take())?;
        if it.dry_run {
            let release = release.ok_or_else(|| self.which_release(&id))?;
            return Ok(Wish::DryRun {
                release,
                env: id.env,
            }
            .into());
        }
        let said_why = it.over.as_ref().is_none_or(|why| !why.trim().is_empty());
        let Some(release) = release.filter(|_| said_why) else {
            let (app, env) = (Some(id.app), Some(id.env));
            return Ok(Resolved::Form(FormRequest::Deploy { app, env, release }));
        };
        Ok(Wish::Deploy {
            release,
            env: id.env,
            over: it.over.clone(),
        }
        .into())
    }

    pub(super) fn promote(&self, it: &Promote) -> Answer {
        let mut words = Words::of(&it.app);
        let said = self.take_app(&mut words);
        if let Some(word) = words.take() {
            return Err(self.unknown_place(&word, None));
        }
        let Some(app) = said.or_else(|| self.only_app()) else {
            let apps = self
                .vocabulary
                .apps
                .iter()
                .map(|it| format!("promote {}", it.policy.app));
            let message = "Say which application.".to_owned();
            return Err(Suggestion {
                message,
                corrected: apps.take(5).collect(),
            });
        };
        let release = self.newest(&app)?;
        let Some(env) = self.vocabulary.next_environment(release) else {
            let version = &release.version;
            let message = format!("{version} is deployed and verified in every environment.");
            return Err(Suggestion {
                message,
                corrected: vec![format!("show {}", release.id)],
            });
        };
        Ok(Wish::Deploy {
            release: release.id,
            env,
            over: it.over.clone(),
        }
        .into())
    }

    pub(super) fn rollback(&self, it: &Rollback) -> Answer {
        let WayBack {
            environment,
            version,
            why,
            anyway,
        } = self.way_back(it)?;
        let version = version.as_ref().map(Version::as_str);
        let target = self.target(&environment, version)?;
        let Some(reason) = why else {
            let target = target.release;
            return Ok(Resolved::Form(FormRequest::Rollback {
                environment,
                target,
            }));
        };
        let version = Some(target.manifest.version.clone());
        Ok(Wish::Rollback {
            environment,
            version,
            reason,
            anyway,
        }
        .into())
    }

    /// Where somebody wants to go back, to which version if they named one, and why. That
    /// there is something to go back to is not asked.
    pub(super) fn way_back(&self, it: &Rollback) -> Result<WayBack, Suggestion> {
        let mut words = Words::of(it.app.iter().chain(&it.environment).chain(&it.version));
        let environment = self.environment(&mut words)?;
        let wanted = words.take();
        self.no_more(words.take())?;
        let version = match wanted.as_deref() {
            Some(wanted) => Some(self.target(&environment, Some(wanted))?),
            None => None,
        };
        Ok(WayBack {
            version: version.map(|it| it.manifest.version.clone()),
            why: it.why.clone().filter(|why| !why.trim().is_empty()),
            anyway: it.anyway,
            environment,
        })
    }

    pub(super) fn stop(&self, it: &Stop) -> Answer {
        let mut words = Words::of(it.app.iter().chain(&it.environment));
        let environment = self.environment(&mut words)?;
        self.no_more(words.take())?;
        Ok(Wish::Stop {
            environment,
            rollback: it.rollback.clone(),
        }
        .into())
    }

    pub(super) fn resume(&self, it: &Resume) -> Answer {
        let mut words = Words::of(it.app.iter().chain(&it.environment).chain(&it.answer));
        let environment = self.environment(&mut words)?;
        let answer = words.take().map(|it| it.to_lowercase());
        self.no_more(words.take())?;
        let choice = match answer.as_deref() {
            Some("worked") => Choice::Worked,
            Some("again") => Choice::Again,
            Some("failed") => Choice::Failed,
            Some(_) | None => {
                let place = format!("{} {}", environment.app, environment.env);
                let message =
                    "Say whether it worked, failed, or is to run again. Look first.".to_owned();
                let corrected = vec![
                    format!("resume {place} worked"),
                    format!("resume {place} again"),
                    format!("resume {place} failed"),
                    format!("rollback {place}"),
                ];
                return Err(Suggestion { message, corrected });
            }
        };
        Ok(Wish::Decide {
            environment,
            asked: None,
            choice,
        }
        .into())
    }

    pub(super) fn watch(&self, it: &Watch) -> Answer {
        let mut words = Words::of(it.app.iter().chain(&it.environment).chain(&it.answer));
        let environment = self.environment(&mut words)?;
        let answer = words.take().map(|it| it.to_lowercase());
        self.no_more(words.take())?;
        let watch = self
            .vocabulary
            .environment(&environment)
            .and_then(|it| it.watching());
        let tick = watch.map_or(0, |it| open_tick(it, self.scene.now));
        match answer.as_deref() {
            None => {
                let (app, env) = (Some(environment.app), Some(environment.env));
                Ok(Resolved::Ask(Question::Status {
                    app,
                    env,
                    share: false,
                }))
            }
            Some("stop") => Ok(Wish::EndWatch { environment }.into()),
            Some("good") => Ok(Wish::Answer {
                environment,
                tick,
                good: true,
            }
            .into()),
            Some("bad") => Ok(Wish::Answer {
                environment,
                tick,
                good: false,
            }
            .into()),
            Some(length) => {
                let length = length.trim_start_matches('+');
                let length = Length::parse(length).map_err(|error| {
                    let message = format!("{error}. Say +30m, stop, good or bad.");
                    Suggestion::plain(message)
                })?;
                let until = watch_until(watch, length.delta(), self.scene.now);
                Ok(Wish::Extend { environment, until }.into())
            }
        }
    }

    pub(super) fn unlock(&self, it: &Unlock) -> Answer {
        let mut words = Words::of(it.app.iter().chain(&it.environment).chain(&it.why));
        let environment = self.environment(&mut words)?;
        Ok(Wish::Unlock {
            environment,
            why: words.rest(),
        }
        .into())
    }

    /// What somebody else brought there is taken as it is.
    fn adopt(&self, environment: EnvId, (mut words, why): (Words, &str)) -> Answer {
        let version = words.take().map(|it| version_of(&it)).transpose()?;
        self.no_more(words.take())?;
        if why.trim().is_empty() {
            return Ok(Resolved::Form(FormRequest::Adopt {
                environment,
                version,
            }));
        }
        let why = why.to_owned();
        Ok(Wish::Adopt {
            environment,
            version,
            why,
        }
        .into())
    }

    /// The open release, where there is one alone; none where somebody must choose.
    fn only_open(&self, id: &EnvId) -> Result<Option<ReleaseId>, Suggestion> {
        match self.vocabulary.open_releases(&id.app).as_slice() {
            [only] => Ok(Some(only.id)),
            [_, _, ..] => Ok(None),
            [] => Err(self.none_open(&id.app)),
        }
    }

    /// Several are open, and which one is meant was not said.
    fn which_release(&self, id: &EnvId) -> Suggestion {
        let open = self.vocabulary.open_releases(&id.app);
        let line = |version| format!("deploy {} {} {version} --dry-run", id.app, id.env);
        Suggestion {
            message: "Several releases are open: say which version.".to_owned(),
            corrected: open.iter().take(5).map(|it| line(&it.version)).collect(),
        }
    }

    /// What an environment returns to.
    fn target(&self, id: &EnvId, wanted: Option<&str>) -> Result<&Verified, Suggestion> {
        let environment = self.vocabulary.environment(id);
        let verified = environment.map_or(&[][..], |it| &it.verified);
        let Some(wanted) = wanted else {
            let message = format!(
                "Nothing earlier was verified in {}: there is no version to return to.",
                id.env
            );
            let target = environment.and_then(|it| it.previous());
            return target.ok_or_else(|| Suggestion::plain(message));
        };
        let number = ReleaseId::parse(wanted);
        let fits =
            |it: &&Verified| it.manifest.version.as_str() == wanted || Some(it.release) == number;
        verified.iter().rfind(fits).ok_or_else(|| {
            let mut known: Vec<String> = Vec::new();
            for version in verified
                .iter()
                .rev()
                .map(|it| it.manifest.version.to_string())
            {
                if !known.contains(&version) {
                    known.push(version);
                }
            }
            let what = format!("version verified in {}", id.env);
            self.unknown_word(&what, wanted, &known)
        })
    }
}
