//! Regular expressions that Prometheus takes.
//!
//! Prometheus compiles with Go's `regexp/syntax` (prometheus/prometheus, `model/labels/regexp.go`), which is RE2's. What
//! `regex_syntax` takes beyond that is refused here.

use regex_syntax::ast::{Ast, ClassSet, ClassSetItem, Visitor, parse::Parser, visit};

/// What cannot end the string that it stands in, nor begin a template.
const CHARACTERS: &str = "-_.*+?|()[]^";

/// Why the text is no such expression.
pub(super) fn check(text: &str) -> Result<(), String> {
    let is_harmless = |c: char| c.is_ascii_alphanumeric() || CHARACTERS.contains(c);
    if text.is_empty() || !text.chars().all(is_harmless) {
        return Err(format!("must be a regular expression of names, of letters, digits and {CHARACTERS}"));
    }
    let refused = |reason: &dyn std::fmt::Display| {
        format!("must be a regular expression as Prometheus takes it (RE2), but: {reason} in {text}")
    };
    let ast = Parser::new().parse(text).map_err(|problem| refused(problem.kind()))?;
    visit(&ast, Beyond { text }).map_err(|what| refused(&what))
}

/// Finds what RE2 does not have, or reads in another way.
struct Beyond<'a> {
    text: &'a str,
}

impl Visitor for Beyond<'_> {
    type Output = ();
    type Err = &'static str;

    fn finish(self) -> Result<(), Self::Err> {
        Ok(())
    }

    fn visit_pre(&mut self, ast: &Ast) -> Result<(), Self::Err> {
        match ast {
            Ast::Flags(_) => Err("a flag"),
            Ast::Repetition(outer) if matches!(*outer.ast, Ast::Repetition(_)) => Err("a repetition of a repetition"),
            Ast::ClassBracketed(class) => {
                let is_plain = match &class.kind {
                    ClassSet::Item(ClassSetItem::Union(items)) => {
                        !items.items.iter().any(|item| matches!(item, ClassSetItem::Bracketed(_)))
                    }
                    ClassSet::Item(item) => !matches!(item, ClassSetItem::Bracketed(_)),
                    ClassSet::BinaryOp(_) => false,
                };
                let written = &self.text[class.span.start.offset..class.span.end.offset];
                // A bracket or a dash in front begins a range in RE2, and is read alone by `regex_syntax`.
                let begins_oddly = ["[]", "[^]"].iter().any(|begin| written.starts_with(begin));
                if is_plain && !begins_oddly && !written.contains("--") {
                    Ok(())
                } else {
                    Err("a class that is no plain list of letters and ranges")
                }
            }
            _ => Ok(()),
        }
    }
}
