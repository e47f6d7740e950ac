//! The runbooks: what this version does not act on yet.

use super::{parse, text, told};

#[test]
fn the_runbooks_are_refused_where_this_version_does_not_act() {
    let runbooks = [
        "motorsport",
        "rapid-audit",
        "complinist",
        "smartaccounting",
        "capecontrol",
    ];
    let told = runbooks.map(|name| {
        format!(
            "{name}:\n{}",
            told(parse(&text(&format!("examples/{name}.toml"))))
        )
    });
    insta::assert_snapshot!(told.join("\n\n"), @r"
motorsport:
no mistakes

rapid-audit:
41: `ticket` is not in this version
49: `follow_up` is not in this version

complinist:
24: nothing is asked of this repository
28: `gitlab_job` is not in this version
30: `notify` is not in this version
35: `gitlab_job` is not in this version
36: `gitlab_job` is not in this version
39: `checklist` is not in this version
52: `statuspage` is not in this version

smartaccounting:
17: `run` is not in this version
28: `tls` is not in this version
33: `basic_auth` is not in this version

capecontrol:
15: `heroku` is not in this version
30: `heroku` is not in this version
31: `heroku_release` is not in this version
37: `heroku_rollback` is not in this version
43: `heroku` is not in this version
46: `task` is not in this version
");
}
