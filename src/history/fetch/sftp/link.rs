//! One line to an SFTP server: found, proved, signed in.

use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use russh::{
    Preferred,
    client::{self, AuthResult, Handle},
    keys::{HashAlg, PrivateKey, PrivateKeyWithHashAlg, PublicKey, PublicKeyOrCertificate},
};
use russh_sftp::client::{Config, RawSftpSession};
use tokio::{
    net::TcpStream,
    sync::OnceCell,
    time::{timeout, timeout_at},
};

use super::{
    Fault, SftpSettings,
    host::{self, Known, Verdict},
    key,
};
use crate::history::fetch::{FetchError, name};

/// A line that is silent for this long is asked whether it still stands; three times.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How long somebody who may be an FTP server has to say so.
const BANNER: Duration = Duration::from_secs(3);
/// Larger than any answer that we ask for.
const LONGEST_PACKET: u32 = 512 * 1024;

/// An open line. It is closed when nobody holds it any more.
pub(super) struct Link {
    pub(super) session: RawSftpSession,
    /// Where the root really is, once it was asked.
    pub(super) root: OnceCell<String>,
    handle: Handle<Gate>,
}

impl Link {
    pub(super) fn is_closed(&self) -> bool {
        self.handle.is_closed()
    }

    pub(super) async fn open(settings: &SftpSettings) -> Result<Self, FetchError> {
        let own = settings.clone();
        // A passphrase is slow to try, on purpose.
        let prepared = tokio::task::spawn_blocking(move || {
            Ok::<_, Fault>((key::load(&own)?, Known::read(&own)?))
        });
        let (key, known) = prepared
            .await
            .map_err(|error| FetchError::Client(error.to_string()))??;
        let mut handle = meet(settings, Arc::new(known)).await?;
        let at = settings.at();
        let late = |_| FetchError::Stalled {
            at: at.clone(),
            after: settings.patience.answer,
        };
        let session = timeout(settings.patience.answer, async {
            sign_in(settings, &mut handle, key).await?;
            start_sftp(settings, &handle).await
        });
        let session = session.await.map_err(late)??;
        Ok(Self {
            session,
            root: OnceCell::new(),
            handle,
        })
    }
}

/// Judges the host by its key, and remembers how.
struct Gate {
    known: Arc<Known>,
    judged: Judged,
}

type Judged = Arc<Mutex<Option<(Verdict, PublicKey)>>>;

impl client::Handler for Gate {
    type Error = russh::Error;

    async fn check_server_key(
        &mut self,
        shown: &PublicKeyOrCertificate,
    ) -> Result<bool, russh::Error> {
        let PublicKeyOrCertificate::PublicKey { key, .. } = shown else {
            return Ok(false);
        };
        let verdict = self.known.judge(key);
        let is_known = verdict == Verdict::Known;
        if let Ok(mut judged) = self.judged.lock() {
            *judged = Some((verdict, key.clone()));
        }
        Ok(is_known)
    }
}

/// Connects to the host, and makes sure that it is the right one.
async fn meet(settings: &SftpSettings, known: Arc<Known>) -> Result<Handle<Gate>, FetchError> {
    let mut mistaken: Vec<(Verdict, PublicKey)> = Vec::new();
    let mut missing = None;
    for preferred in known.turns() {
        let judged = Judged::default();
        let gate = Gate {
            known: known.clone(),
            judged: judged.clone(),
        };
        match greet(settings, preferred, gate).await {
            Ok(handle) => return Ok(handle),
            Err(error) => {
                let judged = judged.lock().ok().and_then(|mut judged| judged.take());
                match (judged, error) {
                    (Some((verdict, shown)), _) if verdict != Verdict::Known => {
                        mistaken.push((verdict, shown));
                    }
                    // It has no key of this kind; it may have one of another.
                    (None, error @ FetchError::Sftp(Fault::NoCommon { .. })) => {
                        missing = Some(error);
                    }
                    (_, error) => return Err(error),
                }
            }
        }
    }
    let fault = mistaken_for(settings, &known, &mistaken).map(FetchError::from);
    Err(fault.or(missing).unwrap_or_else(|| FetchError::Lost {
        at: settings.at(),
        why: "no host key was shown".to_owned(),
    }))
}

fn mistaken_for(
    settings: &SftpSettings,
    known: &Known,
    mistaken: &[(Verdict, PublicKey)],
) -> Option<Fault> {
    let (verdict, key) = mistaken.first()?;
    let at = settings.at();
    let all = mistaken.iter().map(|(_, key)| host::print(key));
    let shown = all.collect::<Vec<_>>().join(" or ");
    let line = host::line(settings, key);
    Some(match verdict {
        Verdict::Changed(old) => Fault::ChangedHost {
            at,
            shown,
            known: old.join(" or "),
            line,
        },
        Verdict::Revoked => Fault::RevokedHost {
            at,
            shown,
            file: match known {
                Known::Keys { file, .. } => file.clone(),
                Known::Fingerprint(_) => String::new(),
            },
        },
        Verdict::Unknown | Verdict::Known => Fault::UnknownHost {
            at,
            fingerprint: shown,
            line,
        },
    })
}

/// Connects, and goes as far as the host's key.
async fn greet(
    settings: &SftpSettings,
    preferred: Preferred,
    gate: Gate,
) -> Result<Handle<Gate>, FetchError> {
    let at = settings.at();
    let address = (settings.host.as_str(), settings.port);
    let stream = match timeout(settings.patience.connect, TcpStream::connect(address)).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => return Err(unreachable(at, error.kind())),
        Err(_) => return Err(unreachable(at, io::ErrorKind::TimedOut)),
    };
    let first = first_words(&stream).await;
    if first.starts_with("220") {
        return Err(Fault::Ftp { at }.into());
    }
    let config = client::Config {
        nodelay: true,
        keepalive_interval: Some(KEEP_ALIVE),
        preferred,
        ..client::Config::default()
    };
    // Without an effect on anything but speed.
    stream.set_nodelay(true).ok();
    let meeting = client::connect_stream(Arc::new(config), stream, gate);
    match timeout(settings.patience.answer, meeting).await {
        Ok(Ok(handle)) => Ok(handle),
        Ok(Err(error)) => Err(unmet(at, &first, error)),
        Err(_) if is_other_tongue(&first) => Err(Fault::NotSsh { at, said: first }.into()),
        Err(_) => Err(FetchError::Stalled {
            at,
            after: settings.patience.answer,
        }),
    }
}

/// Whether what was said at once is not how SSH begins.
fn is_other_tongue(first: &str) -> bool {
    !first.is_empty() && !first.starts_with("SSH-")
}

/// What the other side says by itself, as far as it says it at once.
async fn first_words(stream: &TcpStream) -> String {
    let mut words = [0; 64];
    let deadline = tokio::time::Instant::now() + BANNER;
    // Nothing said is nothing learned; the handshake will tell.
    let read = timeout_at(deadline, stream.peek(&mut words)).await;
    let length = read.ok().and_then(Result::ok).unwrap_or(0);
    let words = String::from_utf8_lossy(&words[..length]);
    name::shown(words.lines().next().unwrap_or_default())
}

fn unmet(at: String, first: &str, error: russh::Error) -> FetchError {
    match error {
        russh::Error::NoCommonAlgo { kind, theirs, .. } => Fault::NoCommon {
            at,
            what: format!("{kind:?}").to_lowercase(),
            theirs: name::shown(&theirs.join(", ")),
        }
        .into(),
        // OpenSSH's own words for who comes too often, before it says who it is.
        _ if first.starts_with("Exceeded MaxStartups") || first.starts_with("Not allowed") => {
            let why = format!("it reports “{first}”");
            FetchError::Unwell { at, why }
        }
        _ if is_other_tongue(first) => {
            let said = first.to_owned();
            Fault::NotSsh { at, said }.into()
        }
        russh::Error::Version => Fault::NotSsh {
            at,
            said: first.to_owned(),
        }
        .into(),
        error => lost(at, &error),
    }
}

async fn sign_in(
    settings: &SftpSettings,
    handle: &mut Handle<Gate>,
    key: PrivateKey,
) -> Result<(), FetchError> {
    let at = settings.at();
    let own = key::shown(&key);
    let is_rsa = key.algorithm().is_rsa();
    let hashes = if is_rsa {
        let best = handle.best_supported_rsa_hash().await;
        let best = best.map_err(|error| lost(at.clone(), &error))?;
        match best {
            Some(Some(hash)) => vec![Some(hash)],
            // Who does not say what it takes may take either.
            _ => vec![Some(HashAlg::Sha512), Some(HashAlg::Sha256)],
        }
    } else {
        vec![None]
    };
    let key = Arc::new(key);
    for hash in hashes {
        let key = PrivateKeyWithHashAlg::new(key.clone(), hash);
        match handle.authenticate_publickey(&settings.username, key).await {
            Ok(AuthResult::Success) => return Ok(()),
            Ok(AuthResult::Failure { .. }) => {}
            Err(error) => return Err(lost(at, &error)),
        }
    }
    Err(Fault::Refused {
        at,
        user: name::shown(&settings.username),
        fingerprint: own.fingerprint,
        line: own.line,
    }
    .into())
}

async fn start_sftp(
    settings: &SftpSettings,
    handle: &Handle<Gate>,
) -> Result<RawSftpSession, FetchError> {
    let at = settings.at();
    let no_sftp = || Fault::NoSftp { at: at.clone() };
    let channel = handle.channel_open_session().await;
    let mut channel = channel.map_err(|error| match error {
        russh::Error::ChannelOpenFailure(_) => no_sftp().into(),
        error => lost(at.clone(), &error),
    })?;
    let asked = channel.request_subsystem(true, "sftp").await;
    asked.map_err(|error| lost(at.clone(), &error))?;
    loop {
        match channel.wait().await {
            Some(russh::ChannelMsg::Success) => break,
            Some(russh::ChannelMsg::Failure | russh::ChannelMsg::Close) | None => {
                return Err(no_sftp().into());
            }
            Some(_) => {}
        }
    }
    let config = Config {
        max_packet_len: LONGEST_PACKET,
        // Every call has a time limit of its own; this one is never met.
        request_timeout_secs: 24 * 3600,
        ..Config::default()
    };
    let session = RawSftpSession::new_with_config(channel.into_stream(), config);
    session.init().await.map_err(|_| no_sftp())?;
    Ok(session)
}

fn lost(at: String, error: &russh::Error) -> FetchError {
    let why = match error {
        russh::Error::Disconnect | russh::Error::HUP | russh::Error::SendError => {
            "it was closed by the remote side".to_owned()
        }
        error => name::shown(&error.to_string()),
    };
    FetchError::Lost { at, why }
}

fn unreachable(at: String, kind: io::ErrorKind) -> FetchError {
    let why = match kind {
        io::ErrorKind::ConnectionRefused => "connection refused: check `host` and `port`",
        io::ErrorKind::TimedOut => {
            "it didn't respond: check `host` and `port`, and any firewalls in between"
        }
        _ => "check `host`, this server's DNS, and any firewalls in between",
    };
    FetchError::Unreachable { at, why }
}
