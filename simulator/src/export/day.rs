//! Sangoma's facts of one day: what the call center played, with ids and with what only an export has.

use std::{io, path::Path};

use jiff::civil::Date;

use super::{
    super::{
        call_center::{FinishedContact, Journal},
        rng::SeededRng,
        roster::{AGENTS, PAUSES, QUEUES},
    },
    files::{LOGOFF_REASON, Row, public_number, row, write_fact},
    queue_id,
};

/// Ids that continue from day to day.
#[derive(Debug, Default)]
pub(super) struct IdSequence(u64);

impl IdSequence {
    fn next(&mut self) -> u64 {
        self.0 += 1;
        self.0
    }
}

/// The rows of one day, by container.
#[derive(Debug, Default)]
pub(super) struct DayFacts {
    queue_calls: Vec<Row>,
    call_details: Vec<Row>,
    wrap_ups: Vec<Row>,
    attempts: Vec<Row>,
    issues: Vec<Row>,
    surveys: Vec<Row>,
    logins: Vec<Row>,
    queue_logins: Vec<Row>,
    pauses: Vec<Row>,
}

impl DayFacts {
    pub(super) fn new(mut journal: Journal, seed: u64, ids: &mut IdSequence) -> Self {
        let mut rng = SeededRng::new(seed);
        let mut facts = Self::default();
        let contacts = &mut journal.contacts;
        contacts.sort_by_key(|finished| finished.contact.entered);
        for finished in contacts {
            facts.add_call(finished, &mut rng, ids);
        }
        for span in &journal.logins {
            let (login, agent) = (ids.next(), AGENTS[span.agent].key);
            let (from, to) = (span.from.as_second(), span.to.as_second());
            let fields = row(&[&login, &agent, &from, &to, &agent, &LOGOFF_REASON]);
            facts.logins.push(fields);
            for queue in AGENTS[span.agent].queues {
                let fields = row(&[&ids.next(), &queue_id(*queue), &login]);
                facts.queue_logins.push(fields);
            }
            for (reason, from, to) in &span.pauses {
                let (from, to, code) = (from.as_second(), to.as_second(), PAUSES[*reason].code);
                let fields = row(&[&ids.next(), &agent, &login, &from, &to, &code]);
                facts.pauses.push(fields);
            }
        }
        facts
    }

    fn add_call(&mut self, call: &FinishedContact, rng: &mut SeededRng, ids: &mut IdSequence) {
        let (contact, id, uuid) = (&call.contact, ids.next(), &call.contact.id);
        let (queue, number) = (queue_id(contact.queue), QUEUES[contact.queue].number());
        let caller = format!("+4670{:07}", rng.below(10_000_000));
        let join = contact.entered.as_second();
        let mut leave = call.ended.as_second();
        let mut attempt = |id: u64, agent: &str, from: i64, to: i64, why: &str| {
            let fields: [&dyn ToString; 8] = [&id, &agent, &caller, uuid, &queue, &from, &to, &why];
            self.attempts.push(row(&fields));
        };
        if let Some((agent, from, to)) = contact.missed {
            let (from, to) = (from.as_second(), to.as_second());
            attempt(id * 2, AGENTS[agent].key, from, to, "No answer");
        }
        let mut answered = (String::new(), String::new(), String::new(), "");
        // A caller who abandoned, or one of a few who timed out.
        let mut end = if rng.chance(0.04) { 4 } else { 3 };
        let answer = contact.agent().zip(contact.answered);
        if let Some((agent, connect)) = answer {
            let (agent, connect) = (AGENTS[agent].key, connect.as_second());
            attempt(id * 2 + 1, agent, contact.rang.as_second(), connect, "");
            // Conversations that midnight cuts short have a length, too.
            leave = leave.max(connect + 1);
            end = [1, 2, 5][rng.pick_by_share([0.4, 0.55, 0.05])];
            let wrap_up = ids.next();
            let until = call.wrapped_up.as_second();
            self.wrap_ups
                .push(row(&[&wrap_up, &agent, &leave, &until, uuid]));
            if rng.chance(0.1) {
                let csat = rng.pick(&[5, 5, 4, 5, 3, 4, 2, 1]);
                let nps = rng.pick(&[10, 9, 8, 10, 7, 9, 5, 2]);
                let at = leave + rng.pick(&[20, 65, 140, 260, 600]);
                self.surveys
                    .push(row(&[&id, uuid, &csat, &nps, &at, &queue, &""]));
            }
            if rng.chance(0.3) {
                let issue = 1 + rng.pick_by_share([0.4, 0.3, 0.2, 0.1]);
                self.issues.push(row(&[&id, &id, &issue]));
            }
            let reason = if rng.chance(0.94) {
                draw_reason(queue, rng).to_string()
            } else {
                String::new()
            };
            answered = (connect.to_string(), wrap_up.to_string(), reason, agent);
        }
        let (connect, wrap_up, reason, agent) = &answered;
        let party: [&dyn ToString; 7] = [&id, &queue, agent, agent, reason, &end, &""];
        let times: [&dyn ToString; 3] = [&join, connect, &leave];
        let rest: [&dyn ToString; 5] = [&1, &caller, uuid, &number, wrap_up];
        let fields = [row(&party), row(&times), row(&rest)].concat();
        self.queue_calls.push(fields);
        let party: [&dyn ToString; 6] = [&id, &"", &caller, &number, &"incoming", &"opus"];
        let status = answer.map_or("no answer", |_| "answered");
        let duration = leave - join;
        let times: [&dyn ToString; 5] = [&join, connect, &leave, &duration, &status];
        let fields = [
            row(&party),
            row(&times),
            row(&[&"", &public_number(contact.queue), uuid]),
        ]
        .concat();
        self.call_details.push(fields);
    }

    #[rustfmt::skip]
    pub(super) fn write(self, folder: &Path, date: Date) -> io::Result<()> {
        for (container, header, rows) in [
            ("Queue_Call", "queue_call_id,queue_id,agent_id,exten,call_reason_id,queue_call_end_by_id,exit_key,time_join,time_connect,time_leave,call_type_id,callerid,uuid,to,acw_id", self.queue_calls),
            ("Call_Details", "call_details_id,callerid_name,callerid_number,destination_number,call_type,codec,start_time,answer_time,end_time,duration,status,trunk,did_number,uuid", self.call_details),
            ("Agent_ACW", "agent_acw_id,agent_id,time_start,time_end,call_uuid", self.wrap_ups),
            ("Call_Attempt", "call_attempt_id,agent_id,callerid_number,uuid,queue_id,start_time,end_time,no_answer_reason", self.attempts),
            ("Call_Issue_Queue_Call", "call_issue_queue_call_id,queue_call_id,call_issue_id", self.issues),
            ("Queue_Call_Survey", "queue_call_survey_id,uuid,csat_score,nps_score,created_at,queue_id,nps_enterprise_score", self.surveys),
            ("Agent_Login", "agent_login_id,agent_id,time_logged_in,time_logged_off,extension,logoff_reason_id", self.logins),
            ("Agent_Login_Queue", "agent_login_queue_id,queue_id,agent_login_id", self.queue_logins),
            // As in the guide, brackets and all.
            ("Agent_Pause", "agent_pause_id,agent_id,agent_login_id,time_start,time_end,Reason_id (pause_code_id)", self.pauses),
        ] {
            write_fact(folder, container, date, header, rows)?;
        }
        Ok(())
    }
}

/// Draws a reason, mostly the one that the queue is for.
fn draw_reason(queue: usize, rng: &mut SeededRng) -> usize {
    if rng.chance(0.6) {
        [1, 3, 2, 4, 3, 3][queue - 1]
    } else {
        1 + rng.pick_by_share([0.3, 0.25, 0.2, 0.15, 0.1])
    }
}
