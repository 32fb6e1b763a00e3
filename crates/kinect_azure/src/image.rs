//! One image of one camera, and the pool whose memory is used again.

use std::sync::Arc;

use crate::modes::ColorFormat;
use crate::pool::Pool;

/// The meaning of the bytes of an [`Image`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ImageFormat {
    /// A colour image.
    Color(ColorFormat),
    /// Depth in millimetres along the optical axis, 16 bits a pixel, 0 = no measurement.
    Depth16,
    /// Active or passive infrared brightness, 16 bits a pixel; the scale depends on mode and scene.
    Ir16,
}

impl ImageFormat {
    /// Bytes from one row to the next when rows are tightly packed; 0 for MJPG, which has no rows.
    pub const fn packed_stride(self, width: u32) -> u32 {
        match self {
            Self::Color(ColorFormat::Mjpg) => 0,
            Self::Color(ColorFormat::Nv12) => width,
            Self::Color(ColorFormat::Yuy2) | Self::Depth16 | Self::Ir16 => width * 2,
            Self::Color(ColorFormat::Bgra32) => width * 4,
        }
    }

    /// Bytes of a tightly packed image of that size; `None` for MJPG, whose size varies.
    pub const fn packed_size(self, width: u32, height: u32) -> Option<usize> {
        let pixels = width as usize * height as usize;
        match self {
            Self::Color(ColorFormat::Mjpg) => None,
            Self::Color(ColorFormat::Nv12) => Some(pixels * 3 / 2),
            Self::Color(ColorFormat::Yuy2) | Self::Depth16 | Self::Ir16 => Some(pixels * 2),
            Self::Color(ColorFormat::Bgra32) => Some(pixels * 4),
        }
    }
}

/// The memory of an image. 16-bit formats keep 16-bit elements, so that neither [`Image::bytes`] nor
/// [`Image::u16_pixels`] converts or copies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pixels {
    /// Colour formats.
    Bytes(Vec<u8>),
    /// Depth and infrared, in the machine's byte order.
    U16(Vec<u16>),
    /// The memory of a vendor's library, held instead of copied; depth and infrared are tightly packed.
    Vendor(VendorMemory),
}

/// The memory of a live sensor's image, which belongs to the vendor's library; held until the last image that uses it
/// is dropped.
#[derive(Clone, Debug)]
pub struct VendorMemory {
    image: k4a::Image,
    size: usize,
}

impl VendorMemory {
    /// The first `size` bytes of an image, which must have them.
    pub(crate) fn new(image: k4a::Image, size: usize) -> Self {
        Self { image, size }
    }

    /// Whether the image's memory is aligned for 16-bit numbers.
    pub(crate) fn is_aligned(image: &k4a::Image) -> bool {
        image.bytes().as_ptr().align_offset(align_of::<u16>()) == 0
    }

    /// The library's own image, which that library's functions take without a copy.
    pub fn image(&self) -> &k4a::Image {
        &self.image
    }

    /// The bytes of the image.
    pub fn bytes(&self) -> &[u8] {
        let bytes = self.image.bytes();
        bytes.get(..self.size).unwrap_or(bytes)
    }
}

impl PartialEq for VendorMemory {
    fn eq(&self, other: &Self) -> bool {
        self.bytes() == other.bytes()
    }
}

impl Eq for VendorMemory {}

/// One image, with the timestamps and camera settings that the sensor gives for it.
///
/// Images are shared as `Arc<Image>` and do not change after a source delivered them.
#[derive(Clone, Debug, PartialEq)]
pub struct Image {
    /// The meaning of the bytes.
    pub format: ImageFormat,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Bytes from one row to the next, 0 for MJPG.
    pub stride: u32,
    /// The image's memory.
    pub pixels: Pixels,
    /// Centre of the exposure on the sensor's own clock, in µs.
    pub device_timestamp_usec: u64,
    /// Arrival at this computer on its monotonic clock, in ns; 0 in recordings, which do not store it.
    pub system_timestamp_nsec: u64,
    /// Exposure time in µs; 0 = unknown.
    pub exposure_usec: u64,
    /// White balance in kelvin; 0 = unknown.
    pub white_balance_kelvin: u32,
    /// ISO speed; 0 = unknown.
    pub iso_speed: u32,
}

impl Image {
    /// An image without pixels, to be filled by a source.
    pub const fn empty(format: ImageFormat) -> Self {
        Self {
            format,
            width: 0,
            height: 0,
            stride: 0,
            pixels: match format {
                ImageFormat::Color(_) => Pixels::Bytes(Vec::new()),
                ImageFormat::Depth16 | ImageFormat::Ir16 => Pixels::U16(Vec::new()),
            },
            device_timestamp_usec: 0,
            system_timestamp_nsec: 0,
            exposure_usec: 0,
            white_balance_kelvin: 0,
            iso_speed: 0,
        }
    }

    /// The image's memory as bytes (16-bit formats in the machine's byte order).
    pub fn bytes(&self) -> &[u8] {
        match &self.pixels {
            Pixels::Bytes(bytes) => bytes,
            Pixels::U16(values) => bytemuck::cast_slice(values),
            Pixels::Vendor(memory) => memory.bytes(),
        }
    }

    /// The pixels of a depth or infrared image, row by row; empty for colour images.
    pub fn u16_pixels(&self) -> &[u16] {
        match &self.pixels {
            Pixels::Bytes(_) => &[],
            Pixels::U16(values) => values,
            Pixels::Vendor(memory) if !matches!(self.format, ImageFormat::Color(_)) => {
                // The alignment was checked when the image was made.
                bytemuck::try_cast_slice(memory.bytes()).unwrap_or(&[])
            }
            Pixels::Vendor(_) => &[],
        }
    }

    /// The size of the image's memory in bytes.
    pub fn size(&self) -> usize {
        self.bytes().len()
    }
}

/// Images of one format, whose memory is used again once no consumer holds them any more.
///
/// The pool grows to the largest number of images that consumers hold at the same time.
#[derive(Debug)]
pub struct ImagePool {
    format: ImageFormat,
    images: Pool<Image>,
}

impl ImagePool {
    /// An empty pool of images of one format.
    pub const fn new(format: ImageFormat) -> Self {
        Self {
            format,
            images: Pool::new(),
        }
    }

    /// Fills an image that no consumer holds and returns it. On an error the image stays in the pool.
    pub fn fill<E>(
        &mut self,
        write: impl FnOnce(&mut Image) -> Result<(), E>,
    ) -> Result<Arc<Image>, E> {
        self.images.fill(|| Image::empty(self.format), write)
    }
}
