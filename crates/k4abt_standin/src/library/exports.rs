//! The C functions, which check arguments and catch panics.
//!
//! The functions `k4abt_standin_*` are the stand-in's own: they take scripts and return statistics.

use std::collections::BTreeMap;
use std::ffi::{CStr, c_char};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};

use k4a::abi::{
    Calibration, Handle, INVALID_BODY_ID, K4abt, Skeleton, TrackerConfiguration11, result,
};

use super::frame::Frame;
use super::world::{changed, lock};
use super::{frames, trackers};
use crate::script::{Script, Version};
use crate::statistics::{Created, Statistics};

/// The number of calls that are running.
static INSIDE: AtomicU64 = AtomicU64::new(0);

fn number(handle: Handle) -> u64 {
    handle.addr() as u64
}

/// A handle with that number; it is not the address of anything.
fn address(number: u64) -> Handle {
    std::ptr::without_provenance_mut(number as usize)
}

/// Runs the body of a C function and catches panics.
fn guard<R>(name: &str, calls: &AtomicU64, broken: R, inside: impl FnOnce() -> R) -> R {
    calls.fetch_add(1, Ordering::Relaxed);
    INSIDE.fetch_add(1, Ordering::Relaxed);
    let answer = catch_unwind(AssertUnwindSafe(inside)).unwrap_or_else(|_| {
        eprintln!("{name}: the stand-in panicked; this is a mistake in it");
        broken
    });
    INSIDE.fetch_sub(1, Ordering::Relaxed);
    answer
}

/// Writes an answer where the caller wants it.
///
/// # Safety
/// The pointer is null or good for a write.
unsafe fn put<T>(function: &str, place: *mut T, value: T) -> i32 {
    if place.is_null() {
        lock().misused(format!("{function}: the place for the answer is null"));
        return result::FAILED;
    }
    // SAFETY: it is not null, and the caller guarantees that it is valid then.
    unsafe { place.write_unaligned(value) };
    result::SUCCEEDED
}

/// The arguments of `k4abt_tracker_create` behind the calibration, as both versions pass them: the configuration, the
/// model's path, and the place for the tracker.
///
/// On x86-64 the configuration of version 1.1 is passed in memory, so that the place is the second argument in a
/// register; that of version 1.0 is passed in two registers before the place. On Windows both are passed by address.
///
/// # Safety
/// The arguments are those of a caller that speaks the version.
unsafe fn arguments(
    version: Version,
    [second, third, fourth]: [usize; 3],
    in_memory: *const TrackerConfiguration11,
) -> (Created, *mut Handle) {
    let created = |orientation, mode, gpu, model: *const c_char| Created {
        sensor_orientation: orientation,
        processing_mode: mode,
        gpu_device_id: gpu,
        model_path: (!model.is_null()).then(|| {
            // SAFETY: the caller guarantees that the text ends with a NUL.
            unsafe { CStr::from_ptr(model) }
                .to_string_lossy()
                .into_owned()
        }),
        ..Created::default()
    };
    let is_by_address = cfg!(windows);
    if version == Version::V10 && !is_by_address {
        let lower = |register: usize| register as u32 as i32;
        let created = created(
            lower(second),
            lower(second >> 32),
            lower(third),
            std::ptr::null(),
        );
        return (created, std::ptr::with_exposed_provenance_mut(fourth));
    }
    let (configuration, place) = if is_by_address {
        (std::ptr::with_exposed_provenance(second), third)
    } else {
        (in_memory, second)
    };
    // SAFETY: the caller has passed a configuration there.
    let raw = unsafe { configuration.read_unaligned() };
    let model = if version == Version::V10 {
        std::ptr::null()
    } else {
        raw.model_path
    };
    let created = created(
        raw.sensor_orientation,
        raw.processing_mode,
        raw.gpu_device_id,
        model,
    );
    (created, std::ptr::with_exposed_provenance_mut(place))
}

macro_rules! exports {
    ($($(#[$about:meta])* fn $name:ident($($argument:ident: $type:ty),* $(,)?) $(-> $answer:ty)? = $broken:expr; $inside:block)*) => {
        $(
            $(#[$about])*
            ///
            /// # Safety
            /// Pointers are null, or what the C interface says. Handles can be anything.
            #[unsafe(no_mangle)]
            pub(super) unsafe extern "C" fn $name($($argument: $type),*) $(-> $answer)? {
                guard(stringify!($name), &counters::$name, $broken, || $inside)
            }
        )*

        #[allow(non_upper_case_globals, reason = "named like the functions")]
        mod counters {
            use std::sync::atomic::AtomicU64;
            $(pub(super) static $name: AtomicU64 = AtomicU64::new(0);)*
        }

        static FUNCTIONS: &[(&str, &AtomicU64)] = &[$((stringify!($name), &counters::$name)),*];
    };
}

exports! {
    /// Creates a tracker. The arguments stand where those of both versions are; see [`arguments`].
    fn k4abt_tracker_create(
        calibration: *const Calibration, second: usize, third: usize, fourth: usize, in_memory: TrackerConfiguration11,
    ) -> i32 = result::FAILED; {
        const NAME: &str = "k4abt_tracker_create";
        if calibration.is_null() {
            lock().misused(format!("{NAME}: the calibration is null"));
            return result::FAILED;
        }
        let version = lock().script.version;
        // SAFETY: clients tell the version by the exported functions, which the copy's version decides.
        let (wanted, place) = unsafe { arguments(version, [second, third, fourth], &raw const in_memory) };
        // SAFETY: the caller guarantees that each pointer is null or valid.
        let calibration = unsafe { calibration.read_unaligned() };
        match trackers::create(&calibration, wanted) {
            // SAFETY: the caller guarantees that each pointer is null or valid.
            Ok(handle) => unsafe { put(NAME, place, address(handle)) },
            Err(()) => result::FAILED,
        }
    }

    /// Destroys a tracker, which must have been shut down.
    fn k4abt_tracker_destroy(tracker: Handle) = (); { trackers::destroy(number(tracker)) }

    /// Shuts a tracker down; calls that wait return.
    fn k4abt_tracker_shutdown(tracker: Handle) = (); { trackers::shutdown(number(tracker)) }

    /// How much joints are smoothed; it is noted and has no effect.
    fn k4abt_tracker_set_temporal_smoothing(tracker: Handle, factor: f32) = (); {
        trackers::set_smoothing(number(tracker), factor)
    }

    /// Enqueues a capture.
    fn k4abt_tracker_enqueue_capture(tracker: Handle, capture: Handle, timeout_ms: i32) -> i32 = result::FAILED; {
        trackers::enqueue(number(tracker), capture.addr(), timeout_ms)
    }

    /// Waits for the next frame.
    fn k4abt_tracker_pop_result(tracker: Handle, frame: *mut Handle, timeout_ms: i32) -> i32 = result::FAILED; {
        let (code, handle) = trackers::pop(number(tracker), timeout_ms);
        // SAFETY: the caller guarantees that each pointer is null or valid.
        if unsafe { put("k4abt_tracker_pop_result", frame, address(handle)) } != result::SUCCEEDED {
            return result::FAILED;
        }
        code
    }

    /// Releases a reference to a frame.
    fn k4abt_frame_release(frame: Handle) = (); { frames::release(number(frame)) }

    /// Takes a reference to a frame.
    fn k4abt_frame_reference(frame: Handle) = (); { frames::reference(number(frame)) }

    /// The number of bodies.
    fn k4abt_frame_get_num_bodies(frame: Handle) -> u32 = 0; {
        frames::ask("k4abt_frame_get_num_bodies", number(frame), Frame::count).unwrap_or(0)
    }

    /// The joints of a body.
    fn k4abt_frame_get_body_skeleton(frame: Handle, index: u32, skeleton: *mut Skeleton) -> i32 = result::FAILED; {
        const NAME: &str = "k4abt_frame_get_body_skeleton";
        let found = frames::ask(NAME, number(frame), |frame| frame.body(index).map(|(_, found)| *found));
        match found.flatten() {
            // SAFETY: the caller guarantees that each pointer is null or valid.
            Some(found) => unsafe { put(NAME, skeleton, found) },
            None => result::FAILED,
        }
    }

    /// The id of a body.
    fn k4abt_frame_get_body_id(frame: Handle, index: u32) -> u32 = INVALID_BODY_ID; {
        let found = frames::ask("k4abt_frame_get_body_id", number(frame), |frame| frame.body(index).map(|(id, _)| *id));
        found.flatten().unwrap_or(INVALID_BODY_ID)
    }

    /// Device time of the depth image in µs.
    fn k4abt_frame_get_device_timestamp_usec(frame: Handle) -> u64 = 0; {
        frames::ask("k4abt_frame_get_device_timestamp_usec", number(frame), |frame| frame.times().0).unwrap_or(0)
    }

    /// System time of the depth image in ns; version 1.0 does not have this function.
    fn k4abt_frame_get_system_timestamp_nsec(frame: Handle) -> u64 = 0; {
        frames::ask("k4abt_frame_get_system_timestamp_nsec", number(frame), |frame| frame.times().1).unwrap_or(0)
    }

    /// The body index map, with a reference for the caller.
    fn k4abt_frame_get_body_index_map(frame: Handle) -> Handle = std::ptr::null_mut(); {
        let map = frames::ask("k4abt_frame_get_body_index_map", number(frame), Frame::give_map);
        address(map.unwrap_or(0) as u64)
    }

    /// The capture, with a reference for the caller.
    fn k4abt_frame_get_capture(frame: Handle) -> Handle = std::ptr::null_mut(); {
        let capture = frames::ask("k4abt_frame_get_capture", number(frame), Frame::give_capture);
        address(capture.unwrap_or(0) as u64)
    }

    /// Takes a script: a text in JSON that ends with a NUL.
    fn k4abt_standin_configure(json: *const c_char) -> i32 = result::FAILED; {
        if json.is_null() {
            return result::FAILED;
        }
        // SAFETY: the caller guarantees that the text ends with a NUL.
        let text = unsafe { CStr::from_ptr(json) };
        match Script::parse(&text.to_string_lossy()) {
            Ok(script) => {
                lock().configure(script);
                changed();
                result::SUCCEEDED
            }
            Err(problem) => {
                eprintln!("k4abt stand-in: {problem}");
                result::FAILED
            }
        }
    }

    /// Gives the statistics as JSON, without a NUL: the size is always returned; if the buffer is too small, nothing is
    /// written.
    fn k4abt_standin_statistics(buffer: *mut c_char, size: *mut usize) -> i32 = result::FAILED; {
        if size.is_null() {
            return result::FAILED;
        }
        let statistics = Statistics {
            inside: INSIDE.load(Ordering::Relaxed) - 1,
            calls: calls(),
            ..lock().statistics()
        };
        let Ok(text) = serde_json::to_string(&statistics) else {
            return result::FAILED;
        };
        // SAFETY: it is not null, and the caller guarantees that it is valid then.
        let room = unsafe { size.read_unaligned() };
        // SAFETY: as above.
        unsafe { size.write_unaligned(text.len()) };
        if buffer.is_null() || room < text.len() {
            return result::TOO_SMALL;
        }
        // SAFETY: the buffer has room for that many.
        unsafe { buffer.cast::<u8>().copy_from_nonoverlapping(text.as_ptr(), text.len()) };
        result::SUCCEEDED
    }
}

/// How often each function was called.
fn calls() -> BTreeMap<String, u64> {
    FUNCTIONS
        .iter()
        .map(|(name, calls)| ((*name).to_owned(), calls.load(Ordering::Relaxed)))
        .filter(|(_, calls)| *calls > 0)
        .collect()
}

/// Never called: that the signatures are those of the interface is checked by compiling it.
#[allow(dead_code, reason = "see above")]
fn signatures(table: &mut K4abt) {
    table.tracker_destroy = k4abt_tracker_destroy;
    table.tracker_shutdown = k4abt_tracker_shutdown;
    table.tracker_set_temporal_smoothing = k4abt_tracker_set_temporal_smoothing;
    table.tracker_enqueue_capture = k4abt_tracker_enqueue_capture;
    table.tracker_pop_result = k4abt_tracker_pop_result;
    table.frame_release = k4abt_frame_release;
    table.frame_get_num_bodies = k4abt_frame_get_num_bodies;
    table.frame_get_body_skeleton = k4abt_frame_get_body_skeleton;
    table.frame_get_body_id = k4abt_frame_get_body_id;
    table.frame_get_device_timestamp_usec = k4abt_frame_get_device_timestamp_usec;
    table.frame_get_body_index_map = k4abt_frame_get_body_index_map;
    table.frame_get_capture = k4abt_frame_get_capture;
    table.frame_get_system_timestamp_nsec = Some(k4abt_frame_get_system_timestamp_nsec);
}
