//! A program of this machine with the shared libraries it loads.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

use super::ImageFile;

/// How long `ldd` may take.
const LIST: Duration = Duration::from_secs(20);

/// Why a program could not be put into an image.
#[derive(Debug, thiserror::Error)]
pub enum LibrariesError {
    /// A file cannot be read.
    #[error("cannot read {}", .path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The libraries cannot be listed.
    #[error("cannot list the shared libraries of {} with `ldd`", .path.display())]
    List {
        /// Of which program.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A library is not installed.
    #[error("the shared library {library} is not installed")]
    Missing {
        /// Which.
        library: String,
    },
}

/// The files that `binary` needs to run as `at` in an otherwise empty image:
/// itself, its libraries and its loader. Trusts the binary.
pub async fn binary_with_libraries(
    binary: &Path,
    at: &str,
) -> Result<Vec<ImageFile>, LibrariesError> {
    let mut files = vec![ImageFile::program(at, read(binary).await?)];
    for library in libraries(binary).await? {
        let bytes = read(&library).await?;
        files.push(ImageFile::program(library, bytes));
    }
    Ok(files)
}

async fn read(path: &Path) -> Result<Vec<u8>, LibrariesError> {
    let failed = |source| LibrariesError::Read {
        path: path.to_owned(),
        source,
    };
    tokio::fs::read(path).await.map_err(failed)
}

async fn libraries(binary: &Path) -> Result<Vec<PathBuf>, LibrariesError> {
    let mut ldd = Command::new("ldd");
    ldd.arg(binary)
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let failed = |source| LibrariesError::List {
        path: binary.to_owned(),
        source,
    };
    let listed = timeout(LIST, ldd.output())
        .await
        .map_err(|late| failed(late.into()))?;
    let listed = listed.map_err(failed)?;
    // A static program makes `ldd` fail, and needs nothing.
    let text = String::from_utf8_lossy(&listed.stdout);
    text.lines()
        .filter_map(|line| library(line).transpose())
        .collect()
}

/// The path in a line such as `libc.so.6 => /lib/libc.so.6 (0x7f…)`.
fn library(line: &str) -> Result<Option<PathBuf>, LibrariesError> {
    let (name, found) = line.split_once("=>").unwrap_or(("", line));
    if found.trim() == "not found" {
        return Err(LibrariesError::Missing {
            library: name.trim().to_owned(),
        });
    }
    let path = found.trim().split(" (").next().unwrap_or_default();
    Ok(path.starts_with('/').then(|| PathBuf::from(path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_ldd_are_understood() {
        let path = |line| {
            library(line)
                .unwrap()
                .map(|path| path.display().to_string())
        };
        assert_eq!(path("\tlinux-vdso.so.1 (0x7ffd)"), None);
        assert_eq!(
            path("\tlibc.so.6 => /lib/libc.so.6 (0x7f)").as_deref(),
            Some("/lib/libc.so.6")
        );
        assert_eq!(
            path("\t/lib64/ld.so.2 (0x7f)").as_deref(),
            Some("/lib64/ld.so.2")
        );
        assert_eq!(path("\tstatically linked"), None);
        assert!(library("\tlibx.so => not found").is_err());
    }
}
