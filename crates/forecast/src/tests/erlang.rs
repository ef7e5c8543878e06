//! Erlang's formulas against a reference calculator, whose results are in `erlang_vectors.json`.

use serde_json::Value;

use crate::{ErlangA, ErlangC, erlang_b};

fn vectors(formula: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(include_str!("erlang_vectors.json")).unwrap();
    all[formula].as_array().unwrap().clone()
}

fn number(row: &Value, name: &str) -> f64 {
    let value = &row[name];
    value
        .as_f64()
        .unwrap_or_else(|| value.as_str().unwrap().parse().unwrap())
}

fn agents(row: &Value) -> u32 {
    row["agents"].as_u64().unwrap().try_into().unwrap()
}

fn assert_near(row: &Value, name: &str, computed: f64) {
    let expected = number(row, name);
    let difference = (computed - expected).abs();
    assert!(
        difference < 1e-7 * expected.abs().max(1.0),
        "{name}: {computed} in {row}"
    );
}

#[test]
fn erlang_c_is_as_the_reference_calculator_says() {
    let rows = vectors("erlang_c");
    assert!(10 < rows.len());
    for row in rows {
        let handle_s = number(&row, "aht_s");
        let erlangs = number(&row, "calls") * handle_s / number(&row, "period_s");
        let Some(queue) = ErlangC::new(erlangs, agents(&row)) else {
            assert_eq!(row["unstable"], true, "{row}");
            continue;
        };
        assert_near(&row, "erlang_b", erlang_b(erlangs, agents(&row)));
        assert_near(&row, "p_wait", queue.wait_probability());
        assert_near(&row, "asa_s", queue.average_wait_s(handle_s));
        assert_near(&row, "queue_length", queue.queue_length());
        assert_near(&row, "p90_wait_s", queue.wait_percentile_s(0.9, handle_s));
        let level = queue.service_level(number(&row, "target_s"), handle_s);
        assert_near(&row, "service_level", level);
    }
}

#[test]
fn fewest_agents_are_as_the_reference_calculator_says() {
    let rows = vectors("erlang_c_min_agents");
    assert!(3 < rows.len());
    for row in rows {
        let handle_s = number(&row, "aht_s");
        let erlangs = number(&row, "calls") * handle_s / number(&row, "period_s");
        let (target_s, share) = (number(&row, "target_s"), number(&row, "service_level"));
        let required = ErlangC::agents_required(erlangs, target_s, handle_s, share);
        assert_eq!(required, agents(&row), "{row}");
    }
}

#[test]
fn erlang_a_is_as_the_reference_calculator_says() {
    let rows = vectors("erlang_a");
    assert!(6 < rows.len());
    for row in rows {
        let queue = ErlangA::new(
            number(&row, "lambda_per_s"),
            1.0 / number(&row, "mu_per_s"),
            1.0 / number(&row, "theta_per_s"),
            agents(&row),
        );
        let target_s = number(&row, "target_s");
        assert_near(&row, "p_wait", queue.wait_probability());
        assert_near(&row, "p_abandon", queue.abandon_probability());
        assert_near(&row, "wait_all_s", queue.average_wait_s());
        assert_near(&row, "queue_length", queue.queue_length());
        assert_near(&row, "p_wait_over_t", queue.wait_over(target_s));
        assert_near(&row, "sl_of_offered", queue.service_level(target_s));
    }
}

#[test]
fn erlang_a_of_thousands_of_agents_is_finite_when_idle_and_when_overloaded() {
    for (arrival_rate, answered) in [(1.0, 1.0), (10.0, 1.0), (100.0, 0.1)] {
        let queue = ErlangA::new(arrival_rate, 300.0, 200.0, 3000);
        let answered_share = 1.0 - queue.abandon_probability();
        assert!((answered_share - answered).abs() < 0.02, "{answered_share}");
        assert!((0.0..=1.0).contains(&queue.wait_probability()));
        assert!((0.0..=1.0).contains(&queue.service_level(20.0)));
    }
}
