//! The summary of queues that need nobody: calm is claimed only of those that are up to date.

use wallboard_texts::Texts;

/// Numbers of queues, by what is known of them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct QueueCounts {
    pub(super) total: usize,
    pub(super) urgent: usize,
    pub(super) out_of_date: usize,
    pub(super) closed: usize,
    /// Quiet, or never reported.
    pub(super) unjudged: usize,
}

/// The queues without a sentence of their own.
pub(in crate::web) struct RestOfQueues {
    /// All figures are up to date.
    pub(in crate::web) is_calm: bool,
    pub(in crate::web) statement: String,
    pub(in crate::web) detail: String,
}

impl RestOfQueues {
    /// `None` if queues need attention and all others are up to date. `unsure` is the number of
    /// sources that are lost, or can't be read in full.
    pub(super) fn describe(texts: &Texts, counts: QueueCounts, unsure: usize) -> Option<Self> {
        let QueueCounts {
            total,
            urgent,
            out_of_date,
            closed,
            unjudged,
        } = counts;
        if 0 < out_of_date {
            let advice = match urgent {
                urgent if total == out_of_date + urgent => texts.may_need_attention(),
                0 => texts.others_are_calm(),
                _ => texts.may_need_attention_too(),
            };
            return Some(Self::uncertain(describe_out_of_date(texts, counts), advice));
        }
        if 0 < urgent || total == 0 {
            return None;
        }
        let within = total - closed - unjudged;
        let detail = match (within, closed, unjudged) {
            (0, 1, 0) if total == 1 => texts.only_queue_closed().to_owned(),
            (0, closed, 0) => texts.all_queues_closed(closed),
            (0, ..) => {
                return Some(Self::uncertain(texts.no_current_queue().to_owned(), ""));
            }
            (1, 0, 0) => texts.only_queue_within().to_owned(),
            (n, 0, 0) => texts.all_queues_within(n),
            (n, 0, _) => texts.some_queues_within(n, total),
            (n, 1, _) => texts.one_of_queues_closed(n, total),
            (n, closed, _) => texts.some_of_queues_closed(n, total, closed),
        };
        Some(Self {
            is_calm: unsure == 0,
            statement: texts.nothing_needs_attention().to_owned(),
            detail,
        })
    }

    fn uncertain(statement: String, detail: &str) -> Self {
        Self {
            is_calm: false,
            statement,
            detail: detail.to_owned(),
        }
    }
}

fn describe_out_of_date(texts: &Texts, counts: QueueCounts) -> String {
    let total = counts.total;
    match (counts.out_of_date, total) {
        (1, 1) => texts.only_queue_old().to_owned(),
        (1, _) => texts.one_queue_old(total),
        (n, _) if n == total => texts.all_queues_old(n),
        (n, _) => texts.some_queues_old(n, total),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rest(counts: QueueCounts, unsure: usize) -> Option<(bool, String)> {
        let rest = RestOfQueues::describe(Texts::english(), counts, unsure)?;
        Some((rest.is_calm, format!("{}. {}", rest.statement, rest.detail)))
    }

    fn counts([total, urgent, out_of_date, closed, unjudged]: [usize; 5]) -> QueueCounts {
        QueueCounts {
            total,
            urgent,
            out_of_date,
            closed,
            unjudged,
        }
    }

    #[test]
    fn calm_is_claimed_only_of_queues_that_are_up_to_date() {
        let table = [
            (
                [11, 0, 0, 0, 0],
                true,
                "Nothing needs attention. All 11 queues are within their thresholds.",
            ),
            (
                [11, 0, 0, 0, 2],
                true,
                "Nothing needs attention. 9 of 11 queues are within their thresholds.",
            ),
            (
                [11, 0, 6, 0, 0],
                false,
                "6 of 11 queues are out of date. Nothing needs attention in the others.",
            ),
            (
                [11, 1, 6, 0, 0],
                false,
                "6 of 11 queues are out of date. They may need attention too.",
            ),
            (
                [6, 0, 6, 0, 0],
                false,
                "All 6 queues are out of date. They may need attention.",
            ),
            ([3, 0, 0, 0, 3], false, "No queue has up-to-date data. "),
            ([3, 0, 0, 2, 1], false, "No queue has up-to-date data. "),
        ];
        for (numbers, is_calm, text) in table {
            assert_eq!(
                rest(counts(numbers), 0),
                Some((is_calm, text.to_owned())),
                "{numbers:?}"
            );
        }
        assert_eq!(rest(counts([11, 2, 0, 0, 0]), 0), None);
        assert_eq!(rest(counts([0, 0, 0, 0, 0]), 0), None);
        assert!(!rest(counts([5, 0, 0, 0, 0]), 1).unwrap().0);
    }

    #[test]
    fn closed_queues_are_named_and_nothing_is_wrong_at_night() {
        let table = [
            (
                [13, 0, 0, 1, 0],
                "12 of 13 queues are within their thresholds; 1 is closed.",
            ),
            (
                [13, 0, 0, 4, 2],
                "7 of 13 queues are within their thresholds; 4 are closed.",
            ),
            ([13, 0, 0, 13, 0], "All 13 queues are closed."),
            ([1, 0, 0, 1, 0], "The only queue is closed."),
        ];
        for (numbers, detail) in table {
            let text = format!("Nothing needs attention. {detail}");
            assert_eq!(rest(counts(numbers), 0), Some((true, text)), "{numbers:?}");
        }
    }
}
