//! Tests of custom figures: their own thresholds decide, and nothing that is out of date.

use wallboard_domain::{
    ConnectionEvent, CustomFigure, CustomFigureId, CustomReport, CustomValue, Fact, Input,
    LimitValue, Patterns, SeverityLimits, SiteConfig, SourceKind, SourceSetup, Update,
};
use wallboard_live::testing::{LiveScenario, SHOP_VALID_FOR, orders_figure};

use super::{findings::ten_minutes, silences::silence, *};

fn shop_figure(is_per_queue: bool) -> CustomFigure {
    CustomFigure {
        is_per_queue,
        limits: SeverityLimits {
            warning: Some(50.0),
            critical: Some(100.0),
            critical_below: Some(LimitValue::Value(10.0)),
            ..SeverityLimits::default()
        },
        ..orders_figure()
    }
}

struct ShopFloor {
    scenario: LiveScenario,
    rules: Vec<AlertRule>,
    desk: Desk,
}

impl ShopFloor {
    fn new(level: AlertLevel, is_per_queue: bool) -> Self {
        let site = SiteConfig {
            sources: vec![SourceSetup::new("shop", SourceKind::OF_VALUES)],
            custom_figures: vec![shop_figure(is_per_queue)],
            ..SiteConfig::default()
        };
        let mut scenario = LiveScenario::unconnected_with(site);
        let discontinuity = Some(wallboard_domain::Discontinuity::Start);
        for event in [
            ConnectionEvent::CatchingUp { discontinuity },
            ConnectionEvent::Connected,
        ] {
            scenario.apply_input(&Input::Connection("shop".into(), event));
        }
        let mut figures = rule("figures");
        figures.scope = AlertScope::Figures {
            patterns: vec![Pattern("ord*".into())],
            level,
        };
        Self {
            scenario,
            rules: vec![figures.clone()],
            desk: Desk::new(vec![figures]),
        }
    }

    fn send(&mut self, queue: Option<&str>, value: Option<f64>) {
        let report = CustomReport {
            figure: CustomFigureId::parse("orders").unwrap(),
            queue: queue.map(|id| QueueId::new(&"chat".into(), id)),
            value: value.map(CustomValue::Number),
            valid_for_ms: SHOP_VALID_FOR,
        };
        self.scenario.apply_input(&Input::Update(Update {
            source: "shop".into(),
            event: "values",
            at: Some(self.scenario.now.wall),
            fact: Fact::CustomFigure(report),
            mistyped: 0,
        }));
    }

    fn find(&self) -> Vec<AlertFinding> {
        let (snapshot, now) = (self.scenario.state.snapshot(), self.scenario.now);
        let (others, dwell) = (OtherReadings::default(), Dwell::default());
        find_alerts(snapshot, now, &self.rules, &others, &self.desk.book, &dwell)
    }

    /// The state of the only subject: its level and value if it needs somebody.
    fn read(&self) -> Option<Result<(AlertLevel, CustomValue, bool), Reading>> {
        let found = self.find();
        assert!(found.len() <= 1, "{found:?}");
        Some(match found.into_iter().next()?.reading {
            Reading::Burning {
                level,
                custom: Some(custom),
                ..
            } => {
                assert_eq!(level, custom.level);
                Ok((level, custom.value, custom.is_low))
            }
            other => Err(other),
        })
    }
}

#[test]
fn a_figure_needs_somebody_by_its_own_thresholds_and_what_is_out_of_date_is_unknown() {
    let mut shop = ShopFloor::new(AlertLevel::Critical, false);
    assert_eq!(shop.read(), None);
    shop.send(None, Some(60.0));
    assert_eq!(shop.read(), Some(Err(Reading::Calm)), "a warning alone");
    let critical = |number, is_low| {
        let value = CustomValue::Number(number);
        Some(Ok((AlertLevel::Critical, value, is_low)))
    };
    shop.send(None, Some(120.0));
    assert_eq!(shop.read(), critical(120.0, false));
    shop.send(None, Some(9.0));
    assert_eq!(shop.read(), critical(9.0, true));
    let found = shop.find();
    shop.desk.show_all(61, &found);
    assert_eq!(shop.desk.book.open().len(), 1);

    shop.scenario.advance_time(SHOP_VALID_FOR);
    for late in [0, 600_000] {
        shop.scenario.advance_time(late);
        assert_eq!(shop.read(), Some(Err(Reading::Unknown)), "{late} ms late");
    }
    shop.send(None, None);
    assert_eq!(
        shop.read(),
        Some(Err(Reading::Unknown)),
        "the source doesn't know"
    );
    shop.send(None, Some(30.0));
    assert_eq!(shop.read(), Some(Err(Reading::Calm)));

    let mut shop = ShopFloor::new(AlertLevel::Warning, false);
    shop.send(None, Some(60.0));
    let warning = (AlertLevel::Warning, CustomValue::Number(60.0), false);
    assert_eq!(shop.read(), Some(Ok(warning)));
}

#[test]
fn a_queues_figure_is_silenced_with_its_queue_and_its_source() {
    let mut shop = ShopFloor::new(AlertLevel::Critical, true);
    shop.send(Some("1"), Some(120.0));
    let subjects: Vec<_> = shop.find().into_iter().map(|one| one.subject).collect();
    let queue = |id: &str| QueueId::new(&"chat".into(), id);
    let id = CustomFigureId::parse("orders").unwrap();
    let expected = AlertSubject::Figure(id, Some(queue("1")));
    assert_eq!(expected.to_string(), "orders/chat/1");
    assert_eq!(subjects, std::slice::from_ref(&expected));

    let now = shop.scenario.now.wall;
    for (scope, is_silenced) in [
        (SilenceScope::Subject(AlertSubject::Queue(queue("1"))), true),
        (
            SilenceScope::Subject(AlertSubject::Queue(queue("2"))),
            false,
        ),
        (
            SilenceScope::Subject(AlertSubject::Source("shop".into())),
            true,
        ),
        (
            SilenceScope::Subject(AlertSubject::Source("chat".into())),
            false,
        ),
        (SilenceScope::Queues(vec![Pattern("chat/1".into())]), true),
        (SilenceScope::Queues(vec![Pattern("chat/2".into())]), false),
    ] {
        shop.desk.book = AlertBook::default();
        let silence = silence(scope.clone(), now, now + SignedDuration::from_hours(1));
        shop.desk.book.add_silence(silence, now).unwrap();
        assert_eq!(shop.find()[0].is_silenced, is_silenced, "{scope:?}");
    }
}

#[test]
fn an_alert_keeps_the_worst_value_of_a_figure() {
    let mut shop = ShopFloor::new(AlertLevel::Warning, false);
    let mut worst = |number: f64| {
        shop.send(None, Some(number));
        let found = shop.find();
        shop.desk.show_all(61, &found);
        let alert = &shop.desk.book.open()[0];
        let custom = alert.custom.clone().unwrap();
        (custom.value, alert.level)
    };
    let number = CustomValue::Number;
    assert_eq!(worst(70.0), (number(70.0), AlertLevel::Warning));
    assert_eq!(worst(60.0), (number(70.0), AlertLevel::Warning));
    assert_eq!(worst(130.0), (number(130.0), AlertLevel::Critical));
    assert_eq!(worst(110.0), (number(130.0), AlertLevel::Critical));
}

#[test]
fn a_rehearsal_fires_when_the_stored_values_were_beyond_and_not_across_a_gap() {
    let shop = ShopFloor::new(AlertLevel::Critical, false);
    let rule = AlertRule {
        dwell: SignedDuration::from_mins(10),
        ..shop.rules[0].clone()
    };
    let at = |minutes: i64| shop.scenario.now.wall + SignedDuration::from_mins(minutes);
    let span = |from, to, number| (at(from), at(to), CustomValue::Number(number));
    let history = |values| FigureHistory {
        subject: AlertSubject::Figure(CustomFigureId::parse("orders").unwrap(), None),
        values,
    };
    let rehearse = |values| {
        let figures = [history(values)];
        let snapshot = shop.scenario.state.snapshot();
        let history = RuleHistory::of_figures(snapshot, at(600), &rule, at(-60), &figures)?;
        let fired = history.rehearse(&rule).fired.into_iter();
        Some(fired.map(|one| one.at).collect::<Vec<_>>())
    };
    assert_eq!(rehearse(Vec::new()), None);
    // Critical from 100 to 115 by two values, and for too short a time at 200.
    let values = vec![
        span(0, 100, 30.0),
        span(100, 105, 120.0),
        span(105, 115, 5.0),
        span(115, 200, 30.0),
        span(200, 205, 150.0),
        span(205, 600, 30.0),
    ];
    assert_eq!(rehearse(values), Some(vec![at(110)]));
    // A figure that was critical before a gap is still so after it: one alert, as long as nobody knows.
    let values = vec![span(0, 20, 120.0), span(60, 80, 120.0), span(80, 600, 30.0)];
    assert_eq!(rehearse(values), Some(vec![at(10)]));
}

#[test]
fn a_figure_of_a_closed_queue_alerts_nobody() {
    let mut shop = ShopFloor::new(AlertLevel::Critical, true);
    let mut site = (*shop.scenario.state.snapshot().site).clone();
    site.hours = Patterns(vec![(Pattern("chat/1".into()), ten_minutes())]);
    shop.scenario.apply_input(&Input::SiteConfig(site.into()));
    shop.send(Some("1"), Some(120.0));
    assert!(matches!(shop.read(), Some(Ok(_))));
    shop.scenario.advance_time(10 * MINUTE);
    shop.send(Some("1"), Some(120.0));
    assert_eq!(shop.read(), Some(Err(Reading::Calm)));
    shop.send(Some("2"), Some(120.0));
    let found = shop.find();
    assert_eq!(found.len(), 2);
    assert!(matches!(found[1].reading, Reading::Burning { .. }));
}
