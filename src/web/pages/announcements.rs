//! `/announcements`: what boards say, made and ended by supervisors.

mod form;
mod refusal;

use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use jiff::{Timestamp, tz::TimeZone};
use serde::Deserialize;

use crate::{
    announcements::{Announcements, KeptAnnouncement, TEXT_LENGTH_MAX},
    web::{
        WebError, WebState,
        access::{
            editing::{Acting, EditForm},
            visitor::Visitor,
        },
        parts::{
            announcement_scope::{may_end, visible_places, visible_screens},
            links::PageLink,
            page_header::{PageHeader, TranslatedHeader},
            sentence::{Sentence, SentencePiece, slot},
        },
        screens::paired_screen::{PairedScreen, paired_screens},
        server::assets,
    },
};
use wallboard_boards::board_title;
use wallboard_domain::{Announcement, AnnouncementKind};
use wallboard_store::RecordId;
use wallboard_texts::Texts;

use form::{AnnouncementFields, field_of, field_of_place, field_of_screen, starts};
use refusal::explain_refusal;

/// How many that are over are listed.
const OVER_MAX: usize = 20;

#[derive(Template)]
#[template(path = "announcements.html")]
struct AnnouncementsPage {
    build: &'static str,
    header: PageHeader,
    form: String,
    /// The notice about a change just made.
    done: &'static str,
    /// Names of texts to start from.
    starts: [&'static str; 3],
    error: String,
    fields: AnnouncementFields,
    boards: Vec<BoardBox>,
    /// Where paired screens hang.
    places: Vec<BoardBox>,
    /// The paired screens.
    screens: Vec<BoardBox>,
    /// Whether some of them are chosen.
    is_limited: bool,
    shown: Vec<AnnouncementRow>,
    /// Those that begin later.
    planned: Vec<AnnouncementRow>,
    over: Vec<AnnouncementRow>,
}

impl AnnouncementsPage {
    /// The values of its fields, with their names.
    fn kinds(&self) -> [(&'static str, &'static str); 3] {
        let texts = self.header.texts;
        [
            ("info", texts.kind_info()),
            ("important", texts.kind_important()),
            ("emergency", texts.kind_whole_screen()),
        ]
    }

    fn ends(&self) -> [(&'static str, &'static str); 4] {
        let texts = self.header.texts;
        [
            ("30m", texts.ends_in_half_hour()),
            ("1h", texts.ends_in_hour()),
            ("2h", texts.ends_in_two_hours()),
            ("day", texts.ends_at_midnight()),
        ]
    }
}

/// The checkbox of a board, or of a screen.
struct BoardBox {
    field: String,
    title: String,
    is_chosen: bool,
}

/// An announcement in a list.
struct AnnouncementRow {
    id: String,
    text: String,
    kind: &'static str,
    /// "All boards", or their titles.
    boards: String,
    /// "13:40–15:00"
    times: String,
    by: String,
    /// Empty unless somebody ended it early.
    ended_by: Sentence,
    may_end: bool,
    /// "5 of 6 screens show it"; empty without a screen for it.
    screens: String,
}

#[derive(Deserialize)]
struct EndedAnnouncement {
    id: String,
}

#[derive(Deserialize)]
struct AnnouncementsQuery {
    done: Option<String>,
    start: Option<String>,
}

pub(in crate::web) fn routes() -> Router<WebState> {
    Router::new()
        .route("/announcements", get(show_announcements).post(announce))
        .route("/announcements/end", post(end))
}

async fn show_announcements(
    State(web): State<WebState>,
    acting: Acting,
    TranslatedHeader(header): TranslatedHeader,
    Query(query): Query<AnnouncementsQuery>,
) -> Result<Response, WebError> {
    let texts = header.texts;
    let done = match query.done.as_deref() {
        Some("shown") => texts.announcement_shown(),
        Some("planned") => texts.announcement_planned(),
        Some("ended") => texts.announcement_ended(),
        _ => "",
    };
    let announcements = announcements_of(&web)?;
    let fields = AnnouncementFields::start_from(texts, query.start.as_deref(), announcements);
    let page = build_page(&web, &acting.visitor, header, fields)?;
    Ok(Html(AnnouncementsPage { done, ..page }.render()?).into_response())
}

async fn announce(
    State(web): State<WebState>,
    TranslatedHeader(header): TranslatedHeader,
    form: EditForm<AnnouncementFields, Acting>,
) -> Result<Response, WebError> {
    let (Acting { visitor, actor }, fields) = (form.editing, form.fields);
    let now = Timestamp::now();
    let zone = (web.live).read_snapshot(|snapshot, _| snapshot.site.zone.clone());
    let choice = fields.read(&web, &visitor, now, &zone);
    let choice = choice.ok_or(WebError::InvalidForm)?;
    let error = match announcements_of(&web)?.announce(choice, &actor, now).await {
        Ok(made) => {
            let is_planned = now < made.announcement.from;
            let done = if is_planned { "planned" } else { "shown" };
            return Ok(Redirect::to(&format!("/announcements?done={done}")).into_response());
        }
        Err(error) => explain_refusal(header.texts, error)?,
    };
    let page = build_page(&web, &visitor, header, fields)?;
    let page = Html(AnnouncementsPage { error, ..page }.render()?);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

async fn end(
    State(web): State<WebState>,
    form: EditForm<EndedAnnouncement, Acting>,
) -> Result<Response, WebError> {
    let announcements = announcements_of(&web)?;
    let id = RecordId::parse(&form.fields.id).ok_or(WebError::InvalidForm)?;
    let kept = announcements.find(&id).ok_or(WebError::NoSuchPage)?;
    if !may_end(&web, &form.editing.visitor, &kept) {
        return Err(WebError::Forbidden);
    }
    (announcements.end(&id, &form.editing.actor, Timestamp::now())).await?;
    Ok(Redirect::to("/announcements?done=ended").into_response())
}

fn announcements_of(web: &WebState) -> Result<&Announcements, WebError> {
    web.announcements.as_ref().ok_or(WebError::NoSuchPage)
}

fn build_page(
    web: &WebState,
    visitor: &Visitor,
    header: PageHeader,
    fields: AnnouncementFields,
) -> Result<AnnouncementsPage, WebError> {
    let zone = (web.live).read_snapshot(|snapshot, _| snapshot.site.zone.clone());
    let now = Timestamp::now();
    let texts = header.texts;
    let row = |kept: &KeptAnnouncement| AnnouncementRow::new(texts, web, visitor, kept, now, &zone);
    let all = announcements_of(web)?.list();
    let (over, current): (Vec<_>, Vec<_>) = all.iter().partition(|kept| kept.is_over(now));
    let (planned, shown): (Vec<_>, Vec<_>) =
        (current.into_iter()).partition(|kept| now < kept.announcement.from);
    let screens = paired_screens(web, visitor);
    let boards = web.boards.list_boards();
    let boards = boards.iter().filter(|board| visitor.may_see(board));
    let checkbox = |field: String, title: &str| BoardBox {
        is_chosen: fields.is_chosen(&field),
        title: title.to_owned(),
        field,
    };
    let boards =
        boards.map(|board| checkbox(field_of(&board.id), board_title(header.texts, board)));
    let boards: Vec<_> = boards.collect();
    let names = visible_screens(web, visitor);
    let own: Vec<_> = (names.iter())
        .map(|name| checkbox(field_of_screen(name), name))
        .collect();
    let places = visible_places(web, visitor).into_keys();
    let places: Vec<_> = places
        .map(|place| checkbox(field_of_place(&place), &place))
        .collect();
    let mut chosen = boards.iter().chain(&own).chain(&places);
    Ok(AnnouncementsPage {
        build: assets::build_id(),
        form: header.form_token(),
        header,
        done: "",
        starts: starts(texts).map(|(name, _)| name),
        error: String::new(),
        is_limited: chosen.any(|one| one.is_chosen),
        boards,
        places,
        screens: own,
        fields,
        shown: (shown.into_iter())
            .map(|kept| AnnouncementRow {
                screens: describe_reach(texts, &screens, &kept.announcement),
                ..row(kept)
            })
            .collect(),
        planned: planned.into_iter().map(|kept| row(kept)).collect(),
        over: (over.into_iter().take(OVER_MAX))
            .map(|kept| row(kept))
            .collect(),
    })
}

impl AnnouncementRow {
    fn new(
        texts: &'static Texts,
        web: &WebState,
        visitor: &Visitor,
        kept: &KeptAnnouncement,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Self {
        let announcement = &kept.announcement;
        let title = |id: &String| {
            let board = web.boards.find_board(id);
            let board = board.filter(|board| visitor.may_see(board));
            board.map(|board| board_title(texts, &board).to_owned())
        };
        let mut places = match &announcement.boards {
            None => vec![texts.all_boards().to_owned()],
            Some(ids) => ids.iter().filter_map(title).collect(),
        };
        let visible = visible_screens(web, visitor);
        let screens = announcement.screens.iter();
        let screens = screens.filter(|name| visible.contains(name));
        places.extend(screens.map(|name| texts.screen_named(name.as_str())));
        Self {
            id: kept.id.to_string(),
            text: announcement.text.clone(),
            kind: match announcement.kind {
                AnnouncementKind::Info => texts.kind_info(),
                AnnouncementKind::Important => texts.kind_important(),
                AnnouncementKind::Emergency => texts.kind_emergency(),
            },
            boards: places.join(", "),
            times: texts.announced_times(
                texts.time_or_day(announcement.from, now, zone),
                texts.time_or_day(announcement.until, now, zone),
            ),
            by: announcement.by.clone(),
            ended_by: (kept.ended_by.as_deref())
                .map(|person| ended_by(texts, person))
                .unwrap_or_default(),
            may_end: may_end(web, visitor, kept),
            screens: String::new(),
        }
    }
}

/// "5 of 6 screens show it"
fn describe_reach(texts: &Texts, screens: &[PairedScreen], announcement: &Announcement) -> String {
    let is_for = |board: &String| announcement.is_for(board);
    let is_own = |screen: &PairedScreen| announcement.is_for_screen(&screen.name);
    let reached = screens
        .iter()
        .filter(|screen| is_own(screen) || screen.boards.iter().any(is_for));
    let reached: Vec<_> = reached.collect();
    let shows = (reached.iter())
        .filter(|screen| {
            let board = screen.live_board.as_ref();
            board.is_some_and(|board| is_own(screen) || is_for(board))
        })
        .count();
    match reached.len() {
        0 => String::new(),
        all => texts.screens_show_it(shows, all),
    }
}

fn ended_by(texts: &Texts, person: &str) -> Sentence {
    let name = SentencePiece::Link(PageLink::new(person, ""));
    Sentence::new(&texts.announcement_ended_by(slot(0)), vec![name])
}
