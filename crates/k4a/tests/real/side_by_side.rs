//! Two libraries in one process. A copy of the real files represents the second vendor's library: the system's loader
//! also treats it as another library of the same name.

use std::fs;
use std::path::{Path, PathBuf};

use k4a::{ErrorKind, ImageFormat, Library, Refusal};

use crate::{real_library, skip};

/// A copy of the folder of the real libraries. It is deleted when this is dropped; loaded libraries stay loaded.
struct Copy(PathBuf);

impl Copy {
    fn of(folder: &Path) -> Self {
        let copy = std::env::temp_dir().join(format!("k4a-copy-{}", std::process::id()));
        fs::create_dir_all(&copy).unwrap();
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name();
            if name.to_string_lossy().contains("k4a") {
                fs::copy(entry.path(), copy.join(name)).unwrap();
            }
        }
        Self(copy)
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn two_libraries_keep_their_handles_apart_and_only_the_first_gets_libk4arecord() {
    let Some(first) = real_library() else {
        return;
    };
    if !cfg!(target_os = "linux") {
        skip("the copy stands for another library on Linux only");
        return;
    }
    let copy = Copy::of(first.path().parent().unwrap());
    let second = Library::load_from(&copy.0).unwrap();
    assert_ne!(first, second);
    assert_ne!(first.path(), second.path());

    // Each library works.
    let image = |library: &Library| {
        library
            .create_image(ImageFormat::Depth16, 4, 4, 0)
            .unwrap()
            .share()
    };
    let (of_first, of_second) = (image(&first), image(&second));
    assert_eq!(of_first.bytes(), of_second.bytes());

    // An image of one library cannot be used with the other.
    let mut capture = second.create_capture().unwrap();
    let error = capture.set_depth(Some(&of_first)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    capture.set_depth(Some(&of_second)).unwrap();

    // The loader would link the second libk4arecord to the first libk4a.
    let error = second.record_library().unwrap_err();
    assert!(
        error
            .attempts
            .iter()
            .any(|attempt| matches!(&attempt.reason, Refusal::OtherLibk4a(words) if words.starts_with("it uses another libk4a"))),
        "{error}"
    );
    let record = first.record_library().unwrap();
    assert_eq!(record.library(), &first);
    assert!(record.path().starts_with(first.path().parent().unwrap()));
}

#[test]
fn a_tracker_that_is_not_installed_is_an_error_that_says_what_to_install() {
    let Some(library) = real_library() else {
        return;
    };
    match library.tracker_library() {
        Ok(tracker) => eprintln!("SKIPPED: there is {tracker:?}"),
        Err(error) => {
            let text = error.to_string();
            assert!(text.contains("Body Tracking SDK"), "{text}");
            assert!(text.contains(k4a::TRACKER_LIBRARY_VARIABLE), "{text}");
        }
    }
}
