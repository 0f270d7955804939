//! What only AWS knows: the reads that the program needs, the clients behind them, and the facts they bring.
//!
//! [`AwsApi`] is the seam. Whatever asks AWS asks through it, so that tests and the demo can stand in for AWS. It knows
//! nothing of Kubernetes or of metrics: whoever wants to count requests gives an [`Observer`].

mod api;
mod error;
pub mod facts;
mod observe;

pub use self::{
    api::{Answer, AwsApi, Filter},
    error::{AwsError, ErrorKind},
    observe::{Observer, Outcome, Service},
};
