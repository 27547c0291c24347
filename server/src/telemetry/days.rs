//! The log in files, one a day, for as long as the scheme keeps it.
//!
//! `shirushi-2027-01-15.log`, by days of UTC; several processes may write to one file, a line at a time. A file is
//! removed only when its own name says that it is older than the bound; anything else in the folder is left alone.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use shirushi_shared::time::UnixTime;
use tracing_subscriber::fmt::MakeWriter;

use crate::clock::SystemClock;

/// A day in seconds.
const DAY: i64 = 24 * 3600;

/// The files.
pub(super) struct Days {
    folder: PathBuf,
    keep: u16,
    clock: SystemClock,
    /// Today's file, and its day counted from 1970.
    open: Mutex<(i64, File)>,
}

/// One line of the log, which goes into its day's file whole.
pub(super) struct Line<'a> {
    days: &'a Days,
    text: Vec<u8>,
}

impl Days {
    /// Begins to write to the files in `folder`, and removes those that are older than `keep_days`.
    pub(super) fn begin(folder: &Path, keep_days: u16, clock: SystemClock) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let day = day_of(clock.now());
        let file = open(folder, day)?;
        let days = Self { folder: folder.to_owned(), keep: keep_days, clock, open: Mutex::new((day, file)) };
        days.remove_old(day)?;
        Ok(days)
    }

    fn write(&self, line: &[u8]) -> io::Result<()> {
        let today = day_of(self.clock.now());
        let mut open_file = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open_file.0 != today {
            *open_file = (today, open(&self.folder, today)?);
            // A folder in which nothing can be removed must not stop the log.
            let _ = self.remove_old(today);
        }
        open_file.1.write_all(line)
    }

    fn remove_old(&self, today: i64) -> io::Result<()> {
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let day = entry.file_name().to_str().and_then(day_in);
            if day.is_some_and(|day| today - day > i64::from(self.keep)) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }
}

fn open(folder: &Path, day: i64) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).mode(0o600).open(folder.join(name(day)))
}

fn day_of(at: UnixTime) -> i64 {
    at.as_secs() / DAY
}

fn name(day: i64) -> String {
    let date = UnixTime::EPOCH.plus(day * DAY).date_at(0);
    format!("shirushi-{:04}-{:02}-{:02}.log", date.year, date.month, date.day)
}

/// The day in a name that is exactly one of ours.
fn day_in(found: &str) -> Option<i64> {
    let date = found.strip_prefix("shirushi-")?.strip_suffix(".log")?;
    let day = day_of(UnixTime::parse(&format!("{date}T00:00:00Z")).ok()?);
    (name(day) == found).then_some(day)
}

impl<'a> MakeWriter<'a> for Days {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line { days: self, text: Vec::new() }
    }
}

impl Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.days.write(&self.text) {
            // The line itself went to stderr as well; nobody else is left to be told.
            let _ = writeln!(io::stderr(), "shirushi: the log folder cannot be written: {error}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn say(days: &Days, text: &str) {
        days.make_writer().write_all(text.as_bytes()).unwrap();
    }

    #[test]
    fn each_day_has_its_file_and_only_what_is_past_the_bound_goes() {
        let folder = tempfile::tempdir().unwrap();
        let clock = SystemClock::default();
        let today = day_of(clock.now());
        for day in [today - 91, today - 90, today - 89] {
            fs::write(folder.path().join(name(day)), "old\n").unwrap();
        }
        let others =
            ["notes.log", "shirushi-2001-02-31.log", "shirushi-2001-02-03.log.gz", "shirushi-1-2-3.log"];
        for other in others {
            fs::write(folder.path().join(other), "").unwrap();
        }
        let days = Days::begin(folder.path(), 90, clock.clone()).unwrap();
        say(&days, "one\n");
        let there = names(folder.path());
        assert!(!there.contains(&name(today - 91)));
        assert!(there.contains(&name(today - 90)) && there.contains(&name(today - 89)));

        clock.jump(2 * DAY);
        say(&days, "two\n");
        say(&days, "three\n");
        let there = names(folder.path());
        assert!(!there.contains(&name(today - 89)), "removed while it runs");
        assert!(others.iter().all(|other| there.contains(&(*other).to_owned())), "{there:?}");
        assert_eq!(fs::read_to_string(folder.path().join(name(today))).unwrap(), "one\n");
        assert_eq!(fs::read_to_string(folder.path().join(name(today + 2))).unwrap(), "two\nthree\n");

        // After a restart on the same day the file goes on.
        say(&Days::begin(folder.path(), 90, clock).unwrap(), "four\n");
        assert_eq!(fs::read_to_string(folder.path().join(name(today + 2))).unwrap(), "two\nthree\nfour\n");
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_told_at_the_start() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(Days::begin(&file, 400, SystemClock::default()).is_err());
    }
}
