//! A holder's standing: vulnerabilities, due reports, and what they mean for an extension.

use shirushi_shared::{label::RegistrationNumber, time::UnixTime};

use super::{Desk, DeskError, Filed, cases};
use crate::{
    registry::{CaseQuery, Kind},
    scheme::{
        access::{Action, Reach},
        case_id::{AdvisoryId, DutyId},
        evidence::EvidenceRef,
        standing::{
            Advisory, AdvisoryState, Duty, ExtensionRequest, ExtensionReview, NewAdvisory, Standing, review,
        },
        text::{Name, Reason},
    },
    service::caller::Caller,
};

/// Most advisories or duties of one registration that are looked at; more would be a fault, and nothing is extended then.
const MOST: u32 = 1_000;

impl Desk {
    /// Records a vulnerability of a registration that the caller holds, or any as the operator.
    pub async fn record_advisory(
        &self,
        caller: &Caller,
        about: NewAdvisory,
    ) -> Result<Filed<Advisory>, DeskError> {
        self.registration(caller, Action::AdvisoryWrite, &about.number).await?;
        let owner = self.owner_of(caller, &about.number).await?;
        let now = self.clock.now();
        let make = |year, sequence| {
            let id = AdvisoryId::new(year, sequence).map_err(|error| DeskError::of_field("id", &error))?;
            Ok(Advisory::record(id, about.clone(), now)?)
        };
        self.open(make, &owner, "recorded", caller).await
    }

    /// A fix is available, or, with a reason, there will be none.
    pub async fn end_advisory(
        &self,
        caller: &Caller,
        id: &AdvisoryId,
        closed: Option<Reason>,
    ) -> Result<Filed<Advisory>, DeskError> {
        caller.permit.decide(Action::AdvisoryWrite, None)?;
        let before: Filed<Advisory> = self.case(id.as_str()).await?;
        self.registration(caller, Action::AdvisoryWrite, &before.document.about().number).await?;
        let (advisory, now) = (before.document.clone(), self.clock.now());
        let why = closed.as_ref().map(ToString::to_string);
        let next = match closed {
            Some(reason) => advisory.close(reason, now)?,
            None => advisory.fix(now)?,
        };
        let what = if matches!(next.state(), AdvisoryState::Fixed { .. }) { "fixed" } else { "closed" };
        self.put(&before, next, what, why, caller).await
    }

    /// A report on `what` is due.
    pub async fn set_duty(
        &self,
        caller: &Caller,
        number: &RegistrationNumber,
        what: Name,
        due: UnixTime,
    ) -> Result<Filed<Duty>, DeskError> {
        self.registration(caller, Action::DutyWrite, number).await?;
        if caller.permit.decide(Action::DutyWrite, None)? != Reach::All {
            let detail = format!("who holds {number} does not say when a report on it is due");
            return Err(DeskError::Refused(detail));
        }
        let owner = self.owner_of(caller, number).await?;
        let make = |year, sequence| {
            let id = DutyId::new(year, sequence).map_err(|error| DeskError::of_field("id", &error))?;
            Ok(Duty::new(id, number.clone(), what.clone(), due))
        };
        self.open(make, &owner, "set", caller).await
    }

    /// Delivers a report.
    pub async fn deliver_duty(
        &self,
        caller: &Caller,
        id: &DutyId,
        evidence: EvidenceRef,
    ) -> Result<Filed<Duty>, DeskError> {
        caller.permit.decide(Action::DutyWrite, None)?;
        let before: Filed<Duty> = self.case(id.as_str()).await?;
        self.registration(caller, Action::DutyWrite, before.document.about().0).await?;
        self.check_evidence(caller, std::iter::once(&evidence)).await?;
        let next = before.document.clone().deliver(evidence, caller.person.clone(), self.clock.now())?;
        self.put(&before, next, "delivered", None, caller).await
    }

    /// Advisories and duties of `number`, where the caller may read them.
    pub async fn standing(
        &self,
        caller: &Caller,
        number: &RegistrationNumber,
    ) -> Result<(Vec<Advisory>, Vec<Duty>), DeskError> {
        self.registration(caller, Action::StandingRead, number).await?;
        self.standing_of(number).await
    }

    /// What would become of an extension now: looked at, nothing is done.
    pub async fn extension_review(
        &self,
        caller: &Caller,
        request: &ExtensionRequest,
    ) -> Result<ExtensionReview, DeskError> {
        self.registration(caller, Action::ExtensionRequest, &request.number).await?;
        self.review(request).await
    }

    pub(super) async fn review(&self, request: &ExtensionRequest) -> Result<ExtensionReview, DeskError> {
        let record = self.registry.status(&request.number).await?.ok_or(DeskError::NotFound)?;
        let (advisories, duties) = self.standing_of(&request.number).await?;
        let standing = Standing { valid: record.valid, advisories: &advisories, duties: &duties };
        Ok(review(request, standing, self.rules, self.clock.now())?)
    }

    async fn standing_of(
        &self,
        number: &RegistrationNumber,
    ) -> Result<(Vec<Advisory>, Vec<Duty>), DeskError> {
        let of = |kind| CaseQuery { number: Some(number.clone()), ..CaseQuery::of(kind, MOST) };
        let advisories = self.registry.cases(&of(Kind::Advisory)).await?;
        let duties = self.registry.cases(&of(Kind::Duty)).await?;
        let full = usize::try_from(MOST).unwrap_or(usize::MAX);
        if advisories.len() >= full || duties.len() >= full {
            return Err(DeskError::Refused(format!("{number} has too many advisories or duties to look at")));
        }
        let advisories = advisories.into_iter().map(|case| Ok(cases::read::<Advisory>(case)?.document));
        let duties = duties.into_iter().map(|case| Ok(cases::read::<Duty>(case)?.document));
        Ok((advisories.collect::<Result<_, DeskError>>()?, duties.collect::<Result<_, DeskError>>()?))
    }

    /// Whose record it is: the holder's, else who wrote it.
    async fn owner_of(&self, caller: &Caller, number: &RegistrationNumber) -> Result<String, DeskError> {
        let holder = self.holder(number).await?;
        Ok(holder.as_ref().unwrap_or(caller.permit.organisation()).as_str().to_owned())
    }
}
