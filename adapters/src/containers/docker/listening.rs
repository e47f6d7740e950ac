//! Who has the ports that a project's files publish, seen before anything is touched.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use bollard::models::{ContainerSummary, PortSummary, PortSummaryTypeEnum};

use super::api::Api;
use super::child;
use super::compose::Compose;
use super::project::PROJECT;
use super::tap::Tap;
use crate::containers::{ContainerError, Declared, Discard, Output, Published, Stream, Taken};
use crate::redact::Redactor;

/// How long the program may take that tells.
const TELL: Duration = Duration::from_secs(15);

/// Prints what a machine is called, and what listens there: `0A` is the kernel's word for it.
const LOOK: [&str; 6] = [
    "grep",
    "-hsE",
    "^[^ ]+$| 0A ",
    "/proc/sys/kernel/hostname",
    "/proc/net/tcp",
    "/proc/net/tcp6",
];

/// A port that somebody has.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Held {
    port: Published,
    /// The container, by name; a program of the machine if it is none.
    container: Option<String>,
    /// Whether it is the project's own container.
    own: bool,
}

/// The ports of services that somebody else has. Programs are seen where Compose runs on
/// the engine's machine; what cannot be seen is not said.
pub(super) async fn taken(
    api: &Api<'_>,
    compose: &Compose<'_>,
    services: &[Declared],
) -> Result<Vec<Taken>, ContainerError> {
    if services.iter().all(|it| it.ports.is_empty()) {
        return Ok(Vec::new());
    }
    let mut held = Vec::new();
    for container in api.alive().await? {
        held.extend(of_container(&container, &compose.project.name));
    }
    held.extend(of_programs(api, compose).await.unwrap_or_default());
    let each = services.iter().flat_map(|service| {
        let ports = service.ports.iter();
        ports.filter_map(|port| by_others(service, *port, &held))
    });
    Ok(each.collect())
}

/// Who has a port, if it is somebody else. Containers come first: what listens for one
/// is a program too, the engine's own.
fn by_others(service: &Declared, port: Published, held: &[Held]) -> Option<Taken> {
    let holder = held.iter().find(|it| meet(it.port, port))?;
    (!holder.own).then(|| Taken {
        service: service.name.clone(),
        port,
        by: holder.container.clone(),
    })
}

/// Whether two cannot be had at once.
fn meet(one: Published, other: Published) -> bool {
    let somewhere = match (one.address, other.address) {
        (Some(one), Some(other)) => one == other,
        (None, _) | (_, None) => true,
    };
    somewhere && one.port == other.port && one.udp == other.udp
}

fn of_container(container: &ContainerSummary, project: &str) -> Vec<Held> {
    let labels = container.labels.as_ref();
    let own = labels.and_then(|it| it.get(PROJECT)).map(String::as_str) == Some(project);
    let names = container.names.as_deref().unwrap_or_default();
    let name = names.first().map_or("", |it| it.trim_start_matches('/'));
    let ports = container.ports.as_deref().unwrap_or_default();
    let one = |it: &PortSummary| {
        Some(Held {
            port: Published {
                address: it.ip.as_deref().and_then(|ip| specific(ip.parse().ok()?)),
                port: it.public_port?,
                udp: it.typ == Some(PortSummaryTypeEnum::UDP),
            },
            container: Some(name.to_owned()),
            own,
        })
    };
    ports.iter().filter_map(one).collect()
}

/// What listens beside Compose; none if that is not the engine's machine, such as a
/// container that only got the engine's socket.
async fn of_programs(api: &Api<'_>, compose: &Compose<'_>) -> Option<Vec<Held>> {
    let machine = api.machine().await?;
    let command = compose.beside(&LOOK)?;
    let mut tap = Tap::new(&Redactor::default(), &Discard);
    // Its exit code says as well that a file is not there, as where there is no IPv6.
    child::run(command, None, TELL, &mut tap).await.ok()?;
    let output = tap.finish();
    let mut lines = said(&output);
    (lines.next()? == machine).then(|| lines.filter_map(listener).collect())
}

fn said(output: &Output) -> impl Iterator<Item = &str> {
    let lines = output.lines.iter();
    let lines = lines.filter(|it| it.stream == Stream::Stdout);
    lines.map(|it| it.text.trim())
}

/// Of a line of `/proc/net/tcp`: `0: 0100007F:1F90 00000000:0000 0A …`.
fn listener(line: &str) -> Option<Held> {
    let (ip, port) = line.split_whitespace().nth(1)?.split_once(':')?;
    let word = |at: usize| {
        let digits = ip.get(at..at + 8)?;
        u32::from_str_radix(digits, 16).ok()
    };
    // The kernel writes words of memory, and the machines it runs on are little-endian.
    let address = if ip.len() == 8 {
        IpAddr::V4(Ipv4Addr::from(word(0)?.to_le_bytes()))
    } else {
        let mut bytes = [0; 16];
        for (index, part) in bytes.chunks_exact_mut(4).enumerate() {
            part.copy_from_slice(&word(index * 8)?.to_le_bytes());
        }
        IpAddr::V6(Ipv6Addr::from(bytes)).to_canonical()
    };
    Some(Held {
        port: Published {
            address: specific(address),
            port: u16::from_str_radix(port, 16).ok()?,
            udp: false,
        },
        container: None,
        own: false,
    })
}

/// The address, unless it means every one.
fn specific(address: IpAddr) -> Option<IpAddr> {
    (!address.is_unspecified()).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listeners_are_read_as_the_kernel_writes_them() {
        let told = |address: &str| {
            let line = format!("   0: {address} 00000000:0000 0A 00000000:00000000 00:00000000");
            listener(&line).map(|it| it.port.to_string())
        };
        let loopback = "00000000000000000000000001000000:0050";
        let mapped = "0000000000000000FFFF00000100007F:0050";
        for (address, expected) in [
            ("0100007F:1F90", Some("127.0.0.1:8080")),
            ("00000000:0050", Some("80")),
            (loopback, Some("[::1]:80")),
            (mapped, Some("127.0.0.1:80")),
            ("00000000000000000000000000000000:0050", Some("80")),
            ("address", None),
        ] {
            assert_eq!(told(address).as_deref(), expected, "{address}");
        }
    }

    #[test]
    fn who_has_a_port_is_somebody_else_and_in_the_way() {
        let port = |address: Option<[u8; 4]>, port| Published {
            address: address.map(IpAddr::from),
            port,
            udp: false,
        };
        let has = |port, container: Option<&str>, own| Held {
            port,
            container: container.map(str::to_owned),
            own,
        };
        let service = Declared {
            name: "web".to_owned(),
            image: None,
            builds: false,
            published: true,
            ports: Vec::new(),
        };
        let here = Some([127, 0, 0, 1]);
        let other = has(port(here, 80), Some("other"), false);
        let own = has(port(None, 81), Some("shop_web_1"), true);
        let proxy = has(port(None, 81), None, false);
        let program = has(port(here, 82), None, false);
        let held = [other, own, proxy, program];
        let told = |port| by_others(&service, port, &held).map(|it| it.why());
        let taken = |by: &str| Some(format!("port {by}"));
        assert_eq!(
            told(port(None, 80)),
            taken("80 of service web is taken by container other")
        );
        assert_eq!(told(port(Some([10, 0, 0, 1]), 80)), None);
        assert_eq!(told(port(None, 81)), None, "it is its own");
        assert_eq!(
            told(port(here, 82)),
            taken("127.0.0.1:82 of service web is taken by another program")
        );
    }
}
