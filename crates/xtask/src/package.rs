//! Packs every crate that is to be published, and checks that the package has the needed files and no others.

use std::fs;

use crate::crates::{Package, packages};
use crate::steps::Steps;
use crate::workspace::{Workspace, cargo};

/// The files that every package must have besides its sources.
const NEEDED: [&str; 4] = ["Cargo.toml", "LICENSE-APACHE", "LICENSE-MIT", "README.md"];

/// Packs all published crates, without building them again from what was packed.
pub(crate) fn run(workspace: &Workspace, steps: &mut Steps) -> Result<(), String> {
    let packages: Vec<_> = packages(&workspace.root)?
        .into_iter()
        .filter(|package| package.is_published)
        .collect();
    let mut command = cargo();
    command.current_dir(&workspace.root).args([
        "package",
        "--quiet",
        "--no-verify",
        "--allow-dirty",
    ]);
    for package in &packages {
        command.args(["--package", &package.name]);
    }
    steps.run(
        "packages",
        &mut command,
        "A manifest lacks metadata that a published crate needs.",
    )?;
    steps.check("packages: contents", || {
        packages
            .iter()
            .try_for_each(|package| contents(workspace, package))
    })
}

fn contents(workspace: &Workspace, package: &Package) -> Result<(), String> {
    let output = cargo()
        .current_dir(&workspace.root)
        .args(["package", "--list", "--allow-dirty", "--package"])
        .arg(&package.name)
        .output()
        .map_err(|error| format!("cannot start cargo: {error}"))?;
    let files = String::from_utf8_lossy(&output.stdout).into_owned();
    for needed in NEEDED {
        if !files.lines().any(|file| file == needed) {
            return Err(format!("the package {} has no {needed}", package.name));
        }
    }
    for file in files.lines() {
        if file.starts_with("tests/") || file.starts_with("benches/") {
            return Err(format!(
                "the package {} has {file}: tests and benchmarks need the rest of the workspace, so leave them out of `include`",
                package.name
            ));
        }
    }
    for licence in ["LICENSE-APACHE", "LICENSE-MIT"] {
        let read = |folder: &std::path::Path| fs::read(folder.join(licence)).ok();
        if read(&workspace.root) != read(&package.folder) {
            return Err(format!(
                "{} differs from the workspace's: copy it there",
                package.folder.join(licence).display()
            ));
        }
    }
    Ok(())
}
