//! `/` before any data source is configured: what to do first.

use askama::Template;
use axum::response::Html;

use wallboard_history::ExportVendor;
use wallboard_texts::Texts;

use crate::web::{
    DataOrigin, WebError, WebState,
    parts::{
        clock::PageTime,
        links::PageLink,
        page_header::PageHeader,
        sentence::{Sentence, SentencePiece, slot},
        starter_title::starter_title,
    },
    server::assets,
};

#[derive(Template)]
#[template(path = "first_run.html")]
struct FirstRunPage {
    build: &'static str,
    header: PageHeader,
    stamp: PageTime,
    about: Sentence,
    add_about: Sentence,
    load_about: Sentence,
    /// Titles and lines of the configuration.
    starters: Vec<(String, &'static str)>,
}

/// Whether there is neither a live source nor one of files. A node that hasn't heard the leader doesn't
/// know.
pub(super) fn has_no_source(web: &WebState) -> bool {
    let may_have_live = (web.live).read_snapshot(|snapshot, _| {
        !snapshot.sources.is_empty() || snapshot.leader_lost_at.is_some()
    });
    !may_have_live && web.imports.list_statuses().is_empty() && web.data_origin == DataOrigin::Live
}

pub(super) fn show_first_run(web: &WebState, header: PageHeader) -> Result<Html<String>, WebError> {
    let texts = header.texts;
    let starters = web.server_info.starters.iter();
    let starters = starters.chain(ExportVendor::STARTERS);
    let page = FirstRunPage {
        build: assets::build_id(),
        stamp: (web.live).read_snapshot(PageTime::new),
        about: nothing_connected(texts),
        add_about: with_code(
            &texts.add_source_to_file_about(slot(0), slot(1), slot(2)),
            &["wallboard serve", "wallboard.toml", "{ env = \"NAME\" }"],
        ),
        load_about: with_code(
            &texts.load_it_about(slot(0), slot(1)),
            &["systemctl reload wallboard", "wallboard serve"],
        ),
        starters: starters
            .map(|starter| (starter_title(texts, starter), starter.lines))
            .collect(),
        header,
    };
    Ok(Html(page.render()?))
}

fn nothing_connected(texts: &Texts) -> Sentence {
    let boards = PageLink::new(texts.boards_link(), "/boards/queues");
    let pieces = vec![
        SentencePiece::Link(boards),
        SentencePiece::Code("wallboard demo"),
    ];
    Sentence::new(&texts.nothing_connected(slot(0), slot(1)), pieces)
}

fn with_code(text: &str, code: &[&'static str]) -> Sentence {
    Sentence::new(
        text,
        code.iter().copied().map(SentencePiece::Code).collect(),
    )
}
