//! `/`: what needs somebody now, each board in miniature, each queue by name, and first steps for
//! a new installation.

use std::sync::Arc;

use askama::Template;
use axum::{Router, extract::Query, http::HeaderMap, response::Html, routing::get};
use serde::Deserialize;

use wallboard_access::Right;
use wallboard_domain::SourceHealth;
use wallboard_live::{ConnectionState, Snapshot};
use wallboard_texts::Texts;

use crate::web::{
    WebError, WebState,
    access::{
        audited::{PeopleMark, ShowsPeople},
        visible_state::VisibleState,
    },
    pages::{
        first_run,
        found_queues::{self, find_unplaced},
        queue,
        set_up::{self, SetUp},
    },
    parts::{
        attention::{Attention, QueueStatus, queue_statuses},
        board_miniature::{BoardCard, Miniatures},
        clock::PageTime,
        finder::Finder,
        links::PageLink,
        metric_tile::MetricTile,
        outage_banner::outage_sentences,
        page_header::{PageHeader, TranslatedHeader},
        reach_note::reach_note,
        sentence::{Sentence, SentencePiece, slot},
        site_tiles,
    },
    screens::{
        qr_code::{QrImage, shared_qr_image},
        screens_state::find_board_screens,
    },
    server::{assets, page_origin::PageOrigin},
};

#[derive(Template)]
#[template(path = "gallery.html")]
struct GalleryPage {
    build: &'static str,
    header: PageHeader,
    /// The notice about a change just made.
    done: &'static str,
    stamp: PageTime,
    attention: Attention,
    /// Sentences about disconnected sources.
    outage_notes: Vec<String>,
    /// Merged over all queues; empty if there are none.
    now: Vec<MetricTile>,
    cards: Vec<BoardCard>,
    finder: Finder,
    screens: Vec<ScreenAddress>,
    queues: Vec<QueueItem>,
    /// How to pair a TV.
    tv_steps: Sentence,
    /// Why no other device can open the boards' addresses.
    loopback_note: Option<Sentence>,
    /// Why there is no data yet, and what to do.
    waiting: Option<&'static str>,
    /// Until all are done or hidden, for those who can do them.
    set_up: Option<SetUp>,
    /// The token of the form that hides the steps.
    form: String,
    /// There is nothing to show but the steps.
    is_empty: bool,
    /// Nobody has made a board yet, so the steps come first.
    is_folded: bool,
    /// A sentence about queues that no board has, for those who can place them.
    unplaced: Option<String>,
    found_address: &'static str,
}

/// How to open a board on a screen.
struct ScreenAddress {
    id: String,
    title: String,
    address: String,
    /// `None` if no other device can open the address.
    code: Option<Arc<QrImage>>,
}

/// A queue with its severity.
struct QueueItem {
    id: String,
    link: PageLink,
    severity: &'static str,
    mark: &'static str,
    say: String,
}

#[derive(Deserialize)]
struct GalleryQuery {
    #[serde(default)]
    done: String,
    /// "show": the steps, although somebody hid them.
    #[serde(default, rename = "set-up")]
    set_up: String,
    /// Words of the boards to show.
    #[serde(default)]
    find: String,
}

pub(in crate::web) fn routes() -> Router<WebState> {
    Router::new().route("/", get(show_gallery))
}

async fn show_gallery(
    VisibleState(web): VisibleState,
    TranslatedHeader(header): TranslatedHeader,
    Query(query): Query<GalleryQuery>,
    origin: PageOrigin,
    headers: HeaderMap,
) -> Result<(Option<PeopleMark>, Html<String>), WebError> {
    let GalleryQuery { done, set_up, find } = query;
    let is_empty = first_run::has_no_source(&web);
    let is_first_run = is_empty && set_up::source_editor(&web, &header).is_none();
    let is_asked_for = is_empty || set_up == "show";
    let is_hidden = set_up::is_hidden(&headers);
    let set_up = (web.live).read_snapshot(|snapshot, now| {
        let set_up = (is_asked_for || !is_hidden)
            .then(|| SetUp::find(&web, &header, snapshot, now, origin.is_loopback()));
        let set_up = set_up.flatten();
        set_up.filter(|set_up| is_asked_for || !set_up.is_complete)
    });
    if is_first_run {
        return Ok((None, first_run::show_first_run(&web, header)?));
    }
    let texts = header.texts;
    let boards = web.boards.list_boards();
    let views: Vec<_> = (boards.iter())
        .filter(|board| header.visitor().may_see(board))
        .map(|board| (board, web.boards.shared_view(board)))
        .collect();
    let done = match done.as_str() {
        "board-deleted" => texts.board_deleted(),
        _ => "",
    };
    let page = web.live.read_snapshot(|snapshot, now| {
        let shows_agents = header.visitor().has(Right::PersonalData);
        let mut statuses = queue_statuses(texts, snapshot, shows_agents, now);
        let mut tiles = site_tiles::site_tiles(texts, snapshot, now);
        if !header.may_open(queue::ROUTE) {
            // Their pages say who waits and who answers.
            let links = statuses.iter_mut().flat_map(QueueStatus::links_mut);
            let links = links.chain(tiles.iter_mut().filter_map(|tile| tile.link.as_mut()));
            links.for_each(|link| link.href.clear());
        }
        let miniatures = Miniatures::new(texts, snapshot, &statuses, now);
        let cards = views.iter();
        let cards: Vec<_> = cards
            .map(|(board, view)| {
                let card = miniatures.board_card(board, view);
                let screens = if header.has_screens() {
                    find_board_screens(&web, &board.id).0
                } else {
                    Vec::new()
                };
                BoardCard { screens, ..card }
            })
            .collect();
        let has_queues = !snapshot.queues.is_empty();
        let sources = snapshot.sources.values();
        let unsure = sources.filter(|source| source.health() != SourceHealth::Live);
        let unsure = unsure.count();
        let unplaced = match &set_up {
            // One of the steps.
            Some(_) => None,
            None => find_unplaced(&web, &header, snapshot, now),
        };
        let outage_notes = if has_queues {
            outage_sentences(texts, snapshot, snapshot.sources.values(), now)
        } else {
            Vec::new()
        };
        GalleryPage {
            build: assets::build_id(),
            done,
            stamp: PageTime::new(snapshot, now),
            now: if has_queues { tiles } else { Vec::new() },
            screens: (cards.iter())
                .map(|card| screen_address(card, &origin))
                .collect(),
            finder: Finder::new(&find, cards.iter().map(BoardCard::find_text)),
            cards,
            queues: statuses.iter().map(queue_item).collect(),
            attention: Attention::new(texts, statuses, unsure),
            outage_notes,
            tv_steps: pairing_steps(texts, &origin),
            loopback_note: origin.is_loopback().then(|| reach_note(texts, &web)),
            waiting: empty_reason(texts, snapshot),
            is_folded: set_up.as_ref().is_some_and(SetUp::comes_first),
            set_up,
            form: header.form_token(),
            is_empty,
            unplaced,
            found_address: found_queues::ROUTE,
            header,
        }
    });
    let mut helped = page.attention.sentences.iter();
    let names_people = helped.any(|item| item.help.names_people())
        || page.cards.iter().any(BoardCard::names_people);
    Ok((ShowsPeople::mark_if(names_people), Html(page.render()?)))
}

fn queue_item(status: &QueueStatus) -> QueueItem {
    QueueItem {
        id: status.id.clone(),
        link: status.link.clone(),
        severity: status.severity.into_str(),
        mark: status.mark,
        say: status.say.clone(),
    }
}

fn screen_address(card: &BoardCard, origin: &PageOrigin) -> ScreenAddress {
    let address = format!("{origin}{}", card.link.href);
    ScreenAddress {
        id: card.id.clone(),
        title: card.link.name.clone(),
        // Another device would look for the board on itself.
        code: (!origin.is_loopback())
            .then(|| shared_qr_image(&address))
            .flatten(),
        address,
    }
}

/// The address that shows a TV's code, within a sentence.
fn pairing_steps(texts: &Texts, origin: &PageOrigin) -> Sentence {
    let address = SentencePiece::Bold(format!("{origin}/tv"));
    Sentence::new(&texts.tv_pair(slot(0)), vec![address])
}

fn empty_reason(texts: &'static Texts, snapshot: &Snapshot) -> Option<&'static str> {
    if !snapshot.queues.is_empty() {
        return None;
    }
    if snapshot.leader_lost_at.is_some() {
        return Some(texts.receives_no_updates());
    }
    if snapshot.sources.is_empty() {
        return Some(texts.only_history());
    }
    let is_any =
        |wanted: fn(&wallboard_live::SourceSnapshot) -> bool| snapshot.sources.values().any(wanted);
    Some(if is_any(|source| source.health() == SourceHealth::Live) {
        texts.queues_appear()
    } else if is_any(|source| source.connection == ConnectionState::Disconnected) {
        texts.no_source_reached()
    } else {
        texts.connecting_center()
    })
}

#[cfg(test)]
mod tests;
