//! What waits for one person behind a button of the bot's own: an answer that could
//! not be shown in private, or a form that could not open by itself. It is kept in
//! memory, for a while, and only so much of it.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::hands::Randomness;
use crate::chat::{Card, Form, UserId};

/// How many are kept.
const MOST: usize = 500;

const SHOW: &str = "~show ";
const FORM: &str = "~form ";

/// What waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Waiting {
    Answer(Card),
    Form(Form),
}

/// A press of such a button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Press {
    Show(String),
    Form(String),
}

/// What came of a press.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Waiting(Waiting),
    /// It is somebody else's.
    Others(UserId),
    /// It is not kept any more.
    Gone,
}

/// Everything that waits.
#[derive(Default)]
pub(super) struct Kept(Mutex<VecDeque<(String, UserId, Waiting)>>);

impl Press {
    /// Reads what a button carries.
    pub(super) fn read(carried: &str) -> Option<Self> {
        let show = carried
            .strip_prefix(SHOW)
            .map(|it| Self::Show(it.to_owned()));
        show.or_else(|| {
            carried
                .strip_prefix(FORM)
                .map(|it| Self::Form(it.to_owned()))
        })
    }

    fn id(&self) -> &str {
        match self {
            Self::Show(id) | Self::Form(id) => id,
        }
    }
}

impl Kept {
    /// Keeps something for somebody; what the button carries that brings it.
    pub(super) fn keep(&self, of: &UserId, what: Waiting, randomness: &Randomness) -> String {
        let number = randomness();
        let number = number.first_chunk().map_or(0, |it| u64::from_be_bytes(*it));
        let id = format!("{number:016x}");
        let before = match &what {
            Waiting::Answer(_) => SHOW,
            Waiting::Form(_) => FORM,
        };
        let mut all = self.lock();
        if all.len() >= MOST {
            all.pop_front();
        }
        all.push_back((id.clone(), of.clone(), what));
        format!("{before}{id}")
    }

    /// What a press brings whoever pressed.
    pub(super) fn find(&self, press: &Press, by: &UserId) -> Found {
        let all = self.lock();
        match all.iter().find(|(id, ..)| id == press.id()) {
            Some((_, of, what)) if of == by => Found::Waiting(what.clone()),
            Some((_, of, _)) => Found::Others(of.clone()),
            None => Found::Gone,
        }
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<(String, UserId, Waiting)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The forms that opened last, with what was asked in them: Discord only tells the
/// answers.
#[derive(Default)]
pub(super) struct Forms(Mutex<VecDeque<(UserId, Form)>>);

impl Forms {
    /// A form opened for somebody.
    pub(super) fn note(&self, of: &UserId, form: &Form) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|(by, it)| by != of || it.id != form.id);
        if all.len() >= MOST {
            all.pop_front();
        }
        all.push_back((of.clone(), form.clone()));
    }

    pub(super) fn get(&self, of: &UserId, id: &str) -> Option<Form> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all = all.iter();
        all.find(|(by, it)| by == of && it.id == id)
            .map(|(_, it)| it.clone())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU8, Ordering};

    use super::*;

    #[test]
    fn what_is_kept_is_one_persons_and_only_so_much_of_it() {
        let count = AtomicU8::new(0);
        let randomness: Randomness = Arc::new(move || [count.fetch_add(1, Ordering::Relaxed); 32]);
        let kept = Kept::default();
        let (ana, bo) = (UserId("7".to_owned()), UserId("8".to_owned()));
        let answer = || Waiting::Answer(Card::default());
        let carried = kept.keep(&ana, answer(), &randomness);
        let press = Press::read(&carried).unwrap();
        assert_eq!(kept.find(&press, &ana), Found::Waiting(answer()));
        assert_eq!(kept.find(&press, &bo), Found::Others(ana.clone()));
        assert_eq!(Press::read("rel.signoff"), None);
        for _ in 0..=MOST {
            kept.keep(&bo, answer(), &randomness);
        }
        assert!(kept.lock().len() <= MOST);
    }
}
