//! Entries of the browser beside those of the file.

use std::path::Path;

use wallboard_domain::Language;

use super::*;

const FILE: &str = r#"[access]
mode = "open"
[sources.chat]
kind = "vngage"
url = "amqps://user:hunter2@host/vhost"
exchange = "x"
[thresholds."chat/*"]
waiting = { warn = 5, crit = 10 }
[names]
"chat/1" = "Sales"
"#;

fn entry(section: &'static str, name: &str, header: &str, toml: &str) -> RecordedText {
    RecordedText {
        section,
        name: (!name.is_empty()).then(|| name.to_owned()),
        header: header.to_owned(),
        toml: toml.to_owned(),
    }
}

fn read(entries: &[RecordedText]) -> Result<AppSettings, String> {
    let environment = |_: &str| Some("secret".to_owned());
    let read = parse_with_entries(FILE, Path::new("w.toml"), entries, environment);
    read.map_err(|faults| faults.to_string())
}

#[test]
fn an_entry_of_every_section_is_read_like_one_of_the_file() {
    let entries = [
        entry(
            "thresholds",
            "chat/2",
            "[thresholds.\"chat/2\"]",
            "[thresholds.\"chat/2\"]\nwaiting = { crit = 3 }",
        ),
        entry(
            "targets",
            "*",
            "[targets.\"*\"]",
            "[targets]\n\"*\" = { service_level = 90 }",
        ),
        entry(
            "hours",
            "chat/*",
            "[hours.\"chat/*\"]",
            "[hours.\"chat/*\"]\nmon-fri = \"08:00-17:00\"",
        ),
        entry(
            "groups",
            "all",
            "[groups.all]",
            "[groups.all]\nname = \"All\"\nqueues = [\"chat/1\"]",
        ),
        entry(
            "people",
            "anna",
            "[people.anna]",
            "[people]\nanna = { name = \"Anna\", agents = [\"chat/a\"] }",
        ),
        entry(
            "links",
            "chat/1",
            "[links] \"chat/1\"",
            "[links]\n\"chat/1\" = [\"chat/9\"]",
        ),
        entry(
            "names",
            "chat/2",
            "[names] \"chat/2\"",
            "[names]\n\"chat/2\" = \"Returns\"",
        ),
        entry(
            "hide",
            "queues",
            "[hide] queues",
            "[hide]\nqueues = [\"chat/7\"]",
        ),
        entry("brand", "", "[brand]", "[brand]\nname = \"Acme\""),
        entry("privacy", "", "[privacy]", "[privacy]\nsmallest_team = 5"),
        entry("time_zone", "", "time_zone", "time_zone = \"Asia/Tokyo\""),
        entry("language", "", "language", "language = \"sv\""),
    ];

    let site = read(&entries).unwrap().site;

    assert_eq!(site.thresholds.0.len(), 2);
    let level = site.targets.0[0].1.service_level_percent;
    assert!((level - 90.0).abs() < 0.01, "{level}");
    assert_eq!(site.hours.0.len(), 1);
    assert_eq!((site.groups.len(), site.people.len()), (1, 1));
    assert_eq!(site.linked_queues.len(), 1);
    assert_eq!(site.names["chat/2"], "Returns");
    assert_eq!(site.names["chat/1"], "Sales", "of the file");
    assert_eq!(site.hidden_queues.len(), 1);
    assert_eq!(site.brand.name.as_deref(), Some("Acme"));
    assert_eq!(site.smallest_team, 5);
    assert_eq!(site.zone.iana_name(), Some("Asia/Tokyo"));
    assert_eq!(
        site.hours.0[0].1.zone, site.zone,
        "hours without a zone are in the site's"
    );
    assert_eq!(site.language, Language::Swedish);
}

#[test]
fn the_same_entry_in_both_is_a_fault_that_names_both() {
    let threshold = entry(
        "thresholds",
        "chat/*",
        "[thresholds.\"chat/*\"]",
        "[thresholds.\"chat/*\"]\nwaiting = { crit = 3 }",
    );
    let name = entry(
        "names",
        "chat/1",
        "[names] \"chat/1\"",
        "[names]\n\"chat/1\" = \"Returns\"",
    );

    assert_eq!(
        read(&[threshold]).unwrap_err(),
        "changed in the browser: [thresholds.\"chat/*\"], line 1: [thresholds.\"chat/*\"]: \
         is also in w.toml, line 7; remove one of them"
    );
    assert_eq!(
        read(&[name]).unwrap_err(),
        "changed in the browser: [names] \"chat/1\", line 2: [names] \"chat/1\": \
         is also in w.toml, line 10; remove one of them"
    );
}

#[test]
fn a_fault_has_its_line_in_the_entry() {
    let header = "[thresholds.\"chat/2\"]";
    let fault = |toml: &str| read(&[entry("thresholds", "chat/2", header, toml)]).unwrap_err();
    let place = "changed in the browser: [thresholds.\"chat/2\"], line";

    assert_eq!(
        fault("[thresholds.\"chat/2\"]\nwaiting = { warn = 9, crit = 5 }"),
        format!("{place} 2: thresholds.\"chat/2\".waiting: crit must be beyond warn")
    );
    assert!(fault("[thresholds.\"chat/2\"]\nwaiting = {").starts_with(&format!("{place} 2: ")));
    assert_eq!(
        fault("[thresholds.\"chat/3\"]\nwaiting = { crit = 5 }"),
        format!("{place} 1: has another entry, `chat/3`; write only {header}")
    );
    assert_eq!(
        fault("[thresholds.\"chat/2\"]\nwaiting = { crit = 5 }\n[sources.evil]\nkind = \"vngage\""),
        format!("{place} 3: has another part, `sources`; write only {header}")
    );
    assert_eq!(
        fault(""),
        format!("{place} 1: has no such entry; write only {header}")
    );
}

#[test]
fn nothing_of_the_server_is_read_for_an_entry() {
    for toml in [
        "[names]\n\"chat/2\" = { env = \"SECRET\" }",
        "[names]\n\"chat/2\" = { file = \"/etc/passwd\" }",
    ] {
        let faults = read(&[entry("names", "chat/2", "[names] \"chat/2\"", toml)]).unwrap_err();
        assert!(
            faults.contains("must be text, because people change it in the browser"),
            "{faults}"
        );
    }
    let logo = entry("brand", "", "[brand]", "[brand]\nlogo = \"/etc/passwd\"");
    let faults = read(&[logo]).unwrap_err();
    assert!(faults.contains("is a file of the server"), "{faults}");
}

#[test]
fn entries_of_the_file_are_listed_in_one_form() {
    let list = |section: &str| file_entries(FILE, section, false);

    assert_eq!(
        list("thresholds"),
        [(
            "chat/*".to_owned(),
            FileEntry {
                line: 7,
                last_line: 8,
                toml: "[thresholds.\"chat/*\"]\nwaiting = { warn = 5, crit = 10 }\n".to_owned()
            }
        )]
    );
    let name = &list("names")[0].1;
    assert_eq!(name.toml, "[names]\n\"chat/1\" = \"Sales\"\n");
    assert_eq!((name.line, name.last_line), (10, 10));
    assert_eq!(list("hours"), []);
}

#[test]
fn an_entry_with_tables_and_lists_of_its_own_has_one_form() {
    let text = "[sources.voice]\nkind = \"genesys\"\n[sources.voice.states]\n\"Off hook\" = \"busy\"\n\
        [[sources.voice.statistics]]\nname = \"A\"\n[sources.voice.statistics.definition]\nx = 1\n\
        [[sources.voice.statistics]]\nname = \"B\" # last\n[names]\n";
    let (name, entry) = file_entries(text, "sources", false).remove(0);
    assert_eq!((&*name, entry.line, entry.last_line), ("voice", 1, 10));
    let form = "[sources.voice]\nkind = \"genesys\"\nstates = { \"Off hook\" = \"busy\" }\n\
        statistics = [{ name = \"A\", definition = { x = 1 } }, { name = \"B\" }]\n";
    assert_eq!(entry.toml, form);
    assert_eq!(file_entries(form, "sources", false)[0].1.toml, form);
}
