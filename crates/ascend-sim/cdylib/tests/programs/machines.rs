//! Other machines: SoCs, releases, topologies.

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
