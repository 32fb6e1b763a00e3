//! The options of the command line.

/// The options that every command has.
#[derive(Debug, Default)]
pub(crate) struct Options {
    pub(crate) install: bool,
    pub(crate) no_setup: bool,
    pub(crate) require_real: bool,
    /// Runs only the checks whose names contain this.
    pub(crate) only: Option<String>,
}

impl Options {
    /// Removes the options of `cargo xtask` from the arguments and leaves the others in their order.
    pub(crate) fn take_from(args: &mut Vec<String>) -> Self {
        let mut options = Self::default();
        if let Some(at) = args.iter().position(|arg| arg == "--only") {
            options.only = args.drain(at..(at + 2).min(args.len())).nth(1);
        }
        args.retain(|arg| {
            let ours = match arg.as_str() {
                "--install" => &mut options.install,
                "--no-setup" => &mut options.no_setup,
                "--require-real" => &mut options.require_real,
                _ => return true,
            };
            *ours = true;
            false
        });
        options
    }
}
