//! Each contract: a graph written by hand, on every library that runs networks, with the same people in the same places.

use kinect_azure::Joint;
use kinect_tracking::onnx::{Contract, ModelLayout, Picture, PoseModel, Runtime};
use kinect_tracking::pose2d::Person2d;
use kinect_tracking::tracker::TrackerErrorKind;

use super::graph::{Answer, Element, graph};
use super::{ModelFile, runtimes, settings};

/// The brightness of the test's picture.
const BRIGHTNESS: f32 = 102.0;

/// A grey picture of one brightness.
pub(crate) fn picture(width: u32, height: u32) -> Picture {
    Picture::grey(
        width,
        height,
        vec![BRIGHTNESS as u8; (width * height) as usize],
    )
    .unwrap()
}

/// The people that a graph finds in a picture; asserts that all libraries find the same.
fn people(name: &str, bytes: &[u8], contract: Contract, picture: &Picture) -> Vec<Person2d> {
    let file = ModelFile::new(name, bytes);
    let mut first: Option<Vec<Person2d>> = None;
    for runtime in runtimes() {
        let mut model = PoseModel::open(&settings(file.0.clone(), runtime)).unwrap();
        assert_eq!(model.contract(), contract, "{runtime:?}");
        let found = model.find(picture).unwrap();
        // A second run must give the same result.
        assert_eq!(model.find(picture).unwrap(), found);
        match &first {
            None => first = Some(found),
            Some(first) => assert_same(first, &found),
        }
    }
    first.unwrap()
}

fn assert_same(a: &[Person2d], b: &[Person2d]) {
    assert_eq!(a.len(), b.len());
    for (a, b) in a.iter().zip(b) {
        for (a, b) in a.joints.iter().zip(&b.joints) {
            match (a, b) {
                (Some(a), Some(b)) => {
                    let distance = (a.x - b.x).hypot(a.y - b.y);
                    assert!(
                        distance < 3e-3 && (a.score - b.score).abs() < 1e-4,
                        "{a:?} {b:?}"
                    );
                }
                (a, b) => assert_eq!(a, b),
            }
        }
    }
}

#[track_caller]
pub(crate) fn assert_at(person: &Person2d, joint: Joint, x: f32, y: f32) {
    let found = person.joint(joint).unwrap();
    assert!(
        (found.x - x).abs() < 0.01 && (found.y - y).abs() < 0.01,
        "{joint:?} is at {}, {}; expected {x}, {y}",
        found.x,
        found.y
    );
}

#[track_caller]
fn assert_score(person: &Person2d, joint: Joint, score: f32) {
    let found = person.joint(joint).unwrap().score;
    assert!(
        (found - score).abs() < 2e-3,
        "{joint:?}: {found}, not {score}"
    );
}

/// A SimCC graph with `count` joints, each at (10 + number, 20 + number) pixels of the input.
fn simcc(count: usize, input: &str) -> Vec<u8> {
    let mut x = Answer::new("simcc_x", &[1, count as i64, 384]);
    let mut y = Answer::new("simcc_y", &[1, count as i64, 512]);
    for joint in 0..count {
        x.constant[joint * 384 + 2 * (10 + joint)] = 0.6;
        y.constant[joint * 512 + 2 * (20 + joint)] = 0.8;
    }
    graph(input, Element::F32, &[1, 3, 256, 192], &[x, y])
}

#[test]
fn rtmpose_halpe_and_rtmw_give_their_joints() {
    // The picture has the input's size, so that pixels are the same.
    let picture = picture(192, 256);
    for count in [17, 26, 133] {
        let name = format!("simcc-{count}");
        let people = people(&name, &simcc(count, "input"), Contract::SimCc, &picture);
        let [person] = people.as_slice() else {
            panic!("{people:?}");
        };
        assert_at(person, Joint::Nose, 10.0, 20.0);
        assert_at(person, Joint::AnkleRight, 26.0, 36.0);
        assert_score(person, Joint::Nose, 0.7);
        match count {
            17 => assert_eq!(person.joint(Joint::Neck), None),
            26 => {
                assert_at(person, Joint::Neck, 28.0, 38.0);
                assert_at(person, Joint::FootRight, 31.0, 41.0);
                assert_eq!(person.joint(Joint::Head), None);
            }
            _ => {
                assert_at(person, Joint::FootRight, 30.0, 40.0);
                assert_at(person, Joint::HandLeft, 110.0, 120.0);
                assert_at(person, Joint::ThumbRight, 126.0, 136.0);
            }
        }
    }
}

/// A SimCC graph with an input of four channels, whose score of the nose is 0.9 plus the mean of the input.
fn four_channels() -> Vec<u8> {
    let mut answers = [
        Answer::new("simcc_x", &[1, 17, 384]),
        Answer::new("simcc_y", &[1, 17, 512]),
    ];
    for (answer, bins) in answers.iter_mut().zip([384, 512]) {
        for joint in 0..17 {
            answer.constant[joint * bins] = 0.9;
        }
        answer.factor[0] = 1.0;
    }
    graph("input", Element::F32, &[1, 4, 256, 192], &answers)
}

#[test]
fn pictures_are_normalised_as_the_contract_says() {
    // The score of the nose encodes the mean of the input.
    let normal = |mean: [f32; 3], deviation: [f32; 3]| -> f32 {
        (0..3)
            .map(|channel| (BRIGHTNESS - mean[channel]) / deviation[channel])
            .sum::<f32>()
            / 3.0
    };
    let mut x = Answer::new("simcc_x", &[1, 17, 384]);
    let mut y = Answer::new("simcc_y", &[1, 17, 512]);
    for joint in 0..17 {
        x.constant[joint * 384] = 0.9;
        y.constant[joint * 512] = 0.9;
    }
    x.factor[0] = 1.0;
    y.factor[0] = 1.0;
    let bytes = graph("input", Element::F32, &[1, 3, 256, 192], &[x, y]);
    let mean = normal([123.675, 116.28, 103.53], [58.395, 57.12, 57.375]);
    let found = people("normal-simcc", &bytes, Contract::SimCc, &picture(192, 256));
    assert_score(&found[0], Joint::Nose, 0.9 + mean);

    // A fourth channel is infrared, which has the mean range of the colours.
    let bytes = four_channels();
    let bgra = Picture::bgra(192, 256, [100, 110, 120, 130].repeat(192 * 256)).unwrap();
    let of = |value: f32, mean: f32, deviation: f32| (value - mean) / deviation;
    let mean = (of(120.0, 123.675, 58.395)
        + of(110.0, 116.28, 57.12)
        + of(100.0, 103.53, 57.375)
        + of(130.0, 114.495, 57.63))
        / 4.0;
    let found = people("normal-four", &bytes, Contract::SimCc, &bgra);
    assert_score(&found[0], Joint::Nose, 0.9 + mean);

    // MoveNet takes integers without normalisation.
    let mut output = Answer::new("output_0", &[1, 1, 17, 3]);
    for joint in 0..17 {
        output.constant[joint * 3 + 2] = 0.5;
    }
    output.factor[2] = 0.001;
    let bytes = graph("input", Element::I32, &[1, 192, 192, 3], &[output]);
    let found = people(
        "normal-movenet",
        &bytes,
        Contract::MoveNetSingle,
        &picture(192, 192),
    );
    assert_score(&found[0], Joint::Nose, 0.5 + BRIGHTNESS * 0.001);
}

#[test]
fn heat_maps_are_read_between_their_pixels() {
    let mut maps = Answer::new("heatmaps", &[1, 17, 64, 48]);
    let (x, y) = (20.3_f32, 31.8_f32);
    for joint in 0..17 {
        for row in 0..64 {
            for column in 0..48 {
                let distance = (column as f32 - x).powi(2) + (row as f32 - y).powi(2);
                maps.constant[(joint * 64 + row) * 48 + column] = 0.9 * (-distance / 8.0).exp();
            }
        }
    }
    let bytes = graph("pixel_values", Element::F32, &[0, 3, 256, 192], &[maps]);
    let people = people("heatmaps", &bytes, Contract::Heatmaps, &picture(192, 256));
    assert_at(
        &people[0],
        Joint::ElbowLeft,
        x * 191.0 / 47.0,
        y * 255.0 / 63.0,
    );
}

#[test]
fn movenet_gives_shares_of_its_input() {
    let mut output = Answer::new("output_0", &[1, 1, 17, 3]);
    for joint in 0..17 {
        // y, x, score.
        output.constant[joint * 3..][..3].copy_from_slice(&[0.25, 0.5 + joint as f32 / 100.0, 0.8]);
    }
    let bytes = graph("input", Element::I32, &[1, 192, 192, 3], &[output]);
    // The picture is half as wide as the input, and lies in the middle of the square.
    let people = people(
        "movenet",
        &bytes,
        Contract::MoveNetSingle,
        &picture(96, 192),
    );
    assert_at(&people[0], Joint::Nose, 47.5, 47.5);
    assert_at(&people[0], Joint::AnkleRight, 47.5 + 16.0 * 1.92, 47.5);
}

/// A MultiPose graph with two people and four empty results.
pub(crate) fn multipose(height: i64, width: i64) -> Vec<u8> {
    let mut output = Answer::new("output_0", &[1, 6, 56]);
    for (person, (x, score)) in [(0.25, 0.9), (0.75, 0.5), (0.1, 0.15), (0.2, 0.1)]
        .into_iter()
        .enumerate()
    {
        let numbers = &mut output.constant[person * 56..][..56];
        for joint in 0..17 {
            numbers[joint * 3..][..3].copy_from_slice(&[0.1 + joint as f32 * 0.05, x, 0.7]);
        }
        numbers[51..].copy_from_slice(&[0.05, x - 0.1, 0.95, x + 0.1, score]);
    }
    graph("input", Element::I32, &[1, height, width, 3], &[output])
}

#[test]
fn multipose_gives_all_people() {
    // Open sizes get the usual ones: 288 high, 320 wide.
    for (name, height, width) in [("multipose", 288, 320), ("multipose-open", 0, 0)] {
        let people = people(
            name,
            &multipose(height, width),
            Contract::MoveNetMulti,
            &picture(640, 576),
        );
        assert_eq!(people.len(), 2);
        assert_at(&people[0], Joint::Nose, 159.5, 57.1);
        assert_at(&people[1], Joint::HipLeft, 479.5, 0.65 * 576.0 - 0.5);
        assert!((people[0].score - 0.9).abs() < 1e-3);
        let [width, height] = people[1].bounds.size();
        assert!((width - 128.0).abs() < 0.1 && (height - 518.4).abs() < 0.1);
    }
}

#[test]
fn blazepose_gives_landmarks_hands_and_depth() {
    let mut landmarks = Answer::new("landmarks", &[1, 195]);
    for index in 0..39 {
        let (x, y) = (100.0 + index as f32, 50.0 + index as f32);
        landmarks.constant[index * 5..][..5].copy_from_slice(&[x, y, 0.0, 2.0, 3.0]);
    }
    let mut confidence = Answer::new("confidence", &[1, 1]);
    confidence.constant[0] = 0.9;
    let mut world = Answer::new("world", &[1, 117]);
    world.constant[15 * 3 + 2] = -0.25;
    let bytes = graph(
        "input_1",
        Element::F32,
        &[1, 256, 256, 3],
        &[confidence, world, landmarks],
    );
    let people = people("blazepose", &bytes, Contract::BlazePose, &picture(256, 256));
    let person = &people[0];
    // The whole square: landmarks are measured from its corner.
    assert_at(person, Joint::Nose, 99.5, 49.5);
    assert_at(person, Joint::FootRight, 131.5, 81.5);
    assert_score(person, Joint::Nose, 1.0 / (1.0 + (-2.0_f32).exp()));
    // On the line from the wrist (15) to the middle of the knuckles (17 and 19), a little beyond.
    assert_at(person, Joint::HandLeft, 99.5 + 18.3, 49.5 + 18.3);
    let depth = person.joint(Joint::WristLeft).unwrap().behind_hips_mm;
    assert!((depth.unwrap() + 250.0).abs() < 0.1, "{depth:?}");
}

#[test]
fn blazepose_that_sees_nobody_gives_nobody() {
    let mut confidence = Answer::new("confidence", &[1, 1]);
    confidence.constant[0] = 0.2;
    let bytes = graph(
        "input_1",
        Element::F32,
        &[1, 256, 256, 3],
        &[Answer::new("landmarks", &[1, 195]), confidence],
    );
    let people = people(
        "blazepose-nobody",
        &bytes,
        Contract::BlazePose,
        &picture(256, 256),
    );
    assert!(people.is_empty());
}

#[test]
fn the_detector_of_blazepose_gives_hips() {
    let mut boxes = Answer::new("boxes", &[1, 2254, 12]);
    let mut scores = Answer::new("scores", &[1, 2254, 1]);
    scores.constant.fill(-9.0);
    // The first cells of the finest grid are around (4, 4) and (12, 4); both find the same person.
    for (place, score) in [(0, 4.0), (2, 3.0)] {
        scores.constant[place] = score;
        let x = if place == 0 { 100.0 } else { 92.0 };
        // Box, hips, end of the circle.
        boxes.constant[place * 12..][..8]
            .copy_from_slice(&[0.0, 0.0, 50.0, 50.0, x, 110.0, x, 60.0]);
    }
    let bytes = graph("input_1", Element::F32, &[1, 224, 224, 3], &[boxes, scores]);
    let people = people(
        "blazepose-detector",
        &bytes,
        Contract::BlazePoseDetector,
        &picture(448, 224),
    );
    assert_eq!(people.len(), 1);
    // Twice as wide as the square: half the size, 56 rows of bar above.
    assert_at(&people[0], Joint::Pelvis, 207.5, (114.0 - 56.0) * 2.0 - 0.5);
}

#[test]
fn rtmo_leaves_out_doubles() {
    let mut boxes = Answer::new("dets", &[1, 3, 5]);
    let mut joints = Answer::new("keypoints", &[1, 3, 17, 3]);
    for (person, (x, score)) in [(100.0, 0.9), (104.0, 0.8), (300.0, 0.6)]
        .into_iter()
        .enumerate()
    {
        boxes.constant[person * 5..][..5].copy_from_slice(&[x, 100.0, x + 80.0, 300.0, score]);
        for joint in 0..17 {
            joints.constant[(person * 17 + joint) * 3..][..3].copy_from_slice(&[
                x + joint as f32,
                120.0,
                0.5,
            ]);
        }
    }
    let bytes = graph("input", Element::F32, &[1, 3, 640, 640], &[boxes, joints]);
    let people = people("rtmo", &bytes, Contract::Rtmo, &picture(1280, 720));
    assert_eq!(people.len(), 2);
    // Half the size, in the upper left corner.
    assert_at(&people[0], Joint::Nose, 200.5, 240.5);
    assert_at(&people[1], Joint::EyeLeft, 602.5, 240.5);
}

#[test]
fn yolo_pose_is_read_and_its_licence_told() {
    let mut output = Answer::new("output0", &[1, 56, 8400]);
    for (place, (x, score)) in [(7, (200.0, 0.8)), (8, (203.0, 0.7)), (9, (400.0, 0.1))] {
        let mut set = |row: usize, value: f32| output.constant[row * 8400 + place] = value;
        for (row, value) in [x, 300.0, 100.0, 250.0, score].into_iter().enumerate() {
            set(row, value);
        }
        for joint in 0..17 {
            set(5 + joint * 3, x);
            set(6 + joint * 3, 200.0 + joint as f32);
            set(7 + joint * 3, 0.6);
        }
    }
    let bytes = graph("images", Element::F32, &[1, 3, 640, 640], &[output]);
    let people = people("yolo", &bytes, Contract::YoloPose, &picture(640, 480));
    assert_eq!(people.len(), 1);
    // In the middle: 80 rows of bar above.
    assert_at(&people[0], Joint::Nose, 199.5, 119.5);

    let file = ModelFile::new("yolo-notes", &bytes);
    let model = PoseModel::open(&settings(file.0.clone(), Runtime::Embedded)).unwrap();
    assert!(
        model.notes().iter().any(|note| note.contains("AGPL")),
        "{:?}",
        model.notes()
    );
}

#[test]
fn what_is_not_recognised_can_be_set_by_hand() {
    // Other names, and shapes that fit the two outputs of SimCC either way round.
    let mut rows = Answer::new("rows", &[1, 17, 512]);
    let mut columns = Answer::new("columns", &[1, 17, 512]);
    for joint in 0..17 {
        rows.constant[joint * 512 + 80] = 0.9;
        columns.constant[joint * 512 + 40] = 0.9;
    }
    let bytes = graph("picture", Element::F32, &[1, 3, 256, 256], &[rows, columns]);
    let file = ModelFile::new("by-hand", &bytes);
    for runtime in runtimes() {
        let mut settings = settings(file.0.clone(), runtime);
        let error = PoseModel::open(&settings).unwrap_err();
        assert_eq!(error.kind, TrackerErrorKind::Unusable);
        assert!(error.message.contains("`rows` [1, 17, 512]"), "{error}");
        settings.network.layout = ModelLayout {
            contract: Some(Contract::SimCc),
            outputs: vec!["columns".into(), "rows".into()],
            ..ModelLayout::default()
        };
        let mut model = PoseModel::open(&settings).unwrap();
        let people = model.find(&picture(256, 256)).unwrap();
        assert_at(&people[0], Joint::Nose, 20.0, 40.0);

        settings.network.layout.outputs[1] = "nowhere".into();
        let error = PoseModel::open(&settings).unwrap_err();
        assert!(error.message.contains("no output `nowhere`"), "{error}");
        settings.network.layout.contract = Some(Contract::Rtmo);
        settings.network.layout.outputs.clear();
        let error = PoseModel::open(&settings).unwrap_err();
        assert!(error.message.contains("`dets` [?, ?, 5]"), "{error}");
    }
}
