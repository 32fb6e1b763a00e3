//! The test's side: one loaded library, its script and its statistics.

use std::ffi::{CString, c_char};
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

use kinect_test_support::built_library::built_library;
use libloading::Library;

use crate::script::{Script, Version};
use crate::statistics::Statistics;

/// The name in the built file for the `libk4a` that it uses.
const PLACEHOLDER: &str = include_str!("placeholder.txt");
/// The function by which clients recognise version 1.1, and its name in a copy of version 1.0.
const ONLY_1_1: [&[u8]; 2] = [
    b"k4abt_frame_get_system_timestamp_nsec\0",
    b"k4abt_frame_not_in_1_0_timestamp_nsec\0",
];

/// The vendor's body tracker under its own name, bound to one `libk4a`.
#[derive(Debug)]
pub struct TrackerStandIn {
    path: PathBuf,
    library: ManuallyDrop<Library>,
}

type TakeText = unsafe extern "C" fn(*const c_char) -> i32;
type GiveText = unsafe extern "C" fn(*mut c_char, *mut usize) -> i32;

const fn vendors_name(version: Version) -> &'static str {
    match version {
        _ if cfg!(windows) => "k4abt.dll",
        Version::V10 => "libk4abt.so.1.0",
        Version::V11 => "libk4abt.so.1.1",
    }
}

impl TrackerStandIn {
    /// Copies the library into a folder in which clients of a `libk4a` search for it. `libk4a` is the file that the
    /// copy is linked to: normally the one in that folder. With another file, the copy behaves as in a process that has
    /// loaded that file first.
    ///
    /// # Panics
    /// Panics if the built library is not found or cannot be loaded; the message says what to do.
    #[allow(clippy::panic, reason = "for tests, which end here")]
    pub fn in_folder(folder: &Path, libk4a: &Path, script: &Script) -> Self {
        Self::new(folder, libk4a, script).unwrap_or_else(|problem| panic!("{problem}"))
    }

    fn new(folder: &Path, libk4a: &Path, script: &Script) -> Result<Self, String> {
        let path = folder.join(vendors_name(script.version));
        let explain = |error: std::io::Error| format!("{}: {error}", path.display());
        let mut bytes = std::fs::read(built_library("k4abt_standin")?).map_err(explain)?;
        if cfg!(target_os = "linux") {
            let placeholder = PLACEHOLDER.trim().as_bytes();
            let mut name = libk4a.as_os_str().as_encoded_bytes().to_vec();
            if name.len() > placeholder.len() {
                return Err(format!("{} is too long a path", libk4a.display()));
            }
            name.resize(placeholder.len(), 0);
            replace(&mut bytes, placeholder, &name);
        }
        if script.version == Version::V10 {
            replace(&mut bytes, ONLY_1_1[0], ONLY_1_1[1]);
        }
        std::fs::write(&path, bytes).map_err(explain)?;
        // SAFETY: it has no initialisers.
        let library = unsafe { Library::new(&path) }.map_err(|error| {
            let why = std::error::Error::source(&error).map(ToString::to_string);
            format!("{}: {error}: {}", path.display(), why.unwrap_or_default())
        })?;
        let stand_in = Self {
            path,
            library: ManuallyDrop::new(library),
        };
        stand_in.tell(&script.json())?;
        Ok(stand_in)
    }

    /// The library file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Applies another script, also while trackers run. Functions that hang return.
    ///
    /// # Panics
    /// Panics if the library refuses the script.
    #[allow(clippy::panic, reason = "for tests, which end here")]
    pub fn configure(&self, script: &Script) {
        self.tell(&script.json())
            .unwrap_or_else(|problem| panic!("{problem}"));
    }

    /// The library's statistics.
    ///
    /// # Panics
    /// Panics if the library does not answer.
    #[allow(clippy::panic, reason = "for tests, which end here")]
    pub fn statistics(&self) -> Statistics {
        self.ask("k4abt_standin_statistics")
            .and_then(|json| serde_json::from_str(&json).map_err(|error| error.to_string()))
            .unwrap_or_else(|problem| panic!("the statistics: {problem}"))
    }

    fn tell(&self, script: &str) -> Result<(), String> {
        let text = CString::new(script).map_err(|error| error.to_string())?;
        // SAFETY: the stand-in's function has this signature.
        let tell = unsafe { self.library.get::<TakeText>("k4abt_standin_configure") };
        let tell = tell.map_err(|error| error.to_string())?;
        // SAFETY: the text ends with a NUL and lives.
        if unsafe { tell(text.as_ptr()) } == 0 {
            return Ok(());
        }
        Err(format!("the library does not take the script {script}"))
    }

    fn ask(&self, function: &str) -> Result<String, String> {
        // SAFETY: the stand-in's functions of this kind have this signature.
        let ask = unsafe { self.library.get::<GiveText>(function) };
        let ask = ask.map_err(|error| error.to_string())?;
        let mut text = vec![0_u8; 4096];
        // The text can grow between two calls.
        for _ in 0..30 {
            let mut size = text.len();
            // SAFETY: the buffer has that size.
            match unsafe { ask(text.as_mut_ptr().cast(), &raw mut size) } {
                0 => {
                    text.truncate(size);
                    return String::from_utf8(text).map_err(|error| error.to_string());
                }
                2 => text.resize(size * 2, 0),
                _ => break,
            }
        }
        Err(format!("{function} does not answer"))
    }
}

impl Drop for TrackerStandIn {
    fn drop(&mut self) {
        // Functions that hang return, so that their threads can end.
        let _ = self.tell(&Script::default().json());
        // SAFETY: it is not used again.
        unsafe { ManuallyDrop::drop(&mut self.library) };
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Replaces all bytes of that kind by as many others.
fn replace(bytes: &mut [u8], old: &[u8], new: &[u8]) {
    let mut from = 0;
    while let Some(rest) = bytes.get_mut(from..)
        && let Some(at) = rest.windows(old.len()).position(|window| window == old)
    {
        rest[at..at + old.len()].copy_from_slice(new);
        from += at + old.len();
    }
}
