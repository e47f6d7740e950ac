//! How far a pull is: layers and bytes.

use std::collections::BTreeMap;

use bollard::models::CreateImageInfo;

/// So many layers are followed; no image has more.
const MOST: usize = 1000;

/// No layer is longer, in bytes: a thousand of them can be added up.
const LONGEST: i64 = 1 << 50;

/// A layer of an image that is being pulled.
#[derive(Default)]
struct Layer {
    state: State,
    /// How much of it is here, in bytes.
    loaded: i64,
    /// How long it is, in bytes, once that is known.
    size: Option<i64>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    Coming,
    Here,
    /// It was here before.
    Known,
}

/// What an engine told of a pull, added up.
#[derive(Default)]
pub(super) struct Progress {
    layers: BTreeMap<String, Layer>,
    told: String,
}

impl Progress {
    /// Takes one message of the engine; says how far the pull is if that is news.
    pub(super) fn line(&mut self, message: &CreateImageInfo) -> Option<String> {
        self.take(message)?;
        let line = self.words();
        if line == self.told {
            return None;
        }
        self.told.clone_from(&line);
        Some(line)
    }

    fn take(&mut self, message: &CreateImageInfo) -> Option<()> {
        let (id, status) = (message.id.as_ref()?, message.status.as_deref()?);
        // The words of the engine: github.com/moby/moby, distribution/xfer and pull_v2.go.
        let begins = matches!(status, "Pulling fs layer" | "Waiting" | "Already exists");
        if begins && self.layers.len() < MOST {
            self.layers.entry(id.clone()).or_default();
        }
        let layer = self.layers.get_mut(id)?;
        let detail = message.progress_detail.as_ref();
        match status {
            "Downloading" => {
                let bytes = |it: i64| it.clamp(0, LONGEST);
                let size = detail.and_then(|it| it.total).map(bytes);
                layer.size = size.filter(|it| *it > 0);
                layer.loaded = detail.and_then(|it| it.current).map_or(0, bytes);
            }
            "Verifying Checksum" | "Download complete" | "Extracting" => {
                layer.loaded = layer.size.unwrap_or(layer.loaded);
            }
            "Pull complete" => {
                layer.loaded = layer.size.unwrap_or(layer.loaded);
                layer.state = State::Here;
            }
            "Already exists" => layer.state = State::Known,
            _ => {}
        }
        Some(())
    }

    /// `2 of 4 layers, 45 of 100 MB`; without the whole while it is not known.
    fn words(&self) -> String {
        let coming = || self.layers.values().filter(|it| it.state != State::Known);
        let all = self.layers.len();
        let here = all - coming().filter(|it| it.state == State::Coming).count();
        let loaded: i64 = coming().map(|it| it.loaded).sum();
        let size: Option<i64> = coming().map(|it| it.size).sum();
        match size {
            _ if loaded == 0 => format!("{here} of {all} layers"),
            Some(size) => format!("{here} of {all} layers, {} of {}", mb(loaded), mb(size)),
            None => format!("{here} of {all} layers, {} so far", mb(loaded)),
        }
    }
}

/// Megabytes; whole ones once there are ten.
fn mb(bytes: i64) -> String {
    let tenths = bytes / 100_000;
    match tenths {
        0..100 => format!("{}.{} MB", tenths / 10, tenths % 10),
        _ => format!("{} MB", tenths / 10),
    }
}

#[cfg(test)]
mod tests {
    use bollard::models::ProgressDetail;

    use super::*;

    fn message(id: &str, status: &str, bytes: Option<(i64, i64)>) -> CreateImageInfo {
        CreateImageInfo {
            id: Some(id.to_owned()),
            status: Some(status.to_owned()),
            progress_detail: bytes.map(|(current, total)| ProgressDetail {
                current: Some(current),
                total: Some(total),
            }),
            ..CreateImageInfo::default()
        }
    }

    #[test]
    fn layers_and_bytes_are_added_up() {
        let mut progress = Progress::default();
        let mut tell = |id, status, bytes| progress.line(&message(id, status, bytes));
        assert_eq!(tell("latest", "Pulling from org/app", None), None);
        assert_eq!(tell("a", "Already exists", None).unwrap(), "1 of 1 layers");
        assert_eq!(
            tell("b", "Pulling fs layer", None).unwrap(),
            "1 of 2 layers"
        );
        tell("c", "Pulling fs layer", None).unwrap();
        assert_eq!(
            tell("b", "Downloading", Some((4_500_000, 100_000_000))).unwrap(),
            "1 of 3 layers, 4.5 MB so far"
        );
        assert_eq!(
            tell("b", "Downloading", Some((4_510_000, 100_000_000))),
            None,
            "too little to be news"
        );
        assert_eq!(
            tell("c", "Downloading", Some((1_000_000, 20_000_000))).unwrap(),
            "1 of 3 layers, 5.5 MB of 120 MB"
        );
        tell("c", "Download complete", None).unwrap();
        assert_eq!(
            tell("c", "Pull complete", None).unwrap(),
            "2 of 3 layers, 24 MB of 120 MB"
        );
        assert_eq!(
            tell("b", "Pull complete", None).unwrap(),
            "3 of 3 layers, 120 MB of 120 MB"
        );
    }

    #[test]
    fn what_no_pull_says_is_no_progress() {
        let mut progress = Progress::default();
        assert_eq!(progress.line(&CreateImageInfo::default()), None);
        assert_eq!(
            progress.line(&message("d", "Downloading", Some((1, -1)))),
            None
        );
        let mut begun = message("a", "Pulling fs layer", None);
        begun.progress_detail = Some(ProgressDetail::default());
        assert_eq!(progress.line(&begun).unwrap(), "0 of 1 layers");
        let silly = message("a", "Downloading", Some((i64::MAX, i64::MAX)));
        assert!(progress.line(&silly).is_some());
    }
}
