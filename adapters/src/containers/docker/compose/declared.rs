//! The services of a project, from what `config` writes: its files merged, and
//! every variable filled in. Both lines of Compose write the same plain form,
//! two spaces for each level.

use super::published::Ports;
use crate::containers::Declared;

/// Every service, by name.
pub(super) fn services<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<Declared> {
    let mut services: Vec<Declared> = Vec::new();
    let (mut inside, mut ports) = (false, None::<Ports>);
    for line in lines {
        let text = line.trim_start();
        let depth = line.len() - text.len();
        let is_item = text.starts_with('-');
        if depth < 4 || (depth == 4 && !is_item) {
            end(&mut services, &mut ports);
        }
        match depth {
            0 if !text.is_empty() && !is_item => inside = text == "services:",
            2 if inside => services.extend(key(text).map(|(name, _)| Declared {
                name,
                image: None,
                builds: false,
                published: false,
                ports: Vec::new(),
            })),
            4 if inside && !is_item => {
                if let (Some(service), Some((key, value))) = (services.last_mut(), key(text)) {
                    match key.as_str() {
                        "image" => service.image = (!value.is_empty()).then_some(value),
                        "build" => service.builds = true,
                        "ports" => {
                            service.published = true;
                            ports = Some(Ports::default());
                        }
                        _ => {}
                    }
                }
            }
            _ => {
                if let Some(ports) = &mut ports {
                    ports.line(text);
                }
            }
        }
    }
    end(&mut services, &mut ports);
    services.sort_by(|a, b| a.name.cmp(&b.name));
    services
}

/// The ports of a service are all read.
fn end(services: &mut [Declared], ports: &mut Option<Ports>) {
    if let (Some(service), Some(ports)) = (services.last_mut(), ports.take()) {
        service.ports = ports.all();
    }
}

/// A key and what stands behind it on its line.
pub(super) fn key(text: &str) -> Option<(String, String)> {
    let (key, value) = text.split_once(':')?;
    if key.starts_with(['-', '#']) || !(value.is_empty() || value.starts_with(' ')) {
        return None;
    }
    let plain = |it: &str| it.trim().trim_matches(['"', '\'']).to_owned();
    Some((plain(key), plain(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `docker-compose` 1.29 writes it.
    const V1: &str = r#"networks:
  default: {}
services:
  web:
    command: "echo one:\n  build: two"
    environment:
      build: not a key
    image: registry:5000/web@sha256:1234
    ports:
    - published: 8080
      target: 80
  worker:
    build:
      context: /srv/worker
    image: worker
version: '3.3'
volumes:
  data: {}
"#;

    /// As `docker compose` 2.26 writes it.
    const V2: &str = r#"name: shop
services:
  "1":
    build:
      context: /srv/one
    networks:
      default: null
  db:
    command:
      - image:
      - build
    image: postgres:17
networks:
  default:
    name: shop_default
"#;

    fn told(text: &str) -> Vec<(String, Option<String>, bool, bool)> {
        let told = |it: Declared| (it.name, it.image, it.builds, it.published);
        services(text.lines()).into_iter().map(told).collect()
    }

    #[test]
    fn services_are_read_from_either_line_of_compose() {
        let image = |it: &str| Some(it.to_owned());
        assert_eq!(
            told(V1),
            [
                (
                    "web".to_owned(),
                    image("registry:5000/web@sha256:1234"),
                    false,
                    true
                ),
                ("worker".to_owned(), image("worker"), true, false),
            ]
        );
        assert_eq!(
            told(V2),
            [
                ("1".to_owned(), None, true, false),
                ("db".to_owned(), image("postgres:17"), false, false),
            ]
        );
        assert_eq!(told("services: {}\n"), []);
    }
}
