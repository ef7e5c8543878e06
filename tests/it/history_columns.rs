//! Columns of Vergic's files that nothing maps: found, drawn, in files and for scripts,
//! as the files have them and never as they have not.

use std::fs;

use serde_json::{Value, json};

use crate::support::{
    past::{HISTORY, Past, Served},
    until,
};

const SOON: std::time::Duration = std::time::Duration::from_secs(30);

const FILES: [(&str, &str); 6] = [
    (
        "2025/10/24/08/queues.csv",
        "Group;Chats;Smiles;Conversion %;Visitor phone\nSales;3;4;12,5;0701234567\nSupport;5;2;;\nTotal;8;6;12,5;\n",
    ),
    (
        "2025/10/24/09/queues.csv",
        "Group,Chats,Conversion %\nSales,3,50\n",
    ),
    // Smiles of a queue that is not to be seen.
    (
        "2025/10/24/10/queues.csv",
        "Group,Chats,Smiles,Conversion %\nSales,1,1,100\nBackdoor,1,7,0\n",
    ),
    // Its hours are here, so it is not looked at.
    (
        "2025/10/24/queues.csv",
        "Group,Chats,Smiles\nSales,900,900\n",
    ),
    ("2025/10/25/queues.csv", "Group,Chats,Smiles\nSales,30,20\n"),
    (
        "2025/10/24/08/bots.csv",
        "Name,Sessions\nAda,11\nTotal,11\n",
    ),
];

async fn served() -> (Past, Served) {
    let files = tempfile::tempdir().unwrap().keep();
    for (path, content) in FILES {
        let path = files.join("Metrics").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    let sources = format!(
        "[hide]\nqueues = [\"vergic/Backdoor\"]\n[sources.vergic]\nkind = \"vergic-export\"\n\
         folder = {:?}\n{HISTORY}\n[sources.vergic.columns]\n\
         \"queues\" = {{ queue = \"Group\", offered = \"Chats\" }}\n",
        files.display().to_string()
    );
    let past = Past::with(&sources, "wallboard.db");
    past.import();
    fs::remove_dir_all(files).unwrap();
    let served = past.serve().await;
    (past, served)
}

fn sums(intervals: &Value) -> Vec<&Value> {
    let intervals = intervals.as_array().unwrap().iter();
    intervals.map(|interval| &interval["sum"]).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nothing_maps_is_named_and_told_as_the_files_have_it() {
    let (_past, served) = served().await;
    let ask = async |question: &str| {
        let path = format!("/api/v1/history/columns?zone=UTC&{question}");
        served.get(&path).await.unwrap()
    };

    until("its columns are told", SOON, async || {
        let sources = served.get("/api/v1/sources").await?;
        let unmapped = &sources["sources"][0]["import"]["unmapped_columns"];
        let expected = json!({"bots": ["Name", "Sessions"], "queues": ["Smiles", "Conversion %"]});
        if *unmapped == expected {
            Ok(())
        } else {
            Err(sources.to_string())
        }
    })
    .await;
    let hours = ask(
        "column=vergic/queues/Smiles&by=queue&from=2025-10-24T07:00:00Z&to=2025-10-24T11:00:00Z",
    )
    .await;
    let days = ask("column=vergic/Queues/smiles&step=1d&from=2025-10-23&to=2025-10-26").await;
    let bots = ask("column=vergic/bots/Sessions&from=2025-10-24T08:00:00Z&to=2025-10-24T09:00:00Z");

    // An hour without a file, and one whose file lacks the column, are not known.
    let (none, six) = (Value::Null, json!(6.0));
    assert_eq!(sums(&hours["intervals"]), [&none, &six, &none, &json!(8.0)]);
    assert_eq!(
        hours["intervals"][1],
        json!({"start": "2025-10-24T08:00:00.000Z", "values": 2, "sum": 6.0, "mean": 3.0, "lowest": 2.0, "highest": 4.0})
    );
    // Who is hidden is in the sum and in no row.
    let series = hours["series"].as_array().unwrap();
    let ids: Vec<_> = series.iter().map(|series| &series["id"]).collect();
    assert_eq!(ids, ["vergic/Sales", "vergic/Support"]);
    assert_eq!(
        sums(&series[1]["intervals"]),
        [&none, &json!(2.0), &none, &none]
    );
    assert_eq!(
        sums(&days["intervals"]),
        [&none, &json!(14.0), &json!(20.0)]
    );
    assert_eq!(days["intervals"][1]["partial"], true);
    assert_eq!(sums(&bots.await["intervals"]), [&json!(11.0)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_a_column_shows_what_its_files_hold_and_the_same_is_in_them() {
    let (_past, served) = served().await;
    let chosen =
        "column=vergic%2Fqueues%2FSmiles&zone=UTC&range=days&from=2025-10-24&to=2025-10-24";

    let list = served.text("/history/columns").await;
    let page = served.text(&format!("/history/columns?{chosen}")).await;
    let finer = served
        .text(&format!("/history/columns?{chosen}&step=15m"))
        .await;
    let days = served
        .text("/history/columns?column=vergic%2Fqueues%2FSmiles&zone=UTC&range=days&from=2025-10-25&to=2025-10-25")
        .await;
    let csv = served.text(&format!("/history/columns.csv?{chosen}")).await;
    let by_queue = served
        .text(&format!("/history/columns.csv?{chosen}&by=queue"))
        .await;
    let history = served.text("/history").await;
    let day = "zone=UTC&range=days&from=2025-10-24&to=2025-10-24";
    let fitting = served.text(&format!("/history.csv?{day}")).await;
    let too_fine = served.text(&format!("/history?{day}&step=30m")).await;

    assert!(
        list.contains("href=\"/history/columns?range=7d&#38;column=vergic%2Fqueues%2FSmiles\""),
        "{list}"
    );
    assert!(
        list.contains("Mapped: Group as queue, Chats as offered."),
        "{list}"
    );
    assert!(!list.contains("phone"), "{list}");
    assert!(
        page.contains("aria-label=\"08:00–09:00: Smiles 6.\""),
        "{page}"
    );
    assert!(
        page.contains("aria-label=\"09:00–10:00: no value.\""),
        "{page}"
    );
    assert!(
        page.contains("No value 00:00–08:00, 09:00–10:00, 11:00–24:00"),
        "{page}"
    );
    assert!(
        finer.contains("nothing is shown finer than its file"),
        "{finer}"
    );
    assert!(
        days.contains("Some of its files are of whole days"),
        "{days}"
    );
    let rows: Vec<_> = csv
        .lines()
        .skip_while(|line| !line.starts_with("Time,"))
        .filter(|line| !line.ends_with("no data"))
        .collect();
    assert_eq!(
        rows,
        [
            "Time,Starts,Added up,Mean,Lowest,Highest,Values,Note",
            "08:00,2025-10-24T08:00:00+00:00,6,3,2,4,2,",
            "10:00,2025-10-24T10:00:00+00:00,8,4,1,7,2,",
            "Total,,14,3.5,1,7,4,",
        ]
    );
    assert!(
        by_queue.contains("\nSales,vergic/Sales,5,2.5,1,4,2,"),
        "{by_queue}"
    );
    assert!(!by_queue.contains("Backdoor"), "{by_queue}");
    assert!(history.contains("href=\"/history/columns\""), "{history}");
    // What is told by the hour is shown by the hour, and is not called missing.
    assert!(
        fitting.contains("\n08:00,2025-10-24T08:00:00+00:00,8,"),
        "{fitting}"
    );
    assert!(too_fine.contains("Told over longer times"), "{too_fine}");
}
