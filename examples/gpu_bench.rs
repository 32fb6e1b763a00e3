//! GPU time of a frame: all ten images at 2160p with the narrow field of view unbinned, and a million points (wide field of view
//! unbinned) computed and drawn at 1080p. The source repeats one simulated capture 30 times a second.
//!
//! ```text
//! cargo run --release --example gpu_bench
//! cargo run --release --example gpu_bench -- --frames 200
//! ```
//!
//! Times are the GPU's own timestamps, if it has them; the whole update, from the app's systems to the end of the GPU's work, is
//! always measured by the wall clock. No window is opened.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bevy::camera::RenderTarget;
use bevy::core_pipeline::tonemapping::Tonemapping;
use bevy::diagnostic::DiagnosticsStore;
use bevy::prelude::*;
use bevy::render::diagnostic::RenderDiagnosticsPlugin;
use bevy::render::pipelined_rendering::PipelinedRenderingPlugin;
use bevy::render::render_resource::{PollType, WgpuFeatures};
use bevy::render::renderer::{RenderAdapterInfo, RenderDevice};
use bevy_kinect_azure::kinect_azure::{
    Calibration, Capture, CaptureSource, ColorResolution, DepthMode, FrameRate, ImuSample,
    NextCapture, SensorInfo, SourceError,
};
use bevy_kinect_azure::kinect_simulation::{Noise, SimulatedSensor, SimulationSettings};
use bevy_kinect_azure::prelude::*;
use clap::Parser;
use kinect_app_support::windowless;

/// Measures GPU time per frame.
#[derive(Parser, Clone, Debug)]
#[command(name = "gpu_bench")]
struct Options {
    /// Frames to measure, after those to warm up.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..))]
    frames: u32,
    /// Frames to skip before measuring: the first frames take longer.
    #[arg(long, default_value_t = 5)]
    warm_up: u32,
}

fn main() -> Result<(), String> {
    let options = Options::parse();
    let mut app = app();
    let has_timestamps = introduce(app.world());

    let settings = |depth_mode, color_resolution| SimulationSettings {
        depth_mode,
        color_resolution,
        frame_rate: FrameRate::Fps15,
        // Without noise every pixel that the lens sees is measured.
        noise: Noise::none(),
        ..default()
    };
    println!("\nTen images, 3840x2160 and 640x576 (NFOV unbinned):");
    let sensor = still(settings(DepthMode::NfovUnbinned, ColorResolution::R2160p))?;
    let sensor = app.world_mut().spawn(KinectSensor::new(sensor)).id();
    let names = spawn_outputs(app.world_mut(), sensor);
    let figures = measure(&mut app, sensor, &options)?;
    figures.print(has_timestamps, |path| {
        path.contains("kinect/").then(|| {
            let output = names.iter().find(|(span, _)| path.contains(span.as_str()));
            output.map_or_else(|| path.to_owned(), |(_, name)| format!("output: {name}"))
        })
    });
    app.world_mut().despawn(sensor);

    println!("\nA cloud of 1024x1024 points (WFOV unbinned), drawn at 1920x1080:");
    let sensor = still(settings(DepthMode::WfovUnbinned, ColorResolution::R1080p))?;
    let cloud = (KinectSensor::new(sensor), PointCloud::default());
    let sensor = app.world_mut().spawn(cloud).id();
    spawn_camera(app.world_mut());
    let figures = measure(&mut app, sensor, &options)?;
    let frame = app.world().get::<SensorFrame>(sensor);
    let depth = frame.and_then(|frame| frame.0.as_ref()?.capture.depth.clone());
    if let Some(depth) = depth {
        let points = depth.u16_pixels().iter().filter(|&&mm| mm > 0).count();
        println!("  {points} of them are measured, the others are left out by the vertex shader");
    }
    figures.print(has_timestamps, |path| {
        let is_ours = path.contains("kinect/") || path.contains("main_");
        is_ours.then(|| path.to_owned())
    });
    Ok(())
}

/// An app without a window, whose update is a frame.
fn app() -> App {
    let mut app = App::new();
    app.add_plugins((
        windowless::plugins().disable::<PipelinedRenderingPlugin>(),
        RenderDiagnosticsPlugin,
        KinectAzurePlugin,
    ));
    app.finish();
    app.cleanup();
    app
}

/// Prints the GPU and its driver; returns whether all passes have timestamps.
fn introduce(world: &World) -> bool {
    let adapter = world.resource::<RenderAdapterInfo>();
    println!(
        "{} ({:?}, {:?}; driver {} {})",
        adapter.name, adapter.device_type, adapter.backend, adapter.driver, adapter.driver_info
    );
    if format!("{:?}", adapter.device_type) == "Cpu" {
        println!(
            "This is a SOFTWARE DRIVER: the processor does a GPU's work, and the figures say nothing about GPUs."
        );
    }
    let needed = WgpuFeatures::TIMESTAMP_QUERY
        | WgpuFeatures::TIMESTAMP_QUERY_INSIDE_ENCODERS
        | WgpuFeatures::TIMESTAMP_QUERY_INSIDE_PASSES;
    let has_timestamps = world.resource::<RenderDevice>().features().contains(needed);
    if !has_timestamps {
        println!("It has no timestamps for all passes: only whole updates are measured.");
    }
    has_timestamps
}

/// Every image of the sensor, with the span that it is measured by and its name.
fn spawn_outputs(world: &mut World, sensor: Entity) -> Vec<(String, String)> {
    let kinds = [
        ImageKind::Color,
        ImageKind::Depth,
        ImageKind::Infrared,
        ImageKind::PlayerIndex,
        ImageKind::PointCloud,
    ];
    let mut names = Vec::new();
    for kind in kinds {
        for aligned in [false, true] {
            let output = ImageOutput {
                aligned,
                ..ImageOutput::new(kind)
            };
            let entity = world.spawn((output, ImageOutputOf(sensor))).id();
            let tag = if aligned { ", aligned" } else { "" };
            names.push((format!("kinect/output/{entity}/"), format!("{kind:?}{tag}")));
        }
    }
    names
}

/// A camera at the sensor's place, with its field of view.
fn spawn_camera(world: &mut World) {
    let image = windowless::target_image(UVec2::new(1920, 1080));
    let image = world.resource_mut::<Assets<Image>>().add(image);
    world.spawn((
        Camera3d::default(),
        Projection::from(PerspectiveProjection {
            fov: 2.0,
            ..default()
        }),
        Tonemapping::None,
        RenderTarget::from(image),
    ));
}

/// The measurements, in ms.
#[derive(Default)]
struct Figures {
    /// By the path of the span.
    spans: BTreeMap<String, Vec<f64>>,
    /// Updates with a new frame, their part before the wait for the GPU, and updates without a new frame.
    new: Vec<f64>,
    new_before_wait: Vec<f64>,
    idle: Vec<f64>,
}

const PATIENCE: Duration = Duration::from_secs(120);

fn measure(app: &mut App, sensor: Entity, options: &Options) -> Result<Figures, String> {
    let mut figures = Figures::default();
    let (mut shown, mut count) = (None::<Arc<Frame>>, 0);
    let mut began = Instant::now();
    // The time of each span's newest value. Values from before `began` belong to another scene.
    let mut told = began;
    while count < options.warm_up + options.frames {
        let start = Instant::now();
        app.update();
        let ms_before_wait = start.elapsed().as_secs_f64() * 1000.0;
        app.world()
            .resource::<RenderDevice>()
            .wgpu_device()
            .poll(PollType::wait_indefinitely())
            .map_err(|error| format!("the GPU does not answer: {error}"))?;
        let ms = start.elapsed().as_secs_f64() * 1000.0;

        if let Some(problem) = app
            .world()
            .get::<SensorState>(sensor)
            .and_then(|s| s.problem())
        {
            return Err(format!("the sensor: {problem}"));
        }
        let frame = app.world().get::<SensorFrame>(sensor);
        let frame = frame.and_then(|frame| frame.0.clone());
        let is_new = match (&frame, &shown) {
            (Some(new), Some(old)) => !Arc::ptr_eq(new, old),
            (new, _) => new.is_some(),
        };
        if is_new {
            (shown, count, began) = (frame, count + 1, start);
        } else if began.elapsed() > PATIENCE {
            return Err(format!("no frame came for {} s", PATIENCE.as_secs()));
        }
        let is_warm = count > options.warm_up;
        for diagnostic in app.world().resource::<DiagnosticsStore>().iter() {
            if let Some(measurement) = diagnostic.measurement()
                && measurement.time > told
                && is_warm
                && diagnostic.path().as_str().ends_with("/elapsed_gpu")
            {
                let path = diagnostic.path().as_str().to_owned();
                figures
                    .spans
                    .entry(path)
                    .or_default()
                    .push(measurement.value);
            }
        }
        told = Instant::now();
        if is_warm && is_new {
            figures.new.push(ms);
            figures.new_before_wait.push(ms_before_wait);
        } else if is_warm {
            figures.idle.push(ms);
        }
        if !is_new {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    Ok(figures)
}

impl Figures {
    /// A line for each span that gets a name.
    fn print(&self, has_timestamps: bool, name: impl Fn(&str) -> Option<String>) {
        let mut total = 0.0;
        for (path, values) in &self.spans {
            let trimmed = path
                .trim_start_matches("render/")
                .trim_end_matches("elapsed_gpu");
            if let Some(name) = name(trimmed) {
                let (median, most) = median_and_most(values);
                total += median;
                let name = name.trim_end_matches('/');
                println!(
                    "  {name:<28}{median:9.3} ms on the GPU (most {most:.3}, {} times)",
                    values.len()
                );
            }
        }
        if has_timestamps {
            println!("  {:<28}{total:9.3} ms on the GPU", "together");
        }
        for (what, values) in [
            ("update with a new frame", &self.new),
            ("  before waiting for the GPU", &self.new_before_wait),
            ("other updates", &self.idle),
        ] {
            if !values.is_empty() {
                let (median, most) = median_and_most(values);
                println!(
                    "  {what:<28}{median:9.3} ms by the clock (most {most:.3}, {} times)",
                    values.len()
                );
            }
        }
    }
}

fn median_and_most(values: &[f64]) -> (f64, f64) {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = |index: usize| sorted.get(index).copied().unwrap_or_default();
    (at(sorted.len() / 2), at(sorted.len().saturating_sub(1)))
}

/// One capture of a simulated sensor, again and again.
fn still(settings: SimulationSettings) -> Result<SensorSource, String> {
    let mut sensor = SimulatedSensor::new(&settings).map_err(|error| error.to_string())?;
    let end = Instant::now() + PATIENCE;
    let capture = loop {
        match sensor.next_capture(Duration::from_secs(1)) {
            Ok(NextCapture::Capture(capture))
                if capture.color.is_some() && capture.depth.is_some() =>
            {
                break capture;
            }
            Ok(_) if Instant::now() < end => {}
            Ok(_) => return Err("the simulation delivers nothing".into()),
            Err(error) => return Err(error.to_string()),
        }
    };
    let still = Still {
        info: sensor.info().clone(),
        calibration: sensor.calibration().cloned(),
        capture,
    };
    Ok(SensorSource::custom(move || Ok(still.clone())))
}

#[derive(Clone)]
struct Still {
    info: SensorInfo,
    calibration: Option<Calibration>,
    capture: Capture,
}

impl CaptureSource for Still {
    fn info(&self) -> &SensorInfo {
        &self.info
    }

    fn calibration(&self) -> Option<&Calibration> {
        self.calibration.as_ref()
    }

    fn next_capture(&mut self, timeout: Duration) -> Result<NextCapture, SourceError> {
        std::thread::sleep(Duration::from_millis(33).min(timeout));
        Ok(NextCapture::Capture(self.capture.clone()))
    }

    fn next_imu_sample(&mut self) -> Result<Option<ImuSample>, SourceError> {
        Ok(None)
    }
}
