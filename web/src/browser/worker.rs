//! The decoder's worker (`web/static/worker.js`): pictures in, texts out.

use js_sys::{Array, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, MessageChannel, MessageEvent, WorkerOptions, WorkerType};

use super::camera::Frames;

/// The worker.
pub(crate) struct Worker {
    worker: web_sys::Worker,
    /// Resolves when the worker itself fails, such as when its script cannot be loaded.
    broken: Promise,
}

/// Why a picture was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    /// It is no picture.
    NotAPicture,
    /// The decoder does not work.
    Reader,
}

impl Worker {
    /// Starts the worker at `address`.
    pub(crate) fn start(address: &str) -> Result<Self, Unread> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = web_sys::Worker::new_with_options(address, &options).map_err(|_| Unread::Reader)?;
        let broken = Promise::new(&mut |resolve, _| worker.set_onerror(Some(&resolve)));
        Ok(Self { worker, broken })
    }

    /// The texts of the codes in the newest frame of a camera; `None` where no frame could be taken.
    pub(crate) async fn frame(&self, frames: &mut Frames) -> Option<Result<Vec<String>, Unread>> {
        let frame = frames.newest().await?;
        Some(self.ask("frame", &frame, true).await)
    }

    /// The texts of the codes in a photograph.
    pub(crate) async fn photograph(&self, file: &File) -> Result<Vec<String>, Unread> {
        self.ask("photograph", file, false).await
    }

    async fn ask(&self, kind: &str, picture: &JsValue, handed_over: bool) -> Result<Vec<String>, Unread> {
        texts(&self.post(kind, picture, handed_over).await?)
    }

    /// Each question has its own channel, so answers cannot be mixed up.
    pub(super) async fn post(&self, kind: &str, of: &JsValue, handed_over: bool) -> Result<JsValue, Unread> {
        let channel = MessageChannel::new().map_err(|_| Unread::Reader)?;
        let answered = Promise::new(&mut |resolve, _| channel.port1().set_onmessage(Some(&resolve)));
        let message = Object::new();
        Reflect::set(&message, &kind.into(), of).map_err(|_| Unread::Reader)?;
        let transfer = Array::of1(&channel.port2());
        if handed_over {
            transfer.push(of);
        }
        self.worker.post_message_with_transfer(&message, &transfer).map_err(|_| Unread::Reader)?;
        let first = Promise::race(&Array::of2(&answered, &self.broken));
        let event = JsFuture::from(first).await.map_err(|_| Unread::Reader)?;
        channel.port1().close();
        Ok(event.dyn_into::<MessageEvent>().map_err(|_| Unread::Reader)?.data())
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

fn texts(answer: &JsValue) -> Result<Vec<String>, Unread> {
    let field = |name: &str| Reflect::get(answer, &name.into()).map_err(|_| Unread::Reader);
    match field("problem")?.as_string().as_deref() {
        None => {
            let texts: Array = field("texts")?.dyn_into().map_err(|_| Unread::Reader)?;
            Ok(texts.iter().filter_map(|text| text.as_string()).collect())
        }
        Some("picture") => Err(Unread::NotAPicture),
        Some(_) => Err(Unread::Reader),
    }
}
