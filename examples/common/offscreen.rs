//! One picture without a window: plays up to the wanted capture, renders into an image, writes it and ends.

use core::time::Duration;

use bevy::app::ScheduleRunnerPlugin;
use bevy::asset::RenderAssetUsages;
use bevy::camera::RenderTarget;
use bevy::prelude::*;
use bevy::render::RenderPlugin;
use bevy::render::render_resource::{Extent3d, TextureDimension, TextureFormat, TextureUsages};
use bevy::render::view::screenshot::{Screenshot, ScreenshotCaptured};
use bevy::window::ExitCondition;
use bevy::winit::WinitPlugin;
use bevy_kinect_azure::prelude::*;

use super::Show;

/// Updates from the arrival of the frame to the picture: enough for text, layout and pipelines to be there.
const SETTLE_UPDATES: u32 = 12;
/// How long to wait for the wanted capture.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct OffscreenPlugin;

impl Plugin for OffscreenPlugin {
    fn build(&self, app: &mut App) {
        app.add_plugins((
            DefaultPlugins
                .set(WindowPlugin {
                    primary_window: None,
                    exit_condition: ExitCondition::DontExit,
                    ..default()
                })
                .set(RenderPlugin {
                    synchronous_pipeline_compilation: true,
                    ..default()
                })
                .disable::<WinitPlugin>(),
            ScheduleRunnerPlugin::run_loop(Duration::from_millis(5)),
        ))
        .add_systems(PreStartup, create_target)
        .add_systems(Update, take_picture);
    }
}

/// The image that is rendered into.
#[derive(Resource)]
pub(crate) struct Target(Handle<Image>);

impl Target {
    pub(crate) fn render_target(&self) -> RenderTarget {
        self.0.clone().into()
    }
}

fn create_target(mut commands: Commands, mut images: ResMut<Assets<Image>>, show: Res<Show>) {
    let mut image = Image::new_uninit(
        Extent3d {
            width: show.size.x,
            height: show.size.y,
            depth_or_array_layers: 1,
        },
        TextureDimension::D2,
        TextureFormat::Rgba8UnormSrgb,
        RenderAssetUsages::RENDER_WORLD,
    );
    image.texture_descriptor.usage |= TextureUsages::RENDER_ATTACHMENT;
    commands.insert_resource(Target(images.add(image)));
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
    sensor: Single<(Entity, &SensorState, &SensorFrame, Option<&SensorStream>)>,
    show: Res<Show>,
    target: Res<Target>,
    time: Res<Time<Real>>,
    mut playback: MessageWriter<PlaybackCommand>,
    mut exit: MessageWriter<AppExit>,
) {
    let (sensor, state, frame, stream) = *sensor;
    if let Some(problem) = state.problem() {
        eprintln!("{problem}");
        exit.write(AppExit::error());
        return;
    }
    if time.elapsed() > PATIENCE && matches!(*progress, Progress::Opening | Progress::Stepping) {
        eprintln!("No capture came within {} s.", PATIENCE.as_secs());
        exit.write(AppExit::error());
        return;
    }
    match *progress {
        Progress::Opening => {
            if stream.is_some() {
                playback.write(PlaybackCommand {
                    sensor,
                    action: PlaybackAction::Step(show.frame.saturating_add(1) as i32),
                });
                *progress = Progress::Stepping;
            }
        }
        Progress::Stepping => {
            if frame.0.is_some() {
                *progress = Progress::Settling(SETTLE_UPDATES);
            } else if *state == SensorState::Ended {
                eprintln!(
                    "{} has no captures to show.",
                    show.file.clone().unwrap_or_default().display()
                );
                exit.write(AppExit::error());
            }
        }
        Progress::Settling(0) => {
            let path = show.screenshot.clone().unwrap_or_default();
            commands.spawn(Screenshot::image(target.0.clone())).observe(
                move |picture: On<ScreenshotCaptured>, mut exit: MessageWriter<AppExit>| {
                    let saved = picture
                        .image
                        .clone()
                        .try_into_dynamic()
                        .map_err(|error| error.to_string())
                        .and_then(|image| {
                            image
                                .to_rgb8()
                                .save(&path)
                                .map_err(|error| error.to_string())
                        });
                    exit.write(match saved {
                        Ok(()) => {
                            println!("wrote {}", path.display());
                            AppExit::Success
                        }
                        Err(error) => {
                            eprintln!("{} could not be written: {error}", path.display());
                            AppExit::error()
                        }
                    });
                },
            );
            *progress = Progress::Writing;
        }
        Progress::Settling(updates) => *progress = Progress::Settling(updates - 1),
        Progress::Writing => {}
    }
}
