// The pixel at which the colour camera sees a point: the vendor's lens model in 32-bit floats. The order of operations is that of
// `kinect_azure::transform`, so that results are the same to the last bit, unless the driver fuses multiplication and addition, as
// it may.

#define_import_path kinect_azure::color_camera

// Keep in sync with `ColorCamera` in `camera.rs`.
struct ColorCamera {
    // Colour camera from depth camera: columns of the rotation, and the translation in mm.
    rotation_x: vec3<f32>,
    // Factor of the mixed tangential terms: 2 for Brown-Conrady, 1 for Rational 6KT.
    tangential: f32,
    rotation_y: vec3<f32>,
    // Below 0 if there is no colour camera: then it sees no point.
    metric_radius_squared: f32,
    rotation_z: vec3<f32>,
    padding: u32,
    translation: vec3<f32>,
    padding_too: u32,
    focal_length: vec2<f32>,
    principal_point: vec2<f32>,
    // k1, k2, k3
    numerator: vec3<f32>,
    // Width and height of its images.
    width: u32,
    // k4, k5, k6
    denominator: vec3<f32>,
    height: u32,
    center_of_distortion: vec2<f32>,
    // p1, p2
    p: vec2<f32>,
}

// The pixel (x, y) at which a point of the depth camera's frame (mm) is seen, and its distance from the colour camera
// along the optical axis in mm (z); z is 0 for points it cannot see. The pixel may lie outside the image.
fn see(camera: ColorCamera, point: vec3<f32>) -> vec3<f32> {
    let q = camera.rotation_z * point.z + camera.rotation_y * point.y + camera.rotation_x * point.x
        + camera.translation;
    if q.z <= 0.0 {
        return vec3(0.0);
    }
    let a = q.xy * (1.0 / q.z) - camera.center_of_distortion;
    let squares = a * a;
    let r = squares.x + squares.y;
    if r > camera.metric_radius_squared {
        return vec3(0.0);
    }
    let radial = polynomial(camera.numerator, r) * (1.0 / not_zero(polynomial(camera.denominator, r)));
    let distorted = a * radial + (r + 2.0 * squares) * camera.p.yx
        + camera.tangential * (a.x * a.y) * camera.p;
    let pixel = (distorted + camera.center_of_distortion) * camera.focal_length
        + camera.principal_point;
    return vec3(pixel, q.z);
}

fn polynomial(k: vec3<f32>, r: f32) -> f32 {
    return 1.0 + k.x * r + k.y * (r * r) + k.z * (r * r * r);
}

fn not_zero(value: f32) -> f32 {
    return select(value, 1.0, value == 0.0);
}
