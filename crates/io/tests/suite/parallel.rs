//! The ordered map keeps order, bounds, errors and panics.

use proptest::prelude::*;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use wirefold_io::{ordered, ordered_together};

const GO: Result<ControlFlow<()>, String> = Ok(ControlFlow::Continue(()));

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn results_come_in_order_up_to_the_first_error(
        count in 0_usize..200,
        threads in 0_usize..5,
        bad in prop::option::of(0_usize..200),
    ) {
        let items = (0..count).map(|at| if Some(at) == bad { Err(at.to_string()) } else { Ok(at) });
        let mut seen = Vec::new();
        let result = ordered(
            items,
            threads,
            || |at: usize| {
                if at.is_multiple_of(7) {
                    std::thread::yield_now();
                }
                at
            },
            |at| {
                seen.push(at);
                GO
            },
        );
        let bad = bad.filter(|bad| *bad < count);
        prop_assert_eq!(seen, (0..bad.unwrap_or(count)).collect::<Vec<_>>());
        prop_assert_eq!(result, bad.map_or(Ok(()), |bad| Err(bad.to_string())));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn taken_together_they_are_the_same(
        count in 0_usize..200, threads in 0_usize..5, bad in prop::option::of(0_usize..200), most in 1_usize..9,
    ) {
        let items = (0..count).map(|at| if Some(at) == bad { Err(at.to_string()) } else { Ok(at) });
        let mut seen = Vec::new();
        let result = ordered_together(items, threads, || |at: usize| at, |ready| {
            let mut taken = 0;
            while taken < most && let Some(at) = ready.next() {
                seen.push(at?);
                taken += 1;
            }
            assert!(taken > 0);
            GO
        });
        let bad = bad.filter(|bad| *bad < count);
        prop_assert_eq!(seen, (0..bad.unwrap_or(count)).collect::<Vec<_>>());
        prop_assert_eq!(result, bad.map_or(Ok(()), |bad| Err(bad.to_string())));
    }
}

#[test]
fn all_that_is_there_can_be_taken() {
    let made = AtomicUsize::new(0);
    let work = || {
        |at: usize| {
            made.fetch_add(1, Ordering::SeqCst);
            at
        }
    };
    let (mut most, mut all) = (0, 0);
    let items = (0..100).map(Ok::<usize, String>);
    ordered_together(items, 2, work, |ready| {
        let taken = ready.count();
        (most, all) = (most.max(taken), all + taken);
        // Others become ready meanwhile.
        while made.load(Ordering::SeqCst) < 100.min(all + 4) {
            std::thread::yield_now();
        }
        GO
    })
    .unwrap();
    assert!(all == 100 && most > 1, "{most} of {all}");
}

#[test]
fn no_more_is_drawn_than_the_bound_allows() {
    let drawn = AtomicUsize::new(0);
    let mut consumed = 0;
    let items = (0..500).map(|at| {
        drawn.fetch_add(1, Ordering::SeqCst);
        Ok::<_, String>(at)
    });
    ordered(
        items,
        2,
        || |at: i32| at,
        |_| {
            assert!(drawn.load(Ordering::SeqCst) <= consumed + 6);
            consumed += 1;
            GO
        },
    )
    .unwrap();
    assert_eq!(consumed, 500);
}

#[test]
fn each_worker_has_its_own_state() {
    let made = AtomicUsize::new(0);
    let mut total = 0;
    ordered(
        (0..100).map(Ok::<usize, String>),
        3,
        || {
            made.fetch_add(1, Ordering::SeqCst);
            let mut seen = 0;
            move |_| {
                seen += 1;
                seen
            }
        },
        |seen: usize| {
            total += usize::from(seen > 0);
            GO
        },
    )
    .unwrap();
    assert_eq!((made.load(Ordering::SeqCst), total), (3, 100));
}

#[test]
fn a_stop_or_an_error_of_the_consumer_ends_an_endless_run() {
    let mut left = 10;
    let result = ordered(
        (0_u64..).map(Ok::<_, String>),
        2,
        || |at| at,
        |_| {
            left -= 1;
            Ok(if left == 0 {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            })
        },
    );
    assert_eq!((result, left), (Ok(()), 0));
    let result = ordered(
        (0_u64..).map(Ok),
        2,
        || |at| at,
        |at| {
            if at == 5 {
                Err("five")
            } else {
                Ok(ControlFlow::Continue(()))
            }
        },
    );
    assert_eq!(result, Err("five"));
}

fn message(run: impl FnOnce()) -> String {
    let payload = catch_unwind(AssertUnwindSafe(run)).unwrap_err();
    (*payload.downcast::<&str>().unwrap()).to_owned()
}

#[test]
fn panics_come_out_on_the_calling_thread() {
    let told = message(|| {
        let work = || |at: u64| if at == 20 { panic!("worker") } else { at };
        let _ = ordered((0_u64..).map(Ok), 2, work, |_| GO);
    });
    assert_eq!(told, "worker");
    let told = message(|| {
        let items = (0_u64..).map(|at| if at == 20 { panic!("reader") } else { Ok(at) });
        let _ = ordered(items, 2, || |at| at, |_| GO);
    });
    assert_eq!(told, "reader");
    let told = message(|| {
        let _ = ordered(
            (0_u64..).map(Ok),
            2,
            || |at| at,
            |at| {
                if at == 20 { panic!("consumer") } else { GO }
            },
        );
    });
    assert_eq!(told, "consumer");
}
