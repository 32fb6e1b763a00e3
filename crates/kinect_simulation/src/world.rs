//! The simulated world as a function of a capture's number: people act, both cameras look, noise is added.

use std::sync::Arc;

use glam::Vec2;
use kinect_azure::body::BodyFrame;
use kinect_azure::calibration::Calibration;
use kinect_azure::capture::Capture;
use kinect_azure::image::{Image, ImageFormat, ImagePool, Pixels};
use kinect_azure::modes::{ColorFormat, ColorResolution, DepthMode};
use kinect_azure::source::{SourceError, SourceErrorKind};
use rayon::prelude::*;

use super::encode::ColorEncoder;
use super::frame::{CleanColor, CleanDepth};
use super::motion::{Director, Scenario, Sight, SkeletonClip, Stage};
use super::noise::{DepthNoise, DepthPlanes, add_color_noise};
use super::person::looks::Held;
use super::person::{BodyMesh, Person, SkinnedMesh};
use super::random::hash2;
use super::render::{Posed, Renderer, joints};
use super::rig::Eye;
use super::room::Room;
use super::settings::SimulationSettings;
use super::timing::{Times, Timing};
use super::truth::TruthPool;

/// Room, people, cameras and all their memory.
#[derive(Debug)]
pub(super) struct World {
    settings: SimulationSettings,
    stage: Stage,
    clip: Option<Arc<SkeletonClip>>,
    cast: Vec<BodyMesh>,
    girths: Vec<f32>,
    director: Director,
    skinned: Vec<SkinnedMesh>,
    eye: Eye,
    renderer: Renderer,
    clean_depth: CleanDepth,
    clean_color: CleanColor,
    depth_noise: DepthNoise,
    encoder: ColorEncoder,
    color_format: ColorFormat,
    color_images: ImagePool,
    depth_images: ImagePool,
    ir_images: ImagePool,
    truths: TruthPool,
}

/// The number of people beyond those in the room, so that new visitors enter an exhibit.
const UNDERSTUDIES: usize = 2;

impl World {
    pub(super) fn new(
        settings: &SimulationSettings,
        calibration: &Calibration,
    ) -> Result<Self, SourceError> {
        let clip = match &settings.scenario {
            Scenario::Clip(path) => Some(Arc::new(read_clip(path)?)),
            _ => None,
        };
        // Only colour and passive infrared show the room's own light.
        let room = if settings.color_resolution == ColorResolution::Off
            && settings.depth_mode != DepthMode::PassiveIr
        {
            Room::unlit(settings.seed, settings.variety.room)
        } else {
            Room::new(settings.seed, settings.variety.room)
        };
        let persons: Vec<Person> = cast_of(settings).collect();
        let cast: Vec<BodyMesh> = persons.par_iter().map(BodyMesh::new).collect();
        let girths: Vec<f32> = persons.iter().map(|person| person.physique.girth).collect();
        let stage = Stage::of(&room, sight(settings));
        let renderer = Renderer::new(&room, &settings.mount, calibration, settings.depth_mode);
        let director = director(settings, &cast, &girths, &stage, clip.as_ref());
        Ok(Self {
            director,
            stage,
            clip,
            girths,
            skinned: Vec::new(),
            eye: Eye::depth(&settings.mount),
            renderer,
            clean_depth: CleanDepth::default(),
            clean_color: CleanColor::default(),
            depth_noise: DepthNoise::new(
                settings.noise,
                settings.depth_mode,
                settings.noise_seed(),
            ),
            encoder: ColorEncoder::default(),
            color_format: settings.color_format(false),
            color_images: ImagePool::new(ImageFormat::Color(settings.color_format(false))),
            depth_images: ImagePool::new(ImageFormat::Depth16),
            ir_images: ImagePool::new(ImageFormat::Ir16),
            truths: TruthPool::default(),
            cast,
            settings: settings.clone(),
        })
    }

    /// Sets the format of colour images from the next capture on.
    pub(super) fn set_color_format(&mut self, format: ColorFormat) {
        self.color_format = format;
        self.color_images = ImagePool::new(ImageFormat::Color(format));
    }

    /// The capture with that number; `None` if the sensor loses it.
    pub(super) fn capture(
        &mut self,
        number: u64,
        timing: &Timing,
    ) -> Result<Option<Capture>, SourceError> {
        let Some(times) = timing.capture(number) else {
            return Ok(None);
        };
        let seconds = timing.usec(number) as f64 * 1e-6;
        if seconds + 1e-3 < self.director.seconds() {
            self.director = director(
                &self.settings,
                &self.cast,
                &self.girths,
                &self.stage,
                self.clip.as_ref(),
            );
        }
        self.director.advance_to(seconds);
        let performers = self.director.performers();
        self.skinned
            .resize_with(performers.len(), SkinnedMesh::default);
        for (performer, skinned) in performers.iter().zip(&mut self.skinned) {
            self.cast[performer.cast].skin(&performer.pose, &performer.hands, skinned);
        }
        let people: Vec<Posed<'_>> = performers
            .iter()
            .zip(&self.skinned)
            .map(|(performer, skinned)| Posed {
                mesh: &self.cast[performer.cast],
                skinned,
            })
            .collect();
        self.renderer.draw(
            &people,
            self.director.things(),
            &mut self.clean_depth,
            &mut self.clean_color,
        );

        let seen = self
            .renderer
            .depth
            .as_ref()
            .map(|(view, _)| (view, &self.clean_depth));
        let bodies = performers.iter().enumerate().map(|(n, performer)| {
            joints::body(performer.id, n as u8, &performer.pose, &self.eye, seen)
        });
        let fingers = self.settings.has_fingers();
        let hands = performers.iter().filter(|_| fingers);
        let hands = hands.map(|performer| performer.hands.map(|shape| shape.state()));
        let truth = self
            .truths
            .fill(times.depth_usec, bodies, hands, &self.clean_depth)?;
        self.images(number, &times, truth).map(Some)
    }

    /// Adds noise and fills the images, depth on one processor while colour is on the other.
    fn images(
        &mut self,
        number: u64,
        times: &Times,
        truth: Arc<BodyFrame>,
    ) -> Result<Capture, SourceError> {
        let Self {
            settings,
            clean_depth,
            clean_color,
            depth_noise,
            encoder,
            color_format,
            color_images,
            depth_images,
            ir_images,
            ..
        } = self;
        let has_depth = settings.depth_mode.has_depth();
        let color_usec = times
            .color_usec
            .filter(|_| settings.color_resolution != ColorResolution::Off);
        let (depth_ir, color) = rayon::join(
            || -> Result<_, SourceError> {
                if settings.depth_mode == DepthMode::Off {
                    return Ok((None, None));
                }
                let (width, height) = (clean_depth.width as u32, clean_depth.height as u32);
                let pixels = clean_depth.depth_mm.len();
                let size = |image: &mut Image| {
                    (image.width, image.height, image.stride) = (width, height, width * 2);
                    image.device_timestamp_usec = times.depth_usec;
                };
                let mut depth_image = None;
                let ir = ir_images.fill(|ir| -> Result<(), SourceError> {
                    size(ir);
                    let infrared = u16s(&mut ir.pixels, pixels);
                    if has_depth {
                        depth_image =
                            Some(depth_images.fill(|image| -> Result<(), SourceError> {
                                size(image);
                                let depth = u16s(&mut image.pixels, pixels);
                                depth_noise.apply(
                                    clean_depth,
                                    number,
                                    DepthPlanes { depth, infrared },
                                );
                                Ok(())
                            })?);
                    } else {
                        let planes = DepthPlanes {
                            depth: &mut [],
                            infrared,
                        };
                        depth_noise.apply(clean_depth, number, planes);
                    }
                    Ok(())
                })?;
                Ok((depth_image, Some(ir)))
            },
            || -> Result<_, SourceError> {
                let Some(usec) = color_usec else {
                    return Ok(None);
                };
                if settings.noise.color {
                    add_color_noise(
                        &mut clean_color.bgra,
                        clean_color.width,
                        settings.noise_seed(),
                        number,
                    );
                }
                color_images
                    .fill(|image| -> Result<(), SourceError> {
                        (image.width, image.height) =
                            (clean_color.width as u32, clean_color.height as u32);
                        image.stride = image.format.packed_stride(image.width);
                        image.device_timestamp_usec = usec;
                        image.exposure_usec = 16_670;
                        image.white_balance_kelvin = 4500;
                        image.iso_speed = 100;
                        let Pixels::Bytes(bytes) = &mut image.pixels else {
                            image.pixels = Pixels::Bytes(Vec::new());
                            return Ok(());
                        };
                        encoder.encode(clean_color, *color_format, bytes)
                    })
                    .map(Some)
            },
        );
        let (depth, ir) = depth_ir?;
        Ok(Capture {
            color: color?,
            depth,
            ir,
            temperature_celsius: Some(32.0),
            ground_truth: Some(truth),
        })
    }
}

/// The pixels of a 16-bit image, as many as wanted.
fn u16s(pixels: &mut Pixels, count: usize) -> &mut [u16] {
    if !matches!(pixels, Pixels::U16(_)) {
        *pixels = Pixels::U16(Vec::new());
    }
    match pixels {
        Pixels::U16(values) => {
            values.resize(count, 0);
            values
        }
        Pixels::Bytes(_) | Pixels::Vendor(_) => &mut [],
    }
}

/// The people who may appear.
pub(super) fn cast_of(settings: &SimulationSettings) -> impl Iterator<Item = Person> {
    let people = settings.people.min(SimulationSettings::MOST_PEOPLE) as usize;
    let members = match settings.scenario {
        Scenario::Empty => 0,
        Scenario::Exhibit if people > 0 => people + UNDERSTUDIES,
        _ => people,
    };
    let (seed, varied, fingers) = (
        settings.seed,
        settings.variety.people,
        settings.has_fingers(),
    );
    (0..members).map(move |n| {
        let seed = hash2(seed, 0xCA57 + n as u64);
        let mut person = if varied {
            Person::varied(seed)
        } else {
            Person::random(seed)
        };
        if fingers {
            person.fingers = true;
            person.looks.held = Held::Nothing;
        }
        person
    })
}

/// What the sensor sees, for people who must be in view.
pub(super) fn sight(settings: &SimulationSettings) -> Sight {
    let eye = Eye::depth(&settings.mount);
    let (across, down, range) = match settings.depth_mode {
        DepthMode::WfovUnbinned => (60.0_f32, 60.0_f32, 3.0),
        DepthMode::Wfov2x2Binned => (60.0, 60.0, 3.9),
        _ => (37.5, 32.5, 5.2),
    };
    Sight {
        position: eye.position,
        to_camera: eye.to_world.transpose(),
        half: Vec2::new(across.to_radians().tan(), down.to_radians().tan()),
        range,
    }
}

fn director(
    settings: &SimulationSettings,
    cast: &[BodyMesh],
    girths: &[f32],
    stage: &Stage,
    clip: Option<&Arc<SkeletonClip>>,
) -> Director {
    let members: Vec<_> = cast
        .iter()
        .zip(girths)
        .map(|(mesh, &girth)| (mesh.skeleton.clone(), girth))
        .collect();
    Director::new(
        &settings.scenario,
        &members,
        settings.people,
        settings.seed,
        stage.clone(),
        clip.cloned(),
    )
    .with_things(settings.variety.things)
    .with_fingers(settings.has_fingers())
}

pub(super) fn read_clip(path: &std::path::Path) -> Result<SkeletonClip, SourceError> {
    let text = std::fs::read(path).map_err(|error| {
        SourceError::new(
            SourceErrorKind::of_file(&error),
            format!(
                "{}: cannot be read: {error}; check the path",
                path.display()
            ),
        )
    })?;
    SkeletonClip::parse(&text).map_err(|error| {
        SourceError::new(
            SourceErrorKind::BadFile,
            format!("{}: {error}", path.display()),
        )
    })
}
