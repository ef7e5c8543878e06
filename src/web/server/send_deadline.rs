//! Until when an answer may be sent: what was read before this process stood still isn't sent after it.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use wallboard_runtime::ingest::elapsed_since_boot;

/// Until when a connection may begin to send its answer, in milliseconds since boot; 0: at any time.
#[derive(Clone, Debug, Default)]
pub(in crate::web) struct SendDeadline(Arc<AtomicU64>);

/// A connection that ends rather than send an answer after its deadline: its client tries again.
#[derive(Debug)]
pub(in crate::web) struct DeadlineStream<T> {
    stream: T,
    deadline: SendDeadline,
}

impl SendDeadline {
    pub(super) fn set(&self, until: Duration) {
        self.0.store(in_millis(until), Relaxed);
    }

    fn check(&self) -> io::Result<()> {
        let until = self.0.load(Relaxed);
        if until != 0 && until <= in_millis(elapsed_since_boot()) {
            return Err(io::Error::other("the process stood still"));
        }
        Ok(())
    }

    fn clear(&self) {
        self.0.store(0, Relaxed);
    }
}

fn in_millis(since_boot: Duration) -> u64 {
    u64::try_from(since_boot.as_millis()).unwrap_or(u64::MAX)
}

impl<T> DeadlineStream<T> {
    pub(in crate::web) fn new(stream: T, deadline: SendDeadline) -> Self {
        Self { stream, deadline }
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for DeadlineStream<T> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(cx, buffer)
    }
}

/// Checks the deadline right before it writes. What follows an answer's beginning may take as long as its client does.
impl<T: AsyncWrite + Unpin> AsyncWrite for DeadlineStream<T> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.deadline.check()?;
        let written = ready!(Pin::new(&mut this.stream).poll_write(cx, bytes))?;
        this.deadline.clear();
        Poll::Ready(Ok(written))
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
        this.deadline.check()?;
        let written = ready!(Pin::new(&mut this.stream).poll_write_vectored(cx, parts))?;
        this.deadline.clear();
        Poll::Ready(Ok(written))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    const SHORT: Duration = Duration::from_millis(500);

    #[tokio::test]
    async fn a_client_may_take_its_time_for_an_answer_that_has_begun() {
        let deadline = SendDeadline::default();
        let (stream, mut client) = duplex(100);
        let mut stream = DeadlineStream::new(stream, deadline.clone());
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
