//! The Kubernetes job of a run, as JSON, and the names under which a cluster offers NPUs.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::fleet::job::Job;
use crate::profile::Kubernetes;

/// The label by which everything of a run is found.
pub(super) const LABEL: &str = "ascend-hwtest/run";

/// What the driver's side of a server has, and a container needs: path, and whether it is a folder.
const DRIVER: [(&str, &str); 4] = [
    ("/usr/local/Ascend/driver", "Directory"),
    ("/usr/local/dcmi", "Directory"),
    ("/usr/local/bin/npu-smi", "File"),
    ("/etc/ascend_install.info", "File"),
];

/// The container stays this long after the run, in seconds, until its results have been fetched.
const LINGER: u64 = 300;
/// The pod waits this long for its work, in seconds, before it gives the NPUs back.
const IDLE: u64 = 600;

/// The name of the job of a run.
pub(super) fn name(run: &str) -> String {
    format!("hwtest-{run}")
}

/// Names below `huawei.com/ascend…`, in either case, that nodes offer, with the most that one node has.
///
/// They differ from site to site, with the plugin and the product; so they are asked for, not known. `nodes` is what
/// `kubectl get nodes -o json` says.
#[must_use]
pub fn offered(nodes: &Value) -> BTreeMap<String, u64> {
    let mut most = BTreeMap::new();
    for node in nodes.get("items").and_then(Value::as_array).into_iter().flatten() {
        let allocatable = node.pointer("/status/allocatable").and_then(Value::as_object);
        for (name, count) in allocatable.into_iter().flatten() {
            let is_npu = name
                .strip_prefix("huawei.com/")
                .is_some_and(|rest| rest.get(..6).is_some_and(|word| word == "Ascend" || word == "ascend"));
            let count = count.as_str().and_then(|count| count.parse().ok()).or_else(|| count.as_u64()).unwrap_or(0);
            if is_npu && count > 0 {
                let entry = most.entry(name.clone()).or_insert(0);
                *entry = count.max(*entry);
            }
        }
    }
    most
}

/// The job: one pod, never restarted, on one node, that ends by itself whatever happens to us.
#[must_use]
pub fn manifest(job: &Job, profile: &Kubernetes, resource: &str) -> Value {
    let labels = json!({ LABEL: job.run });
    let npus = json!({ resource: profile.count.to_string() });
    let mut volumes = vec![
        json!({ "name": "work", "emptyDir": {} }),
        json!({ "name": "shm", "emptyDir": { "medium": "Memory" } }), // the default of 64 MiB is too small
    ];
    let mut mounts =
        vec![json!({ "name": "work", "mountPath": profile.dir }), json!({ "name": "shm", "mountPath": "/dev/shm" })];
    if profile.mount_driver {
        for (index, (path, kind)) in DRIVER.into_iter().enumerate() {
            let name = format!("driver-{index}");
            volumes.push(json!({ "name": name, "hostPath": { "path": path, "type": kind } }));
            mounts.push(json!({ "name": name, "mountPath": path, "readOnly": true }));
        }
    }
    let mut pod = json!({
        "restartPolicy": "Never",
        "terminationGracePeriodSeconds": 30,
        "containers": [{
            "name": "hwrun",
            "image": profile.image,
            "command": ["sh", "-c", holder(job, &profile.dir)],
            // Kubernetes wants both equal for devices.
            "resources": { "requests": npus.clone(), "limits": npus },
            "volumeMounts": mounts,
        }],
        "volumes": volumes,
    });
    if let Some(scheduler) = &profile.scheduler {
        pod["schedulerName"] = json!(scheduler);
    }
    if !profile.node_selector.is_empty() {
        pod["nodeSelector"] = json!(profile.node_selector);
    }
    json!({
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": { "name": name(&job.run), "labels": labels },
        "spec": {
            "backoffLimit": 0,
            "activeDeadlineSeconds": job.limit.as_secs() + IDLE + LINGER,
            "ttlSecondsAfterFinished": 3600,
            "template": { "metadata": { "labels": labels }, "spec": pod },
        },
    })
}

/// What the container runs: it waits for its work to be brought, shows the events as its log, and ends with the run's code
/// once the results have been fetched.
fn holder(job: &Job, dir: &str) -> String {
    let run = &job.run;
    format!(
        "mkdir -p {dir} && cd {dir} || exit 102\n\
         r=runs/{run}\n\
         trap 'read pid rest <$r/alive && kill -TERM $pid' TERM\n\
         i=0; while [ ! -s $r/alive ]; do [ $i -lt {idle} ] || exit 102; sleep 0.2; i=$((i+1)); done\n\
         read pid rest <$r/alive\n\
         while [ ! -e $r/events.jsonl ] && [ ! -s $r/exit ] && [ -d /proc/$pid ]; do sleep 0.2; done\n\
         tail -c +1 -f $r/events.jsonl & log=$!\n\
         while [ ! -s $r/exit ] && [ -d /proc/$pid ]; do sleep 0.2; done\n\
         i=0; while [ ! -e $r/fetched ] && [ $i -lt {linger} ]; do sleep 0.2; i=$((i+1)); done\n\
         kill $log\n\
         [ -s $r/exit ] && exit $(cat $r/exit)\n\
         exit 102\n",
        idle = IDLE * 5,
        linger = LINGER * 5,
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use k8s_openapi::api::batch::v1 as batch;

    use super::*;
    use crate::profile::Profiles;

    fn made(extra: &str) -> Value {
        let text = format!("[k8s.a]\nimage = \"lab/cann:9\"\ncount = 2\n{extra}");
        let profiles = Profiles::parse(&text).unwrap();
        let job = Job {
            run: "7f3a".into(),
            bundle: "/b".into(),
            arguments: vec!["run".into(), "$(it)".into()],
            environment: BTreeMap::new(),
            limit: Duration::from_secs(600),
        };
        manifest(&job, profiles.k8s("a").unwrap(), "huawei.com/Ascend910")
    }

    #[test]
    fn the_api_knows_every_field_of_the_manifest() {
        let options = "scheduler = \"volcano\"\nnode_selector = { arch = \"arm64\" }\n";
        for extra in ["", options, "mount_driver = false\n"] {
            let manifest = made(extra);
            let job: batch::Job = serde_json::from_value(manifest.clone()).unwrap();
            // The API's types drop what they do not know, so a wrong name would be missing afterwards.
            assert_eq!(serde_json::to_value(&job).unwrap(), manifest);
            let pod = job.spec.unwrap().template.spec.unwrap();
            let resources = pod.containers[0].resources.clone().unwrap();
            assert_eq!(resources.requests, resources.limits);
            assert_eq!(resources.limits.unwrap()["huawei.com/Ascend910"].0, "2");
            assert_eq!(pod.restart_policy.as_deref(), Some("Never"));
        }
    }

    #[test]
    fn a_job_ends_by_itself_and_is_not_repeated() {
        let manifest = made("");
        assert_eq!(manifest.pointer("/spec/backoffLimit"), Some(&json!(0)));
        assert_eq!(manifest.pointer("/spec/activeDeadlineSeconds"), Some(&json!(1500)));
        assert!(!manifest.to_string().contains("$(it)"), "a user's words are in no manifest");
    }

    #[test]
    fn resources_are_found_whatever_a_site_calls_them() {
        let nodes = json!({ "items": [
            { "status": { "allocatable": { "cpu": "64", "huawei.com/Ascend910": "8", "memory": "1Gi" } } },
            { "status": { "allocatable": { "huawei.com/Ascend910": "4", "huawei.com/ascend-1980": "16" } } },
            { "status": { "allocatable": { "huawei.com/Ascend310P": "0", "huawei.com/roce": "1" } } },
            { "status": {} },
        ]});
        let expected = [("huawei.com/Ascend910".to_owned(), 8), ("huawei.com/ascend-1980".to_owned(), 16)];
        assert_eq!(offered(&nodes), BTreeMap::from(expected));
        assert_eq!(offered(&json!({ "items": "x" })), BTreeMap::new());
    }
}
