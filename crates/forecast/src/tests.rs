//! Tests of the forecasts.

mod erlang;
mod ranges;
mod simulations;
