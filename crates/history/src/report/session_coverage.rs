//! The times of which an export says who was signed in.

use crate::{
    export_vendor::AgentSession,
    intervals::{TimeSpan, intersect_ranges, split_into_days},
};
use wallboard_store::{StoreError, StoreView, merge_ranges};

use super::report_catalog::{ReportCatalog, ReportSource};

/// Loads the times within a span of which all sessions that are over are stored.
/// `sessions` are those of all agents.
pub(super) fn load_known_times(
    view: &StoreView<'_>,
    catalog: &ReportCatalog<'_>,
    source: &ReportSource<'_>,
    sessions: &[AgentSession],
    within: TimeSpan,
) -> Result<Vec<(i64, i64)>, StoreError> {
    // Of a day without any sign-in, the export lacks these files.
    let zone = &catalog.config.site.zone;
    let signed_in = sessions.iter().filter(|one| !one.is_break);
    let days = signed_in.flat_map(|one| split_into_days(one.span.start, one.span.end, zone));
    let days = merge_ranges(days.map(|day| (day.start, day.end)).collect());
    let stored = source.basis.as_ref().and_then(|basis| basis.facts_from);
    let stored = [(stored.unwrap_or(i64::MIN), i64::MAX)];
    let covered = view.load_coverage(&source.export.id, within.start, within.end)?;
    let covered = merge_ranges(covered);
    Ok(intersect_ranges(
        &intersect_ranges(&covered, &days),
        &stored,
    ))
}
