//! The time that handled contacts took.

/// Contacts that an agent handled, with their talk and wrap-up in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HandledTime {
    pub contacts: i64,
    pub talk: i64,
    pub wrap_up: i64,
}

impl HandledTime {
    /// Adds other contacts.
    pub fn merge(&mut self, more: &Self) {
        self.contacts += more.contacts;
        self.talk += more.talk;
        self.wrap_up += more.wrap_up;
    }
}
