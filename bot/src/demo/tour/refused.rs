//! A deploy outside the window is refused, with the reason and the next window.

use super::{Tour, Who};
use crate::demo::versions::FIRST;
use crate::failure::Failure;

pub(super) async fn play(tour: &mut Tour<'_>) -> Result<(), Failure> {
    tour.screen.title("A deploy outside its window is refused");
    let release = tour.open("motorsport", "Motorsport", FIRST.name).await?;
    let command = format!("/release deploy motorsport production {}", release.version);
    let mut refused = false;
    // The images may still be being pinned: that is a reason of its own.
    for _ in 0..20 {
        let answers = tour.say(Who::Bo, &command).await?;
        let words: Vec<String> = answers.iter().map(super::Message::words).collect();
        refused = words.iter().any(|it| it.contains("window"));
        if refused && !words.iter().any(|it| it.contains("image")) {
            break;
        }
    }
    if !refused {
        return Err(Failure::user(
            "the deploy outside its window was not refused for that",
        ));
    }
    let cancel = format!(
        "/release cancel {} \"It was only to show the window\"",
        release.number
    );
    tour.say(Who::Ana, &cancel).await?;
    Ok(())
}
