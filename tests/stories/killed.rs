//! `kill -9` at any moment: what was said is kept, what was not finished did not happen.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use shirushi_tests::shirushi::{BY_TWO, done, program, run};

const ROWS: usize = 400;

fn products(file: &Path) {
    let mut csv = "number,maker,product,models,category,level,valid_from,valid_until\n".to_owned();
    for row in 0..ROWS {
        csv += &format!(
            "SHI-2026-{row:05},架空電機,Camera {row},M{row}A|M{row}B,network_camera,1,2026-01-01,2027-12-31\n"
        );
    }
    std::fs::write(file, csv).unwrap();
}

/// How many of the rows are registered, asked of a fresh process.
fn registered(common: &[String]) -> usize {
    (0..ROWS)
        .step_by(ROWS / 8)
        .chain([ROWS - 1])
        .filter(|row| {
            let number = format!("SHI-2026-{row:05}");
            let output = run(["verify".to_owned(), number].into_iter().chain(common.iter().cloned()));
            String::from_utf8_lossy(&output.stdout).contains("\"outcome\":\"valid\"")
        })
        .count()
}

#[test]
fn an_import_is_whole_or_not_there() {
    let place = tempfile::tempdir().unwrap();
    let keys = place.path().join("keys").display().to_string();
    done(["keys", "init", "--keys", &keys]);
    let file = place.path().join("products.csv");
    products(&file);
    let mut killed = 0;
    let mut whole = 0;
    // The moment of the kill wanders through the whole run, start to commit to exit.
    for step in 0..14_u64 {
        let database = format!("sqlite:{}", place.path().join(format!("{step}.db")).display());
        let common = ["--keys".to_owned(), keys.clone(), "--database".to_owned(), database];
        let mut child = Command::new(program())
            .arg("import")
            .arg(&file)
            .args(BY_TWO)
            .args(&common)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(10 + 40 * step));
        child.kill().unwrap();
        if !child.wait().unwrap().success() {
            killed += 1;
        }
        match registered(&common) {
            0 => {
                // And it can be done again.
                done(
                    ["import".to_owned(), file.display().to_string()]
                        .into_iter()
                        .chain(BY_TWO.map(str::to_owned))
                        .chain(common.iter().cloned()),
                );
                assert_eq!(registered(&common), 9);
            }
            9 => whole += 1,
            some => panic!("killed after {step} steps, {some} of 9 rows are registered"),
        }
    }
    assert!(killed > 0, "no run was killed in time; {whole} were whole");
}

#[test]
fn a_label_that_was_handed_out_is_on_record() {
    let place = tempfile::tempdir().unwrap();
    let keys = place.path().join("keys").display().to_string();
    done(["keys", "init", "--keys", &keys]);
    let database = format!("sqlite:{}", place.path().join("registry.db").display());
    let common = ["--keys", &keys, "--database", &database, "--public-url", "https://label.example"];
    for step in 0..12_u64 {
        let file = place.path().join(format!("{step}.csv"));
        let row = format!("SHI-2026-{step:05},架空電機,Camera,M-1,network_camera,1,2026-01-01,2027-12-31\n");
        std::fs::write(
            &file,
            format!("number,maker,product,models,category,level,valid_from,valid_until\n{row}"),
        )
        .unwrap();
        let out = place.path().join(format!("{step}.out"));
        let mut child = Command::new(program())
            .arg("import")
            .arg(&file)
            .args(BY_TWO)
            .args(common)
            .stdout(std::fs::File::create(&out).unwrap())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(5 + 12 * step));
        child.kill().unwrap();
        child.wait().unwrap();
        let printed = std::fs::read_to_string(&out).unwrap();
        if let Some(link) =
            printed.split(['"', ' ', '\n']).find(|word| word.starts_with("https://label.example/v/"))
        {
            let told = run(["verify", link].into_iter().chain(common));
            let told = String::from_utf8_lossy(&told.stdout).into_owned();
            assert!(told.contains("\"outcome\":\"valid\""), "handed out, and then: {told}");
        }
    }
}
