//! Decides which streams are written, by the options and the recording's content.

use kinect_azure::calibration::{Calibration, XyTable};
use kinect_azure::recording::{Recording, TrackKind};
use kinect_azure::transform::{Occlusion, Transformation};
use kinect_tracking::files::BodyFormat;

use super::aligned::AlignedSource;
use super::args::ExportArgs;
use super::error::ExportError;
use super::names;
use super::points::PointSource;
use super::stream::Stream;

/// The streams to write, all of which the recording has.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) streams: Vec<Stream>,
    pub(super) points: Option<PointSource>,
    pub(super) aligned: Option<AlignedSource>,
    pub(super) color_png: bool,
    pub(super) occlusion: Occlusion,
    pub(super) body_format: BodyFormat,
}

impl Plan {
    pub(super) fn has(&self, stream: Stream) -> bool {
        self.streams.contains(&stream)
    }

    pub(super) fn captures(&self) -> bool {
        self.streams.iter().any(|stream| stream.is_of_captures())
    }

    /// Whether a file of that name is one that this export could write.
    pub(super) fn writes(&self, name: &str) -> bool {
        match name {
            names::CAPTURES => self.captures(),
            names::IMU => self.has(Stream::Imu),
            names::FACTORY | names::MODES | names::OPEN3D => self.has(Stream::Calibration),
            _ if names::is_of_bodies(name, self.body_format) => self.has(Stream::Bodies),
            _ => {
                let digits = name.bytes().take_while(u8::is_ascii_digit).count();
                let ending = name.get(digits..).and_then(|rest| rest.strip_prefix('-'));
                digits >= 6
                    && ending.is_some_and(|ending| {
                        let mut streams = self.streams.iter();
                        streams.any(|stream| stream.endings().contains(&ending))
                    })
            }
        }
    }
}

/// Decides which streams to write: those of `--only`, otherwise all that the recording has.
pub(super) fn plan(args: &ExportArgs, recording: &Recording) -> Result<Plan, ExportError> {
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
        // If the calibration cannot be used, the recording's own warning says so.
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
    if wanted(Stream::Bodies) {
        if !has(recording, TrackKind::Depth) {
            let why = "depth images, which the recording does not have";
            return Err(missing("bodies", why.to_owned()));
        }
        calibration(recording).map_err(|why| missing("bodies", why.to_owned()))?;
        streams.push(Stream::Bodies);
    }
    if wanted(Stream::Calibration) {
        if recording.raw_calibration_json().is_none() {
            let why = "the sensor's calibration, which the recording does not have";
            return Err(missing("calibration files", why.to_owned()));
        }
        streams.push(Stream::Calibration);
    }
    if streams.is_empty() {
        return Err(ExportError::Nothing {
            file: args.file.clone(),
            warnings: recording.info().warnings.clone(),
        });
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
        body_format: args.bodies.format(),
    })
}

fn has(recording: &Recording, kind: TrackKind) -> bool {
    recording.tracks().iter().any(|track| track.kind == kind)
}

/// The data from which point clouds are computed, or the name of the missing data.
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

/// The data from which aligned images are computed, or the name of the missing data.
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
