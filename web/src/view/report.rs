//! The way from a verdict to the operator: the report's form, with what the verdict knows of the label filled in.

use leptos::prelude::*;
use shirushi_shared::api::VerdictAnswer;

use super::Reader;

/// Where a suspicious label is reported.
pub const REPORT: &str = "/report";

/// A link to the form. It holds a number that anybody may know, and never the code: links are kept and passed on.
pub fn report_link(answer: &VerdictAnswer, reader: Reader) -> AnyView {
    let mut link = format!("{REPORT}?lang={}&answered={}", reader.language.tag(), answer.outcome.as_str());
    let printed = answer.product.as_ref().map(|product| &product.printed_number);
    if let Some(number) = printed.or(answer.number.as_ref()) {
        link.push_str("&number=");
        push_escaped(&mut link, number);
    }
    view! { <p class="report"><a href=link>{reader.words().verdict.report}</a></p> }.into_any()
}

/// Appends `text` as a value of a query.
fn push_escaped(link: &mut String, text: &str) {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_') {
            link.push(char::from(byte));
        } else {
            link.push('%');
            let halves = [byte >> 4, byte & 15];
            link.extend(halves.into_iter().filter_map(|half| DIGITS.get(usize::from(half))));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_stays_one_value() {
        let mut link = String::new();
        push_escaped(&mut link, "SHI-1&x=\"架\"");
        assert_eq!(link, "SHI-1%26x%3D%22%E6%9E%B6%22");
    }
}
