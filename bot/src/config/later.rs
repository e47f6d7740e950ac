//! Keys of the format that this version does not act on yet. They are refused, never ignored.
//!
//! To support one, delete its line here and give it a field in its section.

use std::ops::Range;

use toml::de::{DeArray, DeTable, DeValue};

use super::desk::Desk;
use super::recover::drop_element;

/// What is taken out besides the key.
#[derive(Clone, Copy)]
enum Cut {
    /// Nothing.
    Key,
    /// The list element the key stands in: without it the element says nothing.
    Element,
}

/// Where the keys stand; `*` is any name and any element of a list.
const LATER: &[(&str, Cut)] = &[
    ("heroku", Cut::Key),
    ("app.*.ticket", Cut::Key),
    ("app.*.follow_up", Cut::Key),
    ("app.*.task", Cut::Key),
    ("app.*.checklist.*.run", Cut::Element),
    ("app.*.env.*.checklist", Cut::Key),
    ("app.*.env.*.heroku", Cut::Key),
    ("app.*.env.*.import_state", Cut::Key),
    ("app.*.env.*.notify", Cut::Key),
    ("app.*.env.*.statuspage", Cut::Key),
    ("app.*.env.*.deploy.*.gitlab_job", Cut::Element),
    ("app.*.env.*.deploy.*.heroku_release", Cut::Element),
    ("app.*.env.*.deploy.*.heroku_run", Cut::Element),
    ("app.*.env.*.deploy.*.heroku_rollback", Cut::Element),
    ("app.*.env.*.rollback.*.gitlab_job", Cut::Element),
    ("app.*.env.*.rollback.*.heroku_release", Cut::Element),
    ("app.*.env.*.rollback.*.heroku_run", Cut::Element),
    ("app.*.env.*.rollback.*.heroku_rollback", Cut::Element),
    ("app.*.env.*.smoke.*.tls", Cut::Element),
    ("app.*.env.*.smoke.*.basic_auth", Cut::Key),
    ("app.*.env.*.monitor.*.tls", Cut::Element),
    ("app.*.env.*.monitor.*.basic_auth", Cut::Key),
];

/// Takes such keys out of the file and notes each.
pub(super) fn refuse(table: &mut DeTable<'_>, desk: &mut Desk) {
    for (pattern, cut) in LATER {
        let pattern: Vec<&str> = pattern.split('.').collect();
        in_table(table, &pattern, *cut, &mut Vec::new(), desk);
    }
}

/// Notes a value that is not acted on yet.
pub(super) fn refuse_value(desk: &mut Desk, span: Range<usize>, what: &str) {
    not_yet(desk, span, what);
}

/// Whether the element the table is has to go.
fn in_table(
    table: &mut DeTable<'_>,
    pattern: &[&str],
    cut: Cut,
    path: &mut Vec<String>,
    desk: &mut Desk,
) -> bool {
    let Some((wanted, below)) = pattern.split_first() else {
        return false;
    };
    let keys: Vec<_> = table.keys().cloned().collect();
    let mut element_goes = false;
    for key in keys {
        let name = key.get_ref().to_string();
        if *wanted != "*" && name != *wanted {
            continue;
        }
        path.push(name.clone());
        if below.is_empty() {
            not_yet(desk, key.span(), &name);
            table.remove(&key);
            desk.gone.0.push(path.clone());
            element_goes = matches!(cut, Cut::Element);
        } else if let Some(value) = table.get_mut(&key) {
            in_value(value.get_mut(), below, cut, path, desk);
        }
        path.pop();
    }
    element_goes
}

fn in_value(
    value: &mut DeValue<'_>,
    pattern: &[&str],
    cut: Cut,
    path: &mut Vec<String>,
    desk: &mut Desk,
) {
    match value {
        DeValue::Table(table) => {
            in_table(table, pattern, cut, path, desk);
        }
        DeValue::Array(items) => in_list(items, pattern, cut, path, desk),
        DeValue::String(_)
        | DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_) => {}
    }
}

fn in_list(
    items: &mut DeArray<'_>,
    pattern: &[&str],
    cut: Cut,
    path: &mut Vec<String>,
    desk: &mut Desk,
) {
    let Some(("*", below)) = pattern.split_first().map(|(first, rest)| (*first, rest)) else {
        return;
    };
    for index in (0..items.len()).rev() {
        path.push(index.to_string());
        let element = items.get_mut(index).map(toml::Spanned::get_mut);
        let goes = match element {
            Some(DeValue::Table(table)) => in_table(table, below, cut, path, desk),
            Some(_) | None => false,
        };
        if goes {
            drop_element(items, index);
        }
        path.pop();
    }
}

fn not_yet(desk: &mut Desk, span: Range<usize>, what: &str) {
    let noted = desk.note(span, format!("`{what}` is not in this version"));
    noted.label("nothing would act on it").help("leave it out");
}
