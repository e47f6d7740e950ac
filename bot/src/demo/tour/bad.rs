//! A bad version: production goes back by itself, and people are called until one answers.

use super::first::{accept, sign_off};
use super::{Release, Tour, Who};
use crate::demo::place::Place;
use crate::demo::versions::BAD;
use crate::failure::Failure;

pub(super) async fn play(tour: &mut Tour<'_>, before: &Release) -> Result<(), Failure> {
    tour.screen
        .title("A bad version: well on staging, not in production");
    let release = tour.open("rapid-audit", "Rapid Audit", BAD.name).await?;
    tour.checklist(&release).await?;
    tour.may_run(Place::Staging, &[Some(before.version), Some(BAD.name)])?;
    tour.deploy(Who::Ana, Place::Staging, &release).await?;
    accept(tour, &release, false).await?;
    sign_off(tour, &release).await?;
    tour.deploy(Who::Bo, Place::Production, &release).await?;

    let incident = called_twice(tour).await?;
    tour.screen.title("Dan is on it");
    tour.press(
        Who::Dan,
        &incident.card,
        &format!("ack:{}", incident.number),
    )
    .await?;
    tour.until("the acknowledgement", |page| {
        let card = page.messages.iter().find(|it| it.id == incident.card)?;
        card.words().contains("is on it since").then_some(())
    })
    .await?;
    tour.runs(Place::Production, before.version).await?;
    let version = before.version;
    tour.until("the word that production is back", |page| {
        let mut all = page.messages.iter().filter(|it| !it.private);
        all.find(|it| it.words().contains("rolled back") && it.words().contains(version))
            .map(|_| ())
    })
    .await?;

    let resolve = format!(
        "/release incident resolve {} \"Back on {version}\"",
        incident.number
    );
    tour.say(Who::Dan, &resolve).await?;
    tour.say(
        Who::Bo,
        "/release unlock rapid-audit production \"Looked at it, all is well\"",
    )
    .await?;
    let cancel = format!(
        "/release cancel {} \"It fails in production\"",
        release.number
    );
    tour.say(Who::Ana, &cancel).await?;
    tour.say(Who::Ana, "/release status").await?;
    Ok(())
}

/// An incident: its number, and the message that is its card.
struct Incident {
    number: String,
    card: String,
}

/// Waits until the incident has called a second level of people.
async fn called_twice(tour: &mut Tour<'_>) -> Result<Incident, Failure> {
    let (card, number) = tour
        .until("an incident", |page| {
            // Calls in its thread have the button too.
            let cards = page.messages.iter().filter(|it| it.thread.is_none());
            cards.rev().find_map(|card| {
                let mut actions = card.buttons.iter().map(|(_, action)| action);
                let number = actions.find_map(|it| it.strip_prefix("ack:"))?;
                Some((card.id.clone(), number.to_owned()))
            })
        })
        .await?;
    tour.until("a second call, because nobody is on it", |page| {
        (page.replies(&card).count() >= 2).then_some(())
    })
    .await?;
    Ok(Incident { number, card })
}
