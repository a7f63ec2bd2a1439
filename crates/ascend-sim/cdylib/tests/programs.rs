//! C programs, compiled against our header and run on `libascend_sim.so` under the vendor's names.
//!
//! The situations are those in which a program can observe what an IPC event of the real runtime does.
mod bench;

mod trace;

use std::path::Path;
use std::sync::LazyLock;

use bench::Bench;
#[path = "programs/schedules.rs"]
mod schedules_of_programs;

static BENCH: LazyLock<Bench> = LazyLock::new(|| {
    let bench = Bench::new();
    bench.compile("handover", "acl_rt");
    bench.compile("situations", "ascendcl");
    bench.compile("calls", "acl_rt");
    bench.compile("notifies", "acl_rt");
    bench.compile("values", "acl_rt");
    bench.compile("flagged_events", "acl_rt");
    bench.compile("callbacks", "ascendcl");
    bench.compile("devices", "acl_rt");
    bench.compile("physical", "acl_rt");
    bench.compile("memory", "acl_rt");
    bench.compile("audit_process", "acl_rt");
    bench.compile("audit_memory", "acl_rt");
    bench.compile("profiles", "acl_rt");
    bench.compile("releases", "acl_rt");
    bench.compile("audit_events", "acl_rt");
    bench.compile("audit_sharing", "ascendcl");
    bench.compile("capabilities", "acl_rt");
    bench.compile("managed", "acl_rt");
    bench.compile("counting_notifies", "acl_rt");
    bench.compile("allocators", "acl_rt");
    bench.compile("data_buffers", "acl_rt");
    bench.compile("timeline", "acl_rt");
    bench.compile("faults", "acl_rt");
    bench.compile("schedules", "acl_rt");
    bench
});

#[test]
fn two_c_processes_hand_memory_over() {
    assert!(BENCH.run("handover", &[], &[]).contains("handed 65536 bytes over"));
}

/// Each rule of a C program is a test; none of its rules is left out.
macro_rules! rules_of {
    ($program:ident: $($name:ident $([$($variable:ident = $value:literal),*])?;)*) => {
        mod $program {
            use super::*;
            $(
                #[test]
                fn $name() {
                    BENCH.run(stringify!($program), &[stringify!($name)], &[$($((stringify!($variable), $value)),*)?]);
                }
            )*

            #[test]
            fn every_rule_of_the_c_program_is_run() {
                let package = Path::new(env!("CARGO_MANIFEST_DIR"));
                let source = std::fs::read_to_string(package.join(concat!("../tests/c/", stringify!($program), ".c"))).unwrap();
                let rule = |line: &'static str| line.trim().strip_prefix("RULE(")?.strip_suffix("),");
                let listed: Vec<&str> = source.leak().lines().filter_map(rule).collect();
                assert_eq!(listed, [$(stringify!($name)),*]);
            }
        }
    };
}

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
    values:
    a_value_is_written_in_stream_order;
    a_value_wait_passes_when_its_condition_holds;
    a_copy_ends_a_value_wait;
    value_calls_check_in_order;
    a_soc_without_value_waits_refuses_them [ASCEND_SIM_SOC = "Ascend310P3"];
    values_work_on_memory_of_another_process;
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

rules_of! {
    physical:
    memory_is_allocated_mapped_used_and_given_back;
    allocating_and_mapping_need_no_context;
    mapped_memory_keeps_what_it_held_elsewhere;
    one_access_spans_blocks_side_by_side;
    a_reservation_holds_blocks_side_by_side;
    freed_memory_lives_while_it_is_mapped;
    a_retained_handle_is_freed_once_more;
    unmapping_what_a_task_uses_is_safe;
    fixed_arguments_are_checked;
    the_granularity_is_two_mebibytes;
    access_is_set_for_mapped_ranges;
    memory_is_exported_once_and_not_imported_at_home;
    a_listed_process_imports_and_others_are_refused;
    without_a_check_anybody_imports;
    a_fabric_handle_names_the_same_memory;
}

rules_of! {
    memory:
    variants_of_malloc_allocate_zeroes;
    freeing_with_synchronisation_waits_for_the_device;
    caches_are_flushed_in_allocations_only;
    registered_memory_is_copied_in_stream_order;
    an_address_tells_where_it_is;
    usage_knows_its_peak;
    rectangles_keep_their_pitches;
    words_are_repeated;
    batches_are_checked_before_they_are_copied;
    offsets_apply_to_what_pointers_point_to;
    descriptors_are_read_when_the_copy_runs;
    pools_allocate_and_free_in_stream_order;
    peer_access_is_told;
}

rules_of! {
    audit_process:
    a_wrong_configuration_is_refused_and_forgotten;
    limits_cannot_be_configured_while_device_0_is_hidden [ASCEND_RT_VISIBLE_DEVICES = "1,2"];
    a_thread_without_a_context_gets_the_default_device;
    threads_share_error_texts_if_so_configured;
    a_thread_that_is_ending_may_still_call;
    a_child_forked_after_the_first_use_of_a_device_is_refused;
    a_wrong_handle_is_told_before_a_wrong_value_and_that_before_a_missing_context;
    the_front_layer_looks_before_anybody_else;
    allocations_are_padded;
    a_950_pads_nothing [ASCEND_SIM_SOC = "Ascend950PR_9579"];
}

rules_of! {
    audit_memory:
    a_copy_reaches_over_blocks_that_are_mapped_side_by_side;
    blocks_side_by_side_may_be_unmapped_while_a_copy_waits;
    addresses_without_memory_are_refused;
    freed_memory_is_refused_and_not_soiled;
}

rules_of! {
    profiles:
    a_card_of_an_a3_has_two_dies [ASCEND_SIM_SOC = "910C"];
    a_device_of_a_910b_has_a_card_for_itself;
    a_hidden_device_does_not_move_the_others_to_other_cards [ASCEND_SIM_SOC = "A3", ASCEND_RT_VISIBLE_DEVICES = "1,2,3"];
    a_short_name_means_a_soc_without_ipc_events [ASCEND_SIM_SOC = "unsupported"];
    a_950_opens_its_own_event [ASCEND_SIM_SOC = "950PR"];
    what_a_910b_destroyed_can_be_opened_while_somebody_has_it;
    what_a_950_destroyed_cannot_be_opened_but_importers_live [ASCEND_SIM_SOC = "950PR"];
    a_950dt_refuses_ipc_events_in_the_driver [ASCEND_SIM_SOC = "950DT"];
    a_soc_has_so_many_events [ASCEND_SIM_SOC = "950PR"];
    without_peer_access_no_device_reaches_another [ASCEND_SIM_PEERS = "none"];
    only_the_dies_of_a_card_reach_each_other [ASCEND_SIM_SOC = "A3", ASCEND_SIM_PEERS = "card"];
    without_peer_access_nothing_of_another_device_is_imported [ASCEND_SIM_PEERS = "none"];
    imports_connect_the_devices;
    processes_that_see_different_devices_share_events [ASCEND_RT_VISIBLE_DEVICES = "2,3,5", ASCEND_SIM_PEERS = "none"];
}

rules_of! {
    releases:
    a_fresh_machine_has_9_1_0;
    a_release_is_seen_in_every_version [ASCEND_SIM_RUNTIME = "9.0.0"];
    a_preview_counts_below_its_release [ASCEND_SIM_RUNTIME = "8.5.0-beta.1"];
    the_baseline_has_every_function;
    what_a_release_does_not_have_is_refused [ASCEND_SIM_RUNTIME = "9.0.0"];
    a_950_has_ipc_events_since_9_1_only [ASCEND_SIM_SOC = "950PR", ASCEND_SIM_RUNTIME = "9.0.0"];
    a_stale_memory_passes_for_completion;
    a_stale_memory_is_reported_before_9_1 [ASCEND_SIM_RUNTIME = "9.0.0"];
    a_stale_memory_hangs_before_9_1_on_demand [ASCEND_SIM_RUNTIME = "9.0.0", ASCEND_SIM_HANGS = "reproduce"];
    a_record_that_others_hold_is_remembered [ASCEND_SIM_RECYCLE = "on-synchronize"];
    a_record_that_others_hold_was_not_remembered_before_9_1 [ASCEND_SIM_RUNTIME = "9.0.0", ASCEND_SIM_RECYCLE = "on-synchronize"];
    synchronizing_ones_own_record_works_in_any_release [ASCEND_SIM_RUNTIME = "8.5.0"];
}

rules_of! {
    audit_events:
    a_wait_does_not_pass_with_a_later_record_that_is_faster;
    a_wait_for_a_dropped_record_passes_with_a_later_one;
    the_elapsed_time_is_the_difference_of_the_timestamps;
    a_wrong_handle_is_found_before_a_wrong_timeout;
    a_record_waits_a_while_for_a_number [ASCEND_SIM_SOC = "Ascend310P3"];
    a_record_without_a_free_slot_spins_until_its_device_is_aborted [ASCEND_SIM_HANGS = "reproduce"];
}

rules_of! {
    audit_sharing:
    memory_with_importers_is_imported_after_its_owner_freed_it;
    a_notifys_number_is_in_use_until_its_importers_have_destroyed_it;
    a_low_soft_limit_of_descriptors_is_no_limit_of_events;
}

#[test]
fn a_950_imports_memory_from_its_owner_only() {
    let name = "memory_with_importers_is_imported_after_its_owner_freed_it";
    BENCH.run("audit_sharing", &[name], &[("ASCEND_SIM_SOC", "Ascend950PR_9579")]);
}

rules_of! {
    data_buffers:
    a_buffer_holds_an_address_and_a_size;
    what_is_no_buffer_is_refused;
    every_type_has_a_size;
    numbers_of_half_precision_are_converted_exactly;
}

rules_of! {
    allocators:
    a_streams_allocator_is_found_again;
    a_registration_keeps_what_was_described_then;
    allocators_are_checked;
}

rules_of! {
    counting_notifies:
    a_record_sets_adds_or_combines_bits;
    a_counting_wait_passes_when_its_condition_holds;
    a_counting_wait_may_clear_the_value;
    records_and_resets_keep_their_streams_order;
    a_counting_wait_that_expires_is_told_at_the_next_synchronise;
    an_aborted_counting_wait_ends;
    counting_calls_check_in_order;
    a_counting_notify_has_a_number_while_it_lives;
}

rules_of! {
    managed:
    host_and_devices_share_managed_memory;
    advice_holds_for_its_range;
    the_last_prefetch_is_remembered;
    managed_calls_are_checked;
}

rules_of! {
    capabilities:
    every_accelerator_sees_memory_of_the_host;
    no_operation_is_atomic_without_operators;
    links_are_chosen_of_what_is_shared;
    a_soc_without_links_refuses_a_choice [ASCEND_SIM_SOC = "Ascend310P3"];
    memory_of_a_device_is_mapped_for_another;
    a_cache_is_flushed_with_a_context;
    a_context_has_memory_for_overflows;
    the_overflow_status_is_written_in_stream_order;
}

rules_of! {
    timeline:
    records_in_one_process_release_waits_in_another;
    one_goes_on_when_the_other_is_killed;
    an_aborted_record_releases_nobody;
}

rules_of! {
    faults:
    without_rules_nothing_fails;
    the_third_call_fails_and_no_other [ASCEND_SIM_FAULTS = "aclrtRecordEvent@3=ACL_ERROR_RT_INTERNAL_ERROR"];
    only_the_named_process_is_hit [ASCEND_SIM_FAULTS = "aclrtSetDevice/culprit=507000; aclrtSetDevice/named=507001; aclrtCreateContext/child=507002"];
    a_delayed_task_keeps_its_place [ASCEND_SIM_FAULTS = "aclrtMemsetAsync@1=delay:400ms"];
    a_task_that_is_aborted_during_its_delay_never_runs [ASCEND_SIM_FAULTS = "aclrtRecordEvent=delay:600s"];
    a_dropped_record_is_told_to_the_peers_waiter [ASCEND_SIM_FAULTS = "aclrtRecordEvent/recorder=drop"];
    a_dropped_record_hangs_on_demand [ASCEND_SIM_FAULTS = "aclrtRecordEvent@1=drop", ASCEND_SIM_HANGS = "reproduce"];
    a_dropped_copy_times_out_and_an_abort_frees_the_stream [ASCEND_SIM_FAULTS = "aclrtMemsetAsync@1=drop"];
    a_dropped_copy_hangs_on_demand [ASCEND_SIM_FAULTS = "aclrtMemsetAsync@1=drop", ASCEND_SIM_HANGS = "reproduce"];
    what_waits_for_a_record_behind_a_dropped_copy_is_told [ASCEND_SIM_FAULTS = "aclrtMemsetAsync@1=drop"];
    a_dropped_notify_record_is_told_to_one_wait [ASCEND_SIM_FAULTS = "aclrtRecordNotify@1=drop"];
}

#[test]
fn what_is_wrong_with_rules_is_told_at_start_and_at_the_end() {
    let wrong = "aclrtNothing=drop;aclrtSetDevice=NO_CODE;aclInit@2=500000;aclrtSetDevice/nobody=500000";
    let text = BENCH.run("faults", &["without_rules_nothing_fails"], &[("ASCEND_SIM_FAULTS", wrong)]);
    for told in ["at byte 1: \"aclrtNothing\"", "at byte 34: \"NO_CODE\"", "\"aclInit@2=500000\" never fired (1 calls"]
    {
        assert!(text.contains(told), "{told}:\n{text}");
    }
    assert!(!text.contains("nobody"), "a rule for another process is none of ours:\n{text}");
}

#[test]
fn the_vendors_lost_wake_up_is_reproduced_on_demand() {
    let name = "the_importers_synchronize_while_the_recorder_recycles";
    BENCH.run("situations", &[name], &[("ASCEND_SIM_HANGS", "reproduce")]);
}
