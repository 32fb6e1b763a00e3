//! Temporary files of tests.

use std::path::PathBuf;

/// A file that is deleted when this is dropped.
pub struct Scratch(pub PathBuf);

impl Scratch {
    pub fn new(name: &str) -> Self {
        let folder = folder();
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder.join(format!("{name}-{}.mkv", std::process::id())))
    }

    pub fn with(name: &str, bytes: &[u8]) -> Self {
        let scratch = Self::new(name);
        std::fs::write(&scratch.0, bytes).unwrap();
        scratch
    }
}

/// The folder `tmp` in cargo's target folder; the running test is in its `debug/deps`. The temporary folder of a system
/// is often in memory, and some recordings of tests are large.
fn folder() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.ancestors().nth(3).unwrap().join("tmp")
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
