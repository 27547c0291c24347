//! Our own labels, with one thing growing worse step by step: the last step at which each reader still reads most of
//! them.

use image::GrayImage;
use shirushi_reader::Gray;

use crate::{
    label::Label,
    noise::Noise,
    readers::{NAMES, Readers},
    scene::{Patch, Placed, Pose, Shot},
};

/// Labels of these versions (ours have 8) …
const VERSIONS: [i16; 3] = [6, 8, 10];
/// … each seen so many times, each time turned otherwise; a step is read when more than half of all are.
const TIMES: u64 = 3;

/// Pixels of a code's side: as large as fits 640 × 480, turned however it may be.
const SIDE: f32 = 310.0;

/// One thing that can be wrong with a picture of a label.
struct Distortion {
    name: &'static str,
    unit: &'static str,
    /// From harmless to hopeless.
    steps: &'static [f32],
    /// Makes a view as bad as a step says.
    worsen: fn(&mut View, f32),
}

const DISTORTIONS: [Distortion; 10] = [
    Distortion {
        name: "perspective",
        unit: "° of tilt",
        steps: &[10., 20., 30., 35., 40., 45., 50., 55., 60., 65., 70., 75., 80.],
        worsen: |view, step| view.pose.tilt = step,
    },
    Distortion {
        name: "blur",
        unit: "modules, standard deviation",
        steps: &[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0],
        worsen: |view, step| view.shot.blur = step * view.pose.module,
    },
    Distortion {
        name: "noise",
        unit: "gray levels, standard deviation",
        steps: &[10., 20., 30., 40., 50., 60., 70., 80., 100., 120., 140., 160.],
        worsen: |view, step| view.shot.noise = step,
    },
    Distortion {
        name: "low contrast",
        unit: "gray levels from ink to paper",
        steps: &[150., 100., 70., 50., 40., 30., 25., 20., 15., 12., 10., 8., 6., 5., 4.],
        worsen: |view, step| {
            view.shot.ink = 130.0 - step / 2.0;
            view.shot.paper = 130.0 + step / 2.0;
        },
    },
    Distortion {
        name: "glare",
        unit: "of the side, radius of a white spot",
        steps: &[0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4],
        worsen: |view, step| {
            let (right, down) = view.somewhere;
            let (x, y) = view.pose.centre;
            view.shot.glare = Some((x + right * SIDE, y + down * SIDE, step * SIDE));
        },
    },
    Distortion {
        name: "curvature",
        unit: "° of a bottle",
        steps: &[10., 20., 30., 40., 50., 60., 70., 80., 90., 100., 110., 120., 130., 140.],
        worsen: |view, step| view.pose.bottle = step,
    },
    Distortion {
        name: "missing corner, without a finder",
        unit: "of the side",
        steps: &[0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55],
        worsen: |view, step| {
            let torn = step * view.modules;
            view.patches.push((view.modules - torn, view.modules - torn, torn));
        },
    },
    Distortion {
        name: "missing corner, with a finder",
        unit: "modules of the finder's 7",
        steps: &[0.5, 1., 1.5, 2., 2.5, 3., 3.5, 4.],
        worsen: |view, step| view.patches.push((0.0, 0.0, step)),
    },
    Distortion {
        name: "missing piece, anywhere but the finders",
        unit: "of the side",
        steps: &[0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5],
        worsen: |view, step| {
            let torn = step * view.modules;
            let middle = |off: f32| (0.5 + off * 0.3) * view.modules - torn / 2.0;
            let (right, down) = view.somewhere;
            view.patches.push((middle(right), middle(down), torn));
        },
    },
    Distortion {
        name: "small print",
        unit: "pixels a module",
        steps: &[5., 4., 3., 2.5, 2.2, 2., 1.8, 1.6, 1.5, 1.4, 1.3, 1.2],
        worsen: |view, step| view.pose.module = step,
    },
];

pub(crate) fn print(readers: &mut Readers) {
    println!("the last step at which most of {} views are read", VERSIONS.len() as u64 * TIMES);
    println!("| distortion | unit | {} |", NAMES.join(" | "));
    println!("|---|---|{}", "---|".repeat(NAMES.len()));
    let mut wrong = [0; NAMES.len()];
    for distortion in &DISTORTIONS {
        let last = distortion.last_read(readers, &mut wrong);
        println!("| {} | {} | {} |", distortion.name, distortion.unit, last.join(" | "));
    }
    println!("| texts that were not there | | {} |\n", wrong.map(|count| count.to_string()).join(" | "));
}

impl Distortion {
    /// For each reader; counts wrong texts.
    fn last_read(&self, readers: &mut Readers, wrong: &mut [usize; NAMES.len()]) -> [String; NAMES.len()] {
        let mut last = std::array::from_fn(|_| "–".to_owned());
        let mut going_on = [true; NAMES.len()];
        for step in self.steps {
            let mut read = [0; NAMES.len()];
            for (version, time) in
                VERSIONS.iter().flat_map(|version| (0..TIMES).map(move |time| (*version, time)))
            {
                let label = Label::of_version(version, time);
                let picture = self.view(&label, version, time, *step).picture(&label, time);
                for reader in (0..NAMES.len()).filter(|reader| going_on[*reader]) {
                    let contents = readers.read(reader, &picture).unwrap_or_default();
                    let right = contents.iter().filter(|content| **content == label.text.as_bytes()).count();
                    read[reader] += u64::from(right > 0);
                    wrong[reader] += contents.len() - right;
                }
            }
            for reader in (0..NAMES.len()).filter(|reader| going_on[*reader]).collect::<Vec<_>>() {
                if read[reader] * 2 > VERSIONS.len() as u64 * TIMES {
                    last[reader] = step.to_string();
                } else {
                    going_on[reader] = false;
                }
            }
            if !going_on.contains(&true) {
                break;
            }
        }
        last
    }

    fn view(&self, label: &Label, version: i16, time: u64, step: f32) -> View {
        let mut chance = Noise::new(u64::from(version.unsigned_abs()) * 100 + time);
        let mut up_to = |most: f32| most * (2.0 * chance.unit() - 1.0);
        let modules = label.side as f32;
        let pose = Pose {
            centre: (320.0 + up_to(10.0), 240.0 + up_to(5.0)),
            module: SIDE / modules,
            rotation: up_to(180.0),
            axis: up_to(180.0),
            ..Pose::default()
        };
        let somewhere = (up_to(0.35), up_to(0.35));
        let mut view = View { modules, pose, shot: Shot::default(), patches: Vec::new(), somewhere };
        (self.worsen)(&mut view, step);
        view
    }
}

/// A label as the camera is about to see it.
struct View {
    /// A side of the code.
    modules: f32,
    pose: Pose,
    shot: Shot,
    patches: Vec<Patch>,
    /// A place on the code by chance, from its middle, in sides.
    somewhere: (f32, f32),
}

impl View {
    fn picture(&self, label: &Label, seed: u64) -> GrayImage {
        let gray: Gray = self.shot.take(&[Placed { label, pose: self.pose, patches: &self.patches }], seed);
        GrayImage::from_raw(gray.width() as u32, gray.height() as u32, gray.pixels().to_vec()).unwrap()
    }
}
