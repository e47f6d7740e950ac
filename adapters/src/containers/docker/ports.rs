//! What the engine says of a port that somebody else has.

/// A port that a container was to publish and could not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Taken {
    /// The address and the port, or the port alone if it is to be had on all addresses.
    address: String,
    port: String,
    /// The container that was to have it.
    container: Option<String>,
    holder: Holder,
}

/// Who has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holder {
    Container,
    Program,
}

/// The port that a text is about, in the words of engines from 20.10 on.
pub(super) fn taken(text: &str) -> Option<Taken> {
    let holder = if text.contains("port is already allocated") {
        Holder::Container
    } else if text.contains("address already in use") {
        Holder::Program
    } else {
        return None;
    };
    let words = [
        "listen tcp4 ",
        "listen tcp6 ",
        "listen tcp ",
        "listen udp4 ",
    ];
    let words = words
        .iter()
        .chain(&["listen udp ", "Bind for ", "failed to bind host port for "]);
    let address = words
        .chain(&["failed to bind host port "])
        .find_map(|before| after(text, before).and_then(first_address))?;
    let (ip, port) = address.rsplit_once(':')?;
    let everywhere = ["0.0.0.0", "[::]", "::", ""].contains(&ip);
    Some(Taken {
        address: if everywhere { port } else { &address }.to_owned(),
        port: port.to_owned(),
        container: after(text, "on endpoint ")
            .and_then(|it| it.split(' ').next())
            .map(str::to_owned),
        holder,
    })
}

impl Taken {
    /// What is so, with the service if the container is one of this project's.
    pub(super) fn why(&self, project: Option<&str>) -> String {
        let service = project.and_then(|project| self.service(project));
        let whose = match (service, &self.container) {
            (Some(service), _) => format!(" of service {service}"),
            (None, Some(container)) => format!(" of container {container}"),
            (None, None) => String::new(),
        };
        let holder = match self.holder {
            Holder::Container => "another container",
            Holder::Program => "another program",
        };
        format!("port {}{whose} is taken by {holder}", self.address)
    }

    /// What to do about it.
    pub(super) fn hint(&self) -> String {
        let port = &self.port;
        let who = match self.holder {
            Holder::Container => format!("docker ps --filter publish={port}"),
            Holder::Program => format!("ss -ltnp 'sport = :{port}'"),
        };
        format!("`{who}` names it: stop it, or publish another port; then deploy again")
    }

    /// The service of a container by the names that Compose gives: `shop-web-1`, `shop_web_1`,
    /// and `<id>_shop_web_1` while it is replaced.
    fn service(&self, project: &str) -> Option<&str> {
        let name = self.container.as_deref()?;
        ['-', '_'].into_iter().find_map(|between| {
            let rest = after(name, &format!("{project}{between}"))?;
            let (service, number) = rest.rsplit_once(between)?;
            let counted = number.chars().all(|it| it.is_ascii_digit());
            (counted && !service.is_empty()).then_some(service)
        })
    }
}

fn after<'a>(text: &'a str, words: &str) -> Option<&'a str> {
    text.split_once(words).map(|(_, rest)| rest)
}

/// `0.0.0.0:80` of `0.0.0.0:80: bind`, `0.0.0.0:80:172.17.0.2:80/tcp` and `0.0.0.0:80/tcp`.
fn first_address(text: &str) -> Option<String> {
    let word = text.split([' ', '/']).next()?;
    let end = if word.starts_with('[') {
        word.find(']')?
    } else {
        0
    };
    let (ip, rest) = (&word[..end], &word[end..]);
    let mut parts = rest.splitn(3, ':');
    let (host, port) = (parts.next()?, parts.next()?);
    let fits = !port.is_empty() && port.chars().all(|it| it.is_ascii_digit());
    fits.then(|| format!("{ip}{host}:{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is told of a text.
    fn told(project: Option<&str>, text: &str) -> String {
        let taken = taken(text).unwrap();
        format!("{}. {}", taken.why(project), taken.hint())
    }

    #[test]
    fn the_port_and_whose_it_is_are_told() {
        let driver = "driver failed programming external connectivity on endpoint";
        let program = "names it: stop it, or publish another port; then deploy again";
        for (text, expected) in [
            (
                format!(
                    "ERROR: for web  Cannot start service web: {driver} shop_web_1 (14262dd7): \
                     Error starting userland proxy: listen tcp4 127.0.0.1:34329: bind: address \
                     already in use"
                ),
                format!(
                    "port 127.0.0.1:34329 of service web is taken by another program. \
                     `ss -ltnp 'sport = :34329'` {program}"
                ),
            ),
            (
                format!(
                    "Error response from daemon: {driver} shop-web-api-1 (f00): Bind for \
                     0.0.0.0:8080 failed: port is already allocated"
                ),
                format!(
                    "port 8080 of service web-api is taken by another container. \
                     `docker ps --filter publish=8080` {program}"
                ),
            ),
            (
                format!(
                    "failed to set up container networking: {driver} other (f00): failed to \
                     bind host port for [::1]:80:172.17.0.2:80/tcp: address already in use"
                ),
                format!(
                    "port [::1]:80 of container other is taken by another program. \
                     `ss -ltnp 'sport = :80'` {program}"
                ),
            ),
            (
                format!(
                    "{driver} 0123456789ab_shop_web_1 (f00): failed to bind host port \
                     0.0.0.0:80/tcp: address already in use"
                ),
                format!(
                    "port 80 of service web is taken by another program. \
                     `ss -ltnp 'sport = :80'` {program}"
                ),
            ),
        ] {
            assert_eq!(told(Some("shop"), &text), expected);
        }
    }

    #[test]
    fn what_names_no_port_is_left_to_its_own_words() {
        assert_eq!(taken("bind: address already in use"), None);
        assert_eq!(taken("listen tcp4 127.0.0.1:80: permission denied"), None);
    }
}
