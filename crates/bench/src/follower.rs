//! One viewer's reading of its frames: whether it has the board, whether a frame is missing, and
//! how long each was on its way. Looks only at what a frame begins with: its type, number and times.

use std::sync::atomic::Ordering::Relaxed;

use super::figures::{ClockComparison, FigureCounts};

/// The position of one viewer.
#[derive(Debug)]
pub(super) struct FrameFollower {
    /// The number of the last frame.
    n: u64,
    /// Frames up to this one are older than the connection: they have no delay.
    caught_up_at: u64,
    is_served: bool,
    requested_at: i64,
}

/// The meaning of a frame for the viewer's connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum FrameMeaning {
    /// The board is published in this epoch.
    Epoch(String),
    /// From now on the viewer has the board.
    Served,
    Nothing,
}

impl FrameFollower {
    /// A viewer that requested its socket at this time (in ms since 1970) and has frames up to `n`.
    pub(super) fn new(requested_at: i64, n: u64) -> Self {
        Self {
            n,
            caught_up_at: 0,
            is_served: false,
            requested_at,
        }
    }

    pub(super) fn n(&self) -> u64 {
        self.n
    }

    pub(super) fn is_served(&self) -> bool {
        self.is_served
    }

    /// Takes the beginning of a text frame of so many bytes, which arrived at `now`.
    pub(super) fn take_frame(
        &mut self,
        text: &[u8],
        length: u64,
        now: i64,
        figures: &FigureCounts,
        clock: &ClockComparison,
    ) -> FrameMeaning {
        figures.bytes.fetch_add(length, Relaxed);
        let n = || find_number(text, b"\"n\":").and_then(|n| u64::try_from(n).ok());
        let sent_at = || find_number(text, b"\"ts\":");
        if text.starts_with(br#"{"t":"d""#) {
            if self.is_served {
                self.take_change(text, n(), now, figures, clock);
            }
        } else if text.starts_with(br#"{"t":"hb""#) {
            figures.frames.fetch_add(1, Relaxed);
            figures.heartbeats.fetch_add(1, Relaxed);
            if n().is_some_and(|n| self.n < n) {
                figures.gaps.fetch_add(1, Relaxed);
                self.n = n().unwrap_or(self.n);
            }
            if let Some(sent_at) = sent_at() {
                figures.delays.record(clock.since(sent_at, now));
            }
        } else if text.starts_with(br#"{"t":"s""#) {
            self.n = n().unwrap_or(self.n);
            self.caught_up_at = self.n;
            if self.is_served {
                figures.skips.fetch_add(1, Relaxed);
                return FrameMeaning::Nothing;
            }
            self.is_served = true;
            return FrameMeaning::Served;
        } else if text.starts_with(br#"{"t":"hi""#) {
            if let Some(sent_at) = sent_at() {
                clock.compare(self.requested_at, sent_at, now);
            }
            self.is_served = contains(text, br#""resume":true"#);
            self.caught_up_at = n().unwrap_or(0);
            let epoch = find_text(text, b"\"e\":\"");
            return epoch.map_or(FrameMeaning::Nothing, FrameMeaning::Epoch);
        }
        FrameMeaning::Nothing
    }

    fn take_change(
        &mut self,
        text: &[u8],
        n: Option<u64>,
        now: i64,
        figures: &FigureCounts,
        clock: &ClockComparison,
    ) {
        figures.frames.fetch_add(1, Relaxed);
        let Some(n) = n else { return };
        if n != self.n + 1 {
            figures.gaps.fetch_add(1, Relaxed);
        }
        self.n = n;
        if n <= self.caught_up_at {
            return;
        }
        if let Some(sent_at) = find_number(text, b"\"ts\":") {
            figures.delays.record(clock.since(sent_at, now));
        }
        if let Some(reported_at) = find_number(text, b"\"o\":") {
            figures.ages.record(clock.since(reported_at, now));
        }
    }
}

fn find_number(text: &[u8], key: &[u8]) -> Option<i64> {
    let digits = rest_after(text, key)?
        .iter()
        .take_while(|byte| byte.is_ascii_digit());
    let mut number: Option<i64> = None;
    for digit in digits {
        let before = number.unwrap_or(0).checked_mul(10)?;
        number = before.checked_add(i64::from(digit - b'0'));
    }
    number
}

fn find_text(text: &[u8], key: &[u8]) -> Option<String> {
    let rest = rest_after(text, key)?;
    let end = rest.iter().position(|&byte| byte == b'"')?;
    String::from_utf8(rest.get(..end)?.to_vec()).ok()
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    rest_after(text, part).is_some()
}

fn rest_after<'a>(text: &'a [u8], part: &[u8]) -> Option<&'a [u8]> {
    let at = text.windows(part.len()).position(|window| window == part)?;
    text.get(at + part.len()..)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Case {
        follower: FrameFollower,
        figures: FigureCounts,
        clock: ClockComparison,
    }

    impl Case {
        fn new(n: u64) -> Self {
            Self {
                follower: FrameFollower::new(1_000, n),
                figures: FigureCounts::new(),
                clock: ClockComparison::default(),
            }
        }

        fn take(&mut self, text: &str, now: i64) -> FrameMeaning {
            let length = text.len() as u64 + 2;
            (self.follower).take_frame(text.as_bytes(), length, now, &self.figures, &self.clock)
        }

        fn counts(&self) -> [u64; 4] {
            let figures = &self.figures;
            [
                &figures.frames,
                &figures.heartbeats,
                &figures.gaps,
                &figures.skips,
            ]
            .map(|count| count.load(Relaxed))
        }

        fn delays(&self) -> Option<(u64, u64)> {
            let delays = super::super::delay_histogram::summarize(&[&self.figures.delays])?;
            Some((delays.p50, delays.max))
        }
    }

    fn hello(n: u64, resume: bool) -> String {
        format!(
            r#"{{"t":"hi","e":"b7","n":{n},"ver":"9f","ts":1010,"resume":{resume},"hint":{{"hb":10}}}}"#
        )
    }

    fn change(n: u64, sent_at: i64) -> String {
        format!(r#"{{"t":"d","e":"b7","n":{n},"ts":{sent_at},"o":900,"c":[[1,"n\":5"]]}}"#)
    }

    #[test]
    fn new_viewer_is_served_by_the_whole_board_and_follows_it() {
        let mut case = Case::new(0);
        assert_eq!(
            case.take(&hello(6, false), 1_020),
            FrameMeaning::Epoch("b7".into())
        );
        assert!(!case.follower.is_served());
        assert_eq!(
            case.take(r#"{"t":"s","e":"b7","n":7,"ts":1015,"c":[]}"#, 1_030),
            FrameMeaning::Served
        );
        assert_eq!(case.clock.difference().unwrap().within, 11);

        case.take(&change(8, 2_000), 2_004);
        case.take(r#"{"t":"hb","n":8,"ts":3000,"src":{"chat":2}}"#, 3_009);
        case.take(r#"{"t":"cmd","do":"n\":99"}"#, 3_010);

        assert_eq!(case.counts(), [2, 1, 0, 0]);
        assert_eq!(case.delays(), Some((4, 9)));
        assert_eq!(case.figures.ages.record(0), ());
        assert_eq!(case.follower.n(), 8);
    }

    #[test]
    fn gaps_and_skips_are_counted() {
        let mut case = Case::new(0);
        case.take(&hello(7, false), 1_020);
        case.take(r#"{"t":"s","e":"b7","n":7,"ts":1015,"c":[]}"#, 1_030);
        for n in [8, 10, 11] {
            case.take(&change(n, 2_000), 2_001);
        }
        assert_eq!(case.counts(), [3, 0, 1, 0]);
        case.take(r#"{"t":"hb","n":12,"ts":3000,"src":{}}"#, 3_001);
        assert_eq!(case.counts(), [4, 1, 2, 0]);
        case.take(r#"{"t":"s","e":"b7","n":20,"ts":3015,"c":[]}"#, 9_000);
        case.take(&change(21, 9_000), 9_001);
        assert_eq!(case.counts(), [5, 1, 2, 1]);
        assert_eq!(case.delays(), Some((1, 1)));
    }

    #[test]
    fn old_frames_of_a_resumed_viewer_have_no_delay() {
        let mut case = Case::new(5);
        case.take(&hello(7, true), 1_020);
        assert!(case.follower.is_served());
        for n in [6, 7, 8] {
            case.take(&change(n, 1_000 * i64::try_from(n).unwrap()), 8_002);
        }
        assert_eq!(case.counts(), [3, 0, 0, 0]);
        assert_eq!(case.delays(), Some((2, 2)));
    }
}
