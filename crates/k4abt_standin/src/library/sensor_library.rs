//! The functions of the `libk4a` that this library is bound to: captures and images are its objects.

use std::ffi::{CString, c_int, c_void};
use std::sync::OnceLock;

use k4a::abi::{Handle, result};

/// A capture or image of `libk4a`, of which this holds a reference.
#[derive(Debug)]
pub(super) struct Reference {
    handle: usize,
    release: Release,
}

type Release = unsafe extern "C" fn(Handle);
type Get = unsafe extern "C" fn(Handle) -> Handle;

#[derive(Clone, Copy)]
struct Functions {
    capture_reference: Release,
    capture_release: Release,
    capture_get_depth_image: Get,
    capture_get_ir_image: Get,
    image_create: unsafe extern "C" fn(i32, c_int, c_int, c_int, *mut Handle) -> i32,
    image_get_buffer: unsafe extern "C" fn(Handle) -> *mut u8,
    image_get_size: unsafe extern "C" fn(Handle) -> usize,
    image_get_width_pixels: unsafe extern "C" fn(Handle) -> c_int,
    image_get_height_pixels: unsafe extern "C" fn(Handle) -> c_int,
    image_get_device_timestamp_usec: unsafe extern "C" fn(Handle) -> u64,
    image_get_system_timestamp_nsec: unsafe extern "C" fn(Handle) -> u64,
    image_set_device_timestamp_usec: unsafe extern "C" fn(Handle, u64),
    image_reference: Release,
    image_release: Release,
}

/// The address of a function as the system's loader finds it for this library.
fn address(name: &str) -> Option<*mut c_void> {
    #[cfg(unix)]
    {
        let name = CString::new(name).ok()?;
        // SAFETY: the name ends with a NUL. The search covers the libraries that this library is linked to.
        let found = unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) };
        (!found.is_null()).then_some(found)
    }
    #[cfg(windows)]
    {
        use libloading::os::windows::Library;
        let library = Library::open_already_loaded("k4a.dll").ok()?;
        let name = CString::new(name).ok()?;
        // SAFETY: the address is read, and the function is not called here.
        let found = unsafe { library.get::<unsafe extern "C" fn()>(name.as_bytes_with_nul()) };
        found.ok().map(|function| *function as *mut c_void)
    }
}

fn functions() -> Option<&'static Functions> {
    static FUNCTIONS: OnceLock<Option<Functions>> = OnceLock::new();
    FUNCTIONS
        .get_or_init(|| {
            macro_rules! find {
                ($($name:ident),*) => {
                    Some(Functions {
                        $($name: {
                            let address = address(concat!("k4a_", stringify!($name)))?;
                            // SAFETY: it is libk4a's function of that name, whose signature the table has.
                            unsafe { std::mem::transmute_copy(&address) }
                        },)*
                    })
                };
            }
            find!(
                capture_reference,
                capture_release,
                capture_get_depth_image,
                capture_get_ir_image,
                image_create,
                image_get_buffer,
                image_get_size,
                image_get_width_pixels,
                image_get_height_pixels,
                image_get_device_timestamp_usec,
                image_get_system_timestamp_nsec,
                image_set_device_timestamp_usec,
                image_reference,
                image_release
            )
        })
        .as_ref()
}

fn handle(number: usize) -> Handle {
    std::ptr::without_provenance_mut(number)
}

/// The format CUSTOM8.
const CUSTOM8: i32 = 6;

impl Reference {
    /// A reference of our own to a client's capture.
    pub(super) fn to_capture(capture: usize) -> Option<Self> {
        let f = functions()?;
        // SAFETY: libk4a looks the handle up.
        unsafe { (f.capture_reference)(handle(capture)) };
        Some(Self {
            handle: capture,
            release: f.capture_release,
        })
    }

    /// The depth and the infrared image of a capture.
    pub(super) fn images(&self) -> [Option<Self>; 2] {
        let Some(f) = functions() else {
            return [None, None];
        };
        [f.capture_get_depth_image, f.capture_get_ir_image].map(|get| {
            // SAFETY: the capture lives.
            let image = unsafe { get(handle(self.handle)) };
            (!image.is_null()).then(|| Self {
                handle: image.addr(),
                release: f.image_release,
            })
        })
    }

    /// A new image of one byte a pixel with these bytes.
    pub(super) fn new_map(
        width: usize,
        height: usize,
        stride: usize,
        usec: u64,
        bytes: &[u8],
    ) -> Option<Self> {
        let f = functions()?;
        let mut image = std::ptr::null_mut();
        // SAFETY: the result points to a live handle.
        let code = unsafe {
            (f.image_create)(
                CUSTOM8,
                width as c_int,
                height as c_int,
                stride as c_int,
                &raw mut image,
            )
        };
        if code != result::SUCCEEDED || image.is_null() {
            return None;
        }
        let made = Self {
            handle: image.addr(),
            release: f.image_release,
        };
        // SAFETY: the image was just made and nobody else knows it.
        unsafe {
            let size = (f.image_get_size)(image).min(bytes.len());
            (f.image_get_buffer)(image).copy_from_nonoverlapping(bytes.as_ptr(), size);
            (f.image_set_device_timestamp_usec)(image, usec);
        }
        Some(made)
    }

    /// Another reference, which is the caller's to release: the number of the handle.
    pub(super) fn given_away(&self, is_image: bool) -> usize {
        if let Some(f) = functions() {
            let reference = if is_image {
                f.image_reference
            } else {
                f.capture_reference
            };
            // SAFETY: the object lives.
            unsafe { reference(handle(self.handle)) };
        }
        self.handle
    }

    /// Width and height of an image.
    pub(super) fn size(&self) -> (i32, i32) {
        functions().map_or((0, 0), |f| {
            let image = handle(self.handle);
            // SAFETY: the image lives.
            unsafe {
                (
                    (f.image_get_width_pixels)(image),
                    (f.image_get_height_pixels)(image),
                )
            }
        })
    }

    /// Device time in µs and system time in ns of an image.
    pub(super) fn times(&self) -> (u64, u64) {
        functions().map_or((0, 0), |f| {
            let image = handle(self.handle);
            // SAFETY: the image lives.
            unsafe {
                (
                    (f.image_get_device_timestamp_usec)(image),
                    (f.image_get_system_timestamp_nsec)(image),
                )
            }
        })
    }

    /// The address of an image's memory.
    pub(super) fn memory(&self) -> u64 {
        functions().map_or(0, |f| {
            // SAFETY: the image lives.
            unsafe { (f.image_get_buffer)(handle(self.handle)) }.addr() as u64
        })
    }
}

impl Drop for Reference {
    fn drop(&mut self) {
        // SAFETY: the reference is ours and is not used again.
        unsafe { (self.release)(handle(self.handle)) };
    }
}
