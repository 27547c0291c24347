//! A language's words as lines of text, one text a line, in the order of their declaration: how they come to the browser.
//!
//! The checker's WASM holds no language. The page brings the one that it speaks; all of them would be a sixth of what is
//! loaded before the camera opens.

use super::Words;

/// Texts that can be written as lines and read back.
pub(super) trait Texts {
    /// How many they are.
    const COUNT: usize;

    /// Takes as many lines as there are texts.
    fn read(lines: &mut Lines) -> Self;

    /// Adds its texts to `lines`.
    fn write(&self, lines: &mut Vec<&'static str>);
}

/// Counts a field.
pub(super) const fn one(_name: &str) -> usize {
    1
}

/// Lines yet to be read.
pub(super) struct Lines(std::str::Split<'static, char>);

impl Lines {
    /// The next one. Not inlined: it is called three hundred times.
    #[inline(never)]
    pub(super) fn next(&mut self) -> &'static str {
        self.0.next().unwrap_or_default()
    }
}

impl Words {
    /// These words as lines.
    pub fn to_lines(&self) -> String {
        let mut lines = Vec::with_capacity(Self::COUNT);
        self.write(&mut lines);
        lines.join("\n")
    }

    /// Nothing to say.
    #[cfg(target_arch = "wasm32")]
    pub(super) fn none() -> Self {
        Self::read(&mut Lines("".split('\n')))
    }

    /// The words in `lines`; `None` where they are not as many as this version has.
    pub fn from_lines(lines: &'static str) -> Option<Self> {
        let is_whole = lines.split('\n').count() == Self::COUNT;
        is_whole.then(|| Self::read(&mut Lines(lines.split('\n'))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Language;

    #[test]
    fn every_language_comes_back_from_its_lines_as_it_was() {
        for language in Language::ALL {
            let words = language.words();
            let lines: &'static str = words.to_lines().leak();
            let read = Words::from_lines(lines).unwrap();
            assert_eq!(format!("{read:?}"), format!("{words:?}"), "{}", language.tag());
        }
    }

    #[test]
    fn words_of_another_version_are_none() {
        let lines = Language::En.words().to_lines();
        let (fewer, _) = lines.rsplit_once('\n').unwrap();
        assert!(Words::from_lines(fewer.to_owned().leak()).is_none());
        assert!(Words::from_lines((lines + "\none more").leak()).is_none());
        assert!(Words::from_lines("").is_none());
    }
}
