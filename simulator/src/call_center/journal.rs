//! The journal of a day: every finished contact and every activity of an agent, for an export.

use jiff::Timestamp;

use super::{
    super::roster::AgentNo,
    state::{Activity, Contact},
};

#[derive(Debug, Default)]
pub(crate) struct Journal {
    pub(crate) contacts: Vec<FinishedContact>,
    pub(crate) logins: Vec<LoginSpan>,
}

#[derive(Clone, Debug)]
pub(crate) struct FinishedContact {
    pub(crate) contact: Contact,
    pub(crate) ended: Timestamp,
    /// When the wrap-up ended.
    pub(crate) wrapped_up: Timestamp,
}

/// A time in which an agent was logged in, with its pauses.
#[derive(Debug)]
pub(crate) struct LoginSpan {
    pub(crate) agent: AgentNo,
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
    /// The reason, start and end of each.
    pub(crate) pauses: Vec<(usize, Timestamp, Timestamp)>,
}

impl FinishedContact {
    pub(crate) fn new(contact: Contact, ended: Timestamp) -> Self {
        Self {
            contact,
            ended,
            wrapped_up: ended,
        }
    }
}

impl Journal {
    pub(crate) fn record_activity(
        &mut self,
        agent: AgentNo,
        activity: Activity,
        from: Timestamp,
        to: Timestamp,
    ) {
        if activity == Activity::LoggedOut || from == to {
            return;
        }
        let mut spans = self.logins.iter_mut().rev();
        let last = spans.find(|span| span.agent == agent && span.to == from);
        let Some(span) = last else {
            let pauses = Vec::new();
            self.logins.push(LoginSpan {
                agent,
                from,
                to,
                pauses,
            });
            return;
        };
        span.to = to;
        if let Activity::Paused(reason) = activity {
            span.pauses.push((reason, from, to));
        }
    }
}
