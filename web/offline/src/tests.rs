//! Online and offline, the same label: the same outcome where the lists can know it, and never a better one.

use ed25519_dalek::Signer as _;
use shirushi_shared::{
    api::VerifyRequest,
    claim::Listed,
    cose::{Sign, SignError},
    index::ProductIndex,
    key::{KeyState, KeyUse, PublicKey, TrustedKey},
    label::{AssessmentRoute, Category, LabelState, Level, RegistrationNumber},
    registration::{Gtin, Maker, Model, Product, Registration},
    scan::Origins,
    status::{
        Revision, StatusEvidence, StatusRecord, StatusSource, TokenOnRecord,
        list::{ListedStatus, SignedStatusList, StatusList},
    },
    time::{UnixTime, Window},
    token::{LabelClaims, StatusIndex, TextForm, Token},
    trust::TrustList,
    verdict::{Clock, Freshness, Outcome, TokenCheck, judge},
};

use super::{Checker, Lists, Memory, Refused};

struct Key(ed25519_dalek::SigningKey, PublicKey);

impl Key {
    fn new(seed: u8) -> Self {
        let signing = ed25519_dalek::SigningKey::from_bytes(&[seed; 32]);
        let public = PublicKey::from_bytes(signing.verifying_key().as_bytes()).unwrap();
        Self(signing, public)
    }

    fn trusted(&self, key_use: KeyUse, state: KeyState) -> TrustedKey {
        let window = Window { from: UnixTime::EPOCH, until: UnixTime::MAX };
        TrustedKey { key: self.1.clone(), key_use, window, state }
    }
}

impl Sign for Key {
    fn public_key(&self) -> &PublicKey {
        &self.1
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignError> {
        Ok(self.0.sign(message).to_bytes())
    }
}

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;
const LIST: &str = "https://label.example/status-lists/0";
const NUMBER: &str = "SHI-2026-00017";

fn at(text: &str) -> UnixTime {
    UnixTime::parse(text).unwrap()
}

/// When the lists are made.
fn noon() -> UnixTime {
    at("2026-11-22T12:00:00Z")
}

/// A scheme with one label.
struct Scheme {
    trust: Key,
    label: Key,
    status: Key,
    label_key: KeyState,
    state: LabelState,
    /// By the registry.
    valid: Window,
    /// As printed.
    expires: UnixTime,
    registered: UnixTime,
    /// Whether the registry knows the number at all.
    known: bool,
}

impl Scheme {
    fn new() -> Self {
        let valid = Window { from: at("2026-05-01T00:00:00Z"), until: at("2028-05-01T00:00:00Z") };
        Self {
            trust: Key::new(1),
            label: Key::new(2),
            status: Key::new(3),
            label_key: KeyState::Active,
            state: LabelState::Active,
            valid,
            expires: valid.until,
            registered: valid.from,
            known: true,
        }
    }

    fn token(&self) -> Token {
        let claims = LabelClaims {
            number: RegistrationNumber::parse(NUMBER).unwrap(),
            expires: self.expires,
            issued: at("2026-05-01T00:00:00Z"),
            level: Level::Star1,
            category: Category::from_code(2).unwrap(),
            status_index: StatusIndex::new(77).unwrap(),
        };
        Token::issue(&claims, &self.label).unwrap()
    }

    fn link(&self) -> String {
        format!("https://label.example/v/{}", self.token().to_text(TextForm::Decimal))
    }

    fn trust_list(&self, version: u64) -> TrustList {
        TrustList {
            version,
            window: Window { from: noon(), until: noon().plus(30 * DAY) },
            keys: vec![
                self.trust.trusted(KeyUse::Trust, KeyState::Active),
                self.label.trusted(KeyUse::Label, self.label_key),
                self.status.trusted(KeyUse::Status, KeyState::Active),
            ],
            status_lists: vec![LIST.into()],
            least_checker: "0.1.0".into(),
        }
    }

    fn status_list(&self) -> Vec<u8> {
        let place = StatusIndex::new(77).unwrap();
        let statement = SignedStatusList {
            uri: LIST.into(),
            window: Window { from: noon(), until: noon().plus(DAY) },
            ttl: 300,
            list: StatusList::of(self.known.then_some((place, ListedStatus::of(&self.state)))),
        };
        statement.sign(&self.status).unwrap()
    }

    fn index(&self, version: u64) -> Vec<u8> {
        let model = Model { number: "RX-200W/B".into(), gtin: Gtin::parse("4901234567894").ok() };
        let registration = Registration {
            number: RegistrationNumber::parse(NUMBER).unwrap(),
            printed_number: NUMBER.into(),
            maker: Maker { name: "架空電機".into(), name_en: None, corporate_number: None },
            products: vec![Product { name: "Camera".into(), models: vec![model] }],
            category: Category::from_code(2).unwrap(),
            level: Level::Star1,
            route: AssessmentRoute::SelfDeclaration,
            registered: self.registered,
            successor: None,
        };
        let window = Window { from: noon(), until: noon().plus(DAY) };
        ProductIndex::new(version, window, self.known.then_some((registration, self.valid)))
            .sign(&self.status)
            .unwrap()
    }

    fn checker(&self, with_index: bool) -> Checker {
        let mut lists = Lists::new(self.trust.1.clone(), None);
        lists.take_trust(&self.trust_list(1).sign(&self.trust).unwrap()).unwrap();
        lists.take_status(self.status_list()).unwrap();
        if with_index {
            lists.take_index(self.index(1)).unwrap();
        }
        Checker::new(lists, Origins::new(["https://label.example"]), Freshness::LONGEST)
    }

    /// What the service says at `now`, with the registry at hand.
    fn online(&self, token: &Token, now: UnixTime) -> Outcome {
        let check = match token.verify(&self.trust_list(1).ring()) {
            Ok(verified) => TokenCheck::Verified(verified),
            Err(refusal) => TokenCheck::Refused(refusal),
        };
        let record = StatusRecord {
            number: RegistrationNumber::parse(NUMBER).unwrap(),
            revision: Revision::FIRST,
            state: self.state.clone(),
            valid: self.valid,
            tokens: vec![TokenOnRecord { id: token.id(), registered: self.registered }],
        };
        let source = StatusSource::Registry;
        let evidence = match (check.number(), self.known) {
            (None, _) => StatusEvidence::None,
            (Some(_), true) => StatusEvidence::Record { record, as_of: now, source },
            (Some(_), false) => StatusEvidence::Unregistered { as_of: now, source },
        };
        judge(&check, &evidence, &Clock::at(now, Freshness::LONGEST)).outcome
    }
}

fn ask(checker: &Checker, link: &str, now: UnixTime) -> Outcome {
    let request = VerifyRequest { link: Some(link.into()), ..VerifyRequest::default() };
    checker.answer(request, now).unwrap().outcome
}

#[test]
fn offline_is_as_online_or_says_that_it_does_not_know() {
    let since = at("2026-11-20T00:00:00Z");
    let reason = String::from("invented");
    let states = [
        LabelState::Active,
        LabelState::Grace { since },
        LabelState::Suspended { since, until: None, reason: reason.clone() },
        LabelState::Revoked { since, reason },
    ];
    let cutoff = |text| KeyState::Compromised { cutoff: at(text) };
    let keys =
        [KeyState::Active, KeyState::Retired, cutoff("2026-04-01T00:00:00Z"), cutoff("2026-10-01T00:00:00Z")];
    // The registry's end: as printed, extended, shortened, over; and a start that is still to come.
    let (start, printed) = (at("2026-05-01T00:00:00Z"), at("2026-12-01T00:00:00Z"));
    let validities = [
        (start, printed),
        (start, at("2028-05-01T00:00:00Z")),
        (start, noon().plus(2 * HOUR)),
        (start, at("2026-06-01T00:00:00Z")),
        (noon().plus(30 * DAY), at("2028-05-01T00:00:00Z")),
    ];
    let ages = [-DAY, -200, 0, HOUR, 3 * HOUR, DAY - 1, DAY + 1, 8 * DAY, 10 * DAY, 40 * DAY];
    let (mut seen, mut agreed) = (0, 0);
    let labels = states.iter().flat_map(|state| keys.iter().map(move |key| (state, key)));
    for ((state, key), (from, until)) in labels.flat_map(|label| validities.map(move |valid| (label, valid)))
    {
        for (known, with_index) in [(true, true), (true, false), (false, true), (false, false)] {
            let scheme = Scheme {
                label_key: *key,
                state: state.clone(),
                valid: Window { from, until },
                expires: printed,
                known,
                ..Scheme::new()
            };
            let (token, checker) = (scheme.token(), scheme.checker(with_index));
            for age in ages {
                let now = noon().plus(age);
                let (online, offline) = (scheme.online(&token, now), ask(&checker, &scheme.link(), now));
                let case = format!("{state:?} {key:?} {until} known {known} index {with_index} age {age}");
                seen += 1;
                agreed += u32::from(online == offline);
                let does_not_know = match offline {
                    // What the list cannot say: registered before the cut-off, or not.
                    Outcome::StatusUnknown | Outcome::KeyCompromised => true,
                    // By the printed date, which the page says, since nothing newer is known.
                    Outcome::Expired => !with_index || now >= noon().plus(DAY),
                    // Revoked and suspended by the list, where online the row before or after it speaks.
                    _ => false,
                };
                assert!(online == offline || does_not_know, "{case}: online {online:?}, offline {offline:?}");
                let good = [Outcome::Valid, Outcome::Grace];
                assert!(!good.contains(&offline) || online == offline, "{case}: greener");
                let within = (-200..=3 * HOUR).contains(&age);
                let compromised = matches!(key, KeyState::Compromised { .. });
                assert!(
                    !(within && with_index && !compromised) || online == offline,
                    "{case}: within the bound, with both lists, the lists know as much: {online:?} {offline:?}"
                );
            }
        }
    }
    assert!(seen == 3200 && agreed > 1000, "{agreed} of {seen}");
}

#[test]
fn a_token_that_the_registry_did_not_issue_is_all_that_the_lists_cannot_tell() {
    // Signed by the scheme's own key for a number on record, and not on record itself: the lists name no tokens.
    let scheme = Scheme::new();
    let other = Scheme { expires: at("2028-04-30T00:00:00Z"), ..Scheme::new() };
    assert_eq!(ask(&scheme.checker(true), &other.link(), noon()), Outcome::Valid);
}

#[test]
fn what_is_no_good_label_is_told_as_online() {
    let scheme = Scheme::new();
    let checker = scheme.checker(true);
    let stranger = Scheme { label: Key::new(9), ..Scheme::new() };
    assert_eq!(ask(&checker, &stranger.link(), noon()), Outcome::UnknownKey);
    let mut bytes = scheme.token().as_bytes().to_vec();
    *bytes.last_mut().unwrap() ^= 1;
    let altered = Token::from_bytes(bytes).unwrap();
    assert_eq!(ask(&checker, &altered.to_text(TextForm::Base64Url), noon()), Outcome::BadSignature);
    assert_eq!(ask(&checker, &scheme.link()[..200], noon()), Outcome::Malformed);
    assert_eq!(ask(&checker, "https://evil.example/v/1", noon()), Outcome::NotALabel);
}

#[test]
fn a_number_alone_is_told_from_the_index_and_its_status_is_not_known() {
    let checker = Scheme::new().checker(true);
    let number = |number: &str, model: &str, now| {
        let (number, model) = (Some(number.into()), Some(model.into()));
        checker.answer(VerifyRequest { number, model, ..VerifyRequest::default() }, now).unwrap()
    };
    let found = number(NUMBER, "ｒｘ２００ｗｂ", noon());
    assert_eq!((found.outcome, found.claimed.model), (Outcome::StatusUnknown, Some(Listed::Listed)));
    assert_eq!(found.product.unwrap().maker.name, "架空電機");
    assert_eq!(number(NUMBER, "RX-9", noon()).claimed.model, Some(Listed::NotListed));
    assert_eq!(number("SHI-2026-99999", "RX-9", noon()).outcome, Outcome::StatusUnknown);
    let gtin = number("4901234567894", "RX200WB", noon());
    assert_eq!(gtin.claimed.gtin, Some(Listed::Listed));
    let later = number(NUMBER, "RX-9", noon().plus(2 * DAY));
    assert_eq!(later.claimed.model, None, "by an index that is over, nothing is held against anybody");
    assert_eq!(
        checker.answer(
            VerifyRequest { as_of: Some(noon()), link: Some("x".into()), ..VerifyRequest::default() },
            noon()
        ),
        None
    );
}

#[test]
fn nothing_is_believed_that_is_not_signed_or_was_seen_newer() {
    let scheme = Scheme::new();
    let mut lists = Lists::new(scheme.trust.1.clone(), None);
    assert_eq!(lists.take_status(scheme.status_list()), Err(Refused::NoTrust));
    let signed = |version, key: &Key| scheme.trust_list(version).sign(key).unwrap();
    assert!(matches!(lists.take_trust(&signed(5, &Key::new(9))), Err(Refused::Trust(_))), "a stranger's");
    lists.take_trust(&signed(5, &scheme.trust)).unwrap();
    lists.take_status(scheme.status_list()).unwrap();
    lists.take_index(scheme.index(8)).unwrap();
    assert_eq!(lists.take_trust(&signed(4, &scheme.trust)), Err(Refused::Older));
    assert_eq!(lists.take_index(scheme.index(7)), Err(Refused::Older));
    assert!(matches!(lists.take_status(scheme.index(9)), Err(Refused::Status(_))), "one list for the other");

    // After a visit, the same holds by what was kept.
    let memory = Memory::parse(&lists.memory().to_text()).unwrap();
    assert_eq!(&memory, lists.memory());
    assert_eq!(Memory::parse("x"), None);
    let mut again = Lists::new(Key::new(9).1, Some(memory));
    assert_eq!(again.take_trust(&signed(4, &scheme.trust)), Err(Refused::Older));
    again.take_trust(&signed(5, &scheme.trust)).unwrap();
    assert_eq!(again.take_index(scheme.index(7)), Err(Refused::Older));

    // A key that signed the lists turns out to be in wrong hands: they go with it.
    let mut keys = scheme.trust_list(6);
    keys.keys[2].state = KeyState::Compromised { cutoff: UnixTime::EPOCH };
    lists.take_trust(&keys.sign(&scheme.trust).unwrap()).unwrap();
    assert_eq!((lists.ages().status, lists.ages().index), (None, None));
}

#[test]
fn a_pin_moves_on_and_does_not_come_back() {
    let (scheme, new) = (Scheme::new(), Key::new(7));
    let mut handed_over = scheme.trust_list(2);
    handed_over.keys[0].state = KeyState::Retired;
    handed_over.keys.push(new.trusted(KeyUse::Trust, KeyState::Active));
    let by = |version, key: &Key| TrustList { version, ..handed_over.clone() }.sign(key).unwrap();
    let mut lists = scheme.checker(true).lists;
    lists.take_trust(&by(2, &scheme.trust)).unwrap();
    assert_eq!(lists.wanted_pin(), new.1.id().to_string());
    lists.take_trust(&by(2, &scheme.trust)).unwrap();
    assert_eq!(
        lists.take_trust(&by(3, &scheme.trust)),
        Err(Refused::Older),
        "the retired key says nothing new"
    );
    lists.take_trust(&by(3, &new)).unwrap();
    assert!(matches!(lists.take_trust(&by(4, &scheme.trust)), Err(Refused::Trust(_))));

    let mut stolen = scheme.trust_list(9);
    stolen.keys[0].state = KeyState::Compromised { cutoff: UnixTime::EPOCH };
    let mut lists = scheme.checker(true).lists;
    assert!(matches!(lists.take_trust(&stolen.sign(&scheme.trust).unwrap()), Err(Refused::Trust(_))));
    assert!(lists.trust.is_none(), "nothing is judged by a list that disowns its signer");
}

#[test]
fn a_list_for_later_checkers_is_left_to_them() {
    let scheme = Scheme::new();
    for (least, taken) in [("0.1.0", true), ("0.0.99", true), ("0.1.1", false), ("1.0", false), ("", true)] {
        let list = TrustList { least_checker: least.into(), ..scheme.trust_list(2) };
        let mut lists = scheme.checker(true).lists;
        assert_eq!(lists.take_trust(&list.sign(&scheme.trust).unwrap()).is_ok(), taken, "{least}");
        assert_eq!(lists.ages().status.is_some(), taken, "{least}");
    }
}
