//! The socket of one viewer, which two tasks share: the fan-out writes each new frame at once, and
//! the viewer's session reads, answers and catches up whenever the connection didn't take a frame
//! whole.

use std::{
    cell::RefCell,
    collections::VecDeque,
    fmt,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, Waker},
};

use bytes::{Buf, Bytes};
use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::{
    deflate_offer::FrameEncoding, frame_batch::FrameBatch, message_reader::MessageReader,
    wire_frame::WireFrame,
};

/// How much is read at once.
const READ_BYTES: usize = 4096;

thread_local! {
    /// Where all sessions of a thread read to, so that no viewer needs a buffer.
    static READ_BUFFER: RefCell<Box<[u8; READ_BYTES]>> = RefCell::new(Box::new([0; READ_BYTES]));
}

/// The result of offering a batch to one viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Offered {
    /// It's written, or the session writes the rest.
    Taken,
    /// The session catches up.
    Skipped,
    /// The viewer is gone.
    Ended,
}

/// A viewer that the fan-out writes to.
pub(super) trait FollowingViewer: Send + Sync + fmt::Debug {
    fn offer(&self, batch: &FrameBatch) -> Offered;

    fn has_ended(&self) -> bool;
}

/// The writer of the next frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Writer {
    FanOut,
    Session,
    /// The session, which hasn't noticed yet.
    HandedOver,
}

/// An event that a session waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SocketEvent {
    /// The reader has more.
    Received,
    /// The connection took something of what is unsent.
    Progressed,
    /// All is written, and the fan-out doesn't write: the session catches up.
    Behind,
    /// The fan-out has left the viewer to the session.
    HandedOver,
    /// The connection was lost.
    Lost,
}

/// A socket, shared by the fan-out and the session.
pub(super) struct ViewerSocket<T> {
    encoding: FrameEncoding,
    state: Mutex<SocketState<T>>,
}

struct SocketState<T> {
    /// `None` once the session has ended.
    stream: Option<T>,
    /// Bytes that the connection hasn't taken yet.
    unsent: VecDeque<Bytes>,
    /// Whether a part of the first of them was written.
    is_first_begun: bool,
    /// Whether the connection itself has something to send, as encrypted ones may.
    is_unflushed: bool,
    /// The last frame that was written or is unsent.
    n: u64,
    writer: Writer,
    /// Of the session.
    waker: Option<Waker>,
}

impl<T: AsyncRead + AsyncWrite + Unpin> ViewerSocket<T> {
    pub(super) fn new(stream: T, encoding: FrameEncoding) -> Self {
        Self {
            encoding,
            state: Mutex::new(SocketState {
                stream: Some(stream),
                unsent: VecDeque::new(),
                is_first_begun: false,
                is_unflushed: false,
                n: 0,
                writer: Writer::Session,
                waker: None,
            }),
        }
    }

    /// Adds a frame to send.
    pub(super) fn queue_frame(&self, frame: &WireFrame) {
        self.queue(frame.wire_bytes(self.encoding).clone());
    }

    /// Adds something to send.
    pub(super) fn queue(&self, bytes: Bytes) {
        self.state.lock().unsent.push_back(bytes);
    }

    /// Sets the last frame that is queued.
    pub(super) fn set_position(&self, n: u64) {
        self.state.lock().n = n;
    }

    /// Lets the fan-out write the frame after this position.
    pub(super) fn follow(&self) {
        self.state.lock().writer = Writer::FanOut;
    }

    /// From now on the session writes alone. Returns its position.
    pub(super) fn stop_following(&self) -> u64 {
        let mut state = self.state.lock();
        state.writer = Writer::Session;
        state.n
    }

    pub(super) fn has_unsent(&self) -> bool {
        self.state.lock().has_unsent()
    }

    /// Forgets what is unsent, except for the rest of a frame that was begun.
    pub(super) fn drop_unsent(&self) {
        let mut state = self.state.lock();
        let begun = usize::from(state.is_first_begun);
        state.unsent.truncate(begun);
    }

    /// Ends the sharing and returns the stream.
    pub(super) fn take_stream(&self) -> Option<T> {
        let mut state = self.state.lock();
        state.writer = Writer::Session;
        state.unsent = VecDeque::new();
        state.stream.take()
    }

    /// Waits for something to do. What arrives goes to the reader.
    pub(super) async fn next_event(&self, reader: &mut MessageReader) -> SocketEvent {
        poll_fn(|cx| self.state.lock().poll_event(cx, reader)).await
    }

    /// Waits for more to read.
    pub(super) async fn next_arrival(&self, reader: &mut MessageReader) -> SocketEvent {
        poll_fn(|cx| match &mut self.state.lock().stream {
            Some(stream) => poll_read(stream, cx, reader),
            None => Poll::Ready(SocketEvent::Lost),
        })
        .await
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> SocketState<T> {
    fn has_unsent(&self) -> bool {
        self.is_unflushed || !self.unsent.is_empty()
    }

    fn poll_event(
        &mut self,
        cx: &mut Context<'_>,
        reader: &mut MessageReader,
    ) -> Poll<SocketEvent> {
        let Some(stream) = &mut self.stream else {
            return Poll::Ready(SocketEvent::Lost);
        };
        if let Poll::Ready(event) = poll_read(stream, cx, reader) {
            return Poll::Ready(event);
        }
        if self.writer == Writer::HandedOver {
            self.writer = Writer::Session;
            return Poll::Ready(SocketEvent::HandedOver);
        }
        if self.has_unsent() {
            return self.poll_write_unsent(cx);
        }
        if self.writer != Writer::FanOut {
            return Poll::Ready(SocketEvent::Behind);
        }
        if self
            .waker
            .as_ref()
            .is_none_or(|waker| !waker.will_wake(cx.waker()))
        {
            self.waker = Some(cx.waker().clone());
        }
        Poll::Pending
    }

    /// Writes what is unsent until the connection takes no more.
    fn poll_write_unsent(&mut self, cx: &mut Context<'_>) -> Poll<SocketEvent> {
        let Some(stream) = &mut self.stream else {
            return Poll::Ready(SocketEvent::Lost);
        };
        let mut has_progressed = false;
        while let Some(first) = self.unsent.front_mut() {
            match Pin::new(&mut *stream).poll_write(cx, first) {
                Poll::Ready(Ok(0) | Err(_)) => return Poll::Ready(SocketEvent::Lost),
                Poll::Ready(Ok(written)) => {
                    has_progressed = true;
                    first.advance(written);
                    self.is_first_begun = !first.is_empty();
                    if first.is_empty() {
                        self.unsent.pop_front();
                    }
                }
                Poll::Pending if has_progressed => return Poll::Ready(SocketEvent::Progressed),
                Poll::Pending => return Poll::Pending,
            }
        }
        self.unsent = VecDeque::new();
        match Pin::new(stream).poll_flush(cx) {
            Poll::Ready(Ok(())) => {
                self.is_unflushed = false;
                Poll::Ready(SocketEvent::Progressed)
            }
            Poll::Ready(Err(_)) => Poll::Ready(SocketEvent::Lost),
            Poll::Pending => {
                self.is_unflushed = true;
                Poll::Pending
            }
        }
    }

    /// Writes without waiting. `false`: the session must write the rest.
    fn write_at_once(&mut self, bytes: &Bytes) -> bool {
        let cx = &mut Context::from_waker(Waker::noop());
        let Some(stream) = &mut self.stream else {
            return false;
        };
        let mut left = bytes.clone();
        while !left.is_empty() {
            match Pin::new(&mut *stream).poll_write(cx, &left) {
                Poll::Ready(Ok(written @ 1..)) => left.advance(written),
                Poll::Ready(_) | Poll::Pending => {
                    self.is_first_begun = left.len() < bytes.len();
                    self.unsent.push_back(left);
                    return false;
                }
            }
        }
        self.is_unflushed = !matches!(Pin::new(stream).poll_flush(cx), Poll::Ready(Ok(())));
        !self.is_unflushed
    }

    fn hand_over(&mut self) {
        self.writer = Writer::HandedOver;
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

fn poll_read<T: AsyncRead + Unpin>(
    stream: &mut T,
    cx: &mut Context<'_>,
    reader: &mut MessageReader,
) -> Poll<SocketEvent> {
    READ_BUFFER.with_borrow_mut(|buffer| {
        let mut arrived = ReadBuf::new(&mut buffer[..]);
        match Pin::new(stream).poll_read(cx, &mut arrived) {
            Poll::Ready(Ok(())) if arrived.filled().is_empty() => Poll::Ready(SocketEvent::Lost),
            Poll::Ready(Ok(())) => {
                reader.push(arrived.filled());
                Poll::Ready(SocketEvent::Received)
            }
            Poll::Ready(Err(_)) => Poll::Ready(SocketEvent::Lost),
            Poll::Pending => Poll::Pending,
        }
    })
}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> FollowingViewer for ViewerSocket<T> {
    fn offer(&self, batch: &FrameBatch) -> Offered {
        let mut state = self.state.lock();
        if state.stream.is_none() {
            return Offered::Ended;
        }
        // One that caught up by itself may be ahead.
        let is_ahead = batch.from < batch.to && batch.to <= state.n;
        if state.writer != Writer::FanOut || is_ahead {
            return Offered::Skipped;
        }
        if state.n != batch.from || batch.is_empty() || state.has_unsent() {
            state.hand_over();
            return Offered::Skipped;
        }
        state.n = batch.to;
        if !state.write_at_once(batch.wire_bytes(self.encoding)) {
            state.hand_over();
        }
        Offered::Taken
    }

    fn has_ended(&self) -> bool {
        self.state.lock().stream.is_none()
    }
}

impl<T> fmt::Debug for ViewerSocket<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ViewerSocket").finish_non_exhaustive()
    }
}
