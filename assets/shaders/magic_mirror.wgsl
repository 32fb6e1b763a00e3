// A player in the colour image, cut out along a smooth edge. The image of player indices has 25 for the first player, 50 for the
// second, as fractions of 255.

#import bevy_pbr::forward_io::VertexOutput

@group(#{MATERIAL_BIND_GROUP}) @binding(0) var color_image: texture_2d<f32>;
@group(#{MATERIAL_BIND_GROUP}) @binding(1) var color_sampler: sampler;
@group(#{MATERIAL_BIND_GROUP}) @binding(2) var index_image: texture_2d<f32>;
// The player's number from 1, and the radius of the edge in pixels of the index image.
@group(#{MATERIAL_BIND_GROUP}) @binding(3) var<uniform> player: vec4<f32>;

// The neighbourhood is sampled at (2 N + 1)² points.
const N: i32 = 3;

@fragment
fn fragment(in: VertexOutput) -> @location(0) vec4<f32> {
    let size = vec2<i32>(textureDimensions(index_image));
    let middle = in.uv * vec2<f32>(size) - 0.5;
    let step = player.y / f32(N);
    var covered = 0.0;
    var weights = 0.0;
    for (var y = -N; y <= N; y++) {
        for (var x = -N; x <= N; x++) {
            let offset = vec2(f32(x), f32(y));
            let weight = exp(-dot(offset, offset) / f32(N * N));
            let at = vec2<i32>(round(middle + offset * step));
            weights += weight;
            if all(at >= vec2(0)) && all(at < size) {
                let index = round(textureLoad(index_image, at, 0).r * 255.0 / 25.0);
                covered += select(0.0, weight, index == player.x);
            }
        }
    }
    // Thin limbs cover less than half of the neighbourhood.
    let alpha = smoothstep(0.3, 0.62, covered / weights);
    if alpha <= 0.0 {
        discard;
    }
    return vec4(textureSample(color_image, color_sampler, in.uv).rgb, alpha);
}
