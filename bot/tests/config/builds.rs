//! `images` that are built: what is read, and what is refused.

use shipbell::config::explain;
use shipbell_domain::ids::ServiceName;

use super::{SMALL, now, parse, told};

/// The small file with these images.
fn with(images: &str) -> String {
    SMALL.replace("images = { web = \"ghcr.io/acme/web:{version}\" }", images)
}

fn web(build: &str) -> String {
    with(&format!("images = {{ web = {{ {build} }} }}"))
}

const IMAGE: &str = "image = \"ghcr.io/acme/web:{version}\"";

#[test]
fn a_build_is_part_of_the_policy() {
    let text = web(&format!(
        "build = \".\", file = \"docker/web/Dockerfile\", {IMAGE}, platform = \"linux/amd64\", \
         args = {{ VERSION = \"{{version}}\" }}, push = true, timeout = \"30m\", \
         env = \"production\", dir = \"/srv/web\""
    ));
    let config = parse(&text).unwrap();
    let policy = &config.policies[0].policy;
    let web = ServiceName::new("web").unwrap();
    assert_eq!(policy.images[&web], "ghcr.io/acme/web:{version}");
    let build = &policy.builds[&web];
    assert!(build.push);
    assert_eq!(build.file.as_deref(), Some("docker/web/Dockerfile"));
    assert_eq!(build.args["VERSION"], "{version}");
    assert_eq!(build.within.to_string(), "30m");
    let shown = explain(&config, now());
    let words = "web: ghcr.io/acme/web:{version}, built from . with docker/web/Dockerfile for \
                 linux/amd64 on the host of production of the release's commit within 30m, pushed";
    assert!(shown.contains(words), "{shown}");
}

#[test]
fn what_is_found_has_the_same_policy_as_before() {
    let config = parse(SMALL).unwrap();
    let stored = serde_json::to_value(&config.policies[0].policy).unwrap();
    assert_eq!(
        stored.get("builds"),
        None,
        "no release asks for consent anew"
    );
}

#[test]
fn mistakes_are_told() {
    let wrong = [
        String::from("build = \".\""),
        IMAGE.to_owned(),
        format!("build = \"\", {IMAGE}"),
        format!("build = \"../web\", {IMAGE}"),
        format!("build = \"/srv/web\", {IMAGE}"),
        format!("build = \"-\", {IMAGE}"),
        format!("build = \".\", file = \"docker/../../x\", {IMAGE}"),
        format!("build = \".\", file = \"--rm\", {IMAGE}"),
        "build = \".\", image = \"ghcr.io/acme/web:latest\"".to_owned(),
        "build = \".\", image = \"ghcr.io/acme/web\"".to_owned(),
        "build = \".\", image = \"-x:{version}\"".to_owned(),
        format!("build = \".\", {IMAGE}, platform = \"amd64\""),
        format!("build = \".\", {IMAGE}, args = {{ \"A B\" = \"1\" }}"),
        format!("build = \".\", {IMAGE}, args = {{ TOKEN = \"hunter2\" }}"),
        format!("build = \".\", {IMAGE}, args = {{ A = \"{{sh}}\" }}"),
        format!("build = \".\", {IMAGE}, env = \"produktion\""),
        format!("build = \".\", {IMAGE}, dir = \"web\""),
        format!("build = \".\", {IMAGE}, timeout = \"3h\""),
        format!("build = \".\", {IMAGE}, pus = true"),
    ];
    let lines = wrong.map(|it| format!("{it}\n{}", told(parse(&web(&it)))));
    insta::assert_snapshot!(lines.join("\n"), @r#"
    build = "."
    8: this image has no name
    image = "ghcr.io/acme/web:{version}"
    8: nothing says what is built
    build = "", image = "ghcr.io/acme/web:{version}"
    8: this is empty
    build = "../web", image = "ghcr.io/acme/web:{version}"
    8: this leads out of the repository
    build = "/srv/web", image = "ghcr.io/acme/web:{version}"
    8: this leads out of the repository
    build = "-", image = "ghcr.io/acme/web:{version}"
    8: this looks like an option
    build = ".", file = "docker/../../x", image = "ghcr.io/acme/web:{version}"
    8: this leads out of the repository
    build = ".", file = "--rm", image = "ghcr.io/acme/web:{version}"
    8: this looks like an option
    build = ".", image = "ghcr.io/acme/web:latest"
    8: every release would build the same tag
    build = ".", image = "ghcr.io/acme/web"
    8: every release would build the same tag
    build = ".", image = "-x:{version}"
    8: this is no name of an image
    build = ".", image = "ghcr.io/acme/web:{version}", platform = "amd64"
    8: this is no platform
    build = ".", image = "ghcr.io/acme/web:{version}", args = { "A B" = "1" }
    8: `A B` is no name of an argument
    build = ".", image = "ghcr.io/acme/web:{version}", args = { TOKEN = "hunter2" }
    8: whoever has the image can read its arguments
    build = ".", image = "ghcr.io/acme/web:{version}", args = { A = "{sh}" }
    8: nothing fills in `{sh}`
    build = ".", image = "ghcr.io/acme/web:{version}", env = "produktion"
    8: `shop` has no environment `produktion`
    build = ".", image = "ghcr.io/acme/web:{version}", dir = "web"
    8: a path on a host begins with /
    build = ".", image = "ghcr.io/acme/web:{version}", timeout = "3h"
    8: 3h is too long here
    build = ".", image = "ghcr.io/acme/web:{version}", pus = true
    8: unknown field `pus`
    "#);
}

#[test]
fn what_is_built_comes_from_an_allowed_repository() {
    let text = web(&format!("build = \".\", {IMAGE}"));
    let text = text.replace("images =", "allow_images = [\"quay.io/acme\"]\nimages =");
    assert_eq!(told(parse(&text)), "9: `allow_images` does not allow this");
}

#[test]
fn one_name_is_one_image() {
    let two = |file: &str| {
        with(&format!(
            "images = {{ web = {{ build = \".\", {IMAGE} }}, worker = {{ build = \".\", {IMAGE}{file} }} }}"
        ))
    };
    assert_eq!(told(parse(&two(""))), "no mistakes");
    let told = told(parse(&two(", file = \"worker\"")));
    assert_eq!(told, "8: another image of that name is made in another way");
}

#[test]
fn an_image_that_is_not_pushed_stays_on_one_engine() {
    let several = |push: &str| {
        let text = web(&format!("build = \".\", {IMAGE}{push}"));
        let hosts = "hosts = { one = \"ssh://web-1\", two = \"ssh://web-2\" }";
        format!("{text}{hosts}\n")
    };
    let told = |push: &str| told(parse(&several(push)));
    assert_eq!(told(", push = true"), "no mistakes");
    let words = "8: `web` is not pushed, and there are 2 engines that need it";
    assert_eq!(told(""), words);
}
