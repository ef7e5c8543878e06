//! History in other languages: nothing on its pages is written past the message files.

use axum::Router;

use crate::web::{
    access::reader_texts::PSEUDO,
    tests::{
        assert_contains, assert_contains_none, test_site,
        translation::{assert_translated, get_in},
    },
};
use wallboard_store::{CatalogEntry, NameClass};
use wallboard_texts::testing::unbracketed_words;

use super::{DAY, HistoryFixture, computed_day, history_fixture, interval_row, router_over};

const QUERY: &str = "range=days&from=2026-11-12&to=2026-11-12";

/// Names of one word each, so that everything else on a page is a text.
async fn named_router() -> (Router, HistoryFixture) {
    let fixture = history_fixture().await;
    let names = vec![
        CatalogEntry::new(NameClass::Queue, "1", "Sales"),
        CatalogEntry::new(NameClass::Queue, "2", "Support"),
        CatalogEntry::new(NameClass::Agent, "7", "Anna"),
        CatalogEntry::new(NameClass::Reason, "3", "Chat"),
    ];
    fixture.store_names(names).await;
    let week = 7 * 24 * super::HOUR;
    let before = vec![interval_row("1", DAY - week + 9 * super::HOUR, [50, 49, 1])];
    fixture
        .replace_intervals(computed_day(DAY - week, before))
        .await;
    fixture.insert_coverage(DAY - week..DAY - week + 24 * super::HOUR);
    let router = router_over(&fixture, test_site(), Vec::new());
    (router, fixture)
}

/// The names of the export and of a zone are data.
async fn assert_page_translated(router: &Router, path: &str) {
    let mut page = get_in(router, path, PSEUDO).await;
    for data in ["Calls", "Asia/Tokyo"] {
        page.text = page.text.replace(data, "");
    }
    assert_translated(&page, path);
}

#[tokio::test]
async fn history_is_written_in_its_readers_language() {
    let (router, _fixture) = named_router().await;
    for query in [
        QUERY,
        "",
        "range=today",
        "range=28d&weekday=thu",
        "range=days&from=2026-10-28&to=2026-11-13&step=1d",
        "range=week&step=15m&zone=Asia%2FTokyo",
        &format!("{QUERY}&by=queue&view=table&sort=-offered"),
        &format!("{QUERY}&by=agent"),
        &format!("{QUERY}&by=agent_group"),
        &format!("{QUERY}&by=reason"),
        &format!("{QUERY}&by=type&queue=calls%2F1"),
        &format!("{QUERY}&agent=calls%2F7&by=queue"),
        &format!("{QUERY}&queue=calls%2F1&only=missed&count_by=event"),
        &format!("{QUERY}&view=heatmap&metric=service_level"),
        &format!("{QUERY}&view=heatmap&hours=open"),
        &format!("{QUERY}&view=breakdown"),
        &format!("{QUERY}&view=breakdown&agent=calls%2F7"),
        &format!("{QUERY}&by=agent&hours=open"),
        &format!("{QUERY}&queue=calls%2F1&by=queue_group"),
        &format!("{QUERY}&queue=calls%2F1&agent=calls%2F7"),
    ] {
        let path = format!("/history?{query}");
        assert_page_translated(&router, &path).await;
    }
    for query in ["", "&outcome=abandoned", "&reason=calls%2F3"] {
        let path = format!("/history/calls?{QUERY}{query}");
        assert_page_translated(&router, &path).await;
    }
}

#[tokio::test]
async fn numbers_dates_and_sentences_are_those_of_the_language() {
    let (router, _fixture) = named_router().await;
    let german = get_in(&router, &format!("/history?{QUERY}"), "de")
        .await
        .text;
    assert_contains(
        &german,
        &[
            "<html lang=\"de\">",
            "Do, 12. Nov. 2026",
            "2 halbe Stunden mit Anrufen, 1 davon verfehlte das Ziel von 80\u{202f}%, 1 nicht bewertet (weniger als 10 Anrufe):",
            "3 Anrufe wurden abgebrochen.",
            "Gegenüber Do, 5. Nov.: ",
            "aria-label=\"Vorheriger Tag: Mi, 11. Nov.\"",
            "10:00–11:00",
        ],
    );
    assert_contains_none(&german, &["Offered", "half-hour", "Nov 2026", "No data"]);
    let swedish = get_in(&router, &format!("/history?{QUERY}&weekday=thu"), "sv")
        .await
        .text;
    assert_contains(
        &swedish,
        &["tors 12 nov. 2026, torsdagar", "målet på 80\u{202f}%"],
    );
}

#[tokio::test]
async fn files_have_headings_in_the_language_of_who_downloads_them() {
    let (router, _fixture) = named_router().await;
    for query in [
        QUERY,
        &format!("{QUERY}&by=agent"),
        &format!("{QUERY}&view=heatmap"),
        &format!("{QUERY}&view=breakdown"),
    ] {
        for path in ["/history.csv", "/history/calls.csv"] {
            let path = format!("{path}?{query}");
            let file = get_in(&router, &path, PSEUDO).await.text;
            // Names, IDs, and the name of a formula.
            let data = [
                "Sales", "Support", "Anna", "Chat", "Calls", "calls", "UTC", "short", "ignored",
            ];
            let words = unbracketed_words(&file).into_iter();
            let foreign: Vec<_> = words
                .filter(|word| !data.contains(&word.as_str()))
                .collect();
            assert!(foreign.is_empty(), "{path}: {foreign:?} in {file}");
        }
    }
    let swedish = get_in(&router, &format!("/history.csv?{QUERY}"), "sv").await;
    assert_contains(
        &swedish.text,
        &[
            "Historik,Alla köer\r\n",
            "Period,tors 12 nov. 2026\r\n",
            "Tid,Börjar,Inkommande,",
            "Inom 20 s (%)",
            "\r\nSumma,,",
        ],
    );
}
