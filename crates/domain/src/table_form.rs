//! The form by which people make a table of the configuration in the browser: a source or a channel. The folder that
//! reads a kind's table declares its form.

/// The fields of one kind of table.
#[derive(Clone, Copy, Debug)]
pub struct TableForm {
    pub fields: &'static [FormField],
    /// Keys that the form hasn't, each with the reason.
    pub only_in_files: &'static [(&'static str, FileOnlyReason)],
}

/// Why a key is only in files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileOnlyReason {
    /// It names a file of the server.
    ServerFile,
    ServerFolder,
    /// It opens the site's own network.
    OwnNetwork,
}

/// A field that is written to one key.
#[derive(Clone, Copy, Debug)]
pub struct FormField {
    /// With the tables in the form's own: `auth.client_id`.
    pub key: &'static str,
    /// The message with its label and hint. Fields of several kinds that say the same share one.
    pub text: &'static str,
    pub input: FieldInput,
    pub is_required: bool,
    /// Most sites leave it as it is.
    pub is_advanced: bool,
    /// Says where secrets are sent: if it changes, they have to be given again.
    pub is_address: bool,
}

/// How a value is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldInput {
    Text,
    Number,
    /// Stored sealed, and never shown again.
    Secret,
    /// Likewise, of several lines.
    SecretLines,
    Switch,
    Choice(&'static [&'static str]),
    /// One text a line.
    Lines,
    /// One `key = value` a line, as in the file.
    Pairs,
    /// One table a line, as in the file; with an example.
    Tables(&'static str),
}

impl FormField {
    pub const fn new(key: &'static str, text: &'static str, input: FieldInput) -> Self {
        Self {
            key,
            text,
            input,
            is_required: false,
            is_advanced: false,
            is_address: false,
        }
    }

    #[must_use]
    pub const fn required(self) -> Self {
        Self {
            is_required: true,
            ..self
        }
    }

    #[must_use]
    pub const fn advanced(self) -> Self {
        Self {
            is_advanced: true,
            ..self
        }
    }

    #[must_use]
    pub const fn address(self) -> Self {
        Self {
            is_address: true,
            ..self
        }
    }
}
