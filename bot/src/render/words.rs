//! Small words that all cards share: names, times, numbers and how long things may be.

use chrono::{DateTime, Utc};
use shipbell_adapters::chat::card::{Block, Button, ButtonStyle, Card, Pill, Span, Text, Tone};
use shipbell_domain::calendar;
use shipbell_domain::ids::{AppId, EnvId, EnvName, Person, ReleaseId, Role};
use shipbell_domain::policy::{Action, Policy, Severity};
use shipbell_domain::settings::Settings;

use super::{Dialect, View};
use crate::chatops::buttons::Press;

/// The longest sentence in a summary.
const SUMMARY: usize = 400;

/// The longest thing somebody typed that is repeated in full.
pub(super) const TYPED: usize = 300;

/// How many people are named before the rest is counted.
const PEOPLE: usize = 5;

/// Everything words need besides what they are about.
#[derive(Clone, Copy)]
pub(super) struct Voice<'a> {
    pub(super) settings: &'a Settings,
    pub(super) policy: Option<&'a Policy>,
    pub(super) now: DateTime<Utc>,
    pub(super) dialect: &'a Dialect,
}

impl<'a> Voice<'a> {
    pub(super) fn of(view: &View<'a>) -> Self {
        let pinned = view
            .world
            .application
            .as_ref()
            .and_then(|it| it.pinned.as_ref());
        Self {
            settings: &view.world.settings,
            policy: pinned.map(|it| &it.policy),
            now: view.now,
            dialect: view.dialect,
        }
    }

    /// `Rapid Audit Manage`
    pub(super) fn title(&self, app: &AppId) -> String {
        bound(&self.settings.title_of(app), 60)
    }

    /// `Ana Ruiz`
    pub(super) fn name(&self, person: &Person) -> String {
        bound(&self.settings.name_of(person), 60)
    }

    /// `Ana Ruiz, Bo Lindqvist and 2 more`
    pub(super) fn names<'p>(&self, people: impl IntoIterator<Item = &'p Person>) -> String {
        let names: Vec<String> = people.into_iter().map(|it| self.name(it)).collect();
        listed(&names, PEOPLE)
    }

    /// Calls people, and only as many as can act at once.
    pub(super) fn mentions(&self, people: &[Person]) -> Vec<Span> {
        const MOST: usize = 10;
        let mut spans = Vec::new();
        for person in people.iter().take(MOST) {
            spans.push((self.dialect.mention)(person));
            spans.push(said(" "));
        }
        spans.pop();
        spans
    }

    /// `Chloé Martin can`, or that somebody must be found.
    pub(super) fn who_can(&self, role: &Role, but: impl Fn(&Person) -> bool) -> String {
        let holders: Vec<Person> = self.settings.holders(role);
        let able: Vec<&Person> = holders.iter().filter(|it| !but(it)).collect();
        match (able.is_empty(), holders.is_empty()) {
            (false, _) => format!("{} can", self.names(able)),
            (true, true) => format!("nobody can, for nobody holds the role {role}"),
            (true, false) => {
                format!(
                    "nobody can, for only {} holds the role {role}",
                    self.names(&holders)
                )
            }
        }
    }

    /// Who may do something: people by name, or everybody with a role.
    pub(super) fn who_may(&self, action: Action) -> String {
        let allowed = match self.policy {
            Some(policy) => policy.allowed(action),
            None => self.settings.allowed(action),
        };
        let Some(roles) = allowed else {
            return "Everybody with a role can".to_owned();
        };
        let mut people: Vec<Person> = roles
            .iter()
            .flat_map(|role| self.settings.holders(role))
            .collect();
        people.sort();
        people.dedup();
        let roles: Vec<String> = roles.iter().map(ToString::to_string).collect();
        match (people.is_empty(), roles.is_empty()) {
            (_, true) => format!("Nobody may {}", action.word()),
            (true, false) => format!("Only {} can, and nobody holds that role", listed(&roles, 5)),
            (false, false) => format!("{} can", self.names(&people)),
        }
    }

    /// `14:00`, with the day unless it is today.
    pub(super) fn time(&self, at: DateTime<Utc>) -> String {
        let zone = &self.settings.zone;
        if zone.local(at).date() == zone.local(self.now).date() {
            zone.hh_mm(at)
        } else {
            zone.day_and_time(at)
        }
    }

    /// `14:00 to 16:00`, with the day unless it is today.
    pub(super) fn hours(&self, span: &calendar::Span) -> String {
        let zone = &self.settings.zone;
        if zone.local(span.from()).date() == zone.local(self.now).date() {
            zone.hours(span)
        } else {
            zone.day_and_hours(span)
        }
    }

    /// `Friday 20 November, 14:00 to 16:00 (Paris)`
    pub(super) fn whole(&self, span: &calendar::Span) -> String {
        format!(
            "{} ({})",
            self.settings.zone.day_and_hours(span),
            self.zone()
        )
    }

    /// `Friday 20 November, 14:00 (Paris)`
    pub(super) fn whole_time(&self, at: DateTime<Utc>) -> String {
        format!("{} ({})", self.settings.zone.day_and_time(at), self.zone())
    }

    pub(super) fn zone(&self) -> String {
        self.settings.zone.label()
    }

    /// A command as it is typed here.
    pub(super) fn command(&self, line: &str) -> Span {
        Span::Code(self.command_words(line))
    }

    pub(super) fn command_words(&self, line: &str) -> String {
        bound(&format!("{} {line}", self.dialect.command), TYPED)
    }
}

/// A card that is told in one sentence.
pub(super) fn card(summary: impl AsRef<str>) -> Card {
    Card {
        summary: bound(summary.as_ref(), SUMMARY),
        ..Card::default()
    }
}

/// A card that is one sentence.
pub(super) fn sentence(words: impl AsRef<str>) -> Card {
    let mut card = card(words);
    card.blocks
        .push(Block::Text(Text::plain(card.summary.clone())));
    card
}

pub(super) fn pill(tone: Tone, words: impl Into<String>) -> Pill {
    Pill {
        tone,
        words: words.into(),
    }
}

pub(super) fn said(words: impl Into<String>) -> Span {
    Span::Plain(words.into())
}

pub(super) fn strong(words: impl Into<String>) -> Text {
    Text(vec![Span::Strong(words.into())])
}

pub(super) fn button(label: impl Into<String>, press: &Press, style: ButtonStyle) -> Button {
    Button {
        label: bound(&label.into(), 75),
        action: press.encode(),
        style,
    }
}

/// `Production`
pub(super) fn capital(words: &str) -> String {
    let mut chars = words.chars();
    let first = chars
        .next()
        .map(|it| it.to_uppercase().to_string())
        .unwrap_or_default();
    format!("{first}{}", chars.as_str())
}

/// `product owner`
pub(super) fn role_words(role: &Role) -> String {
    role.as_str().replace(['-', '_'], " ")
}

/// `rapid-audit production`, as it is typed.
pub(super) fn typed(app: &AppId, env: &EnvName) -> String {
    format!("{app} {env}")
}

/// `rapid-audit production`, as it is typed.
pub(super) fn typed_id(id: &EnvId) -> String {
    typed(&id.app, &id.env)
}

/// `a, b and c`, with the rest counted.
pub(super) fn listed(names: &[String], most: usize) -> String {
    let shown = &names[..names.len().min(most)];
    let rest = names.len() - shown.len();
    match shown {
        [] => "nobody".to_owned(),
        _ if rest > 0 => format!("{} and {rest} more", shown.join(", ")),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// `1 sign-off`, `2 sign-offs`
pub(super) fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// Words of others as a sentence of ours, with one full stop.
pub(super) fn closed(words: &str, most: usize) -> String {
    format!("{}.", bound(words, most).trim_end_matches('.'))
}

/// At most so many characters; what is left out is counted, on one line.
pub(super) fn bound(words: &str, most: usize) -> String {
    let flat = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let count = flat.chars().count();
    if count <= most {
        return flat;
    }
    let shown: String = flat.chars().take(most).collect();
    format!("{shown}… ({} more characters)", count - most)
}

/// The last lines that are shown, each bounded; what is left out is counted.
pub(super) fn last_lines(lines: &[String], most: usize) -> String {
    const WIDTH: usize = 400;
    let skipped = lines.len().saturating_sub(most);
    let mut shown: Vec<String> = Vec::new();
    if skipped > 0 {
        shown.push(format!("({} before)", counted(skipped, "line")));
    }
    let cut = |line: &String| match line.char_indices().nth(WIDTH) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.clone(),
    };
    shown.extend(lines.iter().skip(skipped).map(cut));
    shown.join("\n")
}

pub(super) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::P0 => "P0",
        Severity::P1 => "P1",
        Severity::P2 => "P2",
        Severity::P3 => "P3",
    }
}

/// What a release is called where its version is not at hand.
pub(super) fn release_name(view: &View<'_>, id: ReleaseId) -> String {
    let known = view.world.releases.get(&id);
    known.map_or_else(|| id.to_string(), |it| it.version.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_words_are_cut_and_the_cut_is_named() {
        assert_eq!(bound("two\n  words", 20), "two words");
        assert_eq!(
            bound(&"é".repeat(12), 10),
            format!("{}… (2 more characters)", "é".repeat(10))
        );
        let lines: Vec<String> = (1..=3).map(|it| it.to_string()).collect();
        assert_eq!(last_lines(&lines, 2), "(1 line before)\n2\n3");
    }

    #[test]
    fn lists_read_as_sentences() {
        let names = ["a", "b", "c"].map(str::to_owned);
        assert_eq!(listed(&names[..0], 5), "nobody");
        assert_eq!(listed(&names[..1], 5), "a");
        assert_eq!(listed(&names, 5), "a, b and c");
        assert_eq!(listed(&names, 2), "a, b and 1 more");
    }
}
