//! The list of calls as files: the columns of the page, names with their ids, and as many
//! calls as a file may hold.

use jiff::Timestamp;

use crate::{
    history::report::{Call, Calls},
    web::{Web, WebError},
};

use super::{
    Attachment, Pairs, attach, calls,
    file::{FileFormat, Grid, Value},
    known_scope,
    number::{self, Number},
    scope::HistoryScope,
    subjects::HistorySubjects,
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

pub(super) async fn file(
    web: &Web,
    pairs: Pairs,
    format: FileFormat,
) -> Result<Attachment, WebError> {
    let (scope, _) = known_scope(web, pairs).await?;
    let outcome = scope.query.outcome.as_deref();
    let outcome = outcome.map(calls::outcome).transpose()?;
    let known = HistorySubjects::read(web).await?;
    let found = calls::found(&web.history, &scope, outcome, (None, MOST)).await?;
    let ended = outcome.map_or("All", |outcome| calls::words(outcome).1);
    let grid = Grid {
        head: head(&scope, &known, &found, ended),
        headings: HEADINGS.map(str::to_owned).into(),
        rows: (found.calls.iter())
            .map(|call| row(&scope, &known, call))
            .collect(),
    };
    attach("calls", &scope, format, grid).await
}

fn head(
    scope: &HistoryScope,
    known: &HistorySubjects,
    found: &Calls,
    ended: &str,
) -> Vec<(&'static str, String)> {
    let mut head = vec![
        ("Calls", known.title(&scope.query)),
        ("Period", scope.window.words()),
        ("From", scope.instant(scope.window.from)),
        ("To", scope.instant(scope.window.to)),
        ("Outcome", ended.to_owned()),
        ("Time zone", scope.zone_name.clone()),
    ];
    if found.next.is_some() {
        let most = number::grouped(i64::try_from(MOST).unwrap_or_default());
        let text = format!("only the first {most} calls; choose a shorter period for the others");
        head.push(("Incomplete", text));
    }
    let notes = calls::notes(scope, known, found.coded.as_deref());
    head.extend(notes.into_iter().map(|(text, _)| ("Note", text)));
    head.push(("Imported", known.imported_until(scope)));
    head.push(("Written", scope.instant(scope.now)));
    head
}

fn row(scope: &HistoryScope, known: &HistorySubjects, call: &Call) -> Vec<Value> {
    let text = |text: Option<String>| text.map_or(Value::Unknown, Value::Text);
    let seconds = |seconds: Option<i64>| {
        let number = seconds.map(|seconds| Number::Seconds(super::column::float(seconds)));
        Value::from(number)
    };
    let instant = |at: Timestamp| Value::Text(scope.instant(at));
    // Who did not answer did not have the call.
    let agent = call.agent.as_ref().filter(|_| call.answered_at.is_some());
    vec![
        instant(call.joined_at),
        Value::Text(known.queue(&call.queue)),
        Value::Text(call.queue.to_string()),
        text(agent.map(|id| known.agent(id))),
        text(agent.map(ToString::to_string)),
        text(call.caller.clone()),
        Value::Text(calls::words(call.outcome).1.to_owned()),
        seconds(call.wait),
        seconds(call.talk),
        seconds(call.wrap_up),
        Value::Text(call.id.to_string()),
    ]
}
