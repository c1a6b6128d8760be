//! What a policy makes of the inventory, as the report tells it.

use super::Writer;
use crate::policy::{self, Judged, Judgement};
use crate::report::document::{
    Advice, Alternative, Collaboration, Decision, Edge, Finding, Job, Named, Network, Overlap, Policy, Risk, RiskPart,
    Social, Tool, Unit,
};

/// Which policy judged; none where none was given.
pub(super) fn policy(policy: &policy::Policy) -> Option<Policy> {
    let path = policy.source().name();
    (!path.is_empty()).then(|| Policy {
        path: path.to_owned(),
        digest: policy.digest(),
        decisions: policy.decisions().len() as u64,
    })
}

impl Writer<'_> {
    /// The decision that holds for an app.
    pub(super) fn decision(&self, judged: &Judged) -> Option<Decision> {
        let decision = self.frame.policy.decisions().get(judged.decision?)?;
        Some(Decision {
            owner: decision.owner.clone(),
            reason: Some(decision.reason.clone()).filter(|reason| !reason.is_empty()),
            date: decision.date.map(|date| date.to_string()),
            review_by: decision.review_by.map(|date| date.to_string()),
            departments: decision.departments.clone(),
            tenants: decision.tenants.clone(),
            source: format!("{}:{}", self.frame.policy.source().name(), decision.line),
        })
    }
}

/// Apps that do the same job.
pub(super) fn alternatives(judged: &Judged) -> Vec<Alternative> {
    let one = |app: &policy::Alternative| Alternative {
        id: app.id.clone(),
        name: app.name.clone(),
        sanctioned: app.sanctioned,
        people: app.people,
    };
    judged.alternatives.iter().map(one).collect()
}

pub(super) fn advice(advice: &policy::Advice) -> Advice {
    let named = |app: &policy::Alternative| Named { id: app.id.clone(), name: app.name.clone() };
    Advice {
        action: advice.action.as_str().to_owned(),
        reasons: advice.reasons.clone(),
        alternative: advice.alternative.as_ref().map(named),
    }
}

pub(super) fn risk(risk: &crate::risk::Risk) -> Risk {
    let part = |part: &crate::risk::Part| RiskPart {
        id: part.id.to_owned(),
        title: part.title.clone(),
        points: part.points,
        low: part.low,
        high: part.high,
        text: part.text.clone(),
        source: part.source.clone(),
        as_of: part.as_of.clone(),
    };
    Risk {
        score: risk.score,
        low: risk.low,
        high: risk.high,
        level: risk.level.as_str().to_owned(),
        parts: risk.parts.iter().map(part).collect(),
    }
}

pub(super) fn findings(judgement: &Judgement) -> Vec<Finding> {
    let one = |finding: &policy::Finding| Finding {
        code: finding.code.code().to_owned(),
        id: finding.code.id().to_owned(),
        level: finding.level.as_str().to_owned(),
        title: finding.title.clone(),
        text: finding.text.clone(),
        app: finding.app.as_ref().map(|(id, _)| id.clone()),
        app_name: finding.app.as_ref().map(|(_, name)| name.clone()),
        department: finding.department.clone(),
        tenant: finding.tenant.clone(),
        numbers: finding.numbers.iter().map(|(name, number)| ((*name).to_owned(), *number)).collect(),
        ask: finding.ask.clone(),
    };
    judgement.findings.iter().map(one).collect()
}

pub(super) fn social(social: &policy::Social) -> Option<Social> {
    let unit = |(name, people): &(String, u64)| Unit { name: name.clone(), people: *people };
    let network = |network: &policy::Network| Network {
        id: network.id.clone(),
        name: network.name.clone(),
        kind: network.kind.as_str().to_owned(),
        people: network.people,
        departments: network.departments.iter().map(unit).collect(),
        purpose: network.purpose.as_str().to_owned(),
        reason: network.reason.clone(),
    };
    let networks: Vec<Network> = social.networks.iter().map(network).collect();
    (!networks.is_empty()).then(|| Social { networks, summary: social.summary.clone() })
}

pub(super) fn collaboration(map: &policy::Collaboration) -> Option<Collaboration> {
    let tool = |tool: &policy::Tool| Tool {
        id: tool.id.clone(),
        name: tool.name.clone(),
        people: tool.people,
        state: tool.state.as_str().to_owned(),
        departments: tool.departments.clone(),
    };
    let overlap =
        |overlap: &policy::Overlap| Overlap { a: overlap.a.clone(), b: overlap.b.clone(), people: overlap.people };
    let job = |job: &policy::Job| Job {
        job: job.job.clone(),
        name: job.name.clone(),
        people: job.people,
        tools: job.tools.iter().map(tool).collect(),
        overlap: job.overlap.iter().map(overlap).collect(),
        bridges: job.bridges,
        consolidate: job.consolidate.clone(),
    };
    let jobs: Vec<Job> = map.jobs.iter().map(job).collect();
    (!jobs.is_empty()).then_some(Collaboration { jobs })
}

pub(super) fn edge(rows: &[policy::EdgeRow]) -> Vec<Edge> {
    let one = |row: &policy::EdgeRow| Edge {
        id: row.id.clone(),
        name: row.name.clone(),
        people: row.people,
        new_people: row.new_people,
        stage: row.stage.map(|stage| stage.as_str().to_owned()),
        champions: row.champions,
        departments: row.departments.clone(),
        reason: row.reason.clone(),
    };
    rows.iter().map(one).collect()
}
