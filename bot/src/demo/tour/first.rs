//! A release as it should go: planned, checked, tried on staging, signed off, deployed, watched.

use super::{Phase, Release, Tour, Who};
use crate::demo::place::Place;
use crate::demo::versions::FIRST;
use crate::failure::Failure;

pub(super) async fn play(tour: &mut Tour<'_>) -> Result<Release, Failure> {
    tour.screen
        .title("A release, from the plan to the end of its watch");
    let release = tour.open("rapid-audit", "Rapid Audit", FIRST.name).await?;
    let plan = "/release plan rapid-audit production now for 2h --summary \"The first version\" --owner bo";
    tour.say(Who::Ana, plan).await?;
    tour.checklist(&release).await?;

    tour.screen.title("To staging");
    tour.may_run(Place::Staging, &[None, Some(FIRST.name)])?;
    tour.deploy(Who::Ana, Place::Staging, &release).await?;
    accept(tour, &release, true).await?;

    tour.screen
        .title("Signed off, and to production within its window");
    sign_off(tour, &release).await?;
    tour.may_run(Place::Production, &[None, Some(FIRST.name)])?;
    tour.deploy(Who::Bo, Place::Production, &release).await?;
    tour.runs(Place::Production, FIRST.name).await?;
    watched(tour, &release).await?;
    tour.may_run(Place::Production, &[Some(FIRST.name)])?;
    Ok(release)
}

/// Waits for the proof from staging, and has it accepted; if wished, somebody who
/// cannot tries first.
pub(super) async fn accept(
    tour: &mut Tour<'_>,
    release: &Release,
    ineligible: bool,
) -> Result<(), Failure> {
    let (ask, _) = tour.ask(release, Phase::Accept, Place::Staging).await?;
    tour.may_run(Place::Staging, &[Some(release.version)])?;
    if ineligible {
        tour.screen
            .line("  (Bo is no product owner: his reaction stays, and does not count)");
        tour.react(Who::Bo, &ask, true).await?;
    }
    tour.react(Who::Chloe, &ask, true).await?;
    Ok(())
}

/// Has production signed off, once by a reaction and once by the button.
pub(super) async fn sign_off(tour: &mut Tour<'_>, release: &Release) -> Result<String, Failure> {
    let (ask, button) = tour.ask(release, Phase::Signoff, Place::Production).await?;
    tour.react(Who::Dan, &ask, true).await?;
    tour.press(Who::Chloe, &ask, &button).await?;
    Ok(ask)
}

/// Waits for the watch, look by look, to its end.
async fn watched(tour: &mut Tour<'_>, release: &Release) -> Result<(), Failure> {
    let card = release.card.clone();
    tour.until("the watch over production", |page| {
        page.replies(&card)
            .find(|it| it.words().contains("watching"))
            .map(|_| ())
    })
    .await?;
    tour.until("the end of the watch over production", |page| {
        page.replies(&card)
            .find(|it| it.words().contains("stable: watched"))
            .map(|_| ())
    })
    .await
}
