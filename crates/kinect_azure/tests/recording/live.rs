//! Records live sources: all captures are written, no call waits, and each failure gives a state and a file that plays.

use std::collections::HashSet;
use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use kinect_azure::image::Pixels;
use kinect_azure::recording::{
    LiveRecorder, LiveSettings, LiveState, Recording, RecordingSettings, wait_for_recorders,
};
use kinect_azure::{
    Capture, CaptureSource, ColorFormat, ColorResolution, DepthMode, Image, ImageFormat, ImagePool,
    ImuSample, NextCapture, SensorInfo,
};
use kinect_simulation::{SimulatedSensor, SimulationSettings};

use crate::disk::TestDisk;
use crate::{all_samples, all_times, mkv, times};

const PERIOD: u64 = 33_333;
/// Bytes of a depth image of these tests.
const IMAGE: usize = 320 * 288 * 2;

/// A folder that is deleted when this is dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let folder = folder.join(format!("live-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The names of the files in the folder, sorted.
    fn files(&self) -> Vec<String> {
        let mut names: Vec<_> = std::fs::read_dir(&self.0)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A depth camera at 30 captures a second.
fn depth_only() -> RecordingSettings {
    RecordingSettings {
        sensor: SensorInfo {
            depth_mode: DepthMode::Nfov2x2Binned,
            color_resolution: ColorResolution::Off,
            ..SensorInfo::default()
        },
        ..RecordingSettings::default()
    }
}

fn with_imu() -> RecordingSettings {
    let mut settings = depth_only();
    settings.sensor.has_imu = true;
    settings
}

fn depth(time: u64) -> Arc<Image> {
    let mut image = Image::empty(ImageFormat::Depth16);
    (image.width, image.height) = mkv::NFOV_2X2;
    image.pixels = Pixels::U16(vec![time as u16; IMAGE / 2]);
    image.device_timestamp_usec = time;
    Arc::new(image)
}

fn capture(time: u64) -> Capture {
    Capture {
        depth: Some(depth(time)),
        ..Capture::default()
    }
}

fn sample(time: u64) -> ImuSample {
    ImuSample {
        acceleration_timestamp_usec: time,
        angular_velocity_timestamp_usec: time,
        ..ImuSample::default()
    }
}

fn depth_times(path: &Path) -> Vec<u64> {
    let mut recording = Recording::open(path).unwrap();
    assert!(!recording.info().unfinished, "{:?}", recording.info());
    all_times(&mut recording)
        .into_iter()
        .map(|times| times[1].unwrap())
        .collect()
}

fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !done() {
        assert!(Instant::now() < end, "{what} did not happen in 20 s");
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn finished(state: LiveState) -> (u64, u64, f64, Option<String>) {
    match state {
        LiveState::Finished {
            captures,
            bytes,
            seconds,
            reason,
        } => (captures, bytes, seconds, reason),
        other => panic!("not finished but {other:?}"),
    }
}

fn failed(state: LiveState) -> String {
    match state {
        LiveState::Failed { reason } => reason,
        other => panic!("not failed but {other:?}"),
    }
}

#[test]
fn all_that_a_source_delivers_is_in_the_file_with_its_calibration() {
    let folder = Folder::new("all");
    let path = folder.file("all.mkv");
    let mut sensor = SimulatedSensor::new(&SimulationSettings {
        people: 1,
        ..SimulationSettings::default()
    })
    .unwrap()
    .as_fast_as_possible();
    let recorder = LiveRecorder::start(LiveSettings {
        tags: vec![("EXHIBIT".to_owned(), "Sea".to_owned())],
        attachments: vec![("notes.txt".to_owned(), b"calm".to_vec())],
        ..LiveSettings::new(&path)
    });
    assert_eq!(recorder.state(), LiveState::Waiting);
    recorder.source_opened(RecordingSettings::of(&sensor));
    let (mut captures, mut samples) = (Vec::new(), Vec::new());
    while captures.len() < 20 {
        if let NextCapture::Capture(capture) = sensor.next_capture(Duration::from_secs(9)).unwrap()
        {
            recorder.push_capture(&capture);
            captures.push(capture);
        }
        while let Some(sample) = sensor.next_imu_sample().unwrap() {
            recorder.push_imu_sample(&sample);
            samples.push(sample);
        }
    }
    let (count, bytes, seconds, reason) = finished(recorder.finish());
    assert_eq!((count, reason), (20, None));
    assert_eq!(bytes, std::fs::metadata(&path).unwrap().len());
    assert!((0.6..0.8).contains(&seconds), "{seconds}");

    let mut recording = Recording::open(&path).unwrap();
    assert_eq!(recording.info().warnings, [""; 0]);
    assert!(recording.info().date_unix_sec.is_some());
    assert_eq!(recording.tag("EXHIBIT"), Some("Sea"));
    assert_eq!(recording.read_attachment("notes.txt").unwrap(), b"calm");
    assert_eq!(
        recording.raw_calibration_json(),
        Some(sensor.raw_calibration().json())
    );
    for capture in captures {
        let read = recording.next_capture().unwrap().unwrap();
        assert_eq!(times(&read), times(&capture));
        for (read, given) in read.images().zip(capture.images()) {
            assert!(read.bytes() == given.bytes());
        }
    }
    assert!(recording.next_capture().unwrap().is_none());
    let expected: Vec<_> = samples
        .iter()
        .map(|sample| sample.acceleration_timestamp_usec)
        .collect();
    assert!(expected.len() > 900);
    assert_eq!(all_samples(&mut recording), expected);
}

#[test]
fn a_recording_recorded_again_keeps_its_calibration_and_firmware() {
    let Some(real) = crate::real("mug-720p-nfov.mkv") else {
        return;
    };
    let folder = Folder::new("again");
    let path = folder.file("again.mkv");
    let recording = Recording::open(real).unwrap();
    let mut source = kinect_azure::recording::RecordingSource::new(
        recording,
        kinect_azure::recording::Pacing::AsFastAsPossible,
    );
    let recorder = LiveRecorder::start(LiveSettings::new(&path));
    recorder.source_opened(RecordingSettings::of(&source as &dyn CaptureSource));
    let mut samples = 0;
    loop {
        let next = source.next_capture(Duration::from_millis(1)).unwrap();
        if let NextCapture::Capture(capture) = &next {
            recorder.push_capture(capture);
        }
        while let Some(sample) = source.next_imu_sample().unwrap() {
            recorder.push_imu_sample(&sample);
            samples += 1;
        }
        if matches!(next, NextCapture::End) {
            break;
        }
    }
    recorder.source_closed();
    let figures = recorder.figures();
    assert_eq!(finished(recorder.finish()).0, 1, "{figures:?}");
    let mut again = Recording::open(&path).unwrap();
    let before = source.recording();
    assert_eq!(again.raw_calibration_json(), before.raw_calibration_json());
    assert_eq!(again.info().color_firmware, before.info().color_firmware);
    assert!(again.info().depth_firmware.is_some());
    assert_eq!(all_samples(&mut again).len(), samples);
}

#[test]
fn captures_that_lack_images_are_written_as_they_are() {
    let folder = Folder::new("lacking");
    let path = folder.file("a.mkv");
    let recorder = LiveRecorder::start(LiveSettings::new(&path));
    recorder.source_opened(depth_only());
    let mut ir = Image::clone(&depth(PERIOD));
    ir.format = ImageFormat::Ir16;
    recorder.push_capture(&capture(0));
    recorder.push_capture(&Capture {
        ir: Some(Arc::new(ir)),
        ..Capture::default()
    });
    recorder.push_capture(&Capture::default());
    recorder.push_capture(&capture(2 * PERIOD));
    assert_eq!(finished(recorder.finish()).0, 3);
    let mut recording = Recording::open(&path).unwrap();
    assert_eq!(
        all_times(&mut recording),
        [
            [None, Some(0), None],
            [None, None, Some(PERIOD)],
            [None, Some(2 * PERIOD), None]
        ]
    );
}

#[test]
fn damaged_images_are_left_out_and_counted() {
    let folder = Folder::new("damaged");
    let path = folder.file("a.mkv");
    let mut settings = depth_only();
    settings.sensor.color_resolution = ColorResolution::R720p;
    settings.sensor.color_format = Some(ColorFormat::Mjpg);
    let recorder = LiveRecorder::start(LiveSettings::new(&path));
    recorder.source_opened(settings);
    let mut color = Image::empty(ImageFormat::Color(ColorFormat::Mjpg));
    (color.width, color.height) = (1280, 720);
    color.pixels = Pixels::Bytes(b"no JPEG".to_vec());
    recorder.push_capture(&Capture {
        color: Some(Arc::new(color)),
        ..capture(0)
    });
    wait_until("the image", || recorder.figures().unfit_images == 1);
    assert_eq!(finished(recorder.finish()).0, 1);
    assert_eq!(depth_times(&path), [0]);
}

#[test]
fn a_file_that_is_there_is_only_replaced_when_that_is_asked_for() {
    let folder = Folder::new("there");
    let path = folder.file("a.mkv");
    std::fs::write(&path, b"precious").unwrap();
    let record = |settings: LiveSettings| {
        let recorder = LiveRecorder::start(settings);
        recorder.source_opened(depth_only());
        recorder.push_capture(&capture(5));
        recorder.finish()
    };
    let reason = failed(record(LiveSettings::new(&path)));
    assert!(
        reason.contains("a.mkv") && reason.contains("{number}"),
        "{reason}"
    );
    assert_eq!(std::fs::read(&path).unwrap(), b"precious");
    finished(record(LiveSettings {
        overwrite: true,
        ..LiveSettings::new(&path)
    }));
    assert_eq!(depth_times(&path), [5]);

    for _ in 0..2 {
        finished(record(LiveSettings::new(folder.file("b-{number}.mkv"))));
    }
    finished(record(LiveSettings::new(
        folder.file("c-{date}-{time}.mkv"),
    )));
    let files = folder.files();
    assert_eq!(files[..3], ["a.mkv", "b-001.mkv", "b-002.mkv"]);
    assert!(
        files[3].starts_with("c-20") && files[3].len() == "c-2026-11-24-21-13-00.mkv".len(),
        "{files:?}"
    );
}

#[test]
fn two_recordings_cannot_write_one_file() {
    let folder = Folder::new("two");
    let path = folder.file("a.mkv");
    let settings = LiveSettings {
        overwrite: true,
        ..LiveSettings::new(&path)
    };
    let first = LiveRecorder::start(settings.clone());
    first.source_opened(depth_only());
    first.push_capture(&capture(1));
    wait_until("the first", || first.figures().captures == 1);
    let second = LiveRecorder::start(settings);
    second.source_opened(depth_only());
    second.push_capture(&capture(2));
    let reason = failed(second.finish());
    assert!(reason.contains("its own name") || cfg!(windows), "{reason}");
    assert_eq!(finished(first.finish()).0, 1);
    assert_eq!(depth_times(&path), [1]);
}

#[test]
fn places_and_settings_that_cannot_be_fail_and_say_what_to_do() {
    let folder = Folder::new("places");
    let open = |path: PathBuf, settings: RecordingSettings| {
        let recorder = LiveRecorder::start(LiveSettings::new(path));
        recorder.source_opened(settings);
        wait_until("the end", || recorder.state().has_ended());
        // The following calls have no effect.
        recorder.push_capture(&capture(0));
        assert_eq!(recorder.figures().queued_bytes, 0);
        failed(recorder.finish())
    };
    let reason = open(folder.file("no/a.mkv"), depth_only());
    assert!(reason.contains("create it"), "{reason}");
    let reason = open(folder.0.clone(), depth_only());
    assert!(reason.contains("choose another"), "{reason}");
    let mut impossible = depth_only();
    impossible.sensor.depth_mode = DepthMode::WfovUnbinned;
    let reason = open(folder.file("b.mkv"), impossible);
    assert!(reason.contains("15"), "{reason}");
    assert!(folder.files().is_empty());
}

#[test]
#[cfg(target_os = "linux")]
fn a_device_that_is_always_full_fails_and_stays() {
    let recorder = LiveRecorder::start(LiveSettings {
        overwrite: true,
        ..LiveSettings::new("/dev/full")
    });
    recorder.source_opened(depth_only());
    for index in 0..20 {
        recorder.push_capture(&capture(index * PERIOD));
    }
    let reason = failed(recorder.finish());
    assert!(reason.contains("free some space"), "{reason}");
    assert!(Path::new("/dev/full").exists());
}

#[test]
fn a_recording_without_captures_leaves_no_file() {
    let folder = Folder::new("without");
    let recorder = LiveRecorder::start(LiveSettings::new(folder.file("a.mkv")));
    recorder.source_opened(depth_only());
    wait_until("recording", || recorder.state() == LiveState::Recording);
    assert_eq!(folder.files(), ["a.mkv"]);
    recorder.source_closed();
    wait_until("waiting", || recorder.state() == LiveState::Waiting);
    assert!(folder.files().is_empty());
    // The recorder keeps the name.
    recorder.source_opened(depth_only());
    recorder.push_capture(&capture(0));
    assert_eq!(finished(recorder.finish()).0, 1);
    assert_eq!(folder.files(), ["a.mkv"]);
}

#[test]
fn a_slow_disk_drops_whole_captures_within_its_memory_and_recovers() {
    let folder = Folder::new("slow");
    let path = folder.file("a.mkv");
    let (disk, faults) = TestDisk::new();
    let limit = 40 * IMAGE;
    let recorder = LiveRecorder::start_on(
        disk,
        LiveSettings {
            most_queued_bytes: limit,
            ..LiveSettings::new(&path)
        },
    );
    recorder.source_opened(with_imu());
    // 50 ms for a capture that comes every 2 ms.
    faults.usec_per_mib.store(280_000, Ordering::Relaxed);
    let mut pool = ImagePool::new(ImageFormat::Depth16);
    let mut images = HashSet::new();
    let (mut longest, mut most_queued, mut behind) = (Duration::ZERO, 0, 0);
    let push = |pool: &mut ImagePool, images: &mut HashSet<usize>, time: u64| {
        let image = pool
            .fill(|image| {
                (image.width, image.height) = mkv::NFOV_2X2;
                image.device_timestamp_usec = time;
                image.pixels = Pixels::U16(vec![time as u16; IMAGE / 2]);
                Ok::<(), ()>(())
            })
            .unwrap();
        images.insert(Arc::as_ptr(&image) as usize);
        let capture = Capture {
            depth: Some(image),
            ..Capture::default()
        };
        let began = Instant::now();
        recorder.push_capture(&capture);
        for index in 0..50 {
            recorder.push_imu_sample(&sample(time + index * PERIOD / 50));
        }
        began.elapsed()
    };
    for index in 0..300 {
        longest = longest.max(push(&mut pool, &mut images, index * PERIOD));
        most_queued = most_queued.max(recorder.figures().queued_bytes);
        behind += u32::from(recorder.state() == LiveState::FallingBehind);
        std::thread::sleep(Duration::from_millis(2));
    }
    let dropped = recorder.figures().dropped_captures;
    assert!(dropped > 100 && behind > 100, "{dropped} {behind}");
    // The disk is fast again, and the recorder recovers by itself.
    faults.usec_per_mib.store(0, Ordering::Relaxed);
    wait_until("catching up", || recorder.state() == LiveState::Recording);
    for index in 300..330 {
        push(&mut pool, &mut images, index * PERIOD);
        std::thread::sleep(Duration::from_millis(5));
    }
    let figures = recorder.figures();
    assert_eq!(figures.dropped_captures, dropped);
    let (captures, ..) = finished(recorder.finish());
    println!(
        "{captures} captures written, {dropped} dropped; at most {} of {} KiB queued, {} images of memory; handing over \
         took {longest:?} at most",
        most_queued >> 10,
        limit >> 10,
        images.len(),
    );
    assert_eq!(captures + dropped, 330);
    // 300 bursts of samples fit into the additional limit for samples.
    assert!(most_queued as usize <= limit + 300 * 50 * 64);
    assert!(images.len() <= 40 + 4, "{}", images.len());
    assert!(longest < Duration::from_millis(20), "{longest:?}");
    let mut recording = Recording::open(&path).unwrap();
    assert_eq!(all_times(&mut recording).len() as u64, captures);
    let samples = all_samples(&mut recording);
    assert_eq!(samples.len(), 330 * 50, "samples are all kept");
    assert!(samples.is_sorted());
}

#[test]
fn a_full_disk_fails_and_leaves_a_whole_file() {
    let folder = Folder::new("full");
    for capacity in [100, 10_000, 600_000, 2_000_000, 2_000_001, 2_100_000] {
        let path = folder.file(&format!("{capacity}.mkv"));
        let (disk, faults) = TestDisk::new();
        faults.capacity.store(capacity, Ordering::Relaxed);
        let recorder = LiveRecorder::start_on(disk, LiveSettings::new(&path));
        recorder.source_opened(depth_only());
        for index in 0..40 {
            recorder.push_capture(&capture(1000 + index * PERIOD));
        }
        let reason = failed(recorder.finish());
        assert!(
            reason.contains("mkv: cannot be written") && reason.contains("free some space"),
            "{reason}"
        );
        if capacity < IMAGE as u64 {
            assert!(!path.exists(), "nothing is in it");
            continue;
        }
        let whole: Vec<_> = (0..capacity / IMAGE as u64)
            .map(|index| 1000 + index * PERIOD)
            .collect();
        assert_eq!(depth_times(&path), whole);
    }
}

#[test]
fn a_full_disk_without_room_for_the_index_costs_the_last_second() {
    let folder = Folder::new("index");
    let path = folder.file("a.mkv");
    // The length of a whole file of so many captures, without its index.
    let length = |captures: u64| {
        let path = folder.file(&format!("{captures}.mkv"));
        let recorder = LiveRecorder::start(LiveSettings::new(&path));
        recorder.source_opened(depth_only());
        for index in 0..captures {
            recorder.push_capture(&capture(index * PERIOD));
        }
        finished(recorder.finish()).1
    };
    // Each capture is a cluster.
    let ninety = length(90);
    let cluster = length(91) - ninety;
    let (disk, faults) = TestDisk::new();
    // The index begins within the last bytes of the disk.
    faults.capacity.store(ninety - 5, Ordering::Relaxed);
    let recorder = LiveRecorder::start_on(disk, LiveSettings::new(&path));
    recorder.source_opened(depth_only());
    for index in 0..120 {
        recorder.push_capture(&capture(index * PERIOD));
    }
    failed(recorder.finish());
    let times = depth_times(&path);
    assert!((60..90).contains(&times.len()), "{}", times.len());
    let expected: Vec<_> = (0..times.len() as u64).map(|i| i * PERIOD).collect();
    assert_eq!(times, expected);
    let size = std::fs::metadata(&path).unwrap().len();
    assert!(size > 60 * cluster && size < ninety);
    assert_eq!(
        Recording::open(&path).unwrap().info().duration_usec,
        times.last().copied().unwrap()
    );
}

#[test]
fn little_room_is_a_warning_at_the_start() {
    let folder = Folder::new("room");
    let (disk, faults) = TestDisk::new();
    faults.free.store(500 << 20, Ordering::Relaxed);
    let recorder = LiveRecorder::start_on(disk, LiveSettings::new(folder.file("a.mkv")));
    recorder.source_opened(depth_only());
    wait_until("a warning", || recorder.figures().warnings == 1);
    let warning = recorder.warning().unwrap();
    // Depth and infrared of 320×288 at 30 captures a second: 11 MB/s.
    assert!(
        warning.contains("500 MiB") && warning.contains("47 s"),
        "{warning}"
    );
    assert_eq!(recorder.figures().free_bytes, Some(500 << 20));
    recorder.finish();
    // The free space of the real disk is known, too.
    let recorder = LiveRecorder::start(LiveSettings::new(folder.file("b.mkv")));
    recorder.source_opened(depth_only());
    wait_until("room", || recorder.figures().free_bytes.is_some());
}

#[test]
fn time_that_goes_back_begins_another_file() {
    let folder = Folder::new("back");
    let recorder = LiveRecorder::start(LiveSettings::new(folder.file("a.mkv")));
    recorder.source_opened(with_imu());
    std::fs::write(folder.file("a-2.mkv"), b"somebody else's").unwrap();
    let start = 50_000_000;
    for run in 0..3 {
        // The clock of the first run begins late, those of the others at 0. Samples arrive before captures.
        let start = if run == 0 { start } else { 0 };
        for index in 0..30 {
            for step in 0..10 {
                recorder.push_imu_sample(&sample(
                    start + 100_000 + index * PERIOD + step * PERIOD / 10,
                ));
            }
            recorder.push_capture(&capture(start + index * PERIOD));
        }
    }
    // A capture that is only late is recorded.
    recorder.push_capture(&capture(28 * PERIOD));
    wait_until("a late image", || recorder.figures().captures == 91);
    assert_eq!(recorder.figures().unordered_images, 1);
    assert_eq!(recorder.figures().files, 3);
    assert_eq!(recorder.figures().dropped_imu_samples, 0);
    assert_eq!(recorder.path(), Some(folder.file("a-4.mkv")));
    let (captures, bytes, seconds, _) = finished(recorder.finish());
    assert_eq!(captures, 91);
    assert!((3.0..3.4).contains(&seconds), "{seconds}");
    assert_eq!(folder.files(), ["a-2.mkv", "a-3.mkv", "a-4.mkv", "a.mkv"]);
    assert_eq!(
        std::fs::read(folder.file("a-2.mkv")).unwrap(),
        b"somebody else's"
    );
    let mut sum = 0;
    for (name, start) in [("a.mkv", start), ("a-3.mkv", 0), ("a-4.mkv", 0)] {
        let path = folder.file(name);
        let mut expected: Vec<_> = (0..30).map(|index| start + index * PERIOD).collect();
        if name == "a-4.mkv" {
            expected.insert(28, 28 * PERIOD);
        }
        assert_eq!(depth_times(&path), expected, "{name}");
        let samples = all_samples(&mut Recording::open(&path).unwrap());
        assert_eq!(samples.len(), 300, "{name}");
        assert_eq!(samples[0], start + 100_000, "{name}");
        sum += std::fs::metadata(path).unwrap().len();
    }
    assert_eq!(bytes, sum);
}

#[test]
fn a_source_that_was_opened_again_begins_another_file_when_it_delivers() {
    let folder = Folder::new("opened");
    let recorder = LiveRecorder::start(LiveSettings::new(folder.file("run-{number}.mkv")));
    recorder.source_opened(depth_only());
    recorder.push_capture(&capture(0));
    recorder.source_closed();
    wait_until("waiting", || {
        recorder.figures().captures == 1 && recorder.state() == LiveState::Waiting
    });
    assert_eq!(depth_times(&folder.file("run-001.mkv")), [0]);
    for _ in 0..1000 {
        // The sensor comes back and is lost again, repeatedly.
        recorder.source_opened(depth_only());
        recorder.source_closed();
    }
    recorder.source_opened(depth_only());
    // The time is later than before, but belongs to another run.
    recorder.push_capture(&capture(PERIOD));
    assert_eq!(finished(recorder.finish()).0, 2);
    assert_eq!(folder.files(), ["run-001.mkv", "run-002.mkv"]);
    assert_eq!(depth_times(&folder.file("run-002.mkv")), [PERIOD]);
}

#[test]
fn other_modes_end_the_recording_and_say_so() {
    let folder = Folder::new("modes");
    // The end is recognised by an image that does not fit.
    let recorder = LiveRecorder::start(LiveSettings::new(folder.file("a.mkv")));
    recorder.source_opened(depth_only());
    recorder.push_capture(&capture(0));
    let mut wide = Image::clone(&depth(PERIOD));
    (wide.width, wide.height) = (512, 512);
    recorder.push_capture(&Capture {
        depth: Some(Arc::new(wide)),
        ..Capture::default()
    });
    wait_until("the end", || recorder.state().has_ended());
    let (captures, _, _, reason) = finished(recorder.state());
    assert_eq!(captures, 1);
    let reason = reason.unwrap();
    assert!(
        reason.contains("512×512") && reason.contains("320×288"),
        "{reason}"
    );
    assert_eq!(depth_times(&folder.file("a.mkv")), [0]);
    // The source reports the end.
    let recorder = LiveRecorder::start(LiveSettings::new(folder.file("b.mkv")));
    recorder.source_opened(depth_only());
    recorder.push_capture(&capture(0));
    recorder.source_opened(with_imu());
    let (captures, _, _, reason) = finished(recorder.finish());
    assert_eq!(captures, 1);
    assert!(reason.unwrap().contains("inertial"));
    assert_eq!(depth_times(&folder.file("b.mkv")), [0]);
}

#[test]
#[cfg(unix)]
fn a_file_that_is_taken_away_fails() {
    let folder = Folder::new("taken");
    let path = folder.file("a.mkv");
    let recorder = LiveRecorder::start(LiveSettings::new(&path));
    recorder.source_opened(depth_only());
    recorder.push_capture(&capture(0));
    wait_until("recording", || recorder.figures().captures == 1);
    std::fs::remove_file(&path).unwrap();
    // The error is noticed during the recording.
    let mut time = 0;
    wait_until("the failure", || {
        time += PERIOD;
        recorder.push_capture(&capture(time));
        recorder.state().has_ended()
    });
    let reason = failed(recorder.state());
    assert!(reason.contains("was deleted"), "{reason}");
    // The error is noticed at the end.
    let recorder = LiveRecorder::start(LiveSettings::new(&path));
    recorder.source_opened(depth_only());
    recorder.push_capture(&capture(0));
    wait_until("recording", || recorder.figures().captures == 1);
    std::fs::remove_file(&path).unwrap();
    assert!(failed(recorder.finish()).contains("was deleted"));
}

#[test]
fn dropping_it_waits_for_nobody_and_the_file_becomes_whole() {
    let folder = Folder::new("dropped");
    let path = folder.file("a.mkv");
    let (disk, faults) = TestDisk::new();
    let recorder = LiveRecorder::start_on(disk, LiveSettings::new(&path));
    recorder.source_opened(depth_only());
    // 20 ms a capture.
    faults.usec_per_mib.store(114_000, Ordering::Relaxed);
    for index in 0..30 {
        recorder.push_capture(&capture(index * PERIOD));
    }
    let began = Instant::now();
    drop(recorder);
    assert!(began.elapsed() < Duration::from_millis(50));
    assert!(!wait_for_recorders(Duration::from_millis(10)));
    // Recorders of other tests may be running, so only the file of this recorder is counted.
    wait_for_recorders(Duration::from_secs(20));
    assert_eq!(depth_times(&path).len(), 30);
}

#[test]
fn samples_far_ahead_of_their_captures_cost_no_capture() {
    let folder = Folder::new("ahead");
    let path = folder.file("a.mkv");
    let recorder = LiveRecorder::start(LiveSettings::new(&path));
    recorder.source_opened(with_imu());
    for index in 0..3000_u64 {
        recorder.push_imu_sample(&sample(index * 1000));
        // A camera that is a second behind.
        if let Some(time) = (index * 1000).checked_sub(1_000_000)
            && index % 33 == 0
        {
            recorder.push_capture(&capture(time));
        }
    }
    wait_until("all", || recorder.figures().queued_bytes == 0);
    let figures = recorder.figures();
    assert_eq!(figures.unfit_images + figures.dropped_imu_samples, 0);
    let (captures, ..) = finished(recorder.finish());
    let mut recording = Recording::open(&path).unwrap();
    assert_eq!(all_times(&mut recording).len() as u64, captures);
    assert_eq!(all_samples(&mut recording).len(), 3000);
}

#[test]
fn an_inertial_sensor_alone_can_be_recorded() {
    let folder = Folder::new("alone");
    let mut settings = with_imu();
    settings.sensor.depth_mode = DepthMode::Off;
    let recorder = LiveRecorder::start(LiveSettings::new(folder.file("a.mkv")));
    recorder.source_opened(settings);
    for time in (0..3000).chain(0..1000) {
        recorder.push_imu_sample(&sample(time * 1000));
    }
    assert_eq!(finished(recorder.finish()).0, 0);
    for (name, count) in [("a.mkv", 3000), ("a-2.mkv", 1000)] {
        let mut recording = Recording::open(folder.file(name)).unwrap();
        assert_eq!(all_samples(&mut recording).len(), count, "{name}");
    }
}

#[test]
fn samples_up_to_two_seconds_late_are_all_recorded_and_later_ones_counted() {
    let folder = Folder::new("late-samples");
    for (late_usec, all) in [(200_000, true), (1_900_000, true), (3_000_000, false)] {
        let path = folder.file(&format!("{late_usec}.mkv"));
        let recorder = LiveRecorder::start(LiveSettings::new(&path));
        recorder.source_opened(with_imu());
        let mut pushed = 0;
        for index in 0..300_u64 {
            recorder.push_capture(&capture(index * PERIOD));
            for step in 0..10 {
                let time = index * PERIOD + step * PERIOD / 10;
                if let Some(time) = time.checked_sub(late_usec) {
                    recorder.push_imu_sample(&sample(time));
                    pushed += 1;
                }
            }
        }
        wait_until("all", || recorder.figures().queued_bytes == 0);
        let (captures, ..) = finished(recorder.finish());
        assert_eq!(captures, 300);
        let mut recording = Recording::open(&path).unwrap();
        assert_eq!(all_times(&mut recording).len(), 300);
        let samples = all_samples(&mut recording);
        assert!(samples.is_sorted());
        assert_eq!(
            samples.len() == pushed,
            all,
            "{late_usec}: {}",
            samples.len()
        );
    }
    // Lost captures are counted.
    let recorder = LiveRecorder::start(LiveSettings::new(folder.file("lost.mkv")));
    recorder.source_opened(with_imu());
    for index in 0..300_u64 {
        recorder.push_capture(&capture(10_000_000 + index * PERIOD));
    }
    for index in 0..100 {
        recorder.push_imu_sample(&sample(10_000_000 + index * 1000));
    }
    recorder.push_capture(&capture(10_000_000 + 300 * PERIOD));
    wait_until("the losses", || {
        recorder.figures().dropped_imu_samples == 100
    });
    finished(recorder.finish());
}

#[test]
fn a_clock_that_stands_still_or_steps_back_loses_no_image() {
    let folder = Folder::new("clock");
    type Clock = fn(u64) -> u64;
    let clocks: [(&str, Clock, u64); 4] = [
        ("still", |_| 7, 299),
        ("zero", |_| 0, 299),
        (
            "back",
            |i| 1_000_000 + i * PERIOD - if i % 10 == 9 { 40_000 } else { 0 },
            30,
        ),
        ("stops", |i| i.min(100) * PERIOD, 199),
    ];
    for (name, clock, unordered) in clocks {
        let path = folder.file(&format!("{name}.mkv"));
        let recorder = LiveRecorder::start(LiveSettings::new(&path));
        recorder.source_opened(with_imu());
        for index in 0..300 {
            recorder.push_capture(&capture(clock(index)));
        }
        wait_until("all", || recorder.figures().queued_bytes == 0);
        wait_until("all", || recorder.figures().captures == 300);
        let figures = recorder.figures();
        assert_eq!(figures.unfit_images, 0, "{name}");
        assert_eq!(figures.unordered_images, unordered, "{name}");
        assert_eq!((figures.files, figures.warnings), (1, 1), "{name}");
        let warning = recorder.warning().unwrap();
        assert!(warning.contains("clock"), "{warning}");
        assert_eq!(finished(recorder.finish()).0, 300);
        let mut expected: Vec<_> = (0..300).map(clock).collect();
        expected.sort_unstable();
        assert_eq!(depth_times(&path), expected, "{name}");
    }
    // The writer does not wait for a clock that has stopped, so its memory is bounded.
    let path = folder.file("bounded.mkv");
    let recorder = LiveRecorder::start(LiveSettings::new(&path));
    recorder.source_opened(depth_only());
    for _ in 0..300 {
        recorder.push_capture(&capture(0));
    }
    wait_until("bytes", || recorder.figures().bytes > 180 * IMAGE as u64);
    finished(recorder.finish());
}

#[test]
fn a_recording_is_as_long_as_asked_for_although_the_clock_stands_still() {
    struct Standing(SensorInfo);
    impl CaptureSource for Standing {
        fn info(&self) -> &SensorInfo {
            &self.0
        }
        fn calibration(&self) -> Option<&kinect_azure::Calibration> {
            None
        }
        fn next_capture(&mut self, _: Duration) -> Result<NextCapture, kinect_azure::SourceError> {
            std::thread::sleep(Duration::from_millis(5));
            Ok(NextCapture::Capture(capture(0)))
        }
        fn next_imu_sample(&mut self) -> Result<Option<ImuSample>, kinect_azure::SourceError> {
            Ok(None)
        }
    }
    let settings = depth_only();
    let memory = Box::new(std::io::Cursor::new(Vec::new()));
    let mut writer =
        kinect_azure::recording::RecordingWriter::new("a.mkv", memory, settings.clone()).unwrap();
    let began = Instant::now();
    let limit = Some(Duration::from_millis(200));
    let mut source = Standing(settings.sensor);
    let count = kinect_azure::recording::record(&mut source, &mut writer, limit).unwrap();
    assert!((2..=40).contains(&count), "{count}");
    assert!(began.elapsed() >= Duration::from_millis(200));
    assert!(writer.finish().unwrap() > count * IMAGE as u64);
}

/// Not a test, but the process that the next test kills.
#[test]
fn child_that_records_until_it_is_killed() {
    let Some(path) = std::env::var_os("KINECT_TEST_RECORD_TO") else {
        return;
    };
    let recorder = LiveRecorder::start(LiveSettings::new(path));
    recorder.source_opened(with_imu());
    for index in 0.. {
        let time = 7_000_000 + index * PERIOD;
        recorder.push_capture(&capture(time));
        for step in 0..10 {
            recorder.push_imu_sample(&sample(time + step * PERIOD / 10));
        }
        std::thread::sleep(Duration::from_millis(3));
        println!("written {}", recorder.figures().captures);
    }
}

#[test]
fn a_killed_process_leaves_a_file_that_plays() {
    let folder = Folder::new("killed");
    for round in 0..3 {
        let path = folder.file(&format!("{round}.mkv"));
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "live::child_that_records_until_it_is_killed",
                "--exact",
                "--nocapture",
            ])
            .env("KINECT_TEST_RECORD_TO", &path)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut written = 0;
        for line in std::io::BufReader::new(child.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            written = line
                .rsplit_once("written ")
                .map_or(0, |(_, count)| count.parse().unwrap());
            if written >= 50 + round {
                break;
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();

        let mut recording = Recording::open(&path).unwrap();
        assert!(recording.info().unfinished);
        assert_eq!(recording.info().start_offset_usec, 7_000_000);
        let times = all_times(&mut recording);
        let expected: Vec<_> = (0..times.len() as u64)
            .map(|index| [None, Some(7_000_000 + index * PERIOD), None])
            .collect();
        assert_eq!(times, expected);
        // Data that is still in the writer is lost: 150 ms of captures, and the cluster that is being written.
        assert!(
            times.len() as u64 + 6 >= written,
            "{} of {written}",
            times.len()
        );
        assert!(all_samples(&mut recording).len() > 400);
    }
}
