//! Shows that every violation is found: in small workspaces on disk, and in a copy of the real sources with one arrow
//! too many.

use std::fs;
use std::path::{Path, PathBuf};

use super::check;

/// A workspace in a folder of its own, which goes with it.
struct Workspace {
    root: PathBuf,
}

impl Workspace {
    fn new(name: &str) -> Self {
        let root = std::env::temp_dir().join(format!("floors-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&root);
        fs::create_dir_all(root.join("crates")).unwrap();
        Self { root }
    }

    /// One crate `c` with these topics, from the ground up, and these files in its `src`.
    fn of(name: &str, rows: &[&str], files: &[(&str, &str)]) -> Self {
        let workspace = Self::new(name);
        let rows: String = rows.iter().map(|row| format!("        {row}\n")).collect();
        workspace.write(
            "ARCHITECTURE.md",
            &format!("## The house\n\n    crates/\n      c/   a crate\n{rows}"),
        );
        workspace.write("crates/c/Cargo.toml", "[package]\nname = \"c\"\n");
        for (file, text) in files {
            workspace.write(&format!("crates/c/src/{file}"), text);
        }
        workspace
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.root.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn append(&self, file: &str, text: &str) {
        let old = fs::read_to_string(self.root.join(file)).unwrap();
        self.write(file, &format!("{old}{text}"));
    }

    fn complaints(&self) -> Vec<String> {
        check(&self.root).unwrap().complaints
    }

    /// Asserts that there is one complaint, and that it has all these words.
    fn assert_one(&self, words: &[&str]) {
        let complaints = self.complaints();
        let [complaint] = complaints.as_slice() else {
            panic!("one complaint expected: {complaints:#?}");
        };
        for word in words {
            assert!(complaint.contains(word), "no `{word}` in: {complaint}");
        }
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.root);
    }
}

const ROOT: (&str, &str) = ("lib.rs", "mod a;\nmod b;\nmod c;\npub use a::A;\n");

#[test]
fn arrows_that_run_down_are_fine() {
    let workspace = Workspace::of(
        "down",
        &["a", "b, c"],
        &[
            ROOT,
            ("a.rs", "pub struct A;\n"),
            ("b.rs", "use crate::A;\nfn b(_: A) {}\n"),
            (
                "c/mod.rs",
                "mod d;\npub use d::D;\nfn c() { d::new(crate::a::A) }\n",
            ),
            ("c/d.rs", "pub struct D(super::super::a::A);\n"),
        ],
    );
    assert_eq!(workspace.complaints(), Vec::<String>::new());
}

#[test]
fn an_upward_arrow_is_seen() {
    Workspace::of(
        "upward",
        &["a", "b", "c"],
        &[
            ROOT,
            ("a.rs", "struct A;\nuse crate::b::B;\n"),
            ("b.rs", "pub struct B;\n"),
            ("c.rs", ""),
        ],
    )
    .assert_one(&[
        "crates/c/src/a.rs:2",
        "`a` uses `crate::b::B` of `b`",
        "higher floor",
    ]);
}

#[test]
fn an_arrow_through_a_name_of_the_root_is_seen() {
    Workspace::of(
        "reexport",
        &["b", "a", "c"],
        &[
            ROOT,
            ("a.rs", "pub struct A;\n"),
            ("b.rs", "use crate::A;\n"),
            ("c.rs", ""),
        ],
    )
    .assert_one(&["crates/c/src/b.rs:1", "`b` uses `crate::A` of `a`"]);
}

#[test]
fn topics_side_by_side_do_not_use_each_other() {
    Workspace::of(
        "beside",
        &["a, b", "c"],
        &[
            ROOT,
            ("a.rs", ""),
            ("b.rs", "fn f() -> crate::a::A {}\n"),
            ("c.rs", ""),
        ],
    )
    .assert_one(&["crates/c/src/b.rs:1", "side by side"]);
}

#[test]
fn an_arrow_in_a_grouped_use_is_seen() {
    Workspace::of(
        "grouped",
        &["a", "b", "c"],
        &[
            ROOT,
            ("a.rs", "pub struct A;\n"),
            (
                "b.rs",
                "use crate::{\n    a::{self, A},\n    c::{d::D as E, other},\n};\n",
            ),
            ("c/mod.rs", "pub mod d;\n"),
            ("c/d.rs", "pub struct D;\n"),
        ],
    )
    .assert_one(&[
        "crates/c/src/b.rs:3",
        "`crate::c::d::D`, `crate::c::other` of `c`",
    ]);
}

#[test]
fn an_arrow_in_an_inline_path_is_seen() {
    for body in [
        "fn f() { let _ = super::c::C::new(1.5, \"x\"); }",
        "#[require(crate::c::C)]\nstruct B;",
        "macro_rules! m { () => { $crate::c::C } }",
        "use crate::c;\nfn f(_: c::C) {}",
        "use super::*;\nfn f(_: c::C) {}",
        "use crate::c::*;\nfn f(_: C) {}",
    ] {
        let workspace = Workspace::of(
            "inline",
            &["a", "b", "c"],
            &[
                ROOT,
                ("a.rs", ""),
                ("b.rs", body),
                ("c.rs", "pub struct C;\n"),
            ],
        );
        let complaints = workspace.complaints();
        assert!(!complaints.is_empty(), "{body}");
        for complaint in complaints {
            assert!(complaint.contains("`b` uses"), "{body}: {complaint}");
        }
    }
}

#[test]
fn tests_and_documentation_may_name_everything() {
    let workspace = Workspace::of(
        "tests",
        &["a", "b", "c"],
        &[
            ROOT,
            (
                "a.rs",
                "//! [`crate::c`]\n/// use crate::c::C;\n#[cfg(test)]\nmod tests {\n    use crate::c::C;\n}\n\
                 #[cfg(test)]\nmod files;\n#[cfg(all(test, unix))]\nuse crate::b;\n#[cfg(test)]\n#[allow(x)]\nfn f() -> crate::b::B { 1 }\n\
                 // crate::c\nconst C: &str = \"crate::c\";\n",
            ),
            ("b.rs", "pub struct B;\n"),
            ("c.rs", "pub struct C;\n"),
        ],
    );
    assert_eq!(workspace.complaints(), Vec::<String>::new());
    // Code behind a test counts again.
    workspace.append("crates/c/src/a.rs", "use crate::c::C as D;\n");
    workspace.assert_one(&["`a` uses `crate::c::C`"]);
}

#[test]
fn a_ring_of_two_files_is_seen() {
    Workspace::of(
        "two",
        &["a"],
        &[
            ("lib.rs", "mod a;\n"),
            ("a/mod.rs", "mod x;\nmod y;\n"),
            ("a/x.rs", "use super::y::Y;\npub struct X;\n"),
            ("a/y.rs", "pub struct Y;\nfn f(_: super::x::X) {}\n"),
        ],
    )
    .assert_one(&["a ring of 2", "a/x.rs:1", "a/y.rs:2"]);
}

#[test]
fn a_ring_of_three_modules_is_seen() {
    Workspace::of(
        "three",
        &["a"],
        &[
            ("lib.rs", "mod a;\n"),
            ("a/mod.rs", "mod x;\nmod y;\nmod z;\npub use x::X;\n"),
            ("a/x.rs", "use super::y::Y;\npub struct X;\n"),
            ("a/y.rs", "pub struct Y;\nfn f() { super::z::f() }\n"),
            // The arrow is in another file of the folder than the item.
            ("a/z/mod.rs", "mod deep;\npub fn f() {}\n"),
            ("a/z/deep.rs", "use super::super::X;\n"),
        ],
    )
    .assert_one(&["a ring of 3", "a/x.rs:1", "a/y.rs:2", "a/z/deep.rs:1"]);
}

#[test]
fn a_ring_in_a_crate_without_floors_is_seen() {
    let workspace = Workspace::of(
        "floorless",
        &[],
        &[
            ("main.rs", "mod a;\nmod b;\n"),
            ("a.rs", "use crate::b::B;\npub struct A;\n"),
            ("b.rs", "use crate::a::A;\npub struct B;\n"),
        ],
    );
    workspace.assert_one(&["a ring of 2"]);
}

#[test]
fn a_file_that_uses_what_its_mod_rs_defines_is_seen() {
    let files = [
        ("lib.rs", "mod a;\n"),
        ("a/mod.rs", "mod x;\nmod y;\npub use x::X;\npub struct A;\n"),
        ("a/x.rs", "pub struct X;\n"),
        ("a/y.rs", "use super::X;\n"),
    ];
    let workspace = Workspace::of("parent", &["a"], &files);
    assert_eq!(
        workspace.complaints(),
        Vec::<String>::new(),
        "names of other files are fine"
    );
    workspace.append("crates/c/src/a/y.rs", "use super::A;\n");
    workspace.assert_one(&["a/y.rs:2", "`super::A`", "a/mod.rs defines"]);
}

#[test]
fn the_picture_has_all_topics_and_no_others() {
    let files = [
        ROOT,
        ("a.rs", ""),
        ("b.rs", "use crate::a;\n"),
        ("c.rs", "use crate::b;\n"),
    ];
    Workspace::of("unknown", &["a", "c"], &files).assert_one(&[
        "the topic `b` has no floor",
        "what it uses (`a`)",
        "what uses it (`c`)",
    ]);
    Workspace::of("gone", &["a", "b", "c", "d"], &files).assert_one(&["no topic `d`"]);
}

#[test]
fn dependencies_between_crates_run_down() {
    let workspace = Workspace::new("crates");
    workspace.write(
        "ARCHITECTURE.md",
        "## The house\n\n    crates/\n      low/\n      high/\n",
    );
    for (name, dependencies) in [
        ("low", ""),
        ("high", "[dependencies]\nlow.workspace = true\n"),
    ] {
        workspace.write(&format!("crates/{name}/src/lib.rs"), "");
        workspace.write(
            &format!("crates/{name}/Cargo.toml"),
            &format!("[package]\nname = \"{name}\"\n{dependencies}"),
        );
    }
    assert_eq!(workspace.complaints(), Vec::<String>::new());
    // Tests may depend on modules above.
    workspace.append(
        "crates/low/Cargo.toml",
        "[dev-dependencies]\nhigh.workspace = true\n",
    );
    assert_eq!(workspace.complaints(), Vec::<String>::new());
    workspace.append(
        "crates/low/Cargo.toml",
        "[dependencies]\nhigh.workspace = true\n",
    );
    workspace.assert_one(&["crates/low/Cargo.toml:6", "`low` depends on `high`"]);
    workspace.write("crates/new/src/lib.rs", "");
    workspace.write(
        "crates/new/Cargo.toml",
        "[dependencies]\nlow.workspace = true\n",
    );
    let complaints = workspace.complaints();
    assert!(
        complaints
            .iter()
            .any(|c| c.contains("`new` has no floor") && c.contains("`low`"))
    );
}

/// The real workspace's page, manifests and sources.
fn copy_of_the_real_one() -> Workspace {
    fn copy(from: &Path, to: &Path) {
        for entry in fs::read_dir(from).unwrap().flatten() {
            let (path, to) = (entry.path(), to.join(entry.file_name()));
            let is_wanted = path.extension().is_some_and(|e| e == "rs" || e == "toml");
            if path.is_dir() {
                copy(&path, &to);
            } else if is_wanted {
                fs::create_dir_all(to.parent().unwrap()).unwrap();
                fs::copy(&path, &to).unwrap();
            }
        }
    }
    let real = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let workspace = Workspace::new("real");
    copy(&real.join("crates"), &workspace.root.join("crates"));
    let page = fs::read_to_string(real.join("ARCHITECTURE.md")).unwrap();
    workspace.write("ARCHITECTURE.md", &page);
    workspace
}

#[test]
fn an_arrow_too_many_in_the_real_sources_is_seen() {
    let workspace = copy_of_the_real_one();
    let before = workspace.complaints();
    for (file, arrow, words) in [
        (
            "crates/bevy_kinect_azure/src/sensor/mod.rs",
            "use crate::point_cloud::PointCloud as Injected;\n",
            "`sensor` uses `crate::point_cloud::PointCloud` of `point_cloud`",
        ),
        (
            "crates/kinect_azure/src/modes.rs",
            "fn injected() { crate::doctor::injected() }\n",
            "`modes` uses `crate::doctor::injected` of `doctor`",
        ),
        (
            "crates/k4a/src/abi.rs",
            "use super::{device::Device as Injected};\n",
            "`abi` uses `super::device::Device` of `device`",
        ),
        (
            "crates/kinect_cli/src/terminal.rs",
            "use crate::export;\n",
            "`terminal` uses `crate::export` of `export`",
        ),
        (
            "crates/kinect_azure/Cargo.toml",
            "[build-dependencies]\nbevy_kinect_azure.workspace = true\n",
            "`kinect_azure` depends on `bevy_kinect_azure`",
        ),
    ] {
        let old = fs::read_to_string(workspace.root.join(file)).unwrap();
        workspace.append(file, arrow);
        let after = workspace.complaints();
        let new: Vec<_> = after.iter().filter(|c| !before.contains(c)).collect();
        assert!(
            new.iter().any(|c| c.contains(words) && c.contains(file)),
            "{file}: {new:#?}"
        );
        workspace.write(file, &old);
    }
}
