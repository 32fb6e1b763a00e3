//! The settings with which the vendor's tracker is opened.

use std::path::PathBuf;
use std::sync::Arc;

use kinect_azure::FrameRate;

/// The settings with which the vendor's tracker is opened.
#[derive(Clone, Debug, Default)]
pub struct VendorSetup {
    /// The sensor's name, for messages.
    pub sensor: String,
    /// The factory calibration as the sensor gives it, which the tracker needs.
    pub factory_calibration: Option<Arc<[u8]>>,
    /// The file of the `libk4a` that runs the sensor; the `libk4abt` that belongs to it is used. With `None`, for
    /// recordings and simulations, the first vendor's library that has a `libk4abt` is used.
    pub libk4a: Option<PathBuf>,
    /// Whether `libk4a` is loaded even if no file of a `libk4abt` was found, because the system's loader may find one
    /// by its name. The `libk4a` of a live sensor is always tried.
    pub load_anyway: bool,
    /// Captures per second: a frame that takes longer than this comes with a later capture.
    pub frame_rate: FrameRate,
    /// How the sensor is mounted, the processor, the graphics card's number and the file of the network.
    pub configuration: k4a::TrackerConfiguration,
    /// Whether the processor runs the network if the graphics card cannot.
    pub processor_instead: bool,
    /// How much joints are smoothed over time, 0 (not at all) to 1.
    pub smoothing: f32,
}
