//! The templates of alerts: the queries that they make, and the labels that they name.

use crate::support::promql::ARGUMENT;

/// A query of a text, and the labels of its result that the text names.
#[derive(Debug, Default, PartialEq)]
pub struct Query {
    pub text: String,
    pub named: Vec<String>,
}

/// What a text names of the alert itself, and its queries.
pub fn read(text: &str) -> (Vec<String>, Vec<Query>) {
    let (mut of_the_alert, mut queries) = (Vec::new(), Vec::<Query>::new());
    // What the dot is within each block that is open: one of the queries, or whatever it was outside.
    let mut dots: Vec<Option<usize>> = Vec::new();
    for action in text.split("{{").skip(1) {
        let action = action.split_once("}}").expect("an action ends").0.trim();
        of_the_alert.extend(labels_used(action));
        let dot = dots.last().copied().flatten();
        let own = named(action, " .Labels.").into_iter().chain(action.strip_prefix(".Labels.").map(first_word));
        for label in own {
            queries[dot.unwrap_or_else(|| panic!("{action}: no query"))].named.push(label);
        }
        match action.split(' ').next() {
            Some("range" | "with") if action.ends_with("| query") => {
                let query = action.split('`').nth(1).expect("a query stands in backquotes");
                queries.push(Query { text: filled(query), named: Vec::new() });
                dots.push(Some(queries.len() - 1));
            }
            Some("range" | "with" | "if") => dots.push(dot),
            Some("end") => {
                dots.pop().expect("a block was open");
            }
            _ => {}
        }
    }
    assert!(dots.is_empty(), "a block stays open: {text}");
    (of_the_alert, queries)
}

/// Labels of the alert that an action names. An argument that its query does not take is none.
fn labels_used(action: &str) -> Vec<String> {
    let Some((_, rest)) = action.split_once('`') else { return named(action, "$labels.") };
    let (query, arguments) = rest.split_once('`').expect("a query ends");
    let takes = |number: usize| query.contains("%q") || query.contains(&format!("%[{number}]q"));
    let arguments = named(arguments, "$labels.").into_iter().enumerate();
    arguments.filter(|(index, _)| takes(index + 1)).map(|(_, label)| label).collect()
}

fn named(action: &str, before: &str) -> Vec<String> {
    action.split(before).skip(1).map(first_word).collect()
}

fn first_word(text: &str) -> String {
    text.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect()
}

/// The query with a text where the template puts one.
fn filled(query: &str) -> String {
    let argument = format!("\"{ARGUMENT}\"");
    (1..=4).fold(query.replace("%q", &argument), |query, number| query.replace(&format!("%[{number}]q"), &argument))
}

#[test]
fn a_template_names_labels_of_the_alert_and_of_its_queries() {
    let (of_the_alert, queries) = read(
        "{{ $value }} on {{ $labels.node }}: {{ range $i, $s := printf `max by (a) (x{c=%[1]q})` $labels.c | query }}\
         {{ if $i }}, {{ end }}{{ .Labels.a }}{{ with printf `y{b=%q}` .Labels.b | query }}{{ . | value }}{{ end }}{{ end }}",
    );
    assert_eq!(of_the_alert, ["node", "c"]);
    let [outer, inner] = &queries[..] else { panic!("{queries:?}") };
    assert_eq!((outer.text.as_str(), inner.text.as_str()), ("max by (a) (x{c=\"x\"})", "y{b=\"x\"}"));
    assert_eq!(outer.named, ["a", "b"]);
}
