//! Where a database may lie: on a disk of this machine, held by one process.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use crate::StoreError;

/// File systems whose locks cannot be trusted between machines.
const NETWORK: [&str; 13] = [
    "nfs",
    "nfs4",
    "cifs",
    "smb",
    "smb2",
    "smb3",
    "smbfs",
    "ncpfs",
    "9p",
    "afs",
    "ceph",
    "glusterfs",
    "lustre",
];

/// Makes the file if there is none, readable by its owner alone, and takes its lock.
pub(super) fn take(path: &Path) -> Result<File, StoreError> {
    let unusable = |what: String, hint: &str| StoreError::Unusable {
        what,
        hint: hint.to_owned(),
    };
    let folder = path
        .parent()
        .filter(|it| !it.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let folder = folder.canonicalize().map_err(|error| {
        let what = format!("the folder {} cannot be used: {error}", folder.display());
        unusable(what, "Make it, or name another place for the database")
    })?;
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    if let Some(kind) = file_system(&mounts, &folder).filter(|kind| is_network(kind)) {
        let what = format!("{} lies on a network file system ({kind})", path.display());
        return Err(unusable(
            what,
            "SQLite's locks do not hold there: use a disk of this machine",
        ));
    }
    let lock = lock_of(path);
    let file = private(&lock).map_err(|error| {
        let what = format!("{} cannot be opened: {error}", lock.display());
        unusable(what, "Let the user that runs Shipbell write to the folder")
    })?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let what = format!("another process uses {}", path.display());
            return Err(unusable(
                what,
                "Stop the other Shipbell first, or name another database",
            ));
        }
        Err(TryLockError::Error(error)) => {
            let what = format!("{} cannot be locked: {error}", lock.display());
            return Err(unusable(what, "Use a disk of this machine"));
        }
    }
    private(path).map_err(|error| {
        let what = format!("{} cannot be opened: {error}", path.display());
        unusable(what, "Let the user that runs Shipbell read and write it")
    })?;
    Ok(file)
}

fn lock_of(path: &Path) -> PathBuf {
    let mut lock = path.as_os_str().to_owned();
    lock.push(".lock");
    lock.into()
}

fn private(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

/// The kind of file system a folder lies on, as Linux lists them; the last
/// mount over the longest path wins.
fn file_system<'a>(mounts: &'a str, folder: &Path) -> Option<&'a str> {
    let mut best: Option<(usize, &str)> = None;
    for line in mounts.lines() {
        let Some((mount, rest)) = line.split_once(" - ") else {
            continue;
        };
        let (Some(point), Some(kind)) = (mount.split(' ').nth(4), rest.split(' ').next()) else {
            continue;
        };
        let point = PathBuf::from(point.replace("\\040", " "));
        let depth = point.components().count();
        if folder.starts_with(&point) && best.is_none_or(|(deepest, _)| depth >= deepest) {
            best = Some((depth, kind));
        }
    }
    best.map(|(_, kind)| kind)
}

fn is_network(kind: &str) -> bool {
    // A file system of a user's own is trusted unless it is known to be remote.
    let remote = [
        "sshfs",
        "s3fs",
        "rclone",
        "gcsfuse",
        "glusterfs",
        "davfs",
        "goofys",
    ];
    let of_user = kind
        .strip_prefix("fuse.")
        .is_some_and(|it| remote.contains(&it));
    NETWORK.contains(&kind) || of_user
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
40 22 0:35 / /srv rw shared:2 - nfs4 host:/srv rw,vers=4.2
41 40 254:1 / /srv/my\\040disk rw - xfs /dev/vdb rw
42 22 0:40 / /home/ana/far rw - fuse.sshfs ana@host: rw
43 22 0:41 / /home/ana/near rw - fuse.gocryptfs /x rw";

    #[test]
    fn the_deepest_mount_says_what_kind_of_disk_it_is() {
        for (folder, kind, network) in [
            ("/var/lib/shipbell", "ext4", false),
            ("/srv/shipbell", "nfs4", true),
            ("/srv/my disk/shipbell", "xfs", false),
            ("/srvother", "ext4", false),
            ("/home/ana/far/x", "fuse.sshfs", true),
            ("/home/ana/near", "fuse.gocryptfs", false),
        ] {
            let found = file_system(MOUNTS, Path::new(folder));
            assert_eq!(found, Some(kind), "{folder}");
            assert_eq!(found.is_some_and(is_network), network, "{folder}");
        }
    }
}
