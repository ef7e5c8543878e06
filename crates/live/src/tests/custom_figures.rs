//! Tests of custom figures: freshness, order, merging and severity.

use std::sync::Arc;

use wallboard_domain::{
    ConnectionEvent, CustomFigure, CustomMerge, CustomReport, CustomValue, DataScope, Fact, Id,
    Input, LimitValue, Pattern, QueueGroup, QueueId, SeverityLimits, SiteConfig, SourceId,
    SourceKind, SourceSetup, Update, moment,
};

use crate::{
    EvaluatedCustomFigure, Evaluator, Severity, ShownFreshness,
    testing::{LiveScenario, SHOP_VALID_FOR, orders_figure},
};

fn orders(merge: CustomMerge, is_per_queue: bool) -> CustomFigure {
    CustomFigure {
        is_per_queue,
        sources: vec!["shop".into(), "web".into()],
        merge,
        limits: SeverityLimits {
            warning: Some(500.0),
            critical_below: Some(LimitValue::Value(10.0)),
            ..SeverityLimits::default()
        },
        ..orders_figure()
    }
}

fn queue(external: &str) -> QueueId {
    Id::new(&"chat".into(), external)
}

fn site(figure: CustomFigure) -> SiteConfig {
    let setup = |id: &str| SourceSetup::new(id, SourceKind::OF_VALUES);
    SiteConfig {
        sources: vec![setup("shop"), setup("web")],
        custom_figures: vec![figure],
        groups: vec![QueueGroup {
            id: Id::new(&"group".into(), "sales"),
            name: "Sales".to_owned(),
            queues: vec![queue("1"), queue("2")],
        }],
        ..SiteConfig::default()
    }
}

struct Shop {
    figure: CustomFigure,
    scenario: LiveScenario,
}

impl Shop {
    fn new(merge: CustomMerge, is_per_queue: bool) -> Self {
        let figure = orders(merge, is_per_queue);
        let scenario = LiveScenario::unconnected_with(site(figure.clone()));
        let mut shop = Self { figure, scenario };
        for source in ["shop", "web"] {
            shop.connect(source);
        }
        shop
    }

    fn event(&mut self, source: &str, event: ConnectionEvent) {
        let input = Input::Connection(SourceId::from(source), event);
        self.scenario.apply_input(&input);
    }

    fn connect(&mut self, source: &str) {
        let discontinuity = Some(wallboard_domain::Discontinuity::Start);
        self.event(source, ConnectionEvent::CatchingUp { discontinuity });
        self.event(source, ConnectionEvent::Connected);
    }

    /// Sends a value of some milliseconds ago.
    fn send(&mut self, source: &str, queue: Option<QueueId>, value: Option<f64>, age: i64) {
        let report = CustomReport {
            figure: self.figure.id.clone(),
            queue,
            value: value.map(CustomValue::Number),
            valid_for_ms: SHOP_VALID_FOR - age,
        };
        let at = moment::plus_millis(self.scenario.now.wall, -age);
        self.scenario.apply_input(&Input::Update(Update {
            source: source.into(),
            event: "values",
            at: Some(at),
            fact: Fact::CustomFigure(report),
            mistyped: 0,
        }));
    }

    fn evaluate(&self, queue: Option<&QueueId>) -> EvaluatedCustomFigure {
        let snapshot = self.scenario.state.snapshot();
        Evaluator::new(snapshot, self.scenario.now).evaluate_custom(&self.figure, queue)
    }

    /// The number that is shown, its freshness and its severity.
    fn shown(&self, queue: Option<&QueueId>) -> (Option<f64>, ShownFreshness, Severity) {
        let evaluated = self.evaluate(queue);
        let number = evaluated.shown_value().map(|value| match value {
            CustomValue::Number(number) => *number,
            CustomValue::State(_) => f64::NAN,
        });
        (number, evaluated.freshness, evaluated.severity)
    }
}

#[test]
fn a_figure_has_its_own_severity_and_is_out_of_date_after_its_time() {
    use ShownFreshness::{Expired, OutOfDate, Unknown, UpToDate};
    let mut shop = Shop::new(CustomMerge::Last, false);
    assert_eq!(shop.shown(None), (None, Unknown, Severity::None));

    for (value, severity) in [
        (412.0, Severity::Normal),
        (500.0, Severity::Warning),
        (9.0, Severity::Critical),
    ] {
        shop.send("shop", None, Some(value), 0);
        assert_eq!(shop.shown(None), (Some(value), UpToDate, severity));
    }
    shop.scenario.advance_time(SHOP_VALID_FOR - 1);
    assert_eq!(shop.shown(None).1, UpToDate);
    shop.scenario.advance_time(1);
    assert_eq!(
        shop.shown(None),
        (Some(9.0), OutOfDate, Severity::OutOfDate)
    );
    shop.scenario.advance_time(5 * 60_000);
    assert_eq!(shop.shown(None), (None, Expired, Severity::OutOfDate));
    // A day later it is gone from memory.
    shop.scenario.advance_time(24 * 3_600_000);
    shop.scenario.apply_input(&Input::Tick);
    assert_eq!(shop.shown(None).1, Unknown);
}

#[test]
fn a_severity_lasts_until_a_value_is_back_at_clear_through_what_nobody_knows() {
    let mut shop = Shop::new(CustomMerge::Sum, true);
    shop.figure.limits = SeverityLimits {
        warning: Some(50.0),
        critical: Some(100.0),
        clear: Some(30.0),
        ..SeverityLimits::default()
    };
    let changed = Input::SiteConfig(Arc::new(site(shop.figure.clone())));
    shop.scenario.apply_input(&changed);
    let group: QueueId = Id::new(&"group".into(), "sales");
    let [one, two] = ["1", "2"].map(queue);
    let severities = |shop: &Shop| [&one, &group].map(|of| shop.shown(Some(of)).2);
    shop.send("shop", Some(two.clone()), Some(5.0), 0);

    for (value, expected) in [
        (49.0, [Severity::Normal, Severity::Warning]),
        (99.0, [Severity::Warning, Severity::Critical]),
        (40.0, [Severity::Warning, Severity::Critical]),
        (28.0, [Severity::Normal, Severity::Critical]),
        (25.0, [Severity::Normal, Severity::Normal]),
        (40.0, [Severity::Normal, Severity::Normal]),
        (60.0, [Severity::Warning, Severity::Warning]),
    ] {
        shop.send("shop", Some(one.clone()), Some(value), 0);
        assert_eq!(severities(&shop), expected, "{value}");
    }
    let held = |shop: &Shop| {
        let snapshot = shop.scenario.state.snapshot();
        let beyond = snapshot.custom_subjects_beyond_limits(&shop.figure);
        beyond.flatten().cloned().collect::<Vec<_>>()
    };
    shop.send("shop", Some(one.clone()), None, 0);
    assert_eq!(severities(&shop)[0], Severity::None);
    shop.send("shop", Some(one.clone()), Some(31.0), 0);
    assert_eq!(severities(&shop)[0], Severity::Warning);
    assert_eq!(held(&shop), std::slice::from_ref(&one));
    shop.figure.limits.clear = None;
    let changed = Input::SiteConfig(Arc::new(site(shop.figure.clone())));
    shop.scenario.apply_input(&changed);
    assert_eq!(severities(&shop)[0], Severity::Normal);
    assert_eq!(held(&shop), []);
}

#[test]
fn an_older_value_never_replaces_a_newer_one_nor_prolongs_it() {
    let mut shop = Shop::new(CustomMerge::Last, false);
    shop.send("shop", None, Some(412.0), 0);
    shop.scenario.advance_time(300_000);
    shop.send("shop", None, Some(7.0), 400_000);
    assert_eq!(shop.shown(None).0, Some(412.0));
    // The same batch again.
    shop.send("shop", None, Some(412.0), 300_000);
    shop.scenario.advance_time(300_000);
    assert_eq!(shop.shown(None).1, ShownFreshness::OutOfDate);
}

#[test]
fn what_the_system_does_not_know_is_unknown_and_a_silent_one_is_out_of_date() {
    let mut shop = Shop::new(CustomMerge::Last, false);
    shop.send("shop", None, Some(412.0), 0);
    shop.scenario.advance_time(1_000);
    shop.send("shop", None, None, 0);
    assert_eq!(
        shop.shown(None),
        (None, ShownFreshness::Unknown, Severity::None)
    );
    shop.send("shop", None, Some(413.0), 0);
    shop.event("shop", ConnectionEvent::Silent);
    shop.scenario.advance_time(9_000);
    let expected = (Some(413.0), ShownFreshness::OutOfDate, Severity::OutOfDate);
    assert_eq!(shop.shown(None), expected);
    // Reconnecting alone makes nothing up to date: newer values may have been refused.
    shop.connect("shop");
    assert_eq!(shop.shown(None), expected);
}

#[test]
fn several_sources_are_merged_by_the_rule_and_a_sum_needs_all() {
    let mut sum = Shop::new(CustomMerge::Sum, false);
    sum.send("shop", None, Some(400.0), 0);
    assert_eq!(sum.shown(None).1, ShownFreshness::Unknown);
    sum.send("web", None, Some(12.0), 0);
    assert_eq!(sum.shown(None).0, Some(412.0));
    sum.scenario.advance_time(SHOP_VALID_FOR / 2);
    sum.send("web", None, Some(13.0), 0);
    sum.scenario.advance_time(SHOP_VALID_FOR / 2);
    let expected = (Some(413.0), ShownFreshness::OutOfDate, Severity::OutOfDate);
    assert_eq!(sum.shown(None), expected);

    let mut max = Shop::new(CustomMerge::Max, false);
    max.send("shop", None, Some(4.0), 0);
    max.send("web", None, Some(700.0), 0);
    assert_eq!(max.shown(None).0, Some(700.0));

    let mut last = Shop::new(CustomMerge::Last, false);
    last.send("web", None, Some(1.0), 0);
    last.scenario.advance_time(SHOP_VALID_FOR / 2);
    last.send("shop", None, Some(2.0), 0);
    assert_eq!(last.shown(None).0, Some(2.0));
    last.event("shop", ConnectionEvent::Silent);
    assert_eq!(
        last.shown(None),
        (Some(1.0), ShownFreshness::UpToDate, Severity::Critical)
    );
}

#[test]
fn a_group_has_what_its_queues_have_and_nobody_sees_more_than_their_queues() {
    let mut shop = Shop::new(CustomMerge::Sum, true);
    let group = Id::new(&"group".into(), "sales");
    assert_eq!(shop.shown(Some(&group)).1, ShownFreshness::Unknown);
    shop.send("shop", Some(queue("1")), Some(30.0), 0);
    shop.send("web", Some(queue("1")), Some(3.0), 0);
    assert_eq!(shop.shown(Some(&group)).1, ShownFreshness::Unknown);
    shop.send("shop", Some(queue("2")), Some(9.0), 0);
    shop.send("shop", Some(queue("3")), Some(1_000.0), 0);
    assert_eq!(shop.shown(Some(&queue("1"))).0, Some(33.0));
    assert_eq!(shop.shown(Some(&group)).0, Some(42.0));

    let mut last = Shop::new(CustomMerge::Last, true);
    last.send("shop", Some(queue("1")), Some(30.0), 0);
    last.send("shop", Some(queue("2")), Some(9.0), 0);
    assert_eq!(last.shown(Some(&queue("2"))).0, Some(9.0));
    assert_eq!(last.shown(Some(&group)).1, ShownFreshness::Unknown);

    let scope = DataScope {
        queues: vec![Pattern("chat/1".into())],
        ..DataScope::default()
    };
    let narrowed = shop.scenario.state.snapshot().narrow_to(&scope);
    let value = |external: &str| {
        let mut evaluator = Evaluator::new(&narrowed, shop.scenario.now);
        evaluator
            .evaluate_custom(&shop.figure, Some(&queue(external)))
            .value
    };
    assert_eq!(value("3"), None);

    let mut of_site = Shop::new(CustomMerge::Last, false);
    of_site.send("shop", None, Some(1.0), 0);
    let everything = DataScope {
        queues: vec![Pattern("*".into())],
        ..DataScope::default()
    };
    let narrowed = of_site.scenario.state.snapshot().narrow_to(&everything);
    let mut evaluator = Evaluator::new(&narrowed, of_site.scenario.now);
    assert_eq!(evaluator.evaluate_custom(&of_site.figure, None).value, None);
}

#[test]
fn what_is_not_declared_changes_nothing_and_another_kind_starts_anew() {
    let mut shop = Shop::new(CustomMerge::Last, false);
    shop.send("shop", Some(queue("1")), Some(1.0), 0);
    shop.send("phone", None, Some(2.0), 0);
    assert_eq!(shop.shown(None).1, ShownFreshness::Unknown);
    shop.send("shop", None, Some(3.0), 0);
    assert_eq!(shop.shown(None).0, Some(3.0));
    shop.figure.sources = vec!["web".into()];
    let changed = Input::SiteConfig(Arc::new(site(shop.figure.clone())));
    shop.scenario.apply_input(&changed);
    assert_eq!(shop.shown(None).1, ShownFreshness::Unknown);
}
