//! Products and models as an application or a change notice names them: bounds, and no model twice.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use shirushi_shared::registration::{MatchKey, Model, Product};

use super::text::{MAX_NAME, line};

/// Most products, as the registry takes them (`service::approval`; a test holds them together).
pub const MAX_PRODUCTS: usize = 200;
/// Most models of one product.
pub const MAX_MODELS: usize = 1_000;

/// One thing that is wrong with a list of products.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "problem", rename_all = "snake_case")]
pub enum ProductProblem {
    /// None, or too many.
    #[error("there must be 1 to {MAX_PRODUCTS} products")]
    Products,
    /// None, or too many.
    #[error("product {place}: there must be 1 to {MAX_MODELS} models")]
    Models {
        /// The product's place, from 1.
        place: usize,
    },
    /// The name of a product or the number of a model is not one line of text with a letter or digit.
    #[error("product {place}: a name or model number is empty, too long, or cannot be shown")]
    Name {
        /// The product's place, from 1.
        place: usize,
    },
    /// Two products that only differ in spelling.
    #[error("the product {name} is there twice")]
    ProductTwice {
        /// As it was given.
        name: String,
    },
    /// Two models that only differ in spelling, in the same product or in two.
    #[error("the model {number} is there twice")]
    ModelTwice {
        /// As it was given.
        number: String,
    },
}

/// All that is wrong with `products`. Names are the same where nothing but spelling tells them apart ([`MatchKey`]): a reader
/// who compares the model in hand could not tell them apart either.
pub fn check(products: &[Product]) -> Vec<ProductProblem> {
    if products.is_empty() || products.len() > MAX_PRODUCTS {
        return vec![ProductProblem::Products];
    }
    let mut wrong = Vec::new();
    let (mut names, mut numbers) = (BTreeSet::new(), BTreeSet::new());
    for (place, product) in (1..).zip(products) {
        if product.models.is_empty() || product.models.len() > MAX_MODELS {
            wrong.push(ProductProblem::Models { place });
            continue;
        }
        match key(&product.name).map(|key| names.insert(key)) {
            None => wrong.push(ProductProblem::Name { place }),
            Some(false) => {
                wrong.push(ProductProblem::ProductTwice { name: product.name.clone() });
            }
            Some(true) => {}
        }
        for Model { number, .. } in &product.models {
            match key(number).map(|key| numbers.insert(key)) {
                None => wrong.push(ProductProblem::Name { place }),
                Some(false) => {
                    wrong.push(ProductProblem::ModelTwice { number: number.clone() });
                }
                Some(true) => {}
            }
        }
    }
    wrong
}

/// What tells a name apart, where it is a name at all.
pub(super) fn key(name: &str) -> Option<MatchKey> {
    line(name, 1, MAX_NAME).ok().and_then(|()| MatchKey::of(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product(name: &str, models: &[&str]) -> Product {
        let model = |number: &&str| Model { number: (*number).to_owned(), gtin: None };
        Product { name: name.into(), models: models.iter().map(model).collect() }
    }

    #[test]
    fn the_registry_takes_what_is_taken_here() {
        use crate::service::approval;
        assert_eq!((MAX_PRODUCTS, MAX_MODELS), (approval::MAX_PRODUCTS, approval::MAX_MODELS));
    }

    #[test]
    fn no_model_is_there_twice_however_it_is_spelt() {
        assert_eq!(check(&[product("Camera", &["RX-200", "RX-201"]), product("Lock", &["L-1"])]), []);
        let wrong = check(&[
            product("Camera", &["RX-200", "ＲＸ２００"]),
            product("ｃａｍｅｒａ", &["rx 200", "--"]),
        ]);
        insta::assert_snapshot!(wrong.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
    }

    #[test]
    fn lists_have_bounds() {
        assert_eq!(check(&[]), [ProductProblem::Products]);
        assert_eq!(check(&vec![product("a", &["1"]); MAX_PRODUCTS + 1]), [ProductProblem::Products]);
        assert_eq!(check(&[product("a", &[])]), [ProductProblem::Models { place: 1 }]);
        assert_eq!(check(&[product("a", &vec!["1"; MAX_MODELS + 1])]), [ProductProblem::Models { place: 1 }]);
    }
}
