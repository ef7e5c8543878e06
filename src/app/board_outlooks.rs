//! Shows the forecasts on boards.

use tokio_util::sync::CancellationToken;

use wallboard_boards::{BoardRegistry, ExpectedService, QueueOutlook, QueueOutlooks};
use wallboard_domain::ForecastGap;
use wallboard_forecast::{ForecastRange, QueueForecast, ServiceOutlook};

use crate::forecasts::{DatedForecast, Forecasts};

/// Runs until `stop`.
pub(super) async fn follow_forecasts(
    forecasts: Forecasts,
    boards: BoardRegistry,
    stop: CancellationToken,
) {
    let mut changes = forecasts.subscribe();
    let mut shown = QueueOutlooks::new();
    loop {
        let current = changes.borrow_and_update().clone();
        let outlooks = current.iter().map(|(queue, dated)| {
            let planned = forecasts.planned_until(queue, dated.computed_at);
            let outlook = QueueOutlook {
                planned,
                ..board_outlook(dated, shown.get(queue))
            };
            (queue.clone(), outlook)
        });
        let outlooks: QueueOutlooks = outlooks.collect();
        shown.clone_from(&outlooks);
        boards.replace_outlooks(outlooks);
        tokio::select! {
            received = changes.changed() => if received.is_err() {
                break;
            },
            () = stop.cancelled() => break,
        }
    }
}

/// Returns what boards show of a forecast. If its data are out of date, the last one stays until its half hour
/// is over: boards mark it.
fn board_outlook(dated: &DatedForecast, last: Option<&QueueOutlook>) -> QueueOutlook {
    let last = last.filter(|last| last.expected.is_ok() && dated.computed_at < last.until);
    match (&dated.forecast, last) {
        (Err(ForecastGap::OutOfDate), Some(last)) => last.clone(),
        (forecast, _) => QueueOutlook {
            computed_at: dated.computed_at,
            until: dated.until,
            planned: None,
            expected: match forecast {
                Ok(forecast) => Ok(expected_service(dated, forecast)),
                Err(gap) => Err(*gap),
            },
        },
    }
}

fn expected_service(dated: &DatedForecast, forecast: &QueueForecast) -> ExpectedService {
    let middle = |outlook: &ServiceOutlook| outlook.service_level.map(|range| range.middle);
    let outlook = &forecast.outlook;
    ExpectedService {
        contacts: bounds(forecast.contacts),
        service_level: outlook.service_level.map(bounds),
        middle_level: middle(outlook),
        longest_wait_s: bounds(outlook.longest_wait_s),
        goal_percent: forecast.goal_percent,
        missing_agents: forecast.missing_agents,
        level_with_one_less: forecast.with_one_less.as_ref().and_then(middle),
        level_with_one_more: middle(&forecast.with_one_more),
        level_with_two_more: middle(&forecast.with_two_more),
        is_best_case: dated.is_best_case(),
    }
}

fn bounds(range: ForecastRange) -> [f64; 2] {
    [range.low, range.high]
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, ToSpan};

    use crate::forecasts::{Calibration, SharedAgents};

    use super::*;

    fn forecast() -> QueueForecast {
        let range = |low, middle, high| ForecastRange { low, middle, high };
        let outlook = |level: f64| ServiceOutlook {
            service_level: Some(range(level - 8.0, level, level + 6.0)),
            longest_wait_s: range(40.0, 70.0, 130.0),
        };
        QueueForecast {
            contacts: range(21.0, 27.0, 34.0),
            outlook: outlook(78.0),
            with_one_less: None,
            with_one_more: outlook(82.0),
            with_two_more: outlook(84.0),
            goal_percent: 80.0,
            missing_agents: Some(1),
            agents: 6,
            erlang_agents: 7,
        }
    }

    fn dated(minute: i64, forecast: Result<QueueForecast, ForecastGap>) -> DatedForecast {
        let at: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
        DatedForecast {
            computed_at: at + minute.minutes(),
            until: at + 30.minutes(),
            shared: None,
            forecast,
            basis: None,
            slots: 1,
            calibration: Calibration::default(),
        }
    }

    #[test]
    fn the_last_forecast_stays_while_its_data_are_out_of_date() {
        let shown = board_outlook(&dated(0, Ok(forecast())), None);
        let expected = shown.expected.as_ref().unwrap();
        assert_eq!(expected.service_level, Some([70.0, 84.0]));
        assert_eq!(format!("{:?}", expected.contacts), "[21.0, 34.0]");
        assert_eq!(format!("{:?}", expected.longest_wait_s), "[40.0, 130.0]");
        assert_eq!(expected.level_with_one_less, None);
        assert_eq!(expected.level_with_one_more, Some(82.0));
        let is_best_case = |shared| {
            let dated = DatedForecast {
                shared,
                ..dated(0, Ok(forecast()))
            };
            let shown = board_outlook(&dated, None);
            shown.expected.unwrap().is_best_case
        };
        assert!(is_best_case(None), "agents are only counted");
        assert!(!is_best_case(Some(SharedAgents::default())));
        let other = wallboard_domain::Id::new(&"chat".into(), "1");
        assert!(is_best_case(Some(SharedAgents {
            unmodeled: vec![other],
            ..SharedAgents::default()
        })));

        let lost = |minute| dated(minute, Err(ForecastGap::OutOfDate));
        assert_eq!(board_outlook(&lost(1), Some(&shown)), shown);
        let after = board_outlook(&lost(30), Some(&shown));
        assert_eq!(after.expected, Err(ForecastGap::OutOfDate));
        assert_eq!(board_outlook(&lost(1), None).expected, after.expected);
        let closed = dated(1, Err(ForecastGap::Closed));
        let closed = board_outlook(&closed, Some(&shown));
        assert_eq!(closed.expected, Err(ForecastGap::Closed));
    }
}
