//! The fold: inputs and their moments in, whole subjects out. Pure.

use crate::domain::{Input, Moment};

use super::picture::Picture;

/// What a step of the fold did, besides changing the picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    /// Something that can be read has changed.
    pub changed: bool,
}

#[derive(Debug, Default)]
pub struct State {
    picture: Picture,
}

impl State {
    pub fn apply(&mut self, input: &Input, _now: Moment) -> Effects {
        if let Input::Settings(site) = input {
            self.picture.site = site.clone();
        }
        Effects { changed: true }
    }

    /// When time alone will next change something.
    pub fn due(&self) -> Option<Moment> {
        None
    }

    pub fn picture(&self) -> &Picture {
        &self.picture
    }
}
