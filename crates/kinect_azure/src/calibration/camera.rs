//! One camera in one mode: what pixel a point is seen at, and what ray a pixel looks along.
//!
//! The lens model is the one of the vendor's calibration: a rational radial and a tangential distortion of the point on
//! the plane z = 1. Seeing (projection) is a formula; looking back (unprojection) inverts it with Newton's method. The
//! arithmetic is f64: the vendor's f32 iteration wrongly gives up on millions of good pixels near the border of the
//! larger colour images, because its limit of 0.001 pixels is below what f32 can tell apart there.

/// Which tangential distortion a lens has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum LensModel {
    /// Brown–Conrady, the same as OpenCV's rational model.
    BrownConrady,
    /// Microsoft's Rational 6KT, whose mixed tangential terms have a factor of 1 instead of 2.
    Rational6Kt,
}

/// Focal length, centre and distortion of a camera, in pixels of its mode.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub struct Intrinsics {
    /// Which formula the tangential terms follow.
    pub model: LensModel,
    /// Principal point x in pixels.
    pub cx: f32,
    /// Principal point y in pixels.
    pub cy: f32,
    /// Focal length in x in pixels.
    pub fx: f32,
    /// Focal length in y in pixels.
    pub fy: f32,
    /// Radial distortion, numerator r².
    pub k1: f32,
    /// Radial distortion, numerator r⁴.
    pub k2: f32,
    /// Radial distortion, numerator r⁶.
    pub k3: f32,
    /// Radial distortion, denominator r².
    pub k4: f32,
    /// Radial distortion, denominator r⁴.
    pub k5: f32,
    /// Radial distortion, denominator r⁶.
    pub k6: f32,
    /// Centre of distortion x on the plane z = 1.
    pub codx: f32,
    /// Centre of distortion y on the plane z = 1.
    pub cody: f32,
    /// Tangential distortion 2 (acts mostly in x).
    pub p2: f32,
    /// Tangential distortion 1 (acts mostly in y).
    pub p1: f32,
}

/// One camera in one mode.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub struct Camera {
    /// Width of its images in pixels.
    pub width: u32,
    /// Height of its images in pixels.
    pub height: u32,
    /// Focal length, centre and distortion.
    pub intrinsics: Intrinsics,
    /// The lens model holds for rays up to this distance from the optical axis on the plane z = 1.
    pub metric_radius: f32,
}

impl Camera {
    /// The pixel at which a point in this camera's frame (mm, or any unit) is seen; it may lie outside the image.
    /// `None` for points behind the camera or beyond the [metric radius](Self::metric_radius).
    pub fn project(&self, [x, y, z]: [f32; 3]) -> Option<[f32; 2]> {
        let (x, y, z) = (f64::from(x), f64::from(y), f64::from(z));
        let [u, v] = (z > 0.0)
            .then(|| Lens::new(self).project(x / z, y / z))
            .flatten()?;
        Some([u as f32, v as f32])
    }

    /// The point on the plane z = 1 that a pixel looks at. `None` where the lens model does not hold.
    pub fn unproject(&self, [u, v]: [f32; 2]) -> Option<[f32; 2]> {
        let [x, y] = Lens::new(self).unproject(f64::from(u), f64::from(v))?;
        Some([x as f32, y as f32])
    }

    /// The point a pixel sees at a depth (distance along the optical axis) in mm. `None` where the lens model does not
    /// hold and for depth 0, which means "not measured".
    pub fn unproject_at(&self, pixel: [f32; 2], depth_mm: f32) -> Option<[f32; 3]> {
        if depth_mm == 0.0 {
            return None;
        }
        let [x, y] = self.unproject(pixel)?;
        Some([x * depth_mm, y * depth_mm, depth_mm])
    }

    /// Whether a pixel coordinate lies inside the image: from −0.5 up to, but not including, size − 0.5.
    pub fn contains(&self, [u, v]: [f32; 2]) -> bool {
        u >= -0.5 && v >= -0.5 && u < self.width as f32 - 0.5 && v < self.height as f32 - 0.5
    }
}

/// A camera's lens with its numbers in f64.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lens {
    pub(crate) center: [f64; 2],
    pub(crate) focal: [f64; 2],
    numerator: [f64; 3],
    denominator: [f64; 3],
    distortion_center: [f64; 2],
    p1: f64,
    p2: f64,
    /// Factor of the mixed tangential terms: 2 for Brown–Conrady, 1 for Rational 6KT.
    mixed: f64,
    radius_squared: f64,
}

/// A projection with its derivatives.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Linearised {
    pub(crate) u: f64,
    pub(crate) v: f64,
    pub(crate) du_dx: f64,
    pub(crate) du_dy: f64,
    pub(crate) dv_dx: f64,
    pub(crate) dv_dy: f64,
    /// Squared distance from the centre of distortion.
    pub(crate) r: f64,
}

/// Squared pixel error up to which an unprojection counts (0.001 pixels, the vendor's limit).
pub(crate) const MAX_SQUARED_ERROR: f64 = 1e-6;
/// Squared pixel error at which the iteration stops.
const GOOD_SQUARED_ERROR: f64 = 1e-22;
/// Evaluations after which the iteration stops.
const MAX_EVALUATIONS: u32 = 20;

fn or_one(value: f64) -> f64 {
    if value == 0.0 { 1.0 } else { value }
}

impl Lens {
    pub(crate) fn new(camera: &Camera) -> Self {
        let i = &camera.intrinsics;
        let radius = f64::from(camera.metric_radius);
        Self {
            center: [i.cx, i.cy].map(f64::from),
            focal: [i.fx, i.fy].map(f64::from),
            numerator: [i.k1, i.k2, i.k3].map(f64::from),
            denominator: [i.k4, i.k5, i.k6].map(f64::from),
            distortion_center: [i.codx, i.cody].map(f64::from),
            p1: f64::from(i.p1),
            p2: f64::from(i.p2),
            mixed: match i.model {
                LensModel::BrownConrady => 2.0,
                LensModel::Rational6Kt => 1.0,
            },
            radius_squared: radius * radius,
        }
    }

    /// Squared metric radius.
    pub(crate) fn radius_squared(&self) -> f64 {
        self.radius_squared
    }

    /// Whether a squared radius is one the lens model does not hold for; NaN is.
    #[inline(always)]
    fn is_outside(&self, r: f64) -> bool {
        let inside = r <= self.radius_squared;
        !inside
    }

    /// Numerator and denominator of the radial distortion at squared radius r.
    #[inline(always)]
    fn radial(&self, r: f64) -> (f64, f64) {
        let [k1, k2, k3] = self.numerator;
        let [k4, k5, k6] = self.denominator;
        (
            1.0 + r * (k1 + r * (k2 + r * k3)),
            or_one(1.0 + r * (k4 + r * (k5 + r * k6))),
        )
    }

    /// The pixel at which a point on the plane z = 1 is seen; `None` beyond the metric radius.
    #[inline]
    pub(crate) fn project(&self, x: f64, y: f64) -> Option<[f64; 2]> {
        let [codx, cody] = self.distortion_center;
        let (a, b) = (x - codx, y - cody);
        let (aa, bb, ab) = (a * a, b * b, a * b);
        let r = aa + bb;
        if self.is_outside(r) {
            return None;
        }
        let (numerator, denominator) = self.radial(r);
        let d = numerator / denominator;
        let xd = a * d + self.p2 * (r + 2.0 * aa) + self.mixed * self.p1 * ab;
        let yd = b * d + self.p1 * (r + 2.0 * bb) + self.mixed * self.p2 * ab;
        Some([
            self.focal[0] * (xd + codx) + self.center[0],
            self.focal[1] * (yd + cody) + self.center[1],
        ])
    }

    /// The projection of a point on the plane z = 1 with its derivatives, whether or not it is within the metric
    /// radius. Without branches, so that loops over it can be vectorised.
    #[inline(always)]
    pub(crate) fn linearise(&self, x: f64, y: f64) -> Linearised {
        let [codx, cody] = self.distortion_center;
        let [fx, fy] = self.focal;
        let (p1, p2, s) = (self.p1, self.p2, self.mixed);
        let (a, b) = (x - codx, y - cody);
        let (aa, bb, ab) = (a * a, b * b, a * b);
        let r = aa + bb;
        let (n, m) = self.radial(r);
        let [k1, k2, k3] = self.numerator;
        let [k4, k5, k6] = self.denominator;
        let inverse = 1.0 / m;
        let d = n * inverse;
        let n_slope = k1 + r * (2.0 * k2 + r * (3.0 * k3));
        let m_slope = k4 + r * (2.0 * k5 + r * (3.0 * k6));
        let d_slope = (n_slope - d * m_slope) * inverse;
        let xd = a * d + p2 * (r + 2.0 * aa) + s * p1 * ab;
        let yd = b * d + p1 * (r + 2.0 * bb) + s * p2 * ab;
        Linearised {
            u: fx * (xd + codx) + self.center[0],
            v: fy * (yd + cody) + self.center[1],
            du_dx: fx * (d + 2.0 * aa * d_slope + 6.0 * a * p2 + s * b * p1),
            du_dy: fx * (2.0 * ab * d_slope + 2.0 * b * p2 + s * a * p1),
            dv_dx: fy * (2.0 * ab * d_slope + 2.0 * a * p1 + s * b * p2),
            dv_dy: fy * (d + 2.0 * bb * d_slope + 6.0 * b * p1 + s * a * p2),
            r,
        }
    }

    /// The vendor's first guess: the distortion applied backwards once.
    fn first_guess(&self, u: f64, v: f64) -> [f64; 2] {
        let [codx, cody] = self.distortion_center;
        let a = (u - self.center[0]) / self.focal[0] - codx;
        let b = (v - self.center[1]) / self.focal[1] - cody;
        let (n, m) = self.radial(a * a + b * b);
        let scale = m / or_one(n);
        let (x, y) = (a * scale, b * scale);
        let xy2 = 2.0 * x * y;
        let (xx, yy) = (x * x, y * y);
        [
            x - (self.p2 * (yy + 3.0 * xx) + self.p1 * xy2) + codx,
            y - (self.p1 * (xx + 3.0 * yy) + self.p2 * xy2) + cody,
        ]
    }

    /// The point on the plane z = 1 that a pixel looks at; `None` where the iteration leaves the metric radius or does
    /// not come within 0.001 pixels.
    pub(crate) fn unproject(&self, u: f64, v: f64) -> Option<[f64; 2]> {
        let [mut x, mut y] = self.first_guess(u, v);
        let mut best = f64::MAX;
        let mut best_at = [x, y];
        for evaluation in 1..=MAX_EVALUATIONS {
            let at = self.linearise(x, y);
            if self.is_outside(at.r) {
                return None;
            }
            let (eu, ev) = (u - at.u, v - at.v);
            let error = eu * eu + ev * ev;
            let better = error < best;
            if !better {
                break;
            }
            best = error;
            best_at = [x, y];
            if evaluation == MAX_EVALUATIONS || error < GOOD_SQUARED_ERROR {
                break;
            }
            [x, y] = at.newton_step(x, y, eu, ev);
        }
        (best <= MAX_SQUARED_ERROR).then_some(best_at)
    }
}

impl Linearised {
    /// The point where the linearisation has no error left.
    #[inline(always)]
    pub(crate) fn newton_step(&self, x: f64, y: f64, eu: f64, ev: f64) -> [f64; 2] {
        let inverse = 1.0 / (self.du_dx * self.dv_dy - self.du_dy * self.dv_dx);
        [
            x + (self.dv_dy * eu - self.du_dy * ev) * inverse,
            y + (self.du_dx * ev - self.dv_dx * eu) * inverse,
        ]
    }
}
