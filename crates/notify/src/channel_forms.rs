//! The forms by which people make channels in the browser.

use wallboard_domain::{FieldInput, FormField, TableForm};

use crate::Channel;

/// A kind of channel with its form.
#[derive(Clone, Copy, Debug)]
pub struct ChannelForm {
    /// As `kind` names it.
    pub kind: &'static str,
    /// "Microsoft Teams"
    pub title: &'static str,
    pub form: TableForm,
}

impl Channel {
    /// The form of each kind.
    pub const FORMS: &[ChannelForm] = &[
        ChannelForm {
            kind: "teams",
            title: "Microsoft Teams",
            form: TableForm {
                fields: TEAMS,
                only_in_files: &[ALLOW_PRIVATE],
            },
        },
        ChannelForm {
            kind: "slack",
            title: "Slack",
            form: TableForm {
                fields: SLACK,
                only_in_files: &[ALLOW_PRIVATE],
            },
        },
        ChannelForm {
            kind: "email",
            title: "Email",
            form: TableForm {
                fields: EMAIL,
                only_in_files: &[ALLOW_PRIVATE, ("ca_file", "a file of the server")],
            },
        },
        ChannelForm {
            kind: "webhook",
            title: "Webhook of your own",
            form: TableForm {
                fields: WEBHOOK,
                only_in_files: &[ALLOW_PRIVATE],
            },
        },
    ];
}

const ALLOW_PRIVATE: (&str, &str) = ("allow_private", "a right to your own network");

const HOURLY_MAX: FormField = FormField::new(
    "hourly_max",
    "Messages in an hour",
    "From 2 to 1000; without one, 20. Further messages become one.",
    FieldInput::Number,
)
.advanced();

const ALLOW_PLAINTEXT: FormField = FormField::new(
    "allow_plaintext",
    "Allow http:// without encryption",
    "Everybody on the network can then read the messages.",
    FieldInput::Switch,
)
.advanced();

const TEAMS: &[FormField] = &[
    FormField::new(
        "url",
        "Workflow address",
        "In Teams: … next to the channel, Workflows, Send webhook alerts to a channel. Its last step shows the address.",
        FieldInput::Secret,
    )
    .required(),
    HOURLY_MAX,
    ALLOW_PLAINTEXT,
];

const SLACK: &[FormField] = &[
    FormField::new(
        "url",
        "Webhook address",
        "At api.slack.com/apps: your app, Incoming Webhooks, Add New Webhook to Workspace. Each Slack channel has its own.",
        FieldInput::Secret,
    )
    .required(),
    HOURLY_MAX,
    ALLOW_PLAINTEXT,
];

const EMAIL: &[FormField] = &[
    FormField::new(
        "host",
        "Mail server",
        "Microsoft 365: smtp.office365.com, with Authenticated SMTP turned on for the account. Google: smtp.gmail.com.",
        FieldInput::Text,
    )
    .required()
    .address(),
    FormField::new(
        "username",
        "User",
        "The account that sends, usually its address. Leave it empty if the server accepts mail without a login.",
        FieldInput::Text,
    ),
    FormField::new(
        "password",
        "Password",
        "With Google, an app password of the account.",
        FieldInput::Secret,
    ),
    FormField::new(
        "from",
        "Sender",
        "An address that the account may send from: Wallboard <wallboard@example.com>.",
        FieldInput::Text,
    )
    .required(),
    FormField::new(
        "to",
        "Recipients",
        "One address a line, at most 50. For more people, use a distribution list.",
        FieldInput::Lines,
    )
    .required(),
    FormField::new(
        "encryption",
        "Encryption",
        "starttls usually has port 587, tls port 465. Mail is never sent without.",
        FieldInput::Choice(&["starttls", "tls"]),
    )
    .advanced(),
    FormField::new(
        "port",
        "Port",
        "Without one, the usual port of the encryption.",
        FieldInput::Number,
    )
    .advanced()
    .address(),
    HOURLY_MAX,
];

const WEBHOOK: &[FormField] = &[
    FormField::new(
        "url",
        "Address",
        "Where your program accepts a POST with JSON.",
        FieldInput::Secret,
    )
    .required(),
    FormField::new(
        "secret",
        "Signing secret",
        "Your program verifies each message with it. Make one with: openssl rand -base64 32",
        FieldInput::Secret,
    )
    .required(),
    HOURLY_MAX,
    ALLOW_PLAINTEXT,
];
