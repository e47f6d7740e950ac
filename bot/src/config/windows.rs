//! `windows`: when an environment may be deployed to.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use shipbell_domain::calendar::{CronExpr, CronWindow, Hours, WeeklyWindow, Window};

use super::at::At;
use super::desk::Desk;

/// The most windows of an environment.
const MOST: usize = 50;

/// A window as it is written.
#[derive(Clone, Debug)]
pub(super) enum WindowSection {
    Weekly(String),
    Cron {
        cron: At<String>,
        length: At<String>,
    },
}

/// The hours of an environment; none where it is open always.
pub(super) fn lower(
    sections: Option<&At<Vec<At<WindowSection>>>>,
    desk: &mut Desk,
) -> Option<Hours> {
    let sections = sections?;
    desk.limit(sections.get(MOST).map(At::span), sections.len(), MOST);
    let mut windows = Vec::new();
    for section in sections.iter() {
        let Some(window) = window(section, desk) else {
            continue;
        };
        let alone = Hours {
            zone: desk.zone.clone(),
            windows: vec![window.clone()],
        };
        if !alone.never_opening(desk.now).is_empty() {
            let noted = desk.note(section.span(), "this window does not open within 13 months");
            noted.help("write days that come round every year");
        }
        windows.push(window);
    }
    (!windows.is_empty()).then(|| Hours {
        zone: desk.zone.clone(),
        windows,
    })
}

fn window(section: &At<WindowSection>, desk: &mut Desk) -> Option<Window> {
    match &**section {
        WindowSection::Weekly(text) => match WeeklyWindow::parse(text) {
            Ok(window) => Some(Window::Weekly(window)),
            Err(error) => {
                desk.note(section.span(), error.to_string())
                    .help(error.help());
                None
            }
        },
        WindowSection::Cron { cron, length } => {
            let expr = match CronExpr::parse(cron) {
                Ok(expr) => Some(expr),
                Err(error) => {
                    desk.note(cron.span(), error.to_string()).help(error.help());
                    None
                }
            };
            let length = desk.length(length, "7d");
            match CronWindow::new(expr?, length?) {
                Ok(window) => Some(Window::Cron(window)),
                Err(error) => {
                    desk.note(section.span(), error.to_string())
                        .help(error.help());
                    None
                }
            }
        }
    }
}

#[derive(Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "{ cron = \"0 14 * * 2,4\", for = \"2h\" }"
)]
struct CronSection {
    cron: At<String>,
    r#for: At<String>,
}

impl<'de> Deserialize<'de> for WindowSection {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Shape;

        impl<'de> Visitor<'de> for Shape {
            type Value = WindowSection;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("\"Tue,Thu 14:00-16:00\" or { cron = \"0 14 * * 2,4\", for = \"2h\" }")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<WindowSection, E> {
                Ok(WindowSection::Weekly(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<WindowSection, A::Error> {
                let it = CronSection::deserialize(MapAccessDeserializer::new(map))?;
                Ok(WindowSection::Cron {
                    cron: it.cron,
                    length: it.r#for,
                })
            }
        }

        deserializer.deserialize_any(Shape)
    }
}

impl JsonSchema for WindowSection {
    fn schema_name() -> Cow<'static, str> {
        "Window".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Days and hours, or a schedule with a length.",
            "anyOf": [
                { "type": "string", "examples": ["Tue,Thu 14:00-16:00"] },
                {
                    "type": "object",
                    "properties": {
                        "cron": { "type": "string", "examples": ["0 14 * * 2,4"] },
                        "for": { "type": "string", "examples": ["2h"] },
                    },
                    "required": ["cron", "for"],
                    "additionalProperties": false,
                },
            ],
        })
    }
}
