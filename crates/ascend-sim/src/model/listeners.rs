//! Functions of the program that want to hear of something, in the order in which they were registered.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Functions of one kind, each under a key.
pub(crate) struct Listeners<K, F>(Mutex<Vec<(K, F)>>);

impl<K, F> Default for Listeners<K, F> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: PartialEq, F: Clone> Listeners<K, F> {
    /// Registers a function, in place of one that has the key already.
    pub(crate) fn add(&self, key: K, function: F) {
        let mut listeners = self.lock();
        match listeners.iter_mut().find(|(known, _)| *known == key) {
            Some((_, known)) => *known = function,
            None => listeners.push((key, function)),
        }
    }

    /// Forgets a function; answers whether there was one.
    pub(crate) fn remove(&self, key: &K) -> bool {
        let mut listeners = self.lock();
        let before = listeners.len();
        listeners.retain(|(known, _)| known != key);
        listeners.len() < before
    }

    /// All functions: they are called when the lock is free again, since they may call us.
    pub(crate) fn all(&self) -> Vec<F> {
        self.lock().iter().map(|(_, function)| function.clone()).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(K, F)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
