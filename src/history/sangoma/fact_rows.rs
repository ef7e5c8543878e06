//! Rows of facts, with the columns that figures are computed from. More than a week of them
//! is in memory at once, so texts are compared by an 8-byte hash.

use std::{
    hash::BuildHasher,
    num::{NonZeroI64, NonZeroU64},
};

use crate::{history::intervals::TimeSpan, store::RowCells};

use super::row_cache::{FactRow, RowCache};

/// An id or a time in 8 bytes; 0 means none.
pub(super) type OptionalInteger = Option<NonZeroI64>;

/// A text in 8 bytes: among the hundreds of thousands compared, no two collide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct TextHash(NonZeroU64);

impl TextHash {
    /// Returns `None` for no text and for an empty one.
    pub(super) fn from_text(text: Option<&str>) -> Option<Self> {
        let text = text.filter(|text| !text.is_empty())?;
        let hash = foldhash::quality::FixedState::default().hash_one(text);
        Some(Self(NonZeroU64::new(hash).unwrap_or(NonZeroU64::MIN)))
    }
}

/// The caches shared by days that are computed one after another.
#[derive(Debug, Default)]
pub(super) struct FactRowCaches {
    pub(super) calls: RowCache<QueueCallRow>,
    pub(super) wrap_ups: RowCache<WrapUpRow>,
    pub(super) logins: RowCache<LoginRow>,
    pub(super) details: RowCache<CallDetailsRow>,
    pub(super) attempts: RowCache<CallAttemptRow>,
    pub(super) pauses: RowCache<PauseRow>,
    pub(super) issues: RowCache<CallIssueRow>,
    pub(super) surveys: RowCache<SurveyRow>,
    pub(super) links: RowCache<SurveyLinkRow>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct QueueCallRow {
    pub(super) queue: OptionalInteger,
    pub(super) agent: OptionalInteger,
    pub(super) joined: OptionalInteger,
    pub(super) answered: OptionalInteger,
    pub(super) left: OptionalInteger,
    pub(super) end_by: OptionalInteger,
    pub(super) reason: OptionalInteger,
    pub(super) kind: OptionalInteger,
    pub(super) uuid: Option<TextHash>,
    pub(super) wrap_up: OptionalInteger,
}

impl FactRow for QueueCallRow {
    const CONTAINER: &'static str = "Queue_Call";
    const COLUMNS: &'static [&'static str] = &[
        "queue_call_id",
        "queue_id",
        "agent_id",
        "time_join",
        "time_connect",
        "time_leave",
        "queue_call_end_by_id",
        "call_reason_id",
        "call_type_id",
        "uuid",
        "acw_id",
    ];

    fn from_cells(row: &RowCells<'_>) -> Option<Self> {
        Some(Self {
            queue: optional_integer(row, 1),
            agent: optional_integer(row, 2),
            joined: optional_integer(row, 3),
            answered: optional_integer(row, 4),
            left: optional_integer(row, 5),
            end_by: optional_integer(row, 6),
            reason: optional_integer(row, 7),
            kind: optional_integer(row, 8),
            uuid: TextHash::from_text(row.text(9)),
            wrap_up: optional_integer(row, 10),
        })
    }
}

/// The columns of a queue call that link a survey to it.
#[derive(Clone, Copy, Debug)]
pub(super) struct SurveyLinkRow {
    pub(super) queue: i64,
    pub(super) joined: i64,
    pub(super) uuid: TextHash,
}

impl FactRow for SurveyLinkRow {
    const CONTAINER: &'static str = "Queue_Call";
    const COLUMNS: &'static [&'static str] = &["queue_call_id", "queue_id", "time_join", "uuid"];

    fn from_cells(row: &RowCells<'_>) -> Option<Self> {
        Some(Self {
            queue: row.integer(1)?,
            joined: row.integer(2)?,
            uuid: TextHash::from_text(row.text(3))?,
        })
    }
}

/// A wrap-up that has ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct WrapUpRow {
    pub(super) agent: OptionalInteger,
    pub(super) span: TimeSpan,
}

impl FactRow for WrapUpRow {
    const CONTAINER: &'static str = "Agent_ACW";
    const COLUMNS: &'static [&'static str] =
        &["agent_acw_id", "agent_id", "time_start", "time_end"];

    fn from_cells(row: &RowCells<'_>) -> Option<Self> {
        Some(Self {
            agent: optional_integer(row, 1),
            span: read_span(row, 2, 3)?,
        })
    }
}

/// A login that has ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct LoginRow {
    pub(super) agent: i64,
    pub(super) span: TimeSpan,
    pub(super) extension: Option<TextHash>,
}

impl FactRow for LoginRow {
    const CONTAINER: &'static str = "Agent_Login";
    const COLUMNS: &'static [&'static str] = &[
        "agent_login_id",
        "agent_id",
        "time_logged_in",
        "time_logged_off",
        "extension",
    ];

    fn from_cells(row: &RowCells<'_>) -> Option<Self> {
        Some(Self {
            agent: row.integer(1)?,
            span: read_span(row, 2, 3)?,
            extension: TextHash::from_text(row.text(4)),
        })
    }
}

/// A call that has ended, whether it was in a queue or not.
#[derive(Clone, Copy, Debug)]
pub(super) struct CallDetailsRow {
    pub(super) answered: OptionalInteger,
    pub(super) end: i64,
    pub(super) uuid: Option<TextHash>,
    /// The numbers of both sides.
    pub(super) numbers: [Option<TextHash>; 2],
}

impl FactRow for CallDetailsRow {
    const CONTAINER: &'static str = "Call_Details";
    const COLUMNS: &'static [&'static str] = &[
        "call_details_id",
        "answer_time",
        "end_time",
        "uuid",
        "callerid_number",
        "destination_number",
    ];

    fn from_cells(row: &RowCells<'_>) -> Option<Self> {
        Some(Self {
            answered: optional_integer(row, 1),
            end: row.integer(2)?,
            uuid: TextHash::from_text(row.text(3)),
            numbers: [4, 5].map(|index| TextHash::from_text(row.text(index))),
        })
    }
}

/// An attempt to ring an agent.
#[derive(Clone, Copy, Debug)]
pub(super) struct CallAttemptRow {
    pub(super) agent: i64,
    pub(super) start: i64,
    pub(super) end: OptionalInteger,
    pub(super) is_missed: bool,
}

impl FactRow for CallAttemptRow {
    const CONTAINER: &'static str = "Call_Attempt";
    const COLUMNS: &'static [&'static str] = &[
        "call_attempt_id",
        "agent_id",
        "start_time",
        "end_time",
        "no_answer_reason",
    ];

    fn from_cells(row: &RowCells<'_>) -> Option<Self> {
        Some(Self {
            agent: row.integer(1)?,
            start: row.integer(2)?,
            end: optional_integer(row, 3),
            is_missed: row.text(4).is_some_and(|reason| !reason.is_empty()),
        })
    }
}

/// A pause that has ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct PauseRow {
    pub(super) agent: i64,
    pub(super) span: TimeSpan,
    /// 0 if none is reported.
    pub(super) code: i64,
}

impl FactRow for PauseRow {
    const CONTAINER: &'static str = "Agent_Pause";
    const COLUMNS: &'static [&'static str] = &[
        "agent_pause_id",
        "agent_id",
        "time_start",
        "time_end",
        "pause_code_id",
    ];

    fn from_cells(row: &RowCells<'_>) -> Option<Self> {
        Some(Self {
            agent: row.integer(1)?,
            span: read_span(row, 2, 3)?,
            code: row.integer(4).unwrap_or(0),
        })
    }
}

/// An issue of a call; it has no time of its own.
#[derive(Clone, Copy, Debug)]
pub(super) struct CallIssueRow {
    pub(super) call: i64,
    pub(super) issue: i64,
}

impl FactRow for CallIssueRow {
    const CONTAINER: &'static str = "Call_Issue_Queue_Call";
    const COLUMNS: &'static [&'static str] =
        &["call_issue_queue_call_id", "queue_call_id", "call_issue_id"];

    fn from_cells(row: &RowCells<'_>) -> Option<Self> {
        Some(Self {
            call: row.integer(1)?,
            issue: row.integer(2)?,
        })
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) struct SurveyRow {
    pub(super) uuid: Option<TextHash>,
    pub(super) queue: i64,
    pub(super) at: i64,
    pub(super) csat: Option<i64>,
    pub(super) nps: Option<i64>,
}

impl FactRow for SurveyRow {
    const CONTAINER: &'static str = "Queue_Call_Survey";
    const COLUMNS: &'static [&'static str] = &[
        "queue_call_survey_id",
        "uuid",
        "queue_id",
        "created_at",
        "csat_score",
        "nps_score",
    ];

    fn from_cells(row: &RowCells<'_>) -> Option<Self> {
        Some(Self {
            uuid: TextHash::from_text(row.text(1)),
            queue: row.integer(2)?,
            at: row.integer(3)?,
            csat: row.integer(4),
            nps: row.integer(5),
        })
    }
}

fn optional_integer(row: &RowCells<'_>, index: usize) -> OptionalInteger {
    row.integer(index).and_then(NonZeroI64::new)
}

fn read_span(row: &RowCells<'_>, start: usize, end: usize) -> Option<TimeSpan> {
    let (start, end) = row.integer(start).zip(row.integer(end))?;
    TimeSpan::new(start, end)
}
