//! The permission that a request needs.

use super::{Permissions, Right, Role};

/// A requirement for making a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Requirement {
    /// Anyone, also before sign-in.
    Public,
    /// People who are signed in, and paired screens. Which board is decided for each.
    Board,
    /// People with the role.
    Role(Role),
    /// People with all these rights.
    Rights(&'static [Right]),
    /// Programs with a token for it, and nobody else.
    SendValues,
    /// Programs with a token for it, and nobody else.
    CaseRecords,
}

impl Requirement {
    /// Decides for a visitor, who has permissions if signed in.
    pub fn allows(self, permissions: Option<&Permissions>, is_screen: bool) -> bool {
        match self {
            Self::Public => true,
            Self::Board => is_screen || permissions.is_some(),
            Self::SendValues | Self::CaseRecords => false,
            Self::Role(needed) => permissions.is_some_and(|has| needed <= has.role),
            Self::Rights(needed) => permissions
                .is_some_and(|permissions| needed.iter().all(|right| permissions.has(*right))),
        }
    }

    /// Whether it includes a right.
    pub fn needs(self, right: Right) -> bool {
        matches!(self, Self::Rights(needed) if needed.contains(&right))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_may_do_what_the_ones_before_it_may() {
        let viewers = Requirement::Role(Role::Viewer);
        let admins = Requirement::Role(Role::Admin);
        let [viewer, supervisor] = [Role::Viewer, Role::Supervisor].map(Permissions::of_role);

        assert!(viewers.allows(Some(&supervisor), false));
        assert!(!admins.allows(Some(&supervisor), false));
        assert!(!viewers.allows(None, false));
        assert!(!viewers.allows(None, true));
        assert!(Requirement::Board.allows(None, true));
        assert!(Requirement::Board.allows(Some(&viewer), false));
        assert!(!Requirement::Board.allows(None, false));
        assert!(Requirement::Public.allows(None, false));
        assert!(!Requirement::SendValues.allows(Some(&supervisor), false));
        assert!(!Requirement::CaseRecords.allows(Some(&supervisor), false));
        assert_eq!("admin".parse(), Ok(Role::Admin));
    }

    #[test]
    fn all_rights_are_needed() {
        let files = Requirement::Rights(&[Right::History, Right::Export]);
        let [viewer, supervisor] = [Role::Viewer, Role::Supervisor].map(Permissions::of_role);

        assert!(files.allows(Some(&supervisor), false));
        assert!(!files.allows(Some(&viewer), false));
        assert!(!files.allows(None, true));
    }
}
