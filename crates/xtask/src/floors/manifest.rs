//! The dependencies between crates of the workspace, from their Cargo.toml files. Dependencies of tests alone do not
//! count.

/// A dependency and its line, counted from 1.
pub(crate) fn dependencies(text: &str) -> Vec<(String, usize)> {
    let mut counts = false;
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if let Some(section) = line
            .strip_prefix('[')
            .and_then(|line| line.strip_suffix(']'))
        {
            // `[target.'cfg(unix)'.dependencies]` and `[dependencies.name]` count as well.
            counts = false;
            if let Some((before, name)) = section.split_once("dependencies") {
                let kind = before.rsplit('.').next().unwrap_or_default();
                counts = matches!(kind, "" | "build-");
                if let Some(name) = name.strip_prefix('.').filter(|_| counts) {
                    found.push((name.trim_matches('"').to_owned(), index + 1));
                    counts = false;
                }
            }
        } else if counts && let Some((key, _)) = line.split_once('=') {
            let name = key.split('.').next().unwrap_or_default().trim();
            found.push((name.trim_matches('"').to_owned(), index + 1));
        }
    }
    found
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::dependencies;

    #[test]
    fn dependencies_of_every_spelling_are_found() {
        let text = "\
[package]
name = \"x\"
[dependencies]
a.workspace = true # why
b = { path = \"../b\", features = [
    \"f\",
] }
[target.'cfg(unix)'.dependencies]
c = \"1\"
[dependencies.d]
version = \"1\"
[dev-dependencies]
e = \"1\"
[target.'cfg(unix)'.dev-dependencies]
f = \"1\"
[build-dependencies]
g = \"1\"
";
        let names: Vec<_> = dependencies(text)
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(names, ["a", "b", "c", "d", "g"]);
    }
}
