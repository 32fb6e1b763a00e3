//! The links and headings of a Markdown file.

/// A link to another place in the project.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Link {
    /// The line of the file, from 1.
    pub(super) line: usize,
    /// The path, relative to the file; empty for a place in the same file.
    pub(super) path: String,
    /// The anchor of a heading, if the link has one.
    pub(super) anchor: Option<String>,
}

/// The links of a text that do not lead to another machine.
pub(super) fn links(text: &str) -> Vec<Link> {
    let mut found = Vec::new();
    for (line, words) in prose(text) {
        for (start, _) in words.match_indices("](") {
            let Some(target) = words[start + 2..].split(')').next() else {
                continue;
            };
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let (path, anchor) = match target.split_once('#') {
                Some((path, anchor)) => (path, Some(anchor.to_owned())),
                None => (target, None),
            };
            found.push(Link {
                line,
                path: path.to_owned(),
                anchor,
            });
        }
    }
    found
}

/// The anchors of the headings of a text, as GitHub makes them.
pub(super) fn anchors(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (_, line) in lines_outside_of_code(text) {
        let Some(heading) = line.strip_prefix('#') else {
            continue;
        };
        let anchor = anchor(heading.trim_start_matches('#').trim());
        let same = found
            .iter()
            .filter(|other| **other == anchor || is_numbered(other, &anchor))
            .count();
        found.push(match same {
            0 => anchor,
            _ => format!("{anchor}-{same}"),
        });
    }
    found
}

/// Whether an anchor is another one with a number, as a heading gets that occurs again.
fn is_numbered(numbered: &str, anchor: &str) -> bool {
    numbered
        .strip_prefix(anchor)
        .and_then(|rest| rest.strip_prefix('-'))
        .is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit()))
}

/// The anchor of a heading: lower case, hyphens in place of spaces, without punctuation.
fn anchor(heading: &str) -> String {
    heading
        .to_lowercase()
        .chars()
        .filter_map(|c| match c {
            ' ' => Some('-'),
            '-' | '_' => Some(c),
            _ if c.is_alphanumeric() => Some(c),
            _ => None,
        })
        .collect()
}

/// The lines of a text outside of blocks of code, with their numbers from 1.
fn lines_outside_of_code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut in_code = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
            return None;
        }
        // Four spaces begin a block of code, too.
        (!in_code && !line.starts_with("    ")).then_some((index + 1, line))
    })
}

/// The same lines without the code in them. A link may begin in one line and end in the next, but its target does not.
fn prose(text: &str) -> impl Iterator<Item = (usize, String)> {
    lines_outside_of_code(text).map(|(number, line)| {
        let words = line.split('`').step_by(2).collect::<Vec<_>>().join("`");
        (number, words)
    })
}
