//! What only AWS knows: the reads that the program needs, the clients behind them, and the facts they bring.
//!
//! [`AwsApi`] is the seam. Whatever asks AWS asks through it, so that tests and the demo can stand in for AWS; [`Client`]
//! is AWS. It knows nothing of Kubernetes or of metrics: whoever wants to count requests gives an [`Observer`].
//! [`identity`] finds out which cluster it is, and [`poll`] asks again and again.

mod api;
mod board;
mod call;
mod classify;
mod client;
mod ec2;
mod eks;
mod error;
pub mod facts;
mod http;
pub mod identity;
mod observe;
mod pages;
mod patience;
pub mod poll;
pub mod region;

pub use self::{
    api::{Answer, AwsApi, Filter, OWNER_TAG},
    board::{Board, Standing, Trouble},
    client::{Client, Settings},
    error::{AwsError, ErrorKind},
    observe::{Observer, Outcome, Service},
    poll::Source,
};
