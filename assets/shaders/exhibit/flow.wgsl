// One step of all particles of the example `exhibit`. A particle is free, or it has a place: a point of the sensor's cloud that belongs
// to a person, or a place on a figure of the attract loop. Places pull their particles; free particles drift with a flow, are carried
// along by people's joints, and look for a place now and then. So a person who comes condenses from the cloud, and dissolves into it.

#import "shaders/exhibit/particle.wgsl"::{Particle, hash, unit}
#import kinect_azure::point::{Point, exists}

struct Mover {
    // Where a joint is; w: how far its pull reaches.
    position: vec4<f32>,
    // How fast it moves; w is not used.
    velocity: vec4<f32>,
}

struct Bone {
    // Both ends, and the radius there.
    start: vec4<f32>,
    end: vec4<f32>,
    // x: the share of the figure's surface up to and with this bone, from 0 to 1. y: the number of the colour.
    share: vec4<f32>,
}

// Keep in sync with `Flow` in `flow.rs`.
struct Flow {
    // From the sensor's space to the mirror world.
    world_from_sensor: mat4x4<f32>,
    // Points in a row, rows; 0 while the sensor does not deliver.
    grid: vec2<u32>,
    particles: u32,
    // Changes from step to step.
    step: u32,
    time: f32,
    // Seconds of this step.
    duration: f32,
    // How much of the figures has condensed, 0 to 1.
    attract: f32,
    // The share of particles that people get.
    share: f32,
    people: u32,
    movers: u32,
    figures: u32,
    // Half the width of the cloud of free particles, in metres.
    width: f32,
    // For each person: x and z of the trunk, the number of the colour.
    trunks: array<vec4<f32>, 6>,
    moves: array<Mover, 60>,
    bones: array<Bone, 216>,
    // Linear colours of feet and heads.
    low: array<vec4<f32>, 6>,
    high: array<vec4<f32>, 6>,
}

@group(0) @binding(0) var<uniform> flow: Flow;
@group(0) @binding(1) var<storage, read> points: array<Point>;
@group(0) @binding(2) var<storage, read_write> particles: array<Particle>;

const FIGURE: u32 = 0x80000000u;
// Bones of one body. The first bodies are people's, the others dancers'.
const BONES: u32 = 24u;
const PEOPLE: u32 = 6u;
// This share of a person's particles is on the bones: they fill in what the sensor does not see.
const ON_BONES: f32 = 0.24;
// This share of the particles is always free: dust in the air.
const DUST: f32 = 0.2;
// The middle of the cloud of free particles.
const MIDDLE: vec3<f32> = vec3(0.0, 1.5, -3.1);

@compute @workgroup_size(64)
fn advance(@builtin(global_invocation_id) id: vec3<u32>) {
    let number = id.x;
    if number >= flow.particles {
        return;
    }
    let own = hash(number);
    // Numbers that stay with the particle.
    let kind = unit(own);
    let loose = unit(hash(own + 1u));
    let order = unit(hash(own + 2u));
    let shade = unit(hash(own + 3u));
    // Random bits of this step.
    var random = hash(own ^ hash(flow.step));
    var it = particles[number];
    if all(it.position == vec3(0.0)) {
        it = fresh(own, shade);
    }
    let seconds = flow.duration;

    // Where it is pulled, and how it looks there.
    var has_place = false;
    var place = vec3(0.0);
    var color = dust(it.position, shade);
    var glow = mix(0.05, 0.3, shade * shade * shade);
    if (it.place & FIGURE) != 0u {
        let bone = it.place & 0xFFFFu;
        let body = bone / BONES;
        if body >= PEOPLE {
            // In an order of its own for each particle, dancers appear and go.
            has_place = flow.attract > order * 0.94 && body < PEOPLE + flow.figures;
            glow = 0.8 + 0.6 * shade;
        } else {
            has_place = order < flow.share && body < flow.people;
            glow = 0.32 + 0.4 * shade;
        }
        if has_place {
            place = on_bone(bone, own);
            color = color_of(u32(flow.bones[bone].share.y), place.y);
        }
    } else if it.place != 0u {
        let index = it.place - 1u;
        if index < flow.grid.x * flow.grid.y && order < flow.share {
            let point = points[index];
            if exists(point) {
                place = (flow.world_from_sensor * vec4(point.position, 1.0)).xyz;
                color = color_of(person_at(place), place.y);
                glow = light(index, point.position);
                has_place = true;
            }
        }
    }
    random = hash(random);
    if it.place != 0u {
        if !has_place {
            // The place is gone: it goes on as it moved.
            it.place = 0u;
            let rest = unit(random);
            it.rest = 0.3 + 2.2 * rest * rest;
        } else if unit(random) < seconds * mix(0.05, 0.45, loose * loose) {
            // Now and then one leaves the surface and rises.
            it.place = 0u;
            has_place = false;
            it.rest = 0.8 + 2.0 * loose;
            it.velocity += 0.35 * (vec3(unit(hash(random)), unit(hash(random + 1u)) + 0.4, unit(hash(random + 2u))) - 0.5);
        }
    } else if kind >= DUST {
        it.rest -= seconds;
        if it.rest <= 0.0 {
            it.place = look_for_place(random, order);
            // The next look, if it found none.
            it.rest = 0.08 + 0.5 * unit(hash(random + 9u));
        }
    }

    if has_place {
        // Places of loose particles swim around the surface.
        let swim = mix(0.004, 0.05, loose * loose * loose);
        place += swirl(place * 2.6, flow.time * 0.7) * swim;
        let to_place = place - it.position;
        let away = length(to_place);
        let stiffness = mix(150.0, 14.0, loose);
        var pull = to_place * stiffness - it.velocity * 1.7 * sqrt(stiffness);
        // Those who come from far away come in streams.
        pull += swirl(it.position * 0.7, flow.time * 0.2) * min(away * 4.0, 3.0);
        let strongest = mix(9.0, 50.0, exp(-away * 3.0));
        it.velocity += pull * min(1.0, strongest / (length(pull) + 0.001)) * seconds;
        let near = exp(-away * 2.2);
        // They do not rush.
        it.velocity /= 1.0 + seconds * length(it.velocity) * 2.2 * (1.0 - near);
        it.glow = approach(it.glow, mix(0.16, 1.0, near) * glow, seconds * 4.0);
        it.color = mix(it.color, color, 1.0 - exp(-seconds * 3.5));
    } else {
        // Drifts with the flow, rising while it is still warm.
        let warm = saturate(it.glow);
        var drift = swirl(it.position * 0.55, flow.time * 0.11) * 0.22 + vec3(0.0, 0.02 + 0.35 * warm, 0.0);
        drift += swirl(it.position * 1.9, flow.time * 0.23) * 0.16 * warm;
        it.velocity += (drift - it.velocity) * (1.0 - exp(-seconds * 1.3));
        for (var n = 0u; n < flow.movers; n++) {
            let mover = flow.moves[n];
            let off = it.position - mover.position.xyz;
            let reach = mover.position.w;
            let weight = exp(-dot(off, off) / (reach * reach));
            it.velocity += (mover.velocity.xyz - it.velocity) * weight * (1.0 - exp(-seconds * 7.0));
            // What is fanned shines up.
            it.glow += weight * seconds * length(mover.velocity.xyz) * 0.35;
        }
        let outside = max(abs(it.position - MIDDLE) - vec3(flow.width, 1.6, 3.2), vec3(0.0));
        it.velocity -= sign(it.position - MIDDLE) * outside * seconds * 0.8;
        if length(outside) > 2.0 {
            it = fresh(own ^ random, shade);
        }
        it.glow = approach(it.glow, glow, seconds * 0.55);
        it.color = mix(it.color, color, 1.0 - exp(-seconds * 0.35));
    }
    it.position += it.velocity * seconds;
    if it.position.y < 0.005 {
        it.position.y = 0.005;
        it.velocity.y = abs(it.velocity.y) * 0.3;
    }
    it.glow = clamp(it.glow, 0.0, 2.5);
    particles[number] = it;
}

fn approach(value: f32, wanted: f32, amount: f32) -> f32 {
    return mix(value, wanted, 1.0 - exp(-amount));
}

// A particle somewhere in the cloud.
fn fresh(bits: u32, shade: f32) -> Particle {
    let spread = vec3(unit(hash(bits + 11u)), unit(hash(bits + 12u)), unit(hash(bits + 13u))) * 2.0 - 1.0;
    var it: Particle;
    it.position = MIDDLE + spread * vec3(flow.width, 1.45, 3.0);
    it.position.y = max(it.position.y, 0.02);
    it.velocity = vec3(0.0);
    it.rest = 2.5 * unit(hash(bits + 14u));
    it.glow = 0.05;
    it.color = dust(it.position, shade);
    it.place = 0u;
    return it;
}

// The colour of free particles: veils of blue, violet and teal, and a few embers.
fn dust(at: vec3<f32>, shade: f32) -> vec3<f32> {
    let veil = 0.5 + 0.5 * sin(at.x * 0.7 + at.y * 0.9 - at.z * 0.5 + flow.time * 0.05);
    let cold = mix(vec3(0.05, 0.16, 0.55), vec3(0.26, 0.08, 0.5), veil);
    return select(cold, vec3(0.9, 0.42, 0.16), shade > 0.985);
}

// A place for a free particle: a random point of a person, or else a place on a figure.
fn look_for_place(random: u32, order: f32) -> u32 {
    let points_there = flow.grid.x * flow.grid.y;
    if flow.people > 0u && order < flow.share && unit(hash(random + 3u)) < ON_BONES {
        return bone_of(hash(random + 5u) % flow.people, random);
    }
    if points_there > 0u && order < flow.share {
        for (var n = 0u; n < 5u; n++) {
            let index = hash(random + n * 77u) % points_there;
            if exists(points[index]) {
                return index + 1u;
            }
        }
    }
    if flow.figures > 0u && flow.attract > order * 0.94 {
        return bone_of(PEOPLE + hash(random + 5u) % flow.figures, random);
    }
    return 0u;
}

// A random place on a body.
fn bone_of(body: u32, random: u32) -> u32 {
    let share = unit(hash(random + 6u));
    for (var n = 0u; n < BONES; n++) {
        let bone = body * BONES + n;
        if share < flow.bones[bone].share.x {
            return FIGURE | bone;
        }
    }
    return 0u;
}

// The place of a particle on the surface of a bone.
fn on_bone(number: u32, own: u32) -> vec3<f32> {
    let bone = flow.bones[number];
    let along = bone.end.xyz - bone.start.xyz;
    let share = unit(hash(own + 21u)) * 1.16 - 0.08;
    let angle = unit(hash(own + 22u)) * 6.2831853;
    let axis = normalize(along + vec3(0.0, 1.0e-5, 0.0));
    let side = normalize(cross(axis, select(vec3(0.0, 0.0, 1.0), vec3(1.0, 0.0, 0.0), abs(axis.z) > 0.8)));
    let up = cross(axis, side);
    // Round ends.
    let over = max(abs(share - 0.5) - 0.5, 0.0) / 0.08;
    let radius = mix(bone.start.w, bone.end.w, saturate(share)) * sqrt(max(1.0 - over * over, 0.0));
    return bone.start.xyz + along * saturate(share) + axis * sign(share - 0.5) * over * radius
        + (side * cos(angle) + up * sin(angle)) * radius;
}

// The number of the colour of the person there.
fn person_at(at: vec3<f32>) -> u32 {
    var nearest = 1.0e9;
    var color = 0u;
    for (var n = 0u; n < flow.people; n++) {
        let off = at.xz - flow.trunks[n].xy;
        if dot(off, off) < nearest {
            nearest = dot(off, off);
            color = u32(flow.trunks[n].z);
        }
    }
    return color;
}

// From the colour of feet to that of heads.
fn color_of(number: u32, height: f32) -> vec3<f32> {
    let wave = 0.08 * sin(height * 5.0 - flow.time * 0.9);
    return mix(flow.low[number % 6u].rgb, flow.high[number % 6u].rgb, smoothstep(0.1, 1.75, height + wave));
}

// The light on a point of a person: a bright rim where the surface turns away, and a lamp from above.
fn light(index: u32, position: vec3<f32>) -> f32 {
    let at = vec2(index % flow.grid.x, index / flow.grid.x);
    let to_sensor = normalize(-position);
    var normal = to_sensor;
    if all(at + 3u < flow.grid) {
        let right = points[index + 3u];
        let below = points[index + 3u * flow.grid.x];
        if exists(right) && exists(below) {
            let across = cross(below.position - position, right.position - position);
            normal = select(to_sensor, normalize(across), dot(across, across) > 0.0);
        } else {
            // At an outline.
            return 2.1;
        }
    }
    let rim = pow(1.0 - abs(dot(normal, to_sensor)), 1.6);
    let lamp = saturate(dot(normal, normalize(vec3(-0.45, 0.85, 0.35))));
    return 0.2 + 2.1 * rim + 0.6 * lamp;
}

// A flow without sources (Arnold, Beltrami and Childress), twice and bent, so that it does not look periodic.
fn swirl(at: vec3<f32>, time: f32) -> vec3<f32> {
    let bent = at + 0.45 * sin(at.yzx * 1.7 + time);
    return abc(bent + time * vec3(0.3, -0.2, 0.25)) * 0.6 + abc(bent.zxy * 2.03 + vec3(3.1, 1.7, 0.4) - time) * 0.4;
}

fn abc(p: vec3<f32>) -> vec3<f32> {
    return vec3(
        sin(p.z) + 0.8 * cos(p.y),
        0.9 * sin(p.x) + cos(p.z),
        0.8 * sin(p.y) + 0.9 * cos(p.x),
    );
}
