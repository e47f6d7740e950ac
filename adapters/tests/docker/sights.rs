//! What was changed by somebody else shows in two looks.

use shipbell_adapters::containers::{Containers as _, Project, Sight};

use crate::rig::{self, Heard, Rig};

async fn look(rig: &Rig, project: &Project) -> Vec<Sight> {
    let heard = Heard::default();
    let session = heard.session();
    let seen = rig.engines.sight(&rig.target, project, &session).await;
    assert_eq!(heard.text(), "", "what the files hold is nobody's business");
    seen.unwrap()
}

/// Types a command as somebody would who knows nothing of the bot.
async fn types(words: &[&str]) {
    let output = tokio::process::Command::new("docker").args(words).output();
    let output = output.await.unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{words:?}: {said}");
}

#[tokio::test]
async fn what_somebody_else_changed_shows() {
    rig::run("sight", async |rig| {
        let (one, two) = (
            rig.image("one", "well").await,
            rig.image("two", "well").await,
        );
        let project = rig.project("");
        assert_eq!(look(rig, &project).await, [], "nothing runs yet");
        let wanted = rig.up(project.clone(), &one);
        rig.converges(&wanted).await.unwrap();

        let proven = look(rig, &project).await;
        let [web] = &proven[..] else {
            panic!("{proven:?}");
        };
        assert_eq!((web.service.as_str(), web.running), ("web", 1));
        assert_eq!((&web.image, &web.id), (&one, &one.reference));
        assert_eq!(look(rig, &project).await, proven, "nothing was changed");

        // The files are changed, and nothing was done about it yet.
        let other = rig.project("    labels: {by: hand}\n");
        let changed = look(rig, &other).await;
        assert_ne!(changed[0].asked, web.asked);
        assert_eq!((&changed[0].made, changed[0].running), (&web.made, 1));

        let containers = rig.engines.running(&rig.target, &rig.name).await.unwrap();
        types(&["stop", "-t", "1", &containers[0].container]).await;
        assert_eq!(look(rig, &other).await[0].running, 0);

        // Somebody brings another image there, with other settings.
        let by_hand = rig.up(other.clone(), &two);
        rig.converges(&by_hand).await.unwrap();
        let changed = look(rig, &other).await;
        assert_eq!((&changed[0].id, changed[0].running), (&two.reference, 1));
        assert_ne!(changed[0].made, web.made);
    })
    .await;
}
