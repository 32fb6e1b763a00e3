//! A vendor's `libk4a`, loaded. Devices, recordings, calibrations and trackers come from it.

use std::ffi::c_void;
use std::fmt;
use std::path::{Path, PathBuf};
use std::ptr::{from_ref, null_mut};
use std::sync::{Mutex, Once, PoisonError};

use crate::abi::{Handle, K4a, result};
use crate::call::{c_path, check};
use crate::codes::LogLevel;
use crate::error::{Error, Result};
use crate::load_error::{Attempt, LoadError, Refusal};
use crate::loader;
use crate::log::{self, Sink};
use crate::search::{Candidate, LibraryVersion, Origin, Part, Surroundings};
use crate::vendor::Vendor;

/// A loaded `libk4a`. It is cheap to clone, and can be used on any thread.
///
/// A file is loaded once and stays loaded until the process ends, because threads of the library may still run.
/// Microsoft's library and Orbbec's library can be loaded side by side.
#[derive(Clone)]
pub struct Library(&'static Loaded);

/// A loaded library, which stays loaded for the life of the process.
struct Loaded {
    functions: K4a,
    vendor: Vendor,
    path: PathBuf,
    version: Option<LibraryVersion>,
    sink: &'static Sink,
}

/// All libraries that are loaded.
static LOADED: Mutex<Vec<Library>> = Mutex::new(Vec::new());

impl Library {
    /// Loads the first library of either vendor that can be loaded, in the order of [`search`](crate::search()).
    ///
    /// # Errors
    /// Fails if no library can be loaded. The error lists every place with the reason, and says what to install.
    pub fn load() -> Result<Self, LoadError> {
        Self::load_first(
            None,
            Surroundings::of_this_process().candidates(Part::K4a, None, None),
        )
    }

    /// Loads that vendor's library.
    ///
    /// # Errors
    /// Fails if no library can be loaded. The error lists every place with the reason, and says what to install.
    pub fn load_vendor(vendor: Vendor) -> Result<Self, LoadError> {
        let candidates = Surroundings::of_this_process().candidates(Part::K4a, Some(vendor), None);
        Self::load_first(Some(vendor), candidates)
    }

    /// Loads this file, or the library in this folder. Loading runs the library's own code, so name only a file that
    /// you trust as much as the program itself.
    ///
    /// # Errors
    /// Fails if the file does not exist, cannot be loaded, or is not a `libk4a`.
    pub fn load_from(path: impl AsRef<Path>) -> Result<Self, LoadError> {
        Self::load_first(
            None,
            Surroundings::of_this_process().named(Part::K4a, path.as_ref()),
        )
    }

    fn load_first(vendor: Option<Vendor>, candidates: Vec<Candidate>) -> Result<Self, LoadError> {
        let mut attempts = Vec::new();
        for candidate in candidates {
            match Self::load_candidate(vendor, &candidate) {
                Ok(library) => return Ok(library),
                Err(reason) => {
                    let is_others =
                        vendor.is_some() && candidate.vendor.is_some_and(|v| Some(v) != vendor);
                    if let Origin::Variable(name) = candidate.origin
                        && !is_others
                    {
                        say_once(name, &candidate.path, &reason);
                    }
                    attempts.push(Attempt {
                        path: candidate.path,
                        origin: candidate.origin,
                        reason,
                    });
                }
            }
        }
        Err(LoadError::new(Part::K4a, vendor, attempts))
    }

    fn load_candidate(vendor: Option<Vendor>, candidate: &Candidate) -> Result<Self, Refusal> {
        if candidate.origin != Origin::Loader {
            if !candidate.exists {
                return Err(Refusal::NotThere);
            }
            // The vendor is read from the file, because a loaded library of another vendor could not be unloaded.
            if let (Some(wanted), Some(found)) = (vendor, candidate.vendor)
                && wanted != found
            {
                return Err(Refusal::OtherVendor(found));
            }
        }
        let library = Self::open(candidate)?;
        match vendor {
            Some(wanted) if wanted != library.vendor() => {
                Err(Refusal::OtherVendor(library.vendor()))
            }
            _ => Ok(library),
        }
    }

    /// Loads a file, unless it is already loaded.
    fn open(candidate: &Candidate) -> Result<Self, Refusal> {
        let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        let file = if candidate.origin == Origin::Loader {
            candidate.path.clone()
        } else {
            loader::whole_path(&candidate.path)
                .map_err(|error| Refusal::DoesNotLoad(error.to_string()))?
        };
        if let Some(known) = loaded.iter().find(|known| known.0.path == file) {
            return Ok(known.clone());
        }
        loader::preload_depth_engine(&file);
        let library = loader::open(&file).map_err(Refusal::DoesNotLoad)?;
        // SAFETY: the names are those of the vendors' functions, whose signatures the table has; the library stays.
        let functions = unsafe { K4a::load(&library) }
            .map_err(|symbol| Refusal::incomplete("libk4a 1.4", symbol))?;
        let address = functions.device_open as usize;
        // The library may already be loaded by another path, or by its name.
        if let Some(known) = loaded
            .iter()
            .find(|known| known.0.functions.device_open as usize == address)
        {
            return Ok(known.clone());
        }
        let is_orbbec = functions.set_orbbec_extensions_directory.is_some()
            || functions.device_get_pid.is_some();
        let vendor = if is_orbbec {
            Vendor::Orbbec
        } else {
            Vendor::Microsoft
        };
        let path = if candidate.origin == Origin::Loader {
            let path = loader::file_of(address).unwrap_or(file);
            loader::whole_path(&path).unwrap_or(path)
        } else {
            file
        };
        // The library keeps threads and calls the sink, so both stay for the life of the process.
        std::mem::forget(library);
        let sink: &'static Sink = Box::leak(Box::new(Sink::new(vendor.name())));
        let library = Self(Box::leak(Box::new(Loaded {
            functions,
            vendor,
            version: LibraryVersion::of_file(&path),
            path,
            sink,
        })));
        // This is done before a device is opened, so that the library does not write to the standard output.
        if !library.set_log_level(default_log_level()) {
            tracing::debug!(
                target: "k4a::library",
                "{} does not accept a message handler and may write to the standard output",
                library.path().display()
            );
        }
        loaded.push(library.clone());
        Ok(library)
    }

    pub(crate) fn functions(&self) -> &'static K4a {
        &self.0.functions
    }

    /// A function that only some libraries have; an error if this library lacks it.
    pub(crate) fn needed<F>(&self, name: &'static str, function: Option<F>) -> Result<F> {
        function.ok_or_else(|| {
            Error::not_supported(
                name,
                format!("{}'s library has no such function", self.vendor()),
            )
        })
    }

    /// The vendor of this library.
    pub fn vendor(&self) -> Vendor {
        self.0.vendor
    }

    /// The path of the loaded file, with links resolved; only its name if the system's loader does not report the path.
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// The version of the library, if the names of the file or its folders contain one.
    pub fn version(&self) -> Option<LibraryVersion> {
        self.0.version
    }

    /// Sets which messages of the library become `tracing` events; before the first call the level is that of the
    /// variable `K4A_LOG_LEVEL`, or warnings. With [`Off`](LogLevel::Off), [errors](Error::messages) have no messages
    /// either. Returns whether the library accepted the level.
    ///
    /// `libk4arecord` and `libk4abt` have their own loggers, which cannot be changed: they write errors to the standard
    /// output, unless the environment says `K4A_ENABLE_LOG_TO_STDOUT=0` (`K4ABT_ENABLE_LOG_TO_STDOUT=0`) before they
    /// are loaded.
    pub fn set_log_level(&self, level: LogLevel) -> bool {
        let sink = from_ref(self.0.sink).cast_mut().cast::<c_void>();
        // SAFETY: the handler fits the sink, which lives as long as the library.
        let code = unsafe {
            (self.functions().set_debug_message_handler)(Some(log::on_message), sink, level.code())
        };
        code == result::SUCCEEDED
    }

    /// Number of connected devices, including those that are in use. This examines all USB devices, which takes
    /// milliseconds. Microsoft's library leaks some bytes with each call, so call it every second rather than every
    /// frame.
    pub fn device_count(&self) -> u32 {
        // SAFETY: the function takes no arguments.
        let count = log::during(|| unsafe { (self.functions().device_get_installed_count)() });
        // If no device is connected, the library logs an error.
        log::forget_messages();
        count
    }

    /// Orbbec's library only: sets the folder of the depth engine and other extensions. Call it before a device is
    /// opened.
    ///
    /// # Errors
    /// Fails if the library is not Orbbec's.
    pub fn set_orbbec_extensions_directory(&self, folder: impl AsRef<Path>) -> Result<()> {
        const FUNCTION: &str = "k4a_set_orbbec_extensions_directory";
        let set = self.needed(FUNCTION, self.functions().set_orbbec_extensions_directory)?;
        // The documentation does not say whether the library copies the text, so the text is never freed.
        let folder: &'static _ = Box::leak(Box::new(c_path(FUNCTION, folder.as_ref())?));
        // SAFETY: the text lives.
        log::during(|| unsafe { set(folder.as_ptr()) });
        Ok(())
    }

    /// Orbbec's library on Linux only: starts the depth engine ahead of time. A program that uses OpenGL itself must
    /// keep this helper alive while it starts a depth camera.
    ///
    /// # Errors
    /// Fails if the library is not Orbbec's, or if the depth engine does not start.
    pub fn depth_engine_helper(&self) -> Result<DepthEngineHelper> {
        const FUNCTION: &str = "k4a_depth_engine_helper_create";
        let f = self.functions();
        let create = self.needed(FUNCTION, f.depth_engine_helper_create)?;
        let release = self.needed(FUNCTION, f.depth_engine_helper_release)?;
        let mut handle = null_mut();
        // SAFETY: the result points to a live handle.
        check(FUNCTION, || unsafe { create(&raw mut handle) })?;
        if handle.is_null() {
            return Err(Error::unexpected(
                FUNCTION,
                "the library returned no helper",
            ));
        }
        Ok(DepthEngineHelper { handle, release })
    }
}

impl PartialEq for Library {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

impl Eq for Library {}

impl fmt::Debug for Library {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Library")
            .field("vendor", &self.vendor())
            .field("path", &self.path())
            .field("version", &self.version())
            .finish_non_exhaustive()
    }
}

/// Keeps Orbbec's depth engine alive; see [`Library::depth_engine_helper`].
#[derive(Debug)]
pub struct DepthEngineHelper {
    handle: Handle,
    release: unsafe extern "C" fn(Handle),
}

// SAFETY: the handle is only kept, and released once, when its owner is dropped.
unsafe impl Send for DepthEngineHelper {}
// SAFETY: a shared reference has no methods.
unsafe impl Sync for DepthEngineHelper {}

impl Drop for DepthEngineHelper {
    fn drop(&mut self) {
        // SAFETY: the handle is ours and is not used again.
        unsafe { (self.release)(self.handle) }
    }
}

/// Warns that a variable names a file that was not used. The warning is given once, because programs try again.
fn say_once(variable: &str, path: &Path, reason: &Refusal) {
    static SAID: Once = Once::new();
    SAID.call_once(|| {
        tracing::warn!(
            target: "k4a::library",
            "{variable} names {}, which is not used: {reason}", path.display()
        );
    });
}

/// The level in the library's own environment variable. Only the first letter counts, as in the library itself.
fn default_log_level() -> LogLevel {
    let value = std::env::var("K4A_LOG_LEVEL").unwrap_or_default();
    match value.chars().next().map(|c| c.to_ascii_lowercase()) {
        Some('t') => LogLevel::Trace,
        Some('i') => LogLevel::Info,
        Some('e') => LogLevel::Error,
        Some('c') => LogLevel::Critical,
        _ => LogLevel::Warning,
    }
}
