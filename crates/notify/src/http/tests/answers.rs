use std::time::Duration;

use wallboard_domain::RedactedText;

use super::{
    super::http_receiver::ANSWER_BYTES_MAX,
    message,
    receiver::{Answer, HttpServer},
};
use crate::{Accepted, Channel, ChannelKind, MessageId, Retry, SendError, send};

const SECRET: &str = "a-secret-of-24-characters";

fn webhook(server: &HttpServer) -> Channel {
    let url = format!("http://{}/hooks/a1b2c3?sig=s3cr3t", server.address);
    Channel {
        name: "on-call".to_owned(),
        kind: ChannelKind::Webhook {
            url: RedactedText(url),
            secret: RedactedText(SECRET.to_owned()),
        },
        allow_private: true,
        unusable: None,
        hourly_max: 20,
    }
}

fn id() -> MessageId {
    MessageId("m1".to_owned())
}

async fn send_to(answer: Answer) -> (Result<Accepted, SendError>, usize) {
    let server = HttpServer::start(answer).await;
    let outcome = send(&webhook(&server), &id(), &message()).await;
    (outcome, server.received().len())
}

async fn failure(answer: Answer) -> SendError {
    send_to(answer).await.0.unwrap_err()
}

#[tokio::test]
async fn accepted_request_has_the_message_and_a_valid_signature() {
    let server = HttpServer::start(Answer::Text("200 OK", "")).await;
    let accepted = send(&webhook(&server), &id(), &message()).await.unwrap();
    assert_eq!(accepted.answer, "200 OK");
    println!("accepted in {:?}", accepted.took);

    let request = server.received().remove(0);
    let head = |name: &str| {
        let mut lines = request.head.lines();
        let line = lines.find_map(|line| line.strip_prefix(&format!("{name}: ")));
        line.unwrap().to_owned()
    };
    assert!(request.head.starts_with("POST /hooks/a1b2c3?sig=s3cr3t "));
    assert_eq!(head("webhook-id"), "m1");
    let time = head("webhook-timestamp").parse().unwrap();
    let secret = RedactedText(SECRET.to_owned());
    let signature = crate::sign(&secret, "m1", time, &request.body);
    assert_eq!(head("webhook-signature"), signature);
    let now = jiff::Timestamp::now().as_second();
    assert!((now - 60..=now).contains(&time));

    let body: serde_json::Value = serde_json::from_str(&request.body).unwrap();
    assert_eq!(body["id"], "m1");
    assert_eq!(body["type"], "message");
    assert_eq!(body["time"], "2027-01-15T08:00:00Z");
    assert_eq!(body["data"]["severity"], "critical");
    assert_eq!(body["data"]["lines"][0]["label"], "Waiting");
}

#[tokio::test]
async fn repeat_has_the_same_id_and_body() {
    let server = HttpServer::start(Answer::Text("500 Internal Server Error", "")).await;
    for _ in 0..2 {
        send(&webhook(&server), &id(), &message())
            .await
            .unwrap_err();
    }
    let received = server.received();
    assert_eq!(received[0].body, received[1].body);
}

#[tokio::test]
async fn limit_is_obeyed_and_overload_is_repeated() {
    let limited = Answer::Text("429 Too Many Requests\r\nretry-after: 120", "slow down");
    let limited = failure(limited).await;
    assert_eq!(limited.retry, Retry::After(Duration::from_mins(2)));
    assert_eq!(
        limited.reason,
        "The webhook answered 429 Too Many Requests: slow down. It limits how many messages it accepts."
    );
    for status in [
        "500 Internal Server Error",
        "502 Bad Gateway",
        "408 Request Timeout",
    ] {
        let failed = failure(Answer::Text(status, "<html>sorry</html>")).await;
        assert_eq!(failed.retry, Retry::Later, "{status}");
        assert!(!failed.reason.contains("html"), "{failed}");
    }
}

#[tokio::test]
async fn refusal_is_final_and_says_what_to_do() {
    for (status, words) in [
        ("400 Bad Request", "`kind` and `url` belong together"),
        ("401 Unauthorized", "same secret"),
        ("404 Not Found", "Check the path"),
        ("410 Gone", "no longer wants messages"),
    ] {
        let failed = failure(Answer::Text(status, "")).await;
        assert_eq!(failed.retry, Retry::Never, "{status}");
        assert!(failed.reason.contains(words), "{failed}");
    }
}

#[tokio::test]
async fn redirects_are_never_followed() {
    let target = HttpServer::start(Answer::Text("200 OK", "")).await;
    let location = format!(
        "307 Temporary Redirect\r\nlocation: http://{}/",
        target.address
    );
    let server = HttpServer::start(Answer::Text(location.leak(), "")).await;
    let failed = send(&webhook(&server), &id(), &message())
        .await
        .unwrap_err();
    assert_eq!(failed.retry, Retry::Never);
    let to = format!(
        "redirects to http://{}. Redirects aren't followed",
        target.address
    );
    assert!(failed.reason.contains(&to), "{failed}");
    assert!(target.received().is_empty());
}

#[tokio::test]
async fn receiver_that_hangs_or_breaks_is_tried_again_later() {
    let hung = tokio::spawn(failure(Answer::Hang));
    let closed = failure(Answer::Close).await;
    assert_eq!(closed.retry, Retry::Later);
    assert!(
        closed.reason.starts_with("Can't reach 127.0.0.1: "),
        "{closed}"
    );

    let unused = HttpServer::start(Answer::Close).await;
    let channel = webhook(&unused);
    drop(unused);
    tokio::task::yield_now().await;
    let refused = send(&channel, &id(), &message()).await.unwrap_err();
    assert_eq!(refused.retry, Retry::Later);

    let hung = hung.await.unwrap();
    assert_eq!(hung.retry, Retry::Later);
    assert!(hung.reason.contains("didn't answer within 10 s"), "{hung}");
}

#[tokio::test]
async fn answers_are_bounded_and_secrets_in_them_masked() {
    assert_eq!(ANSWER_BYTES_MAX, 65_536);
    let (accepted, _) = send_to(Answer::Endless("200 OK")).await;
    assert_eq!(accepted.unwrap().answer, "200 OK");
    let failed = failure(Answer::Endless("400 Bad Request")).await;
    assert!(failed.reason.len() < 200, "{failed}");

    let words = "no /hooks/a1b2c3?sig=s3cr3t with a-secret-of-24-characters";
    let failed = failure(Answer::Text("400 Bad Request", words)).await;
    for secret in ["a1b2c3", "s3cr3t", SECRET] {
        assert!(!failed.reason.contains(secret), "{failed}");
    }
}

#[tokio::test]
async fn own_network_gets_no_connection_unless_allowed() {
    let server = HttpServer::start(Answer::Text("200 OK", "")).await;
    let port = server.address.port();
    for host in [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f.1",
        "[::ffff:127.0.0.1]",
    ] {
        let mut channel = webhook(&server);
        channel.allow_private = false;
        channel.kind = ChannelKind::Slack {
            url: RedactedText(format!("http://{host}:{port}/x")),
        };
        let refused = send(&channel, &id(), &message()).await.unwrap_err();
        assert_eq!(refused.retry, Retry::Never, "{host}");
        assert!(refused.reason.contains("allow_private = true"), "{refused}");
    }
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn teams_and_slack_are_explained_in_their_own_words() {
    let gone =
        r#"{"error":{"code":"WorkflowNotFound","message":"The workflow 'x' could not be found."}}"#;
    for (answer, is_teams, words) in [
        (
            Answer::Text("404 Not Found", gone),
            true,
            "Teams answered 404 Not Found: WorkflowNotFound. The workflow doesn't exist anymore: create it again in Teams",
        ),
        (
            Answer::Text("410 Gone", "channel_is_archived"),
            false,
            "Slack answered 410 Gone: channel_is_archived. The webhook or its channel doesn't exist anymore",
        ),
        (
            Answer::Text("403 Forbidden", "action_prohibited"),
            false,
            "Slack answered 403 Forbidden: action_prohibited. Copy the webhook's address again",
        ),
    ] {
        let server = HttpServer::start(answer).await;
        let url = RedactedText(format!("http://{}/x", server.address));
        let mut channel = webhook(&server);
        channel.kind = if is_teams {
            ChannelKind::Teams { url }
        } else {
            ChannelKind::Slack { url }
        };
        let failed = send(&channel, &id(), &message()).await.unwrap_err();
        assert!(failed.reason.starts_with(words), "{failed}");
        assert_eq!(failed.retry, Retry::Never);
    }
}
