//! What a compose project is called: as written, or as Compose itself would call it.

use std::path::{Path, PathBuf};

use super::super::at::At;
use super::super::desk::Desk;

/// Reads a small text file, if it is there.
pub(in crate::config) type Look<'a> = &'a dyn Fn(&Path) -> Option<String>;

/// A name somebody wrote.
pub(super) fn named(written: &At<String>, desk: &mut Desk) -> Option<String> {
    if written.len() <= 63 && !written.is_empty() && tidy(written) == **written {
        return Some((**written).clone());
    }
    let noted = desk.note(written.span(), "this is no name of a compose project");
    noted.help("lower-case letters, digits, - and _, beginning with a letter or digit, at most 63");
    None
}

/// Compose's rule: a variable, the name in the last file that has one, the directory.
pub(super) fn by_rule(
    files: &[PathBuf],
    env_file: Option<&Path>,
    directory: &Path,
    look: Look<'_>,
) -> String {
    let env_file = env_file.map_or_else(|| directory.join(".env"), Path::to_path_buf);
    let variable = look(&env_file).and_then(|text| after(&text, "COMPOSE_PROJECT_NAME", '='));
    let written = || {
        files
            .iter()
            .rev()
            .find_map(|it| after(&look(it)?, "name", ':'))
    };
    let folder = || {
        directory
            .file_name()
            .map(|it| it.to_string_lossy().into_owned())
    };
    let name = variable
        .or_else(written)
        .or_else(folder)
        .unwrap_or_default();
    tidy(&name)
}

/// The plain value of a line that begins with `key`; none if something is to be filled in.
fn after(text: &str, key: &str, sign: char) -> Option<String> {
    let mut lines = text
        .lines()
        .filter_map(|line| line.strip_prefix(key)?.trim_start().strip_prefix(sign));
    let value = lines
        .next()?
        .split(" #")
        .next()?
        .trim()
        .trim_matches(['"', '\'']);
    (!value.is_empty() && !value.contains('$')).then(|| value.to_owned())
}

fn tidy(name: &str) -> String {
    let kept = |c: &char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    let name: String = name.to_lowercase().chars().filter(kept).collect();
    name.trim_start_matches(['-', '_']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_the_one_compose_would_take() {
        let files = [PathBuf::from("/srv/My.Shop/compose.yml")];
        let rule = |compose: &'static str, env: &'static str| {
            let look = move |path: &Path| {
                let text = if path.ends_with(".env") { env } else { compose };
                (!text.is_empty()).then(|| text.to_owned())
            };
            by_rule(&files, None, Path::new("/srv/My.Shop"), &look)
        };
        assert_eq!(rule("", ""), "myshop");
        assert_eq!(rule("services: {}\nname: \"stall\" # x\n", ""), "stall");
        assert_eq!(rule("name: ${NAME}\n", ""), "myshop");
        assert_eq!(
            rule("name: stall\n", "A=1\nCOMPOSE_PROJECT_NAME=booth\n"),
            "booth"
        );
        assert_eq!(rule("services:\n  web:\n    name: x\n", ""), "myshop");
    }
}
