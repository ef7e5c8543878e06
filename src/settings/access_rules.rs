//! `[access]`: what supervisors, the members of groups, and screens see.

use std::collections::BTreeSet;

use wallboard_access::{AccessRules, GroupRule, Right};
use wallboard_domain::{DataScope, Pattern};
use wallboard_toml_reader::{ConfigEntry, ConfigSection};

use super::site::read_patterns;

pub(super) fn read_rules(section: &ConfigSection<'_, '_>) -> AccessRules {
    let withheld = section.section_at("supervisor").map(read_supervisor);
    let groups = section.section_at("groups").map(|groups| {
        let entries = groups.all_entries().into_iter();
        let rules = entries.filter_map(|entry| Some((entry.name.to_owned(), read_group(&entry)?)));
        rules.collect()
    });
    let agents_on_screens = section.entry("agents_on_screens");
    let agents_on_screens = agents_on_screens.and_then(|entry| entry.read_boolean());
    AccessRules {
        withheld: withheld.unwrap_or_default(),
        agents_on_screens: agents_on_screens.unwrap_or(false),
        groups: groups.unwrap_or_default(),
    }
}

/// Returns the rights that supervisors don't have.
fn read_supervisor(section: ConfigSection<'_, '_>) -> BTreeSet<Right> {
    let rights = [
        ("personal_data", Right::PersonalData),
        ("history", Right::History),
        ("export", Right::Export),
    ];
    let is_withheld = |key| {
        let entry = section.entry(key);
        entry.and_then(|entry| entry.read_boolean()) == Some(false)
    };
    let withheld = rights.into_iter().filter(|(key, _)| is_withheld(*key));
    let withheld = withheld.map(|(_, right)| right).collect();
    section.finish_section();
    withheld
}

fn read_group(entry: &ConfigEntry<'_, '_>) -> Option<GroupRule> {
    let section = entry.as_section()?;
    let boards = section.entry("boards");
    let boards = boards.map(|boards| boards.read_texts()).unwrap_or_default();
    let rule = GroupRule {
        boards: boards.into_iter().map(Pattern).collect(),
        data: DataScope {
            queues: read_patterns(&section, "queues"),
            agents: read_patterns(&section, "agents"),
        },
    };
    section.finish_section();
    Some(rule)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::settings::{
        AccessSettings, AppSettings, ConfigFaults, parse_configuration, test_file::CHAT,
    };
    use wallboard_access::{EditingPolicy, Role};

    use super::*;

    const GROUPS: &str = r#"
[access]
mode = "login"
[access.supervisor]
export = false
[access.groups.sales]
boards = ["sales"]
queues = ["chat/sales*"]
"#;

    fn read_text(text: &str) -> Result<AppSettings, ConfigFaults> {
        let text = format!("{text}\n{CHAT}");
        parse_configuration(&text, Path::new("w.toml"), |_| None)
    }

    #[test]
    fn rights_and_groups_are_read() {
        let settings = read_text(GROUPS).unwrap();
        let AccessSettings::Login { rules, .. } = settings.access else {
            panic!("{settings:?}");
        };

        let member = rules.permissions_of(Role::Supervisor, &BTreeSet::from(["sales".into()]));
        assert!(member.includes_board("sales") && !member.includes_board("hall"));
        assert!(member.has(Right::History) && !member.has(Right::Export));
    }

    #[test]
    fn supervisors_change_settings_unless_configured() {
        for (key, expected) in [
            ("", EditingPolicy::Supervisors),
            ("editing = \"supervisors\"", EditingPolicy::Supervisors),
            (
                "editing = \"administrators\"",
                EditingPolicy::Administrators,
            ),
            ("editing = \"nobody\"", EditingPolicy::Nobody),
        ] {
            let settings = read_text(&format!("[access]\nmode = \"login\"\n{key}")).unwrap();
            assert_eq!(settings.editing_policy, expected, "{key}");
        }
        let open = "[access]\nmode = \"open\"\nediting = ";
        let settings = read_text(&format!("{open}\"nobody\"")).unwrap();
        assert_eq!(settings.editing_policy, EditingPolicy::Nobody);
        for (value, fault) in [
            (
                "\"administrators\"",
                "w.toml:3:11: access.editing: with open access, nobody is an administrator; \
                 write editing = \"nobody\", or mode = \"login\"",
            ),
            (
                "\"admins\"",
                "w.toml:3:11: access.editing: \"admins\" is unknown; \
                 allowed: supervisors, administrators, nobody",
            ),
        ] {
            let faults = read_text(&format!("{open}{value}"))
                .unwrap_err()
                .to_string();
            assert_eq!(faults, fault);
        }
    }

    #[test]
    fn unknown_keys_are_faults() {
        let text = GROUPS
            .replace("queues =", "queue =")
            .replace("export", "exports");

        let faults = read_text(&text).unwrap_err().to_string();

        assert!(faults.contains("access.groups.sales.queue"), "{faults}");
        assert!(faults.contains("access.supervisor.exports"), "{faults}");
    }
}
