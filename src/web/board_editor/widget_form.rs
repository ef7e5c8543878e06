//! The widgets of a board's form: their rows, and the fields of one to add.

use jiff::tz::TimeZone;

use wallboard_boards::{Widget, WidgetContent, parse_time, parse_widget};
use wallboard_domain::{Metric, QueueId};

use crate::web::{
    board_editor::{
        board_form::{FormFields, field, numbered},
        choices::BoardChoices,
    },
    parts::case_listing,
};

/// The list's name in the form, as in the file.
pub(super) const WIDGETS: &str = "widgets";

/// The fields of a widget to add, as entered.
#[derive(Clone, Debug, Default)]
pub(super) struct WidgetFields {
    /// `figure`, `text`, `clock` or `countdown`; empty: none is added.
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) metric: String,
    pub(super) queue: String,
    pub(super) text: String,
    pub(super) until: String,
    pub(super) zone: String,
}

/// A widget as a row of the form.
pub(super) struct WidgetRow {
    pub(super) value: String,
    /// Its own heading, if it has one.
    pub(super) name: String,
    /// "Answered: Sales", "18:04 in Asia/Manila"
    pub(super) about: String,
}

impl WidgetFields {
    pub(super) fn read(fields: &FormFields) -> Self {
        let entered = |part: &str| {
            field(fields, &format!("add.widgets{part}"))
                .trim()
                .to_owned()
        };
        Self {
            kind: entered(""),
            name: entered(".name"),
            metric: entered(".metric"),
            queue: entered(".queue"),
            text: entered(".text"),
            until: entered(".until"),
            zone: entered(".zone"),
        }
    }

    /// Makes the widget.
    ///
    /// # Errors
    ///
    /// Returns what nothing is called; empty if a field is.
    pub(super) fn make_widget(&self, choices: &BoardChoices) -> Result<Widget, String> {
        let content = match self.kind.as_str() {
            "figure" => WidgetContent::Figure {
                metric: Metric::from_name(&self.metric).ok_or_else(String::new)?,
                of: match self.queue.as_str() {
                    "" => None,
                    _ => Some(self.find_queue(choices)?),
                },
            },
            "text" if self.name.is_empty() || self.text.is_empty() => return Err(String::new()),
            "text" => WidgetContent::Text {
                text: self.text.clone(),
                until: match self.until.as_str() {
                    "" => None,
                    until => Some(parse_time(until).ok_or(until)?),
                },
            },
            "clock" => WidgetContent::Clock {
                zone: TimeZone::get(&self.zone).map_err(|_| self.zone.clone())?,
            },
            _ => WidgetContent::Countdown {
                of: self.find_queue(choices)?,
            },
        };
        Ok(Widget {
            name: Some(self.name.clone()).filter(|name| !name.is_empty()),
            content,
        })
    }

    fn find_queue(&self, choices: &BoardChoices) -> Result<QueueId, String> {
        let found = choices.find("queues", &self.queue);
        let found = found.filter(|id| !id.contains('*'));
        let id = found.and_then(|id| case_listing::parse_id(&id));
        id.ok_or_else(|| self.queue.clone())
    }
}

/// Reads the rows that were sent. A heading is in a field of its own.
pub(super) fn read_widgets(fields: &FormFields) -> Vec<Widget> {
    let values = numbered(fields, WIDGETS, "").into_iter().enumerate();
    let widgets = values.filter_map(|(at, value)| {
        let mut widget = parse_widget(value)?;
        if let Some(name) = fields.get(&format!("{WIDGETS}.{at}.name")) {
            widget.name = Some(name.clone()).filter(|name| !name.trim().is_empty());
        }
        Some(widget)
    });
    widgets.collect()
}

pub(super) fn widget_row(choices: &BoardChoices, widget: &Widget) -> WidgetRow {
    WidgetRow {
        value: widget.to_toml(),
        name: widget.name.clone().unwrap_or_default(),
        about: describe_widget(choices, widget),
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
    }
}

/// The names of all time zones.
pub(super) fn zone_names() -> Vec<String> {
    let zones = jiff::tz::db().available();
    let names = zones.map(|zone| zone.as_str().to_owned());
    names.filter(|name| name.contains('/')).collect()
}

#[cfg(test)]
mod tests {
    use wallboard_texts::Texts;

    use super::{super::choices::Choice, *};

    fn choices() -> BoardChoices {
        let choice = |id: &str, name: &str| Choice {
            id: id.to_owned(),
            name: name.to_owned(),
            kind: "Chat".to_owned(),
        };
        BoardChoices {
            texts: Texts::english(),
            queues: vec![
                choice("chat/*", "All of Chat"),
                choice("group/sales", "Sales"),
            ],
            agents: Vec::new(),
        }
    }

    fn made(fields: &[(&str, &str)]) -> Result<String, String> {
        let fields: FormFields = (fields.iter())
            .map(|(name, value)| (format!("add.widgets{name}"), (*value).to_owned()))
            .collect();
        let widget = WidgetFields::read(&fields).make_widget(&choices());
        widget.map(|widget| {
            format!(
                "{} {}",
                widget.to_toml(),
                describe_widget(&choices(), &widget)
            )
        })
    }

    #[test]
    fn each_kind_is_made_of_its_fields() {
        let figure = [
            ("", "figure"),
            (".metric", "answered"),
            (".queue", "sales"),
            (".text", "x"),
        ];
        let of_sales = r#"{ figure = "answered", of = "group/sales" } Answered: Sales"#;
        assert_eq!(made(&figure).as_deref(), Ok(of_sales));
        let of_site = r#"{ figure = "answered" } Answered: Whole site"#;
        assert_eq!(made(&figure[..2]).as_deref(), Ok(of_site));
        let text = [
            ("", "text"),
            (".name", "Lunch"),
            (".text", "Pizza"),
            (".until", "2026-11-27T12:30"),
        ];
        let until = r#"{ text = "Pizza", until = "2026-11-27 12:30", name = "Lunch" } Pizza, until 2026-11-27 12:30"#;
        assert_eq!(made(&text).as_deref(), Ok(until));
        let clock = [("", "clock"), (".zone", "Asia/Manila")];
        let manila = r#"{ clock = "Asia/Manila" } Time in Asia/Manila"#;
        assert_eq!(made(&clock).as_deref(), Ok(manila));
        let countdown = [("", "countdown"), (".queue", "group/sales")];
        let of_sales = r#"{ countdown = "group/sales" } Opens or closes in: Sales"#;
        assert_eq!(made(&countdown).as_deref(), Ok(of_sales));
    }

    #[test]
    fn missing_and_unknown_fields_are_refused() {
        for (fields, entered) in [
            (&[("", "figure")][..], ""),
            (
                &[("", "figure"), (".metric", "answered"), (".queue", "Sale")],
                "Sale",
            ),
            (&[("", "text"), (".text", "Pizza")], ""),
            (
                &[
                    ("", "text"),
                    (".text", "a"),
                    (".name", "b"),
                    (".until", "noon"),
                ],
                "noon",
            ),
            (&[("", "clock"), (".zone", "Manila")], "Manila"),
            (
                &[("", "countdown"), (".queue", "All of Chat")],
                "All of Chat",
            ),
            (&[("", "countdown")], ""),
        ] {
            assert_eq!(made(fields), Err(entered.to_owned()), "{fields:?}");
        }
    }
}
