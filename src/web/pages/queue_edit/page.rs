//! The page: each part as a form, with what somebody just did.

use std::sync::Arc;

use askama::Template;
use axum::response::Html;

use wallboard_domain::{Metric, OpeningHours};
use wallboard_log::input_log::merge_steps;
use wallboard_texts::Texts;

use crate::{
    editing::{Entry, Section},
    web::{
        WebError, WebState,
        access::editing::Editing,
        differences::{DifferenceWriter, EntryDifference},
        parts::{
            clock,
            field_faults::FieldFaults,
            page_header::PageHeader,
            sentence::{Sentence, SentencePiece, slot},
        },
        server::assets,
    },
};

use super::{
    calendar_fields::{CalendarRow, calendar_rows},
    change::TypedFields,
    closing::EarlyClose,
    edited_queue::{EditedQueue, OtherQueue, SECTIONS},
    holiday_fields::{CalendarNote, last_date},
    hours_fields::{DateField, hours_fields},
    pattern_part::PatternPart,
    rehearsal::{Rehearsal, RehearsedLimits},
    rehearsal_curve::{RehearsalCurve, draw_curves},
    section_state::{SectionState, format_time},
    target_fields::{FormulaChoice, TargetFaults, TargetFields, formula_choices},
    threshold_fields::{ThresholdRow, threshold_metrics, threshold_row, typed_upper_limits},
    week_fields::DayField,
};

/// The last action, and why it didn't work.
#[derive(Default)]
pub(super) struct PageNotes {
    pub(super) saved: Option<Section>,
    pub(super) copied_from: Option<OtherQueue>,
    /// The part that was sent.
    pub(super) section: Option<Section>,
    pub(super) typed: TypedFields,
    pub(super) faults: FieldFaults,
    pub(super) error: String,
    pub(super) conflict: Option<ConflictNote>,
    pub(super) calendar: CalendarNote,
}

impl PageNotes {
    /// Returns those of an address: the part that was just saved, and the queue that is copied.
    pub(super) fn of_address(
        saved: Option<&str>,
        copy: Option<&str>,
        edited: &EditedQueue,
    ) -> Self {
        Self {
            saved: saved.and_then(|saved| saved.parse().ok()),
            copied_from: copy.and_then(|copy| edited.find_other(copy).cloned()),
            ..Self::default()
        }
    }
}

/// Somebody else's version, and one's own.
pub(super) struct ConflictNote {
    about: Sentence,
    /// From theirs to one's own.
    difference: EntryDifference,
    theirs: String,
    yours: String,
}

impl ConflictNote {
    pub(super) fn new(
        texts: &'static Texts,
        web: &WebState,
        theirs: &Entry,
        yours: Option<String>,
    ) -> Self {
        let last = theirs.versions.last();
        let about = last.map(|version| {
            let at = format_time(texts, web, version.at);
            Sentence::with_name(&texts.changed_meanwhile(slot(0), at), &version.by)
        });
        Self {
            about: about.unwrap_or_default(),
            difference: DifferenceWriter::new(texts, web).compare(
                &theirs.id,
                theirs.current(),
                yours.as_deref(),
            ),
            theirs: theirs.current().unwrap_or_default().to_owned(),
            yours: yours.unwrap_or_default(),
        }
    }
}

#[derive(Template)]
#[template(path = "queue_edit.html")]
struct QueueEditPage {
    build: &'static str,
    header: PageHeader,
    /// The token of its forms.
    form: String,
    /// The queue's page.
    path: String,
    /// This page.
    edit: String,
    pattern: Option<PatternPart>,
    name: String,
    heading: Sentence,
    /// Its data source's name for it; empty without one.
    reported: Sentence,
    group_name: Sentence,
    is_group: bool,
    names: SectionForm,
    typed_name: String,
    thresholds: SectionForm,
    rows: Vec<ThresholdRow>,
    further_rows: Vec<ThresholdRow>,
    rehearsal: RehearsalText,
    targets: SectionForm,
    target: TargetFields,
    target_faults: TargetFaults,
    formulas: Vec<FormulaChoice>,
    hours: SectionForm,
    days: [DayField; 7],
    dates: Vec<DateField>,
    calendars: Vec<CalendarRow>,
    /// Why the chosen calendars aren't allowed.
    calendars_fault: String,
    calendar: CalendarNote,
    /// The last year that is taken from a calendar.
    calendar_year: String,
    zone: String,
    /// The zone of copied hours, if it's another one; empty otherwise.
    copied_zone: String,
    closing: Option<EarlyClose>,
    others: Vec<OtherQueue>,
    copied: Sentence,
}

/// A part of the page.
struct SectionForm {
    /// As in the configuration.
    word: &'static str,
    /// Its text and versions.
    text_address: String,
    state: SectionState,
    is_saved: bool,
    /// The notice about what isn't saved; empty without faults.
    not_saved: &'static str,
    /// Faults that no field has.
    faults: Vec<String>,
    conflict: Option<ConflictNote>,
}

/// The effect that thresholds would have had.
#[derive(Default)]
struct RehearsalText {
    sentence: String,
    /// "With the saved ones: never." Empty if they are the same.
    saved: String,
    coverage: String,
    curves: Vec<RehearsalCurve>,
}

/// Renders the page. Fields have what somebody typed in place of what applies.
pub(super) async fn render_page(
    web: &WebState,
    editing: &Editing,
    header: PageHeader,
    edited: EditedQueue,
    mut notes: PageNotes,
) -> Result<Html<String>, WebError> {
    let texts = header.texts;
    let rehearsal = rehearse(texts, web, &edited, &notes.typed).await;
    let sent = notes.section;
    let typed = |section| {
        if sent == Some(section) {
            notes.typed.clone()
        } else {
            TypedFields::default()
        }
    };
    let copied = notes.copied_from.as_ref();
    let source = copied.map_or(edited.text.as_str(), |other| &other.id);
    let has_faults = !notes.faults.is_empty();
    let typed_thresholds = typed(Section::Thresholds);
    let [rows, further_rows] =
        threshold_rows(texts, &edited, source, &typed_thresholds, &mut notes.faults);
    let mut target = TargetFields::of_target(texts, &edited.site.target_for(source));
    target.overlay(&typed(Section::Targets));
    let typed_hours = typed(Section::Hours);
    let pattern = PatternPart::find(texts, &edited, &typed_thresholds, &mut notes.faults);
    let shown = edited.shown_hours(source);
    let today = edited.now.to_zoned(shown.zone.clone()).date();
    let (days, dates) = hours_fields(texts, (&shown, today), &typed_hours, &mut notes.faults);
    let calendars = calendar_rows(texts, web, (&shown, edited.now), &typed_hours);
    let copied_zone = copied_zone(&edited, &shown, &typed_hours);
    let calendars_fault = notes.faults.take("holidays");
    let target_faults = TargetFaults::take(&mut notes.faults);
    let typed_name = typed(Section::Names).remove("name");
    let mut rest = Some((notes.faults.rest(), notes.error, notes.conflict));
    let [names, thresholds, targets, hours] = SECTIONS.map(|section| {
        let mut state = SectionState::find(texts, web, editing, &edited, section);
        let was_sent = sent == Some(section);
        let (mut faults, error, conflict) = rest.take_if(|_| was_sent).unwrap_or_default();
        faults.extend(Some(error).filter(|error| !error.is_empty()));
        // Saving again after a conflict replaces what the page now shows.
        if let Some(began_from) = notes
            .typed
            .get("began_from")
            .filter(|_| was_sent && conflict.is_none())
        {
            state.began_from.clone_from(began_from);
        }
        SectionForm {
            word: section.into(),
            text_address: edited.text_address(section),
            state,
            is_saved: notes.saved == Some(section),
            not_saved: if !faults.is_empty() {
                texts.entry_not_saved()
            } else if was_sent && has_faults {
                texts.entry_faults()
            } else {
                ""
            },
            faults,
            conflict,
        }
    });
    let page = QueueEditPage {
        build: assets::build_id(),
        form: header.form_token(),
        path: edited.path(),
        edit: edited.edit_address(),
        pattern,
        heading: Sentence::with_name(&texts.edit_queue_named(slot(0)), &edited.name),
        name: edited.name.clone(),
        typed_name: typed_name.unwrap_or_else(|| edited.name.clone()),
        reported: match edited.reported.as_str() {
            "" => Sentence::default(),
            name => Sentence::with_name(&texts.reported_name(slot(0)), name),
        },
        group_name: Sentence::new(
            &texts.group_name_place(slot(0)),
            vec![SentencePiece::Code("[groups]")],
        ),
        is_group: edited.is_group,
        names,
        thresholds,
        rows,
        further_rows,
        rehearsal,
        targets,
        target,
        target_faults,
        formulas: formula_choices(texts),
        hours,
        days,
        dates,
        calendars,
        calendars_fault,
        calendar: notes.calendar,
        calendar_year: last_date(edited.today()).year().to_string(),
        zone: match copied_zone.as_str() {
            "" => clock::zone_label(&edited.hours().zone).to_owned(),
            zone => zone.to_owned(),
        },
        copied_zone,
        closing: edited.closing,
        others: edited.others,
        copied: notes
            .copied_from
            .map(|other| Sentence::with_name(&texts.fields_copied(slot(0)), &other.name))
            .unwrap_or_default(),
        header,
    };
    Ok(Html(page.render()?))
}

/// The zone of hours that were copied, if it isn't that of the queue's hours; empty otherwise.
fn copied_zone(edited: &EditedQueue, shown: &OpeningHours, typed: &TypedFields) -> String {
    if let Some(zone) = typed.get("zone") {
        return zone.clone();
    }
    let zone = shown.zone.iana_name();
    let zone = zone.filter(|_| shown.zone != edited.hours().zone);
    zone.unwrap_or_default().to_owned()
}

/// The thresholds of a queue, those that matter most first, and the others.
fn threshold_rows(
    texts: &'static Texts,
    edited: &EditedQueue,
    source: &str,
    typed: &TypedFields,
    faults: &mut FieldFaults,
) -> [Vec<ThresholdRow>; 2] {
    let mut row = |metric: Metric| {
        let mut row = threshold_row(texts, &edited.site.thresholds, source, metric);
        for field in &mut row.fields {
            if let Some(typed) = typed.get(&field.key) {
                field.value.clone_from(typed);
            }
            field.fault = faults.take(&field.key);
        }
        // About both levels of a metric.
        let fault = faults.take(metric.name());
        if let Some(field) = row.fields.iter_mut().find(|field| field.fault.is_empty()) {
            field.fault = fault;
        }
        row
    };
    let (first, others) = threshold_metrics();
    [first, others].map(|metrics| metrics.into_iter().map(&mut row).collect())
}

/// Counts with the limits in the form, and with the saved ones.
async fn rehearse(
    texts: &'static Texts,
    web: &WebState,
    edited: &EditedQueue,
    typed: &TypedFields,
) -> RehearsalText {
    let stored = match (&web.rewind, &edited.id) {
        (Some(rewind), Some(id)) => rewind.stored_steps(id, edited.now).await,
        _ => Some(Arc::default()),
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
    RehearsalText {
        saved: if new == saved || !with_new.has_period() {
            String::new()
        } else {
            with_saved.critical_count(texts)
        },
        curves: draw_curves(texts, &steps, &new, &with_new, (edited.now, &site.zone)),
        sentence: with_new.sentence(texts),
        coverage: with_new.coverage(texts, edited.now, &site.zone),
    }
}
