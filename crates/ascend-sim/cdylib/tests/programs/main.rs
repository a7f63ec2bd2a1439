//! C programs, compiled against our header and run on `libascend_sim.so` under the vendor's names.
//!
//! The situations are those in which a program can observe what an IPC event of the real runtime does.

#[path = "../bench/mod.rs"]
mod bench;

use std::sync::LazyLock;

use bench::Bench;

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
    bench.compile("forks", "acl_rt");
    bench.compile("strict_rules", "acl_rt");
    bench.compile("races", "acl_rt");
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
            use $crate::BENCH;

            $(
                #[test]
                fn $name() {
                    BENCH.run(stringify!($program), &[stringify!($name)], &[$($((stringify!($variable), $value)),*)?]);
                }
            )*

            #[test]
            fn every_rule_of_the_c_program_is_run() {
                let path = $crate::bench::sources().join(concat!(stringify!($program), ".c"));
                let source = std::fs::read_to_string(path).unwrap();
                let rule = |line: &'static str| line.trim().strip_prefix("RULE(")?.strip_suffix("),");
                let listed: Vec<&str> = source.leak().lines().filter_map(rule).collect();
                assert_eq!(listed, [$(stringify!($name)),*]);
            }
        }
    };
}

mod audits;
mod families;
mod faults;
mod forks;
mod machines;
mod races;
mod rules;
mod schedules;
mod strict;
mod timeline;
