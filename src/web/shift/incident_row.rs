//! One incident in words.

use crate::web::links::{self, PageLink};
use wallboard_boards::{format, subject_path};
use wallboard_domain::{Metric, MetricValue, Moment, moment};
use wallboard_live::{Incident, IncidentCause, IncidentSubject, Snapshot};

use super::Shift;

pub(super) struct IncidentRow {
    /// "10:40–10:52"
    pub(super) times: String,
    /// To the queue at that time.
    pub(super) link: PageLink,
    /// "longest wait 4:12, waiting 11"
    pub(super) why: String,
    /// "12 min"
    pub(super) lasted: String,
    /// Within the shift.
    pub(super) millis: i64,
}

impl IncidentRow {
    /// `None` if its subject is hidden.
    pub(super) fn new(
        snapshot: &Snapshot,
        incident: &Incident,
        shift: &Shift,
        now: Moment,
    ) -> Option<Self> {
        let name = links::incident_name(snapshot, incident)?;
        let href = match &incident.subject {
            IncidentSubject::Queue(id) => {
                format!(
                    "{}?{}",
                    subject_path("queues", id),
                    links::incident_query(incident)
                )
            }
            IncidentSubject::Source(_) => String::new(),
        };
        let end = incident.to.unwrap_or(now.wall).min(shift.to);
        let millis = moment::millis_between(incident.from.max(shift.from), end).max(0);
        let why: Vec<String> = incident.causes.iter().map(describe_cause).collect();
        Some(Self {
            times: format::time_range(incident.from, incident.to, &shift.zone),
            link: PageLink::new(name, href),
            why: why.join(", "),
            lasted: format::age(millis),
            millis,
        })
    }
}

fn describe_cause(cause: &IncidentCause) -> String {
    let value = format::value(Some(cause.worst));
    match (cause.metric, cause.worst) {
        (Metric::AgentsAvailable, MetricValue::Count(0)) => "nobody available".to_owned(),
        (Metric::Waiting, _) => format!("{value} waiting"),
        (Metric::AgentsAvailable, _) => format!("{value} available"),
        (Metric::LongestWait, _) => format!("{value} wait"),
        (metric, _) => format!("{} {value}", metric.label().to_lowercase()),
    }
}
