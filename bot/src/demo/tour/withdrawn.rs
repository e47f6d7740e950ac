//! Somebody takes their sign-off back in time: nothing starts. Later it does.

use super::first::{accept, sign_off};
use super::{Phase, Release, Tour, Who};
use crate::demo::place::Place;
use crate::demo::versions::SECOND;
use crate::failure::Failure;

pub(super) async fn play(tour: &mut Tour<'_>, before: &Release) -> Result<Release, Failure> {
    tour.screen.title("A sign-off is withdrawn in time");
    let release = tour.open("rapid-audit", "Rapid Audit", SECOND.name).await?;
    tour.checklist(&release).await?;
    tour.may_run(Place::Staging, &[Some(before.version), Some(SECOND.name)])?;
    tour.deploy(Who::Ana, Place::Staging, &release).await?;
    accept(tour, &release, false).await?;
    let ask = sign_off(tour, &release).await?;
    tour.react(Who::Dan, &ask, false).await?;
    refused(tour, &release).await?;

    tour.screen.title("Dan is convinced, and it goes");
    let (ask, _) = tour
        .ask(&release, Phase::Signoff, Place::Production)
        .await?;
    tour.react(Who::Dan, &ask, true).await?;
    tour.may_run(
        Place::Production,
        &[Some(before.version), Some(SECOND.name)],
    )?;
    tour.deploy(Who::Bo, Place::Production, &release).await?;
    tour.runs(Place::Production, SECOND.name).await?;
    let card = release.card.clone();
    tour.until("the watch over production", |page| {
        page.replies(&card)
            .find(|it| it.words().contains("watching"))
            .map(|_| ())
    })
    .await?;
    tour.may_run(Place::Production, &[Some(SECOND.name)])?;
    Ok(release)
}

/// Without Dan's sign-off nothing starts, and whoever wanted it is told.
async fn refused(tour: &mut Tour<'_>, release: &Release) -> Result<(), Failure> {
    let card = release.card.clone();
    let before = tour.look().await?.replies(&card).count();
    let command = format!("/release deploy rapid-audit production {}", release.version);
    let answers = tour.say(Who::Bo, &command).await?;
    if answers.iter().any(|it| it.words().contains("sign")) {
        return Ok(());
    }
    // The asks are read right before the start: then it is told in the thread.
    tour.until("the refusal for want of a sign-off", |page| {
        let mut new = page.replies(&card).skip(before);
        new.find(|it| it.words().contains("sign")).map(|_| ())
    })
    .await
}
