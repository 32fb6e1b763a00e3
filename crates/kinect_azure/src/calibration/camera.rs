//! One camera in one mode: the pixel at which a point is seen, and the ray along which a pixel looks.
//!
//! The lens model is the one of the vendor's calibration: a rational radial and a tangential distortion of the point
//! on the plane z = 1. Seeing (projection) is a formula; looking back (unprojection) inverts it with Newton's method.
//! The arithmetic is the vendor's, in f32 and in its order, so that results equal the vendor's to the last bit, with
//! one exception: the vendor's limit of 0.001 pixels is smaller than a step of f32 near the border of the larger
//! colour images, so that the vendor's library wrongly gives up on millions of good pixels there. Here the limit is a
//! hundredth of a pixel.

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
    /// The lens model is valid for rays up to this distance from the optical axis, measured on the plane z = 1.
    pub metric_radius: f32,
}

impl Camera {
    /// The pixel at which a point in this camera's frame (mm, or any unit) is seen; it may lie outside the image.
    /// `None` for points behind the camera or beyond the [metric radius](Self::metric_radius).
    #[inline]
    pub fn project(&self, [x, y, z]: [f32; 3]) -> Option<[f32; 2]> {
        (z > 0.0)
            .then(|| Lens::new(self).project(x / z, y / z))
            .flatten()
    }

    /// The point on the plane z = 1 that a pixel looks at. `None` where the lens model does not hold.
    pub fn unproject(&self, [u, v]: [f32; 2]) -> Option<[f32; 2]> {
        let ([x], [y]) = Lens::new(self).unproject([u], [v]);
        (!x.is_nan()).then_some([x, y])
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

/// A camera's lens: its intrinsics in the form that the formulas use.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lens {
    center: [f32; 2],
    focal: [f32; 2],
    numerator: [f32; 3],
    denominator: [f32; 3],
    distortion_center: [f32; 2],
    p1: f32,
    p2: f32,
    /// Factor of the mixed tangential terms: 2 for Brown–Conrady, 1 for Rational 6KT.
    mixed: f32,
    radius_squared: f32,
}

/// The radial distortion at some distance from the centre: `factor` = `numerator` · `inverse`.
#[derive(Clone, Copy, Debug)]
struct Radial {
    numerator: f32,
    denominator: f32,
    /// 1 / `denominator`.
    inverse: f32,
    factor: f32,
}

/// The pixel at which a point is seen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    pub(crate) u: f32,
    pub(crate) v: f32,
    /// Squared distance from the centre of distortion.
    pub(crate) r: f32,
}

/// A projection with its derivatives.
#[derive(Clone, Copy, Debug)]
struct Linearised {
    u: f32,
    v: f32,
    du_dx: f32,
    du_dy: f32,
    dv_dx: f32,
    dv_dy: f32,
    /// Squared distance from the centre of distortion.
    r: f32,
}

/// Squared pixel error up to which an unprojection counts: 0.01 pixels. On the widest image of a real sensor the
/// iteration ends within 0.007 (`every_pixel_is_looked_through`); iterations that do not converge are off by far
/// more.
const MAX_SQUARED_ERROR: f32 = 1e-4;
/// Squared pixel error at which the iteration stops.
const GOOD_SQUARED_ERROR: f32 = 1e-22;
/// Evaluations after which the iteration stops.
const MAX_EVALUATIONS: u32 = 20;

#[inline(always)]
fn or_one(value: f32) -> f32 {
    if value == 0.0 { 1.0 } else { value }
}

impl Lens {
    #[inline]
    pub(crate) fn new(camera: &Camera) -> Self {
        let i = &camera.intrinsics;
        Self {
            center: [i.cx, i.cy],
            focal: [i.fx, i.fy],
            numerator: [i.k1, i.k2, i.k3],
            denominator: [i.k4, i.k5, i.k6],
            distortion_center: [i.codx, i.cody],
            p1: i.p1,
            p2: i.p2,
            mixed: match i.model {
                LensModel::BrownConrady => 2.0,
                LensModel::Rational6Kt => 1.0,
            },
            radius_squared: camera.metric_radius * camera.metric_radius,
        }
    }

    /// Whether the lens model holds at a squared radius; not at NaN.
    #[inline(always)]
    pub(crate) fn holds(&self, r: f32) -> bool {
        r <= self.radius_squared
    }

    /// The radial distortion at squared radius r.
    #[inline(always)]
    fn radial(&self, r: f32) -> Radial {
        let (rr, rrr) = (r * r, r * r * r);
        let [k1, k2, k3] = self.numerator;
        let [k4, k5, k6] = self.denominator;
        let numerator = 1.0 + k1 * r + k2 * rr + k3 * rrr;
        let denominator = 1.0 + k4 * r + k5 * rr + k6 * rrr;
        let inverse = 1.0 / or_one(denominator);
        Radial {
            numerator,
            denominator,
            inverse,
            factor: numerator * inverse,
        }
    }

    /// The pixel at which a point on the plane z = 1 is seen; `None` beyond the metric radius.
    #[inline]
    pub(crate) fn project(&self, x: f32, y: f32) -> Option<[f32; 2]> {
        // The derivatives are not used, so the compiler leaves them out.
        let at = self.linearise(x, y);
        self.holds(at.r).then_some([at.u, at.v])
    }

    /// The pixel at which a point on the plane z = 1 is seen, whether or not it is within the metric radius, as the vendor's depth
    /// engine computes it: it adds the tangential terms one after the other, and the library adds their sum.
    #[inline(always)]
    pub(crate) fn see(&self, x: f32, y: f32) -> Seen {
        let [codx, cody] = self.distortion_center;
        let (p1, p2, s) = (self.p1, self.p2, self.mixed);
        let (a, b) = (x - codx, y - cody);
        let (aa, bb, ab) = (a * a, b * b, a * b);
        let r = aa + bb;
        let d = self.radial(r).factor;
        let xd = a * d + (r + 2.0 * aa) * p2 + s * ab * p1;
        let yd = b * d + (r + 2.0 * bb) * p1 + s * ab * p2;
        Seen {
            u: (xd + codx) * self.focal[0] + self.center[0],
            v: (yd + cody) * self.focal[1] + self.center[1],
            r,
        }
    }

    /// The projection of a point on the plane z = 1 with its derivatives, whether or not it is within the metric
    /// radius. Without branches, so that loops over it can be vectorised.
    #[inline(always)]
    fn linearise(&self, x: f32, y: f32) -> Linearised {
        let [codx, cody] = self.distortion_center;
        let [fx, fy] = self.focal;
        let (p1, p2, s) = (self.p1, self.p2, self.mixed);
        let (a, b) = (x - codx, y - cody);
        let (aa, bb, ab) = (a * a, b * b, a * b);
        let r = aa + bb;
        let radial = self.radial(r);
        let d = radial.factor;
        let xd = a * d + ((r + 2.0 * aa) * p2 + s * ab * p1);
        let yd = b * d + ((r + 2.0 * bb) * p1 + s * ab * p2);

        let [k1, k2, k3] = self.numerator;
        let [k4, k5, k6] = self.denominator;
        let rr = r * r;
        let n_slope = k1 + 2.0 * k2 * r + 3.0 * k3 * rr;
        let m_slope = k4 + 2.0 * k5 * r + 3.0 * k6 * rr;
        let d_slope = (n_slope * radial.denominator - radial.numerator * m_slope)
            * (radial.inverse * radial.inverse);
        let twice = d_slope * 2.0;
        let across = b * (a * twice);
        Linearised {
            u: (xd + codx) * fx + self.center[0],
            v: (yd + cody) * fy + self.center[1],
            du_dx: fx * (d + a * (a * twice) + 6.0 * a * p2 + s * b * p1),
            du_dy: fx * (across + 2.0 * b * p2 + s * a * p1),
            dv_dx: fy * (across + 2.0 * a * p1 + s * b * p2),
            dv_dy: fy * (d + b * b * twice + 6.0 * b * p1 + s * a * p2),
            r,
        }
    }

    /// Where the iteration starts: the distortion applied backwards once.
    #[inline(always)]
    fn first_guess(&self, u: f32, v: f32) -> [f32; 2] {
        let [codx, cody] = self.distortion_center;
        let a = (u - self.center[0]) / self.focal[0] - codx;
        let b = (v - self.center[1]) / self.focal[1] - cody;
        let radial = self.radial(a * a + b * b);
        let scale = 1.0 / or_one(radial.numerator) * radial.denominator;
        let (x, y) = (a * scale, b * scale);
        let xy2 = 2.0 * x * y;
        let (xx, yy) = (x * x, y * y);
        [
            x - ((yy + 3.0 * xx) * self.p2 + xy2 * self.p1) + codx,
            y - ((xx + 3.0 * yy) * self.p1 + xy2 * self.p2) + cody,
        ]
    }

    /// The points on the plane z = 1 that some pixels look at; x is NaN where the iteration leaves the metric radius
    /// or does not come near enough. All pixels take every step together, without branches, so that the compiler can
    /// vectorise the loop; pixels that have converged keep their value.
    #[inline(always)]
    pub(crate) fn unproject<const N: usize>(
        &self,
        u: [f32; N],
        v: [f32; N],
    ) -> ([f32; N], [f32; N]) {
        let (mut x, mut y) = ([0.0; N], [0.0; N]);
        for lane in 0..N {
            [x[lane], y[lane]] = self.first_guess(u[lane], v[lane]);
        }
        let (mut best_x, mut best_y) = (x, y);
        let mut best = [f32::MAX; N];
        let (mut r, mut error) = ([0.0; N], [0.0; N]);
        let (mut next_x, mut next_y) = ([0.0; N], [0.0; N]);
        for _ in 0..MAX_EVALUATIONS {
            // Two loops, because the compiler vectorises these two, but not a single loop with both steps.
            for lane in 0..N {
                let at = self.linearise(x[lane], y[lane]);
                let (eu, ev) = (u[lane] - at.u, v[lane] - at.v);
                r[lane] = at.r;
                error[lane] = eu * eu + ev * ev;
                [next_x[lane], next_y[lane]] = at.newton_step(x[lane], y[lane], eu, ev);
            }
            let mut moving = [0u32; N];
            for lane in 0..N {
                let holds = self.holds(r[lane]);
                let better = holds & (error[lane] < best[lane]);
                let moves = better & (error[lane] >= GOOD_SQUARED_ERROR);
                let near_x = if better { x[lane] } else { best_x[lane] };
                best_x[lane] = if holds { near_x } else { f32::NAN };
                best_y[lane] = if better { y[lane] } else { best_y[lane] };
                best[lane] = if better { error[lane] } else { best[lane] };
                x[lane] = if moves { next_x[lane] } else { best_x[lane] };
                y[lane] = if moves { next_y[lane] } else { best_y[lane] };
                moving[lane] = u32::from(moves);
            }
            if moving == [0; N] {
                break;
            }
        }
        for lane in 0..N {
            let near = best[lane] <= MAX_SQUARED_ERROR;
            best_x[lane] = if near { best_x[lane] } else { f32::NAN };
        }
        (best_x, best_y)
    }
}

impl Linearised {
    /// The point at which the linearised projection hits the pixel.
    #[inline(always)]
    fn newton_step(&self, x: f32, y: f32, eu: f32, ev: f32) -> [f32; 2] {
        let inverse = 1.0 / (self.du_dx * self.dv_dy - self.du_dy * self.dv_dx);
        [
            x + ((inverse * self.dv_dy) * eu + (-inverse * self.du_dy) * ev),
            y + ((-inverse * self.dv_dx) * eu + (inverse * self.du_dx) * ev),
        ]
    }
}
