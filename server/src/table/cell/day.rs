//! Days as they stand in Japanese and English tables.

use shirushi_shared::policy::Day;

use super::{Spoilt, plain};

/// Years of the eras before their first.
const ERAS: [(&[&str], u32); 2] = [(&["令和", "R"], 2018), (&["平成", "H"], 1988)];

/// The day that `text` means.
pub fn day(text: &str) -> Result<Day, Spoilt> {
    let text = plain(text).to_uppercase();
    let (date, _) = text.split_once(['T', ' ']).unwrap_or((&text, ""));
    let (date, before) = ERAS
        .iter()
        .flat_map(|(names, before)| names.iter().map(move |name| (name, *before)))
        .find_map(|(name, before)| Some((date.strip_prefix(name)?, before)))
        .unwrap_or((date, 0));
    let date = date.replace("元年", "1年");
    let parts: Vec<_> =
        date.split(['-', '/', '.', '年', '月', '日']).filter(|part| !part.is_empty()).collect();
    let number = |text: &str| text.parse::<u16>().map(u32::from).map_err(|_| Spoilt::Day);
    let (year, month, day) = match *parts {
        [year, month, day] if before > 0 || year.len() == 4 => {
            (number(year)? + before, number(month)?, number(day)?)
        }
        [all] if all.len() == 8 && all.is_ascii() && before == 0 => {
            (number(&all[..4])?, number(&all[4..6])?, number(&all[6..])?)
        }
        _ => return Err(Spoilt::Day),
    };
    Day::parse(&format!("{year:04}-{month:02}-{day:02}")).map_err(|_| Spoilt::Day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_in_every_way_that_tables_have() {
        let meant = Day::parse("2027-05-20").unwrap();
        for text in [
            "2027-05-20",
            "2027/5/20",
            "2027.5.20",
            "2027年5月20日",
            "２０２７年５月２０日",
            "20270520",
            "令和9年5月20日",
            "R9.5.20",
            "2027-05-20T10:00:00",
            "2027/05/20 0:00",
        ] {
            assert_eq!(day(text), Ok(meant), "{text}");
        }
        assert_eq!(day("平成31年4月30日"), day("2019-04-30"));
        assert_eq!(day("令和元年5月1日"), day("2019-05-01"));
        for text in [
            "",
            "5/20/2027",
            "2027-02-30",
            "27/5/20",
            "46162",
            "99999999",
            "令和9年",
            "R４２９４９６７２９５.1.1",
        ] {
            assert_eq!(day(text), Err(Spoilt::Day), "{text}");
        }
    }
}
