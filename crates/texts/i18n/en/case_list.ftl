# The list of cases, and cases in other lists.

cases_heading = Cases
active_tab = Active
case_waiting = Waiting
case_open = Open
case_closed = Closed
case_abandoned = Abandoned (estimated)
case_unconfirmed = Unconfirmed
no_cases = No cases
show_all = Show all
show_all_unfiltered = Show all without this filter
no_queue_yet = no queue yet
show_only_these = Show only these
not_assigned_yet = not assigned yet
# When a case was created and answered.
created_column = Created
answered_column = Answered
outcome_column = Outcome
transfers_column = Transfers
outcome_positive = Positive
outcome_negative = Negative
outcome_neutral = Neutral
outcome_unresolved = Unresolved
case_pages = Pages
first_page = First page
following_page = Next page

## What the table shows, and in which order

active_cases = Active cases
waiting_cases = Waiting cases
open_cases = Open cases
abandoned_cases = Cases abandoned before an answer (estimated)
stale_cases = Cases not updated since an outage
no_open_cases = No open cases
longest_first = longest first
waiting_first = waiting first, then the longest
shortest_first = shortest first
oldest_first = oldest first
newest_first = newest first
by_queue = by queue
by_agent = by agent
# "Waiting cases, longest first"
cases_in_order = { $cases }, { $order }
