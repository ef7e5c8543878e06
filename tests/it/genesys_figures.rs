//! A voice site whose line holds: what is shown is so, however untidily it is told.

use serde_json::json;

use crate::support::{
    tier,
    voice::{Site, Way},
};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_shown_is_so_over_long_polling() {
    stays_right(Way::COMETD).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_shown_is_so_over_long_polling_at_faye() {
    stays_right(Way::FAYE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_shown_is_so_over_websocket() {
    stays_right(Way::WEBSOCKET).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_shown_is_so_by_polling() {
    stays_right(Way::POLL).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_are_acknowledged_where_the_server_offers_it() {
    let site = Site::open_as(Way::COMETD, json!({"ack": true}), "").await;

    site.never_lies(async {
        for _ in 0..3 {
            site.order(json!({"do": "fault", "to": "connect", "with": "lose"}))
                .await;
            site.is_right_again().await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_refuses_websocket_is_spoken_to_by_long_polling() {
    let site = Site::open_as(Way::FAYE, json!({"websocket": false}), "").await;

    site.is_right_again().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_an_hour_fast_changes_nothing_that_is_shown() {
    with_a_clock_off_by(3_600_000, Way::COMETD).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_an_hour_slow_changes_nothing_that_is_shown() {
    with_a_clock_off_by(-3_600_000, Way::WEBSOCKET).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_signed_in_by_client_credentials_renews_its_short_tokens_in_time() {
    let site = Site::sign_in(
        Way::COMETD,
        json!({"expiresIn": 3}),
        "client_credentials",
        "",
    )
    .await;

    site.genesys
        .sees("the token was renewed", tier(12, 60), |seen| {
            seen["granted"]["client_credentials"].as_u64() > Some(3)
        })
        .await;
    site.is_right_again().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refresh_tokens_are_used_and_where_they_end_the_password_is() {
    let plan = json!({"expiresIn": 3, "refreshExpiresIn": 3600});
    let site = Site::open_as(Way::FAYE, plan, "").await;

    site.genesys
        .sees("the token was refreshed", tier(12, 60), |seen| {
            seen["granted"]["refresh_token"].as_u64() > Some(2)
        })
        .await;
    assert_eq!(site.genesys.seen().await["granted"]["password"], 1);
    site.order(json!({"do": "expire", "refresh": true})).await;
    site.is_right_again().await;
    site.genesys
        .sees("the password was used again", tier(6, 6), |seen| {
            seen["granted"]["password"] == 2
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn subscriptions_go_by_the_ids_that_the_server_gives_them() {
    for way in [Way::COMETD, Way::WEBSOCKET] {
        goes_by_foreign_ids(way).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wallboard_that_ends_takes_leave_of_the_vendor() {
    let mut site = Site::open(Way::COMETD).await;

    site.wallboard.end("-TERM");

    let seen = site.genesys.seen().await;
    assert_eq!(seen["clients"], 0, "{seen}");
    assert_eq!(seen["subscribed"], 0, "{seen}");
    site.genesys.is_content("the leave").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_wallboards_of_one_tenant_are_both_right_over_long_polling() {
    stand_beside_each_other(Way::COMETD).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_wallboards_of_one_tenant_are_both_right_over_websocket() {
    stand_beside_each_other(Way::WEBSOCKET).await;
}

/// Their updates count, and none is left over: not where all begin anew, nor at the end.
async fn goes_by_foreign_ids(way: Way) {
    let mut site = Site::open_as(way, json!({"ownIds": true}), "chunk = 20\n").await;

    site.never_lies(async {
        site.genesys
            .sees("enough is told", tier(30, 60), |seen| {
                seen["delivered"].as_u64() > Some(500)
            })
            .await;
        site.is_right_again().await;
        let subscribed = site.genesys.seen().await["subscribed"].clone();
        for order in [
            json!({"do": "forget"}),
            json!({"do": "fault", "to": "connect", "with": "lose"}),
            json!({"do": "forget", "subscriptions": true}),
        ] {
            site.order(order).await;
            site.is_right_again().await;
        }
        site.genesys
            .sees("nothing is left over", tier(10, 30), |seen| {
                seen["subscribed"] == subscribed
            })
            .await;
    })
    .await;

    site.wallboard.end("-TERM");
    let seen = site.genesys.seen().await;
    assert_eq!(seen["subscribed"], 0, "{seen}");
    site.genesys.is_content("the leave").await;
}

/// What befalls the service befalls both, and the leave of one does not end the other's.
async fn stand_beside_each_other(way: Way) {
    let mut site = Site::open_twice(way).await;
    for available in [false, true] {
        site.order(json!({"do": "service", "available": available}))
            .await;
    }
    site.is_right_again().await;
    site.order(json!({"do": "expire"})).await;
    site.is_right_again().await;
    assert_eq!(site.genesys.seen().await["clients"], 2);

    site.second.take().unwrap().end("-TERM");

    site.is_right_again().await;
    let seen = site.genesys.seen().await;
    assert_eq!(seen["clients"], 1, "{seen}");
}

/// Numbers that jump, fall, vanish and come back, and a server that tells them as it likes.
async fn stays_right(way: Way) {
    let site = Site::open(way).await;
    let figure = json!({"type": "Queue", "object": "9000@SIP_Switch", "name": "TotalAnswered"});
    let with = |order: serde_json::Value| {
        let mut order = order;
        for (key, value) in figure.as_object().unwrap() {
            order[key] = value.clone();
        }
        order
    };

    site.never_lies(async {
        let untidy = json!({"do": "manners", "single": true, "strangers": 0.3, "repeats": 0.3});
        site.order(untidy).await;
        site.genesys
            .sees("enough is told", tier(20, 60), |seen| {
                seen["delivered"].as_u64() > Some(200) || seen["values"].as_u64() > Some(1000)
            })
            .await;
        site.is_right_again().await;
        site.order(with(json!({"do": "set", "value": 1000}))).await;
        site.is_right_again().await;
        // A total that falls is a reset.
        site.order(with(json!({"do": "set", "value": 0}))).await;
        site.is_right_again().await;
        for valid in [false, true] {
            site.order(with(json!({"do": "judge", "valid": valid})))
                .await;
            site.is_right_again().await;
        }
        // As where a link to the switch is lost: nothing is valid.
        for valid in [false, true] {
            site.order(json!({"do": "judge", "valid": valid})).await;
            site.is_right_again().await;
        }
    })
    .await;
}

async fn with_a_clock_off_by(ahead: i64, way: Way) {
    let site = Site::open_as(way, json!({"ahead": ahead}), "").await;

    site.never_lies(async {
        site.is_right_again().await;
        site.order(json!({"do": "forget", "subscriptions": true}))
            .await;
        site.is_right_again().await;
        // Put right while its service is started anew.
        site.order(json!({"do": "service", "available": false}))
            .await;
        site.order(json!({"do": "clock", "ahead": 0})).await;
        site.order(json!({"do": "service", "available": true}))
            .await;
        site.is_right_again().await;
    })
    .await;
}
