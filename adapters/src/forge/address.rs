//! Which repository: `github:org/name`, `gitlab:group/name`, or an address of `git`.

use std::fmt;

/// A repository by its name on a forge, or by where `git` finds it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Address {
    /// On GitHub, or a GitHub Enterprise Server.
    GitHub {
        /// The organisation or person it belongs to.
        owner: String,
        /// Its name.
        name: String,
    },
    /// On GitLab, in the cloud or at home.
    GitLab {
        /// Its groups and its name, with slashes between them.
        path: String,
    },
    /// Anywhere `git` finds it.
    Git {
        /// Where: `https://`, `ssh://`, `file://`, `git@host:path`, or a folder of this machine.
        url: String,
    },
}

/// What is wrong with an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadAddress(&'static str);

/// The longest address.
const LONGEST: usize = 500;

impl Address {
    /// Reads an address.
    pub fn parse(text: &str) -> Result<Self, BadAddress> {
        if text.len() > LONGEST {
            return Err(BadAddress("this address is too long"));
        }
        if let Some(rest) = text.strip_prefix("github:") {
            let (owner, name) = rest
                .split_once('/')
                .filter(|(owner, name)| is_name(owner) && is_name(name))
                .ok_or(BadAddress(
                    "on GitHub a repository is github:organisation/name",
                ))?;
            return Ok(Self::GitHub {
                owner: owner.to_owned(),
                name: name.to_owned(),
            });
        }
        if let Some(path) = text.strip_prefix("gitlab:") {
            let parts: Vec<&str> = path.split('/').collect();
            if parts.len() < 2 || !parts.into_iter().all(is_name) {
                return Err(BadAddress("on GitLab a repository is gitlab:group/name"));
            }
            return Ok(Self::GitLab {
                path: path.to_owned(),
            });
        }
        git(text)
    }

    /// Whether its forge knows of checks.
    pub fn has_checks(&self) -> bool {
        match self {
            Self::GitHub { .. } | Self::GitLab { .. } => true,
            Self::Git { .. } => false,
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::GitHub { owner, name } => write!(f, "github:{owner}/{name}"),
            Self::GitLab { path } => write!(f, "gitlab:{path}"),
            Self::Git { url } => f.write_str(url),
        }
    }
}

/// Only what reads over a wire or a disk: `git` has ways that run programs.
fn git(text: &str) -> Result<Address, BadAddress> {
    let plain = |it: &str| {
        it.chars()
            .all(|c| !c.is_whitespace() && !c.is_control() && c != '\\')
    };
    let url = Address::Git {
        url: text.to_owned(),
    };
    if !plain(text) || text.contains("::") {
        return Err(BadAddress("this is no address of a repository"));
    }
    if let Some((scheme, rest)) = text.split_once("://") {
        let host = rest.split('/').next().unwrap_or_default();
        let (user, host) = host.rsplit_once('@').unwrap_or(("", host));
        return match scheme {
            "file" if rest.starts_with('/') => Ok(url),
            "ssh" | "https" | "http" if user.contains(':') => {
                Err(BadAddress("this address has a password in it"))
            }
            "https" | "http" if !user.is_empty() => {
                Err(BadAddress("this address has a name in it"))
            }
            "ssh" | "https" | "http" if is_host(host) && rest.contains('/') => Ok(url),
            _ => Err(BadAddress(
                "a repository is reached by https://, http://, ssh:// or file:///",
            )),
        };
    }
    if text.starts_with('/') {
        return Ok(url);
    }
    // As `git clone` takes it: git@host:path.
    let place = text.split_once('@').and_then(|(user, rest)| {
        let (host, path) = rest.split_once(':')?;
        Some(is_name(user) && is_host(host) && !path.is_empty())
    });
    match place {
        Some(true) => Ok(url),
        Some(false) | None => Err(BadAddress(
            "a repository is github:organisation/name, gitlab:group/name, an address, or a folder",
        )),
    }
}

fn is_host(text: &str) -> bool {
    let text = text.trim_start_matches('[').replace([']', ':'], "");
    !text.is_empty() && is_name(&text)
}

fn is_name(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    // Nothing may look like an option, or lead out of where it stands.
    (1..=255).contains(&text.len()) && !text.starts_with(['-', '.']) && text.chars().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_said_again() {
        for good in [
            "github:acme/shop",
            "gitlab:acme/shop",
            "gitlab:acme/web/shop.de",
            "https://git.example.com/acme/shop.git",
            "http://127.0.0.1:3000/acme/shop",
            "ssh://git@git.example.com:2222/acme/shop.git",
            "git@git.example.com:acme/shop.git",
            "file:///srv/git/shop.git",
            "/srv/git/shop.git",
        ] {
            assert_eq!(Address::parse(good).unwrap().to_string(), good);
        }
    }

    #[test]
    fn what_could_run_a_program_or_hold_a_secret_is_none() {
        for bad in [
            "",
            "shop",
            "github:acme",
            "github:acme/shop/deep",
            "github:acme/..",
            "github:-acme/shop",
            "gitlab:shop",
            "gitlab:acme//shop",
            "ext::sh -c true",
            "ext::sh",
            "--upload-pack=touch",
            "file://host/srv",
            "https://me:secret@git.example.com/shop",
            "https://token@git.example.com/shop",
            "https://git.example.com",
            "ssh://-oProxyCommand=x/shop",
            "git@-oProxyCommand:shop",
            "git://git.example.com/shop",
            "../shop",
            "/srv/git/my shop",
        ] {
            assert!(Address::parse(bad).is_err(), "{bad}");
        }
    }
}
