//! Images and captures.

use std::cell::{OnceCell, RefCell};

use k4a::{ImageFormat, ImageMut};

use crate::codes::known;
use crate::judge::Judge;
use k4a::Error;

/// An image of the vendor's library. A test can change an image that it has made until the image is read or put into a
/// capture.
pub struct Image {
    own: RefCell<Option<ImageMut>>,
    shared: OnceCell<k4a::Image>,
}

/// The properties of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageInfo {
    /// `k4a_image_format_t`.
    pub format: i32,
    /// Pixels.
    pub width: i32,
    /// Pixels.
    pub height: i32,
    /// Bytes from row to row.
    pub stride: i32,
    /// µs on the device clock.
    pub device_timestamp_usec: u64,
    /// ns on the host clock.
    pub system_timestamp_nsec: u64,
}

/// `K4A_IMAGE_FORMAT_COLOR_MJPG`.
pub const FORMAT_MJPG: i32 = ImageFormat::ColorMjpg.code();
/// `K4A_IMAGE_FORMAT_DEPTH16`.
pub const FORMAT_DEPTH16: i32 = ImageFormat::Depth16.code();
/// `K4A_IMAGE_FORMAT_CUSTOM`.
pub const FORMAT_CUSTOM: i32 = ImageFormat::Custom.code();

impl Judge {
    /// `k4a_image_create`; the beginning of the image is filled with `bytes`. `format` is a number of the C enum; use
    /// [`mjpg_image`](Self::mjpg_image) for MJPG.
    pub fn image(
        &self,
        format: i32,
        width: u32,
        height: u32,
        stride: u32,
        bytes: &[u8],
    ) -> Result<Image, Error> {
        let format = known!(ImageFormat, format);
        let mut image = self.library.create_image(format, width, height, stride)?;
        let memory = image.bytes_mut();
        let length = memory.len().min(bytes.len());
        memory[..length].copy_from_slice(&bytes[..length]);
        Ok(Image::own(image))
    }

    /// A depth image of tightly packed rows.
    pub fn depth_image(&self, width: u32, height: u32, depth: &[u16]) -> Result<Image, Error> {
        let bytes: Vec<u8> = depth.iter().flat_map(|d| d.to_ne_bytes()).collect();
        self.image(FORMAT_DEPTH16, width, height, width * 2, &bytes)
    }

    /// An empty image for a point cloud of three i16 a pixel.
    pub fn point_cloud_image(&self, width: u32, height: u32) -> Result<Image, Error> {
        self.image(FORMAT_CUSTOM, width, height, width * 6, &[])
    }

    /// `k4a_image_create_from_buffer` for one JPEG.
    pub fn mjpg_image(&self, width: u32, height: u32, jpeg: &[u8]) -> Result<Image, Error> {
        let format = ImageFormat::ColorMjpg;
        self.library
            .create_image_from_bytes(format, width, height, 0, jpeg.to_vec())
            .map(Image::own)
    }

    /// `k4a_capture_create` with up to three images.
    pub fn capture(
        &self,
        color: Option<&Image>,
        depth: Option<&Image>,
        ir: Option<&Image>,
    ) -> Result<Capture, Error> {
        let mut capture = self.library.create_capture()?;
        capture.set_color(color.map(Image::shared))?;
        capture.set_depth(depth.map(Image::shared))?;
        capture.set_ir(ir.map(Image::shared))?;
        Ok(Capture(capture.share()))
    }
}

impl Image {
    fn own(image: ImageMut) -> Self {
        Self {
            own: RefCell::new(Some(image)),
            shared: OnceCell::new(),
        }
    }

    /// The image in the type that functions of `k4a` take. It cannot be changed any more.
    pub fn shared(&self) -> &k4a::Image {
        self.shared.get_or_init(|| {
            let own = self.own.take();
            own.expect("an image is a test's own or shared").share()
        })
    }

    /// Changes an image that is not shared yet.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut ImageMut) -> T) -> T {
        let mut own = self.own.borrow_mut();
        change(
            own.as_mut()
                .expect("an image that was read or put into a capture stays as it is"),
        )
    }

    /// The bytes of the image.
    pub fn bytes(&self) -> &[u8] {
        self.shared().bytes()
    }

    /// Format, size and times.
    pub fn info(&self) -> ImageInfo {
        let image = self.shared();
        ImageInfo {
            format: image.format().code(),
            width: image.width() as i32,
            height: image.height() as i32,
            stride: image.stride() as i32,
            device_timestamp_usec: image.device_timestamp_usec(),
            system_timestamp_nsec: image.system_timestamp_nsec(),
        }
    }

    /// `k4a_image_set_device_timestamp_usec`.
    pub fn set_device_timestamp_usec(&self, timestamp: u64) {
        self.change(|image| image.set_device_timestamp_usec(timestamp));
    }
}

/// A capture of the vendor's library.
pub struct Capture(k4a::Capture);

impl Capture {
    pub(crate) fn new(capture: k4a::Capture) -> Self {
        Self(capture)
    }

    pub(crate) fn inner(&self) -> &k4a::Capture {
        &self.0
    }

    /// The colour image.
    pub fn color(&self) -> Option<Image> {
        image(self.0.color())
    }

    /// The depth image.
    pub fn depth(&self) -> Option<Image> {
        image(self.0.depth())
    }

    /// The infrared image.
    pub fn ir(&self) -> Option<Image> {
        image(self.0.ir())
    }
}

fn image(answer: Result<Option<k4a::Image>, Error>) -> Option<Image> {
    let image = answer.expect("the vendor's library gives images that can be")?;
    Some(Image {
        own: RefCell::default(),
        shared: OnceCell::from(image),
    })
}
