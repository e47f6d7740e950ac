//! What can go wrong with a call, and what each of Discord's codes for it means:
//! certainly not done, perhaps done, or nothing there to do it to.
//! <https://discord.com/developers/docs/topics/opcodes-and-status-codes#json>

use std::time::Duration;

use serde_json::Value;

use super::route::Kind;
use crate::chat::ChatError;

/// How long to wait where only a person can put it right.
const MENDED: Duration = Duration::from_mins(1);

/// How long to wait after Discord could not be reached.
const REACHED: Duration = Duration::from_secs(5);

/// How long to wait where Discord says "too many" without saying for how long.
pub(super) const UNSAID: Duration = Duration::from_secs(30);

/// Discord's codes the bot knows by name.
pub(super) mod code {
    pub(in crate::chat::discord) const UNKNOWN_CHANNEL: u64 = 10003;
    pub(in crate::chat::discord) const UNKNOWN_MEMBER: u64 = 10007;
    pub(in crate::chat::discord) const UNKNOWN_MESSAGE: u64 = 10008;
    pub(in crate::chat::discord) const UNKNOWN_USER: u64 = 10013;
    pub(in crate::chat::discord) const UNKNOWN_INTERACTION: u64 = 10062;
    pub(in crate::chat::discord) const TOO_MANY_OLD_EDITS: u64 = 30046;
    pub(in crate::chat::discord) const ANSWERED_ALREADY: u64 = 40060;
    pub(in crate::chat::discord) const MISSING_ACCESS: u64 = 50001;
    pub(in crate::chat::discord) const MISSING_PERMISSIONS: u64 = 50013;
    pub(in crate::chat::discord) const INVALID_FORM: u64 = 50035;
    pub(in crate::chat::discord) const ARCHIVED: u64 = 50083;
    pub(in crate::chat::discord) const HAS_THREAD: u64 = 160_004;
}

/// Why a call did not come to what it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Discord said no, with a code of its own.
    Said {
        kind: Kind,
        status: u16,
        /// Discord's code; 0 if it gave none.
        code: u64,
        /// What it said besides.
        detail: String,
    },
    /// Certainly not done: too many of its kind, leave it alone for so long.
    Busy { kind: Kind, after: Duration },
    /// Certainly not done: it was never sent.
    Unsent(String),
    /// Perhaps done: sent, and no clear answer.
    Unknown(String),
}

impl Fault {
    /// What an answer that is no success means.
    pub(super) fn of(kind: Kind, status: u16, body: &[u8]) -> Self {
        if status >= 500 {
            return Self::Unknown(format!("{}: Discord answered {status}", kind.name()));
        }
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        Self::Said {
            kind,
            status,
            code: body["code"].as_u64().unwrap_or_default(),
            detail: detail(&body),
        }
    }

    /// Whether Discord said one of these codes.
    pub(super) fn is(&self, codes: &[u64]) -> bool {
        matches!(self, Self::Said { code, .. } if codes.contains(code))
    }

    /// Whether what was sent was no good in itself.
    pub(super) fn is_form(&self) -> bool {
        self.is(&[code::INVALID_FORM])
    }

    /// What a person must do about it, where only a person can.
    pub(super) fn advice(&self) -> Option<String> {
        let Self::Said {
            kind, status, code, ..
        } = self
        else {
            return None;
        };
        if *status == 401 {
            return Some(
                "the token is not good: reset it on the application's page under Bot, put the new one where the configuration says, and start the bot again".to_owned(),
            );
        }
        match *code {
            code::MISSING_ACCESS | code::MISSING_PERMISSIONS => Some(format!(
                "give the bot in the channel: {}. `shipbell discord invite` prints an address that grants all it needs; a private channel must have the bot added besides",
                kind.needs()
            )),
            code::UNKNOWN_CHANNEL if *kind == Kind::Channel => Some(
                "compare the channel's id in the configuration (\"Copy Channel ID\" in its menu, in developer mode), and invite the bot with the address of `shipbell discord invite`".to_owned(),
            ),
            _ if *status == 403 => Some("a rule of the server forbids it: ask its administrators".to_owned()),
            _ => None,
        }
    }
}

impl From<Fault> for ChatError {
    fn from(fault: Fault) -> Self {
        let advised = fault.advice().is_some();
        match fault {
            Fault::Busy { kind, after } => Self::Later {
                what: format!("{}: too many calls", kind.name()),
                after,
            },
            Fault::Unsent(what) => Self::Later {
                what,
                after: REACHED,
            },
            Fault::Unknown(what) => Self::Unknown(what),
            Fault::Said {
                kind,
                status,
                code,
                detail,
            } => {
                let what = format!("{}: {detail} (status {status}, code {code})", kind.name());
                match code {
                    code::UNKNOWN_MESSAGE => Self::Gone,
                    code::UNKNOWN_CHANNEL if kind != Kind::Channel => Self::Gone,
                    code::TOO_MANY_OLD_EDITS => Self::Later {
                        what,
                        after: UNSAID,
                    },
                    _ if advised || status == 401 => Self::Later {
                        what,
                        after: MENDED,
                    },
                    _ => Self::Refused(what),
                }
            }
        }
    }
}

/// What Discord says about an error: its message, and which parts were wrong.
fn detail(body: &Value) -> String {
    let mut words = body["message"].as_str().unwrap_or("refused").to_owned();
    wrong(&body["errors"], "", &mut words);
    words.chars().take(300).collect()
}

fn wrong(errors: &Value, path: &str, words: &mut String) {
    const LONG: usize = 300;
    let Some(parts) = errors.as_object().filter(|_| words.len() < LONG) else {
        return;
    };
    for (name, inside) in parts {
        if name == "_errors" {
            let messages = inside.as_array().into_iter().flatten();
            for message in messages.filter_map(|it| it["message"].as_str()) {
                words.push_str("; ");
                words.push_str(path);
                words.push_str(": ");
                words.push_str(message);
            }
        } else {
            let dot = if path.is_empty() { "" } else { "." };
            wrong(inside, &format!("{path}{dot}{name}"), words);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn chat(kind: Kind, status: u16, code: u64) -> ChatError {
        let body = json!({ "code": code, "message": "no" }).to_string();
        Fault::of(kind, status, body.as_bytes()).into()
    }

    #[test]
    fn every_code_means_one_of_four_things() {
        assert_eq!(chat(Kind::Edit, 404, 10008), ChatError::Gone);
        assert_eq!(chat(Kind::Post, 404, 10003), ChatError::Gone);
        for (status, code) in [(401, 0), (403, 50013), (403, 50001), (403, 1), (429, 30046)] {
            let error = chat(Kind::Post, status, code);
            assert!(matches!(error, ChatError::Later { .. }), "{error:?}");
        }
        for (status, code) in [(400, 50035), (400, 50006), (403 - 3, 99)] {
            let error = chat(Kind::Post, status, code);
            assert!(matches!(error, ChatError::Refused(_)), "{error:?}");
        }
        for status in [500, 502, 503] {
            assert!(matches!(chat(Kind::Post, status, 0), ChatError::Unknown(_)));
        }
    }

    #[test]
    fn what_only_a_person_can_mend_comes_with_the_way_to_mend_it() {
        let body = br#"{"code": 50013, "message": "Missing Permissions"}"#;
        let fault = Fault::of(Kind::Pin, 403, body);
        assert!(fault.advice().unwrap().contains("Pin Messages"));
        assert_eq!(Fault::of(Kind::Edit, 404, b"").advice(), None);
    }

    #[test]
    fn the_parts_that_were_wrong_are_named() {
        let body = json!({ "message": "Invalid Form Body", "code": 50035, "errors": {
            "components": { "0": { "content": { "_errors": [{ "message": "too long" }] } } }
        } });
        assert_eq!(
            detail(&body),
            "Invalid Form Body; components.0.content: too long"
        );
    }
}
