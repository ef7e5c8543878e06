//! Faults of sources that export files.

use std::{path::PathBuf, time::Duration};

use jiff::tz::TimeZone;

use wallboard_domain::{EndReason, ImportColumn, Pattern};
use wallboard_history::{
    ExportVendor,
    fetch::HostTrust,
    import::{FileLocation, FileSource},
    sangoma, vergic,
};

use super::{test_file::CHAT, *};

const HEAD: &str = "[access]\nmode = \"open\"\n";
const DAY: Duration = Duration::from_hours(24);
const PRINT: &str = "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU";

const VERGIC: &str = r#"[sources.vergic]
kind = "vergic-export"
host = "statsexport.vergic.com"
username = "acme"
key_file = "Cargo.toml"
host_key = "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"
"#;

const SANGOMA: &str = r#"[sources.sangoma]
kind = "sangoma-export"
tenant = 1234
[sources.sangoma.s3]
bucket = "acme-export"
access_key_id = "AKIA"
secret_access_key = "hunter2"
"#;

const AZURE: &str = r#"[sources.sangoma]
kind = "sangoma-export"
tenant = 1234
[sources.sangoma.azure]
connection_string = "AccountName=acme;AccountKey=hunter2=="
container = "ccaas"
"#;

fn read(text: &str) -> Result<AppSettings, ConfigFaults> {
    parse_configuration(text, Path::new("w.toml"), |name| {
        (name == "TENANT").then(|| "18446744073709551615".to_owned())
    })
}

fn import(text: &str) -> FileSource {
    match &read(&format!("{text}\n{HEAD}")).unwrap().imports[..] {
        [source] => source.clone(),
        other => panic!("{other:?}"),
    }
}

fn vergic(text: &str) -> vergic::VergicSettings {
    match import(text).vendor {
        ExportVendor::Vergic(vergic) => vergic,
        other @ (ExportVendor::Sangoma(_) | ExportVendor::Plan(_)) => panic!("{other:?}"),
    }
}

fn sangoma(text: &str) -> sangoma::SangomaSettings {
    match import(text).vendor {
        ExportVendor::Sangoma(sangoma) => sangoma,
        other @ (ExportVendor::Vergic(_) | ExportVendor::Plan(_)) => panic!("{other:?}"),
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table of all faults")]
fn every_export_fault_is_reported_with_position_and_fix() {
    let vergic = |from: &str, to: &str| VERGIC.replacen(from, to, 1);
    let columns = |columns: &str| format!("{VERGIC}[sources.vergic.columns]\n{columns}\n");
    let sangoma = |from: &str, to: &str| SANGOMA.replacen(from, to, 1);
    let azure = |from: &str, to: &str| AZURE.replacen(from, to, 1);
    let table = [
        // The location of Vergic's files.
        (
            "[sources.vergic]\nkind = \"vergic-export\"\n".to_owned(),
            "1:10: sources.vergic.host: is missing; write host = \"statsexport.vergic.com\" with username, key_file and known_hosts, or folder = \"path\" for files that arrive another way",
        ),
        (
            vergic("kind", "folder = \"in\"\nkind"),
            "2:1: sources.vergic.folder: conflicts with `host`; use only one of them for the files: remove the other",
        ),
        (
            vergic(
                "host = \"statsexport.vergic.com\"\nusername",
                "folder = \"in\"\nusername",
            ),
            "4:1: sources.vergic.username: applies to `host`, not to `folder`; remove it\n5:1: sources.vergic.key_file: applies to `host`, not to `folder`; remove it\n6:1: sources.vergic.host_key: applies to `host`, not to `folder`; remove it",
        ),
        (
            vergic("statsexport.vergic.com", "sftp://statsexport.vergic.com"),
            "3:8: sources.vergic.host: \"sftp://statsexport.vergic.com\" isn't allowed; it must be only the name of a server, such as \"statsexport.vergic.com\"",
        ),
        (
            vergic("vergic.com\"", "vergic.com:22\""),
            "3:8: sources.vergic.host: \"statsexport.vergic.com:22\" isn't allowed; it must be only the name of a server, such as \"statsexport.vergic.com\"",
        ),
        (
            vergic("username = \"acme\"\n", "port = 0\n"),
            "1:10: sources.vergic.username: is missing; write username = \"…\", the account name from Vergic\n4:8: sources.vergic.port: 0 isn't allowed; it must be a whole number from 1 to 65535",
        ),
        (
            vergic(
                "key_file = \"Cargo.toml\"\n",
                "key_passphrase = { env = \"NONE\" }\n",
            ),
            "1:10: sources.vergic.key_file: is missing; write key_file = \"id_ed25519\"\n5:18: sources.vergic.key_passphrase: the environment variable NONE is not set; set it for the service user",
        ),
        (
            vergic("Cargo.toml", "id_none"),
            "5:12: sources.vergic.key_file: \"id_none\" can't be read (No such file or directory (os error 2)); paths are relative to the configuration file",
        ),
        (
            vergic(&format!("host_key = \"{PRINT}\"\n"), ""),
            "1:10: sources.vergic.known_hosts: is missing; write known_hosts = \"known_hosts\", or host_key = \"SHA256:…\" as provided by Vergic: Wallboard never connects to an unverified server",
        ),
        (
            vergic("host_key", "known_hosts = \"Cargo.toml\"\nhost_key"),
            "7:1: sources.vergic.host_key: conflicts with `known_hosts`; remove one of them",
        ),
        (
            vergic(PRINT, "ssh-ed25519 AAAA"),
            "6:12: sources.vergic.host_key: \"ssh-ed25519 AAAA\" isn't allowed; it must be of the form \"SHA256:\" and 43 characters, as `ssh-keygen -lf` prints it of the server's public key",
        ),
        (
            vergic("kind", "root = \"../Metrics\"\nkind"),
            "2:8: sources.vergic.root: \"../Metrics\" isn't allowed; it must be the name of a folder on the server, such as \"Metrics\"",
        ),
        (
            vergic(
                "kind",
                "interval = \"500ms\"\nhistory = \"4000d\"\nsettle = \"2h\"\nkind",
            ),
            "2:12: sources.vergic.interval: \"500ms\" isn't allowed; it must be between 1s and 1d\n3:11: sources.vergic.history: \"4000d\" isn't allowed; it must be between 1d and 3650d\n4:10: sources.vergic.settle: \"2h\" isn't allowed; it must be between 0s and 1h",
        ),
        (
            vergic("username", "usernam"),
            "1:10: sources.vergic.username: is missing; write username = \"…\", the account name from Vergic\n4:1: sources.vergic.usernam: unknown key; did you mean `username`? allowed here: columns, folder, history, host, host_key, interval, key, key_file, key_passphrase, kind, known_hosts, name, paused_by, port, root, settle, username",
        ),
        // The content of its columns.
        (
            columns("queues = { ofered = \"Chats\" }"),
            "8:12: sources.vergic.columns.queues.ofered: isn't a known column name; did you mean `offered`? unlisted columns are stored under their own header; known names: time, queue, agent, offered, answered, answered_within, abandoned, short_abandoned, flow_outs, handled, transferred, wait_time, talk_time, wrap_up_time, handle_time, average_speed_of_answer, average_talk_time, average_wrap_up, average_handle_time, longest_wait, csat, csat_answers, promoters, detractors, nps_answers",
        ),
        (
            columns("queues = { offered = \" \" }"),
            "8:22: sources.vergic.columns.queues.offered: \" \" isn't allowed; it must be text that isn't empty",
        ),
        (
            columns("queues = {}\n\"Metrics/q\" = \"Chats\""),
            "8:10: sources.vergic.columns.queues: assigns no columns; write queue = \"Group\", offered = \"Chats\"\n9:1: sources.vergic.columns.\"Metrics/q\": isn't a dataset; use a file name without folder and `.csv`; * stands for any characters: \"queues*\"\n9:15: sources.vergic.columns.\"Metrics/q\": has a value of the wrong type; it must be a table",
        ),
        (
            columns(
                "queues = { average_speed_of_answer = \"ASA\", average_handle_time = \"AHT\" }",
            ),
            "8:12: sources.vergic.columns.queues.average_speed_of_answer: is an average, and the number it's averaged over isn't assigned; assign `answered` too, or remove this: unlisted columns are stored under their own header\n8:45: sources.vergic.columns.queues.average_handle_time: is an average, and the number it's averaged over isn't assigned; assign `handled` or `answered` too, or remove this: unlisted columns are stored under their own header",
        ),
        (
            columns(
                "queues = { answered = \"A\", talk_time = \"T\", average_talk_time = \"ATT\" }",
            ),
            "8:45: sources.vergic.columns.queues.average_talk_time: is the same as `talk_time`; remove one of them",
        ),
        (
            columns(
                "queues = { queue = \"Group\", offered = \"Chats\" }\nsums = { offered = \"Chats\" }\nagents = { agent = \"Who\", offered = \"Chats\" }",
            ),
            "9:1: sources.vergic.columns.sums: assigns `offered`, and so does \"queues\", but only one of them sets the `queue`; the same contacts would count twice: assign it in only one of them",
        ),
        // Sangoma.
        (
            sangoma("tenant = 1234\n", ""),
            "1:10: sources.sangoma.tenant: is missing; write tenant = 1234, the number in the files' names",
        ),
        (
            sangoma("1234", "-1"),
            "3:10: sources.sangoma.tenant: has a value of the wrong type; it must be the number of your tenant, such as 1234",
        ),
        (
            sangoma("tenant", "time_zone = \"EST\"\ntenant"),
            "3:13: sources.sangoma.time_zone: \"EST\" has no daylight saving time in the IANA database; use \"America/New_York\", or \"Etc/GMT+5\" for the same offset all year",
        ),
        (
            sangoma("tenant", "time_zone = \"America/NewYork\"\ntenant"),
            "3:13: sources.sangoma.time_zone: unknown time zone; use a name from the IANA database such as \"America/New_York\"",
        ),
        (
            "[sources.sangoma]\nkind = \"sangoma-export\"\ntenant = 1\n".to_owned(),
            "1:10: sources.sangoma.s3: is missing; write [sources.sangoma.s3] with bucket, access_key_id and secret_access_key, or [sources.sangoma.azure] with connection_string and container, or folder = \"path\"",
        ),
        (
            sangoma("tenant", "folder = \"in\"\ntenant"),
            "3:1: sources.sangoma.folder: conflicts with `s3`; use only one of them for the files: remove the other",
        ),
        (
            sangoma("acme-export", "s3://acme-export"),
            "5:10: sources.sangoma.s3.bucket: \"s3://acme-export\" isn't allowed; it must be only the bucket's name, such as \"acme-export\" (letters, digits, `-` and `.`)",
        ),
        (
            sangoma("bucket", "region = \"US East\"\nbucket"),
            "5:10: sources.sangoma.s3.region: \"US East\" isn't allowed; it must be a region such as \"us-east-1\"",
        ),
        (
            sangoma("bucket", "endpoint = \"https://u:hunter2@h\"\nbucket"),
            "5:12: sources.sangoma.s3.endpoint: contains a user and password (not shown); remove them from the address; set access_key_id and secret_access_key",
        ),
        (
            sangoma("bucket", "endpoint = \"http://store.example.com\"\nbucket"),
            "5:12: sources.sangoma.s3.endpoint: http:// would send the files unencrypted; use https://; http:// is only for this server",
        ),
        (
            sangoma("secret_access_key", "secret_acces_key"),
            "4:18: sources.sangoma.s3.secret_access_key: is missing; write secret_access_key = { env = \"S3_SECRET\" }\n7:1: sources.sangoma.s3.secret_acces_key: unknown key; did you mean `secret_access_key`? allowed here: access_key_id, bucket, endpoint, region, secret_access_key",
        ),
        (
            azure("AccountName=acme;", ""),
            "5:21: sources.sangoma.azure.connection_string: isn't a connection string (not shown: it may contain a key); copy the whole string from Access keys in the storage account: DefaultEndpointsProtocol=https;AccountName=…;AccountKey=…;EndpointSuffix=core.windows.net",
        ),
        (
            azure(
                "AccountName",
                "BlobEndpoint=HTTP://store.example.com/acme;AccountName",
            ),
            "5:21: sources.sangoma.azure.connection_string: http:// would send the files unencrypted; write https:// in its BlobEndpoint, or DefaultEndpointsProtocol=https; http:// is only for this server",
        ),
        (
            azure("AccountName", "DefaultEndpointsProtocol=http;AccountName"),
            "5:21: sources.sangoma.azure.connection_string: http:// would send the files unencrypted; write https:// in its BlobEndpoint, or DefaultEndpointsProtocol=https; http:// is only for this server",
        ),
        (
            azure("\"ccaas\"", "\"CCaaS\""),
            "6:13: sources.sangoma.azure.container: \"CCaaS\" isn't allowed; it must be the container's name: 3 to 63 lowercase letters, digits and `-`",
        ),
        (
            format!("{SANGOMA}[sources.sangoma.end_by]\n\"Hangup\" = \"abandon\"\n"),
            "9:12: sources.sangoma.end_by.Hangup: \"abandon\" is unknown; did you mean \"abandoned\"? allowed: abandoned, flow_out, transferred",
        ),
        (
            format!(
                "{SANGOMA}[sources.sangoma.end_by]\n\"Hangup\" = \"abandoned\"\n\" HANGUP\" = \"flow_out\"\n"
            ),
            "10:1: sources.sangoma.end_by.\" HANGUP\": is the same label as \"Hangup\" with a different outcome; case and surrounding spaces don't matter: remove one of them",
        ),
        // Other history settings.
        (
            format!("{VERGIC}[store]\nkeep_calls = \"1h\"\n[privacy]\nkeep_contacts = \"no\"\n"),
            "8:14: store.keep_calls: \"1h\" isn't allowed; it must be between 1d and 36500d\n10:17: privacy.keep_contacts: has a value of the wrong type; it must be true or false",
        ),
        (
            format!(
                "{VERGIC}[groups]\nsales = {{ name = \"Sales\", queues = [\"vergic/Sales\"] }}\n"
            ),
            "8:9: groups.sales: \"vergic/Sales\" is from an export, which has no live data; link it to a live queue in [links] instead",
        ),
    ];
    for (text, expected) in table {
        let message = match read(&format!("{text}{HEAD}")) {
            Ok(settings) => format!("no faults: {settings:?}"),
            Err(faults) => faults.to_string(),
        };
        assert_eq!(message.replace("w.toml:", ""), expected, "in\n{text}");
        assert!(!message.contains("hunter"), "{message}");
    }
}

#[test]
fn export_defaults_are_as_documented() {
    let settings = read(&format!("{VERGIC}{SANGOMA}{HEAD}")).unwrap();

    assert!(settings.sources.is_empty());
    assert_eq!(settings.retention, RetentionSettings::default());
    let source = import(VERGIC);
    assert_eq!(vergic(VERGIC).root, "Metrics");
    assert_eq!(source.interval, Duration::from_mins(10));
    assert_eq!(source.history, DAY * 100);
    assert_eq!(source.stability_period, Duration::from_secs(10));
    assert_eq!(source.retention, settings.retention.calls);
    let FileLocation::Sftp(sftp) = source.location else {
        panic!("{:?}", source.location)
    };
    assert_eq!(sftp.root, "Metrics");
    assert_eq!((sftp.port, sftp.key_passphrase), (22, None));
    assert_eq!(sftp.trust, HostTrust::Fingerprint(PRINT.to_owned()));
    let source = import(SANGOMA);
    let zone = TimeZone::get("America/New_York").unwrap();
    assert_eq!(sangoma(SANGOMA).zone, zone);
    assert_eq!(source.interval, Duration::from_mins(30));
    assert_eq!(source.history, DAY * 400);
    let FileLocation::S3(s3) = source.location else {
        panic!("{:?}", source.location)
    };
    assert_eq!((s3.region.as_str(), s3.endpoint), ("us-east-1", None));
}

#[test]
fn export_settings_are_applied() {
    let folder = "[sources.vergic]\nkind = \"vergic-export\"\nfolder = \"in\"\nroot = \"/stats/Metrics/\"\nhistory = \"2d\"\n[sources.vergic.columns]\n\"queue*\" = { time = \"Start\", queue = \"Group\", offered = \" Chats \" }\n";
    let text = AZURE
        .replace("1234", "{ env = \"TENANT\" }")
        .replace("AccountName", "usedevelopmentstorage=true;AccountName")
        .replace(
            "[sources.sangoma.azure]",
            "end_by = { \"Hangup \" = \"flow_out\" }\n[sources.sangoma.azure]",
        );
    let (sangoma, location) = (sangoma(&text), import(&text).location);
    let (vergic, source) = (vergic(folder), import(folder));

    let folder = |path: &str, display_name: &str| FileLocation::Folder {
        path: PathBuf::from(path),
        display_name: display_name.to_owned(),
    };
    assert_eq!(source.location, folder("in", "in"));
    assert_eq!(vergic.root, "/stats/Metrics");
    assert_eq!(source.history, DAY * 2);
    assert_eq!(
        vergic.columns.entries(),
        [(
            Pattern("queue*".to_owned()),
            vec![
                (ImportColumn::Time, "Start".to_owned()),
                (ImportColumn::Queue, "Group".to_owned()),
                (ImportColumn::Offered, "Chats".to_owned()),
            ]
        )]
    );
    assert_eq!(sangoma.tenant, u64::MAX);
    assert_eq!(sangoma.end_by, [("Hangup ".to_owned(), EndReason::FlowOut)]);
    assert!(matches!(location, FileLocation::Azure(_)));
    let elsewhere = "[sources.vergic]\nkind = \"vergic-export\"\nfolder = \"/srv/share/in/\"\n";
    assert_eq!(import(elsewhere).location, folder("/srv/share/in/", "in"));
}

#[test]
fn unencrypted_storage_is_allowed_on_this_machine_only() {
    let s3 = import(&SANGOMA.replacen("bucket", "endpoint = \"http://127.0.0.1:9000\"\nbucket", 1));
    let azure = import(&AZURE.replacen(
        "AccountName",
        "DefaultEndpointsProtocol=http;BlobEndpoint=http://[::1]:10000/acme;AccountName",
        1,
    ));

    assert!(matches!(s3.location, FileLocation::S3(s3) if s3.endpoint.is_some()));
    assert!(matches!(azure.location, FileLocation::Azure(_)));
}

#[test]
fn live_queue_is_linked_to_its_export() {
    let links = "[links]\n\"chat/1\" = [\"vergic/Sales\"]\n[people]\nanna = { name = \"A\", agents = [\"chat/2\", \"sangoma/7\"] }\n";

    let settings = read(&format!("{HEAD}{CHAT}{VERGIC}{SANGOMA}{links}")).unwrap();

    let linked: Vec<String> = (settings.site.linked_queues.values().flatten())
        .map(ToString::to_string)
        .collect();
    assert_eq!(linked, ["vergic/Sales"]);
    assert_eq!((settings.sources.len(), settings.imports.len()), (1, 2));
}

#[test]
fn export_secrets_are_redacted_in_debug_output() {
    let text = VERGIC.replace("host_key", "key_passphrase = \"hunter3\"\nhost_key");

    let settings = read(&format!("{text}{AZURE}{HEAD}")).unwrap();

    assert!(!format!("{settings:?}").contains("hunter"));
}

#[test]
fn column_may_have_several_headers() {
    let text = format!(
        "{VERGIC}[sources.vergic.columns]\nqueues = {{ time = [\"Start\", \"From\"], queue = [\"Group\", \" Team \"], offered = [\"Chats\"], answered = \"Answered\" }}\n"
    );

    let vergic = vergic(&text);
    let columns = vergic.columns.entries();

    let expected = [
        (ImportColumn::Time, "Start"),
        (ImportColumn::Time, "From"),
        (ImportColumn::Queue, "Group"),
        (ImportColumn::Queue, "Team"),
        (ImportColumn::Offered, "Chats"),
        (ImportColumn::Answered, "Answered"),
    ];
    assert_eq!(
        columns[0].1,
        expected.map(|(column, header)| (column, header.to_owned()))
    );
    for (headers, expected) in [
        (
            "[]",
            "8:22: sources.vergic.columns.queues.offered: is empty; it must be a header",
        ),
        (
            "[\"\"]",
            "8:23: sources.vergic.columns.queues.offered: \"\" isn't allowed",
        ),
        (
            "7",
            "8:22: sources.vergic.columns.queues.offered: has a value of the wrong type; it must be a header",
        ),
    ] {
        let text =
            format!("{VERGIC}[sources.vergic.columns]\nqueues = {{ offered = {headers} }}\n{HEAD}");
        let faults = read(&text).unwrap_err().to_string();
        assert!(faults.contains(expected), "{faults}");
    }
}

#[test]
fn file_dates_may_have_a_different_zone() {
    let summer = "2026-07-01T12:00:00Z".parse().unwrap();
    for (zone_name, expected) in [
        ("EST", -5 * 3600),
        ("MST", -7 * 3600),
        ("-05:00", -5 * 3600),
        ("+05:30", 19_800),
        ("America/New_York", -4 * 3600),
    ] {
        let text = SANGOMA.replace("tenant", &format!("file_zone = \"{zone_name}\"\ntenant"));
        let zone = sangoma(&text).file_zone;
        assert_eq!(zone.to_offset(summer).seconds(), expected, "{zone_name}");
    }
    let usual = sangoma(&SANGOMA.replace("tenant", "time_zone = \"Europe/Oslo\"\ntenant"));
    assert_eq!(usual.file_zone.iana_name(), Some("Europe/Oslo"));
    let text = SANGOMA.replace("tenant", "file_zone = \"Mars\"\ntenant");
    let faults = read(&format!("{text}\n{HEAD}")).unwrap_err().to_string();
    assert!(faults.contains("sources.sangoma.file_zone"), "{faults}");
    assert!(faults.contains("-05:00"), "{faults}");
}
