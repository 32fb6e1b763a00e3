//! Captures: the images that the cameras took at one moment. Each of them may be missing.

use std::fmt;
use std::ptr::null_mut;

use crate::abi::Handle;
use crate::call::check;
use crate::error::{Error, Result};
use crate::image::Image;
use crate::library::Library;
use crate::vendor::Vendor;

/// Up to three images of one moment. Cloning it makes another reference, not a copy.
pub struct Capture {
    library: Library,
    handle: Handle,
}

// SAFETY: references are counted atomically, and a `Capture` only reads; a `CaptureMut` is not shared while it writes,
// and the library locks the capture's list of images.
unsafe impl Send for Capture {}
// SAFETY: as above.
unsafe impl Sync for Capture {}

impl Capture {
    /// Takes over a reference, which must not be null.
    pub(crate) fn from_handle(library: &Library, handle: Handle) -> Self {
        Self {
            library: library.clone(),
            handle,
        }
    }

    pub(crate) fn handle(&self) -> Handle {
        self.handle
    }

    /// The library that owns this capture.
    pub fn library(&self) -> &Library {
        &self.library
    }

    fn image(
        &self,
        function: &'static str,
        get: unsafe extern "C" fn(Handle) -> Handle,
    ) -> Result<Option<Image>> {
        // SAFETY: the handle lives; the result is a new reference, or null.
        let handle = unsafe { get(self.handle) };
        if handle.is_null() {
            return Ok(None);
        }
        Image::from_handle(&self.library, handle, function).map(Some)
    }

    /// The colour image. Call this once per capture: Orbbec's library makes a new object each time.
    ///
    /// # Errors
    /// Fails if the library returns an image with an impossible format, size or stride.
    pub fn color(&self) -> Result<Option<Image>> {
        let get = self.library.functions().capture_get_color_image;
        self.image("k4a_capture_get_color_image", get)
    }

    /// The depth image; missing in passive infrared mode. Like [`color`](Self::color), call this once per capture.
    ///
    /// # Errors
    /// Fails if the library returns an image with an impossible format, size or stride.
    pub fn depth(&self) -> Result<Option<Image>> {
        let get = self.library.functions().capture_get_depth_image;
        self.image("k4a_capture_get_depth_image", get)
    }

    /// The infrared image. Like [`color`](Self::color), call this once per capture.
    ///
    /// # Errors
    /// Fails if the library returns an image with an impossible format, size or stride.
    pub fn ir(&self) -> Result<Option<Image>> {
        let get = self.library.functions().capture_get_ir_image;
        self.image("k4a_capture_get_ir_image", get)
    }

    /// The device's temperature in °C; `None` if it is unknown, as in recordings and with Orbbec's library, which
    /// reports 0.
    pub fn temperature_celsius(&self) -> Option<f32> {
        // SAFETY: the handle lives.
        let celsius = unsafe { (self.library.functions().capture_get_temperature_c)(self.handle) };
        let is_known = !(self.library.vendor() == Vendor::Orbbec && celsius == 0.0);
        (is_known && celsius.is_finite()).then_some(celsius)
    }
}

impl Clone for Capture {
    fn clone(&self) -> Self {
        // SAFETY: the handle lives; references are counted atomically.
        unsafe { (self.library.functions().capture_reference)(self.handle) };
        Self {
            library: self.library.clone(),
            handle: self.handle,
        }
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        // SAFETY: this reference is ours and is not used again.
        unsafe { (self.library.functions().capture_release)(self.handle) };
    }
}

impl fmt::Debug for Capture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Capture")
            .field("vendor", &self.library.vendor())
            .field("temperature_celsius", &self.temperature_celsius())
            .finish_non_exhaustive()
    }
}

/// A new capture with one owner, not shared yet.
pub struct CaptureMut(Capture);

impl CaptureMut {
    fn set(
        &mut self,
        function: &'static str,
        set: unsafe extern "C" fn(Handle, Handle),
        image: Option<&Image>,
    ) -> Result<()> {
        if image.is_some_and(|image| image.library() != &self.0.library) {
            return Err(Error::other_library(function));
        }
        // SAFETY: both handles live, the image's may be null; the capture takes its own reference.
        unsafe { set(self.0.handle, image.map_or(null_mut(), Image::handle)) };
        Ok(())
    }

    /// Sets or removes the colour image.
    ///
    /// # Errors
    /// Fails if the image belongs to another library.
    pub fn set_color(&mut self, image: Option<&Image>) -> Result<()> {
        let set = self.0.library.functions().capture_set_color_image;
        self.set("k4a_capture_set_color_image", set, image)
    }

    /// Sets or removes the depth image.
    ///
    /// # Errors
    /// Fails if the image belongs to another library.
    pub fn set_depth(&mut self, image: Option<&Image>) -> Result<()> {
        let set = self.0.library.functions().capture_set_depth_image;
        self.set("k4a_capture_set_depth_image", set, image)
    }

    /// Sets or removes the infrared image.
    ///
    /// # Errors
    /// Fails if the image belongs to another library.
    pub fn set_ir(&mut self, image: Option<&Image>) -> Result<()> {
        let set = self.0.library.functions().capture_set_ir_image;
        self.set("k4a_capture_set_ir_image", set, image)
    }

    /// Sets [`Capture::temperature_celsius`].
    pub fn set_temperature_celsius(&mut self, celsius: f32) {
        // SAFETY: the handle lives, and nobody else has a reference.
        unsafe { (self.0.library.functions().capture_set_temperature_c)(self.0.handle, celsius) }
    }

    /// The finished capture, which can be cloned and no longer changes.
    pub fn share(self) -> Capture {
        self.0
    }
}

impl From<CaptureMut> for Capture {
    fn from(capture: CaptureMut) -> Self {
        capture.share()
    }
}

impl fmt::Debug for CaptureMut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CaptureMut").field(&self.0).finish()
    }
}

impl Library {
    /// A capture without images.
    ///
    /// # Errors
    /// Fails if there is not enough memory.
    pub fn create_capture(&self) -> Result<CaptureMut> {
        const FUNCTION: &str = "k4a_capture_create";
        let mut handle = null_mut();
        // SAFETY: the result points to a live handle.
        check(FUNCTION, || unsafe {
            (self.functions().capture_create)(&raw mut handle)
        })?;
        if handle.is_null() {
            return Err(Error::unexpected(
                FUNCTION,
                "the library returned no capture",
            ));
        }
        Ok(CaptureMut(Capture::from_handle(self, handle)))
    }
}
