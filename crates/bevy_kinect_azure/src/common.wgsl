// Functions and constants that several shaders of the plugin share.

#define_import_path kinect_azure::common

// Pixels without a ray are stored with a value far below any real ray; keep in sync with `stream/upload.rs`.
const NO_RAY_BELOW: f32 = -1.0e5;

// Depths that differ by more than this fraction of the nearer depth lie on different surfaces: sin(120 deg / 512) / cos(85 deg), a
// surface that the depth camera sees at 85 degrees. Keep in sync with `kinect_azure::transform::SAME_SURFACE`.
const DISCONTINUITY: f32 = 0.04693441759;

// The value of background in a body index map; keep in sync with `BodyIndexImage::BACKGROUND`.
const NOBODY: u32 = 255u;

// Raw depth is in millimetres.
fn metres(depth: u32) -> f32 {
    return f32(depth) * 0.001;
}

// The place in the sensor's space of a depth pixel with a depth in millimetres: metres, x right, y up, -z forward. Keep in sync with
// `kinect_azure::units`.
fn place(ray: vec2<f32>, depth: f32) -> vec3<f32> {
    let z = depth * 0.001;
    return vec3(ray.x * z, -ray.y * z, -z);
}

// The Turbo colour map by Anton Mikhailov (Google, Apache-2.0), in its polynomial form; linear light.
fn turbo(at: f32) -> vec3<f32> {
    let x = saturate(at);
    let v4 = vec4(1.0, x, x * x, x * x * x);
    let v2 = v4.zw * v4.z;
    let srgb = vec3(
        dot(v4, vec4(0.13572138, 4.61539260, -42.66032258, 132.13108234))
            + dot(v2, vec2(-152.94239396, 59.28637943)),
        dot(v4, vec4(0.09140261, 2.19418839, 4.84296658, -14.18503333))
            + dot(v2, vec2(4.27729857, 2.82956604)),
        dot(v4, vec4(0.10667330, 12.64194608, -60.58204836, 110.36276771))
            + dot(v2, vec2(-89.90310912, 27.34824973)),
    );
    return linear_from_srgb(saturate(srgb));
}

// Infrared brightness as a position in a range, 0-1, on a logarithmic scale (stops): active infrared falls with the square of the
// distance, so that near things are a hundred times as bright as far ones. Ten stops are shown at most.
fn stops(value: f32, range: vec2<f32>) -> f32 {
    let low = max(range.x, range.y / 1024.0);
    return saturate(log2(max(value, low) / low) / log2(range.y / low));
}

fn linear_from_srgb(srgb: vec3<f32>) -> vec3<f32> {
    let low = srgb / 12.92;
    let high = pow((srgb + 0.055) / 1.055, vec3(2.4));
    return select(high, low, srgb <= vec3(0.04045));
}

fn srgb_from_linear(linear: vec3<f32>) -> vec3<f32> {
    let low = linear * 12.92;
    let high = 1.055 * pow(linear, vec3(1.0 / 2.4)) - 0.055;
    return select(high, low, linear <= vec3(0.0031308));
}

// The colour of a player, counted from 0, sRGB-encoded; repeated after the last. Keep in sync with `PLAYER_COLORS` in
// `coloring.rs`.
fn player_color(player: u32) -> vec3<f32> {
    var colors = array<vec3<f32>, 10>(
        vec3(68.0, 119.0, 170.0),
        vec3(238.0, 102.0, 119.0),
        vec3(34.0, 136.0, 51.0),
        vec3(204.0, 187.0, 68.0),
        vec3(102.0, 204.0, 238.0),
        vec3(170.0, 51.0, 119.0),
        vec3(238.0, 119.0, 51.0),
        vec3(0.0, 153.0, 136.0),
        vec3(187.0, 187.0, 187.0),
        vec3(204.0, 51.0, 17.0),
    );
    return colors[player % 10u] / 255.0;
}
