//! Reads the folder of board files.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

use crate::{
    boards::{Board, file},
    domain::ByName,
};

/// The sample boards, for the demo.
const SAMPLES: [(&str, &str); 4] = [
    (
        "customer-service.toml",
        include_str!("../../boards/customer-service.toml"),
    ),
    ("overview.toml", include_str!("../../boards/overview.toml")),
    ("support.toml", include_str!("../../boards/support.toml")),
    ("team.toml", include_str!("../../boards/team.toml")),
];

/// Everything that is wrong with board files, a line each.
#[derive(Debug, thiserror::Error)]
pub struct BoardFilesError(Vec<String>);

impl fmt::Display for BoardFilesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

/// Every `*.toml` in `folder`, by name; other files are left alone.
pub(super) fn read(folder: &Path) -> Result<Vec<Board>, BoardFilesError> {
    let cannot = |path: &Path, cause: &io::Error| format!("{}: {cause}", path.display());
    let files = files(folder).map_err(|cause| BoardFilesError(vec![cannot(folder, &cause)]))?;

    let mut boards = Vec::new();
    let mut wrong = Vec::new();
    for path in files {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        match fs::read_to_string(&path) {
            Err(cause) => wrong.push(cannot(&path, &cause)),
            Ok(text) => match file::parse(&text, &name) {
                Ok(board) => boards.push(board),
                Err(mut faults) => {
                    faults.file = path.display().to_string();
                    wrong.push(faults.to_string());
                }
            },
        }
    }
    if wrong.is_empty() {
        Ok(boards)
    } else {
        Err(BoardFilesError(wrong))
    }
}

/// What the demo shows besides the automatic boards.
pub(super) fn samples() -> Vec<Board> {
    SAMPLES
        .iter()
        .map(|(name, text)| file::parse(text, name).expect("a test reads every sample"))
        .collect()
}

fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|kind| kind == "toml") {
            files.push(path);
        }
    }
    files.sort_by_key(|file| ByName(file.to_string_lossy().into_owned()));
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_file_is_told_and_right_ones_come_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write("b.toml", "title = \"B\"");
        write("a.toml", "title = \"A\"");
        write("notes.txt", "not a board");

        let boards = read(folder.path()).unwrap();
        write("c.toml", "titel = \"C\"");
        write("d.toml", "layout = 1");
        let wrong = read(folder.path()).unwrap_err().to_string();

        let titles: Vec<_> = boards.iter().map(|board| board.title.as_str()).collect();
        assert_eq!(titles, ["A", "B"]);
        let lines: Vec<_> = wrong.lines().collect();
        assert_eq!(lines.len(), 2, "{wrong}");
        assert!(lines[0].contains("c.toml:1:1: titel"), "{wrong}");
        assert!(lines[1].contains("d.toml:1:10: layout"), "{wrong}");
    }

    #[test]
    fn the_samples_are_boards() {
        let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("boards");

        assert_eq!(read(&samples).unwrap().len(), super::samples().len());
    }
}
