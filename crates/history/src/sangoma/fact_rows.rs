//! Rows of facts, with the columns that figures are computed from. More than a week of them
//! is in memory at once, so texts are compared by an 8-byte hash.

use std::{
    hash::BuildHasher,
    num::{NonZeroI64, NonZeroU64},
};

use crate::intervals::TimeSpan;
use wallboard_store::RowCells;

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

/// A short text such as a number or a key, in place. Longer ones are none: numbers have at most
/// 15 digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct ShortText {
    bytes: [u8; SHORT_BYTES_MAX],
    length: u8,
}

const SHORT_BYTES_MAX: usize = 23;

impl ShortText {
    /// Returns `None` for a blank text and for a long one.
    pub(super) fn from_text(text: &str) -> Option<Self> {
        let text = text.trim();
        let length = u8::try_from(text.len()).ok().filter(|length| 0 < *length)?;
        let mut bytes = [0; SHORT_BYTES_MAX];
        bytes
            .get_mut(..text.len())?
            .copy_from_slice(text.as_bytes());
        Some(Self { bytes, length })
    }

    pub(super) fn as_str(&self) -> &str {
        let bytes = self.bytes.get(..usize::from(self.length));
        bytes
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
            .unwrap_or_default()
    }
}

/// Declares a row by its container, the column of its id, and each field's columns.
macro_rules! fact_row {
    ($(#[$doc:meta])* $row:ident from $container:literal by $id:literal {
        $($(#[$field_doc:meta])*
        $field:ident: $type:ty = $($column:literal)+,)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub(super) struct $row {
            $($(#[$field_doc])* pub(super) $field: $type,)*
        }

        impl FactRow for $row {
            const CONTAINER: &'static str = $container;
            const COLUMNS: &'static [&'static str] = &[$id, $($($column,)+)*];

            fn from_cells(row: &RowCells<'_>) -> Option<Self> {
                let mut cells = CellReader { row, index: 0 };
                Some(Self { $($field: CellValue::read(&mut cells)?,)* })
            }
        }
    };
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
    pub(super) queue_logins: RowCache<QueueLoginRow>,
}

fact_row! {
    QueueCallRow from "Queue_Call" by "queue_call_id" {
        queue: OptionalInteger = "queue_id",
        agent: OptionalInteger = "agent_id",
        joined: OptionalInteger = "time_join",
        answered: OptionalInteger = "time_connect",
        left: OptionalInteger = "time_leave",
        end_by: OptionalInteger = "queue_call_end_by_id",
        reason: OptionalInteger = "call_reason_id",
        kind: OptionalInteger = "call_type_id",
        uuid: Option<TextHash> = "uuid",
        wrap_up: OptionalInteger = "acw_id",
        exit_key: Option<ShortText> = "exit_key",
    }
}

fact_row! {
    /// The columns of a queue call that link a survey to it.
    SurveyLinkRow from "Queue_Call" by "queue_call_id" {
        queue: i64 = "queue_id",
        joined: i64 = "time_join",
        uuid: TextHash = "uuid",
    }
}

fact_row! {
    /// A wrap-up that has ended.
    WrapUpRow from "Agent_ACW" by "agent_acw_id" {
        agent: OptionalInteger = "agent_id",
        span: TimeSpan = "time_start" "time_end",
    }
}

fact_row! {
    /// A login that has ended.
    LoginRow from "Agent_Login" by "agent_login_id" {
        agent: i64 = "agent_id",
        span: TimeSpan = "time_logged_in" "time_logged_off",
        extension: Option<TextHash> = "extension",
        logoff_reason: OptionalInteger = "logoff_reason_id",
    }
}

fact_row! {
    /// A queue that an agent signed in to; it has no time of its own.
    QueueLoginRow from "Agent_Login_Queue" by "agent_login_queue_id" {
        queue: i64 = "queue_id",
        login: i64 = "agent_login_id",
    }
}

fact_row! {
    /// A call that has ended, whether it was in a queue or not.
    CallDetailsRow from "Call_Details" by "call_details_id" {
        answered: OptionalInteger = "answer_time",
        end: i64 = "end_time",
        uuid: Option<TextHash> = "uuid",
        /// The numbers of both sides.
        numbers: [Option<TextHash>; 2] = "callerid_number" "destination_number",
        /// The center's number that was called.
        did: Option<ShortText> = "did_number",
    }
}

fact_row! {
    /// An attempt to ring an agent.
    CallAttemptRow from "Call_Attempt" by "call_attempt_id" {
        agent: i64 = "agent_id",
        start: i64 = "start_time",
        end: OptionalInteger = "end_time",
        is_missed: bool = "no_answer_reason",
    }
}

fact_row! {
    /// A pause that has ended.
    PauseRow from "Agent_Pause" by "agent_pause_id" {
        agent: i64 = "agent_id",
        span: TimeSpan = "time_start" "time_end",
        code: OptionalInteger = "pause_code_id",
    }
}

fact_row! {
    /// An issue of a call; it has no time of its own.
    CallIssueRow from "Call_Issue_Queue_Call" by "call_issue_queue_call_id" {
        call: i64 = "queue_call_id",
        issue: i64 = "call_issue_id",
    }
}

fact_row! {
    SurveyRow from "Queue_Call_Survey" by "queue_call_survey_id" {
        uuid: Option<TextHash> = "uuid",
        queue: i64 = "queue_id",
        at: i64 = "created_at",
        csat: Option<i64> = "csat_score",
        nps: Option<i64> = "nps_score",
        enterprise_nps: Option<i64> = "nps_enterprise_score",
    }
}

/// The cells of a row, one after another.
struct CellReader<'a, 'r> {
    row: &'a RowCells<'r>,
    /// The cell that was read last.
    index: usize,
}

/// A value in one or more cells of a row. A row without a value that it needs is left out.
trait CellValue: Sized {
    fn read(cells: &mut CellReader<'_, '_>) -> Option<Self>;
}

impl CellValue for i64 {
    fn read(cells: &mut CellReader<'_, '_>) -> Option<Self> {
        cells.index += 1;
        cells.row.integer(cells.index)
    }
}

impl CellValue for NonZeroI64 {
    fn read(cells: &mut CellReader<'_, '_>) -> Option<Self> {
        i64::read(cells).and_then(Self::new)
    }
}

impl CellValue for TextHash {
    fn read(cells: &mut CellReader<'_, '_>) -> Option<Self> {
        cells.index += 1;
        Self::from_text(cells.row.text(cells.index))
    }
}

impl CellValue for ShortText {
    fn read(cells: &mut CellReader<'_, '_>) -> Option<Self> {
        cells.index += 1;
        Self::from_text(cells.row.text(cells.index)?)
    }
}

/// Whether there is a text.
impl CellValue for bool {
    fn read(cells: &mut CellReader<'_, '_>) -> Option<Self> {
        cells.index += 1;
        let text = cells.row.text(cells.index);
        Some(text.is_some_and(|text| !text.is_empty()))
    }
}

impl CellValue for TimeSpan {
    fn read(cells: &mut CellReader<'_, '_>) -> Option<Self> {
        let (start, end) = (i64::read(cells), i64::read(cells));
        Self::new(start?, end?)
    }
}

impl<T: CellValue> CellValue for Option<T> {
    fn read(cells: &mut CellReader<'_, '_>) -> Option<Self> {
        Some(T::read(cells))
    }
}

impl<T: CellValue> CellValue for [T; 2] {
    fn read(cells: &mut CellReader<'_, '_>) -> Option<Self> {
        Some([T::read(cells)?, T::read(cells)?])
    }
}
