//! Env files: one variable a line. Whatever is not set stays as it is, byte for byte.

use std::collections::BTreeMap;

use crate::secret::Secret;

/// Why a variable cannot be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name} {why}")]
pub struct Unwritable {
    /// The variable; never its value.
    pub name: String,
    /// What is wrong.
    pub why: &'static str,
}

/// The file with these values, and the variables that changed.
///
/// Where a variable stands several times the last line is the one that counts,
/// and the one that is changed. A new one comes at the end.
pub(crate) fn upsert(
    text: &[u8],
    values: &BTreeMap<String, Secret>,
) -> Result<(Vec<u8>, Vec<String>), Unwritable> {
    let mut lines: Vec<Vec<u8>> = text
        .split_inclusive(|it| *it == b'\n')
        .map(<[u8]>::to_vec)
        .collect();
    let mut changed = Vec::new();
    for (name, value) in values {
        let value = quoted(name, value.expose())?;
        let place = lines
            .iter()
            .rposition(|line| before_value(line, name).is_some());
        if place.is_none() {
            append(&mut lines, name);
        }
        let line = place.unwrap_or(lines.len() - 1);
        let Some(old) = lines.get_mut(line) else {
            continue;
        };
        let start = before_value(old, name).unwrap_or(old.len());
        let mut new = old[..start].to_vec();
        new.extend_from_slice(value.as_bytes());
        new.extend_from_slice(ending(old));
        if place.is_none() || new != *old {
            changed.push(name.clone());
        }
        *old = new;
    }
    Ok((lines.concat(), changed))
}

/// A line of its own at the end, with nothing behind its `=`, ending as the others do.
fn append(lines: &mut Vec<Vec<u8>>, name: &str) {
    let style = lines.first().map_or(&b"\n"[..], |it| match ending(it) {
        b"" => b"\n",
        other => other,
    });
    let style = style.to_vec();
    if let Some(last) = lines.last_mut().filter(|it| ending(it).is_empty()) {
        last.extend_from_slice(&style);
    }
    lines.push([name.as_bytes(), b"=", &style].concat());
}

/// Where the value begins, if the line sets this variable.
fn before_value(line: &[u8], name: &str) -> Option<usize> {
    let blank = |it: &u8| *it == b' ' || *it == b'\t';
    let skip = |from: usize| from + line[from..].iter().take_while(|it| blank(it)).count();
    let mut at = skip(0);
    if line[at..].starts_with(b"export") {
        let after = skip(at + b"export".len());
        if after > at + b"export".len() {
            at = after;
        }
    }
    let rest = line[at..].strip_prefix(name.as_bytes())?;
    let equals = line.len() - rest.len();
    let equals = skip(equals);
    (line.get(equals) == Some(&b'=')).then_some(equals + 1)
}

fn ending(line: &[u8]) -> &[u8] {
    if line.ends_with(b"\r\n") {
        b"\r\n"
    } else if line.ends_with(b"\n") {
        b"\n"
    } else {
        b""
    }
}

/// A value as every reader of such files takes it: bare if there is nothing
/// special in it, else in single quotes, in which nothing is.
fn quoted(name: &str, value: &str) -> Result<String, Unwritable> {
    let wrong = |why| {
        let name = name.to_owned();
        Err(Unwritable { name, why })
    };
    let starts_well = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if !starts_well || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return wrong("is no name of a variable");
    }
    if value.contains(['\n', '\r', '\0']) {
        return wrong("has a value of more than one line");
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || "._/@:+-,=%".contains(c);
    if value.chars().all(plain) {
        return Ok(value.to_owned());
    }
    if value.contains('\'') {
        return wrong("has a value with a single quote, which no env file can hold safely");
    }
    Ok(format!("'{value}'"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn set(text: &str, values: &[(&str, &str)]) -> (String, Vec<String>) {
        let values = values
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).into()));
        let (bytes, changed) = upsert(text.as_bytes(), &values.collect()).unwrap();
        (String::from_utf8(bytes).unwrap(), changed)
    }

    #[test]
    fn a_variable_is_set_where_it_stands_or_at_the_end() {
        for (before, after) in [
            ("", "V=2\n"),
            ("V=1", "V=2"),
            ("V=1\n", "V=2\n"),
            ("# V=0\nA=1\nV=1\nB=\n", "# V=0\nA=1\nV=2\nB=\n"),
            ("A=1", "A=1\nV=2\n"),
            ("A=1\r\nB=2\r\n", "A=1\r\nB=2\r\nV=2\r\n"),
            ("  export V = '1' # old\n", "  export V =2\n"),
            ("V=1\nV=0\n", "V=1\nV=2\n"),
            ("VV=1\nexportV=1\n", "VV=1\nexportV=1\nV=2\n"),
        ] {
            assert_eq!(set(before, &[("V", "2")]).0, after, "{before:?}");
        }
    }

    #[test]
    fn nothing_changes_the_second_time() {
        let values = [("V", "1.2"), ("W", "a b $c \"d\"")];
        let (once, changed) = set("A=1\n", &values);
        assert_eq!(once, "A=1\nV=1.2\nW='a b $c \"d\"'\n");
        assert_eq!(changed, ["V", "W"]);
        assert_eq!(set(&once, &values), (once.clone(), Vec::new()));
    }

    #[test]
    fn what_a_reader_would_take_for_something_else_is_refused() {
        for (name, value) in [
            ("V", "a\nB=1"),
            ("V", "it's"),
            ("1V", "x"),
            ("", "x"),
            ("A B", "x"),
        ] {
            let values = [(name.to_owned(), value.into())].into();
            let error = upsert(b"", &values).unwrap_err().to_string();
            assert!(!error.contains(value) || value == "x", "{error}");
        }
    }

    proptest! {
        #[test]
        fn every_other_line_stays_byte_for_byte(
            lines in prop::collection::vec("[ -~é\t]{0,12}(\r\n|\n)", 0..12),
            value in "[a-z0-9 $]{0,8}",
        ) {
            let text = lines.concat();
            let (after, _) = set(&text, &[("KEY", &value)]);
            let of = |line: &&str| before_value(line.as_bytes(), "KEY").is_none();
            let before: Vec<&str> = text.split_inclusive('\n').filter(of).collect();
            let kept: Vec<&str> = after.split_inclusive('\n').filter(of).collect();
            prop_assert_eq!(before, kept);
            prop_assert_eq!(set(&after, &[("KEY", &value)]).1.len(), 0);
        }
    }
}
