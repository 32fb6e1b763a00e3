//! Checks every published crate with few of its features, and the dependencies that features bring.
//!
//! The package `bevy_features` is built beside each, so that all sets use one and the same Bevy.

use std::collections::BTreeSet;

use crate::crates::{Package, packages};
use crate::steps::Steps;
use crate::workspace::{Workspace, cargo};

const BEVY: &str = "bevy_features";

/// Checks all sets of features, and checks that no set builds Bevy again.
pub(crate) fn run(workspace: &Workspace, steps: &mut Steps) -> Result<(), String> {
    let packages: Vec<_> = packages(&workspace.root)?
        .into_iter()
        .filter(|package| package.is_published)
        .collect();
    steps.check("features: one Bevy for all sets", || {
        one_bevy(workspace, &packages)
    })?;
    for package in &packages {
        for set in package.feature_sets() {
            let shown = if set.is_empty() {
                "none".to_owned()
            } else {
                set.join(", ")
            };
            let mut command = cargo();
            command
                .current_dir(&workspace.root)
                .args(["check", "--package", BEVY])
                .args(selection(package, &set));
            steps.run(
                &format!("features of {}: {shown}", package.name),
                &mut command,
                "Some code needs a feature and does not say so.",
            )?;
        }
    }
    if packages.iter().any(|p| p.name == "kinect_simulation") {
        steps.check("features: live sensors without simulation", || {
            live_only(workspace)
        })?;
    }
    Ok(())
}

/// The arguments that choose a package with these features alone.
fn selection(package: &Package, set: &[String]) -> Vec<String> {
    let mut words = vec![
        "--package".to_owned(),
        package.name.clone(),
        "--no-default-features".to_owned(),
    ];
    for feature in set {
        words.push("--features".to_owned());
        words.push(format!("{}/{feature}", package.name));
    }
    words
}

/// Compares the features of every foreign package with those that it has when the whole workspace is built.
fn one_bevy(workspace: &Workspace, packages: &[Package]) -> Result<(), String> {
    let whole = [
        "--workspace",
        "--all-features",
        "--edges",
        "normal,build,dev",
    ];
    let whole = tree(workspace, &whole.map(str::to_owned))?;
    for package in packages {
        for set in package.feature_sets() {
            let mut words = selection(package, &set);
            words.extend(["--package", BEVY, "--edges", "normal,build"].map(str::to_owned));
            let other: Vec<_> = tree(workspace, &words)?
                .difference(&whole)
                .cloned()
                .collect();
            if !other.is_empty() {
                return Err(format!(
                    "{} with the features [{}] would build packages again that have fewer features there than in the whole \
                     workspace. Let crates/{BEVY} depend on them with the features that the workspace uses:\n  {}",
                    package.name,
                    set.join(", "),
                    other.join("\n  ")
                ));
            }
        }
    }
    Ok(())
}

/// An app without the feature `simulation` must not compile the simulated sensor.
fn live_only(workspace: &Workspace) -> Result<(), String> {
    let words = [
        "--package",
        "bevy_kinect_azure",
        "--no-default-features",
        "--edges",
        "normal",
    ];
    let output = cargo_tree(workspace, &words.map(str::to_owned))?;
    if output.contains("kinect_simulation") {
        return Err(
            "bevy_kinect_azure depends on kinect_simulation without its feature `simulation`: see \
             `cargo tree -p bevy_kinect_azure --no-default-features -e normal -i kinect_simulation`"
                .to_owned(),
        );
    }
    Ok(())
}

/// The foreign packages of a selection, each with its features.
fn tree(workspace: &Workspace, words: &[String]) -> Result<BTreeSet<String>, String> {
    // Packages of the workspace end with their folder.
    Ok(cargo_tree(workspace, words)?
        .lines()
        .map(|line| line.trim_end_matches(" (*)"))
        .filter(|line| !line.contains(" ("))
        .map(str::to_owned)
        .collect())
}

fn cargo_tree(workspace: &Workspace, words: &[String]) -> Result<String, String> {
    let output = cargo()
        .current_dir(&workspace.root)
        .args(["tree", "--prefix", "none", "--format", "{p} [{f}]"])
        .args(words)
        .output()
        .map_err(|error| format!("cannot start cargo: {error}"))?;
    if !output.status.success() {
        return Err(format!(
            "cargo tree {} failed: {}",
            words.join(" "),
            String::from_utf8_lossy(&output.stderr).trim()
        ));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
