//! The streams that can be exported.

use clap::ValueEnum;

/// The streams that can be exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Stream {
    /// Colour images
    Color,
    /// Depth images
    Depth,
    /// Infrared images
    Ir,
    /// Coloured point clouds
    Points,
    /// Depth images in the colour camera's view
    DepthAligned,
    /// Colour images in the depth camera's view
    ColorAligned,
    /// Infrared images in the colour camera's view
    IrAligned,
    /// Point clouds of the colour image's pixels
    PointsAligned,
    /// The people that a body tracker finds in the depth images
    Bodies,
    /// Inertial samples
    Imu,
    /// The sensor's calibration
    Calibration,
}

impl Stream {
    /// Streams with their own files for every capture, in the order of their declaration.
    pub(super) const OF_CAPTURES: [Self; 8] = [
        Self::Color,
        Self::Depth,
        Self::Ir,
        Self::Points,
        Self::DepthAligned,
        Self::ColorAligned,
        Self::IrAligned,
        Self::PointsAligned,
    ];

    /// The name in files and messages.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Color => "color",
            Self::Depth => "depth",
            Self::Ir => "ir",
            Self::Points => "points",
            Self::DepthAligned => "depth-aligned",
            Self::ColorAligned => "color-aligned",
            Self::IrAligned => "ir-aligned",
            Self::PointsAligned => "points-aligned",
            Self::Bodies => "bodies",
            Self::Imu => "imu",
            Self::Calibration => "calibration",
        }
    }

    /// Whether the stream shows one camera's images in the other camera's view.
    pub(super) const fn is_aligned(self) -> bool {
        matches!(
            self,
            Self::DepthAligned | Self::ColorAligned | Self::IrAligned | Self::PointsAligned
        )
    }

    /// Whether the stream has its own files for every capture.
    pub(super) const fn is_of_captures(self) -> bool {
        !matches!(self, Self::Bodies | Self::Imu | Self::Calibration)
    }

    /// The endings of its files' names, after the capture's number.
    pub(super) const fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Color => &["color.jpg", "color.png"],
            Self::Depth => &["depth.png"],
            Self::Ir => &["ir.png"],
            Self::Points => &["points.ply"],
            Self::DepthAligned => &["depth-aligned.png"],
            Self::ColorAligned => &["color-aligned.png"],
            Self::IrAligned => &["ir-aligned.png"],
            Self::PointsAligned => &["points-aligned.ply"],
            Self::Bodies | Self::Imu | Self::Calibration => &[],
        }
    }
}
