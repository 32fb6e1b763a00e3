//! The report of an examination.

use serde::{Deserialize, Serialize};

/// Makes [`Check`] with its names and titles, which `docs/doctor.md` has as headings.
macro_rules! checks {
    ($($(#[$about:meta])* $check:ident = $name:literal, $title:literal;)*) => {
        /// Something that the doctor checks. Names never change; later versions may have more checks.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum Check {
            $($(#[$about])* #[serde(rename = $name)] $check,)*
        }

        impl Check {
            /// All checks, in the order of a report.
            pub const ALL: &[Self] = &[$(Self::$check,)*];

            /// The name for programs, which is also the heading in `docs/doctor.md`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$check => $name,)*
                }
            }

            /// The name for display, as in `USB speed`.
            pub const fn title(self) -> &'static str {
                match self {
                    $(Self::$check => $title,)*
                }
            }
        }
    };
}

checks! {
    /// Microsoft's `libk4a`, for Azure Kinect.
    MicrosoftLibrary = "microsoft_library", "Microsoft's library";
    /// Orbbec's `libk4a`, for the Femtos.
    OrbbecLibrary = "orbbec_library", "Orbbec's library";
    /// The vendor's recorder, which this project does not need.
    RecordLibrary = "record_library", "vendor's recorder";
    /// The vendor's closed-source library that computes depth from the camera's raw images.
    DepthEngine = "depth_engine", "depth engine";
    /// OpenGL and X11, which the depth engine needs on Linux.
    Graphics = "graphics", "OpenGL for the depth engine";
    /// udev rules that let every user open the sensors, on Linux.
    UdevRules = "udev_rules", "udev rules";
    /// Sensors that are plugged in.
    UsbDevices = "usb_devices", "sensors on USB";
    /// Whether this user may open the sensors, on Linux.
    UsbPermission = "usb_permission", "access to the sensor";
    /// Whether the sensors are connected by USB 3.
    UsbSpeed = "usb_speed", "USB speed";
    /// The memory that Linux allows for USB transfers.
    UsbMemory = "usb_memory", "USB memory";
    /// The sensors that the libraries can open; known only when sensors are asked.
    LibrarySensors = "library_sensors", "sensors that answer";
    /// Sensors with sync cables, whose exposure should be manual; known only when sensors are asked.
    WiredSync = "wired_sync", "wired synchronisation";
    /// The file that lets Orbbec's library look for a Femto Mega on the network.
    FemtoNetwork = "femto_network", "Femto on the network";
    /// The vendor's body tracker.
    TrackerLibrary = "tracker_library", "vendor's body tracker";
    /// The network of the vendor's body tracker.
    TrackerModel = "tracker_model", "vendor's tracker model";
    /// What the vendor's body tracker needs to run its network on a graphics card.
    TrackerRuntime = "tracker_runtime", "vendor's tracker on a GPU";
    /// ONNX Runtime, for body tracking without the vendor's tracker.
    OnnxRuntime = "onnx_runtime", "ONNX Runtime";
    /// The graphics adapter that Bevy renders with.
    GpuAdapter = "gpu_adapter", "graphics adapter";
    /// A screen to open windows on.
    Display = "display", "display";
    /// The sensor's microphones.
    Microphones = "microphones", "microphones";
}

/// The result of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Status {
    /// Found, and the doctor finds nothing wrong with it.
    Found,
    /// Not found.
    Missing,
    /// Found, but it does not work, or works badly.
    Wrong,
    /// The doctor cannot find out.
    Unknown,
    /// The check does not apply to this system.
    Inapplicable,
}

impl Status {
    /// The name for programs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::Missing => "missing",
            Self::Wrong => "wrong",
            Self::Unknown => "unknown",
            Self::Inapplicable => "inapplicable",
        }
    }

    /// Whether something is missing or wrong.
    pub const fn is_bad(self) -> bool {
        matches!(self, Self::Missing | Self::Wrong)
    }
}

/// The result of one check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The check.
    pub check: Check,
    /// The result of a check.
    pub status: Status,
    /// Whether a sensor needs this to work: the sensor that is plugged in or, if no sensor is, any sensor.
    pub needed: bool,
    /// The facts that were found, and their place.
    pub what: String,
    /// How to mend the problem; `None` if there is no problem.
    pub fix: Option<String>,
}

impl Finding {
    pub(super) fn new(check: Check, status: Status, what: impl Into<String>) -> Self {
        Self {
            check,
            status,
            needed: false,
            what: what.into(),
            fix: None,
        }
    }

    pub(super) fn inapplicable(check: Check) -> Self {
        Self::new(check, Status::Inapplicable, "inapplicable")
    }

    pub(super) fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }

    pub(super) fn needed(mut self, needed: bool) -> Self {
        self.needed = needed;
        self
    }

    /// Whether this keeps a sensor from working.
    pub const fn is_in_the_way(&self) -> bool {
        self.needed && self.status.is_bad()
    }
}

/// The results of all checks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The findings in the order of [`Check::ALL`]. A check can have several findings, one for each sensor, or no
    /// finding if sensors were not opened.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Whether a sensor can work: no finding that is `needed` is missing or wrong.
    pub fn is_usable(&self) -> bool {
        !self.findings.iter().any(Finding::is_in_the_way)
    }

    /// The findings of one check.
    pub fn of(&self, check: Check) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(move |finding| finding.check == check)
    }
}
