//! Lines in the log from capture threads.

/// The name of the capture thread that calls, which says what source it has.
pub(super) fn thread_name() -> String {
    std::thread::current().name().unwrap_or("kinect").to_owned()
}
