//! Every action of the service, and the scopes to which a key may be narrowed. Verification at the public's limits needs neither.

use crate::scheme::words::words;

words! {
    /// What somebody asks the service to do.
    Action {
        /// Verify at higher limits than the public's.
        VerifyMore = "verify_more",
        /// Verify a whole file.
        VerifyBulk = "verify_bulk",
        /// Keep a procurement policy, or another edition of one.
        PolicyWrite = "policy_write",
        /// Read the procurement policies of one's organisation, and check by them.
        PolicyRead = "policy_read",
        /// Read the public history of a label.
        HistoryRead = "history_read",

        /// Begin an application.
        ApplicationDraft = "application_draft",
        /// Change an application that is not handed in.
        ApplicationEdit = "application_edit",
        /// Hand it in.
        ApplicationSubmit = "application_submit",
        /// Take it back.
        ApplicationWithdraw = "application_withdraw",
        /// Read it.
        ApplicationRead = "application_read",
        /// Add evidence (証跡).
        EvidenceUpload = "evidence_upload",
        /// Read evidence.
        EvidenceRead = "evidence_read",
        /// File an evaluation report (適合評価報告書).
        ReportFile = "report_file",
        /// Ask for the extension (延長) of a label.
        ExtensionRequest = "extension_request",
        /// File a change notice (変更届).
        NoticeFile = "notice_file",
        /// Take it back.
        NoticeWithdraw = "notice_withdraw",
        /// Read change notices.
        NoticeRead = "notice_read",
        /// Record a vulnerability and what became of it.
        AdvisoryWrite = "advisory_write",
        /// Record a report (報告届) as due or delivered.
        DutyWrite = "duty_write",
        /// Read both records.
        StandingRead = "standing_read",
        /// Read reports of suspicious labels; reporting needs no key.
        SightingRead = "sighting_read",
        /// Take them up and close them, and look at their photographs.
        SightingHandle = "sighting_handle",

        /// Begin the examination of an application.
        ReviewBegin = "review_begin",
        /// Send an application back with a reason.
        ReviewReturn = "review_return",
        /// Reject it.
        ReviewReject = "review_reject",
        /// Accept its evaluation report.
        ReviewAcceptReport = "review_accept_report",
        /// Accept or refuse a change notice.
        NoticeDecide = "notice_decide",
        /// Approve an application.
        ApplicationApprove = "application_approve",
        /// Confirm what somebody else proposed.
        DecisionConfirm = "decision_confirm",
        /// Decline what was proposed.
        DecisionDecline = "decision_decline",
        /// Read what was proposed and decided.
        DecisionRead = "decision_read",

        /// Issue a label without an application (import).
        LabelIssue = "label_issue",
        /// Suspend a label.
        LabelSuspend = "label_suspend",
        /// End a suspension or grace.
        LabelReinstate = "label_reinstate",
        /// Begin grace (失効猶予).
        LabelGrace = "label_grace",
        /// Change a label's expiry.
        LabelExtend = "label_extend",
        /// Revoke a label (取消し), or propose it.
        LabelRevoke = "label_revoke",
        /// Replace a label by that of another registration, or propose it.
        LabelSupersede = "label_supersede",
        /// Read what is on record of a label beyond the public's view.
        RecordRead = "record_read",
        /// Read a label for print.
        ArtworkRead = "artwork_read",

        /// Export the whole history.
        HistoryExport = "history_export",
        /// Check the chain of the whole history.
        HistoryCheck = "history_check",
        /// Read the state of the service: metrics, nodes, queues.
        ServiceRead = "service_read",

        /// Put an organisation on record.
        OrganisationCreate = "organisation_create",
        /// Change, suspend or accredit an organisation.
        OrganisationChange = "organisation_change",
        /// Read an organisation's record.
        OrganisationRead = "organisation_read",
        /// Make an API key; what it may be given is [`super::Permit::may_grant`].
        KeyCreate = "key_create",
        /// Give a key a new secret.
        KeyRotate = "key_rotate",
        /// Revoke a key.
        KeyRevoke = "key_revoke",
        /// List keys, without their secrets.
        KeyList = "key_list",

        /// Read watch lists and what happened to what is on them.
        WatchRead = "watch_read",
        /// Make, change and delete watch lists.
        WatchWrite = "watch_write",
        /// Read webhooks and what became of each delivery.
        WebhookRead = "webhook_read",
        /// Make, rotate, pause, try and delete webhooks, and replay dead letters.
        WebhookWrite = "webhook_write",
    }
}

words! {
    /// What an API key may be narrowed to. `issue`, `change`, `read` and `manage` mean what they meant on keys that were
    /// made before there were roles: such keys are an administrator's.
    Scope {
        /// Verify, and read what is public, at higher limits.
        Verify = "verify",
        /// Read what is not public.
        Read = "read",
        /// Hand in what a holder or an evaluation body hands in.
        Apply = "apply",
        /// Examine what was handed in.
        Review = "review",
        /// Approve and confirm.
        Approve = "approve",
        /// Change a label's state or expiry.
        Change = "change",
        /// Issue labels without an application.
        Issue = "issue",
        /// Export and check the history.
        Audit = "audit",
        /// Organisations, their policies and API keys.
        Manage = "manage",
        /// Watch lists and webhooks: for a machine that does nothing else.
        Watch = "watch",
    }
}
