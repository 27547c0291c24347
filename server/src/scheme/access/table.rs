//! The table. A new action does not compile until it has its row here.

use super::{Action as Do, Reach, Role, Scope};

/// How far `role` reaches with `action`.
pub const fn reach(role: Role, action: Do) -> Reach {
    let (_, [administrator, reviewer, approver, holder, evaluation_body, auditor, verifier]) = row(action);
    match role {
        Role::Administrator => administrator,
        Role::Reviewer => reviewer,
        Role::Approver => approver,
        Role::Holder => holder,
        Role::EvaluationBody => evaluation_body,
        Role::Auditor => auditor,
        Role::Verifier => verifier,
    }
}

/// The one scope to which `action` belongs.
pub const fn scope(action: Do) -> Scope {
    row(action).0
}

const N: Reach = Reach::None;
const O: Reach = Reach::Own;
const A: Reach = Reach::All;

/// N: not at all, O: own, A: all. What decides the rows:
/// - Administrators neither examine nor approve applications and do not read evidence; who approves did not issue by import.
/// - Who hands in reads back their own, and nothing of others.
/// - What somebody watches is theirs alone: also the operator sees no list but its own.
/// - A procurement policy is its organisation's own business: nobody else reads it, the operator neither.
/// - Auditors read everything that tells of decisions, and change nothing; labels for print and keys of others tell nothing.
#[rustfmt::skip]
#[expect(clippy::match_same_arms, reason = "a table has a row for each action")]
const fn row(action: Do) -> (Scope, [Reach; 7]) {
    match action {
        //                                            adm rev app hol eva aud ver
        Do::VerifyMore         => (Scope::Verify,    [A,  A,  A,  A,  A,  A,  A]),
        Do::VerifyBulk         => (Scope::Verify,    [A,  A,  A,  A,  A,  A,  A]),
        Do::PolicyWrite        => (Scope::Manage,    [O,  N,  N,  O,  N,  N,  O]),
        Do::PolicyRead         => (Scope::Verify,    [O,  N,  N,  O,  N,  N,  O]),
        Do::HistoryRead        => (Scope::Verify,    [A,  A,  A,  A,  A,  A,  A]),

        Do::ApplicationDraft   => (Scope::Apply,     [N,  N,  N,  O,  N,  N,  N]),
        Do::ApplicationEdit    => (Scope::Apply,     [N,  N,  N,  O,  N,  N,  N]),
        Do::ApplicationSubmit  => (Scope::Apply,     [N,  N,  N,  O,  N,  N,  N]),
        Do::ApplicationWithdraw=> (Scope::Apply,     [N,  N,  N,  O,  N,  N,  N]),
        Do::ApplicationRead    => (Scope::Read,      [A,  A,  A,  O,  O,  A,  N]),
        Do::EvidenceUpload     => (Scope::Apply,     [N,  N,  N,  O,  O,  N,  N]),
        Do::EvidenceRead       => (Scope::Read,      [N,  A,  A,  O,  O,  A,  N]),
        Do::ReportFile         => (Scope::Apply,     [N,  N,  N,  N,  O,  N,  N]),
        Do::ExtensionRequest   => (Scope::Apply,     [N,  N,  N,  O,  N,  N,  N]),
        Do::NoticeFile         => (Scope::Apply,     [N,  N,  N,  O,  N,  N,  N]),
        Do::NoticeWithdraw     => (Scope::Apply,     [N,  N,  N,  O,  N,  N,  N]),
        Do::NoticeRead         => (Scope::Read,      [A,  A,  A,  O,  N,  A,  N]),
        Do::AdvisoryWrite      => (Scope::Apply,     [N,  A,  N,  O,  N,  N,  N]),
        Do::DutyWrite          => (Scope::Apply,     [N,  A,  N,  O,  N,  N,  N]),
        Do::StandingRead       => (Scope::Read,      [A,  A,  A,  O,  N,  A,  N]),
        Do::SightingRead       => (Scope::Read,      [A,  A,  A,  N,  N,  A,  N]),
        Do::SightingHandle     => (Scope::Review,    [A,  A,  A,  N,  N,  N,  N]),

        Do::ReviewBegin        => (Scope::Review,    [N,  A,  N,  N,  N,  N,  N]),
        Do::ReviewReturn       => (Scope::Review,    [N,  A,  A,  N,  N,  N,  N]),
        Do::ReviewReject       => (Scope::Review,    [N,  A,  A,  N,  N,  N,  N]),
        Do::ReviewAcceptReport => (Scope::Review,    [N,  A,  N,  N,  N,  N,  N]),
        Do::NoticeDecide       => (Scope::Review,    [N,  A,  A,  N,  N,  N,  N]),
        Do::ApplicationApprove => (Scope::Approve,   [N,  N,  A,  N,  N,  N,  N]),
        Do::DecisionConfirm    => (Scope::Approve,   [N,  N,  A,  N,  N,  N,  N]),
        Do::DecisionDecline    => (Scope::Approve,   [A,  N,  A,  N,  N,  N,  N]),
        Do::DecisionRead       => (Scope::Read,      [A,  A,  A,  N,  N,  A,  N]),

        Do::LabelIssue         => (Scope::Issue,     [A,  N,  N,  N,  N,  N,  N]),
        Do::LabelSuspend       => (Scope::Change,    [A,  N,  A,  N,  N,  N,  N]),
        Do::LabelReinstate     => (Scope::Change,    [A,  N,  A,  N,  N,  N,  N]),
        Do::LabelGrace         => (Scope::Change,    [A,  N,  A,  N,  N,  N,  N]),
        Do::LabelExtend        => (Scope::Change,    [A,  N,  A,  N,  N,  N,  N]),
        Do::LabelRevoke        => (Scope::Change,    [A,  N,  A,  N,  N,  N,  N]),
        Do::LabelSupersede     => (Scope::Change,    [A,  N,  A,  N,  N,  N,  N]),
        Do::RecordRead         => (Scope::Read,      [A,  A,  A,  O,  N,  A,  N]),
        Do::ArtworkRead        => (Scope::Read,      [A,  N,  A,  O,  N,  N,  N]),

        Do::HistoryExport      => (Scope::Audit,     [A,  N,  N,  N,  N,  A,  N]),
        Do::HistoryCheck       => (Scope::Audit,     [A,  N,  N,  N,  N,  A,  N]),
        Do::ServiceRead        => (Scope::Read,      [A,  N,  N,  N,  N,  A,  N]),

        Do::OrganisationCreate => (Scope::Manage,    [A,  N,  N,  N,  N,  N,  N]),
        Do::OrganisationChange => (Scope::Manage,    [A,  N,  N,  N,  N,  N,  N]),
        Do::OrganisationRead   => (Scope::Read,      [A,  A,  A,  O,  O,  A,  O]),
        Do::KeyCreate          => (Scope::Manage,    [A,  N,  N,  O,  O,  O,  O]),
        Do::KeyRotate          => (Scope::Manage,    [A,  N,  N,  O,  O,  O,  O]),
        Do::KeyRevoke          => (Scope::Manage,    [A,  N,  N,  O,  O,  O,  O]),
        Do::KeyList            => (Scope::Manage,    [A,  N,  N,  O,  O,  A,  O]),

        Do::WatchRead          => (Scope::Watch,     [O,  O,  O,  O,  O,  N,  O]),
        Do::WatchWrite         => (Scope::Watch,     [O,  O,  O,  O,  O,  N,  O]),
        Do::WebhookRead        => (Scope::Watch,     [O,  O,  O,  O,  O,  N,  O]),
        Do::WebhookWrite       => (Scope::Watch,     [O,  O,  O,  O,  O,  N,  O]),
    }
}
