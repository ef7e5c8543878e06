use std::sync::Arc;

use wallboard_domain::{
    Baseline, ConnectionEvent, CustomFigureKind, CustomMerge, CustomReport, CustomValue,
    Discontinuity, EntityKind, EntityProfile, Fact, Input, Language, LimitValue, LocalizedText,
    Metric, MetricSubject, MetricValue, Moment, SeverityLimits, SiteConfig, SourceKind,
    SourceSetup, Update, ValueAge, VendorFigure, VendorValue,
};
use wallboard_live::{LiveState, ReadScope};

use crate::{
    AttributeValue, BoardDefinition, BoardLayout, BoardView, GroupCells, Kind, QueueCells,
    RowCells, board_file::parse_board, board_render, fixture::noon, selection::find_read_scope,
};

use super::*;

const MINUTE: i64 = 60_000;
const LIST: &str =
    "layout = \"list\"\nshow = [\"waiting\", { custom = \"orders\" }, \"answered\"]\n";

/// Queues of a phone system, and a shop that reports orders of some.
struct Floor {
    state: LiveState,
    now: Moment,
}

impl Floor {
    fn new(merge: CustomMerge) -> Self {
        let orders = CustomFigure {
            id: CustomFigureId::parse("orders").unwrap(),
            label: LocalizedText::new(vec![
                (Language::English, "Orders today".to_owned()),
                (Language::Swedish, "Order i dag".to_owned()),
            ]),
            kind: CustomFigureKind::Number {
                decimals: 0,
                unit: LocalizedText::new(vec![
                    (Language::English, "pcs".to_owned()),
                    (Language::Swedish, "st".to_owned()),
                ]),
            },
            is_per_queue: true,
            sources: vec!["shop".into()],
            merge,
            valid_for_ms: Some(MINUTE),
            limits: SeverityLimits {
                critical_below: Some(LimitValue::Value(3.0)),
                ..SeverityLimits::default()
            },
        };
        let site = SiteConfig {
            sources: ["phone", "shop"]
                .map(|id| SourceSetup::new(id, SourceKind::OF_VALUES))
                .into(),
            custom_figures: vec![orders],
            ..SiteConfig::default()
        };
        let mut floor = Self {
            state: LiveState::default(),
            now: noon(),
        };
        floor.apply(&Input::SiteConfig(Arc::new(site)));
        for source in ["phone", "shop"] {
            let discontinuity = Some(Discontinuity::Start);
            for event in [
                ConnectionEvent::CatchingUp { discontinuity },
                ConnectionEvent::Connected,
            ] {
                floor.apply(&Input::Connection(source.into(), event));
            }
        }
        for queue in ["sales", "support"] {
            let waiting = VendorFigure {
                value: VendorValue::Metric(Metric::Waiting, Some(MetricValue::Count(1))),
                age: ValueAge::Immediate,
                valid_for_ms: Some(60 * MINUTE),
            };
            let subject = MetricSubject::Queue(id(queue));
            floor.update("phone", Fact::VendorFigure(subject, waiting));
            let profile = EntityProfile {
                name: Some(queue.into()),
                ..EntityProfile::new(EntityKind::Queue, id(queue))
            };
            floor.update("phone", Fact::Profile(profile));
        }
        floor
    }

    fn apply(&mut self, input: &Input) {
        self.state.apply_input(input, self.now);
    }

    fn update(&mut self, source: &str, fact: Fact) {
        self.apply(&Input::Update(Update {
            source: source.into(),
            event: "values",
            at: Some(self.now.wall),
            fact,
            mistyped: 0,
        }));
    }

    fn order(&mut self, queue: &str, orders: f64) {
        let report = CustomReport {
            figure: CustomFigureId::parse("orders").unwrap(),
            queue: Some(id(queue)),
            value: Some(CustomValue::Number(orders)),
            valid_for_ms: MINUTE,
        };
        self.update("shop", Fact::CustomFigure(report));
    }

    fn wait(&mut self, millis: i64) {
        self.now = self.now.plus_millis(millis);
        self.apply(&Input::Tick);
    }

    fn view(&self, text: &str) -> BoardView {
        let board = parse_board(text, "b.toml").unwrap();
        let snapshot = self.state.snapshot();
        board_render::render_view(&board, snapshot, &Baseline::default(), self.now)
    }

    /// The custom figure of each row of a list, that of all queues first: its value, severity, and the note that follows it.
    fn column(&self) -> Vec<[String; 4]> {
        let view = self.view(LIST);
        let rows = view.lists[0].rows.iter();
        rows.map(|row| shown(&queue_cells(&row.cells).figures[1]))
            .collect()
    }
}

fn id(queue: &str) -> QueueId {
    QueueId::new(&"phone".into(), queue)
}

fn queue_cells(cells: &RowCells) -> &QueueCells {
    match cells {
        RowCells::Queue(cells) => cells,
        RowCells::Agent(cells) => panic!("{cells:?}"),
    }
}

fn attribute(cells: &FigureCells, name: &str) -> String {
    match cells.attributes.attribute(name).unwrap() {
        AttributeValue::Text(text) => text.to_string(),
        AttributeValue::Number(number) => number.to_string(),
    }
}

fn shown(cells: &FigureCells) -> [String; 4] {
    [
        cells.value.as_text().to_owned(),
        attribute(cells, "sev"),
        attribute(cells, "custom"),
        cells.note.as_text().to_owned(),
    ]
}

#[test]
fn a_list_has_a_column_with_label_unit_and_severity_at_its_place() {
    let mut floor = Floor::new(CustomMerge::Sum);
    floor.order("sales", 1_204.0);
    floor.order("support", 2.0);
    let view = floor.view(&format!("language = \"sv\"\n{LIST}"));
    let Kind::Table(head) = &view.lists[0].kind else {
        panic!("a list is a table");
    };
    let heads = head.columns.iter();
    let heads: Vec<_> = heads.map(|head| (&*head.label, &*head.note)).collect();
    assert_eq!(heads[1], ("Order i dag", "st"));
    assert_eq!(heads.len(), 3);
    assert_eq!(
        floor.column(),
        [
            ["1,206", "none", "", ""],
            ["1,204", "ok", "", ""],
            ["2", "crit", "heard", "critical"],
        ]
    );
}

#[test]
fn a_value_is_gray_with_its_age_then_unknown_and_its_board_is_not_all_live() {
    let mut floor = Floor::new(CustomMerge::Sum);
    floor.order("sales", 7.0);
    floor.wait(30_000);
    floor.order("support", 8.0);
    floor.wait(30_000);
    let [all, sales, support] = floor.column().try_into().unwrap();
    assert_eq!(sales, ["7", "stale", "old", "From 13:27"]);
    assert_eq!(support, ["8", "ok", "", ""]);
    assert_eq!(all, ["15", "stale", "old", "From 13:27"]);
    let status = |floor: &Floor| {
        let head = floor.view(LIST).head;
        head.status.detail.as_text().to_owned()
    };
    assert_eq!(status(&floor), ": 1 of 2 out of date");
    floor.wait(10 * MINUTE);
    let [_, sales, _] = floor.column().try_into().unwrap();
    assert_eq!(sales, ["–", "stale", "heard", "7 pcs at 13:27"]);
}

#[test]
fn a_sum_names_the_queues_that_it_excludes_and_other_values_have_none() {
    let mut floor = Floor::new(CustomMerge::Sum);
    let unknown = ["–", "none", "", ""];
    assert_eq!(floor.column(), [unknown, unknown, unknown]);
    floor.order("sales", 7.0);
    let footnote = |floor: &Floor| {
        let view = floor.view(LIST);
        let GroupCells::Footnote(SlotValue::Text(text)) = &view.lists[0].groups[0].cells else {
            panic!("a list has a footnote");
        };
        text.clone()
    };
    let is_marked = |floor: &Floor| {
        let view = floor.view(LIST);
        let cells = &queue_cells(&view.lists[0].rows[0].cells).figures[1];
        attribute(cells, "partial") == "yes"
    };
    assert_eq!(floor.column()[0], ["7", "none", "", ""]);
    assert_eq!(footnote(&floor), "* excludes support: Orders today");
    assert!(is_marked(&floor));
    floor.order("support", 8.0);
    assert_eq!(footnote(&floor), "");
    assert!(!is_marked(&floor));

    let mut floor = Floor::new(CustomMerge::Last);
    floor.order("sales", 7.0);
    assert_eq!(floor.column()[0], unknown);
    assert_eq!(footnote(&floor), "");
}

#[test]
fn a_tile_has_it_with_its_unit_after_the_large_metric() {
    let mut floor = Floor::new(CustomMerge::Sum);
    floor.order("sales", 7.0);
    let text = "show = [{ custom = \"orders\" }, \"waiting\", \"answered\"]\n";
    let view = floor.view(text);
    let row = &view.lists[0].rows[0];
    let labels = row.shape.figures.iter().map(|shape| &*shape.label);
    let labels: Vec<_> = labels.collect();
    assert_eq!(labels, ["waiting", "Orders today", "Answered"]);
    assert_eq!(row.shape.figures[1].short_label, "Orders today");
    let figures = &queue_cells(&row.cells).figures;
    assert_eq!(shown(&figures[1]), ["7", "ok", "", "pcs"]);
    floor.wait(MINUTE);
    let view = floor.view(text);
    let figures = &queue_cells(&view.lists[0].rows[0].cells).figures;
    assert_eq!(shown(&figures[1]), ["7", "stale", "old", "From 13:27"]);
}

#[test]
fn what_queues_do_not_have_is_unknown_and_its_board_reads_only_its_queues() {
    let floor = Floor::new(CustomMerge::Sum);
    let view = floor.view(&LIST.replace("orders", "visitors"));
    let cells = queue_cells(&view.lists[0].rows[1].cells);
    assert_eq!(shown(&cells.figures[1]), ["–", "none", "", ""]);
    let text = format!("queues = [\"phone/sales\"]\n{LIST}");
    let board = parse_board(&text, "b.toml").unwrap();
    let scope = find_read_scope(&board, floor.state.snapshot(), floor.now);
    assert_eq!(scope, ReadScope::Queues([id("sales")].into()));
    let plain = BoardDefinition::new("b", "B", BoardLayout::List);
    assert_eq!(plain.custom_figures().count(), 0);
    assert_eq!(board.custom_figures().count(), 1);
}
