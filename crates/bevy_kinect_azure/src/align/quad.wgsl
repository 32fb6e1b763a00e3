// The patch of surface between four neighbouring depth pixels, as the colour camera sees it. The rules are the vendor's, see
// `kinect_azure::transform`; tests compare the results.

#define_import_path kinect_azure::quad

#import kinect_azure::common::DISCONTINUITY

// Which of the four corners has no depth and was replaced by its neighbours.
const NONE: u32 = 0u;
const TOP_LEFT: u32 = 1u;
const TOP_RIGHT: u32 = 2u;
const BOTTOM_RIGHT: u32 = 3u;
const BOTTOM_LEFT: u32 = 4u;

// Patches wider or higher than this many pixels are not drawn: the limit bounds the time that a broken calibration can cost.
// Keep in sync with `kinect_azure::transform`.
const LARGEST: f32 = 256.0;

// Corners are pixels of the colour image (x, y) with their depth in mm (z), z = 0 = none.
struct Quad {
    top_left: vec3<f32>,
    top_right: vec3<f32>,
    bottom_right: vec3<f32>,
    bottom_left: vec3<f32>,
    missing: u32,
    is_surface: bool,
}

fn quad_between(tl: vec3<f32>, tr: vec3<f32>, br: vec3<f32>, bl: vec3<f32>) -> Quad {
    var q = Quad(tl, tr, br, bl, NONE, false);
    let gaps = vec4(tl.z, tr.z, br.z, bl.z) <= vec4(0.0);
    let count = u32(gaps.x) + u32(gaps.y) + u32(gaps.z) + u32(gaps.w);
    if count > 1u {
        return q;
    }
    if gaps.x {
        q.missing = TOP_LEFT;
        q.top_left = (tr + bl) * 0.5;
    } else if gaps.y {
        q.missing = TOP_RIGHT;
        q.top_right = br;
        q.bottom_right = (br + bl) * 0.5;
    } else if gaps.z {
        q.missing = BOTTOM_RIGHT;
        q.bottom_right = (tr + bl) * 0.5;
    } else if gaps.w {
        q.missing = BOTTOM_LEFT;
        q.bottom_left = br;
        q.bottom_right = (tr + br) * 0.5;
    }
    let z = vec4(q.top_left.z, q.top_right.z, q.bottom_right.z, q.bottom_left.z);
    let nearest = min(min(z.x, z.y), min(z.z, z.w));
    let farthest = max(max(z.x, z.y), max(z.z, z.w));
    let low = min(min(q.top_left.xy, q.top_right.xy), min(q.bottom_right.xy, q.bottom_left.xy));
    let high = max(max(q.top_left.xy, q.top_right.xy), max(q.bottom_right.xy, q.bottom_left.xy));
    q.is_surface = farthest - nearest <= DISCONTINUITY * nearest
        && all(high - low <= vec2(LARGEST));
    return q;
}

// The place of a colour pixel in a quad: the weights of the bottom right corner (x), of the third corner of the half it is in (y)
// and of the top left corner (z).
struct Hit {
    is_inside: bool,
    weights: vec3<f32>,
    // 1 / the sum of the weights
    scale: f32,
    // Whether that half is the lower left one.
    is_bottom_left: bool,
    // mm
    depth: u32,
}

fn cross_at(a: vec2<f32>, b: vec2<f32>, p: vec2<f32>) -> f32 {
    return (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x);
}

fn hit(q: Quad, p: vec2<f32>) -> Hit {
    var out: Hit;
    let diagonal = cross_at(q.top_left.xy, q.bottom_right.xy, p);
    out.is_bottom_left = diagonal >= 0.0;
    let third = select(q.top_right, q.bottom_left, out.is_bottom_left);
    var weights = vec3(
        cross_at(third.xy, q.top_left.xy, p),
        diagonal,
        cross_at(q.bottom_right.xy, third.xy, p),
    );
    if diagonal < 0.0 {
        weights = -weights;
    }
    // One closed and one open side: neighbours share every pixel between them once.
    out.is_inside = weights.x >= 0.0 && weights.z > 0.0;
    out.weights = weights;
    out.scale = 1.0 / (weights.x + weights.y + weights.z);
    let z = weighted(out, vec3(q.bottom_right.z, third.z, q.top_left.z));
    out.depth = u32(clamp(round(z), 0.0, 65535.0));
    return out;
}

fn weighted(h: Hit, values: vec3<f32>) -> f32 {
    let w = h.weights;
    return (w.x * values.x + w.y * values.y + w.z * values.z) * h.scale;
}

// The interpolated value of an image aligned along with depth, at a hit; values at the corners in the order of `quad_between`.
fn interpolated(q: Quad, h: Hit, values: vec4<u32>) -> u32 {
    let tr = values.y;
    let br = values.z;
    let bl = values.w;
    var corners = values;
    switch q.missing {
        case TOP_LEFT: { corners.x = (tr + bl) / 2u; }
        case TOP_RIGHT: { corners.y = br; corners.z = (br + bl) / 2u; }
        case BOTTOM_RIGHT: { corners.z = (tr + bl) / 2u; }
        case BOTTOM_LEFT: { corners.w = br; corners.z = (tr + br) / 2u; }
        default: {}
    }
    let third = select(corners.y, corners.w, h.is_bottom_left);
    return u32(round(weighted(h, vec3(f32(corners.z), f32(third), f32(corners.x)))));
}

// The value at the corner with the largest weight, without interpolation.
fn nearest(q: Quad, h: Hit, values: vec4<u32>) -> u32 {
    let tr = values.y;
    let br = values.z;
    let bl = values.w;
    var corners = values;
    switch q.missing {
        case TOP_LEFT: { corners.x = br; }
        case TOP_RIGHT: { corners.y = br; corners.z = bl; }
        case BOTTOM_RIGHT: { corners.z = values.x; }
        case BOTTOM_LEFT: { corners.w = br; corners.z = tr; }
        default: {}
    }
    let third = select(corners.y, corners.w, h.is_bottom_left);
    let w = h.weights;
    if w.x > w.y {
        return select(corners.x, corners.z, w.x > w.z);
    }
    return select(corners.x, third, w.y > w.z);
}
