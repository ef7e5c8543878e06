//! Unreadable or broken files: each is rejected with its position and a fix.

use std::{fs, path::PathBuf};

use super::{test_file::OPEN_CHAT as GOOD, *};

struct ConfigFolder(tempfile::TempDir);

impl ConfigFolder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Returns the error for a file of these bytes, without the folder's path.
    fn fault_text(&self, bytes: impl AsRef<[u8]>) -> String {
        fs::write(self.path("wallboard.toml"), bytes).unwrap();
        self.load_error("wallboard.toml")
    }

    fn load_error(&self, name: &str) -> String {
        let message = load_file(&self.path(name)).unwrap_err().to_string();
        message.replace(&format!("{}/", self.0.path().display()), "")
    }
}

#[test]
fn only_the_first_faults_of_many_are_collected() {
    for text in ["<a>".repeat(20_000), "a\n".repeat(20_000)] {
        let faults = parse_configuration(&text, Path::new("wallboard.toml"), |_| None).unwrap_err();

        assert!((1..=100).contains(&faults.faults.len()), "{faults}");
    }
}

#[test]
fn unreadable_file_is_rejected_with_its_position() {
    let folder = ConfigFolder::new();
    fs::create_dir(folder.path("a-folder")).unwrap();
    let path = "pass the path of the configuration with --config";

    let missing = folder.load_error("missing.toml");
    let a_folder = folder.load_error("a-folder");
    let huge = folder.fault_text(vec![b'#'; 1_000_001]);
    let latin1 = folder.fault_text(b"[names]\n\"chat/1\" = \"K\xf6ln\"\n");
    let utf16 = folder.fault_text(b"\xff\xfe[\0a\0");

    assert_eq!(
        missing,
        format!("missing.toml: can't be read (No such file or directory (os error 2)); {path}")
    );
    assert_eq!(a_folder, format!("a-folder: is a folder; {path}"));
    assert_eq!(
        huge,
        format!("wallboard.toml: is larger than 1 MB, too large for a configuration; {path}")
    );
    let utf8 = "isn't UTF-8 text; save the file as UTF-8";
    assert_eq!(latin1, format!("wallboard.toml:2:14: {utf8}"));
    assert_eq!(utf16, format!("wallboard.toml:1:1: {utf8}"));
}

#[test]
fn empty_file_lists_what_is_missing() {
    assert_eq!(
        ConfigFolder::new().fault_text(""),
        "wallboard.toml:1:1: access: is missing; write [access] and mode = \"login\", or \"open\" to show everything to everyone"
    );
}

#[test]
fn byte_order_mark_and_windows_line_ends_are_accepted() {
    let folder = ConfigFolder::new();
    let windows = format!("\u{feff}{GOOD}").replace('\n', "\r\n");
    fs::write(folder.path("good.toml"), &windows).unwrap();

    let message = folder.fault_text(format!("{windows}prefech = 1\r\n"));

    assert!(load_file(&folder.path("good.toml")).is_ok());
    assert!(
        message.starts_with(
            "wallboard.toml:7:1: sources.chat.prefech: unknown key; did you mean `prefetch`?"
        ),
        "{message}"
    );
}

/// Each faulty line after the valid ones, and the beginning of its message.
#[test]
fn invalid_toml_is_rejected_with_position_and_fix() {
    let folder = ConfigFolder::new();
    let table = [
        ("prefetch = ", "7:", "write a value after the ="),
        (
            "queue = wallboard",
            "7:",
            "put text in quotes: key = \"value\"",
        ),
        (
            "queue = \"wallboard",
            "7:",
            "close the string with a quote \"",
        ),
        (
            "queue = \u{201c}wallboard\u{201d}",
            "7:",
            "write straight quotes",
        ),
        (
            "ca_file = \"C:\\vergic\\ca.pem\"",
            "7:",
            "in a string write \\\\ for \\",
        ),
        ("queue", "7:", "write key = value; start a comment with #"),
        ("[sources.chat", "7:", "write a table as [name]"),
        ("[sources.chat]", "7:", "write a table's [name] once"),
        (
            "url = \"amqps://u:p@h/w\"",
            "7:1: sources.chat.url: duplicate key",
            "first at 5:1",
        ),
        ("queue: \"wallboard\"", "7:", "write key = value"),
    ];
    for (line, position, fix) in table {
        let message = folder.fault_text(format!("{GOOD}{line}\n"));
        let expected = format!("wallboard.toml:{position}");
        assert!(message.starts_with(&expected), "{line}: {message}");
        assert!(message.contains(fix), "{line}: {message}");
    }
}

#[test]
fn syntax_error_in_a_secret_does_not_show_it() {
    let message = ConfigFolder::new().fault_text("url = \"amqps://user:hunter2@h/\\v\"\n");

    assert!(!message.contains("hunter2"), "{message}");
}

#[test]
fn references_outside_the_file_are_checked() {
    let folder = ConfigFolder::new();
    fs::write(folder.path("empty"), "\n").unwrap();
    fs::write(folder.path("odd"), "https://canary:hunter2@h\n").unwrap();
    fs::create_dir(folder.path("a-folder")).unwrap();
    let url = |url: &str| GOOD.replace("\"amqps://u:p@h/v\"", url);
    let table = [
        (
            url("{ file = \"missing\" }"),
            "5:7: sources.chat.url: can't read the file missing (No such file or directory (os error 2)); paths are relative to the configuration file; systemd credentials exist only while the service runs",
        ),
        (
            url("{ file = \"empty\" }"),
            "5:7: sources.chat.url: the file empty is empty; put the secret in it, on one line",
        ),
        (
            url("{ env = \"WALLBOARD_TEST_UNSET\" }"),
            "5:7: sources.chat.url: the environment variable WALLBOARD_TEST_UNSET is not set; set it for the service user",
        ),
        (
            url("{ environment = \"X\" }"),
            "5:7: sources.chat.url: has a value of the wrong type; it must be a string, { env = \"NAME\" } or { file = \"path\" }",
        ),
        (
            url("{ file = \"odd\" }"),
            "5:7: sources.chat.url: the address doesn't start with amqps:// or amqp:// (not shown: it may contain a password); use the form amqps://user:password@host:5671/vhost; in user and password write %40 for @, %2F for /, %3A for :, %23 for #, %3F for ?, %25 for %",
        ),
        (
            format!("{GOOD}ca_file = \"a-folder\"\n"),
            "7:11: sources.chat.ca_file: \"a-folder\" isn't allowed; it must be a file",
        ),
        (
            format!("boards = \"odd\"\n{GOOD}"),
            "1:10: boards: \"odd\" isn't allowed; it must be a folder that exists",
        ),
        (
            format!("{GOOD}[server]\ntls = {{ cert = \"odd\" }}\n"),
            "8:1: server.tls.key: is missing; write key = \"key.pem\"",
        ),
        (
            format!("{GOOD}[server.tls]\ncert = \"odd\"\nkey = \"missing\"\n"),
            "9:7: server.tls.key: \"missing\" can't be read (No such file or directory (os error 2)); paths are relative to the configuration file",
        ),
    ];
    for (text, expected) in table {
        let message = folder.fault_text(&text);
        assert_eq!(message, format!("wallboard.toml:{expected}"), "in\n{text}");
        assert!(!message.contains("hunter2"));
    }
}

#[test]
fn values_that_match_nothing_or_are_impossible_are_rejected() {
    let folder = ConfigFolder::new();
    let pattern = "use IDs such as \"chat/3f2b…\"; * stands for any characters: \"chat/*\"";
    let table = [
        (
            "[hide]\nqueues = [\"test\"]",
            format!("8:10: hide.queues: \"test\" matches nothing; {pattern}"),
        ),
        (
            "[targets]\nsales = { service_level = 80 }",
            format!("8:1: targets.sales: matches nothing; {pattern}"),
        ),
        (
            "[targets]\n\"*\" = { answer_within = \"0s\" }",
            "8:25: targets.\"*\".answer_within: \"0s\" isn't allowed; it must be between 1s and 1d".into(),
        ),
        (
            "[targets]\n\"*\" = { answer_in = \"20s\" }",
            "8:9: targets.\"*\".answer_in: unknown key; did you mean `answer_within`? allowed here: answer_within, formula, service_level, short_abandon".into(),
        ),
        (
            "[hide]\nqueues = \"chat/1\"",
            "8:10: hide.queues: has a value of the wrong type; it must be a list of strings such as [\"a\", \"b\"]".into(),
        ),
        (
            "[sources.voice]\nkind = \"vnage\"",
            "8:8: sources.voice.kind: \"vnage\" is unknown; did you mean \"vngage\"? allowed: vngage, genesys, gms, values, demo, vergic-export, sangoma-export, plan-csv".into(),
        ),
        (
            "[sources.voice]\nurl = \"amqps://u:p@h\"",
            "7:10: sources.voice.kind: is missing; write kind = \"vngage\"".into(),
        ),
        (
            "[sources]\nkind = \"vngage\"\nexchange = \"x\"",
            "8:1: sources.kind: isn't in a source; give the source a name: write [sources.chat] instead of [sources]".into(),
        ),
        (
            "[[alerts]]\nname = \"x\"",
            "7:3: alerts: is a list; name each rule: [alerts.\"Long waits\"]".into(),
        ),
    ];
    for (more, expected) in table {
        let message = folder.fault_text(format!("{GOOD}{more}\n"));
        assert_eq!(message, format!("wallboard.toml:{expected}"), "in\n{more}");
    }
}

/// Each mistake, and the beginning of its message: position, key, and problem.
#[test]
fn common_first_mistakes_are_reported_with_a_fix() {
    let folder = ConfigFolder::new();
    fs::write(folder.path("latin"), b"amqps://u:hunter\xf62@h/v\n").unwrap();
    fs::write(folder.path("note"), "# ours\namqps://u:hunter2@h/v\n").unwrap();
    let url = |url: &str| GOOD.replace("\"amqps://u:p@h/v\"", url);
    let with = |more: &str| format!("{GOOD}{more}\n");
    let prefetch = "a whole number from 1 to 65534";
    let listen = "an address and a port such as \"127.0.0.1:8080\", or \"0.0.0.0:8080\" for all of this server's";
    let top = "belongs at the top of the file, before the first [table]; allowed here: ";
    let percent = "a percentage such as 80 (0, or from 1 to 100)";
    let url_fault = |slip: &str| {
        format!(
            "5:7: sources.chat.url: the address {slip} (not shown: it may contain a password); use the form amqps://user:password@host:5671/vhost; in user"
        )
    };
    let table = [
        // Right keys in wrong tables.
        (with("time_zone = \"UTC\""), format!("7:1: sources.chat.time_zone: unknown key; `time_zone` {top}")),
        (with("[server]\nboards = \"b\""), format!("8:1: server.boards: unknown key; `boards` {top}")),
        (format!("listen = \"127.0.0.1:1\"\n{GOOD}"), "1:1: listen: unknown key; `listen` belongs below [server]; allowed here: ".into()),
        (with("[server]\nkeep_calls = \"1d\""), "8:1: server.keep_calls: unknown key; `keep_calls` belongs below [store]; ".into()),
        (with("[targets]\nanswer_within = \"20s\""), "8:1: targets.answer_within: isn't under a pattern; write \"*\" = { answer_within = … }".into()),
        // Numbers, texts, and values of neither kind.
        (with("prefetch = \"300\""), format!("7:12: sources.chat.prefetch: has a value of the wrong type; it must be {prefetch}, without quotes")),
        (with("prefetch = 0"), format!("7:12: sources.chat.prefetch: 0 isn't allowed; it must be {prefetch}")),
        (with("prefetch = -1"), format!("7:12: sources.chat.prefetch: -1 isn't allowed; it must be {prefetch}")),
        (with("prefetch = 65535"), format!("7:12: sources.chat.prefetch: 65535 isn't allowed; it must be {prefetch}")),
        (with("[server]\nlisten = 8080"), format!("8:10: server.listen: has a value of the wrong type; it must be {listen}")),
        (with("[privacy]\nagent_names = true"), "8:15: privacy.agent_names: has a value of the wrong type; it must be one of: full, first-initial, initials, none".into()),
        (with("[targets]\n\"*\" = { service_level = 0.8 }"), format!("8:25: targets.\"*\".service_level: 0.8 isn't allowed; it must be {percent}")),
        (with("[targets]\n\"*\" = { service_level = \"80%\" }"), format!("8:25: targets.\"*\".service_level: has a value of the wrong type; it must be {percent}, without quotes")),
        (GOOD.replace("\"open\"", "\"closed\""), "2:8: access.mode: \"closed\" is unknown; allowed: login, open".into()),
        (format!("time_zone = \"berlin\"\n{GOOD}"), "1:13: time_zone: unknown time zone; use a name from the IANA database such as \"Europe/Berlin\"".into()),
        (format!("time_zone = \"New York\"\n{GOOD}"), "1:13: time_zone: unknown time zone; use a name from the IANA database such as \"America/New_York\"".into()),
        // URLs and secrets.
        (url("\"\""), url_fault("is empty")),
        (url("\"$VNGAGE_URL\""), url_fault("is a variable: write url = { env = \"NAME\" }")),
        (url("\"'amqps://u:hunter2@h/v'\""), url_fault("has extra quotes")),
        (url("\"u:hunter2@h/v\""), url_fault("doesn't start with amqps:// or amqp://")),
        (url("\"amqps://u:hun@ter/2@h:5671/v\""), url_fault("has a special character in user or password")),
        (url("\"amqps://u:hun#ter2@h:5671/v\""), url_fault("has a special character in user or password")),
        (url("\"amqps://h:5671/v\""), url_fault("has no user")),
        (url("\"amqps://u:hunter2@/v\""), url_fault("has no host")),
        (url("\"amqps://u:hunter2@h:abc/v\""), url_fault("can't be read")),
        (url("{ file = \"note\" }"), url_fault("contains a space or a second line")),
        (url("{ file = \"latin\" }"), "5:7: sources.chat.url: can't read the file latin (stream did not contain valid UTF-8); save the file as UTF-8".into()),
        (url("{ env = \"amqps://u:hunter2@h/v\" }"), "5:7: sources.chat.url: isn't the name of an environment variable (not shown: it may be a secret); use only its name, without $: { env = \"VNGAGE_URL\" }".into()),
        (url("{ env = \"$VNGAGE_URL\" }"), "5:7: sources.chat.url: isn't the name of an environment variable (".into()),
        (url("{ file = \"amqps://u:hunter2@h/v\" }"), "5:7: sources.chat.url: isn't the path of a file (not shown: it may be a secret); use the path of a file that contains it: { file = ".into()),
        (with(&GOOD[GOOD.find("[sources").unwrap()..].replace("chat", "two")), "7:10: sources.two: reads the same broker queue as [sources.chat], so each would get only half of the messages; remove one of them, or set a different `queue`".into()),
        // Invalid TOML.
        (with("kind = \"vngage\""), "7:1: sources.chat.kind: duplicate key, first at 4:1; keep one of the two".into()),
        (with(" [sources.chat]"), "7:11: sources.chat: duplicate key, first at 3:1; write a table's [name] once, with all its keys below it".into()),
        (format!("time_zone = \"UTC\"\ntime_zone = \"UTC\"\n{GOOD}"), "2:1: time_zone: duplicate key, first at 1:1; keep one of the two".into()),
        (url("{ env = \"A\", env = \"B\" }"), "5:20: sources.chat.url.env: duplicate key, first at 5:9; keep one of the two".into()),
        (with("[names]\n\"chat/1\" = \"Sales\"\n  \"chat/1\" = \"Support\""), "9:3: names.\"chat/1\": duplicate key, first at 8:1; keep one of the two".into()),
        (with("allow_plaintext = True"), "7:19: invalid boolean, expected `true`; use true or false in lowercase, or put text in quotes".into()),
        (url("{ env: \"X\" }"), "5:12: invalid unquoted key, expected letters, numbers, `-`, `_`; a table in one line is written { key = \"value\", key = \"value\" }".into()),
        (GOOD.replacen(" = ", "\u{a0}= ", 1), "2:5: invalid unquoted key, expected letters, numbers, `-`, `_`; this line has an invisible or unusual space character".into()),
        (GOOD.replace("\"x\"", "\u{2018}x\u{2019}"), "6:12: string values must be quoted, expected literal string; write straight quotes \" instead of typographic ones".into()),
        (with("[names]\nchat/1 = \"Sales\""), "8:5: invalid unquoted key, expected letters, numbers, `-`, `_`; put ids and patterns in quotes: \"chat/3f2b…\" = …".into()),
        (with("not_queued = [\"a\" \"b\"]"), "7:19: missing comma between array elements, expected `,`; put a comma between two values".into()),
        (with("[thresholds.*]"), "7:13: invalid unquoted key, expected letters, numbers, `-`, `_`; write a table as [name] or [sources.name], alone on its line; put other characters than letters, digits, - and _ in quotes: [thresholds.\"*\"]".into()),
    ];
    for (text, expected) in table {
        let message = folder.fault_text(&text);
        let expected = format!("wallboard.toml:{expected}");
        assert!(
            message.starts_with(&expected),
            "in\n{text}\n{message}\n{expected}"
        );
        assert!(!message.contains('\n'), "one mistake, one line:\n{message}");
        assert!(!message.contains("hunter2"), "{message}");
    }
}

#[test]
fn unclosed_list_is_the_only_fault_reported() {
    let message = ConfigFolder::new()
        .fault_text(format!("{GOOD}not_queued = [\"a\",\n[hide]\nqueues = []\n"));

    assert_eq!(
        message,
        "wallboard.toml:8:2: string values must be quoted, expected literal string; the list before it isn't closed: add ]"
    );
}

#[test]
fn secret_file_from_a_windows_editor_is_read() {
    let folder = ConfigFolder::new();
    fs::write(folder.path("url"), "\u{feff} amqps://u:p@h/v \r\n\r\n").unwrap();
    let text = GOOD.replace("\"amqps://u:p@h/v\"", "{ file = \"url\" }");
    fs::write(folder.path("wallboard.toml"), text).unwrap();

    let settings = load_file(&folder.path("wallboard.toml")).unwrap();

    let SourceConfig::Vngage(vngage) = &settings.sources[0] else {
        panic!("{settings:?}")
    };
    assert_eq!(vngage.url, "amqps://u:p@h/v");
}
