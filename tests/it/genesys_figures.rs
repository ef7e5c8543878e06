//! A voice site with a stable connection: what is shown is correct, however messily it's reported.

use serde_json::json;

use crate::support::{
    tier,
    voice::{Transport, VoiceSite},
};

#[tokio::test(flavor = "multi_thread")]
async fn values_are_correct_over_long_polling() {
    check_values(Transport::COMETD).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn values_are_correct_over_long_polling_with_faye() {
    check_values(Transport::FAYE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn values_are_correct_over_websocket() {
    check_values(Transport::WEBSOCKET).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn values_are_correct_when_polling() {
    check_values(Transport::POLL).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_are_acknowledged_if_the_server_supports_it() {
    let site = VoiceSite::open_with(Transport::COMETD, json!({"ack": true}), "").await;

    site.assert_never_wrong(async {
        for _ in 0..3 {
            site.send_command(json!({"do": "fault", "to": "connect", "with": "lose"}))
                .await;
            site.wait_until_correct().await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn falls_back_to_long_polling_without_websocket() {
    let site = VoiceSite::open_with(Transport::FAYE, json!({"websocket": false}), "").await;

    site.wait_until_correct().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn server_clock_an_hour_fast_changes_no_value() {
    check_clock_offset(3_600_000, Transport::COMETD).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn server_clock_an_hour_slow_changes_no_value() {
    check_clock_offset(-3_600_000, Transport::WEBSOCKET).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn client_credentials_renew_short_lived_tokens_in_time() {
    let site = VoiceSite::open_with_grant(
        Transport::COMETD,
        json!({"expiresIn": 3}),
        "client_credentials",
        "",
    )
    .await;

    site.genesys
        .wait_for("the token was renewed", tier(12, 60), |activity| {
            activity["granted"]["client_credentials"].as_u64() > Some(3)
        })
        .await;
    site.wait_until_correct().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn expired_refresh_tokens_fall_back_to_the_password() {
    let plan = json!({"expiresIn": 3, "refreshExpiresIn": 3600});
    let site = VoiceSite::open_with(Transport::FAYE, plan, "").await;

    site.genesys
        .wait_for("the token was refreshed", tier(12, 60), |activity| {
            activity["granted"]["refresh_token"].as_u64() > Some(2)
        })
        .await;
    assert_eq!(site.genesys.activity().await["granted"]["password"], 1);
    site.send_command(json!({"do": "expire", "refresh": true}))
        .await;
    site.wait_until_correct().await;
    site.genesys
        .wait_for("the password was used again", tier(6, 6), |activity| {
            activity["granted"]["password"] == 2
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn subscriptions_use_server_assigned_ids() {
    for transport in [Transport::COMETD, Transport::WEBSOCKET] {
        check_server_ids(transport).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_signs_off_from_the_vendor() {
    let mut site = VoiceSite::open(Transport::COMETD).await;

    site.wallboard.stop("-TERM");

    let activity = site.genesys.activity().await;
    assert_eq!(activity["clients"], 0, "{activity}");
    assert_eq!(activity["subscribed"], 0, "{activity}");
    site.genesys.assert_no_broken_rules("the sign-off").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_wallboards_of_one_tenant_are_correct_over_long_polling() {
    check_two_wallboards(Transport::COMETD).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_wallboards_of_one_tenant_are_correct_over_websocket() {
    check_two_wallboards(Transport::WEBSOCKET).await;
}

/// Updates under these ids count, and no subscription is left over, neither after a new session nor
/// at the end.
async fn check_server_ids(transport: Transport) {
    let mut site = VoiceSite::open_with(transport, json!({"ownIds": true}), "chunk = 20\n").await;

    site.assert_never_wrong(async {
        site.genesys
            .wait_for("enough values are reported", tier(30, 60), |activity| {
                activity["delivered"].as_u64() > Some(500)
            })
            .await;
        site.wait_until_correct().await;
        let subscribed = site.genesys.activity().await["subscribed"].clone();
        for command in [
            json!({"do": "forget"}),
            json!({"do": "fault", "to": "connect", "with": "lose"}),
            json!({"do": "forget", "subscriptions": true}),
        ] {
            site.send_command(command).await;
            site.wait_until_correct().await;
        }
        site.genesys
            .wait_for("no subscription is left over", tier(10, 30), |activity| {
                activity["subscribed"] == subscribed
            })
            .await;
    })
    .await;

    site.wallboard.stop("-TERM");
    let activity = site.genesys.activity().await;
    assert_eq!(activity["subscribed"], 0, "{activity}");
    site.genesys.assert_no_broken_rules("the sign-off").await;
}

/// Service faults affect both, and one's sign-off doesn't end the other's session.
async fn check_two_wallboards(transport: Transport) {
    let mut site = VoiceSite::open_pair(transport).await;
    for available in [false, true] {
        site.send_command(json!({"do": "service", "available": available}))
            .await;
    }
    site.wait_until_correct().await;
    site.send_command(json!({"do": "expire"})).await;
    site.wait_until_correct().await;
    assert_eq!(site.genesys.activity().await["clients"], 2);

    site.second.take().unwrap().stop("-TERM");

    site.wait_until_correct().await;
    let activity = site.genesys.activity().await;
    assert_eq!(activity["clients"], 1, "{activity}");
}

/// Values jump, fall, vanish and come back, and the server reports them in any form.
async fn check_values(transport: Transport) {
    let site = VoiceSite::open(transport).await;
    let figure = json!({"type": "Queue", "object": "9000@SIP_Switch", "name": "TotalAnswered"});
    let with = |command: serde_json::Value| {
        let mut command = command;
        for (key, value) in figure.as_object().unwrap() {
            command[key] = value.clone();
        }
        command
    };

    site.assert_never_wrong(async {
        let quirks = json!({"do": "quirks", "single": true, "unknown": 0.3, "repeats": 0.3});
        site.send_command(quirks).await;
        site.genesys
            .wait_for("enough values are reported", tier(20, 60), |activity| {
                activity["delivered"].as_u64() > Some(200)
                    || activity["values"].as_u64() > Some(1000)
            })
            .await;
        site.wait_until_correct().await;
        site.send_command(with(json!({"do": "set", "value": 1000})))
            .await;
        site.wait_until_correct().await;
        // A total that falls is a reset.
        site.send_command(with(json!({"do": "set", "value": 0})))
            .await;
        site.wait_until_correct().await;
        for valid in [false, true] {
            site.send_command(with(json!({"do": "validity", "valid": valid})))
                .await;
            site.wait_until_correct().await;
        }
        // As when a link to the switch is lost: nothing is valid.
        for valid in [false, true] {
            site.send_command(json!({"do": "validity", "valid": valid}))
                .await;
            site.wait_until_correct().await;
        }
    })
    .await;
}

async fn check_clock_offset(ahead: i64, transport: Transport) {
    let site = VoiceSite::open_with(transport, json!({"ahead": ahead}), "").await;

    site.assert_never_wrong(async {
        site.wait_until_correct().await;
        site.send_command(json!({"do": "forget", "subscriptions": true}))
            .await;
        site.wait_until_correct().await;
        // The clock is corrected while the service restarts.
        site.send_command(json!({"do": "service", "available": false}))
            .await;
        site.send_command(json!({"do": "clock", "ahead": 0})).await;
        site.send_command(json!({"do": "service", "available": true}))
            .await;
        site.wait_until_correct().await;
    })
    .await;
}
