//! Faults by rules: calls that fail, tasks that are late or lost.

use super::BENCH;

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
    a_dropped_notify_record_costs_one_wait_with_a_limit [ASCEND_SIM_FAULTS = "aclrtRecordNotify@1=drop"];
    who_waits_for_a_record_that_was_aborted_in_its_delay_is_told [ASCEND_SIM_FAULTS = "aclrtRecordEvent=delay:600s", ASCEND_SIM_RECYCLE = "on-synchronize"];
    functions_without_a_code_take_no_rules [ASCEND_SIM_FAULTS = "*=507000"];
}

#[test]
fn what_is_wrong_with_rules_is_told_at_start_and_at_the_end() {
    let wrong = "aclrtNothing=drop;aclrtSetDevice=NO_CODE;aclInit@2=500000;aclrtSynchronizeStream=drop;aclrtSetDevice/nobody=500000";
    let text = BENCH.run("faults", &["without_rules_nothing_fails"], &[("ASCEND_SIM_FAULTS", wrong)]);
    for told in ["at byte 1: \"aclrtNothing\"", "at byte 34: \"NO_CODE\"", "\"aclInit@2=500000\" never fired (1 calls"]
    {
        assert!(text.contains(told), "{told}:\n{text}");
    }
    assert!(!text.contains("nobody"), "a rule for another process is none of ours:\n{text}");
}
