# Die Felder von Datenquellen und Kanälen, jedes mit einem Hinweis. Schlüssel und Wörter der Konfiguration sind Daten.

channel_kind_teams = Microsoft Teams
channel_kind_slack = Slack
channel_kind_email = E-Mail
channel_kind_webhook = Eigener Webhook

## Vergic Engage
field_vngage_url = Adresse mit Benutzer und Passwort
    .hint = Von Vergic, in der Form amqps://user:password@host:5671/vhost; in Benutzer und Passwort schreiben Sie %40 für @ und %2F für /.
field_vngage_exchange = Exchange
    .hint = Der Exchange der Integration, den Vergic nennt, meist integration.
field_vngage_events_exchange = Exchange für Ereignisse
    .hint = Nur wenn Vergic für Ereignisse einen anderen nennt.
field_vngage_queue = Queue von Wallboard
    .hint = Ihr Name beim Broker, ohne Angabe wallboard: Zwei Server brauchen zwei Namen.
field_vngage_prefetch = Unbestätigte Nachrichten
    .hint = Ohne Angabe 300.
field_vngage_queue_of = Solutions, die immer zu einer Gruppe führen
    .hint = Je Zeile eine, mit den Kennungen aus der Konsole von Vergic: "solution" = "group".
field_vngage_not_queued = Solutions ohne Warteschlange
    .hint = Die Kennungen von Formularen aus der Konsole von Vergic, je Zeile eine.
field_vngage_allow_plaintext = amqp:// ohne Verschlüsselung erlauben
    .hint = Das Passwort kann dann im Netz mitgelesen werden.

## Stat Server, of Genesys and GMS
field_statserver_password = Passwort
    .hint = Das des Benutzers.
field_statserver_interval = Abfrageintervall
    .hint = Ohne Angabe 5s.
field_statserver_states = Status der Agenten
    .hint = Was die Status des Stat Servers bedeuten, wenn nicht das Übliche: je Zeile einer, zum Beispiel "15" = "wrap_up".
field_statserver_reasons = Namen der Grundcodes
    .hint = Die Codes, die Agenten wählen, je Zeile einer: "17" = "Mittag".

## Genesys
field_genesys_base_url = Adresse der API
    .hint = Von Genesys, zum Beispiel https://api.example.com, ohne /statistics/v3.
field_genesys_api_key = API-Schlüssel
    .hint = Wenn Sie einen von Genesys haben.
field_genesys_client_id = Client-ID
    .hint = Von Genesys.
field_genesys_client_secret = Client-Geheimnis
    .hint = Von Genesys.
field_genesys_grant = Anmeldung mit
    .hint = Benutzer und Passwort, außer Genesys hat den Client für client_credentials eingerichtet.
field_genesys_username = Benutzer
    .hint = Mit seinem Mandanten, wie in Agent Setup: tenant\user.
field_genesys_statistics = Statistiken
    .hint = Je Zeile eine; Pulse zeigt ihre Namen.
field_genesys_token_url = Adresse der Zugriffstokens
    .hint = Nur wenn sie von woanders kommen als die API.
field_genesys_mode = Modus
    .hint = Wählen Sie poll nur, wenn Ihr Netz Verbindungen schließt, die offen bleiben.
field_genesys_transport = Transport
    .hint = Ohne Angabe WebSocket, wenn der Server es anbietet.
field_genesys_chunk = Statistiken je Abonnement
    .hint = Ohne Angabe 200; weniger, wenn Genesys so viele ablehnt.
field_genesys_allow_plaintext = http:// ohne Verschlüsselung erlauben
    .hint = Passwörter und Tokens können dann im Netz mitgelesen werden.

## GMS
field_gms_base_url = Adressen der GMS-Knoten
    .hint = Je Zeile eine in der Reihenfolge der Verwendung, in der Form http://gms-a:8080/genesys/1: Port und Pfad stehen in den Application Options von GMS.
field_gms_username = Benutzer
    .hint = Ein GMS-Benutzer, der Statistiken lesen darf; ohne ihn funktionieren nur interne Statistiken.
field_gms_statistics = Statistiken
    .hint = Je Zeile eine; die Namen sind die aus den Optionen Ihres Stat Servers.
field_gms_max_age = Ältester Wert aus dem Cache
    .hint = Ohne Angabe 2s.
field_gms_allow_plaintext = http:// ohne Verschlüsselung erlauben
    .hint = Das Passwort kann dann im Netz mitgelesen werden.

## API
field_values_valid_for = Gültigkeit eines Werts
    .hint = Ohne Angabe 1m. Ein Wert, der bis dahin nicht erneut gesendet wurde, ist veraltet.
field_values_url = Adresse, die gefragt wird
    .hint = Antwortet mit JSON, etwa https://pbx.example.com/queues.json. Ohne Adresse sendet das System seine Werte.
field_values_format = Format
    .hint = csv: eine veröffentlichte Tabelle. Ohne Angabe json.
field_values_interval = Wie oft
    .hint = Ohne Angabe 10s; höchstens die Hälfte der Gültigkeit eines Werts.
field_values_authorization = Kopfzeile Authorization
    .hint = Falls die Adresse eine braucht, etwa Bearer und ein Token.
field_values_time = Ort der Zeit
    .hint = JSON Pointer darauf, wann die Werte galten, etwa /updated; ohne Angabe die Zeit der Antwort.
field_values_figures = Werte des Standorts
    .hint = Mit den Schlüsseln aus [figures], je mit ihrem Ort, etwa orders = "/today/orders".
field_values_queues_list = Warteschlangen: Liste
    .hint = Ihr JSON Pointer in der Antwort, etwa /queues.
field_values_queues_id = Warteschlangen: ID
    .hint = Ihr JSON Pointer in einem Eintrag, etwa /number.
field_values_queues_name = Warteschlangen: Name
    .hint = Sein JSON Pointer in einem Eintrag, etwa /title.
field_values_queues_metrics = Warteschlangen: Kennzahlen
    .hint = Eine je Zeile: waiting = "/calls" oder longest_wait = "/oldest ms".
field_values_queues_figures = Warteschlangen: Werte
    .hint = Mit den Schlüsseln aus [figures], je mit ihrem JSON Pointer in einem Eintrag.
field_values_agents_list = Agenten: Liste
    .hint = Ihr JSON Pointer in der Antwort, etwa /agents.
field_values_agents_id = Agenten: ID
    .hint = Ihr JSON Pointer in einem Eintrag, etwa /login.
field_values_agents_name = Agenten: Name
    .hint = Sein JSON Pointer in einem Eintrag, etwa /name.
field_values_agents_state = Agenten: Status
    .hint = Sein JSON Pointer in einem Eintrag, etwa /status.
field_values_agents_states = Agenten: Wörter für den Status
    .hint = Was die Wörter des Systems bedeuten, eines je Zeile: "Lunch" = "not_ready".
field_values_agents_metrics = Agenten: Kennzahlen
    .hint = Eine je Zeile: handled = "/answered".
field_values_allow_plaintext = http:// ohne Verschlüsselung erlauben
    .hint = Passwörter und Tokens können dann im Netz mitgelesen werden.

## Files
field_import_settle = Eine Datei ist vollständig nach
    .hint = Ohne Angabe nach 10s, in denen sich ihre Größe und Zeit nicht ändern.

## Vergic Statistics Export
field_vergic_host = SFTP-Server
    .hint = Von Vergic, meist statsexport.vergic.com.
field_vergic_username = Benutzer
    .hint = Der Kontoname von Vergic.
field_vergic_key = Privater Schlüssel
    .hint = Der ganze Text des Schlüssels, dessen öffentlichen Teil Vergic hat, von BEGIN bis END.
field_vergic_key_passphrase = Passphrase des Schlüssels
    .hint = Falls er eine hat.
field_vergic_host_key = Fingerabdruck des Servers
    .hint = Von Vergic auf einem anderen Weg, als SHA256:…
field_vergic_columns = Spalten
    .hint = Je Zeile ein Datensatz; unter „Datenquellen“ stehen die Spalten Ihrer Dateien mit dem Text für dieses Feld.
field_vergic_port = Port
    .hint = Ohne Angabe 22.
field_vergic_root = Ordner auf dem Server
    .hint = Ohne Angabe Metrics.
field_vergic_interval = Zeit zwischen zwei Suchen nach Dateien
    .hint = Ohne Angabe 10m.
field_vergic_history = Der erste Import reicht zurück
    .hint = Ohne Angabe 100d.

## Sangoma
field_sangoma_tenant = Mandant
    .hint = Die Zahl in den Namen der Dateien.
field_sangoma_s3_bucket = S3: Bucket
    .hint = Der Name in der S3-Konsole; lassen Sie die Felder von S3 leer, wenn Sie Azure verwenden.
field_sangoma_s3_region = S3: Region
    .hint = In der S3-Konsole neben dem Bucket; ohne Angabe us-east-1.
field_sangoma_s3_access_key_id = S3: Access Key ID
    .hint = In IAM, Sicherheitsanmeldeinformationen eines Benutzers, der nur den Bucket lesen darf.
field_sangoma_s3_secret_access_key = S3: Secret Access Key
    .hint = Wird einmal angezeigt, wenn IAM den Zugriffsschlüssel erstellt.
field_sangoma_s3_endpoint = S3: Adresse
    .hint = Nur für einen Speicher, der nicht von Amazon ist.
field_sangoma_azure_connection_string = Azure: Verbindungszeichenfolge
    .hint = Im Speicherkonto: Sicherheit + Netzwerk, Zugriffsschlüssel.
field_sangoma_azure_container = Azure: Container
    .hint = Im Speicherkonto: Datenspeicher, Container.
field_sangoma_time_zone = Zeitzone des Exports
    .hint = America/New_York, wenn Sangoma keine andere nennt.
field_sangoma_file_zone = Zeitzone des Datums in Dateinamen
    .hint = Nur wenn sie abweicht.
field_sangoma_end_by = Bedeutung der Beendigungsgründe
    .hint = Je Zeile einer; unter „Datenquellen“ stehen die fehlenden: "Agent" = "transferred".
field_sangoma_interval = Zeit zwischen zwei Suchen nach Dateien
    .hint = Ohne Angabe 30m.
field_sangoma_history = Der erste Import reicht zurück
    .hint = Ohne Angabe 400d.

## Plans
field_plan_columns = Spalten
    .hint = Je Zeile eine, mit den Überschriften Ihrer Dateien: time, date, queue, volume, handle_time oder agents = "Überschrift". Für Einsatzpläne: agent, activity, time, end.
field_plan_host = SFTP-Server
    .hint = Lassen Sie die Felder von SFTP mit S3 oder Azure leer.
field_plan_username = SFTP: Benutzer
    .hint = Vom Betreiber des Servers.
field_plan_key = SFTP: privater Schlüssel
    .hint = Der ganze Text des Schlüssels, dessen öffentlichen Teil der Server hat, von BEGIN bis END.
field_plan_host_key = SFTP: Fingerabdruck des Servers
    .hint = Vom Betreiber des Servers auf einem anderen Weg, als SHA256:…
field_plan_step = Länge der Intervalle
    .hint = Ohne Angabe 30m.
field_plan_date_order = Reihenfolge in Daten wie 11/05/2026
    .hint = Nur, wenn die Dateien solche Daten enthalten.
field_plan_queues = Namen der Warteschlangen
    .hint = Nur die abweichenden, je Zeile einer: "Name in den Dateien" = "ID einer Warteschlange oder Gruppe".
field_plan_activities = Aktivitäten der Einsatzpläne
    .hint = Nur solche, deren Wörter sie nicht klar machen, je Zeile eine: "Aktivität" = "work", "break", "off_phone" oder "absence".
field_plan_files = Dateien
    .hint = Ohne Angabe *.csv; * steht für beliebige Zeichen.
field_plan_time_zone = Zeitzone der Dateien
    .hint = Ohne Angabe die des Standorts.

## Channels
field_channel_hourly_max = Nachrichten pro Stunde
    .hint = Von 2 bis 1000; ohne Angabe 20. Weitere Nachrichten werden zu einer.
field_channel_allow_plaintext = http:// ohne Verschlüsselung erlauben
    .hint = Jeder im Netz kann dann die Nachrichten lesen.
field_teams_url = Adresse des Workflows
    .hint = In Teams: … neben dem Kanal, Workflows, „Send webhook alerts to a channel“. Der letzte Schritt zeigt die Adresse.
field_slack_url = Adresse des Webhooks
    .hint = Auf api.slack.com/apps: Ihre App, Incoming Webhooks, Add New Webhook to Workspace. Jeder Slack-Kanal hat einen eigenen.
field_email_host = Mailserver
    .hint = Microsoft 365: smtp.office365.com, mit authentifiziertem SMTP für das Konto. Google: smtp.gmail.com.
field_email_username = Benutzer
    .hint = Das Konto, das sendet, meist seine Adresse. Lassen Sie es leer, wenn der Server Mails ohne Anmeldung annimmt.
field_email_password = Passwort
    .hint = Bei Google ein App-Passwort des Kontos.
field_email_from = Absender
    .hint = Eine Adresse, von der das Konto senden darf: Wallboard <wallboard@example.com>.
field_email_to = Empfänger
    .hint = Je Zeile eine Adresse, höchstens 50. Für mehr Personen nehmen Sie eine Verteilerliste.
field_email_encryption = Verschlüsselung
    .hint = starttls hat meist Port 587, tls Port 465. Ohne Verschlüsselung wird nie gesendet.
field_email_port = Port
    .hint = Ohne Angabe der übliche der Verschlüsselung.
field_webhook_url = Adresse
    .hint = Wo Ihr Programm ein POST mit JSON annimmt.
field_webhook_secret = Geheimnis der Signatur
    .hint = Ihr Programm prüft damit jede Nachricht. Erzeugen Sie eines mit: openssl rand -base64 32
