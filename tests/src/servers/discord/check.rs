//! What Discord refuses in messages and forms, and what its description does not say.

use std::collections::BTreeSet;

use serde_json::Value;

use super::model::MODERN;

/// What is wrong with a message; nothing if it is taken.
pub(super) fn message(body: &Value, knows_components: bool) -> Result<(), String> {
    let modern = body["flags"].as_u64().unwrap_or_default() & MODERN != 0;
    if modern && !knows_components {
        return Err("flags: components are not known here".to_owned());
    }
    let length = |it: &Value| it.as_str().map_or(0, |it| it.chars().count());
    let content = length(&body["content"]);
    let embeds = body["embeds"].as_array().map_or(&[][..], Vec::as_slice);
    if modern && (content > 0 || !embeds.is_empty()) {
        return Err("content and embeds cannot stand beside components".to_owned());
    }
    if content > 2000 {
        return Err("content: more than 2000".to_owned());
    }
    if embeds.len() > 10 {
        return Err("embeds: more than 10".to_owned());
    }
    let mut together = 0;
    for embed in embeds {
        together += length(&embed["title"]) + length(&embed["description"]);
        if length(&embed["description"]) > 4096 || length(&embed["title"]) > 256 {
            return Err("embeds: too long".to_owned());
        }
    }
    if together > 6000 {
        return Err("embeds: more than 6000 together".to_owned());
    }
    let mut tally = Tally::default();
    tally.all(&body["components"], modern)?;
    if tally.count > 40 || tally.words > 4000 {
        return Err(format!(
            "components: {} of them with {} characters",
            tally.count, tally.words
        ));
    }
    if modern && tally.count == 0 || !modern && content == 0 && embeds.is_empty() {
        return Err("the message is empty".to_owned());
    }
    Ok(())
}

/// What is wrong with a form.
pub(super) fn modal(data: &Value) -> Result<(), String> {
    let parts = data["components"].as_array().map_or(&[][..], Vec::as_slice);
    if !(1..=5).contains(&parts.len()) {
        return Err(format!("a form of {} parts", parts.len()));
    }
    let title = data["title"].as_str().unwrap_or_default().chars().count();
    let id = data["custom_id"].as_str().unwrap_or_default().len();
    if !(1..=45).contains(&title) || !(1..=100).contains(&id) {
        return Err("a form's title or id".to_owned());
    }
    let mut names = BTreeSet::new();
    for part in parts {
        match part["type"].as_u64() {
            Some(10) => {}
            Some(18) => {
                let label = part["label"].as_str().unwrap_or_default().chars().count();
                let inner = &part["component"];
                let name = inner["custom_id"].as_str().unwrap_or_default();
                if !(1..=45).contains(&label) || name.is_empty() || !names.insert(name.to_owned()) {
                    return Err(format!("the question {name}"));
                }
                let options = inner["options"].as_array().map_or(0, Vec::len);
                if inner["type"] == 3 && !(1..=25).contains(&options) {
                    return Err(format!("{options} options of {name}"));
                }
            }
            _ => return Err("a form holds labels and words".to_owned()),
        }
    }
    Ok(())
}

#[derive(Default)]
struct Tally {
    count: usize,
    words: usize,
    ids: BTreeSet<u64>,
    names: BTreeSet<String>,
}

impl Tally {
    fn all(&mut self, components: &Value, modern: bool) -> Result<(), String> {
        for it in components.as_array().into_iter().flatten() {
            self.count += 1;
            let kind = it["type"].as_u64().unwrap_or_default();
            if !modern && matches!(kind, 10 | 14 | 17) {
                return Err("such components need the flag".to_owned());
            }
            if let Some(id) = it["id"].as_u64()
                && (id > 0x7fff_ffff || !self.ids.insert(id))
            {
                return Err(format!("components: the id {id}"));
            }
            let words = it["content"].as_str().map_or(0, |it| it.chars().count());
            if kind == 10 && words == 0 {
                return Err("an empty text".to_owned());
            }
            self.words += words;
            if let Some(name) = it["custom_id"].as_str()
                && (!(1..=100).contains(&name.chars().count())
                    || !self.names.insert(name.to_owned()))
            {
                return Err(format!("components: the custom_id {name}"));
            }
            let label = it["label"].as_str().map_or(0, |it| it.chars().count());
            if kind == 2 && (label > 80 || it["custom_id"].is_null() && it["url"].is_null()) {
                return Err("a button".to_owned());
            }
            Self::menu(it)?;
            let inside = it["components"].as_array().map_or(0, Vec::len);
            if kind == 1 && !(1..=5).contains(&inside) {
                return Err(format!("a row of {inside}"));
            }
            self.all(&it["components"], modern)?;
        }
        Ok(())
    }

    fn menu(it: &Value) -> Result<(), String> {
        if it["type"] != 3 {
            return Ok(());
        }
        let options = it["options"].as_array().map_or(&[][..], Vec::as_slice);
        let values: BTreeSet<&str> = options
            .iter()
            .filter_map(|it| it["value"].as_str())
            .collect();
        let long = |it: &str| it.chars().count() > 100;
        let labels = options.iter().filter_map(|it| it["label"].as_str());
        let whole = (1..=25).contains(&options.len()) && values.len() == options.len();
        if !whole || values.iter().any(|it| long(it)) || labels.into_iter().any(long) {
            return Err("a menu".to_owned());
        }
        Ok(())
    }
}
