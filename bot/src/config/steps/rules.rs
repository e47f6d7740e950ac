//! Which key goes with which verb: a step does exactly one thing.

use std::ops::Range;

use super::super::at::At;
use super::super::desk::{Desk, comma};
use super::section::StepSection;

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    Pull,
    Up,
    Container,
    Run,
    Exec,
    Tag,
    Push,
    Host,
    SetEnv,
    Git,
    Http,
    Wait,
    Ask,
}

impl Verb {
    /// The word in the file.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Pull => "pull",
            Self::Up => "up",
            Self::Container => "container",
            Self::Run => "run",
            Self::Exec => "exec",
            Self::Tag => "tag",
            Self::Push => "push",
            Self::Host => "host",
            Self::SetEnv => "set_env",
            Self::Git => "git",
            Self::Http => "http",
            Self::Wait => "wait",
            Self::Ask => "ask",
        }
    }
}

/// The one verb of a step.
pub(super) fn verb(section: &At<StepSection>, desk: &mut Desk) -> Option<Verb> {
    let all = [
        (Verb::Pull, section.pull.is_some()),
        (Verb::Up, section.up.is_some()),
        (Verb::Container, section.container.is_some()),
        (Verb::Run, section.run.is_some()),
        (Verb::Exec, section.exec.is_some()),
        (Verb::Tag, section.tag.is_some()),
        (Verb::Push, section.push.is_some()),
        (Verb::Host, section.host.is_some()),
        (Verb::SetEnv, section.set_env.is_some()),
        (Verb::Git, section.git.is_some()),
        (Verb::Http, section.http.is_some()),
        (Verb::Wait, section.wait.is_some()),
        (Verb::Ask, section.ask.is_some()),
    ];
    let mut written = all.iter().filter(|(_, is)| *is).map(|(verb, _)| *verb);
    let (first, count) = (written.next(), all.iter().filter(|(_, is)| *is).count());
    if count == 1 {
        let verb = first?;
        misplaced(section, verb, desk);
        return Some(verb);
    }
    let help = if count == 0 {
        format!("write one of {}", comma(all.map(|(verb, _)| verb.word())))
    } else {
        "split it, one { … } per action".to_owned()
    };
    let noted = desk.note(section.span(), "a step does exactly one thing");
    noted
        .label(format!("this one has {count} verbs"))
        .help(help);
    None
}

/// Notes keys that mean nothing to the verb they stand beside.
fn misplaced(section: &StepSection, verb: Verb, desk: &mut Desk) {
    for (key, span, verbs) in keys(section) {
        if let (Some(span), false) = (span, verbs.contains(&verb)) {
            let verbs: Vec<&str> = verbs.iter().map(|it| it.word()).collect();
            desk.note(span, format!("`{key}` belongs to {}", verbs.join(", ")))
                .help("leave it out here");
        }
    }
}

type Key = (&'static str, Option<Range<usize>>, &'static [Verb]);

fn keys(it: &StepSection) -> [Key; 30] {
    const HTTP: &[Verb] = &[Verb::Http];
    const GIT: &[Verb] = &[Verb::Git];
    const ONCE: &[Verb] = &[Verb::Run, Verb::Host, Verb::Http];
    const WITH_VARS: &[Verb] = &[Verb::Up, Verb::Container, Verb::Run, Verb::Exec, Verb::Host];
    const WRITES: &[Verb] = &[Verb::Run, Verb::Exec, Verb::Host];
    const ONE_WAY: &[Verb] = &[Verb::Run, Verb::Exec, Verb::Host, Verb::Ask];
    const PLAIN: &[Verb] = &[Verb::Container];
    const WELL: &[Verb] = &[Verb::Up, Verb::Container];
    const TRIED: &[Verb] = &[
        Verb::Pull,
        Verb::Up,
        Verb::Container,
        Verb::Run,
        Verb::Exec,
        Verb::Tag,
        Verb::Push,
        Verb::Host,
        Verb::SetEnv,
        Verb::Git,
        Verb::Http,
    ];
    [
        ("in", span(it.r#in.as_ref()), &[Verb::Run, Verb::Exec]),
        ("image", span(it.image.as_ref()), &[Verb::Run]),
        ("network", span(it.network.as_ref()), &[Verb::Run]),
        ("once", span(it.once.as_ref()), ONCE),
        ("as", span(it.r#as.as_ref()), &[Verb::Tag]),
        ("dir", span(it.dir.as_ref()), &[Verb::Host, Verb::Git]),
        ("file", span(it.file.as_ref()), &[Verb::SetEnv]),
        ("ref", span(it.r#ref.as_ref()), GIT),
        ("message", span(it.message.as_ref()), GIT),
        ("remote", span(it.remote.as_ref()), GIT),
        ("name", span(it.name.as_ref()), PLAIN),
        ("command", span(it.command.as_ref()), PLAIN),
        ("ports", span(it.ports.as_ref()), PLAIN),
        ("volumes", span(it.volumes.as_ref()), PLAIN),
        ("networks", span(it.networks.as_ref()), PLAIN),
        ("restart", span(it.restart.as_ref()), PLAIN),
        ("stop_within", span(it.stop_within.as_ref()), PLAIN),
        ("stable_for", span(it.stable_for.as_ref()), WELL),
        ("healthy_within", span(it.healthy_within.as_ref()), WELL),
        ("method", span(it.method.as_ref()), HTTP),
        ("send", span(it.send.as_ref()), HTTP),
        ("body", span(it.body.as_ref()), HTTP),
        ("status", span(it.status.as_ref()), HTTP),
        ("json", span(it.json.as_ref()), HTTP),
        ("contains", span(it.contains.as_ref()), HTTP),
        ("poll", span(it.poll.as_ref()), HTTP),
        ("retry", span(it.retry.as_ref()), TRIED),
        ("vars", span(it.vars.as_ref()), WITH_VARS),
        ("irreversible", span(it.irreversible.as_ref()), ONE_WAY),
        ("unless", span(it.unless.as_ref()), WRITES),
    ]
}

fn span<T>(written: Option<&At<T>>) -> Option<Range<usize>> {
    written.map(At::span)
}
