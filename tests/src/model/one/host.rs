//! What is at work on the host, whoever began it, and who holds the environment's lock file.

use super::bot::Task;
use super::log::Piece;

/// The host's own truth.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Host {
    /// Child processes that live.
    pub children: Vec<Child>,
    /// The one-off container of each key.
    pub runs: Vec<Run>,
}

/// A child process of a bot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Child {
    /// Whose.
    pub life: u8,
    /// For which attempt.
    pub attempt: u8,
    /// Under which key.
    pub key: u8,
    /// It converges the project, or makes the container of the command.
    pub piece: Piece,
    /// Whether it holds the lock file.
    pub holds: bool,
    /// Whether it will not end by itself.
    pub hangs: bool,
}

/// The one-off container of a key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Run {
    /// What stands under its name.
    pub name: Name,
    /// How often one started.
    pub starts: u8,
    /// Whether the engine still has a request to make it, of a child that is gone.
    pub late: bool,
}

/// What stands under a container's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Name {
    /// Nothing.
    Free,
    /// A command at work.
    Running,
    /// A command that ended well.
    Well,
    /// A command that ended badly.
    Badly,
    /// A command that was ended, or a tombstone: nobody can begin under this name.
    Sealed,
}

impl Default for Run {
    fn default() -> Self {
        Self {
            name: Name::Free,
            starts: 0,
            late: false,
        }
    }
}

impl Host {
    /// How many children are making the container of a key.
    pub fn making(&self, key: u8) -> usize {
        let making = |it: &&Child| it.piece == Piece::Once && it.key == key;
        self.children.iter().filter(making).count()
    }

    /// The child a life began for a piece of work.
    pub fn child_of(&self, life: u8, task: Task) -> Option<usize> {
        let wanted = (life, task.attempt, task.key, task.piece);
        let mine = |it: &Child| (it.life, it.attempt, it.key, it.piece) == wanted;
        self.children.iter().position(mine)
    }

    /// What is known of a key's container.
    pub fn run(&self, key: u8) -> Run {
        let run = self.runs.get(usize::from(key));
        run.cloned().unwrap_or_default()
    }

    pub(super) fn run_mut(&mut self, key: u8) -> &mut Run {
        let at = usize::from(key);
        if self.runs.len() <= at {
            self.runs.resize_with(at + 1, Run::default);
        }
        &mut self.runs[at]
    }

    /// The engine is asked to make and start a container under a name. One name,
    /// one container, if the name is the same on every try.
    pub(super) fn make(&mut self, key: u8, named: bool) {
        let run = self.run_mut(key);
        if run.name == Name::Free || !named {
            run.name = Name::Running;
            run.starts += 1;
        }
    }

    pub(super) fn end_child(&mut self, at: usize) {
        self.children.remove(at);
        self.tidy();
    }

    pub(super) fn add_child(&mut self, child: Child) {
        self.children.push(child);
        self.tidy();
    }

    /// The order in which children began is of no matter.
    fn tidy(&mut self) {
        let order = |it: &Child| (it.life, it.attempt, it.key, it.piece as u8, it.hangs);
        self.children.sort_by_key(order);
    }
}
