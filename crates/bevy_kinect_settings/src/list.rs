//! The plugin's components and resources that are kept. A new one needs one line.

use bevy::prelude::*;
#[cfg(feature = "avatar")]
use bevy_kinect_azure::avatar::AvatarPlayer;
use bevy_kinect_azure::prelude::*;

use crate::kept::{KeepSettings, Place, Rules, keep};

/// Keeps the plugin's settings.
pub(crate) fn keep_all(app: &mut App) {
    keep(app, Place::Entity, SENSOR);
    keep(app, Place::Entity, PLACEMENT);
    keep(app, Place::Entity, TRACKING);
    keep(app, Place::Entity, RECORDER);
    #[cfg(feature = "avatar")]
    keep(app, Place::Entity, AVATAR);
    app.keep_setting::<Playback>()
        .keep_setting_of_device::<SensorColorControls>()
        .keep_setting::<ImageOutput>()
        .keep_setting::<PointCloud>()
        .keep_setting::<SurfaceMesh>()
        .keep_setting::<BodyZone>()
        .keep_setting::<BodyGestures>()
        .keep_setting::<BodyHands>()
        .keep_setting::<FloorDetection>()
        .keep_resource::<OutputScale>()
        .keep_resource::<WiredSync>()
        .keep_resource::<DeviceWatch>();
    #[cfg(feature = "microphones")]
    app.keep_setting::<Microphones>();
}

/// A source of the app's own is code: only the app can make it.
const SENSOR: Rules<KinectSensor> = Rules {
    mend: |sensor, original| {
        if let (SensorSource::Custom(_), Some(original)) = (&sensor.source, original) {
            sensor.source = original.source.clone();
        }
    },
    applies: |_| true,
    is_mark: true,
};

/// Where sensors and zones are. Other entities have a `Transform` that the app moves.
const PLACEMENT: Rules<Transform> = Rules {
    mend: |_, _| {},
    applies: |entity| entity.contains::<KinectSensor>() || entity.contains::<BodyZone>(),
    is_mark: false,
};

/// A tracker of the app's own is code, too.
const TRACKING: Rules<BodyTracking> = Rules {
    mend: |tracking, original| {
        if let (BodySource::Custom(_), Some(original)) = (&tracking.source, original) {
            tracking.source = original.source.clone();
        }
    },
    applies: |_| true,
    is_mark: true,
};

/// No recording begins because one was going on when the app ended.
const RECORDER: Rules<Recorder> = Rules {
    mend: |recorder, original| recorder.active = original.is_some_and(|original| original.active),
    applies: |_| true,
    is_mark: true,
};

/// Entities have other numbers in the next run.
#[cfg(feature = "avatar")]
const AVATAR: Rules<Avatar> = Rules {
    mend: |avatar, original| {
        avatar.sensor = original.and_then(|original| original.sensor);
        avatar.anchor = original.and_then(|original| original.anchor);
        if let AvatarPlayer::Entity(_) = avatar.player {
            avatar.player = original.map_or_else(AvatarPlayer::default, |original| original.player);
        }
    },
    applies: |_| true,
    is_mark: true,
};

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests;
