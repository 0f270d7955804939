//! How a round begins, goes wrong and ends.

use super::*;

/// So many node groups that a round of them would take long.
fn crowded() -> Arc<FaultyAws> {
    let aws = FaultyAws::new(account());
    aws.aws.change(|state| {
        state.nodegroups = (0..100).map(|number| nodegroup(&format!("group-{number}"), &[3])).collect();
    });
    aws
}

#[tokio::test(start_paused = true)]
async fn a_round_that_aws_throttles_or_leaves_waiting_begins_nothing_more() {
    for fault in [Fault::Throttled, Fault::NeverAnswers, Fault::NoCredentials] {
        let aws = crowded();
        aws.fail("DescribeNodegroup", fault);
        let run = run(aws);
        sleep(Duration::from_secs(125)).await; // a call without an answer is given up after two minutes
        assert!(!run.standing(Collector::Nodegroups).is_up, "{fault:?}");
        let rounds = run.calls("ListNodegroups");
        let described = run.calls("DescribeNodegroup");
        assert!((1..=4 * rounds).contains(&described), "{fault:?}: {described} of 100 in {rounds} rounds");
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_round_left_comes_first_in_the_next() {
    let aws = crowded();
    aws.fail_about("DescribeNodegroup", "group-20", Fault::Throttled);
    let run = run(aws);
    sleep(A_MOMENT).await;
    assert!(run.told()["nodegroup"] < 30, "{:?}", run.told());
    sleep(Duration::from_secs(20)).await; // the second round
    let told: std::collections::BTreeSet<String> = run
        .home
        .news
        .lock()
        .iter()
        .filter_map(|news| match news {
            News::Nodegroup(nodegroup) => Some(nodegroup.name.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(told.len(), 99, "all but the one that is throttled");
}

#[tokio::test(start_paused = true)]
async fn the_first_failure_is_known_while_the_round_goes_on() {
    let aws = FaultyAws::new(account());
    aws.aws.change(|state| state.nodegroups.push(nodegroup("b", &[3])));
    aws.fail_about("DescribeNodegroup", "workers", Fault::Denied);
    aws.fail_about("DescribeNodegroup", "b", Fault::NeverAnswers);
    let run = run(aws);
    sleep(A_MOMENT).await;
    let standing = run.standing(Collector::Nodegroups);
    assert_eq!(standing.trouble.map(|(trouble, _)| trouble), Some(Trouble::Denied));
    assert!(!standing.is_up && !standing.settled, "the rest is still to come");
    sleep(Duration::from_secs(125)).await;
    assert!(run.standing(Collector::Nodegroups).settled);
}

#[tokio::test(start_paused = true)]
async fn a_round_is_over_when_the_next_is_due() {
    let aws = crowded();
    aws.fail("DescribeNodegroup", Fault::Slow);
    let run = run(aws);
    sleep(Source::Nodegroups.period() * 9 / 10).await;
    assert!(!run.standing(Collector::Nodegroups).settled, "it would take 42 minutes");
    sleep(Source::Nodegroups.period() / 10 + A_MOMENT).await;
    let standing = run.standing(Collector::Nodegroups);
    assert!(standing.settled && !standing.is_up);
}

#[tokio::test(start_paused = true)]
async fn a_cluster_that_eks_does_not_know_says_nothing_of_its_add_ons() {
    let aws = FaultyAws::new(account());
    aws.fail("ListAddons", Fault::NotFound);
    let run = run(aws);
    sleep(A_MOMENT).await;
    assert_eq!(run.told().get("no addon"), None);
    assert_eq!(run.calls("DescribeAddon"), 0);
    assert!(!run.standing(Collector::AddonVersions).is_up);
}

#[tokio::test(start_paused = true)]
async fn first_rounds_are_spread_and_only_the_cluster_is_asked_about_at_once() {
    let run = run_at(FaultyAws::new(account()), Tempo::Spread);
    sleep(Duration::from_millis(100)).await;
    let calls = run.aws.calls.lock().clone();
    assert_eq!(calls, [("DescribeCluster", 1)].into());
    sleep(SPREAD).await;
    assert_eq!(run.told().len(), 15, "{:?}", run.told());
}
