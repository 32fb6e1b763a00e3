// The layout of point buffers. `PointCloudBuffer` documents it for users.

#define_import_path kinect_azure::point

struct Point {
    // Metres in the sensor's space: x right, y up, -z forward.
    position: vec3<f32>,
    // pack4x8unorm of sRGB-encoded red, green, blue, and alpha; alpha 0 = no point here.
    color: u32,
}

fn exists(point: Point) -> bool {
    return point.color >> 24u != 0u;
}
