//! What happens to the scanner, and what it wants done.

use shirushi_shared::api::{VerdictAnswer, VerifyRequest};

use super::{Abilities, CameraProblem, Kept, Memory, Surroundings, Trouble};
use crate::view::Tone;

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The page was opened.
    Opened(Surroundings),
    /// What is kept on this device was read.
    Remembered(Memory),
    /// The browser refuses to keep anything.
    NotKept,
    /// The reader asks for the camera.
    Start,
    /// The reader wants it stopped.
    Stop,
    /// The camera shows.
    CameraStarted {
        /// Whether it has a light.
        torch: bool,
    },
    /// What it can do.
    Abilities(Abilities),
    /// The reader chooses another camera, by its `deviceId`.
    Camera(String),
    /// The reader magnifies.
    Zoom(String),
    /// The camera cannot be used.
    CameraFailed(CameraProblem),
    /// The reader switches the light.
    Torch,
    /// A frame was looked at; the codes in it.
    Frame(Vec<String>),
    /// The camera has been on for a while.
    StillNothing,
    /// The reader chose a photograph.
    PhotographChosen,
    /// It was read; the codes in it.
    PhotographRead(Vec<String>),
    /// It could not be read.
    PhotographFailed(PhotographProblem),
    /// Typed, pasted, or from a hand scanner.
    Typed(String),
    /// The reader chooses one of several labels in view.
    Label(usize),
    /// A model to ask about.
    Model(String),
    /// The page was opened by a label's link, which could not be fetched; with the model that the link asks about.
    Linked(String, Option<String>),
    /// The service answered.
    Answered(Ticket, Box<VerdictAnswer>),
    /// The service did not.
    Failed(Ticket, Trouble),
    /// The lists on this device have answered; `None` where they could not.
    Judged(Ticket, Option<Box<VerdictAnswer>>),
    /// The time that [`Effect::Wait`] or [`Effect::TryLater`] names is over.
    Waited(Ticket),
    /// The device is connected again.
    Online,
    /// The lists on this device were looked at, or fetched anew.
    Kept(Kept),
    /// The reader wants it asked again.
    Retry,
    /// The reader goes on to the next label.
    Next,
    /// The reader shares the link to check.
    Share,
    /// It was put on the clipboard, for want of a way to share.
    Copied,
    /// The reader wants an entry of the history checked again.
    Recheck(usize),
    /// … or erased.
    Forget(usize),
    /// … or all of them.
    ForgetAll,
    /// The reader switches the history; without it, nothing stays.
    Keep(bool),
    /// The reader switches sound and vibration.
    Signals(bool),
    /// Something in a stock check.
    Stock(StockEvent),
    /// The page is no longer seen.
    Hidden,
    /// The page is seen again.
    Shown,
}

/// Something that happens in a stock check alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StockEvent {
    /// The page was opened for one, or is seen again; what is kept of it was read.
    Remembered(String),
    /// The reader takes the latest piece back.
    TakeBack,
    /// … wants every label asked about anew.
    CheckAll,
    /// … erases the list; at first, asks to.
    Erase,
    /// … saves it: the file.
    Save(String),
}

/// Something to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Ask for the camera: that with this `deviceId`; where it is empty, the one that looks away from the reader.
    StartCamera(String),
    /// Let go of it.
    StopCamera,
    /// Switch its light.
    SetTorch(bool),
    /// Magnify.
    SetZoom(String),
    /// Send [`Event::StillNothing`] after a while.
    Remind,
    /// Read the photograph that was chosen.
    ReadPhotograph,
    /// Ask the service.
    Ask(Ticket, Box<VerifyRequest>),
    /// Ask the lists on this device.
    Judge(Ticket, Box<VerifyRequest>),
    /// Send [`Event::Waited`] when the service has had time to answer on a good line.
    Wait(Ticket),
    /// Send [`Event::Waited`] when it is worth another try.
    TryLater(Ticket),
    /// Let the reader feel that a code was read.
    Buzz,
    /// Let the reader hear and feel what came out.
    Signal(Tone),
    /// Keep this text on the device, in place of the last one.
    Keep(String),
    /// Something for a stock check.
    Stock(StockEffect),
    /// Share the link to check this: a link, or a number.
    Share(String),
}

/// Something to do for a stock check alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StockEffect {
    /// Let the reader hear that a good label was read before.
    SignalAgain,
    /// Keep its list on the device, in place of the last one.
    Keep(String),
    /// Save this as a file.
    Save(String),
}

/// Which question an answer belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ticket(pub(super) u32);

impl Ticket {
    pub(super) const fn next(self) -> Self {
        Self(self.0.wrapping_add(1))
    }
}

/// Why a photograph could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhotographProblem {
    /// The file is no picture.
    NotAPicture,
    /// The decoder could not be loaded.
    Reader,
}
