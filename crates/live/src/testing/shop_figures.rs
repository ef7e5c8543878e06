//! A custom figure of a web shop.

use wallboard_domain::{
    CustomFigure, CustomFigureId, CustomFigureKind, CustomMerge, LocalizedText, SeverityLimits,
};

/// How long its values are valid, in milliseconds.
pub const SHOP_VALID_FOR: i64 = 600_000;

/// The orders of the site, a number that the source `shop` sends. Without thresholds.
pub fn orders_figure() -> CustomFigure {
    CustomFigure {
        id: CustomFigureId::parse("orders").expect("it's a key"),
        label: LocalizedText::of_all("Orders"),
        kind: CustomFigureKind::Number {
            decimals: 0,
            unit: LocalizedText::default(),
        },
        is_per_queue: false,
        sources: vec!["shop".into()],
        merge: CustomMerge::Last,
        valid_for_ms: Some(SHOP_VALID_FOR),
        limits: SeverityLimits::default(),
    }
}
