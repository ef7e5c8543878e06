//! The board's header cells: what it shows, the site in one line, whether it is live, the news of a
//! lost source, and omitted rows.

use wallboard_domain::{Metric, SourceHealth};
use wallboard_live::{QueueSelection, Severity};
use wallboard_texts::Texts;

use super::{
    announcement_cells,
    board_definition::BoardLayout,
    board_queue::BoardQueue,
    board_view::RowList,
    empty_block::{self, EmptyBlock},
    format,
    head_cells::HeadCells,
    render_context::RenderContext,
    site_line,
    slot_value::SlotValue,
    source_news,
};

pub(super) fn header_cells(
    context: &mut RenderContext<'_>,
    selection: &QueueSelection<'_>,
    queues: &[BoardQueue<'_>],
    list: &RowList,
    omitted: String,
) -> HeadCells {
    let (count, calm) = match context.board.layout {
        BoardLayout::Agents => (String::new(), String::new()),
        BoardLayout::Queues | BoardLayout::List => (
            format_queue_count(context.texts, queues.len()),
            calm_message(context, queues),
        ),
    };
    let news = source_news::source_cells(context, queues, list);
    let is_night =
        context.board.layout == BoardLayout::Queues && list.rows.is_empty() && !queues.is_empty();
    let (phase, closed, block) = if is_night {
        (
            "night",
            format_closed(context.texts, queues),
            empty_block::night_block(context, queues),
        )
    } else if list.rows.is_empty() {
        ("empty", String::new(), empty_block::empty_block(context))
    } else {
        ("", String::new(), EmptyBlock::default())
    };
    HeadCells {
        count: SlotValue::Text(count),
        calm: SlotValue::Text(calm),
        day_note: SlotValue::text(&context.day_note),
        status: news.status,
        band: news.band,
        news: announcement_cells::announcement_cells(context),
        omitted: SlotValue::Text(omitted),
        closed: SlotValue::Text(closed),
        phase: SlotValue::Attributes(vec![("phase", phase.into())]),
        empty: SlotValue::Text(block.title),
        detail: SlotValue::Text(block.detail),
        contact: SlotValue::Text(block.contact),
        site: site_line::site_cells(context, selection, is_night),
    }
}

/// "Night line, opens 20:00 · Business desk, 3 waiting": queues that open later than the first, or where
/// somebody waits.
fn format_closed(texts: &Texts, closed: &[BoardQueue<'_>]) -> String {
    let first = empty_block::first_opening(closed).and_then(|closed| closed.opens_at);
    let queues = closed.iter().filter_map(|queue| {
        let mut parts = vec![format::isolate_name(&queue.name)];
        let waiting = (queue.figures.iter()).find(|figure| figure.metric() == Metric::Waiting);
        let waiting = waiting.filter(|figure| {
            let count = figure.evaluated.value();
            count.is_some_and(|count| 0.0 < count.as_number())
        });
        parts.extend(waiting.map(|figure| figure.format_reason(texts)));
        let closed = queue.closed.as_ref();
        let closed = closed.filter(|closed| closed.opens_at != first);
        parts.extend(closed.and_then(|closed| closed.opening(texts)));
        (1 < parts.len()).then(|| parts.join(", "))
    });
    queues.collect::<Vec<_>>().join(" · ")
}

fn format_queue_count(texts: &Texts, count: usize) -> String {
    match count {
        0 => String::new(),
        count => texts.queue_count(count),
    }
}

/// Returns the all-clear message only if every queue is known to be fine, and no queue has a
/// problem.
fn calm_message(context: &RenderContext<'_>, queues: &[BoardQueue<'_>]) -> String {
    let snapshot = context.snapshot;
    let is_source_live = |queue: &BoardQueue<'_>| {
        let source = snapshot.sources.get(&queue.queue.id.source);
        source.is_none_or(|source| source.health() == SourceHealth::Live)
    };
    let is_known = |queue: &BoardQueue<'_>, metric| {
        let figure = snapshot.queue_figure(queue.queue, metric, context.now);
        figure.is_some_and(|figure| figure.value.is_some())
    };
    let wait_metrics = [Metric::Waiting, Metric::LongestWait];
    let has_normal_waits = |queue: &BoardQueue<'_>| {
        queue.severity == Severity::Normal
            && wait_metrics.iter().any(|metric| is_known(queue, *metric))
    };
    let is_fine = |queue: &BoardQueue<'_>| {
        has_normal_waits(queue) || queue.queue.quiet_since.is_some() || queue.closed.is_some()
    };
    if queues.iter().any(has_normal_waits) && queues.iter().all(|q| is_fine(q) && is_source_live(q))
    {
        context.texts.nothing_needs_attention().to_owned()
    } else {
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, sync::Arc};

    use super::*;
    use crate::{
        BoardDefinition, BoardView, ReplayPeriod, board_render,
        board_row::RowCells,
        fixture::{self, QueueFixture, noon},
    };
    use wallboard_domain::{Baseline, MetricValue, OpenPeriod, OpeningHours, Pattern, Patterns};
    use wallboard_live::{ConnectionState, Snapshot};

    fn render_tiles(snapshot: &Snapshot) -> BoardView {
        let board = BoardDefinition::new("b", "B", BoardLayout::Queues);
        board_render::render_view(&board, snapshot, &Baseline::default(), noon())
    }

    fn text(cell: &SlotValue) -> String {
        match cell {
            SlotValue::Text(text) => text.clone(),
            other => panic!("{other:?} isn't text"),
        }
    }

    /// Closes the queues of a pattern at noon.
    fn close(snapshot: &mut Snapshot, pattern: &str) {
        let morning = OpenPeriod {
            from_minute: 8 * 60,
            to_minute: 12 * 60,
        };
        let hours = OpeningHours {
            zone: snapshot.site.zone.clone(),
            week: std::array::from_fn(|_| vec![morning]),
            dates: BTreeMap::new(),
            holidays: wallboard_domain::ClosedDays::default(),
        };
        let site = Arc::make_mut(&mut snapshot.site);
        site.hours = Patterns(vec![(Pattern(pattern.into()), hours)]);
    }

    #[test]
    fn closed_queues_fold_into_one_line_with_who_waits_once_all_are() {
        let mut snapshot = fixture::afternoon_snapshot();
        close(&mut snapshot, "chat/5");
        let head = render_tiles(&snapshot).head;
        assert_eq!(text(&head.count), "6 queues");
        assert_eq!([&head.closed, &head.empty].map(text), ["", ""]);

        close(&mut snapshot, "*");
        let view = render_tiles(&snapshot);
        assert!(view.lists[0].rows.is_empty());
        let head = &view.head;
        let block = [&head.detail, &head.empty].map(text);
        assert_eq!(block, ["Friday 20 November", "Opens Sat 08:00"]);
        let line = text(&head.closed);
        assert!(line.contains("Partners, 2 waiting"), "{line}");
        assert!(!line.contains("opens"), "{line}");
    }

    #[test]
    fn closed_queue_keeps_its_place_and_shows_whoever_waits() {
        let mut snapshot = fixture::afternoon_snapshot();
        let tiles = |snapshot: &Snapshot| -> Vec<_> {
            let rows = render_tiles(snapshot).lists.remove(0).rows.into_iter();
            let cells = rows.filter_map(|row| match row.cells {
                RowCells::Queue(cells) => Some((text(&cells.name), cells)),
                RowCells::Agent(_) => None,
            });
            cells.collect()
        };
        let names = |snapshot: &Snapshot| -> Vec<_> {
            tiles(snapshot).into_iter().map(|(name, _)| name).collect()
        };
        let partners = |snapshot: &Snapshot| {
            let mut tiles = tiles(snapshot).into_iter();
            let (_, cells) = tiles.find(|(name, _)| name == "Partners").unwrap();
            let attributes = format!("{:?}", cells.attributes);
            (attributes, text(&cells.note))
        };
        let before = names(&snapshot);

        close(&mut snapshot, "chat/5");
        assert_eq!(names(&snapshot), before);
        let (attributes, note) = partners(&snapshot);
        assert_eq!(note, "Closed · opens\u{a0}Sat\u{a0}08:00");
        assert!(attributes.contains("say"), "{attributes}");

        let queue = fixture::queue_mut(&mut snapshot, "5");
        let waiting = queue.readings.get_mut(Metric::Waiting).unwrap();
        waiting.value = Some(MetricValue::Count(0));
        let (attributes, _) = partners(&snapshot);
        assert!(attributes.contains("closed"), "{attributes}");
    }

    #[test]
    fn board_is_live_though_a_closed_queue_falls_silent() {
        let mut snapshot = fixture::afternoon_snapshot();
        for queue in snapshot.queues.values_mut() {
            queue.silent = false;
        }
        fixture::queue_mut(&mut snapshot, "5").silent = true;
        let status = |snapshot: &Snapshot| text(&render_tiles(snapshot).head.status.text);
        assert_ne!(status(&snapshot), "Live");

        close(&mut snapshot, "chat/5");
        assert_eq!(status(&snapshot), "Live");
    }

    #[test]
    fn replay_says_so_in_place_of_live() {
        let board = BoardDefinition::new("b", "B", BoardLayout::Queues);
        let mut snapshot = fixture::afternoon_snapshot();
        let [from, to] = ["09:42", "10:42"].map(|time| format!("2026-11-20T{time}:00Z"));
        let [from, to] = [from, to].map(|at| at.parse().unwrap());
        let status = |snapshot: &Snapshot| {
            let baseline = Baseline::default();
            let mut context = RenderContext::of_board(&board, snapshot, noon());
            context.replay = Some(ReplayPeriod { from, to });
            let view = board_render::render(context, &baseline);
            let note = view.frame.note.as_deref();
            assert_eq!(note, Some("Replay of 20 Nov 10:42–11:42"));
            text(&view.head.status.text)
        };
        assert_eq!(status(&snapshot), "Replay");

        fixture::disconnect_source(&mut snapshot, 400_000);
        assert_eq!(status(&snapshot), "Not live since 14:20");
    }

    #[test]
    fn board_whose_values_are_out_of_date_is_not_live_though_its_source_is_connected() {
        let mut snapshot = fixture::afternoon_snapshot();
        let status = |snapshot: &Snapshot| {
            let view = render_tiles(snapshot);
            let head = &view.head;
            [&head.status.text, &head.status.detail, &head.calm].map(text)
        };
        let ids: Vec<_> = snapshot.queues.keys().cloned().collect();
        for id in &ids {
            snapshot.queues.get_mut(id).unwrap().silent = false;
        }
        assert_eq!(status(&snapshot)[..2], ["Live", ""]);

        // Its loads and timers fall silent.
        snapshot.queues.get_mut(&ids[0]).unwrap().silent = true;
        let one_silent = status(&snapshot);
        for id in &ids {
            snapshot.queues.get_mut(id).unwrap().silent = true;
        }

        assert_eq!(one_silent, ["Partly live", ": 1 of 6 out of date", ""]);
        assert_eq!(
            status(&snapshot),
            ["Out of date", ": 6 of 6 out of date", ""]
        );
    }

    #[test]
    fn board_of_a_source_that_cannot_be_read_is_not_live_and_claims_no_calm() {
        let mut snapshot = fixture::empty_snapshot();
        let now = QueueFixture {
            waiting: 1,
            longest: Some(10),
            available: 2,
        };
        fixture::put_queue(&mut snapshot, "1", "Sales", &now);
        let head = |snapshot: &Snapshot| {
            let head = render_tiles(snapshot).head;
            let texts = [&head.status.text, &head.status.detail, &head.calm].map(text);
            (head.status.attributes, texts)
        };
        let shown = |severity: Severity, texts: [&str; 3]| {
            let severity = ("sev", severity.into_str().into());
            (
                SlotValue::Attributes(vec![severity]),
                texts.map(str::to_owned),
            )
        };
        let live = ["Live", "", "Nothing needs attention"];
        assert_eq!(head(&snapshot), shown(Severity::Normal, live));

        let chat = snapshot.sources.get_mut(&fixture::chat_source()).unwrap();
        chat.is_degraded = true;

        let partly = ["Partly live", ": Chat: many messages can’t be read", ""];
        assert_eq!(head(&snapshot), shown(Severity::Warning, partly));
    }

    #[test]
    fn lost_source_is_news_only_on_boards_that_show_it() {
        let mut snapshot = fixture::afternoon_snapshot();
        let mut voice = fixture::connected_source("voice");
        voice.last_message_at = Some(noon().wall);
        snapshot.sources.insert(voice.id.clone(), voice);
        let status = |snapshot: &Snapshot| {
            let view = render_tiles(snapshot);
            [&view.head.status.text, &view.head.band.text].map(text)
        };
        assert_eq!(status(&snapshot), ["Live", ""]);

        let voice = snapshot.sources.get_mut(&"voice".into()).unwrap();
        voice.connection = ConnectionState::Disconnected;
        assert_eq!(status(&snapshot), ["Live", ""]);

        fixture::disconnect_source(&mut snapshot, 400_000);
        let chat = snapshot.sources.get_mut(&fixture::chat_source()).unwrap();
        chat.last_message_at = Some(noon().plus_millis(-410_000).wall);
        let band = "Chat disconnected since 14:20";
        assert_eq!(status(&snapshot), ["Not live since 14:20", band]);

        let site = Arc::make_mut(&mut snapshot.site);
        site.paused_sources
            .insert(fixture::chat_source(), "Anna".to_owned());
        let band = "Chat paused by Anna";
        assert_eq!(status(&snapshot), ["Not live since 14:20", band]);
        snapshot.queues = fixture::empty_snapshot().queues;
        snapshot.sources.remove(&"voice".into());
        let empty = render_tiles(&snapshot).head.empty;
        assert_eq!(text(&empty), "Chat is paused by Anna");
    }

    #[test]
    fn node_that_does_not_hear_the_leader_blames_no_source() {
        let mut snapshot = fixture::afternoon_snapshot();
        fixture::disconnect_source(&mut snapshot, 400_000);
        let chat = snapshot.sources.get_mut(&fixture::chat_source()).unwrap();
        chat.last_message_at = Some(noon().plus_millis(-410_000).wall);
        let mut band = |lost_ago: i64| {
            snapshot.leader_lost_at = Some(noon().plus_millis(-lost_ago).wall);
            text(&render_tiles(&snapshot).head.band.text)
        };

        assert_eq!(
            band(400_000),
            "This server has received no updates since 14:20"
        );
        assert_eq!(
            band(399_999),
            "This server has received no updates since 14:20 · Chat disconnected since 14:20",
            "it was lost before"
        );

        let nothing = Snapshot {
            leader_lost_at: Some(noon().wall),
            ..Snapshot::default()
        };
        let empty = text(&render_tiles(&nothing).head.empty);
        assert!(empty.starts_with("This server receives no updates"));
    }
}
