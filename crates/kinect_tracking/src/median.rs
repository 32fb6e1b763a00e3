//! Running medians.

/// The number of values that are remembered.
const WINDOW: usize = 64;

/// The median of the newest 64 values.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RunningMedian {
    /// The values in the order in which they came, as a ring buffer.
    ring: [f32; WINDOW],
    sorted: [f32; WINDOW],
    count: usize,
    next: usize,
}

impl RunningMedian {
    pub(crate) const WINDOW: usize = WINDOW;

    pub(crate) const EMPTY: Self = Self {
        ring: [0.0; WINDOW],
        sorted: [0.0; WINDOW],
        count: 0,
        next: 0,
    };

    /// The number of values that the median is of.
    pub(crate) const fn count(&self) -> usize {
        self.count
    }

    /// Adds a value, which must be a number. The median is robust against outliers, but not against infinity.
    pub(crate) fn add(&mut self, value: f32) {
        if self.count == WINDOW {
            let oldest = self.ring[self.next];
            let at = self.sorted.partition_point(|&v| v < oldest).min(WINDOW - 1);
            self.sorted.copy_within(at + 1.., at);
            self.count -= 1;
        }
        let at = self.sorted[..self.count].partition_point(|&v| v < value);
        self.sorted.copy_within(at..self.count, at + 1);
        self.sorted[at] = value;
        self.count += 1;
        self.ring[self.next] = value;
        self.next = (self.next + 1) % WINDOW;
    }

    /// The median; 0 if there is no value.
    pub(crate) fn median(&self) -> f32 {
        let upper = self.sorted[self.count / 2];
        if self.count > 0 && self.count.is_multiple_of(2) {
            0.5 * (upper + self.sorted[self.count / 2 - 1])
        } else {
            upper
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_that_of_the_newest_values_and_shrugs_at_outliers() {
        let mut values = RunningMedian::EMPTY;
        assert_eq!(values.median(), 0.0);
        for n in 0..500 {
            values.add(if n % 5 == 0 {
                9000.0
            } else {
                300.0 + (n % 7) as f32
            });
            let mut window: Vec<f32> = values.ring[..values.count].to_vec();
            window.sort_by(f32::total_cmp);
            assert_eq!(window, values.sorted[..values.count]);
        }
        assert!((300.0..308.0).contains(&values.median()));
        for _ in 0..WINDOW {
            values.add(250.0);
        }
        assert_eq!(values.median(), 250.0);
    }
}
