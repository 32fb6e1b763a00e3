//! Reads the hands of bodies in a depth image.

use kinect_azure::calibration::Camera;
use kinect_azure::{Body, Image};

use super::network::Network;
use super::reading::{HandReading, HandUnknown};
use super::settings::ReaderSettings;
use super::view::HandView;
use crate::gestures::Side;

/// Reads the hands of bodies in depth images.
///
/// ```
/// use kinect_tracking::hands::HandReader;
/// # fn example(camera: &kinect_azure::calibration::Camera, capture: &kinect_azure::Capture, body: &kinect_azure::Body) {
/// let reader = HandReader::new();
/// if let Some(depth) = &capture.depth {
///     let [left, right] = reader.read(body, camera, depth, &Default::default());
///     println!("left {:?}, right {:?}", left.state(), right.state());
/// }
/// # }
/// ```
pub struct HandReader {
    network: Network,
}

impl core::fmt::Debug for HandReader {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("HandReader").finish_non_exhaustive()
    }
}

impl Default for HandReader {
    fn default() -> Self {
        Self::new()
    }
}

impl HandReader {
    /// A reader. It can be used for any camera, on any thread.
    pub fn new() -> Self {
        Self {
            network: Network::new(),
        }
    }

    /// Reads the left and the right hand of a body. `depth` is the depth image in which the body was found, and `camera` the
    /// depth camera of its calibration.
    pub fn read(
        &self,
        body: &Body,
        camera: &Camera,
        depth: &Image,
        settings: &ReaderSettings,
    ) -> [HandReading; 2] {
        if (depth.width, depth.height) != (camera.width, camera.height) {
            return [HandReading::unknown(HandUnknown::OutOfView); 2];
        }
        Side::BOTH.map(|side| {
            match HandView::of(body, side, camera, depth.u16_pixels(), settings) {
                Ok(view) => {
                    let [open, _, closed] = self.network.run(&view);
                    HandReading {
                        open,
                        closed,
                        unknown: None,
                    }
                }
                Err(why) => HandReading::unknown(why),
            }
        })
    }
}
