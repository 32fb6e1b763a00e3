// Floor and background of the example `exhibit`: a wet floor in the dark, lit by the people who stand on it, and a glow behind.

#import bevy_pbr::forward_io::VertexOutput
#import bevy_pbr::mesh_view_bindings::{globals, view}

struct Light {
    // Where somebody stands; w: how bright, 0 to 1.
    place: vec4<f32>,
    // Linear colour.
    color: vec4<f32>,
}

// Keep in sync with `Lights` in `stage.rs`.
struct Lights {
    lights: array<Light, 6>,
    // Linear colours of the glow at the horizon and of the sky; w of the first: how wide the glow is, in metres.
    horizon: vec4<f32>,
    sky: vec4<f32>,
}

@group(#{MATERIAL_BIND_GROUP}) @binding(0) var<uniform> stage: Lights;

@fragment
fn fragment(in: VertexOutput) -> @location(0) vec4<f32> {
    let at = in.world_position.xyz;
    if in.world_normal.y < 0.5 {
        return vec4(backdrop(at), 1.0);
    }
    let to_eye = view.world_position - at;
    let distance = length(to_eye);
    // The floor shows the background, more where it is seen at a flat angle.
    let flat_angle = pow(1.0 - saturate(to_eye.y / distance), 4.0);
    let mirrored = reflect(-to_eye / distance, vec3(0.0, 1.0, 0.0));
    let behind = at + mirrored * ((-13.0 - at.z) / min(mirrored.z, -0.05));
    var color = backdrop(behind) * (0.05 + 0.75 * flat_angle);
    // Light around the feet, with rings that run outwards.
    for (var n = 0u; n < 6u; n++) {
        let light = stage.lights[n];
        let off = length(at.xz - light.place.xz);
        let rings = 0.5 + 0.5 * sin(off * 17.0 - globals.time * 2.6);
        let pool = exp(-off * 2.6) * 0.1 + exp(-off * 1.1) * 0.02 * rings * rings;
        color += light.color.rgb * light.place.w * pool;
    }
    // Fine ripples.
    let ripple = sin(at.x * 23.0 + 3.0 * sin(at.z * 2.1 + globals.time * 0.4)) * sin(at.z * 19.0 + 2.0 * sin(at.x * 1.7));
    color *= 1.0 + 0.1 * ripple * exp(-distance * 0.25);
    // Far away it becomes the background.
    let far = smoothstep(5.0, 12.5, distance);
    return vec4(mix(color, backdrop(vec3(at.x, 0.0, -13.0)), far), 1.0);
}

// The light behind everything, at a place 13 m behind the screen.
fn backdrop(at: vec3<f32>) -> vec3<f32> {
    let side = at.x / stage.horizon.w;
    let glow = exp(-side * side - pow(max(at.y - 0.2, 0.0) / 2.6, 1.2));
    let haze = 0.5 + 0.5 * sin(at.x * 0.45 + sin(at.y * 0.6 + globals.time * 0.06) * 1.5 + globals.time * 0.04);
    return stage.sky.rgb + stage.horizon.rgb * glow * (0.75 + 0.35 * haze);
}
