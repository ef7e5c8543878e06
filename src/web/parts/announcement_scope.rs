//! The boards on which a visitor may announce something, and the announcements that they may end.

use wallboard_access::Permissions;

use crate::{
    announcements::KeptAnnouncement,
    web::{WebState, access::visitor::Visitor},
};

/// Returns on which boards an announcement stands, by the IDs of those chosen: without any, on all that the visitor
/// may see; `None` in it: on all there are. The error is a board that isn't theirs to see, or doesn't exist.
pub(in crate::web) fn choose_boards(
    web: &WebState,
    visitor: &Visitor,
    chosen: Vec<String>,
) -> Result<Option<Vec<String>>, String> {
    let visible = web.boards.list_boards();
    let visible = visible.iter().filter(|board| visitor.may_see(board));
    let visible: Vec<_> = visible.map(|board| board.id.clone()).collect();
    if let Some(unknown) = chosen.iter().find(|id| !visible.contains(id)) {
        return Err(unknown.clone());
    }
    Ok(match chosen.is_empty() {
        true if has_all_boards(visitor) => None,
        true => Some(visible),
        false => Some(chosen),
    })
}

/// Whether all boards that show an announcement are the visitor's to see.
pub(in crate::web) fn may_end(web: &WebState, visitor: &Visitor, kept: &KeptAnnouncement) -> bool {
    match &kept.announcement.boards {
        None => has_all_boards(visitor),
        Some(boards) => visitor.may_see_all(&web.boards, boards.iter().map(String::as_str)),
    }
}

fn has_all_boards(visitor: &Visitor) -> bool {
    (visitor.permissions()).is_some_and(Permissions::has_all_boards)
}
