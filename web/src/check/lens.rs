//! What the state machine does with the camera.

use super::{Abilities, Camera, CameraProblem, Effect, State};

impl State {
    pub(super) fn start_camera(&mut self) -> Vec<Effect> {
        if let Some(problem) = self.surroundings.problem() {
            self.camera = Camera::Failed(problem);
            return Vec::new();
        }
        match self.camera {
            Camera::Starting | Camera::On { .. } => Vec::new(),
            Camera::Off | Camera::Paused | Camera::Failed(_) => {
                self.camera = Camera::Starting;
                self.abilities = Abilities::default();
                vec![Effect::StartCamera(self.memory.camera.clone())]
            }
        }
    }

    pub(super) fn stop_camera(&mut self, to: Camera) -> Vec<Effect> {
        match self.camera {
            Camera::Starting | Camera::On { .. } => {
                self.camera = to;
                vec![Effect::StopCamera]
            }
            Camera::Paused => {
                self.camera = to;
                Vec::new()
            }
            // A problem stays told; there is nothing to stop.
            Camera::Off | Camera::Failed(_) => Vec::new(),
        }
    }

    pub(super) fn camera_started(&mut self, torch: bool) -> Vec<Effect> {
        if self.camera != Camera::Starting {
            // No longer wanted: the page was hidden, or a number typed, while the browser asked for permission.
            return vec![Effect::StopCamera];
        }
        self.camera = Camera::On { torch: torch.then_some(false) };
        vec![Effect::Remind]
    }

    pub(super) fn camera_failed(&mut self, problem: CameraProblem) -> Vec<Effect> {
        self.camera = Camera::Failed(self.surroundings.explain(problem));
        Vec::new()
    }

    pub(super) fn switch_torch(&mut self) -> Vec<Effect> {
        let Camera::On { torch: Some(lit) } = self.camera else { return Vec::new() };
        self.camera = Camera::On { torch: Some(!lit) };
        vec![Effect::SetTorch(!lit)]
    }

    pub(super) fn choose_camera(&mut self, id: String) -> Vec<Effect> {
        if id == self.memory.camera {
            return Vec::new();
        }
        self.memory.camera = id;
        let mut effects = self.keep();
        if matches!(self.camera, Camera::Starting | Camera::On { .. }) {
            effects.extend(self.stop_camera(Camera::Off));
            effects.extend(self.start_camera());
        }
        effects
    }
}
