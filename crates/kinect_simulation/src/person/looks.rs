//! A person's looks: skin, hair, clothes and carried objects.

use super::physique::Physique;
use crate::random::Random;

/// An sRGB colour, 0 to 255 each.
pub(crate) type Srgb = [u8; 3];

/// A person: body and looks, which [`Person::random`] chooses.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Person {
    /// The body's measures.
    pub(crate) physique: Physique,
    /// Hair, clothes and what is carried.
    pub(crate) looks: Looks,
    /// Whether the hands can close: their fingers are apart, and hold nothing.
    pub(crate) fingers: bool,
}

/// Hair, clothes and what is carried.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Looks {
    /// Colour of the skin.
    pub(crate) skin: Srgb,
    /// How the hair is worn.
    pub(crate) hair: HairStyle,
    /// Colour of the hair. Dark hair hardly returns infrared light.
    pub(crate) hair_color: Srgb,
    /// Whether there is a beard.
    pub(crate) beard: bool,
    /// What the upper body wears.
    pub(crate) top: Top,
    /// Colour of the top.
    pub(crate) top_color: Srgb,
    /// Pattern on the top, drawn in [`second_color`](Self::second_color).
    pub(crate) pattern: Pattern,
    /// The pattern's colour.
    pub(crate) second_color: Srgb,
    /// What the legs wear.
    pub(crate) bottom: Bottom,
    /// Colour of trousers or skirt.
    pub(crate) bottom_color: Srgb,
    /// Colour of the shoes.
    pub(crate) shoe_color: Srgb,
    /// An open coat of that colour over the other clothes.
    pub(crate) coat: Option<Srgb>,
    /// Whether the coat reaches to the calves instead of above the knees.
    pub(crate) long_coat: bool,
    /// What the head wears.
    pub(crate) headwear: Headwear,
    /// Colour of what the head wears.
    pub(crate) headwear_color: Srgb,
    /// A bag.
    pub(crate) bag: Bag,
    /// Colour of the bag.
    pub(crate) bag_color: Srgb,
    /// What the right hand holds.
    pub(crate) held: Held,
}

/// How hair is worn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum HairStyle {
    /// None.
    Bald,
    /// A few centimetres.
    #[default]
    Short,
    /// Down to the chin.
    Bob,
    /// Over the shoulders.
    Long,
    /// Tied at the back of the head.
    Bun,
    /// A head of curls.
    Curly,
    /// Tied at the back of the head, hanging to the shoulders.
    Ponytail,
}

/// What the head wears.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Headwear {
    /// Nothing.
    #[default]
    Nothing,
    /// With a peak over the forehead.
    Cap,
    /// With a brim all around.
    Hat,
    /// Over head and neck, open at the face.
    Hood,
}

/// What the upper body wears.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Top {
    /// Short sleeves.
    #[default]
    TShirt,
    /// Long sleeves, close to the body.
    Shirt,
    /// Thick and loose.
    Pullover,
}

/// What the legs wear.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Bottom {
    /// Down to the ankles.
    #[default]
    Trousers,
    /// Down to the knees.
    Shorts,
    /// Down to the knees, around both legs.
    Skirt,
    /// Down to the calves, around both legs.
    LongSkirt,
}

/// A pattern on a garment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Pattern {
    /// One colour.
    #[default]
    Plain,
    /// Across the body.
    Stripes,
    /// A grid.
    Checks,
    /// A disc on the chest.
    Print,
}

/// A bag.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Bag {
    /// None.
    #[default]
    None,
    /// At the left hip, the strap over the right shoulder.
    Shoulder,
    /// On the back.
    Backpack,
}

/// What the right hand holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Held {
    /// Nothing.
    #[default]
    Nothing,
    /// A telephone.
    Phone,
    /// A paper cup.
    Cup,
    /// A ball, of its diameter in centimetres.
    Ball(u8),
    /// A box, of its width in centimetres.
    Parcel(u8),
    /// A walking stick, a closed umbrella or a crutch, of its length in centimetres.
    Stick(u8),
    /// A bag that hangs from the hand, of its height in centimetres.
    Tote(u8),
}

impl Default for Looks {
    fn default() -> Self {
        Self {
            skin: [224, 172, 138],
            hair: HairStyle::Short,
            hair_color: [70, 48, 34],
            beard: false,
            top: Top::TShirt,
            top_color: [58, 110, 165],
            pattern: Pattern::Plain,
            second_color: [235, 235, 230],
            bottom: Bottom::Trousers,
            bottom_color: [52, 58, 74],
            shoe_color: [60, 50, 45],
            coat: None,
            long_coat: false,
            headwear: Headwear::Nothing,
            headwear_color: [60, 60, 70],
            bag: Bag::None,
            bag_color: [120, 72, 44],
            held: Held::Nothing,
        }
    }
}

const SKIN: [Srgb; 8] = [
    [243, 208, 184],
    [234, 190, 160],
    [224, 172, 138],
    [206, 150, 112],
    [176, 120, 84],
    [141, 92, 62],
    [108, 68, 46],
    [78, 50, 36],
];
const HAIR: [Srgb; 7] = [
    [28, 22, 20],
    [48, 34, 26],
    [78, 52, 34],
    [122, 84, 52],
    [184, 146, 92],
    [150, 78, 44],
    [176, 174, 170],
];
const CLOTH: [Srgb; 16] = [
    [196, 60, 52],
    [226, 136, 52],
    [232, 196, 84],
    [96, 150, 84],
    [46, 104, 92],
    [72, 140, 190],
    [40, 72, 128],
    [104, 76, 140],
    [190, 96, 130],
    [236, 232, 222],
    [198, 188, 170],
    [150, 150, 152],
    [92, 96, 100],
    [44, 46, 52],
    [122, 80, 56],
    [160, 196, 208],
];
const TROUSERS: [Srgb; 8] = [
    [54, 68, 102],
    [78, 98, 140],
    [44, 46, 54],
    [88, 84, 80],
    [150, 130, 100],
    [70, 78, 62],
    [110, 110, 114],
    [92, 66, 50],
];
const LEATHER: [Srgb; 6] = [
    [36, 32, 30],
    [86, 56, 36],
    [232, 230, 226],
    [150, 40, 40],
    [60, 66, 84],
    [120, 84, 54],
];

impl Person {
    /// A random person: child or adult, of any build, in any clothes. The same seed gives the same person.
    pub(crate) fn random(seed: u64) -> Self {
        let mut random = Random::new(seed ^ 0x70E5_0000);
        let child = random.chance(0.22);
        let curves = if random.chance(0.5) {
            random.range(0.7..1.0)
        } else {
            random.range(0.0..0.2)
        };
        let height = if child {
            random.range(1.05..1.5)
        } else {
            (1.78 - 0.13 * curves + 0.065 * random.normal()).min(2.0)
        };
        let physique = Physique {
            height,
            girth: (0.4 + 0.2 * random.normal()).clamp(0.08, 0.95),
            shoulders: random.range(0.94..1.06) - 0.05 * curves,
            hips: random.range(0.95..1.08),
            legs: random.range(0.98..1.02),
            curves: if child { 0.1 } else { curves },
            belly: 0.0,
        }
        .clamped();
        let feminine = curves > 0.5;
        let hair = if feminine {
            *random.pick(&[
                HairStyle::Long,
                HairStyle::Bob,
                HairStyle::Bun,
                HairStyle::Curly,
                HairStyle::Long,
                HairStyle::Short,
            ])
        } else {
            *random.pick(&[
                HairStyle::Short,
                HairStyle::Short,
                HairStyle::Short,
                HairStyle::Curly,
                if child {
                    HairStyle::Short
                } else {
                    HairStyle::Bald
                },
                HairStyle::Bob,
            ])
        };
        let tone = (random.next() % 8) as usize;
        let darkest = if tone > 3 { 3 } else { 7 };
        let bottom = if feminine {
            *random.pick(&[
                Bottom::Trousers,
                Bottom::Trousers,
                Bottom::Skirt,
                Bottom::LongSkirt,
                Bottom::Shorts,
            ])
        } else {
            *random.pick(&[
                Bottom::Trousers,
                Bottom::Trousers,
                Bottom::Trousers,
                Bottom::Shorts,
            ])
        };
        let looks = Looks {
            skin: SKIN[tone],
            hair,
            hair_color: HAIR[(random.next() % darkest) as usize],
            beard: !feminine && !child && random.chance(0.3),
            top: *random.pick(&[Top::TShirt, Top::TShirt, Top::Shirt, Top::Pullover]),
            top_color: *random.pick(&CLOTH),
            pattern: *random.pick(&[
                Pattern::Plain,
                Pattern::Plain,
                Pattern::Stripes,
                Pattern::Checks,
                Pattern::Print,
            ]),
            second_color: *random.pick(&CLOTH),
            bottom,
            bottom_color: if matches!(bottom, Bottom::Skirt | Bottom::LongSkirt) {
                *random.pick(&CLOTH)
            } else {
                *random.pick(&TROUSERS)
            },
            shoe_color: *random.pick(&LEATHER),
            coat: (!child && random.chance(0.18)).then(|| *random.pick(&TROUSERS)),
            long_coat: false,
            headwear: Headwear::Nothing,
            headwear_color: [60, 60, 70],
            bag: *random.pick(&[
                Bag::None,
                Bag::None,
                Bag::None,
                Bag::Shoulder,
                Bag::Backpack,
            ]),
            bag_color: *random.pick(&LEATHER),
            held: *random.pick(&[
                Held::Nothing,
                Held::Nothing,
                Held::Nothing,
                Held::Nothing,
                Held::Phone,
                Held::Cup,
            ]),
        };
        Self {
            physique,
            looks,
            fingers: false,
        }
    }

    /// Somebody of any kind: from small children to giants, from thin to very heavy, also pregnant, in all clothes. The same
    /// seed gives the same person.
    pub(crate) fn varied(seed: u64) -> Self {
        let mut person = Self::random(seed);
        let random = &mut Random::new(seed ^ 0x70E5_AB17);
        let Self {
            physique, looks, ..
        } = &mut person;
        let child = random.chance(0.25);
        physique.height = if child {
            random.range(0.85..1.5)
        } else {
            (1.80 - 0.13 * physique.curves + 0.10 * random.normal()).clamp(1.42, 2.2)
        };
        physique.girth = if random.chance(0.25) {
            random.range(0.7..1.5)
        } else {
            random.range(0.0..0.8)
        };
        if child {
            physique.girth *= 0.7;
            physique.curves *= 0.2;
        }
        physique.shoulders = random.range(0.87..1.13);
        physique.hips = random.range(0.88..1.13);
        physique.legs = random.range(0.95..1.05);
        if !child && physique.curves > 0.5 && random.chance(0.12) {
            physique.belly = random.range(0.4..1.0);
        }
        *physique = physique.clamped();
        if physique.curves > 0.5 && random.chance(0.2) {
            looks.hair = HairStyle::Ponytail;
        }
        if random.chance(0.3) {
            looks.headwear =
                *random.pick(&[Headwear::Cap, Headwear::Hat, Headwear::Hood, Headwear::Hood]);
            looks.headwear_color = *random.pick(&CLOTH);
        }
        if looks.coat.is_none() && random.chance(0.15) {
            looks.coat = Some(*random.pick(&TROUSERS));
        }
        looks.long_coat = random.chance(0.4);
        if physique.curves > 0.5 && random.chance(0.2) {
            looks.bottom = *random.pick(&[Bottom::Skirt, Bottom::LongSkirt]);
        }
        if random.chance(0.15) {
            looks.bag = *random.pick(&[Bag::Shoulder, Bag::Backpack]);
        }
        if random.chance(0.3) {
            looks.held = match random.next() % 4 {
                0 => Held::Ball(random.range(9.0..32.0) as u8),
                1 => Held::Parcel(random.range(14.0..42.0) as u8),
                2 => Held::Stick(random.range(55.0..105.0) as u8),
                _ => Held::Tote(random.range(22.0..48.0) as u8),
            };
        }
        person
    }
}
