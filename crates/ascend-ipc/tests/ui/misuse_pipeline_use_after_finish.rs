//! Goes on after the end: `finish` consumes it. Twin: `consume`.

use std::time::Duration;

use ascend_ipc::Stream;
use ascend_ipc::pipeline::Consumer;

fn misuse(mut pipe: Consumer, stream: &Stream) {
    let _ = pipe.finish(stream, Duration::from_secs(1));
    let _ = pipe.consume(stream, |_| Ok(()));
}

fn main() {}
