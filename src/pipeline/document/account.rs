//! The account of one file.

use jiff::tz::TimeZone;

use super::shown;
use crate::pipeline::Reading;
use crate::report::document::{BadRecord, CannotTell, Input, Reason, Records, RunnerUp, Status};

/// The account of one file.
pub fn input(reading: &Reading, zone: &TimeZone) -> Input {
    let reasons = |list: Vec<(String, u64)>| {
        let mut list: Vec<Reason> = list.into_iter().map(|(reason, count)| Reason { reason, count }).collect();
        list.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.reason.cmp(&b.reason)));
        list
    };
    let status = match (reading.losses.is_empty(), reading.format) {
        (false, _) => Status::Lost,
        (true, Some(_)) => Status::Read,
        (true, None) => Status::Declined,
    };
    Input {
        path: reading.path.clone(),
        status,
        format: reading.format.map(str::to_owned),
        confidence: reading.score,
        why: reading.why.clone().into_owned(),
        runner_up: reading
            .runner_up
            .map(|second| RunnerUp { format: second.format.to_owned(), confidence: second.score }),
        envelope: Some(reading.envelope.clone()).filter(|envelope| !envelope.is_empty()),
        records: Records {
            total: reading.records,
            event: reading.events,
            identity: reading.identities,
            skipped: reading.skipped_count(),
            bad: reading.bad_count(),
        },
        bytes: reading.bytes,
        first: reading.span.map(|(first, _)| shown(first, zone)),
        last: reading.span.map(|(_, last)| shown(last, zone)),
        skipped: reasons(reading.skipped.iter().map(|(reason, count)| ((*reason).to_owned(), *count)).collect()),
        bad: reasons(reading.bad.iter().map(|(reason, count)| (reason.clone().into_owned(), *count)).collect()),
        bad_samples: reading
            .samples
            .iter()
            .map(|sample| BadRecord {
                line: sample.line,
                offset: sample.offset,
                reason: sample.reason.clone().into_owned(),
                excerpt: sample.excerpt.clone(),
            })
            .collect(),
        cannot_tell: reading
            .gaps
            .iter()
            .map(|(gap, advice)| CannotTell {
                id: gap.id().to_owned(),
                meaning: gap.meaning().to_owned(),
                advice: advice.map(str::to_owned),
            })
            .collect(),
        losses: reading.losses.clone(),
    }
}
