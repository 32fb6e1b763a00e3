//! `kinect export`: a recording's images, point clouds and inertial samples as files that every other program reads.
//!
//! One thread reads captures in order and hands them over a short queue to as many workers as there are cores; each
//! worker turns one capture into its files ([`frame`]). The queue bounds the memory however long the recording is.
//! Inertial samples are one file, written afterwards ([`imu`]). Every file appears under its name only when it is
//! whole ([`crate::files`]).

mod frame;
mod imu;
mod ply;
mod range;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError, mpsc};
use std::time::Instant;

use clap::{Args, ValueEnum};
use kinect_azure::Capture;
use kinect_azure::calibration::XyTable;
use kinect_azure::recording::{Recording, RecordingError, TrackKind};

use self::frame::{Frame, FrameWriter, PointSource, Written};
use self::range::Range;
use crate::files::{PartFile, WriteError};
use crate::terminal::{Progress, plural, print, printable};

/// Said by `kinect export --help`.
pub(crate) const HELP: &str = "\
Files (NNNNNN = number of the capture in the whole recording, from 000000, whatever --from says):
  NNNNNN-color.jpg    colour as stored, byte for byte (MJPG)
  NNNNNN-color.png    colour of other formats, or of all with --color-png; 8 bits each of red, green, blue
  NNNNNN-depth.png    depth in millimetres, 16 bits grey, 0 = no measurement
  NNNNNN-ir.png       infrared brightness, 16 bits grey
  NNNNNN-points.ply   binary little-endian PLY: x, y, z as float in metres, x to the right, y up, -z forward, from the
                      depth camera; red, green, blue as the colour camera sees the point, 128, 128, 128 where it does not.
                      Only pixels with a measurement
  captures.csv        the device timestamps (µs) of every exported capture's images
  imu.csv             inertial samples: device timestamps (µs), acceleration (m/s²), angular velocity (rad/s)
Files that are there already are replaced. A frame that is broken is named and left out, the rest is exported, and the
command ends with status 1.";

/// What the user asked for.
#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// The recording (.mkv)
    file: PathBuf,
    /// The folder to write to; made if it is not there
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// What to export, separated by commas [default: all the recording has]
    #[arg(long, value_enum, value_delimiter = ',', value_name = "STREAMS")]
    only: Vec<Stream>,
    /// Seconds since the start of the recording at which to begin
    #[arg(long, value_name = "S", value_parser = range::parse_seconds)]
    from: Option<u64>,
    /// Seconds since the start of the recording before which to end
    #[arg(long, value_name = "S", value_parser = range::parse_seconds)]
    to: Option<u64>,
    /// Decodes JPEG colour images and writes PNG
    #[arg(long)]
    color_png: bool,
}

/// What can be exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Stream {
    /// Colour images
    Color,
    /// Depth images
    Depth,
    /// Infrared images
    Ir,
    /// Coloured point clouds
    Points,
    /// Inertial samples
    Imu,
}

/// Why an export stops before its end.
#[derive(Debug, thiserror::Error)]
enum ExportError {
    #[error(transparent)]
    Recording(#[from] RecordingError),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error("{}: has no {what}, but --only asks for it; `kinect info` says what the recording has", file.display())]
    NotInRecording { file: PathBuf, what: &'static str },
    #[error(
        "{}: point clouds need {missing}; export other streams with --only color,depth,ir,imu",
        file.display()
    )]
    NoPoints {
        file: PathBuf,
        missing: &'static str,
    },
}

/// Which streams to write, after asking the recording what it has.
#[derive(Debug)]
struct Plan {
    color: bool,
    depth: bool,
    ir: bool,
    imu: bool,
    points: Option<PointSource>,
    color_png: bool,
}

impl Plan {
    fn captures(&self) -> bool {
        self.color || self.depth || self.ir || self.points.is_some()
    }
}

/// What went wrong with single frames, counted and shown by whichever thread meets it.
#[derive(Debug)]
struct Faults {
    progress: Progress,
    count: AtomicU64,
}

impl Faults {
    /// Beyond this many, faults are only counted: a recording can have one in every frame.
    const SHOWN: u64 = 20;

    fn report(&self, message: &str) {
        let before = self.count.fetch_add(1, Ordering::Relaxed);
        if before < Self::SHOWN {
            self.progress.warn(message);
        } else if before == Self::SHOWN {
            self.progress.warn("further broken frames are only counted");
        }
    }
}

/// Exports and says what was written.
pub(crate) fn run(args: &ExportArgs) -> Result<ExitCode, String> {
    let range = match Range::new(args.from, args.to) {
        Ok(range) => range,
        Err(message) => {
            eprintln!("error: {message}");
            return Ok(ExitCode::from(2));
        }
    };
    export(args, range).map_err(|e| printable(&e.to_string()))
}

fn export(args: &ExportArgs, range: Range) -> Result<ExitCode, ExportError> {
    let start = Instant::now();
    let mut recording = Recording::open(&args.file)?;
    let faults = Faults {
        progress: Progress::new("exporting"),
        count: AtomicU64::new(0),
    };
    for warning in &recording.info().warnings {
        faults.progress.warn(warning);
    }
    let plan = plan(args, &recording)?;
    std::fs::create_dir_all(&args.out).map_err(|source| WriteError::new(&args.out, source))?;

    let mut written = Written::default();
    if plan.captures() {
        written = export_captures(&mut recording, &plan, range, &args.out, &faults)?;
    }
    if plan.imu {
        written.imu_samples = imu::export(&mut recording, range, &args.out, |e| faults.report(e))?;
    }

    let broken = faults.count.into_inner();
    drop(faults.progress);
    let summary = format!(
        "{} to {} in {:.1} s\n",
        written.summary(&plan),
        args.out.display(),
        start.elapsed().as_secs_f64()
    );
    // A summary that nobody reads is no reason to fail.
    let _ = print(&printable(&summary));
    if broken == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!(
        "error: {}; everything else was exported",
        plural(broken, "broken frame")
    );
    Ok(ExitCode::FAILURE)
}

/// Decides what to write: what was asked for, otherwise all that the recording has.
fn plan(args: &ExportArgs, recording: &Recording) -> Result<Plan, ExportError> {
    let has = |kind| recording.tracks().iter().any(|track| track.kind == kind);
    let wanted = |stream| args.only.contains(&stream);
    let all = args.only.is_empty();
    let pick = |stream, kind, what| {
        if wanted(stream) && !has(kind) {
            let file = args.file.clone();
            return Err(ExportError::NotInRecording { file, what });
        }
        Ok((all || wanted(stream)) && has(kind))
    };
    let points = match point_source(recording) {
        _ if !all && !wanted(Stream::Points) => None,
        Ok(source) => Some(source),
        Err(missing) if wanted(Stream::Points) => {
            let file = args.file.clone();
            return Err(ExportError::NoPoints { file, missing });
        }
        // Where the calibration cannot be used, the recording's own warning has said so.
        Err(_) => None,
    };
    Ok(Plan {
        color: pick(Stream::Color, TrackKind::Color, "colour images")?,
        depth: pick(Stream::Depth, TrackKind::Depth, "depth images")?,
        ir: pick(Stream::Ir, TrackKind::Ir, "infrared images")?,
        imu: pick(Stream::Imu, TrackKind::Imu, "inertial samples")?,
        points,
        color_png: args.color_png,
    })
}

/// What point clouds are computed from; where it is missing, what that is.
fn point_source(recording: &Recording) -> Result<PointSource, &'static str> {
    if !recording
        .tracks()
        .iter()
        .any(|track| track.kind == TrackKind::Depth)
    {
        return Err("depth images, which the recording does not have");
    }
    let calibration = recording
        .calibration()
        .ok_or("the sensor's calibration, which the recording does not have")?;
    let camera = calibration
        .depth_camera
        .as_ref()
        .ok_or("the depth camera's calibration, which the recording does not have")?;
    Ok(PointSource {
        table: XyTable::new(camera),
        calibration: calibration.clone(),
    })
}

/// Reads captures and lets workers write them. The first error that is not only one frame's ends it.
fn export_captures(
    recording: &mut Recording,
    plan: &Plan,
    range: Range,
    out: &Path,
    faults: &Faults,
) -> Result<Written, ExportError> {
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    let (sender, receiver) = mpsc::sync_channel::<Frame>(workers);
    let receiver = Mutex::new(receiver);
    let stop = AtomicBool::new(false);
    let mut times = captures_csv(out)?;

    let (read, written) = std::thread::scope(|scope| {
        let work = || -> Result<Written, ExportError> {
            let mut writer = FrameWriter::new(plan, out);
            let mut written = Written::default();
            loop {
                let next = receiver
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .recv();
                let Ok(frame) = next else {
                    return Ok(written);
                };
                if stop.load(Ordering::Relaxed) {
                    // Drain the queue, so that the reader never waits for a worker that has given up.
                    continue;
                }
                if let Err(e) = writer.write(&frame, &mut written, |fault| faults.report(fault)) {
                    stop.store(true, Ordering::Relaxed);
                    return Err(e.into());
                }
            }
        };
        let handles: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        let read = read_captures(recording, range, faults, |frame| {
            csv_row(&mut times, &frame)?;
            // An error here means that every worker gave up; its own error says why.
            Ok(!stop.load(Ordering::Relaxed) && sender.send(frame).is_ok())
        });
        drop(sender);
        let mut written = Ok(Written::default());
        for handle in handles {
            // A worker that panicked is a bug of ours; the scope passes the panic on.
            if let Ok(result) = handle.join() {
                written = match (written, result) {
                    (Ok(sum), Ok(part)) => Ok(sum + part),
                    (Err(e), _) | (_, Err(e)) => Err(e),
                };
            }
        }
        (read, written)
    });
    let captures = read?;
    let mut written = written?;
    times.finish()?;
    written.captures = captures;
    Ok(written)
}

/// Hands every capture of the range to `take` until it says `false`. Gives the number of captures handed over.
fn read_captures(
    recording: &mut Recording,
    range: Range,
    faults: &Faults,
    mut take: impl FnMut(Frame) -> Result<bool, ExportError>,
) -> Result<u64, ExportError> {
    let offset = recording.info().start_offset_usec;
    let end = range.end(recording.info().duration_usec);
    let mut index = recording.skip_captures_before(range.from())?;
    let mut taken = 0;
    loop {
        match recording.next_capture() {
            Ok(None) => return Ok(taken),
            Ok(Some(capture)) => {
                let time = capture_time(&capture, offset);
                let number = index;
                index += 1;
                if range.is_after(time) {
                    return Ok(taken);
                }
                faults.progress.set(range.share(time, end));
                faults.progress.say(format!("capture {number}"));
                taken += 1;
                if !take(Frame { number, capture })? {
                    return Ok(taken);
                }
            }
            Err(e) if e.is_local() => {
                // A frame that cannot be used still has its number; a damaged stretch has none.
                index += u64::from(matches!(e, RecordingError::BadFrame { .. }));
                faults.report(&e.to_string());
            }
            Err(e) => return Err(e.into()),
        }
    }
}

/// When a capture was taken, in µs since the start of the recording.
fn capture_time(capture: &Capture, start_offset_usec: u64) -> u64 {
    capture
        .device_timestamp_usec()
        .unwrap_or(start_offset_usec)
        .saturating_sub(start_offset_usec)
}

fn captures_csv(out: &Path) -> Result<PartFile, WriteError> {
    let mut file = PartFile::create(out.join("captures.csv"))?;
    file.write(b"capture,color_timestamp_us,depth_timestamp_us,ir_timestamp_us\n")?;
    Ok(file)
}

fn csv_row(file: &mut PartFile, frame: &Frame) -> Result<(), WriteError> {
    let capture = &frame.capture;
    let [color, depth, ir] = [&capture.color, &capture.depth, &capture.ir].map(|image| {
        image
            .as_ref()
            .map_or_else(String::new, |i| i.device_timestamp_usec.to_string())
    });
    file.write(format!("{},{color},{depth},{ir}\n", frame.number).as_bytes())
}
