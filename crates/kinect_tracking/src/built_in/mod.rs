//! The built-in body tracker: two small networks on depth images, trained on simulated people alone.
//!
//! It needs neither a library of the vendor nor a graphics card. The data flows one way:
//!
//! 1. The *finder* sees the [overview](crate::crop::Overview) of the depth image and says where people are.
//! 2. `people` follows them from capture to capture and says where each person will be.
//! 3. The *poser* sees the [crop](crate::crop::PersonCrop) around each person and says where the 32 joints are, which of them are
//!    seen, which part of the crop is the person, and whether there is a person at all (`decode` reads its maps).
//! 4. `skeleton` fits the joints to the lengths of the person's bones and computes orientations and confidences.
//! 5. The body index map grows from the bones over the depth image, where the poser's mask shows the person.
//!
//! `training/README.md` in the repository says how the networks are trained, and how to train them for one's own room.

mod decode;
mod finder;
mod networks;
mod people;
mod poser;
mod settings;
mod skeleton;
mod tracker;

pub(crate) use networks::are_in;
pub use settings::BuiltInSettings;
pub use tracker::BuiltInTracker;
