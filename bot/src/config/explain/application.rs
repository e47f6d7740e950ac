//! One application in words: its images, its checklist, its environments in order.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use chrono::{DateTime, Utc};
use shipbell_domain::calendar::{Freeze, Hours, Span};
use shipbell_domain::checks::{Check, CheckKind, HttpCheck};
use shipbell_domain::ids::EnvId;
use shipbell_domain::policy::{EnvPolicy, OnFailure, Pinned, Settler, VersionScheme, WatchSegment};
use shipbell_domain::quorum::Quorum;
use shipbell_domain::steps::{Container, Http, Mount, Step, StepKind, Then, When};

use super::super::desk::comma;
use super::super::{Config, images};
use super::table::table;

pub(super) fn write(
    out: &mut String,
    config: &Config,
    pinned: &Pinned,
    now: DateTime<Utc>,
) -> fmt::Result {
    let policy = &pinned.policy;
    let title = config.settings.title_of(&policy.app);
    let versions = match policy.scheme {
        VersionScheme::Any => "any version".to_owned(),
        scheme @ (VersionScheme::Calver | VersionScheme::Semver | VersionScheme::GitSha) => {
            format!("versions like {}", scheme.example())
        }
    };
    writeln!(
        out,
        "\n{title} ({}), {versions}, policy {}",
        policy.app,
        pinned.hash.short()
    )?;
    let mut rows = Vec::new();
    let pins = policy
        .images
        .iter()
        .map(|(name, it)| format!("{name}: {}", images::in_words(it, policy.builds.get(name))));
    rows.push(("images".to_owned(), lines(pins)));
    if !policy.allow_images.is_empty() {
        let from = comma(&policy.allow_images.0);
        rows.push(("images from".to_owned(), from));
    }
    if let Some(origin) = &policy.origin {
        let branch = origin.branch.iter().map(|it| format!(", branch {it}"));
        let branch: String = branch.collect();
        rows.push(("commits".to_owned(), format!("{}{branch}", origin.repo)));
    }
    let items = policy.checklist.iter().map(|it| match &it.by {
        Settler::Role(role) => format!("{role}: {}", it.title),
        Settler::Checks(checks) => format!("{} green: {}", comma(checks), it.title),
    });
    rows.push(("checklist".to_owned(), lines(items)));
    table(
        out,
        2,
        rows.into_iter().filter(|(_, words)| !words.is_empty()),
    )?;
    for env in &policy.environments {
        let id = EnvId {
            app: policy.app.clone(),
            env: env.name.clone(),
        };
        match &env.needs {
            Some(needs) => writeln!(out, "\n  {} (after {needs})", env.name)?,
            None => writeln!(out, "\n  {}", env.name)?,
        }
        let rows = environment(config, env, &id, now);
        let rows = rows.into_iter().filter(|(_, words)| !words.is_empty());
        table(out, 4, rows.map(|(name, words)| (name.to_owned(), words)))?;
    }
    Ok(())
}

fn environment(
    config: &Config,
    env: &EnvPolicy,
    id: &EnvId,
    now: DateTime<Utc>,
) -> Vec<(&'static str, String)> {
    let rollback = if env.rollback.is_empty() {
        "as a deploy".to_owned()
    } else {
        lines(env.rollback.iter().map(step))
    };
    vec![
        ("runs", place(config, env, id)),
        ("consent", quorum(&env.signoff)),
        ("acceptance", quorum(&env.accept)),
        ("commits", commits(env)),
        (
            "windows",
            windows(config, config.settings.hours.get(id), now),
        ),
        ("announced", announced(config, env, id)),
        ("deploy", lines(env.deploy.iter().map(step))),
        ("smoke", lines(env.smoke.iter().map(check))),
        ("watch", lines(env.watch.iter().map(watch))),
        ("rollback", rollback),
        ("asks before", lines(env.rollback_ask.iter().cloned())),
        ("if it fails", failure(env)),
    ]
}

fn place(config: &Config, env: &EnvPolicy, id: &EnvId) -> String {
    let Some(target) = config.targets.get(id) else {
        return String::new();
    };
    let runs = format!("{} on {}", target.project, target.docker);
    let hosts = target
        .hosts
        .iter()
        .map(|(name, engine)| format!("{} on {name}, {engine}", target.project));
    let batch = env.fleet.as_ref().map(|it| match it.batch {
        1 => "one host after the other, the next when it is well".to_owned(),
        several => format!("{several} hosts at a time, the next when they are well"),
    });
    let runs: Vec<String> = if target.hosts.is_empty() {
        vec![runs]
    } else {
        hosts.chain(batch).collect()
    };
    let files = comma(target.files.iter().map(|it| it.display()));
    let env_file = target
        .env_file
        .iter()
        .map(|it| format!("variables from {}", it.display()));
    let vars = (!target.vars.is_empty()).then(|| format!("with {}", comma(target.vars.keys())));
    lines(
        (runs.into_iter())
            .chain([files])
            .chain(env_file)
            .chain(vars),
    )
}

fn commits(env: &EnvPolicy) -> String {
    if env.no_new_commits {
        "nothing may have been added to the branch".to_owned()
    } else {
        String::new()
    }
}

fn quorum(quorum: &Quorum) -> String {
    if quorum.is_empty() {
        return "nobody is asked".to_owned();
    }
    comma(
        quorum
            .0
            .iter()
            .map(|(role, count)| format!("{count} {role}")),
    )
}

fn windows(config: &Config, hours: Option<&Hours>, now: DateTime<Utc>) -> String {
    const SHOWN: usize = 3;
    let Some(hours) = hours else {
        return "always open".to_owned();
    };
    let written = comma(&hours.windows);
    let open = hours
        .is_open(now)
        .map(|it| format!("open now, {}", dated(config, &it)));
    let next = hours.openings(now).take(SHOWN).map(|it| dated(config, &it));
    lines(std::iter::once(written).chain(open).chain(next))
}

fn dated(config: &Config, span: &Span) -> String {
    let words = config.settings.zone.day_and_hours(span);
    let holds = |it: &&Freeze| it.span().is_some_and(|freeze| freeze.overlaps(span));
    match config.settings.freezes.iter().find(holds) {
        Some(freeze) => format!("{words} (frozen: {})", freeze.reason),
        None => words,
    }
}

fn announced(config: &Config, env: &EnvPolicy, id: &EnvId) -> String {
    let must = if env.announced {
        ", and a deploy must have been announced"
    } else {
        ""
    };
    match config.settings.announce.get(id) {
        Some(length) => format!("{length} before a planned deploy{must}"),
        None => format!("at once when it is planned{must}"),
    }
}

fn step(step: &Step) -> String {
    let detail = match &step.kind {
        StepKind::Pull(_) | StepKind::Tag(_) | StepKind::Push(_) => String::new(),
        StepKind::Up(up) => {
            format!(
                ", healthy within {}, stable for {}",
                up.healthy_within, up.stable_for
            )
        }
        StepKind::Container(it) => container(it),
        StepKind::Run(run) => {
            let once = if run.once {
                ", never repeated without a person"
            } else {
                ""
            };
            let (argv, name) = (&run.argv, &run.service);
            match &run.alone {
                None => format!(", {argv:?} in a container of {name}{once}"),
                Some(alone) => {
                    let network = alone.network.as_deref().unwrap_or("no network");
                    format!(", {argv:?} in the image {name} alone, on {network}{once}")
                }
            }
        }
        StepKind::Exec(exec) => format!(", {:?} inside {}", exec.argv, exec.service),
        StepKind::Host(host) => {
            let once = if host.once {
                ", never repeated without a person"
            } else {
                ""
            };
            format!(", {:?}{}{once}", host.argv, within(host.directory.as_ref()))
        }
        StepKind::SetEnv(set) => format!(", in {}", set.file),
        StepKind::Git(git) => within(git.directory.as_ref()),
        StepKind::Http(http) => called(http),
        StepKind::Wait(_) => return step.title() + &rules(step),
        StepKind::Ask(ask) => format!(", {} is asked", ask.role),
    };
    let rules = rules(step);
    format!("{} (at most {}{detail}{rules})", step.title(), step.timeout)
}

fn container(it: &Container) -> String {
    let command = (!it.argv.is_empty()).then(|| format!(", {:?}", it.argv));
    let mount = |it: &Mount| {
        let how = if it.read_only { " (read only)" } else { "" };
        format!("{} at {}{how}", it.source, it.inside)
    };
    let some = |what: &str, names: String| (!names.is_empty()).then(|| format!(", {what} {names}"));
    let parts = [
        command,
        some("ports", comma(&it.ports)),
        some("volumes", comma(it.volumes.iter().map(mount))),
        some("on", comma(&it.networks)),
    ];
    let parts: String = parts.into_iter().flatten().collect();
    format!(
        ", the image {}{parts}, restart {}, healthy within {}, stable for {}",
        it.service,
        it.restart.word(),
        it.healthy_within,
        it.stable_for
    )
}

fn within(directory: Option<&String>) -> String {
    directory.map_or_else(String::new, |it| format!(", in {it}"))
}

/// What holds for a step whatever it does.
fn rules(step: &Step) -> String {
    let tries = (step.retries > 0).then(|| format!(", {} tries", step.retries + 1));
    let when = match step.when {
        When::Always => "",
        When::Deploy => ", only forward",
        When::Rollback => ", only back",
    };
    let then = match step.then {
        None => "",
        Some(Then::GoOn) => ", goes on if it fails",
        Some(Then::Stop) => ", stays as it is if it fails",
        Some(Then::RollBack) => ", goes back if it fails",
    };
    let vars = (!step.vars.is_empty()).then(|| format!(", with {}", comma(step.vars.keys())));
    let (tries, vars) = (tries.unwrap_or_default(), vars.unwrap_or_default());
    let ahead = step.irreversible.as_ref();
    let ahead = ahead.map_or("", |_| ", older versions cannot run after it");
    format!("{tries}{when}{then}{vars}{ahead}")
}

fn called(http: &Http) -> String {
    let answer = HttpCheck {
        url: String::new(),
        status: http.status,
        headers: BTreeMap::new(),
        json: http.json.clone(),
        contains: http.contains.clone(),
        cookie: None,
        within: None,
    };
    let poll = (http.poll).map_or_else(String::new, |it| format!(", asked every {it}"));
    let send = if http.send.is_empty() {
        String::new()
    } else {
        format!(", sends {}", comma(http.send.keys()))
    };
    let once = if http.once {
        ", never repeated without a person"
    } else {
        ""
    };
    format!(", answers {}{send}{poll}{once}", self::answer(&answer))
}

fn check(check: &Check) -> String {
    let tries = match check.tries {
        1 => String::new(),
        tries => format!(", {tries} tries, {} apart", check.every),
    };
    format!("{}{tries}", looks_at(check))
}

fn looks_at(check: &Check) -> String {
    let title = check
        .title
        .as_ref()
        .map(|it| format!("{it}: "))
        .unwrap_or_default();
    match &check.kind {
        CheckKind::Http(http) => format!("{title}{} answers {}", http.url, answer(http)),
        CheckKind::Ask(ask) => format!("{} is asked: {}", ask.role, ask.text),
        CheckKind::Logs(logs) => {
            let deny = logs
                .deny
                .as_ref()
                .map(|it| format!(", none matches `{it}`"));
            format!(
                "{title}last {} lines of {}{}",
                logs.tail,
                logs.service,
                deny.unwrap_or_default()
            )
        }
    }
}

fn answer(http: &HttpCheck) -> String {
    let status = http
        .status
        .map_or_else(|| "200 to 299".to_owned(), |it| it.to_string());
    let within = http.within.iter().map(|it| format!("within {it}"));
    let json = http
        .json
        .iter()
        .map(|(pointer, value)| format!("{pointer} is {value}"));
    let contains = http.contains.iter().map(|it| format!("holds \"{it}\""));
    let cookie = http.cookie.iter().map(|it| format!("sets {it}"));
    let headers = http
        .headers
        .iter()
        .map(|(name, value)| format!("{name} holds \"{value}\""));
    comma(
        [status]
            .into_iter()
            .chain(within)
            .chain(json)
            .chain(contains)
            .chain(cookie)
            .chain(headers),
    )
}

fn watch(segment: &WatchSegment) -> String {
    let asked = segment.ask.iter().map(|it| format!("{it} is asked"));
    let looks = segment.checks.iter().map(looks_at).chain(asked);
    format!(
        "for {} every {}: {}",
        segment.length,
        segment.every,
        comma(looks)
    )
}

fn failure(env: &EnvPolicy) -> String {
    let then = match env.on_failure {
        OnFailure::Stop => "it stays as it is",
        OnFailure::Rollback => "back to the last verified version at once",
    };
    match env.incident {
        Some(severity) => format!("{then}, and an incident {severity:?} is opened"),
        None => then.to_owned(),
    }
}

fn lines(lines: impl IntoIterator<Item = String>) -> String {
    lines.into_iter().collect::<Vec<String>>().join("\n")
}
