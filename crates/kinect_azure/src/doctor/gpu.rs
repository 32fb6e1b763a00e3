//! The graphics adapter that an app will draw with.
//!
//! An app knows its adapter and passes its name. Without an app, the doctor does not load Vulkan, because that runs
//! code of the drivers. The files of Linux are enough: a card has a render node and a kernel driver, and each Vulkan
//! driver belongs to certain kernel drivers. Mesa installs its drivers for all cards at once, so the presence of a
//! driver's files alone does not show that a card uses it.

use std::io;
use std::path::PathBuf;

use super::facts::{Facts, Os, names_in};
use super::report::{Check, Finding, Status};

const CHECK: Check = Check::GpuAdapter;

/// Words in the names of adapters that draw with the processor.
const SOFTWARE: [&str; 4] = ["llvmpipe", "lavapipe", "swiftshader", "basic render"];
const INSTALL_DRIVER: &str = "install the graphics card's driver";

/// The finding about `adapter`, the app's graphics adapter, or without one about the system's cards and drivers.
pub(super) fn adapter(facts: &Facts, adapter: Option<&str>) -> Finding {
    if let Some(name) = adapter {
        let lower = name.to_lowercase();
        return if SOFTWARE.iter().any(|word| lower.contains(word)) {
            Finding::new(
                CHECK,
                Status::Wrong,
                format!("{name}: the processor draws, which is slow"),
            )
            .fix(INSTALL_DRIVER)
        } else {
            Finding::new(CHECK, Status::Found, name)
        };
    }
    match facts.os {
        Os::Windows => Finding::new(
            CHECK,
            Status::Unknown,
            "the app itself shows which graphics card draws its \
                                                             windows",
        ),
        Os::Other => Finding::inapplicable(CHECK),
        Os::Linux => vulkan(facts),
    }
}

/// Mesa's Vulkan driver that draws with the processor, and SwiftShader.
fn is_software(manifest: &str) -> bool {
    ["lvp_icd", "vk_swiftshader"]
        .iter()
        .any(|name| manifest.starts_with(name))
}

/// The kernel drivers that a Vulkan driver works with, by the name of its manifest; `None` for an unknown driver.
fn kernel_drivers(manifest: &str) -> Option<&'static [&'static str]> {
    let known: [(&str, &[&str]); 13] = [
        ("nvidia_icd", &["nvidia"]),
        ("nouveau_icd", &["nouveau"]),
        ("radeon_icd", &["amdgpu", "radeon"]),
        ("amd_icd", &["amdgpu"]),
        ("intel_icd", &["i915", "xe"]),
        ("intel_hasvk_icd", &["i915"]),
        ("virtio_icd", &["virtio_gpu"]),
        ("gfxstream_vk_icd", &["virtio_gpu"]),
        ("freedreno_icd", &["msm", "msm_dpu"]),
        ("broadcom_icd", &["v3d"]),
        ("panfrost_icd", &["panfrost", "panthor"]),
        ("asahi_icd", &["asahi"]),
        ("dzn_icd", &["dxg"]),
    ];
    known
        .into_iter()
        .find(|(name, _)| manifest.starts_with(name))
        .map(|(_, drivers)| drivers)
}

/// The manifests of Vulkan drivers that the loader finds, by their file names.
fn manifests(facts: &Facts) -> Vec<String> {
    let named = ["VK_DRIVER_FILES", "VK_ICD_FILENAMES"]
        .iter()
        .find_map(|name| facts.variable(name));
    if let Some(paths) = named {
        return std::env::split_paths(&paths)
            .filter(|path| path.is_file())
            .filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned()))
            .collect();
    }
    let mut manifests: Vec<String> = [
        "etc/vulkan/icd.d",
        "usr/local/share/vulkan/icd.d",
        "usr/share/vulkan/icd.d",
    ]
    .iter()
    .flat_map(|folder| names_in(&facts.path(folder)))
    .filter(|name| name.ends_with(".json"))
    .collect();
    manifests.dedup();
    manifests
}

/// A graphics card.
struct Card {
    name: String,
    kernel_driver: String,
    /// The device file through which programs use it.
    node: PathBuf,
}

fn cards(facts: &Facts) -> Vec<Card> {
    let mut cards = nvidia_cards(facts);
    let by_nvidia = !cards.is_empty();
    for node in names_in(&facts.path("sys/class/drm")) {
        if !node.starts_with("renderD") {
            continue;
        }
        let Some(uevent) = facts.text(&format!("sys/class/drm/{node}/device/uevent")) else {
            continue;
        };
        let entry = |name: &str| {
            let mut values = uevent.lines().filter_map(|line| line.split_once('='));
            values.find_map(|(key, value)| (key == name).then(|| value.trim().to_owned()))
        };
        let kernel_driver = entry("DRIVER").unwrap_or_default();
        if by_nvidia && kernel_driver == "nvidia" {
            continue;
        }
        let name = entry("PCI_ID").map_or_else(
            || format!("graphics of the {kernel_driver} driver"),
            |id| pci_name(facts, &id),
        );
        cards.push(Card {
            name,
            kernel_driver,
            node: facts.path(&format!("dev/dri/{node}")),
        });
    }
    let windows = facts.path("dev/dxg");
    if windows.exists() {
        cards.push(Card {
            name: "graphics card of the Windows that runs this Linux".to_owned(),
            kernel_driver: "dxg".to_owned(),
            node: windows,
        });
    }
    cards
}

/// NVIDIA's driver lists its cards in a folder of its own, even if it creates no render nodes.
fn nvidia_cards(facts: &Facts) -> Vec<Card> {
    const FOLDER: &str = "proc/driver/nvidia/gpus";
    names_in(&facts.path(FOLDER))
        .into_iter()
        .map(|slot| {
            let model = facts
                .text(&format!("{FOLDER}/{slot}/information"))
                .and_then(|text| {
                    let line = text.lines().find_map(|line| line.strip_prefix("Model:"))?;
                    Some(line.trim().to_owned())
                });
            Card {
                name: model.unwrap_or_else(|| format!("NVIDIA card {slot}")),
                kernel_driver: "nvidia".to_owned(),
                node: facts.path("dev/nvidiactl"),
            }
        })
        .collect()
}

/// The name of a card with ids as in `1002:744C`, from the system's list of names where it has one.
fn pci_name(facts: &Facts, id: &str) -> String {
    let id = id.to_ascii_lowercase();
    let (vendor, device) = id.split_once(':').unwrap_or((&id, ""));
    let from_list = ["usr/share/misc/pci.ids", "usr/share/hwdata/pci.ids"]
        .iter()
        .find_map(|file| {
            let text = facts.text(file)?;
            // A vendor's line has no indent, its devices' lines one tab, their variants two.
            let mut lines = text.lines().skip_while(|line| !line.starts_with(vendor));
            let vendor = lines.next()?.split_once("  ")?.1;
            let device = lines
                .take_while(|line| line.starts_with('\t') || line.starts_with('#'))
                .find_map(|line| line.strip_prefix('\t')?.strip_prefix(device))?;
            Some(format!("{} {}", vendor.trim(), device.trim()))
        });
    from_list.unwrap_or_else(|| {
        let vendor = match vendor {
            "10de" => "NVIDIA",
            "1002" => "AMD",
            "8086" => "Intel",
            "1af4" => "virtual",
            _ => "unknown",
        };
        format!("{vendor} graphics card {id}")
    })
}

fn vulkan(facts: &Facts) -> Finding {
    if facts.loadable("libvulkan.so.1").is_none() {
        return Finding::new(CHECK, Status::Missing, "no Vulkan: no libvulkan.so.1").fix(
            "sudo apt install libvulkan1 mesa-vulkan-drivers, or the graphics card's own driver",
        );
    }
    let manifests = manifests(facts);
    if manifests.is_empty() {
        return Finding::new(
            CHECK,
            Status::Missing,
            "libvulkan.so.1 is there, but no Vulkan driver",
        )
        .fix("sudo apt install mesa-vulkan-drivers, or the graphics card's own driver");
    }
    let (mut usable, mut problems, mut fix) = (Vec::new(), Vec::new(), INSTALL_DRIVER.to_owned());
    for card in cards(facts) {
        let manifest = manifests.iter().find(|manifest| {
            kernel_drivers(manifest).is_some_and(|known| known.contains(&&*card.kernel_driver))
        });
        let Some(manifest) = manifest else {
            problems.push(format!(
                "no Vulkan driver for {} (kernel driver {})",
                card.name, card.kernel_driver
            ));
            continue;
        };
        match (facts.may_open)(&card.node) {
            Ok(()) => usable.push(format!("{} ({manifest})", card.name)),
            Err(error) => {
                problems.push(format!("{}: {}: {error}", card.name, card.node.display()));
                fix = if error.kind() == io::ErrorKind::PermissionDenied {
                    "sudo usermod -aG render,video $USER, then log in again".to_owned()
                } else {
                    format!(
                        "make {} available to this user; in a container, pass the file into the container",
                        card.node.display()
                    )
                };
            }
        }
    }
    if !usable.is_empty() {
        return Finding::new(CHECK, Status::Found, usable.join(", "));
    }
    let unknown: Vec<_> = manifests
        .iter()
        .filter(|name| !is_software(name) && kernel_drivers(name).is_none())
        .map(String::as_str)
        .collect();
    if problems.is_empty() && !unknown.is_empty() {
        return Finding::new(
            CHECK,
            Status::Unknown,
            format!(
                "Vulkan drivers: {}; `vulkaninfo --summary` names the graphics cards that they use",
                unknown.join(", ")
            ),
        );
    }
    if problems.is_empty() {
        problems.push("no graphics card".to_owned());
    }
    let software = manifests.iter().find(|name| is_software(name));
    problems.push(match software {
        Some(name) => format!("the processor draws ({name}), which is slow"),
        None => "no Vulkan driver was found that can draw".to_owned(),
    });
    Finding::new(CHECK, Status::Wrong, problems.join("; ")).fix(fix)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::fs;

    use super::*;

    struct Machine {
        root: PathBuf,
    }

    impl Machine {
        fn new(name: &str) -> Self {
            let root = std::env::temp_dir()
                .join(format!("kinect-doctor-gpu-{name}-{}", std::process::id()));
            let _ = fs::remove_dir_all(&root);
            let machine = Self { root };
            machine.put("usr/lib/libvulkan.so.1", "");
            // The files that mesa-vulkan-drivers installs, for any card.
            for manifest in ["intel_icd", "lvp_icd", "radeon_icd"] {
                machine.put(
                    &format!("usr/share/vulkan/icd.d/{manifest}.x86_64.json"),
                    "{}",
                );
            }
            machine
        }

        fn put(&self, file: &str, text: &str) {
            let path = self.root.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }

        fn look(&self, may_open: fn() -> io::Result<()>) -> Finding {
            adapter(
                &Facts {
                    os: Os::Linux,
                    root: self.root.clone(),
                    variable: Box::new(|_| None),
                    program: None,
                    working: None,
                    may_open: Box::new(move |_| may_open()),
                },
                None,
            )
        }
    }

    impl Drop for Machine {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.root);
        }
    }

    fn denied() -> io::Result<()> {
        Err(io::ErrorKind::PermissionDenied.into())
    }

    const AMD: &str =
        "DRIVER=amdgpu\nPCI_CLASS=30000\nPCI_ID=1002:744C\nPCI_SLOT_NAME=0000:03:00.0\n";

    #[test]
    fn drivers_without_a_card_mean_that_the_processor_draws() {
        let finding = Machine::new("none").look(|| Ok(()));
        assert_eq!((finding.status, finding.needed), (Status::Wrong, false));
        assert!(finding.what.contains("no graphics card"), "{finding:?}");
        assert!(finding.what.contains("lvp_icd"), "{finding:?}");
        assert!(finding.fix.is_some());
    }

    #[test]
    fn a_card_is_named_as_the_system_names_it() {
        let machine = Machine::new("amd");
        machine.put("sys/class/drm/renderD128/device/uevent", AMD);
        let finding = machine.look(|| Ok(()));
        assert_eq!(finding.status, Status::Found);
        assert!(
            finding.what.contains("AMD graphics card 1002:744c"),
            "{finding:?}"
        );
        assert!(finding.what.contains("radeon_icd"), "{finding:?}");
        machine.put(
            "usr/share/misc/pci.ids",
            "# a list\n0fff  Other\n\t744c  Not this\n1002  Advanced Micro Devices, Inc. [AMD/ATI]\n\t73bf  Navi 21\n\t744c  Navi \
             31 [Radeon RX 7900]\n\t\t1002 0e3b  A variant\n10de  NVIDIA Corporation\n",
        );
        let finding = machine.look(|| Ok(()));
        let name = "Advanced Micro Devices, Inc. [AMD/ATI] Navi 31 [Radeon RX 7900]";
        assert!(finding.what.contains(name), "{finding:?}");
    }

    #[test]
    fn a_card_that_cannot_be_used_is_named_with_the_reason() {
        let machine = Machine::new("denied");
        machine.put("sys/class/drm/renderD128/device/uevent", AMD);
        let finding = machine.look(denied);
        assert_eq!(finding.status, Status::Wrong);
        assert!(finding.what.contains("1002:744c"), "{finding:?}");
        assert!(finding.what.contains("the processor draws"), "{finding:?}");
        assert!(finding.fix.unwrap().contains("usermod"));

        let machine = Machine::new("no-driver");
        machine.put(
            "proc/driver/nvidia/gpus/0000:01:00.0/information",
            "Model: \t\t NVIDIA H200\nIRQ: 1\n",
        );
        machine.put(
            "sys/class/drm/renderD129/device/uevent",
            "DRIVER=nvidia\nPCI_ID=10DE:2335\n",
        );
        let finding = machine.look(|| Ok(()));
        assert_eq!(finding.status, Status::Wrong);
        let what = "no Vulkan driver for NVIDIA H200 (kernel driver nvidia); the processor draws";
        assert!(finding.what.starts_with(what), "{finding:?}");
        machine.put("etc/vulkan/icd.d/nvidia_icd.json", "{}");
        let finding = machine.look(|| Ok(()));
        assert_eq!(
            (finding.status, finding.what.as_str()),
            (Status::Found, "NVIDIA H200 (nvidia_icd.json)")
        );
    }

    #[test]
    fn a_driver_that_is_not_known_is_not_judged() {
        let machine = Machine::new("other");
        machine.put("etc/vulkan/icd.d/new_icd.json", "{}");
        let finding = machine.look(|| Ok(()));
        assert_eq!(finding.status, Status::Unknown);
        assert!(finding.what.contains("new_icd.json"), "{finding:?}");
    }
}
