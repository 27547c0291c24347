//! JSON, as much of it as the service speaks.

/// A JSON value. Numbers that are not whole are [`Value::Other`], which nothing here reads.
#[derive(Debug)]
pub(super) enum Value {
    Text(String),
    Number(i64),
    List(Vec<Value>),
    Fields(Vec<(String, Value)>),
    /// `true`, `false`, and numbers that are not whole.
    Other,
    Null,
}

/// Nothing that the service says is nested deeper.
const DEEPEST: u8 = 16;

impl Value {
    /// The value that is all of `text`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut rest = text;
        let value = value(&mut rest, DEEPEST)?;
        rest.trim_start().is_empty().then_some(value)
    }

    /// The field `name`; `None` where there is none, and where it is `null`.
    pub(super) fn get(&self, name: &str) -> Option<&Self> {
        let Self::Fields(fields) = self else { return None };
        let (_, value) = fields.iter().find(|(field, _)| field == name)?;
        if matches!(value, Self::Null) { None } else { Some(value) }
    }

    pub(super) fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_text()
    }

    pub(super) fn number(&self, name: &str) -> Option<i64> {
        if let Self::Number(number) = self.get(name)? { Some(*number) } else { None }
    }

    pub(super) fn list(&self, name: &str) -> Option<&[Self]> {
        if let Self::List(list) = self.get(name)? { Some(list) } else { None }
    }
}

/// Writes `text` as a JSON string.
pub(super) fn quote(text: &str, to: &mut String) {
    to.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                to.push('\\');
                to.push(c);
            }
            '\0'..='\x1f' => {
                to.push_str("\\u00");
                let digit = |value: u32| char::from_digit(value, 16).unwrap_or('0');
                to.push(digit(u32::from(c) / 16));
                to.push(digit(u32::from(c) % 16));
            }
            _ => to.push(c),
        }
    }
    to.push('"');
}

fn take(rest: &mut &str, token: &str) -> bool {
    let text = rest.trim_start();
    let found = text.strip_prefix(token);
    *rest = found.unwrap_or(text);
    found.is_some()
}

fn value(rest: &mut &str, deeper: u8) -> Option<Value> {
    let deeper = deeper.checked_sub(1)?;
    for (word, value) in [("null", Value::Null), ("true", Value::Other), ("false", Value::Other)] {
        if take(rest, word) {
            return Some(value);
        }
    }
    if take(rest, "\"") {
        return string(rest).map(Value::Text);
    }
    if take(rest, "[") {
        let mut list = Vec::new();
        while !take(rest, "]") {
            if !list.is_empty() && !take(rest, ",") {
                return None;
            }
            list.push(value(rest, deeper)?);
        }
        return Some(Value::List(list));
    }
    if take(rest, "{") {
        let mut fields = Vec::new();
        while !take(rest, "}") {
            if !fields.is_empty() && !take(rest, ",") {
                return None;
            }
            if !take(rest, "\"") {
                return None;
            }
            let name = string(rest)?;
            if !take(rest, ":") {
                return None;
            }
            fields.push((name, value(rest, deeper)?));
        }
        return Some(Value::Fields(fields));
    }
    number(rest)
}

fn number(rest: &mut &str) -> Option<Value> {
    let end = rest.find(|c: char| !matches!(c, '0'..='9' | '-' | '+' | '.' | 'e' | 'E'));
    let (number, after) = rest.split_at(end.unwrap_or(rest.len()));
    *rest = after;
    if number.is_empty() {
        return None;
    }
    Some(number.parse().map_or(Value::Other, Value::Number))
}

/// The string whose opening quote was just taken.
fn string(rest: &mut &str) -> Option<String> {
    let mut text = String::new();
    loop {
        let end = rest.find(['"', '\\'])?;
        text.push_str(rest.get(..end)?);
        let mut after = rest.get(end..)?.chars();
        if after.next() == Some('"') {
            *rest = after.as_str();
            return Some(text);
        }
        text.push(match after.next()? {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'b' => '\x08',
            'f' => '\x0c',
            'u' => {
                let unit = unit(&mut after)?;
                // The two halves of a character beyond the first plane.
                if (0xd800..0xdc00).contains(&unit) {
                    if (after.next(), after.next()) != (Some('\\'), Some('u')) {
                        return None;
                    }
                    let low = self::unit(&mut after)?.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
                    char::from_u32(0x10000 + ((unit - 0xd800) << 10) + low)?
                } else {
                    char::from_u32(unit)?
                }
            }
            c @ ('"' | '\\' | '/') => c,
            _ => return None,
        });
        *rest = after.as_str();
    }
}

fn unit(digits: &mut core::str::Chars<'_>) -> Option<u32> {
    (0..4).try_fold(0, |unit, _| Some(unit * 16 + digits.next()?.to_digit(16)?))
}
