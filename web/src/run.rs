//! Performs what the scanner wants done, and tells it what happened: the only caller of the browser.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::Arc,
};

use leptos::{mount::mount_to, prelude::*, task::spawn_local};
use shirushi_shared::{api::VerifyRequest, scan::Origins, text::Language};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use crate::{
    answer,
    browser::{self, Camera, Keeper, Picture, Place, Unread, Worker},
    check::{
        CAN_COUNT, CameraProblem, Effect, Event, Kept, Memory, PhotographProblem, Screen, State, StockEffect,
        StockEvent, Ticket, Trouble, step,
    },
    scanner::{self, Dispatch, Refs},
    view::{self, Reader},
};

/// Light and quick; there is one thread in a module's memory.
#[global_allocator]
static MEMORY: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

/// When to offer help to somebody whose camera sees nothing, in milliseconds.
const PATIENCE: i32 = 8_000;
/// How long the service may take on a good line, in milliseconds; then the lists on this device are asked too.
const GOOD_LINE: i32 = 1_200;
/// After how long a service that did not answer is asked again, in milliseconds.
const AGAIN: i32 = 15_000;
/// How often newer lists are looked for while the page is open, in milliseconds: the lists' own `ttl`.
const REFRESH: i32 = 300_000;
/// When the lists are looked at where no camera starts, in milliseconds. With one, they are as soon as it shows.
const NO_CAMERA: i32 = 4_000;
/// The checker's names in the browser's storage: settings and history, and a stock check.
const MINE: &str = "shirushi.mine";
const STOCK: &str = "shirushi.stock";
/// What the file of a stock check is called.
const FILE: &str = "shirushi-stock.csv";
/// The service's address for verdicts.
const VERIFY: &str = "/v1/verify";

/// Starts the scanner where the page has a place for it.
///
/// # Errors
/// Where the page has no words of this version. It then stays as the server wrote it, which works, and its script lets the
/// camera go.
#[wasm_bindgen(start)]
pub(crate) fn start() -> Result<(), JsValue> {
    let Some(mut place) = browser::place() else { return Ok(()) };
    if !Language::learn(std::mem::take(&mut place.words)) {
        return Err("words of another version".into());
    }
    let reader = Reader { language: place.language, zone: browser::zone() };
    browser::clear(&place.element);
    let origins = Origins::new(place.origins.split(' '));
    let element = place.element.clone();
    mount_to(element, move || {
        let refs = Refs::default();
        let runner = Rc::new(Runner {
            state: RwSignal::new(State::new(origins)),
            refs,
            place,
            keeper: RefCell::default(),
            worker: RefCell::default(),
            camera: RefCell::default(),
            picture: RefCell::default(),
            keeping: Cell::default(),
            session: Cell::default(),
        });
        let dispatch = runner.dispatch();
        listen(&runner, &dispatch);
        announce(runner.state, reader);
        if CAN_COUNT {
            let nothing = Event::Stock(StockEvent::Remembered(String::new()));
            runner.happens(remembered_tally().unwrap_or(nothing));
        }
        let opened = dispatch.clone();
        browser::after(0, move || {
            opened(browser::kept(MINE).map_or(Event::NotKept, |kept| Event::Remembered(Memory::read(&kept))));
            match browser::opened_for() {
                Some((link, model)) => opened(Event::Linked(link, model)),
                None => opened(Event::Opened(browser::surroundings())),
            }
        });
        let state = runner.state;
        browser::after(NO_CAMERA, move || runner.keep());
        scanner::scanner(state, reader, refs, dispatch)
    })
    .forget();
    Ok(())
}

/// Everything that may happen beside the scanner's own buttons.
fn listen(runner: &Rc<Runner>, dispatch: &Dispatch) {
    let (online, refreshed) = (dispatch.clone(), runner.clone());
    browser::on_online(move || {
        online(Event::Online);
        refreshed.refresh();
    });
    let seen = dispatch.clone();
    browser::on_visibility(move || {
        if browser::is_hidden() {
            return seen(Event::Hidden);
        }
        if let Some(kept) = remembered_tally().filter(|_| CAN_COUNT) {
            // Meanwhile another page of ours may have gone on with it.
            seen(kept);
        }
        seen(Event::Shown);
    });
    let typed = dispatch.clone();
    browser::on_keys(move |text| typed(Event::Typed(text)));
    let pasted = dispatch.clone();
    let runner = runner.clone();
    browser::on_paste(
        move |text| pasted(Event::Typed(text)),
        move |picture| {
            *runner.picture.borrow_mut() = Some(picture);
            runner.happens(Event::PhotographChosen);
        },
    );
}

/// What is kept of a stock check; `None` where the browser refuses to say.
fn remembered_tally() -> Option<Event> {
    browser::kept(STOCK).map(|kept| Event::Stock(StockEvent::Remembered(kept)))
}

/// Names the page after the verdict, and moves the focus to it.
fn announce(state: RwSignal<State>, reader: Reader) {
    let words = reader.words();
    let title = Memo::new(move |_| {
        state.with(|state| match &state.screen {
            Screen::Told { answer, .. } => Some(view::headline(answer, reader)),
            Screen::NotChecked { .. } => Some(words.problems.unreachable),
            Screen::Ready { .. } | Screen::Choosing | Screen::Reading | Screen::Asking { .. } => None,
        })
    });
    leptos::prelude::Effect::new(move |_| {
        let title = title.get();
        browser::set_title(&format!("{} – {}", title.unwrap_or(words.scan.title), words.site.name));
        if title.is_some() {
            browser::focus(scanner::RESULT);
        }
    });
}

/// What effects need to be performed.
struct Runner {
    state: RwSignal<State>,
    refs: Refs,
    place: Place,
    /// The worker with the lists, once it was needed or there was time for it.
    keeper: RefCell<Option<Rc<Keeper>>>,
    /// Started with the first picture, kept for the next.
    worker: RefCell<Option<Rc<Worker>>>,
    camera: RefCell<Option<Rc<Camera>>>,
    /// Whether [`Self::keep`] was done.
    keeping: Cell<bool>,
    /// A picture that was pasted or dropped, until it is read.
    picture: RefCell<Option<Picture>>,
    /// Counts starts and stops of the camera: what belongs to an earlier one is over.
    session: Cell<u32>,
}

impl Runner {
    /// The way to tell it what happened. Views demand one that could be sent between threads; there is but one here.
    fn dispatch(self: &Rc<Self>) -> Dispatch {
        let runner = StoredValue::new_local(self.clone());
        Arc::new(move |event| {
            if let Some(runner) = runner.try_with_value(Rc::clone) {
                runner.happens(event);
            }
        })
    }

    fn happens(self: &Rc<Self>, event: Event) {
        let before = self.state.get_untracked();
        let (after, effects) = step(before.clone(), event, browser::now());
        if after != before {
            self.state.set(after);
        }
        for effect in effects {
            self.perform(effect);
        }
    }

    fn perform(self: &Rc<Self>, effect: Effect) {
        let runner = self.clone();
        match effect {
            Effect::StartCamera(chosen) => spawn_local(async move { runner.look(&chosen).await }),
            Effect::StopCamera => drop(self.end_session()),
            Effect::SetTorch(lit) => {
                let camera = self.camera.borrow().clone();
                spawn_local(async move {
                    if let Some(camera) = camera {
                        camera.set_torch(lit).await;
                    }
                });
            }
            Effect::SetZoom(by) => {
                let camera = self.camera.borrow().clone();
                spawn_local(async move {
                    if let Some(camera) = camera {
                        camera.set_zoom(&by).await;
                    }
                });
            }
            Effect::Remind => browser::after(PATIENCE, move || runner.happens(Event::StillNothing)),
            Effect::ReadPhotograph => spawn_local(async move { runner.read_photograph().await }),
            Effect::Ask(ticket, request) => {
                spawn_local(async move {
                    let event = ask(ticket, &request).await;
                    runner.happens(event);
                });
            }
            Effect::Judge(ticket, request) => spawn_local(async move {
                let answer = match runner.keeper() {
                    Some(keeper) => {
                        if runner.state.with_untracked(|state| state.kept == Kept::Unknown) {
                            runner.look_at_lists(&keeper, false).await;
                        }
                        keeper.judge(&request).await
                    }
                    None => None,
                };
                runner.happens(Event::Judged(ticket, answer));
            }),
            Effect::Wait(ticket) => {
                browser::after(GOOD_LINE, move || runner.happens(Event::Waited(ticket)));
            }
            Effect::TryLater(ticket) => browser::after(AGAIN, move || runner.happens(Event::Waited(ticket))),
            Effect::Buzz => browser::buzz(),
            Effect::Signal(tone) => browser::signal(tone),
            Effect::Keep(text) => self.keep_text(MINE, &text),
            Effect::Stock(effect) if CAN_COUNT => match effect {
                StockEffect::SignalAgain => browser::signal_again(),
                StockEffect::Keep(text) => self.keep_text(STOCK, &text),
                // A browser that saves no files says so itself.
                StockEffect::Save(text) => drop(browser::save(FILE, &text)),
            },
            Effect::Stock(_) => {}
            Effect::Share(text) => spawn_local(async move {
                if browser::share(&text).await {
                    runner.happens(Event::Copied);
                }
            }),
        }
    }

    fn keep_text(self: &Rc<Self>, name: &str, text: &str) {
        if !browser::keep(name, text) {
            self.happens(Event::NotKept);
        }
    }

    fn keeper(&self) -> Option<Rc<Keeper>> {
        let mut keeper = self.keeper.borrow_mut();
        if keeper.is_none() {
            *keeper = Keeper::start(&self.place).ok().map(Rc::new);
        }
        keeper.clone()
    }

    /// Keeps the lists for when there is no network, from when there is time for it. The page itself is kept by the service
    /// worker (`web/static/scan.js`).
    fn keep(self: &Rc<Self>) {
        if !self.keeping.replace(true) {
            self.clone().refresh_always();
        }
    }

    fn refresh_always(self: Rc<Self>) {
        self.refresh();
        browser::after(REFRESH, move || self.refresh_always());
    }

    /// Looks for newer lists.
    fn refresh(self: &Rc<Self>) {
        let runner = self.clone();
        spawn_local(async move {
            if let Some(keeper) = runner.keeper() {
                // What is there, before what is fetched: a slow line does not keep the reader from knowing.
                runner.look_at_lists(&keeper, false).await;
                runner.look_at_lists(&keeper, true).await;
            }
        });
    }

    async fn look_at_lists(self: &Rc<Self>, keeper: &Keeper, fetch: bool) {
        let kept = keeper.kept(&self.place, fetch).await.unwrap_or(Kept::Nothing);
        self.happens(Event::Kept(kept));
    }

    /// Lets go of the camera, and of everything that was under way with it.
    fn end_session(&self) -> Option<Rc<Camera>> {
        self.session.set(self.session.get().wrapping_add(1));
        self.camera.borrow_mut().take()
    }

    /// Opens the camera and reads its frames, one at a time, until the session is over.
    async fn look(self: &Rc<Self>, chosen: &str) {
        drop(self.end_session());
        let session = self.session.get();
        let is_over = || self.session.get() != session;
        let Some(video) = self.refs.video.get_untracked() else { return };
        // The decoder loads while the reader is asked for permission.
        let worker = self.worker();
        let opened = Camera::open(video, chosen).await;
        if is_over() {
            return;
        }
        self.keep();
        let (camera, worker) = match (opened, worker) {
            (Ok(camera), Ok(worker)) => (Rc::new(camera), worker),
            (Err(problem), _) => return self.happens(Event::CameraFailed(problem)),
            (Ok(_), Err(_)) => return self.happens(Event::CameraFailed(CameraProblem::Reader)),
        };
        *self.camera.borrow_mut() = Some(camera.clone());
        let (torch, mut frames) = (camera.has_torch(), camera.frames());
        self.happens(Event::CameraStarted { torch });
        let abilities = camera.abilities().await;
        drop(camera);
        if is_over() {
            return;
        }
        self.happens(Event::Abilities(abilities));
        while !is_over() {
            let read = worker.frame(&mut frames).await;
            if is_over() {
                return;
            }
            match read {
                Some(Ok(texts)) => self.happens(Event::Frame(texts)),
                Some(Err(Unread::Reader)) => {
                    drop(self.end_session());
                    self.worker.borrow_mut().take();
                    self.happens(Event::CameraFailed(CameraProblem::Reader));
                }
                Some(Err(Unread::NotAPicture)) | None => {}
            }
        }
    }

    async fn read_photograph(self: &Rc<Self>) {
        let field = self.refs.picker.get_untracked();
        let dropped = self.picture.borrow_mut().take();
        let file = dropped.or_else(|| field.as_ref().and_then(browser::chosen_file));
        let read = match (file, self.worker()) {
            (Some(file), Ok(worker)) => worker.photograph(&file).await,
            (None, _) => Err(Unread::NotAPicture),
            (_, Err(problem)) => Err(problem),
        };
        self.happens(match read {
            Ok(texts) => Event::PhotographRead(texts),
            Err(Unread::NotAPicture) => Event::PhotographFailed(PhotographProblem::NotAPicture),
            Err(Unread::Reader) => Event::PhotographFailed(PhotographProblem::Reader),
        });
    }

    fn worker(&self) -> Result<Rc<Worker>, Unread> {
        if let Some(worker) = &*self.worker.borrow() {
            return Ok(worker.clone());
        }
        let worker = Rc::new(Worker::start(&self.place.worker)?);
        *self.worker.borrow_mut() = Some(worker.clone());
        Ok(worker)
    }
}

/// Asks the service. Whatever is not a verdict is trouble, and no trouble is a verdict.
async fn ask(ticket: Ticket, request: &VerifyRequest) -> Event {
    match browser::post_json(VERIFY, &answer::write(request)).await {
        None => Event::Failed(ticket, Trouble::Unreachable),
        Some((200, text)) => match answer::read(&text) {
            Some(answer) => Event::Answered(ticket, Box::new(answer)),
            None => Event::Failed(ticket, Trouble::Answer),
        },
        Some((429 | 503, _)) => Event::Failed(ticket, Trouble::Overloaded),
        Some(_) => Event::Failed(ticket, Trouble::Answer),
    }
}
