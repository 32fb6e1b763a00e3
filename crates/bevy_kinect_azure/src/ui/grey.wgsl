// An image of one channel as grey.

#import bevy_ui::ui_vertex_output::UiVertexOutput

@group(1) @binding(0) var image: texture_2d<f32>;
@group(1) @binding(1) var image_sampler: sampler;

@fragment
fn fragment(in: UiVertexOutput) -> @location(0) vec4<f32> {
    let value = textureSample(image, image_sampler, in.uv).r;
    return vec4(value, value, value, 1.0);
}
