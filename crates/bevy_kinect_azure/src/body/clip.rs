//! A clip that plays without a sensor, by the app's time.

use std::path::Path;
use std::sync::Arc;

use bevy::prelude::*;
use bevy::tasks::{IoTaskPool, Task, block_on, poll_once};
use kinect_azure::body::BodyFrame;
use kinect_tracking::files::{BodyClip, BodyFileError, ClipPlayer};
use kinect_tracking::tracker::{TrackerState, TrackerStatus};

/// A clip that is being read, that plays, or that cannot be read.
pub(super) struct Clip {
    name: String,
    frames: u64,
    stage: Stage,
}

enum Stage {
    Reading(Task<Result<BodyClip, BodyFileError>>),
    Playing(ClipPlayer),
    Unreadable(String),
}

impl Clip {
    /// Reads the clip on a thread of the I/O task pool.
    pub(super) fn read(path: &Path) -> Self {
        let name = path.file_name().map_or_else(
            || path.display().to_string(),
            |name| name.display().to_string(),
        );
        let path = path.to_owned();
        let task = IoTaskPool::get_or_init(bevy::tasks::TaskPool::default)
            .spawn(async move { BodyClip::read(&path) });
        Self {
            name: format!("clip {name}"),
            frames: 0,
            stage: Stage::Reading(task),
        }
    }

    /// Advances the clip by `seconds`, and returns the frame that is due then, unless it was returned before.
    pub(super) fn advance(&mut self, seconds: f64) -> Option<Arc<BodyFrame>> {
        if let Stage::Reading(task) = &mut self.stage {
            self.stage = match block_on(poll_once(task))? {
                Ok(clip) => Stage::Playing(ClipPlayer::new(Arc::new(clip))),
                Err(error) => Stage::Unreadable(error.to_string()),
            };
        }
        let Stage::Playing(player) = &mut self.stage else {
            return None;
        };
        let frame = player.advance(seconds)?;
        self.frames += 1;
        Some(frame)
    }

    pub(super) fn write_status(&self, status: &mut TrackerStatus) {
        let mut name = core::mem::take(&mut status.name);
        name.clone_from(&self.name);
        let (state, error) = match &self.stage {
            Stage::Reading(_) => (TrackerState::Opening, None),
            Stage::Playing(_) => (TrackerState::Running, None),
            Stage::Unreadable(error) => (TrackerState::Unusable(error.clone()), Some(error)),
        };
        *status = TrackerStatus {
            state,
            name,
            frames: self.frames,
            errors: u64::from(error.is_some()),
            last_error: error.cloned(),
            ..TrackerStatus::default()
        };
    }
}
