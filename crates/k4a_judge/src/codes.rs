//! Converts the numbers of C enums, which tests choose.

/// The value of the Rust enum for a number of the C enum.
macro_rules! known {
    ($name:ident, $code:expr) => {{
        let code = $code;
        k4a::$name::from_code(code)
            .unwrap_or_else(|| panic!("{} has no number {code}", stringify!($name)))
    }};
}
pub(crate) use known;
