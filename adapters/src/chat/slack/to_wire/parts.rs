//! The parts of a card, each as one or more of Slack's blocks.

use slack_morphism::blocks::{
    SlackBlock, SlackBlockMarkDownText, SlackContainerBlock, SlackContextBlock,
    SlackDataTableBlock, SlackDataTableCell, SlackPlanBlock, SlackRichTextBlock,
    SlackRichTextPreformatted, SlackRichTextSection, SlackSectionBlock, SlackTaskCardBlock,
    SlackTaskCardStatus,
};
use slack_morphism::prelude::{SlackBlockText, SlackRichTextInlineElement, SlackRichTextText};

use super::cut::Budget;
use super::{Natives, cut, mrkdwn, plain};
use crate::chat::card::{StepLine, StepState};
use crate::chat::{Block, Card, Field};

/// The most characters of a paragraph, of a field, and of secondary words.
const PARAGRAPH: usize = 3000;
const FIELD: usize = 2000;
const CONTEXT: usize = 2000;

/// The most lines of a field that can matter.
const LINES: usize = 100;

/// The most fields of one block.
const FIELDS: usize = 10;

/// The most pieces of work of a plan, and characters of one.
const TASKS: usize = 50;
const TASK: usize = 150;

/// The most blocks in a container.
const INSIDE: usize = 10;

/// The most rows, columns and characters of a cell.
const ROWS: usize = 200;
const COLUMNS: usize = 20;
const CELL: usize = 300;

/// The most characters of a cell in letters of one width.
const COLUMN: usize = 60;

/// A card half drawn.
pub(super) struct Drawing<'a> {
    pub(super) card: &'a Card,
    pub(super) natives: Natives,
    pub(super) used: Natives,
    pub(super) budget: Budget,
    pub(super) blocks: Vec<SlackBlock>,
}

impl Drawing<'_> {
    pub(super) fn block(&mut self, block: &Block) {
        match block {
            Block::Text(text) => self.section(&mrkdwn::text(text)),
            Block::Context(text) => self.context(&mrkdwn::text(text)),
            Block::Fields(fields) => self.fields(fields),
            Block::Steps(steps) => self.steps(steps),
            Block::Code { caption, text } => self.code(caption, text),
            Block::Evidence { title, lines } => self.evidence(title, lines),
            Block::Table { head, rows } => self.table(head, rows),
        }
    }

    pub(super) fn section(&mut self, words: &str) {
        if let Some(words) = self.room(words, PARAGRAPH) {
            self.blocks.push(section(&words).into());
        }
    }

    fn context(&mut self, words: &str) {
        if let Some(words) = self.room(words, CONTEXT) {
            self.blocks.push(context(&words).into());
        }
    }

    /// The words within the limits; nothing if there are none or no room is left.
    fn room(&mut self, words: &str, most: usize) -> Option<String> {
        if words.trim().is_empty() {
            return None;
        }
        self.budget.take(words, most)
    }

    fn fields(&mut self, fields: &[Field]) {
        for some in fields.chunks(FIELDS) {
            let shown: Vec<SlackBlockText> = some
                .iter()
                .filter_map(|Field { name, lines }| {
                    let lines = lines.iter().take(LINES).map(mrkdwn::text);
                    let lines: Vec<String> = lines.collect();
                    let words = format!("*{}*\n{}", mrkdwn::literal(name), lines.join("\n"));
                    Some(marked(&self.budget.take(&words, FIELD)?))
                })
                .collect();
            if !shown.is_empty() {
                let block = SlackSectionBlock::new().with_fields(shown);
                self.blocks.push(block.into());
            }
        }
    }

    fn steps(&mut self, steps: &[StepLine]) {
        if steps.is_empty() {
            return;
        }
        // A plan can be in a message once.
        if self.natives.plan && !self.used.plan && steps.len() <= TASKS {
            self.used.plan = true;
            let title = self.card.title.as_ref().map(crate::chat::Text::to_plain);
            let title = title.unwrap_or_else(|| self.card.summary.clone());
            let tasks = steps.iter().enumerate().map(|(index, it)| {
                let id = format!("step-{index}").into();
                SlackTaskCardBlock::new(id, filled(&cut::line(&said(it), TASK)))
                    .with_status(status(it.state))
            });
            let plan = SlackPlanBlock::new(filled(&cut::line(&title, TASK)), tasks.collect());
            self.blocks.push(plan.into());
            return;
        }
        let line = |it: &StepLine| format!("{} {}", sign(it.state), mrkdwn::literal(&said(it)));
        let lines: Vec<String> = steps.iter().map(line).collect();
        self.section(&lines.join("\n"));
    }

    fn code(&mut self, caption: &str, text: &str) {
        let caption = cut::line(caption, CELL);
        let Some(text) = self.room(text, PARAGRAPH) else {
            return;
        };
        let mut elements = Vec::new();
        if !caption.is_empty() {
            elements.push(SlackRichTextSection::from(caption).into());
        }
        let run: SlackRichTextInlineElement = SlackRichTextText::new(text).into();
        elements.push(SlackRichTextPreformatted::new(vec![run]).into());
        self.blocks.push(SlackRichTextBlock::new(elements).into());
    }

    fn evidence(&mut self, title: &str, lines: &[String]) {
        let shown = lines.iter().map(|it| cut::text(it, PARAGRAPH));
        let words: Vec<String> = shown.map(|it| mrkdwn::literal(&it)).collect();
        let words = words.join("\n");
        if self.natives.container
            && let Some(words) = self.room(&words, PARAGRAPH * INSIDE)
        {
            self.used.container = true;
            let inside = split(&words).into_iter().take(INSIDE);
            let inside = inside.map(|it| section(&it).into()).collect();
            let container = SlackContainerBlock::new(inside)
                .with_title(plain(&cut::line(title, TASK)))
                .with_is_collapsible(true)
                .with_default_collapsed(true);
            self.blocks.push(container.into());
            return;
        }
        self.section(&format!("*{}*", mrkdwn::literal(title)));
        self.context(&words);
    }

    fn table(&mut self, head: &[String], rows: &[Vec<String>]) {
        if rows.is_empty() || head.is_empty() {
            return;
        }
        let fits = head.len() <= COLUMNS && rows.iter().all(|it| it.len() == head.len());
        if self.natives.table && fits {
            self.used.table = true;
            let cell = |words: &String| SlackDataTableCell::from(filled(&cut::line(words, CELL)));
            let row = |cells: &[String]| cells.iter().map(cell).collect::<Vec<_>>();
            let all = std::iter::once(row(head)).chain(rows.iter().take(ROWS).map(|it| row(it)));
            let caption = cut::line(&self.card.summary, TASK);
            let table = SlackDataTableBlock::new(filled(&caption), all.collect());
            self.blocks.push(table.into());
            if rows.len() > ROWS {
                self.context(&format!(
                    "… {} more rows are not shown here.",
                    rows.len() - ROWS
                ));
            }
            return;
        }
        self.code("", &columns(head, rows));
    }
}

pub(super) fn section(words: &str) -> SlackSectionBlock {
    SlackSectionBlock::new().with_text(marked(words))
}

pub(super) fn context(words: &str) -> SlackContextBlock {
    SlackContextBlock::new(vec![markup(words).into()])
}

fn marked(words: &str) -> SlackBlockText {
    markup(words).into()
}

/// Markup in which Slack makes no links and mentions of its own.
fn markup(words: &str) -> SlackBlockMarkDownText {
    SlackBlockMarkDownText::new(words.to_owned()).with_verbatim(true)
}

/// What a piece of work is and how it stands, in words where no sign says it.
fn said(step: &StepLine) -> String {
    let state = match step.state {
        StepState::Skipped => "left out",
        StepState::Unknown => "cut off, nobody knows how it ended",
        StepState::Pending | StepState::Running | StepState::Done | StepState::Failed => "",
    };
    let facts: Vec<&str> = [state, step.detail.as_str()]
        .into_iter()
        .filter(|it| !it.is_empty())
        .collect();
    if facts.is_empty() {
        step.title.clone()
    } else {
        format!("{} ({})", step.title, facts.join(", "))
    }
}

fn status(state: StepState) -> SlackTaskCardStatus {
    match state {
        StepState::Pending => SlackTaskCardStatus::Pending,
        StepState::Running => SlackTaskCardStatus::InProgress,
        StepState::Done | StepState::Skipped => SlackTaskCardStatus::Complete,
        StepState::Failed | StepState::Unknown => SlackTaskCardStatus::Error,
    }
}

fn sign(state: StepState) -> &'static str {
    match state {
        StepState::Pending => "○",
        StepState::Running => "▸",
        StepState::Done => "✓",
        StepState::Failed => "✕",
        StepState::Skipped => "–",
        StepState::Unknown => "?",
    }
}

/// Paragraphs that fit, cut between lines.
fn split(words: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    for line in words.lines() {
        let line = cut::text(line, PARAGRAPH);
        let last = parts.last_mut().expect("one is there from the start");
        if last.chars().count() + line.chars().count() + 1 > PARAGRAPH {
            parts.push(line);
        } else {
            if !last.is_empty() {
                last.push('\n');
            }
            last.push_str(&line);
        }
    }
    parts
}

/// A table in letters of one width, as far as people read one.
fn columns(head: &[String], rows: &[Vec<String>]) -> String {
    let short = |cells: &[String]| -> Vec<String> {
        let cells = cells.iter().take(COLUMNS);
        cells.map(|it| cut::line(it, COLUMN)).collect()
    };
    let head = short(head);
    let all: Vec<Vec<String>> = rows.iter().take(ROWS).map(|it| short(it)).collect();
    let width = |column: usize| {
        let cells = all.iter().filter_map(|row| row.get(column));
        let longest = cells.chain(head.get(column)).map(|it| it.chars().count());
        longest.max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let line = |cells: &[String]| {
        let cells = cells.iter().zip(&widths);
        let cells: Vec<String> = cells
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        cells.join("  ").trim_end().to_owned()
    };
    let lines = std::iter::once(line(&head)).chain(all.iter().map(|it| line(it)));
    lines.collect::<Vec<_>>().join("\n")
}

/// Slack refuses a cell or a title with nothing in it.
fn filled(words: &str) -> String {
    if words.trim().is_empty() {
        "–".to_owned()
    } else {
        words.to_owned()
    }
}
