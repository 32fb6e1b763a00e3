//! The seven microphones of an Azure Kinect: finds the array among the system's audio inputs and delivers its sound in
//! blocks.
//!
//! The array is an ordinary USB audio device beside the cameras; the vendor's library does not use it. This module
//! needs the feature `microphones` and uses the system's own audio interface: WASAPI on Windows, ALSA on Linux.
//!
//! ```no_run
//! use std::time::Duration;
//! use kinect_azure::microphones::{self, MicrophoneSettings, MicrophoneStream};
//!
//! for array in microphones::list()? {
//!     println!("{array}");
//! }
//! let stream = MicrophoneStream::open(&MicrophoneSettings::default())?;
//! while let Some(block) = stream.next_block(Duration::from_secs(1))? {
//!     println!("microphone 0 peaks at {:.1} dBFS", block.levels[0].peak_dbfs());
//! }
//! # Ok::<(), kinect_azure::microphones::MicrophoneError>(())
//! ```
//!
//! # How the array is found
//!
//! The array is recognised by its USB id (045e:097e, [`USB_ID`]) if the system reports it, otherwise by its name, which
//! contains "Azure Kinect Microphone Array" on every system. The array has the serial number of its sensor's cameras,
//! so the serial number shows to which sensor the array belongs:
//!
//! | system | name | serial number |
//! | --- | --- | --- |
//! | Linux, ALSA | card "Azure Kinect Microphone Array", `hw:CARD=Array,DEV=0` | of the USB device, read from `/sys` |
//! | Linux, PulseAudio or PipeWire | `alsa_input.usb-…Azure_Kinect_Microphone_Array_000123456789-00.…` | in the name |
//! | Windows, WASAPI | "Microphone Array (Azure Kinect Microphone Array)", a second one "(2- Azure Kinect …)" | not told |
//!
//! If there is one array, it is chosen. If there are several arrays and the system does not report their serial
//! numbers, choosing by serial number fails with [`Ambiguous`](MicrophoneError::Ambiguous), which lists the arrays. In
//! that case choose by [`Index`](MicrophoneSelection::Index) or [`Device`](MicrophoneSelection::Device), and tap on a
//! sensor to see which level moves.
//!
//! Orbbec's Femto Bolt and Femto Mega have no array of this kind.
//!
//! # How to check the device
//!
//! - **Linux**: `lsusb -d 045e:097e` shows whether the array is on the bus, `arecord -l` (package `alsa-utils`) whether
//!   ALSA lists it as a card, and `arecord -D hw:CARD=Array,DEV=0 -c 7 -r 48000 -f S16_LE -d 5 test.wav` whether it
//!   records. The user must be in the group `audio` or logged in at the machine. The array is opened directly, all
//!   channels and no conversion, so only one program at a time can have it; a sound server releases it when no program
//!   listens through it.
//! - **Windows**: Settings → System → Sound must list it under Input. Its properties → Advanced → Default Format must be
//!   "7 channel, 16 bit, 48000 Hz", and Settings → Privacy → Microphone must let desktop apps listen. An array that is
//!   missing after a firmware update comes back when it is uninstalled in the device manager and plugged in again.
//!
//! # What a block is
//!
//! An [`AudioBlock`] holds the same number of frames each time, a frame being one sample of each microphone, in the order
//! in which the array sends them. Blocks wait in a queue of limited length; when it is full, the oldest block is dropped and
//! counted. The memory of blocks that are no longer held is used again.

mod array;
mod block;
mod device;
mod error;
mod host;
mod queue;
mod settings;
mod stream;
mod timeline;
mod usb;

pub use array::{MICROPHONES, SAMPLE_RATE, USB_ID};
pub use block::{AudioBlock, AudioLevel};
pub use device::{MicrophoneDevice, MicrophoneMatch, MicrophoneSelection};
pub use error::MicrophoneError;
pub use queue::{AudioCounters, AudioReceiver};
pub use settings::MicrophoneSettings;
pub use stream::{MicrophoneInfo, MicrophoneStream, list, list_inputs};
