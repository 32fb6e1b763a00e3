//! Numbers the files of captures.

use clap::ValueEnum;
use kinect_azure::{Capture, FrameRate, SensorInfo, WiredSyncMode};

/// How captures are numbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum MatchBy {
    /// By their order in the recording, from 0
    Order,
    /// By the sensor's clock: captures that synchronised cameras took together have the same number in each export
    DeviceTime,
}

/// How close to the middle between two numbers the first time may lie, in µs, before the numbers of two cameras could differ
/// by one: the times of synchronised cameras agree within some 100 µs.
const UNSURE_USEC: f64 = 500.0;

/// Numbers the captures of one recording.
#[derive(Debug)]
pub(super) struct Numbers {
    by: MatchBy,
    sensor: SensorInfo,
    last: Option<Last>,
    warning: Option<&'static str>,
}

#[derive(Clone, Copy, Debug)]
struct Last {
    number: u64,
    usec: i64,
}

impl Numbers {
    pub(super) fn new(by: MatchBy, sensor: &SensorInfo) -> Self {
        let alone =
            by == MatchBy::DeviceTime && sensor.wired_sync_mode == WiredSyncMode::Standalone;
        Self {
            by,
            sensor: sensor.clone(),
            last: None,
            warning: alone.then_some(
                "the camera was not synchronised: its captures' numbers match no other camera's",
            ),
        }
    }

    /// The reason that the numbers may not match those of other cameras, returned once.
    pub(super) const fn take_warning(&mut self) -> Option<&'static str> {
        self.warning.take()
    }

    /// The number of the next capture; `order` is its index in the recording.
    pub(super) fn next(&mut self, order: u64, capture: &Capture) -> u64 {
        let time = match self.by {
            MatchBy::Order => None,
            MatchBy::DeviceTime => trigger_usec(&self.sensor, capture),
        };
        let Some(usec) = time else {
            return order;
        };
        let period = period_usec(self.sensor.frame_rate);
        let number = match self.last {
            None => {
                let periods = usec.max(0) as f64 / period;
                let off_middle = ((periods - periods.floor()) - 0.5).abs() * period;
                if off_middle < UNSURE_USEC {
                    self.warning = Some(
                        "the captures' times lie in the middle between two numbers, so the numbers of another \
                         synchronised camera may differ by one; compare the times in captures.csv",
                    );
                }
                periods.round() as u64
            }
            // Counted from capture to capture, so that a clock that is a little fast or slow gives no number twice.
            Some(last) => {
                let periods = ((usec - last.usec) as f64 / period).round();
                last.number + (periods as u64).max(1)
            }
        };
        self.last = Some(Last { number, usec });
        number
    }
}

/// When the master's colour camera took its image of the same instant, in µs of the common clock.
fn trigger_usec(sensor: &SensorInfo, capture: &Capture) -> Option<i64> {
    let signed = |usec: u64| i64::try_from(usec).unwrap_or(i64::MAX);
    let lag = i64::from(sensor.subordinate_delay_off_master_usec);
    let depth_delay = i64::from(sensor.depth_delay_off_color_usec);
    let of_color = capture.color.as_ref();
    let of_depth = capture.depth.as_ref().or(capture.ir.as_ref());
    of_color
        .map(|image| signed(image.device_timestamp_usec) - lag)
        .or_else(|| of_depth.map(|image| signed(image.device_timestamp_usec) - lag - depth_delay))
}

fn period_usec(rate: FrameRate) -> f64 {
    1e6 / f64::from(rate.fps())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use kinect_azure::{Image, ImageFormat};

    use super::*;

    fn numbers(sensor: &SensorInfo, usec: &[u64]) -> (Vec<u64>, Option<&'static str>) {
        let mut numbers = Numbers::new(MatchBy::DeviceTime, sensor);
        let of = |usec: &u64| {
            let mut image = Image::empty(ImageFormat::Depth16);
            image.device_timestamp_usec = *usec;
            let capture = Capture {
                depth: Some(Arc::new(image)),
                ..Capture::default()
            };
            numbers.next(99, &capture)
        };
        (usec.iter().map(of).collect(), numbers.take_warning())
    }

    #[test]
    fn synchronised_cameras_have_the_same_numbers() {
        let master = SensorInfo {
            wired_sync_mode: WiredSyncMode::Master,
            ..SensorInfo::default()
        };
        let subordinate = SensorInfo {
            wired_sync_mode: WiredSyncMode::Subordinate,
            subordinate_delay_off_master_usec: 1500,
            depth_delay_off_color_usec: -160,
            ..SensorInfo::default()
        };
        let times = [1_000_010, 1_033_340, 1_066_680, 1_133_340];
        assert_eq!(numbers(&master, &times), (vec![30, 31, 32, 34], None));
        // This recording began one capture later and lost another one.
        let times = [1_033_300, 1_133_380].map(|usec| usec + 1500 - 160);
        assert_eq!(numbers(&subordinate, &times), (vec![31, 34], None));
        // A clock that stands still or goes back gives no number twice.
        assert_eq!(
            numbers(&master, &[1_000_000, 1_000_000, 900_000]).0,
            [30, 31, 32]
        );
        // In the middle between two numbers, a warning says that the numbers are not certain.
        assert!(numbers(&master, &[16_700]).1.is_some());
        assert!(numbers(&SensorInfo::default(), &[0]).1.is_some());
    }
}
