//! Image references and versions, as clusters have them.

use crate::diagnose::{Image, Version};

fn told(reference: &str) -> (String, String, Option<String>) {
    let image = Image::parse(reference);
    (image.registry.to_owned(), image.repository.to_owned(), image.version().map(|version| version.to_string()))
}

fn version(tag: &str) -> Version {
    Version::parse(tag).unwrap_or_else(|| panic!("{tag} is a version"))
}

#[test]
fn registry_repository_and_version_are_told_of_every_way_to_write_a_reference() {
    const DIGEST: &str = "@sha256:0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9";
    let ecr = "602401143452.dkr.ecr.eu-west-1.amazonaws.com";
    for (reference, registry, repository, version) in [
        (format!("{ecr}/amazon-k8s-cni:v1.16.2-eksbuild.1"), ecr, "amazon-k8s-cni", Some("v1.16.2-eksbuild.1")),
        // Tag and digest: the digest decides what is pulled, the tag tells what it was.
        (format!("{ecr}/eks/coredns:v1.9.3-eksbuild.22{DIGEST}"), ecr, "eks/coredns", Some("v1.9.3-eksbuild.22")),
        (format!("{ecr}/eks/coredns{DIGEST}"), ecr, "eks/coredns", None),
        // A port is no tag.
        ("localhost:5000/eks/kube-proxy:v1.33.0".to_owned(), "localhost:5000", "eks/kube-proxy", Some("v1.33.0")),
        ("mirror.corp:5000/eks/kube-proxy".to_owned(), "mirror.corp:5000", "eks/kube-proxy", None),
        (format!("mirror.corp:5000/a/b/kube-proxy{DIGEST}"), "mirror.corp:5000", "a/b/kube-proxy", None),
        // EKS user guide, "View Amazon container image registries": China.
        (
            "918309763551.dkr.ecr.cn-north-1.amazonaws.com.cn/eks/kube-proxy:v1.33.5-minimal-eksbuild.2".to_owned(),
            "918309763551.dkr.ecr.cn-north-1.amazonaws.com.cn",
            "eks/kube-proxy",
            Some("v1.33.5-eksbuild.2"),
        ),
        // EKS Distro.
        (
            "public.ecr.aws/eks-distro/kubernetes/kube-proxy:v1.25.16-eks-1-25-30".to_owned(),
            "public.ecr.aws",
            "eks-distro/kubernetes/kube-proxy",
            Some("v1.25.16-eks-1-25-30"),
        ),
        ("coredns/coredns:1.13.1".to_owned(), "docker.io", "coredns/coredns", Some("v1.13.1")),
        ("coredns".to_owned(), "docker.io", "coredns", None),
        (
            "registry.k8s.io/metrics-server/metrics-server:latest".to_owned(),
            "registry.k8s.io",
            "metrics-server/metrics-server",
            None,
        ),
    ] {
        let expected = (registry.to_owned(), repository.to_owned(), version.map(str::to_owned));
        assert_eq!(told(&reference), expected, "{reference}");
    }
}

#[test]
fn the_name_of_an_image_is_what_mirrors_keep() {
    for reference in ["kube-proxy", "kube-proxy:v1", "x.io/eks/kube-proxy:v1", "x.io:1/y/z/kube-proxy@sha256:0"] {
        assert_eq!(Image::parse(reference).name(), "kube-proxy", "{reference}");
    }
}

#[test]
fn odd_references_are_taken_apart_without_a_panic_and_tell_no_version() {
    for reference in ["", "/", ":", "@", "a/", "a.b/", "a.b/:v1", "x:", "x:@", "é/ü:ö", "a@b@c:d/e"] {
        assert_eq!(Image::parse(reference).version(), None, "{reference}");
    }
}

/// ministryofjustice/cloud-platform#5132: the add-on `vX-eksbuild.N` runs the image `vX-minimal-eksbuild.N`.
#[test]
fn a_minimal_image_is_the_same_version() {
    assert_eq!(version("v1.29.1-minimal-eksbuild.2"), version("v1.29.1-eksbuild.2"));
    assert_eq!(version("v1.29.1-minimal"), version("v1.29.1"));
}

#[test]
fn what_is_no_version_is_not_guessed() {
    for tag in [
        "",
        "v",
        "latest",
        "v1",
        "v1.2",
        "v1.2.3.4",
        "v1.2.x",
        "v1.2.-3",
        "v1.2.+3",
        "v-1.2.3",
        "vv1.2.3",
        "1.2.3-",
        "v1.2.3-rc.1",
        "v1.2.3-eksbuild.",
        "v1.2.3-eksbuild.x",
        "v1.2.3-eksbuild.-1",
        "v1.2.3-eks-",
        "v99999999999.1.1",
    ] {
        assert_eq!(Version::parse(tag), None, "{tag}");
    }
}

/// Semver ranks `-eksbuild.N` below the plain version.
#[test]
fn versions_are_compared_by_numbers_and_builds_only_where_both_have_one() {
    let older = |one: &str, other: &str| version(one).is_older_than(&version(other));
    assert!(older("v1.9.3", "v1.10.0") && !older("v1.10.0", "v1.9.3"), "numbers, not letters");
    assert!(older("v1.16.2-eksbuild.2", "v1.16.2-eksbuild.10"));
    assert!(!older("v1.16.2-eksbuild.1", "v1.16.2") && !older("v1.16.2", "v1.16.2-eksbuild.1"), "one tells no build");
    assert!(older("v1.16.2-eksbuild.9", "v1.16.3"));
    assert!(!older("v1.25.16-eks-1-25-30", "v1.25.16"));
}
