//! The functions that only Orbbec's library has. The C functions are in the crate `k4a_standin_orbbec`, so that they
//! exist in that library alone.

use k4a::abi::{Handle, result};

use super::exports::{address, number};
use super::stage::with;
use super::{devices, vendor};

/// USB product of a Femto Bolt.
const BOLT: i32 = 0x066B;

/// Makes this loaded library Orbbec's.
pub fn begin() {
    vendor::be_orbbec();
}

/// `k4a_device_get_pid`; −1 for a handle that is not a device.
pub fn product(handle: Handle) -> i32 {
    let handle = number(handle);
    match devices::really_open("k4a_device_get_pid", handle) {
        Ok(()) => BOLT,
        Err(_) => -1,
    }
}

/// `k4a_device_get_wired_sync_mode`; −1 for a handle that is not a device.
pub fn wired_sync_mode(handle: Handle) -> i32 {
    const NAME: &str = "k4a_device_get_wired_sync_mode";
    let handle = number(handle);
    if devices::really_open(NAME, handle).is_err() {
        return -1;
    }
    with(|world| {
        world
            .device(NAME, handle)
            .map_or(-1, |device| device.wired_sync_mode)
    })
}

/// Whether a handle is an open device, for functions that only check this.
pub fn accepts(function: &str, handle: Handle) -> i32 {
    match devices::really_open(function, number(handle)) {
        Ok(()) => result::SUCCEEDED,
        Err(_) => result::FAILED,
    }
}

/// `k4a_depth_engine_helper_create`: returns a handle that no other function accepts.
pub fn depth_engine_helper() -> Handle {
    // Recognisable, and no kind of handle.
    address(0xDE00)
}
