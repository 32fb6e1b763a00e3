// Depth image to points: place each depth pixel in the sensor's space, decide whether it is kept, and give it a colour.

#import kinect_azure::common::{NOBODY, NO_RAY_BELOW, DISCONTINUITY, place, player_color, srgb_from_linear, stops, turbo}
#import kinect_azure::point::Point

// Keep in sync with `Params` in `params.rs`.
struct Params {
    // From the points' space to the clip box: inside it, no coordinate is beyond -1 to 1. All 0 without a box.
    box_x: vec3<f32>,
    color_source: u32,
    box_y: vec3<f32>,
    // The colour of points that get none from the source.
    color: u32,
    box_z: vec3<f32>,
    // Bit n: player n is kept.
    players: u32,
    box_origin: vec3<f32>,
    flags: u32,
    // Start and end of the scale of infrared (0-65535) or depth (m).
    range: vec2<f32>,
    // The nearest and the farthest depth that is kept, in mm.
    depth: vec2<u32>,
    // Size of the grid of points.
    size: vec2<u32>,
    // Depth pixels from one point to the next.
    step: u32,
    // Fraction of a depth that counts as a gap; below 0, flying pixels are kept.
    flying_pixels: f32,
}

const CAMERA: u32 = 0u;
const INFRARED: u32 = 1u;
const DEPTH_RAMP: u32 = 2u;
const PLAYER: u32 = 3u;

const HAS_PLAYERS: u32 = 4u;
const KEEP_LATER_PLAYERS: u32 = 8u;
const KEEP_BACKGROUND: u32 = 16u;
const IS_SMOOTHED: u32 = 32u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var depth: texture_2d<u32>;
@group(0) @binding(2) var rays: texture_2d<f32>;
@group(0) @binding(3) var infrared: texture_2d<u32>;
// Colour of each depth pixel, in stored (sRGB-encoded) values; all 0 = no data.
@group(0) @binding(4) var color: texture_2d<f32>;
@group(0) @binding(5) var players: texture_2d<u32>;
@group(0) @binding(6) var<storage, read_write> points: array<Point>;
// Depth in mm after smoothing; 0 = no depth.
@group(0) @binding(7) var<storage, read> smoothed: array<f32>;

// How far away the pixel is at most whose colour and player a pixel that was not measured takes; as wide as the widest hole
// that smoothing closes.
const NEIGHBORHOOD: i32 = 8;

@compute @workgroup_size(8, 8)
fn unproject(@builtin(global_invocation_id) id: vec3<u32>) {
    if any(id.xy >= params.size) {
        return;
    }
    let pixel = vec2<i32>(id.xy * params.step);
    let z = depth_at(pixel);
    let ray = textureLoad(rays, pixel, 0).xy;
    var point = Point(vec3(0.0), 0u);
    if z > 0.0 && ray.x > NO_RAY_BELOW {
        let position = place(ray, z);
        let seen = measured_pixel(pixel, z);
        let player = player_at(seen);
        if is_kept(position, z, player) && !flies(pixel, z) {
            let color = color_of(seen, z, player);
            if color >> 24u != 0u {
                point = Point(position, color);
            }
        }
    }
    points[id.y * params.size.x + id.x] = point;
}

fn is_set(bit: u32) -> bool {
    return (params.flags & bit) != 0u;
}

// Depth in mm; 0 = no depth.
fn depth_at(pixel: vec2<i32>) -> f32 {
    if is_set(IS_SMOOTHED) {
        return smoothed[u32(pixel.y) * textureDimensions(depth).x + u32(pixel.x)];
    }
    return f32(textureLoad(depth, pixel, 0).r);
}

// The pixel itself, or, where smoothing gave depth to a pixel that was not measured, the nearest pixel on the same surface that was:
// only measured pixels have colours and players.
fn measured_pixel(pixel: vec2<i32>, z: f32) -> vec2<i32> {
    if !is_set(IS_SMOOTHED) || textureLoad(depth, pixel, 0).r != 0u {
        return pixel;
    }
    let size = vec2<i32>(textureDimensions(depth));
    var directions = array<vec2<i32>, 8>(
        vec2(1, 0), vec2(-1, 0), vec2(0, 1), vec2(0, -1), vec2(1, 1), vec2(-1, -1), vec2(1, -1), vec2(-1, 1),
    );
    for (var distance = 1; distance <= NEIGHBORHOOD; distance++) {
        for (var i = 0; i < 8; i++) {
            let other = pixel + directions[i] * distance;
            if any(other < vec2(0)) || any(other >= size) {
                continue;
            }
            let measured = f32(textureLoad(depth, other, 0).r);
            if measured > 0.0 && abs(measured - z) <= DISCONTINUITY * min(measured, z) {
                return other;
            }
        }
    }
    return pixel;
}

fn player_at(pixel: vec2<i32>) -> u32 {
    if is_set(HAS_PLAYERS) {
        return textureLoad(players, pixel, 0).r;
    }
    return NOBODY;
}

fn is_kept(position: vec3<f32>, z: f32, player: u32) -> bool {
    if z < f32(params.depth.x) || z > f32(params.depth.y) {
        return false;
    }
    let in_box = params.box_x * position.x + params.box_y * position.y + params.box_z * position.z
        + params.box_origin;
    if any(abs(in_box) > vec3(1.0)) {
        return false;
    }
    if player == NOBODY {
        return is_set(KEEP_BACKGROUND);
    }
    if player >= 32u {
        return is_set(KEEP_LATER_PLAYERS);
    }
    return ((params.players >> player) & 1u) != 0u;
}

// Whether a pixel floats between two surfaces.
fn flies(pixel: vec2<i32>, z: f32) -> bool {
    if params.flying_pixels < 0.0 {
        return false;
    }
    return is_between(pixel, vec2(1, 0), z) || is_between(pixel, vec2(0, 1), z)
        || is_between(pixel, vec2(1, 1), z) || is_between(pixel, vec2(1, -1), z);
}

fn is_between(pixel: vec2<i32>, direction: vec2<i32>, z: f32) -> bool {
    let size = vec2<i32>(textureDimensions(depth));
    if any(pixel - abs(direction) < vec2(0)) || any(pixel + abs(direction) >= size) {
        return false;
    }
    let a = depth_at(pixel - direction);
    let b = depth_at(pixel + direction);
    let near = min(a, b);
    let far = max(a, b);
    let gap = params.flying_pixels * near;
    return near > 0.0 && far - near > gap && z - near > 0.25 * gap && far - z > 0.25 * gap;
}

fn color_of(pixel: vec2<i32>, z: f32, player: u32) -> u32 {
    switch params.color_source {
        case CAMERA: {
            let seen = textureLoad(color, pixel, 0);
            return select(pack4x8unorm(vec4(seen.rgb, 1.0)), params.color, all(seen == vec4(0.0)));
        }
        case INFRARED: {
            let value = f32(textureLoad(infrared, pixel, 0).r);
            return pack4x8unorm(vec4(vec3(stops(value, params.range)), 1.0));
        }
        case DEPTH_RAMP: {
            return pack4x8unorm(vec4(srgb_from_linear(turbo(1.0 - scaled(z * 0.001))), 1.0));
        }
        case PLAYER: {
            if player == NOBODY {
                return params.color;
            }
            return pack4x8unorm(vec4(player_color(player), 1.0));
        }
        default: {
            return params.color;
        }
    }
}

fn scaled(value: f32) -> f32 {
    return saturate((value - params.range.x) / (params.range.y - params.range.x));
}
