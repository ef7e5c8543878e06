//! `wallboard man`: the manual pages, generated from the text of `--help`.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use clap::{Args, CommandFactory};
use clap_mangen::Man;

use super::{CommandError, CommandLine};

/// Print the manual page, or write one for each command
#[derive(Debug, Args)]
#[command(after_help = "To read it now:  wallboard man | man -l -")]
pub(super) struct ManCommand {
    /// Write wallboard.1 and a page for each command to this folder
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
}

impl ManCommand {
    pub(super) fn run(&self) -> Result<(), CommandError> {
        match &self.to {
            None => {
                let mut page = Vec::new();
                let rendered = Man::new(CommandLine::command()).render(&mut page);
                rendered
                    .and_then(|()| io::stdout().write_all(&page))
                    .map_err(CommandError::Print)
            }
            Some(folder) => write_pages(folder).map_err(|cause| CommandError::Write {
                folder: folder.clone(),
                cause,
            }),
        }
    }
}

fn write_pages(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    clap_mangen::generate_to(CommandLine::command(), folder)
}
