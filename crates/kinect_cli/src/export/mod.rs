//! `kinect export`: a recording's images, point clouds and inertial samples as files that every other program reads.
//!
//! One thread reads captures in order and hands them over a short queue to as many workers as there are cores; each
//! worker turns one capture into its files ([`frame`]). The queue bounds the memory however long the recording is.
//! Inertial samples are one file, written afterwards ([`imu`]). Every file appears under its name only when it is
//! whole ([`crate::files`]).

mod aligned;
mod frame;
mod imu;
mod picture;
mod range;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError, mpsc};
use std::time::Instant;

use clap::{Args, ValueEnum};
use kinect_azure::Capture;
use kinect_azure::calibration::{Calibration, XyTable};
use kinect_azure::recording::{Recording, RecordingError, TrackKind};
use kinect_azure::transform::{Occlusion, Transformation};

use self::aligned::AlignedSource;
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
  NNNNNN-depth-aligned.png
                      depth as the colour camera would measure it: of the colour image's size, millimetres along the
                      colour camera's axis, 16 bits grey, 0 = nothing seen
  NNNNNN-ir-aligned.png
                      infrared brightness as the colour camera would see it, 16 bits grey, 0 where there is no depth
  NNNNNN-color-aligned.png
                      colour as the depth camera would see it: of the depth image's size, 8 bits each of red, green,
                      blue, alpha; alpha 0 = no depth, or outside the colour image
  NNNNNN-points-aligned.ply
                      a point for every pixel of the aligned depth, with that pixel's colour; the same place and axes as
                      NNNNNN-points.ply, so that the two lie over one another
  captures.csv        the device timestamps (µs) of every exported capture's images
  imu.csv             inertial samples: device timestamps (µs), acceleration (m/s²), angular velocity (rad/s)
The aligned ones are written when --only names them; they need depth, colour and the sensor's calibration.
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
    /// What to export, separated by commas [default: all the recording has, without the aligned]
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
    /// Gives no colour to what a near object hides from the colour camera; without, it gets that object's colour
    #[arg(long)]
    hide_occluded: bool,
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
    /// Depth images in the colour camera's view
    DepthAligned,
    /// Colour images in the depth camera's view
    ColorAligned,
    /// Infrared images in the colour camera's view
    IrAligned,
    /// Point clouds of the colour image's pixels
    PointsAligned,
    /// Inertial samples
    Imu,
}

impl Stream {
    /// Streams that are files of their own for every capture, in the order of their declaration.
    const OF_CAPTURES: [Self; 8] = [
        Self::Color,
        Self::Depth,
        Self::Ir,
        Self::Points,
        Self::DepthAligned,
        Self::ColorAligned,
        Self::IrAligned,
        Self::PointsAligned,
    ];

    /// The name in files and messages.
    const fn name(self) -> &'static str {
        match self {
            Self::Color => "color",
            Self::Depth => "depth",
            Self::Ir => "ir",
            Self::Points => "points",
            Self::DepthAligned => "depth-aligned",
            Self::ColorAligned => "color-aligned",
            Self::IrAligned => "ir-aligned",
            Self::PointsAligned => "points-aligned",
            Self::Imu => "imu",
        }
    }

    /// Whether it is of one camera's images in the other camera's view.
    const fn is_aligned(self) -> bool {
        matches!(
            self,
            Self::DepthAligned | Self::ColorAligned | Self::IrAligned | Self::PointsAligned
        )
    }
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
        "{}: {what} need {missing}; export other streams with --only color,depth,ir,imu",
        file.display()
    )]
    Missing {
        file: PathBuf,
        what: &'static str,
        missing: String,
    },
}

/// Which streams to write, after asking the recording what it has.
#[derive(Debug)]
struct Plan {
    streams: Vec<Stream>,
    points: Option<PointSource>,
    aligned: Option<AlignedSource>,
    color_png: bool,
    occlusion: Occlusion,
}

impl Plan {
    fn has(&self, stream: Stream) -> bool {
        self.streams.contains(&stream)
    }

    fn captures(&self) -> bool {
        self.streams.iter().any(|&stream| stream != Stream::Imu)
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
    if plan.has(Stream::Imu) {
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
    let wanted = |stream| args.only.contains(&stream);
    let all = args.only.is_empty();
    let mut streams = Vec::new();
    for (stream, kind, what) in [
        (Stream::Color, TrackKind::Color, "colour images"),
        (Stream::Depth, TrackKind::Depth, "depth images"),
        (Stream::Ir, TrackKind::Ir, "infrared images"),
        (Stream::Imu, TrackKind::Imu, "inertial samples"),
    ] {
        let file = args.file.clone();
        match has(recording, kind) {
            true if all || wanted(stream) => streams.push(stream),
            false if wanted(stream) => return Err(ExportError::NotInRecording { file, what }),
            _ => {}
        }
    }
    let missing = |what, missing: String| {
        let file = args.file.clone();
        ExportError::Missing {
            file,
            what,
            missing,
        }
    };
    let points = match point_source(recording) {
        _ if !all && !wanted(Stream::Points) => None,
        Ok(source) => Some(source),
        Err(why) if wanted(Stream::Points) => {
            return Err(missing("point clouds", why.to_owned()));
        }
        // Where the calibration cannot be used, the recording's own warning has said so.
        Err(_) => None,
    };
    if points.is_some() {
        streams.push(Stream::Points);
    }
    let aligned_streams: Vec<Stream> = Stream::OF_CAPTURES
        .into_iter()
        .filter(|&stream| stream.is_aligned() && wanted(stream))
        .collect();
    let mut aligned = None;
    if !aligned_streams.is_empty() {
        let infrared = wanted(Stream::IrAligned);
        let source = aligned_source(recording, infrared);
        aligned = Some(source.map_err(|why| missing("aligned images and points", why))?);
        streams.extend(aligned_streams);
    }
    Ok(Plan {
        streams,
        points,
        aligned,
        color_png: args.color_png,
        occlusion: if args.hide_occluded {
            Occlusion::Hide
        } else {
            Occlusion::Ignore
        },
    })
}

fn has(recording: &Recording, kind: TrackKind) -> bool {
    recording.tracks().iter().any(|track| track.kind == kind)
}

/// What point clouds are computed from; where it is missing, what that is.
fn point_source(recording: &Recording) -> Result<PointSource, &'static str> {
    if !has(recording, TrackKind::Depth) {
        return Err("depth images, which the recording does not have");
    }
    let calibration = calibration(recording)?;
    let camera = calibration
        .depth_camera
        .as_ref()
        .ok_or("the depth camera's calibration, which the recording does not have")?;
    Ok(PointSource {
        table: XyTable::new(camera),
        // Without a colour camera the points have no colours.
        transformation: Transformation::new(calibration).ok(),
    })
}

/// What aligned images are computed from; where it is missing, what that is.
fn aligned_source(recording: &Recording, infrared: bool) -> Result<AlignedSource, String> {
    for (needed, kind, what) in [
        (true, TrackKind::Depth, "depth images"),
        (true, TrackKind::Color, "colour images"),
        (infrared, TrackKind::Ir, "infrared images"),
    ] {
        if needed && !has(recording, kind) {
            return Err(format!("{what}, which the recording does not have"));
        }
    }
    AlignedSource::new(calibration(recording)?).map_err(|why| why.to_string())
}

fn calibration(recording: &Recording) -> Result<&Calibration, &'static str> {
    recording
        .calibration()
        .ok_or("the sensor's calibration, which the recording does not have")
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
