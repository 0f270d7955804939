//! `eksporter check` with the shipped role. That it finds the other incidents stands where they are played.

use crate::support::cluster::Cluster;

#[tokio::test(flavor = "multi_thread")]
async fn the_shipped_role_reads_everything_that_a_look_needs() {
    let cluster = Cluster::start().await;
    let (status, found) = cluster.check(&["--aws=off"]).await;
    assert_eq!(status, 0, "{found}");
    let unseen = "Not looked at:\n  cninodes, nodeclaims, ec2nodeclasses, nodeclasses, eniconfigs: not installed in this cluster\n  \
        cluster, nodegroups, addon_versions, insights, subnets, network_interfaces: switched off\n\nNothing is wrong.";
    assert!(found.contains(unseen), "{found}");

    cluster.unbind().await;
    let (status, found) = cluster.check(&["--aws=off"]).await;
    assert_eq!(status, 2, "{found}");
    assert!(
        found.contains("pods: no right to read it: 403") && found.contains("nodes: no right to read it"),
        "{found}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_namespaces_leave_out_was_not_looked_at() {
    let cluster = Cluster::start().await;
    let (status, found) = cluster.check(&["--namespaces=shop", "--no-collector.nodeclaims", "--aws=off"]).await;
    assert_eq!(status, 0, "{found}");
    for line in [
        "  nodeclaims, cluster, nodegroups, addon_versions, insights, subnets, network_interfaces: switched off\n",
        "  pods: outside of --namespaces: pods of other namespaces, so ",
        "  events: outside of --namespaces: events about nodes",
        "  addons: outside of --namespaces: add-ons",
    ] {
        assert_eq!(found.matches(line).count(), 1, "{line}\n{found}");
    }
    assert!(!found.contains("addons: switched off"), "{found}");
}
