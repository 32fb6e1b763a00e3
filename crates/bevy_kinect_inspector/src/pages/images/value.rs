//! What is measured under the pointer.

use bevy::math::{UVec2, Vec2};
use bevy_kinect_azure::body::BodyIndexMap;
use bevy_kinect_azure::image_output::{ImageKind, ImageOutput};
use bevy_kinect_azure::sensor::{Frame, SensorFrame};

/// The values of the newest frame at a place of an output's picture, from 0 to 1 from left to right and from top to bottom.
pub(super) fn value_at(
    place: Vec2,
    output: &ImageOutput,
    frame: &SensorFrame,
    map: Option<&BodyIndexMap>,
) -> String {
    let Some(frame) = frame.latest() else {
        return "no frame".to_owned();
    };
    let is_of_color = output.aligned != (output.kind == ImageKind::Color);
    let size = match is_of_color {
        true => UVec2::from(frame.color_size),
        false => of_depth_camera(frame),
    };
    let Some(pixel) = pixel(place, size, output.mirror) else {
        return "outside".to_owned();
    };
    let mut words = vec![format!("{}, {}", pixel.x, pixel.y)];
    if is_of_color {
        words.extend(color(frame, pixel));
    } else {
        words.extend(measured(frame, pixel));
        words.extend(player(map, pixel));
    }
    words.join("   ")
}

/// The pixel at a place of a picture that may be mirrored.
fn pixel(place: Vec2, size: UVec2, is_mirrored: bool) -> Option<UVec2> {
    let x = if is_mirrored { 1.0 - place.x } else { place.x };
    let inside = Vec2::new(x, place.y) * size.as_vec2();
    let is_inside = inside.cmpge(Vec2::ZERO).all() && size.min_element() > 0;
    is_inside.then(|| inside.as_uvec2().min(size - 1))
}

fn of_depth_camera(frame: &Frame) -> UVec2 {
    let image = frame.capture.depth.as_ref().or(frame.capture.ir.as_ref());
    image.map_or(UVec2::ZERO, |image| UVec2::new(image.width, image.height))
}

/// Depth and infrared of a pixel of the depth camera.
fn measured(frame: &Frame, pixel: UVec2) -> Vec<String> {
    let mut words = Vec::new();
    if frame.capture.depth.is_some() {
        words.push(match frame.depth_metres(pixel.x, pixel.y) {
            Some(metres) => format!("{:.0} mm", metres * 1000.0),
            None => "no depth".to_owned(),
        });
    }
    if let Some(ir) = &frame.capture.ir
        && pixel.x < ir.width
    {
        let at = pixel.y as usize * ir.width as usize + pixel.x as usize;
        if let Some(value) = ir.u16_pixels().get(at) {
            words.push(format!("IR {value}"));
        }
    }
    words
}

/// The player who covers a pixel of the depth camera.
fn player(map: Option<&BodyIndexMap>, pixel: UVec2) -> Option<String> {
    let map = map?.0.as_ref()?;
    if pixel.x >= map.width() {
        return None;
    }
    let at = pixel.y as usize * map.width() as usize + pixel.x as usize;
    let player = *map.pixels().get(at)?;
    (player != u8::MAX).then(|| format!("player {player}"))
}

/// The colour of a pixel of the colour camera.
fn color(frame: &Frame, pixel: UVec2) -> Option<String> {
    let at = (pixel.y as usize * frame.color_size.0 as usize + pixel.x as usize) * 4;
    let &[blue, green, red] = frame.color_bgra().get(at..at + 3)?.first_chunk()?;
    Some(format!("RGB {red} {green} {blue}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_pixels_and_mirrored_places_those_of_the_other_side() {
        let size = UVec2::new(640, 576);
        let at = |x, y, mirrored| pixel(Vec2::new(x, y), size, mirrored);
        assert_eq!(at(0.0, 0.0, false), Some(UVec2::ZERO));
        assert_eq!(at(0.0, 0.0, true), Some(UVec2::new(639, 0)));
        assert_eq!(at(1.0, 1.0, false), Some(UVec2::new(639, 575)));
        assert_eq!(at(-0.1, 0.5, false), None);
        assert_eq!(at(f32::NAN, 0.5, false), None);
        assert_eq!(pixel(Vec2::splat(0.5), UVec2::ZERO, false), None);
    }
}
