//! Combines the people of two pictures of one moment: of infrared and of colour.
//!
//! The same model saw both, so its scores can be compared: infrared is clear in the dark and at night, colour shows clothes and
//! faces that look alike in infrared.

use super::agreement::{apart, at, distance, sides_differ, size, turn_round};
use crate::pose2d::{Joint2d, Person2d};

/// Findings in two pictures show one person if they are less apart, as a share of the person's size. Joints of the colour
/// image are mapped through the measured depth, which moves some of them.
const SAME: f32 = 0.2;
/// Two places of a joint are averaged if they differ by less than this share of the person's size.
const CLOSE: f32 = 0.06;

/// The people of either picture, in pixels of the depth image; whoever is in both is combined. The order is that of `infrared`,
/// then that of `color`.
pub(super) fn combine(mut infrared: Vec<Person2d>, color: Vec<Person2d>) -> Vec<Person2d> {
    let mut pairs: Vec<(f32, usize, usize)> = Vec::new();
    for (number, one) in infrared.iter().enumerate() {
        for (other, another) in color.iter().enumerate() {
            pairs.push((apart(one, another), number, other));
        }
    }
    // NaN is not near.
    pairs.retain(|(apart, ..)| *apart < SAME);
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let mut of_color = vec![None; color.len()];
    let mut is_taken = vec![false; infrared.len()];
    for (_, number, other) in pairs {
        if !is_taken[number] && of_color[other].is_none() {
            is_taken[number] = true;
            of_color[other] = Some(number);
        }
    }
    for (person, number) in color.into_iter().zip(of_color) {
        match number {
            Some(number) => infrared[number] = both(&infrared[number], person),
            None => infrared.push(person),
        }
    }
    infrared
}

fn both(infrared: &Person2d, mut color: Person2d) -> Person2d {
    let mut person = infrared.clone();
    if sides_differ(&person, &color) {
        let certainty = |person: &Person2d| -> f32 {
            let joints = person.joints.iter().flatten();
            joints.map(|joint| joint.score).sum()
        };
        let wrong = if certainty(&person) < certainty(&color) {
            &mut person
        } else {
            &mut color
        };
        turn_round(wrong);
    }
    let close = CLOSE * size(infrared);
    for (joint, other) in person.joints.iter_mut().zip(color.joints) {
        *joint = match (*joint, other) {
            (Some(joint), Some(other)) => Some(surer(joint, other, close)),
            (joint, other) => joint.or(other),
        };
    }
    person.score = person.score.max(color.score);
    person
}

/// Two places of a joint: their mean, weighted by the scores, if they are close, otherwise the one with the higher score.
fn surer(a: Joint2d, b: Joint2d, close: f32) -> Joint2d {
    let surer = if a.score >= b.score { a } else { b };
    let total = a.score + b.score;
    if total > 0.0 && distance(at(&a), at(&b)) < close {
        Joint2d {
            x: a.x + (b.x - a.x) * b.score / total,
            y: a.y + (b.y - a.y) * b.score / total,
            ..surer
        }
    } else {
        surer
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use kinect_azure::Joint;

    use super::*;
    use crate::onnx::agreement::tests::person;

    #[test]
    fn joints_come_from_the_picture_that_shows_them() {
        let infrared = person([200.0, 300.0]);
        let mut color = person([204.0, 300.0]);
        let knee = Joint::KneeLeft.index();
        color.joints[knee].as_mut().unwrap().score = 0.4;
        let wrist = Joint::WristLeft.index();
        color.joints[wrist].as_mut().unwrap().x += 150.0;
        color.joints[wrist].as_mut().unwrap().score = 0.9;
        let elbow = Joint::ElbowRight.index();
        color.joints[elbow].as_mut().unwrap().x -= 150.0;
        color.joints[elbow].as_mut().unwrap().score = 0.3;
        let stranger = person([500.0, 300.0]);
        let found = combine(vec![infrared.clone()], vec![stranger.clone(), color]);
        assert_eq!(found.len(), 2);
        assert_eq!(found[1], stranger);
        let off =
            |index: usize| found[0].joints[index].unwrap().x - infrared.joints[index].unwrap().x;
        assert!((off(Joint::Pelvis.index()) - 2.0).abs() < 1e-3);
        assert!((off(knee) - 4.0 / 3.0).abs() < 1e-3, "{}", off(knee));
        assert!((off(wrist) - 154.0).abs() < 1e-3);
        assert_eq!(off(elbow), 0.0);
    }

    #[test]
    fn the_surer_picture_knows_the_sides() {
        let infrared = person([200.0, 300.0]);
        let mut color = infrared.clone();
        turn_round(&mut color);
        let found = combine(vec![infrared.clone()], vec![color.clone()]);
        assert_eq!((found.len(), &found[0]), (1, &infrared));
        for joint in color.joints.iter_mut().flatten() {
            joint.score = 0.95;
        }
        let found = combine(vec![infrared], vec![color.clone()]);
        assert!(!sides_differ(&found[0], &color));
        for found in [
            combine(Vec::new(), vec![color.clone()]),
            combine(vec![color.clone()], Vec::new()),
        ] {
            assert_eq!((found.len(), &found[0]), (1, &color));
        }
    }
}
