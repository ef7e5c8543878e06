//! The baseline without a server: one thread writes the same bytes to each socket, one after
//! another. It knows of WebSocket only what viewers need to accept the bytes.

use std::{
    io::{self, BufRead, BufReader, Write},
    net::TcpStream,
    sync::Arc,
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use parking_lot::Mutex;
use tokio::net::TcpListener;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::pace::Changes;

/// The cells in a frame of the product's board.
const CELLS: &str = r#"[[17,"41"],[18,{"sev":"ok"}],[19,{"since":1763900000000}],[20,"96 %"],[21,{"sev":"ok"}],[22,"0:12"],[23,{"pos":3,"in":"talking"}],[24,"12"]]"#;

/// The sockets, and the number of the last frame.
#[derive(Default)]
struct Sockets {
    open: Vec<TcpStream>,
    n: u64,
}

pub(super) async fn serve(listener: TcpListener, mut changes: Changes, _flush: Duration) {
    let sockets = Arc::new(Mutex::new(Sockets::default()));
    let joining = Arc::clone(&sockets);
    let listener = listener.into_std().expect("it's registered nowhere else");
    listener.set_nonblocking(false).expect("it's ours");
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A viewer that left is none.
            join(stream, &joining).ok();
        }
    });
    loop {
        changes.next().await;
        let sockets = Arc::clone(&sockets);
        let written = tokio::task::spawn_blocking(move || write_to_all(&sockets));
        written.await.expect("nothing there panics");
    }
}

/// Answers the request for a socket, and sends the first frames.
fn join(mut stream: TcpStream, sockets: &Mutex<Sockets>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let lines = BufReader::new(&stream).lines().map_while(Result::ok);
    let head: Vec<_> = lines.take_while(|line| !line.is_empty()).collect();
    let mut fields = head.iter().filter_map(|line| line.split_once(": "));
    let key = fields.find(|(name, _)| name.eq_ignore_ascii_case("sec-websocket-key"));
    let accept = derive_accept_key(key.map_or("", |(_, key)| key).as_bytes());
    let mut sockets = sockets.lock();
    let (n, now) = (sockets.n, now());
    let hello =
        format!(r#"{{"t":"hi","e":"b7b7b7b7b7b7","n":{n},"ver":"0","ts":{now},"resume":false}}"#);
    let board = format!(r#"{{"t":"s","e":"b7b7b7b7b7b7","n":{n},"ts":{now},"c":{CELLS}}}"#);
    let head = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {accept}\r\n\r\n"
    );
    stream.write_all(&[head.into_bytes(), frame(&hello), frame(&board)].concat())?;
    sockets.open.push(stream);
    Ok(())
}

fn write_to_all(sockets: &Mutex<Sockets>) {
    let mut sockets = sockets.lock();
    sockets.n += 1;
    let (n, now) = (sockets.n, now());
    let text =
        format!(r#"{{"t":"d","e":"b7b7b7b7b7b7","n":{n},"ts":{now},"o":{now},"c":{CELLS}}}"#);
    let bytes = frame(&text);
    sockets
        .open
        .retain_mut(|socket| socket.write_all(&bytes).is_ok());
}

/// A text with the header that a WebSocket has, if it has between 126 and 65,535 bytes or less.
fn frame(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).expect("a short text");
    let header = match u8::try_from(length) {
        Ok(short @ ..126) => vec![0x81, short],
        _ => [&[0x81, 126][..], &length.to_be_bytes()].concat(),
    };
    [&header, text.as_bytes()].concat()
}

/// Milliseconds since 1970.
fn now() -> u128 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_millis())
}
