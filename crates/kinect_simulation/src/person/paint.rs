//! The colours on a person, decided for each visible point by where it is in the bind pose.

use glam::{Vec2, Vec3};
use kinect_azure::body::Joint;

use super::figure::Edges;
use super::looks::{Bag, HairStyle, Looks, Pattern, Person, Srgb};
use super::pose::BodyPose;
use super::shape::Region;
use crate::surface::{Surface, linear};

/// The properties of a person that decide the paint.
#[derive(Debug)]
pub(crate) struct Paint {
    looks: Looks,
    edges: Edges,
    head: Vec3,
    /// Height of the head.
    unit: f32,
    chest: Vec3,
    pelvis: Vec3,
    size: f32,
    curves: f32,
    skin: Vec3,
    hair: Vec3,
    hair_infrared: f32,
    top_infrared: f32,
    bottom_infrared: f32,
    coat_infrared: f32,
    top: Vec3,
    second: Vec3,
    bottom: Vec3,
    coat: Vec3,
    shoe: Vec3,
    bag: Vec3,
    headwear: Vec3,
    headwear_infrared: f32,
}

/// Albedos at 860 nm. Skin and most dyed cloth are bright at this wavelength, with any visible colour; carbon and
/// melanin are dark.
const SKIN_INFRARED: f32 = 0.58;
const SHOE_INFRARED: f32 = 0.22;
const BAG_INFRARED: f32 = 0.35;

impl Paint {
    pub(crate) fn new(person: &Person, bind: &BodyPose, edges: Edges) -> Self {
        let looks = person.looks;
        let at = |joint: Joint| bind.position[joint.index()];
        let hair = linear(looks.hair_color);
        Self {
            looks,
            edges,
            head: Vec3::Y * person.physique.throat(),
            unit: person.physique.head_height(),
            chest: at(Joint::SpineChest),
            pelvis: at(Joint::Pelvis),
            size: person.physique.height / 1.75,
            curves: person.physique.curves,
            skin: linear(looks.skin),
            hair,
            hair_infrared: (0.06 + 0.9 * hair.element_sum() / 3.0).min(0.5),
            top_infrared: cloth_infrared(looks.top_color),
            bottom_infrared: cloth_infrared(looks.bottom_color),
            coat_infrared: cloth_infrared(looks.coat.unwrap_or_default()),
            top: linear(looks.top_color),
            second: linear(looks.second_color),
            bottom: linear(looks.bottom_color),
            coat: linear(looks.coat.unwrap_or_default()),
            shoe: linear(looks.shoe_color),
            bag: linear(looks.bag_color),
            headwear: linear(looks.headwear_color),
            headwear_infrared: cloth_infrared(looks.headwear_color),
        }
    }

    pub(crate) fn surface(&self, material: u8, p: Vec3) -> Surface {
        let region = Region::ALL
            .get(material as usize)
            .copied()
            .unwrap_or(Region::Skin);
        match self.trimmed(region, p) {
            Region::Head => self.face(p),
            Region::Hair => {
                // Strands.
                let around = (p.x - self.head.x).atan2(p.z - self.head.z);
                let strand = wave(around * 7.3 + p.y * 4.8) * wave(around * 2.7 - p.y * 1.4);
                Surface {
                    albedo: self.hair * (1.0 + 0.22 * strand),
                    infrared: self.hair_infrared,
                }
            }
            Region::Skin => Surface {
                albedo: self.skin * (1.0 + 0.03 * mottle(p)),
                infrared: SKIN_INFRARED,
            },
            Region::Top => self.top(p),
            Region::Bottom => {
                let mut albedo = self.bottom * weave(p);
                let belt = (p.y - (self.pelvis.y + 0.075 * self.size)).abs() < 0.018 * self.size;
                let wears = matches!(
                    self.looks.bottom,
                    super::looks::Bottom::Trousers | super::looks::Bottom::Shorts
                );
                if belt && wears {
                    albedo = self.shoe * 0.8;
                }
                Surface {
                    albedo,
                    infrared: self.bottom_infrared,
                }
            }
            Region::Coat => Surface {
                albedo: self.coat * weave(p),
                infrared: self.coat_infrared,
            },
            Region::Headwear => Surface {
                albedo: self.headwear * weave(p),
                infrared: self.headwear_infrared,
            },
            Region::Shoe => {
                let sole = p.y < 0.018 * self.size;
                Surface {
                    albedo: if sole { Vec3::splat(0.5) } else { self.shoe },
                    infrared: if sole { 0.45 } else { SHOE_INFRARED },
                }
            }
            Region::Bag => {
                let seam = (p.y - self.chest.y - 0.06).abs() < 0.006;
                Surface {
                    albedo: self.bag * if seam { 0.5 } else { 1.0 },
                    infrared: BAG_INFRARED,
                }
            }
            Region::Held => Surface {
                albedo: if self.looks.held == super::looks::Held::Cup {
                    Vec3::splat(0.82)
                } else {
                    Vec3::splat(0.03)
                },
                infrared: 0.3,
            },
        }
    }

    /// The region, with the edges of the top drawn finer than triangles can.
    fn trimmed(&self, region: Region, p: Vec3) -> Region {
        let s = self.size;
        if !matches!(region, Region::Skin | Region::Top | Region::Bottom) {
            return region;
        }
        let edges = &self.edges;
        // The collar is lower in front.
        let above = p.y + 0.4 * p.z - edges.collar;
        if p.x.abs() < 0.12 * s && above.abs() < 0.045 * s && region != Region::Bottom {
            return if above > -0.004 * s {
                Region::Skin
            } else {
                Region::Top
            };
        }
        let under = edges.hem - p.y;
        if region == Region::Bottom && under < 0.0 {
            return Region::Top;
        }
        if region == Region::Top && under > 0.0 && under < 0.06 * s && p.x.abs() < 0.22 * s {
            return Region::Bottom;
        }
        for (end, along) in edges.sleeves {
            let beyond = along.dot(p - end);
            if along != Vec3::ZERO && beyond.abs() < 0.03 * s && p.distance(end) < 0.1 * s {
                return if beyond < 0.004 * s {
                    Region::Top
                } else {
                    Region::Skin
                };
            }
        }
        region
    }

    /// Only the infrared light that a point returns, for the depth camera.
    pub(crate) fn infrared(&self, material: u8, p: Vec3) -> f32 {
        let region = Region::ALL
            .get(material as usize)
            .copied()
            .unwrap_or(Region::Skin);
        match self.trimmed(region, p) {
            Region::Skin => SKIN_INFRARED,
            Region::Hair => self.hair_infrared,
            Region::Bottom => self.bottom_infrared,
            Region::Coat => self.coat_infrared,
            Region::Bag => BAG_INFRARED,
            other => self.surface(other as u8, p).infrared,
        }
    }

    fn top(&self, p: Vec3) -> Surface {
        let s = self.size;
        let q = (p - self.chest) / s;
        let infrared = self.top_infrared;
        let strap = match self.looks.bag {
            Bag::None => false,
            Bag::Backpack => {
                (q.x.abs() - 0.105).abs() < 0.019
                    && (q.z > 0.0 || q.y > 0.1)
                    && q.y > -0.13
                    && q.x.abs() < 0.17
            }
            // From the right shoulder to the left hip.
            Bag::Shoulder => {
                let across = Vec2::new(q.x, q.y).dot(Vec2::new(0.80, 0.60));
                (across - 0.008).abs() < 0.016 && q.x > -0.15
            }
        };
        if strap {
            return Surface {
                albedo: self.bag,
                infrared: BAG_INFRARED,
            };
        }
        let second = match self.looks.pattern {
            Pattern::Plain => false,
            Pattern::Stripes => (q.y * 14.0).rem_euclid(1.0) < 0.42,
            Pattern::Checks => {
                ((q.y * 11.0).rem_euclid(1.0) < 0.16)
                    || ((q.x * 11.0 + 0.08).rem_euclid(1.0) < 0.16)
            }
            Pattern::Print => {
                let d = Vec2::new(q.x, q.y - 0.08).length();
                q.z > 0.0 && (d < 0.075 && !(0.035..0.05).contains(&d))
            }
        };
        let mut albedo = if second { self.second } else { self.top } * weave(p);
        // A row of buttons.
        if self.looks.top == super::looks::Top::Shirt && q.z > 0.0 && q.x.abs() < 0.012 {
            albedo *= 0.8;
            if Vec2::new(q.x * s, (q.y * 10.0 + 0.5).fract() * 0.1 * s - 0.05 * s).length() < 0.008
            {
                albedo = Vec3::splat(0.75);
            }
        }
        Surface { albedo, infrared }
    }

    /// Skin with eyes, brows, lips and beard, in units of the head's height.
    fn face(&self, p: Vec3) -> Surface {
        let q = (p - self.head) / self.unit;
        let mut albedo = self.skin * (1.0 + 0.03 * mottle(p));
        let mut infrared = SKIN_INFRARED;
        let shaved = self.looks.hair == HairStyle::Bald;
        // Skin not covered by hair is scalp, with a shadow of stubble.
        if q.y > 0.80 - 0.9 * (0.30 - q.z).clamp(-0.2, 0.35) && q.z < 0.38 {
            albedo = albedo.lerp(self.hair, if shaved { 0.12 } else { 0.55 });
        }
        if q.z > 0.05 {
            let x = q.x.abs();
            // Cheeks.
            let cheek = (Vec2::new(x - 0.17, q.y - 0.38) / Vec2::new(0.10, 0.09)).length();
            albedo *= Vec3::ONE.lerp(Vec3::new(1.06, 0.93, 0.92), (1.0 - cheek).clamp(0.0, 1.0));
            let eye = Vec2::new(x - 0.135, q.y - 0.575);
            let lid = (eye / Vec2::new(0.056, 0.021)).length();
            if lid < 1.0 {
                let iris = eye.length();
                albedo = if iris < 0.010 {
                    Vec3::splat(0.01)
                } else if iris < 0.023 {
                    Vec3::new(0.09, 0.07, 0.05)
                } else {
                    Vec3::new(0.62, 0.60, 0.58)
                };
                infrared = if iris < 0.012 { 0.35 } else { 0.5 };
            } else if lid < 1.45 && eye.y > 0.0 {
                // Lashes and the fold of the lid.
                albedo *= 0.35 + 0.3 * (1.0 - self.curves);
            } else {
                let rise = 0.010 - 6.0 * (x - 0.15) * (x - 0.15);
                let brow = Vec2::new(x - 0.14, q.y - 0.655 - rise);
                let height = 0.012 + 0.006 * (1.0 - self.curves);
                if (brow / Vec2::new(0.080, height)).length() < 1.0 {
                    albedo = albedo.lerp(self.hair, 0.7);
                    infrared = 0.4;
                }
            }
            // Lips, with the line between them.
            let lip = (Vec2::new(x, q.y - 0.265) / Vec2::new(0.105, 0.042)).length();
            if lip < 1.0 {
                let red =
                    Vec3::new(0.86, 0.52, 0.50).lerp(Vec3::new(0.80, 0.38, 0.38), self.curves);
                albedo = self.skin * red;
                if (q.y - 0.268).abs() < 0.006 {
                    albedo *= 0.45;
                }
            } else if self.looks.beard && lip > 1.25 && q.y < 0.345 + 0.5 * (x - 0.16).max(0.0) {
                albedo = albedo.lerp(self.hair, 0.82);
                infrared = 0.25;
            }
            // Nostrils.
            if q.z > 0.40
                && (Vec2::new(x - 0.030, q.y - 0.372) / Vec2::new(0.014, 0.010)).length() < 1.0
            {
                albedo *= 0.45;
            }
        } else if self.looks.beard && q.y < 0.30 && q.z > -0.10 {
            albedo = albedo.lerp(self.hair, 0.7);
            infrared = 0.3;
        }
        Surface { albedo, infrared }
    }
}

/// How much cloth of a colour returns of the sensor's light.
fn cloth_infrared(color: Srgb) -> f32 {
    let light = linear(color).element_sum() / 3.0;
    // Dyes are transparent at this wavelength: the albedo is mostly that of the fibre, a little less for near black.
    0.42 + 0.38 * light.sqrt()
}

/// About sin(2π x), without the cost.
#[inline(always)]
fn wave(x: f32) -> f32 {
    // The offset keeps the value positive, so that truncation rounds down.
    let t = x + 4096.0;
    let t = (t - t as i32 as f32) * 2.0 - 1.0;
    -4.0 * t * (1.0 - t.abs())
}

/// A faint irregularity.
fn mottle(p: Vec3) -> f32 {
    wave(p.x * 14.5 + wave(p.z * 9.0)) * wave(p.y * 13.2 + wave(p.x * 6.5))
}

/// Threads and uneven dye.
fn weave(p: Vec3) -> f32 {
    let fine = wave((p.x + p.z) * 143.0) * wave(p.y * 143.0);
    1.0 + 0.05 * fine + 0.06 * mottle(p * 0.45)
}
