//! An alert in words.

use wallboard_alerts::{Alert, AlertBook, AlertLevel, AlertSubject};
use wallboard_boards::write_mark;
use wallboard_domain::{Moment, moment};
use wallboard_live::{Severity, Snapshot};
use wallboard_texts::Texts;

use crate::{
    alerts::{AlertFigureTexts, describe_worst, long_status, person_text, subject_name},
    web::parts::{
        links::{self, PageLink},
        sentence::{Sentence, SentencePiece, slot},
    },
};

pub(super) struct AlertRow {
    pub(super) id: String,
    /// Whether a link leads to it.
    pub(super) is_marked: bool,
    /// As in `data-sev`.
    pub(super) severity: &'static str,
    /// "◆ Critical"
    pub(super) mark: &'static str,
    pub(super) link: PageLink,
    /// "Sales 3:50 longest wait, 11 waiting" as it is now, or "Chat isn't connected"
    pub(super) state: Sentence,
    /// The worst figures, if it's worse than now.
    pub(super) worst: String,
    /// The worst of it without the name, in a table.
    pub(super) what: String,
    /// "13:19"
    pub(super) since: String,
    /// "13:19–13:31"
    pub(super) times: String,
    /// "8 min"
    pub(super) lasted: String,
    /// Empty if nobody has it.
    pub(super) owner: String,
    /// "Åsa has it since 13:20."
    pub(super) owned: Sentence,
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
    pub(super) notes: Vec<(Sentence, String, String)>,
    /// The person who closed it; `None` if it ended by itself.
    pub(super) closed_by: Option<Sentence>,
    pub(super) rules: Sentence,
}

impl AlertRow {
    pub(super) fn new(
        texts: &'static Texts,
        snapshot: &Snapshot,
        alert: &Alert,
        book: &AlertBook,
        now: Moment,
    ) -> Self {
        let time = |at| texts.time_or_day(at, now.wall, &snapshot.site.zone);
        let end = alert.end(now.wall);
        let lasted = |from| texts.age(moment::millis_between(from, end).max(0));
        let level = if alert.is_open() {
            alert.level
        } else {
            alert.level_max()
        };
        let severity = match (&alert.subject, level) {
            (AlertSubject::Source(_), _) => Severity::OutOfDate,
            (_, AlertLevel::Warning) => Severity::Warning,
            (_, AlertLevel::Critical) => Severity::Critical,
        };
        let link = link_subject(texts, snapshot, alert, now);
        let figures = if alert.is_open() {
            AlertFigureTexts::new(texts, snapshot, alert, now)
        } else {
            AlertFigureTexts::default()
        };
        let (state, what) = write_state(texts, snapshot, alert, &figures.current);
        let state = Sentence::new(&state, vec![SentencePiece::Link(link.clone())]);
        let person = |name: &str| person_text(texts, name).to_owned();
        let named = |text: String, name: String| {
            Sentence::new(&text, vec![SentencePiece::Link(PageLink::new(name, ""))])
        };
        let owner = alert.owner.as_ref();
        let snoozed = alert.snoozed_until.filter(|_| alert.is_snoozed(now.wall));
        let notes = alert.notes.iter();
        Self {
            id: alert.id.0.simple().to_string(),
            is_marked: false,
            mark: match severity {
                Severity::OutOfDate => texts.no_data_mark(),
                _ => write_mark(texts, severity),
            },
            severity: severity.into_str(),
            link,
            state,
            worst: figures.worst,
            what,
            since: time(alert.since),
            times: texts.time_range(
                alert.since,
                alert.closing.as_ref().map(|closing| closing.at),
                &snapshot.site.zone,
            ),
            lasted: lasted(alert.since),
            owner: owner.map_or_else(String::new, |owner| person(&owner.name)),
            owned: match owner {
                Some(owner) => Sentence::new(
                    &texts.person_has_it(slot(0), time(owner.since)),
                    vec![SentencePiece::Bold(person(&owner.name))],
                ),
                None => Sentence::new(texts.nobody_has_it(), Vec::new()),
            },
            taken_after: owner.map_or_else(String::new, |owner| {
                texts.age(moment::millis_between(alert.since, owner.since).max(0))
            }),
            snoozed_until: snoozed.map(time).unwrap_or_default(),
            silenced_until: book
                .alert_silenced_until(snapshot, alert, now.wall)
                .map(time)
                .unwrap_or_default(),
            silence_target: match &alert.subject {
                AlertSubject::Queue(id)
                | AlertSubject::Target(id)
                | AlertSubject::Figure(_, Some(id)) => format!("queue {id}"),
                AlertSubject::Source(id) | AlertSubject::Import(id) => format!("source {id}"),
                AlertSubject::Screen(name) => format!("screen {name}"),
                AlertSubject::Agent(_) | AlertSubject::Figure(_, None) => String::new(),
            },
            unconfirmed_since: alert.unconfirmed_since.map(time).unwrap_or_default(),
            notes: notes
                .map(|note| {
                    let text = named(texts.quoted_note(slot(0)), note.text.clone());
                    (text, person(&note.by), time(note.at))
                })
                .collect(),
            closed_by: (alert.closing.as_ref())
                .and_then(|closing| closing.by.as_deref())
                .map(|by| named(texts.alert_closed_by(slot(0)), person(by))),
            rules: named(texts.alert_rules(slot(0)), alert.rules.join(", ")),
        }
    }
}

/// The page of an alert's subject.
fn link_subject(texts: &Texts, snapshot: &Snapshot, alert: &Alert, now: Moment) -> PageLink {
    match &alert.subject {
        AlertSubject::Queue(id) | AlertSubject::Target(id) => {
            links::queue_link_by_id(texts, snapshot, id)
        }
        AlertSubject::Source(id) | AlertSubject::Import(id) => {
            PageLink::new(snapshot.site.source_name(id), "/sources")
        }
        AlertSubject::Screen(name) => PageLink::new(name, "/screens"),
        AlertSubject::Agent(id) => match snapshot.find_presence(id, now) {
            Some(presence) => links::person_link(snapshot, &presence),
            None => PageLink::new(subject_name(texts, snapshot, &alert.subject), ""),
        },
        AlertSubject::Figure(id, queue) => {
            let name = subject_name(texts, snapshot, &alert.subject);
            PageLink::new(name, links::figure_path(id, queue.as_ref()))
        }
    }
}

/// Says what an alert is about: as a sentence with a slot for its subject and its figures now, and briefly with the worst.
fn write_state(
    texts: &Texts,
    snapshot: &Snapshot,
    alert: &Alert,
    current: &str,
) -> (String, String) {
    match &alert.subject {
        AlertSubject::Queue(_) | AlertSubject::Figure(..) => (
            texts.alert_of_queue(slot(0), current),
            describe_worst(texts, snapshot, alert),
        ),
        AlertSubject::Source(_) | AlertSubject::Screen(_) => (
            texts.alert_not_connected(slot(0)),
            texts.worst_not_connected().to_owned(),
        ),
        AlertSubject::Import(_) => (
            texts.alert_file_missing(slot(0)),
            texts.worst_file_missing().to_owned(),
        ),
        AlertSubject::Target(_) => {
            let missed = texts.alert_target_missed(slot(0));
            (
                texts.alert_with_reason(missed, current),
                describe_worst(texts, snapshot, alert),
            )
        }
        AlertSubject::Agent(_) => {
            let status = long_status(texts, alert);
            (
                texts.alert_of_agent(slot(0), status),
                texts.worst_of_agent(status),
            )
        }
    }
}
