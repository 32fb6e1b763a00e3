//! Seats under people, furniture in front of them, and clutter of their size.

use glam::{Quat, Vec2, Vec3};

use crate::random::Random;
use crate::room::solid::{Shape, Solid};
use crate::room::thing::Thing;

/// Builds the things of one capture.
pub(super) struct Workshop<'a> {
    pub(super) random: &'a mut Random,
    things: Vec<Thing>,
    look: (f32, Vec3),
}

impl<'a> Workshop<'a> {
    pub(super) fn new(random: &'a mut Random) -> Self {
        let mut workshop = Self {
            random,
            things: Vec::new(),
            look: (0.5, Vec3::splat(0.5)),
        };
        workshop.other_look();
        workshop
    }

    pub(super) fn done(self) -> Vec<Thing> {
        self.things
    }

    /// The number of parts so far.
    pub(super) fn len(&self) -> usize {
        self.things.len()
    }

    /// The parts after the first `count` parts.
    pub(super) fn since(&self, count: usize) -> &[Thing] {
        &self.things[count.min(self.things.len())..]
    }

    /// Removes the parts after the first `count` parts.
    pub(super) fn undo(&mut self, count: usize) {
        self.things.truncate(count);
    }

    /// Draws the material of the following parts.
    fn other_look(&mut self) {
        let color = Vec3::new(self.random.unit(), self.random.unit(), self.random.unit());
        self.look = (self.random.range(0.08..0.75), color * 0.6);
    }

    fn part(&mut self, shape: Shape, at: Vec3, size: Vec3, yaw: f32) {
        let (infrared, color) = self.look;
        self.things.push(Thing {
            solid: Solid::new(shape, at, size.max(Vec3::splat(0.01)), yaw, 0),
            infrared,
            color,
        });
    }

    /// A seat whose top is at `top`, for somebody who faces `yaw` and whose back is `back` metres behind the middle.
    pub(super) fn seat(&mut self, top: Vec3, yaw: f32, back: f32) {
        if top.y < 0.1 {
            return;
        }
        self.other_look();
        let turn = Quat::from_rotation_y(yaw);
        let height = top.y;
        let off = |x: f32, y: f32, z: f32| Vec3::new(top.x, 0.0, top.z) + turn * Vec3::new(x, y, z);
        match self.random.unit() {
            // A stool.
            share if share < 0.15 => {
                let wide = self.random.range(0.30..0.42);
                let thick = self.random.range(0.04..0.10);
                self.part(
                    Shape::Cylinder,
                    off(0.0, height - thick * 0.5, 0.05),
                    Vec3::new(wide, thick, wide),
                    yaw,
                );
                self.part(
                    Shape::Cylinder,
                    off(0.0, height * 0.5, 0.05),
                    Vec3::new(0.06, height, 0.06),
                    yaw,
                );
                self.part(
                    Shape::Cylinder,
                    off(0.0, 0.02, 0.05),
                    Vec3::new(wide, 0.03, wide),
                    yaw,
                );
            }
            // A box or a wall.
            share if share < 0.27 => {
                let (wide, deep) = (self.random.range(0.35..1.6), self.random.range(0.35..0.6));
                self.part(
                    Shape::Box,
                    off(0.0, height * 0.5, 0.08),
                    Vec3::new(wide, height, deep),
                    yaw,
                );
            }
            // A bench.
            share if share < 0.37 => {
                let wide = self.random.range(0.9..1.8);
                self.part(
                    Shape::Box,
                    off(0.0, height - 0.03, 0.06),
                    Vec3::new(wide, 0.06, 0.38),
                    yaw,
                );
                for x in [-0.42, 0.42] {
                    self.part(
                        Shape::Box,
                        off(x * wide, height * 0.5, 0.06),
                        Vec3::new(0.06, height, 0.34),
                        yaw,
                    );
                }
            }
            // An armchair or a sofa.
            share if share < 0.58 => {
                let wide = if self.random.chance(0.6) {
                    self.random.range(0.5..0.7)
                } else {
                    self.random.range(1.1..2.0)
                };
                let deep = self.random.range(0.5..0.65);
                let up = self.random.range(0.25..0.75);
                self.part(
                    Shape::Box,
                    off(0.0, height * 0.5, deep * 0.5 - back),
                    Vec3::new(wide, height, deep),
                    yaw,
                );
                self.part(
                    Shape::Box,
                    off(0.0, (height + up) * 0.5, -back - 0.09),
                    Vec3::new(wide + 0.3, height + up, 0.18),
                    yaw,
                );
                let rest = height + self.random.range(0.12..0.24);
                for side in [-1.0, 1.0] {
                    self.part(
                        Shape::Box,
                        off(side * (wide * 0.5 + 0.08), rest * 0.5, deep * 0.5 - back),
                        Vec3::new(0.15, rest, deep),
                        yaw,
                    );
                }
            }
            // A wheelchair.
            share if share < 0.66 => self.wheelchair(off(0.0, 0.0, 0.0), yaw, height, back),
            // A chair, with or without a back and arms, on legs or on a foot.
            _ => self.chair(off(0.0, 0.0, 0.0), yaw, height, back),
        }
    }

    fn wheelchair(&mut self, at: Vec3, yaw: f32, height: f32, back: f32) {
        let turn = Quat::from_rotation_y(yaw);
        let off = |x: f32, y: f32, z: f32| at + turn * Vec3::new(x, y, z);
        let (wide, wheel) = (self.random.range(0.42..0.52), self.random.range(0.5..0.64));
        let up = self.random.range(0.35..0.5);
        let front = 0.44 - back;
        let mut part = |shape, x: f32, y: f32, z: f32, size: Vec3| {
            self.part(shape, off(x, y, z), size, yaw);
        };
        let middle = front - 0.22;
        part(
            Shape::Box,
            0.0,
            height - 0.02,
            middle,
            Vec3::new(wide, 0.04, 0.44),
        );
        part(
            Shape::Box,
            0.0,
            height + up * 0.5,
            -back - 0.02,
            Vec3::new(wide, up, 0.03),
        );
        for side in [-0.5, 0.5] {
            let x = side * (wide + 0.08);
            part(
                Shape::Ball,
                x,
                wheel * 0.5,
                -back + 0.06,
                Vec3::new(0.05, wheel, wheel),
            );
            part(
                Shape::Box,
                x * 0.93,
                height + 0.2,
                middle,
                Vec3::new(0.04, 0.04, 0.34),
            );
            part(
                Shape::Box,
                x * 0.93,
                height + up,
                -back - 0.1,
                Vec3::new(0.03, 0.03, 0.16),
            );
            part(
                Shape::Ball,
                x * 0.8,
                0.09,
                front + 0.02,
                Vec3::new(0.04, 0.18, 0.18),
            );
            // A rest for the foot.
            part(
                Shape::Box,
                x * 0.5,
                0.05,
                front + 0.18,
                Vec3::new(0.12, 0.02, 0.14),
            );
        }
    }

    /// A pram; its handle is at the side of `yaw`.
    fn pram(&mut self, at: Vec2, yaw: f32) {
        let turn = Quat::from_rotation_y(yaw);
        let off = |x: f32, y: f32, z: f32| Vec3::new(at.x, 0.0, at.y) + turn * Vec3::new(x, y, z);
        let (wide, high) = (self.random.range(0.36..0.48), self.random.range(0.5..0.75));
        let mut part = |shape, x: f32, y: f32, z: f32, size: Vec3| {
            self.part(shape, off(x, y, z), size, yaw);
        };
        part(Shape::Box, 0.0, high, 0.0, Vec3::new(wide, 0.24, 0.78));
        part(
            Shape::Ball,
            0.0,
            high + 0.14,
            -0.22,
            Vec3::new(wide, 0.5, 0.46),
        );
        part(
            Shape::Box,
            0.0,
            high + 0.32,
            0.56,
            Vec3::new(wide, 0.03, 0.03),
        );
        for side in [-0.5, 0.5] {
            let x = side * wide;
            part(
                Shape::Box,
                x,
                high + 0.22,
                0.46,
                Vec3::new(0.03, 0.24, 0.03),
            );
            for z in [-0.3, 0.3] {
                part(Shape::Ball, x, 0.13, z, Vec3::new(0.05, 0.26, 0.26));
                part(Shape::Box, x, high * 0.5, z, Vec3::new(0.03, high, 0.03));
            }
        }
    }

    fn chair(&mut self, at: Vec3, yaw: f32, height: f32, back: f32) {
        let turn = Quat::from_rotation_y(yaw);
        let off = |x: f32, y: f32, z: f32| at + turn * Vec3::new(x, y, z);
        let (wide, deep) = (self.random.range(0.4..0.52), self.random.range(0.4..0.5));
        let front = deep - back;
        self.part(
            Shape::Box,
            off(0.0, height - 0.025, front - deep * 0.5),
            Vec3::new(wide, 0.05, deep),
            yaw,
        );
        if self.random.chance(0.7) {
            for (x, z) in [
                (-0.5, front - 0.03),
                (0.5, front - 0.03),
                (-0.5, -back),
                (0.5, -back),
            ] {
                self.part(
                    Shape::Box,
                    off(x * (wide - 0.05), height * 0.5, z),
                    Vec3::new(0.035, height, 0.035),
                    yaw,
                );
            }
        } else {
            let middle = front - deep * 0.5;
            self.part(
                Shape::Cylinder,
                off(0.0, height * 0.5, middle),
                Vec3::new(0.07, height, 0.07),
                yaw,
            );
            for turned in [0.0, 1.05, -1.05] {
                self.part(
                    Shape::Box,
                    off(0.0, 0.06, middle),
                    Vec3::new(0.56, 0.05, 0.05),
                    yaw + turned,
                );
            }
        }
        if self.random.chance(0.85) {
            let up = self.random.range(0.3..0.75);
            let gap = self.random.range(0.0..0.22);
            self.part(
                Shape::Box,
                off(0.0, height + (up + gap) * 0.5, -back - 0.025),
                Vec3::new(wide, up - gap, 0.04),
                yaw,
            );
            for x in [-0.5, 0.5] {
                self.part(
                    Shape::Box,
                    off(x * (wide - 0.04), height + up * 0.5, -back - 0.025),
                    Vec3::new(0.035, up, 0.035),
                    yaw,
                );
            }
        }
        if self.random.chance(0.3) {
            for x in [-0.5, 0.5] {
                self.part(
                    Shape::Box,
                    off(x * (wide + 0.06), height + 0.21, front - deep * 0.5),
                    Vec3::new(0.05, 0.04, deep * 0.8),
                    yaw,
                );
                self.part(
                    Shape::Box,
                    off(x * (wide + 0.06), height + 0.1, front - deep * 0.3),
                    Vec3::new(0.035, 0.2, 0.035),
                    yaw,
                );
            }
        }
    }

    /// A bed, a sofa or a mat under somebody who lies between two corners; `height` is that of its top.
    pub(super) fn bed(&mut self, low: Vec2, high: Vec2, height: f32) {
        self.other_look();
        let (middle, size) = ((low + high) * 0.5, (high - low) + Vec2::splat(0.3));
        self.part(
            Shape::Box,
            Vec3::new(middle.x, height * 0.5, middle.y),
            Vec3::new(size.x, height, size.y),
            0.0,
        );
    }

    /// Something in front of somebody: its place on the floor, turned with its front to `yaw`.
    pub(super) fn barrier(&mut self, at: Vec2, yaw: f32) {
        self.other_look();
        let turn = Quat::from_rotation_y(yaw);
        let off = |x: f32, y: f32, z: f32| Vec3::new(at.x, 0.0, at.y) + turn * Vec3::new(x, y, z);
        match self.random.unit() {
            // A table or a desk.
            share if share < 0.35 => {
                let height = self.random.range(0.5..1.08);
                let (wide, deep) = (self.random.range(0.6..1.8), self.random.range(0.3..0.7));
                self.part(
                    Shape::Box,
                    off(0.0, height, 0.0),
                    Vec3::new(wide, 0.04, deep),
                    yaw,
                );
                for x in [-0.46, 0.46] {
                    for z in [-0.42, 0.42] {
                        self.part(
                            Shape::Box,
                            off(x * wide, height * 0.5, z * deep),
                            Vec3::new(0.05, height, 0.05),
                            yaw,
                        );
                    }
                }
                for _ in 0..self.random.next() % 4 {
                    let size = Vec3::new(
                        self.random.range(0.08..0.5),
                        self.random.range(0.05..0.4),
                        self.random.range(0.05..0.25),
                    );
                    let x = self.random.range(-0.4..0.4) * wide;
                    let turned = yaw + self.random.range(-0.5..0.5);
                    self.other_look();
                    self.part(
                        Shape::Box,
                        off(x, height + 0.02 + size.y * 0.5, 0.0),
                        size,
                        turned,
                    );
                }
            }
            // A counter, a low wall or a box.
            share if share < 0.55 => {
                let height = self.random.range(0.4..1.2);
                let size = Vec3::new(
                    self.random.range(0.4..2.2),
                    height,
                    self.random.range(0.06..0.5),
                );
                self.part(Shape::Box, off(0.0, height * 0.5, 0.0), size, yaw);
            }
            // A railing.
            share if share < 0.75 => {
                let height = self.random.range(0.7..1.15);
                let wide = self.random.range(1.0..2.4);
                let bar = self.random.range(0.02..0.06);
                let bars = 1 + self.random.next() % 4;
                for i in 0..bars {
                    let y = height * (1.0 - i as f32 / bars as f32);
                    self.part(Shape::Box, off(0.0, y, 0.0), Vec3::new(wide, bar, bar), yaw);
                }
                let posts = 2 + self.random.next() % 8;
                for i in 0..posts {
                    let x = (i as f32 / (posts - 1) as f32 - 0.5) * wide;
                    self.part(
                        Shape::Box,
                        off(x, height * 0.5, 0.0),
                        Vec3::new(bar, height, bar),
                        yaw,
                    );
                }
            }
            // A pole, a tripod.
            share if share < 0.88 => {
                let height = self.random.range(1.0..2.3);
                let wide = self.random.range(0.02..0.14);
                self.part(
                    Shape::Cylinder,
                    off(0.0, height * 0.5, 0.0),
                    Vec3::new(wide, height, wide),
                    yaw,
                );
                self.part(
                    Shape::Cylinder,
                    off(0.0, 0.02, 0.0),
                    Vec3::new(0.35, 0.04, 0.35),
                    yaw,
                );
                if self.random.chance(0.5) {
                    let size = Vec3::new(self.random.range(0.1..0.5), 0.2, 0.1);
                    self.part(Shape::Box, off(0.0, height, 0.0), size, yaw);
                }
            }
            share if share < 0.94 => self.pram(at, yaw + core::f32::consts::PI),
            _ => self.plant(at),
        }
    }

    fn plant(&mut self, at: Vec2) {
        let tall = self.random.range(0.5..1.7);
        self.part(
            Shape::Cylinder,
            Vec3::new(at.x, 0.15, at.y),
            Vec3::new(0.3, 0.3, 0.3),
            0.0,
        );
        self.look = (self.random.range(0.4..0.7), Vec3::new(0.1, 0.3, 0.08));
        for i in 0..10 {
            let angle = i as f32 * 2.4 + self.random.unit();
            let out = self.random.range(0.04..0.26);
            let y = 0.3 + tall * (0.15 + 0.85 * i as f32 / 9.0);
            let size = Vec3::new(0.3, 0.16, 0.2) * self.random.range(0.6..1.3);
            self.part(
                Shape::Ball,
                Vec3::new(at.x + angle.cos() * out, y, at.y + angle.sin() * out),
                size,
                angle,
            );
        }
    }

    /// Something of about a person's size that is no person.
    pub(super) fn clutter(&mut self, at: Vec2, yaw: f32) {
        self.other_look();
        let turn = Quat::from_rotation_y(yaw);
        let off = |x: f32, y: f32, z: f32| Vec3::new(at.x, 0.0, at.y) + turn * Vec3::new(x, y, z);
        match self.random.unit() {
            // A coat stand, or a coat on a hook, with or without a hat.
            share if share < 0.3 => {
                let tall = self.random.range(1.3..1.9);
                self.part(
                    Shape::Cylinder,
                    off(0.0, tall * 0.5, 0.0),
                    Vec3::new(0.04, tall, 0.04),
                    yaw,
                );
                self.part(
                    Shape::Cylinder,
                    off(0.0, 0.02, 0.0),
                    Vec3::new(0.4, 0.04, 0.4),
                    yaw,
                );
                for _ in 0..1 + self.random.next() % 3 {
                    self.other_look();
                    let long = self.random.range(0.6..1.2);
                    let wide = self.random.range(0.3..0.5);
                    let (x, z) = (
                        self.random.range(-0.15..0.15),
                        self.random.range(-0.15..0.15),
                    );
                    let turned = yaw + self.random.range(-1.0..1.0);
                    self.part(
                        Shape::Ball,
                        off(x, tall - 0.22, z),
                        Vec3::new(wide, 0.28, 0.24),
                        turned,
                    );
                    self.part(
                        Shape::Ball,
                        off(x, tall - 0.2 - long * 0.5, z),
                        Vec3::new(wide * 0.95, long, 0.22),
                        turned,
                    );
                }
                if self.random.chance(0.5) {
                    self.other_look();
                    self.part(
                        Shape::Ball,
                        off(0.0, tall + 0.05, 0.0),
                        Vec3::new(0.24, 0.22, 0.26),
                        yaw,
                    );
                }
            }
            // Stacked chairs.
            share if share < 0.42 => {
                for i in 0..2 + self.random.next() % 5 {
                    let y = 0.44 + 0.12 * i as f32;
                    self.part(
                        Shape::Box,
                        off(0.0, y, 0.0),
                        Vec3::new(0.44, 0.05, 0.42),
                        yaw,
                    );
                    self.part(
                        Shape::Box,
                        off(0.0, y + 0.3, -0.2),
                        Vec3::new(0.42, 0.3, 0.03),
                        yaw,
                    );
                }
                for (x, z) in [(-0.2, -0.2), (0.2, -0.2), (-0.2, 0.19), (0.2, 0.19)] {
                    self.part(
                        Shape::Box,
                        off(x, 0.22, z),
                        Vec3::new(0.035, 0.44, 0.035),
                        yaw,
                    );
                }
            }
            // An empty seat.
            share if share < 0.60 => {
                let top = Vec3::new(at.x, self.random.range(0.38..0.7), at.y);
                self.seat(top, yaw, 0.2);
            }
            // A column or a roll.
            share if share < 0.70 => {
                let (tall, wide) = (self.random.range(0.8..2.6), self.random.range(0.12..0.5));
                self.part(
                    Shape::Cylinder,
                    off(0.0, tall * 0.5, 0.0),
                    Vec3::new(wide, tall, wide),
                    yaw,
                );
            }
            // Boxes on each other: cupboards, luggage, machines.
            share if share < 0.85 => {
                let mut y = 0.0;
                for _ in 0..1 + self.random.next() % 4 {
                    let size = Vec3::new(
                        self.random.range(0.2..0.7),
                        self.random.range(0.2..0.7),
                        self.random.range(0.2..0.5),
                    );
                    let turned = yaw + self.random.range(-0.3..0.3);
                    self.part(Shape::Box, off(0.0, y + size.y * 0.5, 0.0), size, turned);
                    y += size.y;
                    if self.random.chance(0.5) {
                        self.other_look();
                    }
                }
            }
            // A fan, a lamp, a ball on a pole.
            share if share < 0.93 => {
                let tall = self.random.range(0.9..1.8);
                self.part(
                    Shape::Cylinder,
                    off(0.0, tall * 0.5, 0.0),
                    Vec3::new(0.05, tall, 0.05),
                    yaw,
                );
                self.other_look();
                let (wide, high) = (self.random.range(0.15..0.5), self.random.range(0.15..0.5));
                self.part(
                    Shape::Ball,
                    off(0.0, tall, 0.0),
                    Vec3::new(wide, high, wide * 0.7),
                    yaw,
                );
            }
            _ => self.plant(at),
        }
    }
}
