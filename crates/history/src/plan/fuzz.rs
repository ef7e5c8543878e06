//! Any bytes as a plan.

use std::sync::Arc;

use crate::fuzz::check_import;

use super::{
    column_mapping::{PlanColumn, PlanColumns},
    configuration::{DateOrder, PlanSettings},
    file_import::read_file,
};

pub fn read_plan(data: &[u8]) {
    let columns = [
        (PlanColumn::Date, "Date"),
        (PlanColumn::Time, "Interval"),
        (PlanColumn::Queue, "Queue"),
        (PlanColumn::Volume, "Forecast"),
        (PlanColumn::HandleTime, "AHT"),
        (PlanColumn::Agents, "Required"),
    ];
    let has_dates = data.len().is_multiple_of(2);
    let columns = columns.into_iter().skip(usize::from(!has_dates));
    let columns = columns.map(|(column, header)| (column, header.to_owned()));
    let settings = PlanSettings {
        columns: Arc::new(PlanColumns(columns.collect())),
        date_order: has_dates.then_some(DateOrder::MonthDay),
        keep_contacts: has_dates,
        ..PlanSettings::default()
    };
    check_import(data, |file, sender| read_file(file, &settings, sender));
    let columns = [
        (PlanColumn::Agent, "Agent"),
        (PlanColumn::Activity, "Activity"),
        (PlanColumn::Time, "Start"),
        (PlanColumn::End, "End"),
    ];
    let columns = columns.map(|(column, header)| (column, header.to_owned()));
    let settings = PlanSettings {
        columns: Arc::new(PlanColumns(columns.into())),
        ..settings
    };
    check_import(data, |file, sender| read_file(file, &settings, sender));
}
