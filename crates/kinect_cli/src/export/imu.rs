//! Inertial samples as one CSV file.

use kinect_azure::ImuSample;
use kinect_azure::recording::{Recording, SeekTarget};

use super::error::ExportError;
use super::names;
use super::range::Range;
use crate::files::Folder;
use crate::interrupt::Stop;

const HEADER: &str = "acceleration_timestamp_us,\
acceleration_x_m_per_s2,acceleration_y_m_per_s2,acceleration_z_m_per_s2,\
angular_velocity_timestamp_us,\
angular_velocity_x_rad_per_s,angular_velocity_y_rad_per_s,angular_velocity_z_rad_per_s\n";

/// Writes `imu.csv` and returns the number of samples in it. `fault` is called for samples that cannot be read.
pub(crate) fn export(
    recording: &mut Recording,
    range: Range,
    out: &Folder,
    fault: impl Fn(&str),
    stop: &Stop,
) -> Result<u64, ExportError> {
    let offset = recording.info().start_offset_usec;
    recording.seek(SeekTarget::Start(range.from()))?;
    let mut file = out.begin(names::IMU)?;
    file.write(HEADER.as_bytes())?;
    let mut samples = 0;
    while !stop.is_set() {
        match recording.next_imu_sample() {
            Ok(None) => break,
            Ok(Some(sample)) => {
                let time = sample.acceleration_timestamp_usec.saturating_sub(offset);
                if range.is_before(time) {
                    continue;
                }
                if range.is_after(time) {
                    break;
                }
                file.write(row(&sample).as_bytes())?;
                samples += 1;
            }
            Err(e) if e.is_local() => fault(&e.to_string()),
            Err(e) => return Err(e.into()),
        }
    }
    file.finish()?;
    Ok(samples)
}

/// Numbers have as many digits as are needed to read back the same bits.
fn row(sample: &ImuSample) -> String {
    let [ax, ay, az] = sample.acceleration;
    let [gx, gy, gz] = sample.angular_velocity;
    format!(
        "{},{ax},{ay},{az},{},{gx},{gy},{gz}\n",
        sample.acceleration_timestamp_usec, sample.angular_velocity_timestamp_usec
    )
}
