//! The ports a service publishes, from what `config` writes: one text for each, or its
//! parts line by line.

use std::net::IpAddr;

use super::declared::key;
use crate::containers::Published;

/// The ports of one service, as far as they were read.
#[derive(Default)]
pub(super) struct Ports {
    done: Vec<Published>,
    /// The one whose parts are being read.
    item: Option<Item>,
}

#[derive(Default)]
struct Item {
    address: Option<IpAddr>,
    port: Option<u16>,
    udp: bool,
}

impl Ports {
    /// Takes a line below `ports:`, without what it is indented by.
    pub(super) fn line(&mut self, text: &str) {
        let Some(begins) = text.strip_prefix("- ") else {
            return self.part(text);
        };
        self.end();
        if let Some(port) = short(begins.trim().trim_matches(['"', '\''])) {
            self.done.push(port);
        } else {
            self.item = Some(Item::default());
            self.part(begins);
        }
    }

    /// Every port that is named; a range the engine may choose from names none.
    pub(super) fn all(mut self) -> Vec<Published> {
        self.end();
        self.done
    }

    fn part(&mut self, text: &str) {
        let (Some(item), Some((key, value))) = (&mut self.item, key(text.trim())) else {
            return;
        };
        match key.as_str() {
            "host_ip" => item.address = address(&value),
            "published" => item.port = value.parse().ok(),
            "protocol" => item.udp = value == "udp",
            _ => {}
        }
    }

    fn end(&mut self) {
        let Some(Item { address, port, udp }) = self.item.take() else {
            return;
        };
        self.done
            .extend(port.map(|port| Published { address, port, udp }));
    }
}

/// `127.0.0.1:8080:8000/tcp`, which 1.x writes where an address is said.
fn short(text: &str) -> Option<Published> {
    let (text, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
    let (outside, _) = text.rsplit_once(':')?;
    let (ip, port) = outside.rsplit_once(':').unwrap_or(("", outside));
    Some(Published {
        address: address(ip),
        port: port.parse().ok()?,
        udp: protocol == "udp",
    })
}

/// The address, unless it means every one.
fn address(text: &str) -> Option<IpAddr> {
    let address = text.trim_matches(['[', ']']).parse::<IpAddr>().ok()?;
    (!address.is_unspecified()).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<String> {
        let mut ports = Ports::default();
        text.lines().for_each(|line| ports.line(line.trim_start()));
        let one = |it: &Published| format!("{it}{}", if it.udp { "/udp" } else { "" });
        ports.all().iter().map(one).collect()
    }

    #[test]
    fn ports_are_read_from_either_line_of_compose() {
        // As 1.29 writes them.
        let v1 = "- 127.0.0.1:8080:8000/tcp\n- published: 9000\n  target: 90\n- protocol: udp\n  \
                  published: 5353\n  target: 53\n- target: 8000\n- ::1:81:81/tcp\n\
                  - published: 9100-9110\n  target: 91\n- 0.0.0.0:82:82/tcp";
        let all = ["127.0.0.1:8080", "9000", "5353/udp", "[::1]:81", "82"];
        assert_eq!(told(v1), all);
        // As 2.26 does.
        let v2 = "  - mode: ingress\n    host_ip: 127.0.0.1\n    target: 8000\n    \
                  published: \"8080\"\n    protocol: tcp\n  - mode: ingress\n    target: 53\n    \
                  published: \"5353\"\n    protocol: udp\n  - mode: ingress\n    target: 8000\n";
        assert_eq!(told(v2), ["127.0.0.1:8080", "5353/udp"]);
    }
}
