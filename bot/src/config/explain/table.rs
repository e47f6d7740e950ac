//! Two columns, the first as wide as it must be.

use std::fmt::{self, Write as _};

/// Writes rows; a second column of several lines stays in its column.
pub(super) fn table(
    out: &mut String,
    indent: usize,
    rows: impl IntoIterator<Item = (String, String)>,
) -> fmt::Result {
    let rows: Vec<(String, String)> = rows.into_iter().collect();
    let width = rows
        .iter()
        .map(|(name, _)| name.chars().count())
        .max()
        .unwrap_or_default();
    for (name, words) in rows {
        let mut name = name.as_str();
        for line in words.lines() {
            writeln!(out, "{:indent$}{name:<width$}  {line}", "")?;
            name = "";
        }
    }
    Ok(())
}
