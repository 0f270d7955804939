//! Who is behind the objects that made pods: `CronJobs` behind Jobs, and whatever was asked for one by one.

use hashbrown::HashMap;
use jiff::Timestamp;

use super::{
    Cache, Index, OwnerIndex, OwnerKind, OwnerWanted, Scope,
    names::Name,
    rows::Rows,
    trouble::{OwnerRef, PodNames},
    uid::Uid,
};
use crate::objects::Job;

/// Owners that were asked for at most; then all are asked for again.
const MOST_RESOLVED: usize = 10_000;

/// Kind and name of who manages an object, if anybody.
type Manager = Option<(Name, Name)>;

/// What is known of owners.
pub(super) struct Owners {
    pub jobs: Rows<Uid, Manager>,
    resolved: HashMap<Uid, Manager>,
}

impl Owners {
    pub fn new(scopes: Vec<Scope>) -> Self {
        Self { jobs: Rows::new(scopes), resolved: HashMap::new() }
    }

    /// The manager of the object, if it is known: `Some(None)` is an object that nobody manages.
    fn manager(&self, uid: Uid) -> Option<&Manager> {
        self.jobs.get(uid).or_else(|| self.resolved.get(&uid))
    }
}

impl Cache {
    /// Kind and name of the owner that a person knows: as it is known now, else as it was known, else the object that
    /// the pod itself names.
    pub(super) fn owner_names(&self, owner: &OwnerRef, known: Option<&PodNames>) -> (Name, Name) {
        let (kind, name, uid) = match owner {
            OwnerRef::Known(kind, name) => return (kind.clone(), name.clone()),
            OwnerRef::Behind { kind, name, uid, .. } => (kind, name, *uid),
        };
        match (uid.and_then(|uid| self.owners.manager(uid)), known) {
            (Some(Some((kind, name))), _) => (kind.clone(), name.clone()),
            (None, Some(known)) => (known.owner_kind.clone(), known.owner_name.clone()),
            _ => (kind.clone(), name.clone()),
        }
    }

    fn rename_owned_by(&mut self, owner: Uid) {
        for uid in self.pods.owned_by(owner) {
            self.rename(uid);
        }
    }
}

impl Index<Job> for Cache {
    fn begin(&mut self, scope: &Scope) {
        self.owners.jobs.begin(scope);
    }

    fn apply(&mut self, job: Job, _: Timestamp) {
        let Some(uid) = Uid::of(&job.metadata.uid) else { return };
        let manager = job.metadata.controller().map(|owner| (self.names.get(&owner.kind), self.names.get(&owner.name)));
        let row = self.owners.jobs.see(uid, &job.metadata.namespace, || None);
        if *row != manager {
            *row = manager;
            self.rename_owned_by(uid);
        }
    }

    /// Its pods keep the name that they have: they go with it.
    fn delete(&mut self, job: &Job, _: Timestamp) {
        if let Some(uid) = Uid::of(&job.metadata.uid) {
            self.owners.jobs.remove(uid);
        }
    }

    fn finish(&mut self, scope: &Scope, _: Timestamp) {
        for uid in self.owners.jobs.finish(scope) {
            self.owners.jobs.remove(uid);
        }
        self.names.shrink();
    }

    fn forget(&mut self, scope: &Scope) {
        for uid in self.owners.jobs.forget(scope) {
            self.owners.jobs.remove(uid);
        }
    }
}

impl OwnerIndex for Cache {
    fn wanted(&self, limit: usize) -> Vec<OwnerWanted> {
        let limit_of_series = self.settings.pod_series_limit;
        let overdue = [&self.pods.creating, &self.pods.unscheduled]
            .into_iter()
            .flat_map(|tally| tally.overdue().take(limit_of_series));
        let mut wanted = Vec::new();
        for trouble in overdue.filter_map(|(_, uid)| self.pods.trouble(uid)) {
            let OwnerRef::Behind { kind, name, text, uid: Some(uid) } = &trouble.owner else { continue };
            let kind = if &**kind == "Job" { OwnerKind::Job } else { OwnerKind::ReplicaSet };
            let known = self.owners.manager(*uid).is_some() || (kind == OwnerKind::Job && self.owners.jobs.is_synced());
            if known || wanted.iter().any(|wanted: &OwnerWanted| *wanted.uid == **text) {
                continue;
            }
            wanted.push(OwnerWanted {
                namespace: trouble.names.namespace.to_string(),
                kind,
                name: name.to_string(),
                uid: text.to_string(),
            });
            if wanted.len() == limit {
                break;
            }
        }
        wanted
    }

    fn resolved(&mut self, uid: &str, owner: Option<(&str, &str)>) {
        let Some(uid) = Uid::of(uid) else { return };
        let manager = owner.map(|(kind, name)| (self.names.get(kind), self.names.get(name)));
        if self.owners.resolved.len() >= MOST_RESOLVED {
            self.owners.resolved.clear();
        }
        self.owners.resolved.insert(uid, manager);
        self.rename_owned_by(uid);
    }
}
