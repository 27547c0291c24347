//! What every registry has to do, told once and run for each backend.
//!
//! Part of the library, and not of its tests, since the `tests` crate runs it against a real PostgreSQL. Nothing of the
//! service calls it. A case that fails panics, as a test does.

#![expect(clippy::unwrap_used, reason = "a test suite: a failure is a panic")]

mod audits;
mod cases;
mod changes;
mod history;
mod many;
mod published;
mod races;
mod registering;
pub mod sample;
mod spool;
mod watches;

use std::sync::Arc;

use super::{Registry, Spool, Watches};

/// Runs every case, each on an empty registry from `open`.
pub async fn run<F>(open: impl Fn() -> F)
where
    F: Future<Output = Arc<dyn Registry>>,
{
    registering::what_is_registered_is_found_again(open().await).await;
    registering::a_batch_is_registered_whole_or_not_at_all(open().await).await;
    registering::a_validity_has_bounds(open().await).await;
    registering::listings_are_in_order_and_in_pages(open().await).await;
    many::many_are_read_as_they_are_one_by_one(open().await).await;
    many::of_many_each_is_as_current_as_one(open().await).await;
    changes::each_change_is_one_revision_and_one_entry(open().await).await;
    changes::what_may_not_be_changed_stays(open().await).await;
    changes::models_and_successors_are_changes_too(open().await).await;
    history::the_past_is_as_it_was(open().await).await;
    history::the_outbox_has_every_change_in_order(open().await).await;
    history::the_chain_proves_the_whole_history(open().await).await;
    races::of_two_changes_from_one_revision_one_wins(open().await).await;
    races::who_has_read_up_to_a_position_has_missed_nothing(open().await).await;
    races::of_two_registrations_of_one_number_one_wins(open().await).await;
    cases::a_case_is_opened_changed_and_found(open().await).await;
    cases::a_case_of_every_kind_is_kept(open().await).await;
    cases::cases_are_found_by_owner_number_and_state(open().await).await;
    cases::a_label_and_its_case_are_written_together_or_not_at_all(open().await).await;
    cases::uses_of_keys_only_move_forward(open().await).await;
    published::one_at_a_time_has_a_lease(open().await).await;
    published::a_signed_file_is_replaced_by_a_later_one_only(open().await).await;
    published::lists_can_be_made_of_all_labels_in_pages(open().await).await;
    published::free_places_can_be_told_from_taken_ones(open().await).await;
    audits::what_was_written_is_in_order(open().await).await;
    audits::a_snapshot_sees_one_instant_and_holds_up_nobody(open().await).await;
    open().await.ready().await.unwrap();
}

/// Runs every case of jobs, each on an empty spool from `open`.
pub async fn run_spool<F>(open: impl Fn() -> F)
where
    F: Future<Output = Arc<dyn Spool>>,
{
    spool::a_job_is_opened_filled_and_found(open().await).await;
    spool::an_owner_has_so_many_jobs_and_no_more(open().await).await;
    spool::turns_go_round_among_owners(open().await).await;
    spool::a_slice_is_taken_once_and_from_its_holder(open().await).await;
    spool::whoever_stops_a_job_stops_its_worker(open().await).await;
    spool::what_an_owner_said_of_columns_is_kept(open().await).await;
    spool::what_has_expired_is_erased_with_its_parts(open().await).await;
}

/// Runs every case of watch lists and webhooks, each on an empty registry from `open`.
pub async fn run_watches<R: Registry + Watches, F>(open: impl Fn() -> F)
where
    F: Future<Output = R>,
{
    watches::a_list_is_made_changed_and_removed(open().await).await;
    watches::what_happens_is_carried_once(open().await).await;
    watches::deliveries_of_a_label_are_in_order(open().await).await;
    watches::dead_letters_are_kept_and_replayed(open().await).await;
    watches::an_endpoint_is_made_rotated_paused_and_removed(open().await).await;
    watches::two_carriers_and_two_senders_do_nothing_twice(open().await).await;
}
