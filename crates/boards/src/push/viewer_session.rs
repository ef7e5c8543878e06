//! The session of one viewer. It reads what it lacks from its publisher at its own pace. Nothing
//! is queued for it, and a viewer without progress is disconnected.

use std::{pin::Pin, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    sync::watch,
    time::{Sleep, sleep, timeout},
};
use tokio_tungstenite::tungstenite::Utf8Bytes;
use tokio_util::sync::CancellationToken;
use tracing::debug;

use super::{
    deflate_offer::FrameEncoding,
    frame_allowance::FrameAllowance,
    message_reader::{MessageReader, ReceivedMessage},
    protocol::{
        self, ClientHint, CloseReason, HelloFrame, MAX_MESSAGE_BYTES, ViewerMessage, ViewerPosition,
    },
    published_view::CatchUp,
    publisher::{HEARTBEAT, ViewerHandle, wait_for_change},
    renderer::BoardEnd,
    traffic::Recovery,
    viewer_link::{ViewerLink, next_order},
    viewer_socket::{FollowingViewer, SocketEvent, ViewerSocket},
    wire_frame::{self, WireFrame},
};

/// A viewer without progress for this long is disconnected.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);

/// The time to write the close frame; together 15 s.
const CLOSE_WRITE_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a viewer has to answer our close frame.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// The inputs of a session.
#[derive(Debug)]
pub(super) struct SessionContext {
    pub(super) viewer: ViewerHandle,
    /// The page id that the viewer's page was rendered with, if it names one.
    pub(super) page: Option<String>,
    pub(super) position: Option<ViewerPosition>,
    pub(super) link: Option<ViewerLink>,
    pub(super) encoding: FrameEncoding,
    pub(super) build: Arc<str>,
    /// The longest pause before a reconnect, in milliseconds.
    pub(super) reconnect_pause_max_ms: u64,
    pub(super) stop: CancellationToken,
    /// Over how many milliseconds viewers should spread their reconnects after `stop`.
    pub(super) return_spread: watch::Receiver<u64>,
}

/// Fires when the viewer may no longer see its board.
pub type RevocationFuture = Pin<Box<dyn Future<Output = Revocation> + Send>>;

/// Why a session ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SessionEnd {
    /// The viewer left, or its connection was lost.
    Gone,
    Closed(CloseReason, &'static str),
}

/// Why a viewer may no longer see a board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revocation {
    SignedOut,
    NotAllowed,
    /// A screen shows another board from now on: its page knows which.
    BoardReplaced,
}

impl From<Revocation> for SessionEnd {
    fn from(revocation: Revocation) -> Self {
        match revocation {
            Revocation::SignedOut => Self::Closed(CloseReason::SignedOut, "signed out"),
            Revocation::NotAllowed => Self::Closed(CloseReason::NotAllowed, "not allowed"),
            Revocation::BoardReplaced => Self::Closed(CloseReason::Restarting, "board replaced"),
        }
    }
}

/// Serves a viewer until either side closes. Whatever is held here across a wait is held once for
/// each of many thousand viewers.
pub(super) async fn run_session<T>(
    stream: T,
    context: Box<SessionContext>,
    revoked: RevocationFuture,
) -> SessionEnd
where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut session, interruptions) = ViewerSession::start(stream, *context);
    let (end, last_frame) = tokio::select! {
        biased;
        interrupted = interruptions.next(revoked) => interrupted,
        end = session.serve_viewer() => (end, None),
    };
    debug!(?end, "A viewer's session ended");
    session.socket.stop_following();
    Box::pin(session.finish(&end, last_frame)).await;
    end
}

/// The events that may end a session from our side.
struct Interruptions {
    stop: CancellationToken,
    return_spread: watch::Receiver<u64>,
    board_end: watch::Receiver<Option<BoardEnd>>,
    is_page_outdated: bool,
}

impl Interruptions {
    /// Waits for the first, and returns the last frame for the viewer.
    async fn next(mut self, revoked: RevocationFuture) -> (SessionEnd, Option<Utf8Bytes>) {
        let restarting = |reason| SessionEnd::Closed(CloseReason::Restarting, reason);
        tokio::select! {
            biased;
            () = self.stop.cancelled() => (restarting("restarting"), Some(self.bye())),
            ended = wait_for_end(&mut self.board_end, self.is_page_outdated) => match ended {
                // It reconnects, is refused, requests its page and shows why.
                BoardEnd::Removed => (restarting("board removed"), Some(self.bye())),
                BoardEnd::FrameChanged => (restarting("board changed"), Some(protocol::encode_reload())),
            },
            revoked = revoked => {
                let reload = (revoked == Revocation::BoardReplaced).then(protocol::encode_reload);
                (revoked.into(), reload)
            }
        }
    }

    fn bye(&self) -> Utf8Bytes {
        protocol::encode_bye(*self.return_spread.borrow())
    }
}

async fn wait_for_end(
    end: &mut watch::Receiver<Option<BoardEnd>>,
    is_page_outdated: bool,
) -> BoardEnd {
    if is_page_outdated {
        return BoardEnd::FrameChanged;
    }
    loop {
        if let Some(end) = *end.borrow_and_update() {
            return end;
        }
        wait_for_change(end).await;
    }
}

/// Waits for a timer, if there is one.
async fn wait_for(timer: &mut Option<Pin<Box<Sleep>>>) {
    match timer {
        Some(timer) => timer.await,
        None => std::future::pending().await,
    }
}

struct ViewerSession<T> {
    socket: Arc<ViewerSocket<T>>,
    viewer: ViewerHandle,
    link: Option<ViewerLink>,
    reader: MessageReader,
    allowance: FrameAllowance,
}

impl<T: AsyncRead + AsyncWrite + Unpin + Send + 'static> ViewerSession<T> {
    /// Queues what the viewer gets first.
    fn start(stream: T, context: SessionContext) -> (Self, Interruptions) {
        let session = Self {
            socket: Arc::new(ViewerSocket::new(stream, context.encoding)),
            viewer: context.viewer,
            link: context.link,
            reader: MessageReader::new(MAX_MESSAGE_BYTES, context.encoding),
            allowance: FrameAllowance::new(),
        };
        let publisher = &session.viewer.0;
        let interruptions = Interruptions {
            stop: context.stop,
            return_spread: context.return_spread,
            board_end: publisher.subscribe_end(),
            // The page was rendered before its title or zone changed, so no frame can correct it.
            is_page_outdated: (context.page).is_some_and(|page| page != publisher.page_id),
        };
        let longest_pause = context.reconnect_pause_max_ms;
        session.queue_hello(context.position.as_ref(), &context.build, longest_pause);
        (session, interruptions)
    }

    async fn serve_viewer(&mut self) -> SessionEnd {
        let socket: Arc<dyn FollowingViewer> = Arc::clone(&self.socket) as _;
        self.viewer.0.fan_out.add_viewer(socket);
        let mut patience = None;
        loop {
            if !self.socket.has_unsent() {
                patience = None;
            } else if patience.is_none() {
                patience = Some(Box::pin(sleep(WRITE_TIMEOUT)));
            }
            let result = tokio::select! {
                event = self.socket.next_event(&mut self.reader) => {
                    if event != SocketEvent::Received {
                        patience = None;
                    }
                    self.handle_event(event)
                }
                () = wait_for(&mut patience) => {
                    Err(SessionEnd::Closed(CloseReason::Overload, "too slow"))
                }
                order = next_order(&mut self.link) => {
                    self.queue_frame(&protocol::encode_order(&order).into());
                    Ok(())
                }
            };
            if let Err(end) = result {
                return end;
            }
        }
    }

    fn queue_hello(&self, from: Option<&ViewerPosition>, build: &str, longest_pause: u64) {
        let publisher = &self.viewer.0;
        let catch_up = publisher.catch_up_from(from);
        if from.is_some() {
            publisher.traffic.record_recovery(if catch_up.is_resumed {
                Recovery::Resumed
            } else {
                Recovery::Snapshot
            });
        }
        let n = match from {
            Some(from) if catch_up.is_resumed => from.n,
            _ => catch_up.n,
        };
        let hello = protocol::encode_hello(&HelloFrame {
            epoch: &publisher.epoch,
            n,
            build,
            sent_at: publisher.wall_clock_ms(),
            resume: catch_up.is_resumed,
            hint: ClientHint {
                hb: HEARTBEAT.as_secs(),
                min: 500,
                max: longest_pause,
            },
        });
        self.queue_frame(&hello.into());
        self.queue_catch_up(&catch_up);
    }

    fn handle_event(&mut self, event: SocketEvent) -> Result<(), SessionEnd> {
        match event {
            SocketEvent::Received => self.handle_messages(),
            SocketEvent::Progressed | SocketEvent::HandedOver => Ok(()),
            SocketEvent::Behind => {
                self.catch_up();
                Ok(())
            }
            SocketEvent::Lost => Err(SessionEnd::Gone),
        }
    }

    /// Sends what the viewer lacks. If that's nothing, the fan-out sends what follows.
    fn catch_up(&self) {
        let publisher = &self.viewer.0;
        loop {
            let n = self.socket.stop_following();
            let missing = publisher.catch_up_after(n);
            if !missing.frames.is_empty() {
                return self.queue_catch_up(&missing);
            }
            self.socket.follow();
            // Frames that were published in between have passed by.
            if publisher.frame_number() == n {
                return;
            }
        }
    }

    fn queue_catch_up(&self, missing: &CatchUp) {
        for frame in &missing.frames {
            self.queue_frame(frame);
        }
        self.socket.set_position(missing.n);
    }

    fn queue_frame(&self, frame: &WireFrame) {
        (self.viewer.0.traffic).record_sent(1, frame.len() as u64);
        self.socket.queue_frame(frame);
    }

    fn handle_messages(&mut self) -> Result<(), SessionEnd> {
        loop {
            let message = match self.reader.next_message() {
                Ok(Some(message)) => message,
                Ok(None) => return Ok(()),
                Err((why, reason)) => return Err(SessionEnd::Closed(why, reason)),
            };
            if !self.allowance.try_consume() {
                let reason = "too many frames";
                return Err(SessionEnd::Closed(CloseReason::Violation, reason));
            }
            match message {
                ReceivedMessage::Fragment | ReceivedMessage::Pong => {}
                ReceivedMessage::Text(text) => self.handle_text(&text)?,
                ReceivedMessage::Binary(_) => {
                    return Err(SessionEnd::Closed(CloseReason::Violation, "text only"));
                }
                ReceivedMessage::Ping(payload) => {
                    self.socket.queue(wire_frame::encode_pong(payload));
                }
                ReceivedMessage::Close(code) => {
                    self.socket.drop_unsent();
                    self.socket.queue(wire_frame::encode_close_answer(code));
                    return Err(SessionEnd::Gone);
                }
            }
        }
    }

    fn handle_text(&self, text: &str) -> Result<(), SessionEnd> {
        match protocol::parse_message(text) {
            Ok(ViewerMessage::Resync { e, n }) => {
                self.socket.stop_following();
                let publisher = &self.viewer.0;
                publisher.traffic.record_recovery(Recovery::Resync);
                self.queue_catch_up(&publisher.resync_from(&ViewerPosition { epoch: e, n }));
                Ok(())
            }
            Ok(ViewerMessage::Status { n, lag, fps, vis }) => {
                debug!(n, lag, fps, vis, "Status from a viewer");
                if let Some(link) = &self.link {
                    link.report_status(lag, vis);
                }
                Ok(())
            }
            Err(_) => {
                let reason = "not a message of wallboard.v1";
                Err(SessionEnd::Closed(CloseReason::Violation, reason))
            }
        }
    }

    async fn finish(&mut self, end: &SessionEnd, last_frame: Option<Utf8Bytes>) {
        match end {
            SessionEnd::Closed(close, reason) => {
                self.close_socket(*close, reason, last_frame).await;
            }
            // It may wait for the answer to its close frame.
            SessionEnd::Gone => drop(timeout(CLOSE_WRITE_TIMEOUT, self.write_unsent()).await),
        }
        // The fan-out still has the socket, but without its connection.
        drop(self.socket.take_stream());
    }

    /// Sends the reason, waits for the viewer's answer, and closes the connection.
    async fn close_socket(
        &mut self,
        close: CloseReason,
        reason: &'static str,
        last_frame: Option<Utf8Bytes>,
    ) {
        // An incomplete frame must end first; nothing else that waits is of use.
        self.socket.drop_unsent();
        if let Some(frame) = last_frame {
            self.queue_frame(&frame.into());
        }
        self.socket.queue(wire_frame::encode_close(close, reason));
        if timeout(CLOSE_WRITE_TIMEOUT, self.write_unsent()).await != Ok(true) {
            return;
        }
        let answer = async {
            // One that breaks the protocol may never answer.
            if !matches!(
                close,
                CloseReason::Violation | CloseReason::InvalidFrame | CloseReason::InvalidText
            ) {
                self.wait_for_close().await;
            }
            let Some(mut stream) = self.socket.take_stream() else {
                return;
            };
            // Unread bytes would turn our close into a reset, and the reason would be lost.
            if stream.shutdown().await.is_ok() {
                let mut rest = [0; 256];
                while let Ok(1..) = stream.read(&mut rest).await {}
            }
        };
        // A viewer that doesn't answer is disconnected.
        timeout(CLOSE_TIMEOUT, answer).await.unwrap_or_default();
    }

    /// Waits for the viewer's close frame, or its end.
    async fn wait_for_close(&mut self) {
        loop {
            match self.reader.next_message() {
                Ok(Some(ReceivedMessage::Close(_))) | Err(_) => return,
                Ok(Some(_)) => continue,
                Ok(None) => {}
            }
            if self.socket.next_arrival(&mut self.reader).await == SocketEvent::Lost {
                return;
            }
        }
    }

    /// Writes all that is unsent; `false` if the connection was lost.
    async fn write_unsent(&mut self) -> bool {
        while self.socket.has_unsent() {
            // Messages that still arrive no longer matter.
            self.reader = MessageReader::new(0, FrameEncoding::Plain);
            if self.socket.next_event(&mut self.reader).await == SocketEvent::Lost {
                return false;
            }
        }
        true
    }
}

#[cfg(test)]
mod tests;
