//! Commands from somewhere without cards, such as a terminal.

use shipbell_adapters::chat::{Answer, Form};
use shipbell_domain::command::Wish;
use shipbell_domain::ids::{Person, Surface};
use shipbell_storage::{InputId, Verdict};

use super::answers::{self, Who};
use super::hub::Hub;
use super::{ingress, view};
use crate::chatops::resolve::{self, Question, Resolved, Scene};
use crate::chatops::vocabulary::Vocabulary;
use crate::render::plain;

impl Hub {
    /// Does what the words of a command say. Somebody unknown may only look.
    ///
    /// # Errors
    ///
    /// It was refused, or nothing was recorded; the words say which.
    pub async fn say(
        &self,
        surface: &Surface,
        by: Option<&Person>,
        id: String,
        words: &[String],
    ) -> Result<String, String> {
        let vocabulary = view::vocabulary(self, surface)
            .await
            .map_err(|error| error.to_string())?;
        let nobody = Person::new("nobody").map_err(|error| error.to_string())?;
        let scene = Scene {
            vocabulary: &vocabulary,
            by: by.unwrap_or(&nobody),
            now: self.now(),
        };
        let resolved = resolve::read_words(words, scene);
        let only_looks = match &resolved {
            Resolved::Ask(question) => *question != Question::Open,
            Resolved::Wish(_) | Resolved::Form(_) | Resolved::Suggest(_) => false,
        };
        if by.is_none() && !only_looks {
            let hint = "name your user number in the configuration: [people.you] unix = …";
            return Err(format!("Somebody unknown may only look. To act, {hint}"));
        }
        let source = surface.to_string();
        let who = Who {
            surface,
            by: scene.by,
            account: None,
            id: InputId { source, id },
        };
        let (answer, refused) = match resolved {
            Resolved::Wish(wish) => wished(self, &who, &vocabulary, wish).await,
            other => {
                let refused = matches!(other, Resolved::Suggest(_));
                (ingress::respond(self, &who, scene, other).await, refused)
            }
        };
        told(answer, refused)
    }
}

/// Has a wish decided: what came of it, and whether it was refused.
pub(super) async fn wished(
    hub: &Hub,
    who: &Who<'_>,
    vocabulary: &Vocabulary,
    wish: Wish,
) -> (Option<Answer>, bool) {
    if hub.halted().is_some() {
        return (answers::stopped(hub), true);
    }
    let world = vocabulary.world_about(&wish);
    let recorded = ingress::wish_for(hub, who, wish).await;
    let answer = recorded
        .as_ref()
        .map(|it| answers::verdict(hub, who, &world, it));
    (answer, matches!(recorded, Some(Verdict::Refused(_))))
}

/// An answer as text; an error if nothing came of what was wanted.
pub(super) fn told(answer: Option<Answer>, refused: bool) -> Result<String, String> {
    match answer {
        Some(Answer::Private(card)) if refused => Err(plain(&card)),
        Some(Answer::Private(card)) => Ok(plain(&card)),
        Some(Answer::Form(form)) => Err(missing(&form)),
        Some(Answer::Done | Answer::FieldErrors(_) | Answer::Completions(_)) => {
            Ok("done".to_owned())
        }
        None => Err("nothing was recorded; try again".to_owned()),
    }
}

/// What a terminal is told where chat would open a form.
fn missing(form: &Form) -> String {
    let wanted: Vec<&str> = form
        .inputs
        .iter()
        .filter(|it| it.required)
        .map(|it| it.label.as_str())
        .collect();
    format!(
        "{}: more is needed: {}. Give it with the command; `shipbell release help` shows how",
        form.title,
        wanted.join("; ")
    )
}
