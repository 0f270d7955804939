//! The rows of one kind, with the bookkeeping of lists: which watch covers a row, and whether the last list showed it.

use std::hash::Hash;

use hashbrown::HashMap;

use super::Scope;

/// Rows by key. Every row belongs to one of the scopes that were named at the start.
pub struct Rows<K, R> {
    rows: HashMap<K, Row<R>>,
    scopes: Scopes,
}

struct Row<R> {
    scope: u16,
    epoch: u32,
    value: R,
}

impl<K: Copy + Eq + Hash, R> Rows<K, R> {
    /// No rows, nothing known of any scope.
    pub fn new(scopes: Vec<Scope>) -> Self {
        Self { rows: HashMap::new(), scopes: Scopes::new(scopes) }
    }

    /// Whether every scope's list has been complete since it was last forgotten.
    pub fn is_synced(&self) -> bool {
        self.scopes.is_synced()
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn get(&self, key: K) -> Option<&R> {
        self.rows.get(&key).map(|row| &row.value)
    }

    pub fn get_mut(&mut self, key: K) -> Option<&mut R> {
        self.rows.get_mut(&key).map(|row| &mut row.value)
    }

    pub fn iter(&self) -> impl Iterator<Item = (K, &R)> {
        self.rows.iter().map(|(key, row)| (*key, &row.value))
    }

    /// Makes sure of a row and marks it as seen by the present list.
    pub fn see(&mut self, key: K, namespace: &str, new: impl FnOnce() -> R) -> &mut R {
        let (scope, epoch) = self.scopes.current(namespace);
        let row = self.rows.entry(key).or_insert_with(|| Row { scope, epoch, value: new() });
        (row.scope, row.epoch) = (scope, epoch);
        &mut row.value
    }

    pub fn remove(&mut self, key: K) -> Option<R> {
        self.rows.remove(&key).map(|row| row.value)
    }

    /// A list of `scope` starts.
    pub fn begin(&mut self, scope: &Scope) {
        self.scopes.begin(scope);
    }

    /// The list of `scope` is complete: the rows that it did not show, for the caller to remove.
    pub fn finish(&mut self, scope: &Scope) -> Vec<K> {
        let Some((scope, epoch)) = self.scopes.finish(scope) else { return Vec::new() };
        self.rows.shrink_to(self.rows.len() * 2);
        self.keys(|row| row.scope == scope && row.epoch != epoch)
    }

    /// Nothing is known of `scope` any more: its rows, for the caller to remove.
    pub fn forget(&mut self, scope: &Scope) -> Vec<K> {
        let Some(scope) = self.scopes.forget(scope) else { return Vec::new() };
        self.keys(|row| row.scope == scope)
    }

    fn keys(&self, which: impl Fn(&Row<R>) -> bool) -> Vec<K> {
        self.rows.iter().filter(|(_, row)| which(row)).map(|(key, _)| *key).collect()
    }
}

/// What is known of the scopes of one kind; also used alone, by kinds that keep no rows.
pub struct Scopes {
    scopes: Vec<(Scope, State)>,
}

#[derive(Clone, Copy, Default)]
struct State {
    epoch: u32,
    synced: bool,
}

impl Scopes {
    pub fn new(scopes: Vec<Scope>) -> Self {
        Self { scopes: scopes.into_iter().map(|scope| (scope, State::default())).collect() }
    }

    pub fn is_synced(&self) -> bool {
        self.scopes.iter().all(|(_, state)| state.synced)
    }

    pub fn begin(&mut self, scope: &Scope) {
        if let Some((_, state)) = self.find(scope) {
            state.epoch = state.epoch.wrapping_add(1);
        }
    }

    pub fn finish(&mut self, scope: &Scope) -> Option<(u16, u32)> {
        let (at, state) = self.find(scope)?;
        state.synced = true;
        Some((at, state.epoch))
    }

    pub fn forget(&mut self, scope: &Scope) -> Option<u16> {
        let (at, state) = self.find(scope)?;
        state.synced = false;
        Some(at)
    }

    fn find(&mut self, scope: &Scope) -> Option<(u16, &mut State)> {
        let at = self.scopes.iter().position(|(known, _)| known == scope)?;
        Some((u16::try_from(at).ok()?, &mut self.scopes[at].1))
    }

    /// The scope that covers objects of a namespace, and its epoch.
    fn current(&self, namespace: &str) -> (u16, u32) {
        let covers = |scope: &Scope| scope.namespace.as_deref().is_none_or(|covered| covered == namespace);
        let at = self.scopes.iter().position(|(scope, _)| covers(scope)).unwrap_or(0);
        (u16::try_from(at).unwrap_or(0), self.scopes.get(at).map_or(0, |(_, state)| state.epoch))
    }
}
