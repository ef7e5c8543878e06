//! Reads a file of an export the way an import does, without a store.

use std::{
    fmt::Display,
    io::Read,
    sync::mpsc::{SyncSender, sync_channel},
    thread,
};

use wallboard_store::ImportPiece;

/// Splits `<file name>\n<content>`.
pub(super) fn split_name(data: &[u8]) -> Option<(&str, &[u8])> {
    let end = data.iter().position(|byte| *byte == b'\n')?;
    Some((str::from_utf8(&data[..end]).ok()?, &data[end + 1..]))
}

/// Reads the file as a whole and in small blocks: the pieces are the same, each row is in it
/// once, and a file that was read has an end.
pub(super) fn check_import<E: Display>(
    content: &[u8],
    read: impl Fn(&mut dyn Read, &SyncSender<ImportPiece>) -> Result<(), E>,
) {
    let import = |mut file: Blocks<'_>| {
        let (sender, pieces) = sync_channel(10);
        thread::scope(|scope| {
            let received = scope.spawn(move || pieces.into_iter().collect::<Vec<_>>());
            let result = read(&mut file, &sender);
            drop(sender);
            let pieces = received.join().expect("collecting doesn't panic");
            (result.map_err(|error| error.to_string()), pieces)
        })
    };
    let (result, pieces) = import(Blocks(content, usize::MAX));
    let again = import(Blocks(content, 1 + content.len() % 7));
    assert_eq!(
        format!("{result:?} {pieces:?}"),
        format!("{:?} {:?}", again.0, again.1)
    );

    let rows: usize = pieces.iter().map(count_rows).sum();
    let breaks = content.iter().filter(|byte| matches!(byte, b'\r' | b'\n'));
    assert!(rows <= breaks.count(), "{rows} rows below a header");
    let ends = matches!(pieces.last(), Some(ImportPiece::End(_)));
    assert_eq!(ends, result.is_ok());
}

fn count_rows(piece: &ImportPiece) -> usize {
    match piece {
        ImportPiece::Rows(batch) => batch.row_count(),
        ImportPiece::Rejected(row) => {
            assert!(!row.reason.is_empty(), "{row:?}");
            1
        }
        // Its row is also in a batch.
        ImportPiece::RejectedByMapping(_) | ImportPiece::End(_) => 0,
    }
}

/// A file that is read in blocks of some bytes.
struct Blocks<'a>(&'a [u8], usize);

impl Read for Blocks<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let size = self.1.min(into.len());
        self.0.read(&mut into[..size])
    }
}
