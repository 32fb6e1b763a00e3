//! Makes the networks' inputs from a recording.

use std::fs;
use std::path::Path;

use kinect_azure::Calibration;
use kinect_azure::recording::Recording;
use kinect_tracking::Ground;
use kinect_tracking::crop::{Overview, PersonCrop};

use crate::arrays::{write, write_json};
use crate::error::Error;
use crate::options;

/// A person of whom a crop is written.
#[derive(Debug, serde::Deserialize)]
struct Person {
    /// The number of the depth image in the recording, counted from 0.
    frame: usize,
    /// The middle of the crop in mm in the depth camera's axes.
    center_mm: [f32; 3],
}

#[derive(serde::Serialize)]
struct Views {
    timestamps_usec: Vec<u64>,
    columns: usize,
    rows: usize,
    /// The direction of each pixel of an overview in the depth camera's axes.
    directions: Vec<[f32; 3]>,
}

/// Writes the overviews of a recording, or crops of the people that a file names.
pub(crate) fn recording(options: &options::Recording) -> Result<(), Error> {
    let mut recording = Recording::open(&options.file)?;
    let calibration = recording
        .calibration()
        .cloned()
        .ok_or_else(|| Error::NoCalibration(options.file.clone()))?;
    let camera = calibration
        .depth_camera
        .ok_or_else(|| Error::NoCalibration(options.file.clone()))?;
    let up = up(&mut recording, &calibration)?;
    fs::create_dir_all(&options.out).map_err(|error| Error::File {
        path: options.out.clone(),
        error,
    })?;
    let people = options.people.as_deref().map(read).transpose()?;
    let view = Overview::new(&camera, up);
    let (mut overviews, mut timestamps_usec) = (Vec::new(), Vec::new());
    let (mut crops, mut about) = (Vec::new(), Vec::new());
    let (mut relative, mut pixels, mut distances) = (Vec::new(), Vec::new(), Vec::new());
    while let Some(capture) = recording.next_capture()? {
        let Some(depth) = &capture.depth else {
            continue;
        };
        let frame = timestamps_usec.len();
        timestamps_usec.push(depth.device_timestamp_usec);
        let depth = depth.u16_pixels();
        let Some(people) = &people else {
            view.sample(depth, &mut distances);
            overviews.extend_from_slice(&distances);
            continue;
        };
        for person in people.iter().filter(|person| person.frame == frame) {
            let crop = PersonCrop::around(person.center_mm, PersonCrop::SIDE_MM, up);
            let (distance, axes) = match &crop {
                Some(crop) => {
                    crop.sample(&camera, depth, &mut relative, &mut pixels);
                    let [x, y, z] = person.center_mm;
                    (x.hypot(y).hypot(z), crop.axes())
                }
                None => {
                    relative.clear();
                    relative.resize(PersonCrop::SIZE * PersonCrop::SIZE, PersonCrop::MISSING);
                    (1.0, [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
                }
            };
            crops.extend_from_slice(&relative);
            about.extend([distance, PersonCrop::SIDE_MM]);
            about.extend(axes.iter().flatten());
        }
    }
    if people.is_some() {
        write(&options.out, "crops.i16", &crops)?;
        return write(&options.out, "about.f32", &about);
    }
    write(&options.out, "overviews.u16", &overviews)?;
    let [columns, rows] = view.size();
    // The direction of each pixel, so that nothing else needs to know the view's geometry.
    let directions = (0..columns * rows)
        .map(|i| view.point([(i % columns) as f32 + 0.5, (i / columns) as f32 + 0.5, 1.0]))
        .collect();
    write_json(
        &options.out,
        "overviews.json",
        &Views {
            timestamps_usec,
            columns,
            rows,
            directions,
        },
    )
}

/// The direction against gravity in the depth camera's axes, from the first inertial sample.
fn up(recording: &mut Recording, calibration: &Calibration) -> Result<Option<[f32; 3]>, Error> {
    let sample = recording.next_imu_sample()?;
    Ok(sample
        .and_then(|sample| Ground::from_acceleration(sample.acceleration, 0.0, calibration))
        .map(|ground| ground.up))
}

fn read(path: &Path) -> Result<Vec<Person>, Error> {
    let text = fs::read(path).map_err(|error| Error::File {
        path: path.to_owned(),
        error,
    })?;
    serde_json::from_slice(&text).map_err(|error| Error::Json {
        path: path.to_owned(),
        error,
    })
}
