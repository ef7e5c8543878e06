use std::sync::Arc;

use jiff::tz::TimeZone;

use wallboard_domain::{
    Baseline, ConnectionEvent, CustomMerge, CustomReport, Discontinuity, Fact, FigureState, Id,
    Input, Language, LimitValue, LocalizedText, Moment, PersonName, SeverityLimits, SiteConfig,
    SourceKind, SourceSetup, ThresholdLevel, Update, moment,
};
use wallboard_live::{LiveState, ReadScope};

use crate::{
    AttributeValue, BoardDefinition, BoardLayout, QueueCells, RowCells, TileOwner, TileOwners,
    board_render, fixture::noon, parse_widget, selection::find_read_scope,
};

use super::*;

const VALID_FOR: i64 = 3_600_000;

fn figure(id: &str, kind: CustomFigureKind) -> CustomFigure {
    CustomFigure {
        id: CustomFigureId::parse(id).unwrap(),
        label: LocalizedText::new(vec![
            (Language::English, "Orders today".to_owned()),
            (Language::Swedish, "Order i dag".to_owned()),
        ]),
        kind,
        is_per_queue: false,
        sources: vec!["shop".into()],
        merge: CustomMerge::Last,
        valid_for_ms: Some(VALID_FOR),
        limits: SeverityLimits {
            critical: Some(5_000.0),
            critical_below: Some(LimitValue::Value(0.0)),
            ..SeverityLimits::default()
        },
    }
}

fn pieces(decimals: u8) -> CustomFigureKind {
    CustomFigureKind::Number {
        decimals,
        unit: LocalizedText::new(vec![
            (Language::English, "pcs".to_owned()),
            (Language::Swedish, "st".to_owned()),
        ]),
    }
}

fn website() -> CustomFigureKind {
    let state = |word: &str, label: &str, level| FigureState {
        word: word.into(),
        label: LocalizedText::of_all(label),
        level,
    };
    CustomFigureKind::State(vec![
        state("up", "Up", None),
        state("down", "Unavailable", Some(ThresholdLevel::Critical)),
    ])
}

/// A shop that reports a figure, of a queue or of the site.
struct Shop {
    figure: CustomFigure,
    state: LiveState,
    now: Moment,
}

impl Shop {
    fn new(figure: CustomFigure) -> Self {
        let site = SiteConfig {
            zone: TimeZone::get("Europe/Stockholm").unwrap(),
            sources: vec![SourceSetup::new("shop", SourceKind::OF_VALUES)],
            custom_figures: vec![figure.clone()],
            ..SiteConfig::default()
        };
        let mut shop = Self {
            figure,
            state: LiveState::default(),
            now: noon(),
        };
        shop.apply(&Input::SiteConfig(Arc::new(site)));
        let discontinuity = Some(Discontinuity::Start);
        for event in [
            ConnectionEvent::CatchingUp { discontinuity },
            ConnectionEvent::Connected,
        ] {
            shop.apply(&Input::Connection("shop".into(), event));
        }
        shop
    }

    fn apply(&mut self, input: &Input) {
        self.state.apply_input(input, self.now);
    }

    fn send(&mut self, queue: Option<QueueId>, value: CustomValue, age: i64) {
        let report = CustomReport {
            figure: self.figure.id.clone(),
            queue,
            value: Some(value),
            valid_for_ms: VALID_FOR - age,
        };
        self.apply(&Input::Update(Update {
            source: "shop".into(),
            event: "values",
            at: Some(moment::plus_millis(self.now.wall, -age)),
            fact: Fact::CustomFigure(report),
            mistyped: 0,
        }));
    }

    fn wait(&mut self, millis: i64) {
        self.now = self.now.plus_millis(millis);
        self.apply(&Input::Tick);
    }

    fn tile(&self, widget: &str, language: Language) -> Tile {
        let mut board = BoardDefinition::new("b", "B", BoardLayout::Queues);
        board.widgets = vec![parse_widget(widget).unwrap()];
        board.language = Some(language);
        let snapshot = self.state.snapshot();
        let view = board_render::render_view(&board, snapshot, &Baseline::default(), self.now);
        let row = view.lists[0].rows.iter().find(|row| row.shape.is_widget);
        let row = row.unwrap();
        let RowCells::Queue(cells) = &row.cells else {
            panic!("{row:?}");
        };
        Tile {
            cells: cells.clone(),
            unit: row.shape.figures[0].label.clone(),
            severity: row.severity().into_str(),
        }
    }

    fn shown(&self) -> [String; 4] {
        self.tile(r#"{ custom = "orders" }"#, Language::English)
            .texts()
    }
}

struct Tile {
    cells: QueueCells,
    unit: String,
    severity: &'static str,
}

impl Tile {
    /// The heading, the number with its suffix, the unit, and what is said of its age.
    fn texts(&self) -> [String; 4] {
        let hero = &self.cells.figures[0];
        let value = format!("{}{}", hero.value.as_text(), hero.note.as_text());
        let age = self.cells.tile.as_ref().unwrap().age.as_text();
        let age = format!("{age}{}", self.cells.note.as_text());
        [
            self.cells.name.as_text().to_owned(),
            value,
            self.unit.clone(),
            age,
        ]
    }

    fn width(&self) -> &AttributeValue {
        self.cells.attributes.attribute("width").unwrap()
    }
}

fn number(number: f64) -> CustomValue {
    CustomValue::Number(number)
}

#[test]
fn a_number_has_its_label_and_unit_in_the_boards_language_and_its_severity() {
    let mut shop = Shop::new(figure("orders", pieces(0)));
    assert_eq!(shop.shown(), ["Orders today", "–", "pcs", ""]);
    shop.send(None, number(412.0), 0);
    assert_eq!(shop.shown(), ["Orders today", "412", "pcs", ""]);
    shop.send(None, number(4_812.0), 0);
    let tile = shop.tile(r#"{ custom = "orders" }"#, Language::Swedish);
    assert_eq!(tile.texts(), ["Order i dag", "4,8k", "st", ""]);
    assert_eq!(
        tile.cells.tile.as_ref().unwrap().exact.as_text(),
        "4\u{202f}812"
    );
    assert_eq!(tile.severity, "ok");
    shop.send(None, number(-1_204.0), 0);
    let tile = shop.tile(
        r#"{ custom = "orders", name = "Web shop" }"#,
        Language::English,
    );
    assert_eq!(
        tile.texts(),
        ["Web shop", "−1.2k", "Orders today · pcs", ""]
    );
    assert_eq!(tile.severity, "crit");
    assert_eq!(
        tile.cells.tile.as_ref().unwrap().mark.as_text(),
        "◆ Critical"
    );
}

#[test]
fn each_kind_is_written_as_its_readers_do() {
    for (kind, value, expected, width) in [
        (pieces(2), number(12.5), "12.50", "comma"),
        (pieces(0), number(12_345.0), "12k", "three"),
        (
            CustomFigureKind::Percent { decimals: 1 },
            number(84.25),
            "84.2%",
            "comma",
        ),
        (
            CustomFigureKind::Percent { decimals: 0 },
            number(84.0),
            "84%",
            "clock",
        ),
        (
            CustomFigureKind::Duration,
            number(3_840.0),
            "1 h 04",
            "dash",
        ),
        (website(), CustomValue::State("up".into()), "Up", ""),
        (
            website(),
            CustomValue::State("down".into()),
            "Unavailable",
            "line",
        ),
    ] {
        let mut shop = Shop::new(figure("orders", kind));
        shop.send(None, value, 0);
        let tile = shop.tile(r#"{ custom = "orders" }"#, Language::English);
        assert_eq!(tile.texts()[1], expected);
        assert_eq!(*tile.width(), AttributeValue::from(width), "{expected}");
        let severity = match expected {
            "Unavailable" | "12k" => "crit",
            _ => "ok",
        };
        assert_eq!(tile.severity, severity, "{expected}");
        if expected == "Unavailable" {
            assert_eq!(tile.texts()[2], "critical");
        }
    }
}

#[test]
fn a_value_says_when_it_is_from_and_is_gray_after_its_time() {
    let mut shop = Shop::new(figure("orders", pieces(0)));
    shop.send(None, number(412.0), 0);
    shop.wait(5 * MINUTE - 1);
    assert_eq!(shop.shown()[3], "");
    shop.wait(1);
    assert_eq!(shop.shown()[3], "From 14:27");
    shop.wait(55 * MINUTE);
    assert_eq!(
        shop.shown(),
        ["Orders today", "412", "pcs", "60 min old, from\u{a0}14:27"]
    );
    let tile = shop.tile(r#"{ custom = "orders" }"#, Language::English);
    assert_eq!(tile.severity, "stale");
    shop.wait(5 * MINUTE);
    assert_eq!(
        shop.shown(),
        ["Orders today", "–", "pcs", "412 pcs at 14:27"]
    );
}

#[test]
fn what_is_not_declared_or_of_a_queue_without_a_value_is_unknown() {
    let mut per_queue = figure("orders", pieces(0));
    per_queue.is_per_queue = true;
    let mut shop = Shop::new(per_queue);
    let sales = Id::new(&"chat".into(), "sales");
    shop.send(Some(sales), number(7.0), 0);
    let texts = |widget: &str| shop.tile(widget, Language::English).texts();
    assert_eq!(
        texts(r#"{ custom = "orders", of = "chat/sales" }"#),
        ["chat/sales", "7", "Orders today · pcs", ""]
    );
    let unknown = ["chat/2", "–", "Orders today · pcs", ""];
    assert_eq!(texts(r#"{ custom = "orders", of = "chat/2" }"#), unknown);
    assert_eq!(
        texts(r#"{ custom = "orders" }"#),
        ["Orders today", "–", "", "No data"]
    );
    assert_eq!(
        texts(r#"{ custom = "visitors" }"#),
        ["visitors", "–", "", "No data"]
    );
}

#[test]
fn a_board_reads_what_its_figures_are_of() {
    let shop = Shop::new(figure("orders", pieces(0)));
    let scope = |widget: &str| {
        let mut board = BoardDefinition::new("b", "B", BoardLayout::Queues);
        board.queues = vec![wallboard_domain::Pattern("chat/1".into())];
        board.widgets = vec![parse_widget(widget).unwrap()];
        find_read_scope(&board, shop.state.snapshot(), shop.now)
    };
    assert_eq!(scope(r#"{ custom = "orders" }"#), ReadScope::Everything);
    let sales = Id::new(&"chat".into(), "sales");
    let of_sales = scope(r#"{ custom = "orders", of = "chat/sales" }"#);
    assert_eq!(of_sales, ReadScope::Queues([sales].into()));
}

#[test]
fn a_figure_that_needs_somebody_has_its_owner() {
    let mut shop = Shop::new(figure("orders", pieces(0)));
    let board = BoardDefinition::new("b", "B", BoardLayout::Queues);
    let id = CustomFigureId::parse("orders").unwrap();
    let tile = |shop: &Shop, of: Option<QueueId>| {
        let mut context = RenderContext::of_board(&board, shop.state.snapshot(), shop.now);
        let owner = TileOwner {
            name: Some(PersonName::from_name("Anna")),
            since: moment::plus_millis(shop.now.wall, -3 * MINUTE),
        };
        context.owners = Arc::new(TileOwners {
            figures: [((id.clone(), of), owner)].into(),
            ..TileOwners::default()
        });
        let tile = context.custom_tile(None, &id, None);
        (tile.note, tile.is_owned)
    };
    shop.send(None, number(6_000.0), 0);
    assert_eq!(tile(&shop, None), ("Anna · 3 min".to_owned(), true));
    let queue = QueueId::new(&"chat".into(), "1");
    assert_eq!(tile(&shop, Some(queue)), (String::new(), false));
    shop.send(None, number(400.0), 0);
    assert_eq!(tile(&shop, None), (String::new(), false));
}
