//! Compares captures, in both directions and after seeks, with a simple implementation of the rule.

use kinect_azure::recording::{Recording, SeekTarget};

use super::mkv::{self, Mkv};
use super::{Random, Times, open, times};

/// The rule, implemented over lists. The position in each track is between two frames or on a frame.
struct Model {
    /// Times and delay of each track.
    tracks: [(Vec<i64>, i64); 3],
    half: i64,
    /// Index of the previous and of the next frame.
    places: [(i64, i64); 3],
    fresh: bool,
}

impl Model {
    fn new(tracks: [(Vec<i64>, i64); 3], period: i64) -> Self {
        Self {
            tracks,
            half: period / 2,
            places: [(-1, 0); 3],
            fresh: false,
        }
    }

    fn time(&self, track: usize, index: i64) -> Option<i64> {
        let (times, delay) = &self.tracks[track];
        let index = usize::try_from(index).ok()?;
        times.get(index).map(|time| time + delay)
    }

    fn seek(&mut self, target: i64) {
        for (place, (times, _)) in self.places.iter_mut().zip(&self.tracks) {
            let index = times.iter().take_while(|time| **time < target).count() as i64;
            *place = (index - 1, index);
        }
        self.fresh = true;
    }

    fn next(&mut self) -> Option<Times> {
        let fresh = std::mem::take(&mut self.fresh);
        let first = (0..3).filter_map(|t| self.time(t, self.places[t].1)).min();
        let Some(first) = first else {
            self.places = self.tracks.each_ref().map(|(times, _)| {
                let end = times.len() as i64;
                (end - 1, end)
            });
            return None;
        };
        let mut group = [None; 3];
        for (track, taking) in group.iter_mut().enumerate() {
            let (previous, next) = self.places[track];
            let near = |index: &i64| {
                let time = self.time(track, *index);
                time.is_some_and(|time| (time - first).abs() < self.half)
            };
            let taken = Some(next)
                .filter(near)
                .or(Some(previous).filter(|index| fresh && near(index)));
            *taking = taken;
            if let Some(index) = taken {
                self.places[track] = (index - 1, index + 1);
            } else {
                self.places[track] = (next - 1, next);
            }
        }
        Some(self.device_times(group))
    }

    fn previous(&mut self) -> Option<Times> {
        if self.fresh {
            self.next();
        }
        let last = (0..3).filter_map(|t| self.time(t, self.places[t].0)).max();
        let Some(last) = last else {
            self.places = [(-1, 0); 3];
            return None;
        };
        let mut group = [None; 3];
        for (track, taking) in group.iter_mut().enumerate() {
            let (previous, _) = self.places[track];
            let time = self.time(track, previous);
            if time.is_some_and(|time| last - time < self.half) {
                *taking = Some(previous);
                self.places[track] = (previous - 1, previous + 1);
            } else {
                self.places[track] = (previous, previous + 1);
            }
        }
        Some(self.device_times(group))
    }

    fn device_times(&self, group: [Option<i64>; 3]) -> Times {
        std::array::from_fn(|track| {
            let index = usize::try_from(group[track]?).ok()?;
            self.tracks[track].0.get(index).map(|time| *time as u64)
        })
    }
}

/// Frames with jitter, gaps and tracks that begin late or end early.
fn random_tracks(random: &mut Random, delay: i64, period: i64) -> [(Vec<i64>, i64); 3] {
    let frames = 25;
    let delays = [delay.max(0), (-delay).max(0), (-delay).max(0)];
    std::array::from_fn(|track| {
        let from = random.below(4);
        let to = frames - random.below(6);
        let missing = random.below(4);
        let jitter = if track == 0 { period } else { period / 8 };
        let mut times = Vec::new();
        for index in from..to {
            if random.below(10) < missing {
                continue;
            }
            let offset = random.below(jitter as u64) as i64;
            times.push(20_000 + index as i64 * period + offset - delays[track]);
        }
        times.sort_unstable();
        times.dedup();
        (times, delays[track])
    })
}

fn file_of(tracks: &[(Vec<i64>, i64); 3], delay: i64, period: i64, span: u64, cues: bool) -> Mkv {
    let mut mkv = Mkv::standard("cdi", period as u64 * 1000);
    mkv.tag("K4A_DEPTH_DELAY_NS", &(delay * 1000).to_string());
    mkv.cues = cues;
    mkv.cue_every = 5;
    let mut frames = Vec::new();
    for (number, (times, _)) in (1u64..).zip(tracks) {
        for (index, time) in times.iter().enumerate() {
            let payload = match number {
                1 => mkv::jpeg(index as u16),
                _ => mkv::sixteen(number as u16, index as u16),
            };
            frames.push((number, *time as u64, payload));
        }
    }
    mkv.add_frames(frames, span);
    mkv
}

fn step(recording: &mut Recording, forward: bool) -> Option<Times> {
    let capture = if forward {
        recording.next_capture()
    } else {
        recording.previous_capture()
    };
    capture.unwrap().map(|capture| times(&capture))
}

#[test]
fn captures_follow_the_rule_in_any_order_of_calls() {
    let mut random = Random(1);
    for file in 0..24 {
        let period = [33_333i64, 66_666, 200_000][file % 3];
        let delay = [0i64, 4000, -6000][file / 3 % 3];
        let span = [32_000, 1, 5_000_000][file / 9 % 3].min(32_000);
        let tracks = random_tracks(&mut random, delay, period);
        let mkv = file_of(&tracks, delay, period, span, file % 2 == 0);
        let mut recording = open(mkv.write());
        let length = recording.info().duration_usec;
        let mut model = Model::new(tracks, period);
        for call in 0..300 {
            let action = random.below(12);
            if action == 0 {
                let target = random.below(length + 50_000);
                recording.seek(SeekTarget::Start(target)).unwrap();
                model.seek(target as i64);
                continue;
            }
            let forward = action < 7;
            let expected = if forward {
                model.next()
            } else {
                model.previous()
            };
            assert_eq!(
                step(&mut recording, forward),
                expected,
                "file {file}, call {call}"
            );
        }
    }
}

#[test]
fn a_change_of_direction_gives_the_same_captures_again() {
    let mut random = Random(2);
    for _ in 0..6 {
        let tracks = random_tracks(&mut random, 0, 33_333);
        let mut recording = open(file_of(&tracks, 0, 33_333, 32_000, true).write());
        let mut seen = Vec::new();
        while let Some(capture) = step(&mut recording, true) {
            seen.push(capture);
        }
        // After each change of direction, the delivered frames are delivered again.
        let mut recording = open(file_of(&tracks, 0, 33_333, 32_000, true).write());
        for (index, expected) in seen.iter().enumerate() {
            assert_eq!(step(&mut recording, true).as_ref(), Some(expected));
            if index > 0 {
                let back = step(&mut recording, false).unwrap();
                let again = step(&mut recording, true).unwrap();
                let latest = |times: &Times| times.iter().flatten().max().copied();
                assert!(latest(&back) < latest(&again));
                assert_eq!(again, *expected);
            }
        }
    }
}

#[test]
fn a_track_that_ended_long_ago_does_not_stop_the_others() {
    let mut mkv = Mkv::standard("cd", 33_333_333);
    let mut frames = vec![(1, 0, mkv::jpeg(0))];
    frames.extend((0..40).map(|i| (2, i * 33_333, mkv::sixteen(2, i as u16))));
    mkv.add_frames(frames, 32_000);
    let mut recording = open(mkv.write());
    let captures = super::all_times(&mut recording);
    assert_eq!(captures.len(), 40);
    assert_eq!(captures[0], [Some(0), Some(0), None]);
    assert_eq!(captures[39], [None, Some(39 * 33_333), None]);
    // Read backwards, colour is part of a capture only at the very start.
    let mut back = Vec::new();
    while let Some(capture) = step(&mut recording, false) {
        back.push(capture);
    }
    back.reverse();
    assert_eq!(back, captures);
}

#[test]
fn a_seek_to_the_end_with_a_delay_leaves_no_capture_out() {
    let mut mkv = Mkv::standard("cd", 33_333_333);
    mkv.tag("K4A_DEPTH_DELAY_NS", "5000000");
    let frames = (0..10u64).flat_map(|i| {
        [
            (1, i * 33_333, mkv::jpeg(i as u16)),
            (2, i * 33_333 + 5000, mkv::sixteen(2, i as u16)),
        ]
    });
    mkv.add_frames(frames.collect(), 32_000);
    let mut recording = open(mkv.write());
    recording.seek(SeekTarget::End(0)).unwrap();
    assert_eq!(step(&mut recording, true), None);
    let last = Some([Some(9 * 33_333), Some(9 * 33_333 + 5000), None]);
    assert_eq!(step(&mut recording, false), last);
    recording.seek(SeekTarget::End(1)).unwrap();
    assert_eq!(step(&mut recording, true), last);
}
