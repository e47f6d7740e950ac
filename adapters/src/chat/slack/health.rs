//! Whether the app is set up as it must be: asked of Slack, changing nothing.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::api::Api;
use super::fault::Fault;
use super::method::Method;
use super::{SlackError, SlackOptions, Transport, manifest, people, wire};
pub use crate::chat::finding::{Finding, State};
use crate::chat::finding::{bad, good};
use crate::chat::{ChannelId, ChatError};
use crate::secret::Secret;

/// How long one question may take.
const WITHIN: Duration = Duration::from_secs(10);

/// How far the clocks may be apart, in seconds: beyond five minutes nothing Slack
/// signs would be believed.
const APART: i64 = 30;

/// Looks at tokens, scopes, the channel, the groups and the clock.
pub async fn examine(
    options: &SlackOptions,
    channel: &ChannelId,
    now: DateTime<Utc>,
) -> Result<Vec<Finding>, SlackError> {
    let tls = wire::tls().map_err(SlackError::Certificates)?;
    let app = match &options.transport {
        Transport::Socket { app_token, .. } => Some(app_token),
        Transport::Http { .. } => None,
    };
    let api = super::api(&options.api_url, tls, (&options.bot_token, app))?;
    let mut findings = Vec::new();
    let known = bot(&api, now, &mut findings).await;
    if app.is_some() {
        findings.push(sockets(&api, app).await);
    }
    if known {
        findings.push(membership(&api, channel).await);
        for group in &options.groups {
            findings.push(members(&api, group).await);
        }
    }
    Ok(findings)
}

/// The bot's token, what it may do, and Slack's clock; whether the token is good.
async fn bot(api: &Api, now: DateTime<Utc>, findings: &mut Vec<Finding>) -> bool {
    let address = format!("{}/{}", api.url, Method::AuthTest.name());
    let body = ("application/json; charset=utf-8", b"{}".as_slice().into());
    let asked = api
        .wire
        .post(&address, body, Some(api.bot_token()), WITHIN)
        .await;
    let reply = match asked {
        Ok(reply) => reply,
        Err(lost) => {
            findings.push(bad(
                "bot token",
                format!("Slack did not answer: {lost}"),
                "check the network, and api_url in the configuration",
            ));
            return false;
        }
    };
    let header = |name: &str| reply.headers.get(name).and_then(|it| it.to_str().ok());
    let answer: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    if answer["ok"] != Value::Bool(true) {
        let code = answer["error"].as_str().unwrap_or("no clear answer");
        let fix = "copy the bot token again, from OAuth & Permissions on the app's page";
        findings.push(bad("bot token", code.to_owned(), fix));
        return false;
    }
    let (team, user) = (words(&answer["team"]), words(&answer["user"]));
    findings.push(good("bot token", format!("workspace {team}, as @{user}")));
    if let Some(granted) = header("x-oauth-scopes") {
        findings.push(scopes(granted));
    }
    let date = header("date").and_then(|it| DateTime::parse_from_rfc2822(it).ok());
    if let Some(date) = date {
        findings.push(clock(date.to_utc(), now));
    }
    true
}

fn scopes(granted: &str) -> Finding {
    let granted: BTreeSet<&str> = granted.split(',').map(str::trim).collect();
    let missing: Vec<&str> = manifest::scopes()
        .into_iter()
        .filter(|it| !granted.contains(it))
        .collect();
    if missing.is_empty() {
        return good(
            "scopes",
            format!("all {} that are used", manifest::scopes().len()),
        );
    }
    let fix = "add them under OAuth & Permissions on the app's page, and install the app again";
    bad("scopes", format!("missing: {}", missing.join(", ")), fix)
}

fn clock(theirs: DateTime<Utc>, ours: DateTime<Utc>) -> Finding {
    let apart = (ours - theirs).num_seconds();
    if apart.abs() <= APART {
        return good(
            "clock",
            format!("within {} s of Slack's", apart.abs().max(1)),
        );
    }
    let what = format!(
        "{} s {}",
        apart.abs(),
        if apart > 0 { "fast" } else { "slow" }
    );
    bad(
        "clock",
        what,
        "let the machine set its clock, for example with chrony",
    )
}

/// Opening a socket's address shows that the app-level token is good; nothing connects.
async fn sockets(api: &Api, token: Option<&Secret>) -> Finding {
    if token.is_some_and(|it| !it.expose().trim().starts_with("xapp-")) {
        let fix = "make an app-level token with connections:write, under Basic Information";
        return bad("app token", "it does not begin with xapp-".to_owned(), fix);
    }
    match api.call(Method::ConnectionsOpen, json!({})).await {
        Ok(_) => good("app token", "Socket Mode is on".to_owned()),
        Err(fault) => failed(
            "app token",
            fault,
            "make an app-level token with connections:write and switch Socket Mode on, on the app's page",
        ),
    }
}

async fn membership(api: &Api, channel: &ChannelId) -> Finding {
    let subject = "channel";
    match api
        .call(Method::ChannelInfo, json!({ "channel": channel }))
        .await
    {
        Ok(answer) => {
            let it = &answer["channel"];
            let name = words(&it["name"]);
            if it["is_archived"] == Value::Bool(true) {
                return bad(
                    subject,
                    format!("#{name} is archived"),
                    "unarchive it, or configure another",
                );
            }
            if it["is_member"] == Value::Bool(true) {
                return good(subject, format!("in #{name}"));
            }
            let fix = "type /invite and the app's name in that channel";
            bad(subject, format!("not in #{name}"), fix)
        }
        Err(fault) => failed(
            subject,
            fault,
            "compare the id with the channel's, at the end of its details in Slack; a private channel is seen once the app is invited",
        ),
    }
}

async fn members(api: &Api, group: &str) -> Finding {
    let subject = format!("group {group}");
    match people::members(api, group).await {
        Ok(members) if members.is_empty() => Finding {
            subject,
            state: State::Doubtful("has no members now".to_owned()),
        },
        Ok(members) => good(&subject, format!("{} members", members.len())),
        Err(ChatError::Gone) => bad(&subject, "there is none".to_owned(), "compare its id"),
        Err(error @ (ChatError::Later { .. } | ChatError::Refused(_) | ChatError::Unknown(_))) => {
            bad(
                &subject,
                error.to_string(),
                "compare its id, and the scope usergroups:read",
            )
        }
    }
}

fn failed(subject: &str, fault: Fault, otherwise: &str) -> Finding {
    let fix = fault.advice().unwrap_or_else(|| otherwise.to_owned());
    let what = ChatError::from(fault).to_string();
    Finding {
        subject: subject.to_owned(),
        state: State::Bad { what, fix },
    }
}

fn words(value: &Value) -> String {
    value.as_str().unwrap_or("?").chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_scopes_are_named() {
        let all: Vec<&str> = manifest::scopes().into_iter().collect();
        assert!(matches!(scopes(&all.join(",")).state, State::Good(_)));
        let State::Bad { what, .. } = scopes("chat:write, commands").state else {
            panic!("most are missing")
        };
        assert!(
            what.contains("pins:write") && !what.contains("chat:write"),
            "{what}"
        );
    }

    #[test]
    fn a_clock_that_is_off_is_told() {
        let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
        assert!(matches!(clock(at(1000), at(1003)).state, State::Good(_)));
        let State::Bad { what, .. } = clock(at(1000), at(1120)).state else {
            panic!("it is two minutes off")
        };
        assert_eq!(what, "120 s fast");
    }
}
