//! Made-up machines: a folder stands for `/`, and functions stand for the system.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use k4a::{Attempt, Candidate, LIBRARY_VARIABLE, Origin, Refusal, Vendor};

use super::facts::{Facts, Os};
use super::libraries::{Outcome, VendorLibrary, Vendors};
use super::{Check, DoctorSettings, Finding, LibrarySensors, Report, Status, bus_of, report};

/// A machine of a test's own; its folder goes away with it.
struct Machine {
    root: PathBuf,
    os: Os,
    variables: HashMap<&'static str, OsString>,
    /// Device files that may not be opened.
    refused: bool,
    microsoft: Outcome,
    orbbec: Outcome,
    candidates: Vec<Candidate>,
}

impl Machine {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let root =
            std::env::temp_dir().join(format!("kinect-doctor-{}-{number}", std::process::id()));
        let _ = fs::remove_dir_all(&root);
        fs::create_dir_all(root.join("work")).unwrap();
        Self {
            root,
            os: Os::Linux,
            variables: HashMap::new(),
            refused: false,
            microsoft: Outcome::Failed(Vec::new()),
            orbbec: Outcome::Failed(Vec::new()),
            candidates: Vec::new(),
        }
    }

    /// A machine on which everything is in order: an Azure Kinect on USB 3.
    fn healthy() -> Self {
        let mut machine = Self::new();
        machine.with_library(Vendor::Microsoft);
        machine.put("usr/lib/libdepthengine.so.2.0", "");
        machine.put("usr/lib/libGL.so.1", "");
        machine.put("usr/lib/libX11.so.6", "");
        machine.put("tmp/.X11-unix/X0", "");
        machine.variables.insert("DISPLAY", ":0".into());
        machine.put("etc/udev/rules.d/99-k4a.rules", RULES);
        machine.put("sys/module/usbcore/parameters/usbfs_memory_mb", "16\n");
        machine.plug_azure_kinect("2-1", "000123456789", 5000);
        machine
    }

    fn put(&self, file: &str, text: &str) -> PathBuf {
        let path = self.root.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    fn remove(&self, file: &str) {
        fs::remove_file(self.root.join(file)).unwrap();
    }

    fn with_library(&mut self, vendor: Vendor) {
        let folder = match vendor {
            Vendor::Microsoft => "usr/lib",
            Vendor::Orbbec => "opt/orbbec/lib",
        };
        let path = self.put(&format!("{folder}/libk4a.so.1.4"), "");
        let outcome = Outcome::Loaded {
            path,
            version: Some("1.4.2".to_owned()),
            library: None,
        };
        match vendor {
            Vendor::Microsoft => self.microsoft = outcome,
            Vendor::Orbbec => self.orbbec = outcome,
        }
    }

    fn plug(&self, port: &str, ids: (&str, &str), serial: Option<&str>, speed: u32) {
        let folder = format!("sys/bus/usb/devices/{port}");
        let device = port.bytes().map(u32::from).sum::<u32>() % 1000;
        for (name, value) in [
            ("idVendor", ids.0.to_owned()),
            ("idProduct", ids.1.to_owned()),
            ("speed", speed.to_string()),
            ("busnum", "2".to_owned()),
            ("devnum", device.to_string()),
        ] {
            self.put(&format!("{folder}/{name}"), &format!("{value}\n"));
        }
        if let Some(serial) = serial {
            self.put(&format!("{folder}/serial"), &format!("{serial}\n"));
        }
        self.put(&format!("dev/bus/usb/002/{device:03}"), "");
    }

    fn plug_azure_kinect(&self, port: &str, serial: &str, speed: u32) {
        let at = |below: &str| format!("{port}{below}");
        self.plug(port, ("045e", "097a"), None, speed);
        self.plug(&at(".9"), ("045e", "097b"), None, 480);
        self.plug(&at(".1"), ("045e", "097c"), Some(serial), speed);
        self.plug(&at(".2"), ("045e", "097d"), Some(serial), speed);
        self.plug(&at(".3"), ("045e", "097e"), None, 480);
    }

    fn facts(&self) -> Facts {
        let (variables, refused) = (self.variables.clone(), self.refused);
        Facts {
            os: self.os,
            root: self.root.clone(),
            variable: Box::new(move |name| variables.get(name).cloned()),
            program: Some(self.root.join("app")),
            working: Some(self.root.join("work")),
            may_open: Box::new(move |path| {
                if refused {
                    return Err(io::ErrorKind::PermissionDenied.into());
                }
                fs::metadata(path).map(drop)
            }),
        }
    }

    fn examine(self) -> Report {
        self.examine_with(None, &DoctorSettings::default())
    }

    fn examine_with(
        mut self,
        asked: Option<&[LibrarySensors]>,
        settings: &DoctorSettings,
    ) -> Report {
        let facts = self.facts();
        let bus = bus_of(&facts);
        let nothing = || Outcome::NotSeen;
        let vendors = Vendors([
            VendorLibrary {
                vendor: Vendor::Microsoft,
                candidates: std::mem::take(&mut self.candidates),
                outcome: std::mem::replace(&mut self.microsoft, nothing()),
            },
            VendorLibrary {
                vendor: Vendor::Orbbec,
                candidates: Vec::new(),
                outcome: std::mem::replace(&mut self.orbbec, nothing()),
            },
        ]);
        report(&facts, &bus, &vendors, asked, settings)
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.root);
    }
}

const RULES: &str = r#"# Azure Kinect
ATTRS{idVendor}=="045e", ATTRS{idProduct}=="097c", MODE="0666", GROUP="plugdev"
"#;

fn one(report: &Report, check: Check) -> &Finding {
    let mut found = report.of(check);
    let first = found
        .next()
        .unwrap_or_else(|| panic!("nothing about {check:?} in {report:#?}"));
    assert!(found.next().is_none(), "more about {check:?}: {report:#?}");
    first
}

/// The checks of the findings that keep a sensor from working.
fn obstacles(report: &Report) -> Vec<Check> {
    let obstacles = report.findings.iter().filter(|one| one.is_in_the_way());
    let mut checks: Vec<_> = obstacles.map(|finding| finding.check).collect();
    checks.dedup();
    checks
}

#[test]
fn a_machine_with_everything_can_use_its_sensor() {
    let report = Machine::healthy().examine();
    assert_eq!(obstacles(&report), [], "{report:#?}");
    assert!(report.is_usable());
    let sensor = one(&report, Check::UsbDevices);
    assert_eq!(sensor.status, Status::Found);
    assert!(sensor.what.contains("000123456789"), "{sensor:?}");
    let library = one(&report, Check::MicrosoftLibrary);
    assert!(library.what.contains("1.4.2"), "{library:?}");
    // The other vendor's library is missing, which does not matter.
    let other = one(&report, Check::OrbbecLibrary);
    assert_eq!((other.status, other.needed), (Status::Missing, false));
}

#[test]
fn every_check_is_reported_in_order_and_what_is_bad_has_a_fix() {
    for machine in [Machine::new(), Machine::healthy()] {
        let report = machine.examine_with(Some(&[]), &DoctorSettings::default());
        let mut checks: Vec<_> = report.findings.iter().map(|one| one.check).collect();
        checks.dedup();
        assert_eq!(checks, Check::ALL);
        for finding in &report.findings {
            assert!(!finding.what.is_empty(), "{finding:?}");
            let needs_fix = finding.is_in_the_way();
            assert!(!needs_fix || finding.fix.is_some(), "{finding:?}");
        }
    }
}

#[test]
fn a_bare_machine_lacks_either_vendors_library() {
    let machine = Machine::new();
    fs::create_dir_all(machine.root.join("sys/bus/usb/devices")).unwrap();
    let report = machine.examine();
    assert!(!report.is_usable());
    for check in [Check::MicrosoftLibrary, Check::OrbbecLibrary] {
        let finding = one(&report, check);
        assert_eq!((finding.status, finding.needed), (Status::Missing, true));
        assert!(
            finding
                .fix
                .as_ref()
                .unwrap()
                .contains("one vendor's library is enough")
        );
    }
    assert_eq!(one(&report, Check::UsbDevices).status, Status::Missing);
    assert_eq!(one(&report, Check::Graphics).status, Status::Missing);
    assert_eq!(one(&report, Check::UdevRules).status, Status::Missing);
}

#[test]
fn the_body_trackers_files_are_named_with_what_to_do() {
    let machine = Machine::healthy();
    let report = machine.examine();
    let library = one(&report, Check::TrackerLibrary);
    assert_eq!((library.status, library.needed), (Status::Missing, false));
    for check in [Check::TrackerModel, Check::TrackerRuntime] {
        assert_eq!(one(&report, check).status, Status::Inapplicable);
    }

    let machine = Machine::healthy();
    machine.put("usr/lib/libk4abt.so.1.1", "");
    machine.put("usr/lib/libcudart.so.11.0", "");
    let report = machine.examine();
    assert!(report.is_usable(), "body tracking is not needed");
    assert_eq!(one(&report, Check::TrackerLibrary).status, Status::Found);
    let model = one(&report, Check::TrackerModel);
    assert_eq!(model.status, Status::Missing);
    assert!(
        model
            .fix
            .as_ref()
            .unwrap()
            .contains("dnn_model_2_0_op11.onnx")
    );
    let runtime = one(&report, Check::TrackerRuntime);
    assert_eq!(runtime.status, Status::Missing);
    assert!(
        runtime
            .what
            .starts_with("no libcuda.so.1, libcublas.so.11, libcudnn.so.8;"),
        "{runtime:?}"
    );
    let fix = runtime.fix.as_ref().unwrap();
    assert!(fix.contains("driver") && fix.contains("cuDNN 8"), "{fix}");

    let machine = Machine::healthy();
    machine.put("usr/lib/libk4abt.so.1.1", "");
    machine.put("usr/bin/dnn_model_2_0_op11.onnx", "");
    for file in [
        "libcuda.so.1",
        "libk4abt1.1/libcudart.so.11.0",
        "libcublas.so.11",
        "libcudnn.so.8",
    ] {
        machine.put(&format!("usr/lib/{file}"), "");
    }
    let report = machine.examine();
    assert_eq!(one(&report, Check::TrackerModel).status, Status::Found);
    assert_eq!(
        one(&report, Check::TrackerRuntime).what,
        "CUDA 11 and cuDNN 8"
    );

    let machine = Machine::healthy();
    machine.put("usr/lib/libk4abt.so.1.0", "");
    machine.put("usr/bin/dnn_model_2_0_lite_op11.onnx", "");
    let report = machine.examine();
    let model = one(&report, Check::TrackerModel);
    assert_eq!(model.status, Status::Found);
    assert!(model.fix.is_some(), "it must be named: {model:?}");
    assert!(
        one(&report, Check::TrackerRuntime)
            .what
            .contains("libcudnn.so.7")
    );

    let mut machine = Machine::healthy();
    machine.os = Os::Windows;
    machine.put("app/k4abt.dll", "");
    machine.put("app/directml.dll", "");
    let report = machine.examine();
    let runtime = one(&report, Check::TrackerRuntime);
    assert_eq!(runtime.status, Status::Found);
    assert!(runtime.what.contains("directml.dll"));
}

#[test]
fn a_femto_needs_orbbecs_library_and_rules() {
    let machine = Machine::healthy();
    let _ = fs::remove_dir_all(machine.root.join("sys/bus"));
    machine.plug("4-2", ("2bc5", "066b"), Some("CL8F25300AB"), 5000);
    let report = machine.examine();
    assert_eq!(obstacles(&report), [Check::OrbbecLibrary]);
    let sensor = one(&report, Check::UsbDevices);
    assert_eq!(sensor.what, "Femto Bolt CL8F25300AB");
    let rules: Vec<_> = report.of(Check::UdevRules).map(|one| one.status).collect();
    assert_eq!(rules, [Status::Found, Status::Missing]);

    let mut machine = Machine::healthy();
    let _ = fs::remove_dir_all(machine.root.join("sys/bus"));
    machine.plug("4-2", ("2bc5", "066b"), Some("CL8F25300AB"), 5000);
    machine.with_library(Vendor::Orbbec);
    machine.remove("usr/lib/libdepthengine.so.2.0");
    let engine = "extensions/depthengine/libdepthengine.so.2.0";
    machine.put(&format!("opt/orbbec/lib/{engine}"), "");
    machine.put(&format!("work/{engine}"), "");
    let in_working_folder = machine.root.join("work").join(engine);
    let report = machine.examine();
    let engines: Vec<_> = report.of(Check::DepthEngine).collect();
    // The depth engine of Microsoft's library is missing, but no sensor needs it.
    assert_eq!(engines[0].status, Status::Missing);
    assert_eq!(engines[1].status, Status::Found);
    assert_eq!(engines[1].what, in_working_folder.display().to_string());
    assert_eq!(obstacles(&report), []);
}

#[test]
fn orbbecs_depth_engine_beside_its_library_may_not_be_found() {
    let mut machine = Machine::healthy();
    machine.with_library(Vendor::Orbbec);
    machine.remove("usr/lib/libdepthengine.so.2.0");
    machine.put("opt/orbbec/lib/extensions/libdepthengine.so.2.0", "");
    let report = machine.examine();
    let engines: Vec<_> = report.of(Check::DepthEngine).collect();
    assert_eq!(engines[1].status, Status::Unknown);
    assert!(engines[1].what.contains("working folder"), "{engines:?}");
}

#[test]
fn the_package_keeps_its_depth_engine_in_a_folder_of_its_own() {
    let machine = |libraries: &str| {
        let mut machine = Machine::healthy();
        machine.remove("usr/lib/libdepthengine.so.2.0");
        let path = machine.put(&format!("{libraries}/libk4a.so.1.4"), "");
        machine.put(&format!("{libraries}/libk4a1.4/libdepthengine.so.2.0"), "");
        machine.microsoft = Outcome::Seen(path);
        one(&machine.examine(), Check::DepthEngine).status
    };
    let system = format!("usr/lib/{}-linux-gnu", std::env::consts::ARCH);
    assert_eq!(machine(&system), Status::Found);
    // The library does not find a depth engine in another folder.
    assert_eq!(machine("home/me"), Status::Missing);
}

#[test]
fn a_library_that_does_not_load_says_why() {
    let mut machine = Machine::healthy();
    let path = machine.root.join("usr/lib/libk4a.so.1.4");
    machine.candidates = vec![
        Candidate {
            path: PathBuf::from("/nowhere/libk4a.so"),
            origin: Origin::Variable(LIBRARY_VARIABLE),
            exists: false,
            vendor: None,
        },
        Candidate {
            path: path.clone(),
            origin: Origin::SystemFolder,
            exists: true,
            vendor: Some(Vendor::Microsoft),
        },
        Candidate {
            path: machine.root.join("opt/orbbec/libk4a.so"),
            origin: Origin::VendorFolder,
            exists: true,
            vendor: Some(Vendor::Orbbec),
        },
    ];
    machine.microsoft = Outcome::Failed(vec![Attempt {
        path,
        origin: Origin::SystemFolder,
        reason: Refusal::DoesNotLoad("libudev.so.1: cannot open shared object file".to_owned()),
    }]);
    let report = machine.examine();
    let finding = one(&report, Check::MicrosoftLibrary);
    assert_eq!((finding.status, finding.needed), (Status::Wrong, true));
    for words in [
        "libudev.so.1: cannot open",
        "/nowhere/libk4a.so",
        LIBRARY_VARIABLE,
    ] {
        assert!(finding.what.contains(words), "{words}: {finding:?}");
    }
    assert!(!finding.what.contains("orbbec"), "{finding:?}");
}

#[test]
fn a_missing_depth_engine_is_in_the_way() {
    let machine = Machine::healthy();
    machine.remove("usr/lib/libdepthengine.so.2.0");
    let report = machine.examine();
    assert_eq!(obstacles(&report), [Check::DepthEngine]);
}

#[test]
fn without_an_x_server_there_is_no_depth() {
    let mut machine = Machine::healthy();
    machine.variables.remove("DISPLAY");
    let report = machine.examine();
    assert_eq!(obstacles(&report), [Check::Graphics]);
    assert!(one(&report, Check::Graphics).what.contains("DISPLAY"));
    assert_eq!(one(&report, Check::Display).status, Status::Missing);

    let mut machine = Machine::healthy();
    machine.variables.insert("DISPLAY", ":7".into());
    let report = machine.examine();
    assert_eq!(one(&report, Check::Graphics).status, Status::Wrong);

    // The screen of another machine cannot be examined.
    let mut machine = Machine::healthy();
    machine.variables.insert("DISPLAY", "localhost:10.0".into());
    assert_eq!(
        one(&machine.examine(), Check::Graphics).status,
        Status::Found
    );
}

#[test]
fn libraries_are_found_in_the_loaders_cache() {
    let machine = Machine::healthy();
    machine.remove("usr/lib/libGL.so.1");
    machine.put("opt/nvidia/libGL.so.1", "");
    machine.put("opt/other/mylibGL.so.1", "");
    machine.put(
        "etc/ld.so.cache",
        "ld.so-1.7.0\0libGL.so.1\0/opt/other/mylibGL.so.1\0/gone/libGL.so.1\0/opt/nvidia/libGL.so.1\0",
    );
    let facts = machine.facts();
    assert_eq!(
        facts.loadable("libGL.so.1"),
        Some(machine.root.join("opt/nvidia/libGL.so.1"))
    );
    assert_eq!(facts.loadable("libnothing.so.1"), None);
}

#[test]
fn a_sensor_on_usb_2_is_told_to_move() {
    let machine = Machine::healthy();
    machine.plug_azure_kinect("2-1", "000123456789", 480);
    let report = machine.examine();
    assert_eq!(obstacles(&report), [Check::UsbSpeed]);
    let speeds: Vec<_> = report.of(Check::UsbSpeed).collect();
    assert_eq!(speeds.len(), 2, "both cameras: {speeds:?}");
    assert!(speeds[0].what.contains("480 Mbit/s"), "{speeds:?}");
    assert!(speeds[0].what.contains("2-1.1"), "{speeds:?}");
    assert!(speeds[0].fix.as_ref().unwrap().contains("USB 3 port"));
}

#[test]
fn half_an_azure_kinect_lacks_power() {
    let machine = Machine::healthy();
    let _ = fs::remove_dir_all(machine.root.join("sys/bus/usb/devices/2-1.1"));
    let report = machine.examine();
    assert_eq!(obstacles(&report), [Check::UsbDevices]);
    assert!(
        one(&report, Check::UsbDevices)
            .fix
            .as_ref()
            .unwrap()
            .contains("power")
    );
}

#[test]
fn a_sensor_that_may_not_be_opened_needs_udev_rules() {
    let mut machine = Machine::healthy();
    machine.refused = true;
    machine.remove("etc/udev/rules.d/99-k4a.rules");
    let report = machine.examine();
    assert_eq!(obstacles(&report), [Check::UdevRules, Check::UsbPermission]);

    // Missing rules do not matter if the sensor can be opened, for example because of another rule.
    let machine = Machine::healthy();
    machine.remove("etc/udev/rules.d/99-k4a.rules");
    let report = machine.examine();
    assert_eq!(one(&report, Check::UdevRules).status, Status::Missing);
    assert!(report.is_usable());

    // Missing rules do not matter to root either.
    let mut machine = Machine::healthy();
    machine.remove("etc/udev/rules.d/99-k4a.rules");
    let _ = fs::remove_dir_all(machine.root.join("sys/bus/usb/devices"));
    machine.put("proc/self/status", "Name:\tx\nUid:\t1000\t0\t0\t0\n");
    machine.refused = true;
    assert!(!one(&machine.examine(), Check::UdevRules).needed);
}

#[test]
fn rules_in_other_folders_count_and_commented_ones_do_not() {
    let machine = Machine::healthy();
    machine.remove("etc/udev/rules.d/99-k4a.rules");
    machine.put("usr/lib/udev/rules.d/60-kinect.rules", RULES);
    let report = machine.examine();
    assert_eq!(one(&report, Check::UdevRules).status, Status::Found);

    let machine = Machine::healthy();
    machine.put(
        "etc/udev/rules.d/99-k4a.rules",
        &RULES.replace("ATTRS{idV", "# ATTRS{idV"),
    );
    let report = machine.examine();
    assert_eq!(one(&report, Check::UdevRules).status, Status::Wrong);
}

#[test]
fn several_sensors_need_more_usb_memory() {
    let machine = Machine::healthy();
    let report = machine.examine();
    let memory = one(&report, Check::UsbMemory);
    assert_eq!(memory.status, Status::Found);
    assert!(
        memory.fix.as_ref().unwrap().contains("several"),
        "{memory:?}"
    );

    let machine = Machine::healthy();
    machine.plug_azure_kinect("3-1", "000987654321", 5000);
    let report = machine.examine();
    assert_eq!(obstacles(&report), [Check::UsbMemory]);
    assert!(
        one(&report, Check::UsbMemory)
            .fix
            .as_ref()
            .unwrap()
            .contains("echo 64")
    );

    for (limit, status) in [
        ("0", Status::Found),
        ("64", Status::Found),
        ("x", Status::Unknown),
    ] {
        let machine = Machine::healthy();
        machine.plug_azure_kinect("3-1", "000987654321", 5000);
        machine.put("sys/module/usbcore/parameters/usbfs_memory_mb", limit);
        assert_eq!(one(&machine.examine(), Check::UsbMemory).status, status);
    }
}

#[test]
fn other_peoples_usb_devices_are_no_sensors() {
    let machine = Machine::healthy();
    let _ = fs::remove_dir_all(machine.root.join("sys/bus/usb/devices"));
    machine.plug("1-1", ("045e", "0745"), None, 12);
    machine.plug("1-2", ("2bc5", "0401"), None, 480);
    machine.put("sys/bus/usb/devices/1-3/idVendor", "zzzz");
    machine.put("sys/bus/usb/devices/usb1/idVendor", "");
    let report = machine.examine();
    assert_eq!(one(&report, Check::UsbDevices).status, Status::Missing);
    assert_eq!(obstacles(&report), [Check::UsbDevices]);
}

#[test]
fn the_femto_network_file_is_read_from_the_working_folder_only() {
    let machine = || {
        let mut machine = Machine::healthy();
        machine.with_library(Vendor::Orbbec);
        machine
    };
    let status = |machine: Machine| one(&machine.examine(), Check::FemtoNetwork).clone();
    assert_eq!(status(Machine::healthy()).status, Status::Inapplicable);
    assert_eq!(status(machine()).status, Status::Missing);

    let beside = machine();
    beside.put("opt/orbbec/lib/OrbbecSDKConfig.xml", "<Config/>");
    let finding = status(beside);
    assert_eq!(finding.status, Status::Missing);
    assert!(finding.what.contains("is not read"), "{finding:?}");

    for (name, text, expected, word) in [
        (
            "OrbbecSDKConfig.xml",
            "true",
            Status::Found,
            "switches the search for network sensors on",
        ),
        (
            "OrbbecSDKConfig_v1.0.xml",
            "false",
            Status::Found,
            "switches the search for network sensors off",
        ),
        (
            "OrbbecSDKConfig.xml",
            "perhaps",
            Status::Wrong,
            "does not say",
        ),
    ] {
        let machine = machine();
        let xml = format!("<Config><EnumerateNetDevice>{text}</EnumerateNetDevice></Config>");
        machine.put(&format!("work/{name}"), &xml);
        let finding = status(machine);
        assert_eq!(finding.status, expected, "{finding:?}");
        assert!(finding.what.contains(word), "{finding:?}");
        assert!(!finding.needed);
    }
}

#[test]
fn the_apps_adapter_is_taken_at_its_word() {
    let with = |adapter: &str| {
        let settings = DoctorSettings {
            adapter: Some(adapter.to_owned()),
            ..DoctorSettings::default()
        };
        let report = Machine::healthy().examine_with(None, &settings);
        one(&report, Check::GpuAdapter).status
    };
    assert_eq!(with("NVIDIA GeForce RTX 3060"), Status::Found);
    assert_eq!(with("llvmpipe (LLVM 15.0.6, 256 bits)"), Status::Wrong);

    let machine = Machine::healthy();
    machine.put("usr/lib/libvulkan.so.1", "");
    machine.put("usr/share/vulkan/icd.d/lvp_icd.x86_64.json", "{}");
    assert_eq!(
        one(&machine.examine(), Check::GpuAdapter).status,
        Status::Wrong
    );
    let machine = Machine::healthy();
    machine.put("usr/lib/libvulkan.so.1", "");
    machine.put("etc/vulkan/icd.d/nvidia_icd.json", "{}");
    machine.put("dev/nvidiactl", "");
    machine.put(
        "proc/driver/nvidia/gpus/0000:01:00.0/information",
        "Model: NVIDIA H200\n",
    );
    assert_eq!(
        one(&machine.examine(), Check::GpuAdapter).status,
        Status::Found
    );
    let report = Machine::healthy().examine();
    let none = one(&report, Check::GpuAdapter);
    assert_eq!((none.status, none.needed), (Status::Missing, false));
}

#[test]
fn microphones_are_known_by_their_usb_id_or_name() {
    let machine = Machine::healthy();
    machine.put("proc/asound/card1/usbid", "045e:097e\n");
    let report = machine.examine();
    assert!(one(&report, Check::Microphones).what.contains("card1"));
    let machine = Machine::healthy();
    machine.put(
        "proc/asound/cards",
        " 0 [Array          ]: USB-Audio - Azure Kinect Microphone Array\n",
    );
    assert_eq!(
        one(&machine.examine(), Check::Microphones).status,
        Status::Found
    );
    let machine = Machine::healthy();
    machine.put("proc/asound/cards", "--- no soundcards ---\n");
    assert_eq!(
        one(&machine.examine(), Check::Microphones).status,
        Status::Missing
    );
}

#[test]
fn onnx_runtime_is_found_by_its_variable_or_beside_the_program() {
    let mut machine = Machine::healthy();
    machine
        .variables
        .insert("ORT_DYLIB_PATH", "/nowhere/libonnxruntime.so".into());
    assert_eq!(
        one(&machine.examine(), Check::OnnxRuntime).status,
        Status::Wrong
    );
    let machine = Machine::healthy();
    machine.put("app/libonnxruntime.so", "");
    assert_eq!(
        one(&machine.examine(), Check::OnnxRuntime).status,
        Status::Found
    );
    assert!(!one(&Machine::healthy().examine(), Check::OnnxRuntime).needed);
}

#[test]
fn what_other_systems_do_not_have_is_said_in_one_word() {
    let mut machine = Machine::healthy();
    machine.os = Os::Windows;
    machine.remove("usr/lib/libdepthengine.so.2.0");
    machine.put("usr/lib/depthengine_2_0.dll", "");
    let report = machine.examine();
    for check in [
        Check::Graphics,
        Check::UdevRules,
        Check::UsbPermission,
        Check::UsbSpeed,
        Check::UsbMemory,
    ] {
        let finding = one(&report, check);
        assert_eq!(
            (finding.status, finding.what.as_str()),
            (Status::Inapplicable, "inapplicable")
        );
    }
    assert_eq!(one(&report, Check::UsbDevices).status, Status::Unknown);
    assert_eq!(one(&report, Check::DepthEngine).status, Status::Found);
    assert!(report.is_usable(), "{report:#?}");

    let mut machine = Machine::new();
    machine.os = Os::Other;
    let report = machine.examine();
    assert_eq!(obstacles(&report), [Check::MicrosoftLibrary]);
}

#[test]
fn a_report_survives_its_json() {
    let report = Machine::healthy().examine();
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["findings"][0]["check"], "microsoft_library");
    assert_eq!(json["findings"][0]["status"], "found");
    assert_eq!(serde_json::from_value::<Report>(json).unwrap(), report);
    for &check in Check::ALL {
        assert_eq!(serde_json::to_value(check).unwrap(), check.name());
    }
}

#[test]
fn the_documentation_explains_every_check() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/doctor.md");
    let text = fs::read_to_string(file).unwrap();
    let headings: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("## `")?.strip_suffix('`'))
        .collect();
    let names: Vec<_> = Check::ALL.iter().map(|check| check.name()).collect();
    assert_eq!(headings, names);
}

#[test]
fn this_machine_can_be_examined() {
    let settings = DoctorSettings {
        load_libraries: false,
        ..DoctorSettings::default()
    };
    let report = super::examine(&settings);
    assert!(report.findings.len() >= Check::ALL.len() - 1);
}
