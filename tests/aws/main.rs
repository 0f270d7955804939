//! The clients of AWS against moto, against a server that answers as a test says, and with credentials as pods get them.

#[cfg(test)]
#[path = "../support/mod.rs"]
mod support;

#[cfg(test)]
mod account;
#[cfg(test)]
mod check;
#[cfg(test)]
mod client;
#[cfg(test)]
mod credentials;
#[cfg(test)]
mod ec2;
#[cfg(test)]
mod eks;
#[cfg(test)]
mod errors;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod lost;
#[cfg(test)]
mod prefixes;
#[cfg(test)]
mod probe;
#[cfg(test)]
mod proxy;
#[cfg(test)]
mod rights;
#[cfg(test)]
mod stub;
#[cfg(test)]
mod tls;
