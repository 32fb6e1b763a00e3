//! ONNX Runtime, with which the tests compare the embedded tract: fetched from PyPI into the target folder, used by tests alone,
//! never committed, never linked.

use std::fs;
use std::path::{Path, PathBuf};

use crate::vendor::Missing;
use crate::wheel::Wheel;
use crate::workspace::Workspace;

/// The wheel, with the hash PyPI lists for it; pip refuses any other.
const REQUIREMENT: &str = "onnxruntime==1.32.0 \
    --hash=sha256:5a34fc4dfeb5a7b4a74c95dcba1e773d722abda720b474edf1b0c419dc6d163d\n";

/// The library, which is fetched if it is missing: that of `ORT_DYLIB_PATH`, or the one in the target folder.
pub(crate) fn provide(workspace: &Workspace) -> Result<PathBuf, Missing> {
    if let Some(chosen) = std::env::var_os("ORT_DYLIB_PATH").filter(|path| !path.is_empty()) {
        return Ok(PathBuf::from(chosen));
    }
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Err(Missing::NotHere(
            "it is fetched for Linux on x86-64 only; install it and set ORT_DYLIB_PATH".to_owned(),
        ));
    }
    let folder = folder(workspace);
    if !is_complete(&folder) {
        println!("fetching ONNX Runtime from PyPI (23 MB, once)");
        Wheel {
            requirement: REQUIREMENT,
            platform: "manylinux_2_28_x86_64",
            part: "onnxruntime/capi",
        }
        .unpack(&folder, is_complete)
        .map_err(Missing::Failed)?;
    }
    library(&folder)
        .ok_or_else(|| Missing::Failed(format!("{} holds no libonnxruntime.so", folder.display())))
}

/// Whether [`provide`] will want to fetch it.
pub(crate) fn is_wanted(workspace: &Workspace) -> bool {
    std::env::var_os("ORT_DYLIB_PATH").is_none() && !is_complete(&folder(workspace))
}

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.target.join("vendor/onnxruntime")
}

fn is_complete(folder: &Path) -> bool {
    library(folder).is_some()
}

/// The library's name ends with its version.
fn library(folder: &Path) -> Option<PathBuf> {
    fs::read_dir(folder)
        .ok()?
        .flatten()
        .map(|entry| entry.path())
        .find(|path| {
            path.file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with("libonnxruntime.so"))
        })
}
