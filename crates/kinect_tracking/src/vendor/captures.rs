//! Captures of the vendor's library.

use std::sync::Arc;

use k4a::Library;
use kinect_azure::image::Pixels;
use kinect_azure::{Capture, Image};

use super::buffers::Buffers;

/// Makes captures of the vendor's library.
#[derive(Debug)]
pub(super) struct Captures {
    library: Library,
    buffers: Arc<Buffers>,
}

impl Captures {
    pub(super) fn new(library: &Library) -> Self {
        Self {
            library: library.clone(),
            buffers: Arc::default(),
        }
    }

    /// A capture with this depth image and the infrared image of that capture, if it has one.
    pub(super) fn capture(&self, depth: &Image, capture: &Capture) -> k4a::Result<k4a::Capture> {
        let mut made = self.library.create_capture()?;
        made.set_depth(Some(&self.image(depth, k4a::ImageFormat::Depth16)?))?;
        if let Some(ir) = &capture.ir {
            made.set_ir(Some(&self.image(ir, k4a::ImageFormat::Ir16)?))?;
        }
        if let Some(celsius) = capture.temperature_celsius {
            made.set_temperature_celsius(celsius);
        }
        Ok(made.share())
    }

    /// The library's own image without a copy; a copy of any other image.
    fn image(&self, image: &Image, format: k4a::ImageFormat) -> k4a::Result<k4a::Image> {
        if let Pixels::Vendor(memory) = &image.pixels
            && memory.image().library() == &self.library
        {
            return Ok(memory.image().clone());
        }
        let mut made = self.library.create_image_from_owner(
            format,
            image.width,
            image.height,
            image.stride,
            self.buffers.with(image.bytes()),
        )?;
        made.set_device_timestamp_usec(image.device_timestamp_usec);
        made.set_system_timestamp_nsec(image.system_timestamp_nsec);
        Ok(made.share())
    }
}
