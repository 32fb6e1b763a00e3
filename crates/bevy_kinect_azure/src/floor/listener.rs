//! Looks for the floor in the captures of a sensor, on its capture thread.

use core::time::Duration;
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use kinect_azure::{Calibration, Capture, CaptureSource, ImuSample, SensorInfo};
use kinect_tracking::Gravity;
use kinect_tracking::floor::{FloorChange, FloorWatch, FoundFloor, NoFloor, UpGuess};

use crate::sensor::CaptureListener;

/// The floor of a sensor.
#[derive(Default)]
pub(super) struct FloorListener(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    sensor: Option<Sensor>,
    interval_usec: u64,
    news: FloorNews,
}

/// The open source.
struct Sensor {
    info: SensorInfo,
    calibration: Calibration,
    gravity: Gravity,
    watch: FloorWatch,
    /// Device timestamp of the image that was looked at last, in µs.
    looked_usec: Option<u64>,
}

/// What the app reads.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct FloorNews {
    pub(super) floor: Option<FoundFloor>,
    pub(super) problem: Option<NoFloor>,
    pub(super) has_gravity: bool,
    /// How often the sensor was moved.
    pub(super) moves: u64,
}

impl FloorListener {
    /// The newest result. `None` while the capture thread looks at an image: the app does not wait, and reads it in the next
    /// update.
    pub(super) fn news(&self) -> Option<FloorNews> {
        let inner = match self.0.try_lock() {
            Ok(inner) => inner,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return None,
        };
        Some(inner.news)
    }

    /// Sets the time between two images that are looked at.
    pub(super) fn set_interval(&self, interval: Duration) {
        let interval_usec = u64::try_from(interval.as_micros()).unwrap_or(u64::MAX);
        self.lock().interval_usec = interval_usec;
    }

    /// Held for a quarter of a millisecond at most.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CaptureListener for FloorListener {
    fn opened(&self, source: &dyn CaptureSource) {
        let mut inner = self.lock();
        let calibration = source.calibration();
        let known = inner.sensor.as_mut().filter(|sensor| {
            sensor.info == *source.info() && Some(&sensor.calibration) == calibration
        });
        if let Some(sensor) = known {
            // It may have been moved meanwhile.
            sensor.gravity = Gravity::default();
            return;
        }
        inner.sensor = calibration.and_then(|calibration| {
            let camera = calibration.depth_camera.as_ref()?;
            Some(Sensor {
                info: source.info().clone(),
                calibration: calibration.clone(),
                gravity: Gravity::default(),
                watch: FloorWatch::new(camera),
                looked_usec: None,
            })
        });
        inner.news.floor = None;
        inner.news.has_gravity = false;
        inner.news.problem = inner.sensor.is_none().then_some(NoFloor::NoDepth);
    }

    fn closed(&self) {}

    fn capture(&self, capture: &Capture) {
        let mut inner = self.lock();
        let Inner {
            sensor: Some(sensor),
            interval_usec,
            news,
        } = &mut *inner
        else {
            return;
        };
        let Some(depth) = &capture.depth else {
            if capture.ir.is_some() && !sensor.calibration.depth_mode.has_depth() {
                news.problem = Some(NoFloor::NoDepth);
            }
            return;
        };
        let usec = depth.device_timestamp_usec;
        // After a step back in time an image is due.
        let is_early = sensor
            .looked_usec
            .and_then(|before| usec.checked_sub(before))
            .is_some_and(|gone| gone < *interval_usec);
        if is_early {
            return;
        }
        sensor.looked_usec = Some(usec);
        let measured = sensor.gravity.mean();
        let change = sensor.watch.update(depth, measured, UpGuess::upright());
        if change == Some(FloorChange::Moved) {
            news.moves += 1;
        }
        news.floor = sensor.watch.floor().copied();
        news.problem = sensor.watch.problem();
        news.has_gravity = measured.is_some();
    }

    fn sample(&self, sample: &ImuSample) {
        if let Some(sensor) = &self.lock().sensor {
            sensor.gravity.add(sample, &sensor.calibration);
        }
    }
}
