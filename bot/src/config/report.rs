//! What is wrong with a file: every mistake with its line, a caret and a hint.

mod mask;

use std::fmt;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

pub(super) use mask::{is_secret, is_variable, looks_secret, mask};

/// The most mistakes told at once; whoever has more begins with these.
pub(super) const MOST: usize = 100;

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub message: String,
    /// Where, in bytes of the file; nowhere if it is about the whole file.
    pub span: Option<Range<usize>>,
    /// What to say at that place.
    pub label: String,
    /// What to do about it.
    pub help: Option<String>,
}

/// Everything that is wrong with one file. Never without a problem, never with a secret.
#[derive(Clone, Debug)]
pub struct Report {
    /// The file as the person named it.
    pub name: String,
    /// The mistakes in the order of the file.
    pub problems: Vec<Problem>,
    /// The file without its secrets.
    source: String,
}

impl Report {
    /// Collects what was found; `source` must have its secrets masked.
    pub(super) fn new(name: &str, source: String, mut problems: Vec<Problem>) -> Self {
        problems.sort_by_cached_key(|it| {
            let span = it.span.as_ref().map(|span| (span.start, span.end));
            (span, it.message.clone())
        });
        // A key that several environments share is judged for each of them.
        problems.dedup_by(|one, other| one.span == other.span && one.message == other.message);
        problems.truncate(MOST);
        let mut report = Self {
            name: name.to_owned(),
            problems,
            source,
        };
        for problem in &mut report.problems {
            let quoted = problem
                .span
                .clone()
                .and_then(|span| report.source.get(span));
            // The message repeats what stands there, and that is hidden.
            if problem.message.starts_with("invalid ") && quoted.is_some_and(|it| it.contains('*'))
            {
                "a secret is written here, and not as one".clone_into(&mut problem.message);
                "hidden".clone_into(&mut problem.label);
            }
            problem.message = mask::blot(&problem.message);
            problem.help = problem.help.as_deref().map(mask::blot);
        }
        report
    }

    /// A report about a file that could not be read.
    pub(super) fn unread(name: &str, message: String, help: &str) -> Self {
        let help = Some(help.to_owned());
        let problem = Problem {
            message,
            span: None,
            label: String::new(),
            help,
        };
        Self::new(name, String::new(), vec![problem])
    }

    /// How many mistakes there are.
    pub fn count(&self) -> usize {
        self.problems.len()
    }

    /// What people read.
    pub fn render(&self, color: bool) -> String {
        let renderer = if color {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        let mut text = String::new();
        for problem in &self.problems {
            text.push_str(&self.render_one(&renderer, problem));
            text.push_str("\n\n");
        }
        let plural = if self.count() == 1 {
            "problem"
        } else {
            "problems"
        };
        let more = if self.count() == MOST { " or more" } else { "" };
        text + &format!("{}{more} {plural} in {}\n", self.count(), self.name)
    }

    /// The line, from 1, in which a problem stands.
    pub fn line(&self, problem: &Problem) -> Option<usize> {
        let before = self.source.get(..problem.span.as_ref()?.start)?;
        Some(before.matches('\n').count() + 1)
    }

    fn render_one(&self, renderer: &Renderer, problem: &Problem) -> String {
        let title = Level::ERROR.primary_title(problem.message.as_str());
        let mut group = match &problem.span {
            Some(span) => {
                let mark = AnnotationKind::Primary.span(self.shown(span));
                let mark = mark.label(problem.label.as_str());
                let snippet = Snippet::source(self.source.as_str());
                title.element(snippet.path(self.name.as_str()).annotation(mark))
            }
            None => annotate_snippets::Group::with_title(title),
        };
        if let Some(help) = &problem.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        renderer.render(&[group])
    }

    /// The part of a span on its first line: a whole table under a caret helps nobody.
    fn shown(&self, span: &Range<usize>) -> Range<usize> {
        let length = self.source.len();
        let (start, end) = (
            span.start.min(length),
            span.end.clamp(span.start, length.max(span.start)),
        );
        let end = end.min(length).max(start);
        let Some(text) = self.source.get(start..end) else {
            return 0..0;
        };
        let first = text.split('\n').next().unwrap_or_default().trim_end();
        start..start + first.len()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Report {}
