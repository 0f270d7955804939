//! A page as what can be tried of it: blocks of commands and queries, and commands within its sentences.

use std::fs;

use super::file;

/// Something to paste.
pub struct Piece {
    /// `file.md:line`, of its first line.
    pub at: String,
    pub text: String,
}

/// The blocks of a language (`sh`, `promql`), in their order.
pub fn blocks(page: &str, language: &str) -> Vec<Piece> {
    pieces(page).into_iter().filter(|(of, _)| of == language).map(|(_, piece)| piece).collect()
}

/// Blocks of commands, and the commands within sentences and tables, in the order in which somebody reads them.
pub fn commands(page: &str) -> Vec<Piece> {
    let is_command = |(of, piece): &(String, Piece)| {
        of == "sh" || (of.is_empty() && ["kubectl ", "aws "].iter().any(|tool| piece.text.starts_with(tool)))
    };
    pieces(page).into_iter().filter(is_command).map(|(_, piece)| piece).collect()
}

/// Blocks with their language, and with none what stands in backquotes.
fn pieces(page: &str) -> Vec<(String, Piece)> {
    let text = fs::read_to_string(file(page)).unwrap();
    let (mut found, mut open) = (Vec::new(), None::<(String, Piece)>);
    for (index, line) in text.lines().enumerate() {
        let at = |line: usize| format!("{page}:{}", line + 1);
        match (line.trim_start().strip_prefix("```"), open.take()) {
            (Some(_), Some(block)) => found.push(block),
            (Some(language), None) => {
                open = Some((language.to_owned(), Piece { at: at(index + 1), text: String::new() }));
            }
            (None, Some((language, block))) => {
                open = Some((language, Piece { text: format!("{}{line}\n", block.text), ..block }));
            }
            // In a table a bar is written with a backslash.
            (None, None) => found.extend(
                line.split('`')
                    .skip(1)
                    .step_by(2)
                    .map(|span| (String::new(), Piece { at: at(index), text: span.replace("\\|", "|") + "\n" })),
            ),
        }
    }
    assert!(open.is_none(), "{page}: a block does not end");
    found
}

/// What in commands another shell takes differently: the zsh of macOS knows no comments where people type, and neither
/// splits what a variable expands to nor leaves a pattern alone that matches no file.
pub fn not_for_every_shell(text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    // What is open, innermost last: a quote, the bracket of `$(…)`, or a plus for `$((…))`.
    let mut open: Vec<char> = Vec::new();
    let (mut before, mut chars) = ('\n', text.chars().peekable());
    while let Some(now) = chars.next() {
        let inside = open.last().copied();
        match (inside, now) {
            (Some('\''), '\'') | (Some('"'), '"') | (Some('('), ')') => drop(open.pop()),
            (Some('+'), ')') => drop((open.pop(), chars.next())),
            (Some('\''), _) => {}
            (_, '\\') => drop(chars.next()),
            (_, '$') if chars.next_if_eq(&'(').is_some() => {
                let is_number = chars.next_if_eq(&'(').is_some();
                // Neither a number nor a value that is assigned is split.
                if !is_number && !matches!(inside, Some('"' | '+')) && before != '=' {
                    problems.push("$(…) without quotes".to_owned());
                }
                open.push(if is_number { '+' } else { '(' });
            }
            (Some('"' | '+'), _) => {}
            (_, '$') if chars.peek().is_some_and(char::is_ascii_alphabetic) && before != '=' => {
                problems.push("a variable without quotes".to_owned());
            }
            (_, '\'' | '"' | '(') => open.push(now),
            (_, '#') if before.is_whitespace() => problems.push("a comment".to_owned()),
            (_, '*' | '?' | '[') => problems.push(format!("{now} without quotes")),
            _ => {}
        }
        before = now;
    }
    if !open.is_empty() {
        problems.push(format!("{open:?} stays open"));
    }
    problems
}

#[test]
fn what_zsh_takes_differently_is_found() {
    for (text, problems) in [
        ("NODE=a   # from the alert's text\n", &["a comment", "['\\''] stays open"][..]),
        ("aws ec2 describe-subnets --subnet-ids $SUBNETS\n", &["a variable without quotes"]),
        ("kubectl get $(kubectl get pods -o name)\n", &["$(…) without quotes"]),
        ("kubectl get pods -o jsonpath={.items[*].metadata.name}\n", &["[ without quotes", "* without quotes"]),
        ("A=$(kubectl get node \"$NODE\" -o jsonpath='{.items[*]}') B=\"$A#\" C=$B\n", &[]),
        ("sysctl -w a=$((2 * $(sysctl -n a)))\n", &[]),
    ] {
        assert_eq!(not_for_every_shell(text), problems, "{text}");
    }
}
