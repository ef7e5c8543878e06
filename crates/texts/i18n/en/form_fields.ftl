# The fields of data sources and channels, each with a hint. Keys and words of the configuration are data.

channel_kind_teams = Microsoft Teams
channel_kind_slack = Slack
channel_kind_email = Email
channel_kind_webhook = Webhook of your own

## Vergic Engage
field_vngage_url = Address with user and password
    .hint = From Vergic, as amqps://user:password@host:5671/vhost; in user and password write %40 for @ and %2F for /.
field_vngage_exchange = Exchange
    .hint = The integration exchange that Vergic names, usually integration.
field_vngage_events_exchange = Exchange for events
    .hint = Only if Vergic names a different one for events.
field_vngage_queue = Wallboard’s queue
    .hint = Its name at the broker, wallboard unless set: two servers need two names.
field_vngage_prefetch = Messages in flight
    .hint = 300 unless set.
field_vngage_queue_of = Solutions that always lead to one group
    .hint = One a line, with the IDs of Vergic’s console: "solution" = "group".
field_vngage_not_queued = Solutions that never queue
    .hint = The IDs of forms in Vergic’s console, one a line.
field_vngage_allow_plaintext = Allow amqp:// without encryption
    .hint = The password can then be read on the network.

## Stat Server, of Genesys and GMS
field_statserver_password = Password
    .hint = The user’s.
field_statserver_interval = Polling interval
    .hint = 5s unless set.
field_statserver_states = Agents’ states
    .hint = What Stat Server’s states mean, if not the usual: one a line, such as "15" = "wrap_up".
field_statserver_reasons = Names of reason codes
    .hint = The codes that agents choose, one a line: "17" = "Lunch".

## Genesys
field_genesys_base_url = Address of the API
    .hint = From Genesys, such as https://api.example.com, without /statistics/v3.
field_genesys_api_key = API key
    .hint = If Genesys gave you one.
field_genesys_client_id = Client ID
    .hint = From Genesys.
field_genesys_client_secret = Client secret
    .hint = From Genesys.
field_genesys_grant = Signs in with
    .hint = A user and password, unless Genesys set the client up for client_credentials.
field_genesys_username = User
    .hint = With its tenant, as in Agent Setup: tenant\user.
field_genesys_statistics = Statistics
    .hint = One a line; Pulse shows their names.
field_genesys_token_url = Address of tokens
    .hint = Only if they come from somewhere else than the API.
field_genesys_mode = Mode
    .hint = Poll only if your network closes connections that stay open.
field_genesys_transport = Transport
    .hint = WebSocket if the server offers it, unless set.
field_genesys_chunk = Statistics per subscription
    .hint = 200 unless set; fewer if Genesys rejects that many.
field_genesys_allow_plaintext = Allow http:// without encryption
    .hint = Passwords and tokens can then be read on the network.

## GMS
field_gms_base_url = Addresses of the GMS nodes
    .hint = One a line in order of use, as http://gms-a:8080/genesys/1: port and path are in GMS’ application options.
field_gms_username = User
    .hint = A GMS user who may read statistics; without one, only internal statistics work.
field_gms_statistics = Statistics
    .hint = One a line; the names are those of your Stat Server’s options.
field_gms_max_age = Oldest cached value
    .hint = 2s unless set.
field_gms_allow_plaintext = Allow http:// without encryption
    .hint = The password can then be read on the network.

## API
field_values_valid_for = How long a value is valid
    .hint = 1m unless set. A value that isn’t sent again by then is out of date.
field_values_url = Address to ask
    .hint = Responds with JSON, such as https://pbx.example.com/queues.json. Without one, the system sends its values.
field_values_format = Format
    .hint = csv: a published spreadsheet. json if nothing is chosen.
field_values_interval = How often
    .hint = 10s unless set; at most half of the time for which a value is valid.
field_values_authorization = Authorization header
    .hint = If the address needs one, such as Bearer and a token.
field_values_time = Place of the time
    .hint = The JSON Pointer of when the values applied, such as /updated; the time of the response unless set.
field_values_figures = Figures of the site
    .hint = By their keys in [figures], each with its place, such as orders = "/today/orders".
field_values_queues_list = Queues: list
    .hint = Its JSON Pointer in the response, such as /queues.
field_values_queues_id = Queues: ID
    .hint = Its JSON Pointer in an item, such as /number.
field_values_queues_name = Queues: name
    .hint = Its JSON Pointer in an item, such as /title.
field_values_queues_metrics = Queues: metrics
    .hint = One a line: waiting = "/calls", or longest_wait = "/oldest ms".
field_values_queues_figures = Queues: figures
    .hint = By their keys in [figures], each with its JSON Pointer in an item.
field_values_agents_list = Agents: list
    .hint = Its JSON Pointer in the response, such as /agents.
field_values_agents_id = Agents: ID
    .hint = Its JSON Pointer in an item, such as /login.
field_values_agents_name = Agents: name
    .hint = Its JSON Pointer in an item, such as /name.
field_values_agents_state = Agents: state
    .hint = Its JSON Pointer in an item, such as /status.
field_values_agents_states = Agents: words for states
    .hint = What the system’s words mean, one a line: "Lunch" = "not_ready".
field_values_agents_metrics = Agents: metrics
    .hint = One a line: handled = "/answered".
field_values_allow_plaintext = Allow http:// without encryption
    .hint = Passwords and tokens can then be read on the network.

## Files
field_import_settle = A file is complete after
    .hint = 10s without a change of its size and time unless set.

## Vergic Statistics Export
field_vergic_host = SFTP server
    .hint = From Vergic, usually statsexport.vergic.com.
field_vergic_username = User
    .hint = The account name from Vergic.
field_vergic_key = Private key
    .hint = The whole text of the key whose public half Vergic has, from BEGIN to END.
field_vergic_key_passphrase = Passphrase of the key
    .hint = If it has one.
field_vergic_host_key = Fingerprint of the server
    .hint = From Vergic over another way, as SHA256:…
field_vergic_columns = Columns
    .hint = One dataset a line; Data sources lists the columns of your files with the text for this field.
field_vergic_port = Port
    .hint = 22 unless set.
field_vergic_root = Folder at the server
    .hint = Metrics unless set.
field_vergic_interval = Looks for files every
    .hint = 10m unless set.
field_vergic_history = The first import goes back
    .hint = 100d unless set.

## Sangoma
field_sangoma_tenant = Tenant
    .hint = The number in the files’ names.
field_sangoma_s3_bucket = S3: bucket
    .hint = The name in the S3 console; leave the fields of S3 empty with Azure.
field_sangoma_s3_region = S3: region
    .hint = In the S3 console beside the bucket; us-east-1 unless set.
field_sangoma_s3_access_key_id = S3: access key ID
    .hint = In IAM, Security credentials of a user who may only read the bucket.
field_sangoma_s3_secret_access_key = S3: secret access key
    .hint = Shown once, when IAM made the access key.
field_sangoma_s3_endpoint = S3: address
    .hint = Only for a store that isn’t Amazon’s.
field_sangoma_azure_connection_string = Azure: connection string
    .hint = In the storage account: Security + networking, Access keys.
field_sangoma_azure_container = Azure: container
    .hint = In the storage account: Data storage, Containers.
field_sangoma_time_zone = Time zone of the export
    .hint = America/New_York unless Sangoma names another.
field_sangoma_file_zone = Time zone of the dates in file names
    .hint = Only if it differs.
field_sangoma_end_by = What end reasons mean
    .hint = One a line; Data sources lists those that are missing: "Agent" = "transferred".
field_sangoma_interval = Looks for files every
    .hint = 30m unless set.
field_sangoma_history = The first import goes back
    .hint = 400d unless set.

## Plans
field_plan_columns = Columns
    .hint = One a line, with the headers of your files: time, date, queue, volume, handle_time or agents = "header". For schedules: agent, activity, time, end.
field_plan_host = SFTP server
    .hint = Leave the fields of SFTP empty with S3 or Azure.
field_plan_username = SFTP: user
    .hint = From the server’s owner.
field_plan_key = SFTP: private key
    .hint = The whole text of the key whose public half the server has, from BEGIN to END.
field_plan_host_key = SFTP: fingerprint of the server
    .hint = From the server’s owner over another way, as SHA256:…
field_plan_step = Length of an interval
    .hint = 30m unless set.
field_plan_date_order = Order of dates such as 11/05/2026
    .hint = Only if the files have such dates.
field_plan_queues = Names of queues
    .hint = Only those that differ, one a line: "name in the files" = "ID of a queue or group".
field_plan_activities = Activities of schedules
    .hint = Only those that aren’t clear by their words, one a line: "activity" = "work", "break", "off_phone" or "absence".
field_plan_files = Files
    .hint = *.csv unless set; * stands for any characters.
field_plan_time_zone = Time zone of the files
    .hint = The site’s unless set.

## Channels
field_channel_hourly_max = Messages in an hour
    .hint = From 2 to 1000; without one, 20. Further messages become one.
field_channel_allow_plaintext = Allow http:// without encryption
    .hint = Everybody on the network can then read the messages.
field_teams_url = Workflow address
    .hint = In Teams: … next to the channel, Workflows, Send webhook alerts to a channel. Its last step shows the address.
field_slack_url = Webhook address
    .hint = At api.slack.com/apps: your app, Incoming Webhooks, Add New Webhook to Workspace. Each Slack channel has its own.
field_email_host = Mail server
    .hint = Microsoft 365: smtp.office365.com, with Authenticated SMTP turned on for the account. Google: smtp.gmail.com.
field_email_username = User
    .hint = The account that sends, usually its address. Leave it empty if the server accepts mail without a login.
field_email_password = Password
    .hint = With Google, an app password of the account.
field_email_from = Sender
    .hint = An address that the account may send from: Wallboard <wallboard@example.com>.
field_email_to = Recipients
    .hint = One address a line, at most 50. For more people, use a distribution list.
field_email_encryption = Encryption
    .hint = starttls usually has port 587, tls port 465. Mail is never sent without.
field_email_port = Port
    .hint = Without one, the usual port of the encryption.
field_webhook_url = Address
    .hint = Where your program accepts a POST with JSON.
field_webhook_secret = Signing secret
    .hint = Your program verifies each message with it. Make one with: openssl rand -base64 32
