//! The widgets of a board's form: the fields of each, and those of one to add.

use wallboard_boards::{Widget, WidgetContent, parse_widget};
use wallboard_domain::QueueId;

use crate::web::board_editor::{
    board_form::{FormFields, field, numbered},
    choices::BoardChoices,
    uploads::Uploads,
    widget_fields::{WidgetFields, WidgetRefusal},
};

/// The list's name in the form, as in the file.
pub(super) const WIDGETS: &str = "widgets";
/// The beginning of the fields of a widget to add.
pub(super) const NEW_WIDGET: &str = "add.widgets";

/// A widget that couldn't be added, or changed like this.
#[derive(Debug)]
pub(super) struct RefusedWidget {
    pub(super) fields: WidgetFields,
    pub(super) refusal: WidgetRefusal,
}

/// A widget as a row of the form.
pub(super) struct WidgetRow {
    /// As it is in the file, or was before somebody entered what can't be.
    pub(super) value: String,
    /// "Answered: Sales", "18:04 in Asia/Manila"
    pub(super) about: String,
    /// The beginning of its fields' names.
    pub(super) place: String,
    pub(super) fields: WidgetFields,
    /// The field that is at fault; empty: none.
    pub(super) wrong: String,
}

impl WidgetRow {
    /// The widget to add.
    pub(super) fn of_new(refused: Option<&RefusedWidget>) -> Self {
        Self {
            value: String::new(),
            about: String::new(),
            place: NEW_WIDGET.to_owned(),
            fields: refused.map_or_else(WidgetFields::default, |refused| refused.fields.clone()),
            wrong: refused.map_or_else(String::new, RefusedWidget::wrong_field),
        }
    }

    /// Whether the form has a field: the kind of a new widget may still change.
    pub(super) fn shows(&self, part: &str) -> bool {
        self.place == NEW_WIDGET || self.fields.has(part)
    }
}

impl RefusedWidget {
    fn wrong_field(&self) -> String {
        self.fields.find_wrong(&self.refusal)
    }
}

/// Reads the fields of a widget to add; `None`: there is none.
pub(super) fn read_new_widget(
    fields: &FormFields,
    uploads: &Uploads,
    choices: &BoardChoices,
) -> Option<Result<Widget, RefusedWidget>> {
    let mut new = WidgetFields {
        kind: field(fields, NEW_WIDGET).to_owned(),
        ..WidgetFields::default()
    };
    if new.kind.is_empty() {
        return None;
    }
    new.replace_with(fields, NEW_WIDGET);
    let made = new.add_upload(uploads, NEW_WIDGET);
    let made = made.and_then(|()| new.make_widget(choices));
    Some(made.map_err(|refusal| RefusedWidget {
        fields: new,
        refusal,
    }))
}

/// Reads the rows that were sent: the widgets, and beside each that can't be changed as entered, what that is.
pub(super) fn read_widgets(
    fields: &FormFields,
    uploads: &Uploads,
    choices: &BoardChoices,
) -> (Vec<Widget>, Vec<Option<RefusedWidget>>) {
    let values = numbered(fields, WIDGETS, "").into_iter().enumerate();
    let widgets = values.filter_map(|(at, value)| {
        let before = parse_widget(value)?;
        let place = widget_place(at);
        let mut entered = WidgetFields::of(&before, choices);
        let usual = entered.clone();
        entered.replace_with(fields, &place);
        let made = match entered.add_upload(uploads, &place) {
            // Browsers may write a text otherwise than its author did.
            Ok(()) if entered == usual => return Some((before, None)),
            Ok(()) => entered.make_widget(choices),
            Err(refusal) => Err(refusal),
        };
        Some(match made {
            Ok(widget) => (widget, None),
            Err(refusal) => {
                let fields = entered;
                (before, Some(RefusedWidget { fields, refusal }))
            }
        })
    });
    widgets.unzip()
}

fn widget_place(at: usize) -> String {
    format!("{WIDGETS}.{at}")
}

/// Returns the rows of a board's widgets, with what was refused of each.
pub(super) fn widget_rows(
    choices: &BoardChoices,
    widgets: &[Widget],
    refused: &[Option<RefusedWidget>],
) -> Vec<WidgetRow> {
    let rows = widgets.iter().enumerate().map(|(at, widget)| {
        let refused = refused.get(at).and_then(Option::as_ref);
        widget_row(choices, at, widget, refused)
    });
    rows.collect()
}

/// Returns the row of a widget that is on the board, at a place in its list.
fn widget_row(
    choices: &BoardChoices,
    at: usize,
    widget: &Widget,
    refused: Option<&RefusedWidget>,
) -> WidgetRow {
    WidgetRow {
        place: widget_place(at),
        value: widget.to_toml(),
        about: describe_widget(choices, widget),
        fields: refused.map_or_else(
            || WidgetFields::of(widget, choices),
            |refused| refused.fields.clone(),
        ),
        wrong: refused.map_or_else(String::new, RefusedWidget::wrong_field),
    }
}

/// Describes a widget: "Answered: Sales", "Time in Asia/Manila".
pub(super) fn describe_widget(choices: &BoardChoices, widget: &Widget) -> String {
    let texts = choices.texts;
    let name = |of: &QueueId| choices.describe("queues", &of.to_string()).0;
    match &widget.content {
        WidgetContent::Figure { metric, of } => {
            let label = texts.metric(*metric).page_label.as_str();
            match of {
                Some(of) => texts.widget_figure_of(label, name(of)),
                None => texts.widget_figure_of(label, texts.whole_site()),
            }
        }
        WidgetContent::Custom { figure, of } => {
            let of = of.as_ref().map(name);
            let of = of.unwrap_or_else(|| texts.whole_site().to_owned());
            texts.widget_figure_of(choices.figure_label(figure), of)
        }
        WidgetContent::Text { text, until: None } => text.clone(),
        WidgetContent::Text {
            text,
            until: Some(until),
        } => {
            let until = until.strftime("%Y-%m-%d %H:%M").to_string();
            texts.widget_text_until(text.as_str(), until)
        }
        WidgetContent::Clock { zone } => texts.widget_time_in(zone.iana_name().unwrap_or("UTC")),
        WidgetContent::Countdown { of } => texts.widget_countdown_of(name(of)),
        WidgetContent::Forecast { of } => texts.widget_forecast_of(name(of)),
        WidgetContent::Picture { alt, .. } => texts.widget_picture_of(alt.as_str()),
    }
}

/// The names of all time zones.
pub(super) fn zone_names() -> Vec<String> {
    let zones = jiff::tz::db().available();
    let names = zones.map(|zone| zone.as_str().to_owned());
    names.filter(|name| name.contains('/')).collect()
}

#[cfg(test)]
mod tests;
