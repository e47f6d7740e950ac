//! What was used last, by stream: bounded, the longest unused goes first.

use std::collections::BTreeMap;

use shipbell_domain::StreamId;

pub(super) struct Recent<V> {
    kept: BTreeMap<StreamId, (u64, V)>,
    uses: u64,
    most: usize,
}

impl<V: Clone> Recent<V> {
    /// Keeps at most so many.
    pub(super) fn new(most: usize) -> Self {
        Self {
            kept: BTreeMap::new(),
            uses: 0,
            most,
        }
    }

    pub(super) fn get(&mut self, stream: &StreamId) -> Option<V> {
        let (used, value) = self.kept.get_mut(stream)?;
        self.uses += 1;
        *used = self.uses;
        Some(value.clone())
    }

    pub(super) fn put(&mut self, stream: StreamId, value: V) {
        self.uses += 1;
        self.kept.insert(stream, (self.uses, value));
        if self.kept.len() > self.most {
            // The older half goes at once, so that this is rare.
            let mut uses: Vec<u64> = self.kept.values().map(|(used, _)| *used).collect();
            uses.sort_unstable();
            let middle = uses.get(uses.len() / 2).copied().unwrap_or_default();
            self.kept.retain(|_, (used, _)| *used >= middle);
        }
    }

    pub(super) fn remove(&mut self, stream: &StreamId) {
        self.kept.remove(stream);
    }
}

#[cfg(test)]
mod tests {
    use shipbell_domain::StreamId;
    use shipbell_domain::ids::ReleaseId;

    use super::Recent;

    #[test]
    fn what_is_used_stays_and_what_is_not_goes() {
        let stream = |number| StreamId::Release(ReleaseId(number));
        let mut recent = Recent::new(10);
        for number in 0..1_000 {
            recent.put(stream(number), number);
            assert_eq!(recent.get(&stream(0)), Some(0), "used all the time");
        }
        assert_eq!(recent.get(&stream(999)), Some(999));
        assert_eq!(recent.get(&stream(500)), None);
        assert!(recent.kept.len() <= 10);
        recent.remove(&stream(0));
        assert_eq!(recent.get(&stream(0)), None);
    }
}
