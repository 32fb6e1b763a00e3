//! Makes the library depend on a `libk4a`, as the vendor's `libk4abt` does.
//!
//! The `libk4a` is another stand-in, whose place is known only when a test begins, so the built file names a placeholder
//! that the test's side replaces in its copy (`src/stand_in.rs`). A filter is used because a linker adds an ordinary
//! dependency only for a library that is there; the loader treats both alike.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/placeholder.txt");
    let os = std::env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    if os == "linux" {
        println!(
            "cargo::rustc-cdylib-link-arg=-Wl,--filter={}",
            include_str!("src/placeholder.txt").trim()
        );
    }
}
