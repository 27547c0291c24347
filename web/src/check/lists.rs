//! Without the service, or until it has answered: what the lists on this device say.

use shirushi_shared::{api::VerdictAnswer, time::UnixTime};

use super::{Effect, Screen, State, Ticket, Trouble};

/// What an answer that is shown rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// The service's word, or nothing had to be asked.
    Settled,
    /// The lists on this device.
    Lists {
        /// Whether the service is being asked all the same, and its answer will take the place of this one.
        asking: bool,
    },
}

/// The lists on this device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kept {
    /// Not looked at yet.
    #[default]
    Unknown,
    /// There are none.
    Nothing,
    /// Signed, and believed.
    Lists {
        /// Issue of the status list, where there is one.
        status: Option<UnixTime>,
        /// Issue of the product index, where there is one.
        index: Option<UnixTime>,
        /// Whether they are too old to rely on.
        is_over: bool,
        /// Whether they are still there at the next visit: a browser may refuse to keep anything.
        stored: bool,
    },
}

impl State {
    /// The service takes long, or it is time to ask it again.
    pub(super) fn waited(&mut self) -> Vec<Effect> {
        match &self.screen {
            Screen::Asking { request, .. } => vec![Effect::Judge(self.ticket, request.clone())],
            Screen::Told { basis: Basis::Lists { asking: false }, .. } => self.ask_behind(),
            _ => Vec::new(),
        }
    }

    /// The lists have answered, or have nothing to say.
    pub(super) fn judged(&mut self, answer: Option<Box<VerdictAnswer>>) -> Vec<Effect> {
        let Screen::Asking { request, others, trouble } = &mut self.screen else { return Vec::new() };
        let (request, others, trouble) = (request.clone(), core::mem::take(others), *trouble);
        self.screen = match (answer, trouble) {
            (Some(answer), trouble) => {
                let basis = Basis::Lists { asking: trouble.is_none() };
                let mut effects = self.told(request, answer, others, basis, None);
                effects.extend(trouble.map(|_| Effect::TryLater(self.ticket)));
                return effects;
            }
            (None, Some(trouble)) => Screen::NotChecked { request, others, trouble },
            (None, None) => Screen::Asking { request, others, trouble },
        };
        Vec::new()
    }

    /// The service did not answer: the lists are asked, where they were not yet.
    pub(super) fn failed(&mut self, problem: Trouble) -> Vec<Effect> {
        match &mut self.screen {
            Screen::Asking { request, trouble, .. } => {
                *trouble = Some(problem);
                vec![Effect::Judge(self.ticket, request.clone())]
            }
            Screen::Told { basis: Basis::Lists { asking }, .. } => {
                *asking = false;
                vec![Effect::TryLater(self.ticket)]
            }
            _ => Vec::new(),
        }
    }

    /// The device is connected again.
    pub(super) fn online(&mut self) -> Vec<Effect> {
        match &self.screen {
            Screen::Told { basis: Basis::Lists { .. }, .. } => self.ask_behind(),
            Screen::NotChecked { .. } => self.retry(),
            _ => Vec::new(),
        }
    }

    /// Asks the service while the lists' answer stays in sight.
    fn ask_behind(&mut self) -> Vec<Effect> {
        let ticket: Ticket = self.ticket.next();
        let Screen::Told { request: Some(request), basis, .. } = &mut self.screen else { return Vec::new() };
        *basis = Basis::Lists { asking: true };
        self.ticket = ticket;
        vec![Effect::Ask(ticket, request.clone())]
    }
}
