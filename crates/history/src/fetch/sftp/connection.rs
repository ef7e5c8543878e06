//! One connection to an SFTP server: opened, verified, signed in.

use std::{io, sync::Arc, time::Duration};

use parking_lot::Mutex;
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
use crate::fetch::{FetchError, remote_name};

/// Idle time of a connection before a keepalive is sent; at most three.
const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(15);
/// Time for a possible FTP server to send its greeting.
const BANNER_TIMEOUT: Duration = Duration::from_secs(3);
/// Larger than any response that we request.
const PACKET_BYTES_MAX: u32 = 512 * 1024;

/// An open connection, closed when its last user drops it.
pub(super) struct SftpConnection {
    pub(super) session: RawSftpSession,
    /// The real path of the root, once resolved.
    pub(super) root: OnceCell<String>,
    handle: Handle<HostKeyCheck>,
}

impl SftpConnection {
    pub(super) fn is_closed(&self) -> bool {
        self.handle.is_closed()
    }

    pub(super) async fn connect(settings: &SftpSettings) -> Result<Self, FetchError> {
        let settings_copy = settings.clone();
        // A passphrase is slow to try, by design.
        let prepared = tokio::task::spawn_blocking(move || {
            Ok::<_, SftpError>((
                key::load_private_key(&settings_copy)?,
                KnownHost::load(&settings_copy)?,
            ))
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

/// Checks the host's key, and stores the verdict.
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
        *self.result.lock() = Some((verdict, key.clone()));
        Ok(is_known)
    }
}

/// Connects to the host, and verifies its key.
async fn connect_verified(
    settings: &SftpSettings,
    known: Arc<KnownHost>,
) -> Result<Handle<HostKeyCheck>, FetchError> {
    let mut rejected_keys: Vec<(HostVerdict, PublicKey)> = Vec::new();
    let mut missing = None;
    for preferred in known.key_preferences() {
        let checked = CheckedHostKey::default();
        let check = HostKeyCheck {
            known_host: known.clone(),
            result: checked.clone(),
        };
        match connect_with_preference(settings, preferred, check).await {
            Ok(handle) => return Ok(handle),
            Err(error) => {
                let checked = checked.lock().take();
                match (checked, error) {
                    (Some((verdict, shown)), _) if verdict != HostVerdict::Known => {
                        rejected_keys.push((verdict, shown));
                    }
                    // It has no key of this kind, but may have another.
                    (None, error @ FetchError::Sftp(SftpError::NoCommonAlgorithm { .. })) => {
                        missing = Some(error);
                    }
                    (_, error) => return Err(error),
                }
            }
        }
    }
    let fault = host_key_error(settings, &known, &rejected_keys).map(FetchError::from);
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
    rejected_keys: &[(HostVerdict, PublicKey)],
) -> Option<SftpError> {
    let (verdict, key) = rejected_keys.first()?;
    let at = settings.host_and_port();
    let all = rejected_keys
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

/// Connects, up to the check of the host's key.
async fn connect_with_preference(
    settings: &SftpSettings,
    preferred: Preferred,
    check: HostKeyCheck,
) -> Result<Handle<HostKeyCheck>, FetchError> {
    let at = settings.host_and_port();
    let address = (settings.host.as_str(), settings.port);
    let stream = match timeout(settings.timeouts.connect, TcpStream::connect(address)).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => return Err(unreachable_error(at, error.kind())),
        Err(_) => return Err(unreachable_error(at, io::ErrorKind::TimedOut)),
    };
    let banner = read_banner(&stream).await;
    if banner.starts_with("220") {
        return Err(SftpError::Ftp { at }.into());
    }
    let config = client::Config {
        nodelay: true,
        keepalive_interval: Some(KEEP_ALIVE_INTERVAL),
        preferred,
        ..client::Config::default()
    };
    // This affects only speed.
    stream.set_nodelay(true).ok();
    let handshake = client::connect_stream(Arc::new(config), stream, check);
    match timeout(settings.timeouts.answer, handshake).await {
        Ok(Ok(handle)) => Ok(handle),
        Ok(Err(error)) => Err(handshake_error(at, &banner, error)),
        Err(_) if is_not_ssh(&banner) => Err(SftpError::NotSsh { at, said: banner }.into()),
        Err(_) => Err(FetchError::Stalled {
            at,
            after: settings.timeouts.answer,
        }),
    }
}

/// Whether the server's first line isn't how SSH begins.
fn is_not_ssh(banner: &str) -> bool {
    !banner.is_empty() && !banner.starts_with("SSH-")
}

/// Reads the line that the server sends by itself, if it arrives in time.
async fn read_banner(stream: &TcpStream) -> String {
    let mut bytes = [0; 64];
    let deadline = tokio::time::Instant::now() + BANNER_TIMEOUT;
    // Without a banner, the handshake decides.
    let read = timeout_at(deadline, stream.peek(&mut bytes)).await;
    let length = read.ok().and_then(Result::ok).unwrap_or(0);
    let text = String::from_utf8_lossy(&bytes[..length]);
    remote_name::display_name(text.lines().next().unwrap_or_default())
}

fn handshake_error(at: String, banner: &str, error: russh::Error) -> FetchError {
    match error {
        russh::Error::NoCommonAlgo { kind, theirs, .. } => SftpError::NoCommonAlgorithm {
            at,
            what: format!("{kind:?}").to_lowercase(),
            theirs: remote_name::display_name(&theirs.join(", ")),
        }
        .into(),
        // OpenSSH sends this before its banner to clients that connect too often.
        _ if banner.starts_with("Exceeded MaxStartups") || banner.starts_with("Not allowed") => {
            let why = format!("it reports “{banner}”");
            FetchError::Unavailable {
                at,
                why,
                retry_after: None,
            }
        }
        error if is_not_ssh(banner) || matches!(error, russh::Error::Version) => {
            let said = banner.to_owned();
            SftpError::NotSsh { at, said }.into()
        }
        error => connection_lost(at, &error),
    }
}

async fn authenticate(
    settings: &SftpSettings,
    handle: &mut Handle<HostKeyCheck>,
    key: PrivateKey,
) -> Result<(), FetchError> {
    let at = settings.host_and_port();
    let public_key = key::public_half(&key);
    let is_rsa = key.algorithm().is_rsa();
    let hashes = if is_rsa {
        let best = handle.best_supported_rsa_hash().await;
        let best = best.map_err(|error| connection_lost(at.clone(), &error))?;
        match best {
            Some(Some(hash)) => vec![Some(hash)],
            // A server that doesn't list its hashes may accept either.
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
        fingerprint: public_key.fingerprint,
        line: public_key.line,
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
    let requested = channel.request_subsystem(true, "sftp").await;
    requested.map_err(|error| connection_lost(at.clone(), &error))?;
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
        // Every call has its own timeout; this one never applies.
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
