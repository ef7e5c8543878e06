//! The files of the export: folders, names and columns as the vendor's guide has them.

use std::{fs, io, path::Path};

use jiff::civil::Date;

use super::{
    super::cast::{AGENTS, PAUSES, QUEUES},
    TENANT,
    day::{Call, Day, End, IN_TIME},
    queue_id,
};

const REASONS: [&str; 5] = ["Order", "Invoice", "Fault", "Return", "Something else"];
const ISSUES: [&str; 4] = [
    "Delivered late",
    "Price not as promised",
    "Broken on arrival",
    "Not reached before",
];
const ENDS: [(End, &str); 5] = [
    (End::Agent, "Agent hung up"),
    (End::Caller, "Caller hung up"),
    (End::Abandoned, "Caller abandoned"),
    (End::TimedOut, "Timed out"),
    (End::Transferred, "Transferred"),
];

type Row = Vec<String>;

pub(super) fn dimensions(folder: &Path) -> io::Result<()> {
    let dimension = |container: &str, header: &str, rows: Vec<Row>| {
        let folder = folder.join(format!("CCAAS/DIMENSIONS/{TENANT}-{container}-D"));
        let name = format!("{TENANT}-{container}-D.csv");
        write(&folder, &name, header, rows)
    };
    let queues = QUEUES.iter().enumerate().map(|(place, queue)| {
        let number = queue.object.split('@').next().unwrap_or_default();
        row(&[
            &queue_id(place),
            &queue.name,
            &queue.agents,
            &"true",
            &number,
            &"",
            &"",
            &"longest idle",
            &30,
            &IN_TIME,
            &80,
            &600,
            &90,
            &5,
            &5,
        ])
    });
    dimension(
        "Queue_Details",
        "queue_id,name,small_name,enabled,number,public_number,description,strategy,wrapuptime,sla_wait,sla_wait_target,sla_duration,sla_duration_target,abandoned_threshold,agent_disconnection_rate",
        queues.collect(),
    )?;
    let agents = AGENTS
        .iter()
        .map(|agent| row(&[&agent.object, &agent.name, &agent.object, &"", &"true"]));
    let header = "agent_id,name,login_name,email,enabled";
    dimension("Agent_Details", header, agents.collect())?;
    let serve = AGENTS.iter().flat_map(|agent| {
        let queues = agent.queues.iter();
        queues.map(|queue| row(&[&queue_id(*queue), &agent.object, &1]))
    });
    dimension(
        "Queue_Agents",
        "queue_id,agent_id,priority",
        serve.collect(),
    )?;
    let pauses = PAUSES.iter().map(|pause| {
        let is_system = pause.share == 0.0;
        row(&[
            &pause.code,
            &pause.words,
            &(pause.words == "Training"),
            &is_system,
        ])
    });
    let header = "pause_code_id,description,productive,system";
    dimension("Pause_Code", header, pauses.collect())?;
    let ends = ENDS.iter().map(|(end, words)| row(&[&(*end as u8), words]));
    dimension(
        "Queue_Call_End_By",
        "queue_call_end_by_id,end_by",
        ends.collect(),
    )?;
    let reasons = (1..)
        .zip(REASONS)
        .map(|(id, words): (u8, _)| row(&[&id, &words]));
    dimension(
        "Call_Reason",
        "call_reason_id,description",
        reasons.collect(),
    )?;
    let issues = (1..)
        .zip(ISSUES)
        .map(|(id, words): (u8, _)| row(&[&id, &words]));
    dimension("Call_Issue", "call_issue_id,description", issues.collect())?;
    let types = vec![row(&[&1, &"incoming"])];
    dimension("Call_Type", "call_type_id,call_type", types)
}

pub(super) fn facts(folder: &Path, date: Date, day: &Day) -> io::Result<()> {
    let date = date.strftime("%Y%m%d");
    let fact = |container: &str, header: &str, rows: Vec<Row>| {
        let folder = folder.join(format!("CCAAS/FACTS/{TENANT}-{container}-F"));
        let name = format!("{date}-{TENANT}-{container}-F.csv");
        write(&folder, &name, header, rows)
    };
    fact(
        "Queue_Call",
        "queue_call_id,queue_id,agent_id,exten,call_reason_id,queue_call_end_by_id,exit_key,time_join,time_connect,time_leave,call_type_id,callerid,uuid,to,acw_id",
        day.calls.iter().map(queue_call).collect(),
    )?;
    fact(
        "Call_Details",
        "call_details_id,callerid_name,callerid_number,destination_number,call_type,codec,start_time,answer_time,end_time,duration,status,trunk,did_number,uuid",
        day.calls.iter().map(call_details).collect(),
    )?;
    let wrap_ups = day.calls.iter().filter_map(|call| {
        let answer = call.answer.as_ref()?;
        let agent = AGENTS[answer.agent].object;
        Some(row(&[
            &answer.wrap_up,
            &agent,
            &call.leave,
            &answer.wrapped,
            &call.uuid,
        ]))
    });
    let header = "agent_acw_id,agent_id,time_start,time_end,call_uuid";
    fact("Agent_ACW", header, wrap_ups.collect())?;
    fact(
        "Call_Attempt",
        "call_attempt_id,agent_id,callerid_number,uuid,queue_id,start_time,end_time,no_answer_reason",
        day.calls.iter().flat_map(attempts).collect(),
    )?;
    let surveys = day.calls.iter().filter_map(|call| {
        let (csat, nps, at) = call.survey?;
        let queue = queue_id(call.queue);
        Some(row(&[&call.id, &call.uuid, &csat, &nps, &at, &queue, &""]))
    });
    let issues = day.calls.iter().filter_map(|call| {
        let issue = call.issue?;
        Some(row(&[&call.id, &call.id, &(issue + 1)]))
    });
    let header = "call_issue_queue_call_id,queue_call_id,call_issue_id";
    fact("Call_Issue_Queue_Call", header, issues.collect())?;
    let header =
        "queue_call_survey_id,uuid,csat_score,nps_score,created_at,queue_id,nps_enterprise_score";
    fact("Queue_Call_Survey", header, surveys.collect())?;
    let logins = day.shifts.iter().map(|shift| {
        let agent = AGENTS[shift.agent].object;
        row(&[
            &shift.login,
            &agent,
            &shift.from,
            &shift.to.max(shift.free),
            &agent,
            &1,
        ])
    });
    let header =
        "agent_login_id,agent_id,time_logged_in,time_logged_off,extension,logoff_reason_id";
    fact("Agent_Login", header, logins.collect())?;
    let pauses = day.shifts.iter().flat_map(|shift| {
        shift.pauses.iter().map(|pause| {
            let (agent, code) = (AGENTS[shift.agent].object, PAUSES[pause.reason].code);
            row(&[
                &pause.id,
                &agent,
                &shift.login,
                &pause.from,
                &pause.to,
                &code,
            ])
        })
    });
    // As the guide has it, brackets and all.
    let header =
        "agent_pause_id,agent_id,agent_login_id,time_start,time_end,Reason_id (pause_code_id)";
    fact("Agent_Pause", header, pauses.collect())
}

fn queue_call(call: &Call) -> Row {
    let answer = call.answer.as_ref();
    let agent = answer
        .map(|answer| AGENTS[answer.agent].object)
        .unwrap_or_default();
    let text = |number: Option<String>| number.unwrap_or_default();
    row(&[
        &call.id,
        &queue_id(call.queue),
        &agent,
        &agent,
        &text(call.reason.map(|reason| (reason + 1).to_string())),
        &(call.end as u8),
        &"",
        &call.join,
        &text(answer.map(|answer| answer.connect.to_string())),
        &call.leave,
        &1,
        &call.caller,
        &call.uuid,
        &QUEUES[call.queue]
            .object
            .split('@')
            .next()
            .unwrap_or_default(),
        &text(answer.map(|answer| answer.wrap_up.to_string())),
    ])
}

fn call_details(call: &Call) -> Row {
    let answered = call
        .answer
        .as_ref()
        .map(|answer| answer.connect.to_string());
    row(&[
        &call.id,
        &"",
        &call.caller,
        &QUEUES[call.queue]
            .object
            .split('@')
            .next()
            .unwrap_or_default(),
        &"incoming",
        &"opus",
        &call.join,
        &answered.unwrap_or_default(),
        &call.leave,
        &(call.leave - call.join),
        &(if call.answer.is_some() {
            "answered"
        } else {
            "no answer"
        }),
        &"",
        &"",
        &call.uuid,
    ])
}

fn attempts(call: &Call) -> Vec<Row> {
    let attempt = |id: u64, agent: usize, from: i64, to: i64, why: &str| {
        let (agent, queue) = (AGENTS[agent].object, queue_id(call.queue));
        row(&[
            &id,
            &agent,
            &call.caller,
            &call.uuid,
            &queue,
            &from,
            &to,
            &why,
        ])
    };
    let missed = call
        .unanswered
        .map(|(agent, from, to)| attempt(call.id * 2, agent, from, to, "No answer"));
    let taken = call.answer.as_ref().map(|answer| {
        attempt(
            call.id * 2 + 1,
            answer.agent,
            answer.rang,
            answer.connect,
            "",
        )
    });
    missed.into_iter().chain(taken).collect()
}

fn row(fields: &[&dyn ToString]) -> Row {
    fields.iter().map(|field| (*field).to_string()).collect()
}

fn write(folder: &Path, name: &str, header: &str, rows: Vec<Row>) -> io::Result<()> {
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
