//! The fields of a widget in the board's form, and the widget that they make.

use jiff::tz::TimeZone;

use wallboard_boards::{
    PictureId, Widget, WidgetContent, WidgetSize, board_file::parse_board, parse_time,
};
use wallboard_domain::{CustomFigureId, Metric, QueueId};
use wallboard_toml_reader::ConfigFaults;

use crate::{
    pictures::PictureFault,
    web::{
        board_editor::{board_form::FormFields, choices::BoardChoices, uploads::Uploads},
        parts::case_listing,
    },
};

/// Before the key of a custom figure in the field of the metric.
const CUSTOM_PREFIX: &str = "custom/";

/// The fields of a widget, as entered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct WidgetFields {
    /// `figure`, `forecast`, `text`, `clock`, `countdown` or `picture`; empty: none is added.
    pub(super) kind: String,
    pub(super) name: String,
    /// A metric, or a custom figure by its key.
    pub(super) metric: String,
    pub(super) queue: String,
    pub(super) text: String,
    pub(super) until: String,
    pub(super) zone: String,
    /// The ID of an uploaded picture.
    pub(super) picture: String,
    pub(super) alt: String,
    pub(super) position: String,
    /// Empty: the usual one.
    pub(super) size: String,
}

/// Why a widget can't be as it was entered.
#[derive(Debug)]
pub(super) enum WidgetRefusal {
    /// A field is empty.
    Incomplete,
    /// Nothing is called what somebody entered.
    Unknown(String),
    Picture(PictureFault),
    /// It breaks a rule of the file.
    Invalid(ConfigFaults),
}

/// Returns the value of a custom figure in the field of the metric.
pub(super) fn custom_value(figure: &CustomFigureId) -> String {
    format!("{CUSTOM_PREFIX}{figure}")
}

/// Parses such a value.
pub(super) fn parse_custom(value: &str) -> Option<CustomFigureId> {
    CustomFigureId::parse(value.strip_prefix(CUSTOM_PREFIX)?)
}

impl WidgetFields {
    /// The fields of a widget that is on the board.
    pub(super) fn of(widget: &Widget, choices: &BoardChoices) -> Self {
        let queue = widget.queue().map(|id| choices.label_of(&id.to_string()));
        let fields = Self {
            name: widget.name.clone().unwrap_or_default(),
            queue: queue.unwrap_or_default(),
            position: (widget.position).map_or_else(String::new, |position| position.to_string()),
            size: widget.size.into_str().to_owned(),
            ..Self::default()
        };
        match &widget.content {
            WidgetContent::Figure { metric, .. } => Self {
                kind: "figure".to_owned(),
                metric: metric.name().to_owned(),
                ..fields
            },
            WidgetContent::Custom { figure, .. } => Self {
                kind: "figure".to_owned(),
                metric: custom_value(figure),
                ..fields
            },
            WidgetContent::Text { text, until } => Self {
                kind: "text".to_owned(),
                text: text.clone(),
                until: until.map_or_else(String::new, |until| {
                    until.strftime("%Y-%m-%dT%H:%M").to_string()
                }),
                ..fields
            },
            WidgetContent::Clock { zone } => Self {
                kind: "clock".to_owned(),
                zone: zone.iana_name().unwrap_or("UTC").to_owned(),
                ..fields
            },
            WidgetContent::Countdown { .. } => Self {
                kind: "countdown".to_owned(),
                ..fields
            },
            WidgetContent::Forecast { .. } => Self {
                kind: "forecast".to_owned(),
                ..fields
            },
            WidgetContent::Picture { id, alt } => Self {
                kind: "picture".to_owned(),
                picture: id.to_string(),
                alt: alt.clone(),
                ..fields
            },
        }
    }

    /// Each field's name in the form, and its value.
    pub(super) fn parts_mut(&mut self) -> [(&'static str, &mut String); 10] {
        [
            ("name", &mut self.name),
            ("metric", &mut self.metric),
            ("queue", &mut self.queue),
            ("text", &mut self.text),
            ("until", &mut self.until),
            ("zone", &mut self.zone),
            ("picture", &mut self.picture),
            ("alt", &mut self.alt),
            ("position", &mut self.position),
            ("size", &mut self.size),
        ]
    }

    /// Replaces the fields that were sent, whose names begin with `place`.
    pub(super) fn replace_with(&mut self, fields: &FormFields, place: &str) {
        for (part, value) in self.parts_mut() {
            if let Some(sent) = fields.get(&format!("{place}.{part}")) {
                value.clone_from(sent);
            }
        }
    }

    /// Whether its kind has a field.
    pub(super) fn has(&self, part: &str) -> bool {
        let parts: &[&str] = match self.kind.as_str() {
            "figure" => &["metric", "queue"],
            "text" => &["text", "until"],
            "clock" => &["zone"],
            "countdown" | "forecast" => &["queue"],
            _ => &["picture"],
        };
        parts.contains(&part)
    }

    /// Finds the field that a refusal is about.
    pub(super) fn find_wrong(&self, refusal: &WidgetRefusal) -> String {
        let required = [
            ("queue", &self.queue),
            ("zone", &self.zone),
            ("text", &self.text),
            ("picture", &self.picture),
        ];
        let is_empty = |(part, value): &(&str, &String)| self.has(part) && value.trim().is_empty();
        let empty = required.iter().find(|one| is_empty(one));
        match refusal {
            WidgetRefusal::Invalid(faults) => {
                let key = faults.faults.first().map_or("", |fault| &*fault.key);
                let (_, part) = key.rsplit_once('.').unwrap_or_default();
                return part.to_owned();
            }
            WidgetRefusal::Unknown(_) if self.has("until") => "until",
            WidgetRefusal::Unknown(_) if self.has("zone") => "zone",
            WidgetRefusal::Unknown(_) => "queue",
            WidgetRefusal::Picture(_) => "picture",
            WidgetRefusal::Incomplete if self.has("metric") && !self.is_custom() => "metric",
            WidgetRefusal::Incomplete if self.has("picture") => {
                empty.map_or("alt", |(part, _)| *part)
            }
            WidgetRefusal::Incomplete => empty.map_or("name", |(part, _)| *part),
        }
        .to_owned()
    }

    /// Makes the widget, under the rules of the file.
    pub(super) fn make_widget(&self, choices: &BoardChoices) -> Result<Widget, WidgetRefusal> {
        let widget = Widget {
            name: Some(self.name.trim().to_owned()).filter(|name| !name.is_empty()),
            position: match self.position.trim() {
                "" => None,
                // The rules of the file refuse both.
                position => Some(position.parse().unwrap_or(0)),
            },
            size: match self.size.as_str() {
                "" => WidgetSize::default(),
                size => WidgetSize::from_name(size).ok_or_else(|| unknown(size))?,
            },
            content: self.make_content(choices)?,
        };
        match parse_board(&format!("widgets = [{}]", widget.to_toml()), "board.toml") {
            Ok(_) => Ok(widget),
            Err(faults) => Err(WidgetRefusal::Invalid(faults)),
        }
    }

    fn make_content(&self, choices: &BoardChoices) -> Result<WidgetContent, WidgetRefusal> {
        let [text, until, zone] = [&self.text, &self.until, &self.zone].map(|field| field.trim());
        let alt = self.alt.trim();
        Ok(match self.kind.as_str() {
            "figure" if self.is_custom() => self.make_custom(choices)?,
            "figure" => WidgetContent::Figure {
                metric: Metric::from_name(&self.metric).ok_or(WidgetRefusal::Incomplete)?,
                of: match self.queue.trim() {
                    "" => None,
                    _ => Some(self.find_queue(choices)?),
                },
            },
            "text" if self.name.trim().is_empty() || text.is_empty() => {
                return Err(WidgetRefusal::Incomplete);
            }
            "text" => WidgetContent::Text {
                text: text.to_owned(),
                until: match until {
                    "" => None,
                    until => Some(parse_time(until).ok_or_else(|| unknown(until))?),
                },
            },
            "clock" => WidgetContent::Clock {
                zone: TimeZone::get(zone).map_err(|_| unknown(zone))?,
            },
            "picture" if alt.is_empty() => return Err(WidgetRefusal::Incomplete),
            "picture" => WidgetContent::Picture {
                id: PictureId::parse(&self.picture).ok_or(WidgetRefusal::Incomplete)?,
                alt: alt.to_owned(),
            },
            "forecast" => WidgetContent::Forecast {
                of: self.find_queue(choices)?,
            },
            _ => WidgetContent::Countdown {
                of: self.find_queue(choices)?,
            },
        })
    }

    fn is_custom(&self) -> bool {
        self.metric.starts_with(CUSTOM_PREFIX)
    }

    /// A figure of the site ignores the queue.
    fn make_custom(&self, choices: &BoardChoices) -> Result<WidgetContent, WidgetRefusal> {
        let figure = parse_custom(&self.metric).ok_or(WidgetRefusal::Incomplete)?;
        let mut declared = choices.figures.iter();
        let is_of_site = declared.any(|one| one.id == figure && !one.is_per_queue);
        Ok(WidgetContent::Custom {
            of: if is_of_site {
                None
            } else {
                Some(self.find_queue(choices)?)
            },
            figure,
        })
    }

    fn find_queue(&self, choices: &BoardChoices) -> Result<QueueId, WidgetRefusal> {
        let found = choices.find("queues", &self.queue);
        let found = found.filter(|id| !id.contains('*'));
        let id = found.and_then(|id| case_listing::parse_id(&id));
        id.ok_or_else(|| unknown(self.queue.trim()))
    }

    /// Sets the picture that was uploaded with the fields.
    pub(super) fn add_upload(
        &mut self,
        uploads: &Uploads,
        place: &str,
    ) -> Result<(), WidgetRefusal> {
        match uploads.get(place) {
            Some(Err(fault)) => return Err(WidgetRefusal::Picture(*fault)),
            Some(Ok(id)) => self.picture = id.to_string(),
            None => {}
        }
        Ok(())
    }
}

fn unknown(entered: &str) -> WidgetRefusal {
    match entered {
        "" => WidgetRefusal::Incomplete,
        entered => WidgetRefusal::Unknown(entered.to_owned()),
    }
}
