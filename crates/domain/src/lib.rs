//! Domain model of a contact center. Pure: std, jiff and serde only; no I/O, no clock, no randomness, and
//! no fallible operation at run time.

pub mod agent_status;
mod announcement;
pub mod baseline;
pub mod board_snapshot;
mod board_style;
pub mod brand;
pub mod counters;
mod custom_figure;
mod data_scope;
pub mod end_reason;
mod error_chain;
mod finished_case;
mod forecast_gap;
pub mod histogram;
pub mod id;
pub mod import_column;
pub mod input;
pub mod interval;
mod language;
mod localized_text;
pub mod log_entry;
pub mod metric;
pub mod metric_value;
mod miss_limits;
pub mod moment;
mod moment_text;
pub mod name_shortener;
pub mod natural_order;
mod night_hours;
pub mod open_period;
mod opening_hours;
pub mod pattern;
pub mod person_name;
pub mod queue_target;
pub mod redacted;
pub mod resume_point;
mod screen_order;
pub mod site_config;
pub mod source_health;
pub mod static_text;
pub mod subscription_stats;
mod table_form;
pub mod target_in_force;
mod threshold;
pub mod threshold_breach;

pub use agent_status::{AgentStatus, AgentStatusReport};
pub use announcement::{Announcement, AnnouncementKind};
pub use baseline::{Baseline, BaselineBuilder, BaselineSample, NormalRange, PercentileBand};
pub use board_snapshot::{BoardSnapshot, DailyValues, QUARTER_SECONDS, RATIO_COUNTERS};
pub use board_style::{BoardDensity, BoardStyle, BoardTheme, UpdateRate};
pub use brand::{Brand, Logo, LogoFile};
pub use counters::{Counter, Counters};
pub use custom_figure::{
    CustomFigure, CustomFigureId, CustomFigureKind, CustomMerge, CustomReport, CustomValue,
    FigureState,
};
pub use data_scope::DataScope;
pub use end_reason::EndReason;
pub use error_chain::error_chain;
pub use finished_case::{
    CaseEnd, FinishedCase, FinishedConversation, FinishedQueueLeg, FinishedTransfer,
};
pub use forecast_gap::{FORECAST_LIFETIME_MS, ForecastGap};
pub use histogram::Histogram;
pub use id::{AgentId, CaseId, Id, MetricSubject, QueueId, SourceId};
pub use import_column::ImportColumn;
pub use input::{
    ALIVE_FOR_MS, CaseEvent, CaseEventKind, CaseOutcome, ConnectionEvent, Discontinuity,
    EntityKind, EntityProfile, ExternalIdList, Fact, Input, ReportedValues, SourceDiagnostic,
    TranscriptSummary, Update, ValueAge, VendorFigure, VendorValue,
};
pub use interval::{
    AgentCounter, AgentCounters, ContactFigures, CountBy, HandledTime, Staffing, WaitCounts,
    WaitDistribution,
};
pub use language::Language;
pub use localized_text::LocalizedText;
pub use log_entry::{LogEntry, LogOffset, LogPosition, TermId};
pub use metric::{Merge, Metric, MetricOwner, RatioTerms, Unit};
pub use metric_value::MetricValue;
pub use miss_limits::{MIN_JUDGED_CONTACTS, MissLimits};
pub use moment::{Moment, MonotonicTime};
pub use moment_text::{MOMENT_HINT, parse_moment};
pub use name_shortener::NameShortener;
pub use natural_order::NaturalOrder;
pub use night_hours::{NightHours, NightLook, is_within_daily};
pub use open_period::{DAY_MINUTES, InvalidPeriod, OpenPeriod, write_minute};
pub use opening_hours::{ClosedDays, OpeningHours};
pub use pattern::{Pattern, Patterns};
pub use person_name::{NameVisibility, PersonName};
pub use queue_target::{QueueTarget, ServiceLevelFormula};
pub use redacted::RedactedText;
pub use resume_point::{HeldMessage, MessageDigest, ResumePoint, ResumeProof, SentinelId};
pub use screen_order::{ScreenOrder, ScreenReport};
pub use site_config::{
    LinkedPerson, ProvidedMetrics, QueueGroup, SiteConfig, SourceFeed, SourceKind, SourceSetup,
    SourceStarter,
};
pub use source_health::SourceHealth;
pub use static_text::StaticText;
pub use subscription_stats::SubscriptionStats;
pub use table_form::{FieldInput, FileOnlyReason, FormField, TableForm};
pub use target_in_force::TargetInForce;
pub use threshold::{LimitValue, PatternThresholds, SeverityLimits};
pub use threshold_breach::{LimitPosition, ThresholdBreach, ThresholdLevel};
