//! Lists that come in pages.

use super::{AwsError, ErrorKind};

/// What is asked for at once. EKS gives at most 100 (`ListClusters` and its like).
pub(super) const EKS_PAGE: i32 = 100;
/// EC2 gives at most 1000 (`DescribeSubnets`, `DescribeNetworkInterfaces`).
pub(super) const EC2_PAGE: u32 = 1000;

/// No list is that long; a server that repeats itself would be asked for ever.
const MOST: usize = 500;

/// Part of a list, and where it goes on.
pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    pub(super) next: Option<String>,
}

/// Asks for page after page.
pub(super) async fn all<T, F>(mut page: impl FnMut(Option<String>) -> F) -> Result<Vec<T>, AwsError>
where
    F: Future<Output = Result<Page<T>, AwsError>>,
{
    let mut items = Vec::new();
    let mut token: Option<String> = None;
    for _ in 0..MOST {
        let got = page(token.clone()).await?;
        items.extend(got.items);
        match got.next.filter(|next| !next.is_empty()) {
            None => return Ok(items),
            Some(next) if token.as_ref() == Some(&next) => {
                return Err(AwsError::new(ErrorKind::Unreadable, "the list goes on where it was"));
            }
            Some(next) => token = Some(next),
        }
    }
    Err(AwsError::new(ErrorKind::Unreadable, format!("the list has more than {MOST} pages")))
}
