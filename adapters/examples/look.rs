//! temporary
use shipbell_adapters::chat::card::*;
use shipbell_adapters::chat::web::*;
use shipbell_adapters::chat::*;
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};
use std::time::Duration;
fn t(s: &str) -> Text {
    Text::plain(s)
}
fn b(l: &str, a: &str, style: ButtonStyle) -> Button {
    Button {
        label: l.into(),
        action: a.into(),
        style,
    }
}
fn f(n: &str, l: &[&str]) -> Field {
    Field {
        name: n.into(),
        lines: l.iter().map(|x| t(x)).collect(),
    }
}
fn s(state: StepState, a: &str, d: &str) -> StepLine {
    StepLine {
        state,
        title: a.into(),
        detail: d.into(),
    }
}
#[tokio::main]
async fn main() {
    let db = std::path::PathBuf::from(std::env::args().nth(1).unwrap());
    let p = |u: &str, n: &str, r: &str| Person {
        user: UserId(u.into()),
        name: n.into(),
        role: r.into(),
    };
    let (tx, mut rx) = tokio::sync::mpsc::channel(16);
    let n = AtomicU64::new(std::process::id() as u64 * 1000);
    let clock = Arc::new(AtomicU64::new(1795178400));
    let c2 = clock.clone();
    let (ch, srv) = WebChannel::open(
        WebOptions {
            listen: "127.0.0.1:41733".parse().unwrap(),
            database: db,
            instance: "look".into(),
            channels: vec!["release".into()],
            people: vec![
                p("chloe", "Chloé Martin", "product owner"),
                p("ana", "Ana Ruiz", "release manager"),
                p("bo", "Bo Lindqvist", "developer"),
            ],
            demo: true,
            banner: Some("Demo workspace. Nothing here reaches Slack or Discord.".into()),
            links: vec![
                ("Now".into(), "/now".into()),
                ("Releases".into(), "/releases".into()),
            ],
            hour: Arc::new(|a| a.format("%H:%M").to_string()),
        },
        Arc::new(move || {
            chrono::DateTime::from_timestamp(c2.load(Ordering::Relaxed) as i64, 0).unwrap()
        }),
        Arc::new(move || {
            let mut x = [3; 32];
            x[..8].copy_from_slice(&n.fetch_add(1, Ordering::Relaxed).to_be_bytes());
            x
        }),
        tx,
    )
    .await
    .unwrap();
    let place = Place {
        channel: ChannelId("release".into()),
        thread: None,
    };
    let bot = async {
        while let Some(i) = rx.recv().await {
            eprintln!("{i:?}");
            let a = match &i.act {
                Act::Completing { text } => Answer::Completions(
                    ["deploy production", "deploy staging", "diff"]
                        .iter()
                        .filter(|x| x.starts_with(text.as_str()))
                        .map(|x| Completion {
                            text: x.to_string(),
                            about: "does that".into(),
                        })
                        .collect(),
                ),
                Act::Said { text, .. } if text.starts_with("rollback") => {
                    Answer::Form(Box::new(Form {
                        id: "rb".into(),
                        title: "Roll back production".into(),
                        intro: vec![
                            t("Production goes from 2026.11.20-1 back to 2026.11.18-2."),
                            t("One migration ran since then and is not undone."),
                        ],
                        inputs: vec![
                            Input {
                                name: "ok".into(),
                                label: "Yes, I checked".into(),
                                hint: "Is the older code compatible with the current schema?"
                                    .into(),
                                value: String::new(),
                                required: true,
                                kind: InputKind::Tick,
                            },
                            Input {
                                name: "why".into(),
                                label: "Why?".into(),
                                hint: String::new(),
                                value: String::new(),
                                required: true,
                                kind: InputKind::Lines,
                            },
                            Input {
                                name: "how".into(),
                                label: "How fast?".into(),
                                hint: String::new(),
                                value: String::new(),
                                required: true,
                                kind: InputKind::Choice(vec![
                                    ("a".into(), "Now".into()),
                                    ("b".into(), "After the window".into()),
                                ]),
                            },
                            Input {
                                name: "word".into(),
                                label: "Type production to confirm".into(),
                                hint: String::new(),
                                value: String::new(),
                                required: true,
                                kind: InputKind::Line,
                            },
                        ],
                        submit: "Roll back production".into(),
                        danger: true,
                    }))
                }
                Act::Submitted { values, .. }
                    if values.iter().any(|v| v.0 == "word" && v.1 != "production") =>
                {
                    Answer::FieldErrors(vec![("word".into(), "Type production, exactly.".into())])
                }
                Act::Said { .. } => Answer::Private(Box::new(Card {
                    summary: "cannot".into(),
                    blocks: vec![
                        Block::Text(Text(vec![
                            Span::Plain("Production cannot start yet: ".into()),
                            Span::Strong("product-owner".into()),
                            Span::Plain(" has not signed off.".into()),
                        ])),
                        Block::Context(Text(vec![
                            Span::Plain(
                                "Chloé Martin can, with the Sign off button on the ask, or ".into(),
                            ),
                            Span::Code("/release signoff".into()),
                            Span::Plain(".".into()),
                        ])),
                    ],
                    ..Card::default()
                })),
                _ => Answer::Done,
            };
            i.responder.send(a).ok();
        }
    };
    let tick = |m: u64| {
        clock.fetch_add(m * 60, Ordering::Relaxed);
    };
    let seed = async {
        if ch
            .find_by_key(&place, "a", chrono::DateTime::UNIX_EPOCH)
            .await
            .unwrap()
            .is_empty()
        {
            ch.post(
                &place,
                "a",
                &Card {
                    summary: "x".into(),
                    pill: Some(Pill {
                        tone: Tone::Running,
                        words: "Window opens in 20 minutes".into(),
                    }),
                    blocks: vec![
                        Block::Text(Text(vec![
                            Span::Strong("Rapid Audit Manage 2026.11.20-1".into()),
                            Span::Plain(
                                " goes to production today, 14:00 to 16:00 (Paris).".into(),
                            ),
                        ])),
                        Block::Context(t("12 commits, 1 migration. Rollback owner: Bo Lindqvist.")),
                    ],
                    ..Card::default()
                },
            )
            .await
            .unwrap();
            tick(1);
            let mut card = Card {
                summary: "Rapid Audit Manage 2026.11.20-1 waits for 1 sign-off for production"
                    .into(),
                title: Some(Text(vec![Span::Strong(
                    "Rapid Audit Manage 2026.11.20-1".into(),
                )])),
                pill: Some(Pill {
                    tone: Tone::Waiting,
                    words: "Waiting for 2 sign-offs".into(),
                }),
                blocks: vec![Block::Fields(vec![
                    f("Staging", &["Deployed 13:38, smoke 3 of 3 passed"]),
                    f("Production", &["Runs 2026.11.18-2. Window 14:00 to 16:00"]),
                    f(
                        "Sign-off",
                        &[
                            "✓ Ana Ruiz, release manager, 13:52",
                            "○ Product owner: you can sign off",
                        ],
                    ),
                    f("Checklist", &["3 of 3 done"]),
                ])],
                buttons: vec![
                    b("Sign off for production", "so", ButtonStyle::Primary),
                    b("Ask a question", "q", ButtonStyle::Plain),
                    b("Details", "d", ButtonStyle::Plain),
                ],
                menu: vec![],
            };
            let m = ch.post(&place, "b", &card).await.unwrap();
            tick(10);
            let th = Place {
                thread: Some(m.clone()),
                ..place.clone()
            };
            let ask=ch.post(&th,"ask",&Card{summary:"ask".into(),blocks:vec![Block::Text(Text(vec![Span::Mention{user:UserId("chloe".into()),name:"Chloé Martin".into()},Span::Plain(": sign off 2026.11.20-1 for production?".into())])),Block::Context(t("php sha256:4c1e…9a, the same as on staging. 12 commits, 1 migration.\nReact with ✅ to sign off, ❌ to decline."))],buttons:vec![b("Sign off for production","so",ButtonStyle::Primary),b("Decline","no",ButtonStyle::Danger)],..Card::default()}).await.unwrap();
            ch.react(&ask, "white_check_mark").await.unwrap();
            ch.upload(
                &th,
                "log",
                &File {
                    name: "migrate.log".into(),
                    text: "line 1\nline 2\n".into(),
                },
            )
            .await
            .unwrap();
            tick(7);
            card.pill = Some(Pill {
                tone: Tone::Waiting,
                words: "Waiting for 1 sign-off".into(),
            });
            ch.edit(&m, &card).await.unwrap();
            ch.react(&m, "pushpin").await.unwrap();
            tick(10);
            ch.post(&place,"c",&Card{summary:"p".into(),title:Some(t("Production: step 3 of 6, Migrate")),pill:Some(Pill{tone:Tone::Bad,words:"Failed".into()}),blocks:vec![Block::Steps(vec![s(StepState::Done,"Pull php","24 s"),s(StepState::Running,"Recreate containers","11 s"),s(StepState::Failed,"Migrate","exit 1"),s(StepState::Pending,"Smoke tests",""),s(StepState::Skipped,"Warm cache",""),s(StepState::Unknown,"Send mail","")]),Block::Code{caption:"Last 3 lines of Migrate".into(),text:"Applying Version20261118\nSQLSTATE[42S21]: <b>Column already exists</b>\nexit 1".into()},Block::Evidence{title:"Evidence, 14:05".into(),lines:vec!["GET /healthz  200 in 84 ms".into(),"GET /login  200 in 212 ms".into()]},Block::Table{head:vec!["Release".into(),"When".into(),"What".into()],rows:vec![vec!["r142".into(),"20 Nov 14:02".into(),"deployed".into()],vec!["r141".into(),"18 Nov 10:20".into(),"rolled back".into()]]}],buttons:vec![b("Roll back to 2026.11.18-2","rb",ButtonStyle::Danger),b("Live log","l",ButtonStyle::Plain)],menu:vec![b("Escalate now","e",ButtonStyle::Plain),b("Resolve","r",ButtonStyle::Plain)]}).await.unwrap();
        }
        loop {
            println!("{}", ch.issue_link(&UserId("chloe".into())).unwrap());
            tokio::time::sleep(Duration::from_secs(300)).await;
        }
    };
    tokio::select! { _=bot=>{}, _=seed=>{}, r=srv.run(std::future::pending())=>r.unwrap() }
}
