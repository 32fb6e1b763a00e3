//! Blocks of sound, and how they are assembled from the system's deliveries of any length and format.

use std::sync::Arc;

#[cfg(feature = "bevy_reflect")]
use bevy_reflect::prelude::ReflectDefault;
use cpal::{Data, FromSample, I24, SampleFormat, SizedSample, U24};

use super::error::MicrophoneError;

/// A stretch of sound from all microphones. It is shared as `Arc<AudioBlock>` and does not change after it was
/// delivered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AudioBlock {
    /// Number of this block in its stream, from 0. A gap means that blocks were dropped because they were not taken in time.
    pub sequence: u64,
    /// Whether sound is missing before this block because the computer was too slow to fetch it. Also `true` for the first
    /// block.
    pub after_gap: bool,
    /// Number of channels: 7, or fewer for an input that is not an array.
    pub channels: u16,
    /// Frames per second, in Hz.
    pub sample_rate: u32,
    /// When the first frame was heard, in ns on the computer's monotonic clock, the one of
    /// [`Image::system_timestamp_nsec`](crate::Image::system_timestamp_nsec) (Linux: `CLOCK_MONOTONIC`; Windows:
    /// `QueryPerformanceCounter`).
    ///
    /// The time is computed from the moment at which the sound was fetched and from the amount of sound that the system
    /// reports as waiting. It is smoothed, and accurate to a few milliseconds. The delay in the array and on USB (some
    /// milliseconds) is not subtracted. An image's system timestamp, in contrast, is the time of its arrival, after its
    /// exposure. Within a stream this time never goes back.
    pub system_timestamp_nsec: u64,
    /// Samples, frame after frame (channel 0 of frame 0, channel 1 of frame 0, …). Full scale is from -1 to 1; 16-bit
    /// samples are divided by 32,768. Samples are never outside that range and never NaN.
    pub samples: Vec<f32>,
    /// The level of each channel in this block.
    pub levels: Vec<AudioLevel>,
}

impl AudioBlock {
    /// Number of frames in this block.
    pub fn frames(&self) -> usize {
        self.samples.len() / usize::from(self.channels.max(1))
    }

    /// The samples of one channel, counted from 0; empty for a channel that does not exist.
    pub fn channel(&self, channel: u16) -> impl Iterator<Item = f32> + '_ {
        let from = if channel < self.channels {
            usize::from(channel)
        } else {
            self.samples.len()
        };
        self.samples[from..]
            .iter()
            .step_by(usize::from(self.channels.max(1)))
            .copied()
    }
}

/// The level of a channel as a fraction of full scale, 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct AudioLevel {
    /// The largest deviation from zero.
    pub peak: f32,
    /// The root mean square (RMS).
    pub rms: f32,
}

impl AudioLevel {
    /// The peak in dB of full scale: 0 at most, −∞ for silence.
    pub fn peak_dbfs(self) -> f32 {
        20.0 * self.peak.log10()
    }

    /// The root mean square (RMS) in dB of full scale: 0 at most, −∞ for silence. A tone of 94 dB SPL at 1 kHz gives
    /// −22 dB (Azure Kinect DK hardware specification).
    pub fn rms_dbfs(self) -> f32 {
        20.0 * self.rms.log10()
    }
}

/// How the sound of a device becomes blocks.
#[derive(Clone, Copy, Debug)]
pub(super) struct BlockFormat {
    /// Channels of the device, and how many of them, from the first, go into a block.
    pub(super) device_channels: u16,
    pub(super) channels: u16,
    pub(super) sample_rate: u32,
    pub(super) frames: usize,
}

/// Puts blocks together.
pub(super) struct Assembler {
    format: BlockFormat,
    pool: BlockPool,
    /// The block being filled.
    current: Option<Arc<AudioBlock>>,
    sequence: u64,
    after_gap: bool,
    last_timestamp: u64,
}

impl Assembler {
    /// `queued`: the most blocks that wait to be taken.
    pub(super) fn new(format: BlockFormat, queued: usize) -> Self {
        Self {
            format,
            pool: BlockPool::new(format, queued),
            current: None,
            sequence: 0,
            after_gap: true,
            last_timestamp: 0,
        }
    }

    /// Marks that sound is missing here. The block that was begun is discarded, because a block has no gaps within.
    pub(super) fn gap(&mut self) {
        self.current = None;
        self.after_gap = true;
    }

    /// Adds a delivery of the device; `nsec` is the time at which its first frame was heard.
    pub(super) fn push(
        &mut self,
        data: &Data,
        nsec: u64,
        publish: impl FnMut(Arc<AudioBlock>),
    ) -> Result<(), MicrophoneError> {
        match data.sample_format() {
            SampleFormat::I8 => self.push_as::<i8>(data, nsec, publish),
            SampleFormat::I16 => self.push_as::<i16>(data, nsec, publish),
            SampleFormat::I24 => self.push_as::<I24>(data, nsec, publish),
            SampleFormat::I32 => self.push_as::<i32>(data, nsec, publish),
            SampleFormat::I64 => self.push_as::<i64>(data, nsec, publish),
            SampleFormat::U8 => self.push_as::<u8>(data, nsec, publish),
            SampleFormat::U16 => self.push_as::<u16>(data, nsec, publish),
            SampleFormat::U24 => self.push_as::<U24>(data, nsec, publish),
            SampleFormat::U32 => self.push_as::<u32>(data, nsec, publish),
            SampleFormat::U64 => self.push_as::<u64>(data, nsec, publish),
            SampleFormat::F32 => self.push_as::<f32>(data, nsec, publish),
            SampleFormat::F64 => self.push_as::<f64>(data, nsec, publish),
            other => Err(MicrophoneError::Unsupported(format!(
                "the audio system delivers samples of a kind that cannot be converted ({other})"
            ))),
        }
    }

    fn push_as<T: SizedSample>(
        &mut self,
        data: &Data,
        nsec: u64,
        publish: impl FnMut(Arc<AudioBlock>),
    ) -> Result<(), MicrophoneError>
    where
        f32: FromSample<T>,
    {
        // `as_slice` returns `None` only for another format, and the format was matched above.
        self.push_samples(data.as_slice::<T>().unwrap_or(&[]), nsec, publish);
        Ok(())
    }

    /// Adds whole frames; the samples of an incomplete frame are ignored.
    pub(super) fn push_samples<T: SizedSample>(
        &mut self,
        samples: &[T],
        nsec: u64,
        mut publish: impl FnMut(Arc<AudioBlock>),
    ) where
        f32: FromSample<T>,
    {
        let BlockFormat {
            device_channels,
            channels,
            sample_rate,
            frames: block_frames,
        } = self.format;
        let (wide, narrow) = (usize::from(device_channels), usize::from(channels));
        if wide == 0 || narrow == 0 || narrow > wide {
            return;
        }
        let mut frames = samples.chunks_exact(wide).enumerate().peekable();
        while let Some(&(done, _)) = frames.peek() {
            let mut block = match self.current.take() {
                Some(block) => block,
                None => self.begin(nsec.saturating_add(frames_nsec(done as u64, sample_rate))),
            };
            // The pool returns only blocks that no consumer holds.
            let Some(filling) = Arc::get_mut(&mut block) else {
                return;
            };
            let missing = block_frames.saturating_sub(filling.samples.len() / narrow);
            for (_, frame) in frames.by_ref().take(missing) {
                filling
                    .samples
                    .extend(frame[..narrow].iter().map(|&sample| full_scale(sample)));
            }
            if filling.samples.len() < block_frames * narrow {
                self.current = Some(block);
                return;
            }
            measure(filling);
            self.pool.give(&block);
            publish(block);
        }
    }

    fn begin(&mut self, nsec: u64) -> Arc<AudioBlock> {
        let mut block = self.pool.take();
        if let Some(new) = Arc::get_mut(&mut block) {
            self.last_timestamp = self.last_timestamp.max(nsec);
            new.sequence = self.sequence;
            new.after_gap = core::mem::take(&mut self.after_gap);
            new.channels = self.format.channels;
            new.sample_rate = self.format.sample_rate;
            new.system_timestamp_nsec = self.last_timestamp;
            new.samples.clear();
            self.sequence += 1;
        }
        block
    }
}

/// The duration of a number of frames, in ns.
pub(super) fn frames_nsec(frames: u64, sample_rate: u32) -> u64 {
    // No number of frames that fits in memory makes this product overflow.
    frames.saturating_mul(1_000_000_000) / u64::from(sample_rate.max(1))
}

fn full_scale<T: SizedSample>(sample: T) -> f32
where
    f32: FromSample<T>,
{
    let value = <f32 as FromSample<T>>::from_sample_(sample);
    if value.is_nan() {
        0.0
    } else {
        value.clamp(-1.0, 1.0)
    }
}

fn measure(block: &mut AudioBlock) {
    let channels = usize::from(block.channels);
    let frames = (block.samples.len() / channels.max(1)).max(1) as f32;
    block.levels.clear();
    block.levels.resize(channels, AudioLevel::default());
    for frame in block.samples.chunks_exact(channels.max(1)) {
        for (level, sample) in block.levels.iter_mut().zip(frame) {
            level.peak = level.peak.max(sample.abs());
            // The sum of squares, until the end.
            level.rms += sample * sample;
        }
    }
    for level in &mut block.levels {
        level.rms = (level.rms / frames).sqrt().min(level.peak);
    }
}

/// Blocks that are used again once no consumer holds them.
///
/// At the start it reserves room for the blocks of a full queue and some more. Blocks that an app keeps beyond that are allocated
/// when they are needed and do not return to the pool, so that the search for a free block stays short.
struct BlockPool {
    format: BlockFormat,
    blocks: Vec<Arc<AudioBlock>>,
    next: usize,
    limit: usize,
}

/// Blocks beyond a full queue: those being filled, measured and looked at by the app.
const SPARE_BLOCKS: usize = 28;

impl BlockPool {
    fn new(format: BlockFormat, queued: usize) -> Self {
        let limit = queued + SPARE_BLOCKS;
        Self {
            format,
            blocks: Vec::with_capacity(limit),
            next: 0,
            limit,
        }
    }

    fn take(&mut self) -> Arc<AudioBlock> {
        // Consumers release blocks in the order in which they got them, so the search begins behind the block that
        // was found last.
        for _ in 0..self.blocks.len() {
            let index = self.next % self.blocks.len();
            self.next = index + 1;
            if Arc::get_mut(&mut self.blocks[index]).is_some() {
                return self.blocks.swap_remove(index);
            }
        }
        Arc::new(AudioBlock {
            samples: Vec::with_capacity(self.format.frames * usize::from(self.format.channels)),
            levels: Vec::with_capacity(usize::from(self.format.channels)),
            ..AudioBlock::default()
        })
    }

    /// Keeps hold of a block that is about to be published.
    fn give(&mut self, block: &Arc<AudioBlock>) {
        if self.blocks.len() < self.limit {
            self.blocks.push(Arc::clone(block));
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
mod tests {
    use super::*;
    use crate::microphones::MICROPHONES;

    const SEVEN: BlockFormat = BlockFormat {
        device_channels: MICROPHONES,
        channels: MICROPHONES,
        sample_rate: 48_000,
        frames: 480,
    };

    /// A sample that tells its frame and its channel.
    fn sample(frame: usize, channel: usize) -> i16 {
        (frame % 4000 * 8 + channel) as i16
    }

    fn frames(range: std::ops::Range<usize>, channels: usize) -> Vec<i16> {
        range
            .flat_map(|frame| (0..channels).map(move |channel| sample(frame, channel)))
            .collect()
    }

    #[test]
    fn odd_lengths_become_equal_blocks_in_order() {
        let mut assembler = Assembler::new(SEVEN, 100);
        let mut blocks = Vec::new();
        let mut at = 0;
        for length in [1, 479, 480, 3, 1000, 0, 77, 2400, 400]
            .into_iter()
            .cycle()
            .take(36)
        {
            let nsec = 5_000_000_000 + frames_nsec(at as u64, 48_000);
            assembler.push_samples(&frames(at..at + length, 7), nsec, |b| blocks.push(b));
            at += length;
        }
        assert_eq!(blocks.len(), at / 480);
        for (index, block) in blocks.iter().enumerate() {
            assert_eq!(block.sequence, index as u64);
            assert_eq!(block.after_gap, index == 0);
            assert_eq!((block.frames(), block.channels), (480, 7));
            let ideal = 5_000_000_000 + index as u64 * 10_000_000;
            assert!(block.system_timestamp_nsec.abs_diff(ideal) < 50_000);
            for channel in 0..7 {
                let expected = (index * 480..(index + 1) * 480)
                    .map(|frame| f32::from(sample(frame, channel)) / 32_768.0);
                assert!(block.channel(channel as u16).eq(expected), "block {index}");
            }
            assert_eq!(block.channel(7).count(), 0);
        }
    }

    #[test]
    fn a_wider_device_gives_its_first_channels() {
        let format = BlockFormat {
            device_channels: 8,
            ..SEVEN
        };
        let mut assembler = Assembler::new(format, 2);
        let mut blocks = Vec::new();
        assembler.push_samples(&frames(0..480, 8), 0, |b| blocks.push(b));
        let last = blocks[0].channel(6).last().unwrap();
        assert_eq!(last, f32::from(sample(479, 6)) / 32_768.0);
    }

    #[test]
    fn a_gap_gives_up_what_was_begun_and_is_told() {
        let mut assembler = Assembler::new(SEVEN, 10);
        let mut blocks = Vec::new();
        assembler.push_samples(&frames(0..700, 7), 0, |b| blocks.push(b));
        assembler.gap();
        // The device's clock drift must not make time go back.
        assembler.push_samples(&frames(1000..1960, 7), 3, |b| blocks.push(b));
        let seen: Vec<_> = blocks.iter().map(|b| (b.after_gap, b.samples[0])).collect();
        let first = |frame| f32::from(sample(frame, 0)) / 32_768.0;
        assert_eq!(
            seen,
            [(true, first(0)), (true, first(1000)), (false, first(1480))]
        );
        assert!(blocks[1].system_timestamp_nsec >= blocks[0].system_timestamp_nsec);
    }

    #[test]
    fn blocks_nobody_holds_are_used_again() {
        let mut assembler = Assembler::new(SEVEN, 4);
        let sound = frames(0..480, 7);
        let mut seen = std::collections::HashSet::new();
        for _ in 0..1000 {
            assembler.push_samples(&sound, 0, |b| {
                seen.insert(b.samples.as_ptr());
            });
        }
        assert_eq!(seen.len(), 1);
        // An app that keeps all blocks gets all of them, and their content does not change.
        let mut kept = Vec::new();
        for at in 0..200 {
            assembler.push_samples(&frames(at..at + 480, 7), 0, |b| kept.push(b));
        }
        for (at, block) in kept.iter().enumerate() {
            assert_eq!(block.samples[0], f32::from(sample(at, 0)) / 32_768.0);
        }
        assert!(assembler.pool.blocks.len() <= 4 + SPARE_BLOCKS);
    }

    #[test]
    fn every_format_keeps_full_scale() {
        fn ends<T: SizedSample>(low: T, zero: T, high: T) -> [f32; 3]
        where
            f32: FromSample<T>,
        {
            [low, zero, high].map(full_scale)
        }
        let near =
            |ends: [f32; 3]| ends[0] == -1.0 && ends[1] == 0.0 && ends[2] > 0.99 && ends[2] <= 1.0;
        assert!(near(ends(i8::MIN, 0, i8::MAX)));
        assert!(near(ends(i16::MIN, 0, i16::MAX)));
        assert!(near(ends(i32::MIN, 0, i32::MAX)));
        assert!(near(ends(i64::MIN, 0, i64::MAX)));
        assert!(near(ends(u8::MIN, 128, u8::MAX)));
        assert!(near(ends(u16::MIN, 32_768, u16::MAX)));
        assert!(near(ends(-1.0_f32, 0.0, 1.0)));
        assert!(near(ends(-1.0_f64, 0.0, 1.0)));
        assert_eq!(ends(f32::NEG_INFINITY, f32::NAN, 7.0), [-1.0, 0.0, 1.0]);
    }

    #[test]
    fn levels_are_those_of_the_channel() {
        let format = BlockFormat {
            device_channels: 2,
            channels: 2,
            ..SEVEN
        };
        let mut assembler = Assembler::new(format, 1);
        // A tone of half the full scale beside silence.
        let sound: Vec<f32> = (0..480)
            .flat_map(|n| [0.5 * (n as f32 * core::f32::consts::TAU / 48.0).sin(), 0.0])
            .collect();
        let mut blocks = Vec::new();
        assembler.push_samples(&sound, 0, |b| blocks.push(b));
        let [tone, silence] = blocks[0].levels[..] else {
            panic!()
        };
        assert!((tone.peak - 0.5).abs() < 1e-6 && (tone.peak_dbfs() + 6.02).abs() < 0.01);
        assert!((tone.rms_dbfs() + 9.03).abs() < 0.01, "{}", tone.rms_dbfs());
        assert_eq!(silence, AudioLevel::default());
        assert_eq!(silence.peak_dbfs(), f32::NEG_INFINITY);
    }
}
