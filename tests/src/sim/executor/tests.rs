//! The executor's own tests.

use tokio::sync::{mpsc, oneshot};

use super::*;

fn executor(seed: u64) -> Executor {
    Executor::new(DateTime::UNIX_EPOCH, seed)
}

fn after(seconds: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
}

#[test]
fn time_passes_when_everybody_waits() {
    let executor = executor(1);
    let heard = Arc::new(Mutex::new(Vec::new()));
    for seconds in [30, 10, 20] {
        let (it, heard) = (executor.clone(), heard.clone());
        executor.spawn(
            Owner::World,
            Box::pin(async move {
                it.until(after(seconds)).await;
                locked(&heard).push((it.now(), seconds));
            }),
        );
    }
    assert_eq!(executor.run_until(after(25)), Stop::Time);
    assert_eq!(*locked(&heard), [(after(10), 10), (after(20), 20)]);
    assert_eq!(executor.run_until(after(60)), Stop::Idle);
    assert_eq!(locked(&heard).len(), 3);
}

#[test]
fn a_crash_drops_what_was_being_done_and_tells_those_who_wait() {
    let executor = executor(2);
    let (sender, receiver) = oneshot::channel::<()>();
    let it = executor.clone();
    executor.spawn(
        Owner::Bot(1),
        Box::pin(async move {
            let _held = sender;
            it.until(after(100)).await;
        }),
    );
    let told = Arc::new(Mutex::new(None));
    let (it, answer) = (executor.clone(), told.clone());
    executor.spawn(
        Owner::World,
        Box::pin(async move {
            it.until(after(5)).await;
            it.kill(Owner::Bot(1));
            *locked(&answer) = Some(receiver.await);
        }),
    );
    assert_eq!(executor.run_until(after(50)), Stop::Idle);
    assert!(matches!(*locked(&told), Some(Err(_))));
    assert!(!executor.is_alive(Owner::Bot(1)));
    assert_eq!(executor.now(), after(5));
}

#[test]
fn queues_of_tokio_wake_their_readers() {
    let executor = executor(3);
    let (sender, mut receiver) = mpsc::channel(1);
    let it = executor.clone();
    executor.spawn(
        Owner::World,
        Box::pin(async move {
            for number in 0..5 {
                it.pause(10, 20).await;
                sender.send(number).await.unwrap();
            }
        }),
    );
    let sum = Arc::new(Mutex::new(0));
    let total = sum.clone();
    executor.spawn(
        Owner::Bot(1),
        Box::pin(async move {
            while let Some(number) = receiver.recv().await {
                *locked(&total) += number;
            }
        }),
    );
    assert_eq!(executor.run_until(after(1)), Stop::Idle);
    assert_eq!(*locked(&sum), 10);
}

#[test]
fn equal_seeds_run_alike_and_others_do_not() {
    let run = |seed| {
        let executor = executor(seed);
        for _ in 0..20 {
            let it = executor.clone();
            executor.spawn(
                Owner::World,
                Box::pin(async move {
                    for _ in 0..5 {
                        it.pause(0, 1000).await;
                    }
                }),
            );
        }
        executor.run_until(after(60));
        executor.trace()
    };
    assert_eq!(run(4), run(4));
    assert_ne!(run(4).hash, run(5).hash);
}

#[test]
fn tasks_that_only_wake_each_other_are_stopped() {
    let executor = executor(6);
    executor.spawn(
        Owner::World,
        Box::pin(std::future::poll_fn(|context| {
            context.waker().wake_by_ref();
            Poll::Pending
        })),
    );
    assert_eq!(executor.run_until(after(1)), Stop::Livelock);
}
