//! The findings about the vendor's body tracker: its library, its network, and what the network runs on. Nothing is
//! loaded.
//!
//! The files are those of the Azure Kinect Body Tracking SDK 1.1 (CUDA 11, cuDNN 8) and 1.0 (CUDA 10.0, cuDNN 7).

use std::path::{Path, PathBuf};

use k4a::TRACKER_LIBRARY_VARIABLE;

use super::facts::{Facts, Os};
use super::libraries::{Vendors, companion};
use super::report::{Check, Finding, Status};

/// The library, its network, and what that runs on.
pub(super) fn findings(facts: &Facts, vendors: &Vendors) -> [Finding; 3] {
    const LIBRARY: Check = Check::TrackerLibrary;
    if facts.os == Os::Other {
        return [LIBRARY, Check::TrackerModel, Check::TrackerRuntime].map(Finding::inapplicable);
    }
    match companion(facts, vendors, TRACKER_LIBRARY_VARIABLE, "k4abt") {
        Some(file) => [
            Finding::new(LIBRARY, Status::Found, file.display().to_string()),
            model(facts, &file),
            runtime(facts, &file),
        ],
        None => [
            Finding::new(
                LIBRARY,
                Status::Missing,
                "no libk4abt; it is needed only for the vendor's body tracker",
            )
            .fix(format!(
                "for the vendor's body tracker install the Azure Kinect Body Tracking SDK 1.1 (package libk4abt1.1 on \
                 Linux), or set {TRACKER_LIBRARY_VARIABLE}"
            )),
            Finding::inapplicable(Check::TrackerModel),
            Finding::inapplicable(Check::TrackerRuntime),
        ],
    }
}

/// The folders in which the library looks for the files that come with it.
fn folders(facts: &Facts, library: &Path) -> Vec<PathBuf> {
    // Links lead to the package's own folder.
    let real = std::fs::canonicalize(library).ok();
    let beside = [Some(library), real.as_deref()]
        .into_iter()
        .flatten()
        .filter_map(Path::parent)
        .flat_map(|folder| ["", "libk4abt1.1", "libk4abt1.0"].map(|below| folder.join(below)));
    beside
        .chain(facts.program.clone())
        .chain(facts.working.clone())
        // The package for Linux puts its networks there.
        .chain((facts.os == Os::Linux).then(|| facts.path("usr/bin")))
        .collect()
}

fn model(facts: &Facts, library: &Path) -> Finding {
    const CHECK: Check = Check::TrackerModel;
    const NAMES: [&str; 3] = [
        "dnn_model_2_0_op11.onnx",
        "dnn_model_2_0.onnx",
        "dnn_model_2_0_lite_op11.onnx",
    ];
    let folders = folders(facts, library);
    let in_folders = |name: &&str| {
        folders
            .iter()
            .map(|folder| folder.join(name))
            .find(|file| file.is_file())
    };
    match NAMES.iter().find_map(in_folders) {
        Some(file) if file.ends_with(NAMES[2]) => Finding::new(
            CHECK,
            Status::Found,
            format!(
                "{}, the faster and less exact one; the standard one, {}, is not there",
                file.display(),
                NAMES[0]
            ),
        )
        .fix(format!(
            "name this file as the tracker's model, or copy {} from the SDK beside the library",
            NAMES[0]
        )),
        Some(file) => Finding::new(CHECK, Status::Found, file.display().to_string()),
        None => Finding::new(
            CHECK,
            Status::Missing,
            format!(
                "no {} beside {}; without it the vendor's body tracker does not start",
                NAMES[0],
                library.display()
            ),
        )
        .fix(format!(
            "copy {} from the Azure Kinect Body Tracking SDK beside the library, or name it as the tracker's model",
            NAMES[0]
        )),
    }
}

/// Whether the library's file says that it is version 1.0.
fn is_1_0(library: &Path) -> bool {
    let real = std::fs::canonicalize(library).unwrap_or_else(|_| library.to_owned());
    real.file_name()
        .and_then(|name| name.to_str())
        .is_some_and(|name| name.contains(".so.1.0"))
}

/// What the network runs on: DirectML or CUDA with cuDNN. Without it the processor can run the network.
fn runtime(facts: &Facts, library: &Path) -> Finding {
    const CHECK: Check = Check::TrackerRuntime;
    let folders = folders(facts, library);
    let find = |name: &str| {
        let file = folders
            .iter()
            .map(|folder| folder.join(name))
            .find(|file| file.is_file());
        file.or_else(|| facts.loadable(name))
    };
    if facts.os == Os::Windows {
        return match find("directml.dll") {
            Some(file) => Finding::new(
                CHECK,
                Status::Found,
                format!("DirectML, {}", file.display()),
            ),
            None => Finding::new(
                CHECK,
                Status::Missing,
                "no directml.dll; without it the processor runs the network of the vendor's body tracker, which is slow",
            )
            .fix("copy directml.dll and onnxruntime.dll from the SDK's folder `tools` beside the library"),
        };
    }
    let (needed, versions): (&[&str], _) = if is_1_0(library) {
        (
            &[
                "libcuda.so.1",
                "libcudart.so.10.0",
                "libcublas.so.10.0",
                "libcudnn.so.7",
            ],
            "CUDA 10.0 and cuDNN 7",
        )
    } else {
        (
            &[
                "libcuda.so.1",
                "libcudart.so.11.0",
                "libcublas.so.11",
                "libcudnn.so.8",
            ],
            "CUDA 11 and cuDNN 8",
        )
    };
    let missing: Vec<&str> = needed
        .iter()
        .copied()
        .filter(|name| find(name).is_none())
        .collect();
    if missing.is_empty() {
        return Finding::new(CHECK, Status::Found, versions);
    }
    let driver = if missing.contains(&"libcuda.so.1") {
        "install the driver of the NVIDIA graphics card, and "
    } else {
        "install "
    };
    Finding::new(
        CHECK,
        Status::Missing,
        format!(
            "no {}; without it the processor runs the network of the vendor's body tracker, which is slow",
            missing.join(", ")
        ),
    )
    .fix(format!("to track on a graphics card {driver}{versions}"))
}
