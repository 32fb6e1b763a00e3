//! Apps without windows, a sensor whose pixels are all known, and functions that read back rendered images.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bevy::camera::RenderTarget;
use bevy::log::LogPlugin;
use bevy::prelude::*;
use bevy::render::error_handler::{RenderErrorHandler, RenderErrorPolicy};
use bevy::render::gpu_readback::{Readback, ReadbackComplete};
use bevy::render::pipelined_rendering::PipelinedRenderingPlugin;
use bevy::render::render_resource::PollType;
use bevy::render::renderer::{RenderAdapterInfo, RenderDevice};
use bevy::render::storage::ShaderBuffer;
use bevy_kinect_azure::kinect_azure::calibration::{
    Camera, Extrinsics, Intrinsics, LensModel, Sensor,
};
use bevy_kinect_azure::kinect_azure::{
    Calibration, Capture, CaptureSource, ColorFormat, ColorResolution, DepthMode, Image as Picture,
    ImageFormat, ImagePool, ImuSample, NextCapture, SensorInfo, SourceError, image::Pixels,
};
use bevy_kinect_azure::prelude::*;
use kinect_app_support::windowless;

/// A real recording. If it does not exist, prints a message and returns `None`.
pub(crate) fn recording(name: &str) -> Option<PathBuf> {
    k4a_judge::real_data(&format!("recordings/{name}"))
}

/// The newest frame of a sensor that has one.
pub(crate) fn frame_of(world: &World, sensor: Entity) -> Arc<Frame> {
    let frame = &world.get::<SensorFrame>(sensor).unwrap().0;
    frame.clone().expect("the sensor has a frame")
}

/// The bytes of a cloud's points.
pub(crate) fn read_points(app: &mut App, cloud: Entity) -> Vec<u8> {
    let buffer = app.world().get::<PointCloudBuffer>(cloud).unwrap();
    let buffer = buffer.buffer.clone();
    read(app, Readback::buffer(buffer))
}

/// The bytes of a buffer on the GPU.
pub(crate) fn read_buffer(app: &mut App, buffer: &Handle<ShaderBuffer>) -> Vec<u8> {
    read(app, Readback::buffer(buffer.clone()))
}

/// An app that renders without a window, one update at a time, for tests of drawn images.
pub(crate) fn rendering_app() -> App {
    rendering_app_with(|_| {})
}

/// The same, with further plugins or systems.
pub(crate) fn rendering_app_with(add: impl FnOnce(&mut App)) -> App {
    // These tests run a second time with fewer GPU features, and are recognised by their module. If all tests run on
    // one thread, the thread does not have the name of a test.
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("main");
    assert!(
        test == "main" || test.starts_with("drawing::"),
        "{test} draws, so it belongs into tests/app/drawing/"
    );
    app_with_renderer(add)
}

/// An app with a renderer, for tests of anything but drawn images.
pub(crate) fn app_with_renderer(add: impl FnOnce(&mut App)) -> App {
    // `KINECT_TEST_LOG=1` with a single test shows the engine's log.
    let quiet = std::env::var_os("KINECT_TEST_LOG").is_none();
    let mut app = App::new();
    let plugins = windowless::plugins().disable::<PipelinedRenderingPlugin>();
    app.add_plugins(if quiet {
        plugins.disable::<LogPlugin>()
    } else {
        plugins
    })
    .add_plugins(KinectAzurePlugin)
    .insert_resource(RenderErrorHandler(fail_on_render_error))
    .init_resource::<Seen>();
    add(&mut app);
    app.finish();
    app.cleanup();
    app
}

pub(crate) fn fail_on_render_error(
    error: &bevy::render::error_handler::RenderError,
    _: &mut World,
    _: &mut World,
) -> RenderErrorPolicy {
    panic!("the renderer reports: {}", error.description);
}

/// Whether Mesa's software driver draws. It rounds each operation to the nearest, as processors do; graphics cards may
/// differ in the last bit.
pub(crate) fn rounds_like_the_cpu(app: &App) -> bool {
    let adapter = app.world().resource::<RenderAdapterInfo>();
    adapter.name.starts_with("llvmpipe")
}

/// An app without a renderer.
pub(crate) fn headless_app() -> App {
    headless_app_with(|_| {})
}

/// The same, with further plugins or systems.
pub(crate) fn headless_app_with(add: impl FnOnce(&mut App)) -> App {
    let mut app = App::new();
    app.add_plugins((MinimalPlugins, TransformPlugin, KinectAzurePlugin));
    add(&mut app);
    app.finish();
    app.cleanup();
    app
}

/// Updates until `done`; panics with `what` after a minute, which is long enough for a busy machine.
pub(crate) fn update_until(app: &mut App, what: &str, mut done: impl FnMut(&mut World) -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        update(app);
        if done(app.world_mut()) {
            return;
        }
        assert!(Instant::now() < end, "{what} did not happen in a minute");
        std::thread::sleep(Duration::from_millis(2));
    }
}

pub(crate) fn update(app: &mut App) {
    app.update();
    if let Some(device) = app.world().get_resource::<RenderDevice>() {
        device
            .wgpu_device()
            .poll(PollType::wait_indefinitely())
            .unwrap();
    }
}

/// The bytes that were read back from the GPU, by the entity of the request.
#[derive(Resource, Default, Clone)]
struct Seen(Arc<Mutex<HashMap<Entity, Vec<u8>>>>);

/// The bytes of an image on the GPU, rows tightly packed.
pub(crate) fn read_image(app: &mut App, image: Handle<Image>) -> Vec<u8> {
    let descriptor = app
        .world()
        .resource::<Assets<Image>>()
        .get(&image)
        .unwrap()
        .texture_descriptor
        .clone();
    let row = (descriptor.size.width * descriptor.format.block_copy_size(None).unwrap()) as usize;
    let bytes = read(app, Readback::texture(image));
    // Rows are padded to the alignment of copies.
    let padded = bytes.len() / descriptor.size.height as usize;
    bytes
        .chunks_exact(padded)
        .flat_map(|line| &line[..row])
        .copied()
        .collect()
}

fn read(app: &mut App, readback: Readback) -> Vec<u8> {
    let reader = app
        .world_mut()
        .spawn(readback)
        .observe(|done: On<ReadbackComplete>, seen: Res<Seen>| {
            seen.0
                .lock()
                .unwrap()
                .insert(done.entity, done.data.clone());
        })
        .id();
    let seen = app.world().resource::<Seen>().clone();
    update_until(app, "reading back", |_| {
        seen.0.lock().unwrap().contains_key(&reader)
    });
    app.world_mut().despawn(reader);
    seen.0.lock().unwrap().remove(&reader).unwrap()
}

/// An image to render into.
pub(crate) fn render_target(app: &mut App, width: u32, height: u32) -> Handle<Image> {
    let image = windowless::target_image(UVec2::new(width, height));
    app.world_mut().resource_mut::<Assets<Image>>().add(image)
}

pub(crate) fn target(image: &Handle<Image>) -> RenderTarget {
    image.clone().into()
}

/// Writes a picture to `target/pictures` for inspection.
pub(crate) fn keep_picture(name: &str, width: u32, height: u32, rgba: &[u8]) {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pictures");
    std::fs::create_dir_all(&folder).unwrap();
    let file = std::fs::File::create(folder.join(name)).unwrap();
    let mut encoder = png::Encoder::new(std::io::BufWriter::new(file), width, height);
    encoder.set_color(png::ColorType::Rgba);
    encoder
        .write_header()
        .unwrap()
        .write_image_data(rgba)
        .unwrap();
}

/// A sensor that delivers the same artificial capture repeatedly. Each of its pixels can be computed.
pub(crate) struct TestSource {
    info: SensorInfo,
    calibration: Calibration,
    color: ImagePool,
    depth: ImagePool,
    ir: ImagePool,
    captures: u64,
    limit: u64,
    interval: Duration,
    depth_at: fn(u64, u32, u32) -> u16,
    /// The number of captures that may be delivered, if a test limits it.
    allowed: Option<Arc<AtomicU64>>,
    /// The samples in the queue, if there is an inertial sensor.
    samples: Option<u64>,
}

impl TestSource {
    /// `limit` captures, `interval` apart.
    pub(crate) fn new(limit: u64, interval: Duration) -> Self {
        Self {
            info: SensorInfo {
                name: "test pattern".into(),
                depth_mode: DepthMode::Nfov2x2Binned,
                color_resolution: ColorResolution::R720p,
                color_format: Some(ColorFormat::Bgra32),
                ..default()
            },
            calibration: calibration(),
            color: ImagePool::new(ImageFormat::Color(ColorFormat::Bgra32)),
            depth: ImagePool::new(ImageFormat::Depth16),
            ir: ImagePool::new(ImageFormat::Ir16),
            captures: 0,
            limit,
            interval,
            depth_at: |_, x, y| test_depth(x, y),
            allowed: None,
            samples: None,
        }
    }

    /// Sets a function for the depth, of the capture's number (from 1) and the pixel.
    pub(crate) fn with_depth(mut self, depth_at: fn(u64, u32, u32) -> u16) -> Self {
        self.depth_at = depth_at;
        self
    }

    /// Limits the number of captures to `allowed`.
    pub(crate) fn with_allowed(mut self, allowed: Arc<AtomicU64>) -> Self {
        self.allowed = Some(allowed);
        self
    }

    /// Adds an inertial sensor with 16 samples for each capture.
    pub(crate) fn with_imu(mut self) -> Self {
        self.info.has_imu = true;
        self.samples = Some(0);
        self
    }
}

/// Two cameras with strong lens distortion, 30 mm apart and turned against each other.
pub(crate) fn calibration() -> Calibration {
    let camera = |width, height, focal: f32, k1: f32| Camera {
        width,
        height,
        intrinsics: Intrinsics {
            model: LensModel::BrownConrady,
            cx: width as f32 * 0.51,
            cy: height as f32 * 0.48,
            fx: focal,
            fy: focal * 1.001,
            k1,
            k2: -0.03,
            k3: 0.002,
            k4: 0.0,
            k5: 0.0,
            k6: 0.0,
            codx: 0.0,
            cody: 0.0,
            p2: 0.001,
            p1: -0.0007,
        },
        metric_radius: 1.7,
    };
    let (sin, cos) = 0.1_f32.sin_cos();
    let mut extrinsics = [[None; 4]; 4];
    for sensor in Sensor::ALL {
        extrinsics[sensor.index()][sensor.index()] = Some(Extrinsics::IDENTITY);
    }
    extrinsics[Sensor::Depth.index()][Sensor::Color.index()] = Some(Extrinsics {
        rotation: [1.0, 0.0, 0.0, 0.0, cos, sin, 0.0, -sin, cos],
        translation: [-32.0, -2.0, 4.0],
    });
    // The way back: the rotation transposed, and the translation turned by it.
    extrinsics[Sensor::Color.index()][Sensor::Depth.index()] = Some(Extrinsics {
        rotation: [1.0, 0.0, 0.0, 0.0, cos, -sin, 0.0, sin, cos],
        translation: [32.0, 2.0 * cos + 4.0 * sin, 2.0 * sin - 4.0 * cos],
    });
    Calibration {
        depth_camera: Some(camera(320, 288, 252.0, 0.12)),
        color_camera: Some(camera(1280, 720, 612.0, 0.08)),
        extrinsics,
        depth_mode: DepthMode::Nfov2x2Binned,
        color_resolution: ColorResolution::R720p,
    }
}

/// A slanted wall with a nearer box in front of it, and nothing in the corners.
pub(crate) fn test_depth(x: u32, y: u32) -> u16 {
    let corner = !(40..280).contains(&x) && !(40..248).contains(&y);
    if corner {
        0
    } else if (110..200).contains(&x) && (90..210).contains(&y) {
        (900 + y) as u16
    } else {
        (1800 + 2 * x + y) as u16
    }
}

pub(crate) fn test_ir(x: u32, y: u32) -> u16 {
    (1000 + x * 61 + y * 113) as u16
}

pub(crate) fn test_color(x: u32, y: u32) -> [u8; 4] {
    [(x / 5) as u8, (y / 3) as u8, ((x + y) / 8) as u8, 255]
}

impl CaptureSource for TestSource {
    fn info(&self) -> &SensorInfo {
        &self.info
    }

    fn calibration(&self) -> Option<&Calibration> {
        Some(&self.calibration)
    }

    fn next_capture(&mut self, timeout: Duration) -> Result<NextCapture, SourceError> {
        if self.captures >= self.limit {
            return Ok(NextCapture::End);
        }
        std::thread::sleep(self.interval.min(timeout));
        let allowed = self.allowed.as_ref().map(|n| n.load(Ordering::Relaxed));
        if allowed.is_some_and(|allowed| self.captures >= allowed) {
            return Ok(NextCapture::Timeout);
        }
        self.captures += 1;
        self.samples = self.samples.map(|waiting| waiting + 16);
        let usec = self.captures * 33_333;
        let set = |image: &mut Picture, width: u32, height: u32| {
            (image.width, image.height) = (width, height);
            image.stride = image.format.packed_stride(width);
            image.device_timestamp_usec = usec;
        };
        let color = self.color.fill(|image| {
            set(image, 1280, 720);
            if let Pixels::Bytes(bytes) = &mut image.pixels {
                bytes.clear();
                for y in 0..720 {
                    for x in 0..1280 {
                        bytes.extend_from_slice(&test_color(x, y));
                    }
                }
            }
            Ok::<(), SourceError>(())
        })?;
        let (number, depth_at) = (self.captures, self.depth_at);
        let fill = |pool: &mut ImagePool, value: &dyn Fn(u32, u32) -> u16| {
            pool.fill(|image| {
                set(image, 320, 288);
                if let Pixels::U16(pixels) = &mut image.pixels {
                    pixels.clear();
                    for y in 0..288 {
                        pixels.extend((0..320).map(|x| value(x, y)));
                    }
                }
                Ok::<(), SourceError>(())
            })
        };
        Ok(NextCapture::Capture(Capture {
            color: Some(color),
            depth: Some(fill(&mut self.depth, &|x, y| depth_at(number, x, y))?),
            ir: Some(fill(&mut self.ir, &test_ir)?),
            temperature_celsius: None,
            ground_truth: None,
        }))
    }

    fn next_imu_sample(&mut self) -> Result<Option<ImuSample>, SourceError> {
        let Some(waiting) = self.samples.as_mut().filter(|waiting| **waiting > 0) else {
            return Ok(None);
        };
        *waiting -= 1;
        let usec = self.captures * 33_333 - *waiting * 2000;
        Ok(Some(ImuSample {
            acceleration: [0.0, 0.0, -9.81],
            acceleration_timestamp_usec: usec,
            angular_velocity_timestamp_usec: usec,
            ..default()
        }))
    }
}

/// A sensor that shows the test pattern at about 100 captures per second.
pub(crate) fn test_sensor() -> KinectSensor {
    KinectSensor::new(SensorSource::custom(|| {
        Ok(TestSource::new(u64::MAX, Duration::from_millis(10)))
    }))
}
