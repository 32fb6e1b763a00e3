//! Frames per second.

use core::time::Duration;

/// Counts frames over about a second.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct RateWindow {
    frames: u32,
    elapsed: Duration,
}

impl RateWindow {
    /// Counts the frames of one update, which took `delta`. At the end of each second, the rate in frames per second.
    pub(super) fn count(&mut self, frames: u32, delta: Duration) -> Option<f32> {
        self.frames += frames;
        self.elapsed += delta;
        if self.elapsed < Duration::from_secs(1) {
            return None;
        }
        let Self { frames, elapsed } = core::mem::take(self);
        Some(frames as f32 / elapsed.as_secs_f32())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_told_once_a_second() {
        let mut window = RateWindow::default();
        let update = Duration::from_millis(100);
        let rates: Vec<_> = (0..20)
            .filter_map(|update_number| window.count(update_number % 2, update))
            .collect();
        assert_eq!(rates, [5.0, 5.0]);
        assert_eq!(window.count(0, Duration::from_secs(2)), Some(0.0));
    }
}
