//! The identity of the USB device behind a sound card, from the files of Linux. ALSA itself reports names only.

use std::fs;
use std::path::Path;

/// The ids and the serial number of a USB device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct UsbIdentity {
    pub(super) vendor: u16,
    pub(super) product: u16,
    pub(super) serial: Option<String>,
}

/// The number of a sound card given by number or by short name, as ALSA's device names have it. `root` is `/`, except in
/// tests.
pub(super) fn card_number(root: &Path, card: &str) -> Option<u32> {
    let cards = root.join("sys/class/sound");
    let by_name = fs::read_dir(&cards)
        .into_iter()
        .flatten()
        .flatten()
        .find_map(|entry| {
            let number = card_folder_number(&entry.file_name().to_string_lossy())?;
            (read(&entry.path().join("id"))? == card).then_some(number)
        });
    // A card's short name may look like a number; names take precedence over numbers, as in ALSA.
    by_name.or_else(|| {
        let number = card.parse().ok()?;
        cards
            .join(format!("card{number}"))
            .exists()
            .then_some(number)
    })
}

/// The USB device behind a sound card; `None` where it is on another bus.
pub(super) fn identity(root: &Path, card: u32) -> Option<UsbIdentity> {
    // The card's device is the USB interface, whose parent is the USB device.
    let device = root.join(format!("sys/class/sound/card{card}/device/.."));
    let number =
        |name: &str| read(&device.join(name)).and_then(|text| u16::from_str_radix(&text, 16).ok());
    Some(UsbIdentity {
        vendor: number("idVendor")?,
        product: number("idProduct")?,
        serial: read(&device.join("serial")).filter(|serial| !serial.is_empty()),
    })
}

fn card_folder_number(name: &str) -> Option<u32> {
    name.strip_prefix("card")?.parse().ok()
}

fn read(file: &Path) -> Option<String> {
    fs::read_to_string(file)
        .ok()
        .map(|text| text.trim().to_owned())
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn a_card_is_traced_to_its_usb_device() {
        let root = std::env::temp_dir().join(format!("kinect-usb-{}", std::process::id()));
        let usb = root.join("sys/devices/pci0000:00/usb3/3-2/3-2.3");
        let card = usb.join("3-2.3:1.0/sound/card1");
        fs::create_dir_all(&card).unwrap();
        fs::create_dir_all(root.join("sys/class/sound")).unwrap();
        symlink(&card, root.join("sys/class/sound/card1")).unwrap();
        symlink(usb.join("3-2.3:1.0"), card.join("device")).unwrap();
        for (file, text) in [
            ("idVendor", "045e\n"),
            ("idProduct", "097e\n"),
            ("serial", "000123456789\n"),
        ] {
            fs::write(usb.join(file), text).unwrap();
        }
        fs::write(card.join("id"), "Array\n").unwrap();

        assert_eq!(card_number(&root, "Array"), Some(1));
        assert_eq!(card_number(&root, "1"), Some(1));
        assert_eq!(card_number(&root, "2"), None);
        assert_eq!(
            identity(&root, 1),
            Some(UsbIdentity {
                vendor: 0x045e,
                product: 0x097e,
                serial: Some("000123456789".into()),
            })
        );
        assert_eq!(identity(&root, 0), None);
        fs::remove_dir_all(root).unwrap();
    }
}
