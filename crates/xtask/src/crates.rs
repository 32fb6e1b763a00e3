//! The packages in `crates/`, as their Cargo.toml describes them.

use std::fs;
use std::path::{Path, PathBuf};

/// A package of the workspace.
#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
    pub(crate) is_published: bool,
    /// Its features and, for `default`, the features in it.
    pub(crate) features: Vec<String>,
    pub(crate) default: Vec<String>,
    pub(crate) benches: Vec<String>,
}

/// All packages, by name.
pub(crate) fn packages(root: &Path) -> Result<Vec<Package>, String> {
    let crates = root.join("crates");
    let entries =
        fs::read_dir(&crates).map_err(|error| format!("{}: {error}", crates.display()))?;
    let mut found = Vec::new();
    for folder in entries.flatten().map(|entry| entry.path()) {
        if let Ok(manifest) = fs::read_to_string(folder.join("Cargo.toml")) {
            found.push(Package::read(&folder, &manifest));
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

impl Package {
    fn read(folder: &Path, manifest: &str) -> Self {
        let (features, default) = features(manifest);
        let benches = fs::read_dir(folder.join("benches"));
        let mut benches: Vec<_> = benches
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| Some(entry.path().file_stem()?.to_string_lossy().into_owned()))
            .collect();
        benches.sort();
        Self {
            name: folder
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
            folder: folder.to_owned(),
            is_published: !manifest
                .lines()
                .any(|line| line.trim() == "publish = false"),
            features,
            default,
            benches,
        }
    }

    /// The sets of features that are worth a check beside all of them: none, the default, each alone.
    pub(crate) fn feature_sets(&self) -> Vec<Vec<String>> {
        let mut sets = vec![Vec::new()];
        if !self.default.is_empty() {
            sets.push(self.default.clone());
        }
        for feature in &self.features {
            let alone = vec![feature.clone()];
            // With a single feature, this set equals all features, which are checked anyway.
            if !sets.contains(&alone) && self.features.len() > 1 {
                sets.push(alone);
            }
        }
        sets
    }
}

/// The names in `[features]`, and what `default` has.
fn features(manifest: &str) -> (Vec<String>, Vec<String>) {
    let (mut names, mut default) = (Vec::new(), Vec::new());
    let mut is_here = false;
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') && !line.contains('=') && !line.contains(',') {
            is_here = line == "[features]";
        } else if is_here && let Some((name, value)) = line.split_once('=') {
            let name = name.trim();
            if name == "default" {
                default = value
                    .split('"')
                    .skip(1)
                    .step_by(2)
                    .map(str::to_owned)
                    .collect();
            } else if !name.starts_with('#') {
                names.push(name.to_owned());
            }
        }
    }
    (names, default)
}

#[cfg(test)]
mod tests {
    use super::{Package, features};
    use std::path::Path;

    const MANIFEST: &str = "\
[package]
name = \"x\"
[features]
default = [\"a\"]
## Documentation = of a.
a = []
b = [\"dep:b\"]
[dependencies]
c = \"1\"
";

    #[test]
    fn features_are_read() {
        let names = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        assert_eq!(features(MANIFEST), (names(&["a", "b"]), names(&["a"])));
        let package = Package::read(Path::new("/nowhere/x"), MANIFEST);
        assert!(package.is_published);
        let sets = [names(&[]), names(&["a"]), names(&["b"])];
        assert_eq!(package.feature_sets(), sets);
        let none = Package::read(Path::new("/nowhere/x"), "[package]\npublish = false\n");
        assert!(!none.is_published);
        assert_eq!(none.feature_sets(), [names(&[])]);
    }
}
