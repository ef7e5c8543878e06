use std::path::Path;

use crate::settings::{ConfigFaults, parse_configuration};

use super::*;

const SHOP: &str = "[access]\nmode = \"open\"\n[sources.shop]\nkind = \"values\"\n[sources.web]\nkind = \"values\"\n";

fn read(text: &str) -> Result<Vec<CustomFigure>, ConfigFaults> {
    let text = format!("{text}\n{SHOP}");
    let settings = parse_configuration(&text, Path::new("w.toml"), |_| None);
    settings.map(|settings| settings.site.custom_figures)
}

#[test]
fn a_figure_has_a_label_in_each_language_a_kind_and_thresholds() {
    let figures = read(
        r#"
        [figures.orders]
        label = { en = "Orders today", sv = "Order i dag" }
        unit = "pcs"
        per = "queue"
        source = ["shop", "web"]
        merge = "sum"
        valid_for = "15m"
        warn_below = 100
        crit_below = -1.5

        [figures.website]
        label = "Website"
        kind = "state"
        source = "web"
        states = { up = { label = { sv = "Uppe", en = "Up" } }, down = { severity = "critical" } }

        [figures.delivery]
        label = "Delivery"
        kind = "duration"
        source = "shop"
        warn = "2h"
        crit = "1d"
        clear = "30m"
        "#,
    )
    .unwrap();

    let [orders, website, delivery] = &figures[..] else {
        panic!("{figures:?}");
    };
    let labels = [Language::Swedish, Language::German].map(|of| orders.label.get(of));
    assert_eq!(labels, ["Order i dag", "Orders today"]);
    assert!(orders.is_per_queue && orders.merge == CustomMerge::Sum);
    assert_eq!(orders.sources, ["shop".into(), "web".into()]);
    assert_eq!(orders.valid_for_ms, Some(900_000));
    assert_eq!(orders.limits.critical_below, Some(LimitValue::Value(-1.5)));
    let [up, down] = ["up", "down"].map(|word| website.find_state(word).unwrap());
    assert_eq!(up.label.get(Language::Swedish), "Uppe");
    assert_eq!(
        (up.level, down.label.get(Language::English)),
        (None, "down")
    );
    assert_eq!(down.level, Some(ThresholdLevel::Critical));
    let limits = &delivery.limits;
    assert_eq!(
        [limits.warning, limits.critical, limits.clear],
        [7_200.0, 86_400.0, 1_800.0].map(Some)
    );
}

#[test]
fn faults_name_their_position_and_the_fix() {
    for (text, expected) in [
        (
            "[figures.Orders]\nlabel = \"a\"\nsource = \"shop\"",
            "1:10: figures.Orders: can't name a figure; use up to 40 lowercase letters, digits, `_` and `-`",
        ),
        (
            "[figures.orders]\nsource = \"shop\"",
            "1:10: figures.orders.label: is missing; write label = \"Orders today\"",
        ),
        (
            "[figures.orders]\nlabel = \"a\"",
            "1:10: figures.orders.source: is missing; write source = \"shop\", a source of kind \"values\"",
        ),
        (
            "[figures.orders]\nlabel = \"a\"\nsource = [\"shop\", \"phone\"]",
            "3:19: figures.orders.source: \"phone\" is no source of kind \"values\"; add [sources.phone] with kind = \"values\"",
        ),
        (
            "[figures.orders]\nlabel = { fr = \"a\" }\nsource = \"shop\"",
            "2:9: figures.orders.label: has no text; write { en = \"…\", sv = \"…\", de = \"…\" }",
        ),
        (
            "[figures.orders]\nlabel = \"a\"\nsource = \"shop\"\nkind = \"percent\"\nmerge = \"sum\"",
            "5:9: figures.orders.merge: percentages and states have no sum; use \"last\" or \"max\"",
        ),
        (
            "[figures.orders]\nlabel = \"a\"\nsource = \"shop\"\nwarn = \"9\"",
            "4:8: figures.orders.warn: it must be a number, without quotes",
        ),
        (
            "[figures.orders]\nlabel = \"a\"\nsource = \"shop\"\nwarn = 9\ncrit = 8",
            "1:10: figures.orders: crit must be beyond warn",
        ),
        (
            "[figures.orders]\nlabel = \"a\"\nsource = \"shop\"\ncrit_below = 9\nclear = 8",
            "5:9: figures.orders.clear: it must be at least crit_below, or warn_below without crit_below",
        ),
        (
            "[figures.web]\nlabel = \"a\"\nsource = \"shop\"\nkind = \"state\"",
            "1:10: figures.web.states: is missing; write states = { up = ",
        ),
        (
            "[figures.web]\nlabel = \"a\"\nsource = \"shop\"\nkind = \"state\"\nstates = { up = { severity = \"bad\" } }\nwarn = 3",
            "5:30: figures.web.states.up.severity: \"bad\" is unknown; allowed: normal, warning, critical",
        ),
        (
            "[figures.web]\nlabel = \"a\"\nsource = \"shop\"\nkind = \"state\"\nstates = { out_of_service = {} }",
            "5:12: figures.web.states.out_of_service: is too long to be shown; give it a `label` of up to 12 characters",
        ),
    ] {
        let faults = read(text).unwrap_err().to_string();
        assert!(faults.contains(&format!("w.toml:{expected}")), "{faults}");
    }
}
