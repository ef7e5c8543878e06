//! A test message, to see whether a channel works.

use jiff::Timestamp;
use uuid::Uuid;

use wallboard_domain::SiteConfig;
use wallboard_notify::{
    Accepted, Channel, Message, MessageId, MessageLine, MessageLink, MessageSeverity, SendError,
    send,
};
use wallboard_texts::Texts;

/// Sends a test message in the site's language, with an ID of its own, and waits for the answer.
pub async fn send_test(
    channel: &Channel,
    site: &SiteConfig,
    public_url: Option<&str>,
) -> Result<Accepted, SendError> {
    let id = MessageId(format!("test-{}", Uuid::new_v4().simple()));
    let message = write_test(channel, site, public_url, Timestamp::now());
    Box::pin(send(channel, &id, &message)).await
}

fn write_test(
    channel: &Channel,
    site: &SiteConfig,
    public_url: Option<&str>,
    now: Timestamp,
) -> Message {
    let texts = Texts::of(site.language);
    let time = now.to_zoned(site.zone.clone());
    Message {
        headline: texts.channel_test_headline().to_owned(),
        lines: vec![
            MessageLine::new(texts.channel_column(), &*channel.name),
            MessageLine::new(
                texts.sent_at_line(),
                time.strftime("%F %H:%M:%S").to_string(),
            ),
        ],
        severity: MessageSeverity::Info,
        link: public_url.map(|url| MessageLink {
            label: texts.open_wallboard().to_owned(),
            url: url.to_owned(),
        }),
        thread: format!("test/{}", channel.name),
        time: now,
    }
}

#[cfg(test)]
mod tests {
    use wallboard_domain::{Language, RedactedText};
    use wallboard_notify::ChannelKind;

    use super::*;

    #[test]
    fn a_test_is_in_the_sites_language() {
        let channel = Channel {
            name: "floor".to_owned(),
            kind: ChannelKind::Slack {
                url: RedactedText("https://localhost/".to_owned()),
            },
            allow_private: false,
            unusable: None,
            hourly_max: 1,
        };
        for (language, texts) in [
            (
                Language::English,
                ["this channel works", "Channel", "Sent at", "Open Wallboard"],
            ),
            (
                Language::Swedish,
                ["kanalen fungerar", "Kanal", "Skickat", "Öppna Wallboard"],
            ),
            (
                Language::German,
                [
                    "Kanal funktioniert",
                    "Kanal",
                    "Gesendet",
                    "Wallboard öffnen",
                ],
            ),
        ] {
            let site = SiteConfig {
                language,
                ..SiteConfig::default()
            };
            let now = "2026-11-24T13:27:05Z".parse().unwrap();
            let message = write_test(&channel, &site, Some("https://wall.example"), now);
            let [headline, name, sent, link] = texts;
            assert!(message.headline.contains(headline), "{}", message.headline);
            assert_eq!(message.lines[0], MessageLine::new(name, "floor"));
            assert_eq!(
                message.lines[1],
                MessageLine::new(sent, "2026-11-24 13:27:05")
            );
            assert_eq!(message.link.unwrap().label, link);
        }
    }
}
