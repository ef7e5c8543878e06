//! A contact-center system that knows nothing of the product: it has words and shapes of its own, every number as
//! text, and no route but two, one in JSON and one in CSV.

use std::sync::Arc;

use axum::{
    Router,
    extract::State,
    http::header::{CONNECTION, CONTENT_TYPE},
    response::IntoResponse,
    routing::get,
};
use parking_lot::Mutex;
use serde_json::{Value, json};

use super::local_server::LocalServer;

/// One of its lines, as far as the system knows it.
#[derive(Clone, Debug)]
pub struct Line {
    pub code: &'static str,
    pub caption: &'static str,
    pub held: u32,
    /// The seconds of the contact that is held for longest.
    pub eldest: u32,
    /// `None`: the system lost the count.
    pub idle: Option<u32>,
}

/// The running system; dropping it closes its address.
#[derive(Debug)]
pub struct StrangerSystem {
    server: LocalServer,
    lines: Arc<Mutex<Vec<Line>>>,
}

impl StrangerSystem {
    pub async fn start(lines: Vec<Line>) -> Self {
        let lines = Arc::new(Mutex::new(lines));
        let router = Router::new()
            .route("/v2/state", get(write_state))
            .route("/lines.csv", get(write_table))
            .with_state(lines.clone());
        Self {
            server: LocalServer::start(router).await,
            lines,
        }
    }

    pub fn url(&self, path: &str) -> String {
        self.server.url() + path
    }

    pub fn set(&self, lines: Vec<Line>) {
        *self.lines.lock() = lines;
    }
}

type Lines = State<Arc<Mutex<Vec<Line>>>>;

async fn write_state(State(lines): Lines) -> impl IntoResponse {
    let lines = lines.lock().clone();
    let lines = lines.into_iter().map(|line| {
        let staff = json!({ "idle": line.idle.map(|idle| idle.to_string()), "on shift": "6" });
        let state = json!({
            "caption": line.caption,
            "held": line.held.to_string(),
            "eldest": line.eldest.to_string(),
            "staff": staff,
        });
        (line.code.to_owned(), state)
    });
    let lines: serde_json::Map<String, Value> = lines.collect();
    let people = json!([
        { "badge": 17, "who": "Ida Berg", "mood": "On a line" },
        { "badge": 18, "who": "Olav Lie", "mood": "Coffee" },
    ]);
    let body = json!({ "edition": "7.2", "lines": lines, "people": people }).to_string();
    // Nobody who was connected is served once the system has stopped.
    ([(CONTENT_TYPE, "text/json"), (CONNECTION, "close")], body)
}

async fn write_table(State(lines): Lines) -> impl IntoResponse {
    let lines = lines.lock().clone();
    let rows = lines.into_iter().map(|line| {
        let idle = line.idle.map_or_else(String::new, |idle| idle.to_string());
        format!("{};{};{};{idle}\r\n", line.caption, line.held, line.eldest)
    });
    let table = format!(
        "Line;Held;Eldest;Idle staff\r\n{}",
        rows.collect::<String>()
    );
    let kind = "text/csv; charset=utf-8";
    ([(CONTENT_TYPE, kind), (CONNECTION, "close")], table)
}
