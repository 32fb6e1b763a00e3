//! ONNX models: graphs written by hand for every contract, bad models, pictures, and the real models if they are
//! installed.
//!
//! Graphs run in tract, and in ONNX Runtime where `ORT_DYLIB_PATH` names its library; `cargo xtask test` fetches one. The real
//! models are looked for in `KINECT_MODELS`, which `cargo xtask models` fills.

mod bad_models;
mod contracts;
pub(crate) mod graph;
mod pictures;
pub(crate) mod real_models;
pub(crate) mod tracker;

use kinect_tracking::onnx::{NetworkSettings, OnnxSettings, Processor, Runtime};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

/// The libraries that can run networks on this machine: tract, and ONNX Runtime if it is installed.
pub(crate) fn runtimes() -> Vec<Runtime> {
    let mut runtimes = vec![Runtime::Embedded];
    if std::env::var_os("ORT_DYLIB_PATH").is_some() {
        runtimes.push(Runtime::Installed);
    } else {
        assert!(
            std::env::var_os("KINECT_REQUIRE_REAL").is_none(),
            "ORT_DYLIB_PATH does not name ONNX Runtime's library"
        );
        println!("skipped ONNX Runtime: ORT_DYLIB_PATH does not name its library");
    }
    runtimes
}

pub(crate) fn settings(model: PathBuf, runtime: Runtime) -> OnnxSettings {
    OnnxSettings {
        model: Some(model),
        network: NetworkSettings {
            runtime,
            ..NetworkSettings::default()
        },
        processor: Processor::Cpu,
        ..OnnxSettings::default()
    }
}

/// A file for a test's model, which is removed when the test ends.
pub(crate) struct ModelFile(pub(crate) PathBuf);

impl ModelFile {
    pub(crate) fn new(name: &str, bytes: &[u8]) -> Self {
        // A folder of its own: a shared one would be removed by one test while another is about to write into it.
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder =
            std::env::temp_dir().join(format!("kinect-onnx-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join(format!("{name}.onnx"));
        std::fs::write(&path, bytes).unwrap();
        Self(path)
    }
}

impl Drop for ModelFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
        if let Some(folder) = self.0.parent() {
            let _ = std::fs::remove_dir(folder);
        }
    }
}
