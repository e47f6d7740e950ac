//! `[github]` and `[gitlab]`: how the places commits live in are asked, and the
//! repository of an application there.

use std::ops::Range;

use schemars::JsonSchema;
use serde::Deserialize;
use shipbell_adapters::forge::Address;
use shipbell_domain::origin::Origin;

use super::at::At;
use super::desk::Desk;
use super::links;
use super::secret::{self, Value, Written};

/// GitHub's own API.
const GITHUB: &str = "https://api.github.com";
/// GitLab in the cloud.
const GITLAB: &str = "https://gitlab.com";

/// The longest name of a branch.
const LONGEST: usize = 200;

/// `[github]`
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, expecting = "a table with token")]
pub(super) struct GitHubSection {
    /// A token that may read contents, checks and commit statuses: { env = "NAME" } or { file = "/path" }. Required.
    token: Option<At<Written>>,
    /// Where the API begins; of an Enterprise Server it is `https://host/api/v3`. Default: GitHub's own.
    api_url: Option<At<String>>,
}

/// `[gitlab]`
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, expecting = "a table with token")]
pub(super) struct GitLabSection {
    /// A token with the scope `read_api`: { env = "NAME" } or { file = "/path" }. Required.
    token: Option<At<Written>>,
    /// Where people open it. Default: `https://gitlab.com`.
    url: Option<At<String>>,
}

/// A repository and how it is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    /// Which.
    pub address: Address,
    /// How its forge is asked; `git` needs nothing of it.
    pub account: Option<Account>,
}

/// How a forge is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Where its API begins, without a slash at its end.
    pub api: String,
    /// What shows who asks.
    pub token: Value,
}

/// The forges, as they are written.
pub(super) struct Forges {
    github: Forge,
    gitlab: Forge,
}

struct Forge {
    section: &'static str,
    written: bool,
    account: Option<Account>,
}

pub(super) fn lower(
    github: Option<&At<GitHubSection>>,
    gitlab: Option<&At<GitLabSection>>,
    desk: &mut Desk,
) -> Forges {
    let hub = github.and_then(|it| {
        let api = (it.api_url.as_ref())
            .map_or_else(|| Some(GITHUB.to_owned()), |it| links::base(it, desk));
        account("github", it.span(), (api, it.token.as_ref()), desk)
    });
    let lab = gitlab.and_then(|it| {
        let url =
            (it.url.as_ref()).map_or_else(|| Some(GITLAB.to_owned()), |it| links::base(it, desk));
        let api = url.map(|it| format!("{it}/api/v4"));
        account("gitlab", it.span(), (api, it.token.as_ref()), desk)
    });
    let forge = |section, written: bool, account, desk: &Desk| Forge {
        section,
        written: written || desk.gone.touches(&[section]),
        account,
    };
    Forges {
        github: forge("github", github.is_some(), hub, desk),
        gitlab: forge("gitlab", gitlab.is_some(), lab, desk),
    }
}

fn account(
    section: &str,
    span: Range<usize>,
    (api, token): (Option<String>, Option<&At<Written>>),
    desk: &mut Desk,
) -> Option<Account> {
    if token.is_none() && !desk.gone.contains(&[section, "token"]) {
        desk.note(span, "`token` is missing")
            .label("here")
            .help("write token = { env = \"NAME\" }");
    }
    let token = token.and_then(|it| secret::lower("token", it, desk));
    Some(Account {
        api: api?,
        token: token?,
    })
}

/// What is asked of the repository of an application.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    /// A checklist item that its checks settle.
    pub(super) checks: Option<&'a At<String>>,
    /// An environment that takes no new commits.
    pub(super) end: Option<&'a At<bool>>,
}

/// An application's repository as the policy names it, and how it is asked.
pub(super) fn origin(
    (repo, branch): (Option<&At<String>>, Option<&At<String>>),
    wanted: Wanted<'_>,
    forges: &Forges,
    desk: &mut Desk,
) -> Option<(Origin, Repository)> {
    let named = branch.and_then(|it| named(it, desk));
    let Some(repo) = repo else {
        if let Some(branch) = branch {
            desk.note(branch.span(), "this is a branch of nothing")
                .help("add repo = \"github:organisation/name\", or leave it out");
        }
        if let Some(auto) = wanted.checks {
            desk.note(auto.span(), "nothing says where the checks run")
                .help("add repo = \"github:organisation/name\" to the application");
        }
        if let Some(end) = wanted.end {
            desk.note(end.span(), "nothing says where the commits are")
                .help("add repo = \"github:organisation/name\" and branch = \"main\" to the application");
        }
        return None;
    };
    let address = match Address::parse(repo) {
        Ok(address) => address,
        Err(error) => {
            desk.note(repo.span(), error.to_string()).help(
                "for example \"github:acme/shop\", or \"ssh://git@git.example.com/shop.git\"",
            );
            return None;
        }
    };
    fits(repo, &address, wanted, desk);
    if wanted.end.is_some() && branch.is_none() {
        let span = wanted.end.map_or_else(|| repo.span(), At::span);
        desk.note(span, "nothing says which branch takes no new commits")
            .help("add branch = \"main\" to the application");
    }
    let forge = match &address {
        Address::GitHub { .. } => Some(&forges.github),
        Address::GitLab { .. } => Some(&forges.gitlab),
        Address::Git { .. } => None,
    };
    if let Some(forge) = forge.filter(|it| !it.written) {
        let message = format!("`{}` is asked with a token, and there is none", **repo);
        desk.note(repo.span(), message).help(format!(
            "add a section [{}] with token = {{ env = \"NAME\" }}",
            forge.section
        ));
    }
    let account = forge.and_then(|it| it.account.clone());
    let origin = Origin {
        repo: address.to_string(),
        branch: named,
    };
    Some((origin, Repository { address, account }))
}

/// Notes what a repository cannot do, or that nobody wants anything of it.
fn fits(repo: &At<String>, address: &Address, wanted: Wanted<'_>, desk: &mut Desk) {
    match wanted.checks {
        Some(auto) if !address.has_checks() => {
            desk.note(auto.span(), format!("`{address}` knows of no checks"))
                .label("`git` alone tells none")
                .help("name it as github:organisation/name or gitlab:group/name, or ask a role");
        }
        None if wanted.end.is_none() => {
            desk.note(repo.span(), "nothing is asked of this repository").help(
                "add an item { auto = \"ci\", … } to the checklist or no_new_commits = true to an environment, or leave it out",
            );
        }
        Some(_) | None => {}
    }
}

/// A branch as `git` lets it be named.
fn named(written: &At<String>, desk: &mut Desk) -> Option<String> {
    let strange = |c: char| c.is_whitespace() || c.is_control() || "~^:?*[\\".contains(c);
    let part =
        |it: &str| !it.is_empty() && !it.starts_with('.') && it.strip_suffix(".lock").is_none();
    let good = written.len() <= LONGEST
        && !written.starts_with('-')
        && !written.contains(strange)
        && !written.contains("..")
        && !written.contains("@{")
        && !written.ends_with('.')
        && written.split('/').all(part);
    if good {
        return Some((**written).clone());
    }
    let shown: String = written.chars().take(60).collect();
    desk.note(written.span(), format!("`{shown}` is no name of a branch"))
        .help("for example \"main\"");
    None
}
