// Draws a sensor's image into an output's: scaled, mirrored and, if set, in false colours. One full-screen pass; the same shader
// fills the working image that the first pass reads, and the mip levels.

#import kinect_azure::common::{DISCONTINUITY, NOBODY, linear_from_srgb, metres, player_color, stops, turbo, NO_RAY_BELOW}

// `ImageKind`; keep in sync with `kind.rs`.
const COLOR: u32 = 0u;
const DEPTH: u32 = 1u;
const INFRARED: u32 = 2u;
const POINTS: u32 = 3u;
const PLAYERS: u32 = 4u;
const KIND: u32 = #{KIND}u;

// Whether the shader reads a working image instead of the sensor's image.
const IS_WORKING_IMAGE: bool = #{IS_WORKING_IMAGE};

// Whether pixels are blended in scaling. Decided at compile time: a shader that only copies pixels needs few registers.
const IS_BLENDED: bool = #{IS_BLENDED};

// Bits of `flags`; keep in sync with `source.rs`.
const MIRROR: u32 = 1u;
const PICTURE: u32 = 2u;
const FALSE_COLOR: u32 = 4u;
const COLOR_IS_LINEAR: u32 = 8u;

// The most pixels that are read in each direction for one pixel of the output.
const MOST_TAPS: i32 = 16;

struct Params {
    // From the space of the camera that the points are seen from to the depth camera's: the vendor's axes, metres.
    rotation_x: vec3<f32>,
    // The stored depth is the depth in metres times this.
    data_scale: f32,
    rotation_y: vec3<f32>,
    flags: u32,
    rotation_z: vec3<f32>,
    padding: u32,
    translation: vec3<f32>,
    padding_too: u32,
    // Start and end of the scale of false colours: metres for depth, 0-1 for infrared.
    range: vec2<f32>,
    // Width and height of the target.
    size: vec2<u32>,
    // Pixels that are read for one pixel of the target, in each direction.
    scale: vec2<f32>,
}

@group(0) @binding(0) var integers: texture_2d<u32>;
@group(0) @binding(1) var floats: texture_2d<f32>;
@group(0) @binding(2) var rays: texture_2d<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@fragment
fn draw(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
    var at = floor(position.xy) + 0.5;
    if has(MIRROR) {
        at.x = f32(params.size.x) - at.x;
    }
    at *= params.scale;
    var source_size = vec2<i32>(textureDimensions(integers));
    if KIND == COLOR || IS_WORKING_IMAGE {
        source_size = vec2<i32>(textureDimensions(floats));
    }

    var value: vec4<f32>;
    if !IS_BLENDED {
        value = colored(fetch(nearest(at, source_size)));
    } else if has(PICTURE) {
        value = blended_picture(at, source_size);
    } else {
        value = blended_surface(at, source_size);
    }
    if KIND == DEPTH && !has(FALSE_COLOR) {
        value.r *= params.data_scale;
    }
    return value;
}

fn has(flag: u32) -> bool {
    return (params.flags & flag) != 0u;
}

fn nearest(at: vec2<f32>, size: vec2<i32>) -> vec2<i32> {
    return clamp(vec2<i32>(floor(at)), vec2(0), size - 1);
}

// The pixels that a box around a place touches, in one direction. A box of one pixel touches two: that is bilinear.
struct Taps {
    low: f32,
    high: f32,
    first: i32,
    last: i32,
    step: i32,
}

fn taps(at: f32, scale: f32) -> Taps {
    let half = 0.5 * max(scale, 1.0);
    let low = at - half;
    let high = at + half;
    let first = i32(floor(low));
    let last = i32(ceil(high)) - 1;
    return Taps(low, high, first, last, (last - first) / MOST_TAPS + 1);
}

// The fraction of a pixel that lies in the box.
fn weight(taps: Taps, pixel: i32) -> f32 {
    return max(min(f32(pixel) + 1.0, taps.high) - max(f32(pixel), taps.low), 0.0);
}

// The average, in linear light, of the area that a pixel of the output covers; pixels without data only add transparency.
fn blended_picture(at: vec2<f32>, size: vec2<i32>) -> vec4<f32> {
    let x_taps = taps(at.x, params.scale.x);
    let y_taps = taps(at.y, params.scale.y);
    var sum = vec4(0.0);
    var total = 0.0;
    for (var y = y_taps.first; y <= y_taps.last; y += y_taps.step) {
        for (var x = x_taps.first; x <= x_taps.last; x += x_taps.step) {
            let w = weight(x_taps, x) * weight(y_taps, y);
            let value = colored(fetch(clamp(vec2(x, y), vec2(0), size - 1)));
            sum += vec4(value.rgb * value.a, value.a) * w;
            total += w;
        }
    }
    if sum.a <= 0.0 || total <= 0.0 {
        return vec4(0.0);
    }
    return vec4(sum.rgb / sum.a, sum.a / total);
}

// The average for depth and points: only of pixels that were measured and lie on the same surface as the nearest pixel. If the
// nearest pixel was not measured, the result is 0.
fn blended_surface(at: vec2<f32>, size: vec2<i32>) -> vec4<f32> {
    let center = fetch(nearest(at, size));
    let z = distance_of(center);
    if z <= 0.0 {
        return center;
    }
    let x_taps = taps(at.x, params.scale.x);
    let y_taps = taps(at.y, params.scale.y);
    var sum = vec4(0.0);
    var total = 0.0;
    for (var y = y_taps.first; y <= y_taps.last; y += y_taps.step) {
        for (var x = x_taps.first; x <= x_taps.last; x += x_taps.step) {
            let value = fetch(clamp(vec2(x, y), vec2(0), size - 1));
            let other = distance_of(value);
            if other > 0.0 && abs(other - z) <= DISCONTINUITY * min(other, z) {
                let w = weight(x_taps, x) * weight(y_taps, y);
                sum += value * w;
                total += w;
            }
        }
    }
    // The nearest pixel may be among those that are skipped when the area is large.
    if total <= 0.0 {
        return center;
    }
    return sum / total;
}

// A pixel's data: linear light; metres in red; 0-1 in red; a place; or a player's number times 25/255 in red.
fn fetch(pixel: vec2<i32>) -> vec4<f32> {
    if IS_WORKING_IMAGE {
        return textureLoad(floats, pixel, 0);
    }
    switch KIND {
        case COLOR: {
            let stored = textureLoad(floats, pixel, 0);
            if has(COLOR_IS_LINEAR) {
                return stored;
            }
            return vec4(linear_from_srgb(stored.rgb), stored.a);
        }
        case DEPTH: {
            return vec4(metres(textureLoad(integers, pixel, 0).r), 0.0, 0.0, 1.0);
        }
        case INFRARED: {
            return vec4(f32(textureLoad(integers, pixel, 0).r) / 65535.0, 0.0, 0.0, 1.0);
        }
        case POINTS: {
            return point(pixel);
        }
        default: {
            let player = textureLoad(integers, pixel, 0).r;
            let value = select(min(25u * (player + 1u), 255u), 0u, player == NOBODY);
            return vec4(f32(value) / 255.0, 0.0, 0.0, 1.0);
        }
    }
}

fn point(pixel: vec2<i32>) -> vec4<f32> {
    let depth = textureLoad(integers, pixel, 0).r;
    let ray = textureLoad(rays, pixel, 0).xy;
    if depth == 0u || ray.x < NO_RAY_BELOW {
        return vec4(0.0);
    }
    let seen = vec3(ray, 1.0) * metres(depth);
    let p = params.rotation_x * seen.x + params.rotation_y * seen.y + params.rotation_z * seen.z
        + params.translation;
    // Bevy's axes; keep in sync with `place` in `common.wgsl`.
    return vec4(p.x, -p.y, -p.z, 1.0);
}

// Distance along the optical axis in metres (scaled, in a mip chain); 0 where nothing was measured.
fn distance_of(value: vec4<f32>) -> f32 {
    if KIND == POINTS {
        return -value.z;
    }
    return value.r;
}

fn colored(value: vec4<f32>) -> vec4<f32> {
    if !has(FALSE_COLOR) {
        return value;
    }
    switch KIND {
        case INFRARED: {
            // Encoded values are grey levels, but targets take linear light.
            return vec4(linear_from_srgb(vec3(stops(value.r, params.range))), 1.0);
        }
        case PLAYERS: {
            let player = u32(round(value.r * 255.0 / 25.0));
            let color = linear_from_srgb(player_color(max(player, 1u) - 1u));
            return vec4(select(color, vec3(0.0), player == 0u), 1.0);
        }
        default: {
            // Near is red, far is blue, nothing is black.
            let z = distance_of(value);
            let scaled = saturate((z - params.range.x) / (params.range.y - params.range.x));
            return vec4(select(turbo(1.0 - scaled), vec3(0.0), z <= 0.0), 1.0);
        }
    }
}
