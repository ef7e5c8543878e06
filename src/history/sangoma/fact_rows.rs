//! Rows of facts, as far as figures are reckoned from them. A week and more of them is in
//! memory at once, so texts are told apart by 8 bytes.

use std::{
    hash::BuildHasher,
    num::{NonZeroI64, NonZeroU64},
};

use crate::{history::intervals::Span, store::Cells};

use super::kept::{Kept, Row};

/// An id or a time in 8 bytes; 0 is none of either.
pub(super) type Known = Option<NonZeroI64>;

/// A text in 8 bytes: of the hundreds of thousands that are compared no two meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Hashed(NonZeroU64);

impl Hashed {
    /// `None` of no text and of an empty one.
    pub(super) fn of(text: Option<&str>) -> Option<Self> {
        let text = text.filter(|text| !text.is_empty())?;
        let hash = foldhash::quality::FixedState::default().hash_one(text);
        Some(Self(NonZeroU64::new(hash).unwrap_or(NonZeroU64::MIN)))
    }
}

/// What the days that are reckoned after one another share.
#[derive(Debug, Default)]
pub(super) struct FactRows {
    pub(super) calls: Kept<QueueCall>,
    pub(super) wrap_ups: Kept<WrapUp>,
    pub(super) logins: Kept<Login>,
    pub(super) details: Kept<Details>,
    pub(super) attempts: Kept<Attempt>,
    pub(super) pauses: Kept<Pause>,
    pub(super) issues: Kept<Issue>,
    pub(super) surveys: Kept<Survey>,
    pub(super) links: Kept<Link>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct QueueCall {
    pub(super) queue: Known,
    pub(super) agent: Known,
    pub(super) joined: Known,
    pub(super) answered: Known,
    pub(super) left: Known,
    pub(super) end_by: Known,
    pub(super) reason: Known,
    pub(super) kind: Known,
    pub(super) uuid: Option<Hashed>,
    pub(super) wrap_up: Known,
}

impl Row for QueueCall {
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

    fn read(row: &Cells<'_>) -> Option<Self> {
        Some(Self {
            queue: known(row, 1),
            agent: known(row, 2),
            joined: known(row, 3),
            answered: known(row, 4),
            left: known(row, 5),
            end_by: known(row, 6),
            reason: known(row, 7),
            kind: known(row, 8),
            uuid: Hashed::of(row.text(9)),
            wrap_up: known(row, 10),
        })
    }
}

/// What of a queue's call ties a survey to it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link {
    pub(super) queue: i64,
    pub(super) joined: i64,
    pub(super) uuid: Hashed,
}

impl Row for Link {
    const CONTAINER: &'static str = "Queue_Call";
    const COLUMNS: &'static [&'static str] = &["queue_call_id", "queue_id", "time_join", "uuid"];

    fn read(row: &Cells<'_>) -> Option<Self> {
        Some(Self {
            queue: row.integer(1)?,
            joined: row.integer(2)?,
            uuid: Hashed::of(row.text(3))?,
        })
    }
}

/// A wrap-up that has ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct WrapUp {
    pub(super) agent: Known,
    pub(super) span: Span,
}

impl Row for WrapUp {
    const CONTAINER: &'static str = "Agent_ACW";
    const COLUMNS: &'static [&'static str] =
        &["agent_acw_id", "agent_id", "time_start", "time_end"];

    fn read(row: &Cells<'_>) -> Option<Self> {
        Some(Self {
            agent: known(row, 1),
            span: span(row, 2, 3)?,
        })
    }
}

/// A login that has ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Login {
    pub(super) agent: i64,
    pub(super) span: Span,
    pub(super) extension: Option<Hashed>,
}

impl Row for Login {
    const CONTAINER: &'static str = "Agent_Login";
    const COLUMNS: &'static [&'static str] = &[
        "agent_login_id",
        "agent_id",
        "time_logged_in",
        "time_logged_off",
        "extension",
    ];

    fn read(row: &Cells<'_>) -> Option<Self> {
        Some(Self {
            agent: row.integer(1)?,
            span: span(row, 2, 3)?,
            extension: Hashed::of(row.text(4)),
        })
    }
}

/// A call that has ended, whether it was in a queue or not.
#[derive(Clone, Copy, Debug)]
pub(super) struct Details {
    pub(super) answered: Known,
    pub(super) end: i64,
    pub(super) uuid: Option<Hashed>,
    /// The numbers of both sides.
    pub(super) numbers: [Option<Hashed>; 2],
}

impl Row for Details {
    const CONTAINER: &'static str = "Call_Details";
    const COLUMNS: &'static [&'static str] = &[
        "call_details_id",
        "answer_time",
        "end_time",
        "uuid",
        "callerid_number",
        "destination_number",
    ];

    fn read(row: &Cells<'_>) -> Option<Self> {
        Some(Self {
            answered: known(row, 1),
            end: row.integer(2)?,
            uuid: Hashed::of(row.text(3)),
            numbers: [4, 5].map(|place| Hashed::of(row.text(place))),
        })
    }
}

/// How often it rang at an agent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attempt {
    pub(super) agent: i64,
    pub(super) start: i64,
    pub(super) end: Known,
    pub(super) is_missed: bool,
}

impl Row for Attempt {
    const CONTAINER: &'static str = "Call_Attempt";
    const COLUMNS: &'static [&'static str] = &[
        "call_attempt_id",
        "agent_id",
        "start_time",
        "end_time",
        "no_answer_reason",
    ];

    fn read(row: &Cells<'_>) -> Option<Self> {
        Some(Self {
            agent: row.integer(1)?,
            start: row.integer(2)?,
            end: known(row, 3),
            is_missed: row.text(4).is_some_and(|reason| !reason.is_empty()),
        })
    }
}

/// A pause that has ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pause {
    pub(super) agent: i64,
    pub(super) span: Span,
    /// 0 where none is told.
    pub(super) code: i64,
}

impl Row for Pause {
    const CONTAINER: &'static str = "Agent_Pause";
    const COLUMNS: &'static [&'static str] = &[
        "agent_pause_id",
        "agent_id",
        "time_start",
        "time_end",
        "pause_code_id",
    ];

    fn read(row: &Cells<'_>) -> Option<Self> {
        Some(Self {
            agent: row.integer(1)?,
            span: span(row, 2, 3)?,
            code: row.integer(4).unwrap_or(0),
        })
    }
}

/// What a call was about; it has no time of its own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Issue {
    pub(super) call: i64,
    pub(super) issue: i64,
}

impl Row for Issue {
    const CONTAINER: &'static str = "Call_Issue_Queue_Call";
    const COLUMNS: &'static [&'static str] =
        &["call_issue_queue_call_id", "queue_call_id", "call_issue_id"];

    fn read(row: &Cells<'_>) -> Option<Self> {
        Some(Self {
            call: row.integer(1)?,
            issue: row.integer(2)?,
        })
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Survey {
    pub(super) uuid: Option<Hashed>,
    pub(super) queue: i64,
    pub(super) at: i64,
    pub(super) csat: Option<i64>,
    pub(super) nps: Option<i64>,
}

impl Row for Survey {
    const CONTAINER: &'static str = "Queue_Call_Survey";
    const COLUMNS: &'static [&'static str] = &[
        "queue_call_survey_id",
        "uuid",
        "queue_id",
        "created_at",
        "csat_score",
        "nps_score",
    ];

    fn read(row: &Cells<'_>) -> Option<Self> {
        Some(Self {
            uuid: Hashed::of(row.text(1)),
            queue: row.integer(2)?,
            at: row.integer(3)?,
            csat: row.integer(4),
            nps: row.integer(5),
        })
    }
}

fn known(row: &Cells<'_>, place: usize) -> Known {
    row.integer(place).and_then(NonZeroI64::new)
}

fn span(row: &Cells<'_>, start: usize, end: usize) -> Option<Span> {
    let (start, end) = row.integer(start).zip(row.integer(end))?;
    Span::new(start, end)
}
