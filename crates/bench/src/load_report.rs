//! The report that `wallboard-bench` prints.

use std::{fmt, time::Duration};

use indicatif::{BinaryBytes, HumanCount, HumanFloatCount};

use super::{ClockDifference, LoadFigures, ReturnedViewers};

/// The figures of one run.
#[derive(Debug)]
pub(super) struct LoadReport {
    pub(super) viewers: u16,
    pub(super) board: String,
    pub(super) url: String,
    pub(super) connect_time: Duration,
    /// How long all viewers watched.
    pub(super) watched: Duration,
    pub(super) figures: LoadFigures,
    /// `None`: the server's clock is this machine's.
    pub(super) clock: Option<ClockDifference>,
    /// How half of the viewers returned, and the figures of those who stayed.
    pub(super) returned: Option<(ReturnedViewers, LoadFigures)>,
}

impl LoadReport {
    /// Whether no connection was lost, no frame is missing, and everyone returned.
    pub(super) fn all_served(&self) -> bool {
        let is_well = |figures: &LoadFigures| figures.lost.is_empty() && figures.gaps == 0;
        is_well(&self.figures)
            && (self.returned.as_ref()).is_none_or(|(returned, staying)| {
                returned.returned == returned.dropped && is_well(staying)
            })
    }
}

impl fmt::Display for LoadReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let viewers = HumanCount(u64::from(self.viewers));
        let (board, url) = (&self.board, &self.url);
        let (connected, watched) = (self.connect_time, self.watched);
        writeln!(
            f,
            "{viewers} viewers of board {board} at {url}, for {watched:.1?}"
        )?;
        write_row(f, "connected within", format_args!("{connected:.2?}"))?;
        write_figures(f, &self.figures, self.watched)?;
        if let Some(ClockDifference { ahead, within }) = self.clock {
            let (off, direction) = (
                ahead.unsigned_abs(),
                if ahead < 0 { "behind" } else { "ahead" },
            );
            writeln!(
                f,
                "  The server's clock is {off} ms {direction} this machine's, known to within {within} ms. The delays are\n  corrected by it and are as uncertain."
            )?;
        }
        if self.figures.frames == self.figures.heartbeats {
            writeln!(
                f,
                "  The board didn't change: choose one that does (--board), or watch for longer (--for)."
            )?;
        }
        if let Some((returned, staying)) = &self.returned {
            write_return(f, *returned, staying)?;
        }
        Ok(())
    }
}

fn write_figures(
    f: &mut fmt::Formatter<'_>,
    figures: &LoadFigures,
    watched: Duration,
) -> fmt::Result {
    let per_second = |count: u64| {
        #[expect(clippy::cast_precision_loss, reason = "a rate to print")]
        let rate = count as f64 / watched.as_secs_f64();
        rate.round()
    };
    let (frames, rate) = (HumanCount(figures.frames), per_second(figures.frames));
    let rate = HumanFloatCount(rate);
    let heartbeats = HumanCount(figures.heartbeats);
    write_row(
        f,
        "frames received",
        format_args!("{frames}, {rate} per second ({heartbeats} heartbeats)"),
    )?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "rounded above"
    )]
    let bytes = BinaryBytes(per_second(figures.bytes) as u64);
    write_row(f, "received", format_args!("{bytes} per second"))?;
    write_delay(f, "delay", figures)?;
    write_row(f, "missing frames", HumanCount(figures.gaps))?;
    write_row(f, "skipped to the whole board", HumanCount(figures.skips))?;
    write_row(f, "lost connections", HumanCount(figures.lost_count()))?;
    for (reason, count) in &figures.lost {
        writeln!(f, "    {}: {reason}", HumanCount(*count))?;
    }
    Ok(())
}

fn write_return(
    f: &mut fmt::Formatter<'_>,
    returned: ReturnedViewers,
    staying: &LoadFigures,
) -> fmt::Result {
    let ReturnedViewers {
        dropped,
        returned,
        time,
        failed_attempts,
    } = returned;
    let count = |count: usize| HumanCount(count as u64);
    writeln!(
        f,
        "{} of them dropped their connections at once",
        count(dropped)
    )?;
    let all = if returned == dropped {
        "all had the board again after"
    } else {
        "had the board again"
    };
    if returned == dropped {
        write_row(f, all, format_args!("{time:.2?}"))?;
    } else {
        let (returned, dropped) = (count(returned), count(dropped));
        write_row(f, all, format_args!("{returned} of {dropped}"))?;
    }
    write_row(f, "attempts that failed", HumanCount(failed_attempts))?;
    write_delay(f, "delay of those who stayed", staying)?;
    write_row(
        f,
        "lost of those who stayed",
        HumanCount(staying.lost_count()),
    )
}

fn write_delay(f: &mut fmt::Formatter<'_>, what: &str, figures: &LoadFigures) -> fmt::Result {
    match figures.delay {
        Some(delay) => {
            let (p50, p99, max) = (delay.p50, delay.p99, delay.max);
            let text = format_args!("p50 {p50} ms, p99 {p99} ms, max {max} ms");
            write_row(f, what, text)
        }
        None => write_row(f, what, "–"),
    }
}

fn write_row(f: &mut fmt::Formatter<'_>, what: &str, value: impl fmt::Display) -> fmt::Result {
    writeln!(f, "  {what:<30} {value}")
}

#[cfg(test)]
mod tests {
    use crate::DelayFigures;

    use super::*;

    fn report() -> LoadReport {
        LoadReport {
            viewers: 2_000,
            board: "queues".into(),
            url: "http://127.0.0.1:8080".into(),
            connect_time: Duration::from_millis(1_250),
            watched: Duration::from_secs(20),
            figures: LoadFigures {
                frames: 40_000,
                bytes: 8_192_000,
                delay: Some(DelayFigures {
                    p50: 4,
                    p99: 7,
                    max: 12,
                }),
                ..LoadFigures::default()
            },
            clock: None,
            returned: None,
        }
    }

    #[test]
    fn report_has_each_figure() {
        assert_eq!(
            report().to_string(),
            "2,000 viewers of board queues at http://127.0.0.1:8080, for 20.0s\n\
             \x20 connected within               1.25s\n\
             \x20 frames received                40,000, 2,000 per second (0 heartbeats)\n\
             \x20 received                       400.00 KiB per second\n\
             \x20 delay                          p50 4 ms, p99 7 ms, max 12 ms\n\
             \x20 missing frames                 0\n\
             \x20 skipped to the whole board     0\n\
             \x20 lost connections               0\n"
        );
        assert!(report().all_served());
    }

    #[test]
    fn losses_gaps_and_unknown_delays_are_said() {
        let mut lossy = report();
        lossy
            .figures
            .lost
            .insert("closed with 1013 too slow".into(), 3);
        assert!(
            lossy
                .to_string()
                .contains("\n    3: closed with 1013 too slow\n"),
            "{lossy}"
        );
        assert!(!lossy.all_served());

        let mut quiet = report();
        (quiet.figures.frames, quiet.figures.delay) = (0, None);
        let text = quiet.to_string();
        assert!(
            text.contains("delay                          –\n"),
            "{text}"
        );
        assert!(text.contains("didn't change"), "{text}");

        let mut far = report();
        far.clock = Some(ClockDifference {
            ahead: -70,
            within: 4,
        });
        assert!(far.to_string().contains("70 ms behind this"), "{far}");
    }

    #[test]
    fn return_is_complete_or_not() {
        let mut report = report();
        let mut returned = ReturnedViewers {
            dropped: 1_000,
            returned: 1_000,
            time: Duration::from_millis(820),
            failed_attempts: 2,
        };
        report.returned = Some((returned, report.figures.clone()));
        let text = report.to_string();
        assert!(text.contains("1,000 of them dropped"), "{text}");
        assert!(
            text.contains("all had the board again after  820.00ms\n"),
            "{text}"
        );
        assert!(report.all_served());

        returned.returned = 999;
        report.returned = Some((returned, LoadFigures::default()));
        assert!(
            report
                .to_string()
                .contains("had the board again            999 of 1,000\n")
        );
        assert!(!report.all_served());
    }
}
