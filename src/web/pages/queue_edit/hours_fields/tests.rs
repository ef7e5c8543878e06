use std::path::Path;

use proptest::prelude::*;

use wallboard_domain::OpenPeriod;

use crate::{
    editing::{EntryId, Section},
    settings::{parse_configuration, test_file::known_keys},
};

use super::{
    super::week_fields::{WEEK, copy_monday},
    *,
};

const QUEUE: &str = "chat/1";
const TODAY: Date = Date::constant(2026, 11, 25);

/// A closed date is a date without times there.
#[test]
fn each_key_that_the_parser_knows_has_a_field_beside_days_and_dates() {
    let mut known = known_keys("[hours.\"*\"]\nno_such_key = 1\n");
    known.retain(|key| key.bytes().all(|letter| letter.is_ascii_lowercase()));
    let fields = ["closed", "holidays", "zone"];
    assert_eq!(known, fields.map(str::to_owned).into());
    let mut hours = office();
    hours.holidays.calendars = vec!["sweden".into()];
    let mut form = form(&hours);
    form.insert("zone".into(), "Asia/Tokyo".into());
    form.insert("calendars".into(), "listed".into());
    form.insert("calendar.0".into(), "ours".into());
    let text = write(&hours, &form);
    for line in [
        "zone = \"Asia/Tokyo\"",
        "holidays = \"ours\"",
        "2026-12-24 = []",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
}

fn period(from_minute: i64, to_minute: i64) -> OpenPeriod {
    OpenPeriod {
        from_minute,
        to_minute,
    }
}

fn office() -> OpeningHours {
    let day = vec![period(480, 720), period(780, 1_020)];
    let night = vec![period(1_320, 1_800)];
    OpeningHours {
        week: [
            day.clone(),
            day.clone(),
            day.clone(),
            day.clone(),
            day,
            night,
            Vec::new(),
        ],
        dates: BTreeMap::from([
            (Date::constant(2026, 1, 1), Vec::new()),
            (Date::constant(2026, 12, 24), Vec::new()),
            (Date::constant(2026, 12, 31), vec![period(480, 720)]),
        ]),
        ..always_open(&TimeZone::UTC)
    }
}

fn form(hours: &OpeningHours) -> BTreeMap<String, String> {
    let days = day_fields(Texts::english(), hours, &BTreeMap::new()).into_iter();
    let mut form: BTreeMap<_, _> = days
        .map(|day| (format!("{WEEK}.{}", day.key), day.value))
        .collect();
    for date in date_fields(hours, TODAY) {
        form.insert(format!("date{}", date.number), date.date);
        form.insert(format!("hours{}", date.number), date.hours);
    }
    form
}

fn write(applying: &OpeningHours, form: &BTreeMap<String, String>) -> String {
    let mut own = EntryTable::default();
    apply_hours(&mut own, applying, &TimeZone::UTC, TODAY, form);
    own.write(&EntryId::new(Section::Hours, QUEUE))
        .unwrap_or_default()
}

fn read(text: &str) -> OpeningHours {
    let source = "[sources.chat]\nkind = \"vngage\"\nurl = \"amqps://u:p@h/v\"\nexchange = \"x\"";
    let text = format!("{text}\n[access]\nmode = \"open\"\n{source}\n");
    let settings = parse_configuration(&text, Path::new("w.toml"), |_| None).unwrap();
    settings.site.hours.get(QUEUE).unwrap().clone()
}

#[test]
fn a_week_is_shown_as_people_write_it() {
    let days = day_fields(Texts::english(), &office(), &BTreeMap::new());
    let shown = days
        .each_ref()
        .map(|day| (day.label.as_str(), day.value.as_str()));
    assert_eq!(shown[4], ("Friday", "08:00–12:00, 13:00–17:00"));
    assert_eq!(shown[5], ("Saturday", "22:00–06:00"));
    assert_eq!(shown[6], ("Sunday", ""));
    assert_eq!(days[4].parts, [(33, 17), (54, 16)]);
    assert_eq!(days[5].parts, [(91, 9)]);
    let dates = date_fields(&office(), TODAY).into_iter();
    let dates: Vec<_> = dates.map(|date| (date.date, date.hours)).collect();
    let texts = |date: &str, hours: &str| (date.to_owned(), hours.to_owned());
    assert_eq!(
        dates,
        [
            texts("2026-12-24", ""),
            texts("2026-12-31", "08:00–12:00"),
            texts("", ""),
            texts("", "")
        ]
    );
}

#[test]
fn hours_that_nobody_changed_are_no_entry() {
    assert_eq!(write(&office(), &form(&office())), "");
    let always = always_open(&TimeZone::UTC);
    assert_eq!(write(&always, &form(&always)), "");
}

#[test]
fn a_change_writes_the_whole_week_and_keeps_past_dates() {
    let mut form = form(&office());
    form.insert("week.fri".into(), "8 – 16.30".into());
    form.insert("week.sat".into(), "closed".into());
    form.insert("date2".into(), "2027-01-06".into());
    form.insert("hours2".into(), "9-12".into());

    let hours = read(&write(&office(), &form));

    let mut expected = office();
    expected.week[4] = vec![period(480, 990)];
    expected.week[5] = Vec::new();
    expected
        .dates
        .insert(Date::constant(2027, 1, 6), vec![period(540, 720)]);
    assert_eq!(hours, expected);
}

#[test]
fn a_week_without_times_is_closed_and_not_forgotten() {
    for form in [(WEEK, "closed"), ("week.mon", "")] {
        let form = BTreeMap::from([(form.0.into(), form.1.into())]);
        let hours = read(&write(&always_open(&TimeZone::UTC), &form));
        assert!(hours.week.iter().all(Vec::is_empty));
    }
}

#[test]
fn hours_in_another_zone_keep_it() {
    let zone = TimeZone::get("America/New_York").unwrap();
    let applying = OpeningHours {
        zone: zone.clone(),
        ..office()
    };
    let mut form = form(&applying);
    form.insert("week.sun".into(), "10–12".into());

    let hours = read(&write(&applying, &form));

    assert_eq!(hours.zone, zone);
}

#[test]
fn dates_beyond_those_of_the_form_stay() {
    let mut hours = office();
    for days in 0..150 {
        let date = TODAY.checked_add(jiff::Span::new().days(days)).unwrap();
        hours.dates.insert(date, Vec::new());
    }
    let mut form = form(&hours);
    form.insert("week.sun".into(), "10–12".into());
    assert_eq!(read(&write(&hours, &form)).dates, hours.dates);
    // Those that the form had can go.
    form.insert("date0".into(), String::new());
    form.insert("hours0".into(), String::new());
    let dates = read(&write(&hours, &form)).dates;
    assert_eq!(dates.len(), hours.dates.len() - 1);
}

#[test]
fn a_date_that_a_form_has_twice_is_found() {
    let mut form = form(&office());
    assert_eq!(repeated_date(&form), None);
    form.insert("date2".into(), " 2026-12-24 ".into());
    assert_eq!(repeated_date(&form).as_deref(), Some("2026-12-24"));
}

#[test]
fn copied_hours_bring_their_zone() {
    let berlin = TimeZone::get("Europe/Berlin").unwrap();
    let mut form = form(&office());
    form.insert("zone".into(), "Europe/Berlin".into());
    assert_eq!(read(&write(&office(), &form)).zone, berlin);

    // Back to the site's, which no entry names.
    let applying = OpeningHours {
        zone: berlin,
        ..office()
    };
    form.insert("zone".into(), "UTC".into());
    let text = write(&applying, &form);
    assert!(!text.contains("zone"), "{text}");
    assert_eq!(read(&text).zone, TimeZone::UTC);
    form.insert("zone".into(), String::new());
    assert_eq!(write(&applying, &form), text);
}

#[test]
fn dates_on_which_clocks_change_are_open_by_their_clock() {
    let mut form = form(&office());
    form.insert("zone".into(), "Europe/Stockholm".into());
    form.insert("week.sat".into(), String::new());
    form.insert("week.sun".into(), String::new());
    for (number, date, hours) in [(0, "2027-03-28", "1-4"), (1, "2027-10-31", "1-3")] {
        form.insert(format!("date{number}"), date.into());
        form.insert(format!("hours{number}"), hours.into());
    }
    let hours = read(&write(&office(), &form));
    let is_open = |at: &str| hours.is_open(at.parse().unwrap());
    // The hour from 2:00 is left out.
    assert!(is_open("2027-03-28T00:30:00Z") && is_open("2027-03-28T01:30:00Z"));
    assert!(!is_open("2027-03-28T02:30:00Z"));
    // The hour from 2:00 is there twice.
    assert!(is_open("2027-10-31T00:30:00Z") && is_open("2027-10-31T01:30:00Z"));
    assert!(!is_open("2027-10-31T02:30:00Z"));
}

#[test]
fn what_nobody_understands_is_left_to_the_rules_of_the_configuration() {
    let mut form = form(&office());
    form.insert("week.mon".into(), "8 or 9".into());
    form.insert("week.tue".into(), "8:00-25:00".into());
    form.insert("date0".into(), "Christmas".into());
    let text = write(&office(), &form);
    assert!(
        text.contains("mon = \"8 or 9\"\ntue = \"08:00-25:00\"\n"),
        "{text}"
    );
    assert!(text.contains("Christmas = []"), "{text}");
}

#[test]
fn neighbors_with_the_same_times_are_one_key_with_its_fault_at_the_first() {
    let mut form = form(&always_open(&TimeZone::UTC));
    form.insert("week.mon".into(), "8-17".into());
    copy_monday(&mut form, "as_monday.mon-fri");
    form.insert("week.sun".into(), String::new());
    let text = write(&always_open(&TimeZone::UTC), &form);
    assert!(text.contains("mon-fri = \"08:00-17:00\"\nsat = "), "{text}");
    assert!(!text.contains("sun"), "{text}");
    copy_monday(&mut form, "as_monday.sun");
    assert_eq!(form["week.sun"], "8-17");

    let mut days = day_fields(Texts::english(), &office(), &form);
    take_day_faults(&mut days, |key| format!("fault of {key}"));
    let faults = days.map(|day| day.fault);
    assert_eq!(faults[0], "fault of mon-fri");
    assert_eq!(faults[1], "");
    assert_eq!(faults[6], "fault of sun");
}

proptest! {
    /// The hours of what was written are the same again.
    #[test]
    fn hours_that_were_written_are_read_as_the_same(
        week in prop::collection::vec(prop::collection::vec((0_i64..1_440, 1_i64..1_440), 0..3), 7),
        closed in 0_i32..400,
    ) {
        let mut hours = always_open(&TimeZone::UTC);
        for (day, periods) in week.into_iter().enumerate() {
            let periods = periods.into_iter().map(|(from, length)| period(from, from + length));
            // As people write it, a period up to midnight ends that day.
            hours.week[day] = periods.collect();
            hours.week[day].sort_unstable();
        }
        hours.week[0] = vec![period(480, 1_440)];
        let date = TODAY.checked_add(jiff::Span::new().days(closed)).unwrap();
        hours.dates.insert(date, Vec::new());

        let text = write(&always_open(&TimeZone::UTC), &form(&hours));

        prop_assert_eq!(read(&text), hours);
    }
}

#[test]
fn calendars_of_holidays_stay_and_are_chosen() {
    let mut hours = office();
    hours.holidays.calendars = vec!["sweden".into()];
    // A form without them, such as the one that closes early.
    let mut without = form(&hours);
    without.insert("week.fri".into(), "8-12".into());
    let written = write(&hours, &without);
    assert!(written.contains("holidays = \"sweden\"\n"), "{written}");

    let mut chosen = form(&hours);
    chosen.insert("calendars".into(), "listed".into());
    let none = write(&hours, &chosen);
    assert!(!none.is_empty() && !none.contains("holidays"), "{none}");
    chosen.insert("calendar.0".into(), "sweden".into());
    assert_eq!(write(&hours, &chosen), "", "as it is anyway");
    chosen.insert("calendar.1".into(), "ours".into());
    let both = write(&hours, &chosen);
    assert!(both.contains("holidays = [\"sweden\", \"ours\"]"), "{both}");
}
