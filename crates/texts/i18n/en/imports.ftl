# Sources of files: their imports, and what is wrong with the files.

## Runs

import_last_run = last run { $time }
import_no_run = no run yet
import_next_run = next { $time }
import_waits = another import of this source is running
import_listing = checking for files
import_stabilizing = waiting for files to finish uploading
importing_files = importing files, { $done } of { $total } done
computing_intervals = computing intervals, { $done } of { $total } days done
rows_skipped = { $count ->
    [one] 1 row skipped
   *[other] { $count } rows skipped
}
import_failed_at = The last run failed at { $time }.
import_first_check = Checking its files for the first time.
# $scope is a key of the configuration with its value.
no_files_found = No files for { $scope }; check the location.
no_files_of_tenant = No files for { $scope }; found { $tenants }; correct tenant, or ask the export’s owner.
file_is_late = The file for { $period } is late (due { $time }).
# $outcome are some of the following, with commas.
last_run_was = Last run: { $outcome }.
outcome_imported = { $count ->
    [one] 1 file imported ({ $rows })
   *[other] { $count } files imported ({ $rows })
}
rows_counted = { $count ->
    [one] 1 row
   *[other] { $count } rows
}
outcome_no_file = no new file
outcome_replaced = { $count } of them again because the content changed
outcome_redelivered = { $count ->
    [one] 1 file redelivered with the same content
   *[other] { $count } files redelivered with the same content
}
outcome_known = { $count } already imported
outcome_other_days = { $count } of other days ignored
outcome_unreadable = { $count ->
    [one] 1 file couldn’t be read
   *[other] { $count } files couldn’t be read
}
outcome_unread_yet = { $count ->
    [one] 1 file couldn’t be read yet
   *[other] { $count } files couldn’t be read yet
}
outcome_incomplete = { $count ->
    [one] 1 file not complete yet
   *[other] { $count } files not complete yet
}

## What to do

fix_import = Fix the problem above. Wallboard retries every minute, or at once after systemctl reload wallboard (SIGHUP). Run wallboard check to verify.
import_retries = Wallboard retries every few seconds. If this lasts, follow the error above, or check the network and the remote server. Run wallboard check to verify.
# $section is a section of the configuration: [sources.vergic].
fix_in_section = Fix the problem above in { $section }, then run wallboard check.
check_export_ran = Check that the export ran. Late files are imported automatically.
ask_for_missing = Ask the export’s owner about the missing files below. They’re imported automatically when they arrive.
see_failed_files = See the failed files below. Redelivered files are imported automatically.
files_are_retried = Wallboard retries the files below. If this lasts, follow their errors, or check the network and the remote server.
review_skipped_rows = Review the skipped rows and tell the vendor. All other rows were imported.
report_containers = Unknown containers are ignored. Please report them to Wallboard’s maintainers.
fix_mismatches = Fix the configuration mismatches below.
assign_outcomes = Assign the outcome labels below in { $section }.

## Details

location_term = Location
location_folder = folder { $name }
location_sftp = { $name } over SFTP
location_bucket = S3 bucket { $name }
location_container = Azure container { $name }
imported_term = Imported
# All numbers are already written.
imported_total = { $files ->
    [one] 1 file
   *[other] { $files } files
}, { $rows ->
    [one] 1 row
   *[other] { $rows } rows
}; latest at { $time }
nothing_imported = nothing
scores_term = Scores out of range
scores_ignored = { $count } ignored; the rest of their rows counts
next_file_term = Next file
next_file = for { $period }, due by { $time }
other_tenants_term = Other tenants
unknown_term = Unknown
public_key_term = Public key
fingerprint_term = Fingerprint
survey_scores_heading = Survey scores out of range
line_column = Line
field_column = Field
file_column = File
files_column = Files
failed_files = Failed files
config_mismatches = Configuration mismatches:

## Missing files

missing_heading = Missing files and days:
missing_no_calls = No file of { $dataset } has arrived, but others have: without it there are no call metrics.
missing_since = No file of { $dataset } has arrived since { $first }, but others arrived up to { $newest }.
missing_removed = The file of { $dataset } no longer exists. Its last version is used.
missing_partial = Partial: { $days }. No file of { $dataset } has arrived for these days; { $count } of their calls came in files of other days.
missing_days = Missing: { $days }. No file of { $dataset } has arrived for these days, and no other file has their calls.
days_range = { $first } to { $last }
# At the end of a list.
and_more_days = and { $count } more

## Columns and outcomes

unassigned_columns = Unassigned columns
unassigned_stored = Unassigned columns: stored under their own header, not counted in any metric.
unassigned_link = Last values, and the lines to add
columns_column = Columns
unassigned_outcomes = Unassigned outcome labels
unassigned_outcomes_counted = Unassigned outcomes of unanswered calls (counted as overflowed)
label_column = Label
recent_calls_column = Recent calls
recent_calls_counted = { $count ->
    [one] 1 call
   *[other] { $count } calls
}
assign_as_abandoned = To count as abandoned, add to { $section }; otherwise use "flow_out"
unusual_columns = Unusual columns
columns_differ = Columns that differ from the vendor’s guide
issue_column = Issue
columns_missing = missing: { $columns }
columns_unknown = unknown: { $columns }

## The page of unassigned columns

# $word stands in the line.
unassigned_about = These columns are in the files, but not assigned to a metric. They’re stored but not counted. To assign one, replace { $word } in its line with the metric that it holds, and put the line into the configuration in place of the dataset’s own.
no_unassigned_columns = No source has unassigned columns. Only Vergic’s Statistics Export can have them.
all_columns_assigned = Each column of its imported files is assigned.
unassigned_columns_of = Unassigned columns of { $source }
column_heading = Column
last_value_column = Last value
add_to_section = Add to { $section }
date_and_time_utc = { $date } { $time } UTC

## The page of skipped rows

skipped_rows = Skipped rows
skipped_rows_of = Skipped rows: { $source }
skipped_rows_about = Rows that couldn’t be read. All other rows were imported.
download_all_csv = Download all as CSV
reasons_caption = Reasons
no_skipped_rows = No skipped rows
newest_file_first = Newest file first
row_column = Row
older_rows = Older
# $key and $section are of the configuration.
contents_not_stored = Row contents aren’t stored because they may contain personal data. To store them for new files, set { $key } in { $section }.
page_link_expired = This page link has expired. Start from the newest page.
newest_rows = Newest
