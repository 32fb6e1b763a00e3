//! Finds the floor in one depth image.

use glam::Vec3;
use kinect_azure::calibration::Camera;
use kinect_azure::{Image, ImageFormat};

use super::fit::{Fit, area_of, fit};
use super::found::{FoundFloor, NoFloor};
use super::grid::{Cell, Grid};
use super::plane::Plane;
use super::up::UpGuess;

/// Finds the floor in depth images of one camera, in the same memory again and again.
///
/// The floor is the lowest level surface that is large enough and has nothing below it. Tables, seats and steps are level, too, but
/// the floor, or a wall down to it, is seen beside them.
#[derive(Debug)]
pub struct FloorFinder {
    grid: Grid,
    smooth: Vec<Cell>,
    level: Vec<Cell>,
    /// The area of level surfaces in each slice of the room below the camera, in m².
    slices: Vec<f32>,
}

/// The height of a slice of the room, in mm.
const SLICE: f32 = 20.0;
/// How far below the camera a floor is looked for, in slices.
const SLICES: usize = 350;
/// The least height of a camera above the floor, in mm: the board that a sensor stands on is not the floor.
const LOWEST_CAMERA: f32 = 150.0;
/// The fewest cells that must be measured in an image.
const FEWEST_MEASURED: usize = 50;
/// The fewest cells of a floor, and its least area in m².
const FEWEST: usize = 25;
const LEAST_AREA: f32 = 0.25;
/// The largest errors to expect of a floor that is found: of its height in mm, and of its direction in degrees.
const MOST_HEIGHT_ERROR: f32 = 10.0;
const MOST_TILT_ERROR: f32 = 0.6;
/// The factor of these errors if the upward direction was not measured.
const MORE: f32 = 3.0;
/// The least cosine between up and the normal of a cell that may belong to a floor. Noise turns normals by some 10°.
const LEVEL: f32 = 0.85;
/// How far below a floor nothing may be, in mm, and the share of the floor's cells that may be there in spite of that: mirrors and
/// shining floors show a room under the room.
const BELOW: f32 = 80.0;
const SHARE_BELOW: f32 = 0.15;
const MOST_BELOW: usize = 40;
/// How many surfaces are tried.
const TRIES: usize = 4;
/// Guesses that are worse than this, in radians, are first improved by the normals of surfaces.
const EXACT: f32 = 0.02;
/// Cosine of the angle around a direction in which normals are averaged.
const ALIKE: f32 = 0.9;

impl FloorFinder {
    /// Makes a finder for a depth camera. This takes about a millisecond.
    pub fn new(camera: &Camera) -> Self {
        let grid = Grid::new(camera);
        let cells = grid.columns * grid.rows;
        Self {
            grid,
            smooth: Vec::with_capacity(cells),
            level: Vec::with_capacity(cells),
            slices: vec![0.0; SLICES],
        }
    }

    /// Finds the floor in a depth image.
    ///
    /// # Errors
    /// The reason why there is no floor.
    pub fn find(&mut self, depth: &Image, up: UpGuess) -> Result<FoundFloor, NoFloor> {
        if depth.format != ImageFormat::Depth16 {
            return Err(NoFloor::NoDepth);
        }
        let found = self.find_roughly(depth.u16_pixels(), up)?;
        let most = if up.error() > EXACT { MORE } else { 1.0 };
        let is_exact = found.height_error_mm <= MOST_HEIGHT_ERROR * most
            && found.tilt_error_degrees <= MOST_TILT_ERROR * most;
        if !is_exact {
            return Err(NoFloor::TooLittle);
        }
        Ok(found)
    }

    /// The same for depths in mm, row by row, also if too little of the floor is seen for an exact height: enough to tell people
    /// from the floor.
    pub(crate) fn find_roughly(
        &mut self,
        depths: &[u16],
        guess: UpGuess,
    ) -> Result<FoundFloor, NoFloor> {
        if self.grid.read(depths) < FEWEST_MEASURED {
            return Err(NoFloor::NoDepth);
        }
        self.grid.write_smooth(&mut self.smooth);
        let mut up = guess.unit();
        if guess.error() > EXACT {
            up = self
                .improved(up, guess.error())
                .ok_or(NoFloor::NoLevelSurface)?;
        }
        let mut found = self.find_along(up, guess.error().max(1e-4));
        if guess.error() > EXACT
            && let Ok(fit) = &found
        {
            // The heights along the better direction tell more.
            found = self.find_along(fit.plane.up, guess.error());
        }
        let fit = found?;
        Ok(FoundFloor {
            ground: fit.plane.into(),
            height_error_mm: fit.height_error,
            tilt_error_degrees: fit.tilt_error.to_degrees(),
            area_m2: fit.area,
        })
    }

    /// The floor along an upward direction.
    fn find_along(&mut self, up: Vec3, up_error: f32) -> Result<Fit, NoFloor> {
        self.collect_level(up);
        let mut reason = NoFloor::NoLevelSurface;
        let mut above = SLICES - 2;
        for _ in 0..TRIES {
            let Some(slice) = self.lowest_peak(above) else {
                break;
            };
            above = slice.saturating_sub(3);
            let start = Plane {
                up,
                height: (slice as f32 + 0.5) * SLICE,
            };
            match self.checked(start, up, up_error) {
                Ok(fit) => return Ok(fit),
                // The lowest surface's reason is told.
                Err(why) if reason == NoFloor::NoLevelSurface => reason = why,
                Err(_) => {}
            }
        }
        Err(reason)
    }

    /// The cells of level surfaces, and their area in each slice.
    fn collect_level(&mut self, up: Vec3) {
        self.level.clear();
        self.slices.fill(0.0);
        for cell in &self.smooth {
            let below = -up.dot(cell.point);
            if cell.normal.dot(up) < LEVEL || below < LOWEST_CAMERA {
                continue;
            }
            if let Some(slice) = self.slices.get_mut((below / SLICE) as usize) {
                *slice += area_of(cell, up);
                self.level.push(*cell);
            }
        }
    }

    /// The lowest slice, up to a slice, in and around which there is enough level surface, more than in the slices beside it.
    fn lowest_peak(&self, lowest: usize) -> Option<usize> {
        let around = |slice: usize| -> f32 {
            self.slices
                .get(slice.saturating_sub(1)..slice + 2)
                .map_or(0.0, |slices| slices.iter().sum())
        };
        (1..=lowest).rev().find(|&slice| {
            let here = around(slice);
            here >= LEAST_AREA && here >= around(slice - 1) && here >= around(slice + 1)
        })
    }

    /// Fits a plane to the cells near a level plane, and checks that it is a floor.
    fn checked(&self, start: Plane, up: Vec3, up_error: f32) -> Result<Fit, NoFloor> {
        let mut plane = start;
        let mut last = None;
        for least in [60.0, 40.0, 25.0, 20.0] {
            let fit = fit(&self.level, plane, least, up, up_error).ok_or(NoFloor::TooLittle)?;
            plane = fit.plane;
            last = Some(fit);
        }
        let fit = last.ok_or(NoFloor::TooLittle)?;
        if fit.cells < FEWEST || fit.area < LEAST_AREA {
            return Err(NoFloor::TooLittle);
        }
        let below = self
            .grid
            .points()
            .filter(|point| fit.plane.height_of(*point) < -(BELOW + 1.0e-5 * point.z * point.z))
            .count();
        if below > MOST_BELOW.max((SHARE_BELOW * fit.cells as f32) as usize) {
            return Err(NoFloor::SomethingBelow);
        }
        Ok(fit)
    }

    /// The direction near a guess in which most surfaces face. `None` if no surface faces upwards.
    fn improved(&self, guess: Vec3, error: f32) -> Option<Vec3> {
        // Up to two standard deviations, in steps downwards and upwards: most sensors are tilted, not rolled.
        let sideways = guess.cross(Vec3::Z).try_normalize();
        let steps = if error > 0.2 && sideways.is_some() {
            2
        } else {
            0
        };
        let mut best: Option<(usize, Vec3)> = None;
        for step in -steps..=steps {
            let turned = sideways.map_or(guess, |axis| {
                glam::Quat::from_axis_angle(axis, error * step as f32) * guess
            });
            let mut up = turned;
            let mut count = 0;
            for _ in 0..6 {
                let (mut sum, mut alike) = (Vec3::ZERO, 0);
                for cell in &self.smooth {
                    if cell.normal.dot(up) > ALIKE
                        && cell.normal.dot(cell.point) < 0.0
                        && up.dot(cell.point) < 0.0
                    {
                        sum += cell.normal;
                        alike += 1;
                    }
                }
                count = alike;
                match sum.try_normalize() {
                    Some(mean) => up = mean,
                    None => break,
                }
            }
            let is_near = up.angle_between(guess) < (2.0 * error).max(0.1);
            if count >= FEWEST && is_near && best.is_none_or(|(most, _)| count > most) {
                best = Some((count, up));
            }
        }
        best.map(|(_, up)| up)
    }
}
