//! The log of inputs, from which the live state begins again, and the cluster that shares it.

pub mod cluster;
pub mod input_log;
