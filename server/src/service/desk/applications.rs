//! Applications: from a draft to the label that follows from its approval.

use shirushi_shared::{
    label::{AssessmentRoute, PreLabelNumber, RegistrationNumber},
    registration::Maker,
    status::Revision,
    time::Window,
};

use super::{
    Desk, DeskError, Filed, Listed,
    cases::{Page, filed, seen, write},
};
use crate::{
    registry::{Change, Write},
    scheme::{
        access::Action,
        application::{Application, Content, Kind, Setting},
        case_id::ApplicationId,
        organisation::Organisation,
        report::EvaluationReport,
        text::Reason,
    },
    service::{approval::Approval, caller::Caller, issue::Issued},
};

/// How long a label holds on beside its successor's, in seconds: 90 days, a rule of this service, so that stock on shelves
/// can be sold.
pub(super) const SUCCESSION: i64 = 90 * 24 * 3600;

/// A step of the operator's examination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReviewStep {
    /// Begin it.
    Begin,
    /// Accept the evaluation report.
    AcceptReport,
    /// Send the application back.
    Return(Reason),
    /// Reject it.
    Reject(Reason),
}

/// What an approval says beyond the application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approve {
    /// The registration number as it is printed. Of a re-test: that of the registration that is extended.
    pub printed_number: String,
    /// The validity.
    pub valid: Window,
}

/// What an approval came to.
#[derive(Clone, Debug)]
pub struct Approved {
    /// The application.
    pub application: Filed<Application>,
    /// The registration.
    pub number: RegistrationNumber,
    /// The label, where a new one was issued.
    pub issued: Option<Issued>,
}

impl Desk {
    /// Begins an application of the caller's organisation.
    pub async fn draft(&self, caller: &Caller, content: Content) -> Result<Filed<Application>, DeskError> {
        let owner = caller.permit.organisation();
        caller.permit.decide(Action::ApplicationDraft, Some(owner))?;
        self.check_evidence(caller, content.checklist.evidence()).await?;
        let now = self.clock.now();
        let make = |year, sequence| {
            let id = ApplicationId::new(year, sequence);
            let id = id.map_err(|error| DeskError::of_field("id", &error))?;
            Ok(Application::draft(id, content.clone(), caller.person.clone(), now))
        };
        self.open(make, owner.as_str(), "drafted", caller).await
    }

    /// The application `id`, where the caller may read it.
    pub async fn application(
        &self,
        caller: &Caller,
        id: &ApplicationId,
    ) -> Result<Filed<Application>, DeskError> {
        self.theirs(caller, Action::ApplicationRead, id).await
    }

    /// Applications: the caller's own, or all.
    pub async fn applications(&self, caller: &Caller, page: Page) -> Result<Listed<Application>, DeskError> {
        self.list(caller, Action::ApplicationRead, page).await
    }

    /// Replaces what the holder wrote.
    pub async fn edit(
        &self,
        caller: &Caller,
        id: &ApplicationId,
        expected: Option<Revision>,
        content: Content,
    ) -> Result<Filed<Application>, DeskError> {
        let before = seen(self.theirs(caller, Action::ApplicationEdit, id).await?, expected)?;
        self.check_evidence(caller, content.checklist.evidence()).await?;
        let next = before.document.clone().edit(content, caller.person.clone(), self.clock.now())?;
        self.put(&before, next, "edited", None, caller).await
    }

    /// Files the evaluation body's report.
    pub async fn file_report(
        &self,
        caller: &Caller,
        id: &ApplicationId,
        report: EvaluationReport,
    ) -> Result<Filed<Application>, DeskError> {
        let before = self.theirs(caller, Action::ReportFile, id).await?;
        self.check_evidence(caller, std::iter::once(&report.evidence)).await?;
        let next = before.document.clone().file_report(report, caller.person.clone(), self.clock.now())?;
        self.put(&before, next, "report_filed", None, caller).await
    }

    /// Hands it in, complete.
    pub async fn submit(
        &self,
        caller: &Caller,
        id: &ApplicationId,
        expected: Option<Revision>,
    ) -> Result<Filed<Application>, DeskError> {
        let before = seen(self.theirs(caller, Action::ApplicationSubmit, id).await?, expected)?;
        self.check_predecessor(&before.document).await?;
        let parties = self.parties(&before.document).await?;
        let setting = self.setting(&parties);
        let next = before.document.clone().submit(setting, caller.person.clone(), self.clock.now())?;
        self.put(&before, next, "submitted", None, caller).await
    }

    /// Takes it back.
    pub async fn withdraw(
        &self,
        caller: &Caller,
        id: &ApplicationId,
    ) -> Result<Filed<Application>, DeskError> {
        let before = self.theirs(caller, Action::ApplicationWithdraw, id).await?;
        let next = before.document.clone().withdraw(caller.person.clone(), self.clock.now())?;
        self.put(&before, next, "withdrawn", None, caller).await
    }

    /// A step of its examination.
    pub async fn examine(
        &self,
        caller: &Caller,
        id: &ApplicationId,
        expected: Option<Revision>,
        step: ReviewStep,
    ) -> Result<Filed<Application>, DeskError> {
        let action = match step {
            ReviewStep::Begin => Action::ReviewBegin,
            ReviewStep::AcceptReport => Action::ReviewAcceptReport,
            ReviewStep::Return(_) => Action::ReviewReturn,
            ReviewStep::Reject(_) => Action::ReviewReject,
        };
        let before = seen(self.theirs(caller, action, id).await?, expected)?;
        let (by, now) = (caller.person.clone(), self.clock.now());
        let application = before.document.clone();
        let (next, what, why) = match step {
            ReviewStep::Begin => (application.begin_review(by, now)?, "review_begun", None),
            ReviewStep::AcceptReport => {
                let parties = self.parties(&application).await?;
                (application.accept_report(self.setting(&parties), by, now)?, "report_accepted", None)
            }
            ReviewStep::Return(reason) => {
                let why = reason.to_string();
                (application.return_to_holder(reason, by, now)?, "returned", Some(why))
            }
            ReviewStep::Reject(reason) => {
                let why = reason.to_string();
                (application.reject(reason, by, now)?, "rejected", Some(why))
            }
        };
        self.put(&before, next, what, why, caller).await
    }

    /// Approves it, and issues what follows from it in the same transaction: a label; of a re-test, the longer validity of
    /// the label there is; of a successor, a label, and the end of the one before.
    pub async fn approve(
        &self,
        caller: &Caller,
        id: &ApplicationId,
        expected: Option<Revision>,
        approve: Approve,
    ) -> Result<Approved, DeskError> {
        let before = seen(self.theirs(caller, Action::ApplicationApprove, id).await?, expected)?;
        let (now, application) = (self.clock.now(), before.document.clone());
        let number = RegistrationNumber::parse(&approve.printed_number)
            .map_err(|error| DeskError::of_field("number", &error))?;
        let parties = self.parties(&application).await?;
        let setting = self.setting(&parties);
        self.check_predecessor(&application).await?;
        let next = application.approve(number.clone(), setting, caller.person.clone(), now)?;
        let case = write(&next, Some(before.revision), before.owner.as_deref(), "approved", None)?;
        let mut writes = vec![Write::Case(case)];
        let why = Some(format!("application {id}"));
        let issued = match &next.content().kind {
            Kind::ReTest { of } => {
                if *of != number {
                    let detail = format!("a re-test extends {of}, and issues no other number");
                    return Err(DeskError::of_field("number", &detail));
                }
                let change = Change::Expiry { until: approve.valid.until };
                writes.push(Write::Change { number: number.clone(), expected: None, change, why });
                self.issuer.commit(writes, &caller.actor).await?;
                None
            }
            kind => {
                if let Kind::Successor { of } = kind {
                    let change = Change::Succeeded { by: number.clone(), until: now.plus(SUCCESSION) };
                    writes.push(Write::Change { number: of.clone(), expected: None, change, why });
                }
                let approval = approval(&next, &parties, number.clone(), &approve)?;
                let issued = self.issuer.issue_with(&[approval], &writes, &caller.actor).await?;
                issued.into_iter().next()
            }
        };
        Ok(Approved { application: filed(&before, next, &[], now), number, issued })
    }

    /// The application `id`, where it is the caller's to do `action` to.
    pub(super) async fn theirs(
        &self,
        caller: &Caller,
        action: Action,
        id: &ApplicationId,
    ) -> Result<Filed<Application>, DeskError> {
        // The table first, without an object: who may not do this at all learns nothing of what exists.
        caller.permit.decide(action, None)?;
        let filed: Filed<Application> = self.case(id.as_str()).await?;
        let owner = filed.document.owner_for(caller.permit.organisation());
        caller.permit.decide(action, Some(owner))?;
        Ok(filed)
    }

    /// The registration that an application extends or follows is the applicant's own: else whoever names another's would
    /// come to hold it. That of a re-test has the same level and category, since it gets no new label.
    async fn check_predecessor(&self, application: &Application) -> Result<(), DeskError> {
        let content = application.content();
        let (Kind::ReTest { of } | Kind::Successor { of }) = &content.kind else { return Ok(()) };
        let holder = self.holder(of).await?;
        let registration = self.registry.registration(of).await?;
        let Some(registration) = registration.filter(|_| holder.as_ref() == Some(application.holder()))
        else {
            return Err(DeskError::of_field("kind.of", &"is no registration of the applicant"));
        };
        let is_same = (registration.level, registration.category) == (content.level, content.category);
        if matches!(content.kind, Kind::ReTest { .. }) && !is_same {
            let detail = format!("{of} is registered for another level or category: that takes a new label");
            return Err(DeskError::of_field("kind.of", &detail));
        }
        Ok(())
    }

    async fn parties(&self, application: &Application) -> Result<Parties, DeskError> {
        let holder = self.organisation(application.holder()).await?.ok_or(DeskError::NotFound)?;
        let body = match &application.content().evaluation_body {
            Some(id) => self.organisation(id).await?,
            None => None,
        };
        Ok(Parties { holder, body })
    }

    fn setting<'a>(&'a self, parties: &'a Parties) -> Setting<'a> {
        Setting { criteria: &self.criteria, holder: &parties.holder, evaluation_body: parties.body.as_ref() }
    }
}

/// Who takes part in an application.
struct Parties {
    holder: Organisation,
    body: Option<Organisation>,
}

/// What an approved application puts on record.
fn approval(
    application: &Application,
    parties: &Parties,
    number: RegistrationNumber,
    approve: &Approve,
) -> Result<Approval, DeskError> {
    let content = application.content();
    let body = parties.body.as_ref().map(|body| body.name.to_string());
    let route = AssessmentRoute::for_level(content.level, body);
    let before = application.id().as_pre_label_number();
    let holder = &parties.holder;
    check_validity(approve.valid)?;
    Ok(Approval {
        number,
        printed_number: approve.printed_number.trim().to_owned(),
        maker: Maker {
            name: holder.name.to_string(),
            name_en: holder.name_en.as_ref().map(ToString::to_string),
            corporate_number: holder.corporate_number,
        },
        products: content.products.clone(),
        category: content.category,
        level: content.level,
        route: route.map_err(|error| DeskError::of_field("evaluation_body", &error))?,
        valid: approve.valid,
        pre_label_numbers: before.into_iter().map(|number| (PreLabelNumber::Application, number)).collect(),
    })
}

fn check_validity(valid: Window) -> Result<(), DeskError> {
    if valid.until <= valid.from {
        Err(DeskError::of_field("valid_until", &"is not after valid_from"))
    } else if valid.until.since(valid.from) > crate::registry::LONGEST_VALIDITY {
        Err(DeskError::of_field("valid_until", &"is more than two years after valid_from"))
    } else {
        Ok(())
    }
}
