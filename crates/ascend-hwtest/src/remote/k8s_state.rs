//! What a cluster says of a job and of its pod.

use serde_json::Value;

/// How the pod of a job is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Pod {
    /// There is no job of that label.
    Gone,
    /// It has no machine, or no container, yet.
    Queued(String),
    /// Its container runs: the pod's name.
    Up(String),
    /// Its container has ended: the pod's name, and the exit code.
    Ended(String, u8),
    /// The cluster failed it.
    Failed(String),
}

/// Reasons for which a container waits and will wait for ever.
const HOPELESS: [&str; 7] = [
    "ErrImagePull",
    "ImagePullBackOff",
    "InvalidImageName",
    "ErrImageNeverPull",
    "CreateContainerConfigError",
    "CreateContainerError",
    "RunContainerError",
];

/// Reads `kubectl get jobs,pods -o json` of one run.
pub(super) fn judge(list: &Value) -> Pod {
    let of = |kind: &str| {
        let items = list.get("items").and_then(Value::as_array);
        items.into_iter().flatten().find(|item| item.get("kind").and_then(Value::as_str) == Some(kind))
    };
    let Some(job) = of("Job") else { return Pod::Gone };
    let Some(pod) = of("Pod") else {
        return failed(job).map_or_else(|| Pod::Queued("no pod yet".into()), Pod::Failed);
    };
    let name = text(pod, "/metadata/name").unwrap_or_default().to_owned();
    let status = "/status/containerStatuses/0/state";
    if text(pod, "/status/reason") == Some("Evicted") {
        let why = text(pod, "/status/message").unwrap_or("no reason was given");
        return Pod::Failed(format!("the pod was evicted: {why}"));
    }
    if let Some(end) = pod.pointer(&format!("{status}/terminated")) {
        let code = end.get("exitCode").and_then(Value::as_u64).and_then(|code| u8::try_from(code).ok());
        return match (text(end, "/reason"), code, failed(job)) {
            (Some("OOMKilled"), _, _) => Pod::Failed("the pod used more memory than it may (OOMKilled)".into()),
            (_, _, Some(why)) if why.starts_with("DeadlineExceeded") => Pod::Failed(why),
            // 128 and the signal: no code of hwrun, except that of an interrupt.
            (_, Some(code), _) if code <= 130 => Pod::Ended(name, code),
            (reason, code, _) => Pod::Failed(format!(
                "the container was ended from outside ({}, code {})",
                reason.unwrap_or("no reason"),
                code.map_or_else(|| "unknown".into(), |code| code.to_string())
            )),
        };
    }
    if pod.pointer("/metadata/deletionTimestamp").is_some() {
        return Pod::Failed("the pod is being deleted".into());
    }
    if let Some(why) = failed(job) {
        return Pod::Failed(why);
    }
    if pod.pointer(&format!("{status}/running")).is_some() {
        return Pod::Up(name);
    }
    if let Some(reason) = text(pod, &format!("{status}/waiting/reason")) {
        let message = text(pod, &format!("{status}/waiting/message")).unwrap_or_default();
        let why = format!("{reason} {message}").trim().to_owned();
        return if HOPELESS.contains(&reason) { Pod::Failed(why) } else { Pod::Queued(why) };
    }
    if text(pod, "/status/phase") == Some("Failed") {
        return Pod::Failed(text(pod, "/status/reason").unwrap_or("the pod failed").to_owned());
    }
    let conditions = pod.pointer("/status/conditions").and_then(Value::as_array);
    let unmet = conditions.into_iter().flatten().find(|condition| text(condition, "/status") == Some("False"));
    Pod::Queued(unmet.and_then(|condition| text(condition, "/message")).unwrap_or("no machine yet").to_owned())
}

/// Why the job itself failed, if it did.
fn failed(job: &Value) -> Option<String> {
    let conditions = job.pointer("/status/conditions")?.as_array()?;
    let is_it =
        |condition: &&Value| text(condition, "/type") == Some("Failed") && text(condition, "/status") == Some("True");
    let condition = conditions.iter().find(is_it)?;
    let part = |name| text(condition, name).unwrap_or_default();
    Some(format!("{}: {}", part("/reason"), part("/message")))
}

fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer)?.as_str()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pod(status: Value) -> Pod {
        judge(&json!({ "items": [
            { "kind": "Job", "status": {} },
            { "kind": "Pod", "metadata": { "name": "p" }, "status": status },
        ]}))
    }

    fn state(state: Value) -> Pod {
        pod(json!({ "phase": "Pending", "containerStatuses": [{ "state": state }] }))
    }

    #[test]
    fn a_container_that_runs_or_ended_is_told_with_its_pod() {
        assert_eq!(state(json!({ "running": {} })), Pod::Up("p".into()));
        assert_eq!(state(json!({ "terminated": { "exitCode": 100, "reason": "Error" } })), Pod::Ended("p".into(), 100));
    }

    #[test]
    fn eviction_a_missing_image_and_a_kill_are_the_clusters_fault() {
        let evicted = pod(json!({ "phase": "Failed", "reason": "Evicted", "message": "low on disk" }));
        assert_eq!(evicted, Pod::Failed("the pod was evicted: low on disk".into()));
        for reason in HOPELESS {
            assert!(matches!(state(json!({ "waiting": { "reason": reason } })), Pod::Failed(_)), "{reason}");
        }
        let killed = state(json!({ "terminated": { "exitCode": 137, "reason": "OOMKilled" } }));
        assert!(matches!(&killed, Pod::Failed(why) if why.contains("OOMKilled")), "{killed:?}");
        assert!(matches!(state(json!({ "terminated": { "exitCode": 143 } })), Pod::Failed(_)));
        let late = judge(&json!({ "items": [{ "kind": "Job", "status": { "conditions": [
            { "type": "Failed", "status": "True", "reason": "DeadlineExceeded", "message": "too long" }] } }] }));
        assert_eq!(late, Pod::Failed("DeadlineExceeded: too long".into()));
    }

    #[test]
    fn what_only_waits_is_queued_with_its_reason() {
        assert_eq!(
            state(json!({ "waiting": { "reason": "ContainerCreating" } })),
            Pod::Queued("ContainerCreating".into())
        );
        let full = json!({ "phase": "Pending", "conditions": [
            { "type": "PodScheduled", "status": "False", "message": "0/3 nodes: Insufficient huawei.com/Ascend910" }] });
        assert_eq!(pod(full), Pod::Queued("0/3 nodes: Insufficient huawei.com/Ascend910".into()));
        assert_eq!(judge(&json!({ "items": [{ "kind": "Job" }] })), Pod::Queued("no pod yet".into()));
        assert_eq!(judge(&json!({ "items": [] })), Pod::Gone);
        assert_eq!(judge(&json!(3)), Pod::Gone);
    }
}
