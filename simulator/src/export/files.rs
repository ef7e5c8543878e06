//! Sangoma's files: folders, names and columns as in the vendor's guide.

use std::{fs, io, path::Path};

use jiff::civil::Date;

use super::{
    super::roster::{AGENTS, Channel, PAUSES, QUEUES},
    TENANT, queue_id,
};

pub(super) type Row = Vec<String>;

/// Codes with their texts, numbered from 1.
#[rustfmt::skip]
const CODES: [(&str, &str, &[&str]); 5] = [
    ("Queue_Call_End_By", "queue_call_end_by_id,end_by", &["Agent hung up", "Caller hung up", "Caller abandoned", "Timed out", "Transferred"]),
    ("Call_Reason", "call_reason_id,description", &["Order", "Invoice", "Fault", "Return", "Something else"]),
    ("Call_Issue", "call_issue_id,description", &["Delivered late", "Price not as promised", "Broken on arrival", "Not reached before"]),
    ("Call_Type", "call_type_id,call_type", &["incoming"]),
    ("Agent_Logoff_Reason", "logoff_reason_id,description", &["End of shift"]),
];
/// The end of a shift.
pub(super) const LOGOFF_REASON: u8 = 1;

#[rustfmt::skip]
pub(super) fn write_dimensions(folder: &Path) -> io::Result<()> {
    let write = |container: &str, header: &str, rows: Vec<Row>| {
        let folder = folder.join(format!("CCAAS/DIMENSIONS/{TENANT}-{container}-D"));
        write(&folder, &format!("{TENANT}-{container}-D.csv"), header, rows)
    };
    let agents = &AGENTS[Channel::Phone.agents()];
    let queues = Channel::Phone.queues().map(|no| {
        let queue = &QUEUES[no];
        row(&[
            &queue_id(no), &queue.name, &queue.agent_group, &"true", &queue.number(), &public_number(no), &"",
            &"longest idle", &30, &20, &80, &600, &90, &5, &5,
        ])
    });
    write("Queue_Details", "queue_id,name,small_name,enabled,number,public_number,description,strategy,wrapuptime,sla_wait,sla_wait_target,sla_duration,sla_duration_target,abandoned_threshold,agent_disconnection_rate", queues.collect())?;
    let details = agents.iter().map(|agent| row(&[&agent.key, &agent.name, &agent.key, &"", &"true"]));
    write("Agent_Details", "agent_id,name,login_name,email,enabled", details.collect())?;
    let served = agents.iter().flat_map(|agent| {
        agent.queues.iter().map(|queue| row(&[&queue_id(*queue), &agent.key, &1]))
    });
    write("Queue_Agents", "queue_id,agent_id,priority", served.collect())?;
    let teams = agents.iter().map(|agent| {
        let (id, name) = agent.team();
        row(&[&agent.key, &id, &name, &""])
    });
    write("Agent_Group", "agent_id,agent_group_id,group_name,group_description", teams.collect())?;
    let groups = [row(&[&1, &"Customer service", &""]), row(&[&2, &"Technical support", &""])];
    write("Queue_Group", "queue_group_id,name,description", groups.into())?;
    let grouped = [(1, 1), (2, 2), (3, 1), (4, 1), (5, 2), (6, 2)].map(|(queue, group)| row(&[&queue, &queue, &group]));
    write("Queue_Group_Queues", "queue_group_queues_id,queue_id,queue_group_id", grouped.into())?;
    let numbers = Channel::Phone.queues().map(|no| row(&[&queue_id(no), &QUEUES[no].name, &public_number(no), &"", &"true"]));
    write("DNIS", "dnis_id,name,number,description,enabled", numbers.collect())?;
    let pauses = PAUSES.iter().map(|pause| {
        let (is_productive, is_system) = (pause.description == "Training", pause.share == 0.0);
        row(&[&pause.code, &pause.description, &is_productive, &is_system])
    });
    write("Pause_Code", "pause_code_id,description,productive,system", pauses.collect())?;
    for (container, header, texts) in CODES {
        let rows = (1..).zip(texts).map(|(id, text): (u8, _)| row(&[&id, text]));
        write(container, header, rows.collect())?;
    }
    Ok(())
}

/// The number that callers of a queue dial.
pub(super) fn public_number(queue: usize) -> String {
    format!("+4631720{}", QUEUES[queue].number())
}

pub(super) fn write_fact(
    folder: &Path,
    container: &str,
    date: Date,
    header: &str,
    rows: Vec<Row>,
) -> io::Result<()> {
    let folder = folder.join(format!("CCAAS/FACTS/{TENANT}-{container}-F"));
    let date = date.strftime("%Y%m%d");
    let name = format!("{date}-{TENANT}-{container}-F.csv");
    write(&folder, &name, header, rows)
}

pub(super) fn row(fields: &[&dyn ToString]) -> Row {
    fields.iter().map(|field| (*field).to_string()).collect()
}

pub(super) fn write(folder: &Path, name: &str, header: &str, rows: Vec<Row>) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut file = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_path(folder.join(name))?;
    file.write_record(header.split(','))?;
    for row in rows {
        file.write_record(row)?;
    }
    file.flush()
}
