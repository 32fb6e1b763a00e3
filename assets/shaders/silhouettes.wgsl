// The passes of the example `silhouettes`: the player index as glowing outlines, premultiplied with alpha. params[0].x says which pass
// this is:
//
//   0  marks players: red and green are 1 where there is one, blue is the player's number from 1
//   1  spreads them: params[0].y is the distance of the neighbours in pixels. Red is spread in every pass and becomes the glow;
//      green only in the first ones, where params[0].z is 1, and becomes the smooth edge
//   2  paints them: params[0].y is the brightness of the glow outside, .z the alpha inside

#import kinect_azure::output_pass::{fetch, is_inside, pass_info}

const MARK: u32 = 0u;
const SPREAD: u32 = 1u;

// exp(-2²): the bell of the rim where no or every pixel of the neighbourhood is covered.
const RIM_END: f32 = 0.01831564;

// Light from the top to the bottom of a player, linear: pairs of colours that look well beside each other in any order.
const TOPS: array<vec3<f32>, 6> = array(
    vec3(1.00, 0.52, 0.16), vec3(0.16, 0.72, 0.95), vec3(0.98, 0.25, 0.42),
    vec3(0.45, 0.95, 0.62), vec3(0.70, 0.45, 1.00), vec3(0.98, 0.85, 0.42),
);
const BOTTOMS: array<vec3<f32>, 6> = array(
    vec3(0.85, 0.08, 0.22), vec3(0.10, 0.14, 0.85), vec3(0.38, 0.06, 0.75),
    vec3(0.02, 0.35, 0.60), vec3(0.12, 0.10, 0.80), vec3(0.90, 0.25, 0.08),
);

@fragment
fn pass_main(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
    let pixel = vec2<i32>(position.xy);
    switch u32(pass_info.params[0].x) {
        case MARK: {
            let player = round(fetch(pixel).r * 255.0 / 25.0);
            let is_player = select(0.0, 1.0, player > 0.0);
            return vec4(is_player, is_player, player, 1.0);
        }
        case SPREAD: {
            return spread(pixel);
        }
        default: {
            return paint(pixel, position.xy);
        }
    }
}

// A blur of 3 x 3 pixels that lie apart. The player's number comes from the brightest of them.
fn spread(pixel: vec2<i32>) -> vec4<f32> {
    let apart = i32(pass_info.params[0].y);
    let center = fetch(pixel);
    var sum = vec2(0.0);
    var brightest = center.rb;
    for (var y = -1; y <= 1; y++) {
        for (var x = -1; x <= 1; x++) {
            let at = pixel + vec2(x, y) * apart;
            if !is_inside(at) {
                continue;
            }
            let value = fetch(at);
            sum += value.rg * f32((2 - abs(x)) * (2 - abs(y))) / 16.0;
            if center.b == 0.0 && value.b > 0.0 && value.r > brightest.x {
                brightest = value.rb;
            }
        }
    }
    let edge = select(center.g, sum.y, pass_info.params[0].z > 0.5);
    return vec4(sum.x, edge, brightest.y, 1.0);
}

fn paint(pixel: vec2<i32>, at: vec2<f32>) -> vec4<f32> {
    let value = fetch(pixel);
    if value.b == 0.0 {
        return vec4(0.0);
    }
    let uv = at / vec2<f32>(pass_info.size);
    let number = (u32(value.b) - 1u) % 6u;
    var tops = TOPS;
    var bottoms = BOTTOMS;
    let color = mix(tops[number], bottoms[number], smoothstep(0.15, 0.9, uv.y));
    // Inside, light fades from the edge, where half of the blurred neighbourhood is covered.
    let inside = smoothstep(0.35, 0.65, value.g);
    let from_edge = 4.0 * (value.g - 0.5);
    // A bell from 0 to 1. It is exactly 0 away from the edge, or the squares in which the passes spread the light would be seen.
    let rim = (exp(-from_edge * from_edge) - RIM_END) / (1.0 - RIM_END);
    let depth = saturate(2.0 * (value.r - 0.5));
    let body = inside * mix(0.55, 0.05, smoothstep(0.0, 0.9, depth));
    let glow = (1.0 - inside) * smoothstep(0.05, 0.5, value.r) * pass_info.params[0].y;
    let light = color * (body + glow + 0.9 * rim) + vec3(1.0, 0.96, 0.9) * 0.3 * rim * rim;
    // Nothing is cut off at the edges of the image.
    let border = smoothstep(vec2(0.0), vec2(0.06, 0.05), min(uv, 1.0 - uv));
    return vec4(light, inside * pass_info.params[0].z) * border.x * border.y;
}
