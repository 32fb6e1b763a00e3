//! Tests of listeners: they get every capture of a sensor, also those that the app skips, and do not affect each other.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use bevy::prelude::*;
use bevy_kinect_azure::kinect_azure::{Capture, CaptureSource, ImuSample};
use bevy_kinect_azure::prelude::*;
use bevy_kinect_azure::sensor::{CaptureListener, CaptureListeners};

use crate::support::*;

/// A listener that counts its calls.
#[derive(Default)]
struct Count {
    opened: AtomicU64,
    closed: AtomicU64,
    ended: AtomicU64,
    captures: AtomicU64,
    samples: AtomicU64,
    /// Captures before the source was open.
    early: AtomicU64,
    panics: AtomicBool,
}

impl Count {
    fn add(&self, to: &AtomicU64) {
        to.fetch_add(1, Ordering::Relaxed);
    }

    fn captures(&self) -> u64 {
        self.captures.load(Ordering::Relaxed)
    }

    /// The numbers of calls for an opened source, for a closed source, and for the end of the source.
    fn life(&self) -> [u64; 3] {
        [&self.opened, &self.closed, &self.ended].map(|count| count.load(Ordering::Relaxed))
    }
}

impl CaptureListener for Count {
    fn opened(&self, source: &dyn CaptureSource) {
        assert_eq!(source.info().name, "test pattern");
        self.add(&self.opened);
    }
    fn closed(&self) {
        self.add(&self.closed);
    }
    fn ended(&self) {
        self.add(&self.ended);
    }
    fn capture(&self, capture: &Capture) {
        assert!(capture.depth.is_some());
        if self.opened.load(Ordering::Relaxed) == 0 {
            self.add(&self.early);
        }
        self.add(&self.captures);
        assert!(!self.panics.load(Ordering::Relaxed), "as the test asks for");
    }
    fn sample(&self, _: &ImuSample) {
        self.add(&self.samples);
    }
}

fn listeners(app: &App, sensor: Entity) -> CaptureListeners {
    app.world().get::<CaptureListeners>(sensor).unwrap().clone()
}

#[test]
fn several_listeners_get_every_capture_although_the_app_takes_few() {
    let mut app = headless_app();
    let source =
        SensorSource::custom(|| Ok(TestSource::new(60, Duration::from_millis(5)).with_imu()));
    let sensor = app.world_mut().spawn(KinectSensor::new(source)).id();
    let (first, bad) = (Arc::new(Count::default()), Arc::new(Count::default()));
    bad.panics.store(true, Ordering::Relaxed);
    let listens = listeners(&app, sensor);
    let _bad = listens.add("bad", Arc::clone(&bad));
    let _first = listens.add("first", Arc::clone(&first));
    let second = Arc::new(Count::default());
    let mut second_listens = None;
    let end = std::time::Instant::now() + Duration::from_secs(60);
    while app.world().get::<SensorState>(sensor) != Some(&SensorState::Ended)
        || first.life() != [1, 0, 1]
    {
        assert!(std::time::Instant::now() < end, "no end");
        update(&mut app);
        if first.captures() > 10 && second_listens.is_none() {
            second_listens = Some(listens.add("second", Arc::clone(&second)));
        }
        std::thread::sleep(Duration::from_millis(30));
    }
    assert_eq!(
        (first.captures(), first.early.load(Ordering::Relaxed)),
        (60, 0)
    );
    assert_eq!(first.samples.load(Ordering::Relaxed), 60 * 16);
    // The listener that was added later got the later captures, after the call for the opened source.
    let late = second.captures();
    assert!(late > 5 && late < 50, "{late}");
    assert_eq!(
        (second.life(), second.early.load(Ordering::Relaxed)),
        ([1, 0, 1], 0)
    );
    // The listener that panicked got one capture, and the sensor continued.
    assert_eq!((bad.captures(), bad.life()), (1, [1, 0, 0]));
    assert_eq!(format!("{listens:?}"), "[\"first\", \"second\"]");
    let dropped = app
        .world()
        .get::<SensorDiagnostics>(sensor)
        .unwrap()
        .dropped_frames;
    assert!(dropped > 10, "{dropped}");

    // With another source, the former source is closed, and the listeners stay.
    let seen = first.captures();
    *app.world_mut().get_mut::<KinectSensor>(sensor).unwrap() = test_sensor();
    update_until(&mut app, "captures of the other source", |_| {
        first.captures() > seen + 3
    });
    assert_eq!(first.life(), [2, 1, 1]);
    drop(second_listens);
    app.world_mut().despawn(sensor);
    update_until(&mut app, "the end", |_| first.life() == [2, 2, 1]);
    update_until(&mut app, "letting go", |_| Arc::strong_count(&second) == 1);
}

#[test]
fn a_listener_that_is_slow_holds_up_the_sensor_but_not_the_app() {
    struct Slow(AtomicU64);
    impl CaptureListener for Slow {
        fn opened(&self, _: &dyn CaptureSource) {}
        fn closed(&self) {}
        fn capture(&self, _: &Capture) {
            self.0.fetch_add(1, Ordering::Relaxed);
            std::thread::sleep(Duration::from_millis(200));
        }
    }
    let mut app = headless_app();
    let sensor = app.world_mut().spawn(test_sensor()).id();
    let slow = Arc::new(Slow(AtomicU64::new(0)));
    let listening = listeners(&app, sensor).add("slow", Arc::clone(&slow));
    update_until(&mut app, "a call", |_| slow.0.load(Ordering::Relaxed) > 0);
    // While a call runs, listeners are added and removed, and the sensor is despawned.
    let began = std::time::Instant::now();
    let other = listeners(&app, sensor).add("other", Arc::new(Count::default()));
    drop((listening, other));
    app.world_mut().despawn(sensor);
    app.update();
    let held = began.elapsed();
    assert!(held < Duration::from_millis(100), "{held:?}");
}
