//! The body track: the bodies in each depth image, from a tracker or a simulated sensor.
//!
//! `docs/body-track.md` describes its bytes. The vendor's reader skips it like any custom track.

use std::convert::Infallible;
use std::sync::Arc;

use crate::body::{Body, BodyFrame, BodyIndexImage, Joint, JointConfidence, JointPose};
use crate::pool::Pool;

/// The track's name.
pub(super) const TRACK: &str = "BODY";

/// The track's codec.
pub(super) const CODEC: &str = "S_KINECT_AZURE/BODY";

/// The codec's private data: a signature and the version of the blocks' format.
pub(super) const PRIVATE: [u8; 6] = *b"KABF\x01\x00";

/// Bytes of a joint: position, orientation, confidence.
const JOINT_SIZE: usize = 3 * 4 + 4 * 4 + 1;

/// Bytes of a body: its id and its joints.
const BODY_SIZE: usize = 4 + Joint::COUNT * JOINT_SIZE;

/// The most bodies that a block may hold.
const MOST_BODIES: usize = 254;

/// The most pixels that a body index map may have, several times those of the largest depth mode; a larger size
/// counts as damage.
const MOST_PIXELS: usize = 4096 * 4096;

/// Whether this module can read the blocks of a track with that private data: it has the signature and a known
/// version.
pub(super) fn is_known(codec_id: &str, private: &[u8]) -> bool {
    codec_id == CODEC && private.get(..PRIVATE.len()) == Some(&PRIVATE)
}

/// Appends the block of a body frame.
pub(super) fn write(frame: &BodyFrame, out: &mut Vec<u8>) {
    let bodies = frame.bodies.get(..MOST_BODIES).unwrap_or(&frame.bodies);
    out.extend_from_slice(&(bodies.len() as u16).to_le_bytes());
    for body in bodies {
        out.extend_from_slice(&body.id.to_le_bytes());
        for joint in &body.joints {
            for value in joint.position.into_iter().chain(joint.orientation) {
                out.extend_from_slice(&value.to_le_bytes());
            }
            out.push(joint.confidence as u8);
        }
    }
    let Some(map) = &frame.index_map else {
        return;
    };
    out.extend_from_slice(&map.width().to_le_bytes());
    out.extend_from_slice(&map.height().to_le_bytes());
    for run in map.pixels().chunk_by(|a, b| a == b) {
        for part in run.chunks(usize::from(u16::MAX)) {
            out.extend_from_slice(&(part.len() as u16).to_le_bytes());
            out.push(run[0]);
        }
    }
}

/// The number of bodies in a block of that many bytes, by the beginning of the block; 0 if the block is damaged.
pub(super) fn count(start: &[u8], size: usize) -> u16 {
    let Some(count) = start.first_chunk() else {
        return 0;
    };
    let count = u16::from_le_bytes(*count);
    if usize::from(count) * BODY_SIZE > size {
        return 0;
    }
    count
}

/// Reads body frames into memory that is used again.
#[derive(Debug, Default)]
pub(super) struct BodyFrames {
    frames: Pool<BodyFrame>,
    pixels: Pool<Vec<u8>>,
}

impl BodyFrames {
    /// The body frame of a block; `None` where the block is damaged.
    pub(super) fn read(
        &mut self,
        device_timestamp_usec: u64,
        block: &[u8],
    ) -> Option<Arc<BodyFrame>> {
        let Self { frames, pixels } = self;
        let filled = frames.fill(BodyFrame::default, |frame| {
            frame.device_timestamp_usec = device_timestamp_usec;
            frame.bodies.clear();
            // Drops the old map first, so that its pixels can be used again.
            frame.index_map = None;
            parse(frame, pixels, block).ok_or(())
        });
        filled.ok()
    }
}

fn parse(frame: &mut BodyFrame, pool: &mut Pool<Vec<u8>>, block: &[u8]) -> Option<()> {
    let (count, rest) = block.split_first_chunk()?;
    let count = usize::from(u16::from_le_bytes(*count));
    let (bodies, map) = rest.split_at_checked(count * BODY_SIZE)?;
    frame
        .bodies
        .extend(bodies.chunks_exact(BODY_SIZE).map(parse_body));
    if map.is_empty() {
        return Some(());
    }
    let (width, rest) = map.split_first_chunk()?;
    let (height, runs) = rest.split_first_chunk()?;
    let (width, height) = (u32::from_le_bytes(*width), u32::from_le_bytes(*height));
    let size = (width as usize).checked_mul(height as usize)?;
    let (runs, rest) = runs.as_chunks::<3>();
    let total: usize = runs
        .iter()
        .map(|run| usize::from(u16::from_le_bytes([run[0], run[1]])))
        .sum();
    if size > MOST_PIXELS || total != size || !rest.is_empty() {
        return None;
    }
    let Ok(pixels) = pool.fill(Vec::new, |pixels| {
        pixels.clear();
        for [low, high, value] in runs {
            let length = usize::from(u16::from_le_bytes([*low, *high]));
            pixels.resize(pixels.len() + length, *value);
        }
        Ok::<_, Infallible>(())
    });
    let time = frame.device_timestamp_usec;
    frame.index_map = Some(BodyIndexImage::shared(width, height, time, pixels).ok()?);
    Some(())
}

fn parse_body(bytes: &[u8]) -> Body {
    let word = |at: usize| -> [u8; 4] {
        core::array::from_fn(|i| bytes.get(at + i).copied().unwrap_or(0))
    };
    let joint = |index: usize| {
        let start = 4 + index * JOINT_SIZE;
        let number = |place: usize| f32::from_le_bytes(word(start + 4 * place));
        JointPose {
            position: core::array::from_fn(number),
            orientation: core::array::from_fn(|i| number(3 + i)),
            confidence: match bytes.get(start + 28).copied() {
                Some(1) => JointConfidence::Low,
                Some(2) => JointConfidence::Medium,
                Some(3) => JointConfidence::High,
                _ => JointConfidence::None,
            },
        }
    };
    Body {
        id: u32::from_le_bytes(word(0)),
        joints: core::array::from_fn(joint),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn frame() -> BodyFrame {
        let mut joints = [JointPose::default(); Joint::COUNT];
        for (index, joint) in joints.iter_mut().enumerate() {
            joint.position = [index as f32, -1.5, 2000.25];
            joint.orientation = [0.5, -0.5, 0.5, 0.5];
            joint.confidence = [
                JointConfidence::None,
                JointConfidence::Low,
                JointConfidence::Medium,
                JointConfidence::High,
            ][index % 4];
        }
        let mut pixels = vec![BodyIndexImage::BACKGROUND; 400 * 300];
        pixels[70_000..70_003].copy_from_slice(&[0, 1, 0]);
        BodyFrame {
            device_timestamp_usec: 77,
            bodies: vec![
                Body { id: 9, joints },
                Body {
                    id: u32::MAX,
                    joints,
                },
            ],
            index_map: Some(BodyIndexImage::new(400, 300, 77, pixels).unwrap()),
            ..BodyFrame::default()
        }
    }

    #[test]
    fn what_is_written_is_read_again_and_cut_blocks_are_refused() {
        let mut frames = BodyFrames::default();
        for frame in [
            frame(),
            BodyFrame {
                index_map: None,
                ..frame()
            },
            BodyFrame {
                device_timestamp_usec: 77,
                ..BodyFrame::default()
            },
        ] {
            let mut block = Vec::new();
            write(&frame, &mut block);
            assert_eq!(*frames.read(77, &block).unwrap(), frame);
            let bodies = 2 + frame.bodies.len() * BODY_SIZE;
            for length in (0..block.len()).filter(|length| *length != bodies) {
                assert_eq!(frames.read(77, &block[..length]), None, "{length}");
            }
            // The bytes are as `docs/body-track.md` describes them.
            assert_eq!(BODY_SIZE, 932);
        }
        let mut huge = vec![0, 0];
        huge.extend([0xff; 8]);
        huge.extend([1, 0, 0]);
        assert_eq!(frames.read(0, &huge), None);
    }
}
