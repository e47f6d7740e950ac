//! The demo's images: this very program and the libraries it has loaded, nothing else.

mod elf;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use shipbell_adapters::containers::docker::DockerEngines;
use shipbell_adapters::containers::image::{ImageFile, ImageHealthcheck, ImageSpec};
use shipbell_adapters::containers::{Labels, Pinned, Target};

use super::versions::Version;
use crate::failure::Failure;

/// The name of the images.
pub(super) const NAME: &str = "shipbell-demo";

/// The program in the image, and where it finds its libraries.
pub(super) const PROGRAM: &str = "/shipbell";
const LIBRARIES: &str = "/lib/demo";

/// The command that runs the program inside the containers.
pub(super) const COMMAND: [&str; 2] = [PROGRAM, "demo-app"];

/// The most a library may weigh, and how many there may be: what is far off is no library.
const LARGEST: u64 = 64 << 20;
const MOST: usize = 64;

/// What all versions of one demo have in common.
pub(super) struct Images {
    files: Vec<ImageFile>,
    labels: Labels,
    instance: String,
}

impl Images {
    /// Reads this program and its libraries.
    pub(super) async fn read(instance: &str, labels: Labels) -> Result<Self, Failure> {
        let read = tokio::task::spawn_blocking(files).await;
        let files =
            read.map_err(|error| Failure::internal("reading was cut off").because(error))??;
        Ok(Self {
            files,
            labels,
            instance: instance.to_owned(),
        })
    }

    /// Puts the image of a version on the engine, without builder and registry.
    pub(super) async fn load(
        &self,
        engines: &DockerEngines,
        version: &Version,
    ) -> Result<Pinned, Failure> {
        let loaded = engines.load(&Target::local(), &self.spec(version)).await;
        loaded.map_err(|error| Failure::user("the demo's image could not be made").because(error))
    }

    /// How much the files weigh, in bytes.
    pub(super) fn size(&self) -> usize {
        self.files.iter().map(|file| file.bytes.len()).sum()
    }

    fn spec(&self, version: &Version) -> ImageSpec {
        let mut env = version.variables();
        env.insert("LD_LIBRARY_PATH".to_owned(), LIBRARIES.to_owned());
        let words = |words: &[&str]| words.iter().map(|it| (*it).to_owned()).collect();
        ImageSpec {
            tag: tag(&self.instance, version.name),
            files: self.files.clone(),
            command: words(&COMMAND),
            env,
            labels: self.labels.clone(),
            healthcheck: Some(ImageHealthcheck {
                command: words(&[PROGRAM, "demo-app", "--check"]),
                interval: Duration::from_millis(500),
                timeout: Duration::from_secs(3),
                retries: 2,
            }),
            user: Some("65534:65534".to_owned()),
            ..ImageSpec::default()
        }
    }
}

/// What the image of a version is called.
pub(super) fn tag(instance: &str, version: &str) -> String {
    format!("{NAME}:{instance}-{version}")
}

fn files() -> Result<Vec<ImageFile>, Failure> {
    let unread = |what: &str, error: std::io::Error| Failure::user(what).because(error);
    let own = std::env::current_exe().map_err(|error| unread("this program has no file", error))?;
    let bytes =
        std::fs::read(&own).map_err(|error| unread("this program cannot be read", error))?;
    let Some(program) = elf::read(&bytes) else {
        return Ok(vec![ImageFile::program(PROGRAM, bytes)]);
    };
    let mut files = vec![ImageFile::program(PROGRAM, program.bytes)];
    if let Some(loader) = program.loader {
        let bytes = std::fs::read(&loader)
            .map_err(|error| unread("this program's loader cannot be read", error))?;
        files.push(ImageFile::program(loader, bytes));
        let maps = std::fs::read_to_string("/proc/self/maps")
            .map_err(|error| unread("the loaded libraries cannot be listed", error))?;
        for (name, path) in libraries(&maps).into_iter().take(MOST) {
            let bytes = std::fs::read(&path)
                .map_err(|error| unread("a loaded library cannot be read", error))?;
            files.push(ImageFile::program(Path::new(LIBRARIES).join(name), bytes));
        }
    }
    Ok(files)
}

/// The libraries among what is mapped, by every name they have in their folder:
/// programs ask for `libc.so.6` where the file may be `libc-2.31.so`.
fn libraries(maps: &str) -> BTreeMap<OsString, PathBuf> {
    let mut found = BTreeMap::new();
    for path in mapped(maps) {
        let light = std::fs::metadata(&path).is_ok_and(|it| it.is_file() && it.len() <= LARGEST);
        let Some((folder, name)) = path.parent().zip(path.file_name()) else {
            continue;
        };
        if !light {
            continue;
        }
        found.insert(name.to_owned(), path.clone());
        for link in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let is_link = link.file_type().is_ok_and(|it| it.is_symlink());
            if is_link
                && is_library(&link.path())
                && link.path().canonicalize().is_ok_and(|it| it == path)
            {
                found.insert(link.file_name(), path.clone());
            }
        }
    }
    found
}

fn mapped(maps: &str) -> Vec<PathBuf> {
    let path = |line: &str| line.find('/').map(|at| PathBuf::from(&line[at..]));
    let mut paths: Vec<PathBuf> = maps
        .lines()
        .filter_map(path)
        .filter(|it| is_library(it))
        .collect();
    paths.sort();
    paths.dedup();
    paths
}

fn is_library(path: &Path) -> bool {
    let name = path.file_name().map(|it| it.to_string_lossy().into_owned());
    let versioned = name.is_some_and(|it| it.contains(".so."));
    versioned || path.extension().is_some_and(|it| it == "so")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_libraries_are_taken_from_the_maps() {
        let maps = "\
55d0-55d1 r--p 00000000 fe:00 1 /usr/bin/shipbell
7f00-7f01 r--p 00000000 fe:00 2 /usr/lib/x86_64-linux-gnu/libc.so.6
7f01-7f02 r-xp 00001000 fe:00 2 /usr/lib/x86_64-linux-gnu/libc.so.6
7f02-7f03 rw-p 00000000 00:00 0
7f03-7f04 rw-p 00000000 fe:00 3 /var/lib/data.db
7ffc-7ffd rw-p 00000000 00:00 0 [stack]
";
        assert_eq!(
            mapped(maps),
            [PathBuf::from("/usr/lib/x86_64-linux-gnu/libc.so.6")]
        );
    }

    #[test]
    fn the_program_that_runs_this_is_packed_whole() {
        let files = files().unwrap();
        let has = |what: &str| {
            files
                .iter()
                .any(|it| it.path.to_string_lossy().contains(what))
        };
        assert!(has(PROGRAM));
        if cfg!(target_env = "gnu") {
            assert!(has("libc.so") && has("ld-linux"));
        }
    }
}
