// Smooths a depth image: over time where nothing moves, and over neighbours on the same surface.

#import kinect_azure::common::DISCONTINUITY

// Keep in sync with `Params` in `compute.rs`.
struct Params {
    // Size of the depth image.
    size: vec2<u32>,
    // Standard deviation of depth: noise.x + noise.y * z * z, all in mm.
    noise: vec2<f32>,
    // The most images that are averaged.
    images: f32,
    // The farthest neighbour that counts, and the widest hole that is closed, in pixels.
    radius: i32,
    holes: i32,
    padding: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var depth: texture_2d<u32>;
// Of each pixel: the average depth in mm, and the number of images in it; below 1, there is no depth.
@group(0) @binding(2) var<storage, read> before: array<vec2<f32>>;
@group(0) @binding(3) var<storage, read_write> after: array<vec2<f32>>;
// Depth in mm; 0 = no depth.
@group(0) @binding(4) var<storage, read_write> smoothed: array<f32>;

// A difference of depth that is larger than this many standard deviations is no noise.
const JUMP: f32 = 4.0;
// Likewise for the mean of a neighbourhood.
const DRIFT: f32 = 3.0;
// The reach of the neighbourhood that tells movement from noise, and the fewest pixels in it that do.
const AROUND: i32 = 2;
const FEWEST: f32 = 6.0;
// The part of its images that an average keeps when the next image lacks the pixel.
const MISSED: f32 = 0.7;

fn sigma(z: f32) -> f32 {
    // Depth is rounded to millimetres.
    return max(params.noise.x + params.noise.y * z * z, 0.3);
}

fn is_inside(at: vec2<i32>) -> bool {
    return all(at >= vec2(0)) && all(at < vec2<i32>(params.size));
}

fn index(at: vec2<i32>) -> u32 {
    return u32(at.y) * params.size.x + u32(at.x);
}

fn measured(at: vec2<i32>) -> f32 {
    return f32(textureLoad(depth, at, 0).r);
}

@compute @workgroup_size(8, 8)
fn average(@builtin(global_invocation_id) id: vec3<u32>) {
    if any(id.xy >= params.size) {
        return;
    }
    let at = vec2<i32>(id.xy);
    after[index(at)] = averaged(at, before[index(at)], measured(at));
}

fn averaged(at: vec2<i32>, old: vec2<f32>, z: f32) -> vec2<f32> {
    let first = vec2(z, select(0.0, 1.0, z > 0.0));
    if old.y < 1.0 || params.images <= 1.0 {
        return first;
    }
    // How far the surface around this pixel has moved towards the sensor or away from it, in standard deviations of one image.
    // Noise of many pixels cancels out, so that slow movement shows as well.
    let own = sigma(old.x);
    var sum = 0.0;
    var variance = 0.0;
    var count = 0.0;
    var jumps = 0.0;
    for (var dy = -AROUND; dy <= AROUND; dy++) {
        for (var dx = -AROUND; dx <= AROUND; dx++) {
            let place = at + vec2(dx, dy);
            if !is_inside(place) {
                continue;
            }
            let other = before[index(place)];
            let now = measured(place);
            if other.y < 1.0 || now == 0.0 || abs(other.x - old.x) > DISCONTINUITY * old.x {
                continue;
            }
            let change = (now - other.x) / own;
            let doubt = 1.0 + 1.0 / other.y;
            sum += clamp(change, -JUMP, JUMP);
            variance += doubt;
            count += 1.0;
            jumps += select(0.0, 1.0, change * change > JUMP * JUMP * doubt);
        }
    }
    let drift = sum / max(count, 1.0);
    let has_moved = count < FEWEST || abs(drift) * count > DRIFT * sqrt(variance);
    if z == 0.0 {
        // Where nothing moves a pixel that fails now and then stays.
        let is_gone = has_moved || jumps > 0.0 || old.y * MISSED < 1.0;
        return select(vec2(old.x, old.y * MISSED), vec2(0.0), is_gone);
    }
    if abs(z - old.x) > JUMP * own * sqrt(1.0 + 1.0 / old.y) {
        return first;
    }
    var kept = old;
    if has_moved {
        kept = vec2(old.x + drift * own, min(old.y, 2.0));
    }
    let images = min(kept.y + 1.0, params.images);
    return vec2(kept.x + (z - kept.x) / images, images);
}

@compute @workgroup_size(8, 8)
fn flatten(@builtin(global_invocation_id) id: vec3<u32>) {
    if any(id.xy >= params.size) {
        return;
    }
    let at = vec2<i32>(id.xy);
    var own = after[index(at)];
    if own.y < 1.0 {
        own = vec2(bridged(at), 1.0);
    }
    smoothed[index(at)] = select(flattened(at, own), own.x, own.x == 0.0 || params.radius == 0);
}

// The depth of a plane through the neighbours that are on the same surface, at the pixel.
fn flattened(at: vec2<i32>, own: vec2<f32>) -> f32 {
    let noise = sigma(own.x);
    // Depth relative to the pixel's own, at the pixel; how it grows to the right and downwards.
    var plane = vec3(0.0);
    let reach = f32(params.radius * params.radius + params.radius + 1);
    // Neighbours are chosen by the pixel's own depth at first, which is noisy and knows no slope, then by the plane.
    for (var turn = 0; turn < 2; turn++) {
        let doubt = select(0.06, 1.0 / own.y, turn == 0);
        var weight = 0.0;
        var sum = vec3(0.0);
        var squares = vec3(0.0);
        var products = vec2(0.0);
        for (var dy = -params.radius; dy <= params.radius; dy++) {
            for (var dx = -params.radius; dx <= params.radius; dx++) {
                let place = at + vec2(dx, dy);
                let offset = vec2(f32(dx), f32(dy));
                let aside = 1.0 - dot(offset, offset) / reach;
                if aside <= 0.0 || !is_inside(place) {
                    continue;
                }
                let other = after[index(place)];
                if other.y < 1.0 {
                    continue;
                }
                let z = other.x - own.x;
                let rest = (z - plane.x - dot(plane.yz, offset)) / noise;
                // Nothing beyond four standard deviations of the difference.
                let near = 1.0 - rest * rest / (16.0 * (1.0 / other.y + doubt));
                if near <= 0.0 {
                    continue;
                }
                let w = other.y * aside * near * near;
                weight += w;
                sum += w * vec3(offset, z);
                squares += w * vec3(offset * offset, offset.x * offset.y);
                products += w * offset * z;
            }
        }
        if weight == 0.0 {
            return own.x;
        }
        let mean = sum / weight;
        let spread = squares / weight - vec3(mean.xy * mean.xy, mean.x * mean.y);
        let rise = products / weight - mean.xy * mean.z;
        // Where neighbours are few or in a row, the slope that they leave open is 0.
        let xx = spread.x + 0.02;
        let yy = spread.y + 0.02;
        let slope = vec2(yy * rise.x - spread.z * rise.y, xx * rise.y - spread.z * rise.x)
            / (xx * yy - spread.z * spread.z);
        plane = vec3(mean.z - dot(slope, mean.xy), slope);
    }
    let most = JUMP * noise / sqrt(own.y);
    return own.x + clamp(plane.x, -most, most);
}

// The depth in a hole, from the pixels around it; 0 where they are too far away, or on different surfaces.
fn bridged(at: vec2<i32>) -> f32 {
    let straight = vec2(between(at, vec2(1, 0)), between(at, vec2(0, 1)));
    if is_one_surface(straight) {
        return 0.5 * (straight.x + straight.y);
    }
    let diagonal = vec2(between(at, vec2(1, 1)), between(at, vec2(1, -1)));
    return select(0.0, 0.5 * (diagonal.x + diagonal.y), is_one_surface(diagonal));
}

fn is_one_surface(z: vec2<f32>) -> bool {
    return min(z.x, z.y) > 0.0 && abs(z.x - z.y) <= DISCONTINUITY * min(z.x, z.y);
}

// The depth between the nearest pixels on either side, if they are on one surface.
fn between(at: vec2<i32>, direction: vec2<i32>) -> f32 {
    let left = nearest(at, -direction, params.holes);
    if left.y == 0.0 {
        return 0.0;
    }
    let right = nearest(at, direction, params.holes + 1 - i32(left.y));
    if right.y == 0.0 || !is_one_surface(vec2(left.x, right.x)) {
        return 0.0;
    }
    return (left.x * right.y + right.x * left.y) / (left.y + right.y);
}

// The depth of the nearest pixel in a direction, and its distance; 0 if there is none within `most` pixels.
fn nearest(at: vec2<i32>, direction: vec2<i32>, most: i32) -> vec2<f32> {
    for (var distance = 1; distance <= most; distance++) {
        let place = at + direction * distance;
        if !is_inside(place) {
            break;
        }
        let pixel = after[index(place)];
        if pixel.y >= 1.0 {
            return vec2(pixel.x, f32(distance));
        }
    }
    return vec2(0.0);
}
