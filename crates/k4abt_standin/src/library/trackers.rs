//! Trackers: created, fed, asked for frames, shut down and destroyed.

use std::time::{Duration, Instant};

use k4a::abi::{Calibration, result};

use super::frame::Frame;
use super::sensor_library::Reference;
use super::tracker::{Tracker, Work};
use super::world::{Kind, World, changed, end, hang, lock, note, wait};
use crate::script::{Fails, Fault, Function};
use crate::statistics::{Created, Enqueued};

/// Passive infrared.
const PASSIVE_IR: i32 = 5;
/// The processing mode of the processor.
const CPU: i32 = 1;

/// `k4abt_tracker_create`.
pub(super) fn create(calibration: &Calibration, mut wanted: Created) -> Result<u64, ()> {
    let pause = lock().script.create_ms;
    std::thread::sleep(Duration::from_millis(pause));
    let mut world = hang(Function::Create);
    let fails = match world.script.create_fails {
        Fails::Never => false,
        Fails::Always => true,
        Fails::Times(times) => {
            world.failures += 1;
            world.failures <= times
        }
    };
    let is_refused = fails
        || (world.script.gpu_fails && wanted.processing_mode != CPU)
        || !(0..=4).contains(&wanted.processing_mode)
        || !(0..=3).contains(&wanted.sensor_orientation)
        || !(1..PASSIVE_IR).contains(&calibration.depth_mode)
        || wanted
            .model_path
            .as_ref()
            .is_some_and(|model| !std::path::Path::new(model).is_file());
    wanted.accepted = !is_refused;
    wanted.depth_mode = calibration.depth_mode;
    wanted.color_resolution = calibration.color_resolution;
    note(&mut world.created_trackers, wanted);
    if is_refused {
        return Err(());
    }
    let handle = world.handle(Kind::Tracker);
    let tracker = Tracker::new(calibration.depth_camera);
    world.trackers.insert(handle, tracker);
    Ok(handle)
}

/// `k4abt_tracker_enqueue_capture`.
pub(super) fn enqueue(handle: u64, capture: usize, timeout_ms: i32) -> i32 {
    const NAME: &str = "k4abt_tracker_enqueue_capture";
    let end = end(timeout_ms);
    let mut world = hang(Function::Enqueue);
    let Some(tracker) = world.tracker(NAME, handle) else {
        return result::FAILED;
    };
    let number = tracker.offered;
    tracker.offered += 1;
    loop {
        let fails = world.script.has(number, Fault::EnqueueFails);
        let is_full = world.script.has(number, Fault::QueueFull);
        let (queue, frame_ms) = (world.script.queue as usize, world.script.frame_ms);
        let Some(tracker) = world.tracker(NAME, handle) else {
            return result::FAILED;
        };
        if tracker.is_shut_down || fails {
            return result::FAILED;
        }
        if tracker.works.len() < queue && !is_full {
            let size = (tracker.camera.width, tracker.camera.height);
            let Some(capture) = Reference::to_capture(capture) else {
                return result::FAILED;
            };
            let [depth, ir] = capture.images();
            let Some(depth) = depth.filter(|depth| depth.size() == size) else {
                return result::FAILED;
            };
            let (device_usec, system_nsec) = depth.times();
            let start = tracker.busy_until.max(Instant::now());
            tracker.busy_until = start + Duration::from_millis(frame_ms);
            tracker.works.push_back(Work {
                number,
                capture,
                device_usec,
                system_nsec,
                ready_at: tracker.busy_until,
            });
            let enqueued = Enqueued {
                device_usec,
                system_nsec,
                depth: depth.memory(),
                ir: ir.map(|ir| ir.memory()),
            };
            note(&mut world.enqueued, enqueued);
            changed();
            return result::SUCCEEDED;
        }
        if end.is_some_and(|end| end <= Instant::now()) {
            return result::TIMEOUT;
        }
        world = wait(world, end);
    }
}

/// The result of a look for the next frame.
enum Look {
    Frame(u64),
    Code(i32),
    /// Nothing yet; look again then.
    Later(Option<Instant>),
}

/// `k4abt_tracker_pop_result`: the code, and the frame's handle or 0.
pub(super) fn pop(handle: u64, timeout_ms: i32) -> (i32, u64) {
    let end = end(timeout_ms);
    let mut world = hang(Function::Pop);
    loop {
        let again = match world.look(handle) {
            Look::Frame(frame) => {
                changed();
                return (result::SUCCEEDED, frame);
            }
            Look::Code(code) => return (code, 0),
            Look::Later(again) => again,
        };
        if end.is_some_and(|end| end <= Instant::now()) {
            return (result::TIMEOUT, 0);
        }
        world = wait(world, [again, end].into_iter().flatten().min());
    }
}

impl World {
    fn look(&mut self, handle: u64) -> Look {
        let Some(tracker) = self.tracker("k4abt_tracker_pop_result", handle) else {
            return Look::Code(result::FAILED);
        };
        if tracker.has_failed {
            return Look::Code(result::FAILED);
        }
        let now = Instant::now();
        let (is_shut_down, camera) = (tracker.is_shut_down, tracker.camera);
        let Some(number) = tracker.works.front().map(|work| work.number) else {
            return if is_shut_down {
                Look::Code(result::FAILED)
            } else {
                Look::Later(None)
            };
        };
        let has = |fault| self.script.has(number, fault);
        let (is_silent, fails, is_null) = (
            has(Fault::Silence),
            has(Fault::PopFails),
            has(Fault::NullFrame),
        );
        let Some(tracker) = self.trackers.get_mut(&handle) else {
            return Look::Code(result::FAILED);
        };
        match tracker.works.front() {
            Some(work) if work.ready_at <= now && !is_silent => {}
            // Captures that were not finished before the shutdown are not finished.
            Some(_) if is_shut_down => return Look::Code(result::FAILED),
            Some(work) => return Look::Later((!is_silent).then_some(work.ready_at)),
            None => return Look::Later(None),
        }
        if fails {
            tracker.has_failed = true;
            return Look::Code(result::FAILED);
        }
        let Some(work) = tracker.works.pop_front() else {
            return Look::Later(None);
        };
        if is_null {
            return Look::Code(result::SUCCEEDED);
        }
        tracker.frames += 1;
        let bodies = self.room.people_at(work.device_usec);
        let frame = Frame::new(
            (handle, work.number),
            work.capture,
            (work.device_usec, work.system_nsec),
            bodies,
            &camera,
            &self.script,
        );
        if let Some(map) = frame.map_memory() {
            note(&mut self.maps, map);
        }
        let number = self.handle(Kind::Frame);
        self.frames.insert(number, frame);
        Look::Frame(number)
    }
}

/// `k4abt_tracker_set_temporal_smoothing`.
pub(super) fn set_smoothing(handle: u64, factor: f32) {
    let mut world = lock();
    if world
        .tracker("k4abt_tracker_set_temporal_smoothing", handle)
        .is_some()
    {
        note(&mut world.smoothings, factor);
    }
}

/// `k4abt_tracker_shutdown`.
pub(super) fn shutdown(handle: u64) {
    let mut world = hang(Function::Shutdown);
    let pause = world.script.shutdown_ms;
    let Some(tracker) = world.tracker("k4abt_tracker_shutdown", handle) else {
        return;
    };
    let is_first = !std::mem::replace(&mut tracker.is_shut_down, true);
    drop(world);
    changed();
    if is_first {
        std::thread::sleep(Duration::from_millis(pause));
    }
}

/// `k4abt_tracker_destroy`.
pub(super) fn destroy(handle: u64) {
    const NAME: &str = "k4abt_tracker_destroy";
    let mut world = lock();
    let Some(tracker) = world.tracker(NAME, handle) else {
        return;
    };
    if !tracker.is_shut_down {
        world.misused(format!("{NAME}: the tracker was not shut down"));
    }
    if let Some(tracker) = world.trackers.remove(&handle)
        && tracker.frames > 0
    {
        world.misused(format!(
            "{NAME}: {} frames were not released",
            tracker.frames
        ));
    }
    drop(world);
    changed();
}
