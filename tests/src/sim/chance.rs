//! Chance that one number decides: small, fast, and the same everywhere.

/// A stream of numbers that follows from its seed alone.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// The stream of a seed.
    pub fn new(seed: u64) -> Self {
        let mut chance = Self(seed ^ 0x5EED_0F5E_ED0F_5EED);
        chance.draw();
        chance
    }

    /// The next number.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        scramble(self.0)
    }

    /// A number from `least` to `most`, both included.
    pub fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.draw() % (most - least + 1)
    }

    /// True that often in a million.
    pub fn happens(&mut self, in_a_million: u32) -> bool {
        self.draw() % 1_000_000 < u64::from(in_a_million)
    }

    /// One of these; none if there are none.
    pub fn pick<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        let last = all.len().checked_sub(1)? as u64;
        let index = self.between(0, last);
        all.get(usize::try_from(index).ok()?)
    }

    /// Thirty-two bytes.
    pub fn seed(&mut self) -> [u8; 32] {
        let mut seed = [0; 32];
        for part in seed.chunks_mut(8) {
            part.copy_from_slice(&self.draw().to_le_bytes());
        }
        seed
    }
}

/// Spreads a number over all bits: a bit changed in changes half of those out.
pub fn scramble(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}

/// A number for a text, the same in every run.
pub fn digest(text: &str) -> u64 {
    text.bytes().fold(0xCBF2_9CE4_8422_2325, |sum, byte| {
        scramble(sum ^ u64::from(byte))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seed_decides_everything() {
        let draw = |seed| {
            let mut chance = Chance::new(seed);
            (0..8).map(|_| chance.between(3, 9)).collect::<Vec<_>>()
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        assert!(draw(7).iter().all(|it| (3..=9).contains(it)));
    }

    #[test]
    fn what_happens_half_the_time_does() {
        let mut chance = Chance::new(1);
        let hits = (0..10_000).filter(|_| chance.happens(500_000)).count();
        assert!((4_800..5_200).contains(&hits), "{hits}");
        assert!(!chance.happens(0));
    }
}
