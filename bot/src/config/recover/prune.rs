//! Finds and takes out the part of a table that stands at a place in the file.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

/// Takes out the deepest entry that lies within `span`, and says where it was.
pub(super) fn take_out(table: &mut DeTable<'_>, span: &Range<usize>) -> Option<Vec<String>> {
    let mut found = None;
    for (key, value) in table.iter_mut() {
        let here = within(&key.span(), span) || within(&value.span(), span);
        let name = key.get_ref().to_string();
        if let Some(mut path) = take_out_of(value.get_mut(), span) {
            path.insert(0, name);
            return Some(path);
        }
        if here {
            found = Some((key.clone(), name));
            break;
        }
    }
    let (key, name) = found?;
    table.remove(&key);
    Some(vec![name])
}

/// Where the table or element that stands exactly there is.
pub(super) fn path_of(table: &DeTable<'_>, span: &Range<usize>) -> Option<Vec<String>> {
    table.iter().find_map(|(key, value)| {
        let mut path = path_at(value, span).or_else(|| (key.span() == *span).then(Vec::new))?;
        path.insert(0, key.get_ref().to_string());
        Some(path)
    })
}

fn path_at(value: &Spanned<DeValue<'_>>, span: &Range<usize>) -> Option<Vec<String>> {
    let below = match value.get_ref() {
        DeValue::Table(table) => path_of(table, span),
        DeValue::Array(items) => items.iter().enumerate().find_map(|(index, item)| {
            let mut path = path_at(item, span)?;
            path.insert(0, index.to_string());
            Some(path)
        }),
        DeValue::String(_)
        | DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_) => None,
    };
    below.or_else(|| (value.span() == *span).then(Vec::new))
}

fn take_out_of(value: &mut DeValue<'_>, span: &Range<usize>) -> Option<Vec<String>> {
    match value {
        DeValue::Table(table) => take_out(table, span),
        DeValue::Array(items) => take_out_of_list(items, span),
        DeValue::String(_)
        | DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_) => None,
    }
}

fn take_out_of_list(items: &mut DeArray<'_>, span: &Range<usize>) -> Option<Vec<String>> {
    for index in 0..items.len() {
        let item = items.get_mut(index)?;
        if let Some(mut path) = take_out_of(item.get_mut(), span) {
            path.insert(0, index.to_string());
            return Some(path);
        }
        if within(&item.span(), span) {
            // Elements behind it move up: paths into this list are right until then only.
            drop_element(items, index);
            return Some(vec![index.to_string()]);
        }
    }
    None
}

/// Takes one element out of a list.
pub(in crate::config) fn drop_element(items: &mut DeArray<'_>, index: usize) {
    let before = std::mem::replace(items, DeArray::new())
        .into_iter()
        .enumerate();
    *items = before
        .filter(|(at, _)| *at != index)
        .map(|(_, item)| item)
        .collect();
}

fn within(inner: &Range<usize>, outer: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}
