//! Forms as they are shown, and what sending them in says.

mod sent;
mod shown;

use std::sync::Arc;

use shipbell_adapters::chat::card::{Form, InputKind};
use shipbell_domain::command::Wish;
use shipbell_domain::environment::Ahead;
use shipbell_domain::ids::ReleaseId;
use shipbell_domain::policy::Severity;

use super::{FormRequest, Resolved, Said, Scene, form, submitted};
use crate::chatops::buttons::MAX_BYTES;
use crate::chatops::vocabulary::Vocabulary;
use crate::chatops::vocabulary::sample::{
    Day, RELEASE, app, at, env, of_world, person, place, version, vocabulary,
};
use crate::chatops::{normalise, resolve};

fn drawn(form: &Form) -> String {
    let mut lines = vec![format!("{} [{}]", form.title, form.id)];
    lines.extend(form.intro.iter().map(|it| format!("  {}", it.to_plain())));
    for it in &form.inputs {
        let kind = match &it.kind {
            InputKind::Line => "_".to_owned(),
            InputKind::Lines => "__".to_owned(),
            InputKind::Choice(options) => {
                let words: Vec<&str> = options.iter().map(|(_, words)| words.as_str()).collect();
                format!("<{}>", words.join(" | "))
            }
            InputKind::Tick => "[ ]".to_owned(),
        };
        let must = if it.required { "*" } else { "" };
        let hint = if it.hint.is_empty() {
            String::new()
        } else {
            format!(" ({})", it.hint)
        };
        lines.push(format!(
            "  {}{must}: {}{hint} {kind} {}",
            it.name, it.label, it.value
        ));
    }
    lines.push(format!("  > {}", form.submit));
    lines
        .iter()
        .map(|it| it.trim_end())
        .collect::<Vec<_>>()
        .join("\n")
}

fn show(request: &FormRequest, vocabulary: &Vocabulary) -> String {
    let form = form(
        request,
        Scene {
            vocabulary,
            by: &person("bo"),
            now: at("14:07"),
        },
    );
    assert!(form.id.len() <= MAX_BYTES, "{}", form.id);
    drawn(&form)
}

fn send(
    request: &FormRequest,
    vocabulary: &Vocabulary,
    values: &[(&str, &str)],
) -> Result<Vec<Said>, Vec<(String, String)>> {
    let by = person("bo");
    let scene = Scene {
        vocabulary,
        by: &by,
        now: at("14:07"),
    };
    let form = form(request, scene);
    let prefilled = form
        .inputs
        .iter()
        .map(|it| (it.name.clone(), it.value.clone()));
    let mut all: Vec<(String, String)> = prefilled.collect();
    for (name, value) in values {
        all.retain(|(it, _)| it != name);
        all.push(((*name).to_owned(), (*value).to_owned()));
    }
    let said = submitted(&form.id, &all, scene)?;
    for it in &said {
        let again = resolve::read(&it.text, scene);
        assert_eq!(again, it.resolved, "the text says the same: {}", it.text);
    }
    Ok(said)
}

fn rollback() -> FormRequest {
    FormRequest::Rollback {
        environment: place("production"),
        target: ReleaseId(140),
    }
}

#[test]
fn a_rollback_is_confirmed_point_by_point() {
    let vocabulary = of_world(&Day::failed().world);
    let errors = send(&rollback(), &vocabulary, &[]).unwrap_err();
    let fields: Vec<&str> = errors.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["why", "ask1", "confirm"]);
    let whole = [
        ("why", "login answers 500"),
        ("ask1", "true"),
        ("confirm", "production"),
    ];
    let said = send(&rollback(), &vocabulary, &whole).unwrap();
    let reason = "login answers 500".to_owned();
    let target = Some(version("2026.11.18-2"));
    let wish = Wish::Rollback {
        environment: place("production"),
        version: target,
        reason,
        anyway: false,
    };
    assert_eq!(said[0].resolved, Resolved::Wish(wish));
    assert_eq!(
        said[0].text,
        "rollback rapid-audit production 2026.11.18-2 --why=\"login answers 500\""
    );
}

#[test]
fn a_rollback_past_what_it_does_not_undo_is_confirmed_as_such() {
    let mut day = Day::failed();
    let here = day.world.environments.get_mut(&env("production")).unwrap();
    Arc::make_mut(here).ahead.push(Ahead {
        attempt: 8,
        index: 1,
        step: "Migrate".to_owned(),
        version: version("2026.11.20-1"),
        restore: "Restore the dump of before.".to_owned(),
    });
    let vocabulary = of_world(&day.world);
    let shown = show(&rollback(), &vocabulary);
    let words =
        "Migrate of 2026.11.20-1 is not undone by it. To get back: Restore the dump of before.";
    assert!(shown.contains(words), "{shown}");
    let mut values = vec![
        ("why", "login answers 500"),
        ("ask1", "true"),
        ("confirm", "production"),
    ];
    let errors = send(&rollback(), &vocabulary, &values).unwrap_err();
    let fields: Vec<&str> = errors.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["anyway"]);
    values.push(("anyway", "true"));
    let said = send(&rollback(), &vocabulary, &values).unwrap();
    assert!(said[0].text.ends_with(" --anyway"), "{}", said[0].text);
}

#[test]
fn nothing_is_typed_twice_while_it_burns() {
    let vocabulary = of_world(&Day::burning().world);
    assert!(!show(&rollback(), &vocabulary).contains("confirm"));
    let values = [("why", "it burns"), ("ask1", "true")];
    assert!(send(&rollback(), &vocabulary, &values).is_ok());
}

#[test]
fn a_rollback_form_does_not_outlive_what_it_showed() {
    let (before, now) = (
        of_world(&Day::waiting().world),
        of_world(&Day::failed().world),
    );
    let by = person("bo");
    let shown = form(
        &rollback(),
        Scene {
            vocabulary: &before,
            by: &by,
            now: at("13:55"),
        },
    );
    let values = ["why", "confirm", "ask1"].map(|it| (it.to_owned(), "production".to_owned()));
    let scene = Scene {
        vocabulary: &now,
        by: &by,
        now: at("14:07"),
    };
    let errors = submitted(&shown.id, &values, scene).unwrap_err();
    assert!(
        errors[0].1.starts_with("Something was done to production"),
        "{errors:?}"
    );
}
