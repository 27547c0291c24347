//! Fields of a request, checked all at once: whoever filled in a form wants to know everything that is wrong with it.

use shirushi_shared::api::FieldProblem;

use super::problem::Refusal;

/// What was wrong so far.
#[derive(Debug, Default)]
pub(super) struct Fields(Vec<FieldProblem>);

impl Fields {
    /// The value of `field`, or a note of why it is none.
    pub(super) fn keep<T, E: ToString>(&mut self, field: &str, read: Result<T, E>) -> Option<T> {
        read.map_err(|error| self.refuse(field, &error)).ok()
    }

    /// As [`Fields::keep`], of what may be missing.
    pub(super) fn keep_some<T, E: ToString>(
        &mut self,
        field: &str,
        text: Option<&str>,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        text.and_then(|text| self.keep(field, read(text)))
    }

    /// The values with these words; each word that is none is noted.
    pub(super) fn words<T: Ord, C: FromIterator<T>>(
        &mut self,
        field: &str,
        words: &[String],
        parse: impl Fn(&str) -> Option<T>,
    ) -> C {
        let read = |word: &String| {
            let value = parse(word).ok_or_else(|| format!("{word:.40} is no such word"));
            self.keep(field, value)
        };
        words.iter().filter_map(read).collect()
    }

    /// Notes what is wrong with `field`.
    pub(super) fn refuse(&mut self, field: &str, detail: &impl ToString) {
        self.0.push(FieldProblem { row: None, field: field.to_owned(), detail: detail.to_string() });
    }

    /// What was made of the fields, where nothing was wrong.
    pub(super) fn done<T>(self, made: Option<T>) -> Result<T, Refusal> {
        match made {
            Some(made) if self.0.is_empty() => Ok(made),
            _ => Err(Refusal::of_fields(self.0)),
        }
    }
}
