//! A watch after a deploy: every look, and whether all is well.

use shipbell_adapters::chat::card::{Block, ButtonStyle, Card, Text, Tone};
use shipbell_domain::calendar::how_long;
use shipbell_domain::ids::EnvId;
use shipbell_domain::watch::{Tick, TickEnd, Watch};

use super::Subject;
use crate::chatops::buttons::{Press, open_tick};
use crate::render::words::{bound, button, card, counted, pill, role_words, strong};

/// How many looks are shown one by one.
const LOOKS: usize = 12;

pub(super) fn draw(subject: &Subject<'_>, id: &EnvId, watch: &Watch) -> Card {
    let voice = &subject.voice;
    let (env, version) = (&id.env, &subject.release.version);
    let app = voice.title(&id.app);
    let findings = watch.findings() as usize;
    let all = watch.ticks.len();
    let looked = (0u32..)
        .zip(&watch.ticks)
        .filter(|(tick, _)| watch.is_settled(*tick))
        .count();
    let found = match findings {
        0 => "no findings".to_owned(),
        count => counted(count, "finding"),
    };
    if let Some(ended) = watch.ended_at {
        let length = how_long(ended - watch.started_at);
        let stable = if findings == 0 { "Stable" } else { "Ended" };
        let state = format!("{stable}: watched {length}, {found}");
        let mut card = card(format!("{app}, {env} after {version}: {state}."));
        card.title = Some(strong(format!("{env} after {version}")));
        card.pill = Some(pill(
            if findings == 0 { Tone::Good } else { Tone::Bad },
            state,
        ));
        return card;
    }
    let state = format!("{looked} of {}, {found}", counted(all, "look"));
    let mut card = card(format!("{app}: watching {env} after {version}, {state}."));
    card.title = Some(strong(format!("Watching {env} after {version}")));
    card.pill = Some(pill(
        if findings == 0 {
            Tone::Running
        } else {
            Tone::Bad
        },
        state,
    ));
    card.blocks
        .push(Block::Text(Text::plain(looks(subject, watch))));
    card.blocks
        .extend(wrong(watch).map(|it| Block::Text(Text::plain(it))));
    card.blocks
        .extend(question(subject, watch).map(|it| Block::Text(Text::plain(it))));
    let until = watch.ticks.iter().map(|it| it.due).max();
    let until = until.map(|it| format!("Watched until {} ({}).", voice.time(it), voice.zone()));
    card.blocks
        .extend(until.map(|it| Block::Context(Text::plain(it))));
    let (release, tick) = (subject.release.id, open_tick(watch, voice.now));
    card.buttons = vec![
        button(
            "All good",
            &Press::AllGood(release, env.clone(), tick),
            ButtonStyle::Primary,
        ),
        button(
            "Something is wrong",
            &Press::SomethingWrong(release, env.clone(), tick),
            ButtonStyle::Danger,
        ),
        button(
            "Watch 30 min longer",
            &Press::WatchLonger(release, env.clone()),
            ButtonStyle::Plain,
        ),
    ];
    card
}

/// `14:06 good, 14:07 good, 14:08 waiting`
fn looks(subject: &Subject<'_>, watch: &Watch) -> String {
    let voice = &subject.voice;
    let due: Vec<(u32, &Tick)> = (0u32..)
        .zip(&watch.ticks)
        .filter(|(_, tick)| tick.due <= voice.now)
        .collect();
    let skipped = due.len().saturating_sub(LOOKS);
    let mut words: Vec<String> = Vec::new();
    if skipped > 0 {
        words.push(format!("{} before", counted(skipped, "look")));
    }
    for (index, tick) in due.into_iter().skip(skipped) {
        words.push(format!("{} {}", voice.time(tick.due), look(watch, index)));
    }
    let ahead = watch.ticks.iter().find(|it| it.due > voice.now);
    words.extend(ahead.map(|it| format!("next {}", voice.time(it.due))));
    if words.is_empty() {
        "No look is due yet.".to_owned()
    } else {
        words.join(", ")
    }
}

fn look(watch: &Watch, index: u32) -> &'static str {
    let nothing = TickEnd::default();
    let end = watch.ends.get(&index).unwrap_or(&nothing);
    let checked = end.checked.as_ref().map(|(passed, _)| *passed);
    let answered = end.answered.as_ref().map(|(_, good)| *good);
    match (checked, answered) {
        (Some(false), _) | (_, Some(false)) => "wrong",
        _ if end.missed => "missed",
        _ if watch.is_settled(index) => "good",
        _ => "waiting",
    }
}

/// What the last look that was wrong found.
fn wrong(watch: &Watch) -> Option<String> {
    let mut bad = watch
        .ends
        .values()
        .rev()
        .filter_map(|it| it.checked.as_ref());
    let (_, findings) = bad.find(|(passed, _)| !passed)?;
    let shown: Vec<String> = findings.iter().take(3).map(|it| bound(it, 200)).collect();
    let more = findings.len().saturating_sub(3);
    let more = if more == 0 {
        String::new()
    } else {
        format!("; and {more} more")
    };
    Some(format!("Found: {}{more}", shown.join("; ")))
}

/// Who is asked now.
fn question(subject: &Subject<'_>, watch: &Watch) -> Option<String> {
    let voice = &subject.voice;
    let tick = open_tick(watch, voice.now);
    let asked = watch
        .ticks
        .get(tick as usize)
        .filter(|it| it.due <= voice.now)?;
    let role = asked.ask.as_ref().filter(|_| !watch.is_settled(tick))?;
    let people = voice.settings.holders(role);
    let role = role_words(role);
    Some(format!(
        "Is everything normal? {} can answer ({role}).",
        voice.names(&people)
    ))
}
