//! What to do about an error, where that is known: by code, call, and the runtime's message id.

use ascend_sys::Status;

/// A known trouble. An empty call or message fits any; the first row that fits is taken.
struct Row {
    /// 0 fits any code.
    code: i32,
    /// The beginning of the C call's name.
    call: &'static str,
    message: &'static str,
    hint: &'static str,
}

const fn code(code: i32, hint: &'static str) -> Row {
    Row { code, call: "", message: "", hint }
}

const fn call(code: i32, call: &'static str, hint: &'static str) -> Row {
    Row { code, call, message: "", hint }
}

const fn message(message: &'static str, hint: &'static str) -> Row {
    Row { code: 0, call: "", message, hint }
}

/// Narrow rows before wide ones.
const ROWS: &[Row] = &[
    message("EL0005", "the device is busy with another job: wait, or take another device"),
    message("E30006", "the operator package of CANN does not fit the driver: install matching versions"),
    message("EE1015", "the driver is older than CANN needs: upgrade the driver"),
    message("EE2002", "an environment variable has a wrong value; look at ASCEND_RT_VISIBLE_DEVICES first"),
    code(100_037, "somebody else in this process called aclFinalize; initialise again before the next call"),
    code(100_039, "a link-time stub of CANN was loaded: put the real lib64 before devlib in LD_LIBRARY_PATH"),
    call(107_000, "aclrtIpcMemImportByKey", "keep the exporter's buffer until every peer has opened it"),
    code(107_001, "device ids count from 0 among the devices that ASCEND_RT_VISIBLE_DEVICES leaves visible"),
    code(107_002, "this thread has no device: the device was reset behind this library's back"),
    code(107_003, "the stream belongs to another context: use streams that were created on the event's device"),
    call(107_017, "aclrtIpcOpenEventHandle", "keep the creator's event until every peer has opened it"),
    call(107_017, "aclrtMemImportFromShareableHandle", "keep the exporter's buffer until every peer has opened it"),
    code(107_017, "the object was destroyed before, by this process or by the one that created it"),
    code(107_022, "the device's work was aborted: reset the device before it is used again"),
    call(
        207_000,
        "aclrtCreateEventExWithFlag",
        "IPC events need an Atlas A2, A3 or Ascend 950PR, CANN 8.5 or newer, and 4 KiB pages unless the driver is 26.0.RC1 or newer",
    ),
    call(207_000, "aclrtIpcGetEventHandle", "this SoC or driver has no IPC events: ask Device::capabilities"),
    call(
        207_000,
        "aclrtIpcOpenEventHandle",
        "the devices do not reach each other, or this SoC or driver has no IPC events: ask Device::capabilities",
    ),
    call(
        207_000,
        "aclrtIpcMem",
        "sharing memory needs devices that reach each other, driver 25.3.RC1 and CANN 8.3.RC1 or newer, and no Ascend 950DT",
    ),
    call(207_000, "aclrtNotify", "a virtual NPU instance exports no notify: use the whole device"),
    call(207_000, "aclrtValue", "values in memory are written and waited for on Atlas A2, A3 and Ascend 950 only"),
    call(207_000, "aclrtRecordEvent", "an IPC event takes no part in a captured graph or a model's stream"),
    call(207_000, "aclrtStreamWaitEvent", "an IPC event takes no part in a captured graph or a model's stream"),
    code(207_000, "this SoC, driver or runtime cannot do it: ask Device::capabilities for the reason"),
    code(207_001, "device memory is used up, perhaps by other processes: npu-smi info shows by whom"),
    code(207_004, "no device is visible: look at /dev/davinci* and at ASCEND_RT_VISIBLE_DEVICES"),
    code(207_005, "resources of the device are used up: destroy what is not needed, or wait until peers have"),
    code(207_006, "not permitted: only the exporter lists importers, and not if it exported without a list"),
    code(207_007, "the device has no event left: other jobs on it count too"),
    code(207_008, "the device has no stream left: other jobs on it count too"),
    code(207_009, "the device has no notify left: other jobs on it count too"),
    code(507_033, "the device could not be brought up: look at npu-smi info and at the driver's log"),
    call(
        507_899,
        "aclrtIpcMemImportByKey",
        "the exporter has not listed this process, or the two devices have no common link: then try physical memory (VMM)",
    ),
    call(
        507_899,
        "aclrtMemImportFromShareableHandle",
        "the exporter has not listed this process, or has freed the memory",
    ),
    call(
        507_899,
        "aclrtNotifyImportByKey",
        "the creator has not listed this process by its bare pid, or the two devices have no common link",
    ),
    call(507_899, "aclrtMemExportToShareableHandle", "physical memory can be exported only once"),
    call(507_899, "aclrtIpcOpenEventHandle", "an event cannot be opened in the process that created it"),
    message("EE1001", "an argument is outside what the device or this process has, as the runtime's text says"),
    message("EE1002", "the work goes on: find out what the stream waits for"),
    message("EE1010", "this thread has no device: set it on this very thread first"),
    message("EE1018", "calls came in an order that the runtime does not allow"),
    message("EE1021", "resources of the device are used up, perhaps by other jobs"),
    message("EE1023", "streams, events or notifies of the device are used up, perhaps by other jobs"),
];

/// The hint for a code that a call answered with this message.
pub(super) fn find(status: Status, call: &str, message: Option<&str>) -> Option<&'static str> {
    let fits = |row: &&Row| {
        (row.code == 0 || row.code == status.0)
            && call.starts_with(row.call)
            && (row.message.is_empty() || message == Some(row.message))
    };
    ROWS.iter().find(fits).map(|row| row.hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_narrow_row_comes_before_a_wide_one() {
        let find = |code, call| find(Status(code), call, None).unwrap();
        assert!(find(207_000, "aclrtCreateEventExWithFlag").contains("Atlas A2"));
        assert!(find(207_000, "aclrtIpcMemGetExportKey").contains("25.3.RC1"));
        assert!(find(207_000, "aclrtAnything").contains("capabilities"));
        assert!(find(507_899, "aclrtIpcMemImportByKey").contains("VMM"));
    }

    #[test]
    fn a_message_tells_more_than_its_code() {
        assert!(find(Status(507_899), "aclrtSetDevice", Some("EL0005")).unwrap().contains("busy"));
        assert_eq!(find(Status(507_899), "aclrtSetDevice", None), None);
        assert!(find(Status(107_000), "aclrtX", Some("EE1001")).is_some());
    }

    #[test]
    fn no_row_is_hidden_behind_an_earlier_one() {
        for (index, row) in ROWS.iter().enumerate() {
            let hidden = ROWS[..index].iter().any(|earlier| {
                (earlier.code == 0 || earlier.code == row.code)
                    && row.call.starts_with(earlier.call)
                    && (earlier.message.is_empty() || earlier.message == row.message)
            });
            assert!(!hidden, "{} {} {}", row.code, row.call, row.message);
        }
    }
}
