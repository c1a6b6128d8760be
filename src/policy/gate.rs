//! `--fail-on`: what a scheduled run stops for.

use super::codes::FindingCode;
use super::findings::Finding;
use super::model::Level;
use crate::diag::nearest::nearest;

/// What to stop for: findings of a level and above, or of a kind.
///
/// ```
/// use umbrascope::policy::FailOn;
/// assert!(FailOn::parse("high").is_ok());
/// assert!(FailOn::parse("personal-tenant").is_ok() && FailOn::parse("U001").is_ok());
/// assert_eq!(FailOn::parse("hihg").unwrap_err(), "there is no level or finding `hihg`; did you mean `high`?");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailOn {
    /// Findings of this level and above.
    Level(Level),
    /// Findings of this kind.
    Code(FindingCode),
}

impl FailOn {
    /// Reads a level, a code or an id.
    pub fn parse(text: &str) -> Result<FailOn, String> {
        if let Some(level) = Level::from_name(text) {
            return Ok(FailOn::Level(level));
        }
        if let Some(code) = FindingCode::from_name(text) {
            return Ok(FailOn::Code(code));
        }
        let words = Level::ALL.iter().map(|level| level.as_str());
        let words = words.chain(FindingCode::ALL.iter().map(|code| code.id()));
        let help = match nearest(text, words) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "write info, low, medium, high, critical, or a finding such as `personal-tenant`".to_owned(),
        };
        Err(format!("there is no level or finding `{text}`; {help}"))
    }

    /// Whether a finding is one to stop for.
    pub fn is_met_by(self, finding: &Finding) -> bool {
        match self {
            FailOn::Level(level) => finding.level >= level,
            FailOn::Code(code) => finding.code == code,
        }
    }

    /// Whether any of the findings is met by any of these.
    pub fn any(gates: &[FailOn], findings: &[Finding]) -> bool {
        findings.iter().any(|finding| gates.iter().any(|gate| gate.is_met_by(finding)))
    }
}
