//! From what people do in chat to what they mean, and the forms they fill in.
//!
//! Nothing here records or sends anything: words, buttons, emoji and forms are
//! read against the [`vocabulary`] of what there is, and become a question, a
//! wish, a form, or a suggestion.

pub mod vocabulary;

pub mod normalise;

pub mod grammar;

pub mod resolve;

pub mod buttons;
pub mod complete;
pub mod forms;
pub mod help;
pub mod reactions;
