//! Handles: which object a `void *` of the C interface stands for.
//!
//! A handle is a slot, its generation and a tag for the kind of object. A stale, foreign or invented one names nothing;
//! it is never dereferenced.

use std::sync::{Arc, PoisonError, RwLock};

use slotmap::{DefaultKey, Key, KeyData, SlotMap};

use super::strict::ledger;

/// A handle's value as the C interface passes it; never 0.
pub(crate) type Raw = usize;

const TAG_SHIFT: u32 = 28;
const INDEX_MASK: u64 = (1 << TAG_SHIFT) - 1;

/// The tag of contexts, whose stale handles every thread may hold by right.
const CONTEXTS: u64 = 1;

/// What a handle's tag says that it stands for, whether it does or not.
pub(crate) const fn kind(raw: Raw) -> &'static str {
    match (raw as u64 >> TAG_SHIFT) & 0xf {
        CONTEXTS => "context",
        2 => "stream",
        3 => "event",
        8 => "notify",
        9 => "handle of physical memory",
        10 => "memory pool",
        12 => "counting notify",
        13 => "data buffer",
        14 => "allocator description",
        _ => "object",
    }
}

/// The objects of one kind.
pub(crate) struct Registry<T> {
    tag: u64,
    objects: RwLock<SlotMap<DefaultKey, Arc<T>>>,
}

impl<T> Registry<T> {
    /// An empty registry; `tag` (1 to 15) tells its handles from those of other kinds.
    pub(crate) fn new(tag: u64) -> Self {
        Self { tag, objects: RwLock::default() }
    }

    /// Adds an object.
    pub(crate) fn insert(&self, object: Arc<T>) -> Raw {
        let key = self.objects.write().unwrap_or_else(PoisonError::into_inner).insert(object);
        let raw = self.raw(key);
        ledger::born(raw);
        raw
    }

    /// Adds an object that knows its own handle.
    pub(crate) fn insert_with(&self, make: impl FnOnce(Raw) -> T) -> (Raw, Arc<T>) {
        let mut objects = self.objects.write().unwrap_or_else(PoisonError::into_inner);
        let key = objects.insert_with_key(|key| Arc::new(make((key.data().as_ffi() | self.tag << TAG_SHIFT) as Raw)));
        ledger::born(self.raw(key));
        (self.raw(key), Arc::clone(&objects[key]))
    }

    /// The object behind a handle that the program has passed.
    pub(crate) fn get(&self, raw: Raw) -> Option<Arc<T>> {
        let found = self.peek(raw);
        if found.is_none() {
            self.note_miss(raw);
        }
        found
    }

    /// The object behind a handle that the simulator has kept; that it names nothing any more is no mistake of the program.
    pub(crate) fn peek(&self, raw: Raw) -> Option<Arc<T>> {
        self.objects.read().unwrap_or_else(PoisonError::into_inner).get(self.key(raw)?).map(Arc::clone)
    }

    fn note_miss(&self, raw: Raw) {
        if self.tag != CONTEXTS {
            ledger::missed(raw);
        }
    }

    /// Takes the object out: its handle names nothing from now on.
    pub(crate) fn remove(&self, raw: Raw) -> Option<Arc<T>> {
        let removed = self.objects.write().unwrap_or_else(PoisonError::into_inner).remove(self.key(raw)?);
        if removed.is_some() {
            ledger::ended(raw);
        } else {
            self.note_miss(raw);
        }
        removed
    }

    /// Takes out every object that fulfils a condition.
    pub(crate) fn remove_if(&self, condition: impl Fn(&T) -> bool) -> Vec<Arc<T>> {
        let mut objects = self.objects.write().unwrap_or_else(PoisonError::into_inner);
        let keys: Vec<DefaultKey> =
            objects.iter().filter(|(_, object)| condition(object)).map(|(key, _)| key).collect();
        keys.into_iter().inspect(|key| ledger::ended(self.raw(*key))).filter_map(|key| objects.remove(key)).collect()
    }

    /// The handles of every object that fulfils a condition.
    pub(crate) fn raws(&self, condition: impl Fn(&T) -> bool) -> Vec<Raw> {
        let objects = self.objects.read().unwrap_or_else(PoisonError::into_inner);
        objects.iter().filter(|(_, object)| condition(object)).map(|(key, _)| self.raw(key)).collect()
    }

    /// Every object that fulfils a condition.
    pub(crate) fn all(&self, condition: impl Fn(&T) -> bool) -> Vec<Arc<T>> {
        let objects = self.objects.read().unwrap_or_else(PoisonError::into_inner);
        objects.values().filter(|object| condition(object)).map(Arc::clone).collect()
    }

    fn raw(&self, key: DefaultKey) -> Raw {
        (key.data().as_ffi() | self.tag << TAG_SHIFT) as Raw
    }

    fn key(&self, raw: Raw) -> Option<DefaultKey> {
        let value = raw as u64;
        if (value >> TAG_SHIFT) & 0xf != self.tag {
            return None;
        }
        let data = value & !(0xf << TAG_SHIFT);
        // `from_ffi` accepts anything, and makes an even version odd: the null index and even versions are no keys of ours.
        let is_ours = data & INDEX_MASK != INDEX_MASK && data >> 32 & 1 == 1;
        is_ours.then(|| DefaultKey::from(KeyData::from_ffi(data)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_names_its_object_until_it_is_removed() {
        let registry = Registry::new(3);
        let raw = registry.insert(Arc::new(7));
        assert_eq!(registry.get(raw).as_deref(), Some(&7));
        assert_eq!(registry.remove(raw).as_deref(), Some(&7));
        assert!(registry.get(raw).is_none() && registry.remove(raw).is_none());
    }

    #[test]
    fn a_stale_handle_does_not_name_the_next_object_in_its_slot() {
        let registry = Registry::new(3);
        let stale = registry.insert(Arc::new(1));
        registry.remove(stale);
        let fresh = registry.insert(Arc::new(2));
        assert_ne!(stale, fresh);
        assert!(registry.get(stale).is_none());
    }

    #[test]
    fn a_handle_of_another_kind_or_an_invented_one_names_nothing() {
        let (streams, events) = (Registry::new(2), Registry::new(3));
        let stream = streams.insert(Arc::new(()));
        events.insert(Arc::new(()));
        assert!(events.get(stream).is_none());
        for raw in [0, 1, usize::MAX, 0x7fff_dead_beef, stream + 1, stream ^ 1 << 32, stream ^ 1 << 33] {
            assert!(streams.get(raw).is_none(), "{raw:x}");
        }
    }
}
