//! Files that are not what was written.

use std::fs;

use sequence::{Store, StoreError};

use crate::place::{Place, reference};

#[test]
fn a_record_cut_short_anywhere_is_noticed() {
    let place = Place::new();
    place.finish();
    let stage = &place.stages()[0];
    let id = stage.file_name().unwrap().to_str().unwrap().parse().unwrap();
    let store = Store::open_to_read(&place.store()).unwrap();
    for name in ["record.json", "epochs.csv", "checksums.json"] {
        let path = stage.join(name);
        let whole = fs::read(&path).unwrap();
        for length in 0..whole.len() {
            fs::write(&path, &whole[..length]).unwrap();
            let found = store.record(id);
            assert!(matches!(found, Err(StoreError::Damaged { .. })), "{name}, {length} of {}: {found:?}", whole.len());
        }
        fs::write(&path, &whole[..whole.len() - 1]).unwrap();
        place.finish();
        assert_eq!(&place.contents(), reference(), "{name}");
        store.verify(id).unwrap();
    }
}

#[test]
fn one_flipped_bit_of_the_weights_is_noticed_wherever_it_is() {
    let place = Place::new();
    place.finish();
    let stage = &place.stages()[0];
    let id = stage.file_name().unwrap().to_str().unwrap().parse().unwrap();
    let store = Store::open_to_read(&place.store()).unwrap();
    let path = stage.join("weights.safetensors");
    let whole = fs::read(&path).unwrap();
    store.verify(id).unwrap();
    for bit in (0..8 * whole.len()).step_by(4001) {
        let mut damaged = whole.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        fs::write(&path, damaged).unwrap();
        assert!(matches!(store.verify(id), Err(StoreError::Damaged { .. })), "bit {bit}");
    }
}
