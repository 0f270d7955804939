//! Subnets, and who takes addresses there.

use super::*;
use crate::objects::{CniNode, Ec2NodeClass, EniConfig, NodeClass, NodeClassSubnet};

#[test]
fn subnets_are_told_of_by_who_uses_them() {
    let mut cache = cache();
    let mut config = EniConfig::default();
    config.metadata.name = "eu-west-1a".to_owned();
    config.metadata.uid = uid(1);
    config.spec.subnet = subnet_id(5);
    cache.apply(config.clone(), start());
    let mut class = Ec2NodeClass::default();
    class.metadata.name = "default".to_owned();
    class.metadata.uid = uid(2);
    class.status.subnets = vec![Default::default(), NodeClassSubnet { id: subnet_id(5) }];
    cache.apply(class.clone(), start());
    config.metadata.uid = uid(3);
    config.spec.subnet = "subnet-of/somebody&else".to_owned();
    cache.apply(config.clone(), start());
    assert_eq!(cache.aws_asks_subnets(), [subnet_id(5)], "what is no id is not asked for");
    for (source, news) in all(&account()) {
        brings(&mut cache, source, news, 0);
    }
    assert_eq!(cache.aws_asks_subnets(), (1..=5).map(subnet_id).collect::<Vec<_>>());
    assert_eq!(
        users(&mut cache, 5),
        [r#"used_by="eniconfig",name="eu-west-1a""#, r#"used_by="karpenter",name="default""#]
    );
    cache.delete(&class, start());
    Index::<EniConfig>::forget(&mut cache, &Scope::cluster());
    assert_eq!(users(&mut cache, 5), [""; 0]);
    assert!(!page(&mut cache, 1).iter().any(|line| line.contains(&subnet_id(5))), "nobody uses it any more");
}

/// Who takes addresses from a subnet, as labels.
fn users(cache: &mut Cache, number: u32) -> Vec<String> {
    let of = format!("eks_subnet_usage_info{{subnet_id=\"{}\",", subnet_id(number));
    let lines = page(cache, 1).into_iter();
    lines.filter_map(|line| Some(line.strip_prefix(&of)?.strip_suffix("} 1")?.to_owned())).collect()
}

#[test]
fn nodes_take_addresses_where_their_cni_node_says_so_and_the_cni_where_it_finds_its_tag() {
    let mut cache = told(&account());
    let mut of_node = CniNode::default();
    of_node.metadata.name = "a".to_owned();
    of_node.metadata.uid = uid(1);
    of_node.status.trunk_interface.subnet_id = subnet_id(5);
    of_node.status.node_network_state.subnet_id = subnet_id(5);
    cache.apply(of_node, start());
    brings(&mut cache, Source::SubnetTags, News::TaggedSubnets(vec![subnet(5, 200)]), 0);
    assert_eq!(users(&mut cache, 5), [r#"used_by="node",name="""#, r#"used_by="tag",name="""#]);
}

#[test]
fn nodes_of_auto_mode_are_where_their_class_says_so_and_else_where_the_cluster_is() {
    let mut account = account();
    account.clusters[0].auto_mode = true;
    let mut cache = told(&account);
    let of_cluster = account.clusters[0].subnet_ids.clone();
    let number = (1..=5).find(|number| subnet_id(*number) == of_cluster[0]).unwrap();
    assert_eq!(users(&mut cache, number), [r#"used_by="cluster",name="""#, r#"used_by="auto",name="""#]);
    let mut class = NodeClass::default();
    class.metadata.name = "private".to_owned();
    class.metadata.uid = uid(2);
    class.status.subnets = vec![NodeClassSubnet { id: subnet_id(5) }];
    cache.apply(class, start());
    assert_eq!(users(&mut cache, number), [r#"used_by="cluster",name="""#]);
    assert_eq!(users(&mut cache, 5), [r#"used_by="auto",name="private""#]);
}

#[test]
fn a_tag_counts_that_the_cni_of_this_cluster_goes_by() {
    let tagged = |number, tags: &[&str]| {
        let mut subnet = subnet(number, 100);
        subnet.tags = tags.iter().map(|tag| ((*tag).to_owned(), "1".to_owned())).collect();
        subnet
    };
    let (role, ours, others) =
        ("kubernetes.io/role/cni", "cni.networking.k8s.aws/cluster/prod", "cni.networking.k8s.aws/cluster/test");
    let subnets = vec![tagged(1, &[role]), tagged(2, &[role, others]), tagged(3, &[role, others, ours])];
    let mut cache = cache();
    brings(&mut cache, Source::Subnets, News::TaggedSubnets(subnets), 0);
    assert_eq!(cache.aws_asks_subnets(), [subnet_id(1), subnet_id(3)]);
    let mut config = EniConfig::default();
    config.metadata.uid = uid(1);
    config.spec.subnet = subnet_id(5);
    cache.apply(config, start());
    let all = [subnet_id(1), subnet_id(3), subnet_id(5)];
    assert_eq!(cache.aws_asks_subnets(), all, "an ENIConfig may be left over where custom networking is off");
}
