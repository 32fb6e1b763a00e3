//! Counts people and reports.

use core::time::Duration;

use bevy::prelude::*;
use bevy::time::TimeUpdateStrategy;
use bevy_kinect_azure::kinect_tracking::players::Presence;
use bevy_kinect_azure::prelude::*;
use kinect_app_support::people::TrackerChoice;

use crate::memory::resident_bytes;
use crate::options::Options;
use crate::report::Report;

/// The app's time from update to update where a simulation runs as fast as it can: the time of a capture.
const FAST_STEP: Duration = Duration::from_millis(200);
/// The height of the sensor in metres and its tilt in degrees until its floor is found.
const HEIGHT: f32 = 1.3;
const TILT: f32 = 10.0;

/// Counts the people in front of the sensor that the options choose.
pub(crate) struct ServerPlugin(pub(crate) Options);

impl Plugin for ServerPlugin {
    fn build(&self, app: &mut App) {
        let options = self.0.clone();
        let every = if options.fast { 60 } else { 1 };
        if options.fast {
            app.insert_resource(TimeUpdateStrategy::ManualDuration(FAST_STEP));
        }
        app.add_plugins(KinectAzurePlugin)
            .insert_resource(options)
            .insert_resource(Heartbeat(Timer::from_seconds(
                every as f32,
                TimerMode::Repeating,
            )))
            .init_resource::<Count>()
            .init_resource::<Newest>()
            .add_systems(Startup, open)
            .add_systems(Update, (count, report, end).chain());
    }
}

/// When the next report is due.
#[derive(Resource)]
struct Heartbeat(Timer);

/// How many people came and left.
#[derive(Resource, Default)]
struct Count {
    came: u64,
    left: u64,
}

/// The newest report.
#[derive(Resource, Default, Deref)]
pub(crate) struct Newest(pub(crate) Report);

fn open(mut commands: Commands, options: Res<Options>) {
    let tracker = match options.tracker {
        // The simulation's truth takes no time: a server that is tried out should count right.
        TrackerChoice::Auto if options.file.is_none() && options.device.is_none() => Tracker::Truth,
        choice => choice.into(),
    };
    let sensor = (
        options.sensor(),
        BodyTracking {
            joints: JointSettings {
                // Zones look at skeletons; entities for joints would only cost time.
                entities: false,
                ..default()
            },
            ..BodyTracking::new(tracker)
        },
        FloorDetection::kept(),
        Transform::from_xyz(0.0, HEIGHT, 0.0)
            .with_rotation(Quat::from_rotation_x(-TILT.to_radians())),
    );
    let mut sensor = if options.fast {
        commands.spawn((Lockstep, sensor))
    } else {
        commands.spawn(sensor)
    };
    sensor.insert(Name::new("sensor"));
    for zone in &options.zones {
        let [a, b] = zone.corners;
        let corners = [a, Vec2::new(b.x, a.y), b, Vec2::new(a.x, b.y)];
        commands.spawn((Name::new(zone.name.clone()), BodyZone::floor(corners)));
    }
}

fn count(
    mut entered: MessageReader<PlayerEntered>,
    mut left: MessageReader<PlayerLeft>,
    mut count: ResMut<Count>,
) {
    count.came += entered.read().count() as u64;
    count.left += left.read().count() as u64;
}

fn report(
    time: Res<Time>,
    options: Res<Options>,
    count: Res<Count>,
    sensors: Query<(&SensorState, &SensorDiagnostics, &BodyTrackingState)>,
    players: Query<&PlayerStatus, With<Player>>,
    zones: Query<(&Name, &ZoneOccupants)>,
    mut heartbeat: ResMut<Heartbeat>,
    mut newest: ResMut<Newest>,
    mut exit: MessageReader<AppExit>,
    mut status_is_bad: Local<bool>,
) {
    let is_last = exit.read().next().is_some();
    if !heartbeat.0.tick(time.delta()).just_finished() && !is_last {
        return;
    }
    let Ok((sensor, diagnostics, tracking)) = sensors.single() else {
        return;
    };
    let is_present = |status: &&PlayerStatus| status.presence == Presence::Present;
    newest.0 = Report {
        seconds: time.elapsed_secs_f64(),
        people: players.iter().filter(is_present).count(),
        came: count.came,
        left: count.left,
        zones: zones
            .iter()
            .map(|(name, occupants)| (name.to_string(), occupants.players.len()))
            .collect(),
        sensor: sensor.name().to_owned(),
        captures_per_second: diagnostics.frame_rate,
        tracker: tracking.name.to_string(),
        tracker_ms: diagnostics.bodytracking_latency.as_secs_f32() * 1000.0,
        problem: sensor.problem().or(tracking.problem()).map(str::to_owned),
        memory_bytes: resident_bytes(),
    };
    newest.print(options.json);
    if let Some(path) = &options.status {
        match newest.write(path) {
            Ok(()) => *status_is_bad = false,
            // Once, not every second.
            Err(error) if !*status_is_bad => {
                *status_is_bad = true;
                warn!(
                    "{}: the status file cannot be written: {error}; it is tried again every second",
                    path.display()
                );
            }
            Err(_) => {}
        }
    }
}

/// Ends after the time that was asked for.
fn end(time: Res<Time>, options: Res<Options>, mut exit: MessageWriter<AppExit>) {
    if options
        .seconds
        .is_some_and(|seconds| time.elapsed_secs_f64() >= seconds as f64)
    {
        exit.write(AppExit::Success);
    }
}
