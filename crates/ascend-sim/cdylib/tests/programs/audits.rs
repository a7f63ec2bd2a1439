//! What an audit of the facts found: processes, memory, events, sharing.

use super::BENCH;

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
    audit_events:
    a_wait_does_not_pass_with_a_later_record_that_is_faster;
    a_wait_for_a_dropped_record_passes_with_a_later_one;
    a_host_that_waits_for_a_dropped_record_does_not_pass_when_another_is_called [ASCEND_SIM_HANGS = "reproduce"];
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
