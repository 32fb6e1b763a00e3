//! Loading one file, and finding out where functions came from.

use std::error::Error as _;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// Loads a library without making its symbols visible to others; an error is the system's message.
pub(crate) fn open(path: &Path) -> Result<libloading::Library, String> {
    // SAFETY: loading runs the library's initialisers. The path is that of a vendor's library, or the caller of
    // `Library::load_from` guarantees that it can be loaded, as its documentation asks; or the code for which
    // `load_for_good` loads it would run them in any case.
    unsafe { open_quietly(path) }.map_err(|error| {
        // The system's own message is the error's source.
        error
            .source()
            .map_or_else(|| error.to_string(), ToString::to_string)
    })
}

/// Loads a library for code that will load it once more by the same path, and must not fail then. It stays loaded until the process
/// ends.
///
/// # Errors
/// Fails if the system's loader does not find or cannot load the library; the error is the system's message.
pub fn load_for_good(path: &Path) -> Result<(), String> {
    // Libraries that start threads must not be unloaded.
    open(path).map(core::mem::forget)
}

#[cfg(unix)]
unsafe fn open_quietly(path: &Path) -> Result<libloading::Library, libloading::Error> {
    use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};
    // All functions are resolved now, so that a missing function is an error here, and does not end the process at its
    // first call. SAFETY: the caller guarantees that the initialisers are safe to run.
    unsafe { Library::open(Some(path), RTLD_NOW | RTLD_LOCAL) }.map(Into::into)
}

#[cfg(windows)]
unsafe fn open_quietly(path: &Path) -> Result<libloading::Library, libloading::Error> {
    use libloading::os::windows::{LOAD_WITH_ALTERED_SEARCH_PATH, Library};
    // Libraries beside the file (the depth engine, ONNX Runtime) are found first; this works only with absolute paths.
    let flags = if path.is_absolute() {
        LOAD_WITH_ALTERED_SEARCH_PATH
    } else {
        0
    };
    // SAFETY: the caller guarantees that the initialisers are safe to run.
    unsafe { Library::load_with_flags(path, flags) }.map(Into::into)
}

/// The absolute path of a file. On Windows links are not resolved, because the loader does not search the folders of
/// resolved paths.
pub(crate) fn whole_path(path: &Path) -> std::io::Result<PathBuf> {
    if cfg!(windows) {
        std::path::absolute(path)
    } else {
        std::fs::canonicalize(path)
    }
}

/// Loads the closed depth engine that lies beside `libk4a`, because `libk4a` loads the engine by its name alone.
pub(crate) fn preload_depth_engine(libk4a: &Path) {
    let Some(folder) = libk4a.parent() else {
        return;
    };
    let is_engine = |name: &OsStr| {
        let name = name.to_string_lossy().to_lowercase();
        name == "depthengine_2_0.dll" || name.starts_with("libdepthengine.so")
    };
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if !is_engine(&entry.file_name()) {
            continue;
        }
        match open(&entry.path()) {
            // It stays for the life of the process, as libk4a does.
            Ok(engine) => std::mem::forget(engine),
            Err(reason) => tracing::debug!(
                target: "k4a::library",
                "the depth engine {} does not load: {reason}", entry.path().display()
            ),
        }
    }
}

/// The file that a function's code was loaded from.
#[cfg(unix)]
pub(crate) fn file_of(address: usize) -> Option<PathBuf> {
    use std::ffi::CStr;
    use std::os::unix::ffi::OsStrExt;
    let mut info = libc::Dl_info {
        dli_fname: std::ptr::null(),
        dli_fbase: std::ptr::null_mut(),
        dli_sname: std::ptr::null(),
        dli_saddr: std::ptr::null_mut(),
    };
    // SAFETY: any address may be asked about; the result points to a live structure.
    let found = unsafe { libc::dladdr(std::ptr::with_exposed_provenance(address), &raw mut info) };
    if found == 0 || info.dli_fname.is_null() {
        return None;
    }
    // SAFETY: it is the loader's text, which lives as long as the library; libraries are not unloaded here.
    let name = unsafe { CStr::from_ptr(info.dli_fname) };
    Some(PathBuf::from(OsStr::from_bytes(name.to_bytes())))
}

/// The file that a function's code was loaded from; it is not determined on this system.
#[cfg(not(unix))]
pub(crate) fn file_of(_address: usize) -> Option<PathBuf> {
    None
}

/// Whether `companion` is linked to that `libk4a`, whose `k4a_capture_release` has the given address. The loader links
/// by names only, so a companion may be linked to another vendor's `libk4a`, which cannot use its captures and images.
#[cfg(unix)]
pub(crate) fn is_bound_to(
    companion: &libloading::Library,
    _libk4a: &Path,
    capture_release: usize,
) -> bool {
    const SYMBOL: &str = "k4a_capture_release";
    let global = libloading::Library::from(libloading::os::unix::Library::this());
    // The loader looks names up in the global scope first, then in the libraries that the companion depends on, in
    // their order.
    match address_in(&global, SYMBOL) {
        Some(address) => address == capture_release,
        None => address_in(companion, SYMBOL) == Some(capture_release),
    }
}

/// Whether `companion` is linked to that `libk4a`, whose `k4a_capture_release` has the given address. Windows links
/// every library to the `k4a.dll` that was loaded first.
#[cfg(windows)]
pub(crate) fn is_bound_to(
    _companion: &libloading::Library,
    libk4a: &Path,
    capture_release: usize,
) -> bool {
    let Some(name) = libk4a.file_name() else {
        return false;
    };
    let Ok(first) = libloading::os::windows::Library::open_already_loaded(name) else {
        return false;
    };
    address_in(&first.into(), "k4a_capture_release") == Some(capture_release)
}

fn address_in(library: &libloading::Library, symbol: &str) -> Option<usize> {
    // SAFETY: only the address is looked at.
    unsafe { library.get::<unsafe extern "C" fn()>(symbol) }
        .ok()
        .map(|function| *function as usize)
}
