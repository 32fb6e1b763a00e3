//! Facts about the microphone array.

/// Number of microphones of an array.
///
/// Source: Azure Kinect DK hardware specification, "Microphone array": a circular array of seven, a standard device of the
/// USB audio class 2.0, all 7 channels of which can be accessed.
pub const MICROPHONES: u16 = 7;

/// Samples per second of each microphone, in Hz.
///
/// Source: the vendor's viewer, which asks for it (`K4AMicrophoneSampleRate` in `tools/k4aviewer`). If the system
/// only offers another rate, blocks have that rate: see [`AudioBlock::sample_rate`](super::AudioBlock::sample_rate).
pub const SAMPLE_RATE: u32 = 48_000;

/// Vendor and product number of the array on the USB.
///
/// Source: Azure Kinect DK hardware specification, "USB", and the vendor's udev rules (`scripts/99-k4a.rules`).
pub const USB_ID: (u16, u16) = (0x045e, 0x097e);
