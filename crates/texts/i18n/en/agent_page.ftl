# The page of one agent.

only_cases_reported = Vngage reports cases per agent, but not sign-in, ready or break status. Availability is shown per queue.
updates_interrupted = Updates were interrupted, so counts may be low.
now_and_today = Now and today
more_metrics = More metrics
status_by_source = Status by source
data_source_column = Data source
reason_column = Reason
vendor_status = Vendor status
by_channel = By channel
time_ago = { $age } ago
closed_cases = Closed cases
# In place of a list of queues.
no_queues = None
data_stored = Data stored
possible_duplicate = Possible duplicate
# $agent is a link.
same_person = { $agent } has the same email address or ID in another source. If they’re the same person, add this to the configuration to merge them:

## The day as a timeline

statuses_today = Statuses today
no_timeline = No status recorded today yet.
to_column = To
timeline_unknown = Unknown
# Read aloud. $sums are statuses, each with its time.
timeline_sentence = From { $from } to { $to }: { $sums }.

## A past day

day_timeline = Statuses of the day
day_timeline_about = From statuses that were reported at the time, else from imported exports: sessions, breaks and calls of queues. “Signed in” may also be a call of no queue. Hatched times aren’t known.
not_signed_in_that_day = Not signed in on this day.
day_unknown = Nothing is known of this day: the log doesn’t have it, and no export with sessions was imported.

## The last two weeks

all_agents = All agents
signed_in_time = Signed in
break_time = On break
occupancy = Occupancy
agent_days_summary = From the vendor export. “All agents” is the average handle time of all calls that day.
