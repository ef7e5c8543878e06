//! The page: each part as a form, with what somebody just did.

use std::mem;

use askama::Template;
use axum::response::Html;

use wallboard_domain::{Metric, OpeningHours};
use wallboard_texts::Texts;

use crate::{
    editing::Section,
    web::{
        WebError, WebState,
        access::editing::Editing,
        differences::EntryConflict,
        parts::{
            clock,
            field_faults::FieldFaults,
            page_header::PageHeader,
            sentence::{Sentence, SentencePiece, slot},
            time_zones::list_zones,
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
    pattern_rehearsal::{PatternRehearsal, rehearse_pattern},
    queue_past::{RehearsalText, describe_target_days, rehearse},
    section_state::SectionState,
    target_fields::{FormulaChoice, TargetFaults, TargetFields, formula_choices},
    threshold_fields::{ThresholdRow, threshold_metrics, threshold_row},
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
    pub(super) conflict: Option<EntryConflict>,
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
    of_pattern: PatternRehearsal,
    targets: SectionForm,
    target: TargetFields,
    target_faults: TargetFaults,
    formulas: Vec<FormulaChoice>,
    /// "Met on 12 of the last 20 days." Empty without days of the history.
    target_past: String,
    hours: SectionForm,
    days: [DayField; 7],
    dates: Vec<DateField>,
    calendars: Vec<CalendarRow>,
    /// Why the chosen calendars aren't allowed.
    calendars_fault: String,
    calendar: CalendarNote,
    /// The last year that is taken from a calendar.
    calendar_year: String,
    /// The zone as people call it.
    zone_label: String,
    /// Empty: that of the site.
    zone: String,
    zones: Vec<String>,
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
    conflict: Option<EntryConflict>,
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
    let rehearsal = match &edited.id {
        Some(id) => rehearse(texts, web, &edited, id, &notes.typed).await,
        None => RehearsalText::default(),
    };
    // Nothing matches a queue.
    let of_pattern = rehearse_pattern(texts, web, &edited, &notes.typed).await;
    let target_past = describe_target_days(texts, web, &header, &edited).await;
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
    let (days, dates) = hours_fields(texts, &shown, today, &typed_hours, &mut notes.faults);
    let calendars = calendar_rows(texts, web, &shown, edited.now, &typed_hours);
    let zone = zone_name(&edited, &shown, &typed_hours);
    let calendars_fault = notes.faults.take("holidays");
    let target_faults = TargetFaults::take(&mut notes.faults);
    let typed_name = typed(Section::Names).remove("name");
    let [names, thresholds, targets, hours] =
        section_forms(texts, web, editing, &edited, &mut notes, has_faults);
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
        of_pattern,
        targets,
        target,
        target_faults,
        formulas: formula_choices(texts),
        target_past,
        hours,
        days,
        dates,
        calendars,
        calendars_fault,
        calendar: notes.calendar,
        calendar_year: last_date(edited.today()).year().to_string(),
        zone_label: clock::zone_label(&shown.zone).to_owned(),
        zones: list_zones(&zone),
        zone,
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

/// The parts of the page, in order. What somebody did is at the part that they sent.
fn section_forms(
    texts: &'static Texts,
    web: &WebState,
    editing: &Editing,
    edited: &EditedQueue,
    notes: &mut PageNotes,
    has_faults: bool,
) -> [SectionForm; SECTIONS.len()] {
    let (error, conflict) = (mem::take(&mut notes.error), notes.conflict.take());
    let mut rest = Some((mem::take(&mut notes.faults).rest(), error, conflict));
    SECTIONS.map(|section| {
        let mut state = SectionState::find(texts, web, editing, edited, section);
        let was_sent = notes.section == Some(section);
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
    })
}

/// The zone of the hours as a form has it; empty: that of the site.
fn zone_name(edited: &EditedQueue, shown: &OpeningHours, typed: &TypedFields) -> String {
    if let Some(zone) = typed.get("zone") {
        return zone.clone();
    }
    let zone = shown.zone.iana_name();
    let zone = zone.filter(|_| shown.zone != edited.site.zone);
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
