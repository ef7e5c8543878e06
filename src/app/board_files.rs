//! Reads the folder of board files.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

use wallboard_boards::{BoardDefinition, board_file};
use wallboard_domain::NaturalOrder;

/// Boards of the demo: the sample boards, and one for its queues.
const SAMPLE_FILES: [(&str, &str); 4] = [
    (
        "customer-service.toml",
        include_str!("../../boards/customer-service.toml"),
    ),
    ("overview.toml", include_str!("../../boards/overview.toml")),
    ("support.toml", include_str!("demo/support.toml")),
    ("team.toml", include_str!("../../boards/team.toml")),
];

/// All faults of the board files, one per line.
#[derive(Debug, thiserror::Error)]
pub struct BoardFilesError(Vec<String>);

impl fmt::Display for BoardFilesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

/// The contents of the folder.
#[derive(Debug, Default)]
pub(super) struct BoardFolder {
    pub(super) boards: Vec<BoardDefinition>,
    /// Warnings about probable mistakes, a sentence each.
    pub(super) notes: Vec<String>,
}

/// Reads every `*.toml` in `folder`, by name; ignores other files.
pub(super) fn read_folder(folder: &Path) -> Result<BoardFolder, BoardFilesError> {
    let describe_error = |path: &Path, cause: &io::Error| {
        let fix = match cause.kind() {
            io::ErrorKind::InvalidData => "save the file as UTF-8",
            _ => "give the service user read permission",
        };
        format!("{}: can't be read ({cause}); {fix}", path.display())
    };
    let (files, others) = list_files(folder)
        .map_err(|cause| BoardFilesError(vec![describe_error(folder, &cause)]))?;

    let mut boards = Vec::new();
    let mut errors = Vec::new();
    for path in files {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        match fs::read_to_string(&path) {
            Err(cause) => errors.push(describe_error(&path, &cause)),
            Ok(text) => match board_file::parse_board(&text, &name) {
                Ok(board) => boards.push(board),
                Err(mut faults) => {
                    faults.file = path.display().to_string();
                    errors.push(faults.to_string());
                }
            },
        }
    }
    if errors.is_empty() {
        let mut notes: Vec<_> = others.iter().map(|path| ignored_note(path)).collect();
        notes.extend(duplicate_title_notes(&boards));
        Ok(BoardFolder { boards, notes })
    } else {
        Err(BoardFilesError(errors))
    }
}

/// Returns the demo's boards in addition to the automatic ones.
pub(super) fn sample_boards() -> Vec<BoardDefinition> {
    SAMPLE_FILES
        .iter()
        .map(|(name, text)| board_file::parse_board(text, name).expect("a test reads every sample"))
        .collect()
}

/// Lists board files, and files that were probably meant to be board files.
fn list_files(folder: &Path) -> io::Result<(Vec<PathBuf>, Vec<PathBuf>)> {
    let (mut files, mut others) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.extension().is_some_and(|kind| kind == "toml") {
            files.push(path);
        } else if [".toml", ".toml.txt"].contains(&&*full_extension(&name)) {
            others.push(path);
        }
    }
    files.sort_by_key(|file| NaturalOrder(file.to_string_lossy().into_owned()));
    others.sort();
    Ok((files, others))
}

/// Returns the part from the first dot on, in lower case.
fn full_extension(name: &str) -> String {
    let at = name.find('.').unwrap_or(name.len());
    name[at..].to_lowercase()
}

fn ignored_note(path: &Path) -> String {
    format!(
        "{}: ignored; board file names must end in .toml",
        path.display()
    )
}

/// Warns about boards with the same title, which the gallery can't distinguish.
fn duplicate_title_notes(boards: &[BoardDefinition]) -> impl Iterator<Item = String> {
    boards.iter().enumerate().filter_map(|(index, board)| {
        let other = boards[..index].iter().find(|it| it.title == board.title)?;
        Some(format!(
            "{}.toml: has the same title as {}.toml: {:?}",
            board.id, other.id, board.title
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_faulty_file_is_reported_and_valid_ones_sort_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write("b.toml", "title = \"B\"");
        write("a.toml", "title = \"A\"");
        write("notes.txt", "not a board");
        write("south.toml.txt", "title = \"S\"");
        write("a2.toml", "title = \"A\"");

        let read_now = || read_folder(folder.path());
        let all = read_now().unwrap();
        write("c.toml", "titel = \"C\"");
        write("d.toml", "layout = 1");
        fs::write(folder.path().join("e.toml"), b"title = \"\xf6\"").unwrap();
        let wrong = read_now().unwrap_err().to_string();

        let titles: Vec<_> = all.boards.iter().map(|board| &*board.title).collect();
        assert_eq!(titles, ["A", "A", "B"]);
        assert_eq!(all.notes.len(), 2);
        assert!(
            all.notes[0].ends_with("south.toml.txt: ignored; board file names must end in .toml")
        );
        assert_eq!(all.notes[1], "a2.toml: has the same title as a.toml: \"A\"");
        let lines: Vec<_> = wrong.lines().collect();
        assert_eq!(lines.len(), 3, "{wrong}");
        assert!(lines[0].contains("c.toml:1:1: titel"), "{wrong}");
        assert!(lines[1].contains("d.toml:1:10: layout"), "{wrong}");
        assert!(lines[2].contains("e.toml: can't be read"), "{wrong}");
        assert!(lines[2].ends_with("save the file as UTF-8"), "{wrong}");
    }

    #[test]
    fn sample_files_are_valid_boards() {
        let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("boards");

        let read = read_folder(&samples).unwrap();

        // The demo has one more board, for queues that only the demo has.
        assert_eq!(read.boards.len() + 1, super::sample_boards().len());
        assert_eq!(read.notes, [""; 0]);
    }
}
