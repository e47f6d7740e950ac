//! Tiny images: a web server, good or bad.

use std::path::Path;
use std::time::Duration;

use shipbell_adapters::containers::Target;
use shipbell_adapters::containers::docker::{DockerEngines, Settings};
use shipbell_adapters::containers::image::{
    ImageFile, ImageHealthcheck, ImageSpec, binary_with_libraries,
};
use shipbell_adapters::redact::Redactor;

use super::prefix;

const BUSYBOX: [&str; 2] = ["/bin/busybox", "/usr/bin/busybox"];
const SERVE: &str = "echo \"started $VERSION\"; exec /bin/busybox httpd -f -p 8000 -h /www";
/// Adds a line to files that outlive its container, and takes a moment.
const MIGRATE: &str = "#!/bin/busybox sh
echo $HOSTNAME >> /data/runs
echo $VERSION >> /data/versions
echo migrating
/bin/busybox sleep 1
echo migrated
";

/// What becomes of a version once it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Well,
    /// It starts, and never gets healthy.
    Sick,
}

/// What the image of a version is called.
pub(crate) fn reference(app: &str, version: &str) -> String {
    format!("{}/{app}:{version}", prefix())
}

/// Makes the image of a version.
pub(crate) async fn load(app: &str, version: &str, fate: Fate) {
    let settings = Settings {
        home: std::env::temp_dir(),
        ..Settings::default()
    };
    let engines = DockerEngines::new(settings, Redactor::default());
    let server = Path::new(busybox().unwrap());
    let mut files = binary_with_libraries(server, "/bin/busybox").await.unwrap();
    files.push(ImageFile::program("/bin/migrate", MIGRATE.into()));
    files.push(ImageFile {
        path: "/www/index.html".into(),
        bytes: format!("web {version} of {app}\n").into_bytes(),
        mode: 0o644,
    });
    let path = match fate {
        Fate::Well => "/",
        Fate::Sick => "/nothing-here",
    };
    let health = format!("http://127.0.0.1:8000{path}");
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let image = ImageSpec {
        tag: reference(app, version),
        files,
        entrypoint: words(&["/bin/busybox", "sh", "-c"]),
        command: words(&[SERVE]),
        env: [("VERSION".to_owned(), version.to_owned())].into(),
        healthcheck: Some(ImageHealthcheck {
            command: words(&["/bin/busybox", "wget", "-q", "-O", "/dev/null", &health]),
            interval: Duration::from_millis(300),
            timeout: Duration::from_secs(20),
            retries: 3,
        }),
        stop_signal: Some("SIGKILL".to_owned()),
        ..ImageSpec::default()
    };
    engines.load(&Target::local(), &image).await.unwrap();
}

pub(super) fn busybox() -> Option<&'static str> {
    BUSYBOX.into_iter().find(|path| Path::new(path).exists())
}
