//! Apps that draw slowly say so, and draw fewer points.

use core::time::Duration;

use bevy::prelude::*;
use bevy::render::renderer::RenderAdapterInfo;
use bevy_kinect_azure::prelude::*;
use wgpu::DeviceType;

/// Measures how long a frame takes while a sensor streams, and thins out the clouds where it takes too long.
pub struct PacePlugin;

impl Plugin for PacePlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Pace>()
            .add_systems(PostUpdate, (measure, thin_out).chain());
    }
}

/// A frame may take this long.
const SLOW: Duration = Duration::from_millis(80);
/// How long frames are measured before a decision.
const PERIOD: Duration = Duration::from_secs(2);
/// On a software driver one of four points is drawn from the start.
const SOFTWARE_DENSITY: u32 = 2;
/// No more than 15 of 16 points are left out.
const LARGEST_DENSITY: u32 = 4;

/// How fast the app draws, and how much the clouds are thinned out.
#[derive(Resource, Clone, Debug)]
pub struct Pace {
    /// Whether slow drawing thins the clouds out.
    pub thins_out: bool,
    /// The name of the software driver that draws; `None` with a graphics card.
    software: Option<String>,
    /// The time from frame to frame, averaged over the last period.
    frame: Option<Duration>,
    /// Only every n-th point in both directions is drawn.
    density: u32,
    /// The time from frame to frame when the clouds were last thinned out further.
    thinned_at: Option<Duration>,
    /// The present period: its length so far, and its frames.
    period: (Duration, u32),
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            thins_out: true,
            software: None,
            frame: None,
            density: 1,
            thinned_at: None,
            period: (Duration::ZERO, 0),
        }
    }
}

impl Pace {
    /// The [`PointFilter::density`] for clouds.
    pub fn density(&self) -> u32 {
        match (self.thins_out, &self.software) {
            (false, _) => 1,
            (true, Some(_)) => self.density.max(SOFTWARE_DENSITY),
            (true, None) => self.density,
        }
    }

    /// A sentence for users that says what is slow and what was done; `None` if nothing is slow. `key` is the key that
    /// turns thinning on and off.
    pub fn notice(&self, key: &str) -> Option<String> {
        let slow = self.frame.filter(|&frame| frame > SLOW);
        let what = match (&self.software, slow) {
            (Some(driver), Some(frame)) => format!(
                "The software driver {driver} draws ({} ms a frame)",
                frame.as_millis()
            ),
            (Some(driver), None) => format!("The software driver {driver} draws"),
            (None, Some(frame)) => format!("A frame takes {} ms", frame.as_millis()),
            (None, None) if self.density() > 1 => "Drawing all points was slow".to_owned(),
            (None, None) => return None,
        };
        let density = self.density();
        Some(if density > 1 {
            format!(
                "{what}: 1 of {} points is shown. {key} shows all.",
                density * density
            )
        } else if self.thins_out {
            format!("{what}.")
        } else {
            format!("{what}: all points are shown. {key} thins them out.")
        })
    }

    /// Counts a frame.
    fn add(&mut self, frame: Duration) {
        let (length, frames) = (self.period.0 + frame, self.period.1 + 1);
        if length < PERIOD || frames < 2 {
            self.period = (length, frames);
            return;
        }
        let mean = length / frames;
        self.period = (Duration::ZERO, 0);
        self.frame = Some(mean);
        if !self.thins_out || mean <= SLOW {
            return;
        }
        // If fewer points did not help, something other than the points is slow.
        let helped = self
            .thinned_at
            .is_none_or(|before| mean < before.mul_f32(0.9));
        if helped && self.density() < LARGEST_DENSITY {
            self.thinned_at = Some(mean);
            self.density = self.density() + 1;
        }
    }
}

fn measure(
    time: Res<Time<Real>>,
    adapter: Option<Res<RenderAdapterInfo>>,
    sensors: Query<&SensorState>,
    mut pace: ResMut<Pace>,
) {
    if let Some(adapter) = adapter
        && adapter.is_added()
        && is_software(&adapter)
    {
        pace.software = Some(short(&adapter.name));
    }
    // While rooms are built and shaders are compiled, the duration of frames says nothing about drawing.
    if sensors.iter().any(|state| *state == SensorState::Streaming) {
        pace.add(time.delta());
    } else if pace.period.1 > 0 {
        pace.period = (Duration::ZERO, 0);
    }
}

/// Whether a software driver draws.
pub fn is_software(adapter: &RenderAdapterInfo) -> bool {
    adapter.device_type == DeviceType::Cpu
}

/// A driver's name without its version.
fn short(name: &str) -> String {
    name.split([' ', '(']).next().unwrap_or(name).to_owned()
}

fn thin_out(pace: Res<Pace>, mut clouds: Query<&mut PointCloud>) {
    let density = pace.density();
    for mut cloud in &mut clouds {
        if cloud.filter.density != density {
            cloud.filter.density = density;
        }
    }
}

/// The share of work that an app can leave out, for apps that run for days: it falls while frames take too long and rises again
/// when there is time.
#[derive(Clone, Debug)]
pub struct Share {
    /// From [`LEAST_SHARE`] to 1.
    share: f32,
    /// The present period: its length so far, and its frames.
    period: (Duration, u32),
    /// Periods in which frames were fast, since the last change.
    calm: u32,
    /// So many of them are needed before the share rises.
    patience: u32,
    /// Whether the share rose when it changed last.
    has_risen: bool,
    /// The duration of a frame before the share fell, and the share then.
    before: Option<(Duration, f32)>,
    /// Periods in which slow frames are let be, because less work did not help.
    waits: u32,
}

/// A frame may take this long: fifty a second.
const FLUENT: Duration = Duration::from_millis(20);
/// How long frames are measured before a decision about the share.
const SHARE_PERIOD: Duration = Duration::from_secs(1);
/// The smallest share.
const LEAST_SHARE: f32 = 0.04;
/// How many calm periods are needed before the share rises: at first, and after it had to fall again and again.
const CALM: core::ops::RangeInclusive<u32> = 8..=300;

impl Default for Share {
    fn default() -> Self {
        Self {
            share: 1.0,
            period: (Duration::ZERO, 0),
            calm: 0,
            patience: *CALM.start(),
            has_risen: false,
            before: None,
            waits: 0,
        }
    }
}

impl Share {
    /// The share, 0 to 1.
    pub fn get(&self) -> f32 {
        self.share
    }

    /// Counts a frame of that duration; whether the share has changed.
    pub fn add(&mut self, frame: Duration) -> bool {
        let (length, frames) = (self.period.0 + frame, self.period.1 + 1);
        self.period = (length, frames);
        if length < SHARE_PERIOD || frames < 2 {
            return false;
        }
        self.period = (Duration::ZERO, 0);
        let former = self.share;
        self.decide(length / frames);
        self.share != former
    }

    fn decide(&mut self, mean: Duration) {
        let (shortest, longest) = CALM.into_inner();
        if mean <= FLUENT {
            (self.before, self.waits) = (None, 0);
            self.calm += 1;
            if self.calm >= self.patience && self.share < 1.0 {
                // The last rise did no harm: the next may come sooner.
                if core::mem::replace(&mut self.has_risen, true) {
                    self.patience = (self.patience / 2).max(shortest);
                }
                self.calm = 0;
                self.share = (self.share * 1.15).min(1.0);
            }
        } else if self.waits > 0 {
            self.waits -= 1;
        } else if let Some((before, share)) = self.before.take()
            && (before.mul_f32(0.94)..before.mul_f32(1.2)).contains(&mean)
        {
            // Less work did not help, so something else is slow, such as a monitor with 30 pictures a second.
            self.share = share;
            self.waits = longest;
        } else {
            self.before = Some((mean, self.share));
            let wanted = FLUENT.as_secs_f32() / mean.as_secs_f32();
            self.share = (self.share * wanted.clamp(0.5, 0.9)).max(LEAST_SHARE);
            self.patience = (self.patience * 2).min(longest);
            (self.calm, self.has_risen) = (0, false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lets seconds pass in an app whose frames take `fixed` and, with all work, `optional` besides.
    fn run(share: &mut Share, seconds: u32, fixed: f32, optional: f32) {
        let end = Duration::from_secs(u64::from(seconds));
        let mut passed = Duration::ZERO;
        while passed < end {
            let frame = Duration::from_secs_f32((fixed + optional * share.get()) * 1.0e-3);
            passed += frame;
            share.add(frame);
        }
    }

    #[test]
    fn the_share_falls_until_frames_are_fast_and_rises_when_there_is_time() {
        let mut share = Share::default();
        run(&mut share, 60, 4.0, 10.0);
        assert_eq!(share.get(), 1.0);
        run(&mut share, 30, 4.0, 80.0);
        assert!((0.1..0.25).contains(&share.get()), "{}", share.get());
        run(&mut share, 1500, 4.0, 10.0);
        assert_eq!(share.get(), 1.0);
    }

    #[test]
    fn work_is_not_left_out_if_that_does_not_help() {
        let mut share = Share::default();
        run(&mut share, 240, 33.4, 0.5);
        assert!(share.get() > 0.85, "{}", share.get());
        let mut hopeless = Share::default();
        run(&mut hopeless, 600, 4.0, 100_000.0);
        assert!(hopeless.get() >= LEAST_SHARE);
    }

    fn drawn(pace: &mut Pace, frame: u64, frames: u32) {
        for _ in 0..frames {
            pace.add(Duration::from_millis(frame));
        }
    }

    #[test]
    fn a_fast_app_draws_every_point_and_says_nothing() {
        let mut pace = Pace::default();
        drawn(&mut pace, 16, 500);
        assert_eq!((pace.density(), pace.notice("T")), (1, None));
    }

    #[test]
    fn a_slow_app_draws_fewer_points_and_says_so() {
        let mut pace = Pace::default();
        drawn(&mut pace, 200, 10);
        assert_eq!(pace.density(), 2);
        let notice = pace.notice("T").unwrap_or_default();
        assert!(
            notice.contains("200 ms") && notice.contains("1 of 4"),
            "{notice}"
        );
        drawn(&mut pace, 120, 20);
        assert_eq!(pace.density(), 3);
        // Fewer points did not help, so no further points are left out.
        drawn(&mut pace, 120, 100);
        assert_eq!(pace.density(), 3);
        // Drawing is fast now because there are fewer points, so the number of points does not change.
        drawn(&mut pace, 16, 500);
        assert_eq!(pace.density(), 3);
        pace.thins_out = false;
        assert_eq!((pace.density(), pace.notice("T")), (1, None));
    }

    #[test]
    fn a_software_driver_is_named_and_thins_out_from_the_start() {
        let mut pace = Pace {
            software: Some(short("llvmpipe (LLVM 15.0.6, 256 bits)")),
            ..Pace::default()
        };
        assert_eq!(pace.density(), SOFTWARE_DENSITY);
        let notice = pace.notice("T").unwrap_or_default();
        assert!(notice.contains("driver llvmpipe draws: 1 of 4"), "{notice}");
        pace.thins_out = false;
        assert!(
            pace.notice("T")
                .is_some_and(|notice| notice.contains("all points"))
        );
    }
}
