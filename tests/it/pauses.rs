//! A process that doesn't run for a while: the machine is suspended, or a virtual one is moved.

use std::time::Duration;

use lapin::ExchangeKind;

use crate::{
    support::{
        Broker, Disorder, Vep, VngageSource, is_nightly,
        judge::{self, Judge},
        onlookers::Onlookers,
        print_measured, shown, tier, wait_until, wait_until_fully_correct,
    },
    vngage_breaks::{
        assert_never_wrong, check_fresh_values_true, check_no_contradiction, generation, start_live,
    },
};

const LOOK_INTERVAL: Duration = Duration::from_millis(300);
const SETTLED: Duration = Duration::from_secs(10);
/// Until it's certain that no case was missed; see `vngage_figures`.
const ACCOUNTED: Duration = Duration::from_mins(1);

#[tokio::test(flavor = "multi_thread")]
async fn paused_process_shows_no_wrong_value_when_it_continues() {
    let broker = Broker::shared();
    let vep = Vep::open(broker, "paused", ExchangeKind::Topic, 81).await;
    let source = shown::prepare(VngageSource::plain(broker, "paused"));
    let wallboard = start_live(&vep, source).await;
    wait_until_fully_correct(&wallboard, &vep, ACCOUNTED).await;
    let before = generation(&wallboard).await;
    let (judge, groups) = {
        let center = &vep.state().await.center;
        (Judge::new(center.history.clone()), center.group_ids())
    };
    let url = wallboard.url("");
    let onlookers = Onlookers::gather("", &url, &groups, &judge, LOOK_INTERVAL).await;
    // Everybody looks while all is known: after a break, agents and cases aren't for a while.
    vep.run(20, Duration::from_secs(3), Disorder::NONE).await;
    judge.begin("pause");

    wallboard.signal("-STOP");
    // For longer than an unmarked value may be old; in `scripts/nightly`, than we trust Vngage to keep messages.
    vep.run(20, tier(20, 290), Disorder::NONE).await;
    wallboard.signal("-CONT");
    // From the first response on.
    check_fresh_values_true(&wallboard, &vep).await.unwrap();
    assert_never_wrong(&wallboard, &vep, tokio::time::sleep(SETTLED)).await;

    wait_until("nothing is wrong", SETTLED, async || {
        check_no_contradiction(&wallboard, &vep).await
    })
    .await;
    onlookers.leave();
    let (oldest, _) = judge.extremes();
    print_measured(
        "oldest unmarked value on screens, pages and API",
        oldest,
        judge::OLDEST,
    );
    let findings = judge.findings();
    assert!(findings.is_empty(), "{}", findings.join("\n"));
    let is_break = before < generation(&wallboard).await;
    assert_eq!(is_break, is_nightly());
}
