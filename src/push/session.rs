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
    channel::{HEARTBEAT, Seat, Tick},
    drawing::Ended,
    protocol::{self, Close, Heard, Hello, Hint, LONGEST_HEARD, Position},
    traffic::Recovery,
};

/// Longer frames are written in parts of this size, so that a viewer's memory
/// is bounded by it and progress can be seen in it.
const PART: usize = 4096;

/// Without progress for this long, a viewer is told to go.
const STUCK: Duration = Duration::from_secs(10);

/// What it then has to hear that; together 15 s.
const LAST_WORD: Duration = Duration::from_secs(5);

/// How long a viewer has to answer our closing.
const PARTING: Duration = Duration::from_secs(1);

/// What a viewer may say at once, and how often from then on.
const SAYINGS: u32 = 30;
const SAYING_EVERY: Duration = Duration::from_secs(1);

/// Small buffers: thousands of viewers, and short messages.
pub fn socket_config() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(1024)
        .write_buffer_size(PART)
        .max_write_buffer_size(8 * PART)
        .max_message_size(Some(LONGEST_HEARD))
        .max_frame_size(Some(LONGEST_HEARD))
}

/// What a session is given.
#[derive(Debug)]
pub(super) struct Viewing {
    pub(super) seat: Seat,
    pub(super) from: Option<Position>,
    pub(super) build: Arc<str>,
    /// The longest pause before coming back, in milliseconds.
    pub(super) longest_pause: u64,
    pub(super) stop: CancellationToken,
    /// Over how many milliseconds viewers should spread their return after `stop`.
    pub(super) spread: watch::Receiver<u64>,
}

/// Why a session ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The viewer went, or its line broke.
    Gone,
    Closed(Close, &'static str),
}

/// Serves a viewer until one side ends it.
pub(super) async fn session<T>(socket: WebSocketStream<T>, viewing: Viewing) -> End
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let mut session = Session {
        socket,
        seat: viewing.seat,
        n: 0,
        whole: true,
        allowance: Allowance::new(),
    };
    let mut ended = session.seat.0.ended();
    let come_back = || Some(protocol::bye(*viewing.spread.borrow()));
    let (end, last_word) = tokio::select! {
        biased;
        () = viewing.stop.cancelled() => {
            (End::Closed(Close::Restarting, "restarting"), come_back())
        }
        ended = ending(&mut ended) => match ended {
            // It comes back, is refused, asks for its page and learns why.
            Ended::Removed => (End::Closed(Close::Restarting, "board removed"), come_back()),
            Ended::Reshaped => {
                (End::Closed(Close::Restarting, "board changed"), Some(protocol::reload()))
            }
        },
        end = session.serve(viewing.from, &viewing.build, viewing.longest_pause) => (end, None),
    };
    debug!(?end, "A viewer's session ended");
    if let End::Closed(close, reason) = end {
        session.part(close, reason, last_word).await;
    }
    end
}

async fn ending(ended: &mut watch::Receiver<Option<Ended>>) -> Ended {
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

struct Session<T> {
    socket: WebSocketStream<T>,
    seat: Seat,
    /// The last frame written.
    n: u64,
    /// No frame is half written, so another may follow.
    whole: bool,
    allowance: Allowance,
}

impl<T: AsyncRead + AsyncWrite + Unpin> Session<T> {
    async fn serve(&mut self, from: Option<Position>, build: &str, longest_pause: u64) -> End {
        let mut ticks = self.seat.0.ticks();
        let mut beats = ticks.borrow_and_update().beats;
        if let Err(end) = self.greet(from, build, longest_pause).await {
            return end;
        }
        loop {
            let step = tokio::select! {
                heard = self.socket.next() => self.on_heard(heard).await,
                _ = ticks.changed() => {
                    let tick = *ticks.borrow_and_update();
                    self.on_tick(tick, &mut beats).await
                }
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    async fn greet(
        &mut self,
        from: Option<Position>,
        build: &str,
        longest_pause: u64,
    ) -> Result<(), End> {
        let channel = &self.seat.0;
        let lacking = channel.since(from.as_ref());
        if from.is_some() {
            channel.traffic.on_recovery(if lacking.resumed {
                Recovery::Resumed
            } else {
                Recovery::Snapshot
            });
        }
        let n = match &from {
            Some(from) if lacking.resumed => from.n,
            _ => lacking.n,
        };
        let hello = protocol::hello(&Hello {
            epoch: &channel.epoch,
            n,
            build,
            sent: channel.clock(),
            resume: lacking.resumed,
            hint: Hint {
                hb: HEARTBEAT.as_secs(),
                min: 500,
                max: longest_pause,
            },
        });
        self.n = lacking.n;
        let mut frames = lacking.frames;
        frames.insert(0, hello);
        self.write(frames).await
    }

    async fn on_tick(&mut self, tick: Tick, beats: &mut u64) -> Result<(), End> {
        let is_beat = *beats < tick.beats;
        *beats = tick.beats;
        if self.n < tick.n {
            let lacking = self.seat.0.after(self.n);
            self.n = lacking.n;
            self.write(lacking.frames).await
        } else if is_beat {
            self.write(vec![self.seat.0.heartbeat()]).await
        } else {
            Ok(())
        }
    }

    async fn on_heard(&mut self, heard: Option<Result<Message, Failure>>) -> Result<(), End> {
        let breach = |reason| Err(End::Closed(Close::Breach, reason));
        if matches!(heard, Some(Ok(_))) && !self.allowance.take() {
            return breach("too many messages");
        }
        match heard {
            Some(Ok(Message::Text(text))) => match protocol::hear(&text) {
                Ok(Heard::Resync { e, n }) => {
                    let lacking = self.seat.0.resync(&Position { epoch: e, n });
                    self.seat.0.traffic.on_recovery(Recovery::Resync);
                    self.n = lacking.n;
                    self.write(lacking.frames).await
                }
                Ok(Heard::Status { n, lag, fps, vis }) => {
                    debug!(n, lag, fps, vis, "Status from a viewer");
                    Ok(())
                }
                Err(_) => breach("not a message of wallboard.v1"),
            },
            Some(Ok(Message::Binary(_) | Message::Frame(_))) => breach("text only"),
            // The socket answers pings itself; the answer leaves with this flush.
            Some(Ok(Message::Ping(_))) => self.write(Vec::new()).await,
            Some(Ok(Message::Pong(_))) => Ok(()),
            Some(Err(Failure::Capacity(_))) => breach("message too long"),
            Some(Err(Failure::Utf8(_))) => breach("not UTF-8"),
            Some(Err(Failure::Protocol(problem))) if !is_a_hangup(&problem) => {
                breach("not a WebSocket frame")
            }
            // So does the answer to a goodbye, without which it looks like a lost line.
            Some(Ok(Message::Close(_))) => self.write(Vec::new()).await.and(Err(End::Gone)),
            Some(Err(_)) | None => Err(End::Gone),
        }
    }

    /// Writes all frames in one go. Waits for the viewer, part by part.
    async fn write(&mut self, frames: Vec<Utf8Bytes>) -> Result<(), End> {
        let lengths = frames.iter().map(|frame| frame.len() as u64);
        let traffic = &self.seat.0.traffic;
        traffic.on_sent(frames.len() as u64, lengths.sum());
        for frame in frames {
            let bytes = bytes::Bytes::from(frame);
            let mut from = 0;
            loop {
                let to = bytes.len().min(from + PART);
                let kind = if from == 0 {
                    Data::Text
                } else {
                    Data::Continue
                };
                let is_last = to == bytes.len();
                let part = Frame::message(bytes.slice(from..to), OpCode::Data(kind), is_last);
                in_time(STUCK, self.socket.feed(Message::Frame(part))).await?;
                self.whole = is_last;
                if is_last {
                    break;
                }
                from = to;
            }
        }
        in_time(STUCK, self.socket.flush()).await
    }

    /// Says why, waits for the viewer's answer, and hangs up.
    async fn part(mut self, close: Close, reason: &'static str, last_word: Option<Utf8Bytes>) {
        let last_word = last_word.filter(|_| self.whole);
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
        if in_time(LAST_WORD, last_words).await.is_err() {
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
        timeout(PARTING, answered).await.unwrap_or_default();
    }
}

async fn in_time(
    limit: Duration,
    written: impl Future<Output = Result<(), Failure>>,
) -> Result<(), End> {
    match timeout(limit, written).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(End::Gone),
        Err(_) => Err(End::Closed(Close::Overload, "too slow")),
    }
}

/// The line broke, which says nothing about the viewer's manners.
fn is_a_hangup(problem: &tokio_tungstenite::tungstenite::error::ProtocolError) -> bool {
    use tokio_tungstenite::tungstenite::error::ProtocolError;
    matches!(problem, ProtocolError::ResetWithoutClosingHandshake)
}

/// What a viewer may still say: so much at once, and one more as time goes.
#[derive(Debug)]
struct Allowance {
    left: u32,
    since: Instant,
}

impl Allowance {
    fn new() -> Self {
        Self {
            left: SAYINGS,
            since: Instant::now(),
        }
    }

    fn take(&mut self) -> bool {
        let earned = self.since.elapsed().as_secs() / SAYING_EVERY.as_secs();
        if 0 < earned {
            self.left = SAYINGS.min(
                self.left
                    .saturating_add(u32::try_from(earned).unwrap_or(SAYINGS)),
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
