//! Reads the picture of the house in ARCHITECTURE.md: the floor of each crate and topic.

use std::collections::BTreeMap;

/// The heading that the picture stands under.
const HEADING: &str = "## The house";
/// The row of the picture below which the crates stand.
const CRATES: &str = "crates/";

/// Names by the line of ARCHITECTURE.md they stand on. Names of one line are side by side and do not use each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Floors {
    line_of: BTreeMap<String, usize>,
}

impl Floors {
    /// The line of a name; larger is higher in the house.
    pub(crate) fn line(&self, name: &str) -> Option<usize> {
        self.line_of.get(name).copied()
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = (&str, usize)> {
        self.line_of
            .iter()
            .map(|(name, line)| (name.as_str(), *line))
    }
}

/// The whole picture.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct House {
    pub(crate) crates: Floors,
    /// The topics of each crate that has rows of its own.
    pub(crate) topics: BTreeMap<String, Floors>,
}

impl House {
    /// Reads ARCHITECTURE.md.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let mut house = Self::default();
        // How far crates are indented: their first row says it.
        let mut crate_indent = None;
        let mut owners: Vec<String> = Vec::new();
        let mut lines = text
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line))
            .skip_while(|(_, line)| line.trim() != HEADING)
            .skip_while(|(_, line)| line.trim() != CRATES);
        let (_, first) = lines
            .next()
            .ok_or_else(|| format!("ARCHITECTURE.md has no row `{CRATES}` under \"{HEADING}\""))?;
        let outer = indent(first);
        for (number, line) in lines {
            let depth = indent(line);
            if line.trim().is_empty() || depth <= outer {
                break;
            }
            let crates = *crate_indent.get_or_insert(depth);
            if depth == crates {
                owners = names(line);
                for name in &owners {
                    insert(&mut house.crates, name, number)?;
                }
                continue;
            }
            // Deeper than topics: the rest of a description.
            if depth != crates + 2 {
                continue;
            }
            let [owner] = owners.as_slice() else {
                return Err(format!(
                    "ARCHITECTURE.md:{number}: topics stand below a row with one crate"
                ));
            };
            let floors = house.topics.entry(owner.clone()).or_default();
            for name in names(line) {
                insert(floors, &name, number)?;
            }
        }
        Ok(house)
    }
}

fn insert(floors: &mut Floors, name: &str, line: usize) -> Result<(), String> {
    match floors.line_of.insert(name.to_owned(), line) {
        None => Ok(()),
        Some(before) => Err(format!(
            "ARCHITECTURE.md:{line}: `{name}` has a floor already, on line {before}"
        )),
    }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The names of a row: `a, b/    what they are`.
fn names(line: &str) -> Vec<String> {
    let text = line.trim();
    let end = text.find("  ").unwrap_or(text.len());
    let names = text.get(..end).unwrap_or(text).split(',');
    names
        .map(|name| name.trim().trim_end_matches('/').to_owned())
        .filter(|name| !name.is_empty())
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::House;

    const PICTURE: &str = "\
# A

## The house

    Cargo.toml        the workspace
    crates/
      base/           the ground
      core/           more than
                      one line
        a, b/         side by side
        c             above
      tests/  judge/
    examples/         not a crate

Prose.
";

    #[test]
    fn rows_become_floors() {
        let house = House::read(PICTURE).unwrap();
        assert_eq!(house.crates.line("base"), Some(7));
        assert_eq!(house.crates.line("core"), Some(8));
        assert_eq!(house.crates.line("tests"), Some(12));
        assert_eq!(house.crates.line("examples"), None);
        let core = &house.topics["core"];
        assert_eq!(
            (core.line("a"), core.line("b"), core.line("c")),
            (Some(10), Some(10), Some(11))
        );
        assert_eq!(core.line("one"), None);
        assert!(!house.topics.contains_key("base"));
    }

    #[test]
    fn a_picture_that_cannot_be_read_is_an_error() {
        assert!(House::read("# Nothing").unwrap_err().contains("crates/"));
        let twice = PICTURE.replace("c   ", "a   ");
        assert!(House::read(&twice).unwrap_err().contains("already"));
    }
}
