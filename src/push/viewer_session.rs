//! The session of one viewer. It reads what it lacks from its publisher at its own pace. Nothing
//! is queued for it, and a viewer without progress is disconnected.

use std::{sync::Arc, time::Duration};

use futures_util::{SinkExt, StreamExt};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    sync::watch,
    time::{Instant, timeout},
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Error as Failure, Message, Utf8Bytes,
        protocol::{
            CloseFrame, WebSocketConfig,
            frame::{
                Frame,
                coding::{Data, OpCode},
            },
        },
    },
};
use tokio_util::sync::CancellationToken;
use tracing::debug;

use super::{
    protocol::{
        self, ClientHint, CloseReason, HelloFrame, MAX_MESSAGE_BYTES, ViewerMessage, ViewerPosition,
    },
    publisher::{HEARTBEAT, PublishTick, ViewerHandle, wait_for_change},
    renderer::BoardEnd,
    traffic::Recovery,
    viewer_link::{ViewerLink, next_order},
};

/// Longer frames are written in parts of this size. It bounds a viewer's memory and shows
/// progress.
const FRAME_PART_BYTES: usize = 4096;

/// A viewer without progress for this long is disconnected.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);

/// The time to write the close frame; together 15 s.
const CLOSE_WRITE_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a viewer has to answer our close frame.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// Messages that a viewer may send at once, and the interval for each one after that.
const MESSAGE_BURST: u32 = 30;
const MESSAGE_INTERVAL: Duration = Duration::from_secs(1);

/// Small buffers, for thousands of viewers and short messages.
pub fn socket_config() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(1024)
        .write_buffer_size(FRAME_PART_BYTES)
        .max_write_buffer_size(8 * FRAME_PART_BYTES)
        .max_message_size(Some(MAX_MESSAGE_BYTES))
        .max_frame_size(Some(MAX_MESSAGE_BYTES))
}

/// The inputs of a session.
#[derive(Debug)]
pub(super) struct SessionContext {
    pub(super) viewer: ViewerHandle,
    /// The page id that the viewer's page was rendered with, if it says so.
    pub(super) page: Option<String>,
    pub(super) position: Option<ViewerPosition>,
    pub(super) link: Option<ViewerLink>,
    pub(super) build: Arc<str>,
    /// The longest pause before a reconnect, in milliseconds.
    pub(super) reconnect_pause_max_ms: u64,
    pub(super) stop: CancellationToken,
    /// Over how many milliseconds viewers should spread their reconnects after `stop`.
    pub(super) return_spread: watch::Receiver<u64>,
}

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

/// Serves a viewer until either side closes.
/// `revoked` fires when the viewer may no longer see the board.
pub(super) async fn run_session<T>(
    socket: WebSocketStream<T>,
    context: SessionContext,
    revoked: impl Future<Output = Revocation>,
) -> SessionEnd
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let mut session = ViewerSession {
        socket,
        viewer: context.viewer,
        link: context.link,
        n: 0,
        is_frame_complete: true,
        allowance: MessageAllowance::new(),
    };
    let mut ended = session.viewer.0.subscribe_end();
    // The page was rendered before its title or zone changed, so no frame can correct it.
    let is_page_outdated = (context.page).is_some_and(|page| page != session.viewer.0.page_id);
    let bye = || Some(protocol::encode_bye(*context.return_spread.borrow()));
    let (end, last_frame) = tokio::select! {
        biased;
        () = context.stop.cancelled() => {
            (SessionEnd::Closed(CloseReason::Restarting, "restarting"), bye())
        }
        ended = wait_for_end(&mut ended, is_page_outdated) => match ended {
            // It reconnects, is refused, requests its page and shows why.
            BoardEnd::Removed => (SessionEnd::Closed(CloseReason::Restarting, "board removed"), bye()),
            BoardEnd::FrameChanged => {
                (SessionEnd::Closed(CloseReason::Restarting, "board changed"), Some(protocol::encode_reload()))
            }
        },
        revoked = revoked => {
            let reload = (revoked == Revocation::BoardReplaced).then(protocol::encode_reload);
            (revoked.into(), reload)
        }
        end = session.serve_viewer(context.position, &context.build, context.reconnect_pause_max_ms) => (end, None),
    };
    debug!(?end, "A viewer's session ended");
    if let SessionEnd::Closed(close, reason) = end {
        session.close_socket(close, reason, last_frame).await;
    }
    end
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

struct ViewerSession<T> {
    socket: WebSocketStream<T>,
    viewer: ViewerHandle,
    link: Option<ViewerLink>,
    /// The last frame written.
    n: u64,
    /// No frame is partially written, so another may follow.
    is_frame_complete: bool,
    allowance: MessageAllowance,
}

impl<T: AsyncRead + AsyncWrite + Unpin> ViewerSession<T> {
    async fn serve_viewer(
        &mut self,
        from: Option<ViewerPosition>,
        build: &str,
        longest_pause: u64,
    ) -> SessionEnd {
        let mut ticks = self.viewer.0.subscribe_ticks();
        let mut beats = ticks.borrow_and_update().beats;
        if let Err(end) = self.send_hello(from, build, longest_pause).await {
            return end;
        }
        loop {
            let result = tokio::select! {
                received = self.socket.next() => self.handle_message(received).await,
                _ = ticks.changed() => {
                    let tick = *ticks.borrow_and_update();
                    self.handle_tick(tick, &mut beats).await
                }
                order = next_order(&mut self.link) => {
                    self.write_frames(vec![protocol::encode_order(&order)]).await
                }
            };
            if let Err(end) = result {
                return end;
            }
        }
    }

    async fn send_hello(
        &mut self,
        from: Option<ViewerPosition>,
        build: &str,
        longest_pause: u64,
    ) -> Result<(), SessionEnd> {
        let publisher = &self.viewer.0;
        let catch_up = publisher.catch_up_from(from.as_ref());
        if from.is_some() {
            publisher.traffic.record_recovery(if catch_up.is_resumed {
                Recovery::Resumed
            } else {
                Recovery::Snapshot
            });
        }
        let n = match &from {
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
        self.n = catch_up.n;
        let mut frames = catch_up.frames;
        frames.insert(0, hello);
        self.write_frames(frames).await
    }

    async fn handle_tick(&mut self, tick: PublishTick, beats: &mut u64) -> Result<(), SessionEnd> {
        let has_new_beat = *beats < tick.beats;
        *beats = tick.beats;
        if self.n < tick.n {
            let catch_up = self.viewer.0.catch_up_after(self.n);
            self.n = catch_up.n;
            self.write_frames(catch_up.frames).await
        } else if has_new_beat {
            self.write_frames(vec![self.viewer.0.heartbeat_frame()])
                .await
        } else {
            Ok(())
        }
    }

    async fn handle_message(
        &mut self,
        received: Option<Result<Message, Failure>>,
    ) -> Result<(), SessionEnd> {
        let close = |why, reason| Err(SessionEnd::Closed(why, reason));
        let violation = |reason| close(CloseReason::Violation, reason);
        if matches!(received, Some(Ok(_))) && !self.allowance.try_consume() {
            return violation("too many messages");
        }
        match received {
            Some(Ok(Message::Text(text))) => match protocol::parse_message(&text) {
                Ok(ViewerMessage::Resync { e, n }) => {
                    let catch_up = self.viewer.0.resync_from(&ViewerPosition { epoch: e, n });
                    self.viewer.0.traffic.record_recovery(Recovery::Resync);
                    self.n = catch_up.n;
                    self.write_frames(catch_up.frames).await
                }
                Ok(ViewerMessage::Status { n, lag, fps, vis }) => {
                    debug!(n, lag, fps, vis, "Status from a viewer");
                    if let Some(link) = &self.link {
                        link.report_status(lag, vis);
                    }
                    Ok(())
                }
                Err(_) => violation("not a message of wallboard.v1"),
            },
            Some(Ok(Message::Binary(_) | Message::Frame(_))) => violation("text only"),
            // The socket answers pings itself. This flush sends the answer.
            Some(Ok(Message::Ping(_))) => self.write_frames(Vec::new()).await,
            Some(Ok(Message::Pong(_))) => Ok(()),
            Some(Err(Failure::Capacity(_))) => violation("message too long"),
            Some(Err(Failure::Utf8(_))) => close(CloseReason::InvalidText, "not UTF-8"),
            Some(Err(Failure::Protocol(error))) if !is_hangup(&error) => {
                close(CloseReason::InvalidFrame, "not a WebSocket frame")
            }
            // It also sends the answer to a close frame, without which the connection looks lost.
            Some(Ok(Message::Close(_))) => self
                .write_frames(Vec::new())
                .await
                .and(Err(SessionEnd::Gone)),
            Some(Err(_)) | None => Err(SessionEnd::Gone),
        }
    }

    /// Writes all frames at once. Waits for the viewer after each part.
    async fn write_frames(&mut self, frames: Vec<Utf8Bytes>) -> Result<(), SessionEnd> {
        let lengths = frames.iter().map(|frame| frame.len() as u64);
        let traffic = &self.viewer.0.traffic;
        traffic.record_sent(frames.len() as u64, lengths.sum());
        for frame in frames {
            let bytes = bytes::Bytes::from(frame);
            let mut from = 0;
            loop {
                let to = bytes.len().min(from + FRAME_PART_BYTES);
                let kind = if from == 0 {
                    Data::Text
                } else {
                    Data::Continue
                };
                let is_last = to == bytes.len();
                let part = Frame::message(bytes.slice(from..to), OpCode::Data(kind), is_last);
                write_within(WRITE_TIMEOUT, self.socket.feed(Message::Frame(part))).await?;
                self.is_frame_complete = is_last;
                if is_last {
                    break;
                }
                from = to;
            }
        }
        write_within(WRITE_TIMEOUT, self.socket.flush()).await
    }

    /// Sends the reason, waits for the viewer's answer, and closes the connection.
    async fn close_socket(
        mut self,
        close: CloseReason,
        reason: &'static str,
        last_frame: Option<Utf8Bytes>,
    ) {
        let last_frame = last_frame.filter(|_| self.is_frame_complete);
        let close = CloseFrame {
            code: close.code().into(),
            reason: reason.into(),
        };
        let closing = async {
            if let Some(frame) = last_frame {
                self.socket.feed(Message::Text(frame)).await?;
            }
            self.socket.send(Message::Close(Some(close))).await
        };
        if write_within(CLOSE_WRITE_TIMEOUT, closing).await.is_err() {
            return;
        }
        let answer = async {
            while let Some(Ok(_)) = self.socket.next().await {}
            // Unread bytes would turn our close into a reset, and the reason would be lost.
            let mut stream = self.socket.into_inner();
            if stream.shutdown().await.is_ok() {
                let mut rest = [0; 1024];
                while let Ok(1..) = stream.read(&mut rest).await {}
            }
        };
        // A viewer that doesn't answer is disconnected.
        timeout(CLOSE_TIMEOUT, answer).await.unwrap_or_default();
    }
}

async fn write_within(
    limit: Duration,
    write: impl Future<Output = Result<(), Failure>>,
) -> Result<(), SessionEnd> {
    match timeout(limit, write).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(SessionEnd::Gone),
        Err(_) => Err(SessionEnd::Closed(CloseReason::Overload, "too slow")),
    }
}

/// The connection was lost, which isn't the viewer's fault.
fn is_hangup(error: &tokio_tungstenite::tungstenite::error::ProtocolError) -> bool {
    use tokio_tungstenite::tungstenite::error::ProtocolError;
    matches!(error, ProtocolError::ResetWithoutClosingHandshake)
}

/// The number of messages that a viewer may still send: a burst, and one more per interval.
#[derive(Debug)]
struct MessageAllowance {
    left: u32,
    since: Instant,
}

impl MessageAllowance {
    fn new() -> Self {
        Self {
            left: MESSAGE_BURST,
            since: Instant::now(),
        }
    }

    fn try_consume(&mut self) -> bool {
        let earned = self.since.elapsed().as_secs() / MESSAGE_INTERVAL.as_secs();
        if 0 < earned {
            self.left = MESSAGE_BURST.min(
                self.left
                    .saturating_add(u32::try_from(earned).unwrap_or(MESSAGE_BURST)),
            );
            self.since = Instant::now();
        }
        match self.left.checked_sub(1) {
            Some(left) => {
                self.left = left;
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests;
