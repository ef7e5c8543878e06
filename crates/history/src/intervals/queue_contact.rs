//! One contact in a queue, and the counters that it adds to.

use strum::{EnumIter, EnumString, IntoStaticStr, VariantNames};

use wallboard_domain::{
    AgentCounter, AgentCounters, CountBy, Counter, Counters, HandledTime, WaitDistribution,
};

use super::TimeSpan;

/// One queue leg; a call through two queues is two contacts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueContact {
    pub joined: i64,
    pub answered: Option<i64>,
    pub left: Option<i64>,
    /// Seconds, if it was answered.
    pub talk: Option<i64>,
    pub wrap_up: Option<TimeSpan>,
    pub end: End,
}

/// The meaning of its end reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct End {
    /// If it wasn't answered, it counts as abandoned.
    pub abandoned: bool,
    /// If it was answered, it counts as transferred.
    pub transferred: bool,
}

/// A queue's targets, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub answer_within: i64,
    /// An abandon with a shorter wait is a short abandon.
    pub short_abandon: i64,
    pub talk_within: Option<i64>,
}

/// The counters of answers, promoters and detractors of a net promoter score.
const NPS_COUNTERS: [Counter; 3] = [Counter::NpsAnswers, Counter::Promoters, Counter::Detractors];
const ENTERPRISE_COUNTERS: [Counter; 3] = [
    Counter::EnterpriseAnswers,
    Counter::EnterprisePromoters,
    Counter::EnterpriseDetractors,
];

/// A survey answer. Scores out of range don't count as answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SurveyAnswer {
    pub at: i64,
    /// From 1 to 5.
    pub csat: Option<i64>,
    /// From 0 to 10, as the next one.
    pub nps: Option<i64>,
    pub enterprise_nps: Option<i64>,
}

/// The outcome of a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum ContactOutcome {
    Answered,
    Abandoned,
    ShortAbandoned,
    FlowOut,
    /// Still open when the export was made.
    Waiting,
}

impl QueueContact {
    pub fn outcome(&self, limits: &Limits) -> ContactOutcome {
        match (self.answered, self.wait_seconds()) {
            (Some(_), _) => ContactOutcome::Answered,
            (None, None) => ContactOutcome::Waiting,
            (None, Some(_)) if !self.end.abandoned => ContactOutcome::FlowOut,
            (None, Some(wait)) if wait < limits.short_abandon => ContactOutcome::ShortAbandoned,
            (None, Some(_)) => ContactOutcome::Abandoned,
        }
    }

    /// Seconds in the queue; unknown while it still waits.
    pub fn wait_seconds(&self) -> Option<i64> {
        let until = self.answered.or(self.left)?;
        Some(until - self.joined)
    }

    /// The moment when handling ended: the end of the wrap-up, else of the talk.
    pub fn handled_at(&self) -> Option<i64> {
        let answered = self.answered?;
        let talked = self.talk.map(|talk| answered + talk);
        self.wrap_up.map(|span| span.end).or(talked)
    }

    /// Returns its talk and wrap-up, if an agent handled it and the talk time is known.
    pub fn handled_time(&self) -> Option<HandledTime> {
        self.answered?;
        Some(HandledTime {
            contacts: 1,
            talk: self.talk?,
            wrap_up: self.wrap_up.map_or(0, TimeSpan::seconds),
        })
    }
}

/// Counts a contact. `add` gets the moment of each change and applies it to the counters of
/// that time.
pub fn count_contact(
    contact: &QueueContact,
    limits: &Limits,
    by: CountBy,
    mut add: impl FnMut(i64, &dyn Fn(&mut Counters)),
) {
    let at = |moment: i64| match by {
        CountBy::Start => contact.joined,
        CountBy::Event => moment,
    };
    let is_within = contact
        .wait_seconds()
        .is_some_and(|wait| wait <= limits.answer_within);
    let outcome = contact.outcome(limits);
    add(contact.joined, &|counters| {
        counters.add(Counter::Offered, 1);
    });

    if let Some(ended) = contact.answered.or(contact.left) {
        let wait = ended - contact.joined;
        add(at(ended), &|counters| {
            counters.record_wait(wait);
            match outcome {
                ContactOutcome::Answered => {
                    counters.add(Counter::Answered, 1);
                    counters.add(Counter::AnsweredWithin, i64::from(is_within));
                    counters.add(Counter::Waits, 1);
                    counters.add(Counter::WaitTime, wait * Counter::WaitTime.scale());
                }
                ContactOutcome::Abandoned => {
                    counters.add(Counter::Abandoned, 1);
                    counters.add(Counter::AbandonedWithin, i64::from(is_within));
                }
                ContactOutcome::ShortAbandoned => counters.add(Counter::ShortAbandoned, 1),
                ContactOutcome::FlowOut | ContactOutcome::Waiting => {
                    counters.add(Counter::FlowOuts, 1);
                }
            }
        });
    } else if by == CountBy::Start {
        // A contact still open in a nightly export has waited longer than any target.
        add(contact.joined, &|counters| {
            counters.add(Counter::Waiting, 1);
            counters.add(Counter::WaitingLate, 1);
        });
    }

    if let Some((ended, handled)) = contact.handled_at().zip(contact.handled_time()) {
        let HandledTime { talk, wrap_up, .. } = handled;
        add(at(ended), &|counters| {
            counters.add(Counter::Handled, 1);
            counters.add(Counter::TalkTime, talk * Counter::TalkTime.scale());
            counters.add(Counter::WrapUpTime, wrap_up * Counter::WrapUpTime.scale());
            if let Some(limit) = limits.talk_within {
                counters.add(Counter::TalksLimited, 1);
                counters.add(Counter::TalksWithin, i64::from(talk <= limit));
            }
        });
    }
    if let Some(ended) = transferred_at(contact) {
        add(at(ended), &|counters| counters.add(Counter::Transferred, 1));
    }
}

/// Records the wait of a contact that was answered or abandoned, not of a short abandon. `add`
/// gets the moment that it counts at.
pub fn record_wait(
    contact: &QueueContact,
    limits: &Limits,
    by: CountBy,
    mut add: impl FnMut(i64, &dyn Fn(&mut WaitDistribution)),
) {
    let Some(wait) = contact.wait_seconds() else {
        return;
    };
    let at = match by {
        CountBy::Start => contact.joined,
        CountBy::Event => contact.joined + wait,
    };
    match contact.outcome(limits) {
        ContactOutcome::Answered => add(at, &|waits| waits.answered.record(wait)),
        ContactOutcome::Abandoned => add(at, &|waits| waits.abandoned.record(wait)),
        ContactOutcome::ShortAbandoned | ContactOutcome::FlowOut | ContactOutcome::Waiting => {}
    }
}

/// Counts a contact for its agent.
pub fn count_for_agent(
    contact: &QueueContact,
    mut add: impl FnMut(i64, &dyn Fn(&mut AgentCounters)),
) {
    let handled = contact.handled_time().and(contact.handled_at());
    for (ended, by_start, by_event) in [
        (handled, AgentCounter::Handled, AgentCounter::HandledByEvent),
        (
            transferred_at(contact),
            AgentCounter::Transferred,
            AgentCounter::TransferredByEvent,
        ),
    ] {
        if let Some(ended) = ended {
            add(contact.joined, &|counters| counters.add(by_start, 1));
            add(ended, &|counters| counters.add(by_event, 1));
        }
    }
}

/// Counts a survey; `joined` is when its contact joined, if it has one.
pub fn count_survey(
    survey: &SurveyAnswer,
    joined: Option<i64>,
    by: CountBy,
    mut add: impl FnMut(i64, &dyn Fn(&mut Counters)),
) {
    let at = match by {
        CountBy::Start => joined.unwrap_or(survey.at),
        CountBy::Event => survey.at,
    };
    add(at, &|counters| {
        if let Some(score) = survey.csat {
            counters.add(Counter::CsatSum, score);
            counters.add(Counter::CsatAnswers, 1);
            counters.add(Counter::CsatTop, i64::from(4 <= score));
        }
        for (score, [answers, promoters, detractors]) in [
            (survey.nps, NPS_COUNTERS),
            (survey.enterprise_nps, ENTERPRISE_COUNTERS),
        ] {
            if let Some(score) = score {
                counters.add(answers, 1);
                counters.add(promoters, i64::from(9 <= score));
                counters.add(detractors, i64::from(score <= 6));
            }
        }
    });
}

/// The moment when it was transferred, if it was.
fn transferred_at(contact: &QueueContact) -> Option<i64> {
    let answered = contact.answered.filter(|_| contact.end.transferred)?;
    contact.handled_at().or(Some(answered))
}
