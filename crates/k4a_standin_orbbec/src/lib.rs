//! The stand-in for Orbbec's library: everything that [`k4a_standin`] has, and the functions that only Orbbec's
//! library has.
//!
//! They are in a separate crate because clients recognise Orbbec's library by them, so Microsoft's library must not
//! have them. Use it through `k4a_standin::StandIn::orbbec`; a test needs both crates as dev-dependencies.

use std::ffi::c_char;

use k4a::abi::{Handle, K4a, result};
use k4a_standin::orbbec;

/// Run by the system's loader: makes this library Orbbec's.
#[used]
#[cfg_attr(
    not(any(target_os = "windows", target_os = "macos")),
    unsafe(link_section = ".init_array")
)]
#[cfg_attr(target_os = "macos", unsafe(link_section = "__DATA,__mod_init_func"))]
#[cfg_attr(target_os = "windows", unsafe(link_section = ".CRT$XCU"))]
static BEGIN: extern "C" fn() = begin;

extern "C" fn begin() {
    orbbec::begin();
}

/// Sets the folder of Orbbec's extensions; the stand-in has no extensions.
#[unsafe(no_mangle)]
pub extern "C" fn k4a_set_orbbec_extensions_directory(_directory: *const c_char) {}

/// USB product number.
#[unsafe(no_mangle)]
pub extern "C" fn k4a_device_get_pid(device: Handle) -> i32 {
    orbbec::product(device)
}

/// How the device is synchronised.
#[unsafe(no_mangle)]
pub extern "C" fn k4a_device_get_wired_sync_mode(device: Handle) -> i32 {
    orbbec::wired_sync_mode(device)
}

/// Accepted; pictures stay as they are.
#[unsafe(no_mangle)]
pub extern "C" fn k4a_device_enable_soft_filter(device: Handle, _enable: bool) -> i32 {
    orbbec::accepts("k4a_device_enable_soft_filter", device)
}

/// Accepted; the clock stays as it is.
#[unsafe(no_mangle)]
pub extern "C" fn k4a_device_switch_device_clock_sync_mode(
    device: Handle,
    _mode: i32,
    _parameter: u32,
) -> i32 {
    orbbec::accepts("k4a_device_switch_device_clock_sync_mode", device)
}

/// Returns a handle to keep a depth engine alive, although there is no depth engine.
///
/// # Safety
/// The place is null or good for a write.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn k4a_depth_engine_helper_create(helper: *mut Handle) -> i32 {
    if helper.is_null() {
        return result::FAILED;
    }
    // SAFETY: it is not null, and the caller guarantees that it is valid then.
    unsafe { helper.write_unaligned(orbbec::depth_engine_helper()) };
    result::SUCCEEDED
}

/// Releases that handle.
#[unsafe(no_mangle)]
pub extern "C" fn k4a_depth_engine_helper_release(_helper: Handle) {}

/// Never called: that the signatures are those of the interface is checked by compiling it.
#[allow(dead_code, reason = "see above")]
fn signatures(table: &mut K4a) {
    table.set_orbbec_extensions_directory = Some(k4a_set_orbbec_extensions_directory);
    table.device_get_pid = Some(k4a_device_get_pid);
    table.device_get_wired_sync_mode = Some(k4a_device_get_wired_sync_mode);
    table.device_enable_soft_filter = Some(k4a_device_enable_soft_filter);
    table.device_switch_device_clock_sync_mode = Some(k4a_device_switch_device_clock_sync_mode);
    table.depth_engine_helper_create = Some(k4a_depth_engine_helper_create);
    table.depth_engine_helper_release = Some(k4a_depth_engine_helper_release);
}
