//! What a message says, not how it is drawn: every platform draws it its own way.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::UserId;

/// A message of the bot.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// The whole news in one plain sentence: what a notification, a screen
    /// reader and a platform without blocks show.
    pub summary: String,
    /// The first line.
    pub title: Option<Text>,
    /// The state beside the title.
    pub pill: Option<Pill>,
    /// The rest, top to bottom.
    pub blocks: Vec<Block>,
    /// What may be done about it; at most three are drawn as buttons.
    pub buttons: Vec<Button>,
    /// Further actions behind a menu.
    pub menu: Vec<Button>,
    /// What becomes of its place among the channel's pinned messages.
    #[serde(default)]
    pub pin: Pin,
}

/// What becomes of a message's place among the pinned ones. A platform without
/// pins leaves it out; nothing a person needs depends on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pin {
    /// As it is.
    #[default]
    Leave,
    /// Pinned, for everybody to find.
    Up,
    /// Pinned no longer.
    Down,
}

/// A state in words with its colour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pill {
    /// The colour's meaning.
    pub tone: Tone,
    /// The words.
    pub words: String,
}

/// What a colour means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tone {
    /// Nothing to do.
    Idle,
    /// At work.
    Running,
    /// Good.
    Good,
    /// Somebody must act.
    Waiting,
    /// Wrong.
    Bad,
}

/// One part of a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Block {
    /// A paragraph.
    Text(Text),
    /// Secondary facts.
    Context(Text),
    /// Names and values.
    Fields(Vec<Field>),
    /// Work in order, each with its state.
    Steps(Vec<StepLine>),
    /// Output or other preformatted lines, shown as text whatever is in it.
    Code {
        /// What it is.
        caption: String,
        /// The lines.
        text: String,
    },
    /// Proof, folded away until somebody looks.
    Evidence {
        /// What it proves.
        title: String,
        /// The findings, one a line.
        lines: Vec<String>,
    },
    /// Rows under headings.
    Table {
        /// The headings.
        head: Vec<String>,
        /// The rows, each as long as the headings.
        rows: Vec<Vec<String>>,
    },
}

/// A name and its values, one a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// The name.
    pub name: String,
    /// The values.
    pub lines: Vec<Text>,
}

/// One piece of work and how it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepLine {
    /// How it stands.
    pub state: StepState,
    /// What it is.
    pub title: String,
    /// A duration or a finding.
    pub detail: String,
}

/// How a piece of work stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StepState {
    /// Not begun.
    Pending,
    /// At work.
    Running,
    /// Done well.
    Done,
    /// Done badly.
    Failed,
    /// Left out.
    Skipped,
    /// Cut off; nobody knows how it ended.
    Unknown,
}

/// Words with a few marks, so that nothing a person typed is ever markup.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(pub Vec<Span>);

/// A run of words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Span {
    /// As they are.
    Plain(String),
    /// Standing out.
    Strong(String),
    /// Something to type or a name of a thing.
    Code(String),
    /// Calls somebody: their account and the name to show.
    Mention {
        /// The account.
        user: UserId,
        /// The name, where the platform cannot draw a mention.
        name: String,
    },
    /// An address.
    Link {
        /// The words.
        label: String,
        /// The address.
        url: String,
    },
    /// An instant. A platform that knows its readers' clocks adds each one's own time.
    Time {
        /// When.
        at: DateTime<Utc>,
        /// The same in words that are true for everybody, with the zone named.
        words: String,
    },
}

/// Something a person can press.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    /// The whole action: "Sign off for production".
    pub label: String,
    /// The value that comes back when it is pressed; at most 100 bytes.
    pub action: String,
    /// How it looks.
    pub style: ButtonStyle,
}

/// How a button looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ButtonStyle {
    /// One of several.
    #[default]
    Plain,
    /// What most people will want.
    Primary,
    /// Takes something away.
    Danger,
}

/// Questions to one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// The value that comes back with the answers; at most 100 bytes.
    pub id: String,
    /// The heading.
    pub title: String,
    /// What will happen, before anything is entered.
    pub intro: Vec<Text>,
    /// The questions.
    pub inputs: Vec<Input>,
    /// The whole action: "Roll back production".
    pub submit: String,
    /// Whether it takes something away.
    pub danger: bool,
}

/// One question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// The name the answer comes back under.
    pub name: String,
    /// The question.
    pub label: String,
    /// An example or a rule.
    pub hint: String,
    /// What is entered already.
    pub value: String,
    /// Whether it must be answered.
    pub required: bool,
    /// How it is answered.
    pub kind: InputKind,
}

/// How a question is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum InputKind {
    /// One line.
    Line,
    /// Several lines.
    Lines,
    /// One of these: values and what they mean.
    Choice(Vec<(String, String)>),
    /// Yes or no; the answer is `true` or empty.
    Tick,
}

impl Text {
    /// Words as they are.
    pub fn plain(words: impl Into<String>) -> Self {
        Self(vec![Span::Plain(words.into())])
    }

    /// The words without their marks.
    pub fn to_plain(&self) -> String {
        self.0.iter().map(Span::words).collect()
    }
}

impl Span {
    /// The words without their mark.
    pub fn words(&self) -> &str {
        match self {
            Self::Plain(words)
            | Self::Strong(words)
            | Self::Code(words)
            | Self::Time { words, .. } => words,
            Self::Mention { name, .. } => name,
            Self::Link { label, .. } => label,
        }
    }
}
