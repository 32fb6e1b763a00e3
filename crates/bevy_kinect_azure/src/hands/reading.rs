//! Reads hands in a task pool.

use std::sync::{Arc, LazyLock};

use bevy::prelude::*;
use bevy::tasks::{AsyncComputeTaskPool, Task, block_on, poll_once};
use kinect_azure::{Body, Calibration};
use kinect_tracking::hands::{
    HandReader, HandReading, HandSettings, HandUnknown, HandWatch, ReaderSettings,
};

use crate::body::TrackedBodies;
use crate::sensor::Frame;

/// The hands of a sensor's players, on the entity with the [`BodyHands`](super::BodyHands).
#[derive(Component)]
pub(super) struct Hands {
    pub(super) watch: HandWatch,
    /// The ids and entities of the players whose hands were read.
    pub(super) players: Vec<(u32, Entity)>,
    /// Timestamp of the bodies whose hands were read last, in µs.
    pub(super) read_usec: Option<u64>,
    task: Option<Task<Read>>,
}

/// Bodies and what their hands' pixels say.
pub(super) struct Read {
    pub(super) bodies: Vec<(Body, [HandReading; 2])>,
    pub(super) device_timestamp_usec: u64,
}

impl Default for Hands {
    fn default() -> Self {
        Self {
            watch: HandWatch::new(HandSettings::default()),
            players: Vec::new(),
            read_usec: None,
            task: None,
        }
    }
}

/// The reader of all sensors.
static READER: LazyLock<HandReader> = LazyLock::new(HandReader::new);

impl Hands {
    /// Whether a reading is under way.
    pub(super) fn is_busy(&self) -> bool {
        self.task.is_some()
    }

    /// A player whose hands were read and who has left since.
    pub(super) fn gone(&self, bodies: &TrackedBodies) -> Option<(u32, Entity)> {
        let mut players = self.players.iter().copied();
        players.find(|&(id, player)| bodies.player(id) != Some(player))
    }

    /// Starts to read the hands of bodies. Without a depth image, the hands are unknown.
    pub(super) fn start(
        &mut self,
        bodies: Vec<Body>,
        device_timestamp_usec: u64,
        seen: Option<(Arc<Frame>, Arc<Calibration>)>,
        settings: ReaderSettings,
    ) {
        self.read_usec = Some(device_timestamp_usec);
        self.task = Some(AsyncComputeTaskPool::get().spawn(async move {
            let read = |body: &Body| {
                let (frame, calibration) = seen.as_ref()?;
                let depth = frame.capture.depth.as_ref()?;
                let camera = calibration.depth_camera.as_ref()?;
                Some(READER.read(body, camera, depth, &settings))
            };
            let unknown = [HandReading::unknown(HandUnknown::Hidden); 2];
            Read {
                bodies: bodies
                    .into_iter()
                    .map(|body| {
                        let hands = read(&body).unwrap_or(unknown);
                        (body, hands)
                    })
                    .collect(),
                device_timestamp_usec,
            }
        }));
    }

    /// The reading that has become ready.
    pub(super) fn take(&mut self) -> Option<Read> {
        let read = block_on(poll_once(self.task.as_mut()?))?;
        self.task = None;
        Some(read)
    }
}
