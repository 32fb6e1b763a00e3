//! Lists and opens inputs through the system's audio interface. This runs on a thread of its own, because drivers may
//! be slow and may panic.

use std::path::Path;

use cpal::traits::{DeviceTrait, HostTrait};
use cpal::{
    BufferSize, ErrorKind, SampleFormat, StreamConfig, SupportedBufferSize,
    SupportedStreamConfigRange,
};

use super::array::{MICROPHONES, SAMPLE_RATE};
use super::device::{Input, MicrophoneDevice, card_of, devices};
use super::error::MicrophoneError;
use super::usb;

/// The system's audio inputs, and the means to open them.
pub(super) struct Inputs {
    host: cpal::Host,
    pub(super) devices: Vec<MicrophoneDevice>,
}

impl Inputs {
    /// Lists the system's audio inputs.
    pub(super) fn find() -> Result<Self, MicrophoneError> {
        let host = cpal::default_host();
        let name = host.id().name();
        let found = host.input_devices().map_err(|error| {
            MicrophoneError::Driver(format!(
                "the audio system ({name}) does not list its inputs: {error}"
            ))
        })?;
        let inputs: Vec<Input> = found
            // An input without a readable name can be neither chosen nor shown.
            .filter_map(|device| describe(name, &device))
            .collect();
        Ok(Self {
            devices: devices(&inputs),
            host,
        })
    }

    /// The system's own handle of an input.
    pub(super) fn device(&self, id: &str) -> Result<cpal::Device, MicrophoneError> {
        let id = cpal::DeviceId::new(self.host.id(), id);
        self.host.device_by_id(&id).ok_or_else(|| {
            MicrophoneError::NotFound(format!("the audio input {id} has just disappeared"))
        })
    }
}

fn describe(host: &str, device: &cpal::Device) -> Option<Input> {
    let id = device.id().ok()?.id().to_owned();
    let name = device.description().ok()?.name().to_owned();
    let card = (host == "ALSA").then(|| card_of(&id)).flatten();
    let root = Path::new("/");
    let card = card.and_then(|card| usb::card_number(root, card));
    Some(Input {
        host: host.to_owned(),
        usb: card.and_then(|card| usb::identity(root, card)),
        card,
        id,
        name,
    })
}

/// The configuration with which a device is opened, and its format.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Plan {
    pub(super) config: StreamConfig,
    pub(super) format: SampleFormat,
}

/// Chooses one of the configurations that a device supports: the array's channels at the array's rate if possible,
/// otherwise the nearest configuration, for inputs chosen by hand.
pub(super) fn plan(
    ranges: impl Iterator<Item = SupportedStreamConfigRange>,
    is_array: bool,
    block_frames: usize,
) -> Option<Plan> {
    let best = ranges
        .filter(|range| format_rank(range.sample_format(), is_array).is_some())
        .min_by_key(|range| {
            let channels = range.channels();
            (
                // Prefer ranges with enough channels, and among these the one with the fewest.
                channels < MICROPHONES,
                channels.abs_diff(MICROPHONES),
                rate(range).abs_diff(SAMPLE_RATE),
                format_rank(range.sample_format(), is_array),
            )
        })?;
    Some(Plan {
        config: StreamConfig {
            channels: best.channels(),
            sample_rate: rate(&best),
            buffer_size: buffer_size(best.buffer_size(), block_frames),
        },
        format: best.sample_format(),
    })
}

/// The rate nearest to the array's.
fn rate(range: &SupportedStreamConfigRange) -> u32 {
    let (low, high) = (range.min_sample_rate(), range.max_sample_rate());
    SAMPLE_RATE.clamp(low.min(high), high)
}

/// Formats in the order of preference; `None` for formats other than plain samples. The array has 16 bits, so a
/// larger format only copies more bytes; other inputs may have more bits.
fn format_rank(format: SampleFormat, is_array: bool) -> Option<u8> {
    Some(match format {
        SampleFormat::I16 if is_array => 0,
        SampleFormat::F32 => 1,
        SampleFormat::I32 => 2,
        SampleFormat::I24 => 3,
        SampleFormat::F64 => 4,
        SampleFormat::I16 => 5,
        SampleFormat::I64 => 6,
        SampleFormat::U32 => 7,
        SampleFormat::U24 => 8,
        SampleFormat::U16 => 9,
        SampleFormat::U64 => 10,
        SampleFormat::I8 => 11,
        SampleFormat::U8 => 12,
        _ => return None,
    })
}

/// Frames handed over at a time. ALSA's buffer has twice as many, and sound is lost if the thread does not run for
/// that long: so a delivery has at least 20 ms, however short the blocks are, and at most 100 ms, however long they
/// are.
fn buffer_size(supported: &SupportedBufferSize, block_frames: usize) -> BufferSize {
    let wanted = u32::try_from(block_frames)
        .unwrap_or(SAMPLE_RATE)
        .clamp(SAMPLE_RATE / 50, SAMPLE_RATE / 10);
    match supported {
        SupportedBufferSize::Range { min, max } if min <= max => {
            BufferSize::Fixed(wanted.clamp(*min, *max))
        }
        _ => BufferSize::Default,
    }
}

/// Turns an error of the audio system into a [`MicrophoneError`].
pub(super) fn explain(error: &cpal::Error, device: &MicrophoneDevice) -> MicrophoneError {
    let name = format!("{} ({})", device.name, device.id);
    match error.kind() {
        ErrorKind::DeviceBusy => MicrophoneError::Busy(format!(
            "{name} is in use by another program. Only one program can have it at a time: end the other (Linux: `fuser -v \
             /dev/snd/*` names it)"
        )),
        ErrorKind::PermissionDenied => MicrophoneError::Denied(format!(
            "this program may not listen to {name}. Linux: log in at the machine itself or join the group `audio`; Windows: \
             Settings, Privacy, Microphone must let desktop apps listen"
        )),
        ErrorKind::DeviceNotAvailable | ErrorKind::StreamInvalidated => MicrophoneError::Lost(
            format!("{name} is gone ({error}). Plug the sensor in again"),
        ),
        ErrorKind::UnsupportedConfig | ErrorKind::UnsupportedOperation => {
            MicrophoneError::Unsupported(format!("{name} refused a request: {error}"))
        }
        _ => MicrophoneError::Driver(format!("{name}: the audio system reports: {error}")),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
mod tests {
    use super::*;

    fn range(
        channels: u16,
        low: u32,
        high: u32,
        format: SampleFormat,
    ) -> SupportedStreamConfigRange {
        let buffer = SupportedBufferSize::Range {
            min: 96,
            max: 48_000,
        };
        SupportedStreamConfigRange::new(channels, low, high, buffer, format)
    }

    #[test]
    fn the_array_runs_with_seven_channels_at_48_khz() {
        let alsa = [range(7, 48_000, 48_000, SampleFormat::I16)];
        let plan = plan(alsa.into_iter(), true, 480).unwrap();
        assert_eq!(plan.format, SampleFormat::I16);
        assert_eq!((plan.config.channels, plan.config.sample_rate), (7, 48_000));
        assert_eq!(plan.config.buffer_size, BufferSize::Fixed(960));
    }

    #[test]
    fn of_many_ways_the_direct_one_is_taken() {
        let all: Vec<_> = (1..=16)
            .flat_map(|channels| {
                [
                    SampleFormat::U8,
                    SampleFormat::F32,
                    SampleFormat::I16,
                    SampleFormat::DsdU8,
                ]
                .map(|format| range(channels, 4_000, 192_000, format))
            })
            .collect();
        let array = plan(all.iter().copied(), true, 4_800).unwrap();
        assert_eq!(
            (array.config.channels, array.format),
            (7, SampleFormat::I16)
        );
        assert_eq!(array.config.sample_rate, 48_000);
        assert_eq!(array.config.buffer_size, BufferSize::Fixed(4_800));
        let by_hand = plan(all.into_iter(), false, 480).unwrap();
        assert_eq!(by_hand.format, SampleFormat::F32);
    }

    #[test]
    fn inputs_chosen_by_hand_run_as_near_as_they_can() {
        let laptop = [
            range(1, 16_000, 44_100, SampleFormat::I16),
            range(2, 16_000, 44_100, SampleFormat::I16),
        ];
        let near = plan(laptop.into_iter(), false, 480).unwrap();
        assert_eq!((near.config.channels, near.config.sample_rate), (2, 44_100));
        let wide = [
            range(2, 48_000, 48_000, SampleFormat::F32),
            range(8, 96_000, 96_000, SampleFormat::I32),
            range(16, 48_000, 48_000, SampleFormat::I32),
        ];
        assert_eq!(
            plan(wide.into_iter(), false, 480).unwrap().config.channels,
            8
        );
        assert_eq!(
            plan(
                [range(2, 1, 2, SampleFormat::DsdU8)].into_iter(),
                false,
                480
            ),
            None
        );
        assert_eq!(plan([].into_iter(), true, 480), None);
    }
}
