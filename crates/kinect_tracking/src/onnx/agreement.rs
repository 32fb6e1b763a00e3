//! Whether two findings are of one person, and whether both have the same left and right.

use kinect_azure::Joint;

use crate::pose2d::{Joint2d, Person2d};

/// The pairs of joints that show where a person's left is, named by the left one.
const SIDES: [Joint; 4] = [
    Joint::ShoulderLeft,
    Joint::ElbowLeft,
    Joint::HipLeft,
    Joint::KneeLeft,
];

/// The longer side of the box around a person, in pixels.
pub(super) fn size(person: &Person2d) -> f32 {
    let [width, height] = person.bounds.size();
    width.max(height).max(1.0)
}

pub(super) fn distance(a: [f32; 2], b: [f32; 2]) -> f32 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

pub(super) const fn at(joint: &Joint2d) -> [f32; 2] {
    [joint.x, joint.y]
}

fn middle(person: &Person2d, left: Joint) -> Option<[f32; 2]> {
    let (a, b) = (person.joint(left)?, person.joint(left.mirrored())?);
    Some([(a.x + b.x) / 2.0, (a.y + b.y) / 2.0])
}

/// The middle of the hips, or of the box.
fn hips(person: &Person2d) -> [f32; 2] {
    middle(person, Joint::HipLeft)
        .or_else(|| person.joint(Joint::Pelvis).map(|pelvis| at(&pelvis)))
        .unwrap_or_else(|| person.bounds.center())
}

/// Whether a finding has the joints of the trunk, or only a place.
pub(super) fn has_trunk(person: &Person2d) -> bool {
    middle(person, Joint::HipLeft).is_some() && middle(person, Joint::ShoulderLeft).is_some()
}

/// How far two findings are apart, as a share of the person's size: the mean distance of the middles of shoulders and of
/// hips. Exchanged sides change nothing.
pub(super) fn apart(a: &Person2d, b: &Person2d) -> f32 {
    let low = distance(hips(a), hips(b));
    let shoulders = middle(a, Joint::ShoulderLeft).zip(middle(b, Joint::ShoulderLeft));
    let mean = shoulders.map_or(low, |(a, b)| (low + distance(a, b)) / 2.0);
    mean / ((size(a) + size(b)) / 2.0)
}

/// Whether the joints of two findings of one person agree far better with the sides of one of them exchanged.
pub(super) fn sides_differ(a: &Person2d, b: &Person2d) -> bool {
    let (mut kept, mut exchanged, mut count) = (0.0, 0.0, 0.0);
    for left in SIDES {
        let right = left.mirrored();
        let joints = (a.joint(left), a.joint(right), b.joint(left), b.joint(right));
        let (Some(al), Some(ar), Some(bl), Some(br)) = joints else {
            continue;
        };
        kept += distance(at(&al), at(&bl)) + distance(at(&ar), at(&br));
        exchanged += distance(at(&al), at(&br)) + distance(at(&ar), at(&bl));
        count += 2.0;
    }
    let clear = 0.02 * count * (size(a) + size(b)) / 2.0;
    exchanged < 0.7 * kept && kept - exchanged > clear
}

/// Exchanges left and right, as in a mirror.
pub(super) fn mirror(person: &mut Person2d) {
    for joint in Joint::ALL {
        let other = joint.mirrored();
        if joint.index() < other.index() {
            person.joints.swap(joint.index(), other.index());
        }
    }
}

/// Turns a person round who was taken front for back: exchanges left and right, and the depths before and behind the hips.
pub(super) fn turn_round(person: &mut Person2d) {
    mirror(person);
    for joint in person.joints.iter_mut().flatten() {
        joint.behind_hips_mm = joint.behind_hips_mm.map(|mm| -mm);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
pub(super) mod tests {
    use super::*;
    use crate::box2::Box2;
    use crate::rotation::rest_position;

    /// Somebody 500 pixels high in a T-pose who faces the camera, with the pelvis at that place.
    pub(in crate::onnx) fn person(pelvis: [f32; 2]) -> Person2d {
        let joints = Joint::ALL.map(|joint| {
            let [left, up, _] = rest_position(joint);
            Some(Joint2d {
                x: pelvis[0] + 160.0 * left,
                y: pelvis[1] - 160.0 * up,
                score: 0.8,
                behind_hips_mm: Some(10.0),
            })
        });
        let bounds = Box2::around(joints.iter().flatten().map(at)).unwrap();
        Person2d {
            joints,
            score: 0.9,
            bounds,
        }
    }

    #[test]
    fn exchanged_sides_are_found_and_do_not_make_another_person() {
        let a = person([200.0, 300.0]);
        let mut b = person([205.0, 300.0]);
        assert!((apart(&a, &b) - 5.0 / size(&a)).abs() < 1e-4);
        assert!(!sides_differ(&a, &b));
        turn_round(&mut b);
        assert!(apart(&a, &b) < 0.02);
        assert!(sides_differ(&a, &b));
        assert_eq!(b.joint(Joint::Nose).unwrap().behind_hips_mm, Some(-10.0));
        turn_round(&mut b);
        assert_eq!(b, person([205.0, 300.0]));
    }

    #[test]
    fn a_box_alone_is_compared_by_its_middle() {
        let a = person([200.0, 300.0]);
        let mut b = a.clone();
        b.joints = [None; Joint::COUNT];
        assert!(has_trunk(&a) && !has_trunk(&b));
        assert!(apart(&a, &b) < 0.2);
        assert!(!sides_differ(&a, &b));
    }
}
