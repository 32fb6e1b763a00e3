//! The findings about the rest of the system: OpenGL, a display, microphones.

use super::facts::{Facts, Os, names_in};
use super::report::{Check, Finding, Status};

/// The socket of an X server on this machine: `:0` and `unix:0.0` have one, `host:0` does not.
fn local_socket(display: &str) -> Option<String> {
    let (host, rest) = display.rsplit_once(':')?;
    let number: u32 = rest.split('.').next()?.parse().ok()?;
    matches!(host, "" | "unix").then(|| format!("tmp/.X11-unix/X{number}"))
}

/// OpenGL 4.4 over X11, without which the depth engine does not start on Linux.
pub(super) fn graphics(facts: &Facts) -> Finding {
    const CHECK: Check = Check::Graphics;
    if facts.os != Os::Linux {
        return Finding::inapplicable(CHECK);
    }
    let missing: Vec<&str> = ["libGL.so.1", "libX11.so.6"]
        .into_iter()
        .filter(|name| facts.loadable(name).is_none())
        .collect();
    let without = "without it the depth camera does not start";
    if !missing.is_empty() {
        return Finding::new(
            CHECK,
            Status::Missing,
            format!("no {}; {without}", missing.join(", no ")),
        )
        .needed(true)
        .fix("sudo apt install libgl1 libx11-6, and the graphics driver with OpenGL 4.4");
    }
    let Some(display) = facts.text_of("DISPLAY") else {
        return Finding::new(
            CHECK,
            Status::Missing,
            format!("DISPLAY is not set: there is no X server; {without}"),
        )
        .needed(true)
        .fix(
            "start the program from a desktop session, or set DISPLAY to a running X server (:0; on a machine without a \
             screen, one with a virtual screen, say Xvfb)",
        );
    };
    if let Some(socket) = local_socket(&display)
        && !facts.path(&socket).exists()
    {
        return Finding::new(
            CHECK,
            Status::Wrong,
            format!("DISPLAY is {display}, but no X server runs there (no /{socket}); {without}"),
        )
        .needed(true)
        .fix("set DISPLAY to the X server that is running, or start an X server");
    }
    Finding::new(
        CHECK,
        Status::Found,
        format!("libGL and libX11 are there, DISPLAY is {display}; `glxinfo -B` shows whether OpenGL 4.4 is there, too"),
    )
    .needed(true)
}

/// The display on which windows open.
pub(super) fn display(facts: &Facts) -> Finding {
    const CHECK: Check = Check::Display;
    if facts.os != Os::Linux {
        return Finding::inapplicable(CHECK);
    }
    let named: Vec<String> = ["WAYLAND_DISPLAY", "DISPLAY"]
        .iter()
        .filter_map(|name| Some(format!("{name} is {}", facts.text_of(name)?)))
        .collect();
    if named.is_empty() {
        Finding::new(
            CHECK,
            Status::Missing,
            "neither WAYLAND_DISPLAY nor DISPLAY is set: windows cannot open",
        )
        .fix("start the program from a desktop session")
    } else {
        Finding::new(CHECK, Status::Found, named.join(", "))
    }
}

/// The microphones' USB id, as sound cards have it.
const MICROPHONES: &str = "045e:097e";

/// An Azure Kinect's seven microphones.
pub(super) fn microphones(facts: &Facts) -> Finding {
    const CHECK: Check = Check::Microphones;
    if facts.os != Os::Linux {
        return Finding::new(CHECK, Status::Unknown, "see the system's sound settings");
    }
    let cards = facts.path("proc/asound");
    if !cards.is_dir() {
        return Finding::new(CHECK, Status::Missing, "no sound cards: no /proc/asound")
            .fix("needed only for sound: load the kernel's sound modules (snd-usb-audio)");
    }
    let by_id = names_in(&cards).into_iter().find(|card| {
        facts
            .text(&format!("proc/asound/{card}/usbid"))
            .is_some_and(|id| id.trim().eq_ignore_ascii_case(MICROPHONES))
    });
    let by_name = || {
        facts
            .text("proc/asound/cards")?
            .lines()
            .map(str::trim)
            .find(|line| line.contains("Kinect"))
            .map(str::to_owned)
    };
    match by_id
        .map(|card| format!("{card} ({MICROPHONES})"))
        .or_else(by_name)
    {
        Some(card) => Finding::new(CHECK, Status::Found, card),
        None => Finding::new(
            CHECK,
            Status::Missing,
            "no microphones of an Azure Kinect; needed only for sound",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::local_socket;

    #[test]
    fn only_an_x_server_of_this_machine_has_a_socket() {
        let socket = |display| local_socket(display);
        assert_eq!(socket(":0").as_deref(), Some("tmp/.X11-unix/X0"));
        assert_eq!(socket("unix:12.1").as_deref(), Some("tmp/.X11-unix/X12"));
        assert_eq!(socket("host:0"), None);
        assert_eq!(socket("nonsense"), None);
        assert_eq!(socket(":"), None);
        assert_eq!(socket(":-1"), None);
    }
}
