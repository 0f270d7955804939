//! What it costs: the calls of a day, as docs/aws.md has them.

use super::*;

/// Calls a day of each operation, as docs/aws.md has them in its last column: an hour, or `N a day`. Rows with a flag are of
/// what only that flag asks.
fn calls_in_the_document(optional: bool) -> BTreeMap<String, u32> {
    let page = include_str!("../../../../docs/aws.md");
    let mut calls = BTreeMap::new();
    for cells in
        page.lines().filter_map(|line| line.strip_prefix("| ")).map(|line| line.split(" | ").collect::<Vec<_>>())
    {
        let [call, every, .., count] = &cells[..] else { continue };
        let count = count.trim_end_matches('|').trim();
        let number: Option<u32> = count.split(' ').next().and_then(|number| number.parse().ok());
        let Some(number) = number.filter(|_| every.contains("--") == optional) else { continue };
        let operation = call.split(',').next().unwrap_or_default();
        *calls.entry(operation.to_owned()).or_default() += if count.ends_with("a day") { number } else { number * 24 };
    }
    calls
}

#[tokio::test(start_paused = true)]
async fn a_cluster_of_ten_node_groups_and_twelve_subnets_costs_the_calls_that_the_document_says() {
    let is_optional = |source: &Source| matches!(source, Source::NetworkInterfaces | Source::SubnetReservations);
    for optional in [false, true] {
        let aws = FaultyAws::new(account());
        aws.aws.change(|state| {
            state.nodegroups = (0..10).map(|number| nodegroup(&format!("group-{number}"), &[number])).collect();
            state.fargate_profiles.clear();
            state.addons = ["vpc-cni", "kube-proxy", "coredns", "aws-ebs-csi-driver", "eks-pod-identity-agent"]
                .map(|name| addon(name, "v1.0.0"))
                .into();
        });
        let home = Notebook {
            kubernetes: parking_lot::Mutex::new(Some("1.35".to_owned())),
            addons: vec!["coredns".to_owned(), "kube-proxy".to_owned(), "vpc-cni".to_owned()],
            subnets: parking_lot::Mutex::new((1..=12).map(subnet_id).collect()),
            ..Notebook::default()
        };
        let board = Arc::new(Board::new(Source::ALL.into_iter().filter(|source| is_optional(source) == optional)));
        let mut tasks = JoinSet::new();
        let settings = Settings {
            api: Arc::clone(&aws) as Arc<dyn AwsApi>,
            home: Arc::new(home),
            cluster: "prod".to_owned(),
            clock: Clock::new(),
            stale_after: Duration::from_secs(3600),
            at_least_every: None,
            tempo: Tempo::Exact,
        };
        start(&mut tasks, settings, &board);
        sleep(Duration::from_secs(24 * 3600 - 1)).await;
        let calls: BTreeMap<String, u32> =
            aws.calls.lock().iter().map(|(operation, count)| ((*operation).to_owned(), *count)).collect();
        assert_eq!(calls, calls_in_the_document(optional));
        let an_hour = calls.values().sum::<u32>() / 24;
        let words = if optional { "calls an hour more with" } else { "calls an hour by default" };
        let page = include_str!("../../../../docs/aws.md");
        assert!(page.contains(&format!("**{an_hour}** {words}")), "docs/aws.md does not say: {an_hour} {words}");
    }
}
