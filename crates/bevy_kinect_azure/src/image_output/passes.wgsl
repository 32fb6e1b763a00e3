// Raw images to what the outputs show: one full-screen pass for each output, one entry point for each kind.

#import kinect_azure::common::{NO_RAY_BELOW, linear_from_srgb, metres, place, stops, turbo}

struct Params {
    // Where the scale of false colours begins and ends: metres for depth, 0-1 for infrared.
    range: vec2<f32>,
}

@group(0) @binding(0) var depth: texture_2d<u32>;
@group(0) @binding(1) var infrared: texture_2d<u32>;
@group(0) @binding(2) var rays: texture_2d<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@fragment
fn depth_metres(@builtin(position) at: vec4<f32>) -> @location(0) vec4<f32> {
    return vec4(metres(textureLoad(depth, vec2<i32>(at.xy), 0).r), 0.0, 0.0, 1.0);
}

@fragment
fn depth_false_color(@builtin(position) at: vec4<f32>) -> @location(0) vec4<f32> {
    return ramp(textureLoad(depth, vec2<i32>(at.xy), 0).r);
}

@fragment
fn infrared_unorm(@builtin(position) at: vec4<f32>) -> @location(0) vec4<f32> {
    return vec4(brightness(at), 0.0, 0.0, 1.0);
}

@fragment
fn infrared_false_color(@builtin(position) at: vec4<f32>) -> @location(0) vec4<f32> {
    // Encoded values are grey levels, but the sRGB target takes linear light.
    return vec4(linear_from_srgb(vec3(stops(brightness(at), params.range))), 1.0);
}

@fragment
fn point_cloud(@builtin(position) at: vec4<f32>) -> @location(0) vec4<f32> {
    let pixel = vec2<i32>(at.xy);
    let z = textureLoad(depth, pixel, 0).r;
    let ray = textureLoad(rays, pixel, 0).xy;
    if z == 0u || ray.x < NO_RAY_BELOW {
        return vec4(0.0);
    }
    return vec4(place(ray, z), 1.0);
}

@fragment
fn point_cloud_false_color(@builtin(position) at: vec4<f32>) -> @location(0) vec4<f32> {
    let pixel = vec2<i32>(at.xy);
    if textureLoad(rays, pixel, 0).x < NO_RAY_BELOW {
        return ramp(0u);
    }
    return ramp(textureLoad(depth, pixel, 0).r);
}

// Near is red, far is blue, nothing is black.
fn ramp(z: u32) -> vec4<f32> {
    if z == 0u {
        return vec4(0.0, 0.0, 0.0, 1.0);
    }
    return vec4(turbo(1.0 - scaled(metres(z))), 1.0);
}

fn brightness(at: vec4<f32>) -> f32 {
    return f32(textureLoad(infrared, vec2<i32>(at.xy), 0).r) / 65535.0;
}

fn scaled(value: f32) -> f32 {
    return saturate((value - params.range.x) / (params.range.y - params.range.x));
}
