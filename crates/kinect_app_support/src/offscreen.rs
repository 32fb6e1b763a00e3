//! One picture without a window: plays up to the wanted capture, renders into an image, writes it and ends.

use core::time::Duration;
use std::path::Path;

use bevy::app::ScheduleRunnerPlugin;
use bevy::camera::RenderTarget;
use bevy::prelude::*;
use bevy::render::view::screenshot::{Screenshot, ScreenshotCaptured};
use bevy_kinect_azure::prelude::*;

use crate::play::Play;
use crate::ready::{Ready, ReadyPlugin};
use crate::show::Show;
use crate::windowless;

/// Updates from the arrival of the frame to the picture: enough for text, layout and pipelines to be there.
const SETTLE_UPDATES: u32 = 12;
/// How long to wait for the wanted capture.
const PATIENCE: Duration = Duration::from_secs(60);

/// Renders one picture of the app's sensors (or clip of bodies, see [`Show::plays`]) into the file that [`Show::screenshot`] names, and ends the app.
pub struct OffscreenPlugin;

impl Plugin for OffscreenPlugin {
    fn build(&self, app: &mut App) {
        app.add_plugins((
            windowless::plugins(),
            ReadyPlugin,
            ScheduleRunnerPlugin::run_loop(Duration::from_millis(5)),
        ))
        .add_systems(PreStartup, create_canvas)
        .add_systems(Update, take_picture);
    }
}

/// The target of cameras: the window, or the image that is saved as the picture.
#[derive(Resource, Clone, Default, Debug)]
pub struct Canvas(RenderTarget);

impl Canvas {
    /// The render target of a camera.
    pub fn target(&self) -> RenderTarget {
        self.0.clone()
    }
}

/// The image that becomes the picture.
#[derive(Resource)]
struct Picture(Handle<Image>);

fn create_canvas(mut commands: Commands, mut images: ResMut<Assets<Image>>, show: Res<Show>) {
    let image = images.add(windowless::target_image(show.size));
    commands.insert_resource(Canvas(image.clone().into()));
    commands.insert_resource(Picture(image));
}

/// How far the picture is.
#[derive(Default)]
enum Progress {
    #[default]
    Opening,
    Stepping,
    Settling(u32),
    Writing,
}

fn take_picture(
    mut progress: Local<Progress>,
    mut commands: Commands,
    sensors: Query<(Entity, &SensorState, &SensorFrame, Option<&SensorStream>)>,
    play: Option<Res<Play>>,
    show: Res<Show>,
    picture: Res<Picture>,
    ready: Res<Ready>,
    time: Res<Time<Real>>,
    mut playback: MessageWriter<PlaybackCommand>,
    mut exit: MessageWriter<AppExit>,
) {
    let problem = sensors.iter().find_map(|(_, state, _, _)| state.problem());
    if let Some(problem) = problem {
        eprintln!("{problem}");
        exit.write(AppExit::error());
        return;
    }
    let is_early = matches!(*progress, Progress::Opening | Progress::Stepping);
    if time.elapsed() > PATIENCE && is_early && play.is_none() {
        eprintln!("No capture came within {} s.", PATIENCE.as_secs());
        exit.write(AppExit::error());
        return;
    }
    match *progress {
        Progress::Opening => {
            let are_open = !sensors.is_empty() && sensors.iter().all(|sensor| sensor.3.is_some());
            match &play {
                Some(play) if play.is_over => *progress = Progress::Settling(SETTLE_UPDATES),
                None if are_open => {
                    for (sensor, ..) in &sensors {
                        playback.write(PlaybackCommand {
                            sensor,
                            action: PlaybackAction::Step(show.frame.saturating_add(1) as i32),
                        });
                    }
                    *progress = Progress::Stepping;
                }
                _ => {}
            }
        }
        Progress::Stepping => {
            if sensors.iter().all(|(_, _, frame, _)| frame.0.is_some()) {
                *progress = Progress::Settling(SETTLE_UPDATES);
            } else if sensors
                .iter()
                .any(|(_, state, frame, _)| frame.0.is_none() && *state == SensorState::Ended)
            {
                eprintln!(
                    "{} has no captures to show.",
                    show.file.clone().unwrap_or_default().display()
                );
                exit.write(AppExit::error());
            }
        }
        Progress::Settling(0) => {
            let path = show.screenshot.clone().unwrap_or_default();
            commands
                .spawn(Screenshot::image(picture.0.clone()))
                .observe(
                    move |shot: On<ScreenshotCaptured>, mut exit: MessageWriter<AppExit>| {
                        exit.write(match save(&shot.image, &path) {
                            Ok(()) => {
                                println!("wrote {}", path.display());
                                AppExit::Success
                            }
                            Err(error) => {
                                eprintln!("{} was not written: {error}", path.display());
                                AppExit::error()
                            }
                        });
                    },
                );
            *progress = Progress::Writing;
        }
        // Shaders of an app are files that are loaded meanwhile.
        Progress::Settling(_) if !ready.is_ready() && time.elapsed() < PATIENCE => {
            *progress = Progress::Settling(SETTLE_UPDATES);
        }
        Progress::Settling(updates) => *progress = Progress::Settling(updates - 1),
        Progress::Writing => {}
    }
}

/// Writes a picture, in which something must be seen.
fn save(image: &Image, path: &Path) -> Result<(), String> {
    let picture = image.clone().try_into_dynamic();
    let picture = picture.map_err(|error| error.to_string())?.to_rgb8();
    let mut pixels = picture.pixels();
    let first = pixels.next();
    if pixels.all(|pixel| Some(pixel) == first) {
        return Err("it is of one colour".to_owned());
    }
    picture.save(path).map_err(|error| error.to_string())
}
