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
    SftpError, SftpSettings, key,
    known_host::{self, HostVerdict, KnownHost},
};
use crate::history::fetch::{FetchError, remote_name};

/// A line that is silent for this long is asked whether it still stands; three times.
const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(15);
/// How long somebody who may be an FTP server has to say so.
const BANNER_TIMEOUT: Duration = Duration::from_secs(3);
/// Larger than any answer that we ask for.
const PACKET_BYTES_MAX: u32 = 512 * 1024;

/// An open line. It is closed when nobody holds it any more.
pub(super) struct SftpConnection {
    pub(super) session: RawSftpSession,
    /// Where the root really is, once it was asked.
    pub(super) root: OnceCell<String>,
    handle: Handle<HostKeyCheck>,
}

impl SftpConnection {
    pub(super) fn is_closed(&self) -> bool {
        self.handle.is_closed()
    }

    pub(super) async fn connect(settings: &SftpSettings) -> Result<Self, FetchError> {
        let own = settings.clone();
        // A passphrase is slow to try, on purpose.
        let prepared = tokio::task::spawn_blocking(move || {
            Ok::<_, SftpError>((key::load_private_key(&own)?, KnownHost::load(&own)?))
        });
        let (key, known) = prepared
            .await
            .map_err(|error| FetchError::Client(error.to_string()))??;
        let mut handle = connect_verified(settings, Arc::new(known)).await?;
        let at = settings.host_and_port();
        let late = |_| FetchError::Stalled {
            at: at.clone(),
            after: settings.timeouts.answer,
        };
        let session = timeout(settings.timeouts.answer, async {
            authenticate(settings, &mut handle, key).await?;
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
struct HostKeyCheck {
    known_host: Arc<KnownHost>,
    result: CheckedHostKey,
}

type CheckedHostKey = Arc<Mutex<Option<(HostVerdict, PublicKey)>>>;

impl client::Handler for HostKeyCheck {
    type Error = russh::Error;

    async fn check_server_key(
        &mut self,
        shown: &PublicKeyOrCertificate,
    ) -> Result<bool, russh::Error> {
        let PublicKeyOrCertificate::PublicKey { key, .. } = shown else {
            return Ok(false);
        };
        let verdict = self.known_host.check_key(key);
        let is_known = verdict == HostVerdict::Known;
        if let Ok(mut judged) = self.result.lock() {
            *judged = Some((verdict, key.clone()));
        }
        Ok(is_known)
    }
}

/// Connects to the host, and makes sure that it is the right one.
async fn connect_verified(
    settings: &SftpSettings,
    known: Arc<KnownHost>,
) -> Result<Handle<HostKeyCheck>, FetchError> {
    let mut mistaken: Vec<(HostVerdict, PublicKey)> = Vec::new();
    let mut missing = None;
    for preferred in known.key_preferences() {
        let judged = CheckedHostKey::default();
        let gate = HostKeyCheck {
            known_host: known.clone(),
            result: judged.clone(),
        };
        match connect_with_preference(settings, preferred, gate).await {
            Ok(handle) => return Ok(handle),
            Err(error) => {
                let judged = judged.lock().ok().and_then(|mut judged| judged.take());
                match (judged, error) {
                    (Some((verdict, shown)), _) if verdict != HostVerdict::Known => {
                        mistaken.push((verdict, shown));
                    }
                    // It has no key of this kind; it may have one of another.
                    (None, error @ FetchError::Sftp(SftpError::NoCommonAlgorithm { .. })) => {
                        missing = Some(error);
                    }
                    (_, error) => return Err(error),
                }
            }
        }
    }
    let fault = host_key_error(settings, &known, &mistaken).map(FetchError::from);
    Err(fault
        .or(missing)
        .unwrap_or_else(|| FetchError::ConnectionLost {
            at: settings.host_and_port(),
            why: "no host key was shown".to_owned(),
        }))
}

fn host_key_error(
    settings: &SftpSettings,
    known: &KnownHost,
    mistaken: &[(HostVerdict, PublicKey)],
) -> Option<SftpError> {
    let (verdict, key) = mistaken.first()?;
    let at = settings.host_and_port();
    let all = mistaken
        .iter()
        .map(|(_, key)| known_host::format_fingerprint(key));
    let shown = all.collect::<Vec<_>>().join(" or ");
    let line = known_host::known_hosts_line(settings, key);
    Some(match verdict {
        HostVerdict::Changed(old) => SftpError::ChangedHost {
            at,
            shown,
            known: old.join(" or "),
            line,
        },
        HostVerdict::Revoked => SftpError::RevokedHost {
            at,
            shown,
            file: match known {
                KnownHost::Keys { file, .. } => file.clone(),
                KnownHost::Fingerprint(_) => String::new(),
            },
        },
        HostVerdict::Unknown | HostVerdict::Known => SftpError::UnknownHost {
            at,
            fingerprint: shown,
            line,
        },
    })
}

/// Connects, and goes as far as the host's key.
async fn connect_with_preference(
    settings: &SftpSettings,
    preferred: Preferred,
    gate: HostKeyCheck,
) -> Result<Handle<HostKeyCheck>, FetchError> {
    let at = settings.host_and_port();
    let address = (settings.host.as_str(), settings.port);
    let stream = match timeout(settings.timeouts.connect, TcpStream::connect(address)).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => return Err(unreachable_error(at, error.kind())),
        Err(_) => return Err(unreachable_error(at, io::ErrorKind::TimedOut)),
    };
    let first = read_banner(&stream).await;
    if first.starts_with("220") {
        return Err(SftpError::Ftp { at }.into());
    }
    let config = client::Config {
        nodelay: true,
        keepalive_interval: Some(KEEP_ALIVE_INTERVAL),
        preferred,
        ..client::Config::default()
    };
    // Without an effect on anything but speed.
    stream.set_nodelay(true).ok();
    let meeting = client::connect_stream(Arc::new(config), stream, gate);
    match timeout(settings.timeouts.answer, meeting).await {
        Ok(Ok(handle)) => Ok(handle),
        Ok(Err(error)) => Err(handshake_error(at, &first, error)),
        Err(_) if is_not_ssh(&first) => Err(SftpError::NotSsh { at, said: first }.into()),
        Err(_) => Err(FetchError::Stalled {
            at,
            after: settings.timeouts.answer,
        }),
    }
}

/// Whether what was said at once is not how SSH begins.
fn is_not_ssh(first: &str) -> bool {
    !first.is_empty() && !first.starts_with("SSH-")
}

/// What the other side says by itself, as far as it says it at once.
async fn read_banner(stream: &TcpStream) -> String {
    let mut words = [0; 64];
    let deadline = tokio::time::Instant::now() + BANNER_TIMEOUT;
    // Nothing said is nothing learned; the handshake will tell.
    let read = timeout_at(deadline, stream.peek(&mut words)).await;
    let length = read.ok().and_then(Result::ok).unwrap_or(0);
    let words = String::from_utf8_lossy(&words[..length]);
    remote_name::display_name(words.lines().next().unwrap_or_default())
}

fn handshake_error(at: String, first: &str, error: russh::Error) -> FetchError {
    match error {
        russh::Error::NoCommonAlgo { kind, theirs, .. } => SftpError::NoCommonAlgorithm {
            at,
            what: format!("{kind:?}").to_lowercase(),
            theirs: remote_name::display_name(&theirs.join(", ")),
        }
        .into(),
        // OpenSSH's own words for who comes too often, before it says who it is.
        _ if first.starts_with("Exceeded MaxStartups") || first.starts_with("Not allowed") => {
            let why = format!("it reports “{first}”");
            FetchError::Unavailable { at, why }
        }
        _ if is_not_ssh(first) => {
            let said = first.to_owned();
            SftpError::NotSsh { at, said }.into()
        }
        russh::Error::Version => SftpError::NotSsh {
            at,
            said: first.to_owned(),
        }
        .into(),
        error => connection_lost(at, &error),
    }
}

async fn authenticate(
    settings: &SftpSettings,
    handle: &mut Handle<HostKeyCheck>,
    key: PrivateKey,
) -> Result<(), FetchError> {
    let at = settings.host_and_port();
    let own = key::public_half(&key);
    let is_rsa = key.algorithm().is_rsa();
    let hashes = if is_rsa {
        let best = handle.best_supported_rsa_hash().await;
        let best = best.map_err(|error| connection_lost(at.clone(), &error))?;
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
            Err(error) => return Err(connection_lost(at, &error)),
        }
    }
    Err(SftpError::Refused {
        at,
        user: remote_name::display_name(&settings.username),
        fingerprint: own.fingerprint,
        line: own.line,
    }
    .into())
}

async fn start_sftp(
    settings: &SftpSettings,
    handle: &Handle<HostKeyCheck>,
) -> Result<RawSftpSession, FetchError> {
    let at = settings.host_and_port();
    let no_sftp = || SftpError::NoSftp { at: at.clone() };
    let channel = handle.channel_open_session().await;
    let mut channel = channel.map_err(|error| match error {
        russh::Error::ChannelOpenFailure(_) => no_sftp().into(),
        error => connection_lost(at.clone(), &error),
    })?;
    let asked = channel.request_subsystem(true, "sftp").await;
    asked.map_err(|error| connection_lost(at.clone(), &error))?;
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
        max_packet_len: PACKET_BYTES_MAX,
        // Every call has a time limit of its own; this one is never met.
        request_timeout_secs: 24 * 3600,
        ..Config::default()
    };
    let session = RawSftpSession::new_with_config(channel.into_stream(), config);
    session.init().await.map_err(|_| no_sftp())?;
    Ok(session)
}

fn connection_lost(at: String, error: &russh::Error) -> FetchError {
    let why = match error {
        russh::Error::Disconnect | russh::Error::HUP | russh::Error::SendError => {
            "it was closed by the remote side".to_owned()
        }
        error => remote_name::display_name(&error.to_string()),
    };
    FetchError::ConnectionLost { at, why }
}

fn unreachable_error(at: String, kind: io::ErrorKind) -> FetchError {
    let why = match kind {
        io::ErrorKind::ConnectionRefused => "connection refused: check `host` and `port`",
        io::ErrorKind::TimedOut => {
            "it didn't respond: check `host` and `port`, and any firewalls in between"
        }
        _ => "check `host`, this server's DNS, and any firewalls in between",
    };
    FetchError::Unreachable { at, why }
}
