//! A deploy that says a great deal, beside the commands that are measured.

use std::path::Path;
use std::time::Duration;

use shipbell::wiring::engine_settings;
use shipbell_adapters::containers::docker::DockerEngines;
use shipbell_adapters::containers::image::{ImageSpec, binary_with_libraries};
use shipbell_adapters::containers::{Containers as _, Labels, Target};
use shipbell_adapters::redact::Redactor;
use tokio::time::timeout;

use super::House;
use super::stage::Stage;
use crate::measure::{Failed, note};

/// The application, by a name that no other bot at this engine has.
const APP: &str = "shipbell-bench-logs";
const PROJECT: &str = "shipbell-bench-logs";
const IMAGE: &str = "shipbell-bench-logs";
/// Another version than those the commands name.
const VERSION: &str = "talks";
/// Some five hundred lines a second, for longer than the measures take.
const TALK: &str =
    "i=0; while [ $i -lt 100000 ]; do echo line $i of many; i=$((i+1)); usleep 2000; done";
const PATIENCE: Duration = Duration::from_mins(2);

/// The application whose deploy talks, to be added to a configuration.
pub(super) fn section() -> String {
    format!(
        "\n[app.{APP}]\ntitle = \"Logs\"\nversion = \"any\"\nimages = {{ web = \"{IMAGE}:{{version}}\" }}\n\
         \n[app.{APP}.env.staging]\ncompose = \"logs.yml\"\nproject = \"{PROJECT}\"\n\
         deploy = [{{ run = [\"/bin/busybox\", \"sh\", \"-c\", \"{TALK}\"], in = \"web\", timeout = \"30m\" }}]\n"
    )
}

/// Writes the compose file the application is deployed with.
pub(super) fn write_compose(folder: &Path) -> std::io::Result<()> {
    let text = format!("version: \"3.3\"\nservices:\n  web:\n    image: {IMAGE}:{VERSION}\n");
    std::fs::write(folder.join("logs.yml"), text)
}

/// Begins the deploy; false, and why, on a machine that cannot.
pub(super) async fn begin<H: House>(stage: &Stage<H>) -> Result<bool, Failed> {
    let made = match binary_with_libraries(Path::new("/bin/busybox"), "/bin/busybox").await {
        Ok(files) => load(files).await,
        Err(error) => Err(error.into()),
    };
    if let Err(why) = made {
        note(H::NAME, &format!("no deploy beside the commands: {why}"));
        return Ok(false);
    }
    stage.release(APP, VERSION).await;
    let card = stage.ours.message(&format!("Logs {VERSION}")).await;
    stage.rest().await;
    let options = [
        ("app", APP),
        ("environment", "staging"),
        ("version", VERSION),
    ];
    stage.ours.says("deploy", &options).await;
    let talks = stage.ours.reply(&card, "step 1");
    timeout(PATIENCE, talks).await?;
    Ok(true)
}

/// Ends the deploy, and removes what it made.
pub(super) async fn end<H: House>(stage: &Stage<H>) -> Result<(), Failed> {
    let options = [("app", APP), ("environment", "staging")];
    stage.ours.says("stop", &options).await;
    remove().await
}

/// Removes what the deploy made. Once more after the bot has ended: it marks that what
/// was removed under it must not begin again, by a container that never starts.
pub(super) async fn remove() -> Result<(), Failed> {
    let engines = DockerEngines::new(engine_settings(None), Redactor::default());
    engines.down(&Target::local(), PROJECT).await?;
    let own = ("io.shipbell.env".to_owned(), format!("{APP}/staging"));
    engines
        .remove(&Target::local(), &Labels::from([own]))
        .await?;
    Ok(())
}

async fn load(files: Vec<shipbell_adapters::containers::image::ImageFile>) -> Result<(), Failed> {
    let engines = DockerEngines::new(engine_settings(None), Redactor::default());
    let image = ImageSpec {
        tag: format!("{IMAGE}:{VERSION}"),
        files,
        stop_signal: Some("SIGKILL".to_owned()),
        ..ImageSpec::default()
    };
    engines.load(&Target::local(), &image).await?;
    Ok(())
}
