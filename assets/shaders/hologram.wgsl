// A sensor's points as a hologram: glowing where the surface turns away from the viewer, crossed by scan lines, with a pulse
// that runs away from the sensor. It binds the plugin's own point buffer.

#import bevy_pbr::mesh_functions::get_world_from_local
#import bevy_pbr::mesh_view_bindings::{globals, view}
#import kinect_azure::point::{Point, exists}

@group(#{MATERIAL_BIND_GROUP}) @binding(0) var<storage, read> points: array<Point>;
// Points in a row, rows.
@group(#{MATERIAL_BIND_GROUP}) @binding(1) var<uniform> size: vec2<u32>;

struct Varyings {
    @builtin(position) clip_position: vec4<f32>,
    @location(0) color: vec3<f32>,
    // -1 to 1 across the quad.
    @location(1) corner: vec2<f32>,
}

const DEEP: vec3<f32> = vec3(0.03, 0.2, 0.9);
const BRIGHT: vec3<f32> = vec3(0.2, 1.2, 1.7);
const HOT: vec3<f32> = vec3(1.6, 0.5, 2.2);

@vertex
fn vertex(
    @builtin(instance_index) instance: u32,
    @location(0) number: u32,
) -> Varyings {
    let index = number / 4u;
    let corner = vec2(f32(number & 1u), f32((number >> 1u) & 1u)) * 2.0 - 1.0;
    let point = points[index];
    var out: Varyings;
    out.corner = corner;
    if !exists(point) {
        // All four corners on one spot beyond the far plane.
        out.clip_position = vec4(0.0, 0.0, 2.0, 1.0);
        return out;
    }
    let world_from_local = get_world_from_local(instance);
    let world = (world_from_local * vec4(point.position, 1.0)).xyz;
    let center = view.view_from_world * vec4(world, 1.0);

    // How much the surface is turned away from the viewer, from the neighbours in the grid.
    let normal = (world_from_local * vec4(normal_of(index, point.position), 0.0)).xyz;
    let to_viewer = normalize(view.world_position - world);
    let rim = pow(1.0 - abs(dot(normal, to_viewer)), 1.5);

    // Scan lines every four centimetres of height, drifting down.
    let line = 0.5 + 0.5 * cos((world.y * 25.0 + globals.time * 1.5) * 6.2832);
    // A shell that leaves the sensor every four seconds and is five metres away when the next one does.
    let away = length(point.position) - fract(globals.time * 0.25 + 0.55) * 5.0;
    let pulse = exp(-away * away * 400.0) + 0.35 * exp(-max(-away, 0.0) * 5.0) * step(away, 0.0);

    let near = exp2(-0.55 * max(-point.position.z - 1.0, 0.0));
    out.color = near * (mix(DEEP, BRIGHT, rim) * (0.25 + 0.5 * line) * (0.45 + rim) + HOT * pulse * (0.3 + 0.7 * line));

    // About the patch of surface that the point stands for, and hardly smaller than a pixel of the view.
    let clip_center = view.clip_from_view * center;
    let pixel = 2.0 * clip_center.w
        / (vec2(view.clip_from_view[0][0], view.clip_from_view[1][1]) * view.viewport.zw);
    let half = max(vec2(-point.position.z * 0.0014), 0.6 * pixel);
    out.clip_position = view.clip_from_view * vec4(center.xy + corner * half, center.zw);
    return out;
}

// The normal of a surface through the neighbours to the right and below; towards the sensor if one of them is missing.
fn normal_of(index: u32, position: vec3<f32>) -> vec3<f32> {
    let to_sensor = normalize(-position);
    // Neighbours two pixels away, which halves the effect of noise.
    let at = vec2(index % size.x, index / size.x);
    if any(at + 2u >= size) {
        return to_sensor;
    }
    let right = points[index + 2u];
    let below = points[index + 2u * size.x];
    if !exists(right) || !exists(below) {
        return to_sensor;
    }
    let normal = cross(below.position - position, right.position - position);
    return select(to_sensor, normalize(normal), dot(normal, normal) > 0.0);
}

@fragment
fn fragment(in: Varyings) -> @location(0) vec4<f32> {
    let falloff = max(1.0 - dot(in.corner, in.corner), 0.0);
    return vec4(in.color * falloff, falloff);
}
