use super::{IssueCode, NodegroupStatus};

#[test]
fn a_known_word_is_its_own_label() {
    let status = NodegroupStatus::from("CREATE_FAILED");
    assert_eq!(status, NodegroupStatus::CreateFailed);
    assert_eq!((status.label(), status.word()), ("CREATE_FAILED", "CREATE_FAILED"));
}

#[test]
fn a_word_that_nobody_knew_is_other_and_is_kept_for_the_log() {
    let code = IssueCode::from("MoonInTheWay");
    assert_eq!((code.label(), code.word()), ("other", "MoonInTheWay"));
}

#[test]
fn the_code_that_eks_calls_other_is_other() {
    assert_eq!(IssueCode::from("Other").label(), "other");
}
