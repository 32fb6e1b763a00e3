//! Bodies in files, written and read back by readers of our own.

use std::collections::HashMap;
use std::io::Cursor;

use glam::{Mat4, Quat, Vec3};
use kinect_azure::body::BodyFrame;
use kinect_azure::{Body, Calibration, Capture, Joint, JointConfidence, units};
use kinect_tracking::files::{
    BodyClip, BodyFileError, BodyFolder, BodyFormat, BodyWriter, BvhWriter, ClipPlayer,
    ClipTracker, CsvWriter, GltfWriter, JsonWriter, OneBodyWriter, create, create_in,
};
use kinect_tracking::tracker::BodyTracker;

use crate::clips::{NAMES, at, clip, quat, resampled};
use crate::figure::{Figure, calibration};

fn some_frames() -> Vec<BodyFrame> {
    (0..10_u64)
        .map(|n| BodyFrame {
            device_timestamp_usec: 1_000_000 + n * 33_333,
            bodies: (0..n as u32 % 3)
                .map(|id| {
                    let place = Vec3::new(n as f32 / 3.0, id as f32 * 0.1, 2000.0);
                    let mut body = Figure::new(place).body(id + 1);
                    body.joints[3].confidence = JointConfidence::Low;
                    body.joints[4].confidence = JointConfidence::None;
                    body
                })
                .collect(),
            index_map: None,
            ..BodyFrame::default()
        })
        .collect()
}

fn json(frames: &[BodyFrame]) -> Vec<u8> {
    let mut writer = JsonWriter::new(Vec::new());
    for frame in frames {
        writer.write(frame).unwrap();
    }
    writer.into_inner().unwrap()
}

#[test]
fn json_gives_back_the_same_bits() {
    let frames = some_frames();
    let clip = BodyClip::from_json(&json(&frames)).unwrap();
    assert_eq!(clip.frames().len(), frames.len());
    for (read, written) in clip.frames().iter().zip(&frames) {
        assert_eq!(**read, *written);
    }
    let text = String::from_utf8(json(&frames)).unwrap();
    assert!(text.starts_with("{\"frames\":[\n{\"timestamp_usec\":1000000,\"bodies\":[]},\n"));
    assert!(text.contains("\"confidence\":\"medium\"") && text.ends_with("]}\n"));
    // A file without frames is valid JSON, but not a clip.
    assert!(matches!(
        BodyClip::from_json(&json(&[])),
        Err(BodyFileError::Empty)
    ));
}

#[test]
fn json_of_numbers_that_are_none_can_be_read() {
    let mut frames = some_frames();
    frames[1].bodies[0].joints[0].position[0] = f32::NAN;
    let clip = BodyClip::from_json(&json(&frames)).unwrap();
    let pose = clip.frames()[1].bodies[0].joints[0];
    assert_eq!(
        (pose.position, pose.confidence),
        ([0.0; 3], JointConfidence::None)
    );
}

#[test]
fn broken_files_are_errors_that_say_where() {
    let error = |text: &str| {
        BodyClip::from_json(text.as_bytes())
            .unwrap_err()
            .to_string()
    };
    assert!(error("{\"frames\":[").contains("not JSON of bodies"));
    let few = "{\"frames\":[{\"timestamp_usec\":1,\"bodies\":[{\"id\":4,\"joints\":[]}]}]}";
    assert!(
        error(few).contains("body 4 of frame 1 has 0 joints"),
        "{}",
        error(few)
    );
    let twice =
        "{\"frames\":[{\"timestamp_usec\":1,\"bodies\":[]},{\"timestamp_usec\":1,\"bodies\":[]}]}";
    assert!(error(twice).contains("frame 2 is not later"));
    let csv = |text: &str| BodyClip::from_csv(text.as_bytes()).unwrap_err().to_string();
    assert!(csv("1,2,3").contains("line 1 has 3 values"));
    let line = format!("5{}", ",x".repeat(224));
    assert!(csv(&line).contains("value 2 of line 1"));
    let line = format!("\n5{}", ",inf".repeat(224));
    assert!(csv(&line).contains("value 2 of line 2"));
    let missing = BodyClip::read("no/such/clip.csv".as_ref())
        .unwrap_err()
        .to_string();
    assert!(missing.contains("clip.csv"));
}

#[test]
fn csv_of_a_real_clip_is_the_same_text_again() {
    for name in NAMES {
        let Some(path) = k4a_judge::real_data(&format!("skeletons/{name}.csv")) else {
            return;
        };
        let text = std::fs::read_to_string(path).unwrap();
        let clip = BodyClip::from_csv(text.as_bytes()).unwrap();
        let mut writer = CsvWriter::new(Vec::new());
        for frame in clip.frames() {
            writer
                .write(&frame.bodies[0], frame.device_timestamp_usec)
                .unwrap();
        }
        let again = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        for (line, (a, b)) in text.lines().zip(again.lines()).enumerate() {
            assert_eq!(
                a.trim().replace("-0.000", "0.000"),
                b.replace("-0.000", "0.000"),
                "{line}"
            );
        }
        assert_eq!(text.lines().count(), again.lines().count());
    }
}

/// A BVH file, read as the format's description says.
struct Bvh {
    names: Vec<String>,
    parents: Vec<Option<usize>>,
    offsets: Vec<Vec3>,
    period: f64,
    frames: Vec<Vec<f32>>,
}

fn read_bvh(text: &str) -> Bvh {
    let mut tokens = text.split_whitespace();
    assert_eq!(tokens.next(), Some("HIERARCHY"));
    let mut bvh = Bvh {
        names: Vec::new(),
        parents: Vec::new(),
        offsets: Vec::new(),
        period: 0.0,
        frames: Vec::new(),
    };
    let mut open: Vec<Option<usize>> = Vec::new();
    let mut current = None;
    loop {
        match tokens.next().unwrap() {
            "ROOT" | "JOINT" => {
                bvh.parents.push(open.last().copied().flatten());
                bvh.names.push(tokens.next().unwrap().into());
                bvh.offsets.push(Vec3::ZERO);
                current = Some(bvh.names.len() - 1);
            }
            "End" => {
                assert_eq!(tokens.next(), Some("Site"));
                current = None;
            }
            "{" => open.push(current),
            "}" => {
                open.pop();
            }
            "OFFSET" => {
                let mut number = || tokens.next().unwrap().parse::<f32>().unwrap();
                let offset = Vec3::new(number(), number(), number());
                if let Some(joint) = open.last().copied().flatten() {
                    bvh.offsets[joint] = offset;
                }
            }
            "CHANNELS" => {
                let channels: Vec<&str> = tokens.by_ref().take(7).collect();
                let expected = "6 Xposition Yposition Zposition Zrotation Xrotation Yrotation";
                assert_eq!(channels.join(" "), expected);
            }
            "MOTION" => break,
            other => panic!("{other}"),
        }
    }
    assert!(open.is_empty());
    let mut lines = text.split("MOTION").nth(1).unwrap().trim().lines();
    let count: usize = lines
        .next()
        .unwrap()
        .strip_prefix("Frames:")
        .unwrap()
        .trim()
        .parse()
        .unwrap();
    let period = lines.next().unwrap().strip_prefix("Frame Time:").unwrap();
    bvh.period = period.trim().parse().unwrap();
    bvh.frames = lines
        .map(|line| {
            line.split_whitespace()
                .map(|n| n.parse().unwrap())
                .collect()
        })
        .collect();
    assert_eq!(bvh.frames.len(), count);
    assert!(
        bvh.frames
            .iter()
            .all(|frame| frame.len() == bvh.names.len() * 6)
    );
    bvh
}

impl Bvh {
    /// The positions of the joints in a frame, in metres, by name.
    fn places(&self, frame: usize) -> HashMap<&str, (Vec3, Quat)> {
        let mut worlds: Vec<Mat4> = Vec::new();
        for (joint, channels) in self.frames[frame].chunks(6).enumerate() {
            let turn = Quat::from_rotation_z(channels[3].to_radians())
                * Quat::from_rotation_x(channels[4].to_radians())
                * Quat::from_rotation_y(channels[5].to_radians());
            let shift = Vec3::new(channels[0], channels[1], channels[2]);
            let above = self.parents[joint].map_or(Mat4::IDENTITY, |parent| worlds[parent]);
            worlds.push(above * Mat4::from_rotation_translation(turn, shift));
        }
        let names = self.names.iter().map(String::as_str);
        names
            .zip(worlds)
            .map(|(name, world)| {
                let (_, turn, place) = world.to_scale_rotation_translation();
                (name, (place, turn))
            })
            .collect()
    }
}

fn world(body: &Body, joint: Joint) -> Vec3 {
    Vec3::from(units::to_world(body.joint(joint).position))
}

/// The rotation of a joint from a T-pose that faces +z, in y-up axes.
fn posture(body: &Body, joint: Joint) -> Quat {
    let reference = kinect_tracking::rotation::reference_orientation(joint);
    let turn = |wxyz| quat(units::orientation_to_world(wxyz));
    // The reference faces away from the camera, towards −z.
    let rest = Quat::from_rotation_y(std::f32::consts::PI) * turn(reference);
    turn(body.joint(joint).orientation) * rest.inverse()
}

#[test]
fn bvh_read_back_has_every_joint_within_a_millimetre() {
    for name in NAMES {
        let Some(clip) = clip(name) else { return };
        let mut writer = BvhWriter::new(Cursor::new(Vec::new()), 30.0);
        for (usec, body) in resampled(&clip, 30.0) {
            writer.write(&body, 5_000_000 + usec).unwrap();
        }
        let text = String::from_utf8(writer.into_inner().unwrap().into_inner()).unwrap();
        let bvh = read_bvh(&text);
        assert_eq!(bvh.names.len(), 32);
        assert!((bvh.period - 1.0 / 30.0).abs() < 1e-6);
        let truth = resampled(&clip, 30.0);
        assert!(truth.len() - bvh.frames.len() <= 1);
        let (mut off, mut turned) = (0.0_f32, 0.0_f32);
        for (frame, (_, body)) in truth.iter().enumerate().take(bvh.frames.len()) {
            let places = bvh.places(frame);
            for joint in Joint::ALL {
                let (place, turn) = places[joint.name().to_lowercase().as_str()];
                off = off.max(place.distance(world(body, joint)) * 1000.0);
                turned = turned.max(turn.angle_between(posture(body, joint)).to_degrees());
            }
        }
        println!("{name}: BVH is off by {off:.3} mm and {turned:.3} degrees at most");
        assert!(off < 1.0 && turned < 0.2);
        // The bones of the first frame.
        let head = bvh.names.iter().position(|n| n == "head").unwrap();
        let first = &truth[0].1;
        let bone = world(first, Joint::Head).distance(world(first, Joint::Neck));
        assert!((bvh.offsets[head].length() - bone).abs() < 1e-5);
    }
}

#[test]
fn bvh_interpolates_uneven_frames_and_keeps_joints_that_were_not_seen() {
    let Some(clip) = clip("walking") else { return };
    let mut writer = BvhWriter::new(Cursor::new(Vec::new()), 60.0);
    for (index, frame) in clip.frames().iter().enumerate() {
        let mut body = frame.bodies[0].clone();
        if index == 50 {
            body.joints[Joint::HandLeft.index()] = Default::default();
            body.joints[Joint::KneeRight.index()].position = [f32::NAN; 3];
        }
        writer.write(&body, frame.device_timestamp_usec).unwrap();
    }
    let text = String::from_utf8(writer.into_inner().unwrap().into_inner()).unwrap();
    assert!(!text.contains("NaN") && !text.contains("inf"));
    let bvh = read_bvh(&text);
    let first = clip.frames()[0].device_timestamp_usec;
    for frame in (0..bvh.frames.len()).step_by(7) {
        let usec = first + (frame as f64 * 1e6 / 60.0) as u64;
        let hidden = &clip.frames()[49..=51];
        let near_hidden = hidden[0].device_timestamp_usec..=hidden[2].device_timestamp_usec;
        if near_hidden.contains(&usec) {
            continue;
        }
        let (place, _) = bvh.places(frame)["pelvis"];
        // Parents' rotations are interpolated too, so only the root follows a straight line.
        let off = place.distance(world(&at(&clip, usec), Joint::Pelvis));
        assert!(off < 0.002, "{frame}: {off}");
    }
}

#[test]
fn gltf_read_back_has_every_joint_within_a_millimetre() {
    let Some(clip) = clip("extending-arms") else {
        return;
    };
    let mut writer = GltfWriter::new(Vec::new());
    for frame in clip.frames() {
        writer
            .write(&frame.bodies[0], frame.device_timestamp_usec)
            .unwrap();
    }
    let file = writer.into_inner().unwrap();
    let word = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().unwrap()) as usize;
    assert_eq!(
        (&file[0..4], word(4), word(8)),
        (&b"glTF"[..], 2, file.len())
    );
    assert_eq!(&file[16..20], b"JSON");
    let json_length = word(12);
    let json: serde_json::Value = serde_json::from_slice(&file[20..20 + json_length]).unwrap();
    let start = 20 + json_length + 8;
    assert_eq!(&file[start - 4..start], b"BIN\0");
    assert_eq!(word(start - 8), file.len() - start);
    assert_eq!(json["buffers"][0]["byteLength"], file.len() - start);

    let number = |value: &serde_json::Value| value.as_u64().unwrap() as usize;
    let values = |accessor: &serde_json::Value, width: usize| -> Vec<Vec<f32>> {
        let accessor = &json["accessors"][number(accessor)];
        let view = &json["bufferViews"][number(&accessor["bufferView"])];
        let from = start + number(&view["byteOffset"]);
        assert_eq!(
            number(&view["byteLength"]),
            number(&accessor["count"]) * width * 4
        );
        file[from..from + number(&view["byteLength"])]
            .chunks(4)
            .map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap()))
            .collect::<Vec<_>>()
            .chunks(width)
            .map(<[f32]>::to_vec)
            .collect()
    };
    let animation = &json["animations"][0];
    let mut translations: HashMap<usize, Vec<Vec<f32>>> = HashMap::new();
    let mut rotations = translations.clone();
    let mut times = Vec::new();
    for channel in animation["channels"].as_array().unwrap() {
        let node = number(&channel["target"]["node"]);
        let sampler = &animation["samplers"][number(&channel["sampler"])];
        times = values(&sampler["input"], 1);
        if channel["target"]["path"] == "translation" {
            translations.insert(node, values(&sampler["output"], 3));
        } else {
            rotations.insert(node, values(&sampler["output"], 4));
        }
    }
    assert_eq!((translations.len(), rotations.len()), (32, 32));
    assert_eq!(json["skins"][0]["joints"].as_array().unwrap().len(), 32);
    let nodes = json["nodes"].as_array().unwrap();
    let mut parents = vec![None; nodes.len()];
    for (parent, node) in nodes.iter().enumerate() {
        for child in node["children"].as_array().into_iter().flatten() {
            parents[number(child)] = Some(parent);
        }
    }
    // Positions between two frames are compared, too, interpolated as a program would do it.
    let mut off = 0.0_f32;
    for (frame, source) in clip.frames().iter().enumerate() {
        let seconds =
            (source.device_timestamp_usec - clip.frames()[0].device_timestamp_usec) as f32;
        assert!((times[frame][0] - seconds * 1e-6).abs() < 1e-4);
        let mut worlds: Vec<Mat4> = Vec::new();
        for node in 0..nodes.len() {
            let (t, r) = (&translations[&node][frame], &rotations[&node][frame]);
            let turn = Quat::from_xyzw(r[0], r[1], r[2], r[3]);
            assert!((turn.length() - 1.0).abs() < 1e-4);
            let local = Mat4::from_rotation_translation(turn, Vec3::new(t[0], t[1], t[2]));
            let above = parents[node].map_or(Mat4::IDENTITY, |p: usize| worlds[p]);
            worlds.push(above * local);
            let joint = Joint::ALL[node];
            assert_eq!(nodes[node]["name"], joint.name().to_lowercase());
            let place = worlds[node].to_scale_rotation_translation().2;
            off = off.max(place.distance(world(&source.bodies[0], joint)) * 1000.0);
        }
    }
    println!("glTF is off by {off:.3} mm at most");
    assert!(off < 1.0);
    // Neighbouring quaternions have a positive dot product.
    for rotation in rotations.values() {
        for two in rotation.windows(2) {
            let dot: f32 = two[0].iter().zip(&two[1]).map(|(a, b)| a * b).sum();
            assert!(dot >= 0.0);
        }
    }
}

#[test]
fn a_folder_gets_one_json_file_or_a_file_for_each_body() {
    let root = std::env::temp_dir().join(format!("kinect_tracking-files-{}", std::process::id()));
    for format in BodyFormat::ALL {
        let folder = root.join(format.name());
        std::fs::create_dir_all(&folder).unwrap();
        let mut writer = create(format, &folder).unwrap();
        for frame in some_frames() {
            writer.write(&frame).unwrap();
        }
        // A minute later the first body comes again, as a new part.
        let mut later = some_frames().remove(2);
        later.device_timestamp_usec += 100_000_000;
        let nobody = BodyFrame {
            device_timestamp_usec: later.device_timestamp_usec - 10_000_000,
            ..BodyFrame::default()
        };
        writer.write(&nobody).unwrap();
        writer.write(&later).unwrap();
        writer.finish().unwrap();
        let mut names: Vec<String> = std::fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        let end = format.extension();
        let expected = match format {
            BodyFormat::Json => vec!["bodies.json".to_owned()],
            _ => ["1-2", "1", "2-2", "2"]
                .map(|id| format!("bodies-{id}.{end}"))
                .to_vec(),
        };
        let mut expected: Vec<String> = expected;
        expected.sort();
        // The frame has as many bodies as its number modulo 3.
        assert_eq!(names, expected, "{format}");
    }
    let nowhere = root.join("missing");
    let error = create(BodyFormat::Json, &nowhere)
        .err()
        .unwrap()
        .to_string();
    assert!(
        error.contains("bodies.json") && error.contains("check the path"),
        "{error}"
    );
    std::fs::remove_dir_all(root).unwrap();
    assert_eq!("GLTF".parse::<BodyFormat>().unwrap(), BodyFormat::Gltf);
    assert!("fbx".parse::<BodyFormat>().is_err());
}

/// A folder that lists its files, and refuses to begin one of them.
struct Watched {
    path: std::path::PathBuf,
    events: std::sync::Arc<std::sync::Mutex<Vec<String>>>,
}

impl BodyFolder for Watched {
    fn path(&self) -> &std::path::Path {
        &self.path
    }

    fn begin(&mut self, name: &str) -> std::io::Result<std::fs::File> {
        if name.starts_with("bodies-2") {
            return Err(std::io::Error::other("not this one"));
        }
        self.events.lock().unwrap().push(format!("begin {name}"));
        std::fs::File::create(self.path.join(name))
    }

    fn end(&mut self, name: &str) -> std::io::Result<()> {
        let length = self.path.join(name).metadata()?.len();
        assert!(length > 100, "{name} is ended before its bytes are written");
        self.events.lock().unwrap().push(format!("end {name}"));
        Ok(())
    }
}

#[test]
fn a_folder_hears_of_each_file_that_begins_and_is_complete() {
    let path = std::env::temp_dir().join(format!("kinect_tracking-watch-{}", std::process::id()));
    std::fs::create_dir_all(&path).unwrap();
    for format in BodyFormat::ALL {
        let events = std::sync::Arc::<std::sync::Mutex<Vec<String>>>::default();
        let folder = Watched {
            path: path.clone(),
            events: events.clone(),
        };
        let mut writer = create_in(format, Box::new(folder)).unwrap();
        let frames = some_frames();
        writer.write(&frames[0]).unwrap();
        writer.write(&frames[1]).unwrap();
        let name = if format == BodyFormat::Json {
            "bodies.json".to_owned()
        } else {
            // The folder's own error, with the name of the file.
            let error = writer.write(&frames[2]).unwrap_err().to_string();
            assert!(
                error.contains("bodies-2.") && error.contains("not this one"),
                "{error}"
            );
            format!("bodies-1.{}", format.extension())
        };
        writer.finish().unwrap();
        assert_eq!(
            *events.lock().unwrap(),
            [format!("begin {name}"), format!("end {name}")]
        );
    }
    std::fs::remove_dir_all(path).unwrap();
}

#[test]
fn a_clip_plays_without_a_sensor_over_and_over() {
    let clip = std::sync::Arc::new(BodyClip::from_json(&json(&some_frames())).unwrap());
    let mut player = ClipPlayer::new(clip.clone());
    let (mut last, mut count) = (0, 0);
    for _ in 0..300 {
        if let Some(frame) = player.advance(1.0 / 60.0) {
            assert!(frame.device_timestamp_usec > last);
            let place = count % 10;
            assert_eq!(frame.bodies, clip.frames()[place].bodies, "{count}");
            last = frame.device_timestamp_usec;
            count += 1;
        }
    }
    // Five seconds at 30 frames a second.
    assert!((148..=151).contains(&count), "{count}");
    let mut once = ClipPlayer::new(clip.clone()).once();
    let shown = (0..300).filter_map(|_| once.advance(0.05)).last().unwrap();
    assert_eq!(
        shown.device_timestamp_usec,
        clip.frames()[9].device_timestamp_usec
    );
    assert!(once.advance(f64::NAN).is_none());
}

#[test]
fn a_clip_is_a_tracker_for_any_captures() {
    let clip = std::sync::Arc::new(BodyClip::from_json(&json(&some_frames())).unwrap());
    let mut tracker = ClipTracker::new(clip.clone());
    let calibration: Calibration = calibration();
    for n in 0..40_u64 {
        let mut image = kinect_azure::Image::empty(kinect_azure::ImageFormat::Depth16);
        image.device_timestamp_usec = 77_000_000 + n * 33_333;
        let capture = Capture {
            depth: Some(image.into()),
            ..Capture::default()
        };
        let frame = tracker.track(&capture, &calibration).unwrap().unwrap();
        assert_eq!(frame.device_timestamp_usec, 77_000_000 + n * 33_333);
        assert_eq!(frame.bodies, clip.frames()[n as usize % 10].bodies);
    }
    assert!(
        tracker
            .track(&Capture::default(), &calibration)
            .unwrap()
            .is_none()
    );
}
