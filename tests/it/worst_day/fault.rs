//! Faults of a worst day.

use std::time::Duration;

use rand::{Rng, rngs::StdRng};

use super::{RECOVERED_WITHIN, VOICE_RECOVERED_WITHIN};

#[derive(Clone, Copy, Debug)]
pub(super) enum Fault {
    /// `kill -9`, and a start.
    Kill,
    /// `SIGSTOP` for so many seconds.
    Pause(u64),
    /// The same, and the connection to the broker is reset meanwhile.
    PauseAndCut(u64),
    /// The connection is reset and can't be made again for so many seconds.
    Cut(u64),
    /// The line falls silent for so many seconds, and what was sent arrives afterwards.
    HalfOpen(u64),
    /// The same, but what was sent is gone.
    DeadLine(u64),
    BrokerRestart,
    /// Another server with the same configuration and a folder of its own takes our place for so
    /// many seconds.
    StandBy(u64),
    /// The data folder is replaced by a copy that is so many seconds old, made while the program
    /// stood still or ran.
    OldFolder {
        seconds: u64,
        is_consistent: bool,
    },
    /// Bytes of the log that aren't checkpointed yet are wrong after a kill.
    FlippedBytes,
    /// A second server is started on the same data folder.
    SecondServer,
    /// The second vendor's server stops for so many seconds.
    VoiceStop(u64),
    /// Its connections are reset and can't be made again for so many seconds.
    VoiceCut(u64),
    /// Its line falls silent for so many seconds, and what was sent is gone.
    VoiceDeadLine(u64),
}

/// Each kind that can end in values that look right: what follows a loss of messages counts too.
pub(super) const SHORT: [Fault; 8] = [
    Fault::Kill,
    Fault::Cut(13),
    Fault::HalfOpen(6),
    Fault::PauseAndCut(6),
    Fault::StandBy(4),
    Fault::DeadLine(14),
    Fault::OldFolder {
        seconds: 5,
        is_consistent: false,
    },
    Fault::VoiceStop(14),
];

impl Fault {
    pub(super) fn draw(random: &mut StdRng) -> Self {
        match random.random_range(0..24) {
            0..4 => Self::Kill,
            4..6 => Self::Pause(random.random_range(1..=60)),
            6..8 => Self::PauseAndCut(random.random_range(1..=60)),
            8..10 => Self::Cut(random.random_range(0..=20)),
            10 | 11 => Self::HalfOpen(random.random_range(1..=40)),
            12 | 13 => Self::DeadLine(random.random_range(1..=40)),
            14 => Self::BrokerRestart,
            15 | 16 => Self::StandBy(random.random_range(1..=20)),
            17 | 18 => Self::OldFolder {
                seconds: random.random_range(2..=60),
                is_consistent: random.random_bool(0.5),
            },
            19 => Self::FlippedBytes,
            20 => Self::SecondServer,
            21 => Self::VoiceStop(random.random_range(1..=40)),
            22 => Self::VoiceCut(random.random_range(0..=20)),
            _ => Self::VoiceDeadLine(random.random_range(1..=40)),
        }
    }

    /// Returns when everything is right again at the latest.
    pub(super) fn recovers_within(self) -> Duration {
        match self {
            Self::VoiceStop(_) | Self::VoiceCut(_) | Self::VoiceDeadLine(_) => {
                VOICE_RECOVERED_WITHIN
            }
            _ => RECOVERED_WITHIN,
        }
    }

    /// Whether messages are lost, so that the day has a gap.
    pub(super) fn loses_messages(self) -> bool {
        matches!(
            self,
            Self::BrokerRestart | Self::StandBy(_) | Self::OldFolder { .. } | Self::FlippedBytes
        )
    }
}
