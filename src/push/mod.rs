//! What is watched: published views, frames encoded once, viewers at their own pace.

pub mod protocol;
mod ring;
