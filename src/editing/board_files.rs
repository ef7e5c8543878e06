//! Board files of the folder, and boards that people made in the browser.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use wallboard_boards::{BoardDefinition, board_file};
use wallboard_domain::NaturalOrder;
use wallboard_toml_reader::{ConfigFault, ConfigFaults, FaultPlace};

use super::EntryId;

/// The files of the folder, as they were when it was read.
#[derive(Clone, Debug, Default)]
pub struct BoardFolder {
    /// `None`: no folder.
    path: Option<PathBuf>,
    files: Vec<BoardFile>,
    /// Warnings about probable mistakes, a sentence each.
    notes: Vec<String>,
    /// Why the folder can't be read.
    unreadable: Option<ConfigFaults>,
}

#[derive(Clone, Debug)]
struct BoardFile {
    path: PathBuf,
    /// With `.toml`.
    name: String,
    /// Or why it can't be read.
    text: Result<String, ConfigFaults>,
}

/// Boards with warnings about probable mistakes.
#[derive(Debug, Default)]
pub(super) struct BoardList {
    pub(super) boards: Vec<BoardDefinition>,
    pub(super) notes: Vec<String>,
}

impl BoardFolder {
    /// Reads every `*.toml` in `folder`, by name; ignores other files.
    pub fn read(folder: &Path) -> Self {
        let path = Some(folder.to_owned());
        let (files, others) = match list_files(folder) {
            Ok(listed) => listed,
            Err(cause) => {
                return Self {
                    path,
                    unreadable: Some(describe_error(folder, &cause)),
                    ..Self::default()
                };
            }
        };
        let files = files.into_iter().map(|path| BoardFile {
            name: (path.file_name().unwrap_or_default())
                .to_string_lossy()
                .into_owned(),
            text: fs::read_to_string(&path).map_err(|cause| describe_error(&path, &cause)),
            path,
        });
        Self {
            path,
            files: files.collect(),
            notes: others.iter().map(|path| ignored_note(path)).collect(),
            unreadable: None,
        }
    }

    /// Returns the file of a board, and its text.
    pub(super) fn find_file(&self, id: &str) -> Option<(&Path, &str)> {
        let file = self.files.iter().find(|file| stem(&file.name) == id)?;
        Some((&file.path, file.text.as_deref().unwrap_or_default()))
    }

    /// The folder without the file of a board, and that file's text.
    pub(super) fn without_file(&self, id: &str) -> Option<(Self, String)> {
        let text = self.find_file(id)?.1.to_owned();
        let mut rest = self.clone();
        rest.files.retain(|file| stem(&file.name) != id);
        Some((rest, text))
    }

    /// The IDs of its boards.
    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|file| stem(&file.name))
    }

    /// Reads all boards: those of the folder, then those of the browser.
    pub(super) fn parse_boards(
        &self,
        recorded: &[(EntryId, String)],
    ) -> Result<BoardList, ConfigFaults> {
        let mut faults = ConfigFaults {
            file: self.path.clone().unwrap_or_default().display().to_string(),
            faults: Vec::new(),
            boards: None,
        };
        let mut boards = Vec::new();
        if let Some(unreadable) = &self.unreadable {
            faults = faults.with_faults_of(unreadable.clone());
        }
        for file in &self.files {
            let read = file.text.clone();
            let parsed = read.and_then(|text| {
                board_file::parse_board(&text, &file.name).map_err(|found| ConfigFaults {
                    file: file.path.display().to_string(),
                    ..found
                })
            });
            match parsed {
                Ok(board) => boards.push(board),
                Err(found) => faults = faults.with_faults_of(found),
            }
        }
        for (id, toml) in recorded {
            let place = FaultPlace::Browser(id.to_string().into());
            let in_entry = |fault: ConfigFault| ConfigFault {
                place: place.clone(),
                ..fault
            };
            if let Some((file, _)) = self.find_file(&id.name) {
                let what = format!("is also in {}", file.display());
                let fault = ConfigFault::at_span("", &(0..0), "", &what, "remove one of them");
                faults.faults.push(in_entry(fault));
            }
            match board_file::parse_board(toml, &format!("{}.toml", id.name)) {
                Ok(board) => boards.push(board),
                Err(found) => faults.faults.extend(found.faults.into_iter().map(in_entry)),
            }
        }
        if !faults.faults.is_empty() {
            return Err(faults);
        }
        let duplicates = duplicate_title_notes(&boards);
        let notes = self.notes.iter().cloned().chain(duplicates).collect();
        Ok(BoardList { boards, notes })
    }
}

fn describe_error(path: &Path, cause: &io::Error) -> ConfigFaults {
    let fix = match cause.kind() {
        io::ErrorKind::InvalidData => "save the file as UTF-8",
        _ => "give the service user read permission",
    };
    ConfigFaults::unreadable_file(path, &format!("can't be read ({cause})"), fix)
}

/// The board's ID.
fn stem(name: &str) -> &str {
    name.strip_suffix(".toml").unwrap_or(name)
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

        let read_now = || BoardFolder::read(folder.path()).parse_boards(&[]);
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
}
