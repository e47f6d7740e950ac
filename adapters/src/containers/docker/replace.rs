//! Replacing plain containers.
//!
//! The new container is made beside the one before, under a name of its own, and the
//! two change places. Every state between is told by the names alone, so that whoever
//! comes later, this process or the next, ends in the same place.

mod create;
mod there;

use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::time::{Instant, sleep};

pub(super) use self::create::SPEC;
pub(super) use self::there::seen;
use self::there::{One, There};
use super::api::Api;
use super::{logs, wait};
use crate::containers::{
    Change, Container, ContainerError, FailureMode, Fate, Kind, Replaced, Running, Session,
};

/// How often the engine may be found at work on what an earlier call asked of it.
const ROUNDS: usize = 10;

/// How long it is left to it.
const MOMENT: Duration = Duration::from_millis(100);

/// What bringing a container to its place came to, before it is known to be well.
struct Done {
    fate: Fate,
    before: Option<Running>,
    ended: Option<DateTime<Utc>>,
    last_words: Vec<String>,
}

/// What would become of the container.
pub(super) async fn foresee(
    api: &Api<'_>,
    container: &Container,
) -> Result<Change, ContainerError> {
    let there = there::look(api, container).await?;
    let image = api.image_id(&container.image.reference).await?;
    let fits = |one: &One| {
        let same = one.running.image == container.image.reference;
        one.spec == create::spec(container)
            && (same || Some(&one.running.image_id) == image.as_ref())
    };
    let known = there.now.as_ref().or(there.before.as_ref());
    let fate = match &there.now {
        Some(now) if fits(now) && now.running.alive => Fate::Kept,
        Some(now) if fits(now) => Fate::Started,
        Some(_) | None if known.is_some() => Fate::Replaced,
        Some(_) | None => Fate::Created,
    };
    Ok(Change {
        service: container.service.clone(),
        fate,
        from: known.map(|one| one.running.image.clone()),
        to: Some(container.image.reference.clone()),
        published: !container.ports.is_empty(),
    })
}

/// Brings the container to its image and settings, whose image is there, and waits
/// until it is well.
pub(super) async fn run(
    api: &Api<'_>,
    container: &Container,
    session: &Session<'_>,
) -> Result<Replaced, ContainerError> {
    let begun = Instant::now();
    let what = format!("replacing container {}", container.name);
    let reference = &container.image.reference;
    let Some(image) = api.image_id(reference).await? else {
        let why = format!("this engine does not have the image {reference}");
        return Err(ContainerError::new(Kind::NotFound, what, why)
            .hint("Pull it first; load or build a local image on this engine again"));
    };
    let done = bring(api, container, &image).await?;
    let rest = session.within.saturating_sub(begun.elapsed());
    let session = Session {
        within: rest,
        ..*session
    };
    match wait::plain(api, container, &session).await {
        Ok(now) => Ok(Replaced {
            fate: done.fate,
            before: done.before,
            now,
            ended: done.ended,
            last_words: done.last_words,
        }),
        Err(mut error) => {
            let before = done.last_words.iter().map(|it| format!("before: {it}"));
            error.output.splice(0..0, before);
            Err(error)
        }
    }
}

/// Brings it there. What a call that was cut off has asked of the engine may be under
/// way still, and then a name is taken a moment later.
async fn bring(api: &Api<'_>, container: &Container, image: &str) -> Result<Done, ContainerError> {
    let spec = create::spec(container);
    let fits = |one: &One| one.spec == spec && one.running.image_id == image;
    let mut rounds = ROUNDS;
    loop {
        let there = there::look(api, container).await?;
        let done = if there.now.as_ref().is_some_and(fits) {
            settle(api, container, there).await
        } else {
            swap(api, container, there).await
        };
        match done {
            Err(error) if error.kind == Kind::Conflict && rounds > 0 => rounds -= 1,
            done => return done,
        }
        sleep(MOMENT).await;
    }
}

/// The container is the wanted one: it is started if it stands still, and what an
/// earlier call left beside it goes.
async fn settle(
    api: &Api<'_>,
    container: &Container,
    there: There,
) -> Result<Done, ContainerError> {
    if let Some(next) = &there.next {
        api.remove_one(&next.running.container).await?;
    }
    let retired = retire(api, container, there.before, false).await?;
    let Some(now) = there.now else {
        return Ok(retired.done(Fate::Created));
    };
    if !now.running.alive {
        start(api, container, (&now.running.container, &retired)).await?;
    }
    let fate = match (&retired.former, now.running.alive) {
        (Some(_), _) => Fate::Replaced,
        (None, true) => Fate::Kept,
        (None, false) if now.started => Fate::Started,
        (None, false) => Fate::Created,
    };
    let mut done = retired.finish(api, fate).await?;
    if done.before.is_none() && now.started {
        done.before = Some(now.running);
    }
    Ok(done)
}

/// The container is another, or there is none: a new one takes its place.
async fn swap(api: &Api<'_>, container: &Container, there: There) -> Result<Done, ContainerError> {
    if let Some(next) = &there.next {
        api.remove_one(&next.running.container).await?;
    }
    let new = create::beside(api, container).await?;
    let (former, in_place) = match (there.now, there.before) {
        // What never ran is of no use to anybody: the one before it is still the former.
        (Some(now), before) if !now.started => {
            api.remove_one(&now.running.container).await?;
            (before, false)
        }
        (Some(now), before) => {
            if let Some(older) = before {
                stop(api, container, &older).await?;
                api.remove_one(&older.running.container).await?;
            }
            (Some(now), true)
        }
        (None, before) => (before, false),
    };
    let retired = retire(api, container, former, in_place).await?;
    api.rename(&new, &container.name).await?;
    start(api, container, (&new, &retired)).await?;
    let fate = match &retired.former {
        Some(_) => Fate::Replaced,
        None => Fate::Created,
    };
    retired.finish(api, fate).await
}

/// The one before, ended and out of the way.
struct Retired {
    former: Option<Running>,
    /// Whether it served until a moment ago.
    served: bool,
    ended: Option<DateTime<Utc>>,
    last_words: Vec<String>,
}

/// Ends the one before, and has its name changed if it stands in the way.
async fn retire(
    api: &Api<'_>,
    container: &Container,
    former: Option<One>,
    in_place: bool,
) -> Result<Retired, ContainerError> {
    let Some(former) = former else {
        return Ok(Retired {
            former: None,
            served: false,
            ended: None,
            last_words: Vec::new(),
        });
    };
    // One that had to go already was ended by an earlier call.
    let served = former.running.alive || !in_place;
    let ended = stop(api, container, &former).await?.filter(|_| served);
    let id = &former.running.container;
    let said = logs::last(api, id).await.unwrap_or_default();
    if in_place {
        api.rename(id, &there::before(container)).await?;
    }
    Ok(Retired {
        served,
        ended,
        last_words: said.tail(usize::MAX),
        former: Some(former.running),
    })
}

impl Retired {
    fn done(self, fate: Fate) -> Done {
        Done {
            fate,
            before: self.former,
            ended: self.ended,
            last_words: self.last_words,
        }
    }

    /// Nothing is left of the one before.
    async fn finish(self, api: &Api<'_>, fate: Fate) -> Result<Done, ContainerError> {
        if let Some(former) = &self.former {
            api.remove_one(&former.container).await?;
        }
        Ok(self.done(fate))
    }
}

/// Starts the new container. If that cannot be done, the one before is put back, so
/// that what served goes on serving.
async fn start(
    api: &Api<'_>,
    container: &Container,
    (new, retired): (&str, &Retired),
) -> Result<(), ContainerError> {
    let Err(mut error) = api.start(new).await else {
        return Ok(());
    };
    error.what = format!("starting container {}", container.name);
    let failed = error.mode(FailureMode::Startup);
    if failed.kind == Kind::Unreachable {
        // Whether it was started is unknown: the next call finds out.
        return Err(ContainerError {
            mode: None,
            ..failed
        });
    }
    let Some(former) = &retired.former else {
        return Err(failed);
    };
    api.remove_one(new).await?;
    api.rename(&former.container, &container.name).await?;
    if retired.served {
        api.start(&former.container).await?;
    }
    let why = format!("{}; the container before it is back", failed.why);
    Err(ContainerError { why, ..failed })
}

/// Asks a container to end, and says when it did.
async fn stop(
    api: &Api<'_>,
    container: &Container,
    one: &One,
) -> Result<Option<DateTime<Utc>>, ContainerError> {
    let id = &one.running.container;
    if one.running.alive || one.restarting {
        let what = format!("stopping container {}", container.name);
        api.stop(what, id, container.grace).await?;
        return there::ended(api, id).await;
    }
    Ok(one.finished_at)
}
