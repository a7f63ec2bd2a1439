//! Threads that use one stream at once, and teardown while a stream waits for ever.

rules_of! {
    races:
    a_wait_comes_behind_the_record_that_it_is_bound_to;
    a_wait_comes_behind_its_record_under_a_seed [ASCEND_SIM_SEED = "5"];
    a_forced_reset_drops_what_waits;
    a_host_function_that_waits_for_its_own_stream_is_told;
}
