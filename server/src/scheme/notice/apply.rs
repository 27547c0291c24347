//! What a change notice makes of a registration.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use shirushi_shared::registration::{MatchKey, Model, Product, Registration};

use super::{ChangeNotice, RemovedModel};
use crate::scheme::products::{self, MAX_MODELS, MAX_PRODUCTS, ProductProblem};

/// Most models that one notice takes out.
const MAX_REMOVED: usize = 10_000;

/// One thing for which a notice cannot be accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "in", content = "is", rename_all = "snake_case")]
pub enum NoticeProblem {
    /// It is about another registration.
    #[error("the notice is about another registration")]
    OtherRegistration,
    /// Nothing changes.
    #[error("the notice changes nothing")]
    Nothing,
    /// More than a notice can take out.
    #[error("a notice takes out at most {MAX_REMOVED} models")]
    TooManyRemoved,
    /// The products to add.
    #[error(transparent)]
    Add(#[from] ProductProblem),
    /// A model to add is there already, perhaps spelt otherwise, perhaps in another product.
    #[error("the model {0} is registered already")]
    AlreadyThere(String),
    /// A model to take out is not there.
    #[error("there is no model {} of the product {}", .0.model, .0.product)]
    NotThere(RemovedModel),
    /// No model would be left: that is a revocation, and is decided as one.
    #[error("a registration keeps at least one model")]
    LastModel,
    /// The registration would have more products than any.
    #[error("a registration has at most {MAX_PRODUCTS} products")]
    TooManyProducts,
    /// A product would have more models than any.
    #[error("the product {0} would have more than {MAX_MODELS} models")]
    TooManyModels(String),
}

impl ChangeNotice {
    /// The registration with the notice applied, or all that speaks against it. A model that the registry took in twice, by import, does
    /// not stand in the way; the notice adds no other.
    pub fn apply(&self, registration: &Registration) -> Result<Registration, Vec<NoticeProblem>> {
        let content = &self.content;
        let mut wrong = Vec::new();
        if registration.number != self.number {
            wrong.push(NoticeProblem::OtherRegistration);
        }
        if content.remove.len() > MAX_REMOVED {
            wrong.push(NoticeProblem::TooManyRemoved);
        }
        if !content.add.is_empty() {
            wrong.extend(products::check(&content.add).into_iter().map(Into::into));
        } else if content.remove.is_empty() && content.contact.is_none() && content.note.is_none() {
            wrong.push(NoticeProblem::Nothing);
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let mut changed = registration.clone();
        for removed in &content.remove {
            if !remove(&mut changed.products, removed) {
                wrong.push(NoticeProblem::NotThere(removed.clone()));
            }
        }
        let present: BTreeSet<_> =
            changed.models().filter_map(|(_, model)| MatchKey::of(&model.number)).collect();
        for product in &content.add {
            let is_there =
                |model: &&Model| MatchKey::of(&model.number).is_some_and(|key| present.contains(&key));
            let twice = product.models.iter().filter(is_there);
            wrong.extend(twice.map(|model| NoticeProblem::AlreadyThere(model.number.clone())));
            add(&mut changed.products, product);
        }
        changed.products.retain(|product| !product.models.is_empty());
        if changed.products.is_empty() {
            wrong.push(NoticeProblem::LastModel);
        }
        if changed.products.len() > MAX_PRODUCTS {
            wrong.push(NoticeProblem::TooManyProducts);
        }
        let too_many = changed.products.iter().filter(|product| product.models.len() > MAX_MODELS);
        wrong.extend(too_many.map(|product| NoticeProblem::TooManyModels(product.name.clone())));
        if wrong.is_empty() { Ok(changed) } else { Err(wrong) }
    }
}

/// Takes a model out; whether it was there. A product that loses its last model stays until others were added.
fn remove(products: &mut [Product], removed: &RemovedModel) -> bool {
    let model_key = MatchKey::of(removed.model.as_str());
    let Some(product) = find(products, removed.product.as_str()) else { return false };
    let before = product.models.len();
    product.models.retain(|model| MatchKey::of(&model.number) != model_key);
    model_key.is_some() && product.models.len() < before
}

fn add(products: &mut Vec<Product>, added: &Product) {
    match find(products, &added.name) {
        Some(product) => product.models.extend(added.models.iter().cloned()),
        None => products.push(added.clone()),
    }
}

fn find<'a>(products: &'a mut [Product], name: &str) -> Option<&'a mut Product> {
    let key = MatchKey::of(name)?;
    products.iter_mut().find(|product| MatchKey::of(&product.name).as_ref() == Some(&key))
}
