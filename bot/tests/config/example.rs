//! The example has every key there is, and is told in words and dates.

use std::collections::BTreeSet;

use serde_json::Value as Json;
use shipbell::config::{Config, explain, schema};

use super::{now, root, text};

#[test]
fn the_example_of_every_key_loads() {
    let path = root().join("config.example.toml");
    let config = Config::load(&path, now()).unwrap_or_else(|report| panic!("{report}"));
    assert_eq!(config.policies[0].policy.environments.len(), 2);
}

#[test]
fn the_example_has_every_key_there_is() {
    // A key that excludes another stands there as a comment.
    let example = text("config.example.toml");
    let lines = example.lines().map(|line| match line.strip_prefix("# ") {
        Some(key) if key.contains(" = ") => key,
        Some(_) | None => line,
    });
    let example = lines.collect::<Vec<_>>().join("\n");
    let example: Json = toml::from_str(&example).unwrap();
    let schema = schema();
    let mut seen = Seen::default();
    seen.walk(&schema, &schema, &[&example], "");
    let missing: Vec<_> = seen.missing.difference(&seen.present).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert!(
        seen.present.len() > 60,
        "the walk looks at the whole schema"
    );
}

/// The keys of the schema that the example has and has not, each with its table's name.
#[derive(Default)]
struct Seen {
    present: BTreeSet<(String, String)>,
    missing: BTreeSet<(String, String)>,
}

impl Seen {
    /// Looks for every key of the schema in some instance of its table.
    fn walk(&mut self, root: &Json, node: &Json, found: &[&Json], table: &str) {
        if let Some(name) = node["$ref"].as_str() {
            let name = name.rsplit('/').next().unwrap_or(name);
            return self.walk(root, &root["definitions"][name], found, name);
        }
        for shape in ["allOf", "anyOf"]
            .iter()
            .filter_map(|it| node[*it].as_array())
            .flatten()
        {
            let object = shape["type"] == "object";
            let fits = |it: &&&Json| shape["type"].is_null() || it.is_object() == object;
            let found: Vec<&Json> = found.iter().filter(fits).copied().collect();
            self.walk(root, shape, &found, table);
        }
        for (key, below) in node["properties"].as_object().into_iter().flatten() {
            let values: Vec<&Json> = found.iter().filter_map(|it| it.get(key)).collect();
            let seen = if values.is_empty() {
                &mut self.missing
            } else {
                &mut self.present
            };
            seen.insert((table.to_owned(), key.clone()));
            self.walk(root, below, &values, &format!("{table}.{key}"));
        }
        let named = found
            .iter()
            .filter_map(|it| it.as_object())
            .flat_map(|it| it.values());
        self.walk_all(
            root,
            &node["additionalProperties"],
            &named.collect::<Vec<_>>(),
            table,
        );
        let listed = found.iter().filter_map(|it| it.as_array()).flatten();
        self.walk_all(root, &node["items"], &listed.collect::<Vec<_>>(), table);
    }

    fn walk_all(&mut self, root: &Json, node: &Json, found: &[&Json], table: &str) {
        if node.is_object() && !found.is_empty() {
            self.walk(root, node, found, table);
        }
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "most of it is what people read")]
fn what_is_understood_is_told_in_words_and_dates() {
    let name = "/etc/shipbell/shipbell.toml";
    let config = Config::parse(name, &text("config.example.toml"), now()).unwrap();
    insta::assert_snapshot!(explain(&config, now()), @r#"
/etc/shipbell/shipbell.toml: 1 application, 2 environments, 3 roles, 4 people. No mistakes.

Times are those of Europe/Paris.
The dashboard listens at 127.0.0.1:7380; people open https://ship.example.com.
In Slack the channel is C024BE91L; what people do arrives over sockets the bot opens. 1 of 4 people have an account there.
In Discord the channel is 1187023456789012345. 1 of 4 people have an account there.
What must be remembered is kept in /etc/shipbell/shipbell-data.
The record is signed with /etc/shipbell/shipbell-data/audit.key.
Every 10m it is looked whether somebody else changed what was deployed.
The images of the last 5 proven versions stay on their hosts.

Roles
  product-owner    Chloé Martin, whoever has the Discord role 1187000000000000002
  release-manager  Ana Ruiz, Dan Okoye
  sre              Bo Lindqvist, whoever is in the Slack user group S0614TZR7

Who may do what
  new       release-manager, sre
  plan      release-manager, sre
  deploy    release-manager, sre
  rollback  release-manager, sre
  override  sre
  cancel    release-manager
  window    release-manager
  freeze    release-manager
  unlock    sre
  watch     release-manager, sre
  incident  release-manager, sre

The shop (shop), versions like 2026.11.20-1, policy 14fec592
  images       api: ghcr.io/acme/api, named with every release (--image)
               jobs: ghcr.io/acme/jobs:{version}, built from . with docker/jobs/Dockerfile for linux/amd64 on the host of staging of the release's commit within 15m, pushed
               web: ghcr.io/acme/web:{version}, with the version filled in
  images from  ghcr.io/acme
  commits      github:acme/shop, branch main
  checklist    sre: Migrations were reviewed
               lint, test green: CI is green

  staging
    runs         shop-staging on unix:///var/run/docker.sock
                 /etc/shipbell/deploy/compose.yml
                 variables from /etc/shipbell/deploy/.env.staging
                 with API_TOKEN, DB_PASSWORD, MODE
    consent      nobody is asked
    acceptance   1 product-owner
    windows      always open
    announced    at once when it is planned
    deploy       Pull web (at most 5m)
                 Pull api (at most 10m)
                 Migrate (at most 10m, ["bin/migrate", "--all"] in a container of api, never repeated without a person, with ALLOW_MIGRATIONS, DB_ADMIN, DB_CERT, older versions cannot run after it)
                 Run bin/check-schema (at most 10m, ["bin/check-schema"] in the image api alone, on shop_default)
                 Recreate containers (at most 10m, healthy within 2m, stable for 10s)
                 Replace container shop-worker (at most 10m, the image api, ["bin/worker", "--queue=mail"], ports 127.0.0.1:9100:9100, volumes shop-mail at /mail, /srv/shop/templates at /templates (read only), on shop_default, restart unless-stopped, healthy within 2m, stable for 10s, with QUEUE_URL)
                 Exec bin/cache (at most 10m, ["bin/cache", "warm"] inside web, 3 tries, goes on if it fails)
                 Tag web as staging-{version} (at most 10m)
                 Push ghcr.io/acme/tools:{version} (at most 10m)
                 Set API_KEY, APP_VERSION, MAIL_KEY (at most 10m, in /etc/shipbell/deploy/.env.staging)
                 Check {version} out (at most 10m, in /srv/shop)
                 Tag v{version} (at most 10m)
                 Push v{version} to origin (at most 10m)
                 Run scripts/preflight.sh on the host (at most 10m, ["scripts/preflight.sh", "{version}"], in /srv/shop)
                 POST staging.shop.example.com/hooks/deployed (at most 10m, answers 202, sends Authorization, X-Hook, never repeated without a person, only forward)
                 GET staging.shop.example.com/ready (at most 10m, answers 200 to 299, /version is {version}, holds "ok", asked every 3s)
                 Wait 10s
                 Look at the queue (at most 2h, sre is asked, stays as it is if it fails)
    smoke        Healthy: https://staging.shop.example.com/health answers 200, within 2s, /version is {version}, holds "ok", sets session, Server holds "caddy", 11 tries, 3s apart
                 product-owner is asked: Log in and out
                 last 200 lines of web, none matches `" 5\d\d `
    rollback     Pull web (at most 10m)
                 Pull api (at most 10m)
                 Recreate containers (at most 10m, healthy within 2m, stable for 10s)
    asks before  Does the older code understand the schema?
    if it fails  back to the last verified version at once

  production (after staging)
    runs         shop on web-1, tcp://web-1.example.com:2376
                 shop on web-2, tcp://web-2.example.com:2376
                 one host after the other, the next when it is well
                 /etc/shipbell/deploy/compose.yml
                 variables from /etc/shipbell/deploy/.env.production
                 with API_TOKEN, DB_PASSWORD, MODE
    consent      1 product-owner, 1 release-manager
    acceptance   nobody is asked
    commits      nothing may have been added to the branch
    windows      Tue,Thu 14:00-16:00, 0 9 1 * * for 2h
                 Tuesday 24 November, 14:00 to 16:00
                 Thursday 26 November, 14:00 to 16:00
                 Tuesday 1 December, 09:00 to 11:00
    announced    1d before a planned deploy, and a deploy must have been announced
    deploy       Pull web (at most 5m)
                 Pull api (at most 10m)
                 Migrate (at most 10m, ["bin/migrate", "--all"] in a container of api, never repeated without a person, with ALLOW_MIGRATIONS, DB_ADMIN, DB_CERT, older versions cannot run after it)
                 Run bin/check-schema (at most 10m, ["bin/check-schema"] in the image api alone, on shop_default)
                 Recreate containers (at most 10m, healthy within 2m, stable for 10s)
                 Replace container shop-worker (at most 10m, the image api, ["bin/worker", "--queue=mail"], ports 127.0.0.1:9100:9100, volumes shop-mail at /mail, /srv/shop/templates at /templates (read only), on shop_default, restart unless-stopped, healthy within 2m, stable for 10s, with QUEUE_URL)
                 Exec bin/cache (at most 10m, ["bin/cache", "warm"] inside web, 3 tries, goes on if it fails)
                 Tag web as staging-{version} (at most 10m)
                 Push ghcr.io/acme/tools:{version} (at most 10m)
                 Set API_KEY, APP_VERSION, MAIL_KEY (at most 10m, in /etc/shipbell/deploy/.env.staging)
                 Check {version} out (at most 10m, in /srv/shop)
                 Tag v{version} (at most 10m)
                 Push v{version} to origin (at most 10m)
                 Run scripts/preflight.sh on the host (at most 10m, ["scripts/preflight.sh", "{version}"], in /srv/shop)
                 POST shop.example.com/hooks/deployed (at most 10m, answers 202, sends Authorization, X-Hook, never repeated without a person, only forward)
                 GET shop.example.com/ready (at most 10m, answers 200 to 299, /version is {version}, holds "ok", asked every 3s)
                 Wait 10s
                 Look at the queue (at most 2h, sre is asked, stays as it is if it fails)
    smoke        Healthy: https://shop.example.com/health answers 200, within 2s, /version is {version}, holds "ok", sets session, Server holds "caddy", 11 tries, 3s apart
                 product-owner is asked: Log in and out
                 last 200 lines of web, none matches `" 5\d\d `
    watch        for 10m every 1m: Errors: last 500 lines of web, none matches `" 5\d\d `
                 for 20m every 5m: https://shop.example.com/health answers 200, within 2s, /version is {version}, holds "ok", sets session, Server holds "caddy"
                 for 30m every 15m: sre is asked
    rollback     Pull web (at most 10m)
                 Pull api (at most 10m)
                 Recreate containers (at most 10m, healthy within 2m, stable for 10s)
    asks before  Does the older code understand the schema?
    if it fails  back to the last verified version at once, and an incident P1 is opened

Incidents
  P1  calls sre at once, release-manager after 10m; suggests: rollback

Freezes
  2026: Friday 18 December, 12:00 to Monday 4 January 2027, 09:00: Year-end closing
"#);
}
