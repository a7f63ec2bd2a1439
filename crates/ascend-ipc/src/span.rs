//! Spans of cold calls, for programs that use `tracing`; without that feature they are nothing.

/// Opens a span until the end of the block; hot calls have none.
macro_rules! span {
    ($name:literal, $($fields:tt)*) => {
        #[cfg(feature = "tracing")]
        let _span = tracing::debug_span!(target: "ascend_ipc", $name, $($fields)*).entered();
    };
}
pub(crate) use span;

#[cfg(all(test, feature = "tracing", feature = "sim"))]
mod tests {
    use std::sync::{Arc, Mutex};

    use tracing::span::{Attributes, Id, Record};
    use tracing::{Event, Metadata, Subscriber};

    /// Keeps the names of spans.
    #[derive(Clone, Default)]
    struct Names(Arc<Mutex<Vec<&'static str>>>);

    impl Subscriber for Names {
        fn enabled(&self, metadata: &Metadata<'_>) -> bool {
            metadata.target().starts_with("ascend_ipc")
        }

        fn new_span(&self, span: &Attributes<'_>) -> Id {
            self.0.lock().unwrap().push(span.metadata().name());
            Id::from_u64(1)
        }

        fn record(&self, _: &Id, _: &Record<'_>) {}
        fn record_follows_from(&self, _: &Id, _: &Id) {}
        fn event(&self, _: &Event<'_>) {}
        fn enter(&self, _: &Id) {}
        fn exit(&self, _: &Id) {}
    }

    #[test]
    fn cold_calls_have_spans_and_hot_ones_have_none() {
        let names = Names::default();
        tracing::subscriber::with_default(names.clone(), || {
            let acl = crate::Runtime::simulated().unwrap();
            let device = acl.device(0).unwrap();
            let stream = device.create_stream().unwrap();
            let (event, _) = crate::IpcEvent::create(&device).unwrap().share().unwrap();
            let _ = event.record(&stream).unwrap();
            event.close(std::time::Duration::from_secs(10)).unwrap();
        });
        assert_eq!(*names.0.lock().unwrap(), ["device", "create", "share", "close"]);
    }
}
