//! The runbook's commands are commands of this program.

use clap::Parser as _;

use super::Cli;

const RUNBOOK: &str = include_str!("../../../docs/runbook.md");

/// The words of a line as a shell would split it; quotation marks hold words together.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut quoted) = (vec![String::new()], false);
    for letter in line.chars() {
        match letter {
            '"' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            letter => words.last_mut().unwrap().push(letter),
        }
    }
    words
}

#[test]
fn every_command_of_the_runbook_is_one() {
    let commands = || RUNBOOK.lines().filter(|line| line.starts_with("shirushi "));
    for command in commands() {
        if let Err(error) = Cli::try_parse_from(words(command)) {
            panic!("{command}: {error}");
        }
    }
    assert!(commands().count() > 10);
}
