//! Sounds of alerts on paired screens: which screens have them, and when the last one was. Such a screen shows its board
//! in a frame, because the page around it sounds.

use axum::{
    Json, Router,
    extract::{Query, State},
    http::HeaderMap,
    routing::get,
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use wallboard_access::Screen;

use crate::web::{WebState, access::sign_in::TokenCookie, screens::screens_state::ScreensState};

/// An older alert doesn't sound: nobody runs because of it.
const SOUND_LASTS: SignedDuration = SignedDuration::from_secs(60);

#[derive(Deserialize)]
struct SoundQuery {
    /// `1`: the browser lets the page not sound.
    #[serde(default)]
    blocked: String,
}

/// The last sound.
#[derive(Serialize)]
struct LastSound {
    /// In milliseconds since 1970; `null` without one that is new. No alert's in quiet hours and at night.
    at: Option<i64>,
}

pub(in crate::web) fn routes() -> Router<WebState> {
    Router::new().route("/tv/sound", get(show_sound))
}

/// Whether a rule sounds on a screen.
pub(super) fn sounds_on(web: &WebState, screen: &Screen) -> bool {
    let alerts = web.alerts.as_ref();
    alerts.is_some_and(|alerts| alerts.sounds_on(&screen.name))
}

/// Whether a screen shows its boards in frames: announcements of its own stand over them.
pub(super) fn shows_frames(web: &WebState, screen: &Screen) -> bool {
    let announcements = web.announcements.as_ref();
    screen.has_frames()
        || sounds_on(web, screen)
        || announcements.is_some_and(|all| all.are_for_screen(&screen.name))
}

async fn show_sound(
    State(web): State<WebState>,
    ScreensState(screens): ScreensState,
    Query(query): Query<SoundQuery>,
    headers: HeaderMap,
) -> Json<LastSound> {
    let (directory, now) = (screens.directory(), Timestamp::now());
    let token = TokenCookie::Screen.read(&headers);
    let paired = token.and_then(|token| directory.identify(&token, now));
    let Some(paired) = paired.filter(|paired| sounds_on(&web, &paired.screen)) else {
        return Json(LastSound { at: None });
    };
    let tried = directory.record_sound(paired.id, query.blocked == "1", now);
    let zone = (web.live).read_snapshot(|snapshot, _| snapshot.site.zone.clone());
    let is_quiet = paired.screen.is_quiet(&zone, now);
    let last = web.alerts.as_ref().filter(|_| !is_quiet);
    let last = last.and_then(|alerts| alerts.read(|book| book.last_sound(&paired.screen.name)));
    // One that somebody tries is heard in quiet hours too.
    let new = (last.max(tried)).filter(|at| now.duration_since(*at) < SOUND_LASTS);
    Json(LastSound {
        at: new.map(Timestamp::as_millisecond),
    })
}
