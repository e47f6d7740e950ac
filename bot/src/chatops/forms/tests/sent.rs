//! Forms as they are sent in.

use super::*;

#[test]
#[expect(clippy::too_many_lines, reason = "one list, one snapshot")]
fn what_is_sent_in_is_a_command() {
    let vocabulary = of_world(&Day::burning().world);
    let here = super::super::code(&place("production"));
    let cases: Vec<(FormRequest, Vec<(&str, &str)>)> = vec![
        (
            FormRequest::New {
                app: None,
                version: None,
            },
            vec![
                ("app", "motorsport"),
                ("version", "v8"),
                ("images", "api=a:1\nweb=b:2"),
                ("note", "two words"),
            ],
        ),
        (
            FormRequest::Plan {
                app: None,
                env: None,
                when: String::new(),
            },
            vec![
                ("place", &here),
                ("release", "r142"),
                ("when", "today 15:00"),
            ],
        ),
        (
            FormRequest::Deploy {
                app: None,
                env: None,
                release: None,
            },
            vec![
                ("place", &here),
                ("release", "r142"),
                ("over", "it's \"urgent\""),
            ],
        ),
        (
            FormRequest::Stop(place("production")),
            vec![("why", "wrong build")],
        ),
        (FormRequest::Cancel(RELEASE), vec![("why", "superseded")]),
        (
            FormRequest::Note {
                release: None,
                text: String::new(),
                link: None,
            },
            vec![
                ("release", "r142"),
                ("text", "it took \"long\""),
                ("link", "https://x.example/1"),
            ],
        ),
        (
            FormRequest::Incident {
                severity: None,
                what: String::new(),
            },
            vec![("severity", "P2"), ("what", "slow"), ("place", &here)],
        ),
        (
            FormRequest::Resolve(shipbell_domain::ids::IncidentId(7)),
            vec![("text", "a bad index")],
        ),
        (
            FormRequest::Freeze {
                app: None,
                when: String::new(),
                why: String::new(),
            },
            vec![("when", "until tomorrow 9:00"), ("why", "heat wave")],
        ),
    ];
    let mut texts = Vec::new();
    for (request, values) in &cases {
        let said = send(request, &vocabulary, values).unwrap();
        assert!(matches!(said[0].resolved, Resolved::Wish(_)), "{said:?}");
        texts.extend(said.into_iter().map(|it| it.text));
    }
    insta::assert_snapshot!(texts.join("\n"), @r#"
    new motorsport v8 --image=api=a:1 --image=web=b:2 --note="two words"
    plan rapid-audit production "today 15:00" --version=2026.11.20-1 --owner=bo
    deploy rapid-audit production 2026.11.20-1 --override="it's 'urgent'"
    stop rapid-audit production --rollback="wrong build"
    cancel r142 superseded
    note r142 "it took 'long'" --link=https://x.example/1
    incident open P2 slow rapid-audit production
    incident resolve i7 "a bad index"
    freeze "until tomorrow 9:00" --why="heat wave"
    "#);
    for (request, _) in &cases {
        assert!(
            send(request, &vocabulary, &[]).is_err(),
            "{request:?} needs an answer"
        );
    }
}

#[test]
fn a_reason_to_decline_answers_the_ask_that_was_shown() {
    let vocabulary = vocabulary();
    let request = FormRequest::Decline(Day::waiting().ask());
    let said = send(&request, &vocabulary, &[("why", "too slow")]).unwrap();
    assert_eq!(said[0].text, "decline r142 production \"too slow\"");
}

#[test]
fn ticks_that_changed_are_one_command_each() {
    let request = FormRequest::Checklist(RELEASE);
    let values = [("item1", ""), ("item3", "")];
    let said = send(&request, &vocabulary(), &values).unwrap();
    let texts: Vec<&str> = said.iter().map(|it| it.text.as_str()).collect();
    assert_eq!(texts, ["check r142 1 --undo", "check r142 3 --undo"]);
}

#[test]
fn a_mistake_stands_at_its_field() {
    let request = FormRequest::Freeze {
        app: None,
        when: String::new(),
        why: String::new(),
    };
    let errors = send(&request, &vocabulary(), &[("when", "24/12"), ("why", "x")]).unwrap_err();
    assert_eq!(errors[0].0, "when");
    let scene_free = submitted(
        "no such form",
        &[],
        Scene {
            vocabulary: &vocabulary(),
            by: &person("bo"),
            now: at("14:07"),
        },
    );
    assert!(scene_free.is_err());
    assert_eq!(normalise::quoted("a b"), "\"a b\"");
}
