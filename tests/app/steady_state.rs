//! In the steady state, a stream does not allocate between the file and the texture.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bevy::ecs::schedule::SingleThreadedExecutor;
use bevy::picking::PickingSystems;
use bevy::prelude::*;
use bevy::render::render_resource::{
    Extent3d, TexelCopyBufferLayout, Texture, TextureDescriptor, TextureDimension, TextureFormat,
    TextureUsages,
};
use bevy::render::renderer::{RenderDevice, RenderQueue};
use bevy::render::{Render, RenderApp, RenderSystems};
use bevy::transform::TransformSystems;
use bevy_kinect_azure::kinect_avatar;
use bevy_kinect_azure::kinect_azure::recording::{Recording, RecordingSource};
use bevy_kinect_azure::kinect_azure::{
    self, Calibration, Capture, CaptureSource, ImuSample, NextCapture, PlaybackControl, SensorInfo,
    SourceError,
};
use bevy_kinect_azure::kinect_tracking::tracker::{BodyTracker, TrackerError};
use bevy_kinect_azure::prelude::*;
use bevy_kinect_azure::stream::StreamSystems;
use k4a_judge::allocations_so_far;
use kinect_test_support::mkv;

use crate::avatar::MANNEQUIN;
use crate::bodies::standing;
use crate::support::*;

/// Counts what its capture thread allocates, inside the source and outside of it.
struct Watched<S> {
    source: S,
    counts: Arc<Counts>,
    last: u64,
}

#[derive(Default)]
struct Counts {
    captures: AtomicU64,
    /// Allocations of the thread since the stream became steady.
    steady: AtomicU64,
}

/// Captures after which pools have grown to their size.
const WARM_UP: u64 = 40;

impl<S: CaptureSource> CaptureSource for Watched<S> {
    fn info(&self) -> &SensorInfo {
        self.source.info()
    }
    fn calibration(&self) -> Option<&Calibration> {
        self.source.calibration()
    }
    fn next_capture(&mut self, timeout: Duration) -> Result<NextCapture, SourceError> {
        // The work of the thread since the last call: reading, decoding, publishing.
        let now = allocations_so_far();
        let captures = self.counts.captures.load(Ordering::Relaxed);
        if captures > WARM_UP {
            self.counts
                .steady
                .fetch_add(now - self.last, Ordering::Relaxed);
        }
        self.last = now;
        let next = self.source.next_capture(timeout)?;
        if matches!(next, NextCapture::Capture(_)) {
            self.counts.captures.fetch_add(1, Ordering::Relaxed);
        }
        Ok(next)
    }
    fn next_imu_sample(&mut self) -> Result<Option<ImuSample>, SourceError> {
        self.source.next_imu_sample()
    }
    fn playback(&mut self) -> Option<&mut dyn PlaybackControl> {
        self.source.playback()
    }
}

/// A recording of 300 captures, with the colour image of the real one.
fn long_recording() -> Option<PathBuf> {
    const CAPTURES: u64 = 300;
    let mut sample = Recording::open(recording("mug-720p-nfov.mkv")?).unwrap();
    let capture = sample.next_capture().unwrap().unwrap();
    let jpeg = capture.color.unwrap().bytes().to_vec();
    let mut long = mkv::Mkv::standard("cdim", 33_333_333);
    let calibration = sample.raw_calibration_json().unwrap().to_vec();
    long.attachments
        .push(("calibration.json".into(), 7, calibration));
    let mut frames = Vec::new();
    for index in 0..CAPTURES {
        let time = index * 33_333;
        frames.push((1, time, jpeg.clone()));
        frames.push((2, time, mkv::sixteen(2, index as u16)));
        frames.push((3, time, mkv::sixteen(3, index as u16)));
        for imu in 0..8 {
            let time = time + imu * 4_000;
            frames.push((4, time, mkv::imu_sample(time * 1000, 9.81)));
        }
    }
    long.add_frames(frames, 32_000);
    let path = std::env::temp_dir().join(format!("kinect-long-{}.mkv", std::process::id()));
    std::fs::write(&path, long.write()).unwrap();
    Some(path)
}

#[test]
fn a_capture_thread_that_plays_a_recording_allocates_nothing() {
    let Some(path) = long_recording() else {
        return;
    };
    let counts = Arc::new(Counts::default());
    let (watched, file) = (Arc::clone(&counts), path.clone());
    let source = SensorSource::custom(move || {
        Ok(Watched {
            source: RecordingSource::open(&file)?,
            counts: Arc::clone(&watched),
            last: 0,
        })
    });
    let mut app = headless_app();
    // On a busy machine captures are left out; this is not the steady state.
    let playback = Playback {
        speed: 4.0,
        keep_every_capture: true,
        ..default()
    };
    let sensor = app
        .world_mut()
        .spawn((KinectSensor::new(source), playback))
        .id();
    update_until(&mut app, "a steady stream", |_| {
        counts.captures.load(Ordering::Relaxed) > WARM_UP + 200
    });
    let steady = counts.steady.load(Ordering::Relaxed);
    let diagnostics = app.world().get::<SensorDiagnostics>(sensor).unwrap();
    assert_eq!(diagnostics.image_errors, 0);
    assert!(app.world().get::<Imu>(sensor).unwrap().samples > 500);
    assert_eq!(
        steady, 0,
        "allocations in 200 captures: read, decode, publish"
    );
    std::fs::remove_file(path).unwrap();
}

/// Allocations between two probes of one schedule.
#[derive(Resource, Default, Clone)]
struct Probe(Arc<ProbeCounts>);

#[derive(Default)]
struct ProbeCounts {
    begin: AtomicU64,
    total: AtomicU64,
}

fn begin(probe: Res<Probe>) {
    probe.0.begin.store(allocations_so_far(), Ordering::Relaxed);
}

fn end(probe: Res<Probe>) {
    let allocated = allocations_so_far() - probe.0.begin.load(Ordering::Relaxed);
    probe.0.total.fetch_add(allocated, Ordering::Relaxed);
}

#[test]
fn receiving_a_frame_in_the_main_world_allocates_nothing() {
    let mut app = app_with_renderer(|_| {});
    let probe = Probe::default();
    app.insert_resource(probe.clone())
        .edit_schedule(PreUpdate, |schedule| {
            schedule.set_executor(SingleThreadedExecutor::new());
        })
        .add_systems(
            PreUpdate,
            (
                begin.before(KinectSystems::Receive),
                // Picking allocates.
                end.after(KinectSystems::Prepare)
                    .before(PickingSystems::ProcessInput),
            ),
        );
    let sensor = app
        .world_mut()
        .spawn((test_sensor(), PointCloud::default()))
        .id();
    app.world_mut()
        .spawn((ImageOutput::new(ImageKind::Color), ImageOutputOf(sensor)));
    app.world_mut()
        .spawn((ImageOutput::new(ImageKind::Depth), ImageOutputOf(sensor)));
    let frames = |world: &World| sequence(world, sensor);
    update_until(&mut app, "warming up", |world| frames(world) > 30);
    probe.0.total.store(0, Ordering::Relaxed);
    let from = frames(app.world());
    update_until(&mut app, "more frames", |world| frames(world) > from + 30);
    assert_eq!(probe.0.total.load(Ordering::Relaxed), 0);
}

#[test]
fn tracking_six_people_in_the_main_world_allocates_nothing() {
    let mut app = headless_app();
    let probe = Probe::default();
    app.insert_resource(probe.clone())
        .edit_schedule(PreUpdate, |schedule| {
            schedule.set_executor(SingleThreadedExecutor::new());
        })
        .add_systems(
            PreUpdate,
            (
                begin.before(KinectSystems::Receive),
                // Picking allocates.
                end.after(KinectSystems::Prepare)
                    .before(PickingSystems::ProcessInput),
            ),
        );
    let joints = JointSettings {
        euler: Some(EulerOrder::Zxy),
        in_images: Some(UvSettings::default()),
        ..default()
    };
    let filter = FilterSettings {
        prediction: Some(Prediction::default()),
        ..FilterPreset::Light.into()
    };
    let tracking = BodyTracking {
        joints,
        filter,
        ..six_people()
    };
    let sensor = app.world_mut().spawn((test_sensor(), tracking)).id();
    let found = |world: &World| {
        let time = world.get::<BodyTime>(sensor).unwrap();
        time.device_timestamp_usec.unwrap_or(0) / 33_333
    };
    update_until(&mut app, "warming up", |world| {
        found(world) > 60 && world.query::<&JointEuler>().iter(world).count() == 6 * Joint::COUNT
    });
    for _ in 0..10 {
        update(&mut app);
    }
    probe.0.total.store(0, Ordering::Relaxed);
    let from = found(app.world());
    update_until(&mut app, "more bodies", |world| found(world) > from + 60);
    let state = app.world().get::<BodyTrackingState>(sensor).unwrap();
    assert!(state.is_running() && state.frames > 60);
    assert_eq!(probe.0.total.load(Ordering::Relaxed), 0);
}

#[test]
fn six_avatars_allocate_nothing() {
    let mut app = headless_app();
    let probe = Probe::default();
    app.insert_resource(probe.clone())
        .edit_schedule(PostUpdate, |schedule| {
            schedule.set_executor(SingleThreadedExecutor::new());
        })
        .add_systems(
            PostUpdate,
            (
                begin.before(AvatarSystems::Follow),
                end.after(AvatarSystems::Pose)
                    .before(TransformSystems::Propagate),
            ),
        );
    let rig = kinect_avatar::gltf::rig(MANNEQUIN).unwrap();
    let sensor = app.world_mut().spawn((test_sensor(), six_people())).id();
    let avatars: Vec<Entity> = (0..6)
        .map(|slot| {
            let avatar = app.world_mut().spawn(Avatar::slot(slot)).id();
            kinect_app_support::rigs::spawn(app.world_mut(), &rig, avatar);
            avatar
        })
        .collect();
    update_until(&mut app, "six avatars that follow", |world| {
        avatars.iter().all(|avatar| {
            let state = world.get::<AvatarState>(*avatar).unwrap();
            state.is_ready() && state.player.is_some()
        })
    });
    let found = |world: &World| world.get::<BodyTime>(sensor).unwrap().device_timestamp_usec;
    let from = found(app.world()).unwrap_or(0);
    for _ in 0..10 {
        update(&mut app);
    }
    probe.0.total.store(0, Ordering::Relaxed);
    update_until(&mut app, "more bodies", |world| {
        found(world).is_some_and(|now| now > from + 60 * 33_333)
    });
    assert_eq!(probe.0.total.load(Ordering::Relaxed), 0);
}

/// A tracker that finds six people who sway.
fn six_people() -> BodyTracking {
    struct Six(ImagelessPool, Vec<Body>);
    type ImagelessPool = kinect_azure::pool::Pool<BodyFrame>;
    impl BodyTracker for Six {
        fn name(&self) -> &str {
            "six people"
        }
        fn track(
            &mut self,
            capture: &Capture,
            _: &Calibration,
        ) -> Result<Option<Arc<BodyFrame>>, TrackerError> {
            let Self(pool, people) = self;
            let usec = capture.depth.as_ref().unwrap().device_timestamp_usec;
            let filled = pool.fill(BodyFrame::default, |frame| {
                frame.device_timestamp_usec = usec;
                frame.bodies.clone_from(people);
                for (number, body) in frame.bodies.iter_mut().enumerate() {
                    let sway = (usec as f32 * 3e-6 + number as f32).sin() * 30.0;
                    for pose in &mut body.joints {
                        pose.position[0] += sway;
                    }
                }
                Ok::<_, TrackerError>(())
            });
            filled.map(Some)
        }
    }
    BodyTracking::new(BodySource::custom(|_, _| {
        let people = (0..6).map(|id| {
            let place = [
                600.0 * (id % 3) as f32 - 600.0,
                3000.0 + 500.0 * (id / 3) as f32,
            ];
            standing(id, place[0], place[1])
        });
        Ok(Six(ImagelessPool::new(), people.collect()))
    }))
}

/// Allocations of the graphics library for the three images of a frame alone, on the same device at the same time: how many
/// it makes depends on the state of its memory.
#[derive(Resource, Default, Clone)]
struct BareUploads(Arc<AtomicU64>);

#[test]
fn a_frame_on_its_way_to_the_gpu_costs_only_the_staging_of_the_graphics_library() {
    let mut app = app_with_renderer(|_| {});
    let (upload, bare) = (Probe::default(), BareUploads::default());
    let render_app = app.sub_app_mut(RenderApp);
    render_app
        .insert_resource(upload.clone())
        .insert_resource(bare.clone())
        .edit_schedule(Render, |schedule| {
            schedule.set_executor(SingleThreadedExecutor::new());
        })
        .add_systems(
            Render,
            (
                begin
                    .after(RenderSystems::PrepareAssets)
                    .before(StreamSystems::Upload),
                (end, upload_bare).chain().after(StreamSystems::Upload),
            ),
        );
    let sensor = app.world_mut().spawn(test_sensor()).id();
    app.world_mut()
        .spawn((ImageOutput::new(ImageKind::Color), ImageOutputOf(sensor)));
    let frames = |world: &World| sequence(world, sensor);
    update_until(&mut app, "warming up", |world| frames(world) > 30);
    // On a busy machine there are few updates, so frames that no update took are counted, too.
    for _ in 0..30 {
        update(&mut app);
    }

    // The probes also count the allocations of Bevy's systems, which updates without a new frame measure.
    let (mut with, mut without) = ((0, 0), (0, 0));
    let mut bare_total = 0;
    while with.1 < 50 || without.1 < 50 {
        let before = frames(app.world());
        upload.0.total.store(0, Ordering::Relaxed);
        update(&mut app);
        let sum = if frames(app.world()) == before {
            &mut without
        } else {
            bare_total += bare.0.load(Ordering::Relaxed);
            &mut with
        };
        sum.0 += upload.0.total.load(Ordering::Relaxed);
        sum.1 += 1;
    }
    let mean = |(sum, count): (u64, u64)| sum as f64 / count as f64;
    let ours = mean(with) - mean(without);
    let bare = mean((bare_total, with.1));
    println!("{ours:.1} allocations a frame; bare uploads: {bare:.1}");
    // Textures that are in use cost the library one more than those that nobody reads.
    assert!(
        ours <= bare + 2.0,
        "a frame costs {ours:.1} allocations, but bare uploads only {bare:.1}"
    );
}

/// Counts the allocations of `write_texture` for one colour, one depth and one infrared image.
fn upload_bare(
    mut textures: Local<Vec<Texture>>,
    bare: Res<BareUploads>,
    device: Res<RenderDevice>,
    queue: Res<RenderQueue>,
) {
    const IMAGES: [(u32, u32, TextureFormat); 3] = [
        (1280, 720, TextureFormat::Bgra8UnormSrgb),
        (320, 288, TextureFormat::R16Uint),
        (320, 288, TextureFormat::R16Uint),
    ];
    if textures.is_empty() {
        textures.extend(IMAGES.map(|(width, height, format)| {
            device.create_texture(&TextureDescriptor {
                label: None,
                size: Extent3d {
                    width,
                    height,
                    depth_or_array_layers: 1,
                },
                mip_level_count: 1,
                sample_count: 1,
                dimension: TextureDimension::D2,
                format,
                usage: TextureUsages::COPY_DST,
                view_formats: &[],
            })
        }));
    }
    static BYTES: [u8; 1280 * 720 * 4] = [0; 1280 * 720 * 4];
    let before = allocations_so_far();
    for texture in &*textures {
        let pitch = texture.width() * texture.format().block_copy_size(None).unwrap();
        queue.write_texture(
            texture.as_image_copy(),
            &BYTES[..(pitch * texture.height()) as usize],
            TexelCopyBufferLayout {
                offset: 0,
                bytes_per_row: Some(pitch),
                rows_per_image: None,
            },
            texture.size(),
        );
    }
    bare.0
        .store(allocations_so_far() - before, Ordering::Relaxed);
}

fn sequence(world: &World, sensor: Entity) -> u64 {
    let frame = &world.get::<SensorFrame>(sensor).unwrap().0;
    frame.as_ref().map_or(0, |frame| frame.sequence)
}
