//! An environment on several hosts: how it is written, and what it comes to.

use shipbell::config::explain;
use shipbell_domain::ids::HostName;

use super::{now, told, with};

const SEVERAL: &str = "hosts = { web-2 = \"ssh://me@web-2\", web-1 = \"ssh://me@web-1:22\" }\n\
     project = \"shop\"";

#[test]
fn hosts_are_judged() {
    let lines = [
        SEVERAL,
        "hosts = { a = \"unix:///a.sock\", b = \"unix:///b.sock\" }\nbatch = 2",
        "hosts = {}",
        "hosts = { \"a b\" = \"unix:///a.sock\" }",
        "hosts = { a = \"/var/run/docker.sock\" }",
        "hosts = { a = \"unix:///a.sock\", b = \"unix:///a.sock\" }",
        "hosts = { a = \"unix:///a.sock\", b = \"ssh://me@b\" }\nproject = \"shop\"",
        "hosts = { a = \"unix:///a.sock\" }\ndocker = \"unix:///b.sock\"",
        "hosts = { a = \"tcp://a:2376\" }",
        "hosts = { a = \"unix:///a.sock\" }\nbatch = 0",
        "hosts = { a = \"unix:///a.sock\" }\nbatch = \"all\"",
        "batch = 2",
    ];
    let judged = |line| format!("{line}\n{}", told(with(line)));
    insta::assert_snapshot!(lines.map(judged).join("\n"), @r#"
hosts = { web-2 = "ssh://me@web-2", web-1 = "ssh://me@web-1:22" }
project = "shop"
no mistakes
hosts = { a = "unix:///a.sock", b = "unix:///b.sock" }
batch = 2
no mistakes
hosts = {}
14: there is no host here
hosts = { "a b" = "unix:///a.sock" }
14: `a b` is not a host's name
hosts = { a = "/var/run/docker.sock" }
14: this is no address of a Docker engine
hosts = { a = "unix:///a.sock", b = "unix:///a.sock" }
14: a and b are the same engine
hosts = { a = "unix:///a.sock", b = "ssh://me@b" }
project = "shop"
14: the files are on b, but not on a
hosts = { a = "unix:///a.sock" }
docker = "unix:///b.sock"
15: `hosts` says where the engines listen
hosts = { a = "tcp://a:2376" }
14: an engine behind tcp:// is open to everybody without certificates
hosts = { a = "unix:///a.sock" }
batch = 0
15: a batch of 0 hosts
hosts = { a = "unix:///a.sock" }
batch = "all"
15: invalid type: string "all", expected a number such as 2
batch = 2
14: `batch` belongs to `hosts`
"#);
}

#[test]
fn they_are_taken_in_the_order_they_are_written() {
    let config = with(&format!("{SEVERAL}\nbatch = 2")).unwrap();
    let production = &config.policies[0].policy.environments[0];
    let fleet = production.fleet.as_ref().unwrap();
    let names: Vec<&str> = fleet.hosts.iter().map(HostName::as_str).collect();
    assert_eq!((names, fleet.batch), (vec!["web-2", "web-1"], 2));
    let text = explain(&config, now());
    let runs = text.lines().skip_while(|it| !it.contains("runs")).take(5);
    insta::assert_snapshot!(runs.collect::<Vec<_>>().join("\n"), @r#"
runs         shop on web-2, ssh://me@web-2
             shop on web-1, ssh://me@web-1:22
             2 hosts at a time, the next when they are well
             /srv/shop/compose.yml
consent      1 operator
"#);
}

#[test]
fn one_host_is_no_fleet_and_its_policy_stays_what_it_was() {
    let plain = with("").unwrap();
    let production = &plain.policies[0].policy.environments[0];
    assert_eq!(production.fleet, None);
    let json = serde_json::to_string(&production).unwrap();
    assert!(
        !json.contains("fleet") && !json.contains("\"on\""),
        "{json}"
    );
}

#[test]
fn two_environments_may_not_share_a_host() {
    let text = with(&format!(
        "{SEVERAL}\n[app.shop.env.staging]\nlike = \"production\"\ndocker = \"ssh://me@web-1:22\""
    ));
    assert_eq!(
        told(text),
        "16: shop/staging and shop/production are the same compose project `shop`"
    );
}
