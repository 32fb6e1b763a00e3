//! `kinect completions` and `kinect man`: made from the options themselves.

use std::process::ExitCode;

use clap::Args;
use clap_complete::Shell;
use clap_mangen::Man;

use crate::terminal::print;

/// The text after the options in `kinect completions --help`.
pub(crate) const COMPLETIONS_HELP: &str = "\
bash:        kinect completions bash > ~/.local/share/bash-completion/completions/kinect
zsh:         kinect completions zsh > DIR/_kinect, where DIR is a folder in $fpath
fish:        kinect completions fish > ~/.config/fish/completions/kinect.fish
PowerShell:  kinect completions powershell >> $PROFILE";

/// The text after the options in `kinect man --help`.
pub(crate) const MAN_HELP: &str = "\
To read it at once:  kinect man | man -l -
To install it:       kinect man > /usr/local/share/man/man1/kinect.1
                     kinect man export > /usr/local/share/man/man1/kinect-export.1";

#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell whose script to print
    shell: Shell,
}

#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// The subcommand whose page to print, like export [default: the page of the whole command]
    #[arg(value_name = "COMMAND")]
    of: Option<String>,
}

pub(crate) fn completions(
    args: &CompletionsArgs,
    mut command: clap::Command,
) -> Result<ExitCode, String> {
    let mut script = Vec::new();
    let name = command.get_name().to_owned();
    clap_complete::generate(args.shell, &mut command, name, &mut script);
    print(&String::from_utf8_lossy(&script))
}

pub(crate) fn man(args: &ManArgs, mut command: clap::Command) -> Result<ExitCode, String> {
    // Subcommands get their full names, `kinect-export`.
    command.build();
    let page = match &args.of {
        None => command,
        Some(name) => command.find_subcommand(name).cloned().ok_or_else(|| {
            let names: Vec<_> = command
                .get_subcommands()
                .map(|one| one.get_name())
                .collect();
            format!(
                "there is no subcommand \"{name}\"; the subcommands are {}",
                names.join(", ")
            )
        })?,
    };
    let mut text = Vec::new();
    Man::new(page)
        .render(&mut text)
        .map_err(|error| format!("the manual page cannot be made: {error}"))?;
    print(&String::from_utf8_lossy(&text))
}
