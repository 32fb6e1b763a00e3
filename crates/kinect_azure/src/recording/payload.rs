//! The content of frames: images, read directly into pooled memory, and inertial samples.

use super::blocks::Frame;
use super::clusters::{Clusters, Place};
use super::compression::{Compression, Unpacker};
use super::error::RecordingError;
use super::info::TrackInfo;
use super::storage::Storage;
use super::tracks::ImageTrack;
use crate::capture::ImuSample;
use crate::image::{Image, Pixels};

/// Bytes of one inertial sample in a recording.
pub(super) const IMU_SAMPLE_SIZE: u32 = 40;

/// Inertial samples that are read at once.
const IMU_RUN: usize = 512;

/// The largest compressed image that is read: more bytes than the largest colour mode takes uncompressed.
const LARGEST_JPEG: u32 = 64 << 20;

/// Bytes that are read and swapped at once, small enough to stay in a core's cache between the two.
const SWAP_CHUNK: usize = 128 * 1024;

/// Image memory grows in steps of this many bytes, so that images of varying size soon stop growing.
const GROWTH: usize = 256 * 1024;

/// How far a sample's device time may be off the time of its frame, in ns. Up to this difference, the frame's time is
/// only less exact (converters give the frames of a block one time); beyond it, the two times are on different
/// clocks.
pub(super) const CLOCK_TOLERANCE_NS: u64 = 100_000_000;

/// The bytes of consecutive inertial samples.
#[derive(Debug, Default)]
pub(super) struct ImuRun {
    offset: u64,
    bytes: Vec<u8>,
    compression: Option<Compression>,
    unpacker: Unpacker,
}

/// An inertial sample as recorded: times in ns on the device clock.
#[derive(Clone, Copy, Debug)]
pub(super) struct RawImuSample {
    /// Time of the acceleration.
    pub(super) acceleration_ns: u64,
    /// The sample with times in µs.
    pub(super) sample: ImuSample,
}

/// Reads a frame into an image that no consumer holds.
pub(super) fn read_image(
    storage: &Storage,
    tracks: &[TrackInfo],
    track: &ImageTrack,
    frame: &Frame,
    device_timestamp_usec: u64,
    packed: Option<(&Compression, &mut Unpacker)>,
    image: &mut Image,
) -> Result<(), RecordingError> {
    let bad = |problem: String| bad_frame(storage, tracks, frame, problem);
    let packed_size = track.format.packed_size(track.width, track.height);
    let plain = match packed {
        None => None,
        Some((compression, unpacker)) => {
            let limit = packed_size.unwrap_or(LARGEST_JPEG as usize);
            let plain = unpacker.read(storage, frame, compression, limit)?;
            Some(plain.map_err(|problem| bad(problem.to_owned()))?)
        }
    };
    let size = plain.map_or(frame.size as usize, <[u8]>::len);
    match packed_size {
        Some(packed) if packed != size => {
            return Err(bad(format!(
                "has {size} bytes, but {}×{} pixels take {packed}",
                track.width, track.height
            )));
        }
        None if size > LARGEST_JPEG as usize => {
            return Err(bad(format!("has {size} bytes, more than any image")));
        }
        _ => {}
    }
    match &mut image.pixels {
        Pixels::Bytes(bytes) => {
            resize(bytes, size, GROWTH);
            match plain {
                Some(plain) => bytes.copy_from_slice(plain),
                None => storage.read(frame.offset, bytes)?,
            }
        }
        Pixels::U16(values) => {
            resize(values, size / 2, 1);
            match plain {
                Some(plain) => {
                    bytemuck::cast_slice_mut(values).copy_from_slice(plain);
                    to_native(values, track.big_endian);
                }
                None => read_sixteen(storage, frame.offset, track.big_endian, values)?,
            }
        }
        Pixels::Vendor(_) => {
            return Err(bad(
                "has a buffer of the vendor's library, which cannot be filled".to_owned(),
            ));
        }
    }
    image.format = track.format;
    image.width = track.width;
    image.height = track.height;
    image.stride = track.format.packed_stride(track.width);
    image.device_timestamp_usec = device_timestamp_usec;
    image.system_timestamp_nsec = 0;
    image.exposure_usec = 0;
    image.white_balance_kelvin = 0;
    image.iso_speed = 0;
    Ok(())
}

/// Gives a vector a length, growing its memory in whole steps.
fn resize<T: Clone + Default>(values: &mut Vec<T>, length: usize, step: usize) {
    if values.capacity() < length {
        values.reserve_exact(length.next_multiple_of(step) - values.len());
    }
    values.resize(length, T::default());
}

/// Reads 16-bit pixels, swapping each piece while it is still in the cache.
fn read_sixteen(
    storage: &Storage,
    offset: u64,
    big_endian: bool,
    values: &mut [u16],
) -> Result<(), RecordingError> {
    let mut at = offset;
    for chunk in values.chunks_mut(SWAP_CHUNK / 2) {
        let bytes: &mut [u8] = bytemuck::cast_slice_mut(chunk);
        storage.read(at, bytes)?;
        at += bytes.len() as u64;
        to_native(chunk, big_endian);
    }
    Ok(())
}

/// Brings pixels as stored into the machine's byte order.
fn to_native(values: &mut [u16], big_endian: bool) {
    pulp::Arch::new().dispatch(Swap { values, big_endian });
}

/// The pixels of one call of [`to_native`]; `call` is compiled for the vector instructions that pulp dispatches it to.
struct Swap<'a> {
    values: &'a mut [u16],
    big_endian: bool,
}

impl pulp::NullaryFnOnce for Swap<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        if self.big_endian {
            for value in self.values {
                *value = u16::from_be(*value);
            }
        } else {
            for value in self.values {
                *value = u16::from_le(*value);
            }
        }
    }
}

impl ImuRun {
    /// Reads samples that are compressed in that way.
    pub(super) fn new(compression: Option<Compression>) -> Self {
        Self {
            compression,
            ..Self::default()
        }
    }

    /// The sample of a frame; `None` for a frame that is not a sample.
    pub(super) fn read(
        &mut self,
        storage: &Storage,
        clusters: &mut Clusters,
        place: Place,
        frame: &Frame,
    ) -> Result<Option<RawImuSample>, RecordingError> {
        if let Some(compression) = &self.compression {
            let limit = 2 * IMU_SAMPLE_SIZE as usize;
            let plain = self.unpacker.read(storage, frame, compression, limit)?;
            let bytes = plain.ok().and_then(|plain| plain.try_into().ok());
            return Ok(bytes.map(RawImuSample::parse));
        }
        if frame.size != IMU_SAMPLE_SIZE {
            return Ok(None);
        }
        self.read_run(storage, clusters, place, frame).map(Some)
    }

    /// The sample of a frame, from the run of samples around it.
    fn read_run(
        &mut self,
        storage: &Storage,
        clusters: &mut Clusters,
        place: Place,
        frame: &Frame,
    ) -> Result<RawImuSample, RecordingError> {
        const SIZE: usize = IMU_SAMPLE_SIZE as usize;
        let inside = |run: &Self| {
            let skip = frame.offset.checked_sub(run.offset)?;
            let skip = usize::try_from(skip).ok()?;
            run.bytes
                .get(skip..skip.checked_add(SIZE)?)?
                .try_into()
                .ok()
        };
        let bytes: [u8; SIZE] = match inside(self) {
            Some(bytes) => bytes,
            None => {
                let (start, count) = adjacent(clusters.frames(place.cluster)?, place.index);
                self.bytes.clear();
                self.bytes.resize(count * SIZE, 0);
                self.offset = start;
                if let Err(error) = storage.read(start, &mut self.bytes) {
                    self.bytes.clear();
                    return Err(error);
                }
                inside(self).unwrap_or([0; SIZE])
            }
        };
        Ok(RawImuSample::parse(&bytes))
    }
}

/// The bytes of a sample in a recording, the inverse of [`RawImuSample::parse`].
pub(super) fn imu_bytes(sample: &ImuSample) -> [u8; IMU_SAMPLE_SIZE as usize] {
    let mut bytes = [0; IMU_SAMPLE_SIZE as usize];
    let mut put = |at: usize, usec: u64, vector: [f32; 3]| {
        bytes[at..at + 8].copy_from_slice(&usec.saturating_mul(1000).to_le_bytes());
        for (i, value) in vector.into_iter().enumerate() {
            let at = at + 8 + 4 * i;
            bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
        }
    };
    put(0, sample.acceleration_timestamp_usec, sample.acceleration);
    put(
        20,
        sample.angular_velocity_timestamp_usec,
        sample.angular_velocity,
    );
    bytes
}

/// Where the run of equal-sized frames without gaps around `index` begins, and how many there are.
fn adjacent(frames: &[Frame], index: usize) -> (u64, usize) {
    let Some(frame) = frames.get(index) else {
        return (0, 0);
    };
    let size = u64::from(frame.size);
    let mut start = index;
    while start > 0
        && index - start < IMU_RUN
        && frames[start - 1].size == frame.size
        && frames[start - 1].offset + size == frames[start].offset
    {
        start -= 1;
    }
    let mut end = index + 1;
    while end < frames.len()
        && end - index < IMU_RUN
        && frames[end].size == frame.size
        && frames[end - 1].offset + size == frames[end].offset
    {
        end += 1;
    }
    (frames[start].offset, end - start)
}

impl RawImuSample {
    /// The device time of file time 0 by this sample, which carries both times; negative where its device time is less
    /// than the file's.
    pub(super) fn start_offset_ns(&self, frame: &Frame) -> i64 {
        let absolute = i64::try_from(self.acceleration_ns).unwrap_or(i64::MAX);
        absolute.saturating_sub(frame.time_ns)
    }

    /// The sample on the clock of the images: as it is, or by the time of its frame where it was recorded on another clock.
    pub(super) fn on_clock(mut self, frame: &Frame, start_offset_ns: u64) -> Self {
        let start = i64::try_from(start_offset_ns).unwrap_or(i64::MAX);
        let shift_ns = start.saturating_sub(self.start_offset_ns(frame));
        if shift_ns.unsigned_abs() > CLOCK_TOLERANCE_NS {
            let sample = &mut self.sample;
            for usec in [
                &mut sample.acceleration_timestamp_usec,
                &mut sample.angular_velocity_timestamp_usec,
            ] {
                *usec = usec.saturating_add_signed(shift_ns / 1000);
            }
            self.acceleration_ns = self.acceleration_ns.saturating_add_signed(shift_ns);
        }
        self
    }

    /// Reads the 40 bytes of a sample: all little-endian, times in ns on the device clock.
    fn parse(bytes: &[u8; IMU_SAMPLE_SIZE as usize]) -> Self {
        let eight = |at: usize| -> [u8; 8] { core::array::from_fn(|i| bytes[at + i]) };
        let four = |at: usize| -> [u8; 4] { core::array::from_fn(|i| bytes[at + i]) };
        let vector = |at: usize| core::array::from_fn(|i| f32::from_le_bytes(four(at + 4 * i)));
        let acceleration_ns = u64::from_le_bytes(eight(0));
        Self {
            acceleration_ns,
            sample: ImuSample {
                temperature_celsius: None,
                acceleration: vector(8),
                acceleration_timestamp_usec: acceleration_ns / 1000,
                angular_velocity: vector(28),
                angular_velocity_timestamp_usec: u64::from_le_bytes(eight(20)) / 1000,
            },
        }
    }
}

/// The error of a frame that cannot be used.
pub(super) fn bad_frame(
    storage: &Storage,
    tracks: &[TrackInfo],
    frame: &Frame,
    problem: String,
) -> RecordingError {
    RecordingError::BadFrame {
        path: storage.path().to_owned(),
        track: tracks
            .get(usize::from(frame.track))
            .map(|track| track.name.clone())
            .unwrap_or_default(),
        time_usec: u64::try_from(frame.time_ns).unwrap_or(0) / 1000,
        offset: frame.offset,
        problem,
    }
}
