//! The configured reports.

use strum::{EnumString, IntoStaticStr, VariantNames};

use wallboard_domain::Language;
use wallboard_notify::Channel;

use super::ReportSchedule;

/// One report, `[reports.NAME]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportPlan {
    pub name: String,
    /// The address of a page of the history or of the shift report: "/history?range=7d&by=queue".
    pub view: String,
    /// The name of a channel of email.
    pub channel: String,
    /// Its own recipients; empty: the channel's.
    pub to: Vec<String>,
    pub schedule: ReportSchedule,
    /// `None`: without a file.
    pub file: Option<ReportFile>,
    /// `None`: the site's.
    pub language: Option<Language>,
}

impl ReportPlan {
    /// "boss", or "boss: anna@example.com": where it is sent.
    pub fn destination(&self) -> String {
        match &self.to[..] {
            [] => self.channel.clone(),
            to => format!("{}: {}", self.channel, to.join(", ")),
        }
    }
}

/// The file of a report.
#[derive(Clone, Copy, Debug, EnumString, Eq, IntoStaticStr, PartialEq, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum ReportFile {
    Csv,
    Xlsx,
}

/// All reports, the channels, and the address that mails link to.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct ReportPlans {
    pub(super) reports: Vec<ReportPlan>,
    pub(super) channels: Vec<Channel>,
    pub(super) public_url: Option<String>,
}
