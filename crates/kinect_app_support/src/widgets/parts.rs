//! Changes nodes only if a value differs, so that an unchanged interface is not laid out again.

use bevy::prelude::*;

/// Shows another text.
pub fn set_text(text: &mut Mut<Text>, wanted: &str) {
    if text.0 != wanted {
        wanted.clone_into(&mut text.0);
    }
}

/// Shows or removes a node.
pub fn set_shown(node: &mut Mut<Node>, shown: bool) {
    let wanted = if shown { Display::Flex } else { Display::None };
    if node.display != wanted {
        node.display = wanted;
    }
}
