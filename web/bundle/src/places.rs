//! Places in sources (`core::panic::Location`): file, line and column of everything that may panic. Where a panic says
//! nothing ([`crate::trim`]) nobody reads them.

use std::collections::BTreeSet;

use walrus::{ConstExpr, Data, DataKind, Module, ir::Value};

/// How a place is laid out: address and length of the file's name, line, column.
const PLACE: usize = 16;

/// A piece of memory and where it lies.
struct Piece<'a> {
    address: usize,
    bytes: &'a [u8],
}

/// Overwrites with zeros, which compress to nothing, all that is a place beyond doubt: four numbers that fit one, the first
/// two of which are a name that ends with `.rs`.
pub(crate) fn blank(module: &mut Module) {
    let pieces: Vec<_> = module.data.iter().filter_map(|data| piece(&data.kind, &data.value)).collect();
    let mut blank = BTreeSet::new();
    for piece in &pieces {
        let aligned = piece.address.next_multiple_of(4) - piece.address;
        for start in (aligned..piece.bytes.len()).step_by(4) {
            let Some((name, length)) = piece.bytes.get(start..).and_then(|bytes| place(bytes, &pieces))
            else {
                continue;
            };
            blank.extend(piece.address + start..piece.address + start + PLACE);
            blank.extend(name..name + length);
        }
    }
    for id in module.data.iter().map(Data::id).collect::<Vec<_>>() {
        let data = module.data.get_mut(id);
        let Some(Piece { address, .. }) = piece(&data.kind, &[]) else { continue };
        for (offset, byte) in data.value.iter_mut().enumerate() {
            if blank.contains(&(address + offset)) {
                *byte = 0;
            }
        }
    }
}

fn piece<'a>(kind: &DataKind, bytes: &'a [u8]) -> Option<Piece<'a>> {
    let DataKind::Active { offset: ConstExpr::Value(Value::I32(address)), .. } = kind else { return None };
    Some(Piece { address: usize::try_from(*address).ok()?, bytes })
}

/// Address and length of the name in the place that `bytes` begin with.
fn place(bytes: &[u8], pieces: &[Piece<'_>]) -> Option<(usize, usize)> {
    let number = |at: usize| Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?) as usize);
    let [name, length, line, column] = [number(0)?, number(4)?, number(8)?, number(12)?];
    let plausible =
        (4..300).contains(&length) && (1..100_000).contains(&line) && (1..1_000).contains(&column);
    let text = pieces.iter().find_map(|piece| {
        let start = name.checked_sub(piece.address)?;
        piece.bytes.get(start..start.checked_add(length)?)
    })?;
    (plausible && text.ends_with(b".rs")).then_some((name, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_their_names_are_blank_and_all_else_stays() {
        let numbers =
            |numbers: &[u32]| numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<_>>();
        let names = b"src/a.rs kept src/b.rs".to_vec();
        // A place, something with the same name and no line, and a place of another file.
        let places = numbers(&[7, 1000, 8, 12, 5, 1000, 8, 0, 0, 1014, 8, 99, 1, 7]);
        let mut module = Module::default();
        let memory = module.memories.add_local(false, false, 1, None, None);
        for (address, bytes) in [(1000, names), (2000, places)] {
            let offset = ConstExpr::Value(Value::I32(address));
            module.data.add(DataKind::Active { memory, offset }, bytes);
        }
        blank(&mut module);
        let left: Vec<_> = module.data.iter().map(|data| data.value.clone()).collect();
        assert_eq!(left[0], [&[0; 8], &b" kept "[..], &[0; 8]].concat());
        assert_eq!(left[1], numbers(&[7, 0, 0, 0, 0, 1000, 8, 0, 0, 0, 0, 0, 0, 7]));
    }
}
