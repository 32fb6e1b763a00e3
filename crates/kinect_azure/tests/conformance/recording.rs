//! Compares recordings read by our reader and by `libk4arecord`.

use std::path::Path;
use std::process::Command;

use k4a_judge::abi::{DeviceConfiguration, SubtitleSettings};
use k4a_judge::{Judge, Playback, SeekOrigin, judge};
use kinect_azure::recording::{Recording, SeekTarget, TrackType};

use crate::data::{self, Random};
use crate::mkv::{self, Block, Cluster, Lacing, Mkv};
use crate::scratch::Scratch;

/// Time and bytes of the images of a capture.
pub type Seen = [Option<(u64, Vec<u8>)>; 3];

pub fn ours(capture: Option<kinect_azure::Capture>) -> Option<Seen> {
    capture.map(|capture| {
        [capture.color, capture.depth, capture.ir]
            .map(|image| image.map(|image| (image.device_timestamp_usec, image.bytes().to_vec())))
    })
}

pub fn theirs(capture: Option<k4a_judge::Capture>) -> Option<Seen> {
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
pub struct Both {
    pub we: Recording,
    pub they: Playback,
    /// Microsoft's reader keeps 32 bits of the start offset.
    wrap: u64,
}

impl Both {
    pub fn open(judge: &'static Judge, path: &Path) -> Self {
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

    pub fn next(&mut self) -> (Option<Seen>, Option<Seen>) {
        let they = self.unwrap(theirs(self.they.next_capture().unwrap()));
        (ours(self.we.next_capture().unwrap()), they)
    }

    fn previous(&mut self) -> (Option<Seen>, Option<Seen>) {
        let they = self.unwrap(theirs(self.they.previous_capture().unwrap()));
        (ours(self.we.previous_capture().unwrap()), they)
    }

    pub fn seek(&mut self, usec: u64) {
        self.we.seek(SeekTarget::Start(usec)).unwrap();
        self.they.seek(usec as i64, SeekOrigin::Begin).unwrap();
    }
}

/// Compares both readers in one direction, from the beginning, the end, or a seek. (After a change of direction the
/// vendor's reader loses images of incomplete captures; ours delivers the same captures again.)
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

/// Seek targets at which both readers go to the same capture. Left out are targets between an image's time and that
/// time plus the delay, because the vendor's reader compares the latter, and targets before the first image of all
/// tracks or after the last image of a track, where the vendor's reader splits captures that ours keeps together.
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

/// Compares all data of a whole recording in both readers.
pub fn compare_everything(judge: &'static Judge, path: &Path, random: &mut Random) {
    let mut both = Both::open(judge, path);
    let what = path.file_name().unwrap().to_string_lossy().into_owned();
    compare_head(&both, &what);
    compare_imu(&mut both, random, &what);
    compare_runs(&mut both, random, &[], &what);
}

fn compare_head(both: &Both, what: &str) {
    let (we, they) = (&both.we, &both.they);
    let info = we.info();
    let config = they.record_configuration().unwrap();
    assert_eq!(info.duration_usec, they.length_usec(), "{what}");
    assert_eq!(
        data::depth_code(info.sensor.depth_mode),
        config.depth_mode.code(),
        "{what}"
    );
    assert_eq!(
        data::color_code(info.sensor.color_resolution),
        config.color_resolution.code(),
        "{what}"
    );
    assert_eq!(info.sensor.has_imu, config.imu_track_enabled, "{what}");
    let fps = [5, 15, 30][config.frame_rate.code() as usize];
    assert_eq!(info.sensor.frame_rate.fps(), fps, "{what}");
    assert_eq!(
        info.sensor.depth_delay_off_color_usec, config.depth_delay_off_color_usec,
        "{what}"
    );
    assert_eq!(
        info.sensor.subordinate_delay_off_master_usec, config.subordinate_delay_off_master_usec,
        "{what}"
    );
    assert_eq!(
        info.sensor.wired_sync_mode as i32,
        config.wired_sync_mode.code(),
        "{what}"
    );
    assert_eq!(
        u64::from(info.start_offset_usec as u32),
        config.start_timestamp_offset_usec,
        "{what}"
    );
    for tag in we.tags() {
        assert_eq!(
            they.tag(&tag.name).unwrap(),
            tag.value,
            "{what}: {}",
            tag.name
        );
    }
    let mut names: Vec<_> = we.tracks().iter().map(|t| t.name.clone()).collect();
    names.sort();
    let mut their_names = they.tracks().unwrap();
    their_names.sort();
    assert_eq!(names, their_names, "{what}");
    for track in we.tracks() {
        let name = &track.name;
        assert_eq!(they.codec_id(name).unwrap(), track.codec_id, "{what}");
        assert_eq!(
            they.codec_context(name).unwrap(),
            track.codec_private,
            "{what}"
        );
        assert_eq!(they.track_is_builtin(name), track.is_built_in(), "{what}");
        if track.track_type == TrackType::Video {
            let settings = they.video_settings(name).unwrap();
            let size = (settings.width as u32, settings.height as u32);
            assert_eq!(track.size, Some(size), "{what}: {name}");
        }
    }
    for attachment in we.attachments() {
        assert_eq!(
            they.attachment(&attachment.name).unwrap(),
            we.read_attachment(&attachment.name).unwrap(),
            "{what}: {}",
            attachment.name
        );
    }
    if let Some(json) = we.raw_calibration_json() {
        let mut json = json.to_vec();
        if json.last() != Some(&0) {
            json.push(0);
        }
        assert_eq!(they.raw_calibration().unwrap(), json, "{what}");
    }
}

/// The numbers of a sample, floats as bits.
pub type Sample = (u64, u64, [u32; 3], [u32; 3]);

pub fn our_sample(sample: Option<kinect_azure::ImuSample>) -> Option<Sample> {
    sample.map(|s| {
        (
            s.acceleration_timestamp_usec,
            s.angular_velocity_timestamp_usec,
            s.acceleration.map(f32::to_bits),
            s.angular_velocity.map(f32::to_bits),
        )
    })
}

pub fn their_sample(sample: Option<k4a_judge::ImuSample>) -> Option<Sample> {
    sample.map(|s| {
        (
            s.acc_timestamp_usec,
            s.gyro_timestamp_usec,
            s.acc.map(f32::to_bits),
            s.gyro.map(f32::to_bits),
        )
    })
}

fn compare_imu(both: &mut Both, random: &mut Random, what: &str) {
    if !both.we.info().sensor.has_imu {
        return;
    }
    let next = |both: &mut Both| {
        let they = their_sample(both.they.next_imu_sample().unwrap());
        (our_sample(both.we.next_imu_sample().unwrap()), they)
    };
    let previous = |both: &mut Both| {
        let they = their_sample(both.they.previous_imu_sample().unwrap());
        (our_sample(both.we.previous_imu_sample().unwrap()), they)
    };
    let mut count = 0u64;
    loop {
        let (we, they) = next(both);
        assert_eq!(we, they, "{what}: sample {count}");
        if we.is_none() {
            break;
        }
        count += 1;
    }
    assert_eq!(both.we.count(|_| {}).unwrap().imu_samples, count, "{what}");
    for back in 0..=count {
        let (we, they) = previous(both);
        assert_eq!(we, they, "{what}: sample {back} before the end");
    }
    let length = both.we.info().duration_usec;
    // Where block times are rounded to milliseconds, the vendor's reader misses samples at the edges of blocks.
    let exact = both.we.info().timestamp_scale_ns == 1000;
    for _ in 0..if exact { 100 } else { 0 } {
        let target = random.below(length as usize + 1000) as u64;
        both.seek(target);
        let mut forward = random.below(2) == 0;
        for step in 0..5 {
            // In a file of a few samples, the vendor's reader does not change direction after a seek to the end.
            if count > 100 {
                forward = random.below(2) == 0;
            }
            let (we, they) = if forward { next(both) } else { previous(both) };
            assert_eq!(we, they, "{what}: {step} after a seek to {target}");
        }
    }
    both.seek(0);
}

#[test]
fn real_recordings_are_the_same_in_everything() {
    let (Some(judge), Some(folder)) = (judge(), k4a_judge::real_data("recordings")) else {
        return;
    };
    let mut random = Random(3);
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "mkv") {
            println!("{}", path.display());
            compare_everything(judge, &path, &mut random);
            count += 1;
        }
    }
    assert!(count >= 2);
}

/// A recording by the vendor's recorder: 720p MJPG and NFOV 2×2 binned, samples at 1.6 kHz, two custom tracks.
fn vendor_recording(
    judge: &'static Judge,
    path: &Path,
    captures: u64,
    start_usec: u64,
    delay: i32,
) {
    let recorder = vendor_recorder(judge, path, delay);
    write_captures(judge, &recorder, 0..captures, start_usec, delay);
}

fn vendor_recorder(judge: &'static Judge, path: &Path, delay: i32) -> k4a_judge::Recorder {
    let recorder = judge
        .record(
            path,
            DeviceConfiguration {
                color_format: 0,
                color_resolution: 1,
                depth_mode: 1,
                camera_fps: 2,
                depth_delay_off_color_usec: delay,
                ..DeviceConfiguration::default()
            },
        )
        .unwrap();
    recorder.add_imu_track().unwrap();
    recorder.add_tag("TEST_TAG", "a value").unwrap();
    recorder.add_attachment("notes.txt", b"some notes").unwrap();
    recorder
        .add_custom_subtitle_track("SLOW", "S_SLOW", b"slow", None)
        .unwrap();
    recorder
        .add_custom_subtitle_track(
            "FAST",
            "S_FAST",
            b"fast",
            Some(SubtitleSettings {
                high_freq_data: true,
            }),
        )
        .unwrap();
    recorder.write_header().unwrap();
    recorder
}

/// Captures and what comes between them.
fn write_captures(
    judge: &'static Judge,
    recorder: &k4a_judge::Recorder,
    captures: std::ops::Range<u64>,
    start_usec: u64,
    delay: i32,
) {
    let mut imu_usec = start_usec + captures.start * 33_333;
    for index in captures {
        let time = start_usec + 10_000 + index * 33_333;
        let color = judge
            .mjpg_image(1280, 720, &mkv::jpeg(index as u16))
            .unwrap();
        color.set_device_timestamp_usec(time);
        let sixteen = |track: u16| -> Vec<u8> {
            let swapped = mkv::sixteen(track, index as u16);
            swapped.chunks(2).flat_map(|b| [b[1], b[0]]).collect()
        };
        let depth = judge.image(4, 320, 288, 640, &sixteen(2)).unwrap();
        let ir = judge.image(5, 320, 288, 640, &sixteen(3)).unwrap();
        let depth_time = time.saturating_add_signed(i64::from(delay));
        depth.set_device_timestamp_usec(depth_time);
        ir.set_device_timestamp_usec(depth_time);
        let capture = judge
            .capture(
                (index % 7 != 3).then_some(&color),
                (index % 5 != 4).then_some(&depth),
                (index % 11 != 6).then_some(&ir),
            )
            .unwrap();
        recorder.write_capture(&capture).unwrap();
        while imu_usec < time {
            let value = imu_usec as f32;
            let sample = k4a_judge::ImuSample {
                temperature: 30.0,
                acc: [value, 1.0, 2.0],
                acc_timestamp_usec: imu_usec,
                gyro: [-value, 3.0, 4.0],
                gyro_timestamp_usec: imu_usec + 7,
            };
            // Without captures between them, the blocks of FAST are laced.
            if index % 3 != 1 {
                recorder.write_imu_sample(sample).unwrap();
            }
            recorder
                .write_custom_track_data(
                    "FAST",
                    imu_usec + 3 + imu_usec / 625 * 7 % 500,
                    &imu_usec.to_le_bytes(),
                )
                .unwrap();
            imu_usec += 625;
        }
        let text = format!("slow {index}");
        recorder
            .write_custom_track_data("SLOW", time + 11, text.as_bytes())
            .unwrap();
    }
}

#[test]
fn recordings_by_the_vendors_recorder_are_the_same_in_everything() {
    let Some(judge) = judge() else { return };
    let mut random = Random(11);
    for (captures, start, delay) in [
        (200, 2_000_000, 0),
        (60, 5_000_000_000, 2000),
        (40, 77, -3000),
    ] {
        let scratch = Scratch::new(&format!("vendor-{captures}"));
        vendor_recording(judge, &scratch.0, captures, start, delay);
        let recording = Recording::open(&scratch.0).unwrap();
        assert_eq!(recording.info().start_offset_usec, start);
        assert!(!recording.info().unfinished);
        compare_everything(judge, &scratch.0, &mut random);
        let mut both = Both::open(judge, &scratch.0);
        for track in ["SLOW", "FAST"] {
            let mut count = 0;
            loop {
                let we = both.we.next_data_block(track).unwrap();
                let they = both.they.next_data_block(track).unwrap();
                let we = we.map(|block| (block.device_timestamp_usec, block.bytes));
                let they = they.map(|(time, bytes)| (time + both.wrap, bytes));
                assert_eq!(we, they, "{track} {count}");
                if we.is_none() {
                    break;
                }
                count += 1;
            }
            assert!(count >= captures);
        }
    }
}

#[test]
fn what_a_crash_of_the_vendors_recorder_leaves_plays() {
    let Some(judge) = judge() else { return };
    let scratch = Scratch::new("crash");
    let copy = Scratch::new("crash-copy");
    let recorder = vendor_recorder(judge, &scratch.0, 0);
    let start = 9_000_000;
    // A crash would leave the current content of the file. The recorder's thread writes after 2 s of data.
    let mut flushed = 0;
    for part in 0..6u64 {
        write_captures(judge, &recorder, part * 100..part * 100 + 100, start, 0);
        std::thread::sleep(std::time::Duration::from_millis(300));
        if part == 3 {
            recorder.flush().unwrap();
            // One of these captures has no image.
            flushed = 399;
        }
        std::fs::copy(&scratch.0, &copy.0).unwrap();
        assert!(
            part >= 3 || judge.open(&copy.0).is_err(),
            "the vendor's reader refuses it"
        );
        let mut recording = Recording::open(&copy.0).unwrap();
        // After a flush the file is complete; after further writes it is unfinished again.
        assert_eq!(recording.info().unfinished, part != 3, "part {part}");
        assert_eq!(recording.info().start_offset_usec, start);
        let (mut count, mut last) = (0, 0);
        while let Some(capture) = recording.next_capture().unwrap() {
            let time = capture.device_timestamp_usec().unwrap();
            assert_eq!((time - start - 10_000) % 33_333, 0);
            assert!(time > last);
            (count, last) = (count + 1, time);
        }
        assert!(
            count >= flushed && count >= part * 80,
            "{count} captures after part {part}"
        );
        assert!(recording.next_imu_sample().unwrap().is_some());
    }
}

#[test]
fn a_recording_by_the_vendors_recorder_is_the_same_after_mkvmerge() {
    let Some(judge) = judge() else { return };
    let (before, after) = (Scratch::new("remux-before"), Scratch::new("remux-after"));
    vendor_recording(judge, &before.0, 100, 7_000_000, 0);
    let run = Command::new("mkvmerge")
        .arg("-q")
        .arg("-o")
        .args([&after.0, &before.0])
        .status();
    if let Err(error) = run {
        eprintln!("SKIPPED, mkvmerge cannot be run: {error}");
        return;
    }
    let mut original = Recording::open(&before.0).unwrap();
    let mut both = Both::open(judge, &after.0);
    assert_eq!(both.we.info().timestamp_scale_ns, 1_000_000);
    loop {
        let expected = ours(original.next_capture().unwrap());
        let (we, they) = both.next();
        assert_eq!(times(&we), times(&they));
        assert!(we == they);
        let Some((we, expected)) = we.zip(expected) else {
            break;
        };
        for (we, expected) in we.iter().zip(&expected) {
            let bytes = |image: &Option<(u64, Vec<u8>)>| image.as_ref().map(|i| i.1.clone());
            assert!(bytes(we) == bytes(expected));
        }
    }
    // Samples carry their own times, so nothing is lost. (The vendor's reader leaves the first one out.)
    loop {
        let expected = our_sample(original.next_imu_sample().unwrap());
        let we = our_sample(both.we.next_imu_sample().unwrap());
        assert_eq!(we, expected);
        if we.is_none() {
            break;
        }
    }
}

/// Variants of the same recording that the vendor's reader understands, too.
#[test]
fn crooked_recordings_that_the_vendors_reader_opens_are_the_same_in_everything() {
    let Some(judge) = judge() else { return };
    let mut random = Random(5);
    let usual = |scale: u64| {
        let start = 77_000;
        let mut mkv = Mkv::standard("cdim", 33_333_333);
        mkv.tag("K4A_START_OFFSET_NS", &(start * 1000).to_string());
        mkv.attachments
            .push(("notes.txt".to_owned(), 9, b"notes".to_vec()));
        for index in 0..30u64 {
            let time = index * 33_333 / scale;
            let base = time * scale + start;
            let samples = (0..50).map(|i| mkv::imu_sample((base + i * 625) * 1000, i as f32));
            let mut imu = Block::laced(4, 0, samples.collect(), 30_626 / scale);
            imu.lacing = Lacing::Fixed;
            mkv.clusters.push(Cluster {
                time,
                blocks: vec![
                    imu,
                    Block::simple(1, 1, mkv::jpeg(index as u16)),
                    Block::simple(2, 1, mkv::sixteen(2, index as u16)),
                    Block::simple(3, 1, mkv::sixteen(3, index as u16)),
                ],
                ..Cluster::default()
            });
        }
        mkv.scale = Some(scale * 1000);
        mkv
    };
    let mut files = vec![("usual", usual(1)), ("milliseconds", usual(1000))];
    for (name, lacing) in [("xiph", Lacing::Xiph), ("ebml", Lacing::Ebml)] {
        let mut mkv = usual(1);
        for cluster in &mut mkv.clusters {
            cluster.blocks[0].lacing = lacing;
        }
        files.push((name, mkv));
    }
    let mut groups = usual(1);
    for cluster in &mut groups.clusters {
        for block in &mut cluster.blocks[1..] {
            (block.group, block.duration) = (true, Some(33_333));
        }
    }
    files.push(("groups", groups));
    let mut sparse = usual(1);
    sparse.cue_every = 10;
    files.push(("sparse cues", sparse));
    let mut none = usual(1);
    none.cues = false;
    files.push(("no cues", none));
    let mut late = usual(1);
    late.tags_last = true;
    files.push(("late tags", late));
    let mut subordinate = usual(1);
    subordinate.set_tag("K4A_WIRED_SYNC_MODE", "SUBORDINATE");
    subordinate.set_tag("K4A_SUBORDINATE_DELAY_NS", "160000");
    files.push(("subordinate", subordinate));
    for (name, mkv) in files {
        println!("{name}");
        let scratch = Scratch::with(&format!("crooked {name}"), &mkv.write());
        compare_everything(judge, &scratch.0, &mut random);
    }
}
