//! Change notices (変更届).

use shirushi_shared::{label::RegistrationNumber, status::Revision};

use super::{
    Desk, DeskError, Filed, Listed,
    cases::{Page, filed, seen, write},
};
use crate::{
    registry::{Change, Write},
    scheme::{
        access::Action,
        case_id::NoticeId,
        notice::{ChangeNotice, NoticeContent},
        text::Reason,
    },
    service::caller::Caller,
};

impl Desk {
    /// Files a notice about a registration that the caller's organisation holds.
    pub async fn file_notice(
        &self,
        caller: &Caller,
        number: &RegistrationNumber,
        content: NoticeContent,
    ) -> Result<Filed<ChangeNotice>, DeskError> {
        let registration = self.registration(caller, Action::NoticeFile, number).await?;
        let now = self.clock.now();
        let make = |year, sequence| {
            let id = NoticeId::new(year, sequence).map_err(|error| DeskError::of_field("id", &error))?;
            let by = caller.person.clone();
            Ok(ChangeNotice::file(id, &registration, content.clone(), by, now)?)
        };
        self.open(make, caller.permit.organisation().as_str(), "filed", caller).await
    }

    /// The notice `id`, where the caller may read it.
    pub async fn notice(&self, caller: &Caller, id: &NoticeId) -> Result<Filed<ChangeNotice>, DeskError> {
        self.their_notice(caller, Action::NoticeRead, id).await
    }

    /// Notices: the caller's own, or all.
    pub async fn notices(&self, caller: &Caller, page: Page) -> Result<Listed<ChangeNotice>, DeskError> {
        self.list(caller, Action::NoticeRead, page).await
    }

    /// Accepts it, and changes the registration in the same transaction: from the revision that was looked at, so that two
    /// notices that were accepted at once do not undo each other.
    pub async fn accept_notice(
        &self,
        caller: &Caller,
        id: &NoticeId,
        expected: Option<Revision>,
    ) -> Result<Filed<ChangeNotice>, DeskError> {
        let before = seen(self.their_notice(caller, Action::NoticeDecide, id).await?, expected)?;
        let number = before.document.number().clone();
        let record = self.registry.status(&number).await?.ok_or(DeskError::NotFound)?;
        let registration = self.registry.registration(&number).await?.ok_or(DeskError::NotFound)?;
        let now = self.clock.now();
        let (next, changed) = before.document.clone().accept(&registration, caller.person.clone(), now)?;
        let case = write(&next, Some(before.revision), before.owner.as_deref(), "accepted", None)?;
        let mut writes = vec![Write::Case(case)];
        if changed.products != registration.products {
            let change = Change::Products(changed.products);
            let why = Some(format!("notice {id}"));
            writes.push(Write::Change { number, expected: Some(record.revision), change, why });
        }
        let written = self.issuer.commit(writes, &caller.actor).await?;
        Ok(filed(&before, next, &written, now))
    }

    /// Refuses it.
    pub async fn refuse_notice(
        &self,
        caller: &Caller,
        id: &NoticeId,
        reason: Reason,
    ) -> Result<Filed<ChangeNotice>, DeskError> {
        let before = self.their_notice(caller, Action::NoticeDecide, id).await?;
        let why = Some(reason.to_string());
        let next = before.document.clone().refuse(reason, caller.person.clone(), self.clock.now())?;
        self.put(&before, next, "refused", why, caller).await
    }

    /// Takes it back.
    pub async fn withdraw_notice(
        &self,
        caller: &Caller,
        id: &NoticeId,
    ) -> Result<Filed<ChangeNotice>, DeskError> {
        let before = self.their_notice(caller, Action::NoticeWithdraw, id).await?;
        let next = before.document.clone().withdraw(caller.person.clone(), self.clock.now())?;
        self.put(&before, next, "withdrawn", None, caller).await
    }

    async fn their_notice(
        &self,
        caller: &Caller,
        action: Action,
        id: &NoticeId,
    ) -> Result<Filed<ChangeNotice>, DeskError> {
        caller.permit.decide(action, None)?;
        let filed: Filed<ChangeNotice> = self.case(id.as_str()).await?;
        caller.permit.decide(action, Some(filed.document.holder()))?;
        Ok(filed)
    }
}
