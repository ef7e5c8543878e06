//! Sending: one attempt, to one channel.

use tokio::time::Instant;

use crate::{
    Accepted, Channel, ChannelKind, MailDocument, Message, MessageId, SendError, email,
    http::{HttpReceiver, ReceiverKind},
};

/// Sends a message to a channel once, and waits for its answer, at most 10 s for a connection and 30 s in all.
/// An error says whether another attempt may succeed; use the same ID then.
pub async fn send(
    channel: &Channel,
    id: &MessageId,
    message: &Message,
) -> Result<Accepted, SendError> {
    require_usable(channel)?;
    let begun = Instant::now();
    let message = message.clone().bounded();
    let receiver = |kind, url| HttpReceiver {
        kind,
        url,
        allow_private: channel.allow_private,
        shows_words: true,
    };
    let answer = match &channel.kind {
        ChannelKind::Teams { url } => {
            let receiver = receiver(ReceiverKind::Teams, url);
            Box::pin(receiver.send(id, &message)).await?
        }
        ChannelKind::Slack { url } => {
            let receiver = receiver(ReceiverKind::Slack, url);
            Box::pin(receiver.send(id, &message)).await?
        }
        ChannelKind::Webhook { url, secret } => {
            let receiver = receiver(ReceiverKind::Webhook { secret }, url);
            Box::pin(receiver.send(id, &message)).await?
        }
        ChannelKind::Email(settings) => {
            let mail = email::write_mail(settings, id, &message)?;
            let sending = email::send_mail(settings, channel.allow_private, &mail);
            Box::pin(sending).await?
        }
    };
    Ok(Accepted {
        answer,
        took: begun.elapsed(),
    })
}

/// Sends a whole page to a channel of email once, as [`send`] does a message.
pub async fn send_document(
    channel: &Channel,
    id: &MessageId,
    document: &MailDocument,
) -> Result<Accepted, SendError> {
    require_usable(channel)?;
    let begun = Instant::now();
    let ChannelKind::Email(settings) = &channel.kind else {
        let why = format!("The channel {:?} isn't one of email.", channel.name);
        return Err(SendError::permanent(why));
    };
    let mail = email::write_document(settings, id, document)?;
    let sending = email::send_mail(settings, channel.allow_private, &mail);
    Ok(Accepted {
        answer: Box::pin(sending).await?,
        took: begun.elapsed(),
    })
}

/// Sends JSON that isn't a message to a webhook once, signed, as [`send`] does a message.
pub async fn send_signed(
    channel: &Channel,
    id: &MessageId,
    body: String,
) -> Result<Accepted, SendError> {
    post(webhook_of(channel)?, id, body).await
}

/// Sends JSON as [`send_signed`] does. Its outcome has no word of the receiver, who may repeat what it got.
pub async fn send_confidential(
    channel: &Channel,
    id: &MessageId,
    body: String,
) -> Result<Accepted, SendError> {
    let receiver = HttpReceiver {
        shows_words: false,
        ..webhook_of(channel)?
    };
    post(receiver, id, body).await
}

async fn post(
    receiver: HttpReceiver<'_>,
    id: &MessageId,
    body: String,
) -> Result<Accepted, SendError> {
    let begun = Instant::now();
    let answer = Box::pin(receiver.post(id, body)).await?;
    Ok(Accepted {
        answer,
        took: begun.elapsed(),
    })
}

/// Checks whether a channel is a webhook whose host is known and may be called. Sends nothing.
pub async fn check_webhook(channel: &Channel) -> Result<(), SendError> {
    webhook_of(channel)?.resolve().await.map(drop)
}

fn webhook_of(channel: &Channel) -> Result<HttpReceiver<'_>, SendError> {
    require_usable(channel)?;
    let ChannelKind::Webhook { url, secret } = &channel.kind else {
        let (name, kind) = (&channel.name, channel.kind_title());
        return Err(SendError::permanent(format!(
            "The channel {name:?} is one of {kind}. Name a channel with kind = \"webhook\"."
        )));
    };
    Ok(HttpReceiver {
        kind: ReceiverKind::Webhook { secret },
        url,
        allow_private: channel.allow_private,
        shows_words: true,
    })
}

fn require_usable(channel: &Channel) -> Result<(), SendError> {
    match &channel.unusable {
        Some(why) => Err(SendError::temporary(why)),
        None => Ok(()),
    }
}
