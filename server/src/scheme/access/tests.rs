use std::collections::BTreeSet;

use shirushi_shared::time::UnixTime;

use super::*;
use crate::scheme::{
    organisation::{Organisation, OrganisationId, OrganisationKind},
    text::{Name, Reason},
};

fn organisation(id: &str, kind: OrganisationKind) -> Organisation {
    Organisation::new(OrganisationId::parse(id).unwrap(), kind, Name::parse("Example (fictional)").unwrap())
}

fn permit(role: Role, scopes: &[Scope]) -> Permit {
    let own = organisation("own", role.held_through());
    Permit::of(&own, [role].into(), scopes.iter().copied().collect(), UnixTime::EPOCH).unwrap()
}

fn id(text: &str) -> OrganisationId {
    OrganisationId::parse(text).unwrap()
}

#[test]
fn the_table_of_who_may_do_what() {
    let mut table = format!("{:<22}{:<9}", "action", "scope");
    for role in Role::ALL {
        table += &format!("{:<16}", role.as_str());
    }
    for action in Action::ALL {
        table.truncate(table.trim_end().len());
        table += &format!("\n{:<22}{:<9}", action.as_str(), scope(*action).as_str());
        for role in Role::ALL {
            let mark =
                if reach(*role, *action) == Reach::None { "-" } else { reach(*role, *action).as_str() };
            table += &format!("{mark:<16}");
        }
    }
    insta::assert_snapshot!(table.trim_end());
}

#[test]
fn the_permit_keeps_to_the_table_for_own_foreign_and_new_objects() {
    let (own, foreign) = (id("own"), id("foreign"));
    for role in Role::ALL {
        let every = permit(*role, Scope::ALL);
        for action in Action::ALL {
            let decide = |owner| every.decide(*action, owner);
            let [of_own, of_foreign, of_none] = [decide(Some(&own)), decide(Some(&foreign)), decide(None)];
            let expected = match reach(*role, *action) {
                Reach::None => [Err(Denied::Forbidden(*action)); 3],
                Reach::Own => [Ok(Reach::Own), Err(Denied::NotFound), Ok(Reach::Own)],
                Reach::All => [Ok(Reach::All); 3],
            };
            assert_eq!([of_own, of_foreign, of_none], expected, "{role} {action}");
            // Any other scope instead of the right one: whatever the object, the same answer, which tells nothing of it.
            let others: Vec<_> =
                Scope::ALL.iter().copied().filter(|other| *other != scope(*action)).collect();
            let narrowed = permit(*role, &others);
            let refused = match reach(*role, *action) {
                Reach::None => Denied::Forbidden(*action),
                Reach::Own | Reach::All => Denied::MissingScope(scope(*action)),
            };
            for owner in [Some(&own), Some(&foreign), None] {
                assert_eq!(narrowed.decide(*action, owner), Err(refused), "{role} {action} {owner:?}");
            }
        }
    }
}

#[test]
fn without_a_role_nothing_is_allowed() {
    let own = organisation("own", OrganisationKind::Operator);
    let nobody =
        Permit::of(&own, BTreeSet::new(), Scope::ALL.iter().copied().collect(), UnixTime::EPOCH).unwrap();
    for action in Action::ALL {
        assert_eq!(nobody.decide(*action, Some(&own.id)), Err(Denied::Forbidden(*action)));
    }
}

#[test]
fn nobody_outside_the_operator_decides_and_nobody_but_auditors_only_read() {
    let deciding = [Scope::Review, Scope::Approve, Scope::Change, Scope::Issue];
    for action in Action::ALL {
        for role in Role::ALL {
            let reach = reach(*role, *action);
            if deciding.contains(&scope(*action)) && role.held_through() != OrganisationKind::Operator {
                assert_eq!(reach, Reach::None, "{role} {action}");
            }
            let hands_in_or_decides = scope(*action) == Scope::Apply || deciding.contains(&scope(*action));
            if *role == Role::Auditor && hands_in_or_decides {
                assert_eq!(reach, Reach::None, "{action}");
            }
        }
        let allowed = Role::ALL.iter().any(|role| reach(*role, *action) != Reach::None);
        assert!(allowed, "{action} is for nobody");
    }
}

#[test]
fn who_examines_does_not_approve_and_who_imports_does_not_confirm() {
    for role in Role::ALL {
        let can = |action| reach(*role, action) != Reach::None;
        assert!(!(can(Action::ReviewBegin) && can(Action::ApplicationApprove)), "{role}");
        assert!(!(can(Action::LabelIssue) && can(Action::DecisionConfirm)), "{role}");
    }
}

#[test]
fn roles_are_held_through_their_kind_of_organisation_while_it_is_not_suspended() {
    for kind in OrganisationKind::ALL {
        let held: Vec<_> = Role::of(*kind).collect();
        assert!(!held.is_empty());
        for role in Role::ALL {
            let permit =
                Permit::of(&organisation("own", *kind), [*role].into(), BTreeSet::new(), UnixTime::EPOCH);
            assert_eq!(permit.is_ok(), held.contains(role), "{kind} {role}");
        }
    }
    let suspended = organisation("own", OrganisationKind::Holder)
        .suspend(Reason::parse("r").unwrap(), UnixTime::EPOCH)
        .unwrap();
    let permit = Permit::of(&suspended, [Role::Holder].into(), BTreeSet::new(), UnixTime::EPOCH);
    assert_eq!(permit, Err(NoPermit::Suspended));
}

#[test]
fn a_key_hands_out_no_more_than_it_has() {
    let (own, foreign) = (id("own"), id("foreign"));
    let holder = permit(Role::Holder, &[Scope::Manage, Scope::Read]);
    let grant = |owner, scopes: &[Scope]| {
        holder.may_grant(Action::KeyCreate, owner, &scopes.iter().copied().collect())
    };
    assert_eq!(grant(&own, &[Scope::Read]), Ok(()));
    assert_eq!(grant(&own, &[Scope::Read, Scope::Apply]), Err(Denied::MissingScope(Scope::Apply)));
    assert_eq!(grant(&foreign, &[Scope::Read]), Err(Denied::NotFound));
    let administrator = permit(Role::Administrator, &[Scope::Manage]);
    let wide = Scope::ALL.iter().copied().collect();
    assert_eq!(administrator.may_grant(Action::KeyCreate, &foreign, &wide), Ok(()));
}

#[test]
fn keys_from_before_roles_keep_their_meaning() {
    let actions = |word: &str| -> Vec<_> {
        let key = permit(Role::Administrator, &[Scope::parse(word).unwrap()]);
        Action::ALL.iter().filter(|action| key.decide(**action, None).is_ok()).map(|a| a.as_str()).collect()
    };
    let words = ["issue", "change", "read", "manage"];
    let table: Vec<_> = words.iter().map(|word| format!("{word}: {}", actions(word).join(" "))).collect();
    insta::assert_snapshot!(table.join("\n"));
}
