//! Short recipes. All begin with these two lines:
//!
//! ```
//! use bevy::prelude::*;
//! use bevy_kinect_azure::prelude::*;
//! ```
//!
//! Each recipe is a system or two for an app with `DefaultPlugins` and [`KinectAzurePlugin`](crate::KinectAzurePlugin), and works with every
//! kind of sensor: [`KinectSensor::simulated`](crate::KinectSensor::simulated) stands for the sensor that you have.
//!
//! # The colour image fills the window
//!
//! With the feature `ui`.
//!
//! ```
//! # use bevy::prelude::*;
//! # use bevy_kinect_azure::prelude::*;
//! # #[cfg(feature = "ui")]
//! fn setup(mut commands: Commands) {
//!     let sensor = commands.spawn(KinectSensor::simulated()).id();
//!     let output = commands.spawn((ImageOutput::new(ImageKind::Color).mirrored(), ImageOutputOf(sensor))).id();
//!     commands.spawn((
//!         Node { width: percent(100), height: percent(100), ..default() },
//!         KinectImageNode { output, fill: ImageFill::FitOutside },
//!     ));
//!     commands.spawn(Camera2d);
//! }
//! ```
//!
//! # An image on a mesh
//!
//! The material keeps showing the image when the output's resolution or format changes.
//!
//! ```
//! # use bevy::prelude::*;
//! # use bevy_kinect_azure::prelude::*;
//! fn hang_up(
//!     mut commands: Commands,
//!     outputs: Query<&OutputImage, Added<OutputImage>>,
//!     mut meshes: ResMut<Assets<Mesh>>,
//!     mut materials: ResMut<Assets<StandardMaterial>>,
//! ) {
//!     for output in &outputs {
//!         commands.spawn((
//!             Mesh3d(meshes.add(Rectangle::new(1.6, 0.9))),
//!             MeshMaterial3d(materials.add(StandardMaterial {
//!                 base_color_texture: Some(output.image.clone()),
//!                 unlit: true,
//!                 ..default()
//!             })),
//!             Transform::from_xyz(0.0, 1.5, -3.0),
//!         ));
//!     }
//! }
//! ```
//!
//! # How far away is the middle of the picture?
//!
//! [`SensorStream::point`](crate::sensor::SensorStream::point) gives the point of any depth pixel in the sensor entity's space.
//!
//! ```
//! # use bevy::prelude::*;
//! # use bevy_kinect_azure::prelude::*;
//! fn aim(sensors: Query<(&SensorStream, &SensorFrame, &GlobalTransform), Changed<SensorFrame>>) {
//!     for (stream, newest, sensor) in &sensors {
//!         let Some(frame) = newest.latest() else { continue };
//!         let (width, height) = stream.info.depth_mode.size();
//!         if let Some(point) = stream.point(frame, width / 2, height / 2) {
//!             info!("{} m in front of the sensor, at {} in the world", -point.z, sensor.transform_point(point));
//!         }
//!     }
//! }
//! ```
//!
//! # Only the people of the point cloud, without background
//!
//! ```
//! # use bevy::prelude::*;
//! # use bevy_kinect_azure::prelude::*;
//! fn setup(mut commands: Commands) {
//!     commands.spawn((
//!         KinectSensor::simulated(),
//!         BodyTracking::default(),
//!         PointCloud {
//!             filter: PointFilter { players: PlayerFilter::AnyBody, ..default() },
//!             // Points and players of the same moment.
//!             timing: ImageTiming::Bodies,
//!             ..default()
//!         },
//!     ));
//! }
//! ```
//!
//! # A light in every right hand
//!
//! Joints are entities: a child of a joint moves with it, and is despawned when the player leaves.
//!
//! ```
//! # use bevy::prelude::*;
//! # use bevy_kinect_azure::prelude::*;
//! fn lights(mut commands: Commands, joints: Query<(Entity, &BodyJoint), Added<BodyJoint>>) {
//!     for (entity, joint) in &joints {
//!         if joint.joint == Joint::HandRight {
//!             commands.entity(entity).insert(PointLight { intensity: 20_000.0, ..default() });
//!         }
//!     }
//! }
//! ```
//!
//! # Something to look at while nobody is there
//!
//! A [zone](crate::zones) on the floor in front of the screen begins and ends a visit.
//!
//! ```
//! # use bevy::prelude::*;
//! # use bevy_kinect_azure::prelude::*;
//! #[derive(Component)]
//! struct AttractLoop;
//!
//! fn setup(mut commands: Commands) {
//!     // The sensor hangs 1.3 m above the floor, which is the plane y = 0.
//!     commands.spawn((KinectSensor::simulated(), BodyTracking::default(), Transform::from_xyz(0.0, 1.3, 0.0)));
//!     commands.spawn((BodyZone::cuboid(Vec3::new(2.0, 2.5, 2.0)), Transform::from_xyz(0.0, 1.25, -2.0)));
//! }
//!
//! fn switch(zones: Query<&ZoneOccupants, Changed<ZoneOccupants>>, mut shown: Query<&mut Visibility, With<AttractLoop>>) {
//!     for occupants in &zones {
//!         for mut visibility in &mut shown {
//!             *visibility = if occupants.is_empty() { Visibility::Visible } else { Visibility::Hidden };
//!         }
//!     }
//! }
//! ```
//!
//! # A raised hand saves the points
//!
//! ```
//! # use bevy::prelude::*;
//! # use bevy_kinect_azure::prelude::*;
//! fn setup(mut commands: Commands) {
//!     commands
//!         .spawn((
//!             KinectSensor::simulated(),
//!             PointCloud::default(),
//!             BodyTracking::default(),
//!             BodyGestures::default(),
//!             Transform::from_xyz(0.0, 1.3, 0.0),
//!         ))
//!         .observe(save);
//! }
//!
//! fn save(made: On<GestureMade>, mut commands: Commands) {
//!     if made.gesture == Gesture::RaiseHand {
//!         let path = format!("player-{}.ply", made.id).into();
//!         commands.trigger(SavePoints { cloud: made.sensor, path });
//!     }
//! }
//! ```
//!
//! # Telling the operator what is wrong
//!
//! [`SensorState::problem`](crate::SensorState::problem) is a sentence for people: what happened, to which sensor or file, and what to do.
//!
//! ```
//! # use bevy::prelude::*;
//! # use bevy_kinect_azure::prelude::*;
//! # #[cfg(feature = "ui")]
//! fn tell(sensors: Query<(&SensorState, Option<&BodyTrackingState>)>, mut text: Single<&mut Text>) {
//!     let mut lines = Vec::new();
//!     for (state, tracking) in &sensors {
//!         lines.push(state.problem().unwrap_or(state.name()));
//!         lines.extend(tracking.and_then(|tracking| tracking.problem()));
//!     }
//!     let now = lines.join("\n");
//!     if text.0 != now {
//!         text.0 = now;
//!     }
//! }
//! ```
//!
//! # Recording as long as somebody is there
//!
//! ```
//! # use bevy::prelude::*;
//! # use bevy_kinect_azure::prelude::*;
//! fn setup(mut commands: Commands) {
//!     let recorder = Recorder { path: "visit-{date}-{number}.mkv".into(), ..default() };
//!     commands.spawn((KinectSensor::simulated(), BodyTracking::default(), recorder));
//! }
//!
//! fn record(players: Query<(), With<Player>>, mut recorders: Query<&mut Recorder>) {
//!     for mut recorder in &mut recorders {
//!         let wanted = !players.is_empty();
//!         if recorder.active != wanted {
//!             recorder.active = wanted;
//!         }
//!     }
//! }
//! ```
//!
//! # A recording with keys
//!
//! The space bar pauses, arrows step from capture to capture, Home goes back to the start.
//!
//! ```
//! # use bevy::prelude::*;
//! # use bevy_kinect_azure::prelude::*;
//! use std::time::Duration;
//!
//! fn keys(
//!     keys: Res<ButtonInput<KeyCode>>,
//!     mut sensors: Query<(Entity, &mut Playback)>,
//!     mut playback_commands: MessageWriter<PlaybackCommand>,
//! ) {
//!     for (sensor, mut playback) in &mut sensors {
//!         if keys.just_pressed(KeyCode::Space) {
//!             playback.paused = !playback.paused;
//!         }
//!         for (key, action) in [
//!             (KeyCode::ArrowRight, PlaybackAction::Step(1)),
//!             (KeyCode::ArrowLeft, PlaybackAction::Step(-1)),
//!             (KeyCode::Home, PlaybackAction::Seek(Duration::ZERO)),
//!         ] {
//!             if keys.just_pressed(key) {
//!                 playback_commands.write(PlaybackCommand { sensor, action });
//!             }
//!         }
//!     }
//! }
//! ```
//!
//! # The sensor's height and tilt
//!
//! They are found in the depth images, where the [floor](crate::floor) is seen:
//!
//! ```
//! # use bevy::prelude::*;
//! # use bevy_kinect_azure::prelude::*;
//! fn setup(mut commands: Commands) {
//!     commands.spawn((KinectSensor::simulated(), PointCloud::default(), FloorDetection::kept()));
//! }
//! ```
//!
//! The tilt alone comes from gravity:
//!
//! ```
//! # use bevy::prelude::*;
//! # use bevy_kinect_azure::prelude::*;
//! fn level(mut sensors: Query<(&Imu, &mut Transform), (With<KinectSensor>, Changed<Imu>)>) {
//!     for (imu, mut transform) in &mut sensors {
//!         if let Some(levelling) = imu.levelling() {
//!             transform.rotation = levelling;
//!         }
//!     }
//! }
//! ```
//!
//! # Two sensors in one room
//!
//! Each has its serial number and its place; their points, players and zones share the world's space.
//!
//! ```
//! # use bevy::prelude::*;
//! # use bevy_kinect_azure::prelude::*;
//! fn setup(mut commands: Commands) {
//!     for (serial, place) in [
//!         ("000111111111", Transform::from_xyz(-1.5, 1.3, 0.0).looking_at(Vec3::new(0.0, 1.0, -2.0), Vec3::Y)),
//!         ("000222222222", Transform::from_xyz(1.5, 1.3, 0.0).looking_at(Vec3::new(0.0, 1.0, -2.0), Vec3::Y)),
//!     ] {
//!         commands.spawn((KinectSensor::new(DeviceSettings::serial(serial)), PointCloud::default(), place));
//!     }
//! }
//! ```
//!
//! # Counting people without a window
//!
//! A server has no renderer: sensors, recorders, inertial samples, people, zones and gestures work without one.
//!
//! ```no_run
//! # use bevy::prelude::*;
//! # use bevy_kinect_azure::prelude::*;
//! fn main() {
//!     App::new()
//!         .add_plugins((MinimalPlugins, TransformPlugin, KinectAzurePlugin))
//!         .add_systems(Startup, |mut commands: Commands| {
//!             commands.spawn((KinectSensor::simulated(), BodyTracking::default()));
//!         })
//!         .add_observer(|entered: On<PlayerEntered>| println!("visitor {}", entered.id))
//!         .run();
//! }
//! ```
//!
//! # Captures of your own
//!
//! Anything that implements [`CaptureSource`](kinect_azure::CaptureSource) is a sensor, with outputs, clouds and people.
//!
//! ```
//! # use bevy::prelude::*;
//! # use bevy_kinect_azure::prelude::*;
//! use std::time::Duration;
//! use bevy_kinect_azure::kinect_azure::{
//!     Calibration, Capture, CaptureSource, ImuSample, NextCapture, SensorInfo, SourceError,
//! };
//!
//! /// The same capture, thirty times a second.
//! struct Still {
//!     info: SensorInfo,
//!     capture: Capture,
//! }
//!
//! impl CaptureSource for Still {
//!     fn info(&self) -> &SensorInfo {
//!         &self.info
//!     }
//!     fn calibration(&self) -> Option<&Calibration> {
//!         None
//!     }
//!     fn next_capture(&mut self, timeout: Duration) -> Result<NextCapture, SourceError> {
//!         std::thread::sleep(timeout.min(Duration::from_millis(33)));
//!         Ok(NextCapture::Capture(self.capture.clone()))
//!     }
//!     fn next_imu_sample(&mut self) -> Result<Option<ImuSample>, SourceError> {
//!         Ok(None)
//!     }
//! }
//!
//! fn setup(mut commands: Commands) {
//!     commands.spawn(KinectSensor::new(SensorSource::custom(|| {
//!         Ok(Still { info: SensorInfo::default(), capture: Capture::default() })
//!     })));
//! }
//! ```
//!
//! # A tracker of your own
//!
//! ```
//! # use bevy::prelude::*;
//! # use bevy_kinect_azure::prelude::*;
//! use std::sync::Arc;
//! use bevy_kinect_azure::kinect_azure::{Calibration, Capture};
//! use bevy_kinect_azure::kinect_tracking::tracker::{BodyTracker, TrackerError};
//!
//! struct Nobody;
//!
//! impl BodyTracker for Nobody {
//!     fn name(&self) -> &str {
//!         "a tracker that finds nobody"
//!     }
//!     fn track(&mut self, capture: &Capture, _: &Calibration) -> Result<Option<Arc<BodyFrame>>, TrackerError> {
//!         Ok(capture.depth.as_ref().map(|depth| {
//!             Arc::new(BodyFrame {
//!                 device_timestamp_usec: depth.device_timestamp_usec,
//!                 bodies: Vec::new(),
//!                 ..default()
//!             })
//!         }))
//!     }
//! }
//!
//! fn setup(mut commands: Commands) {
//!     let source = BodySource::custom(|_, _| Ok(Nobody));
//!     commands.spawn((KinectSensor::simulated(), BodyTracking::new(source)));
//! }
//! ```
//!
//! # The same frames in every run
//!
//! For tests and videos: with [`Lockstep`](crate::sensor::Lockstep) the app's time drives the simulation.
//!
//! ```
//! # use bevy::prelude::*;
//! # use bevy_kinect_azure::prelude::*;
//! use std::time::Duration;
//! use bevy::time::TimeUpdateStrategy;
//!
//! fn make(app: &mut App) {
//!     app.insert_resource(TimeUpdateStrategy::ManualDuration(Duration::from_secs(1) / 30));
//!     app.world_mut().spawn((Lockstep, KinectSensor::simulated()));
//! }
//! ```
