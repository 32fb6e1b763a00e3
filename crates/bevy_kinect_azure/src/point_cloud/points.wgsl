// Draws a buffer of points as quads that face the viewer.

#import bevy_pbr::mesh_functions::get_world_from_local
#import bevy_pbr::mesh_view_bindings::view
#import kinect_azure::common::linear_from_srgb
#import kinect_azure::point::Point

// Keep in sync with `Params` in `material.rs`.
struct Params {
    size: f32,
    size_unit: u32,
    shape: u32,
    padding: u32,
}

const FOOTPRINT: u32 = 0u;
const PIXELS: u32 = 2u;
const DISC: u32 = 1u;

@group(#{MATERIAL_BIND_GROUP}) @binding(0) var<storage, read> points: array<Point>;
@group(#{MATERIAL_BIND_GROUP}) @binding(1) var<uniform> params: Params;

struct Varyings {
    @builtin(position) clip_position: vec4<f32>,
    @location(0) color: vec4<f32>,
    // -1 to 1 across the quad.
    @location(1) corner: vec2<f32>,
}

@vertex
fn vertex(
    @builtin(instance_index) instance: u32,
    @location(0) number: u32,
) -> Varyings {
    let point = points[number / 4u];
    let corner = vec2(f32(number & 1u), f32((number >> 1u) & 1u)) * 2.0 - 1.0;
    let color = unpack4x8unorm(point.color);
    var out: Varyings;
    out.corner = corner;
    out.color = vec4(linear_from_srgb(color.rgb), 1.0);
    if color.a == 0.0 {
        // No point: all four corners on one spot beyond the far plane.
        out.clip_position = vec4(0.0, 0.0, 2.0, 1.0);
        return out;
    }
    let world_from_local = get_world_from_local(instance);
    let center = view.view_from_world * (world_from_local * vec4(point.position, 1.0));
    let clip_center = view.clip_from_view * center;
    // Half a pixel of the view, in the view's own units at the point's distance.
    let half_pixel = clip_center.w
        / (vec2(view.clip_from_view[0][0], view.clip_from_view[1][1]) * view.viewport.zw);
    var half = vec2(0.5 * params.size * length(world_from_local[0].xyz));
    if params.size_unit == FOOTPRINT {
        half *= -point.position.z;
    } else if params.size_unit == PIXELS {
        half = half_pixel * params.size;
    }
    // Never smaller than a pixel: surfaces would get holes.
    half = max(half, half_pixel);
    // The offset is added before projection, where it is small: no loss of precision far from the origin.
    out.clip_position = view.clip_from_view * vec4(center.xy + corner * half, center.zw);
    return out;
}

@fragment
fn fragment(in: Varyings) -> @location(0) vec4<f32> {
    if params.shape == DISC && dot(in.corner, in.corner) > 1.0 {
        discard;
    }
    return in.color;
}
