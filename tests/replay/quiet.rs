//! A cluster in which all is well fires nothing above info, whatever ordinary life brings.

use std::{collections::BTreeMap, fmt::Write as _, sync::Arc, time::Duration};

use eksporter::demo::api::{ApiServer, NoFaults, Options};

use crate::{
    churn::Churn,
    stage::{CLUSTER, Exporter, Stage, summary},
    support::{program::kubeconfig, prometheus::Target},
};

#[tokio::test(flavor = "multi_thread")]
async fn two_minutes_of_ordinary_life_fire_nothing() {
    ordinary_life(Duration::from_mins(2)).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes a quarter of an hour; CONTRIBUTING.md has the command"]
async fn a_quarter_of_an_hour_of_ordinary_life_fires_nothing() {
    ordinary_life(Duration::from_mins(15)).await;
}

async fn ordinary_life(time: Duration) {
    let mut churn = Churn::new();
    let server = ApiServer::start_with(Arc::clone(&churn.store), NoFaults, Options::default()).expect("started");
    let kubeconfig = kubeconfig(&server.url());
    let exporter = Exporter::start(&kubeconfig.path().to_string_lossy(), &["--aws=off"], &[]);
    let target = || {
        let labels = BTreeMap::from([("cluster".to_owned(), CLUSTER.to_owned())]);
        Target { address: exporter.address().to_owned(), labels }
    };
    // With the shipped values, and beside it with one that is too strict, which shows that there was life to be heard of.
    let shipped = Stage::telling(vec![target()], Vec::new(), &[]).await;
    let strict = Stage::telling(vec![target()], Vec::new(), &["agent_down_warning_seconds=20"]).await;

    tokio::task::spawn_blocking(move || churn.live(time)).await.expect("it lives");

    let seconds = time.as_secs();
    let figure = |query: &str| {
        let query = query.replace("$time", &format!("{seconds}s"));
        let answer = shipped.prometheus.query(&query);
        answer.first().map_or(0.0, |series| series.values[0])
    };
    let mut figures = String::new();
    for (name, least, query) in [
        ("nodes, at least", 200.0, "min_over_time(sum(eks_nodes)[$time:1s])"),
        ("pods, at least", 4_950.0, r#"min_over_time(eksporter_cache_objects{resource="pods"}[$time])"#),
        ("pods in creation, at most", 50.0, "max_over_time(sum(eks_pods_container_creating)[$time:1s])"),
        ("pods without a node, at most", 15.0, "max_over_time(sum(eks_pods_unscheduled)[$time:1s])"),
        ("nodes that start, at most", 2.0, r#"max_over_time(sum(eks_nodes{lifecycle="starting"})[$time:1s])"#),
        ("nodes that leave, at most", 1.0, r#"max_over_time(sum(eks_nodes{lifecycle="leaving"})[$time:1s])"#),
        ("changes of pods", 1_500.0, r#"sum(increase(eksporter_watch_events_total{resource="pods"}[$time]))"#),
        ("share of scrapes that came", 0.9, "avg_over_time(up[$time])"),
    ] {
        let figure = figure(query);
        assert!(figure >= least, "{name}: {figure}, not {least}");
        let _ = writeln!(figures, "{name}: {figure}");
    }
    println!("{figures}");

    let heard = shipped.heard();
    assert!(heard.is_empty(), "somebody was told:\n{}", summary(&heard));
    let fired = format!(r#"count_over_time(ALERTS{{alertstate="firing",severity!~"info|none"}}[{seconds}s])"#);
    let fired = shipped.prometheus.query(&fired);
    assert!(fired.is_empty(), "{fired:?}");
    strict.warns("EksAddonDownOnNodes", &["vpc-cni"]).await;
}
