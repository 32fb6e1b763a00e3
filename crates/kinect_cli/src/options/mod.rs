//! Options that several commands share, under the same names: [`RecordingOptions`] of everything that records, and
//! [`kinect_options`] for the modes of sensors, which other programs have as well.

mod patience;
mod recording;

pub(crate) use kinect_options::{
    CameraOptions, ColorOptions, SensorOptions, SyncOptions, VendorName, device_settings,
};
pub(crate) use patience::patience;
pub(crate) use recording::RecordingOptions;
