//! Whether the application is set up as it must be: asked of Discord, changing nothing.

use chrono::{DateTime, Utc};
use reqwest::header::HeaderMap;
use serde_json::Value;

use super::api::{Api, Body};
use super::fault::Fault;
use super::route::Route;
use super::{DiscordError, PERMISSIONS};
use crate::chat::finding::{Finding, State, bad, good};
use crate::chat::{ChannelId, ChatError};
use crate::secret::Secret;

/// How far the clocks may be apart, in seconds.
const APART: i64 = 30;

/// With fewer identifications left than this something keeps cutting the connection.
const FEW: u64 = 100;

/// The permission that holds every other.
const ADMINISTRATOR: u64 = 1 << 3;

/// The permissions by their names in Discord.
const NAMES: [(u64, &str); 9] = [
    (1 << 10, "View Channels"),
    (1 << 11, "Send Messages"),
    (1 << 38, "Send Messages in Threads"),
    (1 << 14, "Embed Links"),
    (1 << 15, "Attach Files"),
    (1 << 16, "Read Message History"),
    (1 << 6, "Add Reactions"),
    (1 << 35, "Create Public Threads"),
    (1 << 51, "Pin Messages"),
];

/// What is looked at.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The API, without a slash at its end.
    pub api_url: String,
    /// The bot's token.
    pub token: Secret,
    /// The channel everything happens in.
    pub channel: ChannelId,
    /// The roles of the server that matter, by id.
    pub roles: Vec<String>,
}

/// Looks at the token, the channel, the permissions, the roles and the clock.
pub async fn examine(subject: &Subject, now: DateTime<Utc>) -> Result<Vec<Finding>, DiscordError> {
    let api = super::api(&subject.api_url, &subject.token)?;
    let mut findings = Vec::new();
    let Some(user) = bot(&api, now, &mut findings).await else {
        return Ok(findings);
    };
    findings.push(gateway(&api).await);
    if let Err(finding) = server(&api, subject, &user, &mut findings).await {
        findings.push(finding);
    }
    Ok(findings)
}

/// The application a token is for, as its page names it.
pub async fn application(api_url: &str, token: &Secret) -> Result<String, String> {
    let api = super::api(api_url, token).map_err(|error| error.to_string())?;
    let answer = api.call(Route::application(), Body::Nothing).await;
    let answer = answer.map_err(|fault| told(fault).0)?;
    let id = answer["id"].as_str().map(str::to_owned);
    id.ok_or_else(|| "the answer names no application".to_owned())
}

/// The token and Discord's clock; the bot's account if the token is good.
async fn bot(api: &Api, now: DateTime<Utc>, findings: &mut Vec<Finding>) -> Option<String> {
    let asked = api
        .call_for_headers(Route::application(), Body::Nothing)
        .await;
    let (answer, headers) = match asked {
        Ok(answer) => answer,
        Err(fault) => {
            findings.push(failed("token", fault, "check the network, and api_url"));
            return None;
        }
    };
    let name = words(&answer["name"]);
    findings.push(good("token", format!("application {name}")));
    findings.extend(clock(&headers, now));
    let user = answer["bot"]["id"].as_str().or(answer["id"].as_str());
    user.map(str::to_owned)
}

fn clock(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Finding> {
    let date = headers.get("date")?.to_str().ok()?;
    let theirs = DateTime::parse_from_rfc2822(date).ok()?.to_utc();
    let apart = (now - theirs).num_seconds();
    if apart.abs() <= APART {
        let what = format!("within {} s of Discord's", apart.abs().max(1));
        return Some(good("clock", what));
    }
    let side = if apart > 0 { "fast" } else { "slow" };
    let fix = "let the machine set its clock, for example with chrony";
    Some(bad("clock", format!("{} s {side}", apart.abs()), fix))
}

async fn gateway(api: &Api) -> Finding {
    match api.call(Route::gateway(), Body::Nothing).await {
        Ok(answer) => {
            let left = answer["session_start_limit"]["remaining"].as_u64();
            let what = format!("{} connections left today", left.unwrap_or_default());
            if left.is_some_and(|it| it < FEW) {
                return Finding {
                    subject: "gateway".to_owned(),
                    state: State::Doubtful(what),
                };
            }
            good("gateway", what)
        }
        Err(fault) => failed("gateway", fault, "try again later"),
    }
}

/// The channel, what the bot may do there, and the roles.
async fn server(
    api: &Api,
    subject: &Subject,
    user: &str,
    findings: &mut Vec<Finding>,
) -> Result<(), Finding> {
    let ask = |subject: &'static str, route: Route, fix: &'static str| async move {
        let asked = api.call(route, Body::Nothing).await;
        asked.map_err(|fault| failed(subject, fault, fix))
    };
    let compare = "compare the id with the channel's, from \"Copy Channel ID\" in its menu";
    let channel = ask("channel", Route::channel(&subject.channel), compare).await?;
    let Some(guild) = channel["guild_id"].as_str() else {
        return Err(bad("channel", "it is in no server".to_owned(), compare));
    };
    findings.push(match channel["type"].as_u64() {
        Some(0 | 5) => good("channel", format!("#{}", words(&channel["name"]))),
        _ => bad(
            "channel",
            format!("#{} is no text channel", words(&channel["name"])),
            "configure a text channel: threads are opened in it",
        ),
    });
    let invite = "invite the bot with the address of `shipbell discord invite`";
    let member = ask("server", Route::member(guild, user), invite).await?;
    let roles = ask("server", Route::roles(guild), invite).await?;
    let missing = PERMISSIONS & !permissions(&member, &roles, &channel, guild);
    let missing: Vec<&str> = NAMES
        .iter()
        .filter(|(bit, _)| missing & bit != 0)
        .map(|(_, name)| *name)
        .collect();
    findings.push(if missing.is_empty() {
        good("permissions", format!("all {} that are used", NAMES.len()))
    } else {
        let what = format!("missing in the channel: {}", missing.join(", "));
        let fix = "open the address of `shipbell discord invite` again, and look at the channel's own permissions";
        bad("permissions", what, fix)
    });
    for wanted in &subject.roles {
        let all = roles.as_array().into_iter().flatten();
        let found = all.clone().find(|it| it["id"] == wanted.as_str());
        findings.push(match found {
            Some(role) => good(&format!("role {wanted}"), words(&role["name"])),
            None => bad(
                &format!("role {wanted}"),
                "the server has none".to_owned(),
                "compare the id, from \"Copy Role ID\" in the server's settings",
            ),
        });
    }
    Ok(())
}

/// What the bot may do in the channel.
/// <https://discord.com/developers/docs/topics/permissions#permission-overwrites>
fn permissions(member: &Value, roles: &Value, channel: &Value, guild: &str) -> u64 {
    let bits = |it: &Value| it.as_str().and_then(|it| it.parse::<u64>().ok());
    let held: Vec<&str> = member["roles"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let of_server = roles.as_array().into_iter().flatten();
    let of_server = of_server.filter(|it| {
        it["id"]
            .as_str()
            .is_some_and(|id| id == guild || held.contains(&id))
    });
    let mut all = of_server
        .filter_map(|it| bits(&it["permissions"]))
        .fold(0, |all, it| all | it);
    if all & ADMINISTRATOR != 0 {
        return u64::MAX;
    }
    let overwrites = || {
        channel["permission_overwrites"]
            .as_array()
            .into_iter()
            .flatten()
    };
    let mut lay = |wanted: &dyn Fn(&str) -> bool| {
        let some = overwrites().filter(|it| it["id"].as_str().is_some_and(wanted));
        let (deny, allow) = some.fold((0, 0), |(deny, allow), it| {
            (
                deny | bits(&it["deny"]).unwrap_or_default(),
                allow | bits(&it["allow"]).unwrap_or_default(),
            )
        });
        all = all & !deny | allow;
    };
    lay(&|id| id == guild);
    lay(&|id| held.contains(&id));
    lay(&|id| member["user"]["id"] == id);
    all
}

fn failed(subject: &str, fault: Fault, otherwise: &str) -> Finding {
    let (what, fix) = told(fault);
    bad(subject, what, fix.as_deref().unwrap_or(otherwise))
}

fn told(fault: Fault) -> (String, Option<String>) {
    let fix = fault.advice();
    (ChatError::from(fault).to_string(), fix)
}

fn words(value: &Value) -> String {
    value.as_str().unwrap_or("?").chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_channel_takes_away_is_missing_there() {
        let member = json!({ "user": { "id": "1" }, "roles": ["r1"] });
        let roles = json!([
            { "id": "g", "permissions": (1u64 << 10).to_string() },
            { "id": "r1", "permissions": (1u64 << 11).to_string() },
            { "id": "r2", "permissions": u64::MAX.to_string() },
        ]);
        let channel = json!({ "permission_overwrites": [
            { "id": "g", "deny": (1u64 << 11).to_string(), "allow": "0" },
            { "id": "1", "deny": "0", "allow": (1u64 << 6).to_string() },
        ] });
        assert_eq!(
            permissions(&member, &roles, &channel, "g"),
            1 << 10 | 1 << 6
        );
        let all = NAMES.iter().fold(0, |all, (bit, _)| all | bit);
        assert_eq!(all, PERMISSIONS);
        let chief = json!([{ "id": "g", "permissions": "8" }]);
        assert_eq!(permissions(&member, &chief, &channel, "g"), u64::MAX);
    }
}
