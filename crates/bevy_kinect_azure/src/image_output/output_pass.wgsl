// Bindings and functions for the shader of an output's pass. Import them:
//
//     #import kinect_azure::output_pass::{fetch, pass_info}
//
//     @fragment
//     fn pass_main(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
//         let value = fetch(vec2<i32>(position.xy));
//         return vec4(value.rgb * pass_info.params[0].x, value.a);
//     }
//
// Images hold, by kind:
//   colour        linear light, alpha 0 where there is no data
//   depth         metres in red, 0 where nothing was measured; alpha 1
//   infrared      0-1 in red; alpha 1
//   point cloud   a place in the sensor's space in metres, alpha 1; all 0 where nothing was measured
//   player index  25/255 for the first player, 50/255 for the second, ... in red, 0 = nobody; alpha 1

#define_import_path kinect_azure::output_pass

const COLOR: u32 = 0u;
const DEPTH: u32 = 1u;
const INFRARED: u32 = 2u;
const POINT_CLOUD: u32 = 3u;
const PLAYER_INDEX: u32 = 4u;

// Keep in sync with `PassInfo` in `pass_info.rs`.
struct PassInfo {
    // `OutputFilter::Custom::params`.
    params: array<vec4<f32>, 2>,
    // Width and height of the image in pixels.
    size: vec2<u32>,
    // One of the constants above.
    kind: u32,
    // Number of this pass among the output's passes, from 0; each repetition counts.
    number: u32,
    // Seconds since the app started.
    time: f32,
    // Counts the images that were made.
    frame: u32,
}

// The result of the pass before. Not filterable: read it with `textureLoad` or `fetch`.
@group(0) @binding(0) var image: texture_2d<f32>;
@group(0) @binding(1) var<uniform> pass_info: PassInfo;

// A pixel of the image; beyond the edges, the nearest pixel of the image.
fn fetch(pixel: vec2<i32>) -> vec4<f32> {
    return textureLoad(image, clamp(pixel, vec2(0), vec2<i32>(pass_info.size) - 1), 0);
}

// Whether a pixel is in the image.
fn is_inside(pixel: vec2<i32>) -> bool {
    return all(pixel >= vec2(0)) && all(pixel < vec2<i32>(pass_info.size));
}

// Whether a value was measured. Always true for the player index, whose 0 means background.
fn is_measured(value: vec4<f32>) -> bool {
    switch pass_info.kind {
        case COLOR, POINT_CLOUD: {
            return value.a > 0.0;
        }
        case DEPTH, INFRARED: {
            return value.r > 0.0;
        }
        default: {
            return true;
        }
    }
}

// How much two values differ: metres along the optical axis for depth and points, else 0-1; colours as they are encoded
// (nearly: square roots), so that a step counts as much in the dark as in the light.
fn difference(a: vec4<f32>, b: vec4<f32>) -> f32 {
    switch pass_info.kind {
        case COLOR: {
            let d = abs(sqrt(max(a.rgb, vec3(0.0))) - sqrt(max(b.rgb, vec3(0.0))));
            return max(d.r, max(d.g, d.b));
        }
        case POINT_CLOUD: {
            return abs(a.z - b.z);
        }
        default: {
            return abs(a.r - b.r);
        }
    }
}
