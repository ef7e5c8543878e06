//! `wallboard man`: the manual pages, made of the same words as `--help`.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use clap::{Args, CommandFactory};
use clap_mangen::Man;

use super::{Arguments, Failure};

/// Print the manual page, or write one for each command
#[derive(Debug, Args)]
#[command(after_help = "To read it now:  wallboard man | man -l -")]
pub(super) struct Manual {
    /// Write wallboard.1 and a page for each command to this folder
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
}

impl Manual {
    pub(super) fn run(&self) -> Result<(), Failure> {
        match &self.to {
            None => {
                let mut page = Vec::new();
                let written = Man::new(Arguments::command()).render(&mut page);
                written
                    .and_then(|()| io::stdout().write_all(&page))
                    .map_err(Failure::Print)
            }
            Some(folder) => write(folder).map_err(|cause| Failure::Write {
                folder: folder.clone(),
                cause,
            }),
        }
    }
}

fn write(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    clap_mangen::generate_to(Arguments::command(), folder)
}
