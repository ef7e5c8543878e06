//! The list of calls as files: the columns of the page, names with their ids, and as many
//! calls as a file may hold.

use axum::{extract::State, response::IntoResponse};
use jiff::Timestamp;

use crate::{
    history::report::{Call, Calls},
    web::{Web, WebError},
};

use super::{
    CSV, Pairs, XLSX, attached, calls,
    file::{self, FileError, Grid, Value},
    gather,
    number::{self, Number},
    page,
    scene::Scene,
    scene_of_known,
    whom::Whom,
};

/// Calls of a file; it is written as a whole, and what is left out is said in it.
const MOST: usize = 20_000;
const HEADINGS: [&str; 11] = [
    "Queued at",
    "Queue",
    "Queue id",
    "Agent",
    "Agent id",
    "Caller",
    "Outcome",
    "Wait (s)",
    "Talk (s)",
    "Wrap-up (s)",
    "Id",
];

pub(super) async fn csv(
    State(web): State<Web>,
    pairs: Pairs,
) -> Result<impl IntoResponse, WebError> {
    let (scene, bytes) = written(&web, pairs, file::csv).await?;
    Ok(attached(&scene, CSV, bytes))
}

pub(super) async fn xlsx(
    State(web): State<Web>,
    pairs: Pairs,
) -> Result<impl IntoResponse, WebError> {
    let (scene, bytes) = written(&web, pairs, file::xlsx).await?;
    Ok(attached(&scene, XLSX, bytes))
}

async fn written(
    web: &Web,
    pairs: Pairs,
    write: fn(&Grid) -> Result<Vec<u8>, FileError>,
) -> Result<(Scene, Vec<u8>), WebError> {
    let (mut scene, _) = scene_of_known(web, pairs).await?;
    scene.path = calls::PATH;
    let outcome = scene.asked.outcome.as_deref();
    let outcome = outcome.map(calls::outcome).transpose()?;
    let whom = Whom::read(web).await?;
    let found = calls::found(&web.history, &scene, outcome, (None, MOST)).await?;
    let ended = outcome.map_or("All", |outcome| calls::words(outcome).1);
    let grid = Grid {
        head: head(&scene, &whom, &found, ended),
        headings: HEADINGS.map(str::to_owned).into(),
        rows: (found.calls.iter())
            .map(|call| row(&scene, &whom, call))
            .collect(),
    };
    // Compressing so many rows takes its time.
    let bytes = tokio::task::spawn_blocking(move || write(&grid)).await;
    let bytes = bytes.map_err(|error| WebError::File(error.to_string()))?;
    let bytes = bytes.map_err(|error| WebError::File(error.to_string()))?;
    Ok((scene, bytes))
}

fn head(scene: &Scene, whom: &Whom, found: &Calls, ended: &str) -> Vec<(&'static str, String)> {
    let mut head = vec![
        ("Calls", page::who(&gather::choices(whom, scene))),
        ("Period", scene.window.words()),
        ("From", scene.instant(scene.window.from)),
        ("To", scene.instant(scene.window.to)),
        ("Outcome", ended.to_owned()),
        ("Time zone", scene.zone_name.clone()),
    ];
    if found.next.is_some() {
        let most = number::grouped(i64::try_from(MOST).unwrap_or_default());
        let text = format!("only the first {most} calls; choose a shorter period for the others");
        head.push(("Incomplete", text));
    }
    let notes = calls::notes(scene, whom, found.coded.as_deref());
    head.extend(notes.into_iter().map(|(text, _)| ("Note", text)));
    head.push(("Imported", gather::fresh(scene, &whom.subjects)));
    head.push(("Written", scene.instant(scene.now)));
    head
}

fn row(scene: &Scene, whom: &Whom, call: &Call) -> Vec<Value> {
    let text = |text: Option<String>| text.map_or(Value::Unknown, Value::Text);
    let seconds = |seconds: Option<i64>| {
        let number = seconds.map(|seconds| Number::Seconds(super::column::float(seconds)));
        Value::from(number)
    };
    let instant = |at: Timestamp| Value::Text(scene.instant(at));
    // Who did not answer did not have the call.
    let agent = call.agent.as_ref().filter(|_| call.answered_at.is_some());
    vec![
        instant(call.joined_at),
        Value::Text(whom.queue(&call.queue)),
        Value::Text(call.queue.to_string()),
        text(agent.map(|id| whom.agent(id))),
        text(agent.map(ToString::to_string)),
        text(call.caller.clone()),
        Value::Text(calls::words(call.outcome).1.to_owned()),
        seconds(call.wait),
        seconds(call.talk),
        seconds(call.wrap_up),
        Value::Text(call.id.to_string()),
    ]
}
