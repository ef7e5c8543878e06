//! Differences of alert rules, reports and playlists in words.

use jiff::SignedDuration;

use wallboard_alerts::AlertRule;
use wallboard_boards::{Playlist, PlaylistItem};
use wallboard_live::Snapshot;
use wallboard_texts::Texts;

use crate::{
    reports::ReportPlan,
    web::{
        differences::difference_words::{DifferenceWords, plain},
        pages::{alerts::write_rule, reports::describe_times},
        parts::week_text::write_week,
    },
};

/// Compares rules; `None`: there is none.
pub(super) fn compare_rules(
    texts: &Texts,
    snapshot: &Snapshot,
    old: Option<&AlertRule>,
    new: Option<&AlertRule>,
) -> Vec<DifferenceWords> {
    let written = |rule: Option<&AlertRule>| Some(write_rule(texts, snapshot, rule?));
    let what = plain(texts.rule_heading());
    let rule = DifferenceWords::of_value(what, written(old), written(new));
    let switch = |rule: Option<&AlertRule>| {
        let is_on = rule?.is_enabled;
        let word = if is_on {
            texts.switch_on()
        } else {
            texts.switch_off()
        };
        Some(word.to_owned())
    };
    // A new rule is on, as everybody expects.
    let is_usual = old.is_none_or(|rule| rule.is_enabled) && new.is_none_or(|rule| rule.is_enabled);
    let what = plain(texts.rule_switch());
    let switched = DifferenceWords::of_value(what, switch(old), switch(new));
    rule.into_iter()
        .chain(switched.filter(|_| !is_usual))
        .collect()
}

/// Compares reports; `None`: there is none.
pub(super) fn compare_reports(
    texts: &Texts,
    old: Option<&ReportPlan>,
    new: Option<&ReportPlan>,
) -> Vec<DifferenceWords> {
    let differ = |label: &str, value: &dyn Fn(&ReportPlan) -> Option<String>| {
        DifferenceWords::of_value(plain(label), old.and_then(value), new.and_then(value))
    };
    let [old_to, new_to] = [old, new].map(|report| report.map_or(&[][..], |one| &one.to[..]));
    let to = plain(texts.report_recipients());
    let words = [
        differ(texts.report_page(), &|plan| Some(plan.view.clone())),
        differ(texts.report_to(), &|plan| Some(plan.channel.clone())),
        differ(texts.report_when(), &|plan| {
            Some(describe_times(texts, &plan.schedule, plan.file))
        }),
        differ(texts.screen_language(), &|plan| {
            Some(plan.language?.native_name().to_owned())
        }),
        DifferenceWords::of_list(to, old_to, new_to),
    ];
    words.into_iter().flatten().collect()
}

/// Compares playlists; `None`: there is none. `title` names a board.
pub(super) fn compare_playlists(
    texts: &Texts,
    title: &dyn Fn(&str) -> String,
    old: Option<&Playlist>,
    new: Option<&Playlist>,
) -> Vec<DifferenceWords> {
    let items = |playlist: Option<&Playlist>| -> Vec<String> {
        let items = playlist.into_iter().flat_map(|one| &one.items);
        items.map(|item| write_item(texts, title, item)).collect()
    };
    let turns = DifferenceWords::of_list(plain(texts.turns_heading()), &items(old), &items(new));
    let jump = |playlist: Option<&Playlist>| {
        let jump = playlist?.jump;
        Some(jump.map_or_else(
            || texts.jump_waits().to_owned(),
            |time| texts.jump_for(write_time(texts, time)),
        ))
    };
    let jumps = DifferenceWords::of_value(plain(texts.jump_heading()), jump(old), jump(new));
    turns.into_iter().chain(jumps).collect()
}

/// "Support, 30 s, Mon–Fri 08:00–17:00, only while critical"
fn write_item(texts: &Texts, title: &dyn Fn(&str) -> String, item: &PlaylistItem) -> String {
    let mut parts = vec![title(&item.board), write_time(texts, item.dwell)];
    if let Some(hours) = &item.hours {
        parts.push(write_week(texts, &hours.week).join("; "));
    }
    if item.only_critical {
        parts.push(texts.only_critical().to_lowercase());
    }
    parts.join(", ")
}

fn write_time(texts: &Texts, time: SignedDuration) -> String {
    texts.age(i64::try_from(time.as_millis()).unwrap_or(i64::MAX))
}
