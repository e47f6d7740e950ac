//! What can go wrong with a call, and what each of Slack's words for it means:
//! certainly not done, perhaps done, or nothing there to do it to.

use std::time::Duration;

use serde_json::Value;
use slack_morphism::errors::SlackClientError;

use super::method::Method;
use crate::chat::ChatError;

/// How long to wait where only a person can put it right.
const MENDED: Duration = Duration::from_mins(1);

/// How long to wait after Slack could not be reached.
const REACHED: Duration = Duration::from_secs(5);

/// How long to wait where Slack says "too many" without saying for how long.
const UNSAID: Duration = Duration::from_secs(30);

/// Why a call did not come to what it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Slack said no, in a word of its own.
    Said {
        method: Method,
        /// Slack's word.
        code: String,
        /// What it said besides.
        detail: String,
    },
    /// Certainly not done: too many of its kind, leave it alone for so long.
    Busy { method: Method, after: Duration },
    /// Certainly not done: it was never sent.
    Unsent(String),
    /// Perhaps done: sent, and no clear answer.
    Unknown(String),
}

impl Fault {
    /// What the client library reports, sorted by what it means for the call.
    pub(super) fn of(method: Method, error: SlackClientError) -> Self {
        let name = method.name();
        match error {
            SlackClientError::ApiError(it) => {
                let detail = it
                    .http_response_body
                    .as_deref()
                    .map_or_else(String::new, detail);
                Self::said(method, &it.code, detail)
            }
            SlackClientError::RateLimitError(it) => Self::Busy {
                method,
                after: it.retry_after.unwrap_or(UNSAID),
            },
            SlackClientError::HttpError(it) if it.status_code.is_server_error() => {
                Self::Unknown(format!("{name}: Slack answered {}", it.status_code))
            }
            SlackClientError::HttpError(it) => {
                Self::said(method, "http_error", format!("status {}", it.status_code))
            }
            SlackClientError::HttpProtocolError(it) => {
                let cause = it.cause.as_deref();
                let cause = cause.map(|it| it as &(dyn std::error::Error + 'static));
                let unsent = cause
                    .and_then(|it| it.downcast_ref::<hyper_util::client::legacy::Error>())
                    .is_some_and(hyper_util::client::legacy::Error::is_connect);
                let what = format!("{name}: {}", cause.map_or_else(String::new, chain));
                if unsent {
                    Self::Unsent(what)
                } else {
                    Self::Unknown(what)
                }
            }
            // Answers that cannot be read are answers: something may have been done.
            other @ (SlackClientError::EndOfStream(_)
            | SlackClientError::SystemError(_)
            | SlackClientError::ProtocolError(_)
            | SlackClientError::SocketModeProtocolError(_)) => {
                Self::Unknown(format!("{name}: {}", kind(&other)))
            }
        }
    }

    /// Slack's own word for what is wrong.
    pub(super) fn said(method: Method, code: &str, detail: String) -> Self {
        let code = code.chars().take(100).collect();
        Self::Said {
            method,
            code,
            detail,
        }
    }

    /// Whether Slack said one of these words.
    pub(super) fn is(&self, codes: &[&str]) -> bool {
        matches!(self, Self::Said { code, .. } if codes.contains(&code.as_str()))
    }

    /// What a person must do about it, where only a person can.
    pub(super) fn advice(&self) -> Option<String> {
        let Self::Said { method, code, .. } = self else {
            return None;
        };
        Some(match code.as_str() {
            "not_in_channel" | "channel_not_found" => {
                "invite the app to the channel, with /invite in Slack, and compare the channel's id in the configuration".to_owned()
            }
            "missing_scope" | "no_permission" => format!(
                "add the scopes {} to the app, under OAuth & Permissions, and install it again",
                method.scopes().join(", ")
            ),
            "invalid_auth" | "not_authed" | "token_revoked" | "token_expired"
            | "account_inactive" | "not_allowed_token_type" | "access_denied"
            | "team_access_not_granted" | "org_login_required" => {
                "the token is not good: copy it again from the app's page and start the bot again"
                    .to_owned()
            }
            "is_archived" => "the channel is archived: unarchive it or configure another".to_owned(),
            "restricted_action" | "restricted_action_thread_only_channel"
            | "restricted_action_non_threadable_channel" | "restricted_action_read_only_channel"
            | "restricted_action_thread_locked" | "ekm_access_denied" => {
                "a rule of the workspace forbids it: ask its administrators".to_owned()
            }
            _ => return None,
        })
    }
}

impl From<Fault> for ChatError {
    fn from(fault: Fault) -> Self {
        let advised = fault.advice().is_some();
        match fault {
            Fault::Busy { method, after } => Self::Later {
                what: format!("{}: too many calls", method.name()),
                after,
            },
            Fault::Unsent(what) => Self::Later {
                what,
                after: REACHED,
            },
            Fault::Unknown(what) => Self::Unknown(what),
            Fault::Said {
                method,
                code,
                detail,
            } => {
                let what = format!("{}: {code}{}", method.name(), between(&detail));
                match code.as_str() {
                    "message_not_found" | "thread_not_found" => Self::Gone,
                    "ratelimited" | "rate_limited" | "message_limit_exceeded" => Self::Later {
                        what,
                        after: UNSAID,
                    },
                    // Slack says of these that a part may have been done.
                    "fatal_error"
                    | "internal_error"
                    | "request_timeout"
                    | "service_unavailable" => Self::Unknown(what),
                    _ if advised => Self::Later {
                        what,
                        after: MENDED,
                    },
                    _ => Self::Refused(what),
                }
            }
        }
    }
}

fn between(detail: &str) -> String {
    if detail.is_empty() {
        String::new()
    } else {
        format!(" ({detail})")
    }
}

/// What Slack says about an error besides its word.
fn detail(body: &str) -> String {
    let Ok(body) = serde_json::from_str::<Value>(body) else {
        return String::new();
    };
    let messages = body["response_metadata"]["messages"].as_array();
    let messages = messages.into_iter().flatten().filter_map(Value::as_str);
    let needed = body["needed"].as_str().map(|it| format!("needs {it}"));
    let all: Vec<String> = messages.map(str::to_owned).chain(needed).collect();
    all.join("; ").chars().take(300).collect()
}

fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut words = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        words = format!("{words}: {error}");
        next = error.source();
    }
    words
}

/// The library's own words quote what was sent and received; ours do not.
fn kind(error: &SlackClientError) -> &'static str {
    match error {
        SlackClientError::ProtocolError(_) => "the answer is no JSON that makes sense",
        SlackClientError::EndOfStream(_) => "the answer ended early",
        SlackClientError::SystemError(_)
        | SlackClientError::SocketModeProtocolError(_)
        | SlackClientError::ApiError(_)
        | SlackClientError::HttpError(_)
        | SlackClientError::HttpProtocolError(_)
        | SlackClientError::RateLimitError(_) => "the call failed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chat(code: &str) -> ChatError {
        Fault::said(Method::PostMessage, code, String::new()).into()
    }

    #[test]
    fn every_word_of_slack_means_one_of_four_things() {
        assert_eq!(chat("message_not_found"), ChatError::Gone);
        for refused in [
            "invalid_blocks",
            "msg_too_long",
            "cant_update_message",
            "anything_new",
        ] {
            assert!(matches!(chat(refused), ChatError::Refused(_)), "{refused}");
        }
        for later in [
            "ratelimited",
            "not_in_channel",
            "missing_scope",
            "invalid_auth",
            "is_archived",
        ] {
            assert!(matches!(chat(later), ChatError::Later { .. }), "{later}");
        }
        for unknown in ["fatal_error", "internal_error", "service_unavailable"] {
            assert!(matches!(chat(unknown), ChatError::Unknown(_)), "{unknown}");
        }
    }

    #[test]
    fn what_only_a_person_can_mend_comes_with_the_way_to_mend_it() {
        let fault = Fault::said(Method::AddPin, "missing_scope", String::new());
        assert!(fault.advice().unwrap().contains("pins:write"));
        assert_eq!(
            Fault::said(Method::AddPin, "no_pin", String::new()).advice(),
            None
        );
    }

    #[test]
    fn what_slack_says_besides_is_kept_short() {
        let body = serde_json::json!({
            "ok": false,
            "error": "invalid_blocks",
            "response_metadata": { "messages": ["[ERROR] no such block", "x".repeat(999)] }
        });
        let detail = detail(&body.to_string());
        assert!(detail.starts_with("[ERROR] no such block; x"));
        assert_eq!(detail.chars().count(), 300);
    }
}
