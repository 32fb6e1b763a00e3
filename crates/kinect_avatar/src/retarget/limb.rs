//! Inverse kinematics of two bones.

use glam::{Quat, Vec3};

/// A limb is never stretched further than this share of its length.
const STRETCHED: f32 = 0.999;

/// The turns of a limb's two bones that bring its end to a target, applied before their present turns in body axes. The limb
/// bends where it bends now; a straight one bends towards `front`.
pub(super) fn reach(
    [root, middle, end]: [Vec3; 3],
    target: Vec3,
    front: Vec3,
) -> Option<[Quat; 2]> {
    let (upper, lower) = (root.distance(middle), middle.distance(end));
    let to = target - root;
    let along = to.try_normalize()?;
    if upper < 1e-4 || lower < 1e-4 {
        return None;
    }
    let distance = to.length().clamp(
        (upper - lower).abs() * 1.01 + 1e-4,
        (upper + lower) * STRETCHED,
    );
    // The whole limb is turned to the target first, so that it bends in the plane in which it bends now.
    let swing = Quat::from_rotation_arc((end - root).try_normalize()?, along);
    let aside = |v: Vec3| {
        let v = swing * v;
        v - along * v.dot(along)
    };
    // The bias decides for straight limbs and changes the others little.
    let bend = aside(middle - root) + aside(front) * (0.05 * upper);
    let bend = bend.try_normalize()?;
    let cosine = (upper * upper + distance * distance - lower * lower) / (2.0 * upper * distance);
    let cosine = cosine.clamp(-1.0, 1.0);
    let new_middle = root + (along * cosine + bend * (1.0 - cosine * cosine).sqrt()) * upper;
    let new_end = root + along * distance;
    let arc = |from: Vec3, to: Vec3| {
        Some(Quat::from_rotation_arc(
            from.try_normalize()?,
            to.try_normalize()?,
        ))
    };
    Some([
        arc(middle - root, new_middle - root)?,
        arc(end - middle, new_end - new_middle)?,
    ])
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn the_end_comes_to_the_target_or_as_near_as_the_limb_is_long() {
        let limb = [
            Vec3::Y,
            Vec3::new(0.0, 0.55, 0.05),
            Vec3::new(0.0, 0.1, 0.0),
        ];
        for target in [
            Vec3::new(0.1, 0.2, 0.2),
            Vec3::new(0.0, 0.9, 0.1),
            Vec3::new(0.0, -3.0, 0.0),
        ] {
            let [upper, lower] = reach(limb, target, Vec3::Z).unwrap();
            let middle = limb[0] + upper * (limb[1] - limb[0]);
            let end = middle + lower * (limb[2] - limb[1]);
            let length = limb[0].distance(limb[1]) + limb[1].distance(limb[2]);
            let far = target.distance(limb[0]);
            let off = (far - length * STRETCHED).max(0.0);
            assert!((end.distance(target) - off).abs() < 2e-3, "{target}: {end}");
            assert!(middle.z >= -1e-3, "the knee is in front");
        }
    }

    #[test]
    fn limbs_without_length_are_left_alone() {
        assert_eq!(reach([Vec3::ZERO; 3], Vec3::X, Vec3::Z), None);
        assert_eq!(
            reach([Vec3::ZERO, Vec3::X, Vec3::X], Vec3::X, Vec3::Z),
            None
        );
        assert_eq!(
            reach([Vec3::ZERO, Vec3::X, Vec3::X * 2.0], Vec3::ZERO, Vec3::Z),
            None
        );
    }
}
