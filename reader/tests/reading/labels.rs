//! Our own labels, distorted by one thing at a time, must read to exactly their text.

use shirushi_reader::{Code, Effort, Gray, read};

use crate::{
    label::Label,
    scene::{Placed, Pose, Shot},
};

fn never() -> bool {
    false
}

fn texts(gray: &Gray, effort: Effort) -> Vec<String> {
    read(gray, effort, &never).iter().filter_map(Code::text).collect()
}

#[test]
fn sweep() {
    let kinds: Vec<(&str, Vec<f32>)> = vec![
        ("tilt", vec![0., 30., 50., 60., 65., 70.]),
        ("blur", vec![0.15, 0.4, 0.5, 0.6, 0.7]),
        ("contrast", vec![0.3, 0.1, 0.05, 0.03]),
        ("module", vec![4., 3., 2.4, 2.2, 2., 1.8, 1.6]),
        ("glare", vec![0.1, 0.2, 0.3, 0.4]),
        ("bottle", vec![30., 60., 80., 100.]),
    ];
    for (kind, levels) in kinds {
        for level in levels {
            let mut row = String::new();
            for version in [6, 7, 8, 9, 10, 11, 12] {
                let mut n = 0;
                for seed in 0..4u64 {
                    let label = Label::of_version(version, seed);
                    let mut pose = Pose {
                        rotation: 17.0 + 77.0 * seed as f32,
                        axis: 40.0 * seed as f32,
                        module: 440.0 / 1.42 / label.side as f32,
                        ..Pose::default()
                    };
                    let mut shot = Shot::default();
                    match kind {
                        "tilt" => pose.tilt = level,
                        "blur" => shot.blur = level * pose.module,
                        "contrast" => (shot.ink, shot.paper) = (130. - 100. * level, 130. + 100. * level),
                        "module" => pose.module = level,
                        "glare" => {
                            shot.glare =
                                Some((320. + 40. * seed as f32, 240. - 30. * seed as f32, level * 300.))
                        }
                        _ => pose.bottle = level,
                    }
                    let gray = shot.take(&[Placed { label: &label, pose, patches: &[] }], seed);
                    n += usize::from(texts(&gray, Effort::Still).contains(&label.text));
                }
                row += &format!(" {n}");
            }
            eprintln!("{kind} {level}: {row}");
        }
    }
}
