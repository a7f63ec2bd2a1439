//! Jobs on other machines, for real where the machine can: a local sshd, a Slurm cluster of one node; kubectl as a program
//! that plays a cluster. `hwrun` in these bundles is a small script, so that each step can be held at a latch.

#![allow(clippy::print_stderr, reason = "a test that is not run says so, and one against a service how long it took")]

mod fixture;
mod k8s;
mod slurm;
mod ssh;
