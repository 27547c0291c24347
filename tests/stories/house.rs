//! The house is as ARCHITECTURE.md says: who may use whom is read there and held against the code.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use shirushi_tests::workspace_folder;

/// Crates that only some rooms may name.
const GUARDED: [&str; 11] = [
    "axum",
    "calamine",
    "krilla",
    "leptos",
    "qrcode",
    "redis",
    "rqrr",
    "rust_xlsxwriter",
    "rusty_s3",
    "sqlx",
    "web_sys",
];

/// A row of the table.
#[derive(Debug)]
struct Room {
    place: String,
    may_use: BTreeSet<String>,
    guarded: BTreeSet<String>,
}

#[test]
fn nobody_uses_whom_they_may_not() {
    let rooms = rooms();
    assert!(rooms.len() > 10, "the table has been read: {rooms:?}");
    let rooms_of_the_server = modules_of(&workspace_folder().join("server/src/lib.rs"));
    let mut wrong = Vec::new();
    let mut unused: BTreeSet<_> = rooms.iter().map(|room| room.place.clone()).collect();
    for file in ["shared/src", "reader/src", "web/src", "web/offline/src", "server/src"]
        .iter()
        .flat_map(|top| sources(top))
    {
        let name = relative(&file);
        // The most exact row wins: a file before its folder.
        let belongs = |room: &&Room| {
            name.starts_with(&format!("{}/", room.place))
                || name == room.place
                || name == format!("{}.rs", room.place)
        };
        let Some(room) = rooms.iter().filter(belongs).max_by_key(|room| room.place.len()) else { continue };
        unused.remove(&room.place);
        if name.contains("/tests/") || name.ends_with("/tests.rs") {
            continue;
        }
        let code = code_of(&fs::read_to_string(&file).unwrap());
        for guarded in GUARDED {
            if names(&code, &format!("{guarded}::")) && !room.guarded.contains(guarded) {
                wrong.push(format!("{name} names {guarded}"));
            }
        }
        let own = room.place.rsplit('/').next().unwrap_or_default().trim_end_matches(".rs");
        for module in
            rooms_of_the_server.iter().filter(|module| room.place.starts_with("server") && *module != own)
        {
            if names(&code, &format!("crate::{module}")) && !room.may_use.contains(module) {
                wrong.push(format!("{name} uses {module}"));
            }
        }
        for neighbour in ["shirushi_shared", "shirushi_reader", "shirushi_web", "shirushi_server"] {
            if names(&code, &format!("{neighbour}::")) && !room.may_use.contains(neighbour) {
                wrong.push(format!("{name} uses {neighbour}"));
            }
        }
    }
    assert!(unused.is_empty(), "rows of ARCHITECTURE.md without a file: {unused:?}");
    assert!(wrong.is_empty(), "against the table in ARCHITECTURE.md:\n{}", wrong.join("\n"));
}

#[test]
fn there_is_one_now() {
    for file in
        ["shared/src", "reader/src", "web/offline/src", "server/src"].iter().flat_map(|top| sources(top))
    {
        let name = relative(&file);
        let code = code_of(&fs::read_to_string(&file).unwrap());
        assert!(
            name == "server/src/clock.rs" || !names(&code, "SystemTime::now"),
            "{name} has a clock of its own"
        );
    }
}

fn rooms() -> Vec<Room> {
    let text = fs::read_to_string(workspace_folder().join("ARCHITECTURE.md")).unwrap();
    let (_, table) = text.split_once("## Who may use whom").unwrap();
    let words = |cell: &str| cell.split_whitespace().map(str::to_owned).collect();
    table
        .lines()
        .take_while(|line| !line.starts_with("## "))
        .filter_map(|line| {
            let cells: Vec<_> = line.strip_prefix("| `")?.split('|').collect();
            let place = cells.first()?.trim().trim_end_matches('`').to_owned();
            Some(Room { place, may_use: words(cells.get(1)?), guarded: words(cells.get(2)?) })
        })
        .collect()
}

fn modules_of(lib: &Path) -> Vec<String> {
    let text = fs::read_to_string(lib).unwrap();
    let module = |line: &str| Some(line.trim().strip_prefix("pub mod ")?.strip_suffix(';')?.to_owned());
    text.lines().filter_map(module).collect()
}

fn sources(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![workspace_folder().join(folder)];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(path);
            }
        }
    }
    found
}

fn relative(file: &Path) -> String {
    file.strip_prefix(workspace_folder()).unwrap().display().to_string()
}

/// The code without comments and without its tests, which may use what they like.
fn code_of(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let code =
        code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let spread = spread(&code);
    code + &spread
}

/// Each name of every `use crate::{…}` written out as `crate::name`.
fn spread(code: &str) -> String {
    let mut names = String::new();
    for (_, tree) in
        code.match_indices("crate::{").filter_map(|(at, start)| code.split_at_checked(at + start.len()))
    {
        let (mut depth, mut name) = (0_u32, String::new());
        for c in tree.chars() {
            match c {
                '}' if depth == 0 => break,
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 0 => names += &format!("\ncrate::{}", std::mem::take(&mut name).trim()),
                c if depth == 0 => name.push(c),
                _ => {}
            }
        }
        names += &format!("\ncrate::{}", name.trim());
    }
    names
}

#[test]
fn a_name_in_a_tree_of_uses_is_seen() {
    let code = code_of("use crate::{\n    clock::{A, B},\n    registry::Actor, config\n};");
    assert!(["clock", "registry", "config"].iter().all(|name| names(&code, &format!("crate::{name}"))));
    assert!(!names(&code, "crate::A"));
}

/// Whether `code` names `path`, not as the end of a longer name.
fn names(code: &str, path: &str) -> bool {
    let bytes = code.as_bytes();
    code.match_indices(path).any(|(at, _)| {
        let before = at.checked_sub(1).and_then(|at| bytes.get(at));
        let after = bytes.get(at + path.len());
        let word = |c: Option<&u8>| c.is_some_and(|c| c.is_ascii_alphanumeric() || *c == b'_' || *c == b':');
        !word(before)
            && (path.ends_with(':') || !after.is_some_and(|c| c.is_ascii_alphanumeric() || *c == b'_'))
    })
}
