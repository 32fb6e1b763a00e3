//! A tracker as a capture listener: it gets every capture on the capture thread and passes it on to the tracker's thread.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use kinect_azure::body::BodyFrame;
use kinect_azure::{Calibration, Capture, CaptureSource, ImuSample};
use kinect_tracking::choice::{self, TrackedSensor};
use kinect_tracking::files::{BodyClip, ClipTracker};
use kinect_tracking::tracker::{
    BodyTracker, RunnerSettings, StopSignal, TrackerError, TrackerRunner, TrackerState,
    TrackerStatus,
};

use super::settings::BodySource;
use crate::sensor::CaptureListener;

/// The tracker of a sensor. The tracker's thread starts with the first capture, and outlasts losses of the sensor.
pub(super) struct TrackerListener {
    source: BodySource,
    restarts: RunnerSettings,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    runner: Option<TrackerRunner>,
    sensor: Option<Sensor>,
    /// Why the tracker's thread could not be started.
    failure: Option<String>,
    has_ended: bool,
}

/// The open source.
struct Sensor {
    offers: Arc<TrackedSensor>,
    calibration: Arc<Calibration>,
}

/// The calibration of a sensor that has none.
pub(super) const NO_CALIBRATION: Calibration = Calibration {
    depth_camera: None,
    color_camera: None,
    extrinsics: [[None; 4]; 4],
    depth_mode: kinect_azure::DepthMode::Off,
    color_resolution: kinect_azure::ColorResolution::Off,
};

impl TrackerListener {
    pub(super) fn new(source: BodySource, restarts: RunnerSettings) -> Self {
        Self {
            source,
            restarts,
            inner: Mutex::default(),
        }
    }

    /// The newest body frame that was not taken yet. Writes the depth timestamps of captures in the tracker over `in_tracker`.
    ///
    /// If the capture thread is just passing a capture on, the frame is taken in the next update: the app does not wait.
    pub(super) fn take_frame(&self, in_tracker: &mut Vec<u64>) -> Option<Arc<BodyFrame>> {
        let mut inner = self.try_lock()?;
        let runner = inner.runner.as_mut()?;
        let frame = runner.take_frame();
        runner.write_times_in_tracker(in_tracker);
        frame
    }

    /// Writes the tracker's status over an earlier one. While the capture thread passes a capture on, returns `false`
    /// and writes nothing.
    pub(super) fn write_status(&self, status: &mut TrackerStatus) -> bool {
        let Some(mut inner) = self.try_lock() else {
            return false;
        };
        let Inner {
            runner, failure, ..
        } = &mut *inner;
        match (runner, failure) {
            (Some(runner), _) => runner.write_status(status),
            (None, Some(failure)) => {
                *status = TrackerStatus {
                    state: TrackerState::Unusable(failure.clone()),
                    errors: 1,
                    last_error: Some(failure.clone()),
                    ..TrackerStatus::default()
                };
            }
            (None, None) => *status = TrackerStatus::default(),
        }
        true
    }

    /// Closes the tracker; it is opened again with the next capture.
    pub(super) fn restart(&self) {
        let runner = self.lock().runner.take();
        // Dropped without holding the lock.
        drop(runner);
    }

    /// Closes the tracker for good.
    pub(super) fn end(&self) {
        let runner = {
            let mut inner = self.lock();
            inner.has_ended = true;
            inner.runner.take()
        };
        drop(runner);
    }

    fn start(&self, offers: &Arc<TrackedSensor>) -> Result<TrackerRunner, TrackerError> {
        let (source, offers) = (self.source.clone(), Arc::clone(offers));
        TrackerRunner::start(self.restarts, move |calibration, stop| {
            open(&source, &offers, calibration, stop)
        })
    }

    fn try_lock(&self) -> Option<MutexGuard<'_, Inner>> {
        match self.inner.try_lock() {
            Ok(inner) => Some(inner),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// Both threads hold the lock for microseconds only.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CaptureListener for TrackerListener {
    fn opened(&self, source: &dyn CaptureSource) {
        let offers = TrackedSensor::of(source);
        let calibration = source.calibration().unwrap_or(&NO_CALIBRATION);
        let mut inner = self.lock();
        inner.failure = None;
        match &mut inner.sensor {
            // The same source was opened again: the tracker continues.
            Some(sensor) if same_offers(&sensor.offers, &offers) => {
                if *sensor.calibration != *calibration {
                    sensor.calibration = Arc::new(calibration.clone());
                }
            }
            sensor => {
                *sensor = Some(Sensor {
                    offers: Arc::new(offers),
                    calibration: Arc::new(calibration.clone()),
                });
                drop(inner.runner.take());
            }
        }
    }

    fn closed(&self) {}

    fn capture(&self, capture: &Capture) {
        // A capture without depth and infrared must not replace one that waits for the tracker.
        if capture.depth.is_none() && capture.ir.is_none() && capture.ground_truth.is_none() {
            return;
        }
        let mut inner = self.lock();
        let Inner {
            runner,
            sensor: Some(sensor),
            failure: failure @ None,
            has_ended: false,
        } = &mut *inner
        else {
            return;
        };
        if runner.is_none() {
            match self.start(&sensor.offers) {
                Ok(started) => *runner = Some(started),
                Err(error) => *failure = Some(error.message),
            }
        }
        if let Some(runner) = runner {
            runner.submit(capture.clone(), &sensor.calibration);
        }
    }

    fn sample(&self, sample: &ImuSample) {
        if let Some(sensor) = &self.lock().sensor {
            sensor.offers.gravity.add(sample, &sensor.calibration);
        }
    }
}

fn same_offers(a: &TrackedSensor, b: &TrackedSensor) -> bool {
    a.has_bodies == b.has_bodies
        && a.info == b.info
        && a.factory_calibration == b.factory_calibration
}

/// Opens the tracker of a source, on the tracker's thread.
fn open(
    source: &BodySource,
    offers: &TrackedSensor,
    calibration: &Calibration,
    stop: &StopSignal,
) -> Result<Box<dyn BodyTracker>, TrackerError> {
    match source {
        BodySource::Tracker(settings) => choice::open(settings, offers, calibration, stop),
        BodySource::Clip(path) => {
            let clip =
                BodyClip::read(path).map_err(|error| TrackerError::unusable(error.to_string()))?;
            Ok(Box::new(ClipTracker::new(Arc::new(clip))))
        }
        BodySource::Custom(custom) => match &custom.0 {
            Some(open) => open(calibration, stop),
            None => Err(TrackerError::unusable(
                "the custom body tracker is empty: make it with BodySource::custom",
            )),
        },
    }
}
