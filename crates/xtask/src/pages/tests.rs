//! Shows that links without a target are found, and others are left alone.

use std::fs;
use std::path::Path;

use super::check;
use super::links::{Link, anchors, links};

#[test]
fn links_in_code_and_to_other_machines_are_left_alone() {
    let text =
        "[a](b.md#c) and `[d](e)` and [f](https://example.org/g)\n```\n[h](i)\n```\n[j](#k)\n";
    let link = |line, path: &str, anchor: &str| Link {
        line,
        path: path.to_owned(),
        anchor: Some(anchor.to_owned()),
    };
    assert_eq!(links(text), [link(1, "b.md", "c"), link(5, "", "k")]);
}

#[test]
fn headings_get_the_anchors_of_github() {
    let text = "# The findings of `kinect doctor`\n## usb_speed\n## 2. Who, where?\n## usb_speed\n```\n# no heading\n```\n";
    assert_eq!(
        anchors(text),
        [
            "the-findings-of-kinect-doctor",
            "usb_speed",
            "2-who-where",
            "usb_speed-1"
        ]
    );
}

#[test]
fn every_link_that_leads_nowhere_is_named_with_its_line() {
    let root = std::env::temp_dir().join(format!("pages-{}", std::process::id()));
    fs::create_dir_all(root.join("docs")).unwrap();
    let readme = format!(
        "[good](docs/a.md#one)\n[bad](docs/b.md)\n[bad](docs/a.md#two)\n{}",
        "word ".repeat(1200)
    );
    fs::write(root.join("README.md"), readme).unwrap();
    fs::write(root.join("docs/a.md"), "# One\n[up](../README.md)\n").unwrap();
    let complaints = check(&root).unwrap_err();
    fs::remove_dir_all(&root).unwrap();
    let lines: Vec<_> = complaints.lines().collect();
    assert_eq!(lines.len(), 3, "{complaints}");
    assert!(lines[0].contains("README.md:2") && lines[0].contains("docs/b.md"));
    assert!(lines[1].contains("README.md:3") && lines[1].contains("#two"));
    assert!(lines[2].contains("README.md has 1203 words"));
}

#[test]
fn the_projects_own_pages_are_whole() {
    check(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")).unwrap();
}
