//! Capture listeners: code that gets every capture of a sensor, not only the newest, such as a recorder or a body tracker.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bevy::prelude::*;
use kinect_azure::{Capture, CaptureSource, ImuSample};

use super::log::thread_name;

/// A call that takes longer than this is reported, once for each listener.
const SLOW: Duration = Duration::from_millis(100);

/// Gets every capture and every inertial sample of a sensor, on the sensor's capture thread; add it to the sensor's
/// [`CaptureListeners`].
///
/// All methods are called by one thread at a time, in the order in which things happened. **While a method runs, the sensor and the
/// other listeners wait**, so a listener passes captures on to a bounded queue or a thread of its own and returns within a
/// millisecond (cloning a [`Capture`] shares its images and copies no pixels). It must not wait for the app's main thread. A call
/// that takes longer than 100 ms is reported in the log, once. A listener that panics is reported and removed; the sensor and the
/// other listeners go on.
pub trait CaptureListener: Send + Sync + 'static {
    /// Whether the listener prefers JPEGs, because it stores colour images. A source whose colour format is left open, as a
    /// simulation's is by default, delivers JPEGs as long as a listener prefers them. A listener gets no capture from before the
    /// change.
    fn prefers_jpegs(&self) -> bool {
        false
    }

    /// The source was opened; the captures that follow are from this source. For a listener that is added later, this is called
    /// before its first capture. It is called again, without [`closed`](Self::closed), when a running device was given other
    /// settings, and when the colour format changes because a listener prefers JPEGs.
    fn opened(&self, source: &dyn CaptureSource);

    /// The source is closed: the sensor was switched off or despawned, got another source, was lost or has failed. Called
    /// only after [`opened`](Self::opened).
    fn closed(&self);

    /// The source is at its end and has delivered all its inertial samples. It stays open: after a seek captures go on.
    fn ended(&self) {}

    /// A capture, as the source delivered it.
    fn capture(&self, capture: &Capture);

    /// An inertial sample, after the capture that it was delivered with.
    fn sample(&self, sample: &ImuSample) {
        let _ = sample;
    }
}

/// The [`CaptureListener`]s of a sensor, on every sensor entity.
///
/// They belong to the entity, not to one of its sources: a listener outlasts changes of the source, losses, and the switching off
/// and on of the sensor. Adding and removing a listener never waits for a running call, even while the sensor runs.
///
/// ```
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU64, Ordering};
/// use bevy::prelude::*;
/// use bevy_kinect_azure::kinect_azure::{Capture, CaptureSource};
/// use bevy_kinect_azure::prelude::*;
/// use bevy_kinect_azure::sensor::{CaptureListener, CaptureListeners, Listening};
///
/// #[derive(Default)]
/// struct Count(AtomicU64);
///
/// impl CaptureListener for Count {
///     fn opened(&self, _: &dyn CaptureSource) {}
///     fn closed(&self) {}
///     fn capture(&self, _: &Capture) {
///         self.0.fetch_add(1, Ordering::Relaxed);
///     }
/// }
///
/// /// Counts as long as the component is there.
/// #[derive(Component)]
/// struct Counting {
///     count: Arc<Count>,
///     _listening: Listening,
/// }
///
/// fn count(mut commands: Commands, sensors: Query<(Entity, &CaptureListeners), Added<KinectSensor>>) {
///     for (sensor, listeners) in &sensors {
///         let count = Arc::new(Count::default());
///         let _listening = listeners.add("count", Arc::clone(&count));
///         commands.entity(sensor).insert(Counting { count, _listening });
///     }
/// }
/// ```
#[derive(Component, Reflect, Clone, Default)]
#[type_path = "bevy_kinect_azure::sensor"]
#[reflect(Component, Default)]
pub struct CaptureListeners(#[reflect(ignore)] Arc<Shared>);

#[derive(Default)]
struct Shared {
    /// Incremented whenever the list changes, so that the capture thread sees a change without locking the list.
    version: AtomicU64,
    list: Mutex<Vec<Listener>>,
}

#[derive(Clone)]
struct Listener {
    id: u64,
    name: Cow<'static, str>,
    listener: Arc<dyn CaptureListener>,
}

/// Numbers for [`Listener::id`].
static NEXT_ID: AtomicU64 = AtomicU64::new(1);

impl CaptureListeners {
    /// Adds a listener, for as long as the [`Listening`] is kept. The log names the listener by `name`. Earlier captures are not
    /// repeated; a listener that is added before the sensor starts gets the first capture.
    pub fn add(
        &self,
        name: impl Into<Cow<'static, str>>,
        listener: Arc<impl CaptureListener>,
    ) -> Listening {
        let id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
        self.change(|list| {
            list.push(Listener {
                id,
                name: name.into(),
                listener,
            });
        });
        Listening {
            listeners: self.clone(),
            id,
        }
    }

    fn remove(&self, id: u64) {
        let mut removed = None;
        self.change(|list| {
            if let Some(place) = list.iter().position(|listener| listener.id == id) {
                removed = Some(list.remove(place));
            }
        });
        // Dropped outside of the lock: the listener's own `drop` may run any code.
        drop(removed);
    }

    fn change(&self, change: impl FnOnce(&mut Vec<Listener>)) {
        let mut list = self.lock();
        change(&mut list);
        self.0.version.fetch_add(1, Ordering::Release);
    }

    /// Held for a few instructions; no listener is called meanwhile.
    fn lock(&self) -> MutexGuard<'_, Vec<Listener>> {
        // The list is consistent at any time, so a poisoned lock can be used.
        self.0.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl core::fmt::Debug for CaptureListeners {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_list()
            .entries(self.lock().iter().map(|listener| &listener.name))
            .finish()
    }
}

/// Keeps a listener on its sensor; dropping it removes the listener. A call that is running then is not interrupted, and
/// [`closed`](CaptureListener::closed) is not called.
#[must_use = "dropping this removes the listener"]
#[derive(Debug)]
pub struct Listening {
    listeners: CaptureListeners,
    id: u64,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.listeners.remove(self.id);
    }
}

/// The capture thread's end of a sensor's listeners.
pub(super) struct Calls {
    shared: CaptureListeners,
    /// The version of the list that `Calls` has copied, so that no lock is held while a listener is called.
    version: Option<u64>,
    list: Vec<Called>,
}

struct Called {
    listener: Listener,
    /// `opened` was called, and `closed` was not called since.
    is_open: bool,
    /// `ended` was called, and no capture was delivered since.
    has_ended: bool,
    /// A slow call of this listener was already reported.
    is_slow: bool,
}

impl Calls {
    pub(super) fn new(listeners: &CaptureListeners) -> Self {
        Self {
            shared: listeners.clone(),
            version: None,
            list: Vec::new(),
        }
    }

    /// Whether there are no listeners, counting those that were added since the last call.
    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty() && self.version == Some(self.shared.0.version.load(Ordering::Acquire))
    }

    /// The source was opened, or runs with other settings. Listeners that were added since the last `refresh` are told later.
    pub(super) fn opened(&mut self, source: &dyn CaptureSource) {
        for called in &mut self.list {
            called.is_open = false;
        }
        self.open(source);
    }

    /// Follows additions to and removals from the list. New listeners get no captures before `open`.
    pub(super) fn refresh(&mut self) {
        let version = self.shared.0.version.load(Ordering::Acquire);
        if self.version != Some(version) {
            let now = self.shared.lock().clone();
            self.version = Some(version);
            self.list
                .retain(|called| now.iter().any(|listener| listener.id == called.listener.id));
            for listener in now {
                if self
                    .list
                    .iter()
                    .all(|called| called.listener.id != listener.id)
                {
                    self.list.push(Called {
                        listener,
                        is_open: false,
                        has_ended: false,
                        is_slow: false,
                    });
                }
            }
        }
    }

    /// Whether one of the listeners prefers JPEGs.
    pub(super) fn prefer_jpegs(&self) -> bool {
        self.list
            .iter()
            .any(|called| called.listener.listener.prefers_jpegs())
    }

    /// Calls `opened` of the new listeners.
    pub(super) fn open(&mut self, source: &dyn CaptureSource) {
        self.call(|called| {
            if !core::mem::replace(&mut called.is_open, true) {
                called.has_ended = false;
                called.listener.listener.opened(source);
            }
        });
    }

    /// The source was closed.
    pub(super) fn closed(&mut self) {
        self.call(|called| {
            if core::mem::take(&mut called.is_open) {
                called.listener.listener.closed();
            }
        });
    }

    /// The source is at its end, but may be sought back. Listeners are told once, however often this is called.
    pub(super) fn ended(&mut self) {
        self.call(|called| {
            if called.is_open && !core::mem::replace(&mut called.has_ended, true) {
                called.listener.listener.ended();
            }
        });
    }

    pub(super) fn capture(&mut self, capture: &Capture) {
        self.call(|called| {
            if called.is_open {
                called.has_ended = false;
                called.listener.listener.capture(capture);
            }
        });
    }

    pub(super) fn sample(&mut self, sample: &ImuSample) {
        self.call(|called| {
            if called.is_open {
                called.listener.listener.sample(sample);
            }
        });
    }

    /// Calls each listener, and removes those that panic.
    fn call(&mut self, mut call: impl FnMut(&mut Called)) {
        let shared = &self.shared;
        self.list.retain_mut(|called| {
            let began = Instant::now();
            // Safe to assert: a listener that panicked is never called again.
            let result = catch_unwind(AssertUnwindSafe(|| call(called)));
            let (took, name) = (began.elapsed(), &called.listener.name);
            if result.is_err() {
                error!(
                    "{}: the listener \"{name}\" panicked and gets no more captures; please report this to its author",
                    thread_name()
                );
                shared.remove(called.listener.id);
            } else if took > SLOW && !core::mem::replace(&mut called.is_slow, true) {
                warn!(
                    "{}: the listener \"{name}\" held the sensor up for {} ms; it must pass captures on to a thread \
                     of its own (further times are not reported)",
                    thread_name(),
                    took.as_millis()
                );
            }
            result.is_ok()
        });
    }
}

impl Drop for Calls {
    /// Runs also when the thread panics: listeners must not wait for a source that is gone.
    fn drop(&mut self) {
        self.closed();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use kinect_azure::{Calibration, NextCapture, SensorInfo, SourceError};

    use super::*;

    struct Nothing(SensorInfo);

    impl CaptureSource for Nothing {
        fn info(&self) -> &SensorInfo {
            &self.0
        }
        fn calibration(&self) -> Option<&Calibration> {
            None
        }
        fn next_capture(&mut self, _: Duration) -> Result<NextCapture, SourceError> {
            Ok(NextCapture::End)
        }
        fn next_imu_sample(&mut self) -> Result<Option<ImuSample>, SourceError> {
            Ok(None)
        }
    }

    /// Writes down the calls that it gets.
    #[derive(Default)]
    struct Diary {
        told: Mutex<String>,
        panics: AtomicBool,
    }

    impl Diary {
        fn write(&self, what: &str) {
            let panics = self.panics.load(Ordering::Relaxed);
            // Taken before the panic, which must not poison the lock.
            self.told
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push_str(what);
            assert!(!panics, "as the test asks for");
        }

        fn read(&self) -> String {
            core::mem::take(&mut *self.told.lock().unwrap_or_else(PoisonError::into_inner))
        }
    }

    impl CaptureListener for Diary {
        fn opened(&self, _: &dyn CaptureSource) {
            self.write("o");
        }
        fn closed(&self) {
            self.write("x");
        }
        fn ended(&self) {
            self.write("e");
        }
        fn capture(&self, _: &Capture) {
            self.write("c");
        }
        fn sample(&self, _: &ImuSample) {
            self.write("s");
        }
    }

    #[test]
    fn listeners_come_and_go_while_the_source_runs_and_hear_the_opening_first() {
        let source = Nothing(SensorInfo::default());
        let listeners = CaptureListeners::default();
        let (first, second) = (Arc::new(Diary::default()), Arc::new(Diary::default()));
        let first_listens = listeners.add("first", Arc::clone(&first));
        let mut calls = Calls::new(&listeners);
        calls.refresh();
        calls.opened(&source);
        calls.capture(&Capture::default());
        let second_listens = listeners.add("second", Arc::clone(&second));
        calls.refresh();
        calls.open(&source);
        calls.capture(&Capture::default());
        calls.sample(&ImuSample::default());
        assert_eq!((first.read(), second.read()), ("occs".into(), "ocs".into()));

        drop(first_listens);
        calls.refresh();
        calls.open(&source);
        calls.ended();
        calls.ended();
        calls.closed();
        assert_eq!((first.read(), second.read()), ("".into(), "ex".into()));
        assert_eq!(Arc::strong_count(&first), 1, "nobody keeps it");

        // When the source is opened again, the listener is told; it is also told of the end of the thread.
        calls.opened(&source);
        calls.opened(&source);
        drop(calls);
        assert_eq!(second.read(), "oox");
        drop(second_listens);
        assert_eq!(format!("{listeners:?}"), "[]");
    }

    #[test]
    fn a_listener_that_panics_is_taken_off_and_the_others_go_on() {
        let source = Nothing(SensorInfo::default());
        let listeners = CaptureListeners::default();
        let (bad, good) = (Arc::new(Diary::default()), Arc::new(Diary::default()));
        let _bad_listens = listeners.add("bad", Arc::clone(&bad));
        let _good_listens = listeners.add("good", Arc::clone(&good));
        let mut calls = Calls::new(&listeners);
        calls.refresh();
        calls.opened(&source);
        bad.panics.store(true, Ordering::Relaxed);
        for _ in 0..3 {
            calls.refresh();
            calls.open(&source);
            calls.capture(&Capture::default());
        }
        assert_eq!((bad.read(), good.read()), ("oc".into(), "occc".into()));
        assert_eq!(format!("{listeners:?}"), "[\"good\"]");
        // Nor does the sensor's next thread call it.
        let mut next = Calls::new(&listeners);
        next.refresh();
        next.opened(&source);
        assert_eq!((bad.read(), good.read()), ("".into(), "o".into()));
    }
}
