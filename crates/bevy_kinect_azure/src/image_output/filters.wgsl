// The built-in filters. They never blend measured pixels with pixels without a measurement, and leave the player index as it is.

#import kinect_azure::common::DISCONTINUITY
#import kinect_azure::output_pass::{DEPTH, PLAYER_INDEX, POINT_CLOUD, difference, fetch, is_inside, is_measured, pass_info}

// The result of the pass for the frame before; all 0 at first.
@group(0) @binding(2) var history: texture_2d<f32>;

// Whether two measured values lie on the same surface; always true for pictures.
fn on_one_surface(a: vec4<f32>, b: vec4<f32>) -> bool {
    switch pass_info.kind {
        case DEPTH: {
            return abs(a.r - b.r) <= DISCONTINUITY * min(a.r, b.r);
        }
        case POINT_CLOUD: {
            return abs(a.z - b.z) <= DISCONTINUITY * min(-a.z, -b.z);
        }
        default: {
            return true;
        }
    }
}

// params[0].x: the largest distance in pixels.
@fragment
fn hole_fill(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
    let pixel = vec2<i32>(position.xy);
    let value = fetch(pixel);
    if is_measured(value) {
        return value;
    }
    let radius = i32(pass_info.params[0].x);
    // The nearest measured pixel decides the surface; pixels on the same surface are blended, nearer ones with more weight.
    var nearest = value;
    var best = radius * radius + 1;
    for (var y = -radius; y <= radius; y += 1) {
        for (var x = -radius; x <= radius; x += 1) {
            let squared = x * x + y * y;
            if squared < best && is_inside(pixel + vec2(x, y)) {
                let other = fetch(pixel + vec2(x, y));
                if is_measured(other) {
                    nearest = other;
                    best = squared;
                }
            }
        }
    }
    if best > radius * radius {
        return value;
    }
    var sum = vec4(0.0);
    var total = 0.0;
    for (var y = -radius; y <= radius; y += 1) {
        for (var x = -radius; x <= radius; x += 1) {
            let squared = x * x + y * y;
            if squared > 0 && squared <= radius * radius && is_inside(pixel + vec2(x, y)) {
                let other = fetch(pixel + vec2(x, y));
                if is_measured(other) && on_one_surface(other, nearest) {
                    sum += other / f32(squared);
                    total += 1.0 / f32(squared);
                }
            }
        }
    }
    return sum / total;
}

// params[0].x: weight of the former value; .y: the change from which the new value is taken as it is.
@fragment
fn temporal(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
    let pixel = vec2<i32>(position.xy);
    let now = fetch(pixel);
    let past = textureLoad(history, pixel, 0);
    if pass_info.kind == PLAYER_INDEX || !is_measured(now) || !is_measured(past)
        || difference(now, past) > pass_info.params[0].y {
        return now;
    }
    return mix(now, past, pass_info.params[0].x);
}

// params[0].x: the radius in pixels; .y: the difference from which there is an edge.
@fragment
fn bilateral(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
    let pixel = vec2<i32>(position.xy);
    let value = fetch(pixel);
    let radius = i32(pass_info.params[0].x);
    let threshold = pass_info.params[0].y;
    if pass_info.kind == PLAYER_INDEX || !is_measured(value) || threshold <= 0.0 {
        return value;
    }
    // The weight is a bell curve that falls to 1/8 at the radius, times a parabola that is 0 at an edge.
    let falloff = 2.0794415 / f32(radius * radius);
    var sum = vec4(0.0);
    var total = 0.0;
    for (var y = -radius; y <= radius; y += 1) {
        for (var x = -radius; x <= radius; x += 1) {
            let squared = x * x + y * y;
            if squared <= radius * radius && is_inside(pixel + vec2(x, y)) {
                let other = fetch(pixel + vec2(x, y));
                let d = difference(other, value) / threshold;
                if is_measured(other) && d < 1.0 {
                    let w = exp(-falloff * f32(squared)) * (1.0 - d * d);
                    sum += other * w;
                    total += w;
                }
            }
        }
    }
    return sum / total;
}
