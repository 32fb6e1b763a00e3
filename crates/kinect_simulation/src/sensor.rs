//! The simulated sensor as a source: captures when their time has come.
//!
//! A capture is a function of its number, so a simulation can be paused, sought and stepped in both directions. In
//! real time a capture is drawn ahead of its time and delivered when the clock reaches it; captures that the
//! processor is too slow for, or that are not wanted, are left out, and the people keep their pace.

use std::sync::Arc;
use std::time::{Duration, Instant};

use kinect_azure::calibration::{Calibration, RawCalibration};
use kinect_azure::capture::{Capture, ImuSample};
use kinect_azure::clock::{Clock, LockstepClock};
use kinect_azure::modes::{ColorFormat, ColorResolution};
use kinect_azure::source::{
    CaptureSource, FactoryData, NextCapture, PlaybackControl, SensorInfo, SourceError,
    SourceErrorKind,
};

use super::imu::SimulatedImu;
use super::rig::{Eye, built_in_calibration};
use super::settings::SimulationSettings;
use super::timing::{START_USEC, Timing};
use super::together::{Beginning, beginning};
use super::world::World;

/// A simulated Azure Kinect: people in a room, seen through its lenses, with ground truth.
///
/// ```
/// use std::time::Duration;
/// use kinect_simulation::{SimulatedSensor, SimulationSettings};
/// use kinect_azure::{CaptureSource, ColorResolution, DepthMode, NextCapture};
///
/// let settings = SimulationSettings {
///     depth_mode: DepthMode::Nfov2x2Binned,
///     color_resolution: ColorResolution::Off,
///     people: 1,
///     ..SimulationSettings::default()
/// };
/// let mut sensor = SimulatedSensor::new(&settings)?.as_fast_as_possible();
/// if let NextCapture::Capture(capture) = sensor.next_capture(Duration::from_secs(1))? {
///     let truth = capture.ground_truth.unwrap();
///     assert_eq!(truth.bodies.len(), 1);
/// }
/// # Ok::<(), kinect_azure::SourceError>(())
/// ```
///
/// The first capture has a device timestamp of about 0.2 s. System timestamps are 0, because no image arrives from outside.
///
/// In real time it draws ahead of the clock, leaves out captures that the processor is too slow for, and draws no
/// captures while [`set_wanted`](CaptureSource::set_wanted) is `false`; the people keep their pace.
#[derive(Debug)]
pub struct SimulatedSensor {
    info: SensorInfo,
    raw_calibration: RawCalibration,
    calibration: Calibration,
    world: World,
    timing: Timing,
    imu: Option<SimulatedImu>,
    pace: Pace,
    clock: Clock,
    /// The beginning that the sensor shares with others.
    beginning: Option<Arc<Beginning>>,
    paused: bool,
    /// Whether the next capture is wanted.
    wanted: bool,
    every_capture: bool,
    /// Format of colour images while they are stored, and while they are not.
    stored_format: ColorFormat,
    shown_format: ColorFormat,
    /// The capture to draw next.
    next: u64,
    /// Drawn, but not due yet.
    pending: Option<Pending>,
    /// Whether the pending capture is delivered at once.
    immediate: bool,
    /// The number of the newest delivered capture.
    newest: Option<u64>,
    position_usec: u64,
}

#[derive(Debug)]
enum Pace {
    RealTime,
    AsFastAsPossible,
    Lockstep(Arc<LockstepClock>),
}

#[derive(Debug)]
struct Pending {
    number: u64,
    capture: Capture,
}

impl SimulatedSensor {
    /// Builds the room and the people, which takes about a second, and starts in real time.
    ///
    /// # Errors
    /// Fails if no Azure Kinect has these settings, or if a file that the settings name is missing or cannot be used.
    pub fn new(settings: &SimulationSettings) -> Result<Self, SourceError> {
        settings.check()?;
        let raw_calibration = match &settings.calibration {
            Some(path) => {
                let text = std::fs::read(path).map_err(|error| {
                    SourceError::new(
                        SourceErrorKind::of_file(&error),
                        format!(
                            "{}: the calibration cannot be read: {error}; check the path",
                            path.display()
                        ),
                    )
                })?;
                RawCalibration::parse(&text).map_err(|error| {
                    SourceError::new(
                        SourceErrorKind::BadFile,
                        format!("{}: {error}", path.display()),
                    )
                })?
            }
            None => built_in_calibration().map_err(|error| {
                SourceError::new(
                    SourceErrorKind::Other,
                    format!("the built-in calibration: {error}; please report this"),
                )
            })?,
        };
        let calibration = raw_calibration
            .calibration(settings.depth_mode, settings.color_resolution)
            .map_err(|error| SourceError::new(SourceErrorKind::BadFile, error.to_string()))?;
        let imu = settings.imu.then(|| {
            let eye = Eye::depth(&settings.mount);
            let seed = settings.noise_seed();
            SimulatedImu::new(&eye, &calibration, settings.noise.imu, seed)
        });
        let color = settings.color_resolution != ColorResolution::Off;
        Ok(Self {
            info: SensorInfo {
                name: format!("simulated sensor ({})", settings.scenario),
                serial: Some(settings.serial()),
                depth_mode: settings.depth_mode,
                color_resolution: settings.color_resolution,
                color_format: color.then_some(settings.color_format(false)),
                frame_rate: settings.frame_rate,
                has_imu: imu.is_some(),
                ..SensorInfo::default()
            },
            world: World::new(settings, &calibration)?,
            timing: Timing {
                frame_rate: settings.frame_rate,
                noise: settings.noise,
                seed: settings.noise_seed(),
            },
            raw_calibration,
            calibration,
            imu,
            pace: Pace::RealTime,
            clock: Clock::default(),
            beginning: settings.shared_time.then(|| beginning(settings.seed)),
            paused: false,
            wanted: true,
            every_capture: settings.every_capture,
            stored_format: settings.color_format(true),
            shown_format: settings.color_format(false),
            next: 0,
            pending: None,
            immediate: false,
            newest: None,
            position_usec: 0,
        })
    }

    /// Delivers every capture as fast as it can be drawn, for converters and tests.
    #[must_use]
    pub fn as_fast_as_possible(mut self) -> Self {
        self.pace = Pace::AsFastAsPossible;
        self
    }

    /// Delivers every capture when `clock`, which the app sets, reaches its time. The first capture is due at time 0
    /// of the clock. Pausing works; [`set_speed`](PlaybackControl::set_speed) has no effect.
    #[must_use]
    pub fn in_lockstep(mut self, clock: Arc<LockstepClock>) -> Self {
        self.pace = Pace::Lockstep(clock);
        self
    }

    /// The factory calibration of the sensor's cameras, as it is attached to recordings.
    pub fn raw_calibration(&self) -> &RawCalibration {
        &self.raw_calibration
    }

    /// Draws the next capture unless one is waiting; the sensor's own losses are skipped.
    fn draw(&mut self) -> Result<(), SourceError> {
        while self.pending.is_none() {
            let number = self.next;
            self.next = self.next.saturating_add(1);
            if let Some(capture) = self.world.capture(number, &self.timing)? {
                self.pending = Some(Pending { number, capture });
            }
        }
        Ok(())
    }

    fn deliver(&mut self) -> NextCapture {
        let Some(Pending { number, capture }) = self.pending.take() else {
            return NextCapture::Timeout;
        };
        self.immediate = false;
        self.newest = Some(number);
        self.position_usec = self.timing.usec(number);
        if let (Some(imu), Some(usec)) = (&mut self.imu, capture.device_timestamp_usec()) {
            imu.advance_to(usec);
        }
        NextCapture::Capture(capture)
    }

    /// Advances the clock and the inertial sensors without drawing, while no capture is wanted.
    fn let_time_pass(&mut self, now: Instant, timeout: Duration) -> NextCapture {
        // A capture that is drawn already will be too old when captures are wanted again.
        self.pending = None;
        if let (Some(imu), Some(usec)) = (&mut self.imu, self.clock.usec(now)) {
            imu.advance_to(START_USEC.saturating_add(usec));
        }
        std::thread::sleep(timeout);
        NextCapture::Timeout
    }

    fn next_in_real_time(&mut self, timeout: Duration) -> Result<NextCapture, SourceError> {
        let now = Instant::now();
        if !self.wanted && !self.every_capture {
            return Ok(self.let_time_pass(now, timeout));
        }
        if self.clock.anchor.is_none() {
            // Goes on where the others are.
            self.clock.anchor = self
                .beginning
                .as_ref()
                .and_then(|shared| shared.get().copied());
        }
        // Captures that are overdue are left out, unless they are drawn already.
        if self.pending.is_none()
            && let Some(usec) = self.clock.usec(now)
        {
            let period_usec = self.info.frame_rate.period_ns() / 1000;
            self.next = self
                .next
                .max(self.timing.number_at(usec.saturating_sub(period_usec)));
        }
        self.draw()?;
        let due_usec = self
            .pending
            .as_ref()
            .map_or(0, |pending| self.timing.arrival_usec(pending.number));
        let now = Instant::now();
        if self.clock.anchor.is_none() {
            let own = (due_usec, now);
            let shared = self
                .beginning
                .as_ref()
                .map(|shared| *shared.get_or_init(|| own));
            self.clock.anchor = Some(shared.unwrap_or(own));
        }
        let due = self.clock.due(due_usec).unwrap_or(now);
        let wait = due.saturating_duration_since(now);
        std::thread::sleep(wait.min(timeout));
        if wait > timeout {
            return Ok(NextCapture::Timeout);
        }
        Ok(self.deliver())
    }
}

impl CaptureSource for SimulatedSensor {
    fn info(&self) -> &SensorInfo {
        &self.info
    }

    fn has_bodies(&self) -> bool {
        true
    }

    fn calibration(&self) -> Option<&Calibration> {
        Some(&self.calibration)
    }

    fn factory_data(&self) -> FactoryData<'_> {
        FactoryData {
            calibration_json: Some(self.raw_calibration.json()),
            ..FactoryData::default()
        }
    }

    /// Drawing a capture is not cut short by the timeout: it takes some 20 ms, more in the largest modes.
    fn next_capture(&mut self, timeout: Duration) -> Result<NextCapture, SourceError> {
        if self.immediate {
            self.draw()?;
            let capture = self.deliver();
            if let Some(newest) = self.newest {
                self.clock.anchor = Some((self.timing.usec(newest), Instant::now()));
            }
            return Ok(capture);
        }
        if self.paused {
            match &self.pace {
                // An app that waits for the captures that are due must not wait for a paused sensor.
                Pace::Lockstep(clock) => {
                    clock.wait_for(u64::MAX, timeout);
                }
                _ => std::thread::sleep(timeout),
            }
            return Ok(NextCapture::Timeout);
        }
        Ok(match &self.pace {
            Pace::RealTime => self.next_in_real_time(timeout)?,
            Pace::AsFastAsPossible => {
                self.draw()?;
                self.deliver()
            }
            Pace::Lockstep(clock) => {
                let clock = Arc::clone(clock);
                let due = self
                    .timing
                    .arrival_usec(self.pending.as_ref().map_or(self.next, |p| p.number));
                if !clock.wait_for(due, timeout) {
                    return Ok(NextCapture::Timeout);
                }
                self.draw()?;
                self.deliver()
            }
        })
    }

    fn set_wanted(&mut self, wanted: bool) {
        self.wanted = wanted;
    }

    fn set_stored(&mut self, stored: bool) -> bool {
        let format = match stored {
            true => self.stored_format,
            false => self.shown_format,
        };
        let Some(present) = &mut self.info.color_format else {
            return false;
        };
        if core::mem::replace(present, format) == format {
            return false;
        }
        self.world.set_color_format(format);
        // A capture that was drawn ahead has the former format: it is drawn once more.
        if let Some(pending) = self.pending.take() {
            self.next = pending.number;
        }
        true
    }

    fn next_imu_sample(&mut self) -> Result<Option<ImuSample>, SourceError> {
        Ok(self.imu.as_mut().and_then(SimulatedImu::next_sample))
    }

    fn playback(&mut self) -> Option<&mut dyn PlaybackControl> {
        Some(self)
    }
}

impl PlaybackControl for SimulatedSensor {
    fn set_paused(&mut self, paused: bool) {
        if paused == self.paused {
            return;
        }
        self.paused = paused;
        if paused {
            self.clock.pause(Instant::now());
        } else {
            self.clock.resume(Instant::now());
        }
    }

    fn set_speed(&mut self, speed: f64) {
        self.clock
            .set_speed(speed, (!self.paused).then(Instant::now));
    }

    /// No effect: a simulation has no end.
    fn set_looping(&mut self, _: bool) {}

    /// Seeking far ahead takes time, because people move there step by step, some thousand times as fast as in real time.
    fn seek(&mut self, position_usec: u64) -> Result<(), SourceError> {
        self.go_to(self.timing.number_at(position_usec));
        Ok(())
    }

    fn step(&mut self, captures: i32) -> Result<(), SourceError> {
        if captures != 0 {
            let newest = self.newest.map_or(-1, |newest| newest as i64);
            let target = newest.saturating_add(i64::from(captures)).max(0);
            self.go_to(target as u64);
        }
        Ok(())
    }

    fn position_usec(&self) -> u64 {
        self.position_usec
    }

    fn duration_usec(&self) -> Option<u64> {
        None
    }

    fn loops(&self) -> u64 {
        0
    }
}

impl SimulatedSensor {
    /// Makes a capture the next, to be delivered at once.
    fn go_to(&mut self, number: u64) {
        // Seeking is limited to a day, so that a huge number does not simulate people for ever.
        let last = self.timing.number_at(86_400_000_000);
        let number = number.min(last);
        if self
            .pending
            .as_ref()
            .is_none_or(|pending| pending.number != number)
        {
            self.pending = None;
            self.next = number;
        }
        if let Some(imu) = &mut self.imu
            && self.newest.is_none_or(|newest| number != newest + 1)
        {
            imu.seek(self.timing.usec(number));
        }
        self.immediate = true;
    }
}

impl Drop for SimulatedSensor {
    fn drop(&mut self) {
        if let Pace::Lockstep(clock) = &self.pace {
            clock.close();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::noise::Noise;
    use kinect_azure::image::ImageFormat;
    use kinect_azure::modes::{DepthMode, FrameRate};

    fn refused(settings: SimulationSettings) -> Option<SourceErrorKind> {
        SimulatedSensor::new(&settings)
            .err()
            .map(|error| error.kind)
    }

    #[test]
    fn what_cannot_be_simulated_has_its_kind() {
        let calibration = |path: &str| SimulationSettings {
            calibration: Some(path.into()),
            ..SimulationSettings::default()
        };
        assert_eq!(
            refused(calibration("/nowhere/calibration.json")),
            Some(SourceErrorKind::FileMissing)
        );
        let no_calibration = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        assert_eq!(
            refused(calibration(no_calibration)),
            Some(SourceErrorKind::BadFile)
        );
        let too_fast = SimulationSettings {
            depth_mode: DepthMode::WfovUnbinned,
            frame_rate: FrameRate::Fps30,
            ..SimulationSettings::default()
        };
        assert_eq!(refused(too_fast), Some(SourceErrorKind::BadSettings));
    }

    /// Small images of an empty room, in real time.
    fn running(every_capture: bool) -> Result<SimulatedSensor, SourceError> {
        SimulatedSensor::new(&SimulationSettings {
            depth_mode: DepthMode::Nfov2x2Binned,
            color_resolution: ColorResolution::Off,
            people: 0,
            noise: Noise::none(),
            every_capture,
            ..SimulationSettings::default()
        })
    }

    /// Captures that come within half a second.
    fn delivered(sensor: &mut SimulatedSensor) -> Result<usize, SourceError> {
        let end = Instant::now() + Duration::from_millis(500);
        let mut captures = 0;
        while Instant::now() < end {
            if let NextCapture::Capture(_) = sensor.next_capture(Duration::from_millis(10))? {
                captures += 1;
            }
        }
        Ok(captures)
    }

    #[test]
    fn what_nobody_waits_for_is_not_drawn_and_time_goes_on() -> Result<(), SourceError> {
        let mut sensor = running(false)?;
        let wait = Duration::from_secs(20);
        for _ in 0..4 {
            let next = sensor.next_capture(wait)?;
            assert!(matches!(next, NextCapture::Capture(_)));
        }
        let (drawn, before) = (sensor.next, sensor.position_usec());
        while sensor.next_imu_sample()?.is_some() {}

        sensor.set_wanted(false);
        assert_eq!(delivered(&mut sensor)?, 0);
        assert_eq!(sensor.next, drawn, "no capture was drawn");
        let mut samples = 0;
        while sensor.next_imu_sample()?.is_some() {
            samples += 1;
        }
        assert!(samples > 600, "{samples} inertial samples in half a second");

        sensor.set_wanted(true);
        assert!(matches!(
            sensor.next_capture(wait)?,
            NextCapture::Capture(_)
        ));
        assert!(
            sensor.position_usec() > before + 400_000,
            "people wait for nobody"
        );
        Ok(())
    }

    /// The next capture of a sensor.
    fn capture(sensor: &mut SimulatedSensor) -> Result<Option<Capture>, SourceError> {
        Ok(match sensor.next_capture(Duration::from_secs(5))? {
            NextCapture::Capture(capture) => Some(capture),
            _ => None,
        })
    }

    #[test]
    fn two_sensors_see_the_same_people_in_one_room() -> Result<(), SourceError> {
        use crate::settings::Mount;
        use glam::{Quat, Vec3};
        use kinect_azure::Joint;
        use kinect_azure::units;

        let mounts = [
            Mount::default(),
            Mount {
                height: 1.7,
                tilt_degrees: 14.0,
                yaw_degrees: -60.0,
                x: 2.2,
                z: -1.2,
                ..Mount::default()
            },
        ];
        let open = |sensor: usize| {
            let settings = SimulationSettings {
                depth_mode: DepthMode::Nfov2x2Binned,
                color_resolution: ColorResolution::Off,
                seed: 5,
                sensor: sensor as u32,
                mount: mounts[sensor],
                noise: Noise {
                    dropped_captures: 0.0,
                    ..Noise::default()
                },
                ..SimulationSettings::default()
            };
            SimulatedSensor::new(&settings).map(SimulatedSensor::as_fast_as_possible)
        };
        let (mut one, mut two) = (open(0)?, open(1)?);
        assert_eq!(one.info().serial.as_deref(), Some("sim000000005"));
        assert_eq!(two.info().serial.as_deref(), Some("sim000000005-1"));
        let in_room = |mount: &Mount, position: [f32; 3]| {
            let (place, rotation) = mount.pose();
            Vec3::from(place) + Quat::from_array(rotation) * Vec3::from(units::to_world(position))
        };
        let mut both_see = 0;
        for _ in 0..10 {
            let captures = [capture(&mut one)?, capture(&mut two)?];
            let [Some(first), Some(second)] = captures.map(|c| c.and_then(|c| c.ground_truth))
            else {
                return Err(SourceError::new(SourceErrorKind::Other, "no ground truth"));
            };
            assert_eq!(first.bodies.len(), 3);
            for (a, b) in first.bodies.iter().zip(&second.bodies) {
                assert_eq!(a.id, b.id);
                for joint in Joint::ALL {
                    let places = [(&mounts[0], a), (&mounts[1], b)]
                        .map(|(mount, body)| in_room(mount, body.joint(joint).position));
                    assert!(
                        places[0].distance(places[1]) < 1e-3,
                        "{joint:?}: {places:?}"
                    );
                }
            }
            let seen = [first, second].map(|truth| {
                let map = truth.index_map.as_ref();
                let covered = |map: &kinect_azure::BodyIndexImage| {
                    let is_person =
                        |&&index: &&u8| index != kinect_azure::BodyIndexImage::BACKGROUND;
                    map.pixels().iter().filter(is_person).count()
                };
                map.map_or(0, covered)
            });
            both_see += usize::from(seen.iter().all(|&pixels| pixels > 1500));
        }
        assert!(
            both_see >= 8,
            "both see people in {both_see} of 10 captures"
        );
        Ok(())
    }

    #[test]
    fn noise_differs_from_sensor_to_sensor() -> Result<(), SourceError> {
        let depth = |sensor: u32| -> Result<_, SourceError> {
            let settings = SimulationSettings {
                depth_mode: DepthMode::Nfov2x2Binned,
                color_resolution: ColorResolution::Off,
                people: 0,
                sensor,
                ..SimulationSettings::default()
            };
            let mut sensor = SimulatedSensor::new(&settings)?.as_fast_as_possible();
            Ok(capture(&mut sensor)?
                .and_then(|capture| capture.depth)
                .map(|depth| depth.u16_pixels().to_vec()))
        };
        assert_ne!(depth(0)?, depth(1)?);
        assert_eq!(depth(1)?, depth(1)?);
        Ok(())
    }

    #[test]
    fn a_sensor_that_is_opened_later_goes_on_at_the_time_of_the_others() -> Result<(), SourceError>
    {
        let open = |shared_time: bool| {
            SimulatedSensor::new(&SimulationSettings {
                depth_mode: DepthMode::Nfov2x2Binned,
                color_resolution: ColorResolution::Off,
                people: 0,
                seed: 9_001,
                noise: Noise::none(),
                shared_time,
                ..SimulationSettings::default()
            })
        };
        let mut first = open(true)?;
        assert!(capture(&mut first)?.is_some());
        std::thread::sleep(Duration::from_millis(400));
        let (mut second, mut alone) = (open(true)?, open(false)?);
        assert!(capture(&mut second)?.is_some() && capture(&mut alone)?.is_some());
        assert!(
            second.position_usec() > 300_000,
            "{} us",
            second.position_usec()
        );
        assert_eq!(alone.position_usec(), 0);
        Ok(())
    }

    #[test]
    fn stored_images_are_jpegs_unless_another_format_was_chosen() -> Result<(), SourceError> {
        let settings = |color_format| SimulationSettings {
            depth_mode: DepthMode::Off,
            people: 0,
            noise: Noise::none(),
            color_format,
            ..SimulationSettings::default()
        };
        let format = |sensor: &mut SimulatedSensor| -> Result<_, SourceError> {
            let NextCapture::Capture(capture) = sensor.next_capture(Duration::ZERO)? else {
                return Ok(None);
            };
            Ok(capture
                .color
                .map(|image| (image.format, image.device_timestamp_usec)))
        };
        let mut open = SimulatedSensor::new(&settings(None))?.as_fast_as_possible();
        let (bgra, jpeg) = (ColorFormat::Bgra32, ColorFormat::Mjpg);
        let mut times = Vec::new();
        for (stored, changes, wanted) in [
            (false, false, bgra),
            (true, true, jpeg),
            (true, false, jpeg),
            (false, true, bgra),
        ] {
            // Drawn ahead in the former format.
            open.draw()?;
            assert_eq!(open.set_stored(stored), changes);
            assert_eq!(open.info().color_format, Some(wanted));
            let image = format(&mut open)?;
            assert_eq!(
                image.map(|(format, _)| format),
                Some(ImageFormat::Color(wanted))
            );
            times.extend(image.map(|(_, usec)| usec));
        }
        assert!(
            times
                .windows(2)
                .all(|pair| pair[1] - pair[0] == 33_333 || pair[1] - pair[0] == 33_334),
            "no capture is lost: {times:?}"
        );
        let mut chosen = SimulatedSensor::new(&settings(Some(bgra)))?.as_fast_as_possible();
        assert!(!chosen.set_stored(true));
        assert_eq!(chosen.info().color_format, Some(bgra));
        Ok(())
    }

    #[test]
    fn every_capture_is_drawn_where_that_is_asked_for() -> Result<(), SourceError> {
        let mut sensor = running(true)?;
        sensor.set_wanted(false);
        assert!(delivered(&mut sensor)? > 3);
        // Converters want all that they ask for, and so does a step of a paused sensor.
        let mut fast = running(false)?.as_fast_as_possible();
        fast.set_wanted(false);
        assert!(matches!(
            fast.next_capture(Duration::ZERO)?,
            NextCapture::Capture(_)
        ));
        let mut paused = running(false)?;
        paused.set_wanted(false);
        paused.set_paused(true);
        paused.step(1)?;
        assert!(matches!(
            paused.next_capture(Duration::ZERO)?,
            NextCapture::Capture(_)
        ));
        Ok(())
    }
}
