//! Images and captures.

use std::ptr::null_mut;

use crate::abi::Handle;
use crate::{Judge, Refused, check};

/// An image of the vendor's library, released on drop.
pub struct Image {
    judge: &'static Judge,
    handle: Handle,
}

/// What an image says about itself.
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
pub const FORMAT_MJPG: i32 = 0;
/// `K4A_IMAGE_FORMAT_DEPTH16`.
pub const FORMAT_DEPTH16: i32 = 4;
/// `K4A_IMAGE_FORMAT_CUSTOM`.
pub const FORMAT_CUSTOM: i32 = 8;

impl Judge {
    /// `k4a_image_create`, filled with `bytes` as far as they go. A format code is the C enum's; MJPG is made with
    /// [`mjpg_image`](Self::mjpg_image).
    pub fn image(
        &'static self,
        format: i32,
        width: u32,
        height: u32,
        stride: u32,
        bytes: &[u8],
    ) -> Result<Image, Refused> {
        let mut handle = null_mut();
        // SAFETY: the result points to a live handle.
        let code = unsafe {
            (self.functions.image_create)(
                format,
                width as i32,
                height as i32,
                stride as i32,
                &raw mut handle,
            )
        };
        check("k4a_image_create", code)?;
        let mut image = Image {
            judge: self,
            handle,
        };
        let memory = image.bytes_mut();
        let length = memory.len().min(bytes.len());
        memory[..length].copy_from_slice(&bytes[..length]);
        Ok(image)
    }

    /// A depth image of tightly packed rows.
    pub fn depth_image(
        &'static self,
        width: u32,
        height: u32,
        depth: &[u16],
    ) -> Result<Image, Refused> {
        let bytes: Vec<u8> = depth.iter().flat_map(|d| d.to_ne_bytes()).collect();
        self.image(FORMAT_DEPTH16, width, height, width * 2, &bytes)
    }

    /// An empty image for a point cloud of three i16 a pixel.
    pub fn point_cloud_image(&'static self, width: u32, height: u32) -> Result<Image, Refused> {
        self.image(FORMAT_CUSTOM, width, height, width * 6, &[])
    }

    /// `k4a_image_create_from_buffer` for one JPEG.
    pub fn mjpg_image(
        &'static self,
        width: u32,
        height: u32,
        jpeg: &[u8],
    ) -> Result<Image, Refused> {
        unsafe extern "C" fn free(_: *mut std::ffi::c_void, context: *mut std::ffi::c_void) {
            // SAFETY: the context is the box leaked below, and the library calls this once.
            drop(unsafe { Box::from_raw(context.cast::<Vec<u8>>()) });
        }
        let mut bytes = Box::new(jpeg.to_vec());
        let (pointer, length) = (bytes.as_mut_ptr(), bytes.len());
        let context = Box::into_raw(bytes);
        let mut handle = null_mut();
        // SAFETY: the buffer lives until the library calls `free` with its context.
        let code = unsafe {
            (self.functions.image_create_from_buffer)(
                FORMAT_MJPG,
                width as i32,
                height as i32,
                0,
                pointer,
                length,
                Some(free),
                context.cast(),
                &raw mut handle,
            )
        };
        if code != 0 {
            // SAFETY: on failure the library does not call `free`; the box is still ours.
            drop(unsafe { Box::from_raw(context) });
        }
        check("k4a_image_create_from_buffer", code)?;
        Ok(Image {
            judge: self,
            handle,
        })
    }

    /// `k4a_capture_create` with up to three images.
    pub fn capture(
        &'static self,
        color: Option<&Image>,
        depth: Option<&Image>,
        ir: Option<&Image>,
    ) -> Result<Capture, Refused> {
        let mut handle = null_mut();
        // SAFETY: the result points to a live handle.
        check("k4a_capture_create", unsafe {
            (self.functions.capture_create)(&raw mut handle)
        })?;
        let f = &self.functions;
        for (image, set) in [
            (color, f.capture_set_color_image),
            (depth, f.capture_set_depth_image),
            (ir, f.capture_set_ir_image),
        ] {
            if let Some(image) = image {
                // SAFETY: both handles live; the capture takes its own reference.
                unsafe { set(handle, image.handle) };
            }
        }
        Ok(Capture {
            judge: self,
            handle,
        })
    }
}

impl Image {
    pub(crate) fn handle(&self) -> Handle {
        self.handle
    }

    /// The image's memory.
    pub fn bytes(&self) -> &[u8] {
        let f = &self.judge.functions;
        // SAFETY: the library owns that many initialised bytes there for as long as the image lives.
        unsafe {
            std::slice::from_raw_parts(
                (f.image_get_buffer)(self.handle),
                (f.image_get_size)(self.handle),
            )
        }
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        let f = &self.judge.functions;
        // SAFETY: as in `bytes`; the image was just made and nobody else has it.
        unsafe {
            std::slice::from_raw_parts_mut(
                (f.image_get_buffer)(self.handle),
                (f.image_get_size)(self.handle),
            )
        }
    }

    /// Format, size and times.
    pub fn info(&self) -> ImageInfo {
        let f = &self.judge.functions;
        // SAFETY: the handle lives.
        unsafe {
            ImageInfo {
                format: (f.image_get_format)(self.handle),
                width: (f.image_get_width_pixels)(self.handle),
                height: (f.image_get_height_pixels)(self.handle),
                stride: (f.image_get_stride_bytes)(self.handle),
                device_timestamp_usec: (f.image_get_device_timestamp_usec)(self.handle),
                system_timestamp_nsec: (f.image_get_system_timestamp_nsec)(self.handle),
            }
        }
    }

    /// `k4a_image_set_device_timestamp_usec`.
    pub fn set_device_timestamp_usec(&self, timestamp: u64) {
        // SAFETY: the handle lives; the library writes the number under no lock, and images are not shared here.
        unsafe { (self.judge.functions.image_set_device_timestamp_usec)(self.handle, timestamp) }
    }
}

impl Drop for Image {
    fn drop(&mut self) {
        // SAFETY: this is our reference, and it is not used again.
        unsafe { (self.judge.functions.image_release)(self.handle) }
    }
}

/// A capture of the vendor's library, released on drop.
pub struct Capture {
    judge: &'static Judge,
    handle: Handle,
}

impl Capture {
    pub(crate) fn new(judge: &'static Judge, handle: Handle) -> Self {
        Self { judge, handle }
    }

    pub(crate) fn handle(&self) -> Handle {
        self.handle
    }

    fn image(&self, get: unsafe extern "C" fn(Handle) -> Handle) -> Option<Image> {
        // SAFETY: the handle lives; what comes back is a reference of our own.
        let handle = unsafe { get(self.handle) };
        (!handle.is_null()).then_some(Image {
            judge: self.judge,
            handle,
        })
    }

    /// The colour image.
    pub fn color(&self) -> Option<Image> {
        self.image(self.judge.functions.capture_get_color_image)
    }

    /// The depth image.
    pub fn depth(&self) -> Option<Image> {
        self.image(self.judge.functions.capture_get_depth_image)
    }

    /// The infrared image.
    pub fn ir(&self) -> Option<Image> {
        self.image(self.judge.functions.capture_get_ir_image)
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        // SAFETY: this is our reference, and it is not used again.
        unsafe { (self.judge.functions.capture_release)(self.handle) }
    }
}
