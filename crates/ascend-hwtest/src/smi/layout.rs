//! Which value stands where in a table, learnt from its headers.

use super::{Usage, is_none, number};

/// A column, by the word in the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Npu,
    Name,
    Health,
    Power,
    Temperature,
    Hugepages,
    Chip,
    Physical,
    Bus,
    Use,
    Memory,
    Hbm,
    ProcessId,
    ProcessName,
    ProcessMemory,
    InContainer,
    /// One that is not known, or not needed.
    Other,
}

/// Words of headers; those with blanks come before those that they begin with.
const LABELS: [(&str, Column); 20] = [
    ("NPU ID", Column::Npu),
    ("NPU Util(%)", Column::Use),
    ("NPU", Column::Npu),
    ("Name", Column::Name),
    ("Health", Column::Health),
    ("Power(W)", Column::Power),
    ("Temp(C)", Column::Temperature),
    ("Hugepages-Usage(page)", Column::Hugepages),
    ("Chip", Column::Chip),
    ("Phy-ID", Column::Physical),
    ("Device", Column::Other),
    ("Bus-Id", Column::Bus),
    ("AICore(%)", Column::Use),
    ("Memory-Usage(MB)", Column::Memory),
    ("HBM-Usage(MB)", Column::Hbm),
    ("Process id in container", Column::InContainer),
    ("Process id", Column::ProcessId),
    ("Process name", Column::ProcessName),
    ("Process memory(MB)", Column::ProcessMemory),
    ("Util(%)", Column::Use),
];

/// What the cells of a kind of row hold, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Layout(Vec<Vec<Column>>);

/// The cells of a line with bars; a last cell without its bar may have been cut, and is left out.
pub(super) fn cells(line: &str) -> Option<Vec<&str>> {
    let inner = line.trim().strip_prefix('|')?;
    let mut cells: Vec<&str> = inner.split('|').map(str::trim).collect();
    cells.pop(); // behind the last bar: nothing, or what was cut
    Some(cells)
}

impl Layout {
    /// From the cells of a header.
    pub(super) fn of(header: &[&str]) -> Self {
        Self(header.iter().map(|cell| labels(cell)).collect())
    }

    pub(super) fn cells(&self) -> usize {
        self.0.len()
    }

    /// The cell in which a column stands.
    pub(super) fn cell_of(&self, column: Column) -> Option<usize> {
        self.0.iter().position(|cell| cell.contains(&column))
    }

    /// Each column's words in a row; the flag tells whether every word of it found a column.
    pub(super) fn read(&self, row: &[&str]) -> (Vec<(Column, String)>, bool) {
        let mut values = Vec::new();
        let mut whole = row.len() == self.0.len();
        for (columns, cell) in self.0.iter().zip(row) {
            let spaced = cell.replace('/', " / ");
            let mut words = spaced.split_whitespace().peekable();
            for (index, column) in columns.iter().enumerate() {
                let last = index + 1 == columns.len();
                let mut value = match words.next() {
                    Some(word) => word.to_owned(),
                    None => break,
                };
                let text = matches!(column, Column::Name | Column::ProcessName | Column::Health);
                while words.peek().is_some_and(|word| *word == "/" || (last && text)) {
                    let Some(word) = words.next() else { break };
                    value.push(' ');
                    value.push_str(word);
                    if word == "/" {
                        value.push(' ');
                        value.push_str(words.next().unwrap_or_default());
                    }
                }
                values.push((*column, value));
            }
            whole &= words.next().is_none();
        }
        (values, whole)
    }
}

fn labels(cell: &str) -> Vec<Column> {
    let mut rest = cell.trim_start();
    let mut columns = Vec::new();
    while !rest.is_empty() {
        let known = LABELS.iter().find(|(label, _)| rest.starts_with(label));
        let (length, column) = match known {
            Some((label, column)) => (label.len(), *column),
            None => (rest.find(char::is_whitespace).unwrap_or(rest.len()), Column::Other),
        };
        columns.push(column);
        rest = rest.get(length..).unwrap_or_default().trim_start();
    }
    columns
}

/// `3402 / 65536`.
pub(super) fn usage(text: &str) -> Option<Usage> {
    let (used, total) = text.split_once('/')?;
    Some(Usage { used: number(used.trim())?, total: number(total.trim())? })
}

/// Text, unless the tool does not know it.
pub(super) fn known(text: &str) -> Option<String> {
    (!is_none(text)).then(|| text.to_owned())
}

/// Whether a cell holds a PCI address, `0000:C1:00.0`.
pub(super) fn is_bus(cell: &str) -> bool {
    cell.len() >= 7
        && cell.bytes().filter(|byte| *byte == b':').count() >= 1
        && cell.contains('.')
        && cell.bytes().all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.'))
}
