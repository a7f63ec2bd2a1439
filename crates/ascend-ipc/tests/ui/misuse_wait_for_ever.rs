//! Blocks the host without a deadline. Twin: `synchronize`.

use ascend_ipc::Stream;

fn misuse(stream: &Stream) {
    let _ = stream.synchronize();
}

fn main() {}
