//! Frames on their way from the capture thread to the app: the newest frame only, never a queue.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use kinect_azure::Capture;
use kinect_azure::decode::packed_bgra;
use kinect_azure::units::METRES_PER_MILLIMETRE;

/// One capture, ready to be shown: its images as the source delivered them, and the decoded colour image.
///
/// A sensor may deliver the images of its cameras in several captures. A frame then also has the images of earlier captures that
/// the app has not received yet and that no newer image replaced; each image has its own timestamp.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The images with their timestamps and camera settings. Any of them may be missing.
    pub capture: Capture,
    /// The decoded colour image; unused when the capture's colour image is packed BGRA already.
    pub(crate) decoded: Vec<u8>,
    /// Width and height of [`color_bgra`](Self::color_bgra) in pixels.
    pub color_size: (u32, u32),
    /// The 1st and the 99th percentile of the lit infrared pixels: the range to show the image with.
    pub ir_range: (u16, u16),
    /// Number of the frame in its stream, from 1. A gap means frames that the app was too slow to take.
    pub sequence: u64,
    /// The time at which the source delivered the capture.
    pub captured_at: Instant,
    /// Unique among the frames of all sensors in this process; 0 = no frame.
    pub(crate) id: u64,
}

/// The longest time in µs by which an image of one camera may arrive after a newer image of another camera.
const MOST_APART_USEC: u64 = 200_000;

/// Numbers for [`Frame::id`].
static NEXT_ID: AtomicU64 = AtomicU64::new(1);

impl Frame {
    pub(crate) fn empty() -> Self {
        Self {
            capture: Capture::default(),
            decoded: Vec::new(),
            color_size: (0, 0),
            ir_range: (0, 1),
            sequence: 0,
            captured_at: Instant::now(),
            id: 0,
        }
    }

    /// The colour image as tightly packed BGRA, 8 bits each; empty when the capture has no (readable) colour image.
    pub fn color_bgra(&self) -> &[u8] {
        if self.color_size == (0, 0) {
            return &[];
        }
        let stored = self.capture.color.as_deref();
        stored.and_then(packed_bgra).unwrap_or(&self.decoded)
    }

    /// Depth of a pixel in metres, measured along the depth camera's optical axis; `x` counts from the left, `y` from the top of
    /// the depth image. `None` outside of the image, where the camera measured nothing (the pixel is 0), and without a depth image.
    pub fn depth_metres(&self, x: u32, y: u32) -> Option<f32> {
        let depth = self.capture.depth.as_ref()?;
        if x >= depth.width || y >= depth.height {
            return None;
        }
        let index = y as usize * depth.width as usize + x as usize;
        let millimetres = *depth.u16_pixels().get(index)?;
        (millimetres > 0).then(|| f32::from(millimetres) * METRES_PER_MILLIMETRE)
    }

    /// Whether this frame is earlier than another by the sensor's clock, as when a recording loops.
    pub(crate) fn is_before(&self, other: &Self) -> bool {
        let newest = |frame: &Self| {
            let times = frame
                .capture
                .images()
                .map(|image| image.device_timestamp_usec);
            times.max()
        };
        newest(self)
            .zip(newest(other))
            .is_some_and(|(mine, others)| mine.saturating_add(MOST_APART_USEC) < others)
    }

    /// Takes the images that this frame lacks, with their prepared data, from a frame that the app has not received. Returns
    /// whether an image of the other frame is lost, because this frame has a newer image of the same camera.
    pub(crate) fn take_over(&mut self, other: &mut Self) -> bool {
        let (mine, others) = (&mut self.capture, &mut other.capture);
        if mine.color.is_none() && others.color.is_some() {
            mine.color = others.color.take();
            // The buffers are swapped: the other frame will be reused with this frame's buffer.
            core::mem::swap(&mut self.decoded, &mut other.decoded);
            self.color_size = other.color_size;
        }
        if mine.depth.is_none() && others.depth.is_some() {
            mine.depth = others.depth.take();
            // The ground truth belongs to the depth image.
            mine.ground_truth = mine.ground_truth.take().or(others.ground_truth.take());
        }
        if mine.ir.is_none() && others.ir.is_some() {
            mine.ir = others.ir.take();
            self.ir_range = other.ir_range;
        }
        others.images().next().is_some()
    }

    /// Turns a frame from the pool into a new one.
    pub(crate) fn renew(&mut self, capture: Capture, sequence: u64) {
        self.capture = capture;
        self.sequence = sequence;
        self.captured_at = Instant::now();
        self.id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
    }
}

/// Frames that are reused once their last `Arc` elsewhere is dropped, so that streaming allocates nothing.
#[derive(Default)]
pub(crate) struct FramePool {
    frames: Vec<Arc<Frame>>,
}

impl FramePool {
    /// The most free frames that are kept. An app may hold many frames at a time; the surplus is freed when the app drops them.
    const MOST_FREE: usize = 8;

    /// A frame without images that has no other owner. Other free frames drop their images, too, so that the source can reuse the
    /// buffers.
    pub(crate) fn take(&mut self) -> Arc<Frame> {
        let mut free = 0;
        self.frames.retain_mut(|frame| {
            let Some(frame) = Arc::get_mut(frame) else {
                return true;
            };
            frame.capture = Capture::default();
            free += 1;
            free <= Self::MOST_FREE
        });
        let free = self
            .frames
            .iter_mut()
            .position(|frame| Arc::get_mut(frame).is_some());
        match free {
            Some(index) => self.frames.swap_remove(index),
            None => Arc::new(Frame::empty()),
        }
    }

    /// Removes a frame from the pool, so that its other owner is the only one.
    pub(crate) fn release(&mut self, frame: &Arc<Frame>) {
        let place = self.frames.iter().position(|kept| Arc::ptr_eq(kept, frame));
        if let Some(place) = place {
            self.frames.swap_remove(place);
        }
    }

    /// Puts a frame back into the pool; the app may still hold it.
    pub(crate) fn give(&mut self, frame: Arc<Frame>) {
        self.frames.push(frame);
    }
}

/// The place where the newest frame waits for the app.
#[derive(Default)]
pub(crate) struct FrameSlot {
    newest: Mutex<Option<Arc<Frame>>>,
    dropped: AtomicU64,
    /// Frames published since the app last took one.
    since_taken: AtomicU64,
}

impl FrameSlot {
    /// Publishes a frame.
    pub(crate) fn publish(&self, frame: Arc<Frame>) {
        *self.lock() = Some(frame);
        self.since_taken.fetch_add(1, Ordering::Relaxed);
    }

    /// Takes back a frame that the app has not taken, to replace it by a newer one.
    pub(crate) fn withdraw(&self) -> Option<Arc<Frame>> {
        self.lock().take()
    }

    /// Counts a replaced frame with images that the app will not receive.
    pub(crate) fn count_dropped(&self) {
        self.dropped.fetch_add(1, Ordering::Relaxed);
    }

    /// Takes the newest frame, if there is one.
    pub(crate) fn take(&self) -> Option<Arc<Frame>> {
        let newest = self.lock().take();
        if newest.is_some() {
            self.since_taken.store(0, Ordering::Relaxed);
        }
        newest
    }

    /// Whether the app keeps up: it took one of the last two frames. An app that draws more slowly than the sensor delivers skips
    /// frames; preparing a frame that would be skipped is wasted work.
    pub(crate) fn is_wanted(&self) -> bool {
        self.since_taken.load(Ordering::Relaxed) < 2
    }

    /// Frames of which images were replaced before the app took the frames.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Arc<Frame>>> {
        // The lock only guards a pointer: a panic elsewhere cannot leave it half written.
        self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Finds the brightness range of infrared images, without allocating.
pub(crate) struct IrRange {
    histogram: Box<[u32; 1024]>,
    smoothed: Option<(f32, f32)>,
}

impl Default for IrRange {
    fn default() -> Self {
        Self {
            histogram: Box::new([0; 1024]),
            smoothed: None,
        }
    }
}

impl IrRange {
    /// One pixel in `STRIDE` is sampled. The number is a prime, so that no column is favoured.
    const STRIDE: usize = 7;
    /// How much a new frame moves the range: about half a second to settle at 30 fps.
    const BLEND: f32 = 0.15;

    pub(crate) fn update(&mut self, pixels: &[u16]) -> (u16, u16) {
        self.histogram.fill(0);
        let mut lit = 0;
        for &value in pixels.iter().step_by(Self::STRIDE) {
            if value > 0 {
                self.histogram[usize::from(value >> 6)] += 1;
                lit += 1;
            }
        }
        if lit > 0 {
            let low = f32::from(self.percentile(lit / 100));
            let high = f32::from(self.percentile(lit - lit / 100)) + 64.0;
            let (old_low, old_high) = self.smoothed.unwrap_or((low, high));
            self.smoothed = Some((
                old_low + (low - old_low) * Self::BLEND,
                old_high + (high - old_high) * Self::BLEND,
            ));
        }
        self.smoothed.map_or((0, 1), |(low, high)| {
            (low as u16, (high as u16).max(low as u16 + 1))
        })
    }

    /// Lower edge of the bin where the running count passes `count`.
    fn percentile(&self, count: u32) -> u16 {
        let mut sum = 0;
        for (bin, &n) in self.histogram.iter().enumerate() {
            sum += n;
            if sum > count {
                return (bin << 6) as u16;
            }
        }
        u16::MAX
    }
}
