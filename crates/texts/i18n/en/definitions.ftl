# What each metric is, on pages. The message says how the source means it; `.counted` where Wallboard follows
# single contacts; `.label` is its name on a page, and `.unknown` why it may have no value.

unknown_not_reported = No value from the source yet.
unknown_nothing_yet = No contacts to calculate from yet today.
unknown_entries = Not available per queue: Vngage assigns a queue only when an agent opens the contact. If a solution always leads to one queue, set queue_of in the configuration.

about_waiting = Contacts waiting in the queue.
    .label = Waiting
    .counted = { about_waiting }
    .unknown = { unknown_not_reported }

about_in_conversation = Contacts in conversation with an agent of this queue.
    .label = In conversation
    .counted = { about_in_conversation }
    .unknown = { unknown_not_reported }

about_longest_wait = How long the contact that has waited longest has been in the queue. The source reports it; between reports, the clock runs here.
    .label = Longest wait
    .counted = { about_longest_wait }
    .unknown = { unknown_not_reported }

about_average_wait = The source’s own average of recent waits. Vendors don’t document which waits it includes.
    .label = Average wait
    .counted = { about_average_wait }
    .unknown = Not updated in the last 15 minutes.

about_expected_wait = The source’s estimate for a contact that arrives now. It changes only when the source reports a new one.
    .label = Expected wait
    .counted = { about_expected_wait }
    .unknown = { unknown_not_reported }

about_agents_available = Agents who could take a contact of this queue. An agent in two queues counts in both.
    .label = Available
    .counted = { about_agents_available }
    .unknown = { unknown_not_reported }

about_agents_logged_in = Agents of this queue who are signed in.
    .label = Signed in
    .counted = { about_agents_logged_in }
    .unknown = { unknown_not_reported }

about_agents_not_ready = Agents of this queue who are signed in but not ready for contacts.
    .label = On break
    .counted = { about_agents_not_ready }
    .unknown = { unknown_not_reported }

about_agents_in_conversation = Agents of this queue who are in conversation.
    .label = Agents in conversation
    .counted = { about_agents_in_conversation }
    .unknown = { unknown_not_reported }

about_offered = Contacts that entered the queue.
    .label = Offered
    .counted = Contacts that entered: answered + abandoned + short abandons + overflowed + still waiting.
    .unknown = { unknown_entries }

about_answered = Contacts that an agent answered.
    .label = Answered
    .counted = Contacts that an agent has opened. A contact that is opened again after it was closed counts once.
    .unknown = { unknown_not_reported }

about_abandoned = Contacts that left before an agent answered.
    .label = Abandoned
    .counted = Contacts that left before an agent opened them. Vngage has no event for it: when unopened cases outnumber the visitors in the queue for a while, the surplus counts as abandoned, the oldest first. A case that is opened after all is taken out again. How long each had waited is not known, so short abandons are included.
    .unknown = { unknown_entries }

about_short_abandoned = Contacts that left sooner than the source’s own limit.
    .label = Short abandons
    .counted = Contacts that left sooner than short_abandon in [targets].
    .unknown = Chat doesn’t report when visitors leave, so their wait isn’t known.

about_flow_outs = Unanswered contacts sent to another queue, a voicemail or a callback.
    .label = Overflowed
    .counted = Unanswered contacts sent to another queue, a voicemail or a callback.
    .unknown = { unknown_not_reported }

about_abandon_rate = The share of contacts that left unanswered, as the source calculates it.
    .label = Abandonment rate
    .counted = Abandoned ÷ (answered + abandoned + overflowed). Excludes short abandons.
    .unknown = { unknown_entries }

about_service_level = The share of contacts answered within the vendor’s own answer target, as the source calculates it. The vendor’s statistic defines that time, not [targets].
    .label = Service level
    .counted = Contacts answered within the answer target ÷ contacts. The formula defines which contacts count.
    .unknown = { unknown_nothing_yet }

about_average_speed_of_answer = How long answered contacts had waited on average, as the source calculates it.
    .label = Average speed of answer
    .counted = Average time from entering the queue to being opened, for answered contacts with a known wait.
    .unknown = { unknown_nothing_yet }

about_average_handle_time = Time per contact on average. The source’s statistic defines what it includes: mostly talk, hold and wrap-up.
    .label = Average handle time
    .counted = Time from opening to close or transfer ÷ conversations handled. The source does not report wrap-up and hold, so they are not included.
    .unknown = { unknown_nothing_yet }

about_average_talk_time = Time in conversation ÷ contacts, as the source calculates it.
    .label = Average talk time
    .counted = { about_average_talk_time }
    .unknown = { unknown_nothing_yet }

about_average_wrap_up = Time of work after a contact ÷ contacts, as the source calculates it.
    .label = Average wrap-up
    .counted = { about_average_wrap_up }
    .unknown = { unknown_nothing_yet }

about_first_response_time = Time to the first response on average, as the source calculates it.
    .label = First response time
    .counted = Time from the visitor’s first message to the first message of an agent, on average. Known when a conversation is closed; notes and automatic texts do not count.
    .unknown = { unknown_nothing_yet }

about_transferred = Transferred contacts.
    .label = Transferred
    .counted = Conversations that an agent transferred to another queue. Back to the same queue isn’t a transfer.
    .unknown = { unknown_not_reported }

about_outcome_positive = Contacts whose last outcome, as the agent set it, is positive.
    .label = Positive
    .counted = { about_outcome_positive }
    .unknown = { unknown_not_reported }

about_outcome_negative = Contacts whose last outcome, as the agent set it, is negative.
    .label = Negative
    .counted = { about_outcome_negative }
    .unknown = { unknown_not_reported }

about_outcome_neutral = Contacts whose last outcome, as the agent set it, is neutral.
    .label = Neutral
    .counted = { about_outcome_neutral }
    .unknown = { unknown_not_reported }

about_outcome_unresolved = Contacts whose last outcome, as the agent set it, is unresolved; they may be opened again.
    .label = Unresolved
    .counted = { about_outcome_unresolved }
    .unknown = { unknown_not_reported }

about_occupancy = Time with contacts ÷ time signed in and not on a break, as the source calculates it.
    .label = Occupancy
    .counted = { about_occupancy }
    .unknown = { unknown_nothing_yet }

about_cases = Cases opened by, or transferred to, this agent and not closed.
    .label = Cases
    .counted = { about_cases }
    .unknown = The connection was interrupted, and it is not certain yet that no case was missed.

about_handled = Contacts this agent answered.
    .label = Handled
    .counted = Conversations this agent closed or transferred. A contact that’s reopened and closed again counts twice.
    .unknown = { unknown_not_reported }

about_missed = Contacts offered to this agent but not answered.
    .label = Missed
    .counted = { about_missed }
    .unknown = { unknown_not_reported }

about_logged_in_time = Time signed in today.
    .label = Time signed in
    .counted = { about_logged_in_time }
    .unknown = { unknown_not_reported }

about_ready_time = Time ready for contacts today.
    .label = Time ready
    .counted = { about_ready_time }
    .unknown = { unknown_not_reported }

about_not_ready_time = Time on breaks and other work today.
    .label = Time on break
    .counted = { about_not_ready_time }
    .unknown = { unknown_not_reported }

about_talk_time = Time in conversation today.
    .label = In conversation for
    .counted = { about_talk_time }
    .unknown = { unknown_not_reported }

about_hold_time = Time with contacts on hold today.
    .label = Time on hold
    .counted = { about_hold_time }
    .unknown = { unknown_not_reported }

about_wrap_up_time = Time of work after contacts today.
    .label = Wrap-up time
    .counted = { about_wrap_up_time }
    .unknown = { unknown_not_reported }
