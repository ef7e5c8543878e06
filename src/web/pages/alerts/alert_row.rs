//! An alert in words.

use wallboard_alerts::{Alert, AlertBook, AlertLevel, AlertSubject};
use wallboard_boards::{format, severity_mark};
use wallboard_domain::{Moment, moment};
use wallboard_live::{Severity, Snapshot};
use wallboard_texts::Texts;

use crate::{
    alerts::{describe_figures, person_text},
    web::parts::{
        clock::format_time,
        links::{self, PageLink},
    },
};

pub(super) struct AlertRow {
    pub(super) id: String,
    /// As in `data-sev`.
    pub(super) severity: &'static str,
    /// "◆ Critical"
    pub(super) mark: &'static str,
    pub(super) link: PageLink,
    /// "3:50 longest wait, 11 waiting", or "is disconnected"
    pub(super) what: String,
    /// "13:19"
    pub(super) since: String,
    /// "13:19–13:31"
    pub(super) times: String,
    /// "8 min"
    pub(super) lasted: String,
    /// Empty if nobody has it.
    pub(super) owner: String,
    /// "13:20"
    pub(super) owned_since: String,
    /// How long it took until somebody had it: "2 min".
    pub(super) taken_after: String,
    /// "13:40", or empty.
    pub(super) snoozed_until: String,
    /// Until when nobody is told of it, or empty.
    pub(super) silenced_until: String,
    /// How a form silences it; empty if none does.
    pub(super) silence_target: String,
    /// Since when nobody knows whether it is over, or empty.
    pub(super) unconfirmed_since: String,
    /// Text, author, time.
    pub(super) notes: Vec<(String, String, String)>,
    /// The person who closed it; empty if it ended by itself.
    pub(super) closed_by: String,
    pub(super) rules: String,
}

impl AlertRow {
    pub(super) fn new(snapshot: &Snapshot, alert: &Alert, book: &AlertBook, now: Moment) -> Self {
        let time = |at| format_time(snapshot, at, now);
        let end = alert.end(now.wall);
        let lasted = |from| format::age(moment::millis_between(from, end).max(0));
        let severity = match (&alert.subject, alert.level) {
            (AlertSubject::Source(_), _) => Severity::OutOfDate,
            (_, AlertLevel::Warning) => Severity::Warning,
            (_, AlertLevel::Critical) => Severity::Critical,
        };
        let (link, what) = match &alert.subject {
            AlertSubject::Queue(id) => (
                links::queue_link_by_id(Texts::english(), snapshot, id),
                describe_figures(snapshot, alert),
            ),
            AlertSubject::Source(id) => (
                PageLink::new(snapshot.site.source_name(id), "/sources"),
                "isn’t connected".to_owned(),
            ),
            AlertSubject::Import(id) => (
                PageLink::new(snapshot.site.source_name(id), "/sources"),
                "is missing a file".to_owned(),
            ),
            AlertSubject::Screen(name) => (
                PageLink::new(name, "/screens"),
                "isn’t connected".to_owned(),
            ),
        };
        let owner = alert.owner.as_ref();
        let snoozed = alert.snoozed_until.filter(|_| alert.is_snoozed(now.wall));
        let notes = alert.notes.iter();
        Self {
            id: alert.id.0.simple().to_string(),
            mark: match severity {
                Severity::OutOfDate => "▲ No data",
                _ => severity_mark(severity),
            },
            severity: severity.into_str(),
            link,
            what,
            since: time(alert.since),
            times: format::time_range(
                alert.since,
                alert.closing.as_ref().map(|closing| closing.at),
                &snapshot.site.zone,
            ),
            lasted: lasted(alert.since),
            owner: owner.map_or_else(String::new, |owner| person_text(&owner.name).to_owned()),
            owned_since: owner.map(|owner| time(owner.since)).unwrap_or_default(),
            taken_after: owner.map_or_else(String::new, |owner| {
                format::age(moment::millis_between(alert.since, owner.since).max(0))
            }),
            snoozed_until: snoozed.map(time).unwrap_or_default(),
            silenced_until: book
                .alert_silenced_until(&snapshot.site, alert, now.wall)
                .map(time)
                .unwrap_or_default(),
            silence_target: match &alert.subject {
                AlertSubject::Queue(id) => format!("queue {id}"),
                AlertSubject::Source(id) | AlertSubject::Import(id) => format!("source {id}"),
                AlertSubject::Screen(_) => String::new(),
            },
            unconfirmed_since: alert.unconfirmed_since.map(time).unwrap_or_default(),
            notes: notes
                .map(|note| {
                    (
                        note.text.clone(),
                        person_text(&note.by).to_owned(),
                        time(note.at),
                    )
                })
                .collect(),
            closed_by: (alert.closing.as_ref())
                .and_then(|closing| closing.by.as_deref())
                .map_or_else(String::new, |by| person_text(by).to_owned()),
            rules: alert.rules.join(", "),
        }
    }
}
