//! A person who is shown.

use crate::person::HandShape;
use crate::person::pose::BodyPose;

/// Somebody on stage.
#[derive(Clone, Debug)]
pub(crate) struct Performer {
    /// New for each visit.
    pub(crate) id: u32,
    /// Which member of the cast.
    pub(crate) cast: usize,
    pub(crate) pose: BodyPose,
    /// Left and right.
    pub(crate) hands: [HandShape; 2],
}
