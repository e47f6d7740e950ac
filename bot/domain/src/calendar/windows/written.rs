//! Windows as the configuration writes them: text for a weekly one, a table for a scheduled one.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, MapAccess, Visitor, value::MapAccessDeserializer},
};

use super::{CronWindow, WeeklyWindow, Window};

impl<'de> Deserialize<'de> for Window {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Shape)
    }
}

impl Serialize for Window {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Weekly(window) => window.serialize(serializer),
            Self::Cron(window) => window.serialize(serializer),
        }
    }
}

/// Tells the kinds apart by their shape, so that errors speak of the kind that was meant.
struct Shape;

impl<'de> Visitor<'de> for Shape {
    type Value = Window;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"Tue,Thu 14:00-16:00\" or { cron = \"0 14 * * 2,4\", for = \"2h\" }")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Window, E> {
        let window = WeeklyWindow::parse(text).map_err(E::custom)?;
        Ok(Window::Weekly(window))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Window, A::Error> {
        let window = CronWindow::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Window::Cron(window))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_shapes_come_back_as_they_were() {
        for text in [
            r#""Tue,Thu 14:00-16:00""#,
            r#"{"cron":"0 14 * * 2,4","for":"2h"}"#,
        ] {
            let window: Window = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&window).unwrap(), text);
        }
    }

    #[test]
    fn errors_speak_of_the_kind_that_was_meant() {
        for (text, reason) in [
            (r#""Tuu 14:00-16:00""#, "`Tuu` is not a day of the week"),
            (
                r#"{"cron":"0 14 * * 2,4","for":"two"}"#,
                "`two` is not a length of time",
            ),
            (
                r#"{"cron":"0 14 * * 9","for":"2h"}"#,
                "`9` is not a day of the week from 0 to 7 or sun to sat",
            ),
            (
                r#"{"cron":"* * * * *","for":"2h"}"#,
                "a window that opens 1440 times a day is no window",
            ),
            (r#"{"cron":"0 14 * * 2,4"}"#, "missing field `for`"),
            ("7", "expected \"Tue,Thu 14:00-16:00\" or"),
        ] {
            let error = serde_json::from_str::<Window>(text).unwrap_err();
            assert!(error.to_string().contains(reason), "{error}");
        }
    }
}
