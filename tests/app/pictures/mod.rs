//! The examples' pictures, compared with small references in this folder.
//!
//! `cargo xtask test` lets every example draw a picture, and then runs the comparison with `KINECT_PICTURES` set to the folder of the
//! pictures; without this variable the comparison is skipped. With `KINECT_WRITE_PICTURES=1` besides, it writes the references instead:
//! look at each before you commit it.

mod compare;
mod thumbnail;

use std::path::{Path, PathBuf};

use compare::{Difference, difference};
use thumbnail::Thumbnail;

/// The folder of the references.
fn references() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/app/pictures/references")
}

/// The PNG files of a folder, by name.
fn pictures(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .flatten()
        .map(|entry| entry.path());
    let mut pictures: Vec<_> = entries
        .filter(|path| path.extension().is_some_and(|extension| extension == "png"))
        .collect();
    pictures.sort();
    pictures
}

#[test]
fn examples_draw_what_they_drew() {
    let Some(folder) = std::env::var_os("KINECT_PICTURES").map(PathBuf::from) else {
        println!(
            "skipped: KINECT_PICTURES does not name a folder with the pictures of the examples"
        );
        return;
    };
    let drawn = pictures(&folder);
    let name = |path: &PathBuf| path.file_name().map(ToOwned::to_owned);
    if std::env::var_os("KINECT_WRITE_PICTURES").is_some() {
        std::fs::create_dir_all(references()).unwrap();
        for path in &drawn {
            let small = Thumbnail::read(path).unwrap_or_else(|error| panic!("{error}"));
            small.write(&references().join(path.file_name().unwrap()));
        }
        return;
    }
    let missing: Vec<_> = pictures(&references())
        .iter()
        .filter_map(name)
        .filter(|wanted| !drawn.iter().filter_map(name).any(|there| there == *wanted))
        .collect();
    assert!(missing.is_empty(), "no example drew {missing:?}");
    let mut wrong = Vec::new();
    for path in &drawn {
        let reference = references().join(path.file_name().unwrap());
        match (Thumbnail::read(path), Thumbnail::read(&reference)) {
            (Ok(picture), Ok(wanted)) => {
                let found = difference(&picture, &wanted);
                println!("{}: {found}", path.display());
                if !found.is_tolerable() {
                    wrong.push(format!("{}: {found}", path.display()));
                }
            }
            (Err(error), _) | (_, Err(error)) => wrong.push(error),
        }
    }
    assert!(
        wrong.is_empty(),
        "{}\nLook at the pictures. If they are as they should be, write the references anew: KINECT_WRITE_PICTURES=1 \
         KINECT_PICTURES={} cargo test --workspace --all-features --test app -- pictures",
        wrong.join("\n"),
        folder.display()
    );
}

/// All references, with their names.
fn all() -> Vec<(String, Thumbnail)> {
    let named = |path: PathBuf| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        (name, Thumbnail::read(&path).unwrap())
    };
    pictures(&references()).into_iter().map(named).collect()
}

#[track_caller]
fn assert_wrong(what: &str, picture: &Thumbnail, wanted: &Thumbnail) {
    let found: Difference = difference(picture, wanted);
    assert!(!found.is_tolerable(), "{what} passes: {found}");
}

#[test]
fn black_empty_and_wrong_pictures_are_noticed() {
    let all = all();
    assert!(all.len() > 10, "{} references", all.len());
    for (name, wanted) in &all {
        assert_wrong(&format!("black {name}"), &wanted.filled([0; 3]), wanted);
        assert_wrong(&format!("white {name}"), &wanted.filled([255; 3]), wanted);
        let mean = wanted.mean();
        assert_wrong(
            &format!("{name} of one colour"),
            &wanted.filled(mean),
            wanted,
        );
        assert_wrong(&format!("dark {name}"), &wanted.map(|v| v * 0.45), wanted);
        assert_wrong(&format!("mirrored {name}"), &wanted.mirrored(), wanted);
        assert_wrong(
            &format!("{name} upside down"),
            &wanted.upside_down(),
            wanted,
        );
        let half = wanted.with_left_half_of(&wanted.filled(mean));
        assert_wrong(&format!("half of {name}"), &half, wanted);
        for (other, picture) in &all {
            if other != name {
                assert_wrong(&format!("{other} instead of {name}"), picture, wanted);
            }
        }
    }
}

#[test]
fn small_differences_are_tolerated() {
    for (name, wanted) in &all() {
        for (what, picture) in [
            ("the same", wanted.clone()),
            ("a little brighter", wanted.map(|v| v * 1.03 + 0.5)),
            ("noisy", wanted.noisy(6.0)),
            ("a quarter of a pixel aside", wanted.shifted(0.25)),
        ] {
            let found = difference(&picture, wanted);
            assert!(found.is_tolerable(), "{name}, {what}: {found}");
        }
    }
}
