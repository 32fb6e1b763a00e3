//! Notices that one kind of images stops while others go on: one camera has died.

use std::time::{Duration, Instant};

/// The action for a camera whose images do not come.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Silence {
    /// Warn; images may still come.
    Warn(String),
    /// Images came before and have stopped: restart the cameras.
    Restart(String),
}

/// When images of one kind came last.
#[derive(Debug)]
pub(super) struct StreamWatch {
    /// The kind of images, for messages: `colour`, `depth`, `infrared`.
    images: &'static str,
    started: Instant,
    newest: Option<Instant>,
    warned: bool,
}

impl StreamWatch {
    pub(super) fn new(images: &'static str, started: Instant) -> Self {
        Self {
            images,
            started,
            newest: None,
            warned: false,
        }
    }

    /// An image has come.
    pub(super) fn came(&mut self, now: Instant) {
        self.newest = Some(now);
        self.warned = false;
    }

    /// Whether images of this kind are overdue, checked when images of another kind have come. `patience` is how long
    /// images may stay away, `first` how long the first one may take after the start.
    pub(super) fn check(
        &mut self,
        now: Instant,
        patience: Duration,
        first: Duration,
    ) -> Option<Silence> {
        let images = self.images;
        let Some(newest) = self.newest else {
            if self.warned || now.duration_since(self.started) <= first {
                return None;
            }
            self.warned = true;
            return Some(Silence::Warn(format!(
                "no {images} images have come since the cameras were started, although others come: check the sensor's power \
                 and USB cable, and switch it off and on"
            )));
        };
        let silent = now.duration_since(newest);
        if silent > 2 * patience {
            return Some(Silence::Restart(format!(
                "no {images} images have come for {:.1} s, although others came: the cameras are restarted; if that does not \
                 help, check the sensor's power and USB cable",
                silent.as_secs_f32()
            )));
        }
        if self.warned || silent <= patience {
            return None;
        }
        self.warned = true;
        Some(Silence::Warn(format!(
            "{images} images have stopped although others come: the cameras are restarted if none comes soon"
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(5);
    const FIRST: Duration = Duration::from_secs(15);

    fn warns(silence: Option<Silence>) -> bool {
        matches!(silence, Some(Silence::Warn(text)) if text.contains("colour"))
    }

    #[test]
    fn images_that_stop_are_a_warning_once_and_then_a_restart() {
        let start = Instant::now();
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        let mut watch = StreamWatch::new("colour", start);
        watch.came(at(1));
        assert_eq!(watch.check(at(6), PATIENCE, FIRST), None);
        assert!(warns(watch.check(at(7), PATIENCE, FIRST)));
        assert_eq!(watch.check(at(8), PATIENCE, FIRST), None);
        let restart = watch.check(at(12), PATIENCE, FIRST);
        assert!(matches!(restart, Some(Silence::Restart(text)) if text.contains("11.0 s")));
        // Images come again, and stop again.
        watch.came(at(13));
        assert_eq!(watch.check(at(14), PATIENCE, FIRST), None);
        assert!(warns(watch.check(at(19), PATIENCE, FIRST)));
    }

    #[test]
    fn images_that_never_came_are_a_warning_and_no_restart() {
        let start = Instant::now();
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        let mut watch = StreamWatch::new("colour", start);
        assert_eq!(watch.check(at(15), PATIENCE, FIRST), None);
        assert!(warns(watch.check(at(16), PATIENCE, FIRST)));
        assert_eq!(watch.check(at(1000), PATIENCE, FIRST), None);
    }
}
