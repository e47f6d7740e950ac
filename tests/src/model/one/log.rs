//! What is recorded of one environment: its attempts, and what follows from how they end.

/// What is recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Log {
    /// The life that may write.
    pub epoch: u8,
    /// The highest fence ever given out.
    pub fence: u8,
    /// How many keys were ever given out.
    pub keys: u8,
    /// Every attempt there was.
    pub attempts: Vec<Attempt>,
    /// Whether the environment waits for a person.
    pub locked: bool,
}

/// One try to change the environment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Attempt {
    /// What it brings.
    pub aim: Aim,
    /// Whoever reports must know it.
    pub fence: u8,
    /// What its command is found by; another when somebody wants it run again.
    pub key: u8,
    /// How each piece stands.
    pub progress: [Progress; 2],
    /// The piece of which a person must say how to go on.
    pub waits: Option<Piece>,
    /// Whether somebody wants it stopped.
    pub stop: Option<Stop>,
    /// How it ended.
    pub end: Option<End>,
}

/// What an attempt brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Aim {
    /// A release.
    Deploy(u8),
    /// What was verified before.
    Back,
}

/// The pieces of work, in order.
pub const PIECES: [Piece; 2] = [Piece::Once, Piece::Converge];

/// A piece of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Piece {
    /// A command in a container of its own, never to be repeated.
    Once,
    /// The project is brought to its images; doing it again ends the same.
    Converge,
}

/// How a piece stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Progress {
    /// Not begun.
    Pending,
    /// Begun.
    Begun,
    /// Ended, or nothing this attempt has to do.
    Ended,
}

/// Somebody's wish to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stop {
    /// That is all.
    Plain,
    /// And go back.
    AndBack,
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum End {
    /// All done.
    Verified,
    /// A piece failed.
    Failed,
    /// Somebody stopped it.
    Stopped,
    /// Nobody knows how a piece ended, and somebody wanted it stopped.
    Interrupted,
}

impl Log {
    /// One attempt.
    pub fn attempt(&self, number: u8) -> Option<&Attempt> {
        self.attempts.get(usize::from(number))
    }

    pub(super) fn attempt_mut(&mut self, number: u8) -> Option<&mut Attempt> {
        self.attempts.get_mut(usize::from(number))
    }

    /// The attempts that are not over.
    pub fn active(&self) -> impl Iterator<Item = (u8, &Attempt)> {
        (0..).zip(&self.attempts).filter(|it| it.1.end.is_none())
    }

    /// Whether a release was ever brought there.
    pub fn has_verified(&self, release: u8) -> bool {
        self.ends(Aim::Deploy(release), End::Verified)
    }

    /// Whether an attempt of that kind ended so.
    pub fn ends(&self, aim: Aim, end: End) -> bool {
        { self.attempts.iter() }.any(|it| it.aim == aim && it.end == Some(end))
    }

    /// Whether anybody tried to bring a release.
    pub fn knows(&self, release: u8) -> bool {
        { self.attempts.iter() }.any(|it| it.aim == Aim::Deploy(release))
    }

    /// The attempt that works under a key, if any does.
    pub fn owner(&self, key: u8) -> Option<&Attempt> {
        self.active().map(|it| it.1).find(|it| it.key == key)
    }

    /// A key nobody has.
    pub(super) fn new_key(&mut self) -> u8 {
        self.keys += 1;
        self.keys - 1
    }

    /// An attempt begins.
    pub(super) fn begin(&mut self, aim: Aim) {
        self.fence += 1;
        let command = match aim {
            Aim::Deploy(_) => Progress::Pending,
            Aim::Back => Progress::Ended,
        };
        let key = self.new_key();
        self.attempts.push(Attempt {
            aim,
            fence: self.fence,
            key,
            progress: [command, Progress::Pending],
            waits: None,
            stop: None,
            end: None,
        });
    }

    /// An attempt ends, and what follows begins in the same commit.
    pub(super) fn end(&mut self, number: u8, end: End) {
        let Some(attempt) = self.attempt_mut(number) else {
            return;
        };
        attempt.end = Some(end);
        attempt.waits = None;
        let back = attempt.aim == Aim::Back;
        let touched = back || attempt.progress != [Progress::Pending; 2];
        let wanted = attempt.stop == Some(Stop::AndBack);
        match end {
            // A rollback that arrived waits for somebody to look.
            End::Verified => self.locked |= back,
            End::Failed if !back => self.begin(Aim::Back),
            End::Failed | End::Stopped | End::Interrupted if touched && wanted => {
                self.begin(Aim::Back);
            }
            End::Failed | End::Stopped | End::Interrupted => self.locked |= touched,
        }
    }
}

impl Attempt {
    /// The piece it is at.
    pub(super) fn next(&self) -> Option<(Piece, Progress)> {
        if self.waits.is_some() {
            return None;
        }
        let pieces = PIECES.into_iter().zip(self.progress);
        { pieces }.find(|(_, progress)| *progress != Progress::Ended)
    }

    pub(super) fn set(&mut self, piece: Piece, progress: Progress) {
        self.progress[piece as usize] = progress;
    }

    pub(super) fn stands(&self, piece: Piece) -> Progress {
        self.progress[piece as usize]
    }
}
