//! The product index: read back, small, bounded, and enough to answer "is it this model?".

use coset::{CborSerializable, CoseSign1};
use proptest::prelude::*;

use super::*;
use crate::{
    claim::{Listed, ProductClaims},
    cose::cbor::Fault,
    key::{KeyState, KeyUse, TrustedKey},
    label::{AssessmentRoute, Category, Level},
    registration::{CorporateNumber, Gtin, Maker, Model, Product},
    token::tests::TestKey,
};

fn issued() -> UnixTime {
    UnixTime::parse("2026-11-22T00:00:00Z").unwrap()
}

fn window() -> Window {
    Window { from: issued(), until: issued().plus(86_400) }
}

fn ring(key: &TestKey) -> KeyRing {
    KeyRing::new(vec![key.trusted(KeyUse::Status, KeyState::Active)])
}

/// Invented registrations, as varied as real lists are: a fixed sequence of numbers stands for chance.
struct Invented(u64);

impl Invented {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[usize::try_from(self.below(of.len() as u64)).unwrap()]
    }

    fn maker(&mut self) -> Maker {
        let first =
            ["青葉", "架空", "北辰", "朝霧", "若竹", "白樺", "東雲", "千歳", "海鳴", "葦原", "雲雀", "常盤"];
        let second =
            ["電機", "通信", "工業", "精密", "テクノロジー", "システムズ", "製作所", "ネットワークス"];
        let latin = ["Aoba", "Kaku", "Hokushin", "Asagiri", "Wakatake", "Shirakaba", "Shinonome", "Chitose"];
        let digits = self.below(1_000_000_000_000);
        let corporate =
            (1..10).find_map(|check| CorporateNumber::from_number(check * 1_000_000_000_000 + digits).ok());
        Maker {
            name: format!("{}{}株式会社（架空{}）", self.one(&first), self.one(&second), self.below(1000)),
            name_en: Some(format!(
                "{} {} {}",
                self.one(&latin),
                self.one(&["Electric", "Networks", "Works"]),
                self.below(1000)
            )),
            corporate_number: corporate,
        }
    }

    fn gtin(&mut self, company: u64) -> Option<Gtin> {
        if self.below(5) == 0 {
            return None;
        }
        let item = self.below(100_000);
        (0..10).find_map(|check| Gtin::from_number(company * 1_000_000 + item * 10 + check).ok())
    }

    fn product(&mut self, models: u64, company: u64) -> Product {
        let kind = [
            "ネットワークカメラ",
            "スマートロック",
            "ホームルーター",
            "Wi-Fi 中継機",
            "温湿度センサー",
            "プリンター",
            "NAS",
            "見守りハブ",
        ];
        let series = format!(
            "{}{}",
            self.one(&["RX", "KH", "AT", "NVW", "SLK", "HGW", "TS", "PQ"]),
            self.below(900) + 100
        );
        let models = (0..models).map(|_| Model {
            number: format!(
                "{series}-{}{}{}",
                self.below(90) + 10,
                self.one(&["W", "B", "S", "JP", "PRO"]),
                self.one(&["", "/A", "-2", "K"])
            ),
            gtin: self.gtin(company),
        });
        let models = models.collect();
        Product { name: format!("{} {series} シリーズ", self.one(&kind)), models }
    }

    fn registration(&mut self, place: u64, models: u64, makers: &[Maker]) -> (Registration, Window) {
        let maker = usize::try_from(self.below(makers.len() as u64)).unwrap();
        let level = Level::ALL[usize::try_from(self.below(20).saturating_sub(16)).unwrap()];
        let body = (!level.is_self_declared())
            .then(|| format!("Example Evaluation Lab {} (fictional)", self.below(4)));
        let company = 45_000_000 + maker as u64 * 7919;
        let printed_number =
            format!("SHI-2026-{:02}-{:06}", self.below(12) + 1, place * 1103 + self.below(1000));
        let registered = issued().plus(-i64::try_from(self.below(600)).unwrap() * 86_400);
        let registration = Registration {
            number: RegistrationNumber::parse(&printed_number).unwrap(),
            printed_number,
            maker: makers[maker].clone(),
            products: vec![self.product(models, company)],
            category: Category::from_code(self.below(12) + 1).unwrap(),
            level,
            route: AssessmentRoute::for_level(level, body).unwrap(),
            registered,
            successor: None,
        };
        (registration, Window { from: registered, until: registered.plus(730 * 86_400) })
    }
}

/// `registrations` registrations of `makers` makers with so many models between them.
fn invented(registrations: u64, makers: u64, models: u64) -> ProductIndex {
    let mut invented = Invented(0x9e37_79b9_7f4a_7c15);
    let makers: Vec<_> = (0..makers).map(|_| invented.maker()).collect();
    let share = |place: u64| models * (place + 1) / registrations - models * place / registrations;
    let all = (0..registrations).map(|place| invented.registration(place, share(place), &makers));
    ProductIndex::new(41, window(), all.collect::<Vec<_>>())
}

fn count_models(index: &ProductIndex) -> usize {
    index.registrations().map(|found| found.registration.models().count()).sum()
}

#[test]
#[expect(clippy::print_stderr, reason = "a measured size")]
fn three_thousand_models_are_small() {
    let key = TestKey::new(7);
    for (registrations, makers, models) in [(60, 20, 477), (900, 120, 3000)] {
        let index = invented(registrations, makers, models);
        assert_eq!(count_models(&index), usize::try_from(models).unwrap());
        let entries = entries::write(index.registrations.values()).len();
        let bytes = index.sign(&key).unwrap();
        eprintln!(
            "{registrations} registrations, {models} models: {} bytes signed, {entries} inflated",
            bytes.len()
        );
        assert!(bytes.len() < 200_000, "{} bytes", bytes.len());
        assert_eq!(ProductIndex::open(&bytes, &ring(&key)), Ok(index));
    }
}

#[test]
fn is_it_this_model() {
    let key = TestKey::new(7);
    let index = invented(900, 120, 3000);
    let index = ProductIndex::open(&index.sign(&key).unwrap(), &ring(&key)).unwrap();
    let known = index.registrations().nth(123).unwrap().clone();
    let found = index.find(&known.registration.number).unwrap();
    let (_, model) = known.registration.models().next().unwrap();
    let ask = |model: &str| {
        let claims = ProductClaims { model: Some(model.to_lowercase()), ..ProductClaims::default() };
        claims.against(&found.registration).model.unwrap()
    };
    assert_eq!(ask(&model.number), Listed::Listed);
    assert_eq!(ask("RX-0"), Listed::NotListed);
    assert_eq!(index.find(&RegistrationNumber::parse("SHI-9999").unwrap()), None);

    // Its validity is evidence only while the index itself is in force.
    let number = &known.registration.number;
    assert_eq!(index.valid(number, window().until.plus(-1)), Some(known.valid));
    assert_eq!(index.valid(number, window().until), None);
}

#[test]
fn only_status_keys_in_force_and_only_indexes() {
    let key = TestKey::new(7);
    let index = invented(3, 2, 5);
    let bytes = index.sign(&key).unwrap();
    let open = |key: TrustedKey| ProductIndex::open(&bytes, &KeyRing::new(vec![key]));
    for other in [KeyUse::Label, KeyUse::Trust, KeyUse::Receipt, KeyUse::Log] {
        let refused = open(key.trusted(other, KeyState::Active));
        assert!(matches!(refused, Err(IndexError::NotTrusted(VerifyError::UnknownKey(_)))), "{other:?}");
    }
    let cutoff = issued().plus(1000);
    assert_eq!(
        open(key.trusted(KeyUse::Status, KeyState::Compromised { cutoff })),
        Err(IndexError::Key(KeyRefusal::Compromised(cutoff)))
    );
    let payload = CoseSign1::from_slice(&bytes).unwrap().payload.unwrap();
    for other in [Purpose::Label, Purpose::Trust, Purpose::Receipt] {
        let bytes = cose::sign(other, &payload, &key).unwrap();
        assert!(ProductIndex::open(&bytes, &ring(&key)).is_err(), "{other:?}");
    }
    // The status list is of the same key: neither passes as the other.
    let status = cose::sign(Purpose::Status, &payload, &key).unwrap();
    assert!(matches!(ProductIndex::open(&status, &ring(&key)), Err(IndexError::Malformed(_))));
}

#[test]
fn another_implementation_verifies_it() {
    let key = TestKey::new(7);
    let bytes = invented(3, 2, 5).sign(&key).unwrap();
    let theirs = CoseSign1::from_slice(&bytes).unwrap();
    theirs
        .verify_signature(b"shirushi/index/v1", |signature, message| {
            key.public_key().holds(message, signature.try_into().unwrap()).then_some(()).ok_or("refused")
        })
        .unwrap();
    assert_eq!(theirs.to_vec().unwrap(), bytes);
}

/// A payload of the right shape with these entries, signed by the right key.
fn signed_entries(entries: &[u8], length: u64) -> Result<ProductIndex, IndexError> {
    let key = TestKey::new(7);
    let mut writer = Writer::default();
    writer
        .map(5)
        .int(1)
        .uint(1)
        .int(2)
        .uint(issued().as_unsigned())
        .int(3)
        .uint(window().until.as_unsigned());
    writer.int(4).uint(length).int(5).bytes(&zlib::deflate(entries));
    let bytes = cose::sign(Purpose::Index, &writer.into_bytes(), &key).unwrap();
    ProductIndex::open(&bytes, &ring(&key))
}

#[test]
fn a_bomb_is_refused_by_its_limit() {
    let zeros = vec![0; 50_000_000];
    assert_eq!(signed_entries(&zeros, 1000), Err(IndexError::Inflate(InflateError::TooLong { limit: 1000 })));
    assert_eq!(signed_entries(&zeros, 50_000_000), Err(IndexError::TooLarge));
    assert_eq!(signed_entries(&zeros, u64::MAX), Err(IndexError::TooLarge));
    let empty = invented(1, 1, 0);
    let entries = entries::write(empty.registrations.values());
    let length = entries.len() as u64;
    assert!(signed_entries(&entries, length).is_ok());
    assert_eq!(signed_entries(&entries, length + 1), Err(IndexError::Inflate(InflateError::Damaged)));
}

/// Signed by the right key and not of the form: refused at the place.
#[test]
fn entries_have_one_form() {
    let good = entries::write(invented(3, 2, 5).registrations.values());
    for cut in 0..good.len() {
        assert!(entries::read(&good[..cut]).is_err(), "cut at {cut}");
    }
    // The same registration twice: what stands second would not be found, or hide the first.
    let one = invented(1, 1, 1);
    let twice = entries::write(
        [one.registrations(), one.registrations()].into_iter().flatten().collect::<Vec<_>>().into_iter(),
    );
    assert!(matches!(entries::read(&twice), Err(CborError { what: Fault::KeyOrder, .. })));
}

#[test]
fn damage_is_refused() {
    let key = TestKey::new(7);
    let bytes = invented(2, 1, 3).sign(&key).unwrap();
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x40;
        assert!(ProductIndex::open(&damaged, &ring(&key)).is_err(), "byte {at}");
        assert!(ProductIndex::open(&bytes[..at], &ring(&key)).is_err(), "cut at {at}");
    }
    assert_eq!(
        ProductIndex::open(&vec![0; ProductIndex::MAX_BYTES + 1], &ring(&key)),
        Err(IndexError::TooLarge)
    );
}

#[test]
fn a_printed_number_of_something_else_is_left_out() {
    let (mut registration, valid) = {
        let found = invented(1, 1, 1).registrations().next().unwrap().clone();
        (found.registration, found.valid)
    };
    registration.printed_number = "another 17".into();
    let number = registration.number.clone();
    let index = ProductIndex::new(1, window(), [(registration, valid)]);
    let key = TestKey::new(7);
    let read = ProductIndex::open(&index.sign(&key).unwrap(), &ring(&key)).unwrap();
    assert_eq!(read.find(&number).unwrap().registration.printed_number, number.to_string());
}

proptest! {
    #[test]
    fn what_was_indexed_is_what_is_read(
        seed in 1_u64.., names in proptest::collection::vec("\\PC{0,20}", 1..5), offset in -1_000_000_i64..1_000_000,
    ) {
        let key = TestKey::new(7);
        let mut invented = Invented(seed);
        let makers = [invented.maker()];
        let (mut registration, _) = invented.registration(1, 3, &makers);
        registration.maker.name.clone_from(&names[0]);
        registration.products = names.iter().map(|name| Product {
            name: name.clone(),
            models: vec![Model { number: name.clone(), gtin: None }],
        }).collect();
        registration.successor = RegistrationNumber::parse(&format!("SHI-{offset}")).ok();
        let from = registration.registered.plus(offset);
        let valid = Window { from, until: from.plus(offset) };
        let index = ProductIndex::new(seed, window(), [(registration, valid)]);
        prop_assert_eq!(ProductIndex::open(&index.sign(&key).unwrap(), &ring(&key)), Ok(index));
    }

    #[test]
    fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(ProductIndex::open(&bytes, &ring(&TestKey::new(7))).is_err());
        let _ = entries::read(&bytes);
        let _ = signed_entries(&bytes, bytes.len() as u64);
    }
}
