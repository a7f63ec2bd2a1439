//! Spans of cold calls, for programs that use `tracing`; without that feature they are nothing.

/// Opens a span until the end of the block; hot calls have none.
macro_rules! span {
    ($name:literal, $($fields:tt)*) => {
        #[cfg(feature = "tracing")]
        let _span = tracing::debug_span!(target: "ascend_ipc", $name, $($fields)*).entered();
    };
}
pub(crate) use span;
