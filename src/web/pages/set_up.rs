//! The steps that set up a new installation. Each follows from what exists, so that each can be left and continued
//! later; only that somebody doesn't want to see them is stored, in their browser.

mod access_step;
mod demo_step;

use axum::{
    Router,
    http::{HeaderMap, HeaderValue, header},
    response::{AppendHeaders, IntoResponse, Redirect, Response},
    routing::post,
};
use cookie::{Cookie, SameSite, time::Duration};
use serde::Deserialize;

use wallboard_boards::BoardOrigin;
use wallboard_domain::{Moment, SourceHealth};
use wallboard_live::Snapshot;
use wallboard_texts::Texts;

use crate::{
    editing::{Editor, EntryId, Origin, Section},
    web::{
        DataOrigin, WebState,
        access::{
            editing::{Acting, EditForm},
            visitor::Visitor,
        },
        pages::{
            found_queues::{self, find_found_queues},
            sources_verdict::SourceState,
        },
        parts::{
            entry_address::{NEW_ROUTE, table_address},
            links::PageLink,
            page_header::PageHeader,
            reach_note::reach_text,
            source_status_text::describe_source,
        },
    },
};

use super::settings::SITE_ROUTE;
use access_step::access_step;
use demo_step::DemoButton;

const HIDE_ROUTE: &str = "/settings/set-up";
/// Of a browser in which somebody hid the steps.
const HIDDEN_COOKIE: &str = "wallboard-set-up";
const HIDDEN_FOR: Duration = Duration::days(400);

/// The steps, in their order.
#[derive(Debug)]
pub(super) struct SetUp {
    pub(super) steps: Vec<SetUpStep>,
    pub(super) done: usize,
    /// Nothing that a board on a TV needs is missing.
    pub(super) is_complete: bool,
}

#[derive(Debug)]
pub(super) struct SetUpStep {
    /// As in the page's IDs.
    pub(super) key: &'static str,
    pub(super) title: &'static str,
    /// "done", "fault" or "open"
    pub(super) state: &'static str,
    /// The first that isn't done.
    pub(super) is_next: bool,
    /// Sentences: what there is.
    pub(super) lines: Vec<String>,
    /// A summary, and what it opens.
    pub(super) folded: Option<(&'static str, String)>,
    pub(super) action: Option<PageLink>,
    /// Adds or removes demo data.
    pub(super) demo: Option<DemoButton>,
    /// A board on a TV can do without it.
    is_optional: bool,
}

pub(in crate::web) fn routes() -> Router<WebState> {
    Router::new()
        .route(HIDE_ROUTE, post(hide_steps))
        .route(demo_step::ROUTE, post(demo_step::change_demo))
}

#[derive(Deserialize)]
struct NoFields {}

/// Hides the steps in this browser.
async fn hide_steps(_: EditForm<NoFields, Acting>) -> Response {
    let cookie = Cookie::build((HIDDEN_COOKIE, "hidden"))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .max_age(HIDDEN_FOR);
    let value = HeaderValue::try_from(cookie.build().to_string());
    let value = value.unwrap_or(HeaderValue::from_static(""));
    (
        AppendHeaders([(header::SET_COOKIE, value)]),
        Redirect::to("/"),
    )
        .into_response()
}

/// Whether somebody hid the steps in this browser.
pub(super) fn is_hidden(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::COOKIE).iter();
    let texts = values.filter_map(|value| value.to_str().ok());
    texts
        .flat_map(Cookie::split_parse)
        .filter_map(Result::ok)
        .any(|cookie| cookie.name() == HIDDEN_COOKIE)
}

/// The editor, if the visitor may make data sources with it.
pub(super) fn source_editor<'w>(web: &'w WebState, header: &PageHeader) -> Option<&'w Editor> {
    let editor = web.editor_for(header.visitor())?;
    (header.may_open(NEW_ROUTE) && editor.has_section(Section::Sources)).then_some(editor)
}

impl SetUp {
    /// The steps for those who can do them; `None` for anybody else, and where nothing is set up.
    pub(super) fn find(
        web: &WebState,
        header: &PageHeader,
        snapshot: &Snapshot,
        now: Moment,
        is_loopback: bool,
    ) -> Option<Self> {
        let route = match header.visitor() {
            Visitor::Person(..) => "/people",
            _ => "/sources",
        };
        if web.data_origin != DataOrigin::Live || !header.may_open(route) {
            return None;
        }
        let administrator = header.account().map(|(name, _)| SetUpStep {
            lines: vec![name.to_owned()],
            ..SetUpStep::done("administrator", header.texts.step_administrator())
        });
        let editor = web.editor_for(header.visitor());
        let steps = [
            administrator,
            editor.and_then(|editor| site_step(editor, header, snapshot)),
            Some(access_step(web, header)),
            Some(SetUpStep {
                demo: DemoButton::find(web, header, snapshot),
                ..source_step(web, header, snapshot, now)
            }),
            editor.map(|editor| queue_step(web, editor, header, snapshot)),
            Some(board_step(web, header)),
            screen_step(web, header, is_loopback),
        ];
        let mut steps: Vec<_> = steps.into_iter().flatten().collect();
        if let Some(next) = steps.iter_mut().find(|step| step.state != "done") {
            next.is_next = true;
        }
        let is_done = |step: &&SetUpStep| step.state == "done";
        Some(Self {
            done: steps.iter().filter(is_done).count(),
            is_complete: steps
                .iter()
                .all(|step| step.is_optional || step.state == "done"),
            steps,
        })
    }

    /// Whether boards and queues are folded below the steps: nobody made a board, or looks around with demo data.
    pub(super) fn comes_first(&self) -> bool {
        let has_no_board =
            (self.steps.iter()).any(|step| step.key == "board" && step.state != "done");
        let has_demo_data = (self.steps.iter())
            .any(|step| (step.demo.as_ref()).is_some_and(|demo| demo.action == "remove"));
        !self.is_complete && has_no_board && !has_demo_data
    }
}

impl SetUpStep {
    fn new(key: &'static str, title: &'static str) -> Self {
        Self {
            key,
            title,
            state: "open",
            is_next: false,
            lines: Vec::new(),
            folded: None,
            action: None,
            demo: None,
            is_optional: false,
        }
    }

    fn done(key: &'static str, title: &'static str) -> Self {
        Self {
            state: "done",
            ..Self::new(key, title)
        }
    }

    pub(super) fn mark(&self) -> &'static str {
        match self.state {
            "done" => "✓",
            "fault" => "▲",
            _ => "○",
        }
    }
}

/// The name and the time zone of the site.
fn site_step(editor: &Editor, header: &PageHeader, snapshot: &Snapshot) -> Option<SetUpStep> {
    let zone = EntryId::new(Section::TimeZone, "");
    if !header.visitor().may_edit(&zone) {
        return None;
    }
    let texts = header.texts;
    let (key, title) = ("site", texts.step_site());
    let link = |name: &str| Some(PageLink::new(name, format!("{SITE_ROUTE}?from=set-up")));
    if matches!(editor.origin(&zone), Origin::Nowhere) {
        let is_in_file = |id: &EntryId| matches!(editor.origin(id), Origin::File { .. });
        return Some(SetUpStep {
            action: link(texts.set_name_and_zone()),
            // The author of a file with sources has read about the time zone there.
            is_optional: editor.list_section(Section::Sources).iter().any(is_in_file),
            ..SetUpStep::new(key, title)
        });
    }
    let zone = snapshot.site.zone.iana_name().unwrap_or("UTC");
    let name = snapshot.site.brand.name.as_deref();
    Some(SetUpStep {
        lines: vec![name.map_or_else(|| zone.to_owned(), |name| format!("{name}, {zone}"))],
        action: link(texts.change_step()),
        ..SetUpStep::done(key, title)
    })
}

/// The data sources, with the first that needs somebody.
fn source_step(web: &WebState, header: &PageHeader, snapshot: &Snapshot, now: Moment) -> SetUpStep {
    let texts = header.texts;
    let (key, title) = ("source", texts.source_term());
    let editor = source_editor(web, header);
    let (mut lines, mut faulty, mut is_waiting) = (Vec::new(), None, false);
    for source in snapshot.sources.values() {
        let mut line = SourceState::of_live(texts, source, &snapshot.site, now).describe(texts);
        let is_paused = snapshot.site.paused_by(&source.id).is_some();
        if source.health() == SourceHealth::Down && !is_paused {
            let story = describe_source(texts, source);
            let why = if story.error.is_empty() {
                story.happened
            } else {
                story.error
            };
            line = format!("{line} {why}");
            faulty = faulty.or(Some(source.id.clone()));
        }
        is_waiting |= source.health() == SourceHealth::Connecting && !is_paused;
        lines.push(line);
    }
    for (id, status) in web.imports.list_statuses() {
        let state = SourceState::of_files(texts, &id, &status, &snapshot.site, now);
        lines.push(state.describe(texts));
        if status.state(now.wall) == SourceHealth::Down {
            faulty = faulty.or(Some(id));
        }
    }
    let sources = |name: &str| Some(PageLink::new(name, "/sources"));
    if let Some(id) = faulty {
        let entry = EntryId::new(Section::Sources, id.as_str());
        let is_editable =
            editor.is_some_and(|editor| matches!(editor.origin(&entry), Origin::Browser(_)));
        let name = texts.fix_source(snapshot.site.source_name(&id));
        return SetUpStep {
            state: "fault",
            lines,
            action: if is_editable {
                Some(PageLink::new(name, table_address(&entry)))
            } else {
                sources(&name)
            },
            ..SetUpStep::new(key, title)
        };
    }
    if lines.is_empty() {
        return SetUpStep {
            action: editor.map(|_| connect_link(texts)),
            ..SetUpStep::new(key, title)
        };
    }
    let mut live = snapshot.sources.values();
    let has_demo = live.clone().any(|source| source.demo);
    if has_demo && live.all(|source| source.demo) {
        lines.push(texts.demo_data_runs().to_owned());
        return SetUpStep {
            lines,
            action: editor.map(|_| connect_link(texts)),
            ..SetUpStep::new(key, title)
        };
    }
    SetUpStep {
        state: if is_waiting || has_demo {
            "open"
        } else {
            "done"
        },
        lines,
        action: sources(texts.nav_sources()),
        ..SetUpStep::new(key, title)
    }
}

/// The link to the form that makes a source, as a step.
fn connect_link(texts: &Texts) -> PageLink {
    PageLink::new(texts.connect_source(), format!("{NEW_ROUTE}?from=set-up"))
}

/// The queues that report, and whether anybody decided about them.
fn queue_step(
    web: &WebState,
    editor: &Editor,
    header: &PageHeader,
    snapshot: &Snapshot,
) -> SetUpStep {
    let texts = header.texts;
    let (key, title) = ("queues", texts.step_queues());
    let count = snapshot
        .visible_queues()
        .filter(|queue| queue.members.is_none())
        .count();
    let found = find_found_queues(web, header.visitor(), snapshot).len();
    let line = match (count, found) {
        (0, _) => None,
        (count, 0) => Some(texts.queues_report(count)),
        (count, found) => Some(texts.queues_undecided(count, found)),
    };
    let is_decided = |section: Section| {
        let ids = editor.list_section(section);
        ids.iter()
            .any(|id| !matches!(editor.origin(id), Origin::Nowhere))
    };
    let decisions = [
        Section::Names,
        Section::Groups,
        Section::Hide,
        Section::Hours,
        Section::Thresholds,
    ];
    let is_done = 0 < count && (found == 0 || decisions.into_iter().any(is_decided));
    let name = if is_done {
        texts.change_step()
    } else {
        texts.look_at_queues()
    };
    SetUpStep {
        state: if is_done { "done" } else { "open" },
        lines: Vec::from_iter(line),
        action: (0 < found)
            .then(|| PageLink::new(name, format!("{}?from=set-up", found_queues::ROUTE))),
        is_optional: true,
        ..SetUpStep::new(key, title)
    }
}

fn board_step(web: &WebState, header: &PageHeader) -> SetUpStep {
    let texts = header.texts;
    let (key, title) = ("board", texts.step_board());
    let boards = web.boards.list_boards();
    let own = boards.iter();
    let own = own.filter(|board| board.origin != BoardOrigin::Automatic);
    let titles: Vec<_> = own.map(|board| board.title.as_str()).collect();
    if !titles.is_empty() {
        return SetUpStep {
            lines: vec![match titles.len() {
                1 => titles[0].to_owned(),
                count => texts.boards_counted(count),
            }],
            ..SetUpStep::done(key, title)
        };
    }
    let action = header
        .has_settings()
        .then(|| PageLink::new(texts.make_board(), "/boards/new"));
    SetUpStep {
        lines: if action.is_some() {
            Vec::new()
        } else {
            vec![texts.step_board_file().to_owned()]
        },
        action,
        ..SetUpStep::new(key, title)
    }
}

/// `None` where screens need no pairing.
fn screen_step(web: &WebState, header: &PageHeader, is_loopback: bool) -> Option<SetUpStep> {
    let texts = header.texts;
    let (key, title) = ("screen", texts.step_screen());
    let screens = web.screens.as_ref().filter(|_| header.has_screens())?;
    let screens = screens.directory().list_screens();
    let names: Vec<_> = screens.iter().map(|one| one.screen.name.as_str()).collect();
    if !names.is_empty() {
        return Some(SetUpStep {
            lines: vec![match names.len() {
                1 => names[0].to_owned(),
                count => texts.screens_counted(count),
            }],
            ..SetUpStep::done(key, title)
        });
    }
    Some(SetUpStep {
        folded: is_loopback.then(|| (texts.only_this_computer(), reach_text(texts, web))),
        action: Some(PageLink::new(texts.pair_tv(), "/screens")),
        ..SetUpStep::new(key, title)
    })
}
