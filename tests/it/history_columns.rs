//! Unmapped columns of Vergic's files, listed as in the files.

use std::fs;

use serde_json::json;

use crate::support::{
    history_fixture::{HISTORY_SETTINGS, HistoryFixture, RunningServer},
    wait_until,
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
    // Smiles of a hidden queue.
    (
        "2025/10/24/10/queues.csv",
        "Group,Chats,Smiles,Conversion %\nSales,1,1,100\nBackdoor,1,7,0\n",
    ),
    // Ignored, because its hours are here.
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

async fn start_server() -> (HistoryFixture, RunningServer) {
    let files = tempfile::tempdir().unwrap().keep();
    for (path, content) in FILES {
        let path = files.join("Metrics").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    let sources = format!(
        "[hide]\nqueues = [\"vergic/Backdoor\"]\n[sources.vergic]\nkind = \"vergic-export\"\n\
         folder = {:?}\n{HISTORY_SETTINGS}\n[sources.vergic.columns]\n\
         \"queues\" = {{ queue = \"Group\", offered = \"Chats\" }}\n",
        files.display().to_string()
    );
    let fixture = HistoryFixture::new(&sources, "wallboard.db");
    fixture.import();
    fs::remove_dir_all(files).unwrap();
    let server = fixture.serve().await;
    (fixture, server)
}

#[tokio::test(flavor = "multi_thread")]
async fn unmapped_columns_are_listed_with_last_value_and_toml_line() {
    let (_fixture, server) = start_server().await;

    wait_until("its columns are reported", SOON, async || {
        let sources = server.get("/api/v1/sources").await?;
        let unmapped = &sources["sources"][0]["import"]["unmapped_columns"];
        let expected = json!({"bots": ["Name", "Sessions"], "queues": ["Smiles", "Conversion %"]});
        if *unmapped == expected {
            Ok(())
        } else {
            Err(sources.to_string())
        }
    })
    .await;
    let sources = server.text("/sources").await;
    let page = server.text("/sources/columns").await;
    let old = server
        .text("/history/columns?column=vergic%2Fqueues%2FSmiles&range=7d")
        .await;

    assert!(
        sources.contains("href=\"/sources/columns#columns-vergic\""),
        "{sources}"
    );
    let rows: Vec<&str> = page
        .lines()
        .filter(|line| line.contains("<tr><td>"))
        .collect();
    // A text is no value, and totals and hidden queues have none here.
    let expected = [
        (
            "bots",
            "Name",
            "<span role=\"img\" aria-label=\"no data\">–</span>",
            "&#34;bots&#34; = { metric = &#34;Name&#34; }",
        ),
        (
            "bots",
            "Sessions",
            "11 <span class=\"quiet\">24 Oct 2025 08:00 UTC</span>",
            "&#34;bots&#34; = { metric = &#34;Sessions&#34; }",
        ),
        (
            "queues",
            "Smiles",
            "20 <span class=\"quiet\">25 Oct 2025 00:00 UTC</span>",
            "&#34;queues&#34; = { metric = &#34;Smiles&#34;, offered = &#34;Chats&#34;, queue = &#34;Group&#34; }",
        ),
        (
            "queues",
            "Conversion %",
            "100 <span class=\"quiet\">24 Oct 2025 10:00 UTC</span>",
            "&#34;queues&#34; = { metric = &#34;Conversion %&#34;, offered = &#34;Chats&#34;, queue = &#34;Group&#34; }",
        ),
    ];
    let expected = expected.map(|(dataset, header, last, line)| {
        format!(
            "<tr><td><bdi>{dataset}</bdi></td><th scope=\"row\"><bdi>{header}</bdi></th><td>{last}</td>\
             <td><code>{line}</code></td></tr>"
        )
    });
    let rows: Vec<_> = rows.iter().map(|row| row.trim()).collect();
    assert_eq!(rows, expected, "{page}");
    assert!(!page.contains("phone"), "{page}");
    // Old links to a chart now lead to the list.
    assert!(old.contains("<h1>Unassigned columns</h1>"), "{old}");
}

#[tokio::test(flavor = "multi_thread")]
async fn hourly_data_is_not_shown_at_a_finer_interval() {
    let (_fixture, server) = start_server().await;

    let day = "zone=UTC&range=days&from=2025-10-24&to=2025-10-24";
    let fitting = server.text(&format!("/history.csv?{day}")).await;
    let too_fine = server.text(&format!("/history?{day}&step=30m")).await;

    // Hourly data is shown by the hour, and isn't called missing.
    assert!(
        fitting.contains("\n08:00,2025-10-24T08:00:00+00:00,8,"),
        "{fitting}"
    );
    assert!(
        too_fine.contains("Only available at a coarser interval"),
        "{too_fine}"
    );
}
