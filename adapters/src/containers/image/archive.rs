//! The archive format that `docker load` reads, written in memory.

use std::io;

use serde_json::{Value, json};

use super::super::digest::sha256;
use super::{ImageFile, ImageHealthcheck, ImageSpec};

impl ImageSpec {
    /// The whole archive.
    pub fn archive(&self) -> io::Result<Vec<u8>> {
        let layer = layer(&self.files)?;
        let config = self.config(&sha256(&layer)).to_string().into_bytes();
        let config_name = format!("{}.json", sha256(&config));
        let manifest = json!([
            {"Config": config_name, "RepoTags": [self.tag], "Layers": ["layer.tar"]}
        ]);
        let mut archive = tar::Builder::new(Vec::new());
        append(&mut archive, &config_name, 0o644, &config)?;
        append(&mut archive, "layer.tar", 0o644, &layer)?;
        append(
            &mut archive,
            "manifest.json",
            0o644,
            manifest.to_string().as_bytes(),
        )?;
        archive.into_inner()
    }

    fn config(&self, layer: &str) -> Value {
        let env: Vec<String> = self
            .env
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        let mut config = json!({"Env": env, "Labels": self.labels});
        let mut set = |key: &str, value: Value| config[key] = value;
        if !self.entrypoint.is_empty() {
            set("Entrypoint", json!(self.entrypoint));
        }
        if !self.command.is_empty() {
            set("Cmd", json!(self.command));
        }
        if let Some(check) = &self.healthcheck {
            set("Healthcheck", healthcheck(check));
        }
        if let Some(signal) = &self.stop_signal {
            set("StopSignal", json!(signal));
        }
        if let Some(directory) = &self.directory {
            set("WorkingDir", json!(directory));
        }
        if let Some(user) = &self.user {
            set("User", json!(user));
        }
        json!({
            "architecture": architecture(),
            "os": "linux",
            "created": "1970-01-01T00:00:00Z",
            "config": config,
            "rootfs": {"type": "layers", "diff_ids": [format!("sha256:{layer}")]},
            "history": [{"created": "1970-01-01T00:00:00Z", "created_by": "shipbell"}],
        })
    }
}

fn healthcheck(check: &ImageHealthcheck) -> Value {
    let mut test = vec!["CMD".to_owned()];
    test.extend(check.command.iter().cloned());
    let nanos = |time: std::time::Duration| i64::try_from(time.as_nanos()).unwrap_or(i64::MAX);
    json!({
        "Test": test,
        "Interval": nanos(check.interval),
        "Timeout": nanos(check.timeout),
        "Retries": check.retries,
    })
}

fn layer(files: &[ImageFile]) -> io::Result<Vec<u8>> {
    let mut layer = tar::Builder::new(Vec::new());
    for file in files {
        let path = file.path.strip_prefix("/").unwrap_or(&file.path);
        append(&mut layer, path, file.mode, &file.bytes)?;
    }
    // Every program wants a place for scratch files.
    let mut header = header(0o1777, 0);
    header.set_entry_type(tar::EntryType::Directory);
    header.set_cksum();
    layer.append_data(&mut header, "tmp/", io::empty())?;
    layer.into_inner()
}

fn append(
    archive: &mut tar::Builder<Vec<u8>>,
    path: impl AsRef<std::path::Path>,
    mode: u32,
    bytes: &[u8],
) -> io::Result<()> {
    let mut header = header(mode, bytes.len() as u64);
    header.set_cksum();
    archive.append_data(&mut header, path, bytes)
}

fn header(mode: u32, size: u64) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_mode(mode);
    header.set_size(size);
    header.set_mtime(0);
    header.set_uid(0);
    header.set_gid(0);
    header
}

/// This machine's processor in the words of images.
fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_image_is_the_same_archive() {
        let spec = ImageSpec {
            tag: "demo:1".into(),
            files: vec![ImageFile::program("/bin/app", b"#!".to_vec())],
            ..ImageSpec::default()
        };
        assert_eq!(spec.archive().unwrap(), spec.archive().unwrap());
        let other = ImageSpec {
            env: [("V".into(), "2".into())].into(),
            ..spec.clone()
        };
        assert_ne!(spec.archive().unwrap(), other.archive().unwrap());
    }
}
