//! Opens any bytes as a recording. The result is an error, or a recording whose functions all return.

use kinect_azure::recording::{Recording, SeekTarget};

/// Calls every function of a recording; returns `false` if it cannot be opened.
///
/// Every call must return, and the sequence of calls must end: a file has no more frames than bytes, and no more errors
/// than bytes.
pub fn recording(bytes: Vec<u8>) -> bool {
    let most = bytes.len() + 100;
    let Ok(mut recording) = Recording::from_bytes("damaged.mkv", bytes) else {
        return false;
    };
    let drain = |what: &str, mut call: Box<dyn FnMut() -> Result<bool, bool> + '_>| {
        for _ in 0..most {
            match call() {
                Ok(true) => {}
                Ok(false) => return,
                Err(local) => assert!(local, "{what}: memory cannot fail to be read"),
            }
        }
        panic!("{what} has no end");
    };
    macro_rules! drain {
        ($call:expr) => {
            drain(
                stringify!($call),
                Box::new(|| match $call {
                    Ok(item) => Ok(item.is_some()),
                    Err(error) => Err(error.is_local()),
                }),
            )
        };
    }
    drain!(recording.next_capture());
    drain!(recording.next_imu_sample());
    drain!(recording.previous_capture());
    drain!(recording.previous_imu_sample());
    let duration = recording.info().duration_usec;
    for target in [
        SeekTarget::Start(duration / 2),
        SeekTarget::End(0),
        SeekTarget::DeviceTime(recording.info().start_offset_usec + duration / 3),
        SeekTarget::Start(0),
    ] {
        recording.seek(target).unwrap();
        let _ = recording
            .previous_capture()
            .map_err(|e| assert!(e.is_local()));
        let _ = recording.next_capture().map_err(|e| assert!(e.is_local()));
        let _ = recording
            .previous_imu_sample()
            .map_err(|e| assert!(e.is_local()));
        let _ = recording
            .next_imu_sample()
            .map_err(|e| assert!(e.is_local()));
    }
    let names: Vec<_> = recording.tracks().iter().map(|t| t.name.clone()).collect();
    for name in names.iter().take(8) {
        if recording.next_data_block(name).is_ok() {
            drain!(recording.next_data_block(name));
        }
    }
    recording.count(|_| {}).unwrap();
    let attachments = recording.attachments().to_vec();
    for attachment in attachments.iter().take(8) {
        let _ = recording.read_attachment(&attachment.name);
    }
    true
}
