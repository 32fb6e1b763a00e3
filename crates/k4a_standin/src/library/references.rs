//! References to captures and images: taken, released, put together.

use super::images::{Capture, Image};
use super::vendor::is_orbbec;
use super::world::{Kind, World};

impl World {
    pub(super) fn add_image(&mut self, image: Image) -> u64 {
        let handle = self.handle(Kind::Image);
        self.images.insert(handle, image);
        handle
    }

    pub(super) fn add_capture(&mut self, capture: Capture) -> u64 {
        let handle = self.handle(Kind::Capture);
        self.captures.insert(handle, capture);
        handle
    }

    pub(super) fn image(&mut self, function: &str, handle: u64) -> Option<&mut Image> {
        if !self.images.contains_key(&handle) {
            self.bad_handle(function, Kind::Image, handle);
        }
        self.images.get_mut(&handle)
    }

    pub(super) fn capture(&mut self, function: &str, handle: u64) -> Option<&mut Capture> {
        if !self.captures.contains_key(&handle) {
            self.bad_handle(function, Kind::Capture, handle);
        }
        self.captures.get_mut(&handle)
    }

    pub(super) fn release_image(&mut self, function: &str, handle: u64) {
        let Some(image) = self.image(function, handle) else {
            return;
        };
        image.references -= 1;
        if image.references == 0
            && let Some(image) = self.images.remove(&handle)
        {
            self.effects.released.push(image.memory);
        }
    }

    pub(super) fn release_capture(&mut self, function: &str, handle: u64) {
        let Some(capture) = self.capture(function, handle) else {
            return;
        };
        capture.references -= 1;
        if capture.references == 0
            && let Some(capture) = self.captures.remove(&handle)
        {
            for image in capture.images.into_iter().flatten() {
                self.release_image(function, image);
            }
        }
    }

    /// A reference to a capture's image (0 colour, 1 depth, 2 infrared). Orbbec makes a new image object each time.
    pub(super) fn get_image(&mut self, function: &str, capture: u64, part: usize) -> Option<u64> {
        let handle = self.capture(function, capture)?.images[part]?;
        let image = self.image(function, handle)?;
        if is_orbbec() {
            let image = Image {
                references: 1,
                ..image.clone()
            };
            return Some(self.add_image(image));
        }
        image.references += 1;
        Some(handle)
    }

    /// Puts an image into a capture, which takes its own reference; 0 takes the old one out.
    pub(super) fn set_image(&mut self, function: &str, capture: u64, part: usize, image: u64) {
        if self.capture(function, capture).is_none() {
            return;
        }
        if image != 0 {
            let Some(image) = self.image(function, image) else {
                return;
            };
            image.references += 1;
        }
        let new = (image != 0).then_some(image);
        let old = self
            .capture(function, capture)
            .and_then(|capture| std::mem::replace(&mut capture.images[part], new));
        if let Some(old) = old {
            self.release_image(function, old);
        }
    }
}
