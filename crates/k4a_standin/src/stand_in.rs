//! The test's side: one loaded library, its script and its statistics.

use std::ffi::{CString, c_char};
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use kinect_test_support::built_library::built_library;
use libloading::Library;

use crate::script::Script;
use crate::statistics::Statistics;

/// An instance of the stand-in: a copy of the library under the vendor's name in a folder of its own, which shares
/// nothing with other instances.
///
/// The library stays loaded as long as the `StandIn` or a client has it loaded; dropping the `StandIn` removes the
/// folder. A device's handles may outlive it.
#[derive(Debug)]
pub struct StandIn {
    folder: PathBuf,
    path: PathBuf,
    /// The library is unloaded before its folder is removed, because some systems cannot remove loaded files.
    library: ManuallyDrop<Library>,
}

type TakeText = unsafe extern "C" fn(*const c_char) -> i32;
type GiveText = unsafe extern "C" fn(*mut c_char, *mut usize) -> i32;

#[cfg(target_os = "windows")]
const VENDORS_NAME: &str = "k4a.dll";
#[cfg(target_os = "macos")]
const VENDORS_NAME: &str = "libk4a.1.4.dylib";
#[cfg(not(any(target_os = "windows", target_os = "macos")))]
const VENDORS_NAME: &str = "libk4a.so.1.4";

impl StandIn {
    /// Microsoft's library with a script.
    ///
    /// # Panics
    /// Panics if the built library is not found or cannot be loaded, or if the script is invalid; the message says what
    /// to do.
    #[allow(clippy::panic, reason = "for tests, which end here")]
    pub fn microsoft(script: &Script) -> Self {
        Self::new("k4a_standin", script).unwrap_or_else(|problem| panic!("{problem}"))
    }

    /// Orbbec's library with a script. The crate `k4a_standin_orbbec` must be a dev-dependency, too.
    ///
    /// # Panics
    /// Panics if the built library is not found or cannot be loaded, or if the script is invalid; the message says what
    /// to do.
    #[allow(clippy::panic, reason = "for tests, which end here")]
    pub fn orbbec(script: &Script) -> Self {
        Self::new("k4a_standin_orbbec", script).unwrap_or_else(|problem| panic!("{problem}"))
    }

    fn new(krate: &str, script: &Script) -> Result<Self, String> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        script.check()?;
        let built = built_library(krate)?;
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("{krate}-{}-{number}", std::process::id()));
        let path = folder.join(VENDORS_NAME);
        let explain = |error: std::io::Error| format!("{}: {error}", path.display());
        // Files that an earlier process with the same id left behind are overwritten.
        std::fs::create_dir_all(&folder).map_err(explain)?;
        std::fs::copy(&built, &path).map_err(explain)?;
        // SAFETY: its initialisers do nothing but set a flag.
        let library = unsafe { Library::new(&path) }.map_err(|error| {
            let why = std::error::Error::source(&error).map(ToString::to_string);
            format!("{}: {error}: {}", path.display(), why.unwrap_or_default())
        })?;
        let stand_in = Self {
            folder,
            path,
            library: ManuallyDrop::new(library),
        };
        stand_in.try_configure(&script.json())?;
        Ok(stand_in)
    }

    /// The library file, to be loaded in place of the vendor's.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder of the library file. Libraries that belong to it, such as a stand-in of the body tracker, are put there.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Applies another script, also while devices run.
    ///
    /// # Panics
    /// Panics if the script is invalid.
    #[allow(clippy::panic, reason = "for tests, which end here")]
    pub fn configure(&self, script: &Script) {
        self.try_configure(&script.json())
            .unwrap_or_else(|problem| panic!("{problem}"));
    }

    /// Applies a script in JSON.
    ///
    /// # Errors
    /// Fails with the library's message if the script is invalid; the old script stays.
    pub fn try_configure(&self, json: &str) -> Result<(), String> {
        self.tell("k4a_standin_configure", json)
    }

    /// Pulls a device's cable.
    ///
    /// # Panics
    /// Panics if the script has no device with that serial number.
    pub fn unplug(&self, serial: &str) {
        self.command(&format!("unplug {serial}"));
    }

    /// Puts a device's cable back.
    ///
    /// # Panics
    /// Panics if the script has no device with that serial number.
    pub fn replug(&self, serial: &str) {
        self.command(&format!("replug {serial}"));
    }

    /// Switches a device's power off and on, so that the device forgets its colour controls.
    ///
    /// # Panics
    /// Panics if the script has no device with that serial number.
    pub fn power_cycle(&self, serial: &str) {
        self.command(&format!("power-cycle {serial}"));
    }

    /// Frees the drawn captures; they are drawn again when cameras start.
    ///
    /// # Panics
    /// Panics only if the library is broken.
    pub fn forget_pictures(&self) {
        self.command("forget");
    }

    #[allow(clippy::panic, reason = "for tests, which end here")]
    fn command(&self, command: &str) {
        self.tell("k4a_standin_command", command)
            .unwrap_or_else(|problem| panic!("{problem}"));
    }

    /// The library's statistics.
    ///
    /// # Panics
    /// Panics if the library does not answer.
    #[allow(clippy::panic, reason = "for tests, which end here")]
    pub fn statistics(&self) -> Statistics {
        self.ask("k4a_standin_statistics")
            .and_then(|json| serde_json::from_str(&json).map_err(|error| error.to_string()))
            .unwrap_or_else(|problem| panic!("the statistics: {problem}"))
    }

    fn tell(&self, function: &str, text: &str) -> Result<(), String> {
        let text = CString::new(text).map_err(|error| error.to_string())?;
        // SAFETY: the stand-in's functions of this kind have this signature.
        let tell = unsafe { self.library.get::<TakeText>(function) };
        let tell = tell.map_err(|error| error.to_string())?;
        // SAFETY: the text ends with a NUL and lives.
        if unsafe { tell(text.as_ptr()) } == 0 {
            return Ok(());
        }
        Err(self.ask("k4a_standin_problem")?)
    }

    fn ask(&self, function: &str) -> Result<String, String> {
        // SAFETY: the stand-in's functions of this kind have this signature.
        let ask = unsafe { self.library.get::<GiveText>(function) };
        let ask = ask.map_err(|error| error.to_string())?;
        let mut text = vec![0_u8; 4096];
        // The text can grow between the two calls.
        for _ in 0..20 {
            let mut size = text.len();
            // SAFETY: the buffer has that size.
            match unsafe { ask(text.as_mut_ptr().cast(), &raw mut size) } {
                0 => {
                    text.truncate(size.saturating_sub(1));
                    return String::from_utf8(text).map_err(|error| error.to_string());
                }
                2 => text.resize(size * 2, 0),
                _ => break,
            }
        }
        Err(format!("{function} does not answer"))
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        // The drawn captures would stay in memory when the library is unloaded.
        let _ = self.tell("k4a_standin_command", "forget");
        // SAFETY: it is not used again.
        unsafe { ManuallyDrop::drop(&mut self.library) };
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
