//! What happens when the run is stopped from outside.

/// On SIGINT and SIGTERM, removes unfinished outputs and lets the signal end the process as it
/// would have, so that a shell sees it. The temporary copy of streams has no name and goes with
/// the process in any case.
#[cfg(unix)]
pub(crate) fn take_outputs_along() {
    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;
    use signal_hook::low_level::emulate_default_handler;

    // Without this, a stopped run would leave hidden files; that is no reason not to run.
    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM]) else {
        return;
    };
    let watch = move || {
        for signal in signals.forever() {
            wirefold_io::abandon_outputs();
            let _ = emulate_default_handler(signal);
        }
    };
    let _ = std::thread::Builder::new()
        .name("signals".to_owned())
        .spawn(watch);
}

/// Other systems have no such signals; their temporary files stay where they are.
#[cfg(not(unix))]
pub(crate) fn take_outputs_along() {}
