//! The producer: streams a file into the shared buffer, half by half.

use std::fs::File;
use std::io::Read;
use std::time::Instant;

use ascend_ipc::Access;
use ascend_ipc::{Channel, IpcEvent, Listener, Runtime};

use crate::Outcome;
use crate::conversation::{Accepted, Answer, Hello, Offer, Report, Step, Tally};
use crate::options::Options;

pub(crate) fn run(options: &Options, acl: &Runtime, driver: &Channel) -> Outcome<Tally> {
    let patience = options.timeout;
    let chunk = usize::try_from(options.chunk)?;
    let input = options.input.as_ref().ok_or("no input")?;
    let mut file = File::open(input).map_err(|error| format!("{}: {error}", input.display()))?;

    let device = acl.device(options.devices.0)?;
    let stream = device.create_stream()?;
    let listener = Listener::bind(options.socket.as_ref().ok_or("no socket")?)?;
    let peer = listener.accept(patience)?;

    // Share a buffer of two halves, and the event that says when one is filled.
    let Hello { consumer } = peer.receive(patience)?;
    let (mut buffer, ticket) = device.allocate::<u8>(2 * chunk)?.share(Access::Processes(&[consumer]))?;
    let (filled, filled_ticket) = IpcEvent::create(&device)?.share()?;
    peer.send(&Offer { buffer: ticket, filled: filled_ticket }, patience)?;
    let drained = peer.receive::<Accepted>(patience)?.drained.open(&device)?;

    let mut staging = [device.allocate_host::<u8>(chunk)?, device.allocate_host::<u8>(chunk)?];
    let mut tally = Tally::default();
    let start = Instant::now();
    for index in 0.. {
        let half = index % 2;
        // The upload that used this staging memory two chunks ago has to be over.
        stream.synchronize(patience)?;
        let length = read(&mut file, staging[half].elements_mut()?)?;
        if length == 0 {
            break;
        }
        if index >= 2 {
            // The consumer has called record for the chunk that was in this half; our stream waits for it on the device.
            let Answer::Drained { recorded } = peer.receive(patience)? else {
                return Err("the consumer closed the buffer before the end".into());
            };
            drained.wait(&stream, &recorded)?;
            tally.waits += 1;
        }
        let to = buffer.slice_mut(half * chunk..half * chunk + length)?;
        stream.upload(staging[half].slice(..length)?, to)?;
        let recorded = filled.record(&stream)?;
        tally.records += 1;
        peer.send(&Step::Filled { length, recorded }, patience)?;
        tally.chunks += 1;
        tally.bytes += length as u64;
    }
    peer.send(&Step::End, patience)?;
    tally.seconds = start.elapsed().as_secs_f64();

    // Importers close first: the buffer and the event stay until the consumer has let go of them.
    while let Answer::Drained { .. } = peer.receive(patience)? {}
    stream.synchronize(patience)?;
    drop(drained);
    peer.send(&Step::Closed, patience)?;
    filled.close(patience)?;
    buffer.close(patience)?;
    driver.send(&Report::Progress(tally.bytes), patience)?;
    Ok(tally)
}

/// Fills the buffer as far as the file goes.
fn read(file: &mut File, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut length = 0;
    while length < buffer.len() {
        match file.read(&mut buffer[length..])? {
            0 => break,
            count => length += count,
        }
    }
    Ok(length)
}
