# Historiken: sidan, formuläret, anmärkningarna och det som behöver uppmärksamhet.

history_of = Historik, { $period }
# Above a printed page.
history_printed = Historik: { $subject }, { $period } ({ $zone })
as_of_time = läget { $time }
as_of_zone = läget { $time } ({ $zone })

## Moments and periods

day_of_month = { $day } { $month }
days_of_month = { $first }–{ $last } { $month }
dated_year = { $days } { $year }
times_of_day = { $day }, { $times }
period_of_days = { $period }, { $days }
period_open = { $period }, bara öppettider
period_in_zone = { $period }, { $zone }
utc_day = { $day } (UTC-dygn)

## Choices

neighbor_periods = Perioden före och efter
previous_day = Föregående dag: { $day }
next_day = Nästa dag: { $day }
previous_period = Föregående period: { $period }
next_period = Nästa period: { $period }
preset_yesterday = I går
preset_seven_days = Senaste 7 dagarna
preset_week = Den här veckan
preset_month = Den här månaden
preset_four_weeks = Senaste 4 veckorna
custom_dates = Egna datum
queues_legend = Köer (ingen vald = alla)
all_queues_chosen = Alla köer
no_queues_to_choose = Inga köer ännu
days_choice = Dagar
rows_choice = Gruppera efter
more_choices = Mer
all_of_them = Alla
day_like = En dag som 2026-11-24
interval_choice = Intervall
hours_choice = Timmar
compare_choice = Jämför med
compare_from_choice = eller med dagar från
count_choice = Räkna samtal efter
zone_choice = Tidszon
apply_choices = Tillämpa
view_choice = Vy
by_email = Via e-post
print_page = Skriv ut
step_quarter = 15 min
step_half_hour = 30 min
step_hour = 1 timme
step_day = 1 dag
step_week = 1 vecka
step_month = 1 månad
week_column = Vecka
month_column = Månad
month_of_year = { $month } { $year }
step_automatic = Automatiskt
count_by_start = Samtalets början
count_by_event = Händelsens tid
compare_week = Samma veckodag före
compare_year = 52 veckor tidigare
compare_nothing = Ingen jämförelse
days_all = Alla dagar
days_working = Måndag till fredag
days_monday = Måndagar
days_tuesday = Tisdagar
days_wednesday = Onsdagar
days_thursday = Torsdagar
days_friday = Fredagar
days_saturday = Lördagar
days_sunday = Söndagar
# The same within a sentence: Monday is 1, and 0 is Monday to Friday.
days_inline = { $number ->
    [0] måndag till fredag
    [1] måndagar
    [2] tisdagar
    [3] onsdagar
    [4] torsdagar
    [5] fredagar
    [6] lördagar
   *[7] söndagar
}
hours_all = Alla timmar
hours_open = Bara öppettider
rows_time = Tid
rows_queue_group = Kögrupp
rows_agent_group = Agentgrupp
view_intervals = Intervall
view_heatmap = Värmekarta
view_table = Tabell
view_plan = Plan
view_adherence = Schemaföljsamhet
view_breakdown = Fördelning

## At the foot of a printed page: what was chosen

by_queue_group = efter kögrupp
by_agent_group = efter agentgrupp
by_reason = efter orsak
by_type = efter samtalstyp
intervals_of = intervall på { $step }
versus_period = mot { $period }
counted_by_start = räknat efter samtalets början
counted_by_event = räknat efter händelsens tid
only_days = bara { $days }
opening_hours_only = bara öppettider
only_missed_targets = bara missade mål
data_through = data till och med: { $until }

## In place of figures

no_history_here = Ingen historik på den här servern
imported_elsewhere = Den här servern importerar inga filer. Det gör { $name }.
imported_on = Den här servern importerar inga filer. Öppna sidan på { $name }.
imported_nowhere = Den här servern importerar inga filer, och ingen som gör det är igång. Starta en, eller ange imports = true i [cluster].
history_on = Historik på { $name }
no_history_yet = Ingen historik ännu
history_needs_export = Historiken behöver en export från leverantören: { $exports }. Lägg till en i konfigurationen (kind = { $kinds }) och kör sedan wallboard check.
one_or_other = { $first } eller { $second }
export_of_kind = { $kind ->
    [vergic-export] Vergics Statistics Export via SFTP
    [sangoma-export] Sangomas nattliga export via S3, Azure eller en mapp
   *[other] { $kind }
}
first_file_awaited = Väntar på den första filen. Schemat och eventuella problem finns under Datakällor.
closed_in_period = Stängt under perioden
closed_in_period_help = Köerna som visas var inte öppna. Välj en längre period eller alla timmar.
no_matching_days = Inga sådana dagar under perioden
no_matching_days_help = Välj en längre period eller alla veckodagar.
hours_not_split = Perioden kan inte begränsas till öppettider
hours_not_split_help = Periodens filer har hela timmar eller dagar som bara delvis är öppna.
only_coarser = Finns bara i längre intervall
only_whole_days = Periodens filer har bara hela dagar.
only_whole_hours = Periodens filer har bara hela timmar eller dagar.
show_days = Visa dagar
show_hours = Visa timmar
no_data_of_today = Inga data för i dag ännu
exports_overnight = Exporter kommer oftast under natten.
no_data_of_period = Inga data för perioden
no_data_of_period_help = Den är inte importerad ännu, eller är äldre än din första import.
show_all_hours = Visa alla timmar

## Choices that have no figures

agent_by_time = Den här agenten efter tid
queues_by_time = De här köerna efter tid
all_queues_and_agents = Alla köer och agenter
choice_impossible = Det valet har inga värden
queue_groups_of_all = Kögrupper finns bara för alla köer: en grupps värden gäller alla dess köer och agenter.
adherence_of_agents = Schemaföljsamhet gäller agenter: ta bort köerna och visa rader per tid, agent eller agentgrupp.
agent_groups_of_all = Agentgrupper finns bara för alla agenter och köer: exporter delar inte upp agenters tid per kö.
queues_or_agent = Välj köer eller en agent, inte båda.
agents_always_open = Agenters värden kan inte begränsas till öppettider: exporter delar inte upp agenters tid per kö.
handled_without_calls = Det är inte känt vad en agent har hanterat i en kö: { $source } har inga enskilda samtal. Gruppera efter tid.
handled_calls_deleted = Det är inte känt vad en agent har hanterat i en kö: enskilda samtal från { $source } före { $day } är raderade. Gruppera efter tid.
handled_days_max = Vad en agent har hanterat i en kö är bara känt för högst { $count } dagar åt gången. Välj en kortare period.
intervals_max = Det skulle bli fler än { $count } intervall. Välj en kortare period eller ett längre intervall.

## Notes

hours_left_out = Bara öppettider.
always_open = De här köerna har inga öppettider, så alla timmar räknas.
partly_open_unknown = Där filer har hela timmar eller dagar som bara delvis är öppna är värdena okända.
sign_outs_left_out = Utloggningsorsaker visas inte: agenter har inga öppettider.
live_rows_note = Rader märkta ”realtid” kommer från tavlorna. De ersätts när exporten kommer och läggs aldrig ihop med den.
utc_note = En del värden följer exportens timmar eller dygn i UTC.
shortest_interval = För den här perioden är det kortaste intervallet { $step }.
foreign_zone = Tiderna är i { $zone }, inte i kontaktcentrets tidszon.
use_site_zone = Använd kontaktcentrets tidszon
comparison_not_earlier = Inte jämfört: { $day } är inte före perioden.
rows_not_compared = Rader jämförs först när perioden är över. Det gäller inte värdena ovanför.
only_missed_rows = Bara rader som missade sitt mål visas, och bara de ingår i summan.
heat_of_queues = Värmekartor visar köers samtal: exporter har dem inte per agent.
handled_rows_note = Raderna räknar vad agenter har hanterat i varje kö, samtal för samtal. Exporter delar inte upp agenters övriga tid per kö.
agent_in_groups = En agent i flera grupper räknas i var och en, så det finns ingen summa.
queue_in_groups = En kö i flera grupper räknas i var och en, så det finns ingen summa.
agents_hidden = { $count ->
    [one] 1 agent är dold: varken bland raderna eller i deras summa. Värdena ovanför omfattar alla.
   *[other] { $count } agenter är dolda: varken bland raderna eller i deras summa. Värdena ovanför omfattar alla.
}
queues_hidden = { $count ->
    [one] 1 kö är dold: varken bland raderna eller i deras summa. Värdena ovanför omfattar alla.
   *[other] { $count } köer är dolda: varken bland raderna eller i deras summa. Värdena ovanför omfattar alla.
}
agents_withheld = Värden om agenter visas inte för dig: det framgår inte av filerna hur många agenter som arbetade i en kö, och ett litet teams värden visas inte.
no_plan_of_period = Ingen plan har den här tiden eller de här köerna.
plan_of_queues = Planer gäller tider och köer. Välj rader efter tid eller kö och ingen agent, så visas planen.
queues_unplanned = Jämförs inte: { $names } finns inte i någon plan, men det kom kontakter.
plan_unmatched = Utan kö: { $names }. Lägg till namnen i planen under queues i dess datakälla.
no_schedule_of_period = Inget schema har den här tiden eller de här agenterna.
schedule_unmatched = Hör inte till någon agent ({ $names }): ge en agent eller en person det namnet under names eller people.
activities_unclassed = Utelämnade, eftersom deras klass är okänd: { $names }. Lägg till dem under activities i datakällan.
adherence_partly_unknown = För en del av den schemalagda tiden är det okänt vad agenterna gjorde: schemaföljsamhet och arbetad andel gäller resten.
required_computed = Agentbehov som saknas i planen är beräknat med Erlang C efter varje kös mål.
rows_closed = { $count ->
    [one] 1 rad visas inte: stängd hela perioden.
   *[other] { $count } rader visas inte: stängda hela perioden.
}
live_incomplete = Värden i realtid är inte kompletta för de här köerna tillsammans: tavlor har inga data för { $names }.
# $figures are one or more of the next message.
board_differs = Tavla och export: { $figures }.
board_differs_partly = Tavla och export, för en del av dagen: { $figures }.
board_and_export = { $label }: tavla { $board }, export { $export }
no_calls_at = Inga samtal { $times }.
more_gaps = { $count ->
    [one] och 1 lucka till
   *[other] och { $count } luckor till
}

## What one source lacks

source_gap = { $source }: { $gap }
export_source = Export
gap_of_period = inga data för perioden
gap_of_today = inga data för i dag ännu
gap_of_period_yet = inga data för perioden ännu
gap_from = inga data från { $time }
gap_partly = hela perioden är inte importerad
gap_before = inga data för { $period }
gap_before_partly = inte helt importerad: { $period }

## What needs attention

missed_heading = ▼ Missat
quarter_hours = { $count ->
    [one] kvart
   *[other] kvartar
}
half_hours = { $count ->
    [one] halvtimme
   *[other] halvtimmar
}
whole_hours = { $count ->
    [one] timme
   *[other] timmar
}
whole_days = { $count ->
    [one] dag
   *[other] dagar
}
whole_weeks = { $count ->
    [one] vecka
   *[other] veckor
}
whole_months = { $count ->
    [one] månad
   *[other] månader
}
judged_queues = { $count ->
    [one] kö
   *[other] köer
}
judged_queue_groups = { $count ->
    [one] kögrupp
   *[other] kögrupper
}
judged_agents = { $count ->
    [one] agent
   *[other] agenter
}
target_of = målet på { $percent }
threshold_of = tröskeln på { $percent }
own_targets = { $count ->
    [one] sitt eget mål
   *[other] sina egna mål
}
# The target, and rows that aren't judged by it: the end of each sentence below.
target_and_rest = { $target }, { $rest }
not_judged = { $count ->
    [one] 1 inte bedömd ({ $reasons })
   *[other] { $count } inte bedömda ({ $reasons })
}
counted_reason = { $reason }: { $count }
reason_in_progress = pågår
reason_partly_imported = delvis importerat
reason_few_calls = färre än { $count } samtal
only_one_met = Bara 1 { $unit } hade samtal, och nådde { $target }.
all_met = Alla { $count } { $unit } med samtal nådde { $target }.
some_missed = { $missed } av { $count } { $unit } med samtal missade { $target }:
listed_missed = { $count } { $unit } missade { $target }:
and_more = och { $count } till
show_only_missed = Visa bara missade
show_only_missed_count = Visa bara missade ({ $count })
own_target_each = Varje kö har sitt eget mål.
show_who_missed = Visa vilka köer som missade sitt mål
compared_figures = Mot { $period }: { $figures }.
compared_offered = inkommande { $now } ({ $before })
compared_abandoned = tappade { $now } ({ $before })
compared_level = { $label } { $now } ({ $before })
compared_answer_speed = snittsvarstid { $now } ({ $before })
compared_handled = hanterade { $now } ({ $before })
compared_handle_time = hanteringstid i snitt { $now } ({ $before })
compared_occupancy = beläggning { $now } ({ $before })
not_compared_with = Inte jämfört med { $period }.
nothing_in_both = Inget avslutat intervall har data i båda perioderna.
only_in_both = Bara avslutade intervall med data i båda perioderna jämförs.
calls_abandoned = { $count ->
    [0] Inga tappade samtal.
    [one] 1 samtal tappades.
   *[other] { $count } samtal tappades.
}

## The pages of figures of other systems

no_custom_figure = Inget värde från ett annat system är angivet i konfigurationen.
no_figure_stored = Inget värde är sparat från den här tiden.
past_values = Värden
lowest_to_highest = lägsta till högsta
lowest_column = Lägst
mean_column = Medel
highest_column = Högst
# In a column “No data”.
nothing_known = hela tiden
earlier_changes_in_file = Tidigare ändringar finns bara i filen.
figure_by_queue = per kö
last_days_counted = Senaste { $count } dagarna
figure_value_at = { $value } kl. { $time }.
figure_extremes = Lägst: { $low }. Högst: { $high }.

## Sparade vyer

saved_views = Sparade vyer
# In the heading of a list that opens.
saved_views_count = Sparade vyer ({ $count })
manage_views = Byt namn på, dela eller ta bort vyer
save_view = Spara vyn
view_name = Namn
example_view = Måndagar per kö
view_shared = Dela med alla som kan se Historik
view_found_by = Visas för
view_found_by_all = Alla
view_found_by_me = Bara dig
view_change = Ändra
view_saved = Vyn är sparad.
view_deleted = Vyn är borttagen.
no_saved_views = Inga sparade vyer ännu. Öppna Historik, välj det du behöver och spara det under ”Sparade vyer”.
view_name_length = Ett namn behöver 1 till { $count } tecken.
view_name_taken = En annan vy har det namnet. Välj ett annat.
view_too_long = Sidan har för många val för att sparas. Välj färre köer.
view_changed_meanwhile = Inte sparad: vyn har ändrats eller tagits bort under tiden. Försök igen.
views_too_many = Du har redan { $count } vyer. Ta bort en först.
