//! The consumer: waits on its device for each filled half, and writes the file out again.

use std::fs::File;
use std::io::Write;
use std::time::Instant;

use ascend_ipc::{Channel, IpcEvent, Runtime};

use crate::Outcome;
use crate::conversation::{Accepted, Answer, Hello, Offer, Report, Step, Tally};
use crate::options::Options;

pub(crate) fn run(options: &Options, acl: &Runtime, driver: &Channel) -> Outcome<Tally> {
    let patience = options.timeout;
    let chunk = usize::try_from(options.chunk)?;
    let output = options.output.as_ref().ok_or("no output")?;
    let mut file = File::create(output).map_err(|error| format!("{}: {error}", output.display()))?;

    let device = acl.device(options.devices.1)?;
    let stream = device.create_stream()?;
    let peer = Channel::connect(options.socket.as_ref().ok_or("no socket")?, patience)?;

    // Open what the producer shares, and share the event that says when a half is drained.
    peer.send(&Hello { consumer: acl.bare_pid()? }, patience)?;
    let offer: Offer = peer.receive(patience)?;
    let buffer = offer.buffer.open::<u8>(&device)?;
    let filled = offer.filled.open(&device)?;
    drop(offer); // a ticket counts as a holder too, and the producer waits for all
    let (drained, ticket) = IpcEvent::create(&device)?.share()?;
    peer.send(&Accepted { drained: ticket }, patience)?;

    // Memory of another device takes no part in copies to the host: it goes through a buffer of this device.
    let mut local = device.allocate::<u8>(chunk)?;
    let mut staging = device.allocate_host::<u8>(chunk)?;
    let mut tally = Tally::default();
    let start = Instant::now();
    let mut half = 0;
    while let Step::Filled { length, recorded } = peer.receive(patience)? {
        if length > chunk {
            return Err(format!("the producer announced {length} bytes in a chunk of {chunk}").into());
        }
        filled.wait(&stream, &recorded)?;
        tally.waits += 1;
        let filled_half = half * chunk..half * chunk + length;
        stream.copy(buffer.slice(filled_half)?, local.slice_mut(..length)?)?;
        let recorded = drained.record(&stream)?;
        tally.records += 1;
        peer.send(&Answer::Drained { recorded }, patience)?;
        stream.download(local.slice(..length)?, staging.slice_mut(..length)?)?;
        stream.synchronize(patience)?;
        file.write_all(&staging.elements()?[..length])?;
        half = 1 - half;
        tally.chunks += 1;
        tally.bytes += length as u64;
        driver.send(&Report::Progress(tally.bytes), patience)?;
    }
    file.sync_data()?;
    tally.seconds = start.elapsed().as_secs_f64();

    drop(buffer);
    drop(filled);
    peer.send(&Answer::Closed, patience)?;
    // Importers close first, here as there: the event stays until the producer has let go of it.
    let Step::Closed = peer.receive(patience)? else { return Err("the producer went on after the end".into()) };
    drained.close(patience)?;
    Ok(tally)
}
