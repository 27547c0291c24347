use serde_json::{Value, json};

use super::*;

fn category(word: &str) -> Category {
    Category::parse(word).unwrap()
}

/// The built-in file with one change.
fn changed(change: impl FnOnce(&mut Value)) -> Result<Criteria, CriteriaError> {
    let mut file: Value = serde_json::from_str(BUILT_IN).unwrap();
    change(&mut file);
    Criteria::load(&file.to_string())
}

#[test]
fn what_is_built_in_says_how_well_each_row_is_known() {
    let criteria = Criteria::built_in().unwrap();
    let of_star_1: Vec<_> = criteria.of(Level::Star1, category("smart_lock")).collect();
    assert_eq!(of_star_1.len(), 16);
    let rows: Vec<_> = of_star_1
        .iter()
        .map(|one| {
            let mapped: Vec<_> = one
                .mapping
                .iter()
                .map(|row| {
                    let clauses: Vec<_> = row.clauses.iter().map(ClauseId::as_str).collect();
                    format!("{} {} ({})", row.to, clauses.join(", "), row.mark)
                })
                .collect();
            let title = one.title_en.as_ref().map_or("text not published to us", Name::as_str);
            let mark = one.mark.map_or("-", Mark::as_str);
            format!("{} {mark} {} | {title} | {}", one.id, one.text, mapped.join("; "))
        })
        .collect();
    insta::assert_snapshot!(rows.join("\n"));
}

#[test]
fn a_level_takes_applications_where_its_file_says_so() {
    let criteria = Criteria::built_in().unwrap();
    let mut table = Vec::new();
    for level in Level::ALL {
        for word in ["communications_equipment", "network_camera", "smart_lock"] {
            let answer =
                criteria.open(level, category(word)).map_or_else(|no| no.to_string(), |()| "open".into());
            table.push(format!("{level} {word}: {answer}"));
        }
    }
    insta::assert_snapshot!(table.join("\n"));
}

#[test]
fn another_operator_opens_star_2_by_data() {
    let opened = changed(|file| {
        file["levels"][1] =
            json!({"level": "STAR-2", "state": "open", "categories": {"only": ["smart_lock"]}});
        file["criteria"][0]["levels"] = json!(["STAR-1", "STAR-2"]);
        file["criteria"][0]["categories"] = json!({"only": ["network_camera", "smart_lock"]});
    })
    .unwrap();
    assert_eq!(opened.open(Level::Star2, category("smart_lock")), Ok(()));
    let closed = opened.open(Level::Star2, category("network_camera"));
    assert!(matches!(closed, Err(Closed::NotForCategory { .. })), "{closed:?}");
    assert_eq!(opened.of(Level::Star1, category("toy")).count(), 15);
}

#[test]
fn recognition_has_a_direction_and_a_date() {
    let criteria = Criteria::built_in().unwrap();
    let from = UnixTime::parse("2026-01-01T00:00:00+09:00").unwrap();
    let waived = |at| -> Vec<_> {
        let ids = criteria.criteria.iter().map(|one| &one.id);
        ids.filter(|id| criteria.waives(RecognisedScheme::UkPsti, id, at)).map(CriterionId::as_str).collect()
    };
    assert_eq!(waived(from), ["S1.1-02", "S1.1-05", "S1.1-16"]);
    assert!(waived(from.plus(-1)).is_empty());
}

#[test]
fn a_file_out_of_form_is_refused() {
    let out_of_form: [fn(&mut Value); 6] = [
        |file| file["more"] = json!(1),
        |file| file["criteria"][0]["mark"] = json!("X"),
        |file| file["criteria"][0]["id"] = json!("s1.1-01; drop"),
        |file| file["criteria"][1]["mapping"][0]["to"] = json!("en_999"),
        |file| file["criteria"][1]["mapping"][0]["clauses"][0] = json!("five"),
        |file| file["waivers"][0]["by"] = json!("us_mark"),
    ];
    for (case, change) in out_of_form.into_iter().enumerate() {
        let refused = changed(change);
        assert!(matches!(refused, Err(CriteriaError::Form(_))), "case {case}: {refused:?}");
    }
    assert!(matches!(Criteria::load("{"), Err(CriteriaError::Form(_))));
    assert_eq!(Criteria::load(&" ".repeat((1 << 20) + 1)), Err(CriteriaError::TooLarge));
    let field_twice = BUILT_IN.replacen("\"scheme\"", "\"scheme\": \"x\", \"scheme\"", 1);
    assert!(matches!(Criteria::load(&field_twice), Err(CriteriaError::Form(_))));
}

#[test]
fn all_contradictions_are_told_at_once() {
    let refused = changed(|file| {
        file["criteria"][1]["id"] = json!("S1.1-01");
        file["criteria"][6]["title_en"] = json!("Made up");
        file["criteria"][2]["levels"] = json!([]);
        file["criteria"][3]["mapping"][0]["clauses"] = json!([]);
        file["levels"][1]["state"] = json!("open");
        file["levels"][3]["level"] = json!("STAR-3");
    });
    let Err(CriteriaError::Contents(wrong)) = refused else { panic!("{refused:?}") };
    insta::assert_snapshot!(wrong.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
}
