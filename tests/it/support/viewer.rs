//! A live board's viewer that follows docs/reference/protocol.md and shares nothing with the page's own
//! script: loads, follows, resumes, and requests a resync after a gap.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{
        Message, client::IntoClientRequest, http::HeaderValue, protocol::frame::coding::CloseCode,
    },
};

use super::{Wallboard, board_copy::BoardCopy};

pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

#[derive(Debug)]
pub struct Viewer {
    pub board: BoardCopy,
    build: String,
    live: String,
    /// The query of a rewound page.
    past: String,
    socket: Option<Socket>,
    /// Whether a requested snapshot is still outstanding.
    is_waiting: bool,
    /// Close code of the last socket.
    pub close_code: Option<u16>,
}

impl Viewer {
    /// Loads a board's page without opening the socket.
    pub async fn load(wallboard: &Wallboard, board: &str) -> Self {
        let html = wallboard.text(&format!("/boards/{board}")).await;
        Self::from_page(&html, &wallboard.url(""))
    }

    /// Returns a viewer of a board's page from the server at `url`.
    pub fn from_page(html: &str, url: &str) -> Self {
        let board = BoardCopy::load(html);
        let find = |name: &str| {
            let element = (board.page).find(&|element| element.attribute(name).is_some());
            Some(element?.attribute(name).unwrap().to_owned())
        };
        Self {
            past: find("data-query").map_or_else(String::new, |query| format!("{query}&")),
            build: find("data-v").unwrap(),
            live: format!("{url}{}", find("data-live").unwrap()).replacen("http", "ws", 1),
            board,
            socket: None,
            is_waiting: false,
            close_code: None,
        }
    }

    /// Opens the socket from the page's current position. Returns false if the server is down.
    pub async fn open(&mut self) -> bool {
        let socket = self.connect().await;
        let is_up = socket.is_some();
        if let Some(socket) = socket {
            self.attach(socket);
        }
        is_up
    }

    /// Connects a socket for the page's current position, without using it.
    pub fn connect(&self) -> impl Future<Output = Option<Socket>> + use<> {
        let Self {
            live,
            past,
            build,
            board: BoardCopy { epoch, n, .. },
            ..
        } = self;
        let mut request = format!("{live}?{past}e={epoch}&n={n}&v={build}")
            .into_client_request()
            .unwrap();
        let protocol = HeaderValue::from_static("wallboard.v1");
        request
            .headers_mut()
            .insert("Sec-WebSocket-Protocol", protocol);
        async { connect_async(request).await.ok().map(|(socket, _)| socket) }
    }

    pub fn attach(&mut self, socket: Socket) {
        self.socket = Some(socket);
        self.is_waiting = false;
        self.close_code = None;
    }

    /// Disconnects without a close frame.
    pub fn disconnect(&mut self) {
        self.socket = None;
    }

    pub fn is_open(&self) -> bool {
        self.socket.is_some()
    }

    /// Applies all frames that arrive within `time`.
    pub async fn follow(&mut self, time: Duration) {
        let deadline = tokio::time::Instant::now() + time;
        while let Some(left) = deadline.checked_duration_since(tokio::time::Instant::now()) {
            match timeout(left, self.frame()).await {
                Ok(Some(frame)) => self.handle_frame(&frame).await,
                // Closed, or the time is over.
                Ok(None) | Err(_) => return,
            }
        }
    }

    /// Applies the next frame. Returns whether one arrived within `time`.
    pub async fn follow_frame(&mut self, time: Duration) -> bool {
        let Ok(Some(frame)) = timeout(time, self.frame()).await else {
            return false;
        };
        self.handle_frame(&frame).await;
        true
    }

    /// The rows that show values as up to date.
    pub fn unmarked_rows(&self) -> usize {
        let rows = self.board.page.find_all(&|element| {
            let severity = element.attribute("data-sev").unwrap_or_default();
            element.has_class("row") && ["ok", "warn", "crit"].contains(&severity)
        });
        rows.len()
    }

    /// Loses one frame, if one arrives within `time`.
    pub async fn skip_frame(&mut self, time: Duration) {
        // Its content doesn't matter: it's lost.
        drop(timeout(time, self.frame()).await);
    }

    pub async fn send(&mut self, text: String) {
        if let Some(socket) = &mut self.socket {
            // The server may have closed it; the next read shows it.
            socket.send(Message::text(text)).await.ok();
        }
    }

    /// Returns the next frame, or `None` if the connection has ended.
    pub async fn frame(&mut self) -> Option<Value> {
        loop {
            match self.socket.as_mut()?.next().await {
                Some(Ok(Message::Text(text))) => return Some(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(frame))) => {
                    self.close_code = frame.map(|frame| CloseCode::into(frame.code));
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => {
                    self.socket = None;
                    return None;
                }
            }
        }
    }

    /// Applies a frame. Requests a snapshot once if it can't.
    pub async fn handle_frame(&mut self, frame: &Value) {
        if frame["t"] == "hi" {
            let is_resumed = frame["resume"] == true;
            let is_ours = frame["e"] == self.board.epoch.as_str();
            assert!(!is_resumed || is_ours, "{frame}");
            self.is_waiting = !is_resumed;
        }
        let must_resync = self.board.apply_frame(frame);
        if frame["t"] == "s" {
            self.is_waiting = false;
        }
        if must_resync && !self.is_waiting {
            self.is_waiting = true;
            let request = json!({"t": "resync", "e": self.board.epoch, "n": self.board.n});
            self.send(request.to_string()).await;
        }
    }
}
