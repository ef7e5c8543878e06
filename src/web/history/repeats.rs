//! How many calls came from callers who had called before.

use wallboard_history::report::{History, RepeatContacts, RepeatQuery};
use wallboard_store::StoreError;
use wallboard_texts::Texts;

use crate::web::parts::{clock::UNKNOWN, links::PageLink};

use super::{
    column::to_f64,
    export_facts::{FactRow, FactTable},
    number::HistoryNumber,
    scope::HistoryScope,
};

/// The repeat contacts of the query's queues; `None` if no export stores callers' numbers, or of longer
/// times.
pub(super) async fn load_repeats(
    history: &History,
    scope: &HistoryScope,
) -> Result<Option<FactTable>, StoreError> {
    // Callers don't look at opening hours.
    if scope.query.agent.is_some() || scope.leaves_out_closed() {
        return Ok(None);
    }
    let query = RepeatQuery {
        subject: scope.query.subject(),
        from: scope.window.from,
        to: scope.window.to,
    };
    let of_days = scope.clone();
    let counted = history.count_repeats(query, move |at| of_days.includes_day_of(at));
    let counted = counted.await?;
    Ok(counted
        .filter(|counts| 0 < counts.contacts)
        .map(|counts| table(scope.texts, &counts)))
}

fn table(texts: &'static Texts, counts: &RepeatContacts) -> FactTable {
    let row = |name: &str, text: String| FactRow {
        name: PageLink::new(name, ""),
        links: Vec::new(),
        text,
    };
    let share = |repeats: Option<i64>| match repeats {
        None => UNKNOWN.to_owned(),
        Some(repeats) => {
            let percent = 100.0 * to_f64(repeats) / to_f64(counts.contacts.max(1));
            let percent = HistoryNumber::Percent(percent).write(texts);
            let repeats = HistoryNumber::Count(repeats).write(texts);
            let contacts = HistoryNumber::Count(counts.contacts).write(texts);
            texts.repeats_of_calls(repeats, contacts, percent)
        }
    };
    let mut rows = vec![
        row(texts.repeats_within_day(), share(counts.within_day)),
        row(texts.repeats_within_week(), share(counts.within_week)),
    ];
    if 0 < counts.without_number {
        let count = HistoryNumber::Count(counts.without_number).write(texts);
        rows.push(row(texts.calls_without_number(), count));
    }
    FactTable {
        key: "repeats",
        title: texts.repeats_heading(),
        rows,
    }
}
