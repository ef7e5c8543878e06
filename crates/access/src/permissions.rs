//! Permissions: a role decides about kinds of data, groups about whose.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use strum::{EnumIter, IntoEnumIterator};

use wallboard_domain::{DataScope, Pattern};

use super::Role;

/// A kind of data that not every supervisor needs.
#[derive(Clone, Copy, Debug, EnumIter, Eq, Ord, PartialEq, PartialOrd)]
pub enum Right {
    /// Agents and contacts, each by itself.
    PersonalData,
    History,
    /// Files.
    Export,
    /// Data that can't be told apart by queue: sources, the shift, metrics of the server, and
    /// rewinding.
    WholeSite,
}

/// The rights of a person, and the queues and agents that they see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permissions {
    pub role: Role,
    rights: BTreeSet<Right>,
    /// IDs of boards; `None`: all.
    boards: Option<Vec<Pattern>>,
    /// `None`: all queues and agents.
    data: Option<Arc<DataScope>>,
}

impl Permissions {
    /// Everything that a role may ever see.
    pub fn of_role(role: Role) -> Self {
        let rights = if role < Role::Supervisor {
            BTreeSet::new()
        } else {
            Right::iter().collect()
        };
        Self {
            role,
            rights,
            boards: None,
            data: None,
        }
    }

    pub fn has(&self, right: Right) -> bool {
        self.rights.contains(&right)
    }

    pub fn includes_board(&self, id: &str) -> bool {
        let mut patterns = self.boards.iter().flatten();
        self.boards.is_none() || patterns.any(|pattern| pattern.matches(id))
    }

    /// The boards of the groups; `None`: all.
    pub fn board_patterns(&self) -> Option<&[Pattern]> {
        self.boards.as_deref()
    }

    /// Whether the boards aren't limited to those of groups.
    pub fn has_all_boards(&self) -> bool {
        self.boards.is_none()
    }

    /// The queues and agents; `None`: all.
    pub fn data_scope(&self) -> Option<&Arc<DataScope>> {
        self.data.as_ref()
    }
}

/// The configuration's rules about roles and groups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessRules {
    /// Rights that supervisors don't have.
    pub withheld: BTreeSet<Right>,
    /// Whether paired screens, which everybody passes, may show agents.
    pub agents_on_screens: bool,
    /// By name.
    pub groups: BTreeMap<String, GroupRule>,
}

/// The data that members of a group see, instead of everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupRule {
    pub boards: Vec<Pattern>,
    pub data: DataScope,
}

impl AccessRules {
    /// Limits members of groups to the data of their groups, even if none of them is still configured.
    /// Administrators and people without a group see everything that their role may.
    pub fn permissions_of(&self, role: Role, groups: &BTreeSet<String>) -> Permissions {
        let mut permissions = Permissions::of_role(role);
        if role == Role::Admin {
            return permissions;
        }
        permissions
            .rights
            .retain(|right| !self.withheld.contains(right));
        if groups.is_empty() {
            return permissions;
        }
        permissions.rights.remove(&Right::WholeSite);
        let (mut boards, mut data) = (Vec::new(), DataScope::default());
        for rule in groups.iter().filter_map(|group| self.groups.get(group)) {
            boards.extend(rule.boards.iter().cloned());
            data.queues.extend(rule.data.queues.iter().cloned());
            data.agents.extend(rule.data.agents.iter().cloned());
        }
        (permissions.boards, permissions.data) = (Some(boards), Some(Arc::new(data)));
        permissions
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> AccessRules {
        let rule = |board: &str, queue: &str| GroupRule {
            boards: vec![Pattern(board.into())],
            data: DataScope {
                queues: vec![Pattern(queue.into())],
                agents: Vec::new(),
            },
        };
        AccessRules {
            withheld: BTreeSet::from([Right::Export]),
            agents_on_screens: false,
            groups: BTreeMap::from([
                ("sales".to_owned(), rule("sales*", "chat/sales*")),
                ("support".to_owned(), rule("support", "chat/support")),
            ]),
        }
    }

    fn permissions(role: Role, groups: &[&str]) -> Permissions {
        let groups = groups.iter().map(|group| (*group).to_owned()).collect();
        rules().permissions_of(role, &groups)
    }

    #[test]
    fn without_a_group_the_role_decides() {
        let supervisor = permissions(Role::Supervisor, &[]);

        assert!(supervisor.includes_board("support") && supervisor.data_scope().is_none());
        assert!(supervisor.has(Right::PersonalData) && supervisor.has(Right::WholeSite));
        assert!(!supervisor.has(Right::Export), "withheld");
        assert!(!permissions(Role::Viewer, &[]).has(Right::History));
        assert!(permissions(Role::Admin, &["sales"]).has(Right::Export));
    }

    #[test]
    fn members_see_what_their_groups_do_and_nothing_else() {
        let member = permissions(Role::Supervisor, &["sales", "support"]);
        assert!(member.includes_board("sales-hall") && member.includes_board("support"));
        assert!(!member.includes_board("hall"));
        assert_eq!(member.data_scope().map(|data| data.queues.len()), Some(2));
        assert!(!member.has(Right::WholeSite));
        assert!(member.has(Right::History));

        let forgotten = permissions(Role::Supervisor, &["gone"]);
        assert!(!forgotten.includes_board("hall"));
        assert_eq!(
            forgotten.data_scope().map(|data| data.queues.len()),
            Some(0)
        );
    }
}
