//! An inspector of sensors.
