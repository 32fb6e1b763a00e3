//! Runs the tests of images and captures again under valgrind, which finds leaks and invalid reads.

use std::process::Command;

use crate::real_library;

#[test]
fn images_and_captures_neither_leak_nor_read_what_is_not_theirs() {
    if real_library().is_none() {
        return;
    }
    let is_installed = Command::new("valgrind")
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success());
    if !is_installed {
        // Valgrind is a tool for developers; KINECT_REQUIRE_REAL does not require it.
        eprintln!("SKIPPED: valgrind is not installed");
        return;
    }
    let output = Command::new("valgrind")
        .args([
            "--error-exitcode=99",
            "--leak-check=full",
            "--show-leak-kinds=definite",
            "--errors-for-leak-kinds=definite",
            "--num-callers=30",
            concat!(
                "--suppressions=",
                env!("CARGO_MANIFEST_DIR"),
                "/tests/real/valgrind.supp"
            ),
        ])
        .arg(std::env::current_exe().unwrap())
        .args(["images::", "--test-threads=1"])
        .output()
        .unwrap();
    let report = String::from_utf8_lossy(&output.stderr);
    let tests = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{tests}\n{report}");
    assert!(report.contains("ERROR SUMMARY: 0 errors"), "{report}");
    assert!(!tests.contains("running 0 tests"), "{tests}");
}
