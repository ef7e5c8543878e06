"""The 29 containers of the Sangoma export as the guide lists them, for the generator only.

A field is `name:type`; types are i (integer), s (text), t (epoch), b (boolean). `?` marks a field
whose whole column may be missing from a file without any figure changing.
"""

FACTS = {
    "Agent_Login": "agent_login_id:i agent_id:i time_logged_in:t time_logged_off:t extension:s logoff_reason_id:i",
    "Agent_Login_Queue": "agent_login_queue_id:i queue_id:i agent_login_id:i",
    "Agent_Pause": "agent_pause_id:i agent_id:i agent_login_id:i? time_start:t time_end:t Reason_id (pause_code_id):i",
    "Agent_ACW": "agent_acw_id:i agent_id:i time_start:t time_end:t call_uuid:s?",
    "Call_Attempt": "call_attempt_id:i agent_id:i callerid_number:s? uuid:s? queue_id:i? start_time:t end_time:t no_answer_reason:s",
    "Queue_Call": "queue_call_id:i queue_id:i agent_id:i exten:s? call_reason_id:i queue_call_end_by_id:i exit_key:s "
                  "time_join:t time_connect:t time_leave:t call_type_id:i callerid:s? uuid:s to:s? acw_id:i",
    "Queue_Call_Contact": "queue_call_contact_id:i queue_call_id:i contact_id:i",
    "Call_Issue_Queue_Call": "call_issue_queue_call_id:i queue_call_id:i call_issue_id:i",
    "Queue_Call_Survey": "queue_call_survey_id:i uuid:s csat_score:i nps_score:i created_at:t queue_id:i nps_enterprise_score:i",
    "Call_Details": "call_details_id:i callerid_name:s? callerid_number:s destination_number:s call_type:s? codec:s? "
                    "start_time:t answer_time:t end_time:t duration:i? status:s? trunk:s? did_number:s uuid:s",
    "Recording": "recording_id:i uuid:s path:s? codec:s? duration_ms:i? size:i? channels:i? sample rate:i? bit rate:i? "
                 "checksum:s? storage:s? created_at:t updated_at:t?",
}
DIMENSIONS = {
    "Agent_Details": "agent_id:i name:s login_name:s? email:s? enabled:b",
    "Agent_Group": "agent_id:i agent_group_id:i group_name:s group_description:s?",
    "Queue_Agents": "queue_id:i agent_id:i priority:i?",
    "Queue_Details": "queue_id:i name:s small_name:s? enabled:b number:s? public_number:s? description:s? strategy:s? "
                     "wrapuptime:i? sla_wait:i sla_wait_target:i sla_duration:i sla_duration_target:i "
                     "abandoned_threshold:i agent_disconnection_rate:i?",
    "Queue_Pause_Code": "queue_pause_code_id:i queue_id:i pause_code_id:i limit_duration:i automatic_unpause:b? "
                        "disable_unpause:b? limit_notification_enabled:b?",
    "Queue_Call_End_By": "queue_call_end_by_id:i end_by:s",
    "Queue_Call_Reason": "queue_id:i call_reason_id:i",
    "Queue_Group": "queue_group_id:i name:s description:s?",
    "Queue_Group_Queues": "queue_group_queues_id:i queue_id:i queue_group_id:i",
    "Contact": "contact_id:i name:s email:s? id_number:s? active:b?",
    "Destination": "destination_id:i destination_type:s name:s active:b?",
    "DID": "did_id:i number:s destination_id:i",
    "DNIS": "dnis_id:i name:s number:s description:s? enabled:b?",
    "Agent_Logoff_Reason": "logoff_reason_id:i description:s",
    "Call_Issue": "call_issue_id:i description:s",
    "Call_Reason": "call_reason_id:i description:s",
    "Call_Type": "call_type_id:i call_type:s",
    "Pause_Code": "pause_code_id:i description:s productive:b system:b",
}


def fields(container):
    """Yields (name, type, whether the column may be missing)."""
    for word in _words((FACTS | DIMENSIONS)[container]):
        name, kind = word.rsplit(":", 1)
        yield name, kind[0], kind.endswith("?")


def _words(line):
    """Splits a field list. Names may contain spaces: a field ends with its type."""
    name = []
    for part in line.split():
        name.append(part)
        if ":" in part:
            yield " ".join(name)
            name = []
