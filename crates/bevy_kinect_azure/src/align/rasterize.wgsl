// Depth seen from the colour camera, into a z-buffer: every patch of surface between four depth pixels writes the pixels it
// covers. Atomics keep the nearest.

#import kinect_azure::color_camera::{ColorCamera, see}
#import kinect_azure::common::NO_RAY_BELOW
#import kinect_azure::quad::{Quad, hit, quad_between}

// Keep in sync with `Params` in `pipelines.rs`.
struct Params {
    camera: ColorCamera,
    // Of the depth image.
    size: vec2<u32>,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var depth: texture_2d<u32>;
@group(0) @binding(2) var rays: texture_2d<f32>;
// For each depth pixel, the place at which the colour camera sees it, see `see`.
@group(0) @binding(3) var<storage, read_write> vertices: array<vec4<f32>>;
// 65536 - depth in mm of the nearest surface at each colour pixel; 0 = none, the value to which buffers are cleared.
@group(0) @binding(4) var<storage, read_write> nearest_depth: array<atomic<u32>>;
// MAX_PATCH - number of the first patch at that depth; 0 = none.
@group(0) @binding(5) var<storage, read_write> patches: array<atomic<u32>>;

// Keep in sync with `resolve.wgsl`.
const MAX_PATCH: u32 = 0xffffffffu;

@compute @workgroup_size(8, 8)
fn place_vertices(@builtin(global_invocation_id) id: vec3<u32>) {
    if any(id.xy >= params.size) {
        return;
    }
    let pixel = vec2<i32>(id.xy);
    let z = textureLoad(depth, pixel, 0).r;
    let ray = textureLoad(rays, pixel, 0).xy;
    var vertex = vec4(0.0);
    if z != 0u && ray.x > NO_RAY_BELOW {
        vertex = vec4(see(params.camera, vec3(ray, 1.0) * f32(z)), 0.0);
    }
    vertices[id.y * params.size.x + id.x] = vertex;
}

fn patch_at(number: u32) -> Quad {
    return quad_between(
        vertices[number].xyz,
        vertices[number + 1u].xyz,
        vertices[number + params.size.x + 1u].xyz,
        vertices[number + params.size.x].xyz,
    );
}

struct Box {
    low: vec2<i32>,
    // Exclusive.
    high: vec2<i32>,
}

// The colour pixels that a quad can cover.
fn bounds(q: Quad) -> Box {
    let low = min(min(q.top_left.xy, q.top_right.xy), min(q.bottom_right.xy, q.bottom_left.xy));
    let high = max(max(q.top_left.xy, q.top_right.xy), max(q.bottom_right.xy, q.bottom_left.xy));
    let size = vec2(f32(params.camera.width), f32(params.camera.height));
    // Clamped as floats first: a bad calibration gives values beyond the range of integers.
    return Box(
        vec2<i32>(ceil(clamp(low, vec2(0.0), size))),
        vec2<i32>(ceil(clamp(high, vec2(0.0), size))),
    );
}

@compute @workgroup_size(8, 8)
fn rasterize(@builtin(global_invocation_id) id: vec3<u32>) {
    if any(id.xy + 1u >= params.size) {
        return;
    }
    let q = patch_at(id.y * params.size.x + id.x);
    if !q.is_surface {
        return;
    }
    let box = bounds(q);
    for (var y = box.low.y; y < box.high.y; y++) {
        for (var x = box.low.x; x < box.high.x; x++) {
            let h = hit(q, vec2(f32(x), f32(y)));
            if h.is_inside && h.depth > 0u {
                let at = u32(y) * params.camera.width + u32(x);
                atomicMax(&nearest_depth[at], 65536u - h.depth);
            }
        }
    }
}

// The visible patch: the first of several equally near ones, as on the CPU.
@compute @workgroup_size(8, 8)
fn find_patches(@builtin(global_invocation_id) id: vec3<u32>) {
    if any(id.xy + 1u >= params.size) {
        return;
    }
    let number = id.y * params.size.x + id.x;
    let q = patch_at(number);
    if !q.is_surface {
        return;
    }
    let box = bounds(q);
    for (var y = box.low.y; y < box.high.y; y++) {
        for (var x = box.low.x; x < box.high.x; x++) {
            let h = hit(q, vec2(f32(x), f32(y)));
            let at = u32(y) * params.camera.width + u32(x);
            if h.is_inside && 65536u - h.depth == atomicLoad(&nearest_depth[at]) {
                atomicMax(&patches[at], MAX_PATCH - number);
            }
        }
    }
}
