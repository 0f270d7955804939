//! `PromQL` as Prometheus itself parses it, and what can be said of an expression before it is run.

pub mod labels;
mod matchers;
pub mod rules;
pub mod vocabulary;

use serde::Deserialize;

use super::monitoring::Server;

/// Stands in an expression for a text that is put in later, and so is no value of a closed set.
pub const ARGUMENT: &str = "x";

/// An expression.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Expr {
    VectorSelector {
        name: String,
        matchers: Vec<Matcher>,
    },
    MatrixSelector {
        name: String,
        matchers: Vec<Matcher>,
        range: u64,
    },
    Subquery {
        expr: Box<Expr>,
    },
    Aggregation {
        op: String,
        /// The number of `topk`.
        param: Option<Box<Expr>>,
        expr: Box<Expr>,
        grouping: Vec<String>,
        without: bool,
    },
    Call {
        func: Function,
        args: Vec<Expr>,
    },
    #[serde(rename = "binaryExpr")]
    Binary {
        op: String,
        lhs: Box<Expr>,
        rhs: Box<Expr>,
        matching: Option<Matching>,
    },
    #[serde(rename = "parenExpr")]
    Paren {
        expr: Box<Expr>,
    },
    #[serde(rename = "unaryExpr")]
    Unary {
        expr: Box<Expr>,
    },
    NumberLiteral {
        val: String,
    },
    StringLiteral {
        val: String,
    },
}

#[derive(Clone, Debug, Deserialize)]
pub struct Matcher {
    pub name: String,
    #[serde(rename = "type")]
    pub op: String,
    pub value: String,
}

#[derive(Debug, Deserialize)]
pub struct Function {
    pub name: String,
}

#[derive(Debug, Deserialize)]
pub struct Matching {
    pub card: String,
    pub labels: Vec<String>,
    pub include: Vec<String>,
    pub on: bool,
}

/// Has Prometheus parse it.
pub fn parse(prometheus: &Server, text: &str) -> Expr {
    let answer = prometheus.post_form("/api/v1/parse_query", &[("query", text)]);
    serde_json::from_value(answer["data"].clone()).unwrap_or_else(|problem| panic!("{problem}: {text}"))
}

impl Expr {
    /// What is inside of it, at any depth, and itself.
    pub fn walk<'a>(&'a self, visit: &mut impl FnMut(&'a Self)) {
        visit(self);
        match self {
            Self::Subquery { expr } | Self::Aggregation { expr, .. } | Self::Paren { expr } | Self::Unary { expr } => {
                expr.walk(visit);
            }
            Self::Call { args, .. } => args.iter().for_each(|arg| arg.walk(visit)),
            Self::Binary { lhs, rhs, .. } => {
                lhs.walk(visit);
                rhs.walk(visit);
            }
            Self::VectorSelector { .. }
            | Self::MatrixSelector { .. }
            | Self::NumberLiteral { .. }
            | Self::StringLiteral { .. } => {}
        }
    }

    /// What it is without the parentheses around it.
    pub fn bare(&self) -> &Self {
        if let Self::Paren { expr } = self { expr.bare() } else { self }
    }

    /// Its selectors: the name, and what they match.
    pub fn selectors(&self) -> Vec<(&str, &[Matcher])> {
        let mut found = Vec::new();
        self.walk(&mut |expr| {
            if let Self::VectorSelector { name, matchers } | Self::MatrixSelector { name, matchers, .. } = expr {
                found.push((name.as_str(), matchers.as_slice()));
            }
        });
        found
    }
}
