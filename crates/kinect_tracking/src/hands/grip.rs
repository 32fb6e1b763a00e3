//! When a hand grips and lets go.

use super::reading::HandReading;
use super::settings::GripSettings;

/// The grip of one hand.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Grip {
    pub(super) gripped: bool,
    /// Average probabilities.
    open: f32,
    closed: f32,
    /// How long the condition to change has held, in seconds.
    held: f32,
    /// How long the hand was not read, in seconds.
    lost: f32,
    /// The time since the hand was open, in seconds.
    since_open: Option<f32>,
}

impl Grip {
    /// Adds a reading, `seconds` after the last one. Returns whether the grip has changed.
    pub(super) fn next(
        &mut self,
        settings: &GripSettings,
        reading: &HandReading,
        seconds: f32,
    ) -> bool {
        self.since_open = self.since_open.map(|since| since + seconds);
        if reading.unknown.is_some() {
            self.lost += seconds;
            self.held = 0.0;
            let lets_go = self.gripped && self.lost > settings.lost_seconds;
            if self.lost > settings.lost_seconds {
                *self = Self {
                    lost: self.lost,
                    ..Self::default()
                };
            }
            return lets_go;
        }
        self.lost = 0.0;
        let share = 1.0 - (-seconds / settings.average_seconds.max(1e-3)).exp();
        self.open += (reading.open - self.open) * share;
        self.closed += (reading.closed - self.closed) * share;
        if self.open > 0.5 {
            self.since_open = Some(0.0);
        }
        let changes = if self.gripped {
            self.closed < settings.closed_below
        } else {
            let was_open = settings.opened_seconds.is_infinite()
                || self
                    .since_open
                    .is_some_and(|since| since <= settings.opened_seconds);
            self.closed > settings.closed_above && was_open
        };
        self.held = if changes { self.held + seconds } else { 0.0 };
        let changes = changes && self.held >= settings.hold_seconds;
        if changes {
            self.gripped = !self.gripped;
            self.held = 0.0;
        }
        changes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hands::HandUnknown;

    fn reading(closed: f32) -> HandReading {
        HandReading {
            open: 1.0 - closed,
            closed,
            unknown: None,
        }
    }

    fn changes(grip: &mut Grip, readings: impl Iterator<Item = HandReading>) -> usize {
        let settings = GripSettings::default();
        readings
            .filter(|reading| grip.next(&settings, reading, 0.033))
            .count()
    }

    #[test]
    fn a_hand_that_closes_grips_once_and_one_that_flickers_does_not() {
        let mut grip = Grip::default();
        let flickering = (0..100).map(|n| reading(if n % 3 == 0 { 1.0 } else { 0.2 }));
        assert_eq!(changes(&mut grip, flickering), 0);
        assert_eq!(changes(&mut grip, (0..20).map(|_| reading(0.95))), 1);
        assert!(grip.gripped);
        let doubtful = (0..100).map(|n| reading(if n % 2 == 0 { 0.9 } else { 0.4 }));
        assert_eq!(changes(&mut grip, doubtful), 0);
        assert_eq!(changes(&mut grip, (0..20).map(|_| reading(0.05))), 1);
        assert!(!grip.gripped);
    }

    #[test]
    fn a_fist_that_comes_into_view_grips_nothing_and_a_lost_hand_lets_go() {
        let mut grip = Grip::default();
        assert_eq!(changes(&mut grip, (0..100).map(|_| reading(1.0))), 0);
        changes(&mut grip, (0..10).map(|_| reading(0.0)));
        assert_eq!(changes(&mut grip, (0..10).map(|_| reading(1.0))), 1);
        let lost = || HandReading::unknown(HandUnknown::Hidden);
        assert_eq!(changes(&mut grip, (0..10).map(|_| lost())), 0);
        assert!(grip.gripped);
        assert_eq!(changes(&mut grip, (0..20).map(|_| lost())), 1);
        assert!(!grip.gripped);
    }
}
