// Points to triangles: two between any four neighbours, fewer where points are missing or depth jumps.

#import kinect_azure::common::linear_from_srgb
#import kinect_azure::point::{Point, exists}
#import kinect_azure::surface::SurfaceVertex

// Keep in sync with `Params` in `compute.rs`.
struct Params {
    // Size of the grid of points.
    size: vec2<u32>,
    // See `SurfaceMesh::cut`; below 0, nothing is cut.
    cut: f32,
    padding: u32,
}

// Arguments of an indexed indirect draw.
struct Draw {
    index_count: atomic<u32>,
    instance_count: u32,
    first_index: u32,
    base_vertex: u32,
    first_instance: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> points: array<Point>;
@group(0) @binding(2) var<storage, read_write> vertices: array<SurfaceVertex>;
// All 0 before this runs.
@group(0) @binding(3) var<storage, read_write> indices: array<u32>;
// All 0 before this runs, too.
@group(0) @binding(4) var<storage, read_write> draw: Draw;

// tan 80 degrees. Keep in sync with `STEEPEST` in `component.rs`.
const STEEPEST: f32 = 5.671282;

// The number of triangles in the workgroup, and their place in the list: one atomic on the list's length for all of them.
var<workgroup> triangles: atomic<u32>;
var<workgroup> first: u32;

@compute @workgroup_size(8, 8)
fn triangulate(
    @builtin(global_invocation_id) id: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
    if all(id == vec3(0u)) {
        draw.instance_count = 1u;
    }
    if local == 0u {
        atomicStore(&triangles, 0u);
    }
    workgroupBarrier();
    let number = id.y * params.size.x + id.x;
    if all(id.xy < params.size) {
        vertices[number] = vertex(id.xy, number);
    }

    var corners = array<vec3<u32>, 2>();
    var count = 0u;
    if all(id.xy + 1u < params.size) {
        let tl = number;
        let tr = number + 1u;
        let bl = number + params.size.x;
        let br = bl + 1u;
        var candidates = array<vec3<u32>, 2>(vec3(tl, bl, br), vec3(tl, br, tr));
        // The diagonal on one surface, if there is one; if a corner is missing, the diagonal that leaves a triangle.
        if abs(depth(tr) - depth(bl)) < abs(depth(tl) - depth(br)) || !exists(points[tl])
            || !exists(points[br])
        {
            candidates = array<vec3<u32>, 2>(vec3(tl, bl, tr), vec3(tr, bl, br));
        }
        if !exists(points[tr]) || !exists(points[bl]) {
            candidates = array<vec3<u32>, 2>(vec3(tl, bl, br), vec3(tl, br, tr));
        }
        for (var i = 0u; i < 2u; i++) {
            if is_surface(candidates[i]) {
                corners[count] = candidates[i];
                count += 1u;
            }
        }
    }

    let within = atomicAdd(&triangles, count);
    workgroupBarrier();
    if local == 0u {
        first = atomicAdd(&draw.index_count, atomicLoad(&triangles) * 3u);
    }
    workgroupBarrier();
    for (var i = 0u; i < count; i++) {
        let at = first + (within + i) * 3u;
        indices[at] = corners[i].x;
        indices[at + 1u] = corners[i].y;
        indices[at + 2u] = corners[i].z;
    }
}

fn depth(number: u32) -> f32 {
    return -points[number].position.z;
}

fn is_surface(triangle: vec3<u32>) -> bool {
    let a = points[triangle.x];
    let b = points[triangle.y];
    let c = points[triangle.z];
    return exists(a) && exists(b) && exists(c) && is_joined(a.position, b.position)
        && is_joined(b.position, c.position) && is_joined(c.position, a.position);
}

// Whether two points are on the same surface. Keep in sync with `SurfaceMesh::cut`.
fn is_joined(a: vec3<f32>, b: vec3<f32>) -> bool {
    let near = min(-a.z, -b.z);
    let far = max(-a.z, -b.z);
    let aside = near * distance(a.xy / a.z, b.xy / b.z);
    return params.cut < 0.0 || far - near <= max(params.cut * near, STEEPEST * aside);
}

fn vertex(at: vec2<u32>, number: u32) -> SurfaceVertex {
    let point = points[number];
    if !exists(point) {
        return SurfaceVertex();
    }
    let p = point.position;
    // From left to right and from below to above, over the neighbours on the same surface.
    let across = neighbor(at, vec2(1, 0), p) - neighbor(at, vec2(-1, 0), p);
    let up = neighbor(at, vec2(0, -1), p) - neighbor(at, vec2(0, 1), p);
    var normal = cross(across, up);
    if dot(normal, normal) == 0.0 {
        // Without neighbours the normal is unknown: it points at the sensor.
        normal = -p;
    }
    normal = normalize(normal);
    let linear = linear_from_srgb(unpack4x8unorm(point.color).rgb);
    return SurfaceVertex(
        array<f32, 3>(p.x, p.y, p.z),
        array<f32, 3>(normal.x, normal.y, normal.z),
        vec2(pack2x16unorm(linear.rg), pack2x16unorm(vec2(linear.b, 1.0))),
    );
}

// The position of a neighbour on the same surface; where there is none, the point's own.
fn neighbor(at: vec2<u32>, offset: vec2<i32>, own: vec3<f32>) -> vec3<f32> {
    let place = vec2<i32>(at) + offset;
    if any(place < vec2(0)) || any(place >= vec2<i32>(params.size)) {
        return own;
    }
    let other = points[u32(place.y) * params.size.x + u32(place.x)];
    if !exists(other) || !is_joined(own, other.position) {
        return own;
    }
    return other.position;
}
