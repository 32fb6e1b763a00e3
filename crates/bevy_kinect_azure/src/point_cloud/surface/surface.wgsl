// The layout of surface vertices. `SurfaceBuffers` documents it for users.

#define_import_path kinect_azure::surface

struct SurfaceVertex {
    // Metres in the sensor's space: x right, y up, -z forward.
    position: array<f32, 3>,
    // Towards the sensor's side, length 1; 0 where there is no point.
    normal: array<f32, 3>,
    // pack2x16unorm of red and green, and of blue and 1: linear light.
    color: vec2<u32>,
}
