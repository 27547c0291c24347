//! What is in the way, told in the colours of no verdict.

use leptos::prelude::*;
use shirushi_shared::verdict::NotALabel;

use crate::{
    check::{CameraProblem, Note, Trouble},
    view::{ATTENTION, Reader, icon, what_it_is},
};

/// A problem with its way out.
pub(super) fn problem(title: &'static str, action: &'static str) -> AnyView {
    shown("alert", title.to_owned(), action)
}

/// A link in view that is made to look like ours: the loudest of all notes. It is named, and never a link.
pub(super) fn look_alike(host: String, reader: Reader) -> AnyView {
    let words = &reader.words().problems;
    view! {
        <section class="note alike" role="alert">
            {icon(ATTENTION)}
            <p class="says">{words.look_alike}</p>
            <p>{words.look_alike_action}</p>
            <p class="host">{host}</p>
        </section>
    }
    .into_any()
}

/// Something that was seen, typed or chosen and leads to no verdict.
pub(super) fn note(note: &Note, reader: Reader) -> AnyView {
    let words = &reader.words().problems;
    let (title, action) = match note {
        Note::Seen(what) => return seen(what, reader),
        Note::LookingLong => return shown("status", reader.words().scan.looking_long.to_owned(), ""),
        Note::ProductCode => (words.product_code, words.product_code_action),
        Note::NotANumber => (words.not_a_number, words.not_a_number_action),
        Note::NoCode => (words.no_code, words.no_code_action),
        Note::NotAPicture => (words.not_a_picture, words.not_a_picture_action),
        Note::NoReader => (words.reader, words.reader_action),
    };
    problem(title, action)
}

fn seen(what: &NotALabel, reader: Reader) -> AnyView {
    shown("status", what_it_is(what, reader), reader.words().outcomes.not_a_label.action)
}

fn shown(role: &'static str, title: String, action: &'static str) -> AnyView {
    view! {
        <section class="note" role=role>
            {icon(ATTENTION)}
            <p class="says">{title}</p>
            <p>{action}</p>
        </section>
    }
    .into_any()
}

/// The words of a camera's problem.
pub(super) fn of_camera(problem: CameraProblem, reader: Reader) -> (&'static str, &'static str) {
    let words = &reader.words().problems;
    match problem {
        CameraProblem::Refused => (words.refused, words.refused_action),
        CameraProblem::Dismissed => (words.dismissed, words.dismissed_action),
        CameraProblem::Missing => (words.no_camera, words.no_camera_action),
        CameraProblem::Busy => (words.busy, words.busy_action),
        CameraProblem::Unencrypted => (words.unencrypted, words.unencrypted_action),
        CameraProblem::InApp => (words.in_app, words.in_app_action),
        CameraProblem::Unsupported => (words.unsupported, words.unsupported_action),
        CameraProblem::Reader => (words.reader, words.reader_action),
    }
}

/// The words of a failed question.
pub(super) fn of_trouble(trouble: Trouble, reader: Reader) -> (&'static str, &'static str) {
    let words = &reader.words().problems;
    match trouble {
        Trouble::Unreachable => (words.unreachable, words.unreachable_action),
        Trouble::Overloaded => (words.overloaded, words.overloaded_action),
        Trouble::Answer => (words.answer, words.answer_action),
    }
}
