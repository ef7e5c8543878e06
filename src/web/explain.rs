//! "Explain this number": what each figure is, in words. One entry per metric.

use jiff::tz::TimeZone;

use crate::{
    boards::Locale,
    domain::{Formula, Metric, Normal, Target},
};

/// What there is to say of a metric, whoever it is of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) metric: Metric,
    /// How it comes about.
    pub(super) formula: &'static str,
    /// Why it may not be known although its source is well.
    pub(super) unknown: &'static str,
}

const NOT_SAID: &str = "Its source has not said it yet.";
const ENTRIES: &str = "Vngage names the queue of a contact only when somebody opens it, so who came here and left unseen is not known. Where a solution always leads to one queue, queue_of in the configuration says so, and this is known.";
const NOTHING_YET: &str = "There is nothing to divide by yet today.";

const TABLE: &[Entry] = &[
    Entry {
        metric: Metric::Waiting,
        formula: "Contacts waiting in the queue, as the source counts them.",
        unknown: NOT_SAID,
    },
    Entry {
        metric: Metric::InConversation,
        formula: "Contacts in conversation with an agent of this queue, as the source counts them.",
        unknown: NOT_SAID,
    },
    Entry {
        metric: Metric::LongestWait,
        formula: "How long the contact that has waited longest has been in the queue. The source reports it every few seconds; in between, the clock runs here.",
        unknown: NOT_SAID,
    },
    Entry {
        metric: Metric::AverageWait,
        formula: "The source's own average. Whose waits it takes in, the vendor does not say.",
        unknown: "It was not said in the last 15 minutes, so it would say nothing of now.",
    },
    Entry {
        metric: Metric::ExpectedWait,
        formula: "How long somebody who comes now will wait, as the source estimates it. No clock: it holds until the source says another.",
        unknown: "The source has not said it yet, or has no estimate now.",
    },
    Entry {
        metric: Metric::AgentsAvailable,
        formula: "Agents who could take a contact of this queue, as the source counts them. Who serves two queues is counted in both.",
        unknown: NOT_SAID,
    },
    Entry {
        metric: Metric::AgentsLoggedIn,
        formula: "Agents of this queue who are signed in, as the source counts them.",
        unknown: NOT_SAID,
    },
    Entry {
        metric: Metric::AgentsNotReady,
        formula: "Agents of this queue who are signed in and take no contacts, as the source counts them.",
        unknown: NOT_SAID,
    },
    Entry {
        metric: Metric::AgentsInConversation,
        formula: "Agents of this queue who talk with somebody, as the source counts them.",
        unknown: NOT_SAID,
    },
    Entry {
        metric: Metric::Offered,
        formula: "Contacts that entered: answered + abandoned + left within seconds + sent elsewhere + still waiting.",
        unknown: ENTRIES,
    },
    Entry {
        metric: Metric::Answered,
        formula: "Contacts that an agent has opened. One that is opened again after its close counts once.",
        unknown: NOT_SAID,
    },
    Entry {
        metric: Metric::Abandoned,
        formula: "Contacts gone before an agent opened them. Vngage has no event for it: when unopened cases outnumber everybody in queue for a while, the surplus counts as gone, the oldest first, and is taken back if one is opened after all. How long each had waited is not known, so those that left within seconds are among them.",
        unknown: ENTRIES,
    },
    Entry {
        metric: Metric::ShortAbandoned,
        formula: "Contacts gone sooner than short_abandon of [targets].",
        unknown: "A visitor who leaves a chat sends no event, so how long they waited is not known.",
    },
    Entry {
        metric: Metric::FlowOuts,
        formula: "Contacts that left the queue unanswered for another.",
        unknown: NOT_SAID,
    },
    Entry {
        metric: Metric::AbandonRate,
        formula: "Abandoned ÷ (offered − left within seconds − still waiting).",
        unknown: ENTRIES,
    },
    Entry {
        metric: Metric::ServiceLevel,
        formula: "Contacts answered within the target ÷ contacts; which ones, its formula says.",
        unknown: NOTHING_YET,
    },
    Entry {
        metric: Metric::AverageSpeedOfAnswer,
        formula: "Time from entering the queue to being opened, over all answers whose wait is known.",
        unknown: NOTHING_YET,
    },
    Entry {
        metric: Metric::AverageHandleTime,
        formula: "Time from opening to close or transfer ÷ conversations handled. Wrap-up and hold are not told, so they are not in it.",
        unknown: NOTHING_YET,
    },
    Entry {
        metric: Metric::AverageTalkTime,
        formula: "Time of talking ÷ contacts, as the source reckons it.",
        unknown: NOTHING_YET,
    },
    Entry {
        metric: Metric::AverageWrapUp,
        formula: "Time of work after a contact ÷ contacts, as the source reckons it.",
        unknown: NOTHING_YET,
    },
    Entry {
        metric: Metric::FirstResponseTime,
        formula: "Time from the visitor's first message to the first message of an agent, on average. Known when a conversation is closed; notes and automatic texts are not replies.",
        unknown: NOTHING_YET,
    },
    Entry {
        metric: Metric::Transferred,
        formula: "Conversations that an agent handed on to another queue. Back to the same queue is no transfer.",
        unknown: NOT_SAID,
    },
    Entry {
        metric: Metric::OutcomePositive,
        formula: "Contacts whose last outcome, as the agent gave it, is positive.",
        unknown: NOT_SAID,
    },
    Entry {
        metric: Metric::OutcomeNegative,
        formula: "Contacts whose last outcome, as the agent gave it, is negative.",
        unknown: NOT_SAID,
    },
    Entry {
        metric: Metric::OutcomeNeutral,
        formula: "Contacts whose last outcome, as the agent gave it, is neutral.",
        unknown: NOT_SAID,
    },
    Entry {
        metric: Metric::OutcomeUnresolved,
        formula: "Contacts whose last outcome, as the agent gave it, is unresolved; they may be opened again.",
        unknown: NOT_SAID,
    },
    Entry {
        metric: Metric::Occupancy,
        formula: "Time with contacts ÷ time signed in and not on a break, as the source reckons it.",
        unknown: NOTHING_YET,
    },
    Entry {
        metric: Metric::Cases,
        formula: "Cases opened by, or handed to, this agent and not closed.",
        unknown: "After a break it is not certain yet that no case was missed.",
    },
    Entry {
        metric: Metric::Handled,
        formula: "Conversations that ended here: closed, or handed on. A contact that is opened again and closed again counts twice.",
        unknown: NOT_SAID,
    },
    Entry {
        metric: Metric::Missed,
        formula: "Contacts that were offered to this agent and not taken, as the source counts them.",
        unknown: NOT_SAID,
    },
    Entry {
        metric: Metric::LoggedInTime,
        formula: "Time signed in today, as the source counts it.",
        unknown: NOT_SAID,
    },
    Entry {
        metric: Metric::ReadyTime,
        formula: "Time today in which contacts could come, as the source counts it.",
        unknown: NOT_SAID,
    },
    Entry {
        metric: Metric::NotReadyTime,
        formula: "Time today on breaks and other work, as the source counts it.",
        unknown: NOT_SAID,
    },
    Entry {
        metric: Metric::TalkTime,
        formula: "Time today in conversation, as the source counts it.",
        unknown: NOT_SAID,
    },
    Entry {
        metric: Metric::HoldTime,
        formula: "Time today with somebody on hold, as the source counts it.",
        unknown: NOT_SAID,
    },
    Entry {
        metric: Metric::WrapUpTime,
        formula: "Time today in work after contacts, as the source counts it.",
        unknown: NOT_SAID,
    },
];

/// What there is to say of a metric.
pub(super) fn entry(metric: Metric) -> &'static Entry {
    let entry = &TABLE[metric as usize];
    debug_assert_eq!(
        entry.metric, metric,
        "the table stands in the order of Metric"
    );
    entry
}

/// How a figure comes about that its vendor reckons by itself.
pub(super) fn reckoned(metric: Metric) -> &'static str {
    match metric {
        Metric::LongestWait => {
            "For how long whoever has waited longest waits. The source says it; in between the clock runs here."
        }
        Metric::Offered => "Contacts that entered, as the source counts them.",
        Metric::Answered => "Contacts that an agent answered, as the source counts them.",
        Metric::Abandoned => {
            "Contacts that left before an agent answered, as the source counts them."
        }
        Metric::ShortAbandoned => {
            "Contacts that left sooner than the source's own limit, as it counts them."
        }
        Metric::FlowOuts => {
            "Contacts that left the queue unanswered for another, as the source counts them."
        }
        Metric::AbandonRate => "The share that left unanswered, as the source reckons it.",
        Metric::ServiceLevel => {
            "The share that was answered in time, as the source reckons it. What in time is, its own statistic says, not [targets]."
        }
        Metric::AverageSpeedOfAnswer => {
            "How long those who were answered had waited, on average, as the source reckons it."
        }
        Metric::AverageHandleTime => {
            "Time for a contact on average, with what its statistic takes in: mostly talk, hold and wrap-up."
        }
        Metric::FirstResponseTime => {
            "Time to the first reply on average, as the source reckons it."
        }
        Metric::Transferred => "Contacts handed on to others, as the source counts them.",
        Metric::Handled => "Contacts that this agent took, as the source counts them.",
        _ => entry(metric).formula,
    }
}

/// Why a figure is not known that its vendor reckons by itself.
pub(super) const NOT_RECKONED: &str = "Its source has not said it yet, or has no valid value now.";

/// A formula of service level in words (docs/metrics.md).
pub(super) fn service_level(formula: Formula) -> &'static str {
    match formula {
        Formula::ShortIgnored => "answered in time ÷ (offered − left within seconds)",
        Formula::Negative => "answered in time ÷ offered: who leaves counts against it",
        Formula::Positive => {
            "(answered in time + gone in time) ÷ offered: who leaves in time counts for it"
        }
        Formula::QuickIgnored => "answered in time ÷ (offered − gone in time)",
        Formula::ShortMet => "(answered in time + left within seconds) ÷ offered",
        Formula::AnsweredOnly => "answered in time ÷ answered: who leaves is not in it",
    }
}

/// Which formula is in use, and why.
pub(super) fn in_use(used: Formula, target: &Target) -> String {
    let words = service_level(used);
    let why = if used == target.formula {
        "as [targets] has it, or by default".to_owned()
    } else {
        format!(
            "instead of {}, because who came here and left unseen is not known",
            target.formula.name()
        )
    };
    format!("{}: {words}; {why}.", used.name())
}

/// What is normal, and what of.
pub(super) fn normal(metric: Metric, normal: &Normal, zone: &TimeZone) -> String {
    let (locale, band) = (Locale::default(), &normal.band);
    format!(
        "{} by {}, the median {}: the day so far at that time, on this weekday in {} of the last eight weeks, as imported. A tenth of them was below, and a tenth above.",
        locale.range(metric, normal),
        locale.time(normal.by, zone),
        locale.value(Some(metric.value(band.median))),
        band.weeks,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_is_explained_and_in_its_place() {
        for metric in Metric::all() {
            let entry = entry(metric);
            assert_eq!(entry.metric, metric);
            assert!(entry.formula.ends_with('.') && entry.unknown.ends_with('.'));
        }
    }

    #[test]
    fn a_formula_other_than_the_one_asked_for_says_why() {
        let target = Target::default();

        assert!(in_use(target.formula, &target).contains("by default"));
        assert!(in_use(Formula::AnsweredOnly, &target).contains("instead of short_ignored"));
    }

    #[test]
    fn what_a_telephony_counts_is_not_said_of_visitors() {
        for metric in Metric::all() {
            let words = reckoned(metric).to_lowercase();
            let is_of_chats = words.contains("visitor") || words.contains("chat");
            assert!(!is_of_chats, "{}: {words}", metric.name());
        }
        // Who waits is counted in the same words for every kind of source.
        for metric in [Metric::Waiting, Metric::InConversation, Metric::LongestWait] {
            assert!(!entry(metric).formula.to_lowercase().contains("visitor"));
        }
    }
}
