# Announcements on boards, and the page that makes them.

announcements_heading = Announcements
announcements_about = A message on the boards that ends by itself. Everyone who sees a board sees it.
announcement_shown = The boards show it now.
announcement_planned = The boards show it from then on.
announcement_ended = The boards no longer show it.
announce_heading = Announce
# Before buttons with texts to start from.
start_with = Start with
start_outage = System outage
start_outage_text = The order system is down. Take notes on paper.
start_waits = Long waits
start_waits_text = Many customers are waiting. Thank you all for staying on.
start_drill = Fire drill
start_drill_text = Fire drill. Leave by the stairs and meet at the car park.
announcement_text = Text
announcement_length = At most { $count } characters: two lines on a TV.
announcement_kind = Kind
kind_info = Info
kind_important = Important
kind_emergency = Emergency
kind_whole_screen = Emergency, whole screen
announcement_later = Later than now
announcement_begins = Begins
announcement_ends = Ends
ends_in_half_hour = In 30 minutes
ends_in_hour = In 1 hour
ends_in_two_hours = In 2 hours
ends_at_midnight = Midnight
# Before a field for the time.
ends_today_at = Today at
end_time_field = End, as hours and minutes
only_some_boards = Only on some boards or screens
screens_of_place = Places, with all screens there now
also_on_screens = Screens, whatever board they show
show_announcement = Show now
on_boards_now = On the boards now
when_column = When
announced_times = { $from } to { $until }
end_now = End now
planned_announcements = Planned
cancel_planned = Cancel
screens_show_it = { $all ->
    [one] { $count ->
        [0] The screen doesn’t show it
       *[other] The screen shows it
    }
   *[other] { $count } of { $all } screens show it
}
earlier_announcements = Earlier
# $person is a name.
announcement_ended_by = ended by { $person }
use_again = Use again

## Why it isn't shown

announcement_too_long = Write what the boards should say, in at most { $count } characters.
announcement_invisible = The text has a character that isn’t visible. Type it again.
announcement_over = That time is over. Choose a later end.
announcement_backward = The end is before the beginning. Choose a later end.
announcement_too_late = An announcement ends within a week. Choose an earlier end.
announcement_no_board = Choose a board.
announcements_too_many = There are { $count } announcements already. End one first.
