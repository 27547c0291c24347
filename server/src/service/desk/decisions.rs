//! Decisions that take two people: one proposes, another confirms, and what follows is in the same transaction.

use std::collections::HashSet;

use shirushi_shared::{
    api::FieldProblem,
    label::{RegistrationNumber, StateChange},
    status::{Revision, StatusRecord},
    time::UnixTime,
};

use super::{
    Desk, DeskError, Filed, Listed,
    applications::SUCCESSION,
    cases::{Page, filed, seen, write},
    error::problem,
};
use crate::{
    registry::{Change, RegistryError, Write, Written, apply},
    scheme::{
        access::Action,
        case_id::DecisionId,
        decision::{Decision, Proposal},
        evidence::ContentHash,
        standing::{ExtensionRequest, ExtensionReview},
        text::Reason,
    },
    service::{
        approval::{Approval, ApprovalInput},
        caller::Caller,
        issue::Issued,
    },
};

/// What became of a request to move the end of a validity.
#[derive(Clone, Debug)]
pub enum ExpiryChange {
    /// It was shortened.
    Shortened(Box<StatusRecord>),
    /// To extend it is proposed, and waits for a second person.
    Proposed(Box<Filed<Decision>>),
}

/// What a confirmed decision came to.
#[derive(Clone, Debug)]
pub struct Done {
    /// The decision.
    pub decision: Filed<Decision>,
    /// The label that was changed.
    pub changed: Option<StatusRecord>,
    /// The labels that were issued.
    pub issued: Vec<Issued>,
}

impl Desk {
    /// Proposes to revoke, extend or replace a label, with `expected` only as it was seen. What could not be done now is not
    /// proposed.
    pub async fn propose(
        &self,
        caller: &Caller,
        expected: Option<Revision>,
        what: Proposal,
        reason: Reason,
    ) -> Result<Filed<Decision>, DeskError> {
        let (action, number) = match &what {
            Proposal::IssueDirect { .. } => return Err(DeskError::NotFound),
            Proposal::Extend { number, .. } => (Action::ExtensionRequest, number),
            Proposal::Revoke { number, .. } => (Action::LabelRevoke, number),
            Proposal::Supersede { number, .. } => (Action::LabelSupersede, number),
        };
        self.registration(caller, action, number).await?;
        self.seen_label(number, expected).await?;
        if let Proposal::Supersede { successor, .. } = &what {
            let successor = self.registry.status(successor).await?;
            successor.ok_or_else(|| DeskError::of_field("successor", &"is not registered"))?;
        }
        self.change_of(number, &what).await?;
        self.open_decision(caller, what, reason).await
    }

    /// Suspends, reinstates or begins grace, at once: it protects, or can be undone.
    pub async fn change_state(
        &self,
        caller: &Caller,
        number: &RegistrationNumber,
        expected: Option<Revision>,
        change: StateChange,
    ) -> Result<StatusRecord, DeskError> {
        let action = match change {
            StateChange::Suspend { .. } => Action::LabelSuspend,
            StateChange::Reinstate => Action::LabelReinstate,
            StateChange::EnterGrace => Action::LabelGrace,
            StateChange::Revoke { .. } => {
                return Err(DeskError::Refused("to revoke a label takes two people".to_owned()));
            }
        };
        self.registration(caller, action, number).await?;
        Ok(self.issuer.change(number, expected, Change::State(change), &caller.actor).await?)
    }

    /// Moves the end of a validity, as the operator's staff: at once where it comes nearer; further off only after a look at
    /// the holder's standing, and by a second person.
    pub async fn change_expiry(
        &self,
        caller: &Caller,
        number: &RegistrationNumber,
        expected: Option<Revision>,
        until: UnixTime,
        reason: Reason,
    ) -> Result<ExpiryChange, DeskError> {
        self.registration(caller, Action::LabelExtend, number).await?;
        let record = self.seen_label(number, expected).await?;
        let what = Proposal::Extend { number: number.clone(), until };
        if until > record.valid.until {
            self.change_of(number, &what).await?;
            return Ok(ExpiryChange::Proposed(Box::new(self.open_decision(caller, what, reason).await?)));
        }
        // From the revision that was compared with: else this could lengthen what somebody else has just shortened.
        let change = Change::Expiry { until };
        let record = self.issuer.change(number, Some(record.revision), change, &caller.actor).await?;
        Ok(ExpiryChange::Shortened(Box::new(record)))
    }

    /// Proposes to issue labels for products that were approved elsewhere. What is confirmed is exactly what was handed in
    /// here: it lies in the evidence store under its digest.
    pub async fn propose_issue(
        &self,
        caller: &Caller,
        approvals: Vec<ApprovalInput>,
        reason: Reason,
    ) -> Result<Filed<Decision>, DeskError> {
        caller.permit.decide(Action::LabelIssue, None)?;
        let json =
            serde_json::to_vec(&approvals).map_err(|error| RegistryError::Unavailable(error.into()))?;
        for approval in checked(approvals)? {
            if self.registry.status(&approval.number).await?.is_some() {
                return Err(RegistryError::AlreadyRegistered(approval.number).into());
            }
        }
        let sha256 = self.keep(json).await?;
        self.open_decision(caller, Proposal::IssueDirect { sha256 }, reason).await
    }

    /// The decision `id`, where the caller may read it.
    pub async fn decision(&self, caller: &Caller, id: &DecisionId) -> Result<Filed<Decision>, DeskError> {
        self.their_decision(caller, Action::DecisionRead, id).await
    }

    /// What the decision `id` to issue labels is about, as it was handed in: who confirms wants to see it.
    pub async fn proposed_approvals(
        &self,
        caller: &Caller,
        id: &DecisionId,
    ) -> Result<Vec<ApprovalInput>, DeskError> {
        let filed = self.their_decision(caller, Action::DecisionRead, id).await?;
        let Proposal::IssueDirect { sha256 } = filed.document.what() else { return Err(DeskError::NotFound) };
        self.handed_in(sha256).await
    }

    /// Decisions: the caller's own, or all.
    pub async fn decisions(&self, caller: &Caller, page: Page) -> Result<Listed<Decision>, DeskError> {
        self.list(caller, Action::DecisionRead, page).await
    }

    /// Confirms it, by another person than the one who proposed it, and does what it says.
    pub async fn confirm(
        &self,
        caller: &Caller,
        id: &DecisionId,
        expected: Option<Revision>,
    ) -> Result<Done, DeskError> {
        let before = seen(self.their_decision(caller, Action::DecisionConfirm, id).await?, expected)?;
        let now = self.clock.now();
        let next = before.document.clone().confirm(caller.person.clone(), now)?;
        let why = Some(format!("{id}: {}", next.proposed().1));
        let case = write(&next, Some(before.revision), before.owner.as_deref(), "confirmed", why.clone())?;
        let mut done =
            Done { decision: filed(&before, next.clone(), &[], now), changed: None, issued: vec![] };
        match next.what() {
            Proposal::IssueDirect { sha256 } => {
                let approvals = checked(self.handed_in(sha256).await?)?;
                let writes = [Write::Case(case)];
                done.issued = self.issuer.issue_with(&approvals, &writes, &caller.actor).await?;
            }
            what @ (Proposal::Extend { number, .. }
            | Proposal::Revoke { number, .. }
            | Proposal::Supersede { number, .. }) => {
                let change = self.change_of(number, what).await?;
                let change = Write::Change { number: number.clone(), expected: None, change, why };
                let written = self.issuer.commit(vec![change, Write::Case(case)], &caller.actor).await?;
                done.changed = written.into_iter().find_map(Written::into_record);
            }
        }
        Ok(done)
    }

    /// Declines it; who proposed it can take it back so.
    pub async fn decline(
        &self,
        caller: &Caller,
        id: &DecisionId,
        reason: Reason,
    ) -> Result<Filed<Decision>, DeskError> {
        let before = self.their_decision(caller, Action::DecisionDecline, id).await?;
        let why = Some(reason.to_string());
        let next = before.document.clone().decline(reason, caller.person.clone(), self.clock.now())?;
        self.put(&before, next, "declined", why, caller).await
    }

    async fn open_decision(
        &self,
        caller: &Caller,
        what: Proposal,
        reason: Reason,
    ) -> Result<Filed<Decision>, DeskError> {
        let now = self.clock.now();
        let make = |year, sequence| {
            let id = DecisionId::new(year, sequence).map_err(|error| DeskError::of_field("id", &error))?;
            Ok(Decision::propose(id, what.clone(), reason.clone(), caller.person.clone(), now)?)
        };
        self.open(make, caller.permit.organisation().as_str(), "proposed", caller).await
    }

    async fn their_decision(
        &self,
        caller: &Caller,
        action: Action,
        id: &DecisionId,
    ) -> Result<Filed<Decision>, DeskError> {
        caller.permit.decide(action, None)?;
        let filed: Filed<Decision> = self.case(id.as_str()).await?;
        let (proposed_by, ..) = filed.document.proposed();
        caller.permit.decide(action, Some(&proposed_by.organisation))?;
        Ok(filed)
    }

    /// The change that `what` says, as far as it is possible now.
    async fn change_of(&self, number: &RegistrationNumber, what: &Proposal) -> Result<Change, DeskError> {
        let now = self.clock.now();
        let change = match what {
            Proposal::IssueDirect { .. } => return Err(DeskError::NotFound),
            Proposal::Revoke { public_reason, .. } => {
                Change::State(StateChange::Revoke { reason: public_reason.to_string() })
            }
            Proposal::Supersede { successor, .. } => {
                Change::Succeeded { by: successor.clone(), until: now.plus(SUCCESSION) }
            }
            Proposal::Extend { until, .. } => {
                let request = ExtensionRequest { number: number.clone(), until: *until };
                match self.review(&request).await? {
                    ExtensionReview::Streamlined => Change::Expiry { until: *until },
                    ExtensionReview::ReTest { reasons } => return Err(DeskError::ReTest(reasons)),
                }
            }
        };
        let record = self.registry.status(number).await?.ok_or(DeskError::NotFound)?;
        apply(&record, &change, now)?;
        Ok(change)
    }

    /// The record of `number`, where it is the one that the caller has seen.
    async fn seen_label(
        &self,
        number: &RegistrationNumber,
        expected: Option<Revision>,
    ) -> Result<StatusRecord, DeskError> {
        let record = self.registry.status(number).await?.ok_or(DeskError::NotFound)?;
        match expected {
            Some(expected) if expected != record.revision => {
                Err(RegistryError::Conflict { expected, found: record.revision }.into())
            }
            _ => Ok(record),
        }
    }

    /// What was handed in to be issued, as it was.
    async fn handed_in(&self, sha256: &ContentHash) -> Result<Vec<ApprovalInput>, DeskError> {
        let bytes = self.evidence_bytes(sha256).await?.ok_or(DeskError::NotFound)?;
        let corrupt =
            |_| RegistryError::Corrupt { table: "evidence", column: "approvals", row: sha256.to_string() };
        Ok(serde_json::from_slice(&bytes).map_err(corrupt)?)
    }
}

fn checked(approvals: Vec<ApprovalInput>) -> Result<Vec<Approval>, DeskError> {
    let (mut good, mut wrong, mut numbers) = (Vec::new(), Vec::new(), HashSet::new());
    for (row, approval) in (1..).zip(approvals) {
        match approval.check() {
            Ok(approval) if !numbers.insert(approval.number.clone()) => {
                let twice = problem("number", &format!("{} is there twice", approval.number));
                wrong.push(FieldProblem { row: Some(row), ..twice });
            }
            Ok(approval) => good.push(approval),
            Err(problems) => wrong.extend(problems.into_iter().map(|mut problem| {
                problem.row = Some(row);
                problem
            })),
        }
    }
    if wrong.is_empty() { Ok(good) } else { Err(DeskError::Invalid(wrong)) }
}
