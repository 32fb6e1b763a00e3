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
    // How far away neighbours are that normals are computed from, in points; 0 = the four direct neighbours.
    normal_radius: i32,
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
    var normal = vec3(0.0);
    if params.normal_radius > 0 {
        normal = normal_of_plane(at, p);
    }
    if dot(normal, normal) == 0.0 {
        // From left to right and from below to above, over the neighbours on the same surface.
        let across = neighbor(at, vec2(1, 0), p) - neighbor(at, vec2(-1, 0), p);
        let up = neighbor(at, vec2(0, -1), p) - neighbor(at, vec2(0, 1), p);
        normal = cross(across, up);
    }
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

// A surface that rises by this much for each metre sideways, and by this part of its distance beyond that, is one surface for its
// normals.
const NORMAL_STEEPEST: f32 = 2.75;
const NORMAL_ROUGHNESS: f32 = 0.005;

// The normal of a plane through the neighbours on the same surface; 0 if there are too few.
//
// On a plane the inverse depth is a linear function of the ray. Distances along the image and inverse depths are relative to the
// point's own.
fn normal_of_plane(at: vec2<u32>, p: vec3<f32>) -> vec3<f32> {
    let ray = p.xy / p.z;
    let reach = f32((params.normal_radius + 1) * (params.normal_radius + 1));
    var weight = 0.0;
    var sum = vec3(0.0);
    var squares = vec3(0.0);
    var products = vec2(0.0);
    for (var dy = -params.normal_radius; dy <= params.normal_radius; dy++) {
        for (var dx = -params.normal_radius; dx <= params.normal_radius; dx++) {
            let place = vec2<i32>(at) + vec2(dx, dy);
            let aside = 1.0 - f32(dx * dx + dy * dy) / reach;
            if aside <= 0.0 || any(place < vec2(0)) || any(place >= vec2<i32>(params.size)) {
                continue;
            }
            let other = points[u32(place.y) * params.size.x + u32(place.x)];
            if !exists(other) {
                continue;
            }
            let offset = other.position.xy / other.position.z - ray;
            let near = -max(p.z, other.position.z);
            var limit = near * (NORMAL_STEEPEST * length(offset) + NORMAL_ROUGHNESS);
            if params.cut >= 0.0 {
                limit = min(limit, max(params.cut, STEEPEST * length(offset)) * near);
            }
            let off = (other.position.z - p.z) / max(limit, 1.0e-6);
            let alike = 1.0 - off * off;
            if alike <= 0.0 {
                continue;
            }
            let w = aside * alike * alike;
            let inverse = p.z / other.position.z - 1.0;
            weight += w;
            sum += w * vec3(offset, inverse);
            squares += w * vec3(offset * offset, offset.x * offset.y);
            products += w * offset * inverse;
        }
    }
    if weight == 0.0 {
        return vec3(0.0);
    }
    let mean = sum / weight;
    let spread = squares / weight - vec3(mean.xy * mean.xy, mean.x * mean.y);
    let rise = products / weight - mean.xy * mean.z;
    let area = spread.x * spread.y - spread.z * spread.z;
    // All on one line.
    if area <= 1.0e-3 * spread.x * spread.y {
        return vec3(0.0);
    }
    let slope = vec2(spread.y * rise.x - spread.z * rise.y, spread.x * rise.y - spread.z * rise.x) / area;
    // For points q of the plane: slope . (q.xy / q.z - ray) + height = p.z / q.z.
    let height = 1.0 + mean.z - dot(slope, mean.xy);
    let normal = vec3(slope, height - dot(slope, ray));
    // Towards the sensor.
    return normal * -sign(dot(normal, p));
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
