//! Deliveries of case records and transcripts on the sources page: how they fare, with what to do.

use jiff::Timestamp;

use wallboard_domain::{Moment, SourceHealth};
use wallboard_texts::Texts;

use crate::{case_records::CaseRecordDeliveries, web::parts::source_status_text::as_sentence};

/// The deliveries as text.
pub(in crate::web) struct CaseRecordPanel {
    pub(in crate::web) state: &'static str,
    pub(in crate::web) glyph: &'static str,
    pub(in crate::web) word: &'static str,
    pub(in crate::web) summary: String,
    pub(in crate::web) failures: Vec<FailedDelivery>,
    pub(in crate::web) facts: Vec<(String, String)>,
}

/// A delivery that fails.
pub(in crate::web) struct FailedDelivery {
    pub(in crate::web) to: String,
    /// The fault and its cure, in English.
    pub(in crate::web) reason: String,
    pub(in crate::web) since: String,
    pub(in crate::web) next: String,
}

pub(in crate::web) fn case_record_panel(
    texts: &'static Texts,
    deliveries: &CaseRecordDeliveries,
    zone: &jiff::tz::TimeZone,
    now: Moment,
) -> CaseRecordPanel {
    let at = |at: Timestamp| texts.moment(at, now.wall, zone);
    let webhook = deliveries.webhook().map(|(channel, status)| {
        let to = texts.record_webhook(channel);
        let waiting = texts.records_wait(to.as_str(), status.waiting);
        let last = status.last.as_ref();
        let fact = last.map_or_else(
            || texts.record_none_accepted().to_owned(),
            |last| texts.record_accepted(at(last.at), last.what.as_str()),
        );
        (to, fact, waiting, status)
    });
    let files = deliveries.files().map(|(_, status)| {
        let to = texts.record_files().to_owned();
        let waiting = texts.records_for_file(to.as_str(), status.waiting);
        let last = status.last.as_ref();
        let fact = last.map_or_else(
            || texts.record_no_file().to_owned(),
            |last| texts.record_file_written(last.what.as_str(), at(last.at)),
        );
        (to, fact, waiting, status)
    });
    let flow = deliveries.transcripts();
    let lost_count = flow.as_ref().map_or(0, |flow| flow.lost);
    let transcripts = flow.map(|flow| {
        let passed_on = texts.transcripts_passed_on(flow.to.as_str(), flow.status.waiting);
        let last = flow.status.last.as_ref();
        let fact = last.map_or_else(
            || texts.record_none_accepted().to_owned(),
            |last| texts.record_accepted(at(last.at), last.what.as_str()),
        );
        (
            texts.transcripts_term().to_owned(),
            fact,
            passed_on,
            flow.status,
        )
    });
    let mut panel = CaseRecordPanel {
        state: SourceHealth::Live.into_str(),
        glyph: "●",
        word: texts.records_delivered(),
        summary: String::new(),
        failures: Vec::new(),
        facts: Vec::new(),
    };
    let mut summary = Vec::new();
    for (to, fact, waiting, status) in webhook.into_iter().chain(files).chain(transcripts) {
        summary.push(waiting);
        if let Some(failure) = status.failure {
            panel.failures.push(FailedDelivery {
                to: to.clone(),
                reason: as_sentence(&failure.reason),
                since: at(failure.since),
                next: texts.time_with_seconds(failure.next_at, zone),
            });
        }
        panel.facts.push((to, fact));
    }
    if 0 < lost_count {
        summary.push(texts.transcripts_lost(lost_count));
    }
    panel.summary = summary.join(" · ");
    if !panel.failures.is_empty() {
        panel.state = SourceHealth::Down.into_str();
        panel.glyph = "◆";
        panel.word = texts.records_not_delivered();
    }
    panel
}
