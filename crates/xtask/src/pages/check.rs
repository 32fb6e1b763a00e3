//! Compares the links of the project's Markdown files with its files and headings.

use std::fs;
use std::path::{Path, PathBuf};

use super::links::{anchors, links};

/// The most words of the README, so that a stranger reads it.
const README_WORDS: usize = 1200;

/// Checks every Markdown file below the folder.
///
/// # Errors
/// Fails with a line for each link that leads nowhere, and if the README has become too long.
pub(crate) fn check(root: &Path) -> Result<(), String> {
    let pages = pages(root)?;
    let mut complaints = Vec::new();
    for page in &pages {
        let shown = page.strip_prefix(root).unwrap_or(page).display();
        let text = read(page)?;
        for link in links(&text) {
            let target = match link.path.as_str() {
                "" => page.clone(),
                path => page.parent().unwrap_or(root).join(path),
            };
            if !target.exists() {
                complaints.push(format!("{shown}:{}: there is no {}", link.line, link.path));
            } else if let Some(anchor) = &link.anchor
                && !anchors(&read(&target)?).contains(anchor)
            {
                complaints.push(format!(
                    "{shown}:{}: there is no heading #{anchor} in {}",
                    link.line,
                    target.strip_prefix(root).unwrap_or(&target).display()
                ));
            }
        }
    }
    if let Ok(readme) = fs::read_to_string(root.join("README.md")) {
        let words = readme.split_whitespace().count();
        if words > README_WORDS {
            complaints.push(format!(
                "README.md has {words} words, {README_WORDS} are the limit: move a part of it to docs/"
            ));
        }
    }
    println!("{} Markdown files", pages.len());
    if complaints.is_empty() {
        return Ok(());
    }
    Err(complaints.join("\n"))
}

fn read(page: &Path) -> Result<String, String> {
    fs::read_to_string(page).map_err(|error| format!("{}: {error}", page.display()))
}

/// The Markdown files below a folder, without hidden folders and those that are built.
fn pages(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut found = Vec::new();
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            if !name.starts_with('.') && name != "target" {
                found.extend(pages(&path)?);
            }
        } else if name.ends_with(".md") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
