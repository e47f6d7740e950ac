//! One element of `deploy` or `rollback`, as it is written.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::super::at::{At, Texts, Whole};
use super::super::secret::Written;

/// One element of `deploy` or `rollback`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    default,
    expecting = "a table such as { pull = \"web\" }"
)]
pub(in crate::config) struct StepSection {
    /// Fetch the image of this service.
    pub(super) pull: Option<At<String>>,
    /// Bring the project to the pinned images and wait until it is healthy: true.
    pub(super) up: Option<At<bool>>,
    /// Bring one plain container, which no compose file describes, to this image by its name under `images`.
    pub(super) container: Option<At<String>>,
    /// Run this command in a container of its own.
    pub(super) run: Option<At<Texts>>,
    /// Run this command inside a running container; it must be safe to repeat.
    pub(super) exec: Option<At<Texts>>,
    /// Give the pinned image of this service one more tag in its registry, `as`.
    pub(super) tag: Option<At<String>>,
    /// Push this image, which the engine has, to its registry.
    pub(super) push: Option<At<String>>,
    /// Run this program on the host.
    pub(super) host: Option<At<Texts>>,
    /// Give these variables of the env file `file` these values; every other line stays.
    pub(super) set_env: Option<At<BTreeMap<At<String>, At<Written>>>>,
    /// Have git fetch, checkout, tag or push in a working copy on the host.
    pub(super) git: Option<At<String>>,
    /// Call this address, or this path behind the environment's `url`.
    pub(super) http: Option<At<String>>,
    /// Let so much time pass.
    pub(super) wait: Option<At<String>>,
    /// Have somebody of this role do what `title` says, and say so.
    pub(super) ask: Option<At<String>>,
    /// The service `run` and `exec` happen in.
    pub(super) r#in: Option<At<String>>,
    /// The image `run` happens in, by its name under `images`, with nothing of any service.
    pub(super) image: Option<At<String>>,
    /// The network of the engine that `run` joins with `image`. Default: none at all.
    pub(super) network: Option<At<String>>,
    /// What the engine calls the container of `container`. Default: application, environment and image, with - between.
    pub(super) name: Option<At<String>>,
    /// What the container of `container` runs. Default: the image's own command.
    pub(super) command: Option<At<Texts>>,
    /// Its ports, such as "8080:80" or "127.0.0.1:8080:80". Default: none.
    pub(super) ports: Option<At<Vec<At<String>>>>,
    /// What it sees of the disk, such as `data:/data` or `/srv/pages:/pages:ro`. Default: nothing.
    pub(super) volumes: Option<At<Vec<At<String>>>>,
    /// The networks of the engine it is in. Default: the engine's own.
    pub(super) networks: Option<At<Vec<At<String>>>>,
    /// What the engine does when it ends by itself: no, on-failure, always or unless-stopped. Default: unless-stopped.
    pub(super) restart: Option<At<String>>,
    /// How long the container that is replaced may take to end before it is killed. Default: 10s.
    pub(super) stop_within: Option<At<String>>,
    /// The tag that `tag` gives.
    pub(super) r#as: Option<At<String>>,
    /// Where `host` and `git` work. Default: the folder of the compose file.
    pub(super) dir: Option<At<String>>,
    /// The file of `set_env`; it is made if there is none.
    pub(super) file: Option<At<String>>,
    /// The branch, tag or commit that git checks out, makes or pushes.
    pub(super) r#ref: Option<At<String>>,
    /// What a tag says. Default: "Release {version}".
    pub(super) message: Option<At<String>>,
    /// The remote git fetches from and pushes to. Default: origin.
    pub(super) remote: Option<At<String>>,
    /// Whether it is never repeated without a person. Default: false.
    pub(super) once: Option<At<bool>>,
    /// How long `up` and `container` must stay healthy without a restart. Default: 10s.
    pub(super) stable_for: Option<At<String>>,
    /// How soon `up` and `container` must be healthy. Default: 2m.
    pub(super) healthy_within: Option<At<String>>,
    /// How `http` calls: GET, HEAD, POST, PUT, PATCH or DELETE. Default: GET.
    pub(super) method: Option<At<String>>,
    /// Headers `http` sends along; a secret is { env = "NAME" } or { file = "/path" }. Default: none.
    pub(super) send: Option<At<BTreeMap<At<String>, At<Written>>>>,
    /// What `http` sends along. Default: nothing.
    pub(super) body: Option<At<String>>,
    /// The status `http` must be answered with. Default: any from 200 to 299.
    pub(super) status: Option<At<Whole<200>>>,
    /// JSON pointers and the values that must be in the answer. Default: none.
    pub(super) json: Option<At<BTreeMap<At<String>, At<String>>>>,
    /// Words the answer must hold. Default: none.
    pub(super) contains: Option<At<String>>,
    /// How often `http` is asked again until the answer fits. Default: it is asked once.
    pub(super) poll: Option<At<String>>,
    /// What people read. Default: the step in words.
    pub(super) title: Option<At<String>>,
    /// How long the step may take. Default: 10m, and 24h for `ask`.
    pub(super) timeout: Option<At<String>>,
    /// How often it is tried again before it has failed. Default: 0.
    pub(super) retry: Option<At<Whole<2>>>,
    /// When it is done: deploy, rollback or both. Default: both.
    pub(super) when: Option<At<String>>,
    /// What follows if it fails: continue, stop or rollback. Default: as the environment says.
    pub(super) on_failure: Option<At<String>>,
    /// Whether the next step follows even if it fails, the same as `on_failure` = "continue". Default: false.
    pub(super) optional: Option<At<bool>>,
    /// That older versions cannot run once `run`, `exec`, `host` or `ask` was done, as after a migration that drops a column: how to get back all the same, which is told to whoever wants to. It is done on the way forward only. Default: older versions can run.
    pub(super) irreversible: Option<At<String>>,
    /// A pattern (a regular expression) of what an irreversible step writes if it had nothing to do, such as "Already at the latest version". Default: it always did something.
    pub(super) unless: Option<At<String>>,
    /// Variables for this step only; a secret is { env = "NAME" } or { file = "/path" }. Default: none.
    pub(super) vars: Option<At<BTreeMap<At<String>, At<Written>>>>,
}
