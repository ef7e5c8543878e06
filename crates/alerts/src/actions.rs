//! Actions of people on an alert.

use jiff::Timestamp;

use crate::{AlertBook, AlertClosing, AlertId, AlertNote, AlertOwner};

/// Characters; the longest note.
pub const NOTE_MAX: usize = 500;
/// Of an alert; the oldest are dropped first.
const NOTES_MAX: usize = 20;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AlertAction {
    /// To be the one who cares for it. Somebody else's is taken over.
    Take,
    /// Nobody has it from now on.
    Release,
    /// Nothing about it is told again until then, unless it gets worse.
    Snooze(Timestamp),
    Note(String),
    /// It is over for everyone, although its subject may still need somebody.
    Close,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActionFault {
    /// It is over, or there never was such an alert.
    NotOpen,
    EmptyNote,
    NoteTooLong {
        max: usize,
    },
}

impl AlertBook {
    /// Does what somebody decided. Returns whether that changed something.
    pub fn act(
        &mut self,
        id: AlertId,
        action: &AlertAction,
        by: &str,
        now: Timestamp,
    ) -> Result<bool, ActionFault> {
        let alert = self.find_open(id).ok_or(ActionFault::NotOpen)?;
        match action {
            AlertAction::Take => {
                if alert.owner.as_ref().is_some_and(|owner| owner.name == by) {
                    return Ok(false);
                }
                alert.owner = Some(AlertOwner {
                    name: by.to_owned(),
                    since: now,
                });
            }
            AlertAction::Release => return Ok(alert.owner.take().is_some()),
            AlertAction::Snooze(until) => alert.snoozed_until = Some(*until),
            AlertAction::Note(text) => {
                let text = text.trim();
                if text.is_empty() {
                    return Err(ActionFault::EmptyNote);
                }
                if NOTE_MAX < text.chars().count() {
                    return Err(ActionFault::NoteTooLong { max: NOTE_MAX });
                }
                if NOTES_MAX <= alert.notes.len() {
                    alert.notes.remove(0);
                }
                alert.notes.push(AlertNote {
                    by: by.to_owned(),
                    at: now,
                    text: text.to_owned(),
                });
            }
            AlertAction::Close => {
                let closing = AlertClosing {
                    at: now,
                    by: Some(by.to_owned()),
                    has_lapsed: false,
                };
                self.dismiss(id, closing);
            }
        }
        Ok(true)
    }
}
