//! News about what somebody changed outside.

use shipbell_adapters::chat::card::{Block, ButtonStyle, Card, Text};
use shipbell_domain::drift::{Difference, Differs};
use shipbell_domain::ids::{EnvName, Person, ReleaseId, Version};

use super::Told;
use crate::chatops::buttons::Press;
use crate::render::words::{bound, button, counted, said};

/// How many differences are told.
const MOST: usize = 8;

pub(super) fn seen(
    told: &Told<'_>,
    (env, version): (&EnvName, &Version),
    runs: ReleaseId,
    differences: &[Difference],
) -> Card {
    let app = told.app();
    let words = format!(
        "{app}: {env} was changed by somebody else. It does not run as {version} was deployed."
    );
    let mut card = told.card(words);
    let mut lines: Vec<String> = differences.iter().take(MOST).map(difference).collect();
    let more = differences.len().saturating_sub(MOST);
    if more > 0 {
        lines.push(format!("and {}", counted(more, "more service")));
    }
    card.blocks.push(Block::Evidence {
        title: "Changed".to_owned(),
        lines,
    });
    card.blocks.push(Block::Context(Text(vec![
        said("Nothing was touched. The next deploy replaces it. To have it as it was: "),
        told.voice
            .command(&format!("rollback {} {version}", told.typed(env))),
    ])));
    let adopt = Press::Adopt(runs, env.clone());
    card.buttons = vec![button("Adopt as a release", &adopt, ButtonStyle::Plain)];
    card
}

pub(super) fn adopted(
    told: &Told<'_>,
    (env, version): (&EnvName, &Version),
    by: &Person,
    why: &str,
) -> Card {
    let (app, by) = (told.app(), told.voice.name(by));
    told.card(format!(
        "{app}: {by} adopted what runs in {env} as {version}. {}",
        bound(why, 300)
    ))
}

/// `web on host-2: runs another image, 4c1e22aa instead of 9f3b11cc`
pub fn difference(it: &Difference) -> String {
    let host = it
        .on
        .as_ref()
        .map(|it| format!(" on {it}"))
        .unwrap_or_default();
    let service = bound(&it.service, 60);
    let what = match &it.what {
        Differs::Down => "does not run any more".to_owned(),
        Differs::Image { from, to } => {
            format!(
                "runs another image, {} instead of {}",
                short(to),
                short(from)
            )
        }
        Differs::Settings => "was made anew with other settings".to_owned(),
        Differs::Count { from, to } => {
            format!("{} instead of {from}", counted(*to as usize, "container"))
        }
        Differs::Files => {
            "its project's files ask for something else; it runs on as it was".to_owned()
        }
        Differs::New => "runs, and was not there".to_owned(),
    };
    format!("{service}{host}: {what}")
}

/// The first digits of an image's digest or id.
fn short(pinned: &str) -> String {
    let digits = pinned.rsplit("sha256:").next().unwrap_or(pinned);
    digits.chars().take(12).collect()
}
