// Depth image to points: place each depth pixel in the sensor's space and give it a colour.

#import kinect_azure::common::{NO_RAY_BELOW, metres, place, srgb_from_linear, stops, turbo}
#import kinect_azure::point::Point

// Keep in sync with `Params` in `compute.rs`.
struct Params {
    // Colour camera from depth camera: columns of the rotation, and the translation in mm.
    rotation_x: vec3<f32>,
    tangential: f32,
    rotation_y: vec3<f32>,
    metric_radius_squared: f32,
    rotation_z: vec3<f32>,
    color_source: u32,
    translation: vec3<f32>,
    unseen: u32,
    focal_length: vec2<f32>,
    principal_point: vec2<f32>,
    numerator: vec3<f32>,
    flat_color: u32,
    denominator: vec3<f32>,
    // 1 where the driver cannot show the stored values.
    color_is_linear: u32,
    center_of_distortion: vec2<f32>,
    // p1, p2
    p: vec2<f32>,
    // Where the scale of infrared (0-65535) or depth (m) begins and ends.
    range: vec2<f32>,
    size: vec2<u32>,
}

const CAMERA: u32 = 0u;
const INFRARED: u32 = 1u;
const DEPTH_RAMP: u32 = 2u;

@group(0) @binding(0) var depth: texture_2d<u32>;
@group(0) @binding(1) var infrared: texture_2d<u32>;
// The stored, sRGB-encoded values.
@group(0) @binding(2) var color: texture_2d<f32>;
@group(0) @binding(3) var rays: texture_2d<f32>;
@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(5) var<storage, read_write> points: array<Point>;

@compute @workgroup_size(8, 8)
fn unproject(@builtin(global_invocation_id) id: vec3<u32>) {
    if any(id.xy >= params.size) {
        return;
    }
    let pixel = vec2<i32>(id.xy);
    let z = textureLoad(depth, pixel, 0).r;
    let ray = textureLoad(rays, pixel, 0).xy;
    var point = Point(vec3(0.0), 0u);
    if z != 0u && ray.x > NO_RAY_BELOW {
        point = Point(place(ray, z), color_of(pixel, ray, z));
    }
    points[id.y * params.size.x + id.x] = point;
}

fn color_of(pixel: vec2<i32>, ray: vec2<f32>, z: u32) -> u32 {
    switch params.color_source {
        case CAMERA: {
            return camera_color(vec3(ray, 1.0) * f32(z));
        }
        case INFRARED: {
            let value = f32(textureLoad(infrared, pixel, 0).r);
            return pack4x8unorm(vec4(vec3(stops(value, params.range)), 1.0));
        }
        case DEPTH_RAMP: {
            return pack4x8unorm(vec4(srgb_from_linear(turbo(1.0 - scaled(metres(z)))), 1.0));
        }
        default: {
            return params.flat_color;
        }
    }
}

fn scaled(value: f32) -> f32 {
    return saturate((value - params.range.x) / (params.range.y - params.range.x));
}

// The colour that the colour camera sees at a point of the depth camera's space, in mm: the vendor's rule, bilinear in
// stored values, only where all four neighbours exist. Keep in sync with `Transformation::color_to_depth` of `kinect_azure`.
fn camera_color(point: vec3<f32>) -> u32 {
    let q = params.rotation_x * point.x + params.rotation_y * point.y + params.rotation_z * point.z
        + params.translation;
    if q.z <= 0.0 {
        return params.unseen;
    }
    let a = q.xy / q.z - params.center_of_distortion;
    let r = dot(a, a);
    if r > params.metric_radius_squared {
        return params.unseen;
    }
    let powers = vec3(r, r * r, r * r * r);
    var denominator = 1.0 + dot(params.denominator, powers);
    if denominator == 0.0 {
        denominator = 1.0;
    }
    let radial = (1.0 + dot(params.numerator, powers)) / denominator;
    let distorted = a * radial
        + params.p.yx * (r + 2.0 * a * a)
        + params.tangential * params.p * a.x * a.y;
    let at = params.focal_length * (distorted + params.center_of_distortion) + params.principal_point;

    let size = vec2<i32>(textureDimensions(color));
    let corner = vec2<i32>(floor(at));
    if any(corner < vec2(0)) || any(corner + 1 >= size) {
        return params.unseen;
    }
    let t = at - floor(at);
    let top = mix(
        textureLoad(color, corner, 0),
        textureLoad(color, corner + vec2(1, 0), 0),
        t.x,
    );
    let bottom = mix(
        textureLoad(color, corner + vec2(0, 1), 0),
        textureLoad(color, corner + vec2(1, 1), 0),
        t.x,
    );
    var rgb = mix(top, bottom, t.y).rgb;
    if params.color_is_linear == 1u {
        rgb = srgb_from_linear(rgb);
    }
    return pack4x8unorm(vec4(rgb, 1.0));
}
