//! Call lists as files: the page's columns, names with their IDs, and up to a maximum number of
//! calls.

use jiff::Timestamp;

use crate::web::{WebError, WebState, access::reader_texts::ReaderTexts};
use wallboard_history::report::{CallPage, ListedCall};
use wallboard_texts::Texts;

use super::{
    Attachment, QueryPairs, attach_file, call_list,
    file::{FileFormat, FileGrid, FileValue},
    number::HistoryNumber,
    scope::HistoryScope,
    subjects::HistorySubjects,
};

/// Calls in a file, which is written in one piece and says if calls are left out.
const FILE_CALLS_MAX: usize = 20_000;

pub(super) async fn build_file(
    web: &WebState,
    ReaderTexts(texts): ReaderTexts,
    pairs: QueryPairs,
    format: FileFormat,
) -> Result<Attachment, WebError> {
    let (scope, _) = call_list::calls_scope(web, pairs, texts).await?;
    let outcome = scope.query.outcome.as_deref();
    let outcome = outcome.map(call_list::parse_outcome).transpose()?;
    let known = HistorySubjects::load(web).await?;
    let found = call_list::find_calls(&web.history, &scope, outcome, None, FILE_CALLS_MAX).await?;
    let ended = outcome.map_or(texts.all_of_them(), |outcome| {
        call_list::outcome_labels(scope.texts, outcome).1
    });
    let grid = FileGrid {
        head: file_header(&scope, &known, &found, ended),
        headings: headings(texts),
        rows: (found.calls.iter())
            .map(|call| file_row(&scope, &known, call))
            .collect(),
    };
    attach_file("calls", &scope, format, grid).await
}

fn headings(texts: &Texts) -> Vec<String> {
    let seconds = |heading: &str| format!("{heading} (s)");
    vec![
        texts.queued_at_column().to_owned(),
        texts.queue_term().to_owned(),
        texts.queue_id_column().to_owned(),
        texts.agent_column().to_owned(),
        texts.agent_id_column().to_owned(),
        texts.caller_column().to_owned(),
        texts.class_outcome().to_owned(),
        seconds(texts.wait_column()),
        seconds(texts.talk_column()),
        seconds(texts.column_wrap_up()),
        texts.file_id().to_owned(),
    ]
}

fn file_header(
    scope: &HistoryScope,
    known: &HistorySubjects,
    found: &CallPage,
    ended: &str,
) -> Vec<(&'static str, String)> {
    let texts = scope.texts;
    let mut head = vec![
        (texts.calls_column(), known.title(scope.texts, &scope.query)),
        (texts.period_term(), scope.window.describe(scope.texts)),
        (texts.shift_from(), scope.instant_label(scope.window.from)),
        (texts.shift_to(), scope.instant_label(scope.window.to)),
        (texts.class_outcome(), ended.to_owned()),
        (texts.zone_choice(), scope.zone_name.clone()),
    ];
    if found.next.is_some() {
        head.push((
            texts.file_incomplete(),
            texts.first_calls_only(FILE_CALLS_MAX),
        ));
    }
    let notes = call_list::build_notes(scope, known, found.code_name.as_deref());
    head.extend(notes.into_iter().map(|(text, _)| (texts.file_note(), text)));
    head.push((texts.file_imported(), known.imported_until(scope)));
    head.push((texts.file_written(), scope.instant_label(scope.now)));
    head
}

fn file_row(scope: &HistoryScope, known: &HistorySubjects, call: &ListedCall) -> Vec<FileValue> {
    let text = |text: Option<String>| text.map_or(FileValue::Unknown, FileValue::Text);
    let seconds = |seconds: Option<i64>| {
        let number = seconds.map(|seconds| HistoryNumber::Seconds(super::column::to_f64(seconds)));
        FileValue::from(number)
    };
    let instant = |at: Timestamp| FileValue::Text(scope.instant_label(at));
    // An agent who didn't answer didn't handle the call.
    let agent = call.agent.as_ref().filter(|_| call.answered_at.is_some());
    vec![
        instant(call.joined_at),
        FileValue::Text(known.queue_name(&call.queue)),
        FileValue::Text(call.queue.to_string()),
        text(agent.map(|id| known.agent_name(id))),
        text(agent.map(ToString::to_string)),
        text(call.caller.clone()),
        FileValue::Text(
            call_list::outcome_labels(scope.texts, call.outcome)
                .1
                .to_owned(),
        ),
        seconds(call.wait),
        seconds(call.talk),
        seconds(call.wrap_up),
        FileValue::Text(call.id.to_string()),
    ]
}
