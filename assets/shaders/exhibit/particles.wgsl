// Draws the particles of the example `exhibit` as light that adds up: streaks along their way, soft halos instead of a bloom, circles
// of confusion for what is out of focus, and their image in the floor.

#import bevy_pbr::mesh_functions::get_tag
#import bevy_pbr::mesh_view_bindings::{globals, view}
#import "shaders/exhibit/particle.wgsl"::{Particle, hash, unit}

// Keep in sync with `Look` in `particles.rs`.
struct Look {
    particles: u32,
    // Radius of a particle in metres.
    radius: f32,
    // Brightness of all.
    brightness: f32,
    // The distance that is in focus, in metres.
    focus: f32,
}

@group(#{MATERIAL_BIND_GROUP}) @binding(0) var<storage, read> particles: array<Particle>;
@group(#{MATERIAL_BIND_GROUP}) @binding(1) var<uniform> look: Look;

struct Varyings {
    @builtin(position) clip_position: vec4<f32>,
    @location(0) color: vec3<f32>,
    // Across and along the quad; 1 is the radius.
    @location(1) at: vec2<f32>,
    // Half the length of the streak, in radii.
    @location(2) streak: f32,
}

// Highest bit of the tag: the image in the floor. The other bits: the number of the first particle.
const MIRROR: u32 = 0x80000000u;
// One of so many particles has a halo, and how much larger than the particle it is.
const HALO_EVERY: u32 = 24u;
const HALO: f32 = 13.0;
// Seconds of the way that a streak shows.
const SHUTTER: f32 = 0.02;

@vertex
fn vertex(
    @builtin(instance_index) instance: u32,
    @location(0) corner_number: u32,
) -> Varyings {
    let tag = get_tag(instance);
    let mirror = (tag & MIRROR) != 0u;
    let number = (tag & ~MIRROR) + corner_number / 4u;
    let corner = vec2(f32(corner_number & 1u), f32((corner_number >> 1u) & 1u)) * 2.0 - 1.0;
    var out: Varyings;
    // Nothing: all four corners on one spot beyond the far plane.
    out.clip_position = vec4(0.0, 0.0, 2.0, 1.0);
    if number >= look.particles {
        return out;
    }
    let it = particles[number];
    if it.glow <= 0.001 {
        return out;
    }
    var position = it.position;
    var velocity = it.velocity;
    var brightness = look.brightness * it.glow;
    var radius = look.radius * (0.7 + 0.6 * unit(hash(number + 5u)));
    let height = position.y;
    if mirror {
        // The floor is wet: its image is darker and wider the higher the particle is, and ripples.
        position.y = -position.y;
        velocity.y = -velocity.y;
        let ripple = sin(vec2(position.x * 9.0 + position.z * 5.0, position.z * 11.0 - position.x * 4.0) + globals.time * vec2(1.1, 0.8));
        position.x += 0.012 * ripple.x * (0.3 + height);
        position.y += 0.02 * ripple.y * height;
        brightness *= 0.42 * exp(-height * 0.7);
        radius *= 1.0 + 0.5 * height;
    }
    let center = (view.view_from_world * vec4(position, 1.0)).xyz;
    let distance = -center.z;
    if distance < 0.15 {
        return out;
    }
    // Out of focus: the same light on a larger disc.
    let confusion = min(0.0065 * abs(distance - look.focus) * max(look.focus / distance, 0.4), 0.035);
    let pixel = 2.0 * distance / (view.clip_from_view[1][1] * view.viewport.w);
    let is_halo = hash(number + 9u) % HALO_EVERY == 0u;
    var drawn = max(sqrt(radius * radius + confusion * confusion), 0.75 * pixel);
    brightness *= radius * radius / (drawn * drawn);
    if is_halo && it.glow > 0.4 {
        drawn *= HALO;
        brightness *= 0.13;
    }
    // A streak along the way in the picture.
    let way = (view.view_from_world * vec4(velocity, 0.0)).xy * SHUTTER;
    let length_of_way = min(length(way), 0.12);
    let along = select(vec2(0.0, 1.0), way / max(length(way), 1.0e-6), length(way) > 1.0e-6);
    let half_way = 0.5 * length_of_way;
    let across = vec2(along.y, -along.x);
    let offset = across * corner.x * drawn + along * corner.y * (drawn + half_way);
    brightness *= drawn / (drawn + 0.6 * half_way);

    // What is fast is hot.
    let heat = saturate(length(it.velocity) * 0.22 - 0.1);
    let color = mix(it.color, vec3(1.0, 0.93, 0.82), heat * 0.45);
    // Fades into the distance, and close to the lens.
    let fog = exp(-max(distance - 2.5, 0.0) * 0.22) * smoothstep(0.2, 0.9, distance);
    out.color = color * brightness * fog;
    out.streak = half_way / drawn;
    out.at = vec2(corner.x, corner.y * (1.0 + out.streak));
    out.clip_position = view.clip_from_view * vec4(center.xy + offset, center.z, 1.0);
    return out;
}

@fragment
fn fragment(in: Varyings) -> @location(0) vec4<f32> {
    let end = max(abs(in.at.y) - in.streak, 0.0);
    let square = in.at.x * in.at.x + end * end;
    // A bell that is exactly 0 at the edge.
    let bell = max(exp(-3.2 * square) - 0.0408, 0.0);
    return vec4(in.color * bell, 0.0);
}
