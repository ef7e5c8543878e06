# Fälten för datakällor och kanaler, vart och ett med en ledtext. Nycklar och ord i konfigurationen är data.

channel_kind_teams = Microsoft Teams
channel_kind_slack = Slack
channel_kind_email = E-post
channel_kind_webhook = Egen webhook

## Vergic Engage
field_vngage_url = Adress med användare och lösenord
    .hint = Från Vergic, i formen amqps://user:password@host:5671/vhost; i användare och lösenord skriver du %40 för @ och %2F för /.
field_vngage_exchange = Exchange
    .hint = Den exchange för integrationen som Vergic anger, oftast integration.
field_vngage_events_exchange = Exchange för händelser
    .hint = Bara om Vergic anger en annan för händelser.
field_vngage_queue = Wallboards kö
    .hint = Dess namn hos brokern, wallboard om inget annat anges: två servrar behöver två namn.
field_vngage_prefetch = Obekräftade meddelanden
    .hint = 300 om inget annat anges.
field_vngage_queue_of = Solutions som alltid leder till en grupp
    .hint = En per rad, med ID:n från Vergics konsol: "solution" = "group".
field_vngage_not_queued = Solutions som aldrig köar
    .hint = ID:n för formulär i Vergics konsol, ett per rad.
field_vngage_allow_plaintext = Tillåt amqp:// utan kryptering
    .hint = Lösenordet kan då läsas på nätverket.

## Stat Server, of Genesys and GMS
field_statserver_password = Lösenord
    .hint = Användarens.
field_statserver_interval = Intervall mellan frågor
    .hint = 5s om inget annat anges.
field_statserver_states = Agenternas statusar
    .hint = Betydelsen av Stat Servers statusar, om den inte är den vanliga: en per rad, till exempel "15" = "wrap_up".
field_statserver_reasons = Namn på orsakskoder
    .hint = Koderna som agenter väljer, en per rad: "17" = "Lunch".

## Genesys
field_genesys_base_url = API:ets adress
    .hint = Från Genesys, till exempel https://api.example.com, utan /statistics/v3.
field_genesys_api_key = API-nyckel
    .hint = Om du har fått en av Genesys.
field_genesys_client_id = Klient-ID
    .hint = Från Genesys.
field_genesys_client_secret = Klienthemlighet
    .hint = Från Genesys.
field_genesys_grant = Loggar in med
    .hint = Användare och lösenord, om inte Genesys har konfigurerat klienten för client_credentials.
field_genesys_username = Användare
    .hint = Med sin tenant, som i Agent Setup: tenant\user.
field_genesys_statistics = Statistik
    .hint = En per rad; Pulse visar deras namn.
field_genesys_token_url = Adress för åtkomsttoken
    .hint = Bara om de kommer från något annat ställe än API:et.
field_genesys_mode = Läge
    .hint = Välj poll bara om ditt nätverk stänger anslutningar som hålls öppna.
field_genesys_transport = Transport
    .hint = Om inget annat anges WebSocket, om servern erbjuder det.
field_genesys_chunk = Statistik per prenumeration
    .hint = 200 om inget annat anges; färre om Genesys avvisar så många.
field_genesys_allow_plaintext = Tillåt http:// utan kryptering
    .hint = Lösenord och token kan då läsas på nätverket.

## GMS
field_gms_base_url = GMS-nodernas adresser
    .hint = En per rad i den ordning de används, i formen http://gms-a:8080/genesys/1: port och sökväg står i GMS application options.
field_gms_username = Användare
    .hint = En GMS-användare som får läsa statistik; utan en fungerar bara intern statistik.
field_gms_statistics = Statistik
    .hint = En per rad; namnen är de som står i din Stat Servers options.
field_gms_max_age = Äldsta cachade värde
    .hint = 2s om inget annat anges.
field_gms_allow_plaintext = Tillåt http:// utan kryptering
    .hint = Lösenordet kan då läsas på nätverket.

## API
field_values_valid_for = Hur länge ett värde gäller
    .hint = 1m om inget annat anges. Ett värde som inte har skickats igen till dess är inaktuellt.
field_values_url = Adress att fråga
    .hint = Svarar med JSON, till exempel https://pbx.example.com/queues.json. Utan adress skickar systemet sina värden.
field_values_format = Format
    .hint = csv: ett publicerat kalkylblad. json om inget väljs.
field_values_interval = Hur ofta
    .hint = 10s om inget annat anges, högst halva tiden som ett värde gäller.
field_values_authorization = Rubriken Authorization
    .hint = Om adressen kräver en, till exempel Bearer och en token.
field_values_time = Tidens plats
    .hint = JSON Pointer till när värdena gällde, till exempel /updated. Svarets tid om inget anges.
field_values_figures = Hela kontaktcentrets värden
    .hint = Med nycklarna i [figures], vart och ett med sin plats, till exempel orders = "/today/orders".
field_values_queues_list = Köer: lista
    .hint = Dess JSON Pointer i svaret, till exempel /queues.
field_values_queues_id = Köer: ID
    .hint = Dess JSON Pointer i en post, till exempel /number.
field_values_queues_name = Köer: namn
    .hint = Dess JSON Pointer i en post, till exempel /title.
field_values_queues_metrics = Köer: nyckeltal
    .hint = Ett per rad: waiting = "/calls" eller longest_wait = "/oldest ms".
field_values_queues_figures = Köer: värden
    .hint = Med nycklarna i [figures], vart och ett med sin JSON Pointer i en post.
field_values_agents_list = Agenter: lista
    .hint = Dess JSON Pointer i svaret, till exempel /agents.
field_values_agents_id = Agenter: ID
    .hint = Dess JSON Pointer i en post, till exempel /login.
field_values_agents_name = Agenter: namn
    .hint = Dess JSON Pointer i en post, till exempel /name.
field_values_agents_state = Agenter: status
    .hint = Dess JSON Pointer i en post, till exempel /status.
field_values_agents_states = Agenter: ord för status
    .hint = Vad systemets ord betyder, ett per rad: "Lunch" = "not_ready".
field_values_agents_metrics = Agenter: nyckeltal
    .hint = Ett per rad: handled = "/answered".
field_values_allow_plaintext = Tillåt http:// utan kryptering
    .hint = Lösenord och token kan då läsas på nätverket.

## Files
field_import_settle = En fil är komplett efter
    .hint = Om inget annat anges 10s utan ändring av dess storlek och tid.

## Vergic Statistics Export
field_vergic_host = SFTP-server
    .hint = Från Vergic, oftast statsexport.vergic.com.
field_vergic_username = Användare
    .hint = Kontonamnet från Vergic.
field_vergic_key = Privat nyckel
    .hint = Hela texten för den nyckel vars publika del Vergic har, från BEGIN till END.
field_vergic_key_passphrase = Nyckelns lösenfras
    .hint = Om den har en.
field_vergic_host_key = Serverns fingeravtryck
    .hint = Från Vergic på något annat sätt, som SHA256:…
field_vergic_columns = Kolumner
    .hint = En datamängd per rad; Datakällor visar kolumnerna i dina filer med texten för det här fältet.
field_vergic_port = Port
    .hint = 22 om inget annat anges.
field_vergic_root = Mapp på servern
    .hint = Metrics om inget annat anges.
field_vergic_interval = Tid mellan sökningar efter filer
    .hint = 10m om inget annat anges.
field_vergic_history = Den första importen går tillbaka
    .hint = 100d om inget annat anges.

## Sangoma
field_sangoma_tenant = Tenant
    .hint = Numret i filernas namn.
field_sangoma_s3_bucket = S3: bucket
    .hint = Namnet i S3-konsolen; lämna fälten för S3 tomma med Azure.
field_sangoma_s3_region = S3: region
    .hint = I S3-konsolen bredvid bucketen; us-east-1 om inget annat anges.
field_sangoma_s3_access_key_id = S3: access key ID
    .hint = I IAM, Security credentials för en användare som bara får läsa bucketen.
field_sangoma_s3_secret_access_key = S3: secret access key
    .hint = Visas en gång, när IAM skapar åtkomstnyckeln.
field_sangoma_s3_endpoint = S3: adress
    .hint = Bara för ett lager som inte är Amazons.
field_sangoma_azure_connection_string = Azure: anslutningssträng
    .hint = I lagringskontot: Säkerhet + nätverk, Åtkomstnycklar.
field_sangoma_azure_container = Azure: container
    .hint = I lagringskontot: Datalagring, Containrar.
field_sangoma_time_zone = Exportens tidszon
    .hint = America/New_York om Sangoma inte anger någon annan.
field_sangoma_file_zone = Tidszon för datum i filnamn
    .hint = Bara om den är en annan.
field_sangoma_end_by = Betydelsen av avslutsorsaker
    .hint = En per rad; Datakällor visar dem som saknas: "Agent" = "transferred".
field_sangoma_interval = Tid mellan sökningar efter filer
    .hint = 30m om inget annat anges.
field_sangoma_history = Den första importen går tillbaka
    .hint = 400d om inget annat anges.

## Plans
field_plan_columns = Kolumner
    .hint = En per rad, med rubrikerna i dina filer: time, date, queue, volume, handle_time eller agents = "rubrik". För scheman: agent, activity, time, end.
field_plan_host = SFTP-server
    .hint = Lämna fälten för SFTP tomma med S3 eller Azure.
field_plan_username = SFTP: användare
    .hint = Från serverns ägare.
field_plan_key = SFTP: privat nyckel
    .hint = Hela texten för den nyckel vars publika del servern har, från BEGIN till END.
field_plan_host_key = SFTP: serverns fingeravtryck
    .hint = Från serverns ägare på något annat sätt, som SHA256:…
field_plan_step = Intervallens längd
    .hint = 30m om inget annat anges.
field_plan_date_order = Ordning i datum som 11/05/2026
    .hint = Bara om filerna har sådana datum.
field_plan_queues = Köernas namn
    .hint = Bara de som skiljer sig, ett per rad: "namn i filerna" = "ID för en kö eller grupp".
field_plan_activities = Aktiviteter i scheman
    .hint = Bara de som inte framgår av orden, en per rad: "aktivitet" = "work", "break", "off_phone" eller "absence".
field_plan_files = Filer
    .hint = *.csv om inget annat anges; * står för valfria tecken.
field_plan_time_zone = Filernas tidszon
    .hint = Platsens om inget annat anges.

## Channels
field_channel_hourly_max = Meddelanden per timme
    .hint = Från 2 till 1000; 20 om inget annat anges. Ytterligare meddelanden blir ett.
field_channel_allow_plaintext = Tillåt http:// utan kryptering
    .hint = Alla på nätverket kan då läsa meddelandena.
field_teams_url = Arbetsflödets adress
    .hint = I Teams: … bredvid kanalen, Arbetsflöden, ”Send webhook alerts to a channel”. Det sista steget visar adressen.
field_slack_url = Webhookens adress
    .hint = På api.slack.com/apps: din app, Incoming Webhooks, Add New Webhook to Workspace. Varje Slack-kanal har sin egen.
field_email_host = E-postserver
    .hint = Microsoft 365: smtp.office365.com, med autentiserad SMTP påslagen för kontot. Google: smtp.gmail.com.
field_email_username = Användare
    .hint = Kontot som skickar, oftast dess adress. Lämna det tomt om servern tar emot e-post utan inloggning.
field_email_password = Lösenord
    .hint = Med Google ett applösenord för kontot.
field_email_from = Avsändare
    .hint = En adress som kontot får skicka från: Wallboard <wallboard@example.com>.
field_email_to = Mottagare
    .hint = En adress per rad, högst 50. För fler personer, använd en distributionslista.
field_email_encryption = Kryptering
    .hint = starttls har oftast port 587, tls port 465. E-post skickas aldrig utan kryptering.
field_email_port = Port
    .hint = Krypteringens vanliga port om inget annat anges.
field_webhook_url = Adress
    .hint = Där ditt program tar emot ett POST-anrop med JSON.
field_webhook_secret = Signeringshemlighet
    .hint = Ditt program kontrollerar varje meddelande med den. Skapa en med: openssl rand -base64 32
