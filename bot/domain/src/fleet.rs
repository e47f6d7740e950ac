//! Several hosts of one environment: brought to a version batch by batch, and a batch
//! only begins when the one before it is well.

use serde::{Deserialize, Serialize};

use crate::ids::HostName;
use crate::steps::{Reach, Step};

/// The hosts of an environment that has several. All of them run the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fleet {
    /// At least one, in the order they are brought to a version; each once.
    pub hosts: Vec<HostName>,
    /// How many take each step before the next step is taken; at least one.
    pub batch: usize,
}

impl Fleet {
    /// The most hosts of an environment: what each ran is kept with it.
    pub const MOST: usize = 10;

    /// The steps as they are done: each on the hosts it reaches, and everything on a
    /// batch before anything on the next.
    pub fn spread(&self, steps: &[&Step]) -> Vec<Step> {
        let mut all = Vec::new();
        for (number, batch) in self.hosts.chunks(self.batch.max(1)).enumerate() {
            for step in steps {
                let on = match step.reach() {
                    Reach::EachHost => batch,
                    Reach::EachBatch => &batch[..1],
                    Reach::Once if number == 0 => &batch[..1],
                    Reach::Once => &[],
                };
                all.extend(on.iter().map(|host| Step::clone(step).on(host)));
            }
        }
        all
    }

    /// The same hosts with one of them last: the others need not wait for it.
    #[must_use]
    pub fn with_last(&self, host: Option<&HostName>) -> Self {
        let (mut hosts, last): (Vec<_>, Vec<_>) =
            (self.hosts.iter().cloned()).partition(|it| Some(it) != host);
        hosts.extend(last);
        Self {
            hosts,
            batch: self.batch,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Length;
    use crate::ids::ServiceName;
    use crate::steps::{Pull, Run, StepKind, Up, Wait};

    fn length(text: &str) -> Length {
        text.parse().unwrap()
    }

    fn fleet(batch: usize) -> Fleet {
        let hosts = ["a", "b", "c"].map(|it| HostName::new(it).unwrap());
        Fleet {
            hosts: hosts.to_vec(),
            batch,
        }
    }

    fn spread(batch: usize) -> Vec<String> {
        let steps = steps();
        let steps: Vec<&Step> = steps.iter().collect();
        let all = fleet(batch).spread(&steps);
        all.iter().map(Step::title).collect()
    }

    fn steps() -> Vec<Step> {
        let service = ServiceName::new("web").unwrap();
        let kinds = [
            StepKind::Pull(Pull {
                service: service.clone(),
            }),
            StepKind::Run(Run {
                service,
                argv: vec!["migrate".to_owned()],
                once: true,
                alone: None,
            }),
            StepKind::Up(Up {
                stable_for: length("10s"),
                healthy_within: length("2m"),
            }),
            StepKind::Wait(Wait {
                length: length("5s"),
            }),
        ];
        let step = |kind| Step::new(kind, length("1m"));
        kinds.into_iter().map(step).collect()
    }

    #[test]
    fn one_host_is_finished_before_the_next_begins() {
        let all = spread(1);
        assert_eq!(
            all,
            [
                "Pull web on a",
                "Run migrate on a",
                "Recreate containers on a",
                "Wait 5s on a",
                "Pull web on b",
                "Recreate containers on b",
                "Wait 5s on b",
                "Pull web on c",
                "Recreate containers on c",
                "Wait 5s on c",
            ]
        );
    }

    #[test]
    fn a_batch_takes_each_step_together() {
        let all = spread(2);
        assert_eq!(
            all,
            [
                "Pull web on a",
                "Pull web on b",
                "Run migrate on a",
                "Recreate containers on a",
                "Recreate containers on b",
                "Wait 5s on a",
                "Pull web on c",
                "Recreate containers on c",
                "Wait 5s on c",
            ]
        );
    }

    #[test]
    fn the_host_that_failed_comes_last() {
        let failed = HostName::new("a").unwrap();
        let hosts = fleet(1).with_last(Some(&failed)).hosts;
        let names: Vec<&str> = hosts.iter().map(HostName::as_str).collect();
        assert_eq!(names, ["b", "c", "a"]);
        assert_eq!(fleet(1).with_last(None), fleet(1));
    }
}
