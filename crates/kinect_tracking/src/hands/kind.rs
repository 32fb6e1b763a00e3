//! What hands do, and how they press.

/// How a cursor pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum PressedBy {
    /// The hand closed.
    Grip,
    /// The hand was pushed forwards.
    Push,
    /// The cursor stayed. Such a press ends at once.
    Dwell,
}

/// What a hand did.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum HandEventKind {
    /// The hand closed.
    Gripped,
    /// The hand opened, or was lost for a while.
    Released,
    /// The hand was raised: it has a cursor.
    CursorEntered,
    /// The hand rests, or its player has left: the cursor is gone. A press has ended before.
    CursorLeft,
    /// The cursor stayed for the time of a dwell. The next dwell begins when it has moved.
    Dwelled,
    /// The cursor presses.
    Pressed(PressedBy),
    /// The cursor no longer presses.
    Unpressed(PressedBy),
}
