//! A process that doesn't run for a while: the machine is suspended, or a virtual one is moved.

use std::time::Duration;

use lapin::ExchangeKind;

use crate::{
    support::{
        Broker, Disorder, Vep, VngageSource, is_nightly, tier, wait_until, wait_until_fully_correct,
    },
    vngage_breaks::{
        assert_never_wrong, check_fresh_values_true, check_no_contradiction, generation, start_live,
    },
};

const SETTLED: Duration = Duration::from_secs(10);
/// Until it's certain that no case was missed; see `vngage_figures`.
const ACCOUNTED: Duration = Duration::from_mins(1);

#[tokio::test(flavor = "multi_thread")]
async fn paused_process_shows_no_wrong_value_when_it_continues() {
    let broker = Broker::shared();
    let vep = Vep::open(broker, "paused", ExchangeKind::Topic, 81).await;
    let wallboard = start_live(&vep, VngageSource::plain(broker, "paused")).await;
    wait_until_fully_correct(&wallboard, &vep, ACCOUNTED).await;
    let before = generation(&wallboard).await;

    wallboard.signal("-STOP");
    // In `scripts/nightly` for longer than we trust Vngage to keep messages.
    vep.run(20, tier(12, 290), Disorder::NONE).await;
    wallboard.signal("-CONT");
    // From the first response on.
    check_fresh_values_true(&wallboard, &vep).await.unwrap();
    assert_never_wrong(&wallboard, &vep, tokio::time::sleep(SETTLED)).await;

    wait_until("nothing is wrong", SETTLED, async || {
        check_no_contradiction(&wallboard, &vep).await
    })
    .await;
    let is_break = before < generation(&wallboard).await;
    assert_eq!(is_break, is_nightly());
}
