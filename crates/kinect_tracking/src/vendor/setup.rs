//! What the vendor's tracker is opened with.

use std::path::PathBuf;
use std::sync::Arc;

use kinect_azure::FrameRate;

/// What the vendor's tracker is opened with.
#[derive(Clone, Debug, Default)]
pub struct VendorSetup {
    /// The sensor's name, for messages.
    pub sensor: String,
    /// The factory calibration as the sensor gives it, which the tracker needs.
    pub factory_calibration: Option<Arc<[u8]>>,
    /// The file of the `libk4a` that runs the sensor: its own `libk4abt` is used. With `None`, for recordings and
    /// simulations, the first vendor's library that has a `libk4abt` is used.
    pub libk4a: Option<PathBuf>,
    /// Whether `libk4a` is loaded even where no file of a `libk4abt` is seen, because only the system's loader may know
    /// it. A sensor's own `libk4a` is always asked.
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
