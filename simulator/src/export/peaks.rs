//! The most that waited in each quarter of an hour of a past day, as a board would have shown it.

use jiff::{SignedDuration, Timestamp, civil::Date};

use super::{
    super::{
        Settings,
        call_center::FinishedContact,
        roster::{Channel, QueueNo},
    },
    bounds, play,
};

const QUARTER: SignedDuration = SignedDuration::from_mins(15);

/// Plays a day of a channel. Returns the start of each quarter and the most that waited in it, of each
/// queue.
pub fn waiting_peaks(
    settings: &Settings,
    channel: Channel,
    date: Date,
) -> Vec<(QueueNo, Timestamp, u32)> {
    let [start, end] = bounds(date, &settings.zone);
    let contacts = play(date, channel, settings).contacts;
    let mut peaks = Vec::new();
    for queue in channel.queues() {
        let own = contacts.iter().filter(|one| one.contact.queue == queue);
        let quarters = quarter_peaks(own, start, end);
        peaks.extend(quarters.map(|(quarter, most)| (queue, quarter, most)));
    }
    peaks
}

/// Returns the most contacts that waited at once in each quarter.
fn quarter_peaks<'a>(
    contacts: impl Iterator<Item = &'a FinishedContact>,
    start: Timestamp,
    end: Timestamp,
) -> impl Iterator<Item = (Timestamp, u32)> {
    let mut changes: Vec<(Timestamp, bool)> = contacts
        .flat_map(|finished| {
            let left = finished.contact.answered.unwrap_or(finished.ended);
            [(finished.contact.entered, true), (left, false)]
        })
        .collect();
    // A contact that leaves makes room first.
    changes.sort_unstable();
    let mut changes = changes.into_iter().peekable();
    let mut waiting: u32 = 0;
    let quarters = std::iter::successors(Some(start), |quarter| quarter.checked_add(QUARTER).ok());
    quarters
        .take_while(move |quarter| *quarter < end)
        .map(move |quarter| {
            let mut most = waiting;
            while let Some((_, has_entered)) = changes.next_if(|(at, _)| *at < quarter + QUARTER) {
                waiting = if has_entered {
                    waiting + 1
                } else {
                    waiting.saturating_sub(1)
                };
                most = most.max(waiting);
            }
            (quarter, most)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_quarter_of_a_day_has_its_peak_and_the_afternoon_more_than_the_night() {
        let settings = Settings::default();
        let date: Date = "2026-11-20".parse().unwrap();

        let peaks = waiting_peaks(&settings, Channel::Phone, date);

        assert_eq!(peaks.len(), Channel::Phone.queues().len() * 96);
        let [start, _] = bounds(date, &settings.zone);
        let most = |hours: std::ops::Range<i64>| {
            let inside = peaks.iter().filter(|(_, at, _)| {
                hours.contains(&((at.as_second() - start.as_second()) / 3600))
            });
            inside.map(|(_, _, most)| *most).max().unwrap()
        };
        assert!(most(3..5) < most(10..16), "{} {}", most(3..5), most(10..16));
        assert!((2..60).contains(&most(10..16)), "{}", most(10..16));
    }
}
