//! The company's own name, logo and color, on boards and pages.

use std::sync::Arc;

/// `[brand]`; empty parts are the product's own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Brand {
    pub name: Option<String>,
    pub logo: Option<Logo>,
    /// `#rrggbb`, for lines: never for a state.
    pub accent: Option<String>,
    /// The name or number to call about a board without data.
    pub contact: Option<String>,
}

/// The company's logo.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Logo {
    File(Arc<LogoFile>),
    /// The ID of an uploaded picture.
    Picture(String),
}

/// An image as we serve it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LogoFile {
    pub media_type: &'static str,
    pub bytes: Vec<u8>,
}

impl Brand {
    /// The name in the titles of pages.
    pub fn title(&self) -> &str {
        self.name.as_deref().unwrap_or("Wallboard")
    }
}
