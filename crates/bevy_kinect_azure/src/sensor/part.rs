//! The part of a recording that plays, between its marks.

use core::time::Duration;

/// The part that plays, in µs since the start of the recording.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Part {
    pub(super) from_usec: u64,
    /// `None`: the end of the recording.
    to_usec: Option<u64>,
}

/// Where a capture is, seen from the part that plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Before,
    Inside,
    After,
}

impl Part {
    pub(super) fn new(from: Duration, to: Option<Duration>) -> Self {
        let usec = |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        Self {
            from_usec: usec(from),
            to_usec: to.map(usec),
        }
    }

    /// Where the capture at a position is. In a recording that has nothing of the part, every capture is inside.
    pub(super) fn place(&self, position_usec: u64, duration_usec: Option<u64>) -> Place {
        let end = self.to_usec.into_iter().chain(duration_usec).min();
        if end.is_some_and(|end| end <= self.from_usec) {
            return Place::Inside;
        }
        if position_usec < self.from_usec {
            Place::Before
        } else if self.to_usec.is_some_and(|to| position_usec >= to) {
            Place::After
        } else {
            Place::Inside
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(from_usec: u64, to_usec: Option<u64>) -> Part {
        Part { from_usec, to_usec }
    }

    #[test]
    fn captures_from_the_first_mark_to_before_the_second_are_inside() {
        let places =
            [99, 100, 199, 200].map(|position| part(100, Some(200)).place(position, Some(1000)));
        assert_eq!(
            places,
            [Place::Before, Place::Inside, Place::Inside, Place::After]
        );
        assert_eq!(part(0, None).place(u64::MAX, None), Place::Inside);
    }

    #[test]
    fn a_part_without_time_leaves_nothing_out() {
        for part in [part(200, Some(200)), part(300, Some(200)), part(1000, None)] {
            for position in [0, 250, 2000] {
                assert_eq!(part.place(position, Some(1000)), Place::Inside);
            }
        }
    }
}
