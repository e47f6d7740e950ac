//! What the words of a command can refer to: everything that stands, read together.

#[cfg(test)]
pub(crate) mod sample;

use std::collections::BTreeMap;
use std::sync::Arc;

use shipbell_domain::World;
use shipbell_domain::agenda::Agenda;
use shipbell_domain::application::Application;
use shipbell_domain::ask::Ask;
use shipbell_domain::command::Wish;
use shipbell_domain::environment::Environment;
use shipbell_domain::ids::{AppId, EnvId, EnvName, IncidentId, Person, ReleaseId};
use shipbell_domain::incident::Incident;
use shipbell_domain::policy::{Action, EnvPolicy, Pinned, Policy};
use shipbell_domain::release::Release;
use shipbell_domain::settings::Settings;

/// Everything that stands, across all applications.
#[derive(Clone, Debug)]
pub struct Vocabulary {
    /// People, titles and time.
    pub settings: Arc<Settings>,
    /// The policies in force.
    pub apps: Vec<Pinned>,
    /// The environments anything ever happened to.
    pub environments: Vec<Arc<Environment>>,
    /// Releases by number: all that are open, and as many closed ones as should be found.
    pub releases: Vec<Arc<Release>>,
    /// Incidents by number: all that are open, and as many closed ones as should be found.
    pub incidents: Vec<Arc<Incident>>,
    /// One-off windows and freezes.
    pub agenda: Arc<Agenda>,
    /// Accounts of the platform that is spoken on, as they appear in mentions.
    pub accounts: BTreeMap<String, Person>,
}

impl Vocabulary {
    /// The policy of an application.
    pub fn policy(&self, app: &AppId) -> Option<&Policy> {
        self.apps
            .iter()
            .map(|it| &it.policy)
            .find(|it| it.app == *app)
    }

    /// The policy of an environment.
    pub fn env_policy(&self, id: &EnvId) -> Option<&EnvPolicy> {
        self.policy(&id.app)?.environment(&id.env)
    }

    /// Every environment there is, in the order a release passes them.
    pub fn places(&self) -> impl Iterator<Item = EnvId> {
        self.apps.iter().flat_map(|it| {
            let id = |env: &EnvPolicy| EnvId {
                app: it.policy.app.clone(),
                env: env.name.clone(),
            };
            it.policy.environments.iter().map(id)
        })
    }

    /// An environment, if anything ever happened to it.
    pub fn environment(&self, id: &EnvId) -> Option<&Environment> {
        let mut all = self.environments.iter().map(AsRef::as_ref);
        all.find(|it: &&Environment| it.id == *id)
    }

    /// A release by its number.
    pub fn release(&self, id: ReleaseId) -> Option<&Release> {
        let mut all = self.releases.iter().map(AsRef::as_ref);
        all.find(|it: &&Release| it.id == id)
    }

    /// The open releases, oldest first.
    pub fn all_open(&self) -> impl DoubleEndedIterator<Item = &Release> {
        let all = self.releases.iter().map(AsRef::as_ref);
        all.filter(|it: &&Release| it.is_open())
    }

    /// The open releases of an application, newest first.
    pub fn open_releases<'a>(&'a self, app: &AppId) -> Vec<&'a Release> {
        let open = self.all_open().rev();
        open.filter(|it| it.app == *app).collect()
    }

    /// An incident by its number.
    pub fn incident(&self, id: IncidentId) -> Option<&Incident> {
        let mut all = self.incidents.iter().map(AsRef::as_ref);
        all.find(|it: &&Incident| it.id == id)
    }

    /// The open incidents, oldest first.
    pub fn open_incidents(&self) -> impl Iterator<Item = &Incident> {
        self.incidents
            .iter()
            .map(AsRef::as_ref)
            .filter(|it: &&Incident| it.is_open())
    }

    /// The first environment on the way of a release that it has not been verified in.
    pub fn next_environment(&self, release: &Release) -> Option<EnvName> {
        let policy = self.policy(&release.app)?;
        policy
            .environments
            .iter()
            .map(|it| &it.name)
            .find(|it| !release.is_verified(it))
            .cloned()
    }

    /// The open asks that wait for an answer this person may give.
    pub fn asks_to<'a>(&'a self, person: &'a Person) -> impl Iterator<Item = &'a Ask> {
        self.all_open().flat_map(move |release| {
            let to_them = move |it: &&Ask| {
                let counts = release
                    .ask(&it.id.env, it.id.phase)
                    .is_some_and(|ask| ask == *it);
                counts
                    && !it
                        .roles_asked(person, &release.requester, &self.settings)
                        .is_empty()
            };
            release.asks.values().filter(to_them)
        })
    }

    /// Whether a person may do something in an application.
    pub fn may(&self, person: &Person, action: Action, app: &AppId) -> bool {
        let roles = self.settings.roles_of(person);
        let allowed = match self.policy(app) {
            Some(policy) => policy.allowed(action),
            None => self.settings.allowed(action),
        };
        match allowed {
            Some(allowed) => allowed.iter().any(|role| roles.contains(role)),
            None => !roles.is_empty(),
        }
    }

    /// What a decision about one application would see.
    pub fn world(&self, app: &AppId) -> World {
        let mut world = World::empty(Arc::clone(&self.settings));
        let pinned = self.apps.iter().find(|it| it.policy.app == *app).cloned();
        world.application = Some(Arc::new(Application { pinned }));
        world.app = Some(app.clone());
        let environments = self.environments.iter().filter(|it| it.id.app == *app);
        world.environments = environments
            .map(|it| (it.id.env.clone(), Arc::clone(it)))
            .collect();
        let releases = self.releases.iter().filter(|it| it.app == *app);
        world.releases = releases.map(|it| (it.id, Arc::clone(it))).collect();
        world.incidents = self
            .incidents
            .iter()
            .map(|it| (it.id, Arc::clone(it)))
            .collect();
        world.agenda = Arc::clone(&self.agenda);
        world
    }

    /// What a decision about a wish would see, for words about what came of it.
    pub fn world_about(&self, wish: &Wish) -> World {
        let app = match wish {
            Wish::New(new) => Some(&new.app),
            Wish::Plan { release, .. }
            | Wish::Deploy { release, .. }
            | Wish::DryRun { release, .. }
            | Wish::Check { release, .. }
            | Wish::Note { release, .. }
            | Wish::Cancel { release, .. } => self.app_of(*release),
            Wish::Vote { ask, .. } | Wish::Withdraw { ask, .. } => self.app_of(ask.release),
            Wish::Rollback { environment, .. }
            | Wish::Stop { environment, .. }
            | Wish::Decide { environment, .. }
            | Wish::Answer { environment, .. }
            | Wish::Extend { environment, .. }
            | Wish::EndWatch { environment }
            | Wish::AddWindow { environment, .. }
            | Wish::Adopt { environment, .. }
            | Wish::Unlock { environment, .. } => Some(&environment.app),
            Wish::Freeze { app, .. } | Wish::OpenIncident { app, .. } => app.as_ref(),
            Wish::CancelWindow { .. } | Wish::Unfreeze { .. } => None,
            Wish::Acknowledge { incident }
            | Wish::Escalate { incident }
            | Wish::Update { incident, .. }
            | Wish::Resolve { incident, .. } => {
                let place = self
                    .incident(*incident)
                    .and_then(|it| it.environment.as_ref());
                place.map(|it| &it.app)
            }
        };
        app.map_or_else(
            || World::empty(Arc::clone(&self.settings)),
            |app| self.world(app),
        )
    }

    fn app_of(&self, release: ReleaseId) -> Option<&AppId> {
        self.release(release).map(|it| &it.app)
    }
}
