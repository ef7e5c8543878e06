use std::time::Duration;

use super::{
    super::Outbox, accepted, at, channel, failed, id, message, refused, restarted, write_digest,
};
use crate::{MessageSeries, Retry, SendError};

#[test]
fn failed_message_is_repeated_with_its_id_after_longer_and_longer_pauses() {
    let floor = [channel("floor", 20)];
    let mut outbox = Outbox::default();
    outbox.add(id(1), "floor", message("billing", 1), at(0));
    let mut times = Vec::new();
    while let Some(next) = outbox.next_due() {
        let due = outbox.due(next, &floor, write_digest);
        let Some(one) = due.first() else { break };
        assert_eq!((&one.id, one.attempt as usize), (&id(1), times.len() + 1));
        times.push(next.duration_since(at(0)).as_secs());
        outbox = restarted(&outbox);
        outbox.put_back_unsent(|_| false);
        // The attempt that the restart cut off is repeated, too.
        assert_eq!(outbox.due(next, &floor, write_digest).len(), 1);
        outbox.settle(&id(1), Err(failed()), next);
        times.push(times[times.len() - 1]);
    }
    assert_eq!(times[..6], [0, 0, 10, 10, 50, 50]);
    let last = times[times.len() - 1];
    assert!((23 * 3600..24 * 3600).contains(&last), "{last}");

    let dead: Vec<_> = outbox.dead_letters().collect();
    assert_eq!(dead.len(), 1);
    assert_eq!(dead[0].reason, "Slack answered 503 Service Unavailable.");
    assert_eq!(outbox.condition("floor").waiting, 0);
}

#[test]
fn refused_message_is_given_up_at_once_and_can_be_sent_again() {
    let floor = [channel("floor", 20)];
    let mut outbox = Outbox::default();
    outbox.add(id(1), "floor", message("billing", 1), at(0));
    outbox.due(at(0), &floor, write_digest);
    outbox.settle(&id(1), Err(refused()), at(1));
    assert_eq!(outbox.next_due(), None);
    let condition = outbox.condition("floor");
    assert_eq!(condition.error, Some("Slack answered 404 Not Found."));
    assert_eq!(condition.failing_since, Some(at(1)));

    assert!(outbox.revive(&id(1), at(2)));
    let due = outbox.due(at(2), &floor, write_digest);
    assert_eq!(due[0].id, id(1));
    outbox.settle(&id(1), Ok(accepted()), at(3));
    let condition = outbox.condition("floor");
    assert_eq!((condition.waiting, condition.error), (0, None));
    assert_eq!(condition.last_accepted.unwrap().at, at(3));
    assert!(!outbox.drop_dead(&id(1)));
}

#[test]
fn messages_of_a_channel_without_its_secret_wait_a_day_at_most() {
    let floor = [channel("floor", 20)];
    let mut unusable = floor.clone();
    unusable[0].unusable = Some("there is no key".to_owned());
    let mut outbox = Outbox::default();
    outbox.add(id(1), "floor", message("billing", 1), at(0));
    let almost = 24 * 3600 - 1;
    assert!(outbox.due(at(almost), &unusable, write_digest).is_empty());
    assert_eq!(outbox.dead_letters().count(), 0);

    let mut with_key = restarted(&outbox);
    let due = with_key.due(at(almost), &floor, write_digest);
    assert_eq!((&due[0].id, due[0].attempt), (&id(1), 1));

    assert!(
        outbox
            .due(at(almost + 1), &unusable, write_digest)
            .is_empty()
    );
    let dead: Vec<_> = outbox.dead_letters().collect();
    assert_eq!(dead[0].reason, "there is no key");
}

#[test]
fn server_that_names_a_pause_is_left_alone_for_that_long() {
    let floor = [channel("floor", 20)];
    let mut outbox = Outbox::default();
    outbox.add(id(1), "floor", message("billing", 1), at(0));
    outbox.due(at(0), &floor, write_digest);
    let busy = SendError {
        reason: "Slack answered 429 Too Many Requests.".to_owned(),
        retry: Retry::After(Duration::from_mins(2)),
    };
    outbox.settle(&id(1), Err(busy), at(0));
    // Nor is another message sent.
    outbox.add(id(2), "floor", message("sales", 2), at(1));
    assert!(outbox.due(at(119), &floor, write_digest).is_empty());
    assert_eq!(outbox.next_due(), Some(at(120)));
    assert_eq!(outbox.due(at(120), &floor, write_digest).len(), 1);
}

#[test]
fn newer_message_replaces_one_that_waits_and_follows_one_on_its_way() {
    let floor = [channel("floor", 20)];
    let mut outbox = Outbox::default();
    outbox.add(id(1), "floor", message("billing", 1), at(0));
    outbox.add(id(2), "floor", message("billing", 2), at(0));
    let due = outbox.due(at(0), &floor, write_digest);
    assert_eq!((due.len(), &due[0].id), (1, &id(2)));
    outbox.add(id(3), "floor", message("billing", 3), at(1));
    assert!(outbox.due(at(1), &floor, write_digest).is_empty());
    outbox.settle(&id(2), Err(failed()), at(1));
    let due = outbox.due(outbox.next_due().unwrap(), &floor, write_digest);
    assert_eq!((due.len(), &due[0].id), (1, &id(3)));
}

#[test]
fn two_thousand_messages_at_once_are_one_digest() {
    let floor = [channel("floor", 20)];
    let mut outbox = Outbox::default();
    for number in 0..2_000 {
        let thread = format!("queue {number}");
        outbox.add(id(number), "floor", message(&thread, number), at(0));
    }
    let size = serde_json::to_vec(&outbox).unwrap().len();
    assert!(size < 100_000, "{size}");
    println!("outbox with 2,000 messages: {size} bytes");
    let mut sent = Vec::new();
    while let Some(next) = outbox.next_due() {
        let due = outbox.due(next, &floor, write_digest);
        for one in due {
            outbox.settle(&one.id, Ok(accepted()), next);
            sent.push((next, one));
        }
    }
    // The oldest were gathered before the first was sent, so all went together.
    let counts: Vec<_> = (sent.iter())
        .map(|(_, one)| one.message.headline.clone())
        .collect();
    assert_eq!(counts, ["2000"]);
    assert_eq!(sent[0].1.message.lines.len(), 10);
}

#[test]
fn beyond_its_rate_a_channel_gets_a_digest_at_once() {
    let floor = [channel("floor", 20)];
    let mut outbox = Outbox::default();
    for number in 0..21 {
        let thread = format!("queue {number}");
        outbox.add(id(number), "floor", message(&thread, number), at(0));
    }
    let mut sent = Vec::new();
    while let Some(one) = outbox.due(at(0), &floor, write_digest).pop() {
        outbox.settle(&one.id, Ok(accepted()), at(0));
        sent.push(one.message.headline);
    }
    assert_eq!(sent.len(), 10);
    assert_eq!(sent[9], "12");
}

#[test]
fn messages_of_a_channel_that_was_removed_are_dead_letters() {
    let mut outbox = Outbox::default();
    outbox.add(id(1), "floor", message("billing", 1), at(0));
    assert!(outbox.due(at(0), &[], write_digest).is_empty());
    let reasons: Vec<_> = outbox.dead_letters().map(|one| &*one.reason).collect();
    assert_eq!(reasons, ["The configuration no longer has this channel."]);
    assert_eq!(outbox.next_due(), None);
}

#[test]
fn dead_letter_never_replaces_a_newer_message_of_its_thread() {
    let floor = [channel("floor", 20)];
    let mut outbox = Outbox::default();
    outbox.add(id(1), "floor", message("billing", 1), at(0));
    outbox.due(at(0), &floor, write_digest);
    outbox.settle(&id(1), Err(refused()), at(0));
    outbox.add(id(2), "floor", message("billing", 2), at(1));
    assert!(!outbox.revive(&id(1), at(2)));
    assert_eq!(outbox.dead_letters().count(), 1);
    assert_eq!(outbox.due(at(2), &floor, write_digest)[0].id, id(2));
}

#[test]
fn message_that_is_added_again_is_sent_once() {
    let floor = [channel("floor", 20)];
    let mut outbox = Outbox::default();
    for _ in 0..2 {
        outbox.add(id(1), "floor", message("billing", 1), at(0));
    }
    outbox.due(at(0), &floor, write_digest);
    outbox.add(id(1), "floor", message("billing", 1), at(0));
    outbox.settle(&id(1), Ok(accepted()), at(0));
    assert_eq!(outbox.next_due(), None);
}

#[test]
fn beyond_its_rate_a_series_gets_a_digest_with_the_count_while_what_may_not_wait_goes_at_once() {
    let floor = [channel("floor", 1000)];
    let mut outbox = Outbox::default();
    let series = |may_wait| MessageSeries {
        name: "waits".to_owned(),
        about: String::new(),
        may_wait,
    };
    let mut sent = Vec::new();
    for minute in 0..41 {
        let now = at(60 * minute);
        let number = usize::try_from(minute).unwrap();
        let flapping = message("flapping", number);
        outbox.add_of_series(id(number), "floor", series(0 < minute), flapping, now);
        if minute == 10 {
            let new = message("new", 1000);
            outbox.add_of_series(id(1000), "floor", series(false), new, now);
        }
        outbox = restarted(&outbox);
        while let Some(one) = outbox.due(now, &floor, write_digest).pop() {
            outbox.settle(&one.id, Ok(accepted()), now);
            sent.push((
                minute,
                one.message.headline,
                one.message.lines[0].value.clone(),
            ));
        }
    }
    let sent: Vec<_> = (sent.iter())
        .map(|(minute, headline, newest)| (*minute, &**headline, &**newest))
        .collect();
    let expected = [
        (0, "flapping 0", "0"),
        (1, "flapping 1", "1"),
        (2, "flapping 2", "2"),
        (10, "new 1000", "1000"),
        // All since, also those that newer ones replaced.
        (20, "18", "20"),
        (40, "20", "40"),
    ];
    assert_eq!(sent, expected);
}

#[test]
fn of_two_threads_about_one_thing_a_digest_names_the_newest() {
    let floor = [channel("floor", 1000)];
    let mut outbox = Outbox::default();
    let mut lines = Vec::new();
    for (number, thread) in ["a", "a", "a", "a", "b", "c"].into_iter().enumerate() {
        let series = MessageSeries {
            name: "waits".to_owned(),
            about: (if thread == "c" { "support" } else { "sales" }).to_owned(),
            may_wait: true,
        };
        outbox.add_of_series(id(number), "floor", series, message(thread, number), at(0));
        if let Some(one) = outbox.due(at(0), &floor, write_digest).pop() {
            outbox.settle(&one.id, Ok(accepted()), at(0));
        }
    }
    for one in outbox.due(at(1200), &floor, write_digest) {
        assert_eq!(one.message.headline, "3");
        lines.extend(one.message.lines.into_iter().map(|line| line.value));
    }
    assert_eq!(lines, ["4", "5"]);
}

fn about(subject: &str) -> MessageSeries {
    MessageSeries {
        name: "waits".to_owned(),
        about: subject.to_owned(),
        may_wait: false,
    }
}

#[test]
fn an_end_that_nobody_got_arrives_before_the_next_beginning_of_the_same() {
    let floor = [channel("floor", 20)];
    for begins_after in (700..2_400).step_by(50) {
        let mut outbox = Outbox::default();
        let add = |outbox: &mut Outbox, number, thread: &str, now| {
            let (series, message) = (about("queue billing"), message(thread, number));
            outbox.add_of_series(id(number), "floor", series, message, at(now));
        };
        add(&mut outbox, 1, "first", 0);
        let (mut now, mut is_added) = (0, false);
        while now < 2_400 {
            if !is_added && begins_after <= now {
                add(&mut outbox, 2, "second", begins_after);
                is_added = true;
            }
            for one in outbox.due(at(now), &floor, write_digest) {
                outbox.settle(&one.id, Err(failed()), at(now));
            }
            now += 5;
        }
        let mut arrived = Vec::new();
        while let Some(next) = outbox.next_due() {
            for one in outbox.due(next, &floor, write_digest) {
                outbox.settle(&one.id, Ok(accepted()), next);
                arrived.push(one.id);
            }
        }
        assert_eq!(arrived, [id(1), id(2)], "{begins_after}");
    }
}

#[test]
fn what_alone_fails_holds_up_nothing_for_long() {
    let floor = [channel("floor", 60)];
    let mut outbox = Outbox::default();
    for (number, thread) in [(1, "first"), (2, "second")] {
        let series = about("queue billing");
        outbox.add_of_series(id(number), "floor", series, message(thread, number), at(0));
    }
    let mut arrived = None;
    for number in 3..60 {
        let now = at(i64::try_from(number).unwrap() * 60);
        outbox.add(
            id(number),
            "floor",
            message(&number.to_string(), number),
            now,
        );
        for seconds in 0..12 {
            let now = now + jiff::SignedDuration::from_secs(seconds * 5);
            for one in outbox.due(now, &floor, write_digest) {
                let is_first = one.id == id(1);
                let outcome = if is_first {
                    Err(failed())
                } else {
                    Ok(accepted())
                };
                outbox.settle(&one.id, outcome, now);
                if one.id == id(2) {
                    arrived = Some(number);
                }
            }
        }
    }
    assert!(arrived.is_some_and(|number| number < 10), "{arrived:?}");
}

#[test]
fn what_names_a_forgotten_subject_is_dropped_and_digests_count_it_without_a_name() {
    let floor = [channel("floor", 4)];
    let is_anna = |subject: &str| subject == "agent anna";
    let named = |outbox: &Outbox| serde_json::to_string(outbox).unwrap().contains("anna");
    let add = |outbox: &mut Outbox, count: usize| {
        for number in 0..count {
            let subject = match number {
                0 => "anna".to_owned(),
                number => format!("bo {number}"),
            };
            let series = about(&format!("agent {subject}"));
            let thread = format!("about {number}");
            outbox.add_of_series(id(number), "floor", series, message(&thread, number), at(0));
        }
    };
    // One that waits, then gathered ones, then a digest that failed, and one that was refused.
    let mut outbox = Outbox::default();
    add(&mut outbox, 2);
    assert!(named(&outbox) && outbox.forget_subjects(is_anna));
    assert_eq!(
        (named(&outbox), outbox.condition("floor").waiting),
        (false, 1)
    );

    let mut outbox = Outbox::default();
    add(&mut outbox, 101);
    assert!(outbox.forget_subjects(is_anna));
    let digest = &outbox.queues["floor"].gathered["waits"];
    assert!(digest.named().all(|one| one.thread != "about 0"));
    assert_eq!((digest.count, named(&outbox)), (101, false));
    assert!(!outbox.forget_subjects(is_anna));

    for outcome in [failed(), refused()] {
        let mut outbox = Outbox::default();
        add(&mut outbox, 101);
        let due = outbox.due(at(0), &floor, write_digest);
        assert_eq!(due[0].message.lines[0].label, "about 0");
        outbox.settle(&due[0].id, Err(outcome), at(0));
        assert!(outbox.forget_subjects(is_anna));
        let lines = outbox.queues["floor"].waiting.iter();
        assert!(
            lines
                .map(|one| one.message.lines.len())
                .all(|count| count == 0)
        );
        assert_eq!((outbox.dead_letters().count(), named(&outbox)), (0, false));
        assert!(!outbox.forget_subjects(is_anna));
    }
}
