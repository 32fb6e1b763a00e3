//! The people of a simulation without images: moving them takes microseconds, while drawing them takes milliseconds.

use std::sync::Arc;

use crate::motion::{Director, Scenario, Stage};
use crate::person::Person;
use crate::person::physique::RestSkeleton;
use crate::render::joints;
use crate::rig::Eye;
use crate::room::Room;
use crate::settings::SimulationSettings;
use crate::world::{cast_of, read_clip, sight};
use kinect_azure::{Body, SourceError};

/// The bodies that a [`SimulatedSensor`](crate::SimulatedSensor) with the same settings has in its ground truth,
/// without the images, for tests of code that uses a body tracker's results: ten minutes of six people take about a
/// second.
///
/// Nothing is drawn, so no joint is hidden or out of sight: every joint counts as seen.
#[derive(Debug)]
pub struct SimulatedPeople {
    director: Director,
    eye: Eye,
}

impl SimulatedPeople {
    /// The people of a simulation at its beginning.
    ///
    /// # Errors
    /// Fails if a clip that the settings name cannot be read.
    pub fn new(settings: &SimulationSettings) -> Result<Self, SourceError> {
        let clip = match &settings.scenario {
            Scenario::Clip(path) => Some(Arc::new(read_clip(path)?)),
            _ => None,
        };
        let members: Vec<_> = cast_of(settings)
            .map(|person: Person| {
                let girth = person.physique.girth;
                (RestSkeleton::new(&person.physique.clamped()), girth)
            })
            .collect();
        Ok(Self {
            director: Director::new(
                &settings.scenario,
                &members,
                settings.people,
                settings.seed,
                Stage::of(
                    &Room::unlit(settings.seed, settings.variety.room),
                    sight(settings),
                ),
                clip,
            )
            .with_things(settings.variety.things)
            .with_fingers(settings.has_fingers()),
            eye: Eye::depth(&settings.mount),
        })
    }

    /// Advances the time to `seconds` since the beginning (an earlier time is ignored) and returns the people who are
    /// in the room then.
    pub fn advance_to(&mut self, seconds: f64) -> Vec<Body> {
        self.director.advance_to(seconds);
        let performers = self.director.performers().iter().enumerate();
        performers
            .map(|(n, performer)| {
                joints::body(performer.id, n as u8, &performer.pose, &self.eye, None)
            })
            .collect()
    }
}

#[cfg(test)]
#[allow(clippy::panic, clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{Noise, SimulatedSensor};
    use kinect_azure::{CaptureSource, ColorResolution, DepthMode, NextCapture};

    #[test]
    fn bodies_are_those_of_the_sensor_with_the_same_settings() {
        let settings = SimulationSettings {
            depth_mode: DepthMode::Nfov2x2Binned,
            color_resolution: ColorResolution::Off,
            people: 3,
            seed: 11,
            noise: Noise::none(),
            ..SimulationSettings::default()
        };
        let mut sensor = SimulatedSensor::new(&settings)
            .unwrap()
            .as_fast_as_possible();
        let mut people = SimulatedPeople::new(&settings).unwrap();
        for number in 0..20_u32 {
            let NextCapture::Capture(capture) =
                sensor.next_capture(Duration::from_secs(5)).unwrap()
            else {
                panic!("the simulation gave no capture");
            };
            let truth = capture.ground_truth.unwrap();
            // Captures are numbered in whole µs.
            let usec = u64::from(number) * settings.frame_rate.period_ns() / 1000;
            let bodies = people.advance_to(usec as f64 * 1e-6);
            assert_eq!(bodies.len(), truth.bodies.len());
            for (body, sensed) in bodies.iter().zip(&truth.bodies) {
                assert_eq!(body.id, sensed.id);
                for (own, other) in body.joints.iter().zip(&sensed.joints) {
                    assert_eq!(own.position, other.position, "capture {number}");
                    assert_eq!(own.orientation, other.orientation, "capture {number}");
                }
            }
        }
    }
}
