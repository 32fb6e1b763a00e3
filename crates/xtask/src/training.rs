//! The smoke run of `training/`: a little data, both networks trained for seconds, gone on with, and exported.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::steps::Steps;
use crate::workspace::Workspace;

const STEP: &str = "training: a minute of everything";
/// Names the Python of the training environment (`training/README.md`).
const PYTHON: &str = "KINECT_TRAINING_PYTHON";

/// Runs `training/smoke.sh` if there is a Python with PyTorch. PyTorch takes gigabytes, so nothing fetches it for the checks; a
/// Python that the user named must have it.
pub(crate) fn run(workspace: &Workspace, steps: &mut Steps) -> Result<(), String> {
    // Asking Python takes seconds.
    if steps.is_left_out(STEP) {
        return Ok(());
    }
    let chosen = std::env::var_os(PYTHON).filter(|path| !path.is_empty());
    let python = chosen
        .clone()
        .map_or_else(|| PathBuf::from("python3"), PathBuf::from);
    let has_torch = Command::new(&python)
        .args(["-c", "import numpy, onnx, torch"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !has_torch {
        if chosen.is_some() {
            return Err(format!(
                "{} cannot import numpy, onnx and torch: install training/requirements.txt, or unset {PYTHON}",
                python.display()
            ));
        }
        println!(
            "\ntraining: left out, because python3 has no PyTorch; {PYTHON} names a Python with training/requirements.txt"
        );
        return Ok(());
    }
    let out = workspace.target.join("tmp/training-smoke");
    if out.exists() {
        std::fs::remove_dir_all(&out)
            .map_err(|e| format!("cannot remove {}: {e}", out.display()))?;
    }
    let mut smoke = Command::new("sh");
    smoke
        .arg("training/smoke.sh")
        .current_dir(&workspace.root)
        .env("PYTHON", python)
        .env("PROFILE", "dev")
        .env("CARGO_TARGET_DIR", &workspace.target)
        .env("OUT", out);
    steps.run(
        STEP,
        &mut smoke,
        "training/README.md describes what it runs.",
    )
}
