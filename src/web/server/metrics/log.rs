//! Metrics of the input log.

use std::fmt;

use wallboard_log::input_log::LogStatus;

use super::{metrics_text::MetricsText, to_float};

pub(super) fn write_log(status: &LogStatus, page: &mut MetricsText) -> fmt::Result {
    page.write_gauge(
        "wallboard_log_up",
        "Whether the log is written. If not, a restart would leave a gap in the day's figures.",
        f64::from(u8::from(status.interrupted_since.is_none())),
    )?;
    page.write_counter(
        "wallboard_log_entries",
        "Entries appended to the log.",
        status.entries,
    )?;
    page.write_counter(
        "wallboard_log_appended_bytes",
        "Compressed bytes of those entries.",
        status.appended_bytes,
    )?;
    page.write_gauge(
        "wallboard_log_commit_delay_seconds",
        "From the receipt of an entry until it was on the disk, for the last ones written.",
        status.commit_delay.as_secs_f64(),
    )?;
    page.write_counter(
        "wallboard_log_failures",
        "Attempts to write the log that failed.",
        status.failures,
    )?;
    page.write_counter(
        "wallboard_log_passed_over_entries",
        "Entries that the log couldn't take, because it couldn't be written for 5 s.",
        status.passed_over,
    )?;
    page.write_gauge(
        "wallboard_log_size_bytes",
        "Size of the log with its snapshots, as of the last minute.",
        to_float(status.size.bytes),
    )?;
    page.write_gauge(
        "wallboard_log_snapshots",
        "Snapshots in the log.",
        to_float(status.size.snapshots),
    )
}
