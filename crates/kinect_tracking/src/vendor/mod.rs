//! The vendor's body tracker: `libk4abt` 1.0 or 1.1, loaded at run time through the crate `k4a`.
//!
//! - [`VendorTracker`]: the tracker, opened with a [`VendorSetup`].
//! - [`may_be_installed`]: whether a `libk4abt` is installed; no library is loaded to find out.
//!
//! Images that are a vendor library's own memory go to the tracker of that library as they are; others are copied into
//! images of the library. Body index maps stay in the library's memory until the last frame that has one is dropped.

mod buffers;
mod captures;
mod finding;
mod frames;
mod setup;
mod vendor_tracker;

pub use finding::may_be_installed;
pub use setup::VendorSetup;
pub use vendor_tracker::VendorTracker;
