use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::*;

const CALENDAR: &str = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Juldagen\r\nDTSTART;VALUE=DATE:20001225\r\nRRULE:FREQ=YEARLY\r\nEND:VEVENT\r\n\
    BEGIN:VEVENT\r\nSUMMARY:Party\r\nDTSTART:20991210T150000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

/// A server that answers each request with these bytes, or hangs without any.
async fn serve(answer: Option<String>) -> RedactedText {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let answer = answer.clone();
            tokio::spawn(async move {
                let mut request = [0; 4096];
                assert!(stream.read(&mut request).await.is_ok());
                match answer {
                    Some(answer) => {
                        stream.write_all(answer.as_bytes()).await.ok();
                    }
                    None => std::future::pending().await,
                }
            });
        }
    });
    RedactedText(format!("http://{address}/holidays.ics"))
}

fn respond(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\ncontent-length: {length}\r\n{headers}connection: close\r\n\r\n{body}"
    )
}

async fn problem_of(answer: Option<String>) -> CalendarProblem {
    let url = serve(answer).await;
    request_calendar(&url, true, &TimeZone::UTC)
        .await
        .unwrap_err()
}

#[tokio::test]
async fn whole_days_are_read_and_others_are_named() {
    let url = serve(Some(respond("200 OK", "", CALENDAR))).await;
    let calendar = request_calendar(&url, true, &TimeZone::UTC).await.unwrap();
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    let christmas = Date::new(today.year(), 12, 25).unwrap();
    assert_eq!(calendar.days[&christmas], "Juldagen");
    assert_eq!(calendar.others, ["Party"]);
}

#[tokio::test]
async fn each_answer_that_is_no_calendar_says_why() {
    let host = || "127.0.0.1".to_owned();
    let status = problem_of(Some(respond("500 Internal Server Error", "", ""))).await;
    assert_eq!(
        status,
        CalendarProblem::Status {
            host: host(),
            status: 500
        }
    );
    let redirect = respond("302 Found", "location: https://other.test/x.ics\r\n", "");
    let target = "https://other.test".to_owned();
    assert_eq!(
        problem_of(Some(redirect)).await,
        CalendarProblem::Redirect { target }
    );
    let large = format!("{CALENDAR}{}", "X".repeat(2_000_000));
    let large = problem_of(Some(respond("200 OK", "", &large))).await;
    assert_eq!(large, CalendarProblem::TooLarge);
    let garbage = problem_of(Some(respond("200 OK", "", "<html>Not found</html>"))).await;
    assert_eq!(garbage, CalendarProblem::NotACalendar);
    let cut = problem_of(Some(respond("200 OK", "", &CALENDAR[..90]))).await;
    assert_eq!(cut, CalendarProblem::CutOff);
    let over = CALENDAR
        .replace("RRULE:FREQ=YEARLY", "X:1")
        .replace("2099", "1999");
    assert_eq!(
        problem_of(Some(respond("200 OK", "", &over))).await,
        CalendarProblem::NoDays
    );
    let short = "HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\nBEGIN:VCALENDAR".to_owned();
    let short = problem_of(Some(short)).await;
    assert!(
        matches!(short, CalendarProblem::Unreachable { .. }),
        "{short}"
    );
}

#[tokio::test]
async fn a_server_that_says_nothing_is_given_up() {
    let url = serve(None).await;
    let second = Duration::from_secs(1);
    let hanging = request_within(&url, true, &TimeZone::UTC, second).await;
    let host = "127.0.0.1".to_owned();
    assert_eq!(
        hanging.unwrap_err(),
        CalendarProblem::TooSlow { host, seconds: 1 }
    );
}

#[tokio::test]
async fn the_own_network_is_not_called_unless_it_may_be() {
    let url = serve(Some(respond("200 OK", "", CALENDAR))).await;
    let refused = request_calendar(&url, false, &TimeZone::UTC).await;
    let host = "127.0.0.1".to_owned();
    assert_eq!(
        refused.unwrap_err(),
        CalendarProblem::PrivateAddress { host }
    );
    let localhost = RedactedText(url.0.replace("127.0.0.1", "localhost"));
    let refused = request_calendar(&localhost, false, &TimeZone::UTC).await;
    let host = "localhost".to_owned();
    assert_eq!(
        refused.unwrap_err(),
        CalendarProblem::PrivateAddress { host }
    );
}
