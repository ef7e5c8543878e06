//! `wallboard config`: what people changed in the browser, as files and back.

use std::{
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};

use crate::app::{self, EntryFiles, PictureFile};

use super::CommandError;

/// Export, import or compare what was changed in the browser
#[derive(Debug, Args)]
pub(super) struct ConfigCommand {
    #[command(subcommand)]
    action: ConfigAction,
}

#[derive(Debug, Subcommand)]
enum ConfigAction {
    /// Print what was changed in the browser, as TOML for the configuration file
    Export {
        #[command(flatten)]
        place: ConfigPlace,
    },
    /// Save the entries of a file as if somebody had made them in the browser; nothing is deleted
    Import {
        /// A file like the one that `export` prints
        file: PathBuf,
        #[command(flatten)]
        place: ConfigPlace,
    },
    /// Print what differs between a file and the browser; + is the browser's
    Diff {
        /// A file like the one that `export` prints
        file: PathBuf,
        #[command(flatten)]
        place: ConfigPlace,
    },
}

#[derive(Debug, Args)]
struct ConfigPlace {
    /// Configuration file of the server
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Folder of board files and their pictures to write or to read; without it, boards are left out
    #[arg(long, value_name = "FOLDER")]
    boards: Option<PathBuf>,
}

impl ConfigCommand {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        match self.action {
            ConfigAction::Export { place } => {
                let exported = app::export_entries(&place.config).await?;
                print!("{}", exported.toml);
                if let Some(folder) = place.boards {
                    let pictures = app::export_pictures(&place.config).await?;
                    let written = write_boards(&folder, &exported.boards)
                        .and_then(|()| write_pictures(&folder, &pictures));
                    written.map_err(|cause| CommandError::Write { folder, cause })?;
                }
            }
            ConfigAction::Import { file, place } => {
                let files = read_files(&file, place.boards.as_deref())?;
                let saved = app::import_entries(&place.config, &file, files).await?;
                for id in &saved {
                    println!("Saved {id}");
                }
                if saved.is_empty() {
                    println!("Nothing differs");
                }
            }
            ConfigAction::Diff { file, place } => {
                let files = read_files(&file, place.boards.as_deref())?;
                let lines = app::compare_entries(&place.config, &file, files).await?;
                for line in &lines {
                    println!("{line}");
                }
            }
        }
        Ok(())
    }
}

fn write_boards(folder: &Path, boards: &[(String, String)]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for (id, text) in boards {
        fs::write(folder.join(format!("{id}.toml")), text)?;
    }
    Ok(())
}

fn write_pictures(folder: &Path, pictures: &[PictureFile]) -> io::Result<()> {
    for picture in pictures {
        fs::write(folder.join(&picture.name), &picture.bytes)?;
    }
    Ok(())
}

fn read_files(file: &Path, folder: Option<&Path>) -> Result<EntryFiles, CommandError> {
    let unreadable = |path: &Path| {
        let file = path.to_owned();
        move |cause| CommandError::ReadFile { file, cause }
    };
    let read = |path: &Path| fs::read_to_string(path).map_err(unreadable(path));
    let mut files = EntryFiles::default();
    files.entries.toml = read(file)?;
    let Some(folder) = folder else {
        return Ok(files);
    };
    let listed = fs::read_dir(folder).map_err(unreadable(folder))?;
    for path in listed.flatten().map(|entry| entry.path()) {
        match path.extension().and_then(OsStr::to_str) {
            Some("toml") => {
                let id = path.file_stem().unwrap_or_default();
                let id = id.to_string_lossy().into_owned();
                files.entries.boards.push((id, read(&path)?));
            }
            Some("png" | "jpg") => {
                let bytes = fs::read(&path).map_err(unreadable(&path))?;
                let name = path.file_name().unwrap_or_default();
                let name = name.to_string_lossy().into_owned();
                files.pictures.push(PictureFile { name, bytes });
            }
            _ => {}
        }
    }
    Ok(files)
}
