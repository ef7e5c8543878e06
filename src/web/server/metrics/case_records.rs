//! Metrics of the deliveries of case records and transcripts.

use std::fmt;

use crate::case_records::{CaseRecordDeliveries, DeliveryStatus};

use super::{
    metrics_text::{MetricLabels, MetricsText},
    to_float,
};

pub(super) fn write_deliveries(
    deliveries: &CaseRecordDeliveries,
    page: &mut MetricsText,
) -> fmt::Result {
    let webhook = deliveries.webhook().map(|(_, status)| ("webhook", status));
    let files = deliveries.files().map(|(_, status)| ("files", status));
    let transcripts = deliveries.transcripts();
    let transcripts = transcripts.map(|flow| ("transcripts", flow.status));
    let all: Vec<_> = webhook
        .into_iter()
        .chain(files)
        .chain(transcripts)
        .collect();
    let each = |value: fn(&DeliveryStatus) -> Option<f64>| {
        let values = all.iter().filter_map(move |(to, status)| {
            let labels: MetricLabels = vec![("to", (*to).to_owned())];
            Some((labels, value(status)?))
        });
        values.collect::<Vec<_>>()
    };
    page.write_gauges(
        "wallboard_case_records_up",
        "Whether the last attempt to deliver case records, or transcripts, succeeded.",
        each(|status| Some(f64::from(u8::from(status.failure.is_none())))),
    )?;
    page.write_gauges(
        "wallboard_case_records_waiting",
        "Case records, or transcripts, that aren't delivered yet. For files, those of today are among them.",
        each(|status| Some(to_float(status.waiting))),
    )?;
    page.write_gauges(
        "wallboard_case_records_last_delivery_timestamp_seconds",
        "When case records or transcripts were last accepted, or written to a file.",
        each(|status| Some(status.last.as_ref()?.at.as_duration().as_secs_f64())),
    )
}
