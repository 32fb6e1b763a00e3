//! Gestures that last: a gesture begins when its condition was met for a while, and ends when the condition was not met
//! for a while.

/// How long the condition must not be met before a gesture ends, in seconds.
const ENDS_SECONDS: f32 = 0.15;

/// The state of a gesture that lasts.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Held {
    pub(super) active: bool,
    on_seconds: f32,
    off_seconds: f32,
}

impl Held {
    /// Adds a frame: `on` says whether the limits to begin are met, `still_on` whether the limits to end are not.
    /// Returns whether the gesture begins.
    pub(super) fn next(
        &mut self,
        on: bool,
        still_on: bool,
        hold_seconds: f32,
        seconds: f32,
    ) -> bool {
        if self.active {
            self.off_seconds = if still_on {
                0.0
            } else {
                self.off_seconds + seconds
            };
            if self.off_seconds > ENDS_SECONDS {
                *self = Self::default();
            }
            return false;
        }
        self.on_seconds = if on { self.on_seconds + seconds } else { 0.0 };
        // At least two frames, because a single frame may be wrong.
        if on && self.on_seconds >= hold_seconds.max(1e-3) && self.on_seconds > seconds * 0.5 {
            *self = Self {
                active: true,
                ..Self::default()
            };
            return true;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_begins_once_and_does_not_flicker_at_the_limit() {
        let mut held = Held::default();
        let mut begun = 0;
        for frame in 0..300 {
            // Between the two limits the state does not change.
            let on = frame % 3 != 0 && frame > 30;
            begun += u32::from(held.next(on, frame > 30, 0.05, 0.033));
        }
        assert_eq!(begun, 1);
        assert!(held.active);
        for _ in 0..10 {
            held.next(false, false, 0.05, 0.033);
        }
        assert!(!held.active);
    }
}
