//! Files that are cut at every position and changed at random. Each gives an error or the rest of the recording, and
//! never a panic or a hang.

use std::time::{Duration, Instant};

use super::mkv::{self, Block, Cluster, Lacing, Mkv, Size, Target};
use super::{Random, real};
use kinect_test_support::fuzzing::recording as exercise;

/// A recording of a few kilobytes with everything but 16-bit images.
fn small(lacing: Lacing) -> Mkv {
    let mut mkv = Mkv::standard("cmx", 33_333_333);
    mkv.tag("K4A_START_OFFSET_NS", "1000000");
    mkv.tag("K4A_DEPTH_DELAY_NS", "1000");
    mkv.attachments
        .push(("calibration.json".to_owned(), 5, b"{}".to_vec()));
    mkv.tags.push((
        "K4A_CALIBRATION_FILE".to_owned(),
        "calibration.json".to_owned(),
        Target::Attachment(5),
    ));
    for index in 0..5u64 {
        let time = index * 33_333;
        let samples = (0..4).map(|ms| mkv::imu_sample((time + ms * 1000 + 1000) * 1000, 1.0));
        let mut imu = Block::laced(2, 0, samples.collect(), 3001);
        imu.lacing = lacing;
        let extra = Block {
            track: 3,
            time: 9,
            frames: vec![vec![1; 3], vec![2; 5], vec![3; 300]],
            lacing: Lacing::Ebml,
            group: index % 2 == 0,
            duration: Some(30),
        };
        mkv.clusters.push(Cluster {
            time,
            blocks: vec![imu, Block::simple(1, 7, mkv::jpeg(index as u16)), extra],
            size: Size::Known,
        });
    }
    mkv
}

/// Small files of every kind.
fn seeds() -> Vec<Vec<u8>> {
    let mut unknown = small(Lacing::Xiph);
    for cluster in &mut unknown.clusters {
        cluster.size = Size::Unknown;
    }
    unknown.cues = false;
    unknown.segment_size = Size::Unknown;
    let mut crashed = small(Lacing::Fixed);
    (crashed.crashed, crashed.cues, crashed.segment_size) = (true, false, Size::Zero);
    crashed.tags.retain(|tag| tag.0 != "K4A_START_OFFSET_NS");
    let mut late = small(Lacing::Ebml);
    (late.seek_head, late.tags_last, late.scale) = (false, true, Some(1_000_000));
    let mut sparse = small(Lacing::Fixed);
    sparse.cue_every = 3;
    let mut depth = Mkv::standard("d", 200_000_000);
    depth.add_frames(vec![(1, 0, vec![1; 64]), (1, 200_000, vec![2; 64])], 1);
    [small(Lacing::Fixed), unknown, crashed, late, sparse, depth]
        .map(|mkv| mkv.write())
        .to_vec()
}

#[test]
fn a_recording_cut_at_any_byte_gives_an_error_or_its_rest() {
    for seed in seeds() {
        let mut opened = 0;
        for length in 0..seed.len() {
            opened += usize::from(exercise(seed[..length].to_vec()));
        }
        assert!(exercise(seed.clone()));
        assert!(opened > seed.len() / 4, "{opened} of {}", seed.len());
    }
}

/// The positions of elements and of their contents in an intact file.
fn boundaries(bytes: &[u8]) -> Vec<usize> {
    fn walk(bytes: &[u8], mut at: usize, end: usize, found: &mut Vec<usize>) {
        const MASTERS: [u32; 18] = [
            0x1A45_DFA3,
            0x1853_8067,
            0x114D_9B74,
            0x4DBB,
            0x1549_A966,
            0x1654_AE6B,
            0xAE,
            0xE0,
            0x1941_A469,
            0x61A7,
            0x1254_C367,
            0x7373,
            0x63C0,
            0x67C8,
            0x1F43_B675,
            0xA0,
            0x1C53_BB6B,
            0xBB,
        ];
        while at < end {
            found.push(at);
            let id_length = bytes[at].leading_zeros() as usize + 1;
            let id = bytes[at..at + id_length]
                .iter()
                .fold(0, |id, b| id << 8 | u32::from(*b));
            let size_at = at + id_length;
            let size_length = bytes[size_at].leading_zeros() as usize + 1;
            let size = bytes[size_at + 1..size_at + size_length].iter().fold(
                u64::from(bytes[size_at]) & ((1 << (8 - size_length)) - 1),
                |size, b| size << 8 | u64::from(*b),
            );
            let data = size_at + size_length;
            found.push(data);
            if MASTERS.contains(&id) {
                walk(bytes, data, data + size as usize, found);
            }
            at = data + size as usize;
        }
    }
    let mut found = Vec::new();
    walk(bytes, 0, bytes.len(), &mut found);
    found
}

#[test]
fn the_sample_recording_cut_at_every_element_gives_an_error_or_its_rest() {
    let Some(path) = real("mug-720p-nfov.mkv") else {
        return;
    };
    let bytes = std::fs::read(path).unwrap();
    let places = boundaries(&bytes);
    assert!(places.len() > 300, "{}", places.len());
    let mut opened = 0;
    for place in &places {
        for length in [place - place.min(&1), *place, place + 1] {
            opened += usize::from(exercise(bytes[..length.min(bytes.len())].to_vec()));
        }
    }
    assert!(opened > places.len(), "{opened}");
}

/// Changes a file in a few places: bits, bytes, sizes, pieces moved, doubled, removed, ends cut.
fn mutate(random: &mut Random, bytes: &mut Vec<u8>, other: &[u8]) {
    for _ in 0..1 + random.below(6) {
        if bytes.len() < 16 {
            return;
        }
        let at = random.below(bytes.len() as u64) as usize;
        let length = (1 + random.below(40) as usize).min(bytes.len() - at);
        match random.below(12) {
            0 | 1 => bytes[at] ^= 1 << random.below(8),
            2 => bytes[at] = random.next() as u8,
            3 => bytes[at] = [0, 1, 0x7F, 0x80, 0xFF, 0x40, 0x08, 0x01][random.below(8) as usize],
            4 => {
                bytes.drain(at..at + length);
            }
            5 => {
                let piece = bytes[at..at + length].to_vec();
                bytes.splice(at..at, piece);
            }
            6 => bytes[at..at + length].fill([0, 0xFF][random.below(2) as usize]),
            7 => {
                let from = random.below(other.len() as u64) as usize;
                let piece = &other[from..(from + length).min(other.len())];
                bytes.splice(at..at, piece.iter().copied());
            }
            8 => {
                let to = random.below(bytes.len() as u64) as usize;
                let piece = bytes[at..at + length].to_vec();
                bytes.splice(to..to, piece);
            }
            9 => bytes.truncate(at.max(1)),
            10 => {
                // Bytes at which the size of an element may be.
                let ids = [0xA3u8, 0xA0, 0xA1, 0xE7, 0xAE, 0xBB, 0xB7, 0xF1, 0x73, 0x75];
                let id = ids[random.below(10) as usize];
                if let Some(found) = (at..bytes.len() - 2).find(|at| bytes[*at] == id) {
                    bytes[found + 1] = random.next() as u8;
                }
            }
            _ => {
                let number = random.next().to_be_bytes();
                let end = (at + 8).min(bytes.len());
                bytes[at..end].copy_from_slice(&number[..end - at]);
            }
        }
    }
}

#[test]
fn changed_recordings_never_panic_or_hang() {
    let seconds = std::env::var("KINECT_FUZZ_SECONDS")
        .ok()
        .and_then(|value| value.parse().ok());
    let seed = match seconds {
        Some(_) => std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap()
            .as_nanos() as u64,
        None => 1,
    };
    let seconds: u64 = seconds.unwrap_or(3);
    let mut random = Random(seed);
    let mut seeds = seeds();
    if let Some(path) = real("legacy-0.4.0-empty.mkv") {
        seeds.push(std::fs::read(path).unwrap());
    }
    let end = Instant::now() + Duration::from_secs(seconds);
    let (mut runs, mut opened, mut slowest) = (0u64, 0u64, Duration::ZERO);
    while Instant::now() < end {
        let before = random.0;
        let base = random.below(seeds.len() as u64) as usize;
        let other = random.below(seeds.len() as u64) as usize;
        let mut bytes = seeds[base].clone();
        mutate(&mut random, &mut bytes, &seeds[other]);
        let start = Instant::now();
        let result = std::panic::catch_unwind(|| exercise(bytes));
        match result {
            Ok(done) => opened += u64::from(done),
            Err(panic) => {
                eprintln!("state of the random numbers: {before:#x}");
                std::panic::resume_unwind(panic);
            }
        }
        slowest = slowest.max(start.elapsed());
        runs += 1;
    }
    println!("{runs} files, {opened} opened, slowest {slowest:?}, seed {seed}");
    assert!(opened > runs / 10, "{opened} of {runs}");
    assert!(slowest < Duration::from_secs(5), "{slowest:?}");
}

/// Writes the small files to `fuzz/seeds/recording`, for libFuzzer to begin with.
#[test]
#[ignore = "writes into the source tree; run it when the small files change"]
fn write_fuzz_seeds() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/seeds/recording");
    std::fs::create_dir_all(folder).unwrap();
    for (index, seed) in seeds().into_iter().enumerate() {
        std::fs::write(format!("{folder}/{index}.mkv"), seed).unwrap();
    }
}
