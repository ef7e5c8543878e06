//! `wallboard notify test`: sends a message to a channel, to see whether it arrives.

use crate::alerts::send_test;
use wallboard_notify::{Accepted, Channel, SendError};

use super::{
    ConfigCommandError, RuntimeConfig,
    config_commands::{open_editor_of, open_records},
};

/// Why a test message isn't accepted.
#[derive(Debug, thiserror::Error)]
pub enum ChannelTestError {
    #[error(transparent)]
    Browser(#[from] ConfigCommandError),
    #[error("there is no channel {name:?}; {there}")]
    NoChannel { name: String, there: String },
    #[error("{channel}: {cause}")]
    Send { channel: String, cause: SendError },
}

/// Sends a test message to a channel of the file or of the browser.
pub async fn test_channel(
    mut plan: RuntimeConfig,
    name: &str,
) -> Result<Accepted, ChannelTestError> {
    let store = plan.store.as_ref().filter(|path| path.exists());
    if let Some((files, store)) = plan.files.clone().zip(store) {
        let records = Box::pin(open_records(store, plan.cluster.as_ref())).await?;
        let (_, checked) = Box::pin(open_editor_of(files, &records)).await?;
        plan.adopt(checked);
    }
    let Some(channel) = plan.channels.iter().find(|channel| channel.name == name) else {
        return Err(ChannelTestError::NoChannel {
            name: name.to_owned(),
            there: list_channels(&plan.channels),
        });
    };
    let sent = send_test(channel, &plan.site, plan.public_url.as_deref()).await;
    sent.map_err(|cause| ChannelTestError::Send {
        channel: name.to_owned(),
        cause,
    })
}

fn list_channels(channels: &[Channel]) -> String {
    let names: Vec<_> = channels.iter().map(|channel| &*channel.name).collect();
    if names.is_empty() {
        return "add one as [channels.NAME], with its kind, or make one in the browser".to_owned();
    }
    format!("these exist: {}", names.join(", "))
}
