//! Which nodes are known to be bad, and which lists are refused.

use super::{Build, KnownIssues};

fn node<'a>(kernel: &'a str, os_image: &'a str, runtime: &'a str, kubelet: &'a str) -> Build<'a> {
    Build { kernel, os_image, runtime, kubelet, ami: "" }
}

fn of(issues: &KnownIssues, node: Build<'_>) -> Vec<String> {
    issues.of(node).iter().map(|number| issues.get(*number).expect("its number").issue.clone()).collect()
}

fn kernel(kernel: &str) -> Vec<String> {
    of(&KnownIssues::shipped(), node(kernel, "Amazon Linux 2", "containerd://1.6.6", "v1.24.10-eks-48e63af"))
}

fn refusal(text: &str) -> (u64, String) {
    let fault = KnownIssues::default().with(text).expect_err("it is wrong");
    (fault.line, fault.reason)
}

#[test]
fn the_shipped_list_can_be_read() {
    let read = KnownIssues::default().with(super::SHIPPED).expect("it is right");
    assert!(read.iter().count() >= 5);
    assert_eq!(read, KnownIssues::shipped());
}

/// awslabs/amazon-eks-ami#1179, #1219, and the release notes that name each kernel.
#[test]
fn kernels_that_leak_bpf_jit_memory_are_known_from_the_first_to_the_last() {
    for bad in ["5.10.165-143.735", "5.10.167-147.601", "5.10.173-154.642", "5.10.176-157.645"] {
        assert_eq!(kernel(&format!("{bad}.amzn2.x86_64")), ["seccomp-bpf-jit-leak"], "{bad}");
        assert_eq!(kernel(&format!("{bad}.amzn2.aarch64")), ["seccomp-bpf-jit-leak"], "{bad}");
    }
    for good in [
        "5.10.162-141.675.amzn2.x86_64",
        "5.10.178-162.673.amzn2.x86_64",
        "5.10.176-157.645.amzn2023.x86_64",
        "5.10.170-custom",
        "6.1.0",
        "",
    ] {
        assert_eq!(kernel(good), [""; 0], "{good}");
    }
}

/// awslabs/amazon-eks-ami#1071 and the release notes of v20230411.
#[test]
fn single_kernels_are_known() {
    assert_eq!(kernel("5.4.217-126.408.amzn2.x86_64"), ["pleg-unhealthy"]);
    assert_eq!(kernel("5.4.219-126.411.amzn2.x86_64"), [""; 0]);
    assert_eq!(kernel("5.4.238-148.346.amzn2.x86_64"), ["smb-mount-panic"]);
    assert_eq!(kernel("5.4.238-148.347.amzn2.x86_64"), [""; 0]);
}

/// awslabs/amazon-eks-ami#1933, #1999.
#[test]
fn runtimes_are_known_by_version_image_and_kubelet() {
    let issues = |os_image: &str, runtime: &str, kubelet: &str| {
        of(&KnownIssues::shipped(), node("6.1.102", os_image, runtime, kubelet))
    };
    let al2023 = "Amazon Linux 2023.5.20240805";
    assert_eq!(issues(al2023, "containerd://1.7.20", "v1.29.6"), ["containerd-lost-exits"]);
    assert_eq!(issues(al2023, "containerd://1.7.11", "v1.30.2"), ["containerd-exec-leak"]);
    assert_eq!(issues(al2023, "containerd://1.7.11", "v1.29.6"), [""; 0]);
    assert_eq!(issues("Amazon Linux 2", "containerd://1.7.14", "v1.30.0").len(), 2);
    assert_eq!(issues(al2023, "containerd://1.7.22", "v1.30.4"), [""; 0]);
    assert_eq!(issues(al2023, "docker://1.7.20", "v1.29.6"), [""; 0]);
    assert_eq!(issues("Bottlerocket OS 1.20.0 (aws-k8s-1.29)", "containerd://1.7.20+bottlerocket", "v1.29.6"), [""; 0]);
}

#[test]
fn a_list_of_ones_own_adds_and_replaces() {
    let own = "
- { issue: our-image, severity: info, summary: x, link: https://example.com, ami: [ami-0a, ami-0b] }
- { issue: pleg-unhealthy, severity: info, summary: x, link: https://example.com, kernel: { from: 9.9 } }
- { issue: old, severity: warning, summary: x, link: https://example.com, image: { of: Bottlerocket OS, below: 1.30.0 } }
- { issue: minor, severity: warning, summary: x, link: https://example.com, image: { of: Ubuntu }, kubelet: { through: 1.30 } }
";
    let issues = KnownIssues::shipped().with(own).expect("it is right");
    let any = node("5.4.217-126.408.amzn2.x86_64", "Bottlerocket OS 1.29.1 (aws-k8s-1.30)", "", "");
    assert_eq!(of(&issues, Build { ami: "ami-0b", ..any }), ["old", "our-image"], "pleg-unhealthy is another one now");
    assert_eq!(of(&issues, node("", "Ubuntu 24.04", "", "v1.30")), ["minor"], "1.30 is not 1.3");
    assert_eq!(of(&issues, node("", "Ubuntu 24.04", "", "v1.31.0")), [""; 0]);
}

#[test]
fn a_wrong_list_is_refused_with_line_and_reason() {
    let entry = |rest: &str| format!("# mine\n- issue: x\n  severity: info\n  summary: x\n  link: https://x\n{rest}");
    for (text, line, says) in [
        ("- issue: x\n  severity: info".to_owned(), 2, "missing field"),
        (entry("  surprise: 1"), 6, "surprise"),
        (entry(""), 2, "no kernel, image, runtime or ami"),
        (entry("  kernel: {}"), 2, "kernel: says nothing"),
        (entry("  kernel: { from: five }"), 2, "kernel: from: \"five\" is no version"),
        (entry("  kernel: { from: 5.10.x }"), 2, "kernel: from: \"5.10.x\" is no version"),
        (entry("  kernel: { below: 1.2.3.4.5.6.7 }"), 2, "up to 6 numbers"),
        (String::new(), 1, "no list"),
        ("# nothing yet\n".to_owned(), 1, "no list"),
        (entry("  kernel: { from: 5.2, below: 5.1 }"), 2, "ends before it begins"),
        (entry("  kernel: { below: 5.2, through: 5.1 }"), 2, "below and through"),
        (entry("  ami: [i-0123]"), 2, "must begin with ami-"),
        (entry("  ami: [ami-1]").replace("issue: x", "issue: Not a name"), 2, "lower-case"),
        (entry("  ami: [ami-1]").replace("info", "bad"), 2, "critical, warning, info"),
        (entry("  ami: [ami-1]").replace("https:", "http:"), 2, "https://"),
        (format!("{0}\n{0}", entry("  ami: [ami-1]")), 8, "there twice"),
        ("- [".to_owned(), 1, ""),
        ("issue: x".to_owned(), 1, ""),
    ] {
        let (at, reason) = refusal(&text);
        assert!(reason.contains(says) && !reason.contains('\n'), "{text}: {reason}");
        assert_eq!(at, line, "{text}: {reason}");
    }
    assert_eq!(KnownIssues::default().with("[]").expect("nothing is right too").iter().count(), 0);
}
