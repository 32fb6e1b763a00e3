//! Compares this project's code with the vendor's real libraries, in turn, in one run: `cargo bench -p kinect_azure`.
//!
//! Each line of the table is a requirement of the project. Both sides run alternately, so that other load on the
//! machine affects both, and their lower quartiles are compared, because other load can only slow a run down. Without
//! the vendor's libraries the lines that need them are left out; without the real data (see the tests) there is nothing
//! to measure.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::time::Instant;

use k4a_judge::{CountingAllocator, Judge, SeekOrigin, abi, allocations};
use kinect_azure::calibration::XyTable;
use kinect_azure::decode::ColorDecoder;
use kinect_azure::image::Pixels;
use kinect_azure::recording::Recording;
use kinect_azure::transform::{point_cloud_f32, point_cloud_i16};
use kinect_azure::{ColorFormat, ColorResolution, DepthMode, Image, ImageFormat, RawCalibration};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

/// Captures in the recordings made for measuring.
const CAPTURES: u64 = 150;

fn main() {
    let Some(data) = data_folder() else { return };
    let sample = data.join("recordings/mug-720p-nfov.mkv");
    let capture = Recording::open(&sample).unwrap().next_capture().unwrap();
    let capture = capture.expect("the sample has one capture");
    let (color, depth, ir) = (
        capture.color.clone().unwrap(),
        capture.depth.clone().unwrap(),
        capture.ir.clone().unwrap(),
    );
    let json = std::fs::read(data.join("calibrations/001514394512.json")).unwrap();
    let raw = RawCalibration::parse(&json).unwrap();
    let judge = k4a_judge::judge();

    let mut table = Table::default();
    if let Some(judge) = judge {
        let folder = Temporary::new();
        reading(&mut table, judge, &folder.0, &color, &depth, &ir);
        jpeg(&mut table, judge, &folder.0, &color);
    } else {
        decoding_alone(&mut table, &color);
    }
    point_clouds(&mut table, judge, &raw, &json, depth.u16_pixels());
    tables(&mut table, &raw);
    table.print();
}

/// Reading a recording, open to end.
fn reading(
    table: &mut Table,
    judge: &'static Judge,
    folder: &Path,
    color: &Image,
    depth: &Image,
    ir: &Image,
) {
    let path = folder.join("all.mkv");
    record(judge, &path, |time| {
        let images = [
            judge.mjpg_image(1280, 720, color.bytes()).unwrap(),
            judge.depth_image(640, 576, depth.u16_pixels()).unwrap(),
            judge
                .image(5, 640, 576, 1280, ir.bytes())
                .expect("an infrared image"),
        ];
        for image in &images {
            image.set_device_timestamp_usec(time);
        }
        let [color, depth, ir] = &images;
        judge.capture(Some(color), Some(depth), Some(ir)).unwrap()
    });
    let (ours, theirs) = in_turn(
        9,
        || {
            let mut recording = Recording::open(&path).unwrap();
            let mut captures = 0;
            while let Some(capture) = recording.next_capture().unwrap() {
                captures += 1;
                std::hint::black_box(capture);
            }
            assert_eq!(captures, CAPTURES);
        },
        || {
            let playback = judge.open(&path).unwrap();
            let mut captures = 0;
            while let Some(capture) = playback.next_capture().unwrap() {
                captures += 1;
                // The library takes out an image when it is asked for.
                std::hint::black_box((capture.color(), capture.depth(), capture.ir()));
            }
            assert_eq!(captures, CAPTURES);
        },
    );
    table.line(
        &format!("read a recording of {CAPTURES} captures"),
        ours,
        Other::Vendor(theirs),
        Demand::TimesFaster(2.0),
    );
}

/// JPEG to BGRA, against what the vendor's conversion adds to reading.
fn jpeg(table: &mut Table, judge: &'static Judge, folder: &Path, color: &Image) {
    let path = folder.join("color.mkv");
    record(judge, &path, |time| {
        let image = judge.mjpg_image(1280, 720, color.bytes()).unwrap();
        image.set_device_timestamp_usec(time);
        judge.capture(Some(&image), None, None).unwrap()
    });
    let plain = judge.open(&path).unwrap();
    let converted = judge.open(&path).unwrap();
    converted.set_color_conversion(3).unwrap();
    let next = |playback: &k4a_judge::Playback| {
        let begin = Instant::now();
        let capture = playback.next_capture().unwrap();
        let time = seconds(begin);
        match capture {
            Some(capture) => assert!(!capture.color().unwrap().bytes().is_empty()),
            None => playback.seek(0, SeekOrigin::Begin).unwrap(),
        }
        time
    };
    let mut decoder = ColorDecoder::new();
    let mut bgra = Vec::new();
    decoder.decode(color, &mut bgra).unwrap();
    let mut allocated = 0;
    let (mut ours, mut reading, mut converting) = (vec![], vec![], vec![]);
    for _ in 0..CAPTURES {
        reading.push(next(&plain));
        converting.push(next(&converted));
        let begin = Instant::now();
        allocated += allocations(|| decoder.decode(color, &mut bgra).unwrap());
        ours.push(seconds(begin));
    }
    table.line(
        "JPEG 720p to BGRA, one thread",
        lower_quartile(ours),
        Other::Vendor(lower_quartile(converting) - lower_quartile(reading)),
        Demand::TimesFaster(1.0),
    );
    table.note(&format!(
        "{allocated} allocations in {CAPTURES} decoded images"
    ));
    decoding_alone(table, color);
}

/// JPEG to BGRA on all processors.
fn decoding_alone(table: &mut Table, color: &Image) {
    let mut decoder = ColorDecoder::new();
    decoder.parallel = true;
    let mut bgra = Vec::new();
    let time = alone(100, || decoder.decode(color, &mut bgra).unwrap());
    table.line(
        "JPEG 720p to BGRA, all threads",
        time,
        Other::None,
        Demand::None,
    );

    // NV12 images are only converted.
    let mut image = Image::empty(ImageFormat::Color(ColorFormat::Nv12));
    (image.width, image.height, image.stride) = (1280, 720, 1280);
    image.pixels = Pixels::Bytes(vec![100; 1280 * 720 * 3 / 2]);
    let time = alone(100, || decoder.decode(&image, &mut bgra).unwrap());
    table.line("NV12 720p to BGRA", time, Other::None, Demand::None);
}

fn point_clouds(
    table: &mut Table,
    judge: Option<&'static Judge>,
    raw: &RawCalibration,
    json: &[u8],
    depth: &[u16],
) {
    let calibration = raw
        .calibration(DepthMode::NfovUnbinned, ColorResolution::Off)
        .unwrap();
    let rays = XyTable::new(&calibration.depth_camera.unwrap());
    let mut points = vec![[0; 3]; depth.len()];
    if let Some(judge) = judge {
        let theirs = judge.calibration_from_raw(json, 2, 0).unwrap();
        let transformation = judge.transformation(&theirs).unwrap();
        let image = judge.depth_image(640, 576, depth).unwrap();
        let cloud = judge.point_cloud_image(640, 576).unwrap();
        let (ours, theirs) = in_turn(
            400,
            || point_cloud_i16(&rays, depth, &mut points).unwrap(),
            || transformation.point_cloud(&image, 0, &cloud).unwrap(),
        );
        table.line(
            "point cloud, i16 mm, NFOV unbinned",
            ours,
            Other::Vendor(theirs),
            Demand::TimesFaster(1.0),
        );
    }
    let mut metres = vec![[0.0f32; 3]; depth.len()];
    let source = vec![[1.0f32; 3]; depth.len()];
    let mut target = vec![[0.0f32; 3]; depth.len()];
    let (ours, copy) = in_turn(
        400,
        || point_cloud_f32(&rays, depth, &mut metres).unwrap(),
        || {
            target.copy_from_slice(std::hint::black_box(&source));
            std::hint::black_box(&mut target);
        },
    );
    table.line(
        "point cloud, f32 m, NFOV unbinned",
        ours,
        Other::Copy(copy),
        Demand::TimesFaster(1.0 / 1.5),
    );
}

fn tables(table: &mut Table, raw: &RawCalibration) {
    let depth = raw
        .calibration(DepthMode::NfovUnbinned, ColorResolution::R3072p)
        .unwrap();
    for (name, camera, rounds, limit) in [
        ("x-y table NFOV unbinned", depth.depth_camera, 30, 0.015),
        ("x-y table 3072P", depth.color_camera, 5, 0.5),
    ] {
        let camera = camera.unwrap();
        let time = alone(rounds, || {
            std::hint::black_box(XyTable::new(&camera));
        });
        table.line(name, time, Other::None, Demand::Under(limit));
    }
}

/// Records the same capture again and again at 30 captures a second.
fn record(
    judge: &'static Judge,
    path: &Path,
    mut capture_at: impl FnMut(u64) -> k4a_judge::Capture,
) {
    let with_depth = capture_at(0).depth().is_some();
    let configuration = abi::DeviceConfiguration {
        color_resolution: 1,
        depth_mode: if with_depth { 2 } else { 0 },
        camera_fps: 2,
        ..Default::default()
    };
    let recorder = judge.record(path, configuration).unwrap();
    recorder.write_header().unwrap();
    for index in 0..CAPTURES {
        let capture = capture_at(1_000_000 + index * 33_333);
        recorder.write_capture(&capture).unwrap();
    }
}

fn seconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64()
}

fn lower_quartile(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 4]
}

/// Lower quartiles of the times, in seconds, of two functions that run alternately.
fn in_turn(rounds: usize, mut ours: impl FnMut(), mut theirs: impl FnMut()) -> (f64, f64) {
    // Once for the caches and pools.
    ours();
    theirs();
    let (mut our_times, mut their_times) = (vec![], vec![]);
    for _ in 0..rounds {
        let begin = Instant::now();
        ours();
        our_times.push(seconds(begin));
        let begin = Instant::now();
        theirs();
        their_times.push(seconds(begin));
    }
    (lower_quartile(our_times), lower_quartile(their_times))
}

/// Lower quartile of the times of one function, in seconds.
fn alone(rounds: usize, mut ours: impl FnMut()) -> f64 {
    in_turn(rounds, &mut ours, || {}).0
}

/// The other side of a comparison.
#[derive(Clone, Copy)]
enum Other {
    None,
    Vendor(f64),
    Copy(f64),
}

/// The requirement on this project's code.
#[derive(Clone, Copy)]
enum Demand {
    None,
    /// At least this many times as fast as the other side.
    TimesFaster(f64),
    /// Less than this many seconds.
    Under(f64),
}

#[derive(Default)]
struct Table(Vec<String>);

impl Table {
    fn line(&mut self, what: &str, ours: f64, other: Other, demand: Demand) {
        let (other_name, other) = match other {
            Other::None => ("", None),
            Other::Vendor(time) => ("vendor", Some(time)),
            Other::Copy(time) => ("plain copy", Some(time)),
        };
        let faster = other.map(|other| other / ours);
        let (demand, met) = match demand {
            Demand::None => (String::new(), None),
            Demand::TimesFaster(times) => (
                format!("{times:.2}× as fast"),
                faster.map(|faster| faster >= times),
            ),
            Demand::Under(limit) => (format!("under {}", show(limit)), Some(ours < limit)),
        };
        let met = match met {
            None => "",
            Some(true) => "met",
            Some(false) => "MISSED",
        };
        self.0.push(format!(
            "{what:<38}{:>11}{:>11} {other_name:<11}{:>8}  {demand:<16}{met}",
            show(ours),
            other.map(show).unwrap_or_default(),
            faster.map(|f| format!("{f:.2}×")).unwrap_or_default(),
        ));
    }

    fn note(&mut self, text: &str) {
        self.0.push(format!("    {text}"));
    }

    fn print(&self) {
        println!(
            "{:<38}{:>11}{:>11} {:<11}{:>8}  demand",
            "", "ours", "other", "", "faster"
        );
        for line in &self.0 {
            println!("{line}");
        }
    }
}

fn show(seconds: f64) -> String {
    format!("{:.3} ms", seconds * 1e3)
}

fn data_folder() -> Option<PathBuf> {
    k4a_judge::real_data("")
}

/// A folder that is removed when this is dropped.
struct Temporary(PathBuf);

impl Temporary {
    fn new() -> Self {
        let name = format!("kinect-azure-bench-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // A file that is left in the temporary folder does no harm.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
