// Draws the results of `rasterize.wgsl` into textures: one full-screen pass for each demanded image.

#import kinect_azure::color_camera::ColorCamera
#import kinect_azure::common::{DISCONTINUITY, NOBODY, srgb_from_linear}
#import kinect_azure::quad::{Hit, Quad, hit, interpolated, nearest, quad_between}

// Keep in sync with `Params` in `pipelines.rs`.
struct Params {
    camera: ColorCamera,
    size: vec2<u32>,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var infrared: texture_2d<u32>;
@group(0) @binding(2) var players: texture_2d<u32>;
@group(0) @binding(3) var color: texture_2d<f32>;
@group(0) @binding(4) var<storage, read> vertices: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read> nearest_depth: array<u32>;
@group(0) @binding(6) var<storage, read> patches: array<u32>;

// Keep in sync with `rasterize.wgsl`.
const MAX_PATCH: u32 = 0xffffffffu;

fn color_pixel(at: vec4<f32>) -> u32 {
    return u32(at.y) * params.camera.width + u32(at.x);
}

@fragment
fn aligned_depth(@builtin(position) at: vec4<f32>) -> @location(0) vec4<u32> {
    let stored = nearest_depth[color_pixel(at)];
    return vec4(select(65536u - stored, 0u, stored == 0u), 0u, 0u, 0u);
}

// The patch of surface that a colour pixel shows.
struct Shown {
    exists: bool,
    quad: Quad,
    within: Hit,
    // Its top left depth pixel.
    corner: vec2<i32>,
}

fn shown_at(at: vec4<f32>) -> Shown {
    var shown: Shown;
    let stored = patches[color_pixel(at)];
    if stored == 0u {
        return shown;
    }
    let number = MAX_PATCH - stored;
    shown.exists = true;
    shown.quad = quad_between(
        vertices[number].xyz,
        vertices[number + 1u].xyz,
        vertices[number + params.size.x + 1u].xyz,
        vertices[number + params.size.x].xyz,
    );
    shown.within = hit(shown.quad, floor(at.xy));
    shown.corner = vec2<i32>(vec2(number % params.size.x, number / params.size.x));
    return shown;
}

// The values of an image at the corners of a patch: top left, top right, bottom right, bottom left.
fn corners_of(image: texture_2d<u32>, corner: vec2<i32>) -> vec4<u32> {
    return vec4(
        textureLoad(image, corner, 0).r,
        textureLoad(image, corner + vec2(1, 0), 0).r,
        textureLoad(image, corner + vec2(1, 1), 0).r,
        textureLoad(image, corner + vec2(0, 1), 0).r,
    );
}

@fragment
fn aligned_infrared(@builtin(position) at: vec4<f32>) -> @location(0) vec4<u32> {
    let shown = shown_at(at);
    if !shown.exists {
        return vec4(0u);
    }
    return vec4(interpolated(shown.quad, shown.within, corners_of(infrared, shown.corner)), 0u, 0u, 0u);
}

@fragment
fn aligned_players(@builtin(position) at: vec4<f32>) -> @location(0) vec4<u32> {
    let shown = shown_at(at);
    if !shown.exists {
        return vec4(NOBODY, 0u, 0u, 0u);
    }
    return vec4(nearest(shown.quad, shown.within, corners_of(players, shown.corner)), 0u, 0u, 0u);
}

@fragment
fn aligned_color(@builtin(position) at: vec4<f32>) -> @location(0) vec4<f32> {
    return color_at(vertices[u32(at.y) * params.size.x + u32(at.x)].xyz);
}

@fragment
fn aligned_visible_color(@builtin(position) at: vec4<f32>) -> @location(0) vec4<f32> {
    let seen = vertices[u32(at.y) * params.size.x + u32(at.x)].xyz;
    if seen.z > 0.0 && is_hidden(seen) {
        return vec4(0.0);
    }
    return color_at(seen);
}

// Whether one of the four colour pixels around a place shows a nearer surface that hides the point. Keep in sync with
// `kinect_azure::transform::Occlusion::Hide`.
fn is_hidden(seen: vec3<f32>) -> bool {
    let corner = corner_of(seen);
    if !is_inside(corner) {
        return false;
    }
    return is_behind(corner, seen.z)
        || is_behind(corner + vec2(1, 0), seen.z)
        || is_behind(corner + vec2(0, 1), seen.z)
        || is_behind(corner + vec2(1, 1), seen.z);
}

fn is_behind(pixel: vec2<i32>, z: f32) -> bool {
    let stored = nearest_depth[u32(pixel.y) * params.camera.width + u32(pixel.x)];
    let nearer = f32(65536u - stored);
    return stored != 0u && z - nearer > DISCONTINUITY * nearer;
}

// The upper left of the four colour pixels around a place.
fn corner_of(seen: vec3<f32>) -> vec2<i32> {
    // Clamped as floats first: a bad calibration gives values beyond the range of integers.
    let size = vec2(f32(params.camera.width), f32(params.camera.height));
    return vec2<i32>(floor(clamp(seen.xy, vec2(-1.0), size)));
}

// Whether all four pixels around a place are in the image.
fn is_inside(corner: vec2<i32>) -> bool {
    let size = vec2(i32(params.camera.width), i32(params.camera.height));
    return all(corner >= vec2(0)) && all(corner + 1 < size);
}

// The colour between four pixels of the colour image, in stored values; no data where one of the four lies outside.
fn color_at(seen: vec3<f32>) -> vec4<f32> {
    if seen.z <= 0.0 {
        return vec4(0.0);
    }
    let corner = corner_of(seen);
    if !is_inside(corner) {
        return vec4(0.0);
    }
    let t = seen.xy - floor(seen.xy);
    let top = mix(load(corner), load(corner + vec2(1, 0)), t.x);
    let bottom = mix(load(corner + vec2(0, 1)), load(corner + vec2(1, 1)), t.x);
    let bgra = mix(top, bottom, t.y);
    // All 0 means "no data", so a black that is transparent gets a trace of blue.
    return select(bgra, vec4(0.0, 0.0, 1.0 / 255.0, 0.0), all(bgra < vec4(0.5 / 255.0)));
}

fn load(pixel: vec2<i32>) -> vec4<f32> {
    let value = textureLoad(color, pixel, 0);
#ifdef COLOR_IS_LINEAR
    // The driver can only read colour as linear light.
    return vec4(srgb_from_linear(value.rgb), value.a);
#else
    return value;
#endif
}
