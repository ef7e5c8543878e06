use super::{
    test_file::{CHAT, OPEN, OPEN_CHAT},
    *,
};
use wallboard_domain::Language;

const WHOLE: &str = r#"
[access]
mode = "open"
[sources.chat]
kind = "vngage"
url = "amqps://u:p@broker.example.com:5671/v"
exchange = "integration"
"#;

fn test_environment(name: &str) -> Option<String> {
    match name {
        "VNGAGE_URL" => Some("amqps://canary:hunter2@broker.example.com/v".to_owned()),
        "NOT_AMQP" => Some("https://canary:hunter2@broker.example.com".to_owned()),
        "GENESYS_API_KEY"
        | "GENESYS_CLIENT_SECRET"
        | "GENESYS_PASSWORD"
        | "GMS_PASSWORD"
        | "OIDC_SECRET"
        | "NATS_PASSWORD"
        | "VERGIC_KEY_PASSPHRASE"
        | "S3_KEY_ID"
        | "S3_SECRET" => Some("hunter2".to_owned()),
        "TEAMS_URL" | "SLACK_URL" => Some("https://hooks.example.com/hunter2".to_owned()),
        "SMTP_PASSWORD" | "ON_CALL_SECRET" => Some("hunter2-hunter2-hunter2".to_owned()),
        "AZURE_CONNECTION_STRING" => Some("AccountName=a;AccountKey=hunter2".to_owned()),
        "EMPTY" => Some(String::new()),
        _ => None,
    }
}

fn read_text(text: &str) -> Result<AppSettings, ConfigFaults> {
    parse_configuration(text, Path::new("wallboard.toml"), test_environment)
}

#[test]
fn minimal_configuration_is_enough() {
    let settings = read_text(WHOLE).unwrap();

    assert_eq!(settings.server, ServerSettings::default());
    assert_eq!(settings.store, Path::new("wallboard.db"));
    let SourceConfig::Vngage(vngage) = &settings.sources[0] else {
        panic!("{:?}", settings.sources)
    };
    assert_eq!(vngage.events_exchange, "integration");
    assert_eq!((vngage.queue.as_str(), vngage.prefetch), ("wallboard", 300));
}

#[test]
fn boards_are_in_english_unless_the_site_has_another_language() {
    let language = |text: &str| read_text(text).unwrap().site.language;

    assert_eq!(language(WHOLE), Language::English);
    let german = format!("language = \"de\"{WHOLE}");
    assert_eq!(language(&german), Language::German);
}

const SAMPLE: &str = include_str!("../../wallboard.sample.toml");

/// A folder with all files that the sample names.
fn samples_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let files = [
        "vergic-ca.pem",
        "genesys-ca.pem",
        "gms-ca.pem",
        "mail-ca.pem",
        "nats-ca.pem",
        "client.pem",
        "client-key.pem",
        "cert.pem",
        "key.pem",
        "id_ed25519",
        "known_hosts",
    ];
    for file in files {
        fs::write(folder.path().join(file), "").unwrap();
    }
    fs::write(folder.path().join("logo.svg"), "<svg/>").unwrap();
    let calendar = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20001225\nRRULE:FREQ=YEARLY\nEND:VEVENT\nEND:VCALENDAR\n";
    fs::write(folder.path().join("holidays.ics"), calendar).unwrap();
    fs::create_dir(folder.path().join("boards")).unwrap();
    fs::create_dir(folder.path().join("case-records")).unwrap();
    folder
}

/// A commented-out line of the sample.
#[derive(Clone, Copy, PartialEq)]
struct Commented {
    line: &'static str,
    /// The commented-out source or channel, or `cluster` or `case_records`, that it belongs to.
    source: Option<&'static str>,
    /// Whether it is a comment even when its source is active.
    is_inner: bool,
}

impl Commented {
    /// Whether this line is valid only together with `other`.
    fn goes_with(self, other: Self) -> bool {
        let is_client =
            |commented: &Self| commented.source.is_none() && commented.line.starts_with("client_");
        let is_pair = [self, other].iter().all(is_client);
        let needs = |source: &str| self.line.contains(&format!("{source}/"));
        let is_source_line = !other.is_inner && other.source.is_some();
        let is_same_source = other.source == self.source || other.source.is_some_and(needs);
        self == other || is_pair || (is_source_line && is_same_source)
    }
}

/// Each line of the sample, with details if it is commented out.
fn lines_of_the_sample() -> Vec<(&'static str, Option<Commented>)> {
    let mut source = None;
    let parse_comment = |line: &'static str| {
        let is_active = !line.is_empty() && !line.starts_with('#');
        if line.is_empty() || is_active {
            source = None;
        }
        let line = line.strip_prefix("#: ")?;
        let tables = [
            "[sources.",
            "[alerts.",
            "[reports.",
            "[channels.",
            "[playlists.",
            "[holidays.",
        ];
        let mut table = tables.into_iter();
        let table = table.find_map(|prefix| line.strip_prefix(prefix));
        if let Some(table) = table.filter(|_| source.is_none()) {
            source = table.split([']', '.']).next();
        } else if line == "[cluster]" {
            source = Some("cluster");
        } else if line == "[case_records]" {
            source = Some("case_records");
        } else if line.starts_with("[figures.") {
            // The source that reports them.
            source = Some("phone");
        }
        let inner = line.strip_prefix("#: ").filter(|_| source.is_some());
        Some(Commented {
            line: inner.unwrap_or(line),
            source,
            is_inner: inner.is_some(),
        })
    };
    SAMPLE
        .lines()
        .zip(SAMPLE.lines().map(parse_comment))
        .collect()
}

/// The sample, with the `wanted` ones of its commented-out lines active.
fn sample_with(wanted: impl Fn(Commented) -> bool) -> String {
    let line = |(line, commented): (&'static str, Option<Commented>)| match commented {
        Some(commented) if wanted(commented) => commented.line,
        _ => line,
    };
    let lines = lines_of_the_sample().into_iter().map(line);
    let text: String = lines.flat_map(|line| [line, "\n"]).collect();
    if text.contains("\n[cluster]\n") {
        // Of one machine alone.
        let records = text.split_once("[case_records]\n");
        let text = match records.and_then(|(before, rest)| Some((before, rest.split_once("\n\n")?)))
        {
            Some((before, (_, after))) => format!("{before}\n\n{after}"),
            None => text,
        };
        return text.replace("[alerts.late]\nimports = [\"*\"]\n", "");
    }
    text
}

#[test]
fn sample_lines_parse_alone_and_together() {
    let folder = samples_folder();
    let file = folder.path().join("wallboard.toml");
    let commented: Vec<_> = lines_of_the_sample()
        .into_iter()
        .filter_map(|(_, commented)| commented)
        .collect();
    assert!(80 < commented.len());

    parse_configuration(SAMPLE, &file, test_environment).unwrap();
    for line in &commented {
        let text = sample_with(|other| line.goes_with(other));
        parse_configuration(&text, &file, test_environment)
            .unwrap_or_else(|faults| panic!("{}: {faults}", line.line));
    }
    let settings = parse_configuration(&sample_with(|_| true), &file, test_environment).unwrap();

    assert_eq!(settings.site.zone.iana_name(), Some("Europe/Stockholm"));
    assert_eq!(settings.site.targets.0.len(), 2);
    assert!(settings.server.tls.is_some());
    let SourceConfig::Vngage(vngage) = &settings.sources[0] else {
        panic!("{:?}", settings.sources)
    };
    assert!(vngage.client.is_some() && vngage.ca_file.is_some());
    assert_eq!(settings.cluster.unwrap().nats.servers.len(), 3);
    assert_eq!(settings.sources.len(), 5);
    assert_eq!(settings.site.groups[0].id.to_string(), "group/sales");
    assert_eq!(settings.site.people[0].id.to_string(), "person/anna");
    assert_eq!(settings.site.linked_queues.len(), 2);
    assert_eq!(settings.imports.len(), 6);
    assert_eq!(settings.channels.len(), 4);
}

#[test]
fn debug_output_of_all_settings_has_no_secret() {
    let folder = samples_folder();
    let file = folder.path().join("wallboard.toml");
    let text = sample_with(|_| true);

    let settings = parse_configuration(&text, &file, test_environment).unwrap();

    let shown = format!("{settings:#?}");
    assert!(!shown.contains("hunter2"), "{shown}");
}

#[test]
fn sample_contains_every_key() {
    let folder = samples_folder();
    let file = folder.path().join("wallboard.toml");
    let sections = [
        "[server]",
        "[store]",
        "[access]",
        "[cluster]",
        "[hide]",
        "[privacy]",
        "[brand]",
        "[alerts.lost]",
        "[reports.\"Last week\"]",
        "[playlists.Floor]",
        "[sources.chat]",
        "[sources.voice]",
        "[sources.voice.auth]",
        "[[sources.voice.statistics]]",
        "[sources.gms]",
        "[[sources.gms.statistics]]",
        "[sources.vergic]",
        "[sources.sangoma]",
        "[sources.sangoma.s3]",
        "[sources.sangoma-azure.azure]",
        "[channels.floor]",
        "[channels.shift-leads]",
        "[channels.on-call]",
        "anna = { ",
        "sales = { ",
    ];
    let all = sample_with(|_| true);
    let fault_at = |header: &str| {
        let end = if header.ends_with("{ ") { ", " } else { "\n" };
        let mistake = format!("{}\nno_such_key = 1{end}", header.trim_end()).replace("{\n", "{ ");
        parse_configuration(&all.replacen(header, &mistake, 1), &file, test_environment)
            .unwrap_err()
    };

    let mut all_faults = vec![
        parse_configuration(&format!("no_such_key = 1\n{all}"), &file, test_environment)
            .unwrap_err(),
        // Not in a cluster.
        parse_configuration(
            &format!("{OPEN}[case_records]\nno_such_key = 1\n"),
            &file,
            test_environment,
        )
        .unwrap_err(),
    ];
    all_faults.extend(sections.map(fault_at));

    for faults in all_faults {
        let fault = &faults.faults[0];
        let (_, allowed) = fault.fix.split_once("allowed here: ").unwrap();
        for key in allowed.split(", ") {
            let is_in_sample = SAMPLE.contains(&format!("{key} = "))
                || SAMPLE.contains(&format!("[{key}"))
                || SAMPLE.contains(&format!(".{key}]"));
            assert!(is_in_sample, "{} of {}", key, fault.key);
        }
    }
}

/// Each broken file: text before and after a valid configuration, and the one expected fault.
#[test]
fn every_fault_is_reported_with_position_and_fix() {
    let (access, source) = (OPEN, CHAT);
    let with = |head: &str, tail: &str| format!("{head}{access}{source}{tail}");
    let table: Vec<(String, &str)> = vec![
        (
            with("", "[server]\nlistne = \"127.0.0.1:1\"\n"),
            "wallboard.toml:8:1: server.listne: unknown key; did you mean `listen`? allowed here: flush_interval, listen, max_viewers, private_receivers, public_url, tls, trusted_proxies",
        ),
        (
            with("", "[server]\nlisten = \"localhost\"\n"),
            "wallboard.toml:8:10: server.listen: \"localhost\" isn't allowed; it must be an address and a port such as \"127.0.0.1:8080\", or \"0.0.0.0:8080\" for all of this server's",
        ),
        (
            with("", "[server]\nmax_viewers = \"many\"\n"),
            "wallboard.toml:8:15: server.max_viewers: has a value of the wrong type; it must be a whole number from 1 to 1000000, without quotes",
        ),
        (
            with("", "[server]\nflush_interval = \"100\"\n"),
            "wallboard.toml:8:18: server.flush_interval: \"100\" isn't allowed; it must be a duration such as \"500ms\", \"10s\", \"15m\" or \"24h\"",
        ),
        (
            with("", "[server]\nflush_interval = \"1h\"\n"),
            "wallboard.toml:8:18: server.flush_interval: \"1h\" isn't allowed; it must be between 10ms and 5s",
        ),
        (
            with("", "[server]\npublic_url = \"wall.example.org\"\n"),
            "wallboard.toml:8:14: server.public_url: \"wall.example.org\" isn't allowed; it must be an address without a path such as \"https://wall.example.org\"",
        ),
        (
            with("", "[server]\ntrusted_proxies = [\"0.0.0.0/0\"]\n"),
            "wallboard.toml:8:20: server.trusted_proxies: \"0.0.0.0/0\" isn't allowed; it must be an address or a network such as \"10.0.0.0/8\", but not everyone's",
        ),
        (
            with("", "[server]\ntrusted_proxies = \"10.0.0.1\"\n"),
            "wallboard.toml:8:19: server.trusted_proxies: has a value of the wrong type; it must be a list of networks such as [\"127.0.0.1\", \"10.0.0.0/8\"]",
        ),
        (
            with("", "[server]\ntls = true\n"),
            "wallboard.toml:8:7: server.tls: has a value of the wrong type; it must be a table",
        ),
        (
            with("", "[store]\nurl = \"postgres://u:p@h/d\"\n"),
            "wallboard.toml:8:7: store.url: PostgreSQL isn't in this version; write url = \"sqlite:wallboard.db\"",
        ),
        (
            with("time_zone = \"Europe/Stokholm\"\n", ""),
            "wallboard.toml:1:13: time_zone: unknown time zone; use a name from the IANA database such as \"Europe/Stockholm\"",
        ),
        (
            with("timezone = \"UTC\"\n", ""),
            "wallboard.toml:1:1: timezone: unknown key; did you mean `time_zone`? allowed here: access, alerts, boards, brand, case_records, channels, cluster, figures, groups, hide, holidays, hours, language, links, log, names, people, playlists, privacy, reports, secret_key, server, sources, store, targets, thresholds, time_zone",
        ),
        (
            with("language = \"swedish\"\n", ""),
            "wallboard.toml:1:12: language: \"swedish\" is unknown; allowed: en, sv, de",
        ),
        (
            with("boards = \"no such folder\"\n", ""),
            "wallboard.toml:1:10: boards: \"no such folder\" isn't allowed; it must be a folder that exists",
        ),
        (
            source.to_owned(),
            "wallboard.toml:1:1: access: is missing; write [access] and mode = \"login\", or \"open\" to show everything to everyone",
        ),
        (
            format!("[server]\nlisten = \"0.0.0.0:80\"\n[access]\nmode = \"login\"\n{source}"),
            "wallboard.toml:4:8: access.mode: passwords would travel unencrypted; set tls in [server], or put a proxy with HTTPS in front and set public_url = \"https://...\"",
        ),
        (
            format!("[access]\nmode = \"opne\"\n{source}"),
            "wallboard.toml:2:8: access.mode: \"opne\" is unknown; did you mean \"open\"? allowed: login, open",
        ),
        (
            with("", "[server]\nlisten = \"0.0.0.0:80\"\n"),
            "wallboard.toml:2:8: access.mode: everyone who can reach the address would see everything; write mode = \"login\", or listen on 127.0.0.1, or set allow_open_network = true to accept that",
        ),
        (
            with(
                "",
                "[targets]\n\"chat/*\" = { answer_within = \"20s\", formula = \"negativ\" }\n",
            ),
            "wallboard.toml:8:47: targets.\"chat/*\".formula: \"negativ\" is unknown; did you mean \"negative\"? allowed: short_ignored, negative, positive, quick_ignored, short_met, answered_only",
        ),
        (
            with("", "[targets]\n\"*\" = { service_level = 101 }\n"),
            "wallboard.toml:8:25: targets.\"*\".service_level: 101 isn't allowed; it must be a percentage such as 80 (0, or from 1 to 100)",
        ),
        (
            with("", "[names]\nsupport = \"Support\"\n"),
            "wallboard.toml:8:1: names.support: isn't the ID of a queue or an agent; ids begin with their source: \"chat/3f2b…\"",
        ),
        (
            with("", "[privacy]\nagent_names = \"first\"\n"),
            "wallboard.toml:8:15: privacy.agent_names: \"first\" is unknown; allowed: full, first-initial, initials, none",
        ),
        (
            with("", "[notify]\nurl = \"https://h\"\n"),
            "wallboard.toml:7:2: notify: isn't in this version; remove it",
        ),
        (
            with("", "prefetsch = 10\n"),
            "wallboard.toml:7:1: sources.chat.prefetsch: unknown key; did you mean `prefetch`? allowed here: allow_plaintext, ca_file, client_cert, client_key, events_exchange, exchange, kind, name, not_queued, paused_by, prefetch, queue, queue_of, url",
        ),
        (
            with("", "client_cert = \"Cargo.toml\"\n"),
            "wallboard.toml:7:1: sources.chat.client_cert: is set alone; set `client_key` too",
        ),
        (
            with(
                "",
                "[sources.site]\nkind = \"vngage\"\nurl = \"amqps://u:p@h\"\nexchange = \"x\"\n",
            ),
            "wallboard.toml:7:10: sources.site: can't be a source ID; group, person, site are reserved",
        ),
        (
            format!("{access}[sources.chat]\nkind = \"vngage\"\nexchange = \"x\"\n"),
            "wallboard.toml:3:10: sources.chat.url: is missing; write url = { env = \"VNGAGE_URL\" }",
        ),
        (
            format!(
                "{access}[sources.chat]\nkind = \"vngage\"\nurl = {{ env = \"NONE\" }}\nexchange = \"x\"\n"
            ),
            "wallboard.toml:5:7: sources.chat.url: the environment variable NONE is not set; set it for the service user",
        ),
        (
            format!(
                "{access}[sources.chat]\nkind = \"vngage\"\nurl = \"amqp://u:p@broker.example.com\"\nexchange = \"x\"\n"
            ),
            "wallboard.toml:5:7: sources.chat.url: amqp:// would send the password unencrypted; use amqps:// with port 5671, or set allow_plaintext = true to accept that",
        ),
        (
            with("", "ca_file = \"none.pem\"\n"),
            "wallboard.toml:7:11: sources.chat.ca_file: \"none.pem\" can't be read (No such file or directory (os error 2)); paths are relative to the configuration file",
        ),
    ];

    for (text, expected) in table {
        let faults = read_text(&text).expect_err(expected);
        assert_eq!(faults.to_string(), expected, "in\n{text}");
    }
}

#[test]
fn all_faults_are_reported_at_once_in_file_order() {
    let faults =
        read_text("boards = 1\nx = 1\n[server]\nlisten = true\n[sources.A]\nkind = \"vngage\"\n")
            .unwrap_err();

    let keys: Vec<&str> = faults.faults.iter().map(|f| f.key.as_str()).collect();
    assert_eq!(
        keys,
        [
            "access",
            "boards",
            "x",
            "server.listen",
            "sources.A",
            "sources.A.url",
            "sources.A.exchange",
        ]
    );
}

#[test]
fn invalid_toml_is_reported_with_its_position() {
    let faults = read_text("[server\nlisten = 1\na = 1\na = 2\n").unwrap_err();

    assert_eq!((faults.faults[0].line, faults.faults[0].column), (1, 8));
}

#[test]
fn secrets_appear_in_no_error_and_no_debug_output() {
    let source = |url: &str| {
        format!(
            "[access]\nmode = \"open\"\n[sources.chat]\nkind = \"vngage\"\nexchange = \"x\"\nurl = {url}\n"
        )
    };

    let settings = read_text(&source("{ env = \"VNGAGE_URL\" }")).unwrap();
    let fault = read_text(&source("{ env = \"NOT_AMQP\" }")).unwrap_err();
    let literal = read_text(&source("\"ftp://canary:hunter2@h\"")).unwrap_err();

    for output in [
        format!("{settings:?}"),
        format!("{fault:?} {fault}"),
        literal.to_string(),
    ] {
        assert!(
            !output.contains("hunter2") && !output.contains("canary"),
            "{output}"
        );
    }
}

#[test]
fn source_name_is_configured_or_its_capitalized_id() {
    let files = "[sources.past]\nkind = \"sangoma-export\"\nname = \"Phone archive\"\ntenant = 1\nfolder = \"x\"\n";
    let site = read_text(&format!("{OPEN_CHAT}{files}")).unwrap().site;

    assert_eq!(site.source_name(&"past".into()), "Phone archive");
    assert_eq!(site.source_name(&"chat".into()), "Chat");
    let faults = read_text(&format!("{OPEN_CHAT}name = \" \"\n")).unwrap_err();
    assert!(
        faults.to_string().contains("sources.chat.name: "),
        "{faults}"
    );
}

const OIDC: &str = r#"
[server]
public_url = "https://wall.example.org"
[access]
mode = "login"
[access.oidc]
issuer = "https://login.example.com/tenant/"
client_id = "wallboard"
client_secret = { env = "OIDC_SECRET" }
[access.oidc.roles]
admin = ["wall-admins"]
supervisor = ["team-leads", "night-leads"]
[access.oidc.groups]
sales = ["crm-users"]
[access.groups.sales]
queues = ["chat/sales"]
"#;

#[test]
fn identity_provider_is_read_as_configured() {
    let settings = read_text(OIDC).unwrap();
    let AccessSettings::Login {
        oidc: Some(oidc), ..
    } = settings.access
    else {
        panic!("{:?}", settings.access)
    };
    assert_eq!(oidc.issuer, "https://login.example.com/tenant/");
    assert_eq!(oidc.role_claim, "groups");
    assert_eq!(oidc.name, None);
    assert_eq!(oidc.roles.supervisor, ["team-leads", "night-leads"]);
    assert!(oidc.roles.viewer.is_empty());
    assert_eq!(oidc.roles.groups["sales"], ["crm-users"]);
    assert_eq!(oidc.public_url, "https://wall.example.org");
    let secret = oidc.client_secret.0.clone();
    assert!(!secret.is_empty() && !format!("{oidc:?}").contains(&secret));
}

#[test]
fn each_fault_of_the_identity_provider_is_reported() {
    for (from, to, expected) in [
        (
            "\"login\"",
            "\"open\"",
            "6:9: access.oidc: nobody signs in with open access; write mode = \"login\" in [access], or remove [access.oidc]",
        ),
        (
            "[server]\npublic_url = \"https://wall.example.org\"\n",
            "\n\n",
            "6:9: access.oidc: needs the address of this server; set public_url = \"https://...\" in [server]: the provider sends people back there",
        ),
        (
            "https://login.example.com/tenant/",
            "http://login.example.com/",
            "7:10: access.oidc.issuer: \"http://login.example.com/\" isn't allowed; it must be the provider's address such as \"https://login.example.com/tenant\", exactly as it calls itself; http:// only on this server",
        ),
        (
            "client_id = \"wallboard\"",
            "",
            "6:9: access.oidc.client_id: is missing; write client_id = \"wallboard\"",
        ),
        (
            "client_secret = { env = \"OIDC_SECRET\" }",
            "",
            "6:9: access.oidc.client_secret: is missing; write client_secret = { env = \"OIDC_SECRET\" }",
        ),
        (
            "admin = [\"wall-admins\"]\nsupervisor = [\"team-leads\", \"night-leads\"]",
            "admin = []",
            "10:14: access.oidc.roles: gives nobody a role; write [access.oidc.roles] with lists such as admin = [\"wall-admins\"]",
        ),
        (
            "[access.groups.sales]\nqueues = [\"chat/sales\"]\n",
            "",
            "6:9: access.oidc.groups: has no group \"sales\"; add [access.groups.sales], or remove it here",
        ),
        (
            "supervisor =",
            "supervisors =",
            "12:1: access.oidc.roles.supervisors: unknown key; did you mean `supervisor`? allowed here: admin, supervisor, viewer",
        ),
        (
            "issuer =",
            "name = \" \"\nissuer =",
            "7:8: access.oidc.name: \" \" isn't allowed; it must be a name of 1 to 40 characters, such as \"Acme\"",
        ),
    ] {
        let text = OIDC.replacen(from, to, 1);
        let faults = read_text(&text).expect_err(expected);
        assert_eq!(faults.to_string(), format!("wallboard.toml:{expected}"));
    }
}
