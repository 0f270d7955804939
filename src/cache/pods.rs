//! Pods: most of them are only known to exist, those in trouble are noted.

use std::sync::Arc;

use jiff::Timestamp;

use super::{
    Cache, Index, Scope,
    trouble::{Gates, OwnerRef, PodNames, Trouble},
    uid::Uid,
};
use crate::{
    diagnose::{Owner, Since, Situation, owner_of_pod},
    objects::Pod,
};

impl Cache {
    /// Makes or renews the row of a pod in trouble.
    fn note_trouble(&mut self, uid: Uid, pod: &Pod, situation: Situation, now: Timestamp) {
        let namespace = self.names.get(&pod.metadata.namespace);
        let owner = self.owner_ref(pod);
        let former = self.pods.rows.get_mut(uid).and_then(Option::take);
        if let Some(former) = &former {
            self.pods.unlist(uid, former);
        }
        // What the pod's series are called must not change because an owner is not known any more.
        let known = former.as_ref().filter(|former| former.owner == owner).map(|former| &former.names);
        let (owner_kind, owner_name) = self.owner_names(&owner, known.map(Arc::as_ref));
        let names = Arc::new(PodNames {
            namespace,
            pod: pod.metadata.name.as_str().into(),
            uid: pod.metadata.uid.as_str().into(),
            node: self.names.get(&pod.spec.node_name),
            owner_kind,
            owner_name,
            written: Default::default(),
        });
        let gates = former.as_ref().map_or(Gates::Unseen, |former| former.gates);
        let mut trouble = match former {
            Some(former) => {
                let names = if former.names.same(&names) { former.names } else { names };
                Trouble { names, owner, situation, gates, ..*former }
            }
            None => Trouble { names, owner, situation, gates, told: self.events.claim(uid), filed: None },
        };
        trouble.gates = match (&trouble.situation, gates) {
            (Situation::Unscheduled(pod), _) if pod.since == Since::Gated => Gates::Closed,
            (_, Gates::Closed) => Gates::Opened(now),
            _ => gates,
        };
        self.pods.list(uid, &trouble);
        if let Some(row) = self.pods.rows.get_mut(uid) {
            *row = Some(Box::new(trouble));
        }
    }

    fn owner_ref(&mut self, pod: &Pod) -> OwnerRef {
        match owner_of_pod(&pod.metadata) {
            Owner::Known { kind, name } => OwnerRef::Known(self.names.get(kind), self.names.get(name)),
            Owner::Behind { kind, name, uid } => OwnerRef::Behind {
                kind: self.names.get(kind),
                name: self.names.get(name),
                text: uid.into(),
                uid: Uid::of(uid),
            },
        }
    }

    /// Renews the names of a pod after its owner became better known.
    pub(super) fn rename(&mut self, uid: Uid) {
        let Some(trouble) = self.pods.trouble(uid) else { return };
        let (owner_kind, owner_name) = self.owner_names(&trouble.owner, Some(&trouble.names));
        let names = &trouble.names;
        let renamed = PodNames {
            namespace: names.namespace.clone(),
            pod: names.pod.clone(),
            uid: names.uid.clone(),
            node: names.node.clone(),
            owner_kind,
            owner_name,
            written: Default::default(),
        };
        if !names.same(&renamed)
            && let Some(trouble) = self.pods.trouble_mut(uid)
        {
            trouble.names = Arc::new(renamed);
        }
    }

    /// Takes a pod out, gone at that time where it is known to have gone and not only forgotten.
    fn remove_pod(&mut self, uid: Uid, gone: Option<Timestamp>) {
        self.drop_branch_enis(uid, gone);
        self.aws.interfaces.pod_gone(uid);
        self.pods.acquit(uid);
        self.pods.rows.remove(uid);
    }
}

impl Index<Pod> for Cache {
    fn begin(&mut self, scope: &Scope) {
        self.pods.rows.begin(scope);
    }

    fn apply(&mut self, pod: Pod, now: Timestamp) {
        let Some(uid) = Uid::of(&pod.metadata.uid) else { return };
        if let Some(former) = self.pods.named(&pod.metadata.namespace, &pod.metadata.name)
            && former != uid
        {
            // The same name with a new uid: the former pod is gone, whether or not that was heard.
            self.remove_pod(former, Some(now));
        }
        self.pods.rows.see(uid, &pod.metadata.namespace, || None);
        self.note_branch_enis(uid, &pod, now);
        if self.settings.branch_eni_scan {
            self.aws.interfaces.pod_says(uid, &pod);
        }
        match Situation::of(&pod, now) {
            Some(situation) => {
                self.note_trouble(uid, &pod, situation, now);
                self.judge(uid, now);
            }
            None => self.pods.acquit(uid),
        }
    }

    fn delete(&mut self, pod: &Pod, now: Timestamp) {
        if let Some(uid) = Uid::of(&pod.metadata.uid) {
            self.remove_pod(uid, Some(now));
        }
    }

    fn finish(&mut self, scope: &Scope, now: Timestamp) {
        for uid in self.pods.rows.finish(scope) {
            self.remove_pod(uid, Some(now));
        }
        self.names.shrink();
    }

    fn forget(&mut self, scope: &Scope) {
        for uid in self.pods.rows.forget(scope) {
            // The pod may be known again soon, while its events are not told again.
            let told = self.pods.trouble_mut(uid).map(|trouble| std::mem::take(&mut trouble.told));
            self.events.keep(uid, told.unwrap_or_default(), self.advanced);
            self.remove_pod(uid, None);
        }
    }
}
