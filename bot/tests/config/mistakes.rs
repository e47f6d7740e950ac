//! Many mistakes at once, as people see them.

use super::parse;

#[test]
#[expect(clippy::too_many_lines, reason = "most of it is what people read")]
fn every_mistake_is_told_at_once() {
    let report = parse(
        r#"
timezone = "Europe/Pariss"          # every time is in this zone
[people]
ana = { name = "Ana Ruiz" }
bo  = { name = "Bo Lindqvist" }
[roles]
sre           = ["bob", "ana"]
product-owner = ["bo"]
[app.shop]
images    = { php = "ghcr.io/acme/php:{version}" }
checklist = [{ ask = "sree", title = "Migrations reviewed" }]
[app.shop.env.staging]
compose = "compose.yml"
url     = "https://staging.example.com"
vars    = { DB_PASSWORD = "hunter2hunter2" }
deploy  = [
  { up = true },
  { exec = "php bin/console cache:clear", title = "Clear cache" },
]
smoke    = [{ get = "/healthz", status = "ok" }]
sign_off = { product-owner = 1 }
[app.shop.env.production]
like    = "stagging"
compose = "compose.yml"
project = "shop"
deploy  = [{ up = true }]
monitor = [{ for = "five minutes", every = "1m", logs = "web" }]
"#,
    );
    insta::assert_snapshot!(report.unwrap_err().render(false), @r#"
error: unknown time zone `Europe/Pariss`
 --> /etc/shipbell/shipbell.toml:2:12
  |
2 | timezone = "Europe/Pariss"          # every time is in this zone
  |            ^^^^^^^^^^^^^^^ expected an IANA name
  |
  = help: for example "Europe/Paris"

error: there is no person `bob`
 --> /etc/shipbell/shipbell.toml:7:18
  |
7 | sre           = ["bob", "ana"]
  |                  ^^^^^ not in [people]
  |
  = help: did you mean `bo`?

error: there is no role `sree`
  --> /etc/shipbell/shipbell.toml:11:22
   |
11 | checklist = [{ ask = "sree", title = "Migrations reviewed" }]
   |                      ^^^^^^ used here
   |
   = help: did you mean `sre`? roles: product-owner, sre

error: a secret is written in the file
  --> /etc/shipbell/shipbell.toml:15:27
   |
15 | vars    = { DB_PASSWORD = "**************" }
   |                           ^^^^^^^^^^^^^^^^ hidden
   |
   = help: write { env = "NAME" } or { file = "/path" } and keep the value out of this file

error: `exec` needs `in`, the compose service to run it in
  --> /etc/shipbell/shipbell.toml:18:3
   |
18 |   { exec = "php bin/console cache:clear", title = "Clear cache" },
   |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   |
   = help: add in = "php"

error: invalid type: string "ok", expected a number such as 200
  --> /etc/shipbell/shipbell.toml:20:42
   |
20 | smoke    = [{ get = "/healthz", status = "ok" }]
   |                                          ^^^^

error: unknown field `sign_off`
  --> /etc/shipbell/shipbell.toml:21:1
   |
21 | sign_off = { product-owner = 1 }
   | ^^^^^^^^ not a key shipbell knows
   |
   = help: did you mean `signoff`?

error: environment `stagging` does not exist
  --> /etc/shipbell/shipbell.toml:23:11
   |
23 | like    = "stagging"
   |           ^^^^^^^^^^ referenced here
   |
   = help: did you mean `staging`?

error: `five minutes` is not a length of time
  --> /etc/shipbell/shipbell.toml:27:20
   |
27 | monitor = [{ for = "five minutes", every = "1m", logs = "web" }]
   |                    ^^^^^^^^^^^^^^
   |
   = help: write 30s, 5m, 2h or 1h30m

9 problems in /etc/shipbell/shipbell.toml
"#);
}
