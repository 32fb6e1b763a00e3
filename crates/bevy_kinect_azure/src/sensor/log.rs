//! Lines in the log from capture threads.

/// The name of the calling capture thread, which names its source.
pub(super) fn thread_name() -> String {
    std::thread::current().name().unwrap_or("kinect").to_owned()
}
