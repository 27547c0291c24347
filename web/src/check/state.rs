//! What the scanner shows.

use std::sync::Arc;

use shirushi_shared::{
    api::{VerdictAnswer, VerifyRequest},
    scan::Origins,
    time::UnixTime,
    verdict::NotALabel,
};

use super::{Abilities, Basis, Camera, Kept, Memory, Surroundings, Tally, Ticket};

/// The scanner.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// The camera.
    pub camera: Camera,
    /// What is shown beside it.
    pub screen: Screen,
    /// What there is to judge by without the service.
    pub kept: Kept,
    /// What the camera can do.
    pub abilities: Abilities,
    /// Several labels in view, by their texts: the reader chooses. Empty where there was but one.
    pub labels: Vec<String>,
    /// Host of a link in view that is made to look like ours.
    pub look_alike: Option<String>,
    /// Whether a link was just put on the clipboard.
    pub copied: bool,
    /// What is kept on this device.
    pub memory: Memory,
    /// Whether the browser refuses to keep it.
    pub not_kept: bool,
    /// The stock check.
    pub tally: Arc<Tally>,
    /// The labels that the camera sees, and when it saw each last.
    pub(super) in_view: Vec<(String, UnixTime)>,
    pub(super) origins: Origins,
    pub(super) surroundings: Surroundings,
    /// The latest question; answers to earlier ones come too late.
    pub(super) ticket: Ticket,
}

/// What is shown.
#[derive(Clone, Debug, PartialEq)]
pub enum Screen {
    /// Waiting for a code.
    Ready {
        /// What was seen or typed and is no label.
        note: Option<Note>,
        /// The text seen last that is no label, and how often in a row.
        seen: Option<(String, u8)>,
    },
    /// Several labels are in view, and none is chosen yet.
    Choosing,
    /// A photograph is being read.
    Reading,
    /// The registry is being asked.
    Asking {
        /// What it is asked.
        request: Box<VerifyRequest>,
        /// Other codes that were in view: named, never opened.
        others: Vec<String>,
        /// Why it gave no answer, while the lists are asked.
        trouble: Option<Trouble>,
    },
    /// A verdict.
    Told {
        /// What was asked; `None` where nothing had to be.
        request: Option<Box<VerifyRequest>>,
        /// The answer.
        answer: Box<VerdictAnswer>,
        /// Other codes that were in view.
        others: Vec<String>,
        /// What the answer rests on.
        basis: Basis,
    },
    /// No answer could be had. This is no verdict: neither valid nor revoked.
    NotChecked {
        /// What was asked.
        request: Box<VerifyRequest>,
        /// Other codes that were in view.
        others: Vec<String>,
        /// What was in the way.
        trouble: Trouble,
    },
}

/// Something to be told while waiting for a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// A code in view that is no label.
    Seen(NotALabel),
    /// A JAN code.
    ProductCode,
    /// What was typed is no registration number.
    NotANumber,
    /// A photograph without a code.
    NoCode,
    /// A file that is no picture.
    NotAPicture,
    /// The decoder could not be loaded, so the photograph was not read.
    NoReader,
    /// The camera sees nothing for some time.
    LookingLong,
}

/// Why no answer could be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The service did not answer, or not in time.
    Unreachable,
    /// It is too busy.
    Overloaded,
    /// It answered something that is no verdict.
    Answer,
}

impl Screen {
    /// Waiting, with nothing to tell.
    pub const READY: Self = Self::Ready { note: None, seen: None };
}

impl State {
    /// A scanner of labels that are printed under `origins`, before anything has happened.
    pub fn new(origins: Origins) -> Self {
        Self {
            camera: Camera::Off,
            screen: Screen::READY,
            kept: Kept::Unknown,
            abilities: Abilities::default(),
            labels: Vec::new(),
            look_alike: None,
            copied: false,
            memory: Memory::default(),
            not_kept: false,
            tally: Arc::default(),
            in_view: Vec::new(),
            origins,
            surroundings: Surroundings { encrypted: true, can_ask: true, in_app: false },
            ticket: Ticket::default(),
        }
    }
}
