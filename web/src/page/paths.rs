//! The addresses that pages link to; the server's route table answers them.

/// The first page.
pub const HOME: &str = "/";
/// The scanner.
pub const SCAN: &str = "/scan";
/// What a label means.
pub const ABOUT: &str = "/about";
/// `GET /check?number=…`: takes a typed number or a pasted link, and leads to its verdict.
pub const CHECK: &str = "/check";
/// `POST /photograph`, `multipart/form-data` with a file field `picture`: reads a photograph, and leads to its verdict.
pub const PHOTOGRAPH: &str = "/photograph";
/// `GET`: the form in which a receipt is checked. `POST`, `multipart/form-data` with a file `file` or a field `text`: checks
/// it.
pub const RECEIPT: &str = "/receipt";
/// `POST /receipt/keep`, with `text`, `model`, `as_of` and `case`: the verdict as a signed file.
pub const KEEP: &str = "/receipt/keep";
/// `GET`: the form in which a suspicious label is reported, or, with `reference`, what became of a report. `POST`,
/// `multipart/form-data`: reports it.
pub const REPORT: &str = crate::view::REPORT;
/// `POST /v1/verify`: a verdict as JSON, for the scanner.
pub const VERIFY: &str = "/v1/verify";
/// `GET`: the form in which a file is handed in. `POST`, `multipart/form-data`: takes it, and leads to its page below this
/// address.
pub const BULK: &str = "/bulk";
/// `GET`: the form in which a procurement policy is written. `POST`, with its fields or with `file`: checks it.
pub const POLICY: &str = "/policy";
/// `POST`, with `kept`, a policy's file, and `key`: keeps it for an organisation.
pub const KEEP_POLICY: &str = "/policy/keep";
