//! What the scanner keeps for its reader, and tells them.

use super::*;

#[test]
fn what_was_checked_is_kept_here_until_the_reader_erases_it() {
    let mut story = Story::looking();
    for number in 0..40 {
        story.happens(Event::Typed(format!("SHI-2026-{:05}", number % 35)));
        let (ticket, _) = story.question();
        story.happens(Event::Answered(ticket, answer(NOW.plus(number))));
    }
    let kept = |story: &mut Story| {
        let text = story.wanted().into_iter().rev().find_map(|effect| match effect {
            Effect::Keep(text) => Some(text),
            _ => None,
        });
        Memory::read(&text.expect("something was kept"))
    };
    let memory = kept(&mut story);
    assert_eq!(memory, story.state.as_ref().unwrap().memory, "what is kept reads as it was");
    assert_eq!(memory.entries.len(), 30);
    assert_eq!((memory.entries[0].at, memory.entries[0].text.as_str()), (NOW.plus(39), "SHI202600004"));
    assert_eq!(memory.entries.iter().filter(|entry| entry.text == "SHI202600004").count(), 1);

    story.happens(Event::Recheck(1));
    assert!(
        matches!(story.screen(), Screen::Asking { .. }),
        "an old outcome is asked for again, never shown"
    );
    assert_eq!(story.question().1.number, Some("SHI202600003".into()));
    story.happens(Event::Forget(0));
    assert_eq!(kept(&mut story).entries.len(), 29);
    story.happens(Event::Keep(false));
    assert_eq!(kept(&mut story), Memory { keeps: false, ..Memory::default() });
    story.happens(Event::Typed("SHI-2026-00017".into()));
    let (ticket, _) = story.question();
    story.happens(Event::Answered(ticket, answer(NOW)));
    assert!(story.wanted().iter().all(|effect| !matches!(effect, Effect::Keep(_))));
}

#[test]
fn what_others_wrote_into_the_storage_is_left_out() {
    for text in [
        "",
        "\n\n\n",
        "x",
        "1\t1\t\nvalid",
        "1\t1\t\nnever\tvalid\tSHI1\tSHI1",
        "1\t1\t\n5\tgolden\tSHI1\tSHI1",
    ] {
        assert_eq!(Memory::read(text), Memory::default(), "{text}");
    }
    let long = format!("1\t0\tcam\n5\tvalid\tSHI1\t{}\n6\trevoked\tSHI2\tSHI2", "9".repeat(5_000));
    let memory = Memory::read(&long);
    assert_eq!((memory.signals, memory.camera.as_str(), memory.entries.len()), (false, "cam", 1));
}

#[test]
fn sound_and_vibration_are_switched_off_together() {
    let mut story = Story::looking();
    story.happens(Event::Signals(false));
    story.effects.clear();
    story.happens(Event::Typed("https://label.example/v/12345".into()));
    assert_eq!(story.wanted(), [Effect::StopCamera]);
}

#[test]
fn another_camera_is_remembered_and_opened_at_once() {
    let mut story = Story::looking();
    story.happens(Event::Camera("wide".into()));
    let Some((Effect::Keep(text), rest)) =
        story.wanted().split_first().map(|(one, rest)| (one.clone(), rest.to_vec()))
    else {
        panic!("nothing was kept")
    };
    assert_eq!(Memory::read(&text).camera, "wide");
    assert_eq!(rest, [Effect::StopCamera, Effect::StartCamera("wide".into())]);
    story.happens(Event::Camera("wide".into())).happens(Event::Zoom("2".into()));
    assert_eq!(story.wanted(), [Effect::SetZoom("2".into())]);
}

#[test]
fn what_is_shared_is_the_link_and_no_claim() {
    let mut story = Story::looking();
    story.happens(Event::Share);
    assert_eq!(story.wanted(), [], "there is nothing to share yet");
    story.happens(Event::Typed("SHI-2026-00017".into()));
    let (ticket, _) = story.question();
    story.happens(Event::Answered(ticket, answer(NOW)));
    story.effects.clear();
    story.happens(Event::Share);
    assert_eq!(story.wanted(), [Effect::Share("SHI202600017".into())]);
}
