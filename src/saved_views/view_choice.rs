//! The name and the address of a view, and why it can't be saved so.

use wallboard_access::is_plain;

/// In characters.
pub const NAME_LENGTH_MAX: usize = 60;
/// In bytes: as many queues as a page can show.
const ADDRESS_LENGTH_MAX: usize = 16_384;

/// A view as somebody saves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewChoice {
    pub name: String,
    /// The page's own address: "/history?range=7d&by=queue".
    pub address: String,
    pub is_shared: bool,
}

/// Why a view can't be saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ViewFault {
    #[error("its name needs 1 to {NAME_LENGTH_MAX} characters")]
    Name,
    #[error("its name has a character that isn't visible")]
    Invisible,
    #[error("its address is too long")]
    Address,
}

impl ViewChoice {
    /// Checks what somebody entered, and tidies the name.
    pub(super) fn check(mut self) -> Result<Self, ViewFault> {
        self.name = self.name.split_whitespace().collect::<Vec<_>>().join(" ");
        if !(1..=NAME_LENGTH_MAX).contains(&self.name.chars().count()) {
            return Err(ViewFault::Name);
        }
        if !is_plain(&self.name) {
            return Err(ViewFault::Invisible);
        }
        if ADDRESS_LENGTH_MAX < self.address.len() {
            return Err(ViewFault::Address);
        }
        Ok(self)
    }
}
