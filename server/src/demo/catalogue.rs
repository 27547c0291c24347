//! The fictional registry: invented makers, products and models, the same at every start.
//!
//! Nothing here is real, and every text says so where it is shown: names begin with 架空 ("fictional") or are plainly
//! made up, numbers begin with DEMO, GTINs are from the range that GS1 keeps for use inside a shop (prefix 2), and no
//! maker has a corporate number, since an invented one might be somebody's.

use shirushi_shared::{
    label::{AssessmentRoute, Category, Level, PreLabelNumber, RegistrationNumber},
    registration::{Gtin, Maker, Model, Product},
    time::{UnixTime, Window},
};

use crate::service::approval::Approval;

const DAY: i64 = 86_400;
/// How many registrations there are.
pub(super) const REGISTRATIONS: u32 = 60;

/// What becomes of a registration of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Valid,
    Grace,
    Suspended,
    Revoked,
    Expired,
    NotYetValid,
}

/// Registration `index` of the catalogue, by the present `now`.
pub(super) fn approval(index: u32, now: UnixTime) -> Option<(Approval, Fate)> {
    let fate = fate(index);
    let (maker, maker_en) = MAKERS[index as usize % MAKERS.len()];
    let (category, product, product_en, prefix) = KINDS[index as usize % KINDS.len()];
    let level = level(index);
    let printed_number = format!("DEMO-{}-{:05}", 2025 + index / 40, 101 + index * 7);
    let body = (!level.is_self_declared()).then(|| "架空評価センター (fictional)".to_owned());
    let approval = Approval {
        number: RegistrationNumber::parse(&printed_number).ok()?,
        maker: Maker { name: maker.to_owned(), name_en: Some(maker_en.to_owned()), corporate_number: None },
        products: products(index, product, product_en, prefix),
        category: Category::parse(category).ok()?,
        level,
        route: AssessmentRoute::for_level(level, body).ok()?,
        valid: validity(fate, index, now),
        pre_label_numbers: pre_label(index),
        printed_number,
    };
    Some((approval, fate))
}

fn pre_label(index: u32) -> Vec<(PreLabelNumber, RegistrationNumber)> {
    let kinds = [
        (PreLabelNumber::Application, "A"),
        (PreLabelNumber::Acceptance, "R"),
        (PreLabelNumber::Provisional, "P"),
    ];
    let number = |letter| RegistrationNumber::parse(&format!("DEMO-{letter}-2025-{:04}", index + 1)).ok();
    kinds.into_iter().filter_map(|(kind, letter)| Some((kind, number(letter)?))).collect()
}

fn fate(index: u32) -> Fate {
    match index {
        7 | 31 => Fate::Grace,
        11 | 37 | 52 => Fate::Suspended,
        13 | 41 => Fate::Revoked,
        17 | 29 | 43 => Fate::Expired,
        19 | 47 => Fate::NotYetValid,
        _ => Fate::Valid,
    }
}

fn level(index: u32) -> Level {
    match index % 10 {
        3 | 8 => Level::Star2,
        5 => Level::Star3,
        9 => Level::Star4,
        _ => Level::Star1,
    }
}

/// Two years at the most, somewhere in the middle of them, ending at midnight in Japan.
fn validity(fate: Fate, index: u32, now: UnixTime) -> Window {
    let midnight = now.plus(-((now.as_secs() + 9 * 3_600) % DAY));
    let spread = i64::from(index) * 5;
    let (from, until) = match fate {
        Fate::Valid | Fate::Suspended | Fate::Revoked => (-30 - spread, 700 - spread),
        Fate::Grace => (-718, 12),
        Fate::Expired => (-760 - spread, -30 - spread),
        Fate::NotYetValid => (14 + spread, 744 + spread),
    };
    Window { from: midnight.plus(from * DAY), until: midnight.plus(until * DAY) }
}

fn products(index: u32, name: &str, name_en: &str, prefix: &str) -> Vec<Product> {
    let count = 1 + index % 3;
    (0..count)
        .map(|product| {
            let series = 100 + 10 * (index % 40) + product;
            let models = 3 + (index * 7 + product * 5) % 10;
            Product {
                name: format!(
                    "{name} {} ({name_en}, fictional)",
                    ["スタンダード", "プラス", "プロ"][product as usize]
                ),
                models: (0..models).map(|model| self::model(index, product, model, prefix, series)).collect(),
            }
        })
        .collect()
}

fn model(index: u32, product: u32, model: u32, prefix: &str, series: u32) -> Model {
    let colour = ["W", "B", "S", "G"][model as usize % 4];
    let body = format!("29{index:04}{product:02}{model:04}");
    let gtin = (0..10).find_map(|check| Gtin::parse(&format!("{body}{check}")).ok());
    Model { number: format!("{prefix}-{series}{}/{colour}", ['A', 'B', 'C'][model as usize / 4]), gtin }
}

const MAKERS: [(&str, &str); 25] = [
    ("架空電機株式会社", "Kaku Denki (fictional)"),
    ("架空あおぞら通信株式会社", "Aozora Tsushin (fictional)"),
    ("架空ひばり製作所", "Hibari Works (fictional)"),
    ("架空みなと精機株式会社", "Minato Seiki (fictional)"),
    ("架空しらかば家電株式会社", "Shirakaba Appliances (fictional)"),
    ("架空つばめネットワークス株式会社", "Tsubame Networks (fictional)"),
    ("架空かもめ光学株式会社", "Kamome Optics (fictional)"),
    ("架空すずらん電子", "Suzuran Electronics (fictional)"),
    ("架空はやぶさロボティクス株式会社", "Hayabusa Robotics (fictional)"),
    ("架空やまびこ音響株式会社", "Yamabiko Audio (fictional)"),
    ("架空こだまシステム株式会社", "Kodama Systems (fictional)"),
    ("架空ほたるライト株式会社", "Hotaru Light (fictional)"),
    ("架空うぐいす工業", "Uguisu Industries (fictional)"),
    ("架空あじさいホーム株式会社", "Ajisai Home (fictional)"),
    ("架空なぎさ計測株式会社", "Nagisa Instruments (fictional)"),
    ("架空もみじ玩具", "Momiji Toys (fictional)"),
    ("架空いずみ水道機器株式会社", "Izumi Water Devices (fictional)"),
    ("架空たんぽぽヘルスケア株式会社", "Tanpopo Healthcare (fictional)"),
    ("架空さざなみ電力株式会社", "Sazanami Energy (fictional)"),
    ("架空きつつき印刷機", "Kitsutsuki Printing (fictional)"),
    ("架空ふくろう警備株式会社", "Fukurou Guard (fictional)"),
    ("架空とんぼストレージ株式会社", "Tonbo Storage (fictional)"),
    ("架空かえで情報株式会社", "Kaede Information (fictional)"),
    ("架空らいちょう制御株式会社", "Raicho Controls (fictional)"),
    ("架空つくし商会", "Tsukushi Trading (fictional)"),
];

/// Category, product name in Japanese and English, letters of its model numbers.
const KINDS: [(&str, &str, &str, &str); 12] = [
    ("communications_equipment", "無線ルーター", "wireless router", "KR"),
    ("network_camera", "ネットワークカメラ", "network camera", "KC"),
    ("smart_lock", "スマートロック", "smart lock", "KL"),
    ("home_gateway", "ホームゲートウェイ", "home gateway", "KG"),
    ("home_appliance", "エアコン", "air conditioner", "KA"),
    ("sensor", "環境センサー", "environment sensor", "KS"),
    ("printer", "プリンター", "printer", "KP"),
    ("storage", "ネットワークストレージ", "network storage", "KN"),
    ("wearable", "活動量計", "activity tracker", "KW"),
    ("toy", "知育ロボット", "learning robot", "KT"),
    ("energy_equipment", "蓄電池コントローラー", "battery controller", "KE"),
    ("industrial_controller", "産業用コントローラー", "industrial controller", "KI"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_catalogue_is_what_the_readme_says() {
        let now = UnixTime::parse("2026-11-22T00:00:00Z").unwrap();
        let all: Vec<_> = (0..REGISTRATIONS).map(|index| approval(index, now).unwrap()).collect();
        let models: usize =
            all.iter().flat_map(|(approval, _)| &approval.products).map(|p| p.models.len()).sum();
        let distinct = |of: &dyn Fn(&Approval) -> String| {
            all.iter().map(|(approval, _)| of(approval)).collect::<BTreeSet<_>>().len()
        };
        assert_eq!(distinct(&|approval| approval.number.to_string()), 60);
        assert_eq!(distinct(&|approval| approval.maker.name.clone()), 25);
        assert_eq!(distinct(&|approval| approval.category.to_string()), 12);
        assert_eq!(distinct(&|approval| approval.level.to_string()), 4);
        assert!((850..=950).contains(&models), "{models} models");
        for (approval, fate) in &all {
            let validity = approval.valid;
            assert!(validity.until.since(validity.from) <= crate::registry::LONGEST_VALIDITY);
            assert_eq!(validity.until <= now, *fate == Fate::Expired, "{}", approval.number);
            assert_eq!(now < validity.from, *fate == Fate::NotYetValid, "{}", approval.number);
            assert!(approval.maker.name.starts_with("架空"));
            let gtins: Vec<_> =
                approval.products.iter().flat_map(|p| &p.models).map(|m| m.gtin.unwrap()).collect();
            assert!(gtins.iter().all(|gtin| gtin.to_string().starts_with("02")), "inside-shop range only");
        }
    }
}
