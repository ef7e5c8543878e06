//! The address of a new board: made of its title, and of the addresses that groups of its maker have.

use wallboard_access::Permissions;
use wallboard_domain::Pattern;

use super::board_form::address_of_title;

/// Returns an address for a board with a title, among those that somebody may save.
pub(super) fn propose_address(title: &str, permissions: Option<&Permissions>) -> String {
    let address = address_of_title(title);
    let Some((permissions, patterns)) =
        permissions.and_then(|has| Some((has, has.board_patterns()?)))
    else {
        return address;
    };
    if permissions.includes_board(&address) {
        return address;
    }
    let (literal, open): (Vec<_>, Vec<_>) = patterns.iter().partition(|one| one.is_literal());
    let within = open.into_iter().map(|pattern| fill(pattern, &address));
    let mut all = within.chain(literal.into_iter().map(|pattern| pattern.0.clone()));
    all.find(|address| permissions.includes_board(address))
        .unwrap_or(address)
}

/// Puts an address in the place of a pattern's first star: "sales-my-team" for "sales*".
fn fill(pattern: &Pattern, address: &str) -> String {
    let (before, after) = pattern.0.split_once('*').unwrap_or((&pattern.0, ""));
    let after = after.replace('*', "");
    let parts = [before, address, &after].map(|part| part.trim_matches('-'));
    let parts = parts.into_iter().filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use wallboard_access::{AccessRules, GroupRule, Role};

    use super::*;

    fn propose(title: &str, patterns: &[&str]) -> String {
        let boards = patterns.iter().map(|one| Pattern((*one).to_owned()));
        let rule = GroupRule {
            boards: boards.collect(),
            ..GroupRule::default()
        };
        let rules = AccessRules {
            groups: BTreeMap::from([("sales".to_owned(), rule)]),
            ..AccessRules::default()
        };
        let groups = BTreeSet::from(["sales".to_owned()]);
        let permissions = rules.permissions_of(Role::Supervisor, &groups);
        propose_address(title, Some(&permissions))
    }

    #[test]
    fn an_address_is_one_that_its_maker_may_save() {
        for (patterns, address) in [
            (&["sales*"][..], "sales-my-team"),
            (&["sales-*"], "sales-my-team"),
            (&["*-sales"], "my-team-sales"),
            (&["hall", "sales_*"], "sales_-my-team"),
            (&["hall"], "hall"),
            (&["*"], "my-team"),
            (&[], "my-team"),
        ] {
            assert_eq!(propose("My team", patterns), address, "{patterns:?}");
        }
        assert_eq!(propose("Sales, north", &["sales*"]), "sales-north");
        let anyone = Permissions::of_role(Role::Supervisor);
        assert_eq!(propose_address("My team", Some(&anyone)), "my-team");
    }
}
