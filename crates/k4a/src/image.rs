//! Images: one picture of one camera, in memory that the library owns.
//!
//! An [`Image`] is a counted reference to an image that no longer changes: it can be cloned and read on any thread. An
//! [`ImageMut`] is a new image with one owner, who fills it, sets its times, and then [`share`](ImageMut::share)s it.

use std::ffi::{c_int, c_void};
use std::fmt;
use std::ptr::{NonNull, null_mut};
use std::slice;

use crate::abi::Handle;
use crate::call::check;
use crate::callback;
use crate::codes::ImageFormat;
use crate::error::{Error, Result};
use crate::library::Library;

/// The largest width and height that the libraries accept.
const LARGEST_SIDE: u32 = 20_000;

/// An image with its times and camera settings. Cloning it makes another reference, not a copy of the pixels.
pub struct Image {
    library: Library,
    handle: Handle,
    shape: Shape,
    buffer: NonNull<u8>,
    size: usize,
}

// SAFETY: references are counted atomically, and an `Image` only reads: once the library has returned an image, it
// changes neither its pixels nor its properties, and an `ImageMut` is not shared while it writes.
unsafe impl Send for Image {}
// SAFETY: as above.
unsafe impl Sync for Image {}

/// The properties of an image that determine the size of its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Shape {
    format: ImageFormat,
    width: u32,
    height: u32,
    stride: u32,
}

impl Shape {
    /// Bytes of a row without padding; `None` if the format does not define them.
    fn row(self) -> Option<usize> {
        let width = self.width as usize;
        match self.format {
            ImageFormat::ColorMjpg | ImageFormat::Custom => None,
            ImageFormat::ColorNv12 | ImageFormat::Custom8 => Some(width),
            ImageFormat::ColorYuy2
            | ImageFormat::Depth16
            | ImageFormat::Ir16
            | ImageFormat::Custom16 => Some(width * 2),
            ImageFormat::ColorBgra32 => Some(width * 4),
        }
    }

    /// Bytes from row to row, computed if the library reports 0.
    fn stride(self) -> usize {
        match self.stride {
            0 => self.row().unwrap_or(0),
            stride => stride as usize,
        }
    }

    /// The fewest bytes that an image of this shape needs, or the reason that no such image can exist.
    fn least_size(self) -> Result<usize, String> {
        let Self { width, height, .. } = self;
        if !(1..=LARGEST_SIDE).contains(&width) || !(1..=LARGEST_SIDE).contains(&height) {
            return Err(format!("an image cannot have {width} × {height} pixels"));
        }
        if self.format == ImageFormat::ColorMjpg {
            return Ok(1);
        }
        let (stride, row) = (self.stride(), self.row());
        if c_int::try_from(stride).is_err() {
            return Err(format!("an image cannot have a stride of {stride} bytes"));
        }
        if row.is_some_and(|row| stride < row) {
            return Err(format!(
                "a row of {width} pixels does not fit in a stride of {stride} bytes"
            ));
        }
        let rows = if self.format == ImageFormat::ColorNv12 {
            height.div_ceil(2) as usize + height as usize
        } else {
            height as usize
        };
        // The last row may end where its pixels do.
        let last = row.unwrap_or(stride);
        Ok((stride * (rows - 1) + last).max(1))
    }

    /// Checks that the image has enough bytes.
    fn check_size(self, size: usize) -> Result<(), String> {
        let least = self.least_size()?;
        if size < least {
            let Self {
                format,
                width,
                height,
                stride,
            } = self;
            return Err(format!(
                "{size} bytes are too few for {format:?} of {width} × {height} pixels with a stride of {stride} bytes: at \
                 least {least}"
            ));
        }
        Ok(())
    }
}

impl Image {
    /// Takes over a reference. If format, size or stride is impossible, the reference is released and an error is
    /// returned.
    pub(crate) fn from_handle(
        library: &Library,
        handle: Handle,
        function: &'static str,
    ) -> Result<Self> {
        let f = library.functions();
        // SAFETY: the handle lives: the caller has a reference.
        let described = unsafe {
            (
                (f.image_get_format)(handle),
                (f.image_get_width_pixels)(handle),
                (f.image_get_height_pixels)(handle),
                (f.image_get_stride_bytes)(handle),
                (f.image_get_buffer)(handle),
                (f.image_get_size)(handle),
            )
        };
        let (format, width, height, stride, buffer, size) = described;
        let checked = || -> Result<_, String> {
            let side =
                |side: c_int| u32::try_from(side).map_err(|_| format!("a side has {side} pixels"));
            let shape = Shape {
                format: ImageFormat::from_code(format)
                    .ok_or_else(|| format!("its format is the unknown number {format}"))?,
                width: side(width)?,
                height: side(height)?,
                stride: side(stride)?,
            };
            shape.check_size(size)?;
            // A slice cannot be longer.
            if isize::try_from(size).is_err() {
                return Err(format!("it has {size} bytes"));
            }
            let buffer = NonNull::new(buffer).ok_or("it has no memory")?;
            Ok((shape, buffer))
        };
        match checked() {
            Ok((shape, buffer)) => Ok(Self {
                library: library.clone(),
                handle,
                shape,
                buffer,
                size,
            }),
            Err(reason) => {
                // SAFETY: the reference is the caller's to give, and nobody uses it again.
                unsafe { (f.image_release)(handle) };
                Err(Error::unexpected(
                    function,
                    format!("the library returned an invalid image: {reason}"),
                ))
            }
        }
    }

    pub(crate) fn handle(&self) -> Handle {
        self.handle
    }

    /// The library that owns this image.
    pub fn library(&self) -> &Library {
        &self.library
    }

    /// The bytes of the image, with the padding at the end of rows; there can be more bytes than the rows need.
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: the library keeps that many bytes there for as long as this reference lives, which the slice does not
        // outlive; it initialises them, and nobody writes (see `Send`).
        unsafe { slice::from_raw_parts(self.buffer.as_ptr(), self.size) }
    }

    /// The format of the bytes.
    pub fn format(&self) -> ImageFormat {
        self.shape.format
    }

    /// Width in pixels.
    pub fn width(&self) -> u32 {
        self.shape.width
    }

    /// Height in pixels.
    pub fn height(&self) -> u32 {
        self.shape.height
    }

    /// Bytes from row to row; 0 for JPEG. If the library does not report it (Orbbec's library for NV12), it is computed
    /// from the width.
    pub fn stride(&self) -> usize {
        self.shape.stride()
    }

    /// Middle of the exposure in µs on the device's clock.
    pub fn device_timestamp_usec(&self) -> u64 {
        // SAFETY: the handle lives.
        unsafe { (self.library.functions().image_get_device_timestamp_usec)(self.handle) }
    }

    /// Arrival in ns on the host's monotonic clock (Orbbec: on its wall clock, in whole milliseconds); 0 in recordings.
    pub fn system_timestamp_nsec(&self) -> u64 {
        // SAFETY: the handle lives.
        unsafe { (self.library.functions().image_get_system_timestamp_nsec)(self.handle) }
    }

    /// Exposure in µs; colour only, 0 = unknown.
    pub fn exposure_usec(&self) -> u64 {
        // SAFETY: the handle lives.
        unsafe { (self.library.functions().image_get_exposure_usec)(self.handle) }
    }

    /// White balance in kelvin; colour only, 0 = unknown.
    pub fn white_balance_kelvin(&self) -> u32 {
        // SAFETY: the handle lives.
        unsafe { (self.library.functions().image_get_white_balance)(self.handle) }
    }

    /// ISO speed; colour only, 0 = unknown.
    pub fn iso_speed(&self) -> u32 {
        // SAFETY: the handle lives.
        unsafe { (self.library.functions().image_get_iso_speed)(self.handle) }
    }
}

impl Clone for Image {
    fn clone(&self) -> Self {
        // SAFETY: the handle lives; references are counted atomically.
        unsafe { (self.library.functions().image_reference)(self.handle) };
        Self {
            library: self.library.clone(),
            ..*self
        }
    }
}

impl Drop for Image {
    fn drop(&mut self) {
        // SAFETY: this reference is ours and is not used again.
        unsafe { (self.library.functions().image_release)(self.handle) };
    }
}

impl fmt::Debug for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Image")
            .field("format", &self.format())
            .field("width", &self.width())
            .field("height", &self.height())
            .field("stride", &self.stride())
            .field("size", &self.size)
            .field("device_timestamp_usec", &self.device_timestamp_usec())
            .finish()
    }
}

/// A new image with one owner, not shared yet.
pub struct ImageMut(Image);

impl ImageMut {
    pub(crate) fn handle(&self) -> Handle {
        self.0.handle
    }

    /// The library that owns this image.
    pub fn library(&self) -> &Library {
        &self.0.library
    }

    /// The bytes of the image.
    pub fn bytes(&self) -> &[u8] {
        self.0.bytes()
    }

    /// The bytes of the image, for writing.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: as in `Image::bytes`; nobody else has a reference, and this one is borrowed for as long as the slice.
        unsafe { slice::from_raw_parts_mut(self.0.buffer.as_ptr(), self.0.size) }
    }

    /// Sets [`Image::device_timestamp_usec`].
    pub fn set_device_timestamp_usec(&mut self, usec: u64) {
        // SAFETY: the handle lives, and nobody else has a reference.
        unsafe { (self.0.library.functions().image_set_device_timestamp_usec)(self.handle(), usec) }
    }

    /// Sets [`Image::system_timestamp_nsec`].
    pub fn set_system_timestamp_nsec(&mut self, nsec: u64) {
        // SAFETY: the handle lives, and nobody else has a reference.
        unsafe { (self.0.library.functions().image_set_system_timestamp_nsec)(self.handle(), nsec) }
    }

    /// Sets [`Image::exposure_usec`]; Orbbec's library leaves it as it is.
    pub fn set_exposure_usec(&mut self, usec: u64) {
        if let Some(set) = self.0.library.functions().image_set_exposure_usec {
            // SAFETY: the handle lives, and nobody else has a reference.
            unsafe { set(self.handle(), usec) }
        }
    }

    /// Sets [`Image::white_balance_kelvin`]; Orbbec's library leaves it as it is.
    pub fn set_white_balance_kelvin(&mut self, kelvin: u32) {
        // SAFETY: the handle lives, and nobody else has a reference.
        unsafe { (self.0.library.functions().image_set_white_balance)(self.handle(), kelvin) }
    }

    /// Sets [`Image::iso_speed`]; Orbbec's library leaves it as it is.
    pub fn set_iso_speed(&mut self, iso: u32) {
        // SAFETY: the handle lives, and nobody else has a reference.
        unsafe { (self.0.library.functions().image_set_iso_speed)(self.handle(), iso) }
    }

    /// The finished image, which can be cloned and no longer changes.
    pub fn share(self) -> Image {
        self.0
    }
}

impl From<ImageMut> for Image {
    fn from(image: ImageMut) -> Self {
        image.share()
    }
}

impl fmt::Debug for ImageMut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ImageMut").field(&self.0).finish()
    }
}

impl Library {
    /// Creates an image of zeros. A stride of 0 means rows without padding. For JPEGs use
    /// [`create_image_from_bytes`](Self::create_image_from_bytes), because their size is not known; custom rows need a
    /// stride.
    ///
    /// # Errors
    /// Fails if a side is not 1 to 19,999 pixels, if a side is odd in a format whose pixels share colours, or if there
    /// is not enough memory.
    pub fn create_image(
        &self,
        format: ImageFormat,
        width: u32,
        height: u32,
        stride: u32,
    ) -> Result<ImageMut> {
        const FUNCTION: &str = "k4a_image_create";
        let shape = Shape {
            format,
            width,
            height,
            stride,
        };
        shape
            .least_size()
            .map_err(|reason| Error::invalid(FUNCTION, reason))?;
        let mut handle = null_mut();
        check(FUNCTION, || {
            // SAFETY: the result points to a live handle. The casts are of checked sides, and of a stride that the
            // library refuses when negative.
            unsafe {
                (self.functions().image_create)(
                    format.code(),
                    width as c_int,
                    height as c_int,
                    stride as c_int,
                    &raw mut handle,
                )
            }
        })?;
        let image = ImageMut(self.new_image(FUNCTION, handle)?);
        // The library does not initialise the memory, so this does.
        // SAFETY: this owner may write that many bytes, as in `bytes_mut`, whose slice would need them initialised.
        unsafe { image.0.buffer.write_bytes(0, image.0.size) };
        Ok(image)
    }

    /// Creates an image from these bytes. They are dropped with the last reference to the image, on the thread that
    /// drops it. A stride of 0 means rows without padding, and is right for JPEGs.
    ///
    /// # Errors
    /// Fails if the size is impossible, or if there are fewer bytes than the rows need. The bytes are dropped in that
    /// case, too.
    pub fn create_image_from_bytes(
        &self,
        format: ImageFormat,
        width: u32,
        height: u32,
        stride: u32,
        bytes: Vec<u8>,
    ) -> Result<ImageMut> {
        self.create_image_from_owner(format, width, height, stride, bytes)
    }

    /// Like [`create_image_from_bytes`](Self::create_image_from_bytes), for any owner of memory.
    ///
    /// # Errors
    /// Fails as [`create_image_from_bytes`](Self::create_image_from_bytes) does.
    pub fn create_image_from_owner<B>(
        &self,
        format: ImageFormat,
        width: u32,
        height: u32,
        stride: u32,
        owner: B,
    ) -> Result<ImageMut>
    where
        B: AsMut<[u8]> + Send + 'static,
    {
        const FUNCTION: &str = "k4a_image_create_from_buffer";
        let shape = Shape {
            format,
            width,
            height,
            stride,
        };
        let owner = Box::into_raw(Box::new(owner));
        // SAFETY: the box was just leaked, so nothing else refers to the owner. Its memory is used through this pointer
        // only, until the owner is dropped.
        let memory = unsafe { (*owner).as_mut() };
        let (buffer, size) = (memory.as_mut_ptr(), memory.len());
        if let Err(reason) = shape.check_size(size) {
            // SAFETY: the library does not know of the box.
            drop(unsafe { Box::from_raw(owner) });
            return Err(Error::invalid(FUNCTION, reason));
        }
        // The library keeps the stride that it is given, so it gets the real one instead of 0.
        let stride = if format == ImageFormat::ColorMjpg {
            0
        } else {
            shape.stride()
        };
        let mut handle = null_mut();
        let created = check(FUNCTION, || {
            // SAFETY: the buffer lives until the library calls `drop_owner` with its owner, once. Sides were checked.
            unsafe {
                (self.functions().image_create_from_buffer)(
                    format.code(),
                    width as c_int,
                    height as c_int,
                    stride as c_int,
                    buffer,
                    size,
                    Some(drop_owner::<B>),
                    owner.cast(),
                    &raw mut handle,
                )
            }
        });
        if let Err(error) = created {
            // SAFETY: on a failure the library does not call back; the box is still ours.
            drop(unsafe { Box::from_raw(owner) });
            return Err(error);
        }
        Ok(ImageMut(self.new_image(FUNCTION, handle)?))
    }

    fn new_image(&self, function: &'static str, handle: Handle) -> Result<Image> {
        if handle.is_null() {
            return Err(Error::unexpected(function, "the library returned no image"));
        }
        Image::from_handle(self, handle, function)
    }
}

/// Drops the owner of an image's memory.
unsafe extern "C" fn drop_owner<B>(_buffer: *mut c_void, context: *mut c_void) {
    callback::guard(|| {
        // SAFETY: the context is the box that `create_image_from_owner` leaked, and the library calls this once.
        drop(unsafe { Box::from_raw(context.cast::<B>()) });
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn least(format: ImageFormat, width: u32, height: u32, stride: u32) -> Option<usize> {
        let shape = Shape {
            format,
            width,
            height,
            stride,
        };
        shape.least_size().ok()
    }

    #[test]
    fn an_image_needs_its_rows_but_not_the_padding_of_the_last() {
        assert_eq!(least(ImageFormat::Depth16, 10, 3, 32), Some(32 * 2 + 20));
        assert_eq!(least(ImageFormat::ColorBgra32, 10, 3, 0), Some(120));
        assert_eq!(least(ImageFormat::ColorNv12, 10, 4, 0), Some(60));
        assert_eq!(least(ImageFormat::Custom, 10, 3, 60), Some(180));
        assert_eq!(least(ImageFormat::ColorMjpg, 10, 3, 0), Some(1));
    }

    #[test]
    fn sides_and_strides_that_cannot_be_are_refused() {
        assert_eq!(least(ImageFormat::Depth16, 0, 3, 0), None);
        assert_eq!(least(ImageFormat::Depth16, 10, 20_001, 0), None);
        assert_eq!(least(ImageFormat::Depth16, 10, 3, 19), None);
        assert!(
            Shape {
                format: ImageFormat::Ir16,
                width: 4,
                height: 4,
                stride: 8
            }
            .check_size(31)
            .is_err()
        );
    }
}
