//! The past of a queue beside its form: how often thresholds would have been reached, and how often its target was met.

use std::sync::Arc;

use wallboard_access::Right;
use wallboard_domain::{Metric, QueueId};
use wallboard_log::input_log::merge_steps;
use wallboard_texts::Texts;

use crate::web::{
    WebState, history::target_days::count_target_days, parts::page_header::PageHeader,
};

use super::{
    change::TypedFields,
    edited_queue::EditedQueue,
    past_quarters::count_past_quarters,
    rehearsal::{REHEARSED, Rehearsal, RehearsedLimits},
    rehearsal_curve::{RehearsalCurve, draw_curves},
    threshold_fields::typed_upper_limits,
};

/// The effect that thresholds would have had.
#[derive(Default)]
pub(super) struct RehearsalText {
    pub(super) sentence: String,
    /// "With the saved ones: never." Empty if they are the same.
    pub(super) saved: String,
    pub(super) coverage: String,
    /// About the weeks before those of the log; empty if nothing is known of them.
    pub(super) before: String,
    pub(super) curves: Vec<RehearsalCurve>,
}

/// Counts with the limits in the form, and with the saved ones.
pub(super) async fn rehearse(
    texts: &'static Texts,
    web: &WebState,
    edited: &EditedQueue,
    id: &QueueId,
    typed: &TypedFields,
) -> RehearsalText {
    let stored = match &web.rewind {
        Some(rewind) => rewind.stored_steps(id, edited.now).await,
        None => Some(Arc::default()),
    };
    let Some(stored) = stored else {
        return RehearsalText {
            coverage: texts.rehearsal_reading().into(),
            ..RehearsalText::default()
        };
    };
    let steps = merge_steps(stored.iter().copied().chain(edited.recent.iter().copied()));
    let site = &edited.site;
    let count = |limits: &RehearsedLimits| {
        Rehearsal::count(&steps, limits, edited.configured_hours(), &site.zone)
    };
    let of_queue = |metric| site.limits_for(&edited.text, metric);
    let saved = RehearsedLimits::new(of_queue);
    let new = RehearsedLimits::new(|metric| typed_upper_limits(of_queue(metric), metric, typed));
    let (with_saved, with_new) = (count(&saved), count(&new));
    let waiting = REHEARSED.iter().position(|one| *one == Metric::Waiting);
    let mut before = String::new();
    if let Some(limit) = waiting.and_then(|waiting| new.critical(waiting)) {
        let (now, hours) = (edited.now, edited.configured_hours());
        let until = with_new.start().unwrap_or(now);
        let quarters = count_past_quarters(web, id, limit, hours, until, now).await;
        before = quarters.map_or_else(String::new, |quarters| {
            quarters.sentence(texts, limit, now, &site.zone)
        });
    }
    RehearsalText {
        before,
        saved: if new == saved || !with_new.has_period() {
            String::new()
        } else {
            with_saved.critical_count(texts)
        },
        curves: draw_curves(texts, &steps, &new, &with_new, edited.now, &site.zone),
        sentence: with_new.sentence(texts),
        coverage: with_new.coverage(texts, edited.now, &site.zone),
    }
}

/// How often the saved target was met in the last four weeks, for those who may see the history.
pub(super) async fn describe_target_days(
    texts: &Texts,
    web: &WebState,
    header: &PageHeader,
    edited: &EditedQueue,
) -> String {
    let id = (edited.id.as_ref()).filter(|_| header.visitor().has(Right::History));
    let Some(id) = id else {
        return String::new();
    };
    let zone = &edited.site.zone;
    let days = count_target_days(&web.history, id, zone, edited.now).await;
    days.map_or_else(String::new, |days| texts.target_met(days.met, days.judged))
}
