//! Reads the widgets of a board's file, with every fault at its key.

use jiff::civil::DateTime;

use wallboard_domain::{CustomFigureId, Metric, QueueId, SourceId};
use wallboard_toml_reader::{ConfigEntry, ConfigSection};

use super::{
    board_file::{find_queue_metric, parse_board, read_number, read_text, unknown_metric_message},
    picture_id::PictureId,
    widget::{WIDGETS_MAX, Widget, WidgetContent, WidgetSize},
};

const WANTED: &str = r#"a list of tables, such as [{ figure = "answered" }]"#;
const KINDS: &str = "figure, custom, forecast, text, clock, countdown or picture";
/// Longer texts have no room on a board of twelve.
const TEXT_MAX: usize = 60;
/// In characters; a screen reader reads it in one go.
const ALT_MAX: usize = 200;
/// The most tiles of a board: 120 queues, and its widgets.
const POSITION_MAX: u8 = 132;

/// Parses a widget as it is in a board's file.
pub fn parse_widget(text: &str) -> Option<Widget> {
    let board = parse_board(&format!("widgets = [{text}]"), "board.toml").ok()?;
    board.widgets.into_iter().next()
}

pub(super) fn read_widgets(entry: &ConfigEntry<'_, '_>) -> Vec<Widget> {
    let items = entry.read_items(WANTED).unwrap_or_default();
    if WIDGETS_MAX < items.len() {
        let what = format!("{} widgets are too many", items.len());
        entry.report_fault(&what, &format!("a board has at most {WIDGETS_MAX}"));
    }
    items.iter().filter_map(read_widget).collect()
}

fn read_widget(item: &ConfigEntry<'_, '_>) -> Option<Widget> {
    let section = item.as_section()?;
    let name = section.entry("name");
    let name = name.as_ref().and_then(read_text);
    let figure = (section.entry("figure")).map(|entry| read_figure(&section, &entry));
    let custom = (section.entry("custom")).map(|entry| read_custom(&section, &entry));
    let text =
        (section.entry("text")).map(|entry| read_fixed_text(&section, &entry, name.is_some()));
    let clock = section.entry("clock").map(|entry| {
        // Nothing of the server may be read for it, as for other texts.
        read_text(&entry)?;
        let zone = entry.read_time_zone()?;
        Some(WidgetContent::Clock { zone })
    });
    let countdown = section.entry("countdown").map(|entry| {
        let of = read_id(&entry)?;
        Some(WidgetContent::Countdown { of })
    });
    let forecast = section.entry("forecast").map(|entry| {
        let of = read_id(&entry)?;
        Some(WidgetContent::Forecast { of })
    });
    let picture = (section.entry("picture")).map(|entry| read_picture(&section, &entry));
    let position = section.entry("position");
    let position = position.and_then(|entry| read_number(&entry, 1..=POSITION_MAX));
    let size = section.entry("size").and_then(|entry| read_size(&entry));
    let kinds = [figure, custom, forecast, text, clock, countdown, picture];
    let mut kinds = kinds.into_iter().flatten();
    let first = kinds.next();
    if first.is_none() || kinds.next().is_some() {
        item.report_fault("a widget shows one thing", &format!("give it {KINDS}"));
    }
    section.finish_section();
    Some(Widget {
        name,
        position,
        size: size.unwrap_or_default(),
        content: first??,
    })
}

fn read_size(entry: &ConfigEntry<'_, '_>) -> Option<WidgetSize> {
    let text = read_text(entry)?;
    let size = WidgetSize::from_name(&text);
    if size.is_none() {
        let fix = r#"it must be "usual", "wide" or "large""#;
        entry.report_fault(&format!("{text:?} isn't allowed"), fix);
    }
    size
}

fn read_figure(
    section: &ConfigSection<'_, '_>,
    entry: &ConfigEntry<'_, '_>,
) -> Option<WidgetContent> {
    let metric = read_metric(entry);
    let of = read_of(section).ok();
    Some(WidgetContent::Figure {
        metric: metric?,
        of: of?,
    })
}

/// Reads the key of a figure in `[figures]`. The board shows whether it is declared there.
pub(super) fn read_figure_key(entry: &ConfigEntry<'_, '_>) -> Option<CustomFigureId> {
    let text = read_text(entry)?;
    let figure = CustomFigureId::parse(&text);
    if figure.is_none() {
        let fix = "use the key of one of [figures], such as \"orders\"";
        entry.report_fault(&format!("{text:?} names no figure"), fix);
    }
    figure
}

fn read_custom(
    section: &ConfigSection<'_, '_>,
    entry: &ConfigEntry<'_, '_>,
) -> Option<WidgetContent> {
    let figure = read_figure_key(entry);
    let of = read_of(section).ok();
    Some(WidgetContent::Custom {
        figure: figure?,
        of: of?,
    })
}

/// A fault that was reported at its key.
struct ReportedFault;

/// Reads the queue or group that a figure is of; `None`: the whole site.
fn read_of(section: &ConfigSection<'_, '_>) -> Result<Option<QueueId>, ReportedFault> {
    let of = section.entry("of");
    of.map(|of| read_id(&of).ok_or(ReportedFault)).transpose()
}

fn read_metric(entry: &ConfigEntry<'_, '_>) -> Option<Metric> {
    let name = read_text(entry)?;
    let metric = find_queue_metric(&name);
    if metric.is_none() {
        entry.report_fault(&unknown_metric_message(&name), "");
    }
    metric
}

fn read_fixed_text(
    section: &ConfigSection<'_, '_>,
    entry: &ConfigEntry<'_, '_>,
    has_name: bool,
) -> Option<WidgetContent> {
    let text = read_short_text(entry, TEXT_MAX)?;
    if !has_name {
        section.record_missing("name", "write name = \"Today\", its heading");
    }
    let until = section.entry("until");
    let until = until.and_then(|entry| {
        let text = read_text(&entry)?;
        let until = parse_time(&text);
        if until.is_none() {
            let fix = r#"it must be a time such as "2026-12-24 18:00""#;
            entry.report_fault(&format!("{text:?} isn't allowed"), fix);
        }
        until
    });
    Some(WidgetContent::Text { text, until })
}

fn read_short_text(entry: &ConfigEntry<'_, '_>, length_max: usize) -> Option<String> {
    let text = read_text(entry)?;
    if length_max < text.chars().count() {
        let fix = format!("a board has room for {length_max} characters");
        entry.report_fault("the text is too long", &fix);
    }
    Some(text)
}

fn read_picture(
    section: &ConfigSection<'_, '_>,
    entry: &ConfigEntry<'_, '_>,
) -> Option<WidgetContent> {
    let alt = section.entry("alt");
    if alt.is_none() {
        let fix = "write alt = \"Menu of the week\", for those who can't see the picture";
        section.record_missing("alt", fix);
    }
    let alt = alt.and_then(|alt| read_short_text(&alt, ALT_MAX));
    let text = read_text(entry)?;
    let id = PictureId::parse(&text);
    if id.is_none() {
        let fix = "upload it in the board's editor, which writes its ID";
        entry.report_fault(&format!("{text:?} is no picture's ID"), fix);
    }
    Some(WidgetContent::Picture { id: id?, alt: alt? })
}

/// Parses a time by the site's clock, to the minute.
pub fn parse_time(text: &str) -> Option<DateTime> {
    let at: DateTime = text.trim().parse().ok()?;
    let minute = at.with().second(0).subsec_nanosecond(0).build();
    minute.ok()
}

fn read_id(entry: &ConfigEntry<'_, '_>) -> Option<QueueId> {
    let text = read_text(entry)?;
    let parts = text.split_once('/').filter(|_| !text.contains('*'));
    if parts.is_none() {
        let fix = "use the ID of a queue or a group, such as \"group/sales\"";
        entry.report_fault(&format!("{text:?} is no ID"), fix);
    }
    parts.map(|(source, external)| QueueId::new(&SourceId::from(source), external))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> String {
        let faults = parse_board(&format!("widgets = [{text}]"), "b.toml").unwrap_err();
        faults.to_string()
    }

    #[test]
    fn widgets_are_read_in_their_order() {
        let text = r#"widgets = [
            { figure = "answered" },
            { figure = "service_level", of = "group/sales", name = "Sales" },
            { custom = "orders" },
            { custom = "orders", of = "chat/1" },
            { text = "Call 4711", until = "2026-12-24 18:00:31", name = "Outage" },
            { clock = "Asia/Manila" },
            { countdown = "chat/1", position = 1 },
            { forecast = "group/sales", size = "large", position = 2 },
            { picture = "0123456789abcdef0123456789abcdef", alt = "Menu", name = "Lunch" },
        ]"#;
        let widgets = parse_board(text, "b.toml").unwrap().widgets;

        let written: Vec<_> = widgets.iter().map(Widget::to_toml).collect();
        assert_eq!(
            written,
            [
                r#"{ figure = "answered" }"#,
                r#"{ figure = "service_level", of = "group/sales", name = "Sales" }"#,
                r#"{ custom = "orders" }"#,
                r#"{ custom = "orders", of = "chat/1" }"#,
                r#"{ text = "Call 4711", until = "2026-12-24 18:00", name = "Outage" }"#,
                r#"{ clock = "Asia/Manila" }"#,
                r#"{ countdown = "chat/1", position = 1 }"#,
                r#"{ forecast = "group/sales", size = "large", position = 2 }"#,
                r#"{ picture = "0123456789abcdef0123456789abcdef", alt = "Menu", name = "Lunch" }"#,
            ]
        );
        assert_eq!(parse_widget(&written[4]).as_ref(), Some(&widgets[4]));
        assert_eq!(parse_widget("{ }"), None);
    }

    #[test]
    fn faults_are_at_their_keys() {
        for (text, expected) in [
            (
                r#"{ figure = "waitng" }"#,
                "b.toml:1:23: widgets.figure: \"waitng\" isn't a queue metric; did you mean `waiting`?",
            ),
            (
                r#"{ figure = "answered", of = "group/*" }"#,
                "b.toml:1:40: widgets.of: \"group/*\" is no ID; use the ID of a queue or a group",
            ),
            (
                r#"{ custom = "Orders today" }"#,
                "b.toml:1:23: widgets.custom: \"Orders today\" names no figure; use the key of one of [figures], such as \"orders\"",
            ),
            (
                r#"{ text = "Call 4711" }"#,
                "b.toml:1:12: widgets.name: is missing; write name = \"Today\", its heading",
            ),
            (
                r#"{ text = "a", name = "b", until = "6 pm" }"#,
                "b.toml:1:46: widgets.until: \"6 pm\" isn't allowed; it must be a time such as",
            ),
            (
                r#"{ clock = "Manila" }"#,
                "b.toml:1:22: widgets.clock: unknown time zone; use a name from the IANA database such as \"Asia/Manila\"",
            ),
            (
                "{ }",
                "b.toml:1:12: widgets: a widget shows one thing; give it figure, custom, forecast, text, clock, countdown or picture",
            ),
            (
                r#"{ clock = "UTC", countdown = "chat/1" }"#,
                "b.toml:1:12: widgets: a widget shows one thing",
            ),
            (
                r#"{ clock = "UTC", of = "chat/1" }"#,
                "b.toml:1:29: widgets.of: unknown key; allowed here: clock, countdown, custom, figure, forecast, name, picture, position, size, text",
            ),
            (
                r#"{ picture = "0123456789abcdef0123456789abcdef" }"#,
                "b.toml:1:12: widgets.alt: is missing; write alt = \"Menu of the week\"",
            ),
            (
                r#"{ picture = "menu.png", alt = "Menu" }"#,
                "b.toml:1:24: widgets.picture: \"menu.png\" is no picture's ID; upload it in the board's editor",
            ),
            (
                r#"{ clock = "UTC", position = 0 }"#,
                "b.toml:1:40: widgets.position: it must be a number from 1 to 132",
            ),
            (
                r#"{ clock = "UTC", size = "big" }"#,
                "b.toml:1:36: widgets.size: \"big\" isn't allowed; it must be \"usual\", \"wide\" or \"large\"",
            ),
            (
                r#"{ clock = "UTC", position = "1" }"#,
                "b.toml:1:40: widgets.position: it must be a number from 1 to 132",
            ),
        ] {
            let faults = faults(text);
            assert!(faults.starts_with(expected), "{text}: {faults}");
        }
        assert!(
            faults("1").contains("it must be a table"),
            "{}",
            faults("1")
        );
        let many = r#"{ clock = "UTC" },"#.repeat(13);
        assert!(faults(&many).contains("a board has at most 12"));
        let long = format!(r#"{{ text = "{}", name = "b" }}"#, "x".repeat(61));
        assert!(faults(&long).contains("room for 60 characters"));
        let (id, alt) = ("0".repeat(32), "x".repeat(201));
        let long = format!(r#"{{ picture = "{id}", alt = "{alt}" }}"#);
        assert!(faults(&long).contains("room for 200 characters"));
    }
}
