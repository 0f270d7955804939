//! Playing a scenario against a store.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::{Scenario, Step, file, text};
use crate::demo::{
    api::{Store, StoreError},
    aws::State,
};

impl Scenario {
    /// Puts the objects of the start into the store, as they are at `start`.
    ///
    /// # Errors
    /// When the store refuses one.
    pub fn place(&self, store: &Store, start: Timestamp) -> Result<(), StoreError> {
        self.objects.iter().try_for_each(|object| put(store, object, start))
    }

    /// Lets the timeline of a scenario happen that was placed as of `clock_start`, and tells `on_step` of each step once
    /// it has. Steps that are due already happen at once; the future ends with the timeline.
    ///
    /// # Errors
    /// When the store refuses something, which takes somebody else who writes to it.
    pub async fn play(
        &self,
        store: &Store,
        clock_start: Timestamp,
        mut on_step: impl FnMut(&Step),
    ) -> Result<(), StoreError> {
        for step in &self.steps {
            let now = step.time(clock_start);
            let wait = Duration::try_from(now.duration_since(Timestamp::now())).unwrap_or_default();
            tokio::time::sleep(wait).await;
            step.happen(store, clock_start)?;
            on_step(step);
        }
        Ok(())
    }
}

impl Step {
    /// When it happens in a scenario that started at `start`.
    #[must_use]
    pub fn time(&self, start: Timestamp) -> Timestamp {
        start.checked_add(self.at).unwrap_or(Timestamp::MAX)
    }

    /// Changes what AWS knows as the step does.
    pub fn change_aws(&self, state: &mut State) {
        if let Some(change) = &self.aws {
            change.make(state);
        }
    }

    /// Makes it happen now, as in a scenario that started at `start`: first what is applied, then what is patched,
    /// then what is deleted.
    ///
    /// # Errors
    /// When the store refuses something.
    pub fn happen(&self, store: &Store, start: Timestamp) -> Result<(), StoreError> {
        let now = self.time(start);
        self.apply.iter().try_for_each(|object| put(store, object, now))?;
        self.patch.iter().try_for_each(|patch| store.patch(at(patch, now)).map(drop))?;
        self.delete.iter().try_for_each(|object| store.delete(object))
    }
}

fn put(store: &Store, object: &Value, now: Timestamp) -> Result<(), StoreError> {
    file::serve(store, object);
    store.apply(at(object, now)).map(drop)
}

/// The object with its times told. They were tried when the file was loaded.
fn at(object: &Value, now: Timestamp) -> Value {
    let mut object = object.clone();
    if let Err(reason) = text::map_strings(&mut object, &|text| text::tell_time(text, now)) {
        tracing::warn!(reason, "a time in the scenario is out of range");
    }
    object
}
