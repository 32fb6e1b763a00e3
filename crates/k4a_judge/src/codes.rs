//! C's numbers, which tests choose.

/// The Rust enum's value of a C enum's number, which a test chose.
macro_rules! known {
    ($name:ident, $code:expr) => {{
        let code = $code;
        k4a::$name::from_code(code)
            .unwrap_or_else(|| panic!("{} has no number {code}", stringify!($name)))
    }};
}
pub(crate) use known;
