//! What a protocol does to stay safe, each a switch that a test can turn off.

use std::fmt::Debug;
use std::marker::PhantomData;

/// One thing a protocol does to stay safe.
pub trait Guard: Copy + Debug + PartialEq + 'static {
    /// All of them.
    const ALL: &'static [Self];

    /// Its own place among them.
    fn place(self) -> u32;
}

/// Which guards are on.
#[derive(Clone, Copy, Debug)]
pub struct Guards<G> {
    off: u32,
    of: PhantomData<G>,
}

impl<G: Guard> Guards<G> {
    /// All but these.
    pub fn without(off: &[G]) -> Self {
        let off = off.iter().fold(0, |off, it| off | 1 << it.place());
        Self {
            off,
            of: PhantomData,
        }
    }

    /// Whether a guard is on.
    pub fn on(self, guard: G) -> bool {
        self.off & (1 << guard.place()) == 0
    }
}
