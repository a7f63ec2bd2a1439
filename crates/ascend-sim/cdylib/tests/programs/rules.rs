//! Devices, streams, events, IPC events, notifies, callbacks.

use super::BENCH;

rules_of! {
    situations:
    query_before_any_record_is_complete;
    synchronize_before_any_record_returns_at_once;
    wait_before_any_record_does_not_block;
    wait_blocks_the_peers_stream_until_the_record_is_executed;
    wait_after_completion_and_before_recycling_passes_at_once [ASCEND_SIM_RECYCLE = "on-synchronize"];
    wait_after_completion_and_recycling_enqueues_nothing;
    a_wait_stays_with_the_record_it_was_bound_to;
    a_recycled_slot_is_used_again;
    the_ipc_flag_stands_alone;
    only_the_ex_call_creates_an_ipc_event;
    create_open_record_and_wait_need_a_context;
    query_synchronize_export_and_destroy_need_no_context;
    a_stream_of_another_context_is_refused;
    an_ordinary_event_is_not_exported;
    a_garbage_handle_is_refused;
    a_garbage_handle_is_refused_differently_by_a_950 [ASCEND_SIM_SOC = "Ascend950PR_9579"];
    a_soc_without_ipc_events_refuses_all_three_calls [ASCEND_SIM_SOC = "Ascend310P3"];
    the_creating_process_may_not_open_its_event;
    export_writes_the_same_eight_bytes_every_time_and_no_others;
    the_importers_synchronize_while_the_recorder_recycles;
    a_record_without_a_free_slot_is_reported;
    destroy_with_outstanding_tasks_returns_at_once;
    a_record_that_was_discarded_does_not_pass_for_complete;
    a_recorder_that_died_is_reported_to_whoever_waits;
    destroying_twice_is_refused;
    calls_of_ordinary_events_refuse_an_ipc_event;
}

rules_of! {
    calls:
    a_new_thread_has_no_context;
    set_and_reset_are_counted;
    a_teardown_unbinds_the_thread_from_any_device;
    a_wrong_device_is_refused_and_remembered;
    a_refusal_gives_its_text_once;
    contexts_are_explicit_or_primary;
    a_stream_keeps_its_order;
    destroying_by_force_drops_queued_work;
    memory_is_checked_and_copied;
    asynchronous_copies_take_their_place;
    ordinary_events_have_two_modes;
    wrong_event_flags_are_refused;
    elapsed_time_needs_a_time_line;
    memory_keys_are_checked;
    init_and_finalize_are_counted;
    visible_devices_are_renumbered [ASCEND_RT_VISIBLE_DEVICES = "2,5"];
    a_wrong_list_of_visible_devices_is_refused [ASCEND_RT_VISIBLE_DEVICES = "3,1"];
    what_is_not_emulated_says_so;
}

rules_of! {
    notifies:
    a_notify_wait_blocks_until_a_record;
    an_early_record_is_remembered_once;
    one_record_wakes_one_wait;
    a_batch_reset_forgets_records;
    a_notify_wait_that_expires_is_told_at_the_next_synchronise;
    the_process_wide_timeout_counts_for_plain_waits_only;
    notify_calls_check_in_order;
    a_device_has_so_many_notifies;
    destroying_a_notify_does_not_disturb_a_wait;
    an_aborted_notify_wait_ends;
    a_notify_is_exported_once;
    a_record_of_an_importer_wakes_the_creators_wait;
    an_importer_waits_on_the_creating_device_only;
    only_a_listed_process_may_import_a_notify;
    an_importer_outlives_the_creators_notify_but_nobody_joins;
    a_killed_waiter_takes_no_record_with_it;
    a_key_of_a_dead_process_is_unknown;
}

rules_of! {
    flagged_events:
    the_default_flag_changes_nothing;
    a_wait_with_a_flag_expires_unless_the_event_is_for_ipc;
    an_external_record_or_wait_needs_a_graph;
    old_events_take_a_number_at_once_and_others_with_their_record;
    a_device_runs_out_of_events [ASCEND_SIM_SOC = "Ascend310P3"];
}

rules_of! {
    callbacks:
    a_blocking_callback_holds_the_stream_until_the_thread_has_run_it;
    a_callback_that_does_not_block_lets_the_stream_go_on;
    a_callback_waits_for_what_was_launched_before_it;
    callbacks_keep_the_order_of_their_launch;
    one_thread_serves_several_streams_of_one_device;
    subscribing_may_come_after_the_thread_polls;
    callbacks_are_checked;
    only_launching_needs_a_context;
    host_functions_and_callbacks_do_not_mix;
    what_is_still_subscribed_hinders_no_destruction;
    an_aborted_stream_drops_its_callbacks;
    a_blocking_callback_whose_thread_has_ended_is_reported;
    a_thread_that_waits_for_its_own_callback_is_told;
    a_callback_may_use_the_runtime;
}

rules_of! {
    devices:
    a_stream_knows_how_it_was_created;
    the_default_stream_has_a_handle_and_the_same_order;
    a_device_has_1984_streams;
    a_persistent_stream_is_not_waited_for;
    waiting_for_a_foreign_stream_makes_the_context_explicit;
    stream_attributes_are_kept;
    stopping_on_failure_stops_the_whole_context;
    stream_states_are_told;
    device_states_are_told;
    an_aborted_device_refuses_until_it_is_reset;
    every_id_is_converted [ASCEND_RT_VISIBLE_DEVICES = "2,5"];
    devices_have_bus_ids_and_unique_ids;
    devices_say_what_they_are;
    peer_access_has_a_direction;
    options_belong_to_a_context_or_to_the_process;
    saturation_timeouts_and_limits_are_kept;
    core_limits_go_from_device_to_stream_to_thread;
    the_installed_version_is_read;
    initialisation_and_finalisation_are_told_in_order;
}

#[test]
fn the_vendors_lost_wake_up_is_reproduced_on_demand() {
    let name = "the_importers_synchronize_while_the_recorder_recycles";
    BENCH.run("situations", &[name], &[("ASCEND_SIM_HANGS", "reproduce")]);
}
