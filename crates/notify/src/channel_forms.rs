//! The forms by which people make channels in the browser.

use wallboard_domain::{FieldInput, FileOnlyReason, FormField, TableForm};

use crate::Channel;

/// A kind of channel with its form.
#[derive(Clone, Copy, Debug)]
pub struct ChannelForm {
    /// As `kind` names it.
    pub kind: &'static str,
    pub form: TableForm,
}

impl Channel {
    /// The form of each kind.
    pub const FORMS: &[ChannelForm] = &[
        ChannelForm {
            kind: "teams",
            form: TableForm {
                fields: TEAMS,
                only_in_files: &[ALLOW_PRIVATE],
            },
        },
        ChannelForm {
            kind: "slack",
            form: TableForm {
                fields: SLACK,
                only_in_files: &[ALLOW_PRIVATE],
            },
        },
        ChannelForm {
            kind: "email",
            form: TableForm {
                fields: EMAIL,
                only_in_files: &[ALLOW_PRIVATE, ("ca_file", FileOnlyReason::ServerFile)],
            },
        },
        ChannelForm {
            kind: "webhook",
            form: TableForm {
                fields: WEBHOOK,
                only_in_files: &[ALLOW_PRIVATE],
            },
        },
    ];
}

const ALLOW_PRIVATE: (&str, FileOnlyReason) = ("allow_private", FileOnlyReason::OwnNetwork);

const HOURLY_MAX: FormField =
    FormField::new("hourly_max", "channel_hourly_max", FieldInput::Number).advanced();

const ALLOW_PLAINTEXT: FormField = FormField::new(
    "allow_plaintext",
    "channel_allow_plaintext",
    FieldInput::Switch,
)
.advanced();

const TEAMS: &[FormField] = &[
    FormField::new("url", "teams_url", FieldInput::Secret).required(),
    HOURLY_MAX,
    ALLOW_PLAINTEXT,
];

const SLACK: &[FormField] = &[
    FormField::new("url", "slack_url", FieldInput::Secret).required(),
    HOURLY_MAX,
    ALLOW_PLAINTEXT,
];

const EMAIL: &[FormField] = &[
    FormField::new("host", "email_host", FieldInput::Text)
        .required()
        .address(),
    FormField::new("username", "email_username", FieldInput::Text),
    FormField::new("password", "email_password", FieldInput::Secret),
    FormField::new("from", "email_from", FieldInput::Text).required(),
    FormField::new("to", "email_to", FieldInput::Lines).required(),
    FormField::new(
        "encryption",
        "email_encryption",
        FieldInput::Choice(&["starttls", "tls"]),
    )
    .advanced(),
    FormField::new("port", "email_port", FieldInput::Number)
        .advanced()
        .address(),
    HOURLY_MAX,
];

const WEBHOOK: &[FormField] = &[
    FormField::new("url", "webhook_url", FieldInput::Secret).required(),
    FormField::new("secret", "webhook_secret", FieldInput::Secret).required(),
    HOURLY_MAX,
    ALLOW_PLAINTEXT,
];
