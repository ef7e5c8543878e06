//! Traffic for hours with random faults: after each fault everything is right again, memory grows
//! only by what the day holds, and descriptors and threads don't grow at all.

use std::{
    fs,
    time::{Duration, Instant},
};

use lapin::{Channel, options::QueueDeleteOptions};
use rand::{SeedableRng, rngs::StdRng, seq::SliceRandom};
use tokio::time::sleep;

use crate::{
    support::{
        Broker, Disorder, NetworkCondition, Proxy, Vep, Wallboard, check_queues, is_nightly,
        print_measured, process::status_of, tier, wait_until,
    },
    vngage_breaks::{assert_fresh_values_true, start_behind_proxy},
};

const SOON: Duration = Duration::from_secs(20);
/// How much memory may grow in an hour, in MB, apart from what the day holds.
const GROWTH_MAX: f64 = 5.0;
/// Connections that open or close as we look.
const TOLERANCE: usize = 8;

#[derive(Clone, Copy, Debug)]
enum Fault {
    Reset,
    Outage,
    HalfOpen,
    SlowNetwork,
    DeletedQueue,
    Pause,
    Disorder,
}

const FAULTS: [Fault; 7] = [
    Fault::Reset,
    Fault::Outage,
    Fault::HalfOpen,
    Fault::SlowNetwork,
    Fault::DeletedQueue,
    Fault::Pause,
    Fault::Disorder,
];

#[tokio::test(flavor = "multi_thread")]
async fn hours_of_faults_leave_nothing_behind() {
    let broker = Broker::shared();
    let (proxy, vep, mut wallboard) = start_behind_proxy(broker, "soak", 91).await;
    let channel = broker.connect().await.create_channel().await.unwrap();
    let duration = tier(20, soak_seconds());
    let rate = if is_nightly() { 250 } else { 40 };
    let seed = rand::random();
    println!("seed {seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let began = Instant::now();
    let warm = process_size(&wallboard);
    let mut sizes = Vec::new();
    let mut order = FAULTS;
    while began.elapsed() < duration {
        // Each in turn, in another order every time.
        if sizes.len() % order.len() == 0 {
            order.shuffle(&mut random);
        }
        let fault = order[sizes.len() % order.len()];
        let disorder = match fault {
            Fault::Disorder => Disorder::HIGH,
            _ => Disorder::NONE,
        };
        let causing = cause_fault(fault, &channel, &proxy, &wallboard);
        tokio::join!(causing, vep.run(rate, Duration::from_secs(6), disorder));
        settle(&wallboard, &vep, fault).await;
        let size = process_size(&wallboard);
        println!("{:?} after {fault:?}: {size:?}", began.elapsed());
        sizes.push(size);
    }

    let end = at_rest(&sizes);
    wallboard.restart("-TERM").await;
    settle(&wallboard, &vep, Fault::Reset).await;
    // The memory of the day, in a process that has done nothing else.
    let day = process_size(&wallboard);
    let hours = began.elapsed().as_secs_f64() / 3_600.0;
    let growth = (end.megabytes - day.megabytes.max(warm.megabytes)) / hours;
    print_measured("faults", sizes.len(), "any");
    print_measured(
        "megabytes at the end, and after a restart",
        (end.megabytes, day.megabytes),
        "any",
    );
    print_measured("megabytes an hour apart from the day", growth, GROWTH_MAX);
    print_measured(
        "descriptors before and after",
        (warm.descriptors, end.descriptors),
        TOLERANCE,
    );
    print_measured(
        "threads before and after",
        (warm.threads, end.threads),
        TOLERANCE,
    );
    assert!(end.descriptors <= warm.descriptors + TOLERANCE);
    assert!(end.threads <= warm.threads + TOLERANCE);
    // In seconds, nothing can be said about an hour.
    assert!(!is_nightly() || growth <= GROWTH_MAX);
}

/// The length of the long version: two hours, or what `SOAK_SECONDS` says.
fn soak_seconds() -> u64 {
    let seconds = std::env::var("SOAK_SECONDS").ok();
    seconds.map_or(7_200, |seconds| seconds.parse().unwrap())
}

async fn cause_fault(fault: Fault, channel: &Channel, proxy: &Proxy, wallboard: &Wallboard) {
    match fault {
        Fault::Reset => proxy.cut(),
        Fault::Outage => {
            proxy.set(NetworkCondition::Refusing);
            proxy.cut();
            sleep(Duration::from_secs(3)).await;
        }
        Fault::HalfOpen => {
            proxy.set(NetworkCondition::Silent);
            sleep(Duration::from_secs(5)).await;
        }
        Fault::SlowNetwork => {
            proxy.set(NetworkCondition::Slow(Duration::from_millis(200)));
            sleep(Duration::from_secs(4)).await;
        }
        Fault::Pause => {
            wallboard.signal("-STOP");
            sleep(Duration::from_secs(4)).await;
            wallboard.signal("-CONT");
        }
        Fault::DeletedQueue => {
            let options = QueueDeleteOptions::default();
            let queue = "wallboard soak".into();
            channel.queue_delete(queue, options).await.unwrap();
        }
        // The traffic's own.
        Fault::Disorder => {}
    }
    proxy.set(NetworkCondition::Normal);
}

async fn settle(wallboard: &Wallboard, vep: &Vep, fault: Fault) {
    wait_until(
        &format!("all queues are right after {fault:?}"),
        SOON,
        async || check_queues(wallboard, vep).await,
    )
    .await;
    assert_fresh_values_true(wallboard, vep).await;
}

#[derive(Clone, Copy, Debug)]
struct ProcessSize {
    megabytes: f64,
    descriptors: usize,
    threads: usize,
}

/// Returns the last size without a snapshot of the log in the making, which takes memory for a moment.
fn at_rest(sizes: &[ProcessSize]) -> ProcessSize {
    let last = sizes.iter().rev().take(10).copied();
    last.min_by(|one, other| one.megabytes.total_cmp(&other.megabytes))
        .unwrap()
}

fn process_size(wallboard: &Wallboard) -> ProcessSize {
    let status = |name| u32::try_from(status_of(wallboard.id(), name)).unwrap();
    let descriptors = fs::read_dir(format!("/proc/{}/fd", wallboard.id()));
    ProcessSize {
        megabytes: f64::from(status("VmRSS")) / 1_024.0,
        descriptors: descriptors.unwrap().count(),
        threads: status("Threads") as usize,
    }
}
