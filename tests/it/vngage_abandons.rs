//! Visitors who leave without an agent: no event says so, and they are counted all the
//! same, and taken back when an agent opens them after all.

use std::time::Duration;

use lapin::ExchangeKind;
use serde_json::Value;

use crate::support::{Broker, Mess, Vep, Vngage, Wallboard, equals, tier, until};

const SOON: Duration = Duration::from_secs(20);
/// Three learned intervals, at least 30 s, and a little.
const ESTIMATED_WITHIN: Duration = Duration::from_mins(1);

async fn site_metric(wallboard: &Wallboard, name: &str) -> Result<Value, String> {
    let site = wallboard.get("/api/v1/site").await?;
    Ok(site["metrics"][name].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn visitors_never_opened_count_as_abandoned_and_are_taken_back_when_opened_after_all() {
    let broker = Broker::shared();
    let vep = Vep::open(broker, "abandons", ExchangeKind::Topic, 31).await;
    let wallboard = Wallboard::serve(Vngage::plain(broker, "abandons")).await;
    wallboard.becomes("live", SOON).await;
    vep.run(30, tier(3, 30), Mess::TIDY).await;
    equals(&wallboard, &vep, SOON).await;
    let abandoned = async |count: u64| {
        let what = format!("{count} are abandoned");
        until(&what, ESTIMATED_WITHIN, async || {
            let metric = site_metric(&wallboard, "abandoned").await?;
            let is_so = metric["value"] == count && metric["estimated"] == true;
            if is_so {
                Ok(())
            } else {
                Err(metric.to_string())
            }
        })
        .await;
    };

    let leaving = {
        let mut desk = vep.desk().await;
        let leaving = desk.centre.walk_away_oldest(2);
        for said in leaving.1 {
            desk.publish(said).await;
        }
        leaving.0
    };
    abandoned(2).await;
    equals(&wallboard, &vep, SOON).await;

    {
        let mut desk = vep.desk().await;
        let said = desk.centre.come_back(&leaving[0]);
        desk.publish(said).await;
    }
    abandoned(1).await;
    equals(&wallboard, &vep, SOON).await;
}
