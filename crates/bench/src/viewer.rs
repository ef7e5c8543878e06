//! One simulated viewer: opens its socket, and reads until the connection is lost.

use std::{
    cell::RefCell,
    future::poll_fn,
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    task::{Context, Poll},
    time::Duration,
};

use parking_lot::Mutex;
use rand::Rng;
use rustls::ClientConfig;
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf},
    sync::{Semaphore, mpsc},
    time::{sleep, timeout},
};

use wallboard_domain::RedactedText;

use super::{
    LoadError, LoadTarget,
    figures::{ClockComparison, FigureCounts, wall_clock_ms},
    follower::{FrameFollower, FrameMeaning},
    frame_reader::{FrameReader, ServerFrame},
    handshake::{ServerStream, SocketRequest, connect, upgrade},
};

/// How much is read at once.
const READ_BYTES: usize = 16 * 1024;
/// Until a viewer has the board.
pub(super) const SERVED_TIMEOUT: Duration = Duration::from_secs(30);
/// Between the attempts of a viewer that returns, in milliseconds.
const RETRY_PAUSE_MS: std::ops::Range<u64> = 250..1_000;

thread_local! {
    /// Where all viewers of a thread read to, so that none needs a buffer.
    static READ_BUFFER: RefCell<Box<[u8; READ_BYTES]>> = RefCell::new(Box::new([0; READ_BYTES]));
}

/// The state that all viewers share.
#[derive(Debug)]
pub(super) struct CrowdContext {
    pub(super) target: LoadTarget,
    pub(super) tls: Option<Arc<ClientConfig>>,
    pub(super) cookies: Vec<RedactedText>,
    /// Viewers that stay, and those that may be told to drop their connection.
    pub(super) staying: FigureCounts,
    pub(super) returning: FigureCounts,
    /// The viewers below this index are the returning ones.
    pub(super) returning_count: usize,
    pub(super) clock: ClockComparison,
    pub(super) epoch: Mutex<String>,
    /// The last frame of each viewer.
    pub(super) positions: Box<[AtomicU64]>,
    /// How many attempts to return failed.
    pub(super) failed_attempts: AtomicU64,
    /// How many viewers open their first connection at a time.
    pub(super) gate: Semaphore,
}

/// Says when a viewer has the board, or why not.
pub(super) type ServedSender = mpsc::Sender<Result<(), LoadError>>;

/// An open socket, its viewer's position, and what arrived with the answer.
struct OpenedSocket {
    stream: ServerStream,
    follower: FrameFollower,
    arrived: Vec<u8>,
}

/// Watches the board from a first connection until that is lost.
pub(super) async fn watch_board(context: Arc<CrowdContext>, index: usize, served: ServedSender) {
    let Ok(permit) = context.gate.acquire().await else {
        return;
    };
    // Boxed, as it's much larger than what a connected viewer needs.
    let opened = Box::pin(open_in_time(&context, index, String::new(), 0)).await;
    match opened {
        Ok(socket) => {
            let viewer = ConnectedViewer::new(&context, index, served);
            viewer.run(socket, || drop(permit)).await;
        }
        // The crowd is gone if nobody waits for it.
        Err(error) => served.send(Err(error)).await.unwrap_or_default(),
    }
}

/// Connects again, as often as it takes, and watches from where the viewer was.
pub(super) async fn return_to_board(
    context: Arc<CrowdContext>,
    index: usize,
    served: ServedSender,
) {
    let n = context.positions.get(index).map_or(0, |n| n.load(Relaxed));
    let query = format!("?e={}&n={n}", context.epoch.lock());
    let socket = loop {
        let opened = Box::pin(open_in_time(&context, index, query.clone(), n)).await;
        if let Ok(socket) = opened {
            break socket;
        }
        context.failed_attempts.fetch_add(1, Relaxed);
        let pause = rand::rng().random_range(RETRY_PAUSE_MS);
        sleep(Duration::from_millis(pause)).await;
    };
    let viewer = ConnectedViewer::new(&context, index, served);
    viewer.run(socket, || ()).await;
}

async fn open_in_time(
    context: &CrowdContext,
    index: usize,
    query: String,
    n: u64,
) -> Result<OpenedSocket, LoadError> {
    let opening = async {
        let target = &context.target;
        let mut stream = connect(target, context.tls.as_ref(), index).await?;
        let count = context.cookies.len().max(1);
        let request = SocketRequest {
            target,
            cookie: (context.cookies.get(index % count)).map(|cookie| &*cookie.0),
            query: &query,
        };
        let follower = FrameFollower::new(wall_clock_ms(), n);
        let arrived = match &mut stream {
            ServerStream::Plain(stream) => upgrade(stream, request).await?,
            ServerStream::Encrypted(stream) => upgrade(stream, request).await?,
        };
        Ok(OpenedSocket {
            stream,
            follower,
            arrived,
        })
    };
    let opened = timeout(SERVED_TIMEOUT, opening).await;
    opened.unwrap_or_else(|_| {
        Err(LoadError::Late {
            address: context.target.authority.clone(),
            seconds: SERVED_TIMEOUT.as_secs(),
        })
    })
}

/// A viewer whose socket is open.
struct ConnectedViewer<'a> {
    context: &'a CrowdContext,
    index: usize,
    reader: FrameReader,
    served: Option<ServedSender>,
}

/// The events that arrived with one read.
#[derive(Debug, Default)]
struct Arrival {
    pong: Option<Vec<u8>>,
    end: Option<String>,
}

impl<'a> ConnectedViewer<'a> {
    fn new(context: &'a CrowdContext, index: usize, served: ServedSender) -> Self {
        Self {
            context,
            index,
            reader: FrameReader::default(),
            served: Some(served),
        }
    }

    fn figures(&self) -> &'a FigureCounts {
        if self.index < self.context.returning_count {
            &self.context.returning
        } else {
            &self.context.staying
        }
    }

    /// Reads until the connection is lost.
    async fn run(mut self, socket: OpenedSocket, on_served: impl FnOnce()) {
        let OpenedSocket {
            stream,
            follower,
            arrived,
        } = socket;
        let reason = match stream {
            ServerStream::Plain(stream) => self.follow(stream, follower, arrived, on_served).await,
            ServerStream::Encrypted(stream) => {
                self.follow(stream, follower, arrived, on_served).await
            }
        };
        match self.served.take() {
            // It never had the board. The crowd is gone if nobody waits for it.
            Some(served) => (served.send(Err(LoadError::Lost(reason))).await).unwrap_or_default(),
            None => self.figures().record_loss(reason),
        }
    }

    /// Returns why the connection was lost.
    async fn follow<T: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        mut stream: T,
        mut follower: FrameFollower,
        arrived: Vec<u8>,
        on_served: impl FnOnce(),
    ) -> String {
        let mut on_served = Some(on_served);
        let mut arrival = self.take_bytes(&arrived, &mut follower);
        drop(arrived);
        loop {
            if let Some(pong) = arrival.pong
                && let Err(error) = stream.write_all(&pong).await
            {
                return error.to_string();
            }
            if follower.is_served()
                && let Some(served) = self.served.take()
            {
                // The crowd is gone if nobody waits for it.
                served.send(Ok(())).await.unwrap_or_default();
                if let Some(on_served) = on_served.take() {
                    on_served();
                }
            }
            if let Some(reason) = arrival.end {
                return reason;
            }
            let read = poll_fn(|cx| self.poll_read(cx, &mut stream, &mut follower)).await;
            arrival = match read {
                Ok(arrival) => arrival,
                Err(error) => return error.to_string(),
            };
        }
    }

    fn poll_read<T: AsyncRead + Unpin>(
        &mut self,
        cx: &mut Context<'_>,
        stream: &mut T,
        follower: &mut FrameFollower,
    ) -> Poll<io::Result<Arrival>> {
        READ_BUFFER.with_borrow_mut(|buffer| {
            let mut arrived = ReadBuf::new(&mut buffer[..]);
            match Pin::new(stream).poll_read(cx, &mut arrived) {
                Poll::Ready(Ok(())) if arrived.filled().is_empty() => {
                    let end = Some("closed without a reason".to_owned());
                    Poll::Ready(Ok(Arrival {
                        end,
                        ..Arrival::default()
                    }))
                }
                Poll::Ready(Ok(())) => Poll::Ready(Ok(self.take_bytes(arrived.filled(), follower))),
                Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
                Poll::Pending => Poll::Pending,
            }
        })
    }

    fn take_bytes(&mut self, bytes: &[u8], follower: &mut FrameFollower) -> Arrival {
        let (context, figures, now) = (self.context, self.figures(), wall_clock_ms());
        let mut arrival = Arrival::default();
        let read = self.reader.push(bytes, |frame| match frame {
            ServerFrame::Text(text, length) => {
                let meaning = follower.take_frame(text, length, now, figures, &context.clock);
                if let FrameMeaning::Epoch(epoch) = meaning {
                    *context.epoch.lock() = epoch;
                }
            }
            ServerFrame::Ping(payload) => arrival.pong = Some(encode_pong(payload)),
            ServerFrame::Pong => {}
            ServerFrame::Close(payload) => arrival.end = Some(describe_close(payload)),
        });
        if read.is_err() {
            arrival.end = Some("an invalid WebSocket frame".to_owned());
        }
        if let Some(position) = context.positions.get(self.index) {
            position.store(follower.n(), Relaxed);
        }
        arrival
    }
}

/// A pong with the ping's payload. A mask of zeros leaves it as it is.
fn encode_pong(payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).unwrap_or(0);
    [&[0x8a, 0x80 | length, 0, 0, 0, 0][..], payload].concat()
}

fn describe_close(payload: &[u8]) -> String {
    match payload {
        [high, low, reason @ ..] => {
            let code = u16::from_be_bytes([*high, *low]);
            let reason = String::from_utf8_lossy(reason);
            format!("closed with {code} {reason}").trim_end().to_owned()
        }
        _ => "closed without a code".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_and_pong_are_read_and_written() {
        assert_eq!(
            describe_close(b"\x03\xf5too slow"),
            "closed with 1013 too slow"
        );
        assert_eq!(describe_close(b"\x03\xe8"), "closed with 1000");
        assert_eq!(describe_close(b""), "closed without a code");
        assert_eq!(encode_pong(b"hi"), [0x8a, 0x82, 0, 0, 0, 0, b'h', b'i']);
    }
}
