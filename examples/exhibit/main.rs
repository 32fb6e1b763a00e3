//! A mirror world for a wall in a museum: visitors are flowing particles. Whoever comes condenses from a cloud, is carried by the own
//! movements, and dissolves again. While nobody is there, dancers of the attract loop condense.
//!
//! The particles are this example's own: a compute shader (`assets/shaders/exhibit/flow.wgsl`) moves them on the graphics card, and
//! pulls them to the points of people in the plugin's point buffer. Their number follows the frame rate. If the sensor is lost, the
//! attract loop goes on until it is back.
//!
//! ```text
//! cargo run --release --example exhibit
//! cargo run --release --example exhibit -- --device --fullscreen
//! cargo run --release --example exhibit -- FILE.mkv --height 1.3 --tilt 10
//! cargo run --release --example exhibit -- --attract
//! cargo run --release --example exhibit -- --screenshot picture.png --frame 120 --size 1080x1920
//! ```
//!
//! H shows the keys. Without a file and without `--device`, a simulated sensor shows the visitors of an exhibit.

mod attract;
mod colors;
mod figure;
mod flow;
mod help;
mod particles;
mod stage;
mod visitors;

use bevy::prelude::*;
use bevy_kinect_azure::kinect_azure::device::DeviceSelector;
use bevy_kinect_azure::prelude::*;
use clap::Parser;
use kinect_options::{CameraOptions, LibraryOptions, SyncOptions, device_settings};

use kinect_app_support::legend::LegendPlugin;
use kinect_app_support::{FitPlugin, People, Show};

/// Shows the people in front of a sensor as flowing particles.
#[derive(Parser, Resource, Clone, Debug)]
#[command(name = "exhibit")]
struct Options {
    #[command(flatten)]
    show: Show,
    #[command(flatten)]
    people: People,
    /// A live sensor: the one with this serial number, or the first that no program uses.
    #[arg(long, value_name = "SERIAL", num_args = 0..=1, conflicts_with = "file")]
    device: Option<Option<String>>,
    #[command(flatten)]
    library: LibraryOptions,
    #[command(flatten)]
    cameras: CameraOptions,
    #[command(flatten)]
    sync: SyncOptions,
    /// What the simulated people do: exhibit, empty, or a single motion.
    #[arg(long, default_value = "exhibit", conflicts_with_all = ["file", "device"])]
    scenario: Scenario,
    /// Number of simulated people, 0 to 6.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(0..=6), conflicts_with_all = ["file", "device"])]
    visitors: u32,
    /// Number of particles, 1000 to 4000000: by default 420000, or 150000 on a software driver. While frames take too long, fewer
    /// are drawn.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1000..=4_000_000))]
    particles: Option<u32>,
    /// The colours of people.
    #[arg(long, value_enum, default_value_t)]
    colors: colors::Palette,
    /// Seconds without anybody until the attract loop begins.
    #[arg(long, default_value_t = 8.0, value_name = "SECONDS", value_parser = seconds)]
    idle: f32,
    /// Begin with the attract loop.
    #[arg(long)]
    attract: bool,
    /// Show people as through a window, not as in a mirror.
    #[arg(long)]
    no_mirror: bool,
    /// Open a window that fills the screen.
    #[arg(long)]
    fullscreen: bool,
    /// Keep the camera still.
    #[arg(long)]
    still: bool,
    /// Show the help at the start.
    #[arg(long = "keys")]
    help_shown: bool,
}

fn seconds(text: &str) -> Result<f32, String> {
    text.parse()
        .ok()
        .filter(|seconds: &f32| seconds.is_finite() && *seconds >= 0.0)
        .ok_or_else(|| format!("{text} is not a number of seconds"))
}

fn main() -> AppExit {
    let mut options = Options::parse();
    if options.show.clip().is_some() {
        eprintln!("A clip of bodies has no points: give a recording (.mkv), or no file.");
        return AppExit::error();
    }
    // Particles come from where they were before.
    options.show.plays = true;
    let Some(mut app) = options.show.app("exhibit", "Exhibit") else {
        return AppExit::error();
    };
    if options.fullscreen {
        app.add_systems(Startup, help::fill_the_screen);
    }
    app.add_plugins((
        KinectAzurePlugin,
        FitPlugin,
        LegendPlugin,
        MaterialPlugin::<particles::ParticleMaterial>::default(),
        MaterialPlugin::<stage::StageMaterial>::default(),
        flow::FlowPlugin,
    ))
    .insert_resource(ClearColor(Color::BLACK))
    .insert_resource(attract::Attract::new(&options))
    .insert_resource(options.colors)
    .insert_resource(options)
    .add_systems(
        Startup,
        (open_the_sensor, stage::build, particles::spawn, help::spawn),
    )
    .add_systems(
        Update,
        (
            help::press,
            visitors::tell,
            attract::dance,
            visitors::light,
            advance,
            (stage::look, particles::adapt, help::tell),
        )
            .chain(),
    );
    app.run()
}

fn open_the_sensor(mut commands: Commands, options: Res<Options>) {
    let source = match &options.device {
        Some(serial) => {
            let device = serial
                .clone()
                .map_or(DeviceSelector::FirstFree, DeviceSelector::Serial);
            KinectSensor::new(device_settings(
                device,
                &options.library,
                &options.cameras,
                &options.sync,
            ))
        }
        None => KinectSensor::new(SimulationSettings {
            scenario: options.scenario.clone(),
            people: options.visitors,
            // Nobody sees colours.
            color_resolution: bevy_kinect_azure::kinect_azure::ColorResolution::Off,
            ..default()
        }),
    };
    let sensor = options.people.spawn(&mut commands, &options.show, source);
    commands.entity(sensor).insert(visitors::cloud());
    if options.device.is_some() {
        // Wherever the sensor hangs, people stand on the floor.
        commands.entity(sensor).insert(FloorDetection::kept());
    }
    commands.insert_resource(visitors::Visitors {
        sensor,
        present: 0,
        is_mirror: !options.no_mirror,
    });
}

/// The longest step of the particles, in seconds: after a hiccup they do not jump.
const LONGEST_STEP: f32 = 0.05;

/// Sets time and numbers of the next step.
fn advance(time: Res<Time>, fit: Res<kinect_app_support::Fit>, mut flow: ResMut<flow::Flow>) {
    let step = &mut flow.step;
    step.step = step.step.wrapping_add(1);
    step.time = time.elapsed_secs_wrapped();
    step.duration = time.delta_secs().min(LONGEST_STEP);
    // A portrait window shows a narrow part of the world.
    let aspect = fit.pixels.x as f32 / fit.pixels.y.max(1) as f32;
    step.width = (2.6 * aspect).clamp(1.9, 6.0);
}
