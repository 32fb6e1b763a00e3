//! Combines the findings of two networks about one person: of the detector, which finds all people, and of the pose
//! network, which looks at a crop.
//!
//! The detector seldom mistakes one person for another. The pose network knows more joints, and seldom exchanges the sides
//! of people who are seen from behind. If both see a joint in nearly the same place, the mean is more accurate than either.

use core::array;

use kinect_azure::Joint;

use super::agreement::{at, distance, size};
use crate::pose2d::{Joint2d, Person2d};

/// Two places of a joint are averaged if they differ by less than this share of the person's size.
const CLOSE: f32 = 0.06;
/// If the places differ by more, the detector's place is taken if its score is higher than this.
const BELIEVED: f32 = 0.3;
/// The same for people who are small in the detector's input.
const BELIEVED_SMALL: f32 = 0.5;
/// The size below which a person counts as small, as a share of the picture's longer side.
const SMALL: f32 = 0.35;

/// The joints that only the pose network sees, after the joint that they hang on.
const ENDS: [(Joint, [Joint; 3]); 4] = [
    (
        Joint::WristLeft,
        [Joint::HandLeft, Joint::HandTipLeft, Joint::ThumbLeft],
    ),
    (
        Joint::WristRight,
        [Joint::HandRight, Joint::HandTipRight, Joint::ThumbRight],
    ),
    (Joint::AnkleLeft, [Joint::FootLeft; 3]),
    (Joint::AnkleRight, [Joint::FootRight; 3]),
];

/// From the joints of the pose network to the combined joints, in pixels.
pub(super) type Offsets = [Option<[f32; 2]>; Joint::COUNT];

/// Combines the detector's finding `seen` with the pose network's finding `look`; both must have the same sides. `picture`
/// is the longer side of the picture in pixels.
pub(super) fn fuse(look: &Person2d, seen: &Person2d, picture: f32) -> Person2d {
    let close = CLOSE * size(seen);
    let believed = if size(seen) < SMALL * picture {
        BELIEVED_SMALL
    } else {
        BELIEVED
    };
    let mut person = look.clone();
    for (joint, seen) in person.joints.iter_mut().zip(&seen.joints) {
        *joint = match (*joint, *seen) {
            (Some(look), Some(seen)) => Some(both(look, seen, close, believed)),
            (look, seen) => look.or(seen),
        };
    }
    carry_ends(&mut person, look, close);
    person
}

fn both(look: Joint2d, seen: Joint2d, close: f32, believed: f32) -> Joint2d {
    if distance(at(&look), at(&seen)) < close {
        Joint2d {
            x: (look.x + seen.x) / 2.0,
            y: (look.y + seen.y) / 2.0,
            score: look.score.max(seen.score),
            ..look
        }
    } else if seen.score > believed {
        seen
    } else {
        look
    }
}

/// Moves hands and feet with the wrists and ankles. If a wrist or an ankle was replaced by one that is far away, its hand or
/// foot is not known.
fn carry_ends(person: &mut Person2d, look: &Person2d, close: f32) {
    for (joint, ends) in ENDS {
        let (Some(now), Some(was)) = (person.joint(joint), look.joint(joint)) else {
            continue;
        };
        let moved = [now.x - was.x, now.y - was.y];
        let stays = distance(at(&now), at(&was)) < close;
        for end in ends {
            person.joints[end.index()] = look.joint(end).filter(|_| stays).map(|end| Joint2d {
                x: end.x + moved[0],
                y: end.y + moved[1],
                ..end
            });
        }
    }
}

/// The offsets from the pose network's joints to the combined joints.
pub(super) fn offsets(look: &Person2d, fused: &Person2d) -> Offsets {
    array::from_fn(|index| {
        let (look, fused) = (look.joints[index]?, fused.joints[index]?);
        Some([fused.x - look.x, fused.y - look.y])
    })
}

/// The joints in a picture that only the pose network looked at: its joints, moved by the offsets from the last picture that
/// both networks looked at. A large offset is used only if it leads nearer to the joint's place `before`.
pub(super) fn go_on(look: &Person2d, offsets: &Offsets, before: &Person2d) -> Person2d {
    let close = CLOSE * size(look);
    let mut person = look.clone();
    for (index, joint) in person.joints.iter_mut().enumerate() {
        let (Some(joint), Some([x, y])) = (joint, offsets[index]) else {
            continue;
        };
        let moved = [joint.x + x, joint.y + y];
        let is_good = x.hypot(y) < close
            || before.joints[index].is_some_and(|before| {
                distance(moved, at(&before)) < distance(at(joint), at(&before))
            });
        if is_good {
            [joint.x, joint.y] = moved;
        }
    }
    carry_ends(&mut person, look, close);
    person
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::onnx::agreement::tests::person;

    fn moved(person: &mut Person2d, joint: Joint, by: f32, score: f32) {
        let joint = person.joints[joint.index()].as_mut().unwrap();
        joint.x += by;
        joint.score = score;
    }

    #[test]
    fn near_places_are_averaged_and_far_ones_chosen_by_score() {
        let look = person([200.0, 300.0]);
        let mut seen = look.clone();
        moved(&mut seen, Joint::KneeLeft, 10.0, 0.5);
        moved(&mut seen, Joint::ElbowLeft, 100.0, 0.5);
        moved(&mut seen, Joint::ElbowRight, 100.0, 0.2);
        moved(&mut seen, Joint::WristLeft, 20.0, 0.5);
        moved(&mut seen, Joint::WristRight, -100.0, 0.5);
        seen.joints[Joint::HandLeft.index()] = None;
        let fused = fuse(&look, &seen, 640.0);
        let off = |joint: Joint| Some(fused.joint(joint)?.x - look.joint(joint)?.x);
        assert_eq!(off(Joint::KneeLeft), Some(5.0));
        assert_eq!(off(Joint::ElbowLeft), Some(100.0));
        assert_eq!(off(Joint::ElbowRight), Some(0.0));
        assert_eq!(off(Joint::HandLeft), Some(10.0));
        assert_eq!(off(Joint::HandRight), None);
        // In a larger picture the person is small, and the detector needs a higher score.
        let fused = fuse(&look, &seen, 4000.0);
        assert_eq!(fused.joint(Joint::ElbowLeft), look.joint(Joint::ElbowLeft));
    }

    #[test]
    fn offsets_last_until_the_next_search() {
        let look = person([200.0, 300.0]);
        let mut seen = look.clone();
        moved(&mut seen, Joint::KneeLeft, 10.0, 0.5);
        moved(&mut seen, Joint::ElbowLeft, 100.0, 0.5);
        let fused = fuse(&look, &seen, 640.0);
        let offsets = offsets(&look, &fused);
        // The pose network is still wrong, then it is right.
        let mut next = look.clone();
        let person = go_on(&next, &offsets, &fused);
        let off = |person: &Person2d, joint: Joint| {
            person.joint(joint).unwrap().x - look.joint(joint).unwrap().x
        };
        assert!((off(&person, Joint::KneeLeft) - 5.0).abs() < 1e-3);
        assert!((off(&person, Joint::ElbowLeft) - 100.0).abs() < 1e-3);
        moved(&mut next, Joint::ElbowLeft, 102.0, 0.8);
        let person = go_on(&next, &offsets, &person);
        assert!((off(&person, Joint::ElbowLeft) - 102.0).abs() < 1e-3);
    }
}
