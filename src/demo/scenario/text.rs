//! What stands for something else inside strings: `${name}`, `$uid(…)`, `$id(…)`, `$hex(…)` and `$now`.

use std::{collections::BTreeMap, time::Duration};

use jiff::{SignedDuration, SpanRelativeTo, Timestamp};
use serde_json::Value;

use crate::demo::ids;

/// Values for `${name}`.
pub(super) type Vars = BTreeMap<String, Value>;

/// `3s`, `1m30s`, `12d`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("{text:?} is not a duration such as 3s, 1m30s or 12d");
    let span: jiff::Span = text.parse().map_err(|_| wrong())?;
    let duration = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| wrong())?;
    Duration::try_from(duration).map_err(|_| wrong())
}

/// Changes every string in a value.
pub(super) fn map_strings<F>(value: &mut Value, change: &F) -> Result<(), String>
where
    F: Fn(&str) -> Result<Option<Value>, String>,
{
    match value {
        Value::String(text) => {
            if let Some(new) = change(text)? {
                *value = new;
            }
        }
        Value::Array(items) => items.iter_mut().try_for_each(|item| map_strings(item, change))?,
        Value::Object(fields) => {
            fields.values_mut().try_for_each(|item| map_strings(item, change))?;
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
    Ok(())
}

/// Puts values in for `${name}`. A string that is nothing else becomes the value itself, whatever its type.
pub(super) fn fill(value: &mut Value, vars: &Vars) -> Result<(), String> {
    map_strings(value, &|text| fill_text(text, vars, 0))
}

fn fill_text(text: &str, vars: &Vars, depth: usize) -> Result<Option<Value>, String> {
    if !text.contains("${") {
        return Ok(None);
    }
    if depth > 8 {
        return Err(format!("values that stand for each other in {text:?}"));
    }
    let look_up = |name: &str| {
        let mut value = vars.get(name).cloned().ok_or_else(|| format!("nothing is given for ${{{name}}}"))?;
        map_strings(&mut value, &|inner| fill_text(inner, vars, depth + 1))?;
        Ok::<_, String>(value)
    };
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}').ok_or_else(|| format!("no }} after ${{ in {text:?}"))?;
        let value = look_up(name)?;
        if before.is_empty() && after.is_empty() && filled.is_empty() {
            return Ok(Some(value));
        }
        filled.push_str(before);
        match value {
            Value::String(text) => filled.push_str(&text),
            Value::Number(_) | Value::Bool(_) => filled.push_str(&value.to_string()),
            _ => return Err(format!("${{{name}}} is no text and stands inside {text:?}")),
        }
        rest = after;
    }
    filled.push_str(rest);
    Ok(Some(Value::from(filled)))
}

/// Makes up a text from a seed.
type Invention = fn(&str) -> String;

/// Works out `$uid(seed)`, `$id(seed)` and `$hex(seed)`: a uid, the end of a generated name, an instance id's digits.
/// Innermost first, so that a uid may be that of an object with a generated name.
pub(super) fn invent(text: &str) -> Result<Option<Value>, String> {
    let functions: [(&str, Invention); 3] = [
        ("$uid(", ids::uid),
        ("$id(", ids::suffix),
        ("$hex(", |seed| ids::uid(seed).replace('-', "")[..17].to_owned()),
    ];
    let mut text = text.to_owned();
    let mut changed = false;
    while let Some((at, name, function)) =
        functions.iter().filter_map(|(name, function)| text.rfind(name).map(|at| (at, *name, *function))).max()
    {
        let seed = at + name.len();
        let end = text[seed..].find(')').ok_or_else(|| format!("no ) after {name} in {text:?}"))? + seed;
        let value = function(&text[seed..end]);
        text.replace_range(at..=end, &value);
        changed = true;
    }
    Ok(changed.then(|| Value::from(text)))
}

/// Writes the time for `$now`, `$now-95s`, `$now+2m`, in the whole seconds of `metav1.Time`.
pub(super) fn tell_time(text: &str, now: Timestamp) -> Result<Option<Value>, String> {
    let mut told = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("$now") {
        let offset = after.strip_prefix(['-', '+']).unwrap_or_default();
        let length = offset.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(offset.len());
        let mut at = now;
        rest = after;
        // `$now-` before anything but a number is only punctuation.
        if offset.starts_with(|letter: char| letter.is_ascii_digit()) {
            let by = SignedDuration::try_from(duration(&offset[..length])?).map_err(|error| error.to_string())?;
            let by = if after.starts_with('-') { -by } else { by };
            at = now.checked_add(by).map_err(|error| error.to_string())?;
            rest = &offset[length..];
        }
        told.push_str(before);
        told.push_str(&at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
    }
    if told.is_empty() {
        return Ok(None);
    }
    told.push_str(rest);
    Ok(Some(Value::from(told)))
}
