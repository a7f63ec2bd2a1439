//! Memory in all its kinds, values, counting notifies, and what describes buffers.

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
