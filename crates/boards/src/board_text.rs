//! Writes a [`BoardDefinition`] as the text of a board file. Reading it again gives the same board.

use std::fmt::Write;

use wallboard_domain::{BoardDensity, BoardTheme, Metric, Pattern};

use super::{
    board_definition::{BoardDefinition, BoardLayout, DEFAULT_METRICS},
    shown_figure::ShownFigure,
};

/// Writes the text of a board's file. Values that a board has without them are left out.
pub fn write_board(board: &BoardDefinition) -> String {
    let mut text = BoardText(String::new());
    text.write("title", &quote(&board.title));
    if board.layout != BoardLayout::default() {
        text.write("layout", &quote(board.layout.into_str()));
    }
    if board.theme != BoardTheme::default() {
        text.write("theme", &quote(board.theme.into_str()));
    }
    if board.density != BoardDensity::default() {
        text.write("density", &quote(board.density.into_str()));
    }
    if let Some(columns) = board.columns {
        text.write("columns", &columns.to_string());
    }
    text.write_patterns("queues", &board.queues);
    text.write_patterns("agents", &board.agents);
    if board.show != DEFAULT_METRICS {
        let shown = board.show.iter().map(ShownFigure::to_toml);
        text.write_list("show", shown);
    }
    text.write_metrics("totals", &board.totals);
    text.write_patterns("order", &board.order);
    text.write_patterns("hide", &board.hide);
    if let Some(rate) = board.update_rate {
        text.write("update_rate", &quote(rate.into_str()));
    }
    if let Some(language) = board.language {
        text.write("language", &quote(language.into_str()));
    }
    if !board.widgets.is_empty() {
        let widgets = board.widgets.iter();
        let lines: Vec<_> = widgets
            .map(|one| format!("    {},", one.to_toml()))
            .collect();
        text.write("widgets", &format!("[\n{}\n]", lines.join("\n")));
    }
    let mut names: Vec<_> = board.names.iter().collect();
    names.sort_unstable();
    if !names.is_empty() {
        text.0.push_str("\n[names]\n");
    }
    for (id, name) in names {
        text.write(&quote(id), &quote(name));
    }
    text.0
}

struct BoardText(String);

impl BoardText {
    fn write(&mut self, key: &str, value: &str) {
        writeln!(self.0, "{key} = {value}").expect("writing to a string never fails");
    }

    fn write_patterns(&mut self, key: &str, patterns: &[Pattern]) {
        self.write_list(key, patterns.iter().map(|pattern| quote(&pattern.0)));
    }

    fn write_metrics(&mut self, key: &str, metrics: &[Metric]) {
        self.write_list(key, metrics.iter().map(|metric| quote(metric.name())));
    }

    fn write_list(&mut self, key: &str, items: impl Iterator<Item = String>) {
        let items: Vec<_> = items.collect();
        if !items.is_empty() {
            self.write(key, &format!("[{}]", items.join(", ")));
        }
    }
}

/// Quotes a text on one line, as a key may need it.
pub(super) fn quote(text: &str) -> String {
    let mut quoted = String::from('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            letter if letter.is_control() => {
                write!(quoted, "\\u{:04X}", u32::from(letter))
                    .expect("writing to a string never fails");
            }
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use jiff::{civil::datetime, tz::TimeZone};
    use proptest::{
        collection::{hash_map, vec},
        option, prop_assert_eq, prop_compose, proptest,
        sample::{select, subsequence},
    };

    use wallboard_domain::{
        BoardDensity, BoardTheme, CustomFigureId, Language, MetricOwner, QueueId, SourceId,
        UpdateRate,
    };

    use super::*;
    use crate::{
        board_file::parse_board,
        picture_id::PictureId,
        widget::{Widget, WidgetContent, WidgetSize},
    };

    fn queue_metrics() -> Vec<Metric> {
        let metrics = Metric::all().filter(|metric| metric.owner() != MetricOwner::Agent);
        metrics.collect()
    }

    prop_compose! {
        fn any_patterns()(texts in vec("[^/]{0,9}[/*]\\PC{0,9}", 0..4)) -> Vec<Pattern> {
            texts.into_iter().map(Pattern).collect()
        }
    }

    prop_compose! {
        fn any_widget()(
            kind in 0..9_u8,
            metric in select(queue_metrics()),
            text in "[!-~]\\PC{0,9}",
            name in "[!-~]\\PC{0,9}",
            minute in 0..60_i8,
            position in option::of(1..=132_u8),
            size in select(vec![WidgetSize::Usual, WidgetSize::Wide, WidgetSize::Large]),
        ) -> Widget {
            let of = QueueId::new(&SourceId::from("chat"), &text.replace('*', "-"));
            let content = match kind {
                0 => WidgetContent::Figure { metric, of: None },
                1 => WidgetContent::Figure { metric, of: Some(of) },
                2 => WidgetContent::Text { text, until: Some(datetime(2026, 12, 24, 18, minute, 0, 0)) },
                3 => WidgetContent::Clock { zone: TimeZone::get("Asia/Manila").unwrap() },
                4 => WidgetContent::Countdown { of },
                8 => WidgetContent::Forecast { of },
                6 => WidgetContent::Custom { figure: CustomFigureId::parse("orders_2").unwrap(), of: Some(of) },
                7 => WidgetContent::Custom { figure: CustomFigureId::parse("orders").unwrap(), of: None },
                _ => WidgetContent::Picture { id: PictureId::parse(&"0".repeat(32)).unwrap(), alt: text },
            };
            Widget { name: Some(name), position, size, content }
        }
    }

    prop_compose! {
        fn any_board()(
            title in "\\PC{0,9}[!-~]\\PC{0,9}",
            layout in select(vec![BoardLayout::Queues, BoardLayout::Agents, BoardLayout::List]),
            theme in select(vec![BoardTheme::Dark, BoardTheme::Light]),
            density in select(vec![BoardDensity::Hall, BoardDensity::Floor, BoardDensity::Desk]),
            columns in option::of(1..=6_u8),
            [queues, agents, order, hide] in [any_patterns(), any_patterns(), any_patterns(), any_patterns()],
            metrics in subsequence(queue_metrics(), 1..6),
            custom in option::of(0..2_usize),
            totals in subsequence(queue_metrics(), 0..5),
            names in hash_map("\\PC{1,9}|[\t\n\"\\\\]{1,3}", "[a-z\n\t\"\\\\\u{7f}]{0,9}[a-z]", 0..4),
            language in option::of(select(vec![Language::English, Language::Swedish, Language::German])),
            update_rate in option::of(select(vec![UpdateRate::EverySecond, UpdateRate::EveryFiveSeconds])),
            widgets in vec(any_widget(), 0..4),
        ) -> BoardDefinition {
            let mut show: Vec<_> = metrics.into_iter().map(ShownFigure::Metric).collect();
            if let Some(place) = custom {
                let orders = CustomFigureId::parse("orders").unwrap();
                show.insert(place.min(show.len()), ShownFigure::Custom(orders));
            }
            BoardDefinition {
                widgets: if layout == BoardLayout::Queues { widgets } else { Vec::new() },
                theme, density, columns, queues, agents, show, totals, order, hide, names, update_rate,
                language,
                ..BoardDefinition::new("b", &title, layout)
            }
        }
    }

    proptest! {
        #[test]
        fn reading_what_was_written_gives_the_same_board(board in any_board()) {
            let text = write_board(&board);
            let read = parse_board(&text, "b.toml").map_err(|faults| faults.to_string());
            prop_assert_eq!(read, Ok(board), "{}", text);
        }
    }

    #[test]
    fn text_has_only_what_differs_from_a_board_without_settings() {
        let mut board = BoardDefinition::new("b", "Sales “north”", BoardLayout::List);
        board.queues = vec![Pattern("chat/*".into())];
        board.names.insert("chat/1".into(), "A \"b\"".into());
        let expected = "title = \"Sales “north”\"\nlayout = \"list\"\nqueues = [\"chat/*\"]\n\n[names]\n\"chat/1\" = \"A \\\"b\\\"\"\n";

        assert_eq!(write_board(&board), expected);
    }
}
