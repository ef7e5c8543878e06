//! Samples in the documentation: `wallboard check` accepts whatever a reader pastes, and each kind of
//! source has some.

use wallboard_domain::{SourceFeed, SourceKind, SourceStarter};
use wallboard_history::ExportVendor;

use super::*;

/// Reads a file of the repository; empty if there is none.
fn read_file(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap_or_default()
}

/// The kinds of live sources that somebody else's system feeds, with their starters.
fn live_vendors() -> impl Iterator<Item = (&'static SourceKind, &'static SourceStarter)> {
    let kinds = SourceConfig::KINDS.iter().zip(SourceConfig::STARTERS);
    kinds.filter(|(_, starter)| starter.feed != SourceFeed::Demo)
}

/// The path of a live vendor's guide.
fn guide_of(kind: &SourceKind) -> String {
    format!("docs/start/{}.md", kind.name)
}

/// The path of the guide to a vendor's exports.
fn import_guide_of(kind: &str) -> String {
    format!("docs/how-to/import-{}.md", vendor_of(kind))
}

/// "vergic" of "vergic-export".
fn vendor_of(kind: &str) -> &str {
    kind.split('-').next().unwrap_or(kind)
}

/// Returns each TOML block, without the indentation from a list.
fn samples(guide: &str) -> Vec<String> {
    let mut samples = Vec::new();
    let mut lines = guide.lines();
    while let Some(fence) = lines.by_ref().find(|line| line.trim() == "```toml") {
        let indent = fence.len() - fence.trim_start().len();
        let inside = lines.by_ref().take_while(|line| line.trim() != "```");
        let inside = inside.map(|line| line.get(indent..).unwrap_or_default());
        samples.push(inside.collect::<Vec<_>>().join("\n"));
    }
    samples
}

/// Replaces files of systemd, which exist only while the service runs.
fn without_credentials(sample: &str) -> String {
    let replace = |line: &str| match line.split_once(r#"{ file = "/run/credentials/"#) {
        Some((key, _)) => format!("{key}{{ env = \"SECRET\" }}\n"),
        None => format!("{line}\n"),
    };
    sample.lines().map(replace).collect()
}

#[test]
fn first_sample_of_a_guide_is_a_whole_file_and_others_extend_it() {
    let folder = tempfile::tempdir().unwrap();
    for file in ["vergic-ca.pem", "genesys-ca.pem", "gms-ca.pem"] {
        fs::write(folder.path().join(file), "").unwrap();
    }
    let file = folder.path().join("wallboard.toml");
    let environment = |name: &str| {
        Some(match name {
            "VNGAGE_URL" => "amqps://u:p@broker.example.com/v".to_owned(),
            _ => "hunter2".to_owned(),
        })
    };

    let guides = live_vendors().map(|(kind, _)| guide_of(kind));
    for guide in guides.chain(["README.md".to_owned()]) {
        let samples = samples(&read_file(&guide));
        let whole = samples.first().expect(&guide);
        for further in samples.iter().skip(1).map(String::as_str).chain([""]) {
            let text = format!("{whole}\n{further}");
            if let Err(faults) = parse_configuration(&text, &file, environment) {
                panic!("{guide}: {faults}\nin\n{text}");
            }
        }
    }
}

#[test]
fn samples_of_genesys_and_gms_set_the_time_zone_and_leave_optional_lines_out() {
    for vendor in ["genesys", "gms"] {
        let samples = samples(&read_file(&format!("docs/start/{vendor}.md")));
        let lines = samples.first().unwrap().lines();
        let keys: Vec<&str> = lines.filter_map(|line| line.split(" = ").next()).collect();
        assert!(keys.contains(&"time_zone"), "{vendor}: {keys:?}");
        assert!(keys.contains(&"# ca_file"), "{vendor}: {keys:?}");
        for optional in ["ca_file", "api_key"] {
            assert!(!keys.contains(&optional), "{vendor}: {optional}");
        }
    }
}

#[test]
fn guide_of_gms_quotes_no_text_that_no_page_has() {
    let guide = read_file("docs/start/gms.md");
    assert!(guide.contains("GMS") && !guide.contains("age unknown"));
}

#[test]
fn documents_say_that_a_restart_continues_the_day() {
    for page in ["docs/start/vngage.md", "docs/how-to/troubleshoot.md"] {
        let text = read_file(page).replace('\n', " ");
        assert!(!text.contains("count from Wallboard's start"), "{page}");
    }
    assert!(read_file("docs/start/vngage.md").contains("A restart continues them."));
}

#[test]
fn security_policy_names_no_address() {
    // None is known before somebody operates the repository, and one that nobody reads is worse.
    let policy = read_file("SECURITY.md");
    assert!(policy.contains("Report a vulnerability"));
    assert!(!policy.contains('@') && !policy.contains("://"), "{policy}");
}

#[test]
fn sample_of_each_identity_provider_is_a_whole_file() {
    for page in ["users", "entra-id", "okta", "keycloak", "google"] {
        let samples = samples(&read_file(&format!("docs/how-to/{page}.md")));
        let mut samples = samples.iter();
        let sample = samples.find(|sample| sample.contains("[access.oidc]"));
        let environment = |_: &str| Some("hunter2".to_owned());
        let sample = without_credentials(sample.expect(page));
        let settings = parse_configuration(&sample, Path::new("w.toml"), environment);
        let access = settings.unwrap().access;
        assert!(
            matches!(access, AccessSettings::Login { oidc: Some(_), .. }),
            "{page}"
        );
    }
}

#[test]
fn sample_of_each_channel_is_accepted() {
    let samples = samples(&read_file("docs/how-to/channels.md"));
    let environment = |_: &str| Some("https://hooks.example.com/hunter2".to_owned());
    let mut kinds = Vec::new();
    for sample in samples {
        let text = format!("{}\n{}", test_file::OPEN_CHAT, without_credentials(&sample));
        let settings = parse_configuration(&text, Path::new("w.toml"), environment);
        let channels = settings.unwrap().channels;
        kinds.extend(channels.iter().map(wallboard_notify::Channel::kind_title));
    }
    assert_eq!(kinds, ["Microsoft Teams", "Slack", "Email", "Webhook"]);
}

#[test]
fn samples_of_a_cluster_are_accepted() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("nats-ca.pem"), "").unwrap();
    let file = folder.path().join("wallboard.toml");
    let samples = samples(read_cluster_guide());
    let [whole, edge] = &samples[..] else {
        panic!("{samples:?}")
    };
    let whole = without_credentials(whole);
    for text in [whole.clone(), format!("{whole}\n{edge}")] {
        let settings = parse_configuration(&text, &file, |_| Some("hunter2".to_owned()));
        assert_eq!(settings.unwrap().cluster.unwrap().nats.replicas, 3);
    }
}

/// Returns each document of the cluster's manifest for Kubernetes.
fn manifests() -> impl Iterator<Item = &'static str> {
    include_str!("../../packaging/cluster/kubernetes.yaml").split("\n---\n")
}

#[test]
fn configuration_of_the_kubernetes_manifest_is_accepted() {
    let configuration = manifests().find_map(|manifest| manifest.split_once("wallboard.toml: |\n"));
    let lines = configuration.unwrap().1.lines();
    let text = lines.map(str::trim).collect::<Vec<_>>().join("\n");
    let environment = |name: &str| {
        Some(match name {
            "VNGAGE_URL" => "amqps://u:p@broker.example.com/v".to_owned(),
            _ => "hunter2".to_owned(),
        })
    };

    let settings = parse_configuration(&text, Path::new("w.toml"), environment);

    assert_eq!(settings.unwrap().cluster.unwrap().nats.replicas, 3);
}

#[test]
fn every_workload_of_the_kubernetes_manifest_is_bounded_and_survives_a_drained_machine() {
    let budgets: Vec<&str> = manifests()
        .filter(|manifest| manifest.contains("kind: PodDisruptionBudget"))
        .collect();
    let mut names = Vec::new();
    for workload in manifests().filter(|manifest| manifest.contains("kind: StatefulSet")) {
        let (_, name) = workload.split_once("metadata: { name: ").unwrap();
        let (name, _) = name.split_once(' ').unwrap();
        for part in [
            "resources: { requests: { cpu: ",
            "limits: { memory: ",
            "securityContext: { runAsNonRoot: true, ",
            "securityContext: { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false, ",
            "capabilities: { drop: [ALL] }",
            "topologySpreadConstraints:",
        ] {
            assert!(workload.contains(part), "{name} lacks {part}");
        }
        let selector = format!("maxUnavailable: 1, selector: {{ matchLabels: {{ app: {name} }} }}");
        let budget = budgets.iter().any(|budget| budget.contains(&selector));
        assert!(budget, "{name} has no budget: {budgets:?}");
        names.push(name);
    }
    assert_eq!(names, ["nats", "wallboard"]);
}

#[test]
fn both_samples_of_nats_have_an_administrator_beside_the_user_of_wallboard() {
    let manifest = include_str!("../../packaging/cluster/kubernetes.yaml");
    for sample in [include_str!("../../packaging/cluster/nats.conf"), manifest] {
        let (_, accounts) = sample.split_once("WALLBOARD {").unwrap();
        let (account, system) = accounts.split_once("SYS {").unwrap();
        for user in ["user: wallboard, password: ", "user: admin, password: "] {
            assert!(account.contains(user), "{user}");
        }
        assert!(system.contains("user: sys, password: "));
    }
    let (_, secret) = read_cluster_guide()
        .split_once("kubectl create secret")
        .unwrap();
    for key in ["nats-password", "nats-admin-password", "vngage-url"] {
        assert!(secret.contains(&format!("--from-literal={key}=")), "{key}");
        assert!(manifest.contains(&format!("key: {key} }}")), "{key}");
    }
}

fn read_cluster_guide() -> &'static str {
    include_str!("../../docs/how-to/cluster.md")
}

#[test]
fn cluster_guide_changes_servers_replicas_and_nodes() {
    let (_, changes) = read_cluster_guide()
        .split_once("\n## Change machines\n")
        .unwrap();
    let (changes, _) = changes.split_once("\n## ").unwrap();
    for task in [
        "**Replace a NATS server's machine.**",
        "**Add NATS servers.**",
        "**Change the replicas.**",
        "**Add a node.**",
        "**Remove a node.**",
    ] {
        assert!(changes.contains(task), "{task}");
    }
    // All that the table says is in NATS: one that is left out would be lost with its only server.
    let stored = read_cluster_guide().lines().filter_map(|line| {
        let name = line.strip_suffix("` |")?.rsplit_once("`wallboard-SITE-")?.1;
        Some(match name {
            "log" | "case-records" => format!("wallboard-support-{name}"),
            "snapshots" => format!("OBJ_wallboard-support-{name}"),
            bucket => format!("KV_wallboard-support-{bucket}"),
        })
    });
    let stored: Vec<String> = stored.collect();
    assert_eq!(stored.len(), 6, "{stored:?}");
    for stream in stored {
        assert!(changes.contains(&stream), "{stream} keeps its replicas");
    }
}

#[test]
fn first_run_page_shows_lines_that_are_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wallboard.toml");
    for file in ["id_ed25519", "known_hosts"] {
        fs::write(folder.path().join(file), "").unwrap();
    }
    let environment = |name: &str| {
        Some(match name {
            "VNGAGE_URL" => "amqps://u:p@broker.example.com/v".to_owned(),
            _ => "hunter2".to_owned(),
        })
    };

    for starter in SourceConfig::STARTERS.iter().chain(ExportVendor::STARTERS) {
        let text = format!("[access]\nmode = \"open\"\n{}", starter.lines);
        if let Err(faults) = parse_configuration(&text, &file, environment) {
            panic!("{}: {faults}\nin\n{text}", starter.system);
        }
    }
    let without = parse_configuration("[access]\nmode = \"open\"", &file, environment).unwrap();
    assert!(without.sources.is_empty() && without.imports.is_empty());
}

#[test]
fn each_kind_of_source_has_a_guide_a_sample_a_fuzz_target_and_a_hostile_vendor() {
    let live = live_vendors().map(|(kind, starter)| (kind, starter, guide_of(kind)));
    let files = ExportVendor::KINDS.iter().zip(ExportVendor::STARTERS);
    let files = files.map(|(kind, starter)| (kind, starter, import_guide_of(kind.name)));
    let mut missing = Vec::new();
    let mut expect = |text: &str, file: &str| {
        if !read_file(file).contains(text) {
            missing.push(format!("{text} in {file}"));
        }
    };
    for (kind, starter, guide) in live.chain(files) {
        let key = format!("kind = \"{}\"", kind.name);
        assert!(starter.lines.contains(&key), "{}", starter.lines);
        expect(&guide, "README.md");
        for file in [
            &*guide,
            "docs/reference/configuration.md",
            "wallboard.sample.toml",
            "tests/it/hostile_vendors.rs",
        ] {
            expect(&key, file);
        }
        let vendor = vendor_of(kind.name);
        expect(&format!("(\"{vendor}_"), "src/fuzz.rs");
    }
    for kind in SourceConfig::discoverable_kinds() {
        expect(kind.vendor, "src/cli/check.rs");
    }
    assert_eq!(missing, [""; 0]);
}
