//! The stream of a connection: what arrives has unambiguous heads, and what is sent isn't too old.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::{request_head::HeadScan, send_deadline::SendDeadline};

/// A connection that refuses ambiguous heads, and ends rather than send an answer after its deadline: its client tries
/// again.
#[derive(Debug)]
pub(super) struct GuardedStream<T> {
    stream: T,
    scan: HeadScan,
    /// The bytes that follow aren't HTTP.
    is_upgraded: Arc<AtomicBool>,
    deadline: SendDeadline,
}

impl<T> GuardedStream<T> {
    pub(super) fn new(stream: T, is_upgraded: Arc<AtomicBool>, deadline: SendDeadline) -> Self {
        Self {
            stream,
            scan: HeadScan::default(),
            is_upgraded,
            deadline,
        }
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for GuardedStream<T> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        ready!(Pin::new(&mut this.stream).poll_read(cx, buffer))?;
        if !this.is_upgraded.load(Ordering::Relaxed) {
            this.scan.check(&mut buffer.filled_mut()[before..]);
        }
        Poll::Ready(Ok(()))
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for GuardedStream<T> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let write = || Pin::new(&mut this.stream).poll_write(cx, bytes);
        this.deadline.write_in_time(write)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let write = || Pin::new(&mut this.stream).poll_write_vectored(cx, parts);
        this.deadline.write_in_time(write)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use std::{thread, time::Duration};

    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
    use wallboard_runtime::ingest::elapsed_since_boot;

    use super::*;

    const SHORT: Duration = Duration::from_millis(500);

    #[tokio::test]
    async fn a_client_may_take_its_time_for_an_answer_that_has_begun() {
        let deadline = SendDeadline::default();
        let (stream, mut client) = duplex(100);
        let mut stream = GuardedStream::new(stream, Arc::default(), deadline.clone());
        deadline.set(elapsed_since_boot() + SHORT);
        stream.write_all(b"7 wai").await.unwrap();
        thread::sleep(SHORT * 2);
        stream.write_all(b"ting").await.unwrap();
        drop(stream);
        let mut received = String::new();
        client.read_to_string(&mut received).await.unwrap();
        assert_eq!(received, "7 waiting");
    }
}
