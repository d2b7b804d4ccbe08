//! Writes the rows of a selection on a separate thread (a bounded pipeline): the engine fetches the next rows
//! while the previous ones are written. Rows pass in packets; only a few exist, and each comes back to be
//! filled again, so memory does not depend on the number of rows.

use crate::service::running::error::Error;
use domain::desk::selected_row::SelectedRow;
use std::io;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};

/// A packet is passed on when it has this many rows …
const PACKET_ROWS: usize = 256;
/// … or this much text.
const PACKET_TEXT_BYTES: usize = 1 << 17;
/// The number of packets that may wait to be written.
const PACKETS: usize = 4;

/// The writer of a selection: it gets every row once, in order.
pub trait RowWriter {
    fn row(&mut self, row: &SelectedRow) -> io::Result<()>;
}

enum Sent {
    Rows(Packet),
    /// There are no more rows. Without this message the engine failed, and the file stays unfinished.
    End,
}

/// The cells of rows of equal width, row after row.
#[derive(Default)]
struct Packet {
    cells: SelectedRow,
    rows: usize,
}

impl Packet {
    /// Passes every row on, in order.
    fn each(&self, mut take: impl FnMut(&SelectedRow) -> io::Result<()>) -> io::Result<()> {
        let Some(width) = self.cells.width().checked_div(self.rows) else { return Ok(()) };
        let (mut cells, mut row) = (self.cells.cells(), SelectedRow::with_capacity(width));
        for _ in 0..self.rows {
            row.clear();
            cells.by_ref().take(width).for_each(|cell| row.push(cell));
            take(&row)?;
        }
        Ok(())
    }
}

/// Collects rows until a packet is full.
struct Packets {
    packet: Packet,
    sender: SyncSender<Sent>,
    /// Packets whose rows are written and which can be filled again.
    used: Receiver<Packet>,
}

impl Packets {
    /// Adds a row; returns whether the writer wants more.
    fn push(&mut self, row: &SelectedRow) -> bool {
        self.packet.cells.append(row);
        self.packet.rows += 1;
        let full = self.packet.rows >= PACKET_ROWS || self.packet.cells.text_bytes() >= PACKET_TEXT_BYTES;
        !full || self.send()
    }

    fn send(&mut self) -> bool {
        let next = self.used.try_recv().unwrap_or_default();
        self.sender.send(Sent::Rows(std::mem::replace(&mut self.packet, next))).is_ok()
    }
}

/// Writes the rows that `find` passes on. `begin` creates the writer, `end` gets it back after the last row;
/// the writer never leaves its thread. `find` must stop when it is told that no more rows are wanted.
pub(in crate::service) fn write_beside<W: RowWriter, T: Send>(
    begin: impl FnOnce() -> io::Result<W> + Send,
    end: impl FnOnce(W) -> io::Result<T> + Send,
    find: impl FnOnce(&mut dyn FnMut(&SelectedRow) -> bool) -> Result<(), Error>,
) -> Result<T, Error> {
    std::thread::scope(|scope| {
        let (sender, receiver) = sync_channel(PACKETS);
        let (written, used) = channel();
        let thread = std::thread::Builder::new().name("rows".to_owned());
        let writer = thread.spawn_scoped(scope, move || write(begin, end, &receiver, &written))?;
        let mut packets = Packets { packet: Packet::default(), sender, used };
        let found = find(&mut |row| packets.push(row));
        if found.is_ok() && packets.send() {
            // If the writer has ended, the reason is read below.
            let _ = packets.sender.send(Sent::End);
        }
        drop(packets);
        let written = writer.join().map_err(|_| Error::Internal("what writes the rows panicked".to_owned()))?;
        found?;
        written?.ok_or_else(|| Error::Internal("the rows ended early".to_owned()))
    })
}

fn write<W: RowWriter, T>(
    begin: impl FnOnce() -> io::Result<W>,
    end: impl FnOnce(W) -> io::Result<T>,
    receiver: &Receiver<Sent>,
    written: &Sender<Packet>,
) -> io::Result<Option<T>> {
    let mut writer = begin()?;
    for sent in receiver {
        match sent {
            Sent::Rows(mut packet) => {
                packet.each(|row| writer.row(row))?;
                packet.cells.clear();
                packet.rows = 0;
                // The packet is dropped when the search is over.
                let _ = written.send(packet);
            }
            Sent::End => return end(writer).map(Some),
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::desk::selected_row::Cell;

    #[derive(Default)]
    struct Numbers(Vec<i64>);

    impl RowWriter for Numbers {
        fn row(&mut self, row: &SelectedRow) -> io::Result<()> {
            match row.cell(0) {
                Cell::Number(13) => Err(io::Error::from(io::ErrorKind::StorageFull)),
                Cell::Number(number) => {
                    self.0.push(number);
                    Ok(())
                }
                other => Err(io::Error::other(format!("{other:?}"))),
            }
        }
    }

    fn row(number: i64, text: &str) -> SelectedRow {
        let mut row = SelectedRow::default();
        row.push(Cell::Number(number));
        row.push(Cell::Text(text));
        row
    }

    fn written(numbers: impl Iterator<Item = i64>, text: &str) -> Result<Vec<i64>, Error> {
        write_beside(
            || Ok(Numbers::default()),
            |numbers| Ok(numbers.0),
            |take| {
                for number in numbers {
                    if !take(&row(number, text)) {
                        break;
                    }
                }
                Ok(())
            },
        )
    }

    #[test]
    fn every_row_is_written_once_and_in_order() {
        for count in [0, 1, 255, 256, 257, 5_000] {
            assert_eq!(written(100..100 + count, "").unwrap(), (100..100 + count).collect::<Vec<i64>>());
        }
        let long = "x".repeat(PACKET_TEXT_BYTES / 2);
        assert_eq!(written(100..109, &long).unwrap(), (100..109).collect::<Vec<i64>>());
    }

    #[test]
    fn a_writer_that_fails_ends_the_search_and_says_why() {
        assert!(matches!(written(0.., ""), Err(Error::Unavailable(_))));
        let refused = write_beside(|| Err::<Numbers, _>(io::Error::other("no")), |_| Ok(()), |_| Ok(()));
        assert!(matches!(refused, Err(Error::Internal(_))));
    }

    #[test]
    fn a_search_that_fails_finishes_nothing() {
        let mut ended = false;
        let found = write_beside(
            || Ok(Numbers::default()),
            |_| {
                ended = true;
                Ok(())
            },
            |take| {
                take(&row(1, ""));
                Err(Error::Unavailable("the engine went away".to_owned()))
            },
        );
        assert!(matches!(found, Err(Error::Unavailable(_))));
        assert!(!ended);
    }
}
