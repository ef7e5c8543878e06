# What each metric is, on pages. The message says how the source means it; `.counted` where Wallboard follows
# single contacts; `.label` is its name on a page, and `.unknown` why it may have no value.

unknown_not_reported = Källan har inte rapporterat något värde ännu.
unknown_nothing_yet = Inga kontakter att räkna på ännu i dag.
unknown_entries = Inte tillgängligt per kö: Vngage anger kön först när en agent öppnar kontakten. Om en lösning alltid leder till samma kö kan du ange queue_of i konfigurationen.

about_waiting = Kontakter som väntar i kön.
    .label = { metric_waiting }
    .counted = { about_waiting }
    .unknown = { unknown_not_reported }

about_in_conversation = Kontakter i samtal med en agent i den här kön.
    .label = { metric_in_conversation }
    .counted = { about_in_conversation }
    .unknown = { unknown_not_reported }

about_longest_wait = Hur länge den kontakt som har väntat längst har varit i kön. Källan rapporterar tiden; mellan rapporterna går klockan här.
    .label = { metric_longest_wait }
    .counted = { about_longest_wait }
    .unknown = { unknown_not_reported }

about_average_wait = Källans eget genomsnitt av de senaste väntetiderna. Leverantörerna anger inte vilka väntetider som ingår.
    .label = { metric_average_wait }
    .counted = { about_average_wait }
    .unknown = Inte uppdaterat de senaste 15 minuterna.

about_expected_wait = Källans uppskattning för en kontakt som kommer nu. Den ändras bara när källan rapporterar en ny.
    .label = { metric_expected_wait }
    .counted = { about_expected_wait }
    .unknown = { unknown_not_reported }

about_agents_available = Agenter som kan ta en kontakt i den här kön. En agent i två köer räknas i båda.
    .label = { metric_agents_available }
    .counted = { about_agents_available }
    .unknown = { unknown_not_reported }

about_agents_logged_in = Agenter i den här kön som är inloggade.
    .label = { metric_agents_logged_in }
    .counted = { about_agents_logged_in }
    .unknown = { unknown_not_reported }

about_agents_not_ready = Agenter i den här kön som är inloggade men inte redo för kontakter.
    .label = { metric_agents_not_ready }
    .counted = { about_agents_not_ready }
    .unknown = { unknown_not_reported }

about_agents_in_conversation = Agenter i den här kön som är i samtal.
    .label = { metric_agents_in_conversation }
    .counted = { about_agents_in_conversation }
    .unknown = { unknown_not_reported }

about_offered = Kontakter som har kommit in i kön.
    .label = { metric_offered }
    .counted = Kontakter som har kommit in: besvarade + tappade + korta tappade + överflödade + fortfarande i kö.
    .unknown = { unknown_entries }

about_answered = Kontakter som en agent har besvarat.
    .label = { metric_answered }
    .counted = Kontakter som en agent har öppnat. En kontakt som öppnas igen efter att ha avslutats räknas en gång.
    .unknown = { unknown_not_reported }

about_abandoned = Kontakter som lämnade kön innan en agent svarade.
    .label = { metric_abandoned }
    .counted = Kontakter som lämnade kön innan en agent öppnade dem. Vngage har ingen händelse för det: när oöppnade ärenden är fler än besökarna i kön under en stund räknas överskottet som tappat, det äldsta först. Ett ärende som ändå öppnas räknas bort igen. Hur länge var och en hade väntat är inte känt, så korta tappade ingår.
    .unknown = { unknown_entries }

about_short_abandoned = Kontakter som lämnade kön före källans egen tidsgräns.
    .label = { metric_short_abandoned }
    .counted = Kontakter som lämnade kön inom kortare tid än short_abandon i [targets].
    .unknown = Chatten rapporterar inte när besökare lämnar kön, så deras väntetid är inte känd.

about_flow_outs = Obesvarade kontakter som skickades till en annan kö, en röstbrevlåda eller återuppringning.
    .label = { metric_flow_outs }
    .counted = Obesvarade kontakter som skickades till en annan kö, en röstbrevlåda eller återuppringning.
    .unknown = { unknown_not_reported }

about_abandon_rate = Andelen kontakter som lämnade kön obesvarade, enligt källans beräkning.
    .label = { metric_abandon_rate }
    .counted = Tappade ÷ (besvarade + tappade + överflödade). Korta tappade ingår inte.
    .unknown = { unknown_entries }

about_service_level = Andelen kontakter som besvarades inom leverantörens eget svarsmål, enligt källans beräkning. Leverantörens statistik bestämmer den tiden, inte [targets].
    .label = { metric_service_level }
    .counted = Kontakter som besvarades inom svarsmålet ÷ kontakter. Formeln bestämmer vilka kontakter som räknas.
    .unknown = { unknown_nothing_yet }

about_average_speed_of_answer = Hur länge besvarade kontakter hade väntat i snitt, enligt källans beräkning.
    .label = { metric_average_speed_of_answer }
    .counted = Snittid från att kontakten kom in i kön tills den öppnades, för besvarade kontakter med känd väntetid.
    .unknown = { unknown_nothing_yet }

about_average_handle_time = Tid per kontakt i snitt. Källans statistik bestämmer vad som ingår: oftast samtal, parkering och efterarbete.
    .label = Hanteringstid i snitt
    .counted = Tid från öppning till avslut eller vidarekoppling ÷ hanterade samtal. Källan rapporterar inte efterarbete och parkering, så de ingår inte.
    .unknown = { unknown_nothing_yet }

about_average_talk_time = Tid i samtal ÷ kontakter, enligt källans beräkning.
    .label = Samtalstid i snitt
    .counted = { about_average_talk_time }
    .unknown = { unknown_nothing_yet }

about_average_wrap_up = Tid för arbete efter en kontakt ÷ kontakter, enligt källans beräkning.
    .label = Efterarbete i snitt
    .counted = { about_average_wrap_up }
    .unknown = { unknown_nothing_yet }

about_first_response_time = Tid till första svar i snitt, enligt källans beräkning.
    .label = Tid till första svar
    .counted = Tid från besökarens första meddelande till en agents första meddelande, i snitt. Känd när ett samtal avslutas; anteckningar och automatiska texter räknas inte.
    .unknown = { unknown_nothing_yet }

about_transferred = Vidarekopplade kontakter.
    .label = Vidarekopplade
    .counted = Samtal som en agent kopplade vidare till en annan kö. Tillbaka till samma kö är ingen vidarekoppling.
    .unknown = { unknown_not_reported }

about_outcome_positive = Kontakter där agenten senast angav utfallet positivt.
    .label = { metric_outcome_positive }
    .counted = { about_outcome_positive }
    .unknown = { unknown_not_reported }

about_outcome_negative = Kontakter där agenten senast angav utfallet negativt.
    .label = { metric_outcome_negative }
    .counted = { about_outcome_negative }
    .unknown = { unknown_not_reported }

about_outcome_neutral = Kontakter där agenten senast angav utfallet neutralt.
    .label = { metric_outcome_neutral }
    .counted = { about_outcome_neutral }
    .unknown = { unknown_not_reported }

about_outcome_unresolved = Kontakter där agenten senast angav utfallet olöst; de kan öppnas igen.
    .label = { metric_outcome_unresolved }
    .counted = { about_outcome_unresolved }
    .unknown = { unknown_not_reported }

about_occupancy = Tid med kontakter ÷ inloggad tid utan pauser, enligt källans beräkning.
    .label = { metric_occupancy }
    .counted = { about_occupancy }
    .unknown = { unknown_nothing_yet }

about_cases = Ärenden som den här agenten har öppnat eller fått kopplade till sig och som inte är avslutade.
    .label = { metric_cases }
    .counted = { about_cases }
    .unknown = Anslutningen har varit bruten, och det är inte säkert ännu att inget ärende missades.

about_handled = Kontakter som den här agenten har besvarat.
    .label = { metric_handled }
    .counted = Samtal som den här agenten har avslutat eller kopplat vidare. En kontakt som öppnas och avslutas igen räknas två gånger.
    .unknown = { unknown_not_reported }

about_missed = Kontakter som erbjöds den här agenten men inte besvarades.
    .label = { metric_missed }
    .counted = { about_missed }
    .unknown = { unknown_not_reported }

about_logged_in_time = Inloggad tid i dag.
    .label = { metric_logged_in_time }
    .counted = { about_logged_in_time }
    .unknown = { unknown_not_reported }

about_ready_time = Tid redo för kontakter i dag.
    .label = { metric_ready_time }
    .counted = { about_ready_time }
    .unknown = { unknown_not_reported }

about_not_ready_time = Tid på paus och i annat arbete i dag.
    .label = { metric_not_ready_time }
    .counted = { about_not_ready_time }
    .unknown = { unknown_not_reported }

about_talk_time = Tid i samtal i dag.
    .label = { metric_talk_time }
    .counted = { about_talk_time }
    .unknown = { unknown_not_reported }

about_hold_time = Tid med parkerade kontakter i dag.
    .label = { metric_hold_time }
    .counted = { about_hold_time }
    .unknown = { unknown_not_reported }

about_wrap_up_time = Tid för arbete efter kontakter i dag.
    .label = { metric_wrap_up_time }
    .counted = { about_wrap_up_time }
    .unknown = { unknown_not_reported }
