//! Finds the arrays among the system's audio inputs, and the array that an app chooses. This code works on lists of
//! names only, so that tests can use the lists of any system.

use super::array::{MICROPHONES, USB_ID};
use super::error::MicrophoneError;
use super::usb::UsbIdentity;

/// Chooses an array.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum MicrophoneSelection {
    /// The only array; with several, an [`Ambiguous`](MicrophoneError::Ambiguous) error.
    #[default]
    Auto,
    /// The array of the sensor with that serial number; or the only array, if the system does not report serial
    /// numbers.
    Serial(String),
    /// The array with that index in [`list`](super::list), counted from 0. Indices may change when sensors are plugged in.
    Index(usize),
    /// The audio input with that id or name in [`list_inputs`](super::list_inputs), whether it is an array or not. An input that
    /// is not an array delivers its channels, at most seven.
    Device(String),
}

/// How a device was matched to the selection, and so how certain the match is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum MicrophoneMatch {
    /// The device has the wanted serial number.
    Serial,
    /// The system does not report serial numbers, and the device is the only array. It can be the wrong array if
    /// several sensors are connected and the system has disabled the microphones of one of them.
    OnlyCandidate,
    /// The device was chosen by index, id or name.
    #[default]
    ByHand,
}

/// An audio input of the system.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub struct MicrophoneDevice {
    /// The name that the system shows to people.
    pub name: String,
    /// The system's id for the input, for [`MicrophoneSelection::Device`].
    pub id: String,
    /// The audio interface that lists the device: "ALSA" or "WASAPI".
    pub host: String,
    /// Serial number of the sensor, if the system reports it.
    pub serial: Option<String>,
    /// Whether it is the microphone array of an Azure Kinect.
    pub is_array: bool,
    /// Further ids of the same device, the best first. If the device is opened by one of these ids, the system converts
    /// the samples.
    pub(super) other_ids: Vec<String>,
}

impl core::fmt::Display for MicrophoneDevice {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} [{}: {}]", self.name, self.host, self.id)?;
        match &self.serial {
            Some(serial) => write!(f, ", serial number {serial}"),
            None => write!(f, ", serial number unknown"),
        }
    }
}

/// The system's description of one of its audio inputs.
#[derive(Clone, Debug, Default)]
pub(super) struct Input {
    pub(super) host: String,
    pub(super) id: String,
    /// First line of the description.
    pub(super) name: String,
    /// The sound card's number, where ALSA's device belongs to one.
    pub(super) card: Option<u32>,
    pub(super) usb: Option<UsbIdentity>,
}

/// The card in a name like `hw:CARD=Array,DEV=0` or `hw:1,0`.
pub(super) fn card_of(id: &str) -> Option<&str> {
    let (_, arguments) = id.split_once(':')?;
    let mut arguments = arguments.split(',').map(str::trim);
    let first = arguments.next()?;
    match first.split_once('=') {
        Some(("CARD", card)) => Some(card),
        Some(_) => arguments.find_map(|argument| argument.strip_prefix("CARD=")),
        None => Some(first),
    }
    .filter(|card| !card.is_empty())
}

/// How much an ALSA device converts between the card and this program: 0 = not at all, all channels unchanged.
fn detour(id: &str) -> u8 {
    match id.split(':').next() {
        Some("hw") => 0,
        Some("plughw") => 1,
        _ => 2,
    }
}

/// Groups the ids that lead to one card, and marks the arrays. The order is the system's.
pub(super) fn devices(inputs: &[Input]) -> Vec<MicrophoneDevice> {
    let mut groups: Vec<Vec<&Input>> = Vec::new();
    for input in inputs {
        let known = groups
            .iter_mut()
            .find(|group| belongs(input, group, inputs));
        match known {
            Some(group) => group.push(input),
            None => groups.push(vec![input]),
        }
    }
    groups
        .iter_mut()
        .filter_map(|group| {
            // The sort is stable, so ids of the same kind stay in the system's order.
            group.sort_by_key(|input| detour(&input.id));
            let (best, others) = group.split_first()?;
            Some(MicrophoneDevice {
                name: best.name.clone(),
                id: best.id.clone(),
                host: best.host.clone(),
                serial: group.iter().find_map(|input| serial(input)),
                is_array: group.iter().any(|input| is_array(input)),
                other_ids: others.iter().map(|input| input.id.clone()).collect(),
            })
        })
        .collect()
}

/// Whether an input is another id of the device of a group.
fn belongs(input: &Input, group: &[&Input], all: &[Input]) -> bool {
    let Some(card) = card_of(&input.id) else {
        return false;
    };
    group.iter().any(|other| {
        let Some(other_card) = card_of(&other.id) else {
            return false;
        };
        if input.host != other.host || pcm_of(&input.id) != pcm_of(&other.id) {
            return false;
        }
        match (input.card, other.card) {
            (Some(a), Some(b)) => a == b,
            _ if card == other_card => true,
            // ALSA lists cards by name and by number. Without a table of both, names of devices help if there is only
            // one card of that name.
            _ => {
                input.name == other.name
                    && is_number(card) != is_number(other_card)
                    && cards_named(&input.name, all) == 1
            }
        }
    })
}

/// The number of the device on its card, 0 where an id does not say.
fn pcm_of(id: &str) -> u32 {
    let mut arguments = id.split_once(':').map_or("", |(_, rest)| rest).split(',');
    let named = arguments
        .clone()
        .find_map(|argument| argument.trim().strip_prefix("DEV="));
    named
        .or_else(|| arguments.nth(1))
        .and_then(|number| number.trim().parse().ok())
        .unwrap_or(0)
}

fn is_number(text: &str) -> bool {
    text.parse::<u32>().is_ok()
}

fn cards_named(name: &str, all: &[Input]) -> usize {
    let mut cards: Vec<&str> = all
        .iter()
        .filter(|input| input.name == name)
        .filter_map(|input| card_of(&input.id))
        .filter(|card| !is_number(card))
        .collect();
    cards.sort_unstable();
    cards.dedup();
    cards.len()
}

fn is_array(input: &Input) -> bool {
    if let Some(usb) = &input.usb {
        return (usb.vendor, usb.product) == USB_ID;
    }
    // Sound servers write the name with underscores. They also list the output of a device as an input, called its
    // monitor.
    [&input.name, &input.id].into_iter().any(|text| {
        let text = text.to_lowercase().replace(['_', '-'], " ");
        text.contains("azure kinect") && text.contains("microphone") && !text.contains("monitor")
    })
}

/// The serial number, from the USB device or from the device's name in a sound server. The vendor's viewer reads it
/// from that name, too (`tools/k4aviewer/platform/linux/k4adevicecorrelator.cpp`).
fn serial(input: &Input) -> Option<String> {
    if let Some(usb) = &input.usb {
        return usb.serial.clone();
    }
    let (_, after) = input.id.split_once("Kinect")?;
    after
        .split(|c: char| !c.is_ascii_alphanumeric())
        // The sensors' serial numbers have 12 digits; the other numbers in such names have one or two.
        .find(|word| word.len() >= 8 && word.bytes().all(|b| b.is_ascii_digit()))
        .map(str::to_owned)
}

/// The device that the selection means, and how it was matched.
pub(super) fn choose<'a>(
    devices: &'a [MicrophoneDevice],
    selection: &MicrophoneSelection,
) -> Result<(&'a MicrophoneDevice, MicrophoneMatch), MicrophoneError> {
    let arrays: Vec<&MicrophoneDevice> = devices.iter().filter(|device| device.is_array).collect();
    match selection {
        MicrophoneSelection::Auto => match arrays.as_slice() {
            [] => Err(no_array()),
            [only] => Ok((only, MicrophoneMatch::OnlyCandidate)),
            _ => Err(MicrophoneError::Ambiguous(format!(
                "there are {} microphone arrays, and none was chosen. Choose one by serial number or index: {}",
                arrays.len(),
                listed(&arrays)
            ))),
        },
        MicrophoneSelection::Serial(wanted) => by_serial(&arrays, wanted),
        MicrophoneSelection::Index(index) => match arrays.get(*index) {
            Some(array) => Ok((array, MicrophoneMatch::ByHand)),
            None if arrays.is_empty() => Err(no_array()),
            None => Err(MicrophoneError::NotFound(format!(
                "there is no microphone array number {index}, counted from 0. There is: {}",
                listed(&arrays)
            ))),
        },
        MicrophoneSelection::Device(wanted) => by_name(devices, wanted),
    }
}

fn by_serial<'a>(
    arrays: &[&'a MicrophoneDevice],
    wanted: &str,
) -> Result<(&'a MicrophoneDevice, MicrophoneMatch), MicrophoneError> {
    let wanted = wanted.trim();
    if let Some(array) = arrays
        .iter()
        .find(|array| array.serial.as_deref() == Some(wanted))
    {
        return Ok((array, MicrophoneMatch::Serial));
    }
    let unknown: Vec<&MicrophoneDevice> = arrays
        .iter()
        .filter(|array| array.serial.is_none())
        .copied()
        .collect();
    match unknown.as_slice() {
        [only] => Ok((only, MicrophoneMatch::OnlyCandidate)),
        [] if arrays.is_empty() => Err(no_array()),
        [] => Err(MicrophoneError::NotFound(format!(
            "no microphone array has the serial number {wanted}. There is: {}",
            listed(arrays)
        ))),
        _ => Err(MicrophoneError::Ambiguous(format!(
            "the system does not report which of its {} microphone arrays belongs to the sensor with serial number \
             {wanted}. Choose one by index or device, and tap on the sensor to see whether it is the right one: {}",
            unknown.len(),
            listed(&unknown)
        ))),
    }
}

fn by_name<'a>(
    devices: &'a [MicrophoneDevice],
    wanted: &str,
) -> Result<(&'a MicrophoneDevice, MicrophoneMatch), MicrophoneError> {
    let by_id = devices
        .iter()
        .find(|device| device.id == wanted || device.other_ids.iter().any(|id| id == wanted));
    let mut by_name = devices.iter().filter(|device| device.name == wanted);
    match (by_id, by_name.next(), by_name.next()) {
        (Some(device), _, _) | (None, Some(device), None) => Ok((device, MicrophoneMatch::ByHand)),
        (None, Some(_), Some(_)) => Err(MicrophoneError::Ambiguous(format!(
            "several audio inputs are called \"{wanted}\". Choose one by its id: {}",
            listed(
                &devices
                    .iter()
                    .filter(|d| d.name == wanted)
                    .collect::<Vec<_>>()
            )
        ))),
        (None, None, _) => Err(MicrophoneError::NotFound(format!(
            "there is no audio input with the id or name \"{wanted}\". There is: {}",
            listed(&devices.iter().collect::<Vec<_>>())
        ))),
    }
}

fn no_array() -> MicrophoneError {
    MicrophoneError::NotFound(format!(
        "there is no Azure Kinect microphone array among the audio inputs of this system. Plug the sensor in with power and \
         USB, and look whether the system lists \"Azure Kinect Microphone Array\" (Linux: `arecord -l`; Windows: sound \
         settings, input). Orbbec's Femto Bolt and Femto Mega have no such array of {MICROPHONES} microphones"
    ))
}

fn listed(devices: &[&MicrophoneDevice]) -> String {
    if devices.is_empty() {
        return "none".to_owned();
    }
    devices
        .iter()
        .enumerate()
        .map(|(index, device)| format!("{index}: {device}"))
        .collect::<Vec<_>>()
        .join("; ")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
mod tests {
    use super::*;

    fn input(host: &str, id: &str, name: &str) -> Input {
        Input {
            host: host.into(),
            id: id.into(),
            name: name.into(),
            ..Input::default()
        }
    }

    const NAME: &str = "Azure Kinect Microphone Array, USB Audio";

    /// ALSA's entries for one card, with the USB identity from `/sys`.
    fn alsa_card(card: &str, number: u32, name: &str, usb: Option<UsbIdentity>) -> Vec<Input> {
        [
            format!("sysdefault:CARD={card}"),
            format!("front:CARD={card},DEV=0"),
            format!("hw:CARD={card},DEV=0"),
            format!("plughw:CARD={card},DEV=0"),
            format!("hw:CARD={number},DEV=0"),
            format!("plughw:CARD={number},DEV=0"),
        ]
        .into_iter()
        .map(|id| Input {
            card: usb.as_ref().map(|_| number),
            usb: usb.clone(),
            ..input("ALSA", &id, name)
        })
        .collect()
    }

    fn kinect(serial: &str) -> Option<UsbIdentity> {
        Some(UsbIdentity {
            vendor: 0x045e,
            product: 0x097e,
            serial: Some(serial.into()),
        })
    }

    fn serial(serial: &str) -> MicrophoneSelection {
        MicrophoneSelection::Serial(serial.into())
    }

    #[test]
    fn all_ways_to_an_alsa_card_are_one_device_and_the_direct_one_is_best() {
        let mut inputs = vec![
            input("ALSA", "default", "Default Audio Device"),
            input("ALSA", "pipewire", "PipeWire Sound Server"),
        ];
        inputs.extend(alsa_card("PCH", 0, "HDA Intel PCH, ALC257 Analog", None));
        inputs.extend(alsa_card("Array", 1, NAME, kinect("000123456789")));
        let devices = devices(&inputs);
        let names: Vec<&str> = devices.iter().map(|d| d.id.as_str()).collect();
        assert_eq!(
            names,
            [
                "default",
                "pipewire",
                "hw:CARD=PCH,DEV=0",
                "hw:CARD=Array,DEV=0"
            ]
        );
        assert_eq!(devices[3].other_ids.len(), 5);
        let (array, how) = choose(&devices, &MicrophoneSelection::Auto).unwrap();
        assert_eq!(array.serial.as_deref(), Some("000123456789"));
        assert_eq!(how, MicrophoneMatch::OnlyCandidate);
        let (_, how) = choose(&devices, &serial("000123456789")).unwrap();
        assert_eq!(how, MicrophoneMatch::Serial);
    }

    #[test]
    fn without_sys_names_still_put_an_alsa_card_together() {
        let inputs = alsa_card("Array", 1, NAME, None);
        let one = devices(&inputs);
        assert_eq!(one.len(), 1);
        let (array, how) = choose(&one, &serial("000123456789")).unwrap();
        assert_eq!(array.id, "hw:CARD=Array,DEV=0");
        assert_eq!(how, MicrophoneMatch::OnlyCandidate);
    }

    #[test]
    fn the_serial_number_tells_two_alsa_cards_apart() {
        let mut inputs = alsa_card("Array", 1, NAME, kinect("000111111112"));
        inputs.extend(alsa_card("Array_1", 2, NAME, kinect("000222222212")));
        let two = devices(&inputs);
        assert_eq!(two.len(), 2);
        let (array, _) = choose(&two, &serial("000222222212")).unwrap();
        assert_eq!(array.id, "hw:CARD=Array_1,DEV=0");
        let error = choose(&two, &serial("000333333312")).unwrap_err();
        assert!(matches!(error, MicrophoneError::NotFound(_)));
        assert!(error.to_string().contains("000111111112"), "{error}");
        let error = choose(&two, &MicrophoneSelection::Auto).unwrap_err();
        assert!(matches!(error, MicrophoneError::Ambiguous(_)));
        let (array, how) = choose(&two, &MicrophoneSelection::Index(0)).unwrap();
        assert_eq!(array.id, "hw:CARD=Array,DEV=0");
        assert_eq!(how, MicrophoneMatch::ByHand);
        let error = choose(&two, &MicrophoneSelection::Index(2)).unwrap_err();
        assert!(error.to_string().contains("number 2"), "{error}");
    }

    #[test]
    fn the_usb_id_decides_where_it_is_known() {
        let mut inputs = alsa_card("Array", 1, "Renamed by a rule", kinect("000111111112"));
        let other = Some(UsbIdentity {
            vendor: 0x1234,
            product: 0x5678,
            serial: None,
        });
        inputs.extend(alsa_card(
            "Fake",
            2,
            "Azure Kinect Microphone Array clone",
            other,
        ));
        let found: Vec<bool> = devices(&inputs).iter().map(|d| d.is_array).collect();
        assert_eq!(found, [true, false]);
    }

    #[test]
    fn windows_names_match_in_any_language_and_two_are_ambiguous() {
        let first = input(
            "WASAPI",
            "{0.0.1.00000000}.{8f0dff0a-0000-4e2e-9c5b-3b8a1c6e2d10}",
            "Microphone Array (Azure Kinect Microphone Array)",
        );
        let second = input(
            "WASAPI",
            "{0.0.1.00000000}.{9a1dff0a-0000-4e2e-9c5b-3b8a1c6e2d11}",
            "Mikrofonarray (2- Azure Kinect Microphone Array)",
        );
        let other = input(
            "WASAPI",
            "{0.0.1.00000000}.{11111111-0000-4e2e-9c5b-3b8a1c6e2d12}",
            "Microphone (Realtek(R) Audio)",
        );
        let one = devices(&[other.clone(), second.clone()]);
        let (array, how) = choose(&one, &serial("000123456789")).unwrap();
        assert_eq!(array.id, second.id);
        assert_eq!(how, MicrophoneMatch::OnlyCandidate);

        let two = devices(&[first.clone(), other.clone(), second]);
        let error = choose(&two, &serial("000123456789")).unwrap_err();
        assert!(matches!(error, MicrophoneError::Ambiguous(_)));
        assert!(error.to_string().contains(&first.id), "{error}");
        assert!(!error.to_string().contains(&other.id), "{error}");
        let by_id = MicrophoneSelection::Device(first.id.clone());
        assert_eq!(choose(&two, &by_id).unwrap().0.id, first.id);
    }

    #[test]
    fn sound_servers_carry_the_serial_number_in_the_name() {
        let sources = [
            "alsa_input.usb-Microsoft_Azure_Kinect_Microphone_Array_000123456789-00.multichannel-input",
            "alsa_input.usb-Microsoft_Azure_Kinect_Microphone_Array_000222222212-00.pro-input-0",
            "alsa_output.usb-Microsoft_Azure_Kinect_Microphone_Array_000222222212-00.monitor",
            "alsa_input.usb-Microsoft_Azure_Kinect_4K_Camera_000222222212-02.analog-stereo",
        ];
        let inputs: Vec<Input> = sources
            .iter()
            .map(|id| input("PulseAudio", id, "Azure Kinect Multichannel"))
            .collect();
        let found = devices(&inputs);
        let arrays: Vec<bool> = found.iter().map(|d| d.is_array).collect();
        assert_eq!(arrays, [true, true, false, false]);
        let (array, how) = choose(&found, &serial("000222222212")).unwrap();
        assert_eq!(array.id, sources[1]);
        assert_eq!(how, MicrophoneMatch::Serial);
    }

    #[test]
    fn older_kinects_other_arrays_and_femtos_are_no_arrays() {
        let inputs = [
            input("ALSA", "hw:CARD=Audio,DEV=0", "Kinect USB Audio, USB Audio"),
            input(
                "ALSA",
                "hw:CARD=Array,DEV=0",
                "ReSpeaker Microphone Array, USB Audio",
            ),
            input("ALSA", "hw:CARD=Bolt,DEV=0", "Orbbec Femto Bolt, USB Audio"),
        ];
        let found = devices(&inputs);
        let error = choose(&found, &MicrophoneSelection::Auto).unwrap_err();
        assert!(matches!(error, MicrophoneError::NotFound(_)));
        assert!(error.to_string().contains("Femto"), "{error}");
        // They can still be chosen by id.
        let by_name = MicrophoneSelection::Device("Kinect USB Audio, USB Audio".into());
        assert_eq!(
            choose(&found, &by_name).unwrap().0.id,
            "hw:CARD=Audio,DEV=0"
        );
        let by_name = MicrophoneSelection::Device("no such".into());
        let error = choose(&found, &by_name).unwrap_err();
        assert!(error.to_string().contains("hw:CARD=Bolt"), "{error}");
    }

    #[test]
    fn odd_ids_are_read_without_harm() {
        for id in [
            "",
            ":",
            "hw:",
            "hw:,",
            "hw:CARD=",
            "hw:DEV=0",
            "=:=,=",
            "hw:CARD=Ä,DEV=x",
        ] {
            let _ = (card_of(id), pcm_of(id), detour(id));
        }
        assert_eq!(card_of("hw:DEV=0,CARD=Array"), Some("Array"));
        assert_eq!(card_of("hw:1,0"), Some("1"));
        assert_eq!(pcm_of("hw:1,3"), 3);
        assert_eq!(card_of("default"), None);
    }
}
