//! An incident: what is wrong, who is on it, who is called next.

use shipbell_adapters::chat::card::{Block, ButtonStyle, Card, Field, Text, Tone};
use shipbell_domain::calendar::how_long;
use shipbell_domain::ids::{EnvName, Role};
use shipbell_domain::incident::Incident;

use super::{field, line};
use crate::chatops::buttons::Press;
use crate::render::View;
use crate::render::words::{TYPED, Voice, bound, button, capital, card, pill, severity, strong};

pub(super) fn draw(view: &View<'_>, incident: &Incident) -> Card {
    let voice = Voice::of(view);
    let place = place(&voice, incident);
    let title = format!("{} {}: {place}", severity(incident.severity), incident.id);
    let what = capital(&bound(&incident.what, TYPED));
    let version = version(view, incident)
        .map(|it| format!(" It came with {it}."))
        .unwrap_or_default();
    let (tone, state) = state(&voice, incident);
    let mut card = card(format!("{title}. {what}.{version} {state}."));
    card.title = Some(strong(title));
    card.pill = Some(pill(tone, state));
    card.blocks
        .push(Block::Text(Text::plain(format!("{what}.{version}"))));
    if !incident.is_open() {
        return card;
    }
    card.blocks
        .push(Block::Fields(fields(view, &voice, incident)));
    let opened = voice.time(incident.opened_at);
    let by = incident.by.as_ref().map_or_else(
        || "after a failed deploy".to_owned(),
        |by| format!("by {}", voice.name(by)),
    );
    let context = format!("Opened {opened} {by}. Times in {}.", voice.zone());
    card.blocks.push(Block::Context(Text::plain(context)));
    buttons(&mut card, view, incident);
    card
}

/// `Rapid Audit Manage, production`
fn place(voice: &Voice<'_>, incident: &Incident) -> String {
    match &incident.environment {
        Some(id) => format!("{}, {}", voice.title(&id.app), id.env),
        None => "no environment named".to_owned(),
    }
}

fn version(view: &View<'_>, incident: &Incident) -> Option<String> {
    let release = view.world.releases.get(&incident.release?)?;
    Some(release.version.to_string())
}

fn state(voice: &Voice<'_>, incident: &Incident) -> (Tone, String) {
    if let Some((by, at, text)) = &incident.resolved {
        let length = how_long(*at - incident.opened_at);
        let (at, by, text) = (voice.time(*at), voice.name(by), bound(text, 200));
        let text = if text.is_empty() {
            String::new()
        } else {
            format!(": {text}")
        };
        return (
            Tone::Good,
            format!("Resolved {at} by {by} after {length}{text}"),
        );
    }
    match &incident.acknowledged {
        Some((by, at)) => (
            Tone::Running,
            format!("{} is on it since {}", voice.name(by), voice.time(*at)),
        ),
        None => (Tone::Bad, "Nobody is on it yet".to_owned()),
    }
}

fn fields(view: &View<'_>, voice: &Voice<'_>, incident: &Incident) -> Vec<Field> {
    let lead = incident.acknowledged.as_ref().map(|(by, _)| voice.name(by));
    let lead = lead.unwrap_or_else(|| "nobody yet".to_owned());
    let mut fields = vec![
        field("Lead", vec![line(lead)]),
        field("Paged", paged(voice, incident)),
    ];
    match way_back(view, incident) {
        Some(WayBack::Taken(now)) => fields.push(field("Runs again", vec![line(now)])),
        Some(WayBack::Open(good, _)) => fields.push(field("Last good", vec![line(good)])),
        None => {}
    }
    if let Some(hint) = &incident.escalation.suggest {
        fields.push(field("Suggested", vec![line(capital(&bound(hint, 60)))]));
    }
    if let Some((by, at, text)) = incident.updates.last() {
        let (by, at) = (voice.name(by), voice.time(*at));
        fields.push(field(
            "Last update",
            vec![line(format!("{at}, {by}: {}", bound(text, 200)))],
        ));
    }
    fields
}

/// Who was called when, and who comes next.
fn paged(voice: &Voice<'_>, incident: &Incident) -> Vec<Text> {
    const MOST: usize = 4;
    let skipped = incident.paged.len().saturating_sub(MOST);
    let mut lines = Vec::new();
    if skipped > 0 {
        lines.push(line(format!("{skipped} earlier")));
    }
    for it in incident.paged.iter().skip(skipped) {
        lines.push(line(format!(
            "{} at {}",
            voice.names(&it.people),
            voice.time(it.at)
        )));
    }
    if incident.acknowledged.is_none() {
        lines.extend(next(voice, incident).map(line));
    }
    if lines.is_empty() {
        lines.push(line("nobody"));
    }
    lines
}

fn next(voice: &Voice<'_>, incident: &Incident) -> Option<String> {
    let level = incident
        .paged
        .iter()
        .map(|it| it.level + 1)
        .max()
        .unwrap_or(0);
    let due = incident.due(level)?;
    let levels = &incident.escalation.levels;
    let role: &Role = &levels.get(level as usize).or(levels.last())?.role;
    let people = voice.settings.holders(role);
    Some(format!(
        "{} next at {}",
        voice.names(&people),
        voice.time(due)
    ))
}

/// What there is instead of the version that brought the incident.
enum WayBack {
    /// This version runs there again.
    Taken(String),
    /// A rollback would return to this version.
    Open(String, Press),
}

fn way_back(view: &View<'_>, incident: &Incident) -> Option<WayBack> {
    let env: &EnvName = &incident.environment.as_ref()?.env;
    let environment = view.world.environments.get(env)?;
    let rests = environment.active().is_none() && !environment.touched;
    let current = environment.current().filter(|_| rests);
    let another = current.filter(|it| incident.release.is_some_and(|bad| bad != it.release));
    if let Some(now) = another {
        return Some(WayBack::Taken(now.manifest.version.to_string()));
    }
    let target = environment.previous()?;
    let press = Press::RollBack(target.release, env.clone());
    Some(WayBack::Open(target.manifest.version.to_string(), press))
}

fn buttons(card: &mut Card, view: &View<'_>, incident: &Incident) {
    let id = incident.id;
    if incident.acknowledged.is_none() {
        card.buttons
            .push(button("I am on it", &Press::OnIt(id), ButtonStyle::Primary));
    }
    if let Some(WayBack::Open(version, press)) = way_back(view, incident) {
        let label = format!("Roll back to {version}");
        card.buttons
            .push(button(label, &press, ButtonStyle::Danger));
    }
    let escalate = button("Escalate now", &Press::Escalate(id), ButtonStyle::Plain);
    let resolve = button("Resolve", &Press::Resolve(id), ButtonStyle::Plain);
    if card.buttons.len() < 2 {
        card.buttons.push(escalate);
        card.buttons.push(resolve);
    } else {
        card.buttons.push(resolve);
        card.menu.push(escalate);
    }
}
