//! Where a machine is: `ssh://user@host:port`.

use std::fmt;

/// A machine that is reached by `ssh`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ssh {
    /// As whom; none leaves it to `ssh`.
    pub user: Option<String>,
    /// Its name or address, or a name `ssh` itself is told about.
    pub host: String,
    /// The port; none leaves it to `ssh`.
    pub port: Option<u16>,
}

/// What is wrong with an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadAddress(&'static str);

impl Ssh {
    /// Reads `ssh://user@host:port`; user and port may be left out.
    pub fn parse(text: &str) -> Result<Self, BadAddress> {
        let rest = text
            .strip_prefix("ssh://")
            .ok_or(BadAddress("an address of a host begins with ssh://"))?;
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (user, rest) = match rest.rsplit_once('@') {
            Some((user, rest)) => (Some(user), rest),
            None => (None, rest),
        };
        let (host, port) = match rest.strip_prefix('[').and_then(|it| it.split_once(']')) {
            Some((host, port)) => (host, port.strip_prefix(':')),
            None => match rest.rsplit_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (rest, None),
            },
        };
        let word = |text: &str, also: &str| {
            let fits = |c: char| c.is_ascii_alphanumeric() || also.contains(c);
            // Nothing may look like an option.
            (1..=255).contains(&text.len()) && !text.starts_with('-') && text.chars().all(fits)
        };
        if user.is_some_and(|it| !word(it, "._-")) {
            return Err(BadAddress("the user is a word, without a password"));
        }
        if !word(host, "._-:") {
            return Err(BadAddress(
                "the host is a name or an address, without a path",
            ));
        }
        let port = port.map(str::parse::<u16>).transpose();
        let port = port.map_err(|_| BadAddress("the port is a number"))?;
        if port == Some(0) {
            return Err(BadAddress("the port is a number above 0"));
        }
        Ok(Self {
            user: user.map(str::to_owned),
            host: host.to_owned(),
            port,
        })
    }
}

impl fmt::Display for Ssh {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ssh://")?;
        if let Some(user) = &self.user {
            write!(f, "{user}@")?;
        }
        if self.host.contains(':') {
            write!(f, "[{}]", self.host)?;
        } else {
            f.write_str(&self.host)?;
        }
        match self.port {
            Some(port) => write!(f, ":{port}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_written_back() {
        for good in [
            "ssh://deploy@staging.example.com",
            "ssh://deploy@staging.example.com:2222",
            "ssh://bastion",
            "ssh://root@[2001:db8::1]:22",
            "ssh://10.0.0.7",
        ] {
            assert_eq!(Ssh::parse(good).unwrap().to_string(), good);
        }
        let ssh = Ssh::parse("ssh://a-b@host:22/").unwrap();
        assert_eq!((ssh.user.as_deref(), ssh.port), (Some("a-b"), Some(22)));
    }

    #[test]
    fn what_could_be_an_option_a_password_or_a_path_is_refused() {
        for bad in [
            "host",
            "ssh://",
            "ssh://-oProxyCommand=x",
            "ssh://-l@host",
            "ssh://user:secret@host",
            "ssh://host/path",
            "ssh://host:0",
            "ssh://host:port",
            "ssh://ho st",
            "ssh://host;rm",
        ] {
            assert!(Ssh::parse(bad).is_err(), "{bad}");
        }
    }
}
