//! Recordings, read by us and by `libk4arecord`.

use std::path::{Path, PathBuf};

use k4a_judge::{Judge, Playback, SeekOrigin, judge};
use kinect_azure::recording::{Recording, SeekTarget};

use crate::data::Random;
use crate::mkv::{self, Mkv};

/// A file that goes away with its owner.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        Self(folder.join(format!("{name}-{}.mkv", std::process::id())))
    }

    fn with(name: &str, bytes: &[u8]) -> Self {
        let scratch = Self::new(name);
        std::fs::write(&scratch.0, bytes).unwrap();
        scratch
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Time and bytes of the images of a capture.
type Seen = [Option<(u64, Vec<u8>)>; 3];

fn ours(capture: Option<kinect_azure::Capture>) -> Option<Seen> {
    capture.map(|capture| {
        [capture.color, capture.depth, capture.ir]
            .map(|image| image.map(|image| (image.device_timestamp_usec, image.bytes().to_vec())))
    })
}

fn theirs(capture: Option<k4a_judge::Capture>) -> Option<Seen> {
    capture.map(|capture| {
        [capture.color(), capture.depth(), capture.ir()].map(|image| {
            image.map(|image| (image.info().device_timestamp_usec, image.bytes().to_vec()))
        })
    })
}

fn times(seen: &Option<Seen>) -> Option<[Option<u64>; 3]> {
    seen.as_ref()
        .map(|seen| seen.each_ref().map(|image| image.as_ref().map(|i| i.0)))
}

/// Both readers on one file.
struct Both {
    we: Recording,
    they: Playback,
    /// Microsoft's reader keeps 32 bits of the start offset.
    wrap: u64,
}

impl Both {
    fn open(judge: &'static Judge, path: &Path) -> Self {
        let we = Recording::open(path).unwrap();
        let offset = we.info().start_offset_usec;
        Self {
            wrap: offset - offset % (1 << 32),
            we,
            they: judge.open(path).unwrap(),
        }
    }

    fn unwrap(&self, seen: Option<Seen>) -> Option<Seen> {
        seen.map(|seen| seen.map(|image| image.map(|(time, bytes)| (time + self.wrap, bytes))))
    }

    fn next(&mut self) -> (Option<Seen>, Option<Seen>) {
        let they = self.unwrap(theirs(self.they.next_capture().unwrap()));
        (ours(self.we.next_capture().unwrap()), they)
    }

    fn previous(&mut self) -> (Option<Seen>, Option<Seen>) {
        let they = self.unwrap(theirs(self.they.previous_capture().unwrap()));
        (ours(self.we.previous_capture().unwrap()), they)
    }

    fn seek(&mut self, usec: u64) {
        self.we.seek(SeekTarget::Start(usec)).unwrap();
        self.they.seek(usec as i64, SeekOrigin::Begin).unwrap();
    }
}

/// Runs in one direction, from the beginning, the end, or a seek: what both say. (After a change of direction the
/// vendor's reader loses images of captures that lack one; ours gives the same captures again.)
fn compare_runs(both: &mut Both, random: &mut Random, seeks: &[u64], what: &str) {
    let mut count = 0;
    loop {
        let (we, they) = both.next();
        assert_eq!(times(&we), times(&they), "{what}: capture {count}");
        assert!(we == they, "{what}: bytes of capture {count}");
        if we.is_none() {
            break;
        }
        count += 1;
    }
    for back in 0..=count {
        let (we, they) = both.previous();
        assert_eq!(times(&we), times(&they), "{what}: {back} before the end");
        assert!(we == they, "{what}: bytes of {back} before the end");
    }
    let (we, they) = both.next();
    assert_eq!(times(&we), times(&they), "{what}: next at the beginning");
    for target in seeks {
        both.seek(*target);
        let forward = random.below(2) == 0;
        for step in 0..4 {
            let (we, they) = if forward {
                both.next()
            } else {
                both.previous()
            };
            assert_eq!(
                times(&we),
                times(&they),
                "{what}: {step} {} a seek to {target}",
                if forward { "after" } else { "before" }
            );
        }
    }
}

#[test]
fn crafted_recordings_give_the_same_captures_in_both_directions_and_after_seeks() {
    let Some(judge) = judge() else { return };
    let mut random = Random(7);
    for file in 0..20 {
        let delay = [0i64, 0, 5000, -7000][file % 4];
        let mkv = crafted(&mut random, delay);
        let scratch = Scratch::with(&format!("crafted-{file}"), &mkv.write());
        let mut both = Both::open(judge, &scratch.0);
        let length = both.they.length_usec();
        assert_eq!(both.we.info().duration_usec, length);
        let seeks = comparable_seeks(&mkv, &mut random, length, delay);
        compare_runs(
            &mut both,
            &mut random,
            &seeks,
            &format!("file {file}, delay {delay}"),
        );
    }
}

/// Seek targets at which both readers mean the same. Left out are those between an image's time and the same with the
/// delay added, because the vendor's reader compares the latter; and those before every track's first or behind any
/// track's last image, where the vendor's reader splits captures that ours keeps together.
fn comparable_seeks(mkv: &Mkv, random: &mut Random, length: u64, delay: i64) -> Vec<u64> {
    let times = |track: Option<u64>| {
        let blocks = mkv.clusters.iter().flat_map(|cluster| {
            let time = |block: &mkv::Block| cluster.time + block.time as u64;
            cluster.blocks.iter().map(move |b| (b.track, time(b)))
        });
        blocks
            .filter(|(t, _)| track.is_none_or(|track| track == *t))
            .map(|(_, time)| time)
            .collect::<Vec<_>>()
    };
    let all = times(None);
    let tracks = [1, 2, 3].map(|track| times(Some(track)));
    let from = tracks.iter().map(|t| t[0]).max().unwrap();
    let to = tracks.iter().map(|t| t[t.len() - 1]).min().unwrap();
    let margin = delay.unsigned_abs();
    let clear =
        |target: &u64| margin == 0 || all.iter().all(|time| time.abs_diff(*target) > margin);
    std::iter::repeat_with(|| random.below(length as usize) as u64)
        .filter(|target| {
            (from + margin..to.saturating_sub(margin)).contains(target) && clear(target)
        })
        .take(60)
        .collect()
}

/// Colour, depth and infrared with jitter and gaps.
fn crafted(random: &mut Random, delay_usec: i64) -> Mkv {
    let period = 33_333;
    let mut mkv = Mkv::standard("cdi", 33_333_333);
    mkv.tag("K4A_DEPTH_DELAY_NS", &(delay_usec * 1000).to_string());
    mkv.tag("K4A_START_OFFSET_NS", "1000000");
    let mut frames = Vec::new();
    for index in 0..20u64 {
        let base = 20_000 + index * period;
        let jitter = random.between(-16_000.0, 16_000.0) as i64;
        let color = (base as i64 + jitter) as u64;
        let depth = (base as i64 + delay_usec) as u64;
        if random.below(5) != 0 {
            frames.push((1, color, mkv::jpeg(index as u16)));
        }
        if random.below(5) != 0 {
            frames.push((2, depth, mkv::sixteen(2, index as u16)));
        }
        if random.below(5) != 0 {
            frames.push((3, depth, mkv::sixteen(3, index as u16)));
        }
    }
    mkv.add_frames(frames, 32_000);
    let first = mkv.clusters[0].time;
    let _ = first;
    mkv
}
