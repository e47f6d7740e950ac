//! What a deploy would change, line by line.

use shipbell_domain::preview::{Back, Change, Fate, Preview};

use super::words::{bound, closed, listed};

/// The most services that are told one by one.
const MOST: usize = 8;

/// The longest name of an image, and the longest reason.
const IMAGE: usize = 60;
const WHY: usize = 200;

/// The first digits of a digest, enough for people.
const DIGITS: usize = 8;

pub(super) fn lines(preview: &Preview) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(why) = &preview.trouble {
        let why = bound(why, WHY);
        lines.push(format!("It would fail before anything is touched: {why}"));
    }
    let told: Vec<String> = preview.changes.iter().filter_map(change).collect();
    lines.extend(told.iter().take(MOST).cloned());
    if told.len() > MOST {
        lines.push(format!("and {} more", told.len() - MOST));
    }
    let kept: Vec<String> = { preview.changes.iter() }
        .filter(|it| it.fate == Fate::Kept)
        .map(named)
        .collect();
    if !kept.is_empty() {
        lines.push(format!("Stays as it is: {}", listed(&kept, MOST)));
    }
    let away: Vec<String> = preview.away().map(away).collect();
    if !away.is_empty() {
        let away = listed(&away, MOST);
        lines.push(format!("Does not answer while it is replaced: {away}"));
    }
    if !preview.once.is_empty() {
        let once = listed(&preview.once, MOST);
        lines.push(format!("Not undone by going back: {once}"));
    }
    for (step, restore) in preview.irreversible.iter().take(MOST) {
        let restore = closed(restore, WHY);
        lines.push(format!(
            "Older versions cannot run once {step} was done. To get back: {restore}"
        ));
    }
    lines.push(back(preview.back.as_ref()));
    lines
}

/// What becomes of a service; nothing for one that goes on as it is.
fn change(it: &Change) -> Option<String> {
    let service = named(it);
    let image = |of: &Option<String>| of.as_deref().map(short).unwrap_or_default();
    let (from, to) = (image(&it.from), image(&it.to));
    Some(match it.fate {
        Fate::Kept => return None,
        Fate::Created => format!("{service} is new: {to}"),
        Fate::Replaced if from == to => {
            format!("{service} is replaced: its settings changed, its image {to} did not")
        }
        Fate::Replaced => format!("{service} is replaced: {from} → {to}"),
        Fate::Started => format!("{service} stands still and is started: {to}"),
        Fate::Removed => format!("{service} is removed: the project's files do not name it"),
    })
}

/// A service that does not answer for a while, and for how long it did not last time.
fn away(it: &Change) -> String {
    match it.away {
        Some(last) => format!("{} ({} last time)", named(it), seconds(last)),
        None => named(it),
    }
}

/// The service, and on which of several hosts.
fn named(it: &Change) -> String {
    match &it.on {
        Some(host) => format!("{} on {host}", it.service),
        None => it.service.clone(),
    }
}

/// `1.4 s`
fn seconds(milliseconds: u64) -> String {
    let tenths = (milliseconds + 50) / 100;
    format!("{}.{} s", tenths / 10, tenths % 10)
}

fn back(back: Option<&Back>) -> String {
    match back {
        None => "There is no verified version to go back to".to_owned(),
        Some(Back {
            version,
            lost: None,
        }) => format!("Back to {version}: every image can be had"),
        Some(Back {
            version,
            lost: Some(why),
        }) => format!("There is no way back to {version}: {}", bound(why, WHY)),
    }
}

/// `4c1e22aa` of a digest, `nginx:1.27` as it is.
fn short(image: &str) -> String {
    match image.rsplit_once("sha256:") {
        Some((_, digest)) => digest.chars().take(DIGITS).collect(),
        None => bound(image, IMAGE),
    }
}

#[cfg(test)]
mod tests {
    use shipbell_domain::ids::Version;

    use super::*;

    fn change(service: &str, fate: Fate, images: (&str, &str)) -> Change {
        let image = |it: &str| (!it.is_empty()).then(|| it.to_owned());
        Change {
            service: service.to_owned(),
            on: None,
            fate,
            from: image(images.0),
            to: image(images.1),
            published: service == "web",
            away: (service == "web").then_some(1_430),
        }
    }

    #[test]
    fn a_look_ahead_reads_as_a_list() {
        let (old, new) = (
            format!("ghcr.io/acme/web@sha256:{}", "4c1e22aa".repeat(8)),
            format!("ghcr.io/acme/web@sha256:{}", "9f3b11cc".repeat(8)),
        );
        let preview = Preview {
            engine: "engine 29".to_owned(),
            changes: vec![
                change("web", Fate::Replaced, (&old, &new)),
                change("api", Fate::Replaced, (&old, &old)),
                change("db", Fate::Kept, ("postgres:17", "postgres:17")),
                change("worker", Fate::Created, ("", &new)),
                change("mail", Fate::Removed, ("mailhog:1", "")),
                change("cron", Fate::Started, ("cron:1", "cron:1")),
            ],
            once: vec!["Migrate".to_owned()],
            irreversible: vec![(
                "Migrate".to_owned(),
                "Restore the dump of before.".to_owned(),
            )],
            trouble: None,
            back: Some(Back {
                version: Version::new("1.3.0").unwrap(),
                lost: None,
            }),
        };
        insta::assert_snapshot!(lines(&preview).join("\n"), @r"
        web is replaced: 4c1e22aa → 9f3b11cc
        api is replaced: its settings changed, its image 4c1e22aa did not
        worker is new: 9f3b11cc
        mail is removed: the project's files do not name it
        cron stands still and is started: cron:1
        Stays as it is: db
        Does not answer while it is replaced: web (1.4 s last time)
        Not undone by going back: Migrate
        Older versions cannot run once Migrate was done. To get back: Restore the dump of before.
        Back to 1.3.0: every image can be had
        ");
    }

    #[test]
    fn what_would_go_wrong_comes_first_and_last() {
        let preview = Preview {
            trouble: Some("the project's files have no service web".to_owned()),
            back: Some(Back {
                version: Version::new("1.3.0").unwrap(),
                lost: Some("web: manifest unknown".to_owned()),
            }),
            ..Preview::default()
        };
        insta::assert_snapshot!(lines(&preview).join("\n"), @r"
        It would fail before anything is touched: the project's files have no service web
        There is no way back to 1.3.0: web: manifest unknown
        ");
        let first = lines(&Preview::default());
        assert_eq!(first, ["There is no verified version to go back to"]);
    }
}
