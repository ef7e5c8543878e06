//! `[cluster]`: its values and its faults.

use wallboard_log::cluster::NodeRole;
use wallboard_runtime::nats::NatsCredentials;

use super::*;

const CLUSTER: &str = r#"[cluster]
nats = ["nats://127.0.0.1:4222"]
site = "support"
node = "wall1"
[access]
mode = "open"
"#;

fn read(text: &str) -> Result<AppSettings, ConfigFaults> {
    parse_configuration(text, Path::new("w.toml"), |name| {
        (name == "NATS_SECRET").then(|| "hunter2".to_owned())
    })
}

/// The table with further lines.
fn read_cluster(lines: &str) -> ClusterSettings {
    let text = CLUSTER.replacen(
        "node = \"wall1\"\n",
        &format!("node = \"wall1\"\n{lines}\n"),
        1,
    );
    read(&text).unwrap().cluster.unwrap()
}

#[test]
fn one_machine_has_no_cluster() {
    assert_eq!(read("[access]\nmode = \"open\"\n").unwrap().cluster, None);
}

#[test]
fn cluster_has_defaults() {
    let cluster = read_cluster("");

    assert_eq!(cluster.nats.servers, ["nats://127.0.0.1:4222"]);
    assert_eq!(cluster.nats.site, "support");
    assert_eq!(cluster.nats.node, "wall1");
    assert_eq!(cluster.nats.credentials, NatsCredentials::None);
    assert_eq!((cluster.nats.ca_file, cluster.nats.replicas), (None, 1));
    assert_eq!((cluster.role, cluster.imports), (NodeRole::All, true));
}

#[test]
fn every_value_is_read_as_configured() {
    let cluster = read_cluster(
        "ca_file = \"Cargo.toml\"\nrole = \"edge\"\nreplicas = 3\nimports = false\nuser = \"wall\"\npassword = { env = \"NATS_SECRET\" }",
    );

    assert_eq!(
        cluster.nats.ca_file.as_deref(),
        Some(Path::new("Cargo.toml"))
    );
    assert_eq!(cluster.nats.replicas, 3);
    assert_eq!((cluster.role, cluster.imports), (NodeRole::Edge, false));
    let NatsCredentials::User { name, password } = &cluster.nats.credentials else {
        panic!("{cluster:?}")
    };
    assert_eq!((name.as_str(), password.0.as_str()), ("wall", "hunter2"));
    assert!(!format!("{cluster:?}").contains("hunter2"));

    let token = read_cluster("token = { env = \"NATS_SECRET\" }")
        .nats
        .credentials;
    assert!(matches!(token, NatsCredentials::Token(token) if token.0 == "hunter2"));
    let file = read_cluster("credentials_file = \"Cargo.toml\"")
        .nats
        .credentials;
    assert_eq!(file, NatsCredentials::File("Cargo.toml".into()));
}

#[test]
fn only_encrypted_or_accepted_connections_leave_this_machine() {
    let is_accepted = |nats: &str, lines: &str| {
        let text = CLUSTER.replacen(
            "nats = [\"nats://127.0.0.1:4222\"]\n",
            &format!("nats = {nats}\n{lines}\n"),
            1,
        );
        match read(&text) {
            Ok(_) => true,
            Err(faults) => {
                assert_eq!(
                    faults.to_string(),
                    "w.toml:2:8: cluster.nats: nats:// would send everything unencrypted; use tls://, or set allow_plaintext = true to accept that"
                );
                false
            }
        }
    };

    assert!(is_accepted("\"nats://localhost\"", ""));
    assert!(is_accepted("\"tls://n1.example.com\"", ""));
    assert!(is_accepted(
        "[\"tls://n1.example.com\", \"nats://n2.example.com\"]",
        ""
    ));
    assert!(is_accepted(
        "\"nats://n1.example.com\"",
        "ca_file = \"Cargo.toml\""
    ));
    assert!(is_accepted(
        "\"nats://n1.example.com\"",
        "allow_plaintext = true"
    ));
    assert!(!is_accepted(
        "\"nats://n1.example.com\"",
        "allow_plaintext = false"
    ));
    assert!(!is_accepted(
        "[\"nats://localhost\", \"nats://n2.example.com\"]",
        ""
    ));
}

#[test]
fn every_cluster_fault_is_reported_with_position_and_fix() {
    let address = "the address is invalid (not shown: it may contain a password); use the form nats://host:4222 or tls://host:4222";
    let name = "it must be a name of 1 to 63 characters from a-z, 0-9 and -";
    let one_way = "is one way to sign in too many; use only one of: credentials_file, token, user with password";
    let more = |line: &str| (String::from("[access]"), format!("{line}\n[access]"));
    let table = [
        (("nats = [\"nats://127.0.0.1:4222\"]\n".to_owned(), String::new()), "1:2: cluster.nats: is missing; write nats = \"tls://nats1.example.com:4222\"".to_owned()),
        (("[\"nats://127.0.0.1:4222\"]".to_owned(), "[]".to_owned()), "2:8: cluster.nats: has no address; write nats = [\"tls://nats1.example.com:4222\"]".to_owned()),
        (("[\"nats://127.0.0.1:4222\"]".to_owned(), "4222".to_owned()), "2:8: cluster.nats: has a value of the wrong type; it must be an address such as \"tls://nats1.example.com:4222\", or a list of them".to_owned()),
        (("nats://".to_owned(), "https://".to_owned()), format!("2:9: cluster.nats: {address}")),
        ((":4222\"".to_owned(), ":4222/path\"".to_owned()), format!("2:9: cluster.nats: {address}")),
        (("nats://".to_owned(), "nats://wall:hunter2@".to_owned()), "2:9: cluster.nats: has credentials in the address; write user = \"wallboard\" and password = { env = \"NATS_PASSWORD\" } instead".to_owned()),
        (("site = \"support\"\n".to_owned(), String::new()), "1:2: cluster.site: is missing; write site = \"support\"".to_owned()),
        (("\"support\"".to_owned(), "\"Support.1\"".to_owned()), format!("3:8: cluster.site: \"Support.1\" isn't allowed; {name}")),
        (("\"wall1\"".to_owned(), "\"wall 1\"".to_owned()), format!("4:8: cluster.node: \"wall 1\" isn't allowed; {name}")),
        (more("role = \"leader\""), "5:8: cluster.role: \"leader\" is unknown; allowed: all, edge".to_owned()),
        (more("replicas = 2"), "5:12: cluster.replicas: 2 isn't allowed; it must be 1, 3 or 5: an even number tolerates no more failures".to_owned()),
        (more("replicas = 7"), "5:12: cluster.replicas: 7 isn't allowed; it must be a whole number from 1 to 5".to_owned()),
        (more("imports = \"no\""), "5:11: cluster.imports: has a value of the wrong type; it must be true or false".to_owned()),
        (more("user = \"wall\""), "5:1: cluster.user: is set alone; set `password` too".to_owned()),
        (more("password = \"p\""), "5:1: cluster.password: is set alone; set `user` too".to_owned()),
        (more("token = \"t\"\nuser = \"wall\""), format!("6:1: cluster.user: {one_way}")),
        (more("token = \"t\"\ncredentials_file = \"Cargo.toml\""), format!("5:1: cluster.token: {one_way}")),
        (more("credentials_file = \"none.creds\""), "5:20: cluster.credentials_file: \"none.creds\" can't be read (No such file or directory (os error 2)); paths are relative to the configuration file".to_owned()),
        (more("server = 1"), "5:1: cluster.server: unknown key; allowed here: allow_plaintext, ca_file, credentials_file, imports, nats, node, password, replicas, role, site, token, user".to_owned()),
        (("[access]".to_owned(), "[log]\nenabled = false\n[access]".to_owned()), "1:2: cluster: needs the log, which is this node's copy of what all nodes share; remove enabled = false in [log]".to_owned()),
        (("mode = \"open\"\n".to_owned(), "mode = \"open\"\n[server]\nreplicas = 3\n".to_owned()), "8:1: server.replicas: unknown key; `replicas` belongs below [cluster]; allowed here: flush_interval, listen, max_viewers, private_receivers, public_url, tls, trusted_proxies".to_owned()),
    ];

    for ((from, to), expected) in table {
        let text = CLUSTER.replacen(&from, &to, 1);
        let faults = read(&text).expect_err(&expected).to_string();
        assert_eq!(faults, format!("w.toml:{expected}"), "in\n{text}");
    }
}
