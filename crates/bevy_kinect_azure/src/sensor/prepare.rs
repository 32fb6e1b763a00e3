//! Work that every consumer of a frame needs, done once on the capture thread: decoding colour, measuring infrared, checking
//! images.

use std::sync::atomic::Ordering;
use std::time::Instant;

use kinect_azure::Image;
use kinect_azure::decode::{ColorDecoder, packed_bgra};

use super::frame::{Frame, IrRange};
use super::handle::Counters;
use super::log::thread_name;

/// Prepares the frames of one sensor.
#[derive(Default)]
pub(super) struct Preparation {
    decoder: ColorDecoder,
    ir_range: IrRange,
}

impl Preparation {
    /// Decodes the frame's colour image, removes images whose bytes do not fit their format and size, and measures the infrared
    /// image.
    pub(super) fn prepare(&mut self, frame: &mut Frame, counters: &Counters) {
        frame.color_size = (0, 0);
        if let Some(color) = &frame.capture.color {
            let start = Instant::now();
            // One core is enough for 1080p at 30 fps; larger images are decoded on several.
            self.decoder.parallel = color.width > 1920;
            let decoded = if packed_bgra(color).is_some() {
                frame.decoded.clear();
                Ok(())
            } else {
                self.decoder.decode(color, &mut frame.decoded)
            };
            match decoded {
                Ok(()) => frame.color_size = (color.width, color.height),
                Err(error) => image_error(counters, "colour image", &error),
            }
            counters
                .decode_usec
                .store(start.elapsed().as_micros() as u64, Ordering::Relaxed);
        }
        for image in [&mut frame.capture.depth, &mut frame.capture.ir] {
            if let Some(unsound) = image.take_if(|image| !is_sound(image)) {
                image_error(
                    counters,
                    "depth or infrared image",
                    &format_args!(
                        "{} pixels do not make {}x{}",
                        unsound.u16_pixels().len(),
                        unsound.width,
                        unsound.height
                    ),
                );
            }
        }
        if let Some(ir) = &frame.capture.ir {
            frame.ir_range = self.ir_range.update(ir.u16_pixels());
        }
    }
}

/// Counts an error; only a sensor's first error is written to the log.
pub(super) fn image_error(counters: &Counters, what: &str, error: &dyn core::fmt::Display) {
    if counters.image_errors.fetch_add(1, Ordering::Relaxed) == 0 {
        bevy::log::warn!(
            "{}: a {what} was dropped: {error} (further ones are only counted)",
            thread_name(),
        );
    }
}

/// Whether a depth or infrared image has as many pixels as its width and height say: a source of the app's own may be wrong.
fn is_sound(image: &Image) -> bool {
    image.width > 0
        && image.height > 0
        && image.u16_pixels().len() as u64 == u64::from(image.width) * u64::from(image.height)
}
