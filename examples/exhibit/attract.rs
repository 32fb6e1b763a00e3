//! The attract loop: while nobody is there, dancers condense from the cloud, move, and dissolve.

use bevy::prelude::*;
use bevy_kinect_azure::kinect_azure::Body;
use bevy_kinect_azure::kinect_simulation::{Mount, SimulatedPeople};
use bevy_kinect_azure::prelude::*;
use kinect_app_support::Fit;

use crate::flow::{BONES, Bone, FIGURES, Flow, Mover, PEOPLE};
use crate::visitors::Visitors;
use crate::{Options, figure};

/// The seconds in which figures condense, move, dissolve and are gone.
const CONDENSES: f32 = 3.5;
const MOVES: f32 = 14.0;
const DISSOLVES: f32 = 4.0;
const IS_GONE: f32 = 3.0;
const CYCLE: f32 = CONDENSES + MOVES + DISSOLVES + IS_GONE;
/// Seconds in which figures make way for a person who comes.
const MAKES_WAY: f32 = 1.6;
/// What figures do, in turn.
const MOTIONS: [MotionKind; 5] = [
    MotionKind::Dance,
    MotionKind::RaiseArms,
    MotionKind::Turn,
    MotionKind::Dance,
    MotionKind::Wave,
];
/// In windows that are wider than this, figures dance side by side.
const WIDE: f32 = 1.2;

/// The attract loop.
#[derive(Resource)]
pub(crate) struct Attract {
    /// Seconds since the last person went; the loop begins when they reach the option's.
    alone: f32,
    /// Whether the loop runs for one cycle although somebody is there.
    is_asked: bool,
    /// Seconds since the loop began.
    seconds: f32,
    /// The dance that is on, and since when.
    dance: Option<Dance>,
    /// Dances so far.
    dances: usize,
}

struct Dance {
    people: SimulatedPeople,
    seconds: f32,
    /// The ends of all bones in the last step, for the speed of carriers.
    last: Vec<Vec3>,
}

impl Attract {
    /// A loop that begins after so many seconds without anybody, or now.
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            alone: if options.attract { options.idle } else { 0.0 },
            is_asked: options.attract,
            seconds: 0.0,
            dance: None,
            dances: 0,
        }
    }

    /// Whether figures are on or to come.
    pub(crate) fn is_on(&self, options: &Options) -> bool {
        self.is_asked || self.alone >= options.idle
    }

    /// Begins the loop now.
    pub(crate) fn begin(&mut self) {
        self.is_asked = true;
        self.seconds = 0.0;
    }
}

/// How much of the figures has condensed at a time of the cycle, 0 to 1.
fn weight(seconds: f32) -> f32 {
    let ease = |x: f32| x * x * (3.0 - 2.0 * x);
    let rise = (seconds / CONDENSES).clamp(0.0, 1.0);
    let fall = ((CONDENSES + MOVES + DISSOLVES - seconds) / DISSOLVES).clamp(0.0, 1.0);
    ease(rise.min(fall))
}

/// Lets figures dance while nobody is there.
pub(crate) fn dance(
    time: Res<Time>,
    options: Res<Options>,
    fit: Res<Fit>,
    visitors: Res<Visitors>,
    mut attract: ResMut<Attract>,
    mut flow: ResMut<Flow>,
) {
    let seconds = time.delta_secs();
    let step = &mut flow.step;
    let attract = &mut *attract;
    if visitors.present > 0 {
        attract.alone = 0.0;
        attract.is_asked &= attract.seconds < CYCLE;
    } else {
        attract.alone += seconds;
    }
    let was = step.attract;
    if attract.is_on(&options) {
        attract.seconds += seconds;
        step.attract = weight(attract.seconds % CYCLE);
    } else {
        attract.seconds = 0.0;
        step.attract = (was - seconds / MAKES_WAY).max(0.0);
    }
    if step.attract <= 0.0 {
        attract.dance = None;
        step.figures = 0;
        return;
    }
    let is_wide = fit.pixels.x as f32 > WIDE * fit.pixels.y as f32;
    let dance = match &mut attract.dance {
        Some(dance) => dance,
        none => {
            let number = attract.dances;
            attract.dances += 1;
            let settings = SimulationSettings {
                scenario: Scenario::Single(MOTIONS[number % MOTIONS.len()]),
                people: if is_wide { FIGURES as u32 } else { 1 },
                seed: 40 + number as u64,
                ..default()
            };
            let people = match SimulatedPeople::new(&settings) {
                Ok(people) => people,
                Err(error) => {
                    // There is no file to read, so this does not happen.
                    warn_once!("no figures: {error}");
                    return;
                }
            };
            none.insert(Dance {
                people,
                seconds: 0.0,
                last: Vec::new(),
            })
        }
    };
    dance.seconds += seconds;
    let bodies = dance.people.advance_to(f64::from(dance.seconds));
    step.figures = bodies.len().min(FIGURES) as u32;
    let mut ends = Vec::with_capacity(FIGURES * BONES);
    for (number, body) in bodies.iter().take(FIGURES).enumerate() {
        // Dancers come after people.
        let first = (PEOPLE + number) * BONES;
        for (bone, part) in dancer(body, number).into_iter().enumerate() {
            ends.push(part.end.truncate());
            step.bones[first + bone] = part;
        }
        for end in figure::ENDS {
            let at = ends[number * BONES + end];
            if let Some(last) = dance.last.get(number * BONES + end)
                && seconds > 0.0
            {
                step.carry(Mover {
                    position: at.extend(0.26),
                    velocity: ((at - last) / seconds).clamp_length_max(5.0).extend(0.0),
                });
            }
        }
    }
    dance.last = ends;
}

/// The bones of a dancer in the mirror world.
fn dancer(body: &Body, number: usize) -> [Bone; BONES] {
    let (place, rotation) = Mount::default().pose();
    let room = Transform::from_translation(place.into()).with_rotation(Quat::from_array(rotation));
    figure::bones(number, |joint| {
        let joint = joint_isometry(body.joint(joint));
        room.transform_point(joint.translation.into()) * Vec3::new(-1.0, 1.0, 1.0)
    })
}
