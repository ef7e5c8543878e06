//! Which groups of the identity provider have which role here, and are in which of our groups.

use std::collections::BTreeMap;

use crate::{Membership, Role};

/// The values of the claim that give each role and make members of groups, as configured.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoleMapping {
    pub admin: Vec<String>,
    pub supervisor: Vec<String>,
    pub viewer: Vec<String>,
    /// By our group.
    pub groups: BTreeMap<String, Vec<String>>,
}

impl RoleMapping {
    /// Returns the highest role that one of the values gives, and all groups; `None` without a role.
    pub(super) fn membership_of(&self, values: &[&str]) -> Option<Membership> {
        let gives = |list: &[String]| list.iter().any(|value| values.contains(&value.as_str()));
        let roles = [
            (Role::Admin, &self.admin),
            (Role::Supervisor, &self.supervisor),
            (Role::Viewer, &self.viewer),
        ];
        let mut roles = roles.into_iter().filter(|(_, list)| gives(list));
        let (role, _) = roles.next()?;
        let groups = self.groups.iter().filter(|(_, list)| gives(list));
        let groups = groups.map(|(group, _)| group.clone()).collect();
        Some(Membership { role, groups })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn highest_role_of_the_groups_counts() {
        let list = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
        let roles = RoleMapping {
            admin: list(&["wall-admins"]),
            supervisor: list(&["leads", "night-leads"]),
            viewer: list(&["staff"]),
            groups: BTreeMap::from([("sales".to_owned(), list(&["crm", "leads"]))]),
        };
        let role_of = |values: &[&str]| roles.membership_of(values).map(|has| has.role);
        for (values, expected) in [
            (&["staff", "wall-admins", "leads"][..], Some(Role::Admin)),
            (&["night-leads", "staff"], Some(Role::Supervisor)),
            (&["other", "staff"], Some(Role::Viewer)),
            (&["Staff", "staff ", "leads*"], None),
            (&[], None),
        ] {
            assert_eq!(role_of(values), expected, "{values:?}");
        }
        assert_eq!(RoleMapping::default().membership_of(&[""]), None);
    }

    #[test]
    fn groups_come_with_a_role_only() {
        let list = |value: &str| vec![value.to_owned()];
        let mapping = RoleMapping {
            viewer: list("staff"),
            groups: BTreeMap::from([
                ("sales".to_owned(), list("crm")),
                ("support".to_owned(), list("desk")),
            ]),
            ..RoleMapping::default()
        };
        let groups_of = |values: &[&str]| mapping.membership_of(values).map(|has| has.groups);

        assert_eq!(groups_of(&["crm"]), None);
        assert_eq!(
            groups_of(&["staff", "crm"]),
            Some(["sales".to_owned()].into())
        );
        assert_eq!(
            groups_of(&["staff", "desk", "crm"]).map(|groups| groups.len()),
            Some(2)
        );
        assert_eq!(
            groups_of(&["staff"]),
            Some(std::collections::BTreeSet::new())
        );
    }
}
