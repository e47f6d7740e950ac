//! `container`: a plain container, with what `docker run` would be told.

use std::collections::BTreeSet;
use std::net::IpAddr;

use shipbell_domain::steps::{Container, Mount, Port, Protocol, Restart};

use super::super::at::At;
use super::super::desk::Desk;
use super::super::words;
use super::section::StepSection;
use super::verbs::{network, service};
use super::{Around, unknown};

/// The most ports, volumes and networks of a container.
const MOST: usize = 20;

pub(super) fn lower(
    section: &At<StepSection>,
    written: &At<String>,
    around: &Around<'_>,
    desk: &mut Desk,
) -> Option<Container> {
    let service = service(written, around.services, desk);
    let name = section.name.as_ref().and_then(|it| name(it, desk));
    let argv = section.command.as_ref().map(|it| words::lower(it, desk));
    let ports = list(section.ports.as_ref(), desk, port);
    twice(section.ports.as_ref(), &ports, desk);
    let volumes = list(section.volumes.as_ref(), desk, |it, desk| {
        mount(it, around, desk)
    });
    let networks = list(section.networks.as_ref(), desk, network);
    let restart = section.restart.as_ref().map(|it| restart(it, desk));
    let stop_within = desk.length_or(section.stop_within.as_ref(), "10m", "10s");
    Some(Container {
        service: service?,
        name,
        argv: match argv {
            Some(argv) => argv?,
            None => Vec::new(),
        },
        ports,
        volumes,
        networks,
        restart: restart.unwrap_or_default(),
        stop_within,
        stable_for: desk.length_or(section.stable_for.as_ref(), "1h", "10s"),
        healthy_within: desk.length_or(section.healthy_within.as_ref(), "2h", "2m"),
    })
}

/// The name the engine knows it by.
fn name(written: &At<String>, desk: &mut Desk) -> Option<String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
    let begins = written.starts_with(|c: char| c.is_ascii_alphanumeric());
    if begins && (2..=100).contains(&written.len()) && written.chars().all(fits) {
        return Some((**written).clone());
    }
    desk.note(written.span(), "this is no name of a container")
        .help(
            "letters, digits, - and _, beginning with a letter or digit, for example \"shop-web\"",
        );
    None
}

fn list<T>(
    written: Option<&At<Vec<At<String>>>>,
    desk: &mut Desk,
    mut read: impl FnMut(&At<String>, &mut Desk) -> Option<T>,
) -> Vec<T> {
    let Some(written) = written else {
        return Vec::new();
    };
    desk.limit(written.get(MOST).map(At::span), written.len(), MOST);
    written.iter().filter_map(|it| read(it, desk)).collect()
}

/// `[address:]port:inside[/udp]`
fn port(written: &At<String>, desk: &mut Desk) -> Option<Port> {
    let port = parse_port(written);
    if port.is_none() {
        desk.note(written.span(), "this is no port to publish")
            .help("write the machine's port and the container's, for example \"8080:80\" or \"127.0.0.1:8080:80\"");
    }
    port
}

fn parse_port(text: &str) -> Option<Port> {
    let (ports, protocol) = match text.split_once('/') {
        None => (text, Protocol::Tcp),
        Some((ports, "tcp")) => (ports, Protocol::Tcp),
        Some((ports, "udp")) => (ports, Protocol::Udp),
        Some(_) => return None,
    };
    let number = |it: &str| it.parse::<u16>().ok().filter(|it| *it > 0);
    let (rest, inside) = ports.rsplit_once(':')?;
    let (address, outside) = match rest.rsplit_once(':') {
        None => (None, rest),
        Some((address, outside)) => (Some(address), outside),
    };
    let address = address.map(|it| {
        let bare = it.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
        bare.unwrap_or(it).parse::<IpAddr>().ok()
    });
    Some(Port {
        address: match address {
            Some(address) => Some(address?),
            None => None,
        },
        outside: number(outside)?,
        inside: number(inside)?,
        protocol,
    })
}

/// Notes a port of the machine that is to lead to two places.
fn twice(written: Option<&At<Vec<At<String>>>>, ports: &[Port], desk: &mut Desk) {
    let Some(written) = written else { return };
    let mut seen = BTreeSet::new();
    for port in ports {
        if !seen.insert((port.address, port.outside, port.protocol == Protocol::Udp)) {
            let message = format!("port {} of the machine stands here twice", port.outside);
            desk.note(written.span(), message)
                .help("one port leads to one place");
        }
    }
}

/// `source:/inside[:ro]`; the source is a path of the machine or a volume's name.
fn mount(written: &At<String>, around: &Around<'_>, desk: &mut Desk) -> Option<Mount> {
    let mut parts = written.split(':');
    let (source, inside) = (parts.next()?, parts.next().unwrap_or_default());
    let read_only = match (parts.next(), parts.next()) {
        (None | Some("rw"), None) => Some(false),
        (Some("ro"), None) => Some(true),
        (_, _) => None,
    };
    let fits = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let named = source.len() > 1
        && source.starts_with(|c: char| c.is_ascii_alphanumeric())
        && source.chars().all(fits);
    let path = source.starts_with('/') || source.starts_with("./");
    let sound = inside.starts_with('/') && inside.len() > 1 && written.len() <= 500;
    let (true, Some(read_only)) = ((named || path) && sound, read_only) else {
        desk.note(written.span(), "this is no volume")
            .help("for example \"shop-data:/data\", or \"/srv/shop/pages:/pages:ro\"");
        return None;
    };
    if source.starts_with("./") && around.there {
        desk.note(written.span(), "a path on another machine begins with /")
            .help("for example \"/srv/shop/pages:/pages\"");
        return None;
    }
    let source = if path {
        let tidy = source.strip_prefix("./").unwrap_or(source);
        desk.base.join(tidy).to_string_lossy().into_owned()
    } else {
        source.to_owned()
    };
    Some(Mount {
        source,
        inside: inside.to_owned(),
        read_only,
    })
}

fn restart(written: &At<String>, desk: &mut Desk) -> Restart {
    let known = Restart::ALL
        .into_iter()
        .find(|it| it.word() == written.as_str());
    known.unwrap_or_else(|| {
        let words = Restart::ALL.map(Restart::word);
        unknown(written, &words, written, desk);
        Restart::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_read_as_they_are_written() {
        for text in [
            "8080:80",
            "127.0.0.1:8080:80",
            "[::1]:8080:80",
            "514:514/udp",
        ] {
            assert_eq!(parse_port(text).unwrap().to_string(), text);
        }
        assert_eq!(parse_port("1:2/tcp").unwrap().to_string(), "1:2");
        for text in [
            "80",
            "80:",
            ":80",
            "0:80",
            "70000:80",
            "8000-8010:80",
            "host:8080:80",
            "1:2/sctp",
            "",
        ] {
            assert_eq!(parse_port(text), None, "{text}");
        }
    }
}
