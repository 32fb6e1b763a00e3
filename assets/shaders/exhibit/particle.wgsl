// A particle of the example `exhibit`; the buffer begins with zeros.

struct Particle {
    // In the mirror world, in metres.
    position: vec3<f32>,
    // How brightly it shines.
    glow: f32,
    // In metres per second.
    velocity: vec3<f32>,
    // Seconds until a free particle looks for a place.
    rest: f32,
    // Linear colour.
    color: vec3<f32>,
    // Its place: 0 = free; the number of a point of the cloud, from 1; or, with the highest bit, a bone of a figure.
    place: u32,
}

// 32 random bits from a number (PCG).
fn hash(number: u32) -> u32 {
    let state = number * 747796405u + 2891336453u;
    let word = ((state >> ((state >> 28u) + 4u)) ^ state) * 277803737u;
    return (word >> 22u) ^ word;
}

// From 0 to just below 1.
fn unit(bits: u32) -> f32 {
    return f32(bits >> 8u) / 16777216.0;
}
