//! How long frames take from their source to the GPU: measured in the render world, read by the diagnostics.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bevy::prelude::*;

/// The last latencies, written by the render world and read by the main world.
#[derive(Component, Clone, Debug, Default)]
pub(crate) struct LatencyLog(Arc<Mutex<LatencyRing>>);

#[derive(Debug)]
struct LatencyRing {
    usec: [u32; Self::LEN],
    count: usize,
}

impl LatencyRing {
    /// Four seconds at 30 fps; 99 % needs at least a hundred.
    const LEN: usize = 128;
}

impl Default for LatencyRing {
    fn default() -> Self {
        Self {
            usec: [0; Self::LEN],
            count: 0,
        }
    }
}

impl LatencyLog {
    pub(crate) fn record(&self, latency: Duration) {
        let mut ring = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let index = ring.count % LatencyRing::LEN;
        ring.usec[index] = u32::try_from(latency.as_micros()).unwrap_or(u32::MAX);
        ring.count += 1;
    }

    /// Median and 99th percentile, without allocating; zero before the first frame.
    pub(crate) fn percentiles(&self) -> (Duration, Duration) {
        let (mut usec, count) = {
            let ring = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            (ring.usec, ring.count.min(LatencyRing::LEN))
        };
        let Some(measured) = usec.get_mut(..count).filter(|m| !m.is_empty()) else {
            return (Duration::ZERO, Duration::ZERO);
        };
        measured.sort_unstable();
        let at = |share: usize| {
            Duration::from_micros(measured[(measured.len() - 1) * share / 100].into())
        };
        (at(50), at(99))
    }
}
