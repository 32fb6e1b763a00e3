//! Filters bodies and numbers people, between the tracker and the file.

use std::sync::Arc;

use kinect_azure::body::BodyFrame;
use kinect_azure::{Body, Calibration};
use kinect_tracking::Ground;
use kinect_tracking::filter::BodyFilters;
use kinect_tracking::players::{Player, Players, PlayersSettings, Presence};

use crate::export::body_options::BodyOptions;

/// Filters bodies and numbers people as the options ask for.
pub(super) struct Shaping {
    players: Option<Players>,
    filters: Option<BodyFilters>,
}

impl Shaping {
    pub(super) fn new(options: &BodyOptions) -> Self {
        let players = options
            .stable_ids()
            .then(|| Players::new(PlayersSettings::default()));
        Self {
            players,
            filters: options.filter_settings().map(BodyFilters::new),
        }
    }

    /// The frame as it is written.
    pub(super) fn shape(
        &mut self,
        frame: &Arc<BodyFrame>,
        calibration: &Calibration,
    ) -> Arc<BodyFrame> {
        let mut shaped = Arc::clone(frame);
        if let Some(players) = &mut self.players {
            players.update(frame, calibration, &Ground::default());
            let mut present: Vec<&Player> = players
                .iter()
                .filter(|player| player.presence == Presence::Present)
                .collect();
            present.sort_by_key(|player| player.place);
            let bodies = present.into_iter().map(|player| player.body.clone());
            shaped = with_bodies(frame, bodies.collect());
        }
        if let Some(filters) = &mut self.filters {
            let time = frame.device_timestamp_usec;
            let bodies = filters.filter(&shaped.bodies, time);
            let mut bodies: Vec<Body> = bodies.map(|filtered| filtered.body.clone()).collect();
            let place = |body: &Body| shaped.bodies.iter().position(|one| one.id == body.id);
            bodies.sort_by_key(place);
            shaped = with_bodies(frame, bodies);
        }
        shaped
    }
}

fn with_bodies(frame: &BodyFrame, bodies: Vec<Body>) -> Arc<BodyFrame> {
    Arc::new(BodyFrame {
        device_timestamp_usec: frame.device_timestamp_usec,
        bodies,
        index_map: None,
        ..BodyFrame::default()
    })
}
