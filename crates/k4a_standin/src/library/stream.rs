//! Frames and inertial samples as functions of time.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::modes::Modes;
use super::scene::Captures;
use super::vendor::is_orbbec;
use crate::script::{Fault, FrameFault};

/// The most finished captures that wait for the caller; beyond that, the oldest is dropped.
const QUEUE: usize = 7;
/// Device time of the first frame in µs: the clock begins anew when the cameras start, and starting takes a while.
const START_USEC: u64 = 200_000;

/// Running cameras.
#[derive(Debug)]
pub(super) struct Stream {
    /// A number for each start of the cameras.
    pub(super) id: u64,
    pub(super) modes: Modes,
    pub(super) captures: Captures,
    pub(super) state: State,
    /// When the device clock was 0.
    clock_zero: Instant,
    speed: f64,
    /// The origin of the frames' times: a frame number, and the instant one period before that frame. `None` while
    /// there is no synchronisation signal.
    pub(super) beat: Option<(u64, Instant)>,
    /// The frame to take next.
    pub(super) next: u64,
    last_due: Instant,
    pub(super) queue: VecDeque<Taken>,
}

/// The state of running cameras.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Running,
    /// Nothing comes any more.
    Silent,
    /// Waiting fails.
    Failing,
}

/// A frame that was taken and can be delivered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Taken {
    pub(super) number: u64,
    pub(super) arrival: Instant,
}

impl Stream {
    pub(super) fn new(id: u64, modes: Modes, captures: Captures, now: Instant, speed: f64) -> Self {
        Self {
            id,
            modes,
            captures,
            state: State::Running,
            clock_zero: now,
            speed,
            beat: None,
            next: 0,
            last_due: now,
            queue: VecDeque::new(),
        }
    }

    /// Microseconds of device time from one frame to the next.
    fn period_usec(&self) -> u64 {
        self.modes.rate.period_ns() / 1000
    }

    /// When the next frame comes; `None` if none will come in the present state.
    pub(super) fn due(&self, faults: &[FrameFault]) -> Option<Instant> {
        if self.state != State::Running {
            return None;
        }
        let (from, beat) = self.beat?;
        let frames = (self.next - from + 1) as f64;
        let late: u64 = faults
            .iter()
            .filter(|fault| fault.when.hits(self.next))
            .map(|fault| match fault.what {
                Fault::Late(ms) => ms,
                _ => 0,
            })
            .sum();
        let period = self.modes.rate.period_ns() as f64 * 1e-9 / self.speed;
        let due = beat + Duration::from_secs_f64(frames * period) + Duration::from_millis(late);
        Some(due.max(self.last_due))
    }

    /// Takes the next frame. Returns `true` if the oldest frame in the queue was dropped.
    pub(super) fn take(&mut self, due: Instant, lost: bool) -> bool {
        let number = self.next;
        self.next += 1;
        self.last_due = due;
        if lost {
            return false;
        }
        self.queue.push_back(Taken {
            number,
            arrival: due,
        });
        self.queue.len() > QUEUE && self.queue.pop_front().is_some()
    }

    /// Device time in µs of a frame's colour and depth images.
    pub(super) fn timestamps(&self, number: u64) -> (u64, u64) {
        let color = START_USEC
            + number.saturating_mul(self.period_usec())
            + u64::from(self.modes.subordinate_delay_usec);
        (
            color,
            color.saturating_add_signed(i64::from(self.modes.depth_delay_usec)),
        )
    }

    /// The device clock in µs.
    pub(super) fn device_usec(&self, now: Instant) -> u64 {
        let since = now.saturating_duration_since(self.clock_zero);
        (since.as_secs_f64() * self.speed * 1e6) as u64
    }
}

/// Running inertial sensors.
#[derive(Clone, Debug)]
pub(super) struct ImuStream {
    /// A number for each start of the inertial sensors.
    pub(super) id: u64,
    started: Instant,
    /// Device time of sample 0 in µs.
    first_usec: u64,
    next: u64,
    /// The number of samples until they stop.
    last: u64,
    speed: f64,
}

/// The rate of inertial samples.
struct ImuRate {
    period_usec: u64,
    /// Samples that come together.
    packet: u64,
    queue: u64,
}

/// Microsoft's: 1600 a second in packets of 8. Orbbec's: 500 a second.
fn imu_rate() -> ImuRate {
    if is_orbbec() {
        ImuRate {
            period_usec: 2000,
            packet: 1,
            queue: 26,
        }
    } else {
        ImuRate {
            period_usec: 625,
            packet: 8,
            queue: 833,
        }
    }
}

impl ImuStream {
    pub(super) const fn new(
        id: u64,
        started: Instant,
        first_usec: u64,
        last: u64,
        speed: f64,
    ) -> Self {
        Self {
            id,
            started,
            first_usec,
            next: 0,
            last,
            speed,
        }
    }

    /// The number and the device time in µs of the oldest sample in the queue; otherwise, when the next sample comes.
    pub(super) fn next(&mut self, now: Instant) -> Result<(u64, u64), Instant> {
        let rate = imu_rate();
        let elapsed = now.saturating_duration_since(self.started).as_secs_f64() * self.speed * 1e6;
        let packets = elapsed as u64 / rate.period_usec / rate.packet;
        let taken = (packets * rate.packet).min(self.last);
        self.next = self.next.max(taken.saturating_sub(rate.queue));
        if self.next < taken {
            let number = self.next;
            self.next += 1;
            return Ok((number, self.first_usec + number * rate.period_usec));
        }
        let due = ((packets + 1) * rate.packet * rate.period_usec + 1) as f64 * 1e-6 / self.speed;
        Err(self.started + Duration::from_secs_f64(due))
    }
}
