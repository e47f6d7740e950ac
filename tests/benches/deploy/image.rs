//! What is deployed: a tiny web server, well or not.

use std::path::Path;
use std::time::Duration;

use shipbell_adapters::containers::image::{
    ImageFile, ImageHealthcheck, ImageSpec, binary_with_libraries,
};

use super::stage::{BAD, IMAGE};
use crate::measure::Failed;

const BUSYBOX: &str = "/bin/busybox";

/// One of its versions.
pub(super) async fn image(version: &str) -> Result<ImageSpec, Failed> {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let mut files = binary_with_libraries(Path::new(BUSYBOX), BUSYBOX).await?;
    files.push(ImageFile {
        path: "/www/index.html".into(),
        bytes: version.as_bytes().to_vec(),
        mode: 0o644,
    });
    let page = if version == BAD { "missing" } else { "" };
    let address = format!("http://127.0.0.1:8000/{page}");
    Ok(ImageSpec {
        tag: format!("{IMAGE}:{version}"),
        files,
        entrypoint: vec![BUSYBOX.to_owned()],
        command: words(&["httpd", "-f", "-p", "8000", "-h", "/www"]),
        healthcheck: Some(ImageHealthcheck {
            command: words(&[BUSYBOX, "wget", "-q", "-O", "/dev/null", &address]),
            interval: Duration::from_millis(200),
            timeout: Duration::from_secs(5),
            retries: 3,
        }),
        stop_signal: Some("SIGKILL".to_owned()),
        ..ImageSpec::default()
    })
}
