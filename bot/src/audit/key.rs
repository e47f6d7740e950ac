//! The key that signs: a file outside the database, for its owner alone.

use std::fs::File;
use std::io::{Error, ErrorKind, Read as _, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use super::note::{self, Signer};
use crate::failure::Failure;

/// The longest such file.
const LONGEST: u64 = 1000;

/// The key in a file; made from the random bytes if there is none.
pub fn load_or_make(path: &Path, instance: &str, random: [u8; 32]) -> Result<Signer, Failure> {
    match make(path, &super::checkpoint::origin(instance), random) {
        Ok(()) => {
            tracing::info!(file = %path.display(), "made a key to sign the record with");
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => {
            let what = format!("the signing key {} cannot be made", path.display());
            let hint = "name another file with key = \"…\" under [audit], in a folder that exists";
            return Err(Failure::user(what).because(error).hint(hint));
        }
    }
    load(path)
}

/// The key in a file.
pub fn load(path: &Path) -> Result<Signer, Failure> {
    read(path).map_err(|error| {
        let missing = error.kind() == ErrorKind::NotFound;
        let what = format!("the signing key {} cannot be used", path.display());
        Failure::user(what).because(error).hint(if missing {
            "the bot makes it at its first start; key = \"…\" under [audit] says where"
        } else {
            "if it is lost, move it away: the bot makes a new one, and everybody can see that"
        })
    })
}

/// It gets its name only once it is whole.
fn make(path: &Path, name: &str, random: [u8; 32]) -> Result<(), Error> {
    if path.symlink_metadata().is_ok() {
        return Err(ErrorKind::AlreadyExists.into());
    }
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    // Such files are for their owner alone.
    let mut new = tempfile::Builder::new()
        .prefix(".audit-")
        .tempfile_in(folder)?;
    writeln!(new, "{}", note::secret(name, &random))?;
    new.as_file().sync_all()?;
    new.persist_noclobber(path).map_err(|it| it.error)?;
    File::open(folder)?.sync_all()
}

fn read(path: &Path) -> Result<Signer, Error> {
    let file = File::open(path)?;
    let mode = file.metadata()?.mode();
    if mode & 0o077 != 0 {
        let what = format!(
            "others can read it: its mode is {:o}, make it 600",
            mode & 0o777
        );
        return Err(Error::other(what));
    }
    let mut text = String::new();
    file.take(LONGEST).read_to_string(&mut text)?;
    // What is in it is never told, not even if it is wrong.
    Signer::parse(text.trim_end()).map_err(|_| Error::other("what is in it is no signing key"))
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_key_is_made_once_and_only_its_owner_can_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.key");
        let missing = load(&path).err().unwrap().report();
        assert!(missing.contains("at its first start"), "{missing}");
        let made = load_or_make(&path, "07", [1; 32]).unwrap();
        let again = load_or_make(&path, "08", [2; 32]).unwrap();
        assert_eq!(made.verifier(), again.verifier());
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);

        fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        let refused = load_or_make(&path, "07", [2; 32]).err().unwrap().report();
        assert!(refused.contains("make it 600"), "{refused}");
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        fs::write(&path, "not a key").unwrap();
        let refused = load_or_make(&path, "07", [2; 32]).err().unwrap().report();
        assert!(refused.contains("no signing key"), "{refused}");
        let nowhere = folder.path().join("none").join("audit.key");
        let refused = load_or_make(&nowhere, "07", [2; 32])
            .err()
            .unwrap()
            .report();
        assert!(refused.contains("a folder that exists"), "{refused}");
    }
}
