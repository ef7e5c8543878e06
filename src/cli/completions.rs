//! `wallboard completions`: the completion script of a shell.

use std::io::{self, Write};

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::{CommandError, CommandLine};

/// Print shell completions
#[derive(Debug, Args)]
#[command(after_help = "For bash, in ~/.bashrc:  source <(wallboard completions bash)")]
pub(super) struct CompletionsCommand {
    /// Shell
    #[arg(value_name = "SHELL", value_enum)]
    shell: Shell,
}

impl CompletionsCommand {
    pub(super) fn run(&self) -> Result<(), CommandError> {
        let mut script = Vec::new();
        let mut command = CommandLine::command();
        clap_complete::generate(self.shell, &mut command, "wallboard", &mut script);
        io::stdout().write_all(&script).map_err(CommandError::Print)
    }
}
