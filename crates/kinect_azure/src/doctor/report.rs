//! What an examination gives.

use serde::{Deserialize, Serialize};

/// Makes [`Check`] with its names and titles, which `docs/doctor.md` has as headings.
macro_rules! checks {
    ($($(#[$about:meta])* $check:ident = $name:literal, $title:literal;)*) => {
        /// What is looked at. Its [`name`](Self::name) never changes; new ones may come.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum Check {
            $($(#[$about])* #[serde(rename = $name)] $check,)*
        }

        impl Check {
            /// All of them, in the order of a report.
            pub const ALL: &[Self] = &[$(Self::$check,)*];

            /// The name that programs go by; also the heading in `docs/doctor.md`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$check => $name,)*
                }
            }

            /// What people call it.
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
    /// The vendor's recorder, which nothing here needs.
    RecordLibrary = "record_library", "vendor's recorder";
    /// The vendor's body tracker.
    TrackerLibrary = "tracker_library", "vendor's body tracker";
    /// The closed library that makes depth out of what the camera sees.
    DepthEngine = "depth_engine", "depth engine";
    /// OpenGL and X11, which the depth engine needs on Linux.
    Graphics = "graphics", "OpenGL for the depth engine";
    /// Rules that let everybody use the sensors, on Linux.
    UdevRules = "udev_rules", "udev rules";
    /// Sensors that are plugged in.
    UsbDevices = "usb_devices", "sensors on USB";
    /// Whether this user may open them, on Linux.
    UsbPermission = "usb_permission", "access to the sensor";
    /// Whether they are plugged in where it is fast enough.
    UsbSpeed = "usb_speed", "USB speed";
    /// Linux's memory for USB transfers.
    UsbMemory = "usb_memory", "USB memory";
    /// What the libraries say about their sensors; only when they are asked.
    LibrarySensors = "library_sensors", "sensors that answer";
    /// Sensors with sync cables, whose exposure should be manual; known only when sensors are asked.
    WiredSync = "wired_sync", "wired synchronisation";
    /// The file that lets Orbbec's library look for a Femto Mega on the network.
    FemtoNetwork = "femto_network", "Femto on the network";
    /// ONNX Runtime, for body tracking without the vendor's.
    OnnxRuntime = "onnx_runtime", "ONNX Runtime";
    /// What draws.
    GpuAdapter = "gpu_adapter", "graphics adapter";
    /// A screen to open windows on.
    Display = "display", "display";
    /// The sensor's microphones.
    Microphones = "microphones", "microphones";
}

/// How it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Status {
    /// There, and well as far as one can see.
    Found,
    /// Not there.
    Missing,
    /// There, but it will not work like that.
    Wrong,
    /// It cannot be told from here.
    Unknown,
    /// It means nothing on this system.
    Inapplicable,
}

impl Status {
    /// The word that programs read.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::Missing => "missing",
            Self::Wrong => "wrong",
            Self::Unknown => "unknown",
            Self::Inapplicable => "inapplicable",
        }
    }

    /// Whether something is to be mended.
    pub const fn is_bad(self) -> bool {
        matches!(self, Self::Missing | Self::Wrong)
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Which.
    pub check: Check,
    /// How it is.
    pub status: Status,
    /// Whether no sensor can be used, or not the one that is plugged in, while this is missing or wrong.
    pub needed: bool,
    /// What was found, where.
    pub what: String,
    /// What to do; `None` where there is nothing to do.
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

    /// Whether it keeps a sensor from being used.
    pub const fn is_in_the_way(&self) -> bool {
        self.needed && self.status.is_bad()
    }
}

/// Everything that was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// In the order of [`Check::ALL`]; a check can have several, one per sensor, and one that was not asked for has none.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Whether a sensor could be used: nothing that is needed is missing or wrong.
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
