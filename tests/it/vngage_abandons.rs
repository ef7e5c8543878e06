//! Contacts that leave without an agent. No event reports it, but they are counted, and uncounted
//! if an agent answers them after all.

use std::time::Duration;

use lapin::ExchangeKind;
use serde_json::Value;

use crate::support::{
    Broker, Disorder, Vep, VngageSource, Wallboard, tier, wait_until, wait_until_correct,
};

const SOON: Duration = Duration::from_secs(20);
/// Three learned intervals, at least 30 s, plus a margin.
const ESTIMATED_WITHIN: Duration = Duration::from_mins(1);

async fn site_metric(wallboard: &Wallboard, name: &str) -> Result<Value, String> {
    let site = wallboard.get("/api/v1/site").await?;
    Ok(site["metrics"][name].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn unopened_contacts_count_as_abandoned_until_opened_after_all() {
    let broker = Broker::shared();
    let vep = Vep::open(broker, "abandons", ExchangeKind::Topic, 31).await;
    let wallboard = Wallboard::serve(VngageSource::plain(broker, "abandons")).await;
    wallboard.wait_for_state("live", SOON).await;
    vep.run(30, tier(3, 30), Disorder::NONE).await;
    wait_until_correct(&wallboard, &vep, SOON).await;
    let abandoned = async |count: u64| {
        let what = format!("{count} abandons are counted");
        wait_until(&what, ESTIMATED_WITHIN, async || {
            let metric = site_metric(&wallboard, "abandoned").await?;
            let is_correct = metric["value"] == count && metric["estimated"] == true;
            if is_correct {
                Ok(())
            } else {
                Err(metric.to_string())
            }
        })
        .await;
    };

    let leaving = {
        let mut state = vep.state().await;
        let leaving = state.center.abandon_oldest(2);
        for messages in leaving.1 {
            state.publish(messages).await;
        }
        leaving.0
    };
    abandoned(2).await;
    wait_until_correct(&wallboard, &vep, SOON).await;

    {
        let mut state = vep.state().await;
        let messages = state.center.return_contact(&leaving[0]);
        state.publish(messages).await;
    }
    abandoned(1).await;
    wait_until_correct(&wallboard, &vep, SOON).await;
}
