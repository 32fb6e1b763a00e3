// A pass of an image output: contours on a darker image.

#import kinect_azure::output_pass::{COLOR, INFRARED, difference, fetch, is_measured, pass_info}

@fragment
fn pass_main(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
    let pixel = vec2<i32>(position.xy);
    let value = fetch(pixel);
    // The difference from which a contour is drawn, and the width of contours.
    let threshold = pass_info.params[0].x;
    let width = i32(pass_info.params[0].y);
    var jump = 0.0;
    for (var y = -width; y <= width; y++) {
        for (var x = -width; x <= width; x++) {
            let neighbor = fetch(pixel + vec2(x, y));
            if is_measured(neighbor) {
                jump = max(jump, difference(value, neighbor));
            }
        }
    }
    if jump < threshold || !is_measured(value) {
        return value;
    }
    // Pictures get a bright line; data has no value there.
    if pass_info.kind == COLOR || pass_info.kind == INFRARED {
        return vec4(1.0);
    }
    return vec4(0.0);
}
