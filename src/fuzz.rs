//! Fuzz targets: every decoder and parser of outside data, with what must hold for any
//! bytes. `fuzz::tests` runs them on stable Rust, the package in `fuzz/` under cargo-fuzz.

#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, path::Path, sync::Arc};

use crate::{
    editing::SettingsFiles,
    holidays::fuzz as holiday_fuzz,
    pictures::{BYTES_MAX, Picture},
    settings::parse_configuration,
    web::fuzz as web,
};
use wallboard_boards::{
    board_file::parse_board,
    push::{
        deflate_offer::FrameEncoding,
        message_reader::{MessageReader, ReadFault, ReceivedMessage},
        protocol::{MAX_MESSAGE_BYTES, ViewerMessage, parse_message},
    },
};
use wallboard_domain::{
    ConnectionEvent, Discontinuity, Input, Moment, MonotonicTime, OpeningHours, Pattern,
    SiteConfig, SourceDiagnostic, SourceId, SourceSetup, moment,
};
use wallboard_history::{fetch, plan, sangoma, vergic};
use wallboard_live::{LiveState, codec};
use wallboard_sources::{
    genesys, gms, values,
    vngage::{KIND, decode::decode_input},
};
use wallboard_toml_reader::ConfigFaults;

/// Panics if the input breaks what must hold.
pub type FuzzTarget = fn(&[u8]);

/// The targets by name: the folders in `fuzz/seeds` and the binaries of the package in `fuzz/`.
pub const TARGETS: [(&str, FuzzTarget); 21] = [
    ("board_file", read_board_file),
    ("channel_answer", wallboard_notify::fuzz::read_answer),
    ("configuration", read_configuration),
    ("file_names", fetch::fuzz::read_names),
    ("genesys_reply", genesys::fuzz::read_reply),
    ("gms_reply", gms::fuzz::read_reply),
    ("history_query", web::read_query),
    ("holidays", holiday_fuzz::read_calendar),
    ("log_bytes", read_log_bytes),
    ("object_listing", fetch::fuzz::read_listing),
    ("pattern", match_pattern),
    ("picture", read_picture),
    ("plan_file", plan::fuzz::read_plan),
    ("sangoma_file", sangoma::fuzz::read_export),
    ("sangoma_name", sangoma::fuzz::read_name),
    ("settings_upload", read_settings_upload),
    ("values_batch", values::fuzz::read_bytes),
    ("vergic_file", vergic::fuzz::read_export),
    ("viewer_frames", read_viewer_frames),
    ("viewer_message", read_viewer_message),
    ("vngage_messages", read_messages),
];

/// Runs the target with that name.
///
/// # Panics
/// If there is no such target, or `data` breaks what must hold.
pub fn run(name: &str, data: &[u8]) {
    let target = TARGETS.iter().find(|target| target.0 == name);
    target.expect("a target has this name").1(data);
}

/// Each picture of an upload is small enough to be stored, and can be read again.
fn read_picture(data: &[u8]) {
    if let Ok(picture) = Picture::of_upload(data) {
        assert!(picture.bytes.len() <= BYTES_MAX);
        let again = Picture::of_export(picture.bytes.to_vec());
        assert_eq!(again, Ok(picture));
    }
}

/// An upload that can be read is written as a file that is read alike.
fn read_settings_upload(data: &[u8]) {
    if let Ok(files) = SettingsFiles::read_upload(data) {
        let file = Path::new("settings.toml");
        // Its faults are for the page.
        drop(files.entries.clone().by_id(file));
        // A file's name can be there twice, which none of ours has.
        if let Ok(zip) = files.to_zip() {
            assert_eq!(SettingsFiles::read_upload(&zip), Ok(files));
        }
    }
}

/// One message a line, `<routing key> <body>`: decoded and folded into the live state. The same
/// messages give the same state again.
fn read_messages(data: &[u8]) {
    assert_eq!(describe_fold(data), describe_fold(data));
}

fn describe_fold(data: &[u8]) -> String {
    let source = SourceSetup::new(SourceId::from("chat"), KIND);
    let id = source.id.clone();
    let mut now = Moment {
        wall: jiff::Timestamp::from_second(1_767_600_000).expect("a time in 2026"),
        monotonic: MonotonicTime(1_000),
    };
    let site = SiteConfig {
        sources: vec![source],
        ..SiteConfig::default()
    };
    let discontinuity = Some(Discontinuity::Start);
    let mut state = LiveState::default();
    for input in [
        Input::SiteConfig(Arc::new(site)),
        Input::Connection(id.clone(), ConnectionEvent::CatchingUp { discontinuity }),
        Input::Connection(id.clone(), ConnectionEvent::Connected),
    ] {
        state.apply_input(&input, now);
    }
    for line in data.split(|byte| *byte == b'\n') {
        let mut parts = line.splitn(2, |byte| *byte == b' ');
        let key = String::from_utf8_lossy(parts.next().unwrap_or_default());
        let input = decode_input(&id, &key, parts.next().unwrap_or_default());
        if let Input::Diagnostic(_, SourceDiagnostic::Rejected { event, .. }) = &input {
            assert!(event.chars().count() <= 64, "{event:?} is cut");
        }
        now = now.plus_millis(100);
        state.apply_input(&input, now);
        if state
            .next_due()
            .is_some_and(|due| due.monotonic <= now.monotonic)
        {
            state.apply_input(&Input::Tick, now);
        }
    }
    let snapshot = state.snapshot();
    let queues: BTreeMap<_, _> = snapshot.queues.iter().collect();
    let agents: BTreeMap<_, _> = snapshot.agents.iter().collect();
    let cases: BTreeMap<_, _> = snapshot.cases.iter().collect();
    format!("{queues:?} {agents:?} {cases:?} {:?}", snapshot.today)
}

/// Entries or a snapshot of the log, as they are and as what an undamaged file has compressed. What
/// can be read is played, as `wallboard replay` does with anybody's file.
fn read_log_bytes(data: &[u8]) {
    let compressed = codec::compress(data).expect("memory is enough");
    for bytes in [data, &compressed] {
        let mut state = codec::decode_state(bytes).unwrap_or_default();
        for entry in codec::decode_entries(bytes).unwrap_or_default() {
            state.apply_entry(&entry);
        }
        codec::encode_state(&state).expect("what was read can be written");
    }
}

/// Checks that a viewer's messages are read the same however they're cut, and inflate to no more than
/// allowed.
fn read_viewer_frames(data: &[u8]) {
    for encoding in [FrameEncoding::Plain, FrameEncoding::Deflate] {
        let read = read_in_parts(data, data.len().max(1), encoding);
        assert_eq!(read, read_in_parts(data, 1, encoding));
        assert!(read.0.iter().all(|message| match message {
            ReceivedMessage::Text(text) => text.len() <= MAX_MESSAGE_BYTES,
            ReceivedMessage::Binary(bytes) => bytes.len() <= MAX_MESSAGE_BYTES,
            _ => true,
        }));
    }
}

fn read_in_parts(
    data: &[u8],
    length: usize,
    encoding: FrameEncoding,
) -> (Vec<ReceivedMessage>, Option<ReadFault>) {
    let mut reader = MessageReader::new(MAX_MESSAGE_BYTES, encoding);
    let mut received = Vec::new();
    for part in data.chunks(length) {
        reader.push(part);
        loop {
            match reader.next_message() {
                Ok(Some(message)) => received.push(message),
                Ok(None) => break,
                Err(fault) => return (received, Some(fault)),
            }
        }
    }
    (received, None)
}

fn read_viewer_message(data: &[u8]) {
    let Ok(text) = str::from_utf8(&data[..data.len().min(MAX_MESSAGE_BYTES)]) else {
        return;
    };
    if let Ok(ViewerMessage::Status { lag, fps, .. }) = parse_message(text) {
        assert!([lag, fps].iter().flatten().all(|number| number.is_finite()));
    }
}

fn read_board_file(data: &[u8]) {
    if let Ok(text) = str::from_utf8(data)
        && let Err(faults) = parse_board(text, "board")
    {
        check_faults(text, &faults);
    }
}

fn read_configuration(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    let file = Path::new("no-such-folder/wallboard.toml");
    match parse_configuration(text, file, |_| Some("value".to_owned())) {
        Ok(settings) => {
            for (_, hours) in &settings.site.hours.0 {
                check_hours(hours);
            }
        }
        Err(faults) => check_faults(text, &faults),
    }
}

/// Every fault is at a place in the text.
fn check_faults(text: &str, faults: &ConfigFaults) {
    assert!(!faults.faults.is_empty());
    for fault in &faults.faults {
        assert!(fault.line <= text.matches('\n').count() + 1, "{fault:?}");
        assert!(!fault.what.is_empty(), "{fault:?}");
    }
    assert!(!faults.to_string().is_empty());
}

/// Looks at a week in which clocks change: open times are in order, and agree with each other.
fn check_hours(hours: &OpeningHours) {
    let from = jiff::Timestamp::from_second(1_774_400_000).expect("a time in March 2026");
    let to = moment::plus_millis(from, 7 * 86_400_000);
    let spans = hours.open_spans(from, to);
    for (start, end) in &spans {
        assert!(start < end, "{hours:?}");
        assert!(hours.is_open(*start), "{hours:?} at {start}");
    }
    assert!(spans.is_sorted_by(|one, next| one.1 < next.0), "{hours:?}");
    if let Some(at) = hours.opens_at(from) {
        assert!(from < at && hours.is_open(at), "{hours:?} at {at}");
    }
}

/// A pattern and an id, one a line. Compares with an independent matcher.
fn match_pattern(data: &[u8]) {
    let Some((pattern, id)) = str::from_utf8(data)
        .ok()
        .and_then(|text| text.split_once('\n'))
    else {
        return;
    };
    // `row[n]`: whether the pattern read so far matches the first n characters.
    let letters: Vec<char> = id.chars().take(200).collect();
    let id: String = letters.iter().collect();
    let mut row = vec![false; letters.len() + 1];
    row[0] = true;
    for sign in pattern.chars() {
        let mut next = vec![false; row.len()];
        for n in 0..row.len() {
            next[n] = if sign == '*' {
                row[n] || (0 < n && next[n - 1])
            } else {
                0 < n && row[n - 1] && letters[n - 1] == sign
            };
        }
        row = next;
    }
    assert_eq!(Pattern(pattern.to_owned()).matches(&id), row[letters.len()]);
}
