use tokio::{io::DuplexStream, task::JoinHandle};
use tokio_tungstenite::tungstenite::protocol::Role;

use super::super::{
    publisher::{Publisher, run_publisher},
    test_board::{TestBoard, TestScreen},
};
use super::*;

const INTERVAL: Duration = Duration::from_millis(100);

/// A viewer's side of a session.
struct ViewerConnection {
    wall: TestBoard,
    channel: Arc<Publisher>,
    socket: WebSocketStream<DuplexStream>,
    session: JoinHandle<SessionEnd>,
    stop: CancellationToken,
}

#[tokio::test(start_paused = true)]
async fn a_viewer_goes_on_from_where_its_page_stands() {
    let (wall, channel) = open_publisher(&[(1, "7")]);
    let mut screen = TestScreen::open_page(&channel.render_page());
    for value in ["8", "7", "9"] {
        wall.set_cell(1, value);
        tokio::time::sleep(INTERVAL).await;
    }

    let mut visit = join_publisher(&wall, &channel, Some(screen.position()), 1 << 20).await;
    let mut heard = Vec::new();
    for _ in 0..4 {
        heard.push(visit.next_message().await);
    }

    let epoch = &screen.epoch;
    assert_eq!(
        heard[0],
        format!(
            r#"{{"t":"hi","e":"{epoch}","n":1,"ver":"9f2c","ts":1000,"resume":true,"hint":{{"hb":10,"min":500,"max":10000}}}}"#
        )
    );
    assert_eq!(
        heard[1],
        format!(r#"{{"t":"d","e":"{epoch}","n":2,"ts":1000,"c":[[1,"8"]]}}"#)
    );
    for frame in &heard {
        assert!(!screen.apply_frame(frame));
    }
    assert_eq!(screen, TestScreen::open_page(&channel.render_page()));
}

#[tokio::test(start_paused = true)]
async fn a_viewer_of_another_epoch_is_given_the_whole_board() {
    let (wall, channel) = open_publisher(&[(1, "7")]);
    let stale = ViewerPosition {
        epoch: "gone".into(),
        n: 1042,
    };

    let mut visit = join_publisher(&wall, &channel, Some(stale), 1 << 20).await;

    let hello = visit.next_message().await;
    assert!(hello.contains(r#""n":1,"#) && hello.contains(r#""resume":false"#));
    let mut screen = TestScreen::default();
    assert!(!screen.apply_frame(&visit.next_message().await));
    assert_eq!(screen, TestScreen::open_page(&channel.render_page()));
}

#[tokio::test(start_paused = true)]
async fn changes_and_heartbeats_arrive_as_they_come() {
    let mut visit = connect_viewer(&[(1, "7")]).await;

    visit.wall.set_cell(1, "8");

    assert!(visit.next_message().await.contains(r#""c":[[1,"8"]]"#));
    let start = Instant::now();
    assert!(
        visit
            .next_message()
            .await
            .starts_with(r#"{"t":"hb","n":2,"#)
    );
    assert_eq!(start.elapsed(), HEARTBEAT);
}

#[tokio::test(start_paused = true)]
async fn a_resync_is_answered_with_the_whole_board() {
    let mut visit = connect_viewer(&[(1, "7")]).await;
    visit.wall.set_cell(1, "8");
    visit.next_message().await;
    let epoch = visit.channel.epoch.clone();

    let mut answers = Vec::new();
    for from in [
        (epoch.as_str(), 1),
        (&epoch, 2),
        (&epoch, 9),
        ("foreign", 2),
    ] {
        let (e, n) = from;
        visit
            .send_message(Message::text(format!(
                r#"{{"t":"resync","e":"{e}","n":{n}}}"#
            )))
            .await;
        let answer = visit.next_message().await;
        answers.push((answer[..8].to_owned(), answer.contains("\"h\"")));
    }

    let whole = r#"{"t":"s""#.to_owned();
    assert_eq!(
        answers,
        vec![
            (whole.clone(), false),
            (whole.clone(), false),
            (whole.clone(), true),
            (whole, true)
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_breach_of_protocol_closes_with_1008() {
    let breaches = [
        vec![Message::text("hello")],
        vec![Message::text(r#"{"t":"cmd","do":"reload"}"#)],
        vec![Message::binary(vec![1, 2, 3])],
        vec![Message::text("x".repeat(MAX_MESSAGE_BYTES + 1))],
        vec![Message::text(r#"{"t":"st","n":1}"#); 1000],
        vec![Message::Ping(bytes::Bytes::new()); 1000],
    ];

    for messages in breaches {
        let mut visit = connect_viewer(&[(1, "7")]).await;
        let first = messages[0].clone();
        for message in messages {
            // The server may have closed before the last of them.
            if visit.socket.send(message).await.is_err() {
                break;
            }
        }
        assert_eq!(visit.close_code().await, Some(1008), "{first:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_screen_that_says_how_it_is_stays() {
    let mut visit = connect_viewer(&[(1, "7")]).await;

    for _ in 0..100 {
        let status = r#"{"t":"st","n":1,"lag":120,"fps":29,"vis":1}"#;
        visit.send_message(Message::text(status)).await;
        tokio::time::sleep(Duration::from_mins(1)).await;
    }

    assert!(!visit.session.is_finished());
}

#[tokio::test(start_paused = true)]
async fn a_ping_is_answered() {
    let mut visit = connect_viewer(&[(1, "7")]).await;

    visit
        .send_message(Message::Ping("are you there".into()))
        .await;

    let answer = visit.socket.next().await.unwrap().unwrap();
    assert_eq!(answer, Message::Pong("are you there".into()));
}

#[tokio::test(start_paused = true)]
async fn a_long_snapshot_arrives_whole_through_a_narrow_line() {
    let long = "å".repeat(100_000);
    let (wall, channel) = open_publisher(&[(1, &long)]);

    let mut visit = join_publisher(&wall, &channel, None, 1000).await;

    visit.next_message().await;
    let mut screen = TestScreen::default();
    assert!(!screen.apply_frame(&visit.next_message().await));
    assert_eq!(screen.cells[&1], long);
}

#[tokio::test(start_paused = true)]
async fn a_viewer_that_stops_reading_is_closed_within_15_seconds() {
    let (wall, channel) = open_publisher(&[(1, &"x".repeat(10_000))]);
    let visit = join_publisher(&wall, &channel, None, 1000).await;
    let start = Instant::now();

    let end = visit.session.await.unwrap();

    assert_eq!(end, SessionEnd::Closed(CloseReason::Overload, "too slow"));
    assert!(start.elapsed() <= WRITE_TIMEOUT + CLOSE_WRITE_TIMEOUT + CLOSE_TIMEOUT);
}

#[tokio::test(start_paused = true)]
async fn a_viewer_that_wakes_in_time_hears_why_it_was_closed() {
    let (wall, channel) = open_publisher(&[(1, &"x".repeat(10_000))]);
    let mut visit = join_publisher(&wall, &channel, None, 1000).await;

    tokio::time::sleep(WRITE_TIMEOUT + Duration::from_secs(1)).await;

    assert_eq!(visit.close_code().await, Some(1013));
}

#[tokio::test(start_paused = true)]
async fn a_slow_viewer_skips_to_a_fresh_snapshot_and_nothing_is_queued_for_it() {
    let (wall, channel) = open_publisher(&[(1, "0")]);
    let mut screen = TestScreen::open_page(&channel.render_page());
    let mut visit = join_publisher(&wall, &channel, Some(screen.position()), 256).await;
    for n in 0..80 {
        wall.set_cell(1, &format!("{n} {}", "x".repeat(1000)));
        tokio::time::sleep(INTERVAL).await;
    }

    let mut kinds = Vec::new();
    while screen.n < 81 {
        let frame = visit.next_message().await;
        kinds.push(frame[5..9].to_owned());
        assert!(!screen.apply_frame(&frame));
    }

    assert_eq!(screen, TestScreen::open_page(&channel.render_page()));
    assert!(kinds.len() < 20, "{kinds:?}");
    assert!(kinds.contains(&r#""s","#.to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_viewer_is_told_to_come_back_when_the_server_stops() {
    let mut visit = connect_viewer(&[(1, "7")]).await;

    visit.stop.cancel();

    assert_eq!(visit.next_message().await, r#"{"t":"bye","retry":5000}"#);
    assert_eq!(visit.close_code().await, Some(1012));
    assert_eq!(
        visit.session.await.unwrap(),
        SessionEnd::Closed(CloseReason::Restarting, "restarting")
    );
}

#[tokio::test(start_paused = true)]
async fn viewers_of_a_board_that_is_removed_come_back_to_learn_it() {
    let mut visit = connect_viewer(&[(1, "7")]).await;

    visit.wall.end_board(BoardEnd::Removed);

    assert_eq!(visit.next_message().await, r#"{"t":"bye","retry":5000}"#);
    assert_eq!(visit.close_code().await, Some(1012));
}

#[tokio::test(start_paused = true)]
async fn viewers_of_a_board_of_another_shape_have_the_page_anew() {
    let mut visit = connect_viewer(&[(1, "7")]).await;

    visit.wall.end_board(BoardEnd::FrameChanged);

    assert_eq!(visit.next_message().await, r#"{"t":"cmd","do":"reload"}"#);
    assert_eq!(visit.close_code().await, Some(1012));
}

#[tokio::test(start_paused = true)]
async fn a_viewer_that_leaves_ends_its_session() {
    let mut visit = connect_viewer(&[(1, "7")]).await;

    visit.socket.close(None).await.unwrap();

    assert_eq!(visit.session.await.unwrap(), SessionEnd::Gone);
}

#[tokio::test(start_paused = true)]
async fn a_goodbye_is_answered() {
    let mut visit = connect_viewer(&[(1, "7")]).await;
    let goodbye = CloseFrame {
        code: 1000.into(),
        reason: "".into(),
    };

    visit.send_message(Message::Close(Some(goodbye))).await;

    assert_eq!(visit.close_code().await, Some(1000));
}

/// Joins a board anew and hears its greeting.
async fn connect_viewer(cells: &[(u32, &str)]) -> ViewerConnection {
    let (wall, channel) = open_publisher(cells);
    let position = TestScreen::open_page(&channel.render_page()).position();
    let mut visit = join_publisher(&wall, &channel, Some(position), 1 << 20).await;
    visit.next_message().await;
    visit
}

fn open_publisher(cells: &[(u32, &str)]) -> (TestBoard, Arc<Publisher>) {
    let wall = TestBoard::new(cells);
    let (channel, tending) = Publisher::new(wall.renderer(), Arc::default());
    let channel = Arc::new(channel);
    tokio::spawn(run_publisher(
        Arc::clone(&channel),
        tending,
        || INTERVAL,
        || true,
    ));
    (wall, channel)
}

/// Joins over a line that holds `width` bytes in either direction.
async fn join_publisher(
    wall: &TestBoard,
    channel: &Arc<Publisher>,
    from: Option<ViewerPosition>,
    width: usize,
) -> ViewerConnection {
    let (ours, theirs) = tokio::io::duplex(width);
    let stop = CancellationToken::new();
    let viewing = SessionContext {
        viewer: channel.add_viewer(),
        position: from,
        build: "9f2c".into(),
        longest_pause: 10_000,
        stop: stop.clone(),
        return_spread: watch::Sender::new(5000).subscribe(),
    };
    let server = WebSocketStream::from_raw_socket(ours, Role::Server, Some(socket_config())).await;
    ViewerConnection {
        wall: wall.clone(),
        channel: Arc::clone(channel),
        socket: WebSocketStream::from_raw_socket(theirs, Role::Client, None).await,
        session: tokio::spawn(run_session(server, viewing)),
        stop,
    }
}

impl ViewerConnection {
    async fn next_message(&mut self) -> String {
        let message = self.socket.next().await.unwrap().unwrap();
        message.into_text().unwrap().to_string()
    }

    async fn send_message(&mut self, message: Message) {
        self.socket.send(message).await.unwrap();
    }

    /// The code with which the server closes, whatever it says before.
    async fn close_code(&mut self) -> Option<u16> {
        while let Some(Ok(message)) = self.socket.next().await {
            if let Message::Close(frame) = message {
                return frame.map(|frame| frame.code.into());
            }
        }
        None
    }
}
