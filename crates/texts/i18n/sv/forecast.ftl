# Prognosen på en kös sida.
forecast_heading = Prognos
forecast_contacts = { $range } nya kontakter fram till { $until }, troligast omkring { $middle }.
forecast_contacts_about = Omkring { $middle } nya kontakter fram till { $until }.
forecast_as_now = Som nu
forecast_one_less = 1 färre
forecast_one_more = 1 till
forecast_two_more = 2 till
forecast_enough = Agenterna som är här räcker för att nå { $goal }.
forecast_missing = { $count ->
    [one] Fram till { $until } saknas 1 agent för att nå { $goal }.
   *[other] Fram till { $until } saknas { $count } agenter för att nå { $goal }.
}
forecast_many_missing = Inte ens 40 agenter till skulle räcka för att nå { $goal } fram till { $until }.
forecast_counted = Det här är bästa fallet: antalet agenter är beräknat ur köns värden, som om de inte betjänade någon annan kö.
forecast_shared = Av { $count } agenter: { $queues }.
forecast_shared_with = { $count } betjänar även { $queue }
forecast_best_case = Det här är bästa fallet: kontakterna i andra köer som agenterna betjänar är inte kända.
forecast_best_case_without = Det här är bästa fallet: kontakterna i andra köer är inte kända ({ $queues }).
forecast_usual = Vanligtvis kommer omkring { $count } kontakter under den tiden.
forecast_today = Sedan { $time } har { $count } kommit, vanligtvis { $usual }.
forecast_handle_time = Hanteringstid: { $time }.
forecast_slots = Upp till { $count } kontakter samtidigt per agent.
forecast_erlang = Agenter som behövs enligt Erlang C: { $required }, på plats: { $count }.
forecast_note = I 8 fall av 10 hamnar utfallet inom intervallet. Beräknad { $time }.
forecast_calibration = Under de senaste fyra veckorna låg antalet kontakter inom sitt intervall i { $share } av { $count } halvtimmar.
forecast_level_calibration = Av { $count } servicenivåer gjorde { $share } det.

## Varför det inte finns någon
forecast_not_computed_yet = Ingen prognos ännu. Den beräknas en gång i minuten.
forecast_out_of_date = Ingen prognos: värden för kön eller dess agenter är inte aktuella.
forecast_closed = Ingen prognos: kön är stängd.
forecast_several_queues = Ingen prognos: gruppen har fler än 32 köer.
forecast_hidden_queue = Ingen prognos: en av gruppens köer är dold.
forecast_unknown_sharing = Ingen prognos för gruppen: dess agenter är bara räknade, så det är inte känt vilka som betjänar flera av köerna.
forecast_small_team = Ingen prognos: så få agenter betjänar kön att prognosen skulle visa vad var och en gör.
forecast_no_history = Ingen prognos: det finns ingen historik för kön.
forecast_few_days = Ingen prognos: historiken har färre än tre sådana veckodagar.
forecast_few_contacts = Ingen prognos: knappt några kontakter väntas.
forecast_no_agents = Ingen prognos: ingen av köns agenter är inloggad.
forecast_unknown_agents = Ingen prognos: källan rapporterar inte hur många agenter som betjänar kön.
forecast_unknown_handle_time = Ingen prognos: köns hanteringstid är inte känd.

## På tavlor, med få ord
outlook_level = servicenivåprognos
outlook_level_until = servicenivå till { $until }
outlook_wait_until = längsta väntetid till { $until }
outlook_enough = Agenterna räcker
outlook_missing = { $count ->
    [one] Det behövs 1 agent till
   *[other] Det behövs { $count } agenter till
}
outlook_many_missing = Det behövs över 40 agenter till
outlook_at_best = I bästa fall
outlook_best_enough = I bästa fall räcker agenterna
outlook_best_missing = { $count ->
    [one] Det behövs minst 1 agent till
   *[other] Det behövs minst { $count } agenter till
}
outlook_best_many_missing = Det behövs över 40 agenter till
# The contacts of today, beside those planned by now.
outlook_so_far = Hittills
outlook_so_far_inline = hittills
outlook_planned = plan { $count }
outlook_not_kept = Sparas inte
outlook_not_computed_yet = Ingen prognos ännu
outlook_several_queues = För många köer
outlook_hidden_queue = En kö är dold
outlook_small_team = För få agenter
outlook_no_history = Historik saknas
outlook_few_days = För lite historik
outlook_few_contacts = Få kontakter väntas
outlook_no_agents = Inga agenter inloggade
outlook_unknown_agents = Okända agenter
outlook_unknown_handle_time = Okänd hanteringstid

## För alla köer, bredvid planer
calibration_heading = Prognoser inom sitt intervall, senaste fyra veckorna
calibration_contacts = kontakter: { $share } av { $count } halvtimmar
calibration_levels = servicenivå: { $share } av { $count }
calibration_few = för få halvtimmar än så länge ({ $count })
