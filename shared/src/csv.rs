//! CSV that spreadsheets open as it was meant (RFC 4180). Reading it, and writing much of it, are the server's.

use std::borrow::Cow;

/// A line of `cells`, each in quotes, with its line break.
pub fn line<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let mut line = String::new();
    for cell in cells {
        line.push_str(if line.is_empty() { "\"" } else { ",\"" });
        line.push_str(&guarded(cell).replace('"', "\"\""));
        line.push('"');
    }
    line + "\r\n"
}

/// `text`, with an apostrophe before what a spreadsheet would take for a formula (OWASP, "CSV Injection"). A plain number is
/// none, whatever its sign.
pub fn guarded(text: &str) -> Cow<'_, str> {
    // Tabs and line breaks count themselves; spaces are passed over by some programs.
    let first = text.trim_start_matches([' ', '\u{3000}', '\n']).chars().next();
    let formula =
        first.is_some_and(|c| matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '＝' | '＋' | '－' | '＠'));
    if formula && !is_number(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

fn is_number(text: &str) -> bool {
    let bare = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, fraction) = bare.split_once('.').unwrap_or((bare, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole) && digits(fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_keep_their_commas_quotes_and_breaks() {
        assert_eq!(
            line(["a,b", "say \"ja\"", "", "two\nlines", "=1"]),
            "\"a,b\",\"say \"\"ja\"\"\",\"\",\"two\nlines\",\"'=1\"\r\n"
        );
    }

    #[test]
    fn what_begins_like_a_formula_is_text_and_a_number_is_a_number() {
        for text in [
            "=1+1",
            "+SUM(A1)",
            "-2+3",
            "@cmd",
            "\t=1",
            "\r=1",
            " =1",
            "＝１＋１",
            "-",
            "+81-3-0000",
            "=",
            "\n=1",
        ] {
            assert_eq!(guarded(text), format!("'{text}"), "{text:?}");
        }
        for text in ["", "-5", "+12.5", "4901234567894", "RX-200", "a=1", "'=1", "株式会社"] {
            assert_eq!(guarded(text), text, "{text:?}");
        }
    }
}
