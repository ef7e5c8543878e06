//! An import's outcome, and the files that are missing, on pages.

use wallboard_history::{
    coverage::{DayRanges, MissingFiles},
    import::ImportOutcome,
};
use wallboard_texts::Texts;

/// "300 files imported (1,234,567 rows), 12 already imported, 3 rows skipped"
pub(super) fn describe_outcome(texts: &Texts, outcome: &ImportOutcome) -> String {
    let incomplete = outcome.deferred.count.saturating_sub(outcome.undelivered);
    let parts = [
        (outcome.replaced, texts.outcome_replaced(outcome.replaced)),
        (
            outcome.retagged,
            texts.outcome_redelivered(outcome.retagged),
        ),
        (outcome.known, texts.outcome_known(outcome.known)),
        (
            outcome.outside_window,
            texts.outcome_other_days(outcome.outside_window),
        ),
        (
            outcome.rejected_rows,
            texts.rows_skipped(outcome.rejected_rows),
        ),
        (
            outcome.failed.count,
            texts.outcome_unreadable(outcome.failed.count),
        ),
        (
            outcome.undelivered,
            texts.outcome_unread_yet(outcome.undelivered),
        ),
        (incomplete, texts.outcome_incomplete(incomplete)),
    ];
    let imported = match outcome.imported {
        0 => texts.outcome_no_file().to_owned(),
        count => texts.outcome_imported(count, texts.rows_counted(outcome.rows)),
    };
    let others = parts.into_iter().filter(|(count, _)| 0 < *count);
    let all: Vec<_> = [imported]
        .into_iter()
        .chain(others.map(|(_, part)| part))
        .collect();
    all.join(", ")
}

pub(super) fn describe_missing(texts: &Texts, missing: &MissingFiles) -> String {
    match missing {
        MissingFiles::NoCalls { dataset } => texts.missing_no_calls(dataset.as_str()),
        MissingFiles::Since {
            dataset,
            first,
            newest,
        } => texts.missing_since(dataset.as_str(), first.to_string(), newest.to_string()),
        MissingFiles::Removed { dataset } => texts.missing_removed(dataset.as_str()),
        MissingFiles::PartialDays {
            dataset,
            days,
            calls,
        } => texts.missing_partial(list_days(texts, days), dataset.as_str(), *calls),
        MissingFiles::MissingDays { dataset, days } => {
            texts.missing_days(list_days(texts, days), dataset.as_str())
        }
    }
}

fn list_days(texts: &Texts, days: &DayRanges) -> String {
    let (listed, more) = days.listed();
    let ranges = listed.iter().map(|(first, last)| {
        if first == last {
            first.to_string()
        } else {
            texts.days_range(first.to_string(), last.to_string())
        }
    });
    let more = (0 < more).then(|| texts.and_more_days(more));
    ranges.chain(more).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn an_outcome_is_one_line_without_zero_counts() {
        let outcome = ImportOutcome {
            imported: 300,
            replaced: 1,
            rows: 1_234_567,
            known: 12,
            rejected_rows: 1,
            ..ImportOutcome::default()
        };
        assert_eq!(
            describe_outcome(Texts::english(), &outcome),
            wallboard_history::import::describe_outcome(&outcome)
        );
        assert_eq!(
            describe_outcome(Texts::of(wallboard_domain::Language::German), &outcome),
            "300 Dateien importiert (1.234.567 Zeilen), 1 davon erneut, weil sich der Inhalt geändert hat, 12 bereits importiert, 1 Zeile übersprungen"
        );
    }

    #[test]
    fn missing_files_are_described_as_on_the_terminal() {
        let dataset = || "Queue_Call".to_owned();
        let day = |day| date(2026, 11, day);
        let days: DayRanges = [day(3), day(10), day(11), day(12)].iter().collect();
        for missing in [
            MissingFiles::NoCalls { dataset: dataset() },
            MissingFiles::Since {
                dataset: dataset(),
                first: day(13),
                newest: day(14),
            },
            MissingFiles::PartialDays {
                dataset: dataset(),
                days: days.clone(),
                calls: 3,
            },
            MissingFiles::MissingDays {
                dataset: dataset(),
                days,
            },
        ] {
            let page = describe_missing(Texts::english(), &missing);
            assert_eq!(page, format!("{missing}."));
        }
    }
}
