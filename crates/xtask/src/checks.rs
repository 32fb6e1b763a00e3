//! `cargo xtask test`: every check that the project asks of a change, in the order in which they fail soonest.

use std::path::PathBuf;

use crate::deny;
use crate::examples;
use crate::features;
use crate::floors;
use crate::onnxruntime;
use crate::options::Options;
use crate::package;
use crate::pages;
use crate::steps::Steps;
use crate::system;
use crate::training;
use crate::vendor;
use crate::workspace::{Workspace, cargo};

/// The module of the tests that draw; `tests/app/support.rs` ensures that no other test draws.
const DRAWING_TESTS: &str = "drawing::";

/// The result of the set-up.
#[derive(Debug)]
pub(crate) struct Setup {
    workspace: Workspace,
    /// The folder with the vendor's libraries, if there is one.
    vendor: Option<PathBuf>,
    /// The library of ONNX Runtime, if there is one.
    onnxruntime: Option<PathBuf>,
    /// Whether a test that needs the vendor's libraries or the real recordings must fail without them.
    require_real: bool,
}

/// Whether a tool that can be fetched must be there.
fn must_have_tools() -> bool {
    std::env::var("CI").is_ok_and(|value| value == "true")
}

/// Makes the system ready for the checks.
pub(crate) fn set_up(options: &Options) -> Result<Setup, String> {
    let workspace = Workspace::find()?;
    if !options.no_setup {
        let mut needs = system::rendering();
        needs.extend(system::test_tools());
        if vendor::is_wanted(&workspace)
            || onnxruntime::is_wanted(&workspace)
            || deny::is_wanted(&workspace)
        {
            needs.extend(system::pip());
        }
        system::provide(&needs, options.install)?;
    }

    let must_have_vendor = options.require_real || must_have_tools();
    let vendor = match vendor::provide(&workspace) {
        Ok(folder) => {
            println!("vendor libraries: {}", folder.display());
            Some(folder)
        }
        Err(vendor::Missing::NotHere(why)) if !options.require_real => {
            println!("vendor libraries: none ({why}); the tests that compare with them skip");
            None
        }
        Err(vendor::Missing::Failed(why)) if !must_have_vendor => {
            println!("warning: no vendor libraries: {why}; the tests that compare with them skip");
            None
        }
        Err(vendor::Missing::NotHere(why) | vendor::Missing::Failed(why)) => {
            return Err(format!("no vendor libraries to compare with: {why}"));
        }
    };

    let onnxruntime = match onnxruntime::provide(&workspace) {
        Ok(library) => {
            println!("ONNX Runtime:     {}", library.display());
            Some(library)
        }
        Err(vendor::Missing::Failed(why)) if must_have_vendor => {
            return Err(format!("no ONNX Runtime to compare with: {why}"));
        }
        Err(vendor::Missing::NotHere(why) | vendor::Missing::Failed(why)) => {
            println!("ONNX Runtime:     none ({why}); the tests that compare with it skip");
            None
        }
    };

    let data = workspace.test_data();
    let has_data = data.join("recordings").is_dir();
    if has_data {
        println!("real recordings:  {}", data.display());
    } else if options.require_real {
        return Err(format!(
            "no real recordings in {}; set KINECT_TEST_DATA to the folder that has recordings/ and calibrations/",
            data.display()
        ));
    } else {
        println!(
            "real recordings:  none in {}; the tests that play them skip",
            data.display()
        );
    }
    Ok(Setup {
        // If both exist, a test that skips because they are missing is a mistake in the test.
        require_real: options.require_real
            || (has_data && vendor.is_some() && onnxruntime.is_some()),
        workspace,
        vendor,
        onnxruntime,
    })
}

/// Checks the uses between modules against the picture in ARCHITECTURE.md.
pub(crate) fn floors() -> Result<(), String> {
    compare_floors(&Workspace::find()?)
}

fn compare_floors(workspace: &Workspace) -> Result<(), String> {
    let findings = floors::check(&workspace.root)?;
    println!("{findings}");
    if findings.complaints.is_empty() {
        return Ok(());
    }
    Err("modules use each other differently from \"The house\" in ARCHITECTURE.md; every place is listed above".to_owned())
}

/// Runs every check and stops at the first that fails.
pub(crate) fn run(options: &Options) -> Result<(), String> {
    let setup = set_up(options)?;
    let mut steps = Steps::only(options.only.clone());
    let result = run_steps(&setup, &mut steps);
    steps.print_summary();
    if result.is_ok() {
        println!("\nAll checks passed.");
    }
    result
}

fn run_steps(setup: &Setup, steps: &mut Steps) -> Result<(), String> {
    let cargo_in_root = || {
        let mut command = cargo();
        command.current_dir(&setup.workspace.root);
        command
    };
    steps.run(
        "format",
        cargo_in_root().args(["fmt", "--all", "--check"]),
        "Run `cargo fmt --all`.",
    )?;
    steps.check("floors", || compare_floors(&setup.workspace))?;
    steps.check("pages", || pages::check(&setup.workspace.root))?;
    deny::run(&setup.workspace, must_have_tools(), steps)?;
    steps.run(
        "clippy",
        cargo_in_root()
            .args(["clippy", "--workspace", "--all-targets", "--all-features"])
            .args(["--", "-D", "warnings"]),
        "Every warning counts; `cargo clippy --fix` repairs some.",
    )?;
    // The workspace build enables all features, unlike most apps.
    features::run(&setup.workspace, steps)?;
    package::run(&setup.workspace, steps)?;
    steps.run(
        "fuzz targets: lock file",
        cargo_in_root()
            .args(["metadata", "--locked", "--format-version", "1"])
            .args(["--manifest-path", "fuzz/Cargo.toml"])
            .stdout(std::process::Stdio::null()),
        "Run `cargo metadata --manifest-path fuzz/Cargo.toml` to bring fuzz/Cargo.lock up to date.",
    )?;
    let mut test = cargo_in_root();
    test.args(["test", "--workspace", "--all-features", "--no-fail-fast"])
        .envs(system::software_vulkan())
        .env("KINECT_TEST_DATA", setup.workspace.test_data());
    if let Some(folder) = &setup.vendor {
        test.env("KINECT_VENDOR_LIBS", folder);
    }
    if let Some(library) = &setup.onnxruntime {
        test.env("ORT_DYLIB_PATH", library);
    }
    if setup.require_real {
        test.env("KINECT_REQUIRE_REAL", "1");
    }
    steps.run(
        "tests",
        &mut test,
        "The failed tests and their messages are listed above.",
    )?;
    // Rendering must not need GPU features that some GPUs lack.
    let mut plain_gpu = cargo_in_root();
    plain_gpu
        .args([
            "test",
            "--workspace",
            "--all-features",
            "--test",
            "app",
            "--",
        ])
        .arg(DRAWING_TESTS)
        .envs(system::software_vulkan())
        .env("WGPU_SETTINGS_PRIO", "webgpu")
        .env("KINECT_TEST_DATA", setup.workspace.test_data());
    steps.run(
        "tests on a GPU with WebGPU's features and limits alone",
        &mut plain_gpu,
        "Something uses a GPU feature without asking whether it is there.",
    )?;
    examples::run(&setup.workspace, steps)?;
    training::run(&setup.workspace, steps)?;
    steps.run(
        "documentation",
        cargo_in_root()
            .args(["doc", "--workspace", "--no-deps", "--all-features"])
            .env("RUSTDOCFLAGS", "-D warnings"),
        "Mostly links to items that were renamed.",
    )
}
