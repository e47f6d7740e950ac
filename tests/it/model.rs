//! The hand-over of a deploy: in no state does anything go wrong, and every guard is needed.

mod many;
mod one;

use std::collections::BTreeSet;

use shipbell_tests::model::check::{Protocol, check, circle, story};

/// What people read of the models.
const PAGE: &str = include_str!("../../docs/reliability.md");

/// Nothing goes wrong anywhere, everything that ought to be possible is, and
/// the page says how many states were visited and how far the farthest is.
fn nothing_goes_wrong<M: Protocol>(model: &M) {
    let found = check(model);
    let stories: Vec<String> = { found.broken.iter() }
        .filter_map(|broken| Some(story(model, broken)?.to_string()))
        .collect();
    assert!(stories.is_empty(), "\n{}", stories.join("\n"));
    assert_eq!(found.missed, BTreeSet::new(), "never possible");
    let (states, depth) = (thousands(found.states), found.depth);
    says(&format!(
        "{states} states, the farthest {depth} steps from the beginning"
    ));
}

/// Once people are silent and nothing more goes wrong, no work goes round in circles.
fn everything_comes_to_an_end<M: Protocol>(model: &M) {
    let circle = circle(model);
    assert!(circle.is_none(), "it comes back to {circle:?}");
}

/// Exactly this breaks.
fn breaks<M: Protocol>(model: &M, without: &str, expected: &[&'static str]) {
    let found = check(model);
    let expected: BTreeSet<&str> = expected.iter().copied().collect();
    let stories: Vec<String> = { found.broken.iter() }
        .filter_map(|broken| Some(story(model, broken)?.to_string()))
        .collect();
    let stories = stories.join("\n");
    assert_eq!(found.broken, expected, "without {without}:\n{stories}");
}

/// The page has a line for a guard.
fn is_told(guard: &str) {
    says(&format!("| `{guard}` |"));
}

fn says(told: &str) {
    assert!(
        PAGE.contains(told),
        "docs/reliability.md does not say: {told}"
    );
}

fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut told = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            told.push(',');
        }
        told.push(digit);
    }
    told
}
