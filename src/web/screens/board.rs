//! A board: its page, and the WebSocket that resumes from exactly that state.

use axum::{
    Router,
    body::Body,
    extract::{Path, Query, Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use tokio_tungstenite::tungstenite::handshake::server::create_response_with_body;

use wallboard_boards::{
    BoardDefinition, BoardLayout,
    push::{
        Publisher, ViewerRequest,
        deflate_offer::{FrameEncoding, accept_offer},
        protocol::{self, ViewerPosition},
    },
};

use crate::web::{
    WebError, WebState,
    access::{
        audited::{PeopleMark, ShowsPeople},
        visitor::Visitor,
    },
    server::retry_after::RETRY_SOON,
};

/// Sockets of one session or screen: more than a person looks at. Others need places too.
const SOCKETS_OF_ONE_MAX: usize = 100;

pub(in crate::web) fn routes() -> Router<WebState> {
    Router::new()
        .route("/boards/{id}", get(show_board))
        .route("/boards/{id}/live", get(open_socket))
}

/// The position that a page reports about itself.
#[derive(Debug, Deserialize)]
struct ResumePosition {
    /// The page id.
    p: Option<String>,
    e: Option<String>,
    n: Option<u64>,
    /// The build of its assets.
    v: Option<String>,
    /// Its width and height in CSS pixels: "1920,1080".
    s: Option<String>,
    /// It's a paired screen's own page, in no frame.
    #[serde(default)]
    w: bool,
}

async fn show_board(
    State(web): State<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let Some(board) = web.boards.find_board(&id) else {
        return Err(WebError::NoSuchBoard(id));
    };
    if !visitor.may_see(&board) {
        return Err(WebError::Forbidden);
    }
    match web.hub.open_publisher(&id, visitor.board_style(&board)) {
        Some(publisher) => Ok((people_mark(&board), board_page(&publisher)).into_response()),
        // Removed in this moment.
        None => Err(WebError::NoSuchBoard(id)),
    }
}

/// The page of a board as it is now.
pub(super) fn board_page(publisher: &Publisher) -> Response {
    let html = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    (html, publisher.render_page()).into_response()
}

async fn open_socket(
    State(web): State<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(from): Query<ResumePosition>,
    mut request: Request,
) -> Response {
    if !web.origins.is_allowed(request.headers()) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let Some(board) = web.boards.find_board(&id) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if !visitor.may_see(&board) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let Some(publisher) = web.hub.open_publisher(&id, visitor.board_style(&board)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if SOCKETS_OF_ONE_MAX <= visitor.count_sockets(&web) {
        return refuse_for_now();
    }
    let mark = people_mark(&board);
    let revoked = visitor.wait_until_revoked(&web, board, from.w);
    let upgrade = request.extensions_mut().remove::<OnUpgrade>();
    let (Some(upgrade), Ok(mut response)) =
        (upgrade, create_response_with_body(&request, Body::empty))
    else {
        let how = [(header::UPGRADE, "websocket")];
        return (StatusCode::UPGRADE_REQUIRED, how).into_response();
    };
    match requested_subprotocol(&request) {
        Subprotocol::Supported => {
            let name = HeaderValue::from_static(protocol::SUBPROTOCOL);
            (response.headers_mut()).insert(header::SEC_WEBSOCKET_PROTOCOL, name);
        }
        Subprotocol::Absent => {}
        Subprotocol::Unsupported => return StatusCode::BAD_REQUEST.into_response(),
    }
    let encoding = agree_on_encoding(&request, &mut response);
    let Some(admission) = web.hub.admit_viewer() else {
        return refuse_for_now();
    };

    let upgrading = async move {
        // A viewer that left during the upgrade doesn't count.
        upgrade.await.ok().map(TokioIo::new)
    };
    let ResumePosition {
        p: page,
        e,
        n,
        v,
        s,
        ..
    } = from;
    let request = ViewerRequest {
        page,
        position: (e.zip(n)).map(|(epoch, n)| ViewerPosition { epoch, n }),
        link: visitor.link_screen(&web, request.headers(), v, s.as_deref()),
        encoding,
    };
    (web.hub).serve_viewer(upgrading, &publisher, request, admission, revoked);
    (mark, response).into_response()
}

/// A board of agents names them.
fn people_mark(board: &BoardDefinition) -> Option<PeopleMark> {
    ShowsPeople::mark_if(board.layout == BoardLayout::Agents)
}

/// There's no place for one more socket.
fn refuse_for_now() -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, RETRY_SOON).into_response()
}

/// Accepts an offer to deflate messages, if the viewer makes one that we can meet.
fn agree_on_encoding(request: &Request, response: &mut Response<Body>) -> FrameEncoding {
    let offers = request.headers().get_all(header::SEC_WEBSOCKET_EXTENSIONS);
    let offers = offers.iter().filter_map(|line| line.to_str().ok());
    let Some(answer) = accept_offer(offers) else {
        return FrameEncoding::Plain;
    };
    let answer = HeaderValue::from_static(answer);
    (response.headers_mut()).insert(header::SEC_WEBSOCKET_EXTENSIONS, answer);
    FrameEncoding::Deflate
}

/// The subprotocol that a viewer requests.
enum Subprotocol {
    Supported,
    Absent,
    Unsupported,
}

fn requested_subprotocol(request: &Request) -> Subprotocol {
    let mut offers = request
        .headers()
        .get_all(header::SEC_WEBSOCKET_PROTOCOL)
        .iter()
        .peekable();
    if offers.peek().is_none() {
        return Subprotocol::Absent;
    }
    let ours = offers
        .filter_map(|offer| offer.to_str().ok())
        .flat_map(|offer| offer.split(','))
        .any(|offer| offer.trim() == protocol::SUBPROTOCOL);
    if ours {
        Subprotocol::Supported
    } else {
        Subprotocol::Unsupported
    }
}
