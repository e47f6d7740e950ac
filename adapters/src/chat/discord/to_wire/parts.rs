//! The parts of a card, each as one of Discord's components.

use serde_json::{Value, json};

use super::{colour, filled, markdown, rows, state};
use crate::chat::card::{StepLine, StepState};
use crate::chat::discord::mark::Mark;
use crate::chat::{Block, Card, Field, cut};

/// How many characters all texts of a message hold together.
const TOGETHER: usize = 4000;

/// The most components of a message, those inside others among them. Rows, what is
/// in them and the outermost one need some.
const TEXTS: usize = 28;

/// The most characters of one part. The list of commands is one, and must be whole.
const PART: usize = 3000;

/// The most characters of a heading, and of a line.
const HEADING: usize = 200;
const LINE: usize = 300;

/// The most lines of a field, and pieces of work.
const LINES: usize = 40;
const TASKS: usize = 50;

/// The most rows, and characters of a cell.
const ROWS: usize = 40;
const CELL: usize = 60;

/// The whole card as one container.
pub(super) fn container(card: &Card, mark: Option<Mark>) -> Value {
    let mut inside: Vec<Value> = within(texts(card), TEXTS, TOGETHER)
        .into_iter()
        .map(|it| json!({ "type": 10, "content": filled(&it) }))
        .collect();
    if let (Some(mark), Some(first)) = (mark, inside.first_mut()) {
        first["id"] = json!(mark.inner);
    }
    inside.extend(rows(card));
    let mut container = json!({ "type": 17, "components": inside });
    if let Some(colour) = colour(card) {
        container["accent_color"] = json!(colour);
    }
    if let Some(mark) = mark {
        container["id"] = json!(mark.outer);
    }
    container
}

/// What the card says, part by part; there is at least one.
pub(super) fn texts(card: &Card) -> Vec<String> {
    let mut all = Vec::new();
    let title = card.title.as_ref().map(markdown::text);
    let title = title.map(|it| format!("### {}", cut::line(&it, HEADING)));
    let head: Vec<String> = title
        .into_iter()
        .chain(card.pill.as_ref().map(state))
        .collect();
    if !head.is_empty() {
        all.push(head.join("\n"));
    }
    all.extend(card.blocks.iter().map(block));
    all.retain(|it| !it.trim().is_empty());
    if card.blocks.is_empty() && card.title.is_none() {
        all.push(markdown::literal(&card.summary));
    }
    all
}

/// As many parts and characters as there may be; what is cut is said.
pub(super) fn within(all: Vec<String>, most: usize, together: usize) -> Vec<String> {
    // Room for the note that something was cut.
    const NOTE: usize = 60;
    let (count, mut left) = (all.len(), together - NOTE);
    let mut kept: Vec<String> = Vec::new();
    for words in all {
        if kept.len() == most - 1 && kept.len() + 1 < count || left < NOTE {
            break;
        }
        let words = clipped(&words, left);
        left = left.saturating_sub(words.chars().count());
        kept.push(words);
    }
    if kept.len() < count {
        let note = format!("-# … {} more parts are not shown here.", count - kept.len());
        kept.push(note);
    }
    kept
}

/// A part within its own limit and what is left of the message's; what was
/// preformatted stays so.
fn clipped(words: &str, left: usize) -> String {
    let most = PART.min(left);
    if words.chars().count() <= most {
        return words.to_owned();
    }
    match words.split_once("```\n") {
        Some((caption, code)) => {
            let code = code.strip_suffix("\n```").unwrap_or(code);
            let room = most.saturating_sub(caption.chars().count() + 8);
            format!("{caption}{}", markdown::code(&cut::text(code, room)))
        }
        None => cut::text(words, most),
    }
}

fn block(block: &Block) -> String {
    match block {
        Block::Text(text) => markdown::text(text),
        Block::Context(text) => markdown::small(&markdown::text(text)),
        Block::Fields(fields) => fields.iter().map(field).collect::<Vec<_>>().join("\n"),
        Block::Steps(steps) => steps
            .iter()
            .take(TASKS)
            .map(step)
            .collect::<Vec<_>>()
            .join("\n"),
        Block::Code { caption, text } => {
            let caption = markdown::literal(&cut::line(caption, LINE));
            let caption = if caption.is_empty() {
                caption
            } else {
                format!("{caption}\n")
            };
            format!("{caption}{}", markdown::code(&cut::text(text, PART - LINE)))
        }
        Block::Evidence { title, lines } => {
            let shown = lines.iter().take(LINES).map(|it| cut::line(it, LINE));
            let shown: Vec<String> = shown.map(|it| markdown::literal(&it)).collect();
            let more = lines.len().saturating_sub(LINES);
            let more = (more > 0).then(|| format!("… {more} more lines"));
            let all: Vec<String> = shown.into_iter().chain(more).collect();
            format!(
                "**{}**\n{}",
                markdown::literal(title),
                markdown::small(&all.join("\n"))
            )
        }
        Block::Table { head, rows } => table(head, rows),
    }
}

fn field(Field { name, lines }: &Field) -> String {
    let name = markdown::literal(name);
    let shown: Vec<String> = lines.iter().take(LINES).map(markdown::text).collect();
    match shown.as_slice() {
        [one] => format!("**{name}**  {one}"),
        [] | [_, _, ..] => format!("**{name}**\n{}", shown.join("\n")),
    }
}

fn step(it: &StepLine) -> String {
    let sign = match it.state {
        StepState::Pending => "○",
        StepState::Running => "▸",
        StepState::Done => "✓",
        StepState::Failed => "✕",
        StepState::Skipped => "–",
        StepState::Unknown => "?",
    };
    // A sign is not enough for whoever cannot see it.
    let words = match it.state {
        StepState::Failed => " failed",
        StepState::Skipped => " left out",
        StepState::Unknown => " cut off",
        StepState::Pending | StepState::Running | StepState::Done => "",
    };
    let title = markdown::literal(&cut::line(&it.title, LINE));
    let title = if it.state == StepState::Running {
        format!("**{title}**")
    } else {
        title
    };
    if it.detail.is_empty() {
        return format!("{sign} {title}{words}");
    }
    let detail = markdown::literal(&cut::line(&it.detail, LINE));
    format!("{sign} {title}{words} ({detail})")
}

/// Rows in letters of one width.
fn table(head: &[String], rows: &[Vec<String>]) -> String {
    let cells =
        |row: &[String]| -> Vec<String> { row.iter().map(|it| cut::line(it, CELL)).collect() };
    let shown: Vec<Vec<String>> = std::iter::once(cells(head))
        .chain(rows.iter().take(ROWS).map(|it| cells(it)))
        .collect();
    let wide = |column: usize| {
        let widths = shown.iter().filter_map(|row| row.get(column));
        widths.map(|it| it.chars().count()).max().unwrap_or(0)
    };
    let line = |row: &Vec<String>| {
        let padded = row.iter().enumerate().map(|(column, it)| {
            let gap = wide(column) - it.chars().count();
            format!("{it}{}", " ".repeat(gap))
        });
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let lines: Vec<String> = shown.iter().map(line).collect();
    let more = rows.len().saturating_sub(ROWS);
    let note = if more > 0 {
        format!("\n-# … {more} more rows are not shown here.")
    } else {
        String::new()
    };
    format!("{}{note}", markdown::code(&lines.join("\n")))
}
