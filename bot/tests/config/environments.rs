//! One wrong line in an environment, and what is said about it.

use super::{told, with};

#[test]
fn consent_and_targets_are_judged() {
    let lines = [
        r"signoof = { operator = 1 }",
        r"accept = { operator = 2 }",
        r"accept = { operator = 3 }",
        r"accept = { operator = 4000000000 }",
        r"accept = { operator = 0 }",
        r"accept = { operater = 1 }",
        r#"like = "production""#,
        r#"needs = "staging""#,
        r#"docker = "ssh://me@host""#,
        r#"docker = "ssh://me:pass@host""#,
        r#"docker = "tcp://host:2376""#,
        r#"docker = "https://host""#,
        r#"docker = "/var/run/docker.sock""#,
        r#"project = "Shop""#,
        r#"vars = { A-B = "1" }"#,
        r#"vars = { DATABASE_URL = "postgres://me:hunter2@db/shop" }"#,
        r"vars = { TOKEN = 12345 }",
        r#"vars = { A = { env = "xoxb-1" } }"#,
    ];
    insta::assert_snapshot!(lines.map(judged).join("\n"), @r#"
signoof = { operator = 1 }
14: unknown field `signoof`
accept = { operator = 2 }
14: this can never be met when ana asks for the release
accept = { operator = 3 }
14: this can never be met
accept = { operator = 4000000000 }
14: 4000000000 people cannot be asked
accept = { operator = 0 }
14: 0 people cannot be asked
accept = { operater = 1 }
14: there is no role `operater`
like = "production"
14: `production` refers to itself
needs = "staging"
14: environment `staging` does not exist
docker = "ssh://me@host"
no mistakes
docker = "ssh://me:pass@host"
14: the user is a word, without a password
docker = "tcp://host:2376"
14: an engine behind tcp:// is open to everybody without certificates
docker = "https://host"
14: `https://` is not in this version
docker = "/var/run/docker.sock"
14: this is no address of a Docker engine
project = "Shop"
14: this is no name of a compose project
vars = { A-B = "1" }
14: `A-B` is no name of a variable
vars = { DATABASE_URL = "postgres://me:hunter2@db/shop" }
14: a secret is written in the file
vars = { TOKEN = 12345 }
14: a secret is written here, and not as one
vars = { A = { env = "xoxb-1" } }
14: this is no name of an environment variable
"#);
}

#[test]
fn steps_are_judged() {
    let lines = [
        r#"rollback = [{ pull = "wep" }]"#,
        r#"rollback = [{ pull = "web", up = true }]"#,
        r#"rollback = [{ title = "Nothing" }]"#,
        r#"rollback = [{ pull = "web", once = true }]"#,
        r"rollback = [{ up = false }]",
        r#"rollback = [{ up = true, timeout = "1m" }]"#,
        r#"rollback = [{ up = true, timeout = "1d" }]"#,
        r#"rollback = [{ run = "a && b", in = "web" }]"#,
        r#"rollback = [{ run = "echo 'a", in = "web" }]"#,
        r#"rollback = [{ run = ["a b"], in = "web" }]"#,
        r#"rollback = [{ run = [], in = "web" }]"#,
        r#"rollback = [{ run = "a", in = "web", image = "web" }]"#,
        r#"rollback = [{ run = "a", image = "tool" }]"#,
        r#"rollback = [{ run = "a", image = "web", network = "a b" }]"#,
        r#"rollback = [{ run = "a", in = "web", network = "shop" }]"#,
        r#"rollback = [{ exec = "a", in = "web", title = "A" }, { exec = "b", in = "web", title = "A" }]"#,
    ];
    insta::assert_snapshot!(lines.map(judged).join("\n"), @r#"
rollback = [{ pull = "wep" }]
14: there is no image for the service `wep`
rollback = [{ pull = "web", up = true }]
14: a step does exactly one thing
rollback = [{ title = "Nothing" }]
14: a step does exactly one thing
rollback = [{ pull = "web", once = true }]
14: `once` belongs to run, host, http
rollback = [{ up = false }]
14: `up` can only be true
rollback = [{ up = true, timeout = "1m" }]
14: this ends before the step can be done
rollback = [{ up = true, timeout = "1d" }]
14: 1d is too long here
rollback = [{ run = "a && b", in = "web" }]
14: no shell reads this: `&` means nothing here
rollback = [{ run = "echo 'a", in = "web" }]
14: a ' is opened and never closed
rollback = [{ run = ["a b"], in = "web" }]
14: the program's name has a space in it
rollback = [{ run = [], in = "web" }]
14: this command is empty
rollback = [{ run = "a", in = "web", image = "web" }]
14: this runs in a service or in an image, not in both
rollback = [{ run = "a", image = "tool" }]
14: there is no image for the service `tool`
rollback = [{ run = "a", image = "web", network = "a b" }]
14: this is no name of a network
rollback = [{ run = "a", in = "web", network = "shop" }]
14: a service has networks of its own
rollback = [{ exec = "a", in = "web", title = "A" }, { exec = "b", in = "web", title = "A" }]
14: `A` stands here twice
"#);
}

#[test]
fn plain_containers_are_judged() {
    let lines = [
        r#"rollback = [{ container = "web", ports = ["8080:80", "127.0.0.1:53:53/udp"], volumes = ["data:/data", "./pages:/pages:ro"] }]"#,
        r#"rollback = [{ container = "wep" }]"#,
        r#"rollback = [{ container = "web", name = "shop web" }]"#,
        r#"rollback = [{ container = "web", command = "a && b" }]"#,
        r#"rollback = [{ container = "web", ports = ["80"] }]"#,
        r#"rollback = [{ container = "web", ports = ["80:80", "80:81"] }]"#,
        r#"rollback = [{ container = "web", volumes = ["data"] }]"#,
        r#"rollback = [{ container = "web", volumes = ["../data:/data"] }]"#,
        r#"rollback = [{ container = "web", networks = ["a b"] }]"#,
        r#"rollback = [{ container = "web", restart = "allways" }]"#,
        r#"rollback = [{ container = "web", stop_within = "1h" }]"#,
        r#"rollback = [{ container = "web", timeout = "2m" }]"#,
        r#"rollback = [{ container = "web", once = true }]"#,
        r#"rollback = [{ container = "web" }, { container = "web" }]"#,
        r#"rollback = [{ container = "web" }, { container = "web", name = "worker", command = "work" }]"#,
        r#"rollback = [{ container = "web", when = "deploy" }, { container = "web", when = "rollback" }]"#,
        r#"rollback = [{ up = true, ports = ["80:80"] }]"#,
        r#"rollback = [{ container = "web", vars = { TOKEN = "abcdefghijklmnop" } }]"#,
    ];
    insta::assert_snapshot!(lines.map(judged).join("\n"), @r#"
rollback = [{ container = "web", ports = ["8080:80", "127.0.0.1:53:53/udp"], volumes = ["data:/data", "./pages:/pages:ro"] }]
no mistakes
rollback = [{ container = "wep" }]
14: there is no image for the service `wep`
rollback = [{ container = "web", name = "shop web" }]
14: this is no name of a container
rollback = [{ container = "web", command = "a && b" }]
14: no shell reads this: `&` means nothing here
rollback = [{ container = "web", ports = ["80"] }]
14: this is no port to publish
rollback = [{ container = "web", ports = ["80:80", "80:81"] }]
14: port 80 of the machine stands here twice
rollback = [{ container = "web", volumes = ["data"] }]
14: this is no volume
rollback = [{ container = "web", volumes = ["../data:/data"] }]
14: this is no volume
rollback = [{ container = "web", networks = ["a b"] }]
14: this is no name of a network
rollback = [{ container = "web", restart = "allways" }]
14: `allways` is not known here
rollback = [{ container = "web", stop_within = "1h" }]
14: 1h is too long here
rollback = [{ container = "web", timeout = "2m" }]
14: this ends before the step can be done
rollback = [{ container = "web", once = true }]
14: `once` belongs to run, host, http
rollback = [{ container = "web" }, { container = "web" }]
14: an earlier step brings the same container to something else
rollback = [{ container = "web" }, { container = "web", name = "worker", command = "work" }]
no mistakes
rollback = [{ container = "web", when = "deploy" }, { container = "web", when = "rollback" }]
no mistakes
rollback = [{ up = true, ports = ["80:80"] }]
14: `ports` belongs to container
rollback = [{ container = "web", vars = { TOKEN = "abcdefghijklmnop" } }]
14: a secret is written in the file
"#);
}

#[test]
fn steps_that_cannot_be_undone_are_judged() {
    let lines = [
        r#"rollback = [{ run = "a", in = "web", irreversible = "Restore the dump." }]"#,
        r#"rollback = [{ run = "a", in = "web", unless = "Nothing to migrate" }]"#,
        r#"rollback = [{ pull = "web", unless = "Nothing to migrate" }]"#,
    ];
    insta::assert_snapshot!(lines.map(judged).join("\n"), @r#"
    rollback = [{ run = "a", in = "web", irreversible = "Restore the dump." }]
    14: what cannot be undone is done on the way forward only
    rollback = [{ run = "a", in = "web", unless = "Nothing to migrate" }]
    14: `unless` says when `irreversible` does not hold
    rollback = [{ pull = "web", unless = "Nothing to migrate" }]
    14: `unless` belongs to run, exec, host
    14: `unless` says when `irreversible` does not hold
    "#);
}

#[test]
fn steps_beside_the_containers_are_judged() {
    let lines = [
        r#"rollback = [{ wait = "2h" }]"#,
        r#"rollback = [{ ask = "operator" }]"#,
        r#"rollback = [{ ask = "nobody", title = "Look" }]"#,
        r#"rollback = [{ http = "/x" }]"#,
        r#"rollback = [{ http = "ftp://example.com" }]"#,
        r#"rollback = [{ http = "https://me:pass@example.com" }]"#,
        r#"rollback = [{ http = "https://example.com/{verion}" }]"#,
        r#"rollback = [{ http = "https://example.com", method = "POST" }]"#,
        r#"rollback = [{ http = "https://example.com", method = "get" }]"#,
        r#"rollback = [{ http = "https://example.com", once = true, poll = "1s" }]"#,
        r#"rollback = [{ http = "https://example.com", send = { Authorization = "Bearer abcdefghijklmnop" } }]"#,
        r#"rollback = [{ run = "a", in = "web", once = true, retry = 2 }]"#,
        r#"rollback = [{ exec = "a", in = "web", vars = { PATH = "/x" } }]"#,
        r#"rollback = [{ pull = "web", when = "deplo" }]"#,
        r#"rollback = [{ pull = "web", optional = true, on_failure = "stop" }]"#,
        r#"rollback = [{ set_env = { A = "1" } }]"#,
        r#"rollback = [{ git = "checkout" }]"#,
        r#"rollback = [{ git = "checkout", ref = "--force" }]"#,
        r#"rollback = [{ git = "rebase", ref = "main" }]"#,
        r#"rollback = [{ git = "push", ref = "main", message = "x" }]"#,
        r#"rollback = [{ host = "make | tee log" }]"#,
    ];
    insta::assert_snapshot!(lines.map(judged).join("\n"), @r#"
    rollback = [{ wait = "2h" }]
    14: 2h is too long here
    rollback = [{ ask = "operator" }]
    14: `ask` needs `title`, what there is to do
    rollback = [{ ask = "nobody", title = "Look" }]
    14: there is no role `nobody`
    rollback = [{ http = "/x" }]
    no mistakes
    rollback = [{ http = "ftp://example.com" }]
    14: this is neither a web address nor a path
    rollback = [{ http = "https://me:pass@example.com" }]
    14: this address has a name or a password in it
    rollback = [{ http = "https://example.com/{verion}" }]
    14: nothing fills in `{verion}`
    rollback = [{ http = "https://example.com", method = "POST" }]
    14: after a crash nobody knows whether POST was sent
    rollback = [{ http = "https://example.com", method = "get" }]
    14: `get` is not known here
    rollback = [{ http = "https://example.com", once = true, poll = "1s" }]
    14: what is called once is not asked again
    rollback = [{ http = "https://example.com", send = { Authorization = "Bearer abcdefghijklmnop" } }]
    14: a secret is written in the file
    rollback = [{ run = "a", in = "web", once = true, retry = 2 }]
    14: what must run once is not tried again
    rollback = [{ exec = "a", in = "web", vars = { PATH = "/x" } }]
    14: `PATH` is not for a step to set
    rollback = [{ pull = "web", when = "deplo" }]
    14: `deplo` is not known here
    rollback = [{ pull = "web", optional = true, on_failure = "stop" }]
    14: `optional` says what follows a failure already
    rollback = [{ set_env = { A = "1" } }]
    14: `set_env` needs `file`, the file to set it in
    rollback = [{ git = "checkout" }]
    14: git = "checkout" needs `ref`
    rollback = [{ git = "checkout", ref = "--force" }]
    14: this is no name git takes
    rollback = [{ git = "rebase", ref = "main" }]
    14: `rebase` is not known here
    rollback = [{ git = "push", ref = "main", message = "x" }]
    14: `message` belongs to git = "tag"
    rollback = [{ host = "make | tee log" }]
    14: no shell reads this: `|` means nothing here
    "#);
}

#[test]
fn checks_are_judged() {
    let lines = [
        r#"smoke = [{ get = "health" }]"#,
        r#"smoke = [{ get = "/{verison}" }]"#,
        r#"smoke = [{ get = "/", logs = "web" }]"#,
        r#"smoke = [{ get = "/", tail = 5 }]"#,
        r#"smoke = [{ get = "/", status = 700 }]"#,
        r#"smoke = [{ get = "/", status = -1 }]"#,
        r#"smoke = [{ get = "/", within = "11s" }]"#,
        r#"smoke = [{ get = "/", retry = 101 }]"#,
        r#"smoke = [{ get = "/", json = { version = "1" } }]"#,
        r#"smoke = [{ get = "/", contains = "{vesion}" }]"#,
        r#"smoke = [{ logs = "web", tail = 10001 }]"#,
        r#"smoke = [{ logs = "web", deny = "(" }]"#,
        r#"smoke = [{ logs = "web", deny = "a{1000}{1000}{1000}" }]"#,
    ];
    insta::assert_snapshot!(lines.map(judged).join("\n"), @r#"
smoke = [{ get = "health" }]
14: `health` is not a path
smoke = [{ get = "/{verison}" }]
14: nothing fills in `{verison}`
smoke = [{ get = "/", logs = "web" }]
14: a check looks at exactly one thing
smoke = [{ get = "/", tail = 5 }]
14: `tail` belongs to logs
smoke = [{ get = "/", status = 700 }]
14: there is no status 700
smoke = [{ get = "/", status = -1 }]
14: invalid value: integer `-1`, expected a number such as 200
smoke = [{ get = "/", within = "11s" }]
14: 11s is too long here
smoke = [{ get = "/", retry = 101 }]
14: 101 is too often
smoke = [{ get = "/", json = { version = "1" } }]
14: `version` is no JSON pointer
smoke = [{ get = "/", contains = "{vesion}" }]
14: nothing fills in `{vesion}`
smoke = [{ logs = "web", tail = 10001 }]
14: 10001 lines cannot be read
smoke = [{ logs = "web", deny = "(" }]
14: this pattern cannot be read: unclosed group
smoke = [{ logs = "web", deny = "a{1000}{1000}{1000}" }]
14: this pattern cannot be read: Compiled regex exceeds size limit of 1048576 bytes.
"#);
}

#[test]
fn times_and_the_rest_are_judged() {
    let lines = [
        r#"windows = ["Tuu 14:00-16:00"]"#,
        r#"windows = [{ cron = "0 14 29 2 *", for = "2h" }]"#,
        r#"windows = [{ cron = "0 14 * * 2", for = "8d" }]"#,
        r#"windows = [{ cron = "0 14 * * 2" }]"#,
        r#"windows = "Tue 14:00-16:00""#,
        r#"monitor = [{ for = "5m", every = "1m" }]"#,
        r#"monitor = [{ for = "5m", ask = "operator" }]"#,
        r#"monitor = [{ for = "5m", every = "10m", ask = "operator" }]"#,
        r#"monitor = [{ for = "1h", every = "5s", logs = "web" }]"#,
        r#"on_failure = "rolback""#,
        r#"incident = "P1""#,
        r#"incident = "P7""#,
        r#"announced = "yes""#,
        r#"rollback_ask = [""]"#,
        r#"announce = "31d""#,
    ];
    insta::assert_snapshot!(lines.map(judged).join("\n"), @r#"
windows = ["Tuu 14:00-16:00"]
14: `Tuu` is not a day of the week
windows = [{ cron = "0 14 29 2 *", for = "2h" }]
14: this window does not open within 13 months
windows = [{ cron = "0 14 * * 2", for = "8d" }]
14: 8d is too long here
windows = [{ cron = "0 14 * * 2" }]
14: `for` is missing
windows = "Tue 14:00-16:00"
14: invalid type: string "Tue 14:00-16:00", expected a list, [ … ]
monitor = [{ for = "5m", every = "1m" }]
14: nobody and nothing looks here
monitor = [{ for = "5m", ask = "operator" }]
14: `every` is missing
monitor = [{ for = "5m", every = "10m", ask = "operator" }]
14: the first look would come after the end
monitor = [{ for = "1h", every = "5s", logs = "web" }]
14: these are 720 looks, and 500 is the most
on_failure = "rolback"
14: `rolback` is not known here
incident = "P1"
14: P1 calls nobody
incident = "P7"
14: there is no severity `P7`
announced = "yes"
14: invalid type: string "yes", expected true or false
rollback_ask = [""]
14: this is empty
announce = "31d"
14: 31d is too long here
"#);
}

fn judged(line: &str) -> String {
    format!("{line}\n{}", told(with(line)))
}
