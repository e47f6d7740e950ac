//! What is too long for a platform is cut, and the cut is said: a long message is
//! shown in part, never refused.

/// A text of at most so many characters: both ends stay, and the cut is said.
pub(super) fn text(words: &str, most: usize) -> String {
    let count = words.chars().count();
    if count <= most {
        return words.to_owned();
    }
    let note = format!("\n… {} characters cut …\n", count - most);
    let room = most.saturating_sub(note.chars().count());
    let (head, tail) = (room - room / 3, room / 3);
    let head: String = words.chars().take(head).collect();
    let tail: String = words.chars().skip(count - tail).collect();
    format!("{}{note}{}", whole(&head, true), whole(&tail, false))
}

/// A line of at most so many characters.
pub(super) fn line(words: &str, most: usize) -> String {
    let flat = words.split_whitespace().collect::<Vec<_>>().join(" ");
    if flat.chars().count() <= most {
        return flat;
    }
    let kept: String = flat.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// An end of a marked-up text without half a reference or half an escape in it.
fn whole(end: &str, is_head: bool) -> &str {
    if is_head {
        let open = end.rfind('<').filter(|at| !end[*at..].contains('>'));
        let half = end.rfind('&').filter(|at| !end[*at..].contains(';'));
        let half = half.filter(|at| end.len() - at <= 5);
        let stop = [open, half].into_iter().flatten().min();
        return &end[..stop.unwrap_or(end.len())];
    }
    let closes = end.find('>').filter(|at| !end[..*at].contains('<'));
    let escape = end
        .find(';')
        .filter(|at| *at <= 4 && !end[..*at].contains('&'));
    let start = [closes, escape].into_iter().flatten().max();
    &end[start.map_or(0, |at| at + 1)..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_stay_and_the_cut_is_said() {
        let long = format!("first{}last", "é".repeat(5000));
        let cut = text(&long, 3000);
        assert!(cut.starts_with("first") && cut.ends_with("last"), "{cut}");
        assert!(cut.contains("2009 characters cut"), "{cut}");
        assert!(cut.chars().count() <= 3000);
        assert_eq!(text("short", 5), "short");
    }

    #[test]
    fn no_reference_is_cut_in_two() {
        assert_eq!(whole("see <https://x.exam", true), "see ");
        assert_eq!(whole("see <@U1> and &am", true), "see <@U1> and ");
        assert_eq!(whole("ple|page> and on", false), " and on");
        assert_eq!(whole("mp; and on", false), " and on");
        assert_eq!(whole("a; b", false), " b");
        assert_eq!(whole("nothing half", true), "nothing half");
    }

    #[test]
    fn a_line_that_is_cut_says_so() {
        assert_eq!(line("one\n two", 20), "one two");
        assert_eq!(line("twelve letters", 7), "twelve…");
    }
}
