//! Tests of opening hours: nights, holidays, and days on which the clocks change.

use super::*;

const OFFICE: OpenPeriod = OpenPeriod {
    from_minute: 8 * 60,
    to_minute: 17 * 60,
};
const NIGHT: OpenPeriod = OpenPeriod {
    from_minute: 22 * 60,
    to_minute: 30 * 60,
};

fn hours(week: [&[OpenPeriod]; 7], closed: &[&str]) -> OpeningHours {
    let dates = closed
        .iter()
        .map(|date| (date.parse().unwrap(), Vec::new()));
    OpeningHours {
        zone: TimeZone::get("Europe/Stockholm").unwrap(),
        week: week.map(<[OpenPeriod]>::to_vec),
        dates: dates.collect(),
        holidays: ClosedDays::default(),
    }
}

fn office() -> OpeningHours {
    let day: &[OpenPeriod] = &[OFFICE];
    hours(
        [day, day, day, day, day, &[], &[]],
        &["2026-12-24", "2026-12-25"],
    )
}

fn every_night() -> OpeningHours {
    hours([&[NIGHT]; 7], &["2026-12-24"])
}

/// An instant by the clock in Stockholm; the first one if it is repeated.
fn at(local: &str) -> Timestamp {
    let zone = TimeZone::get("Europe/Stockholm").unwrap();
    let local: jiff::civil::DateTime = local.parse().unwrap();
    local.to_zoned(zone).unwrap().timestamp()
}

/// Checks the state at `now` and its next change.
fn check(hours: &OpeningHours, now: &str, is_open: bool, change: &str) {
    let change = Some(change).filter(|change| !change.is_empty()).map(at);
    let state = (hours.is_open(at(now)), hours.next_change(at(now)));
    assert_eq!(state, (is_open, change), "{now}");
    let opens = change.filter(|_| !is_open);
    assert_eq!(hours.opens_at(at(now)), opens, "{now}");
}

#[test]
fn a_holiday_is_closed_unless_its_date_has_hours_of_its_own() {
    let mut hours = office();
    hours
        .dates
        .insert("2026-12-31".parse().unwrap(), vec![OFFICE]);
    hours.holidays.days = ["2026-12-30", "2026-12-31"]
        .map(|date| date.parse().unwrap())
        .into();
    check(&hours, "2026-12-29T17:00", false, "2026-12-31T08:00");
    check(&hours, "2026-12-30T12:00", false, "2026-12-31T08:00");
    check(&hours, "2026-12-31T12:00", true, "2026-12-31T17:00");
}

#[test]
fn office_hours_open_on_weekdays_only() {
    let hours = office();

    check(&hours, "2026-11-20T07:59:59", false, "2026-11-20T08:00");
    check(&hours, "2026-11-20T08:00:00", true, "2026-11-20T17:00");
    check(&hours, "2026-11-20T17:00:00", false, "2026-11-23T08:00");
    check(&hours, "2026-11-22T23:30:00", false, "2026-11-23T08:00");
}

#[test]
fn closed_dates_and_weekends_are_skipped() {
    check(&office(), "2026-12-23T18:00", false, "2026-12-28T08:00");
    check(&office(), "2026-12-24T10:00", false, "2026-12-28T08:00");
}

#[test]
fn night_shift_belongs_to_the_day_when_it_begins() {
    let hours = every_night();

    check(&hours, "2026-11-20T21:59", false, "2026-11-20T22:00");
    check(&hours, "2026-11-20T23:00", true, "2026-11-21T06:00");
    check(&hours, "2026-11-21T05:59", true, "2026-11-21T06:00");
    check(&hours, "2026-11-21T06:00", false, "2026-11-21T22:00");
    // The night of the 23rd ends in the morning of the closed 24th, whose own night is off.
    check(&hours, "2026-12-24T03:00", true, "2026-12-24T06:00");
    check(&hours, "2026-12-24T23:00", false, "2026-12-25T22:00");
    check(&hours, "2026-12-25T03:00", false, "2026-12-25T22:00");
}

#[test]
fn night_is_an_hour_shorter_or_longer_when_the_clocks_change() {
    let hours = every_night();
    let length = |evening: &str| {
        let start = at(evening);
        let end = hours.next_change(start).unwrap();
        crate::moment::millis_between(start, end) / 3_600_000
    };

    assert_eq!(length("2026-03-27T22:00"), 8);
    assert_eq!(length("2026-03-28T22:00"), 7);
    assert_eq!(length("2026-10-24T22:00"), 9);
    // The hour from 2 to 3 is repeated: open both times.
    assert!(hours.is_open("2026-10-25T00:30:00Z".parse().unwrap()));
    assert!(hours.is_open("2026-10-25T01:30:00Z".parse().unwrap()));
}

#[test]
fn a_date_on_which_the_clocks_change_is_as_long_as_its_own_hours_say() {
    // Closed, whatever the clocks do; the nights around it are whole.
    let mut hours = hours([&[NIGHT]; 7], &["2026-03-29", "2026-10-25"]);
    check(&hours, "2026-03-29T03:30", true, "2026-03-29T06:00");
    check(&hours, "2026-03-29T22:30", false, "2026-03-30T22:00");
    check(&hours, "2026-10-25T02:30", true, "2026-10-25T06:00");
    check(&hours, "2026-10-25T22:30", false, "2026-10-26T22:00");

    let morning = OpenPeriod {
        from_minute: 60,
        to_minute: 240,
    };
    for date in ["2026-03-29", "2026-10-25"] {
        hours.dates.insert(date.parse().unwrap(), vec![morning]);
    }
    hours.week = std::array::from_fn(|_| Vec::new());
    // From 1 to 4 by the clock.
    let lasts = |midnight: &str, noon: &str| {
        let open = hours.open_spans(at(midnight), at(noon));
        crate::moment::millis_between(open[0].0, open[0].1) / 3_600_000
    };
    assert_eq!(lasts("2026-03-29T00:00", "2026-03-29T12:00"), 2);
    assert_eq!(lasts("2026-10-25T00:00", "2026-10-25T12:00"), 4);
}

#[test]
fn opening_in_a_skipped_hour_is_later_by_as_much() {
    let half_past_two = OpenPeriod {
        from_minute: 150,
        to_minute: 600,
    };
    let swallowed = OpenPeriod {
        from_minute: 150,
        to_minute: 180,
    };
    let sunday: &[OpenPeriod] = &[half_past_two];
    let hours_late = hours([&[], &[], &[], &[], &[], &[], sunday], &[]);
    check(&hours_late, "2026-03-29T01:59", false, "2026-03-29T03:30");
    check(&hours_late, "2026-03-29T03:30", true, "2026-03-29T10:00");
    check(&hours_late, "2026-10-25T01:59", false, "2026-10-25T02:30");

    let hours_gone = hours([&[], &[], &[], &[], &[], &[], &[swallowed]], &[]);
    check(&hours_gone, "2026-03-28T12:00", false, "2026-04-05T02:30");
}

#[test]
fn periods_that_touch_are_one_and_always_open_never_changes() {
    let split = [
        OpenPeriod {
            from_minute: 480,
            to_minute: 720,
        },
        OpenPeriod {
            from_minute: 720,
            to_minute: 1440,
        },
    ];
    let early = OpenPeriod {
        from_minute: 0,
        to_minute: 60,
    };
    let monday: &[OpenPeriod] = &split;
    let touching = hours([monday, &[early], &[], &[], &[], &[], &[]], &[]);
    check(&touching, "2026-11-23T09:00", true, "2026-11-24T01:00");

    let all_day = OpenPeriod {
        from_minute: 0,
        to_minute: 1440,
    };
    check(&hours([&[all_day]; 7], &[]), "2026-11-23T09:00", true, "");
    check(&hours([&[]; 7], &[]), "2026-11-23T09:00", false, "");
}

#[test]
fn date_replaces_the_hours_of_its_weekday() {
    let mut hours = office();
    let short = OpenPeriod {
        from_minute: 540,
        to_minute: 720,
    };
    hours
        .dates
        .insert("2026-12-31".parse().unwrap(), vec![short]);

    check(&hours, "2026-12-31T08:30", false, "2026-12-31T09:00");
    check(&hours, "2026-12-31T11:00", true, "2026-12-31T12:00");
}

#[test]
fn open_spans_are_cut_at_the_ends_and_merge_what_touches() {
    let spans = |hours: &OpeningHours, from: &str, to: &str| {
        let clock = |at: Timestamp| {
            let local = at.to_zoned(hours.zone.clone());
            local.strftime("%-d %H:%M").to_string()
        };
        let spans = hours.open_spans(at(from), at(to)).into_iter();
        spans
            .map(|(start, end)| format!("{}-{}", clock(start), clock(end)))
            .collect::<Vec<_>>()
    };

    let office = spans(&office(), "2026-12-23T09:00", "2026-12-28T12:00");
    assert_eq!(office, ["23 09:00-23 17:00", "28 08:00-28 12:00"]);
    // The night of the 24th is off; the one before ends in its morning.
    let nights = spans(&every_night(), "2026-12-24T00:00", "2026-12-26T00:00");
    assert_eq!(nights, ["24 00:00-24 06:00", "25 22:00-26 00:00"]);
    let all_day = OpenPeriod {
        from_minute: 0,
        to_minute: 1440,
    };
    let always = hours([&[all_day]; 7], &["2026-12-24"]);
    let always = spans(&always, "2026-12-01T00:00", "2026-12-26T12:00");
    assert_eq!(always, ["1 00:00-24 00:00", "25 00:00-26 12:00"]);
}

#[test]
fn open_spans_agree_with_every_quarter_hour_of_a_year() {
    let (from, to) = (at("2026-01-01T00:00"), at("2027-01-01T00:00"));
    for hours in [office(), every_night()] {
        let spans = hours.open_spans(from, to);
        let mut now = from;
        while now < to {
            let is_open = spans.iter().any(|(start, end)| *start <= now && now < *end);
            assert_eq!(is_open, hours.is_open(now), "{now}");
            now = now.checked_add(15.minutes()).unwrap();
        }
    }
}

#[test]
fn whole_year_is_open_as_its_next_changes_say() {
    for hours in [office(), every_night()] {
        let end = at("2027-01-02T00:00");
        let (mut now, mut changes) = (at("2026-01-01T00:00"), 0);
        while let Some(next) = hours.next_change(now).filter(|next| *next < end) {
            let middle = Timestamp::from_millisecond(i64::midpoint(
                now.as_millisecond(),
                next.as_millisecond(),
            ));
            assert_eq!(hours.is_open(middle.unwrap()), hours.is_open(now), "{now}");
            assert_ne!(hours.is_open(next), hours.is_open(now), "{next}");
            (now, changes) = (next, changes + 1);
        }
        assert!(500 < changes, "{changes}");
    }
}
