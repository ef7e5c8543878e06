//! One viewer. It takes what it lacks from its channel at its own pace; nothing
//! is queued for it, and one that does not get on is let go.

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
    publisher::{HEARTBEAT, PublishTick, ViewerHandle},
    renderer::BoardEnd,
    traffic::Recovery,
};

/// Longer frames are written in parts of this size, so that a viewer's memory
/// is bounded by it and progress can be seen in it.
const FRAME_PART_BYTES: usize = 4096;

/// Without progress for this long, a viewer is told to go.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);

/// What it then has to hear that; together 15 s.
const CLOSE_WRITE_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a viewer has to answer our closing.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// What a viewer may say at once, and how often from then on.
const MESSAGE_BURST: u32 = 30;
const MESSAGE_INTERVAL: Duration = Duration::from_secs(1);

/// Small buffers: thousands of viewers, and short messages.
pub fn socket_config() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(1024)
        .write_buffer_size(FRAME_PART_BYTES)
        .max_write_buffer_size(8 * FRAME_PART_BYTES)
        .max_message_size(Some(MAX_MESSAGE_BYTES))
        .max_frame_size(Some(MAX_MESSAGE_BYTES))
}

/// What a session is given.
#[derive(Debug)]
pub(super) struct SessionContext {
    pub(super) viewer: ViewerHandle,
    pub(super) position: Option<ViewerPosition>,
    pub(super) build: Arc<str>,
    /// The longest pause before coming back, in milliseconds.
    pub(super) longest_pause: u64,
    pub(super) stop: CancellationToken,
    /// Over how many milliseconds viewers should spread their return after `stop`.
    pub(super) return_spread: watch::Receiver<u64>,
}

/// Why a session ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SessionEnd {
    /// The viewer went, or its line broke.
    Gone,
    Closed(CloseReason, &'static str),
}

/// Serves a viewer until one side ends it.
pub(super) async fn run_session<T>(
    socket: WebSocketStream<T>,
    viewing: SessionContext,
) -> SessionEnd
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let mut session = ViewerSession {
        socket,
        viewer: viewing.viewer,
        n: 0,
        is_frame_complete: true,
        allowance: MessageAllowance::new(),
    };
    let mut ended = session.viewer.0.subscribe_end();
    let come_back = || Some(protocol::encode_bye(*viewing.return_spread.borrow()));
    let (end, last_word) = tokio::select! {
        biased;
        () = viewing.stop.cancelled() => {
            (SessionEnd::Closed(CloseReason::Restarting, "restarting"), come_back())
        }
        ended = wait_for_end(&mut ended) => match ended {
            // It comes back, is refused, asks for its page and learns why.
            BoardEnd::Removed => (SessionEnd::Closed(CloseReason::Restarting, "board removed"), come_back()),
            BoardEnd::FrameChanged => {
                (SessionEnd::Closed(CloseReason::Restarting, "board changed"), Some(protocol::encode_reload()))
            }
        },
        end = session.serve_viewer(viewing.position, &viewing.build, viewing.longest_pause) => (end, None),
    };
    debug!(?end, "A viewer's session ended");
    if let SessionEnd::Closed(close, reason) = end {
        session.close_socket(close, reason, last_word).await;
    }
    end
}

async fn wait_for_end(ended: &mut watch::Receiver<Option<BoardEnd>>) -> BoardEnd {
    loop {
        if let Some(ended) = *ended.borrow_and_update() {
            return ended;
        }
        // The channel outlives those who sit on it.
        if ended.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

struct ViewerSession<T> {
    socket: WebSocketStream<T>,
    viewer: ViewerHandle,
    /// The last frame written.
    n: u64,
    /// No frame is half written, so another may follow.
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
            let step = tokio::select! {
                heard = self.socket.next() => self.handle_message(heard).await,
                _ = ticks.changed() => {
                    let tick = *ticks.borrow_and_update();
                    self.handle_tick(tick, &mut beats).await
                }
            };
            if let Err(end) = step {
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
        let channel = &self.viewer.0;
        let lacking = channel.catch_up_from(from.as_ref());
        if from.is_some() {
            channel.traffic.record_recovery(if lacking.is_resumed {
                Recovery::Resumed
            } else {
                Recovery::Snapshot
            });
        }
        let n = match &from {
            Some(from) if lacking.is_resumed => from.n,
            _ => lacking.n,
        };
        let hello = protocol::encode_hello(&HelloFrame {
            epoch: &channel.epoch,
            n,
            build,
            sent_at: channel.wall_clock_ms(),
            resume: lacking.is_resumed,
            hint: ClientHint {
                hb: HEARTBEAT.as_secs(),
                min: 500,
                max: longest_pause,
            },
        });
        self.n = lacking.n;
        let mut frames = lacking.frames;
        frames.insert(0, hello);
        self.write_frames(frames).await
    }

    async fn handle_tick(&mut self, tick: PublishTick, beats: &mut u64) -> Result<(), SessionEnd> {
        let is_beat = *beats < tick.beats;
        *beats = tick.beats;
        if self.n < tick.n {
            let lacking = self.viewer.0.catch_up_after(self.n);
            self.n = lacking.n;
            self.write_frames(lacking.frames).await
        } else if is_beat {
            self.write_frames(vec![self.viewer.0.heartbeat_frame()])
                .await
        } else {
            Ok(())
        }
    }

    async fn handle_message(
        &mut self,
        heard: Option<Result<Message, Failure>>,
    ) -> Result<(), SessionEnd> {
        let breach = |reason| Err(SessionEnd::Closed(CloseReason::Violation, reason));
        if matches!(heard, Some(Ok(_))) && !self.allowance.try_consume() {
            return breach("too many messages");
        }
        match heard {
            Some(Ok(Message::Text(text))) => match protocol::parse_message(&text) {
                Ok(ViewerMessage::Resync { e, n }) => {
                    let lacking = self.viewer.0.resync_from(&ViewerPosition { epoch: e, n });
                    self.viewer.0.traffic.record_recovery(Recovery::Resync);
                    self.n = lacking.n;
                    self.write_frames(lacking.frames).await
                }
                Ok(ViewerMessage::Status { n, lag, fps, vis }) => {
                    debug!(n, lag, fps, vis, "Status from a viewer");
                    Ok(())
                }
                Err(_) => breach("not a message of wallboard.v1"),
            },
            Some(Ok(Message::Binary(_) | Message::Frame(_))) => breach("text only"),
            // The socket answers pings itself; the answer leaves with this flush.
            Some(Ok(Message::Ping(_))) => self.write_frames(Vec::new()).await,
            Some(Ok(Message::Pong(_))) => Ok(()),
            Some(Err(Failure::Capacity(_))) => breach("message too long"),
            Some(Err(Failure::Utf8(_))) => breach("not UTF-8"),
            Some(Err(Failure::Protocol(problem))) if !is_hangup(&problem) => {
                breach("not a WebSocket frame")
            }
            // So does the answer to a goodbye, without which it looks like a lost line.
            Some(Ok(Message::Close(_))) => self
                .write_frames(Vec::new())
                .await
                .and(Err(SessionEnd::Gone)),
            Some(Err(_)) | None => Err(SessionEnd::Gone),
        }
    }

    /// Writes all frames in one go. Waits for the viewer, part by part.
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

    /// Says why, waits for the viewer's answer, and hangs up.
    async fn close_socket(
        mut self,
        close: CloseReason,
        reason: &'static str,
        last_word: Option<Utf8Bytes>,
    ) {
        let last_word = last_word.filter(|_| self.is_frame_complete);
        let close = CloseFrame {
            code: close.code().into(),
            reason: reason.into(),
        };
        let last_words = async {
            if let Some(word) = last_word {
                self.socket.feed(Message::Text(word)).await?;
            }
            self.socket.send(Message::Close(Some(close))).await
        };
        if write_within(CLOSE_WRITE_TIMEOUT, last_words).await.is_err() {
            return;
        }
        let answered = async {
            while let Some(Ok(_)) = self.socket.next().await {}
            // Unread bytes would turn our closing into a reset, and the reason be lost.
            let mut line = self.socket.into_inner();
            if line.shutdown().await.is_ok() {
                let mut rest = [0; 1024];
                while let Ok(1..) = line.read(&mut rest).await {}
            }
        };
        // One that does not answer is left.
        timeout(CLOSE_TIMEOUT, answered).await.unwrap_or_default();
    }
}

async fn write_within(
    limit: Duration,
    written: impl Future<Output = Result<(), Failure>>,
) -> Result<(), SessionEnd> {
    match timeout(limit, written).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(SessionEnd::Gone),
        Err(_) => Err(SessionEnd::Closed(CloseReason::Overload, "too slow")),
    }
}

/// The line broke, which says nothing about the viewer's manners.
fn is_hangup(problem: &tokio_tungstenite::tungstenite::error::ProtocolError) -> bool {
    use tokio_tungstenite::tungstenite::error::ProtocolError;
    matches!(problem, ProtocolError::ResetWithoutClosingHandshake)
}

/// What a viewer may still say: so much at once, and one more as time goes.
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
