//! Calendars as vendors write them.

use jiff::{civil::Date, tz::TimeZone};

use super::{holiday_calendar::HolidayCalendar, *};

const FIRST: Date = Date::constant(2026, 11, 27);
const LAST: Date = Date::constant(2028, 12, 31);

fn calendar(events: &[&str]) -> String {
    let events = events.iter();
    let events = events.map(|lines| format!("BEGIN:VEVENT\r\n{lines}\r\nEND:VEVENT\r\n"));
    let events: String = events.collect();
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n")
}

fn read(events: &[&str]) -> Result<HolidayCalendar, CalendarFault> {
    let zone = TimeZone::get("Europe/Stockholm").unwrap();
    read_holidays(&calendar(events), &zone, FIRST, LAST)
}

fn dates(events: &[&str]) -> Vec<String> {
    let calendar = read(events).unwrap();
    assert_eq!(calendar.others, [""; 0]);
    calendar.days.keys().map(Date::to_string).collect()
}

#[test]
fn a_date_is_a_day_and_a_range_ends_before_its_last_date() {
    let one = "DTSTART;VALUE=DATE:20261224\r\nSUMMARY:Christmas\r\n  Eve\\, early";
    let found = read(&[one]).unwrap();
    let expected = [(Date::constant(2026, 12, 24), "Christmas Eve, early".into())];
    assert_eq!(found.days, expected.into());

    let several = "DTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20270102";
    assert_eq!(dates(&[several]), ["2026-12-31", "2027-01-01"]);
    // It began before the range.
    let running = "DTSTART;VALUE=DATE:20261120\r\nDTEND;VALUE=DATE:20261129";
    assert_eq!(dates(&[running]), ["2026-11-27", "2026-11-28"]);
    let by_duration = "DTSTART:20270105\r\nDURATION:P2D";
    assert_eq!(dates(&[by_duration]), ["2027-01-05", "2027-01-06"]);
    let same_end = "DTSTART:20270105\r\nDTEND:20270105";
    assert_eq!(dates(&[same_end]), ["2027-01-05"]);
}

#[test]
fn days_that_the_clock_changes_are_whole_days() {
    // 28 March 2027 has 23 hours in Stockholm, 31 October has 25.
    let spring = "DTSTART:20270327T230000Z\r\nDTEND:20270328T220000Z";
    let autumn = "DTSTART:20271030T220000Z\r\nDTEND:20271031T230000Z";
    assert_eq!(dates(&[spring, autumn]), ["2027-03-28", "2027-10-31"]);
    // Midnight as written, in any zone.
    let custom = "DTSTART;TZID=\"Custom: zone\":20270328T000000\r\nDTEND;TZID=\"Custom: zone\":20270329T000000";
    assert_eq!(dates(&[custom]), ["2027-03-28"]);
}

#[test]
fn what_repeats_each_year_is_there_in_each_year() {
    let fixed = "DTSTART:19700101\r\nRRULE:FREQ=YEARLY";
    assert_eq!(dates(&[fixed]), ["2027-01-01", "2028-01-01"]);
    let thanksgiving = "DTSTART:20101125\r\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH";
    assert_eq!(dates(&[thanksgiving]), ["2027-11-25", "2028-11-23"]);
    let last_monday = "DTSTART:20200525\r\nRRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO;UNTIL=20280101";
    assert_eq!(dates(&[last_monday]), ["2027-05-31"]);
    let after_monday = "DTSTART:20241105\r\nRRULE:FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8";
    assert_eq!(dates(&[after_monday]), ["2028-11-07"]);
    let leap_day = "DTSTART:20240229\r\nRRULE:FREQ=YEARLY";
    assert_eq!(dates(&[leap_day]), ["2028-02-29"]);
    let counted = "DTSTART:20250606\r\nRRULE:FREQ=YEARLY;COUNT=3";
    assert_eq!(dates(&[counted]), ["2027-06-06"]);
    let over_new_year =
        "DTSTART:20201231\r\nDTEND:20210102\r\nRRULE:FREQ=YEARLY;UNTIL=20271231T225959Z";
    let expected = ["2026-12-31", "2027-01-01", "2027-12-31", "2028-01-01"];
    assert_eq!(dates(&[over_new_year]), expected);
}

#[test]
fn a_repetition_that_was_moved_excluded_or_canceled_is_not_there() {
    let rule = "UID:1\r\nDTSTART:20200606\r\nRRULE:FREQ=YEARLY\r\nEXDATE:20280606";
    let moved = "UID:1\r\nRECURRENCE-ID:20270606\r\nDTSTART:20270607";
    let canceled = "UID:2\r\nSTATUS:CANCELED\r\nDTSTART:20270609";
    assert_eq!(dates(&[rule, moved, canceled]), ["2027-06-07"]);
    let added = "UID:3\r\nDTSTART:20270610\r\nRDATE;VALUE=DATE:20270612,20270611";
    assert_eq!(dates(&[added]), ["2027-06-10", "2027-06-11", "2027-06-12"]);
}

#[test]
fn events_with_times_or_other_rules_are_named_and_no_holidays() {
    let meeting = "SUMMARY:Meeting\r\nDTSTART:20270104T090000Z\r\nDTEND:20270104T100000Z";
    let weekly = "SUMMARY:Market\r\nDTSTART:20270104\r\nRRULE:FREQ=WEEKLY";
    let past = "SUMMARY:Past\r\nDTSTART:20200104T090000Z";
    let alarm = "DTSTART:20270106\r\nBEGIN:VALARM\r\nDTSTART:20270107\r\nEND:VALARM";
    let found = read(&[meeting, weekly, past, alarm, meeting]).unwrap();
    assert_eq!(found.others, ["Meeting", "Market"]);
    assert_eq!(found.days.len(), 1);
}

#[test]
fn a_text_that_is_no_calendar_has_its_fault() {
    let zone = TimeZone::UTC;
    let fault = |text: &str| read_holidays(text, &zone, FIRST, LAST).unwrap_err();
    assert_eq!(fault(""), CalendarFault::NotACalendar);
    assert_eq!(fault("<html>"), CalendarFault::NotACalendar);
    assert_eq!(fault("BEGIN:VCARD\nEND:VCARD"), CalendarFault::NotACalendar);
    let whole = calendar(&["DTSTART:20270106"]);
    let cut = &whole[..whole.find("END:VEVENT").unwrap()];
    assert_eq!(fault(cut), CalendarFault::CutOff);
    let bad = |lines| fault(&calendar(&[lines]));
    assert_eq!(
        bad("SUMMARY:X\r\nDTSTART:2027-01-06"),
        CalendarFault::InvalidLine(5)
    );
    assert_eq!(bad("SUMMARY:No start"), CalendarFault::InvalidLine(3));
    assert_eq!(bad("DTSTART:20270230"), CalendarFault::InvalidLine(4));
    assert_eq!(
        bad("DTSTART:20270106\r\nDURATION:long"),
        CalendarFault::InvalidLine(5)
    );
    let many = vec!["DTSTART:20270106"; 1_001];
    assert_eq!(fault(&calendar(&many)), CalendarFault::TooManyEvents);
}
