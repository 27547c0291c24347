//! Who takes what a reader types into a form.

use std::sync::Arc;

use leptos::{
    ev::{MouseEvent, SubmitEvent},
    html::Input,
    prelude::*,
};

/// Who takes it: the server, by a GET request, or the browser's scanner.
#[derive(Clone)]
pub enum Ask {
    /// The form's own request; works without script.
    ByPage,
    /// Handed over without leaving the page.
    ByScript(Arc<dyn Fn(String) + Send + Sync>),
}

impl Ask {
    /// Hands over to `take`.
    pub fn by_script(take: impl Fn(String) + Send + Sync + 'static) -> Self {
        Self::ByScript(Arc::new(take))
    }

    /// What to do when a button with `value` is pressed.
    pub(super) fn on_press(self, value: String) -> impl Fn(MouseEvent) + 'static {
        move |event| {
            if let Self::ByScript(take) = &self {
                event.prevent_default();
                take(value.clone());
            }
        }
    }

    /// What to do when the form with `field` is sent.
    pub(super) fn on_submit(self, field: NodeRef<Input>) -> impl Fn(SubmitEvent) + 'static {
        move |event| {
            if let Self::ByScript(take) = &self {
                event.prevent_default();
                if let Some(field) = field.get_untracked() {
                    take(field.value());
                }
            }
        }
    }
}
