use std::future::pending;

use futures_util::{SinkExt, StreamExt};
use tokio::{io::DuplexStream, task::JoinHandle, time::Instant};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Message,
        protocol::{
            CloseFrame, Role,
            frame::{
                Frame,
                coding::{Data, OpCode},
            },
        },
    },
};

use crate::viewer::board_copy::BoardCopy;
use wallboard_domain::ScreenOrder;

use super::super::{
    protocol::MAX_MESSAGE_BYTES,
    publisher::{Publisher, run_publisher},
    test_board::{PAGE_ID, TestBoard, apply_frame, open_page, position_of},
};
use super::*;

const INTERVAL: Duration = Duration::from_millis(100);

/// The viewer's end of a session.
struct ViewerConnection {
    board: TestBoard,
    publisher: Arc<Publisher>,
    socket: WebSocketStream<DuplexStream>,
    session: JoinHandle<SessionEnd>,
    stop: CancellationToken,
}

#[tokio::test(start_paused = true)]
async fn a_viewer_resumes_from_its_page() {
    let (board, publisher) = open_publisher(&[(1, "7")]);
    let mut screen = open_page(&publisher.render_page());
    for value in ["8", "7", "9"] {
        board.set_cell(1, value);
        tokio::time::sleep(INTERVAL).await;
    }

    let mut connection =
        join_publisher(&board, &publisher, Some(position_of(&screen)), 1 << 20).await;
    let mut received = Vec::new();
    for _ in 0..4 {
        received.push(connection.next_message().await);
    }

    let epoch = &screen.epoch;
    assert_eq!(
        received[0],
        format!(
            r#"{{"t":"hi","e":"{epoch}","n":1,"ver":"9f2c","ts":1000,"resume":true,"hint":{{"hb":3,"min":500,"max":10000}}}}"#
        )
    );
    assert_eq!(
        received[1],
        format!(r#"{{"t":"d","e":"{epoch}","n":2,"ts":1000,"c":[[1,"8"]]}}"#)
    );
    for frame in &received {
        assert!(!apply_frame(&mut screen, frame));
    }
    assert_eq!(screen, open_page(&publisher.render_page()));
}

#[tokio::test(start_paused = true)]
async fn a_page_from_before_its_title_or_zone_changed_reloads() {
    let (board, publisher) = open_publisher(&[(1, "7")]);

    let mut connection = join_with_page(&board, &publisher, "older", None, 1 << 20).await;

    assert_eq!(
        connection.next_message().await,
        r#"{"t":"cmd","do":"reload"}"#
    );
    assert_eq!(connection.close_code().await, Some(1012));
}

#[tokio::test(start_paused = true)]
async fn a_viewer_of_another_epoch_receives_the_whole_board() {
    let (board, publisher) = open_publisher(&[(1, "7")]);
    let stale = ViewerPosition {
        epoch: "gone".into(),
        n: 1042,
    };

    let mut connection = join_publisher(&board, &publisher, Some(stale), 1 << 20).await;

    let hello = connection.next_message().await;
    assert!(hello.contains(r#""n":1,"#) && hello.contains(r#""resume":false"#));
    let mut screen = BoardCopy::default();
    assert!(!apply_frame(&mut screen, &connection.next_message().await));
    assert_eq!(screen, open_page(&publisher.render_page()));
}

#[tokio::test(start_paused = true)]
async fn changes_and_heartbeats_arrive_when_they_happen() {
    let mut connection = connect_viewer(&[(1, "7")]).await;

    connection.board.set_cell(1, "8");

    assert!(connection.next_message().await.contains(r#""c":[[1,"8"]]"#));
    let start = Instant::now();
    assert!(
        connection
            .next_message()
            .await
            .starts_with(r#"{"t":"hb","n":2,"#)
    );
    assert_eq!(start.elapsed(), HEARTBEAT);
}

#[tokio::test(start_paused = true)]
async fn a_resync_is_answered_with_the_whole_board() {
    let mut connection = connect_viewer(&[(1, "7")]).await;
    connection.board.set_cell(1, "8");
    connection.next_message().await;
    let epoch = connection.publisher.epoch.clone();

    let mut answers = Vec::new();
    for from in [
        (epoch.as_str(), 1),
        (&epoch, 2),
        (&epoch, 9),
        ("foreign", 2),
    ] {
        let (e, n) = from;
        connection
            .send_message(Message::text(format!(
                r#"{{"t":"resync","e":"{e}","n":{n}}}"#
            )))
            .await;
        let answer = connection.next_message().await;
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

/// Frames without a payload, none of which ends the message.
fn empty_fragments(kind: Data, count: usize) -> Vec<Message> {
    let frame = Frame::message(bytes::Bytes::new(), OpCode::Data(kind), false);
    vec![Message::Frame(frame); count]
}

#[tokio::test(start_paused = true)]
async fn a_protocol_violation_closes_with_1008() {
    let violations = [
        vec![Message::text("hello")],
        vec![Message::text(r#"{"t":"cmd","do":"reload"}"#)],
        vec![Message::binary(vec![1, 2, 3])],
        vec![Message::text("x".repeat(MAX_MESSAGE_BYTES + 1))],
        vec![Message::text(r#"{"t":"st","n":1}"#); 1000],
        vec![Message::Ping(bytes::Bytes::new()); 1000],
        [
            empty_fragments(Data::Text, 1),
            empty_fragments(Data::Continue, 1000),
        ]
        .concat(),
    ];

    for messages in violations {
        let mut connection = connect_viewer(&[(1, "7")]).await;
        let first = messages[0].clone();
        for message in messages {
            // The server may have closed before the last of them.
            if connection.socket.send(message).await.is_err() {
                break;
            }
        }
        assert_eq!(connection.close_code().await, Some(1008), "{first:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_screen_that_reports_its_status_stays_connected() {
    let mut connection = connect_viewer(&[(1, "7")]).await;

    for _ in 0..100 {
        let status = r#"{"t":"st","n":1,"lag":120,"fps":29,"vis":1}"#;
        connection.send_message(Message::text(status)).await;
        tokio::time::sleep(Duration::from_mins(1)).await;
    }

    assert!(!connection.session.is_finished());
}

#[tokio::test(start_paused = true)]
async fn a_ping_is_answered_also_after_a_long_silence() {
    let mut connection = connect_viewer(&[(1, "7")]).await;

    for _ in 0..10 {
        let ping = Message::Ping("are you there".into());
        connection.send_message(ping).await;

        let mut answer = connection.socket.next().await.unwrap().unwrap();
        while answer.is_text() {
            answer = connection.socket.next().await.unwrap().unwrap();
        }
        assert_eq!(answer, Message::Pong("are you there".into()));
        tokio::time::sleep(Duration::from_mins(1)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_long_snapshot_arrives_complete_over_a_narrow_connection() {
    let long = "å".repeat(100_000);
    let (board, publisher) = open_publisher(&[(1, &long)]);

    let mut connection = join_publisher(&board, &publisher, None, 1000).await;

    connection.next_message().await;
    let mut screen = BoardCopy::default();
    assert!(!apply_frame(&mut screen, &connection.next_message().await));
    assert_eq!(screen.slots()[&1].text, long);
}

#[tokio::test(start_paused = true)]
async fn a_viewer_that_stops_reading_is_closed_within_15_seconds() {
    let (board, publisher) = open_publisher(&[(1, &"x".repeat(10_000))]);
    let connection = join_publisher(&board, &publisher, None, 1000).await;
    let start = Instant::now();

    let end = connection.session.await.unwrap();

    assert_eq!(end, SessionEnd::Closed(CloseReason::Overload, "too slow"));
    assert!(start.elapsed() <= WRITE_TIMEOUT + CLOSE_WRITE_TIMEOUT + CLOSE_TIMEOUT);
}

#[tokio::test(start_paused = true)]
async fn a_viewer_that_reads_again_in_time_receives_the_close_code() {
    let (board, publisher) = open_publisher(&[(1, &"x".repeat(10_000))]);
    let mut connection = join_publisher(&board, &publisher, None, 1000).await;

    tokio::time::sleep(WRITE_TIMEOUT + Duration::from_secs(1)).await;

    assert_eq!(connection.close_code().await, Some(1013));
}

#[tokio::test(start_paused = true)]
async fn a_slow_viewer_skips_to_a_new_snapshot_without_a_queue() {
    let (board, publisher) = open_publisher(&[(1, "0")]);
    let mut screen = open_page(&publisher.render_page());
    let mut connection = join_publisher(&board, &publisher, Some(position_of(&screen)), 256).await;
    for n in 0..80 {
        board.set_cell(1, &format!("{n} {}", "x".repeat(1000)));
        tokio::time::sleep(INTERVAL).await;
    }

    let mut kinds = Vec::new();
    while screen.n < 81 {
        let frame = connection.next_message().await;
        kinds.push(frame[5..9].to_owned());
        assert!(!apply_frame(&mut screen, &frame));
    }

    assert_eq!(screen, open_page(&publisher.render_page()));
    assert!(kinds.len() < 20, "{kinds:?}");
    assert!(kinds.contains(&r#""s","#.to_owned()));
}

#[tokio::test(start_paused = true)]
async fn viewers_are_asked_to_reconnect_when_the_server_stops() {
    let mut connection = connect_viewer(&[(1, "7")]).await;

    connection.stop.cancel();

    assert_eq!(
        connection.next_message().await,
        r#"{"t":"bye","retry":5000}"#
    );
    assert_eq!(connection.close_code().await, Some(1012));
    assert_eq!(
        connection.session.await.unwrap(),
        SessionEnd::Closed(CloseReason::Restarting, "restarting")
    );
}

#[tokio::test(start_paused = true)]
async fn viewers_of_a_removed_board_are_asked_to_reconnect() {
    let mut connection = connect_viewer(&[(1, "7")]).await;

    connection.board.end_board(BoardEnd::Removed);

    assert_eq!(
        connection.next_message().await,
        r#"{"t":"bye","retry":5000}"#
    );
    assert_eq!(connection.close_code().await, Some(1012));
}

#[tokio::test(start_paused = true)]
async fn viewers_of_a_board_with_a_new_frame_reload_the_page() {
    let mut connection = connect_viewer(&[(1, "7")]).await;

    connection.board.end_board(BoardEnd::FrameChanged);

    assert_eq!(
        connection.next_message().await,
        r#"{"t":"cmd","do":"reload"}"#
    );
    assert_eq!(connection.close_code().await, Some(1012));
}

#[tokio::test(start_paused = true)]
async fn a_linked_screen_gets_orders_and_its_reports_arrive() {
    let orders = watch::Sender::new(Some(ScreenOrder::Reload));
    let (reports, mut reported) = watch::channel(None);
    let link = ViewerLink {
        orders: orders.subscribe(),
        reports,
    };
    let mut connection = connect_linked(link).await;

    let name = "Kitchen".to_owned();
    orders.send_replace(Some(ScreenOrder::Identify { name }));
    assert_eq!(
        connection.next_message().await,
        r#"{"t":"cmd","do":"identify","name":"Kitchen"}"#,
        "and none from before it was connected"
    );
    orders.send_replace(Some(ScreenOrder::Reload));
    assert_eq!(
        connection.next_message().await,
        r#"{"t":"cmd","do":"reload"}"#
    );

    for (status, lag_ms, is_visible) in [
        (
            r#"{"t":"st","n":1,"lag":119.6,"fps":30,"vis":1}"#,
            Some(120),
            true,
        ),
        (r#"{"t":"st","n":1,"fps":0,"vis":0}"#, None, false),
        (r#"{"t":"st","n":1,"lag":-5}"#, Some(0), true),
    ] {
        connection.send_message(Message::text(status)).await;
        reported.changed().await.unwrap();
        let report = reported.borrow_and_update().unwrap();
        assert_eq!((report.lag_ms, report.is_visible), (lag_ms, is_visible));
    }
    connection.socket.close(None).await.unwrap();
    assert!(
        reported.changed().await.is_err(),
        "the link ends with its socket"
    );
}

#[tokio::test(start_paused = true)]
async fn a_viewer_that_leaves_ends_its_session() {
    let mut connection = connect_viewer(&[(1, "7")]).await;

    connection.socket.close(None).await.unwrap();

    assert_eq!(connection.session.await.unwrap(), SessionEnd::Gone);
}

#[tokio::test(start_paused = true)]
async fn a_close_frame_is_answered() {
    let mut connection = connect_viewer(&[(1, "7")]).await;
    let close = CloseFrame {
        code: 1000.into(),
        reason: "".into(),
    };

    connection.send_message(Message::Close(Some(close))).await;

    assert_eq!(connection.close_code().await, Some(1000));
}

/// Connects a viewer to a new board and reads its hello frame.
async fn connect_viewer(cells: &[(u32, &str)]) -> ViewerConnection {
    let (board, publisher) = open_publisher(cells);
    let position = position_of(&open_page(&publisher.render_page()));
    let mut connection = join_publisher(&board, &publisher, Some(position), 1 << 20).await;
    connection.next_message().await;
    connection
}

fn open_publisher(cells: &[(u32, &str)]) -> (TestBoard, Arc<Publisher>) {
    let board = TestBoard::new(cells);
    let (publisher, state) = Publisher::new(board.renderer(), Arc::default());
    let publisher = Arc::new(publisher);
    tokio::spawn(run_publisher(
        Arc::clone(&publisher),
        state,
        || INTERVAL,
        || true,
    ));
    (board, publisher)
}

/// Connects over a stream that buffers `width` bytes in either direction.
async fn join_publisher(
    board: &TestBoard,
    publisher: &Arc<Publisher>,
    from: Option<ViewerPosition>,
    width: usize,
) -> ViewerConnection {
    join_with_page(board, publisher, PAGE_ID, from, width).await
}

/// Connects a paired screen and reads its hello frame.
async fn connect_linked(link: ViewerLink) -> ViewerConnection {
    let (board, publisher) = open_publisher(&[(1, "7")]);
    let position = position_of(&open_page(&publisher.render_page()));
    let context = SessionContext {
        link: Some(link),
        ..context_of(&publisher, PAGE_ID, Some(position))
    };
    let mut connection = join_as(&board, &publisher, context, 1 << 20).await;
    connection.next_message().await;
    connection
}

async fn join_with_page(
    board: &TestBoard,
    publisher: &Arc<Publisher>,
    page: &str,
    from: Option<ViewerPosition>,
    width: usize,
) -> ViewerConnection {
    let context = context_of(publisher, page, from);
    join_as(board, publisher, context, width).await
}

fn context_of(
    publisher: &Arc<Publisher>,
    page: &str,
    from: Option<ViewerPosition>,
) -> SessionContext {
    SessionContext {
        viewer: publisher.add_viewer(),
        page: Some(page.into()),
        position: from,
        encoding: FrameEncoding::Plain,
        link: None,
        build: "9f2c".into(),
        reconnect_pause_max_ms: 10_000,
        stop: CancellationToken::new(),
        return_spread: watch::Sender::new(5000).subscribe(),
    }
}

async fn join_as(
    board: &TestBoard,
    publisher: &Arc<Publisher>,
    context: SessionContext,
    width: usize,
) -> ViewerConnection {
    let (ours, theirs) = tokio::io::duplex(width);
    let stop = context.stop.clone();
    ViewerConnection {
        board: board.clone(),
        publisher: Arc::clone(publisher),
        socket: WebSocketStream::from_raw_socket(theirs, Role::Client, None).await,
        session: tokio::spawn(run_session(ours, Box::new(context), Box::pin(pending()))),
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

    /// Returns the server's close code and ignores the messages before it.
    async fn close_code(&mut self) -> Option<u16> {
        while let Some(Ok(message)) = self.socket.next().await {
            if let Message::Close(frame) = message {
                return frame.map(|frame| frame.code.into());
            }
        }
        None
    }
}

/// The board's thousands of viewers wait all day: each needs little memory.
#[tokio::test]
async fn a_session_is_small() {
    let (_, publisher) = open_publisher(&[(1, "7")]);
    let context = Box::new(context_of(&publisher, PAGE_ID, None));
    let (ours, _theirs) = tokio::io::duplex(16);
    let session = run_session(ours, context, Box::pin(pending()));
    assert!(size_of_val(&session) <= 900, "{}", size_of_val(&session));
}
