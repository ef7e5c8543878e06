//! Widgets as tiles: a text, the time elsewhere, a countdown, a picture, a forecast, or a figure.

use jiff::{Timestamp, tz::TimeZone};

use wallboard_domain::{QueueId, moment};
use wallboard_live::QueueSnapshot;
use wallboard_texts::UNKNOWN;

use super::{
    address::subject_path,
    board_definition::BoardDefinition,
    board_row::{BoardRow, PictureShape},
    plain_tile::{Hero, PlainTile},
    render_context::RenderContext,
    widget::{Widget, WidgetContent},
};

const MINUTE: i64 = 60_000;
/// In minutes.
const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;
const TWO_DAYS: i64 = 2 * DAY;
/// No ID of a queue is without a slash.
const KEY_PREFIX: &str = "widget ";

/// Builds a tile for each widget.
pub(super) fn widget_rows(context: &mut RenderContext<'_>) -> Vec<BoardRow> {
    let widgets = context.board.widgets.iter().enumerate();
    let rows = widgets.filter_map(|(at, widget)| {
        let mut row = context.widget_row(widget)?;
        row.key = format!("{KEY_PREFIX}{at}");
        row.shape.is_widget = true;
        Some(row)
    });
    rows.collect()
}

impl BoardDefinition {
    /// Returns the widget that a row of the board shows.
    pub fn widget_of(&self, row: &BoardRow) -> Option<&Widget> {
        let at = row.key.strip_prefix(KEY_PREFIX)?;
        self.widgets.get(at.parse::<usize>().ok()?)
    }
}

impl<'a> RenderContext<'a> {
    /// Returns the real queues whose figures the widgets show.
    pub(super) fn widget_queues(&self) -> Vec<&'a QueueSnapshot> {
        let widgets = || self.board.widgets.iter();
        let of_figures = widgets().filter_map(Widget::figure).map(|(_, of)| of);
        let of_forecasts = widgets().filter_map(Widget::forecast).map(Some);
        of_figures
            .chain(of_forecasts)
            .flat_map(|of| self.figure_selection(of).queues)
            .collect()
    }

    fn widget_row(&mut self, widget: &Widget) -> Option<BoardRow> {
        let name = widget.name.clone();
        let plain = match &widget.content {
            WidgetContent::Figure { metric, of } => {
                return Some(self.figure_row(name, *metric, of.as_ref()));
            }
            WidgetContent::Custom { figure, of } => self.custom_tile(name, figure, of.as_ref()),
            WidgetContent::Text { text, until } => {
                if let Some(until) = until {
                    let end = until.to_zoned(self.snapshot.site.zone.clone()).ok()?;
                    if end.timestamp() <= self.now.wall {
                        return None;
                    }
                    self.evaluator.schedule_change_at(end.timestamp());
                }
                PlainTile {
                    name: name.unwrap_or_default(),
                    note: text.clone(),
                    ..PlainTile::default()
                }
            }
            WidgetContent::Clock { zone } => self.clock_tile(name, zone),
            WidgetContent::Countdown { of } => self.countdown_tile(name, of),
            WidgetContent::Forecast { of } => self.forecast_tile(name, of),
            WidgetContent::Picture { id, alt } => PlainTile {
                picture: Some(PictureShape {
                    address: id.address(),
                    alt: alt.clone(),
                    has_heading: name.is_some(),
                }),
                name: name.unwrap_or_else(|| alt.clone()),
                ..PlainTile::default()
            },
        };
        Some(plain.build_row(self.texts))
    }

    fn clock_tile(&mut self, name: Option<String>, zone: &TimeZone) -> PlainTile {
        let now = self.now.wall;
        let into_minute = now.as_millisecond().rem_euclid(MINUTE);
        self.schedule_change((self.now.monotonic).plus_millis(MINUTE - into_minute));
        let date = now.to_zoned(zone.clone()).date();
        PlainTile {
            name: name.unwrap_or_else(|| city_name(zone)),
            hero: Some(Hero::new(
                self.texts.time(now, zone),
                self.texts.short_day(date),
            )),
            ..PlainTile::default()
        }
    }

    fn countdown_tile(&mut self, name: Option<String>, of: &QueueId) -> PlainTile {
        let now = self.now.wall;
        let queue = self.find_queue(of);
        let change = queue.and_then(|queue| self.snapshot.opens_or_closes_at(queue, now));
        let is_closed = queue.is_some_and(|queue| self.snapshot.queue_hours(queue, now).is_closed);
        let unit = match change {
            None if is_closed => self.texts.closed().to_owned(),
            None => String::new(),
            Some(at) => {
                let time = self.texts.opening_time(at, now, &self.snapshot.site.zone);
                if is_closed {
                    self.texts.opens(time)
                } else {
                    self.texts.closes(time)
                }
            }
        };
        let (value, unit) = match change {
            None => (UNKNOWN.to_owned(), unit),
            Some(at) => {
                let (count, of) = self.count_until(at);
                (count.to_string(), format!("{of} · {unit}"))
            }
        };
        PlainTile {
            name: name.unwrap_or_else(|| self.queue_name_by_id(of)),
            href: queue.map_or_else(String::new, |queue| subject_path("queues", &queue.id)),
            hero: Some(Hero::new(value, unit)),
            ..PlainTile::default()
        }
    }

    /// Returns the minutes, rounded up so that they end on time, or about how many hours or days.
    fn count_until(&mut self, at: Timestamp) -> (i64, &'static str) {
        let left = moment::millis_between(self.now.wall, at).max(1);
        let minutes = (left + MINUTE - 1) / MINUTE;
        self.schedule_change(
            self.now
                .monotonic
                .plus_millis(left - (minutes - 1) * MINUTE),
        );
        match minutes {
            ..HOUR => (minutes, "min"),
            HOUR..TWO_DAYS => ((minutes + HOUR / 2) / HOUR, self.texts.hour_unit()),
            _ => ((minutes + DAY / 2) / DAY, self.texts.day_unit()),
        }
    }

    pub(super) fn find_queue(&self, id: &QueueId) -> Option<&'a QueueSnapshot> {
        let snapshot = self.snapshot;
        let queue = snapshot.queues.get(id);
        queue.filter(|queue| !snapshot.is_queue_hidden(queue))
    }
}

/// "Manila" of `Asia/Manila`, "New York" of `America/New_York`.
fn city_name(zone: &TimeZone) -> String {
    let name = zone.iana_name().unwrap_or("UTC");
    let (_, city) = name.rsplit_once('/').unwrap_or(("", name));
    city.replace('_', " ")
}
