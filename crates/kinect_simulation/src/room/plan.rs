//! The plan of a room: walls, furniture, light, and the places to sit.

use core::f32::consts::PI;

use glam::Vec3;

use super::light::{Baked, Lamp};
use super::material::{Material, Pattern};
use super::solid::{Hit, Shape, Solid, solid_hit};
use crate::random::Random;
use crate::surface::{Surface, linear};

/// A room with its light.
#[derive(Debug)]
pub(crate) struct Room {
    pub(crate) solids: Vec<Solid>,
    materials: Vec<Material>,
    /// Obstacles that people cannot walk through, as upright boxes.
    pub(crate) obstacles: Vec<(Vec3, Vec3)>,
    pub(crate) seats: Vec<Seat>,
    /// Where the free floor is: lowest and highest x and z.
    pub(crate) floor: (Vec3, Vec3),
    light: Baked,
}

/// A place to sit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seat {
    /// Middle of the seat's top.
    pub(crate) top: Vec3,
    /// Which way one sits: 0 = towards the sensor (+z), in radians about the vertical.
    pub(crate) yaw: f32,
}

/// The materials of floor, ceiling and walls, which have the first numbers.
const FLOOR: u16 = 0;
const WALL: u16 = 1;
const CEILING: u16 = 2;

/// Inner measures of a room in metres; `back` is the z of the wall that the sensor looks at.
#[derive(Clone, Copy)]
struct Size {
    width: f32,
    back: f32,
    height: f32,
}

impl Size {
    /// From a closet to a hall.
    fn any(random: &mut Random) -> Self {
        let (width, depth) = match random.unit() {
            share if share < 0.2 => (random.range(2.2..3.6), random.range(2.4..3.6)),
            share if share < 0.75 => (random.range(3.4..7.5), random.range(3.4..6.0)),
            _ => (random.range(7.0..16.0), random.range(6.0..15.0)),
        };
        Self {
            width,
            back: -depth,
            height: random.range(2.3..3.4) + (depth - 6.0).max(0.0) * 0.2,
        }
    }

    /// Whether a room of that size is furnished: there must be space, and some rooms are empty.
    fn has_furniture(&self, seed: u64) -> bool {
        self.width > 4.4 && self.back < -4.2 && Random::new(seed ^ 0x0400_F02E).chance(0.75)
    }
}

struct Builder {
    random: Random,
    solids: Vec<Solid>,
    materials: Vec<Material>,
    obstacles: Vec<(Vec3, Vec3)>,
    seats: Vec<Seat>,
}

impl Builder {
    fn material(
        &mut self,
        pattern: Pattern,
        color: [u8; 3],
        second: [u8; 3],
        infrared: f32,
    ) -> u16 {
        self.materials.push(Material {
            pattern,
            color: linear(color),
            second: linear(second),
            infrared,
            glow: 0.0,
        });
        (self.materials.len() - 1) as u16
    }

    fn add(&mut self, shape: Shape, center: Vec3, size: Vec3, yaw: f32, material: u16) -> usize {
        self.solids
            .push(Solid::new(shape, center, size, yaw, material));
        self.solids.len() - 1
    }

    fn block(&mut self, center: Vec3, size: Vec3, yaw: f32, material: u16) -> usize {
        self.add(Shape::Box, center, size, yaw, material)
    }

    /// Marks a solid as an obstacle to people.
    fn obstacle(&mut self, solid: usize) {
        self.obstacles.push(self.solids[solid].extent());
    }
}

impl Room {
    /// A room. The same seed gives the same room; with `varied`, one of any size, with dark curtains, shiny floors and
    /// little furniture.
    pub(crate) fn new(seed: u64, varied: bool) -> Self {
        Self::furnished(seed, varied, Baked::new)
    }

    /// The same room without light: half a second faster to build, for simulations whose images do not show it.
    pub(crate) fn unlit(seed: u64, varied: bool) -> Self {
        Self::furnished(seed, varied, |_, lamps| Baked::new(&[], lamps))
    }

    fn furnished(
        seed: u64,
        varied: bool,
        light: impl FnOnce(&[Solid], [Lamp; 2]) -> Baked,
    ) -> Self {
        let mut b = Builder {
            random: Random::new(seed ^ 0x0400_0000),
            solids: Vec::new(),
            materials: Vec::new(),
            obstacles: Vec::new(),
            seats: Vec::new(),
        };
        let usual = Size {
            width: b.random.range(5.4..6.8),
            back: -b.random.range(4.7..5.6),
            height: b.random.range(2.75..3.2),
        };
        let size = if varied {
            Size::any(&mut Random::new(seed ^ 0x0400_51E3))
        } else {
            usual
        };
        let Size {
            width,
            back,
            height,
        } = size;
        let front = 1.2;
        let walls = [
            [226, 220, 208],
            [208, 216, 214],
            [222, 212, 200],
            [200, 206, 216],
            [214, 218, 200],
        ];
        let woods = [[168, 118, 74], [134, 92, 58], [190, 146, 98], [110, 78, 54]];
        let accents = [
            [176, 66, 52],
            [58, 96, 130],
            [196, 150, 60],
            [70, 110, 84],
            [120, 84, 130],
            [210, 120, 80],
        ];
        let wall = *b.random.pick(&walls);
        let wood = *b.random.pick(&woods);
        let accent = *b.random.pick(&accents);
        let dark = wood.map(|v: u8| (f32::from(v) * 0.62) as u8);
        let floor_pattern = if b.random.chance(0.7) {
            Pattern::Planks
        } else {
            Pattern::Tiles
        };
        b.material(floor_pattern, wood, dark, 0.42);
        b.material(Pattern::Plaster, wall, wall, 0.62);
        b.material(Pattern::Plaster, [238, 236, 232], [238, 236, 232], 0.66);

        // The shell: floor, ceiling and walls are told apart by the normal.
        let extent = Vec3::new(width, height, front - back);
        let middle = Vec3::new(0.0, height * 0.5, (front + back) * 0.5);
        let shell = b.block(middle, extent, 0.0, WALL);
        b.solids[shell].hollow = true;
        let trim = b.material(Pattern::Plain, [240, 238, 232], [0; 3], 0.6);
        b.block(
            Vec3::new(0.0, 0.05, back + 0.01),
            Vec3::new(width, 0.10, 0.02),
            0.0,
            trim,
        );
        for side in [-1.0, 1.0] {
            let x = side * (width * 0.5 - 0.01);
            b.block(
                Vec3::new(x, 0.05, middle.z),
                Vec3::new(0.02, 0.10, extent.z),
                0.0,
                trim,
            );
        }

        // A window in the left wall lights the room; a door in the right one.
        let window_z = back + extent.z * b.random.range(0.38..0.5);
        let left = -width * 0.5;
        let pane = b.material(Pattern::Sky, [214, 230, 246], [150, 180, 150], 0.0);
        b.materials[pane as usize].glow = 1.0;
        let (window_w, window_h) = (b.random.range(1.5..2.1), 1.35);
        let window_y = 1.62;
        b.block(
            Vec3::new(left + 0.012, window_y, window_z),
            Vec3::new(0.02, window_h, window_w),
            0.0,
            pane,
        );
        for (y, z, h, w) in [
            (window_h * 0.5, 0.0, 0.07, window_w + 0.14),
            (-window_h * 0.5, 0.0, 0.07, window_w + 0.14),
            (0.0, window_w * 0.5, window_h, 0.07),
            (0.0, -window_w * 0.5, window_h, 0.07),
            (0.0, 0.0, window_h, 0.05),
        ] {
            b.block(
                Vec3::new(left + 0.03, window_y + y, window_z + z),
                Vec3::new(0.06, h, w),
                0.0,
                trim,
            );
        }
        let door = b.material(Pattern::Panels, [222, 214, 200], [170, 160, 146], 0.55);
        let door_z = back + extent.z * b.random.range(0.3..0.6);
        b.block(
            Vec3::new(width * 0.5 - 0.02, 1.02, door_z),
            Vec3::new(0.05, 2.04, 0.92),
            0.0,
            door,
        );
        let metal = b.material(Pattern::Plain, [150, 150, 156], [0; 3], 0.5);
        b.add(
            Shape::Ball,
            Vec3::new(width * 0.5 - 0.08, 1.02, door_z + 0.38),
            Vec3::splat(0.06),
            0.0,
            metal,
        );

        b.pictures(width, back, accent);
        if varied {
            b.surfaces(&mut Random::new(seed ^ 0x0400_DA26), &size);
        }
        if !varied || size.has_furniture(seed) {
            b.furniture(width, back, wood, dark, accent);
        }

        let lamp = b.material(Pattern::Plain, [255, 244, 224], [0; 3], 0.3);
        b.materials[lamp as usize].glow = 1.3;
        for z in [-1.2, back * 0.62] {
            b.add(
                Shape::Cylinder,
                Vec3::new(0.3, height - 0.04, z),
                Vec3::new(0.5, 0.07, 0.5),
                0.0,
                lamp,
            );
        }
        let light = light(
            &b.solids,
            [
                Lamp {
                    center: Vec3::new(left + 0.06, window_y, window_z),
                    half_u: Vec3::Z * window_w * 0.5,
                    half_v: Vec3::Y * window_h * 0.5,
                    power: 2.6,
                },
                Lamp {
                    center: Vec3::new(0.3, height - 0.10, -1.4),
                    half_u: Vec3::X * 0.5,
                    half_v: Vec3::Z * 0.9,
                    power: 2.2,
                },
            ],
        );
        Self {
            solids: b.solids,
            materials: b.materials,
            obstacles: b.obstacles,
            seats: b.seats,
            floor: (
                Vec3::new(-width * 0.5 + 0.35, 0.0, back + 0.4),
                Vec3::new(width * 0.5 - 0.35, 0.0, -0.75),
            ),
            light,
        }
    }

    /// A flat wall across the view at a distance from the origin, and nothing else: for tests of the sensor.
    #[cfg(test)]
    pub(crate) fn wall(distance: f32, infrared: f32) -> Self {
        let mut material = Material {
            pattern: Pattern::Plain,
            color: Vec3::splat(0.5),
            second: Vec3::ZERO,
            infrared,
            glow: 0.0,
        };
        material.infrared = infrared;
        let solid = Solid::new(
            Shape::Box,
            Vec3::new(0.0, 0.0, -distance - 0.5),
            Vec3::new(400.0, 400.0, 1.0),
            0.0,
            0,
        );
        let solids = vec![solid];
        Self {
            light: Baked::new(&[], [Lamp::default(); 2]),
            solids,
            materials: vec![material],
            obstacles: Vec::new(),
            seats: Vec::new(),
            floor: (Vec3::splat(-3.0), Vec3::splat(3.0)),
        }
    }

    /// The first hit of a ray.
    pub(crate) fn trace(&self, origin: Vec3, direction: Vec3) -> Option<Hit> {
        solid_hit(&self.solids, origin, direction)
    }

    /// Which material a hit shows: floor, walls and ceiling are one solid.
    fn material(&self, hit: &Hit) -> u16 {
        let solid = &self.solids[hit.solid as usize];
        match (solid.hollow, hit.normal.y) {
            (true, y) if y > 0.5 => FLOOR,
            (true, y) if y < -0.5 => CEILING,
            _ => solid.material,
        }
    }

    /// The surface at the point of a hit.
    pub(crate) fn surface(&self, hit: &Hit, p: Vec3) -> Surface {
        let solid = &self.solids[hit.solid as usize];
        let q = if solid.hollow {
            p
        } else {
            solid.to_local(p - solid.center)
        };
        self.materials[self.material(hit) as usize].surface(q, hit.normal, solid.half)
    }

    /// How much a hit shines by itself.
    pub(crate) fn glow(&self, hit: &Hit) -> f32 {
        self.materials[self.material(hit) as usize].glow
    }

    /// The middle of the window.
    pub(crate) fn window(&self) -> Vec3 {
        self.light.window()
    }

    /// Light from the window, and from lamps and all around, that reaches a hit.
    pub(crate) fn light(&self, hit: &Hit, p: Vec3) -> [f32; 2] {
        self.light.at(&self.solids[hit.solid as usize], hit, p)
    }
}

impl Builder {
    /// How the shell of a varied room returns infrared light: shiny or dark floors and walls, and at times a dark curtain.
    fn surfaces(&mut self, random: &mut Random, size: &Size) {
        for (material, low) in [(FLOOR, 0.04), (WALL, 0.12), (CEILING, 0.3)] {
            self.materials[usize::from(material)].infrared = random.range(low..0.75);
        }
        if random.chance(0.2) {
            let infrared = random.range(0.01..0.12);
            let cloth = self.material(Pattern::Woven, [30, 26, 30], [16, 14, 16], infrared);
            let half = random.range(0.3..1.0) * size.width * 0.5;
            let x = random.range(-1.0..1.0) * (size.width * 0.5 - half);
            self.block(
                Vec3::new(x, size.height * 0.5, size.back + 0.12),
                Vec3::new(2.0 * half, size.height, 0.1),
                0.0,
                cloth,
            );
        }
    }

    fn pictures(&mut self, width: f32, back: f32, accent: [u8; 3]) {
        let frame = self.material(Pattern::Plain, [46, 40, 36], [0; 3], 0.2);
        let mut x = -width * 0.5 + self.random.range(0.7..1.1);
        while x < width * 0.5 - 0.8 {
            let w = self.random.range(0.5..0.95);
            let h = self.random.range(0.5..0.8);
            let y = 1.62 + self.random.range(-0.08..0.08);
            let other = [
                (self.random.unit() * 180.0) as u8 + 50,
                (self.random.unit() * 160.0) as u8 + 60,
                (self.random.unit() * 140.0) as u8 + 60,
            ];
            let pattern =
                *self
                    .random
                    .pick(&[Pattern::Landscape, Pattern::Circles, Pattern::Blocks]);
            let canvas = self.material(pattern, accent, other, 0.5);
            let at = Vec3::new(x + w * 0.5, y, back + 0.012);
            self.block(at, Vec3::new(w + 0.07, h + 0.07, 0.024), 0.0, frame);
            self.block(at + Vec3::Z * 0.014, Vec3::new(w, h, 0.012), 0.0, canvas);
            x += w + self.random.range(0.35..0.9);
        }
    }

    fn furniture(&mut self, width: f32, back: f32, wood: [u8; 3], dark: [u8; 3], accent: [u8; 3]) {
        let board = self.material(Pattern::Grain, wood, dark, 0.45);
        let legs = self.material(Pattern::Grain, dark, dark, 0.3);
        let cloth = self.material(Pattern::Woven, accent, accent.map(|v| v / 2), 0.55);
        let card = self.material(Pattern::Plain, [186, 148, 104], [0; 3], 0.55);
        let white = self.material(Pattern::Plain, [232, 230, 226], [0; 3], 0.62);

        // A table at the back, on the right or on the left.
        let side = if self.random.chance(0.5) { 1.0 } else { -1.0 };
        let table = Vec3::new(
            side * (width * 0.5 - 0.75),
            0.0,
            back + self.random.range(0.75..1.1),
        );
        let size = Vec3::new(self.random.range(1.0..1.3), 0.74, 0.7);
        let top = self.block(
            table + Vec3::Y * (size.y - 0.02),
            Vec3::new(size.x, 0.04, size.z),
            0.0,
            board,
        );
        for (x, z) in [(-1.0, -1.0), (1.0, -1.0), (-1.0, 1.0), (1.0, 1.0)] {
            let at = table + Vec3::new(x * (size.x * 0.5 - 0.05), 0.35, z * (size.z * 0.5 - 0.05));
            self.block(at, Vec3::new(0.055, 0.70, 0.055), 0.0, legs);
        }
        self.obstacle(top);
        let on_top = size.y;
        self.add(
            Shape::Cylinder,
            table + Vec3::new(-0.25, on_top + 0.11, 0.05),
            Vec3::new(0.13, 0.22, 0.13),
            0.0,
            white,
        );
        self.block(
            table + Vec3::new(0.2, on_top + 0.06, -0.05),
            Vec3::new(0.30, 0.12, 0.22),
            0.3,
            card,
        );
        self.block(
            table + Vec3::new(0.22, on_top + 0.145, -0.05),
            Vec3::new(0.22, 0.05, 0.16),
            0.1,
            cloth,
        );

        // Chairs: one to sit on in view of the sensor, one at the table.
        let sit = Vec3::new(
            -side * self.random.range(0.95..1.25),
            0.0,
            -self.random.range(2.5..2.9),
        );
        let yaw = side * self.random.range(0.15..0.5);
        self.chair(sit, yaw, board, cloth, true);
        let other = table + Vec3::new(-0.1 * side, 0.0, 0.72);
        self.chair(other, PI + 0.2, board, cloth, false);

        // Boxes, stacked in the other corner.
        let corner = Vec3::new(-side * (width * 0.5 - 0.55), 0.0, back + 0.55);
        let turn = self.random.range(-0.25..0.25);
        let big = self.block(
            corner + Vec3::Y * 0.24,
            Vec3::new(0.62, 0.48, 0.50),
            turn,
            card,
        );
        self.block(
            corner + Vec3::new(0.04, 0.48 + 0.16, 0.02),
            Vec3::new(0.44, 0.32, 0.38),
            -turn,
            card,
        );
        self.obstacle(big);
        if self.random.chance(0.6) {
            let at = corner + Vec3::new(side * 0.62, 0.17, 0.1);
            let small = self.block(at, Vec3::new(0.42, 0.34, 0.36), 0.4, white);
            self.obstacle(small);
        }

        // A plant by the window or the door.
        let pot = self.material(Pattern::Plain, [150, 84, 60], [0; 3], 0.4);
        let leaf = self.material(Pattern::Leaves, [60, 104, 52], [36, 70, 36], 0.62);
        let at = Vec3::new(side * (width * 0.5 - 0.5), 0.0, back * 0.42);
        let vessel = self.add(
            Shape::Cylinder,
            at + Vec3::Y * 0.17,
            Vec3::new(0.32, 0.34, 0.32),
            0.0,
            pot,
        );
        self.obstacle(vessel);
        for i in 0..9 {
            let angle = i as f32 * 2.4;
            let out = 0.08 + 0.018 * i as f32;
            let center = at
                + Vec3::new(
                    angle.cos() * out,
                    0.52 + 0.075 * i as f32,
                    angle.sin() * out,
                );
            let size = Vec3::new(0.30, 0.22, 0.24) * self.random.range(0.75..1.15);
            self.add(Shape::Ball, center, size, angle, leaf);
        }

        // A rug.
        let rug = self.material(
            Pattern::Rug,
            accent.map(|v| (f32::from(v) * 0.8) as u8),
            [222, 208, 184],
            0.5,
        );
        let z = -self.random.range(2.2..2.6);
        self.block(
            Vec3::new(0.1 * side, 0.004, z),
            Vec3::new(2.6, 0.008, 1.7),
            0.0,
            rug,
        );
    }

    fn chair(&mut self, at: Vec3, yaw: f32, wood: u16, cloth: u16, seat: bool) {
        let turn = glam::Quat::from_rotation_y(yaw);
        let mut piece = |offset: Vec3, size: Vec3, material: u16| {
            self.block(at + turn * offset, size, yaw, material)
        };
        let top = piece(
            Vec3::new(0.0, 0.435, 0.0),
            Vec3::new(0.44, 0.05, 0.43),
            cloth,
        );
        piece(
            Vec3::new(0.0, 0.72, -0.205),
            Vec3::new(0.42, 0.34, 0.03),
            wood,
        );
        for x in [-0.195, 0.195] {
            piece(
                Vec3::new(x, 0.45, -0.205),
                Vec3::new(0.035, 0.90, 0.035),
                wood,
            );
            piece(
                Vec3::new(x, 0.205, 0.19),
                Vec3::new(0.035, 0.41, 0.035),
                wood,
            );
        }
        self.obstacle(top);
        if seat {
            self.seats.push(Seat {
                top: at + Vec3::Y * 0.46,
                yaw,
            });
        }
    }
}
