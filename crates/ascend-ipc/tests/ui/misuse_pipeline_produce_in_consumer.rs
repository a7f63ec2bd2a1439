//! Fills a slot at the end that empties them. Twin: `consume`.

use ascend_ipc::Stream;
use ascend_ipc::pipeline::Consumer;

fn misuse(pipe: &mut Consumer, stream: &Stream) {
    let _ = pipe.produce(stream, |_| Ok(()));
}

fn main() {}
