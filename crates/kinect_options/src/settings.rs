//! The settings of a sensor that the options ask for.

use kinect_azure::device::{DeviceSelector, DeviceSettings};

use crate::{CameraOptions, LibraryOptions, SyncOptions};

/// The settings of the chosen sensor: the modes of these options, and defaults for settings that have no option.
/// [`DeviceSettings::check`] says whether a sensor can run with them.
pub fn device_settings(
    device: DeviceSelector,
    library: &LibraryOptions,
    cameras: &CameraOptions,
    sync: &SyncOptions,
) -> DeviceSettings {
    DeviceSettings {
        vendor: library.vendor(),
        library: library.library.clone(),
        device,
        depth_mode: cameras.depth_mode,
        color_resolution: cameras.color_resolution,
        color_format: cameras.color_format,
        frame_rate: cameras.fps,
        imu: !cameras.no_imu,
        synchronized_images_only: sync.synchronized_only,
        wired_sync_mode: sync.external_sync,
        subordinate_delay_off_master_usec: sync.sync_delay,
        depth_delay_off_color_usec: sync.depth_delay,
        ..DeviceSettings::default()
    }
}
