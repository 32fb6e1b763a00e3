//! The C enums as Rust enums. Values from C are plain numbers, which `from_code` converts.

/// Makes an enum over the numbers of a C enum.
macro_rules! codes {
    ($(
        $(#[$about:meta])*
        $name:ident { $($(#[$what:meta])* $variant:ident = $code:literal,)* }
    )*) => {$(
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(i32)]
        pub enum $name {
            $($(#[$what])* $variant = $code,)*
        }

        impl $name {
            /// All variants, in the order of their numbers.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The C enum's number.
            pub const fn code(self) -> i32 {
                self as i32
            }

            /// The variant with that number; `None` if no variant has it.
            pub const fn from_code(code: i32) -> Option<Self> {
                match code {
                    $($code => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    )*};
}

codes! {
    /// The mode of the depth camera (`k4a_depth_mode_t`).
    DepthMode {
        /// Off.
        Off = 0,
        /// Narrow field of view, 320 × 288.
        Nfov2x2Binned = 1,
        /// Narrow field of view, 640 × 576.
        NfovUnbinned = 2,
        /// Wide field of view, 512 × 512.
        Wfov2x2Binned = 3,
        /// Wide field of view, 1024 × 1024; 15 frames a second at most.
        WfovUnbinned = 4,
        /// Infrared without the sensor's own light and without depth, 1024 × 1024.
        PassiveIr = 5,
    }

    /// The resolution of the colour camera (`k4a_color_resolution_t`).
    ColorResolution {
        /// Off.
        Off = 0,
        /// 1280 × 720.
        R720p = 1,
        /// 1920 × 1080.
        R1080p = 2,
        /// 2560 × 1440.
        R1440p = 3,
        /// 2048 × 1536.
        R1536p = 4,
        /// 3840 × 2160.
        R2160p = 5,
        /// 4096 × 3072; 15 frames a second at most.
        R3072p = 6,
    }

    /// The format of an image (`k4a_image_format_t`).
    ImageFormat {
        /// One JPEG.
        ColorMjpg = 0,
        /// A plane of Y, then a plane half as high in which U and V alternate.
        ColorNv12 = 1,
        /// Y, U, Y, V for every two pixels.
        ColorYuy2 = 2,
        /// Blue, green, red, alpha.
        ColorBgra32 = 3,
        /// Millimetres, u16 in the machine's byte order; 0 = unknown.
        Depth16 = 4,
        /// Infrared, u16 in the machine's byte order.
        Ir16 = 5,
        /// One byte for each pixel, as in body index maps.
        Custom8 = 6,
        /// Two bytes for each pixel.
        Custom16 = 7,
        /// Any rows of bytes, as in point clouds.
        Custom = 8,
    }

    /// Frames per second of both cameras (`k4a_fps_t`).
    FrameRate {
        /// 5 a second.
        Fps5 = 0,
        /// 15 a second.
        Fps15 = 1,
        /// 30 a second.
        Fps30 = 2,
        /// 25 a second: only with Orbbec's sensors, and not in recordings.
        Fps25 = 3,
    }

    /// A device's part in a wired synchronisation (`k4a_wired_sync_mode_t`).
    WiredSyncMode {
        /// The device follows its own clock.
        Standalone = 0,
        /// The device follows its own clock and synchronises others through its sync-out jack.
        Master = 1,
        /// The device follows the master at its sync-in jack.
        Subordinate = 2,
    }

    /// A control of the colour camera (`k4a_color_control_command_t`).
    ColorControl {
        /// µs.
        ExposureTimeAbsolute = 0,
        /// Deprecated; does nothing.
        AutoExposurePriority = 1,
        /// Brightness.
        Brightness = 2,
        /// Contrast.
        Contrast = 3,
        /// Saturation.
        Saturation = 4,
        /// Sharpness.
        Sharpness = 5,
        /// Kelvin, a multiple of 10.
        Whitebalance = 6,
        /// 0 = off, 1 = on.
        BacklightCompensation = 7,
        /// Gain.
        Gain = 8,
        /// 1 = 50 Hz, 2 = 60 Hz.
        PowerlineFrequency = 9,
        /// Orbbec's Femto Bolt only, while the cameras are stopped.
        Hdr = 10,
    }

    /// The mode of a colour control (`k4a_color_control_mode_t`).
    ColorControlMode {
        /// The camera chooses the value.
        Auto = 0,
        /// The camera uses the value that was set.
        Manual = 1,
    }

    /// A sensor with a calibrated position (`k4a_calibration_type_t`).
    Sensor {
        /// The depth camera.
        Depth = 0,
        /// The colour camera.
        Color = 1,
        /// The gyroscope.
        Gyro = 2,
        /// The accelerometer.
        Accel = 3,
    }

    /// The interpolation of values between pixels (`k4a_transformation_interpolation_type_t`).
    Interpolation {
        /// The value of the nearest pixel.
        Nearest = 0,
        /// The mean of the surrounding pixels, weighted by nearness.
        Linear = 1,
    }

    /// The build type of a firmware (`k4a_firmware_build_t`).
    FirmwareBuild {
        /// A release build.
        Release = 0,
        /// A debug build.
        Debug = 1,
    }

    /// The signature of a firmware (`k4a_firmware_signature_t`).
    FirmwareSignature {
        /// Microsoft.
        Microsoft = 0,
        /// A test key.
        Test = 1,
        /// Unsigned, as all of Orbbec's firmware.
        Unsigned = 2,
    }

    /// The origin of a seek offset (`k4a_playback_seek_origin_t`).
    SeekOrigin {
        /// The file's beginning.
        Begin = 0,
        /// The file's end; offsets are 0 or less.
        End = 1,
        /// Time 0 of the device's clock.
        DeviceTime = 2,
    }

    /// The level of a vendor library's log messages (`k4a_log_level_t`).
    LogLevel {
        /// Errors after which the library cannot continue.
        Critical = 0,
        /// Failures.
        Error = 1,
        /// Problems that may lead to failures.
        Warning = 2,
        /// Information about the library's actions.
        Info = 3,
        /// Everything.
        Trace = 4,
        /// Nothing.
        Off = 5,
    }

    /// How a sensor is mounted, as seen by a person in front of it (`k4abt_sensor_orientation_t`).
    SensorOrientation {
        /// Upright.
        Default = 0,
        /// Turned by 90° clockwise.
        Clockwise90 = 1,
        /// Turned by 90° counter-clockwise.
        CounterClockwise90 = 2,
        /// Upside down.
        Flip180 = 3,
    }

    /// The processor that the body tracker runs on (`k4abt_tracker_processing_mode_t`).
    ProcessingMode {
        /// The graphics card: CUDA on Linux, DirectML on Windows.
        Gpu = 0,
        /// The CPU.
        Cpu = 1,
        /// CUDA; needs libk4abt 1.1.
        GpuCuda = 2,
        /// TensorRT; needs libk4abt 1.1.
        GpuTensorRt = 3,
        /// DirectML; needs libk4abt 1.1 on Windows.
        GpuDirectMl = 4,
    }

    /// The tracker's confidence in a joint (`k4abt_joint_confidence_level_t`).
    JointConfidence {
        /// Out of range: the joint is too far away or outside the image.
        None = 0,
        /// The joint is not seen; its pose is predicted.
        Low = 1,
        /// Seen.
        Medium = 2,
        /// Reserved for later trackers.
        High = 3,
    }
}

impl DepthMode {
    /// Width and height of its images in pixels; (0, 0) when off.
    pub const fn size(self) -> (u32, u32) {
        match self {
            Self::Off => (0, 0),
            Self::Nfov2x2Binned => (320, 288),
            Self::NfovUnbinned => (640, 576),
            Self::Wfov2x2Binned => (512, 512),
            Self::WfovUnbinned | Self::PassiveIr => (1024, 1024),
        }
    }
}

impl ColorResolution {
    /// Width and height of its images in pixels; (0, 0) when off.
    pub const fn size(self) -> (u32, u32) {
        match self {
            Self::Off => (0, 0),
            Self::R720p => (1280, 720),
            Self::R1080p => (1920, 1080),
            Self::R1440p => (2560, 1440),
            Self::R1536p => (2048, 1536),
            Self::R2160p => (3840, 2160),
            Self::R3072p => (4096, 3072),
        }
    }
}

impl FrameRate {
    /// Frames per second.
    pub const fn per_second(self) -> u32 {
        match self {
            Self::Fps5 => 5,
            Self::Fps15 => 15,
            Self::Fps25 => 25,
            Self::Fps30 => 30,
        }
    }

    /// Microseconds from frame to frame.
    pub const fn period_usec(self) -> u32 {
        1_000_000 / self.per_second()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_without_a_name_are_refused() {
        assert_eq!(DepthMode::from_code(2), Some(DepthMode::NfovUnbinned));
        for code in [-1, 6, i32::MAX, i32::MIN] {
            assert_eq!(DepthMode::from_code(code), None);
        }
        assert_eq!(ImageFormat::from_code(9), None);
        assert_eq!(ColorControl::from_code(11), None);
    }

    #[test]
    fn numbers_go_there_and_back() {
        for &format in ImageFormat::ALL {
            assert_eq!(ImageFormat::from_code(format.code()), Some(format));
        }
        for &rate in FrameRate::ALL {
            assert_eq!(FrameRate::from_code(rate.code()), Some(rate));
        }
    }
}
