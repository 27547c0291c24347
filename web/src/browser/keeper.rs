//! The worker with the lists (`web/static/keeper.js`): questions in, answers out.

use js_sys::{Object, Reflect};
use shirushi_shared::{
    api::{VerdictAnswer, VerifyRequest},
    time::UnixTime,
};
use wasm_bindgen::JsValue;

use super::{Place, Unread, Worker};
use crate::{answer, check::Kept};

/// The worker.
pub(crate) struct Keeper(Worker);

impl Keeper {
    /// Starts it for the page at `place`.
    pub(crate) fn start(place: &Place) -> Result<Self, Unread> {
        Ok(Self(Worker::start(&place.keeper)?))
    }

    /// Looks for newer lists where `fetch` says so; what there is then.
    pub(crate) async fn kept(&self, place: &Place, fetch: bool) -> Result<Kept, Unread> {
        let fields = [("pin", &place.pin), ("origins", &place.origins), ("oldest", &place.oldest)];
        self.0.post("open", &object(fields.map(|(name, text)| (name, Some(text)))), false).await?;
        let question = now_in(object([("fetch", fetch.then(String::new).as_ref())]));
        let told = self.0.post("kept", &question, false).await?;
        let field = |name: &str| Reflect::get(&told, &name.into()).unwrap_or(JsValue::UNDEFINED);
        #[expect(clippy::cast_possible_truncation, reason = "seconds; any other number is refused")]
        let time = |name| UnixTime::from_secs(field(name).as_f64()? as i64).ok();
        let (status, index) = (time("status"), time("index"));
        if status.is_none() {
            return Ok(Kept::Nothing);
        }
        let (is_over, stored) = (field("isOver").is_truthy(), field("stored").is_truthy());
        Ok(Kept::Lists { status, index, is_over, stored })
    }

    /// The lists' answer.
    pub(crate) async fn judge(&self, request: &VerifyRequest) -> Option<Box<VerdictAnswer>> {
        let VerifyRequest { link, number, model, .. } = request;
        let fields = [("link", link.as_ref()), ("number", number.as_ref()), ("model", model.as_ref())];
        let told = self.0.post("judge", &now_in(object(fields)), false).await.ok()?;
        let json = Reflect::get(&told, &"answer".into()).ok()?.as_string()?;
        answer::read(&json).map(Box::new)
    }
}

/// `question` with the present: by the page's clock, like all that is shown on it.
fn now_in(question: JsValue) -> JsValue {
    // Setting a field of a fresh object does not fail.
    let _ = Reflect::set(&question, &"now".into(), &(js_sys::Date::now() / 1000.0).into());
    question
}

fn object<const N: usize>(fields: [(&str, Option<&String>); N]) -> JsValue {
    let object = Object::new();
    for (name, text) in fields {
        if let Some(text) = text {
            // Setting a field of a fresh object does not fail.
            let _ = Reflect::set(&object, &name.into(), &text.into());
        }
    }
    object.into()
}
