//! The texts of fields that the folders of vendors and channels declare. A test of their forms finds one that is missing.

use super::texts::Texts;

/// A field's texts in a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldTexts {
    pub label: String,
    /// Where the vendor shows the value, or what happens without it.
    pub hint: String,
}

impl Texts {
    /// Returns the texts of a field by the name that its form declares.
    pub fn field(&self, name: &str) -> FieldTexts {
        let key = format!("field_{name}");
        FieldTexts {
            label: self.write(&key, &[]),
            hint: self.write_attribute(&key, Some("hint"), &[]),
        }
    }

    /// Returns the name of a kind of channel, as `kind` has it: "Webhook of your own".
    pub fn channel_kind(&self, kind: &str) -> String {
        self.write(&format!("channel_kind_{kind}"), &[])
    }
}
