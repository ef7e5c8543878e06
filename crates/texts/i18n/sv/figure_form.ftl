# The form of a custom figure: a number or a state of another system.
figure_label = Etikett
figure_label_hint = Det som tavlor visar, högst 40 tecken. Enbart engelska används på alla språk.
figure_kind = Typ av värde
figure_kind_hint = Tavlor skriver varje typ på sitt sätt.
figure_kind_number = Tal
figure_kind_percent = Procent
figure_kind_duration = Tid, i sekunder
figure_kind_state = Läge, ett av flera ord
figure_source = Skickas av
figure_source_hint = En datakälla som skickar värden eller tillfrågas om dem, eller flera.
figure_no_source = Ingen datakälla skickar värden ännu. Skapa först en av den typen.
figure_unit = Enhet
figure_unit_hint = Efter talet, högst 12 tecken, till exempel st.
figure_decimals = Decimaler
figure_decimals_hint = 0 till 3.
figure_states = Ord som skickas
figure_states_hint = Vart och ett med etiketten som tavlor visar, högst 12 tecken; utan den visar de ordet. En rad utan ord tas bort.
figure_state_word = Ord
figure_state_severity = Allvar
figure_state_normal = Normalt
# For screen readers.
figure_state_new = Ett ord till
figure_state_add = Lägg till ett ord
figure_state_word_missing = En etikett saknar ord. Ange ordet som skickas.
figure_state_repeated = ”{ $word }” finns två gånger. Varje ord ska finnas en gång.
figure_limit_hint = Ett tal; för en tid till exempel 90s eller 2h. Tomt: ingen.
figure_clear_hint = Nivån gäller tills värdet är tillbaka här, så att den inte växlar hela tiden. Tomt: den upphör direkt.
figure_per = Gäller för
figure_per_hint = Hela kontaktcentret har ett värde, eller varje kö ett eget.
figure_per_site = Kontaktcentret
figure_per_queue = Varje kö
figure_merge = Flera värden tillsammans
figure_merge_hint = Från flera källor, eller från köerna i en grupp.
figure_merge_last = Det nyaste
figure_merge_sum = Summan
figure_merge_max = Det största, eller det allvarligaste läget
figure_valid_for = Giltigt i
figure_valid_for_hint = Ett värde som inte skickas igen inom den tiden är inaktuellt, till exempel 15m. Tomt: som källan har det.
figure_id_hint = Nyckeln som värdet skickas under, och den består: små bokstäver, siffror, _ och -. Tomt: skapas av etiketten.
figure_values_heading = Nu
figure_last_value = Senaste värde
# $time is a time, $age how long ago that was.
figure_age = { $time }, { $age } sedan
figure_out_of_date = Inaktuellt: { $time }, { $age } sedan
figure_of_queues = { $count ->
    [0] Ingen kö ännu
    [one] 1 kö
   *[other] { $count } köer
}
figure_further_queues = { $count ->
    [one] Och 1 kö till
   *[other] Och { $count } köer till
}
# $source is a link with the name of a data source.
figure_sent = { $source } skickar det som { $figure }.
# $place is a place in what the source's address responds with.
figure_polled = { $source } hämtar det från sin adress: { $place }.
figure_not_polled = { $source } frågar sin adress men har ännu ingen plats för värdet. Lägg till den i källans formulär.
