//! Runs the fuzz targets for a short time without a fuzzer: with their seeds, and with thousands of damaged seeds.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use kinect_test_support::fuzzing;

use crate::Random;

/// The number of damaged seeds for each target, unless they take longer than [`TIME`].
const DAMAGED: usize = 4000;
const TIME: Duration = Duration::from_secs(2);

/// The targets, by the name of their file and of the folder of their seeds.
const TARGETS: [(&str, fn(&[u8])); 3] = [
    ("calibration", fuzzing::calibration),
    ("decode", fuzzing::decode),
    ("recording", |bytes| {
        fuzzing::recording(bytes.to_vec());
    }),
];

fn fuzz_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

fn names(folder: &Path) -> Vec<String> {
    let stem = |path: PathBuf| path.file_stem().unwrap().to_string_lossy().into_owned();
    let mut names: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| stem(entry.unwrap().path()))
        .collect();
    names.sort();
    names
}

#[test]
fn every_fuzz_target_is_tried_here() {
    let here: Vec<_> = TARGETS.iter().map(|(name, _)| *name).collect();
    assert_eq!(names(&fuzz_folder().join("fuzz_targets")), here);
    assert_eq!(names(&fuzz_folder().join("seeds")), here);
}

#[test]
fn fuzz_targets_bear_their_seeds_whole_and_damaged() {
    for (name, target) in TARGETS {
        let seeds: Vec<Vec<u8>> = std::fs::read_dir(fuzz_folder().join("seeds").join(name))
            .unwrap()
            .map(|entry| std::fs::read(entry.unwrap().path()).unwrap())
            .collect();
        assert!(!seeds.is_empty(), "{name} has no seeds");
        for seed in &seeds {
            target(seed);
        }
        let mut random = Random(1);
        let end = Instant::now() + TIME;
        let mut tried = 0;
        while tried < DAMAGED && Instant::now() < end {
            let state = random.0;
            let seed = &seeds[random.below(seeds.len())];
            let bytes = random.damage(seed);
            if std::panic::catch_unwind(|| target(&bytes)).is_err() {
                panic!(
                    "{name} does not bear a damaged seed; the random numbers stood at {state:#x}"
                );
            }
            tried += 1;
        }
        println!("{name}: {} seeds, {tried} damaged", seeds.len());
    }
}
