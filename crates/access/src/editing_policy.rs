//! The people who change settings in the browser.

use super::Role;

/// The roles that may change settings: `editing` in `[access]`.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum EditingPolicy {
    #[default]
    Supervisors,
    Administrators,
    /// Settings are changed in files only.
    Nobody,
}

impl EditingPolicy {
    pub fn allows(self, role: Role) -> bool {
        match self {
            Self::Supervisors => Role::Supervisor <= role,
            Self::Administrators => Role::Admin <= role,
            Self::Nobody => false,
        }
    }
}
