//! Samples in the documentation: `wallboard check` accepts whatever a reader pastes, and each kind of
//! source has some.

use wallboard_domain::SourceKind;
use wallboard_history::ExportVendor;

use super::*;

/// Reads a file of the repository; empty if there is none.
fn read_file(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap_or_default()
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

    let guides = SourceConfig::KINDS.iter().map(guide_of);
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
fn samples_of_a_cluster_are_accepted() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("nats-ca.pem"), "").unwrap();
    let file = folder.path().join("wallboard.toml");
    let samples = samples(include_str!("../../docs/how-to/cluster.md"));
    let [whole, edge] = &samples[..] else {
        panic!("{samples:?}")
    };
    let whole = without_credentials(whole);
    for text in [whole.clone(), format!("{whole}\n{edge}")] {
        let settings = parse_configuration(&text, &file, |_| Some("hunter2".to_owned()));
        assert_eq!(settings.unwrap().cluster.unwrap().nats.replicas, 3);
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
            panic!("{}: {faults}\nin\n{text}", starter.title);
        }
    }
    let without = parse_configuration("[access]\nmode = \"open\"", &file, environment).unwrap();
    assert!(without.sources.is_empty() && without.imports.is_empty());
}

#[test]
fn each_kind_of_source_has_a_guide_a_sample_a_fuzz_target_and_a_hostile_vendor() {
    let live = SourceConfig::KINDS.iter().zip(SourceConfig::STARTERS);
    let live = live.map(|(kind, starter)| (kind, starter, guide_of(kind)));
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
