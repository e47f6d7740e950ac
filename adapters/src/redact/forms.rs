//! The spellings in which one secret turns up.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::base64;

/// Every spelling of `value`, itself included.
pub(super) fn of(value: &str) -> BTreeSet<String> {
    let mut forms = BTreeSet::from([value.to_owned()]);
    let percent = percent_encoded(value);
    forms.insert(percent.replace("%20", "+"));
    forms.insert(lower_case_escapes(&percent));
    forms.insert(percent);
    let json = serde_json::Value::from(value).to_string();
    forms.insert(json.trim_matches('"').to_owned());
    for before in 0..3 {
        let standard = inside_base64(value.as_bytes(), before);
        forms.insert(standard.replace('+', "-").replace('/', "_"));
        forms.insert(standard);
    }
    forms
}

/// What is always the same of `value` in base64 when `before` other bytes, and
/// any number of later ones, share the encoding (as in `user:password`).
fn inside_base64(value: &[u8], before: usize) -> String {
    let mut bytes = vec![0; before];
    bytes.extend_from_slice(value);
    let coded = base64::encode(&bytes);
    let first = (before * 8).div_ceil(6);
    let last = bytes.len() * 8 / 6;
    coded[first..last].to_owned()
}

fn percent_encoded(value: &str) -> String {
    let mut out = String::new();
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").expect("writing to a string cannot fail");
        }
    }
    out
}

fn lower_case_escapes(percent: &str) -> String {
    let mut escape = 0;
    percent
        .chars()
        .map(|c| {
            let lowered = if escape > 0 {
                c.to_ascii_lowercase()
            } else {
                c
            };
            escape = if c == '%' {
                2
            } else {
                escape - i32::from(escape > 0)
            };
            lowered
        })
        .collect()
}
