//! Open devices: opening, streaming, waiting, asking.

use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use k4a::abi::{self, DeviceConfiguration, HardwareVersion, Version, result};
use kinect_azure::calibration::Sensor as Part4;
use kinect_azure::{ColorResolution, DepthMode};
use kinect_simulation::{Mount, built_in_calibration};

use super::World;
use super::calibration;
use super::clock::system_nsec;
use super::controls::{self, AUTO, Capabilities, MANUAL};
use super::images::{Capture, Image};
use super::log::Level;
use super::memory::Memory;
use super::modes::{self, DEPTH16, IR16, Modes};
use super::opened::Device;
use super::scene::{self, Drawn};
use super::sensor::{Sensor, fails};
use super::stage::{Found, wait, with};
use super::stream::{ImuStream, State, Stream, Taken};
use super::vendor::is_orbbec;
use super::world::Kind;
use crate::script::{CalibrationFault, ControlFault, Fault, Part, SerialFault};
use crate::statistics::{ControlSet, StartedConfiguration};

/// A call failed; the reason was sent to the log.
#[derive(Debug)]
pub(super) struct Failed;

/// Firmware that is too old: colour, depth, microphones.
const LEAST_FIRMWARE: [[u32; 3]; 3] = [[1, 5, 92], [1, 5, 66], [1, 5, 14]];

impl World {
    pub(super) fn device(&mut self, function: &str, handle: u64) -> Result<&mut Device, Failed> {
        if !self.devices.contains_key(&handle) {
            self.bad_handle(function, Kind::Device, handle);
        }
        self.devices.get_mut(&handle).ok_or(Failed)
    }

    /// The sensor behind an open device; fails if the sensor is unplugged.
    pub(super) fn sensor(&mut self, function: &str, handle: u64) -> Result<&mut Sensor, Failed> {
        let device = self.device(function, handle)?;
        let (serial, connection) = (device.serial.clone(), device.connection);
        let found = self.sensors.iter().position(|sensor| {
            sensor.plugged && sensor.connection == connection && sensor.script.serial == serial
        });
        match found {
            Some(place) => Ok(&mut self.sensors[place]),
            None => Err(self.error(format!("{function}: the device {serial} is gone"))),
        }
    }

    pub(super) fn error(&mut self, message: String) -> Failed {
        self.say(Level::Error, message);
        Failed
    }
}

/// `k4a_device_get_installed_count`.
pub(super) fn count() -> u32 {
    with(|world| {
        let count = world.sensors.iter().filter(|s| s.plugged).count() as u32;
        if count == 0 {
            world.say(Level::Error, "No devices found");
        }
        count
    })
}

/// `k4a_device_open`.
pub(super) fn open(index: u32) -> Result<u64, Failed> {
    const NAME: &str = "k4a_device_open";
    let handle = with(|world| {
        let plugged = world.sensors.iter().filter(|sensor| sensor.plugged);
        let Some(sensor) = plugged.clone().nth(index as usize) else {
            let count = plugged.count();
            return Err(world.error(format!(
                "{NAME}: there is no device {index}, there are {count}"
            )));
        };
        let device = Device {
            serial: sensor.script.serial.clone(),
            connection: sensor.connection,
            ready: false,
            gone: None,
            starting: false,
            stream: None,
            imu: None,
            sixty_hertz: true,
            wired_sync_mode: 0,
            opened: Instant::now(),
        };
        let handle = world.handle(Kind::Device);
        world.devices.insert(handle, device);
        Ok(handle)
    })?;
    if !is_orbbec()
        && let Err(failed) = really_open(NAME, handle)
    {
        with(|world| world.devices.remove(&handle));
        return Err(failed);
    }
    Ok(handle)
}

/// Opens the sensor behind a handle unless it was opened before.
pub(super) fn really_open(function: &str, handle: u64) -> Result<(), Failed> {
    let claimed = with(|world| {
        if world.device(function, handle)?.ready {
            return Ok(None);
        }
        let sensor = world.sensor(function, handle)?;
        let serial = &sensor.script.serial;
        if sensor.held_by.is_some() {
            let what =
                format!("{function}: the device {serial} is open already: LIBUSB_ERROR_BUSY");
            return Err(world.error(what));
        }
        if sensor.script.open_denied {
            let what =
                format!("{function}: the device {serial} cannot be opened: LIBUSB_ERROR_ACCESS");
            return Err(world.error(what));
        }
        let firmware = &sensor.script.firmware;
        let versions = [firmware.rgb, firmware.depth, firmware.audio];
        if !is_orbbec() && (0..3).any(|i| versions[i] < LEAST_FIRMWARE[i]) {
            let what = format!(
                "{function}: the firmware of the device {serial} is too old: colour {:?}, depth {:?}, audio {:?}",
                versions[0], versions[1], versions[2]
            );
            return Err(world.error(what));
        }
        sensor.held_by = Some(handle);
        Ok(Some(Duration::from_millis(sensor.script.open_ms)))
    })?;
    let Some(takes) = claimed else {
        return Ok(());
    };
    std::thread::sleep(takes);
    with(|world| {
        // A sensor that was unplugged meanwhile is not held.
        let sensor = world.sensor(function, handle)?;
        if fails(sensor.script.open_fails, &mut sensor.done.opens) {
            sensor.held_by = None;
            let what = format!(
                "{function}: the device {} cannot be opened",
                sensor.script.serial
            );
            return Err(world.error(what));
        }
        sensor.statistics.opened += 1;
        let serial = sensor.script.serial.clone();
        world.device(function, handle)?.ready = true;
        world.say(
            Level::Info,
            format!("{function}: opened the device {serial}"),
        );
        Ok(())
    })
}

/// `k4a_device_close`.
pub(super) fn close(handle: u64) {
    const NAME: &str = "k4a_device_close";
    let closing = with(|world| {
        world.device(NAME, handle).ok()?;
        let takes = (world.sensors.iter())
            .find(|sensor| sensor.held_by == Some(handle))
            .map(|sensor| Duration::from_millis(sensor.script.close_ms));
        world.devices.remove(&handle);
        world.beat(Instant::now());
        world.effects.changed = true;
        takes
    });
    if let Some(takes) = closing {
        std::thread::sleep(takes);
    }
    with(|world| {
        for sensor in &mut world.sensors {
            if sensor.held_by == Some(handle) {
                sensor.held_by = None;
            }
        }
    });
}

/// `k4a_device_start_cameras`.
pub(super) fn start_cameras(
    handle: u64,
    configuration: &DeviceConfiguration,
) -> Result<(), Failed> {
    const NAME: &str = "k4a_device_start_cameras";
    really_open(NAME, handle)?;
    let accepted = try_start(NAME, handle, configuration);
    with(|world| {
        let Some(device) = world.devices.get_mut(&handle) else {
            return;
        };
        device.starting = false;
        let c = configuration;
        let configuration = StartedConfiguration {
            serial: device.serial.clone(),
            accepted: accepted.is_ok(),
            color_format: c.color_format,
            color_resolution: c.color_resolution,
            depth_mode: c.depth_mode,
            camera_fps: c.camera_fps,
            synchronized_images_only: c.synchronized_images_only,
            depth_delay_off_color_usec: c.depth_delay_off_color_usec,
            wired_sync_mode: c.wired_sync_mode,
            subordinate_delay_off_master_usec: c.subordinate_delay_off_master_usec,
            disable_streaming_indicator: c.disable_streaming_indicator,
        };
        world.note_configuration(configuration);
    });
    accepted
}

fn try_start(name: &str, handle: u64, configuration: &DeviceConfiguration) -> Result<(), Failed> {
    let (modes, takes, scene, captures) = with(|world| {
        let device = world.device(name, handle)?;
        if device.starting || device.stream.is_some() {
            return Err(world.error(format!("{name}: the cameras run already")));
        }
        if device.imu.is_some() && !is_orbbec() {
            return Err(world.error(format!(
                "{name}: the inertial sensors run; they start after the cameras"
            )));
        }
        let sensor = world.sensor(name, handle)?;
        let cables = (sensor.script.sync_in, sensor.script.sync_out);
        let takes = sensor.script.start_ms;
        let modes = modes::check(configuration, cables)
            .map_err(|why| world.error(format!("{name}: {why}")))?;
        world.device(name, handle)?.starting = true;
        Ok((modes, takes, world.script.scene, world.script.captures))
    })?;
    std::thread::sleep(Duration::from_millis(takes));
    let drawn = scene::captures(scene, captures, &modes);
    with(|world| {
        let captures = drawn.map_err(|why| world.error(format!("{name}: {why}")))?;
        let sensor = world.sensor(name, handle)?;
        if fails(sensor.script.start_fails, &mut sensor.done.starts) {
            let what = format!(
                "{name}: the cameras of the device {} do not start",
                sensor.script.serial
            );
            return Err(world.error(what));
        }
        sensor.statistics.started += 1;
        let first = Duration::from_millis(sensor.script.first_frame_ms);
        let (id, speed, now) = (world.number(), world.script.speed, Instant::now());
        let device = world.device(name, handle)?;
        let mut stream = Stream::new(id, modes, captures, now, speed);
        if modes.sync != kinect_azure::WiredSyncMode::Subordinate {
            stream.beat = Some((0, now + first));
        }
        device.stream = Some(stream);
        device.wired_sync_mode = configuration.wired_sync_mode;
        // Subordinates of this device begin now.
        world.beat(now);
        world.effects.changed = true;
        Ok(())
    })
}

/// `k4a_device_stop_cameras`.
pub(super) fn stop_cameras(handle: u64) {
    const NAME: &str = "k4a_device_stop_cameras";
    let takes = with(|world| {
        let device = world.device(NAME, handle).ok()?;
        let stream = device.stream.take()?;
        drop(stream);
        world.beat(Instant::now());
        world.effects.changed = true;
        // Stopping an unplugged sensor takes no time.
        let device = world.devices.get(&handle)?;
        device.gone.is_none().then_some(())?;
        let sensor = world.sensor(NAME, handle).ok()?;
        Some(Duration::from_millis(sensor.script.stop_ms))
    });
    if let Some(takes) = takes {
        std::thread::sleep(takes);
    }
}

/// The result of `k4a_device_get_capture`, and the capture; `SUCCEEDED` with 0 means that the call returned without a
/// capture.
pub(super) fn get_capture(handle: u64, timeout_ms: i32) -> (i32, u64) {
    const NAME: &str = "k4a_device_get_capture";
    if really_open(NAME, handle).is_err() {
        return (result::FAILED, 0);
    }
    let mut waited_for = None;
    let answer = wait(timeout_ms, |world, _| {
        let failed = Found::This((result::FAILED, 0));
        // The device was closed while a call waited, which is not misuse.
        let Some(device) = world.devices.get_mut(&handle) else {
            return failed;
        };
        if device.gone == Some(State::Failing) {
            return failed;
        }
        let Some(stream) = &mut device.stream else {
            if waited_for.is_none() {
                world.say(Level::Error, format!("{NAME}: the cameras do not run"));
            }
            return failed;
        };
        if *waited_for.get_or_insert(stream.id) != stream.id || stream.state == State::Failing {
            return failed;
        }
        if device.gone.is_some() {
            return Found::Nothing(None);
        }
        let Some(taken) = stream.queue.pop_front() else {
            let serial = &device.serial;
            let sensor = world.sensors.iter().find(|s| s.script.serial == *serial);
            let faults = sensor.map_or(&[][..], |sensor| &sensor.script.faults);
            return Found::Nothing(stream.due(faults));
        };
        let drawn = stream.captures[taken.number as usize % stream.captures.len()].clone();
        let (modes, times) = (stream.modes, stream.timestamps(taken.number));
        match world.deliver(handle, taken, &drawn, modes, times) {
            Ok(capture) => Found::This((result::SUCCEEDED, capture)),
            Err(Failed) => Found::This((result::FAILED, 0)),
        }
    });
    answer.unwrap_or((result::TIMEOUT, 0))
}

impl World {
    /// Makes a capture of a taken frame, with the faults that the script asks for; 0 if there is no capture.
    fn deliver(
        &mut self,
        handle: u64,
        taken: Taken,
        drawn: &Drawn,
        modes: Modes,
        (color_usec, depth_usec): (u64, u64),
    ) -> Result<u64, Failed> {
        let sensor = self.sensor("k4a_device_get_capture", handle)?;
        sensor.statistics.delivered += 1;
        let settings = ColorSettings::of(sensor, modes);
        let faults: Vec<Fault> = (sensor.script.faults.iter())
            .filter(|fault| fault.when.hits(taken.number))
            .map(|fault| fault.what)
            .collect();
        if faults.contains(&Fault::NullCapture) {
            return Ok(0);
        }
        let system_nsec = system_nsec(taken.arrival);
        let mut capture = Capture::new();
        if !is_orbbec() {
            capture.temperature = 36.5;
        }
        let (color_size, depth_size) = (modes.color.size(), modes.depth.size());
        let nv12_without_stride = is_orbbec() && modes.format == kinect_azure::ColorFormat::Nv12;
        let color_stride = match modes.format {
            kinect_azure::ColorFormat::Mjpg => 0,
            _ if nv12_without_stride => 0,
            kinect_azure::ColorFormat::Nv12 => color_size.0,
            kinect_azure::ColorFormat::Yuy2 => color_size.0 * 2,
            kinect_azure::ColorFormat::Bgra32 => color_size.0 * 4,
        };
        let parts = [
            (
                Part::Color,
                &drawn.color,
                modes::format_number(modes.format),
                color_size,
                color_stride,
            ),
            (
                Part::Depth,
                &drawn.depth,
                DEPTH16,
                depth_size,
                depth_size.0 * 2,
            ),
            (Part::Ir, &drawn.ir, IR16, depth_size, depth_size.0 * 2),
        ];
        for (place, (part, memory, format, (width, height), stride)) in
            parts.into_iter().enumerate()
        {
            let missing = match part {
                Part::Color => Fault::NoColor,
                Part::Depth => Fault::NoDepth,
                Part::Ir => Fault::NoIr,
            };
            let Some(memory) = memory.as_ref().filter(|_| !faults.contains(&missing)) else {
                continue;
            };
            let layout = (width as i32, height as i32, stride as i32);
            let mut image = Image::new(Arc::clone(memory), format, layout);
            image.system_nsec = system_nsec;
            image.device_usec = depth_usec;
            if part == Part::Color {
                image.device_usec = color_usec;
                image.exposure_usec = settings.exposure_usec;
                image.white_balance = settings.white_balance;
                image.iso_speed = settings.iso_speed;
            }
            for fault in &faults {
                spoil(&mut image, part, *fault);
            }
            capture.images[place] = Some(self.add_image(image));
        }
        Ok(self.add_capture(capture))
    }
}

/// The exposure settings that colour images report.
struct ColorSettings {
    exposure_usec: u64,
    white_balance: u32,
    iso_speed: u32,
}

impl ColorSettings {
    fn of(sensor: &Sensor, modes: Modes) -> Self {
        let get = |command, auto| match sensor.controls.get(command) {
            Some((MANUAL, value)) => u64::try_from(value).unwrap_or(0),
            _ => auto,
        };
        // Automatic exposure chooses a time that suits the powerline frequency.
        let exposure = get(controls::EXPOSURE, 8330);
        Self {
            exposure_usec: exposure.min(modes.rate.period_ns() / 1000),
            white_balance: get(controls::WHITE_BALANCE, 4500) as u32,
            iso_speed: 100,
        }
    }
}

/// Applies a fault to an image.
fn spoil(image: &mut Image, part: Part, fault: Fault) {
    // A separate buffer of exactly the reported size, so that memory checkers find reads beyond its end.
    let exactly = |image: &mut Image, bytes: &[u8]| {
        if let Some(memory) = Memory::of(bytes) {
            image.memory = Arc::new(memory);
        }
    };
    let memory = Arc::clone(&image.memory);
    let bytes = memory.bytes();
    match fault {
        Fault::SmallBuffer(of) if of == part => exactly(image, &bytes[..bytes.len() / 2]),
        Fault::OddSize(of) if of == part => {
            image.width -= 1;
            image.height -= 1;
        }
        Fault::ZeroSize(of) if of == part => {
            (image.width, image.height, image.stride) = (0, 0, 0);
            exactly(image, &[]);
        }
        Fault::BadFormat(of) if of == part => image.format = 99,
        Fault::TruncatedJpeg if part == Part::Color && image.format == 0 => {
            exactly(image, &bytes[..bytes.len() / 2]);
        }
        Fault::GarbageJpeg if part == Part::Color && image.format == 0 => {
            let noise: Vec<u8> = (0..bytes.len() as u64)
                .map(|n| (n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as u8)
                .collect();
            exactly(image, &noise);
        }
        Fault::TimestampsBack(usec) => image.device_usec = image.device_usec.saturating_sub(usec),
        _ => {}
    }
}

/// `k4a_device_start_imu`.
pub(super) fn start_imu(handle: u64) -> Result<(), Failed> {
    const NAME: &str = "k4a_device_start_imu";
    really_open(NAME, handle)?;
    with(|world| {
        let (now, speed, id) = (Instant::now(), world.script.speed, world.number());
        let device = world.device(NAME, handle)?;
        if device.imu.is_some() {
            return Err(world.error(format!("{NAME}: the inertial sensors run already")));
        }
        let first = match &device.stream {
            Some(stream) => stream.device_usec(now),
            None if is_orbbec() => now.duration_since(device.opened).as_micros() as u64,
            None => {
                return Err(world.error(format!("{NAME}: the cameras must run first")));
            }
        };
        let sensor = world.sensor(NAME, handle)?;
        if fails(sensor.script.imu_start_fails, &mut sensor.done.imu_starts) {
            return Err(world.error(format!("{NAME}: the inertial sensors do not start")));
        }
        let last = sensor.script.imu_stops_after.unwrap_or(u64::MAX);
        world.device(NAME, handle)?.imu = Some(ImuStream::new(id, now, first, last, speed));
        world.effects.changed = true;
        Ok(())
    })
}

/// `k4a_device_stop_imu`.
pub(super) fn stop_imu(handle: u64) {
    with(|world| {
        if let Ok(device) = world.device("k4a_device_stop_imu", handle) {
            device.imu = None;
            world.effects.changed = true;
        }
    });
}

/// The result of `k4a_device_get_imu_sample`, and the sample.
pub(super) fn get_imu_sample(handle: u64, timeout_ms: i32) -> (i32, abi::ImuSample) {
    const NAME: &str = "k4a_device_get_imu_sample";
    let none = abi::ImuSample::default();
    if really_open(NAME, handle).is_err() {
        return (result::FAILED, none);
    }
    let mut waited_for = None;
    let answer = wait(timeout_ms, |world, now| {
        let failed = Found::This((result::FAILED, none));
        let Some(device) = world.devices.get_mut(&handle) else {
            return failed;
        };
        if device.gone == Some(State::Failing) {
            return failed;
        }
        let Some(imu) = &mut device.imu else {
            if waited_for.is_none() {
                world.say(
                    Level::Error,
                    format!("{NAME}: the inertial sensors do not run"),
                );
            }
            return failed;
        };
        if *waited_for.get_or_insert(imu.id) != imu.id {
            return failed;
        }
        if device.gone.is_some() {
            return Found::Nothing(None);
        }
        match imu.next(now) {
            Ok((number, usec)) => Found::This((result::SUCCEEDED, sample(number, usec))),
            Err(due) => Found::Nothing(Some(due)),
        }
    });
    answer.unwrap_or((result::TIMEOUT, none))
}

/// A sensor at rest where the simulated one stands.
fn sample(number: u64, usec: u64) -> abi::ImuSample {
    static UP: LazyLock<[f32; 3]> = LazyLock::new(|| {
        let tilt = Mount::default().tilt_degrees.to_radians();
        // Up in the depth camera's axes: y points down, z forwards, and the camera looks down by the tilt.
        let up = [0.0, -tilt.cos(), -tilt.sin()];
        built_in_calibration()
            .ok()
            .and_then(|raw| {
                raw.calibration(DepthMode::NfovUnbinned, ColorResolution::Off)
                    .ok()
            })
            .and_then(|calibration| {
                let to_accel = calibration.extrinsics(Part4::Depth, Part4::Accel)?;
                Some(to_accel.transform_direction(up))
            })
            .unwrap_or([0.0, 0.0, -1.0])
    });
    // A small variation that distinguishes samples.
    let tremble = |shift: u64| ((number + shift) % 8) as f32 * 0.001 - 0.0035;
    abi::ImuSample {
        temperature: 31.5,
        acc: [0, 1, 2].map(|i| UP[i] * 9.806_65 + tremble(i as u64)),
        acc_timestamp_usec: usec,
        gyro: [0, 1, 2].map(|i| tremble(i + 3)),
        gyro_timestamp_usec: usec,
    }
}

/// The serial number as it is reported, with its NUL unless the script's fault is a missing NUL.
pub(super) fn serial(handle: u64) -> Result<Vec<u8>, Failed> {
    const NAME: &str = "k4a_device_get_serialnum";
    really_open(NAME, handle)?;
    with(|world| {
        let serial = world.device(NAME, handle)?.serial.clone();
        let sensor = world.sensors.iter().find(|s| s.script.serial == serial);
        let fault = sensor.and_then(|sensor| sensor.script.serial_fault);
        let mut text = match fault {
            Some(SerialFault::Missing) => {
                return Err(world.error(format!("{NAME}: the serial number cannot be read")));
            }
            Some(SerialFault::Empty) => Vec::new(),
            Some(SerialFault::TooLong) => vec![b'9'; 300],
            Some(SerialFault::NotText) => vec![0xC3, 0x28, 0xFF],
            Some(SerialFault::Unterminated) | None => serial.into_bytes(),
        };
        if fault != Some(SerialFault::Unterminated) {
            text.push(0);
        }
        Ok(text)
    })
}

/// `k4a_device_get_version`.
pub(super) fn version(handle: u64) -> Result<HardwareVersion, Failed> {
    const NAME: &str = "k4a_device_get_version";
    really_open(NAME, handle)?;
    with(|world| {
        let sensor = world.sensor(NAME, handle)?;
        if sensor.script.version_fails {
            return Err(world.error(format!("{NAME}: the versions cannot be read")));
        }
        let of = |[major, minor, iteration]: [u32; 3]| Version {
            major,
            minor,
            iteration,
        };
        let firmware = sensor.script.firmware;
        Ok(if is_orbbec() {
            HardwareVersion {
                depth: of(firmware.depth),
                firmware_signature: 2,
                ..HardwareVersion::default()
            }
        } else {
            HardwareVersion {
                rgb: of(firmware.rgb),
                depth: of(firmware.depth),
                audio: of(firmware.audio),
                depth_sensor: of(firmware.depth_sensor),
                ..HardwareVersion::default()
            }
        })
    })
}

/// Whether cables are in the jacks: in, out. Orbbec's library never reports a cable.
pub(super) fn sync_jacks(handle: u64) -> Result<(bool, bool), Failed> {
    const NAME: &str = "k4a_device_get_sync_jack";
    really_open(NAME, handle)?;
    with(|world| {
        let sensor = world.sensor(NAME, handle)?;
        if sensor.script.sync_jack_fails {
            return Err(world.error(format!("{NAME}: the jacks cannot be read")));
        }
        Ok(if is_orbbec() {
            (false, false)
        } else {
            (sensor.script.sync_in, sensor.script.sync_out)
        })
    })
}

/// The faults of a colour control, all in one.
fn control_faults(sensor: &Sensor, command: i32) -> ControlFault {
    let mut all = ControlFault::default();
    let faults = sensor.script.controls.iter();
    for fault in faults.filter(|fault| fault.command.is_none_or(|c| c == command)) {
        all.set_fails |= fault.set_fails;
        all.get_fails |= fault.get_fails;
        all.capabilities_fail |= fault.capabilities_fail;
        all.nonsense |= fault.nonsense;
    }
    all
}

/// `k4a_device_get_color_control_capabilities`.
pub(super) fn control_capabilities(handle: u64, command: i32) -> Result<Capabilities, Failed> {
    const NAME: &str = "k4a_device_get_color_control_capabilities";
    really_open(NAME, handle)?;
    with(|world| {
        let sixty_hertz = world.device(NAME, handle)?.sixty_hertz;
        let sensor = world.sensor(NAME, handle)?;
        let faults = control_faults(sensor, command);
        let capabilities = controls::capabilities(command, sensor.script.firmware.rgb, sixty_hertz);
        match capabilities.filter(|_| !faults.capabilities_fail) {
            None => Err(world.error(format!("{NAME}: colour control {command} is not supported"))),
            Some(_) if faults.nonsense => Ok(Capabilities {
                auto: true,
                min: 10,
                max: -10,
                step: 0,
                default: 99,
                default_mode: 7,
            }),
            Some(capabilities) => Ok(capabilities),
        }
    })
}

/// Mode and value of a colour control.
pub(super) fn control(handle: u64, command: i32) -> Result<(i32, i32), Failed> {
    const NAME: &str = "k4a_device_get_color_control";
    really_open(NAME, handle)?;
    with(|world| {
        let sensor = world.sensor(NAME, handle)?;
        let faults = control_faults(sensor, command);
        match sensor.controls.get(command).filter(|_| !faults.get_fails) {
            None => Err(world.error(format!("{NAME}: colour control {command} cannot be read"))),
            Some(_) if faults.nonsense => Ok((7, i32::MIN)),
            Some(set) => Ok(set),
        }
    })
}

/// `k4a_device_set_color_control`.
pub(super) fn set_control(handle: u64, command: i32, mode: i32, value: i32) -> Result<(), Failed> {
    const NAME: &str = "k4a_device_set_color_control";
    really_open(NAME, handle)?;
    with(|world| {
        let device = world.device(NAME, handle)?;
        let serial = device.serial.clone();
        let (streaming, mut sixty_hertz) = (device.stream.is_some(), device.sixty_hertz);
        let sensor = world.sensor(NAME, handle)?;
        let known = controls::capabilities(command, sensor.script.firmware.rgb, sixty_hertz)
            .filter(|_| !control_faults(sensor, command).set_fails);
        let done = match known {
            None => Err(format!("colour control {command} is not supported")),
            Some(capabilities) => sensor.controls.set(
                command,
                mode,
                value,
                capabilities,
                &mut sixty_hertz,
                streaming,
            ),
        };
        world.device(NAME, handle)?.sixty_hertz = sixty_hertz;
        world.note_control(ControlSet {
            serial,
            command,
            mode,
            value: if mode == AUTO { 0 } else { value },
            accepted: done.is_ok(),
        });
        done.map_err(|why| world.error(format!("{NAME}: {why}")))
    })
}

/// The raw calibration as it is reported, with its NUL unless the script's fault is a missing NUL.
pub(super) fn raw_calibration(function: &str, handle: u64) -> Result<Vec<u8>, Failed> {
    really_open(function, handle)?;
    with(|world| {
        let serial = world.device(function, handle)?.serial.clone();
        let sensor = world.sensors.iter().find(|s| s.script.serial == serial);
        let fault = sensor.and_then(|sensor| sensor.script.calibration);
        let mut text = match fault {
            Some(CalibrationFault::Missing) => {
                return Err(world.error(format!("{function}: the calibration cannot be read")));
            }
            Some(CalibrationFault::Garbage) => {
                b"{\"CalibrationInformation\": \xFF\xFE garbage".to_vec()
            }
            Some(CalibrationFault::Unterminated | CalibrationFault::Nonsense) | None => {
                calibration::text(&serial)
            }
        };
        // Orbbec's library does not guarantee a NUL.
        if fault != Some(CalibrationFault::Unterminated) && !is_orbbec() {
            text.push(0);
        }
        Ok(text)
    })
}

/// `k4a_device_get_calibration`.
pub(super) fn calibration(
    handle: u64,
    depth_mode: i32,
    color_resolution: i32,
) -> Result<abi::Calibration, Failed> {
    const NAME: &str = "k4a_device_get_calibration";
    let mut text = raw_calibration(NAME, handle)?;
    text.push(0);
    with(|world| {
        let mut structure = calibration::from_text(&text, depth_mode, color_resolution)
            .map_err(|why| world.error(format!("{NAME}: {why}")))?;
        let serial = world.device(NAME, handle)?.serial.clone();
        let sensor = world.sensors.iter().find(|s| s.script.serial == serial);
        let fault = sensor.and_then(|sensor| sensor.script.calibration);
        if fault == Some(CalibrationFault::Nonsense) {
            structure.depth_mode = 42;
            structure.color_resolution = -1;
            for camera in [&mut structure.depth_camera, &mut structure.color_camera] {
                camera.model = 99;
                camera.parameter_count = 1_000_000;
                camera.parameters = [f32::NAN; 15];
                (camera.width, camera.height) = (-1, i32::MAX);
            }
        }
        Ok(structure)
    })
}

/// `k4a_calibration_get_from_raw`.
pub(super) fn calibration_from_raw(
    text: &[u8],
    depth_mode: i32,
    color_resolution: i32,
) -> Result<abi::Calibration, Failed> {
    calibration::from_text(text, depth_mode, color_resolution)
        .map_err(|why| with(|world| world.error(format!("k4a_calibration_get_from_raw: {why}"))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::Firmware;

    #[test]
    fn the_old_firmware_is_too_old_and_the_usual_one_is_not() {
        let old = |firmware: Firmware| {
            let versions = [firmware.rgb, firmware.depth, firmware.audio];
            (0..3).any(|i| versions[i] < LEAST_FIRMWARE[i])
        };
        assert!(old(Firmware::OLD));
        assert!(!old(Firmware::default()));
    }
}
