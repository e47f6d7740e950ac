//! The reactions there are here: a closed list.

/// A reaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Emoji {
    CheckMark,
    Cross,
    Eyes,
    Pushpin,
    ThumbsUp,
}

impl Emoji {
    /// All of them, in the order they are offered.
    pub(super) const ALL: [Self; 5] = [
        Self::CheckMark,
        Self::Cross,
        Self::Eyes,
        Self::Pushpin,
        Self::ThumbsUp,
    ];

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|emoji| emoji.name() == name)
    }

    /// The name programs use.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::CheckMark => "white_check_mark",
            Self::Cross => "x",
            Self::Eyes => "eyes",
            Self::Pushpin => "pushpin",
            Self::ThumbsUp => "+1",
        }
    }

    /// What people see.
    pub(super) fn sign(self) -> &'static str {
        match self {
            Self::CheckMark => "✅",
            Self::Cross => "❌",
            Self::Eyes => "👀",
            Self::Pushpin => "📌",
            Self::ThumbsUp => "👍",
        }
    }

    /// What people hear.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::CheckMark => "check mark",
            Self::Cross => "cross",
            Self::Eyes => "eyes",
            Self::Pushpin => "pushpin",
            Self::ThumbsUp => "thumbs up",
        }
    }
}
