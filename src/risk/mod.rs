//! How risky an app is, as a sum that can be read: every part is a fact with its source, or something seen in these logs.
//!
//! What adds how much stands in `weights.toml`, each with its reason; a policy may change the numbers. What nobody knows
//! adds nothing and widens the range: two apps with the same score are told apart by how much of it is known.
//!
//! ```
//! use umbrascope::risk::{Level, Weights};
//! let mut weights = Weights::built_in();
//! assert_eq!(weights.level(80), Level::Critical);
//! weights.set("mfa", "none", 12).unwrap();
//! assert!(weights.set("mfa", "none", 1_000).is_err());
//! ```

mod crowd;
mod score;
#[cfg(test)]
pub(crate) mod tests;
mod weights;

pub use crowd::{Crowd, percent};
pub use score::{Exposure, Part, Risk, score};
pub use weights::{Level, PartWeights, Refusal, Weights};
