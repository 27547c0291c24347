//! A cell of a workbook as the text that a reader sees, or nearly so.

use calamine::{DataRef, ExcelDateTime};

/// Longer than a cell may be.
pub(super) struct TooLong;

/// The text of `value`, `None` where there is nothing. A text that is too long is not copied.
pub(super) fn text(value: &DataRef<'_>, limit: usize) -> Option<Result<String, TooLong>> {
    let text = match value {
        DataRef::Empty => return None,
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            bounded(text, limit)
        }
        DataRef::SharedString(text) => bounded(text, limit),
        DataRef::Int(number) => Ok(number.to_string()),
        DataRef::Float(number) => Ok(number_text(*number)),
        DataRef::Bool(is) => Ok(if *is { "TRUE" } else { "FALSE" }.to_owned()),
        DataRef::DateTime(at) => Ok(date_text(at)),
        DataRef::Error(error) => Ok(error.to_string()),
    };
    Some(text)
}

fn bounded(text: &str, limit: usize) -> Result<String, TooLong> {
    if text.len() > limit { Err(TooLong) } else { Ok(text.to_owned()) }
}

/// Whole numbers without a point: a JAN code in a sheet is most often a number.
fn number_text(number: f64) -> String {
    // Beyond 15 digits Excel itself has rounded; `{}` writes all digits that there are.
    format!("{number}")
}

fn date_text(at: &ExcelDateTime) -> String {
    if !at.is_datetime() {
        return number_text(at.as_f64());
    }
    let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second) == (0, 0, 0) {
        date
    } else {
        format!("{date}T{hour:02}:{minute:02}:{second:02}")
    }
}
