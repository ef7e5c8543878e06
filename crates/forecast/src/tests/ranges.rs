//! The distribution of arrivals and its range.

use crate::{
    ArrivalModel, ExpectedArrivals, ForecastRange, PastDay, RecentArrivals,
    random_stream::RandomStream,
};

/// Eight weeks in which the queue gets 6 contacts in each quarter from 08:00 to 16:00 on working
/// days, and twice that on Mondays.
fn weeks() -> Vec<PastDay> {
    (1..=56)
        .map(|days_ago| {
            // Today is a Monday.
            let weekday = u8::try_from((56 - days_ago) % 7).unwrap();
            let contacts = match weekday {
                0 => 12,
                1..=4 => 6,
                _ => 0,
            };
            PastDay {
                weekday,
                days_ago,
                contacts: std::array::from_fn(|quarter| {
                    Some(if (32..64).contains(&quarter) {
                        contacts
                    } else {
                        0
                    })
                }),
            }
        })
        .collect()
}

fn quarters(from_minute: u16, contacts: &[u32]) -> Vec<RecentArrivals> {
    let starts = (from_minute..).step_by(15).map(f64::from);
    (starts.zip(contacts))
        .map(|(from_minute, contacts)| RecentArrivals {
            from_minute,
            to_minute: from_minute + 15.0,
            contacts: *contacts,
        })
        .collect()
}

#[test]
fn usual_is_that_of_the_weekday_and_the_time() {
    let monday = ArrivalModel::fit(&weeks(), 0, 1).unwrap();
    let tuesday = ArrivalModel::fit(&weeks(), 1, 1).unwrap();
    let saturday = ArrivalModel::fit(&weeks(), 5, 1).unwrap();

    let between = |model: &ArrivalModel, hours: [f64; 2]| {
        let [from, to] = hours.map(|hour| hour * 60.0);
        model.usual_between(from, to)
    };
    assert!((between(&monday, [10.0, 10.5]) - 24.0).abs() < 0.5);
    assert!((between(&tuesday, [10.0, 10.5]) - 12.0).abs() < 0.5);
    assert!((between(&tuesday, [10.1, 10.2]) - 2.4).abs() < 0.1);
    assert!(between(&saturday, [10.0, 10.5]) < 1e-6);
    assert!(
        between(&monday, [6.0, 8.0]) < 1e-6,
        "nobody before it opens"
    );
}

#[test]
fn busier_morning_raises_what_is_expected_but_not_by_all_of_it() {
    let model = ArrivalModel::fit(&weeks(), 0, 1).unwrap();
    let usual = model.expect(&quarters(480, &[12; 8]), 600.0, 630.0);
    let busy = model.expect(&quarters(480, &[24; 8]), 600.0, 630.0);
    assert!((usual.mean - 24.0).abs() < 1.0, "{usual:?}");
    assert!(usual.mean + 2.0 < busy.mean && busy.mean < 48.0, "{busy:?}");
}

#[test]
fn weeks_that_vary_make_a_wider_range() {
    let mut varying = weeks();
    for day in &mut varying {
        let factor = if (day.days_ago / 7) % 2 == 0 { 2 } else { 1 };
        for contacts in day.contacts.iter_mut().flatten() {
            *contacts = *contacts * factor * 2 / 3;
        }
    }
    let width = |days: &[PastDay]| {
        let arrivals = ArrivalModel::fit(days, 0, 1)
            .unwrap()
            .expect(&[], 600.0, 630.0);
        let range = arrivals.range().unwrap();
        range.high - range.low
    };
    assert!(width(&weeks()) + 5.0 < width(&varying));
}

/// Hours of 7 and of 17 contacts, spread evenly: half of such an hour varies as little as Poisson's.
#[test]
fn history_of_hours_is_judged_by_the_hour() {
    let mut hours = weeks();
    for day in &mut hours {
        let days_ago = day.days_ago as usize;
        for (quarter, contacts) in day.contacts.iter_mut().enumerate() {
            let is_busy = (quarter / 4 + days_ago).is_multiple_of(2);
            let parts = if is_busy { [4, 4, 4, 5] } else { [1, 2, 2, 2] };
            *contacts = contacts.map(|contacts| parts[quarter % 4] * contacts.min(1));
        }
    }
    let width = |sample_quarters: usize| {
        let model = ArrivalModel::fit(&hours, 0, sample_quarters).unwrap();
        let range = model.expect(&[], 600.0, 660.0).range().unwrap();
        range.high - range.low
    };
    assert!(width(1) + 2.0 <= width(4), "{} {}", width(1), width(4));
}

#[test]
fn two_weeks_are_too_few() {
    let two: Vec<PastDay> = (weeks().into_iter())
        .filter(|day| day.days_ago <= 14)
        .collect();
    assert!(ArrivalModel::fit(&two, 0, 1).is_none());
    assert!(ArrivalModel::fit(&[], 0, 1).is_none());
}

#[test]
fn range_of_a_distribution_holds_eighty_percent() {
    for (mean, low, high) in [
        (4.0, 2.0, 6.0),
        (100.0, 87.0, 113.0),
        (5000.0, 4909.0, 5091.0),
    ] {
        // Poisson, but for a thousandth.
        let range = ExpectedArrivals { mean, shape: 1e9 }.range().unwrap();
        assert!(
            (range.low - low).abs() <= 1.0 && (range.high - high).abs() <= 1.0,
            "{range:?}"
        );
        assert!((range.middle - mean).abs() <= 1.0, "{range:?}");
    }
}

#[test]
fn range_of_outcomes_includes_the_best_where_it_is_likely() {
    // A tenth of each of 10 to 50, and half of the time 100.
    let outcomes = [
        10.0, 20.0, 30.0, 40.0, 50.0, 100.0, 100.0, 100.0, 100.0, 100.0,
    ];
    let range = ForecastRange::from_outcomes(outcomes.into()).unwrap();
    assert_eq!((range.low, range.high), (30.0, 100.0));
    assert!(range.contains(30.0) && !range.contains(20.0));
    assert_eq!(ForecastRange::from_outcomes(Vec::new()), None);
}

#[test]
fn gamma_has_mean_one_and_the_variance_of_its_shape() {
    let mut random = RandomStream::new(11);
    for shape in [0.5, 3.0, 50.0] {
        let draws: Vec<f64> = (0..40_000).map(|_| random.gamma(shape)).collect();
        let mean = draws.iter().sum::<f64>() / 40_000.0;
        let squares = draws.iter().map(|draw| (draw - 1.0).powi(2));
        let variance = squares.sum::<f64>() / 40_000.0;
        assert!((mean - 1.0).abs() < 0.03, "{shape}: {mean}");
        assert!((variance * shape - 1.0).abs() < 0.1, "{shape}: {variance}");
    }
}

/// Draws counts as they are said to be and checks how many the range holds.
#[test]
fn range_of_a_mixture_holds_eighty_percent_of_its_draws() {
    let mut random = RandomStream::new(7);
    let arrivals = ExpectedArrivals {
        mean: 30.0,
        shape: 12.0,
    };
    let range = arrivals.range().unwrap();
    let mut inside = 0;
    for _ in 0..4000 {
        let rate = arrivals.mean * random.gamma(arrivals.shape);
        let (mut count, mut time) = (0.0, random.exponential(1.0 / rate));
        while time < 1.0 {
            count += 1.0;
            time += random.exponential(1.0 / rate);
        }
        inside += i32::from(range.contains(count));
    }
    assert!((3080..=3320).contains(&inside), "{inside}");
}
