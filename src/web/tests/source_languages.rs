//! Pages of data sources in other languages.

use axum::{Router, http::StatusCode};
use jiff::{Timestamp, civil::date};
use tempfile::TempDir;
use tokio::sync::watch;

use wallboard_domain::{Input, SourceDiagnostic};
use wallboard_history::{
    coverage::{ExpectedFile, MissingFiles},
    import::{
        ColumnNotes, FileReasons, ImportFailure, ImportOutcome, ImportPhase, ImportProgress,
        ImportStatus, ImportTotals, LocationName, ScoreSummary,
    },
    report::{History, fixture::report_config},
};
use wallboard_log::cluster::{ClusterMonitor, NodeCondition, NodeIdentity, NodeStatus};
use wallboard_sources::vngage;
use wallboard_store::Store;

use crate::web::{
    DataOrigin, access::reader_texts::PSEUDO, build_router,
    pages::import_panel::tests::file_source, server::assets,
};

use super::{
    PageResponse, assert_contains, cluster, connection_lost, router_after, router_without_source,
    sales_inputs, state_of_inputs,
    telephony::{subscription_stats, voice_router},
    test_site,
    translation::{assert_translated, get_in},
};

fn chat() -> String {
    "Chat".to_owned()
}

/// A run that went well, of a source that lacks nothing.
fn quiet_status() -> ImportStatus {
    let now = Timestamp::now();
    ImportStatus {
        kind: vngage::KIND,
        scope: chat(),
        location: LocationName::Sftp(chat()),
        last_run: Some(now),
        last_contact: Some(now),
        next_run: Some(now),
        outcome: ImportOutcome {
            found: 1,
            ..ImportOutcome::default()
        },
        ..file_source("files").initial_status()
    }
}

/// Everything that can be wrong with files, except that they can't be reached.
fn faulty_status() -> ImportStatus {
    let reasons = || FileReasons {
        count: 30,
        reasons: [(chat(), "Nobody".to_owned())].into(),
    };
    let day = |day| date(2026, 11, day);
    ImportStatus {
        location: LocationName::Bucket(chat()),
        phase: ImportPhase::Importing,
        progress: ImportProgress {
            files: 7,
            ..ImportProgress::default()
        },
        outcome: ImportOutcome {
            found: 30,
            known: 2,
            outside_window: 3,
            imported: 1,
            replaced: 4,
            retagged: 1,
            rows: 1_204,
            rejected_rows: 5,
            deferred: reasons(),
            undelivered: 1,
            failed: reasons(),
            tenants: [4711].into(),
            unknown: [chat()].into(),
            ..ImportOutcome::default()
        },
        totals: ImportTotals {
            files: 7,
            rows: 1_204,
            rejected_rows: 2,
            rejected_rows_recent: 1,
            last_imported: Some(Timestamp::UNIX_EPOCH),
            columns: [(
                chat(),
                ColumnNotes {
                    extra: vec![chat()],
                    missing: vec![chat()],
                },
            )]
            .into(),
            scores: ScoreSummary {
                count: 30,
                examples: vec![(chat(), 7, chat())],
            },
        },
        expected_file: Some(ExpectedFile {
            at: Timestamp::UNIX_EPOCH,
            period: "1970-01-01".to_owned(),
        }),
        unknown_end_reasons: vec![(chat(), 12)],
        findings: vec!["columns: Nobody".to_owned()],
        missing: vec![
            MissingFiles::NoCalls { dataset: chat() },
            MissingFiles::Since {
                dataset: chat(),
                first: day(3),
                newest: day(4),
            },
            MissingFiles::Removed { dataset: chat() },
            MissingFiles::MissingDays {
                dataset: chat(),
                days: [day(3), day(4), day(7)].iter().collect(),
            },
        ],
        unmapped: vec![(chat(), vec![chat()])],
        ..quiet_status()
    }
}

fn router_with_imports(status: ImportStatus) -> (Router, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("wallboard.db")).unwrap();
    let history = History::new(store.clone(), report_config(test_site()));
    let web = state_of_inputs(sales_inputs(), history, store, DataOrigin::Live);
    // The channel's last value stays readable without its sender.
    web.imports.insert("chat".into(), watch::channel(status).1);
    (build_router(web), folder)
}

async fn assert_page_translated(router: &Router, path: &str) -> String {
    let page = get_in(router, path, PSEUDO).await;
    assert_eq!(page.status, StatusCode::OK, "{path}");
    let text = page.text.replace(assets::build_id(), "");
    assert_translated(&PageResponse { text, ..page }, path);
    get_in(router, path, "de").await.text
}

#[tokio::test]
async fn live_sources_are_described_in_the_readers_language() {
    let failed = SourceDiagnostic::Failed {
        why: "Nobody takes `collect`".to_owned(),
    };
    let failed = Input::Diagnostic("chat".into(), failed);
    let lost = router_after([sales_inputs(), vec![failed.clone(), connection_lost()]].concat());
    let german = assert_page_translated(&lost, "/sources").await;
    assert_contains(
        &german,
        &[
            "<html lang=\"de\">",
            "Getrennt. <bdi lang=\"en\">",
            "◆ Ausgefallen",
            "ist seit ",
        ],
    );
    let failing = router_after(vec![failed]);
    let german = assert_page_translated(&failing, "/sources").await;
    assert_contains(&german, &["noch keine Nachrichten"]);
    let voice = voice_router(vec![subscription_stats()]);
    let german = assert_page_translated(&voice, "/sources").await;
    assert_contains(
        &german,
        &[
            "Verbunden, bis auf 4 Statistiken, die Genesys ablehnt.",
            "21 angefordert: 14 aktuell, 3 ohne gültigen Wert, 4 abgelehnt",
            "Von Genesys abgelehnt",
        ],
    );
    let none = router_without_source(wallboard_domain::SiteConfig::default());
    let german = assert_page_translated(&none, "/sources").await;
    assert_contains(&german, &["Es ist keine Datenquelle konfiguriert."]);
}

#[tokio::test]
async fn imports_are_described_in_the_readers_language() {
    let (faulty, _folder) = router_with_imports(faulty_status());
    let german = assert_page_translated(&faulty, "/sources").await;
    assert_contains(
        &german,
        &[
            "▲ Eingeschränkt",
            "importiert Dateien, 0 von 7 fertig · 2 Zeilen übersprungen",
            "1 Datei importiert (1.204 Zeilen), 4 davon erneut, weil sich der Inhalt geändert hat",
            "Fehlend: 2026-11-03 bis 2026-11-04, 2026-11-07. Für diese Tage",
            "zu [sources.chat.end_by] hinzufügen",
        ],
    );
    let failure = ImportFailure {
        at: Timestamp::now(),
        reason: "Nobody answers".to_owned(),
        needs_intervention: true,
    };
    let unreachable = ImportStatus {
        failure: Some(failure),
        phase: ImportPhase::Listing,
        ..quiet_status()
    };
    let first = ImportStatus {
        last_run: None,
        last_contact: None,
        phase: ImportPhase::Waiting,
        location: LocationName::Folder(chat()),
        ..quiet_status()
    };
    let empty = |tenants: &[u64]| ImportStatus {
        outcome: ImportOutcome {
            tenants: tenants.iter().copied().collect(),
            ..ImportOutcome::default()
        },
        location: LocationName::Container(chat()),
        phase: ImportPhase::Computing,
        ..quiet_status()
    };
    for (status, expected) in [
        (quiet_status(), "Letzter Lauf: keine neue Datei."),
        (
            unreachable,
            "fehlgeschlagen. <bdi lang=\"en\">Nobody answers.</bdi>",
        ),
        (first, "ein anderer Import dieser Quelle läuft"),
        (
            empty(&[]),
            "Keine Dateien für Chat. Prüfen Sie den Speicherort.",
        ),
        (empty(&[4711]), "Keine Dateien für Chat, aber für 4711."),
    ] {
        let (router, _folder) = router_with_imports(status);
        let german = assert_page_translated(&router, "/sources").await;
        assert_contains(&german, &[expected]);
    }
}

#[tokio::test]
async fn pages_of_skipped_rows_and_unassigned_columns_are_translated() {
    let (router, _folder) = router_with_imports(faulty_status());
    let german = assert_page_translated(&router, "/sources/chat/aside").await;
    let why = "setzen Sie <code>keep_contacts = true</code> in <code>[privacy]</code>.";
    assert_contains(&german, &["Keine übersprungenen Zeilen", why]);
    let german = assert_page_translated(&router, "/sources/columns").await;
    assert_contains(&german, &["Keine Quelle hat nicht zugeordnete Spalten."]);
    let file = get_in(&router, "/sources/chat/aside.csv", "sv").await;
    assert_contains(&file.text, &["Fil,Rad,Orsak,Radens innehåll"]);
}

#[tokio::test]
async fn nodes_are_described_in_the_readers_language() {
    let following = NodeStatus {
        behind_ms: Some(420),
        ..cluster::status(NodeCondition::Following)
    };
    let lost = NodeStatus {
        reason: Some("no update from the leader".to_owned()),
        ..cluster::status(NodeCondition::Disconnected)
    };
    let leader = cluster::leading(NodeIdentity::of_test("wall2"));
    for (own, hears_leader, others, expected) in [
        (following, true, vec![leader], "2 Knoten. wall2 führt."),
        (lost, false, Vec::new(), "Kein Knoten führt, daher"),
    ] {
        let monitor = ClusterMonitor::of_test(NodeIdentity::of_test("wall1"), own, others);
        let (router, _folder) = cluster::router_of_node(monitor, hears_leader);
        let german = assert_page_translated(&router, "/sources").await;
        assert_contains(&german, &[expected]);
    }
}
