//! What is derived from several apps at once: findings, departments, the social lens, the collaboration map, the edge.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Something that deserves a look.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// Stable: `U001`.
    pub code: String,
    /// Stable, for people: `personal-tenant`.
    pub id: String,
    /// `info`, `low`, `medium`, `high` or `critical`.
    pub level: String,
    /// In a few words.
    pub title: String,
    /// In one or two sentences, with the numbers.
    pub text: String,
    /// The app's id.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub app: Option<String>,
    /// The app's name.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub app_name: Option<String>,
    /// The department.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub department: Option<String>,
    /// The instance of the app.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub tenant: Option<String>,
    /// The numbers, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub numbers: BTreeMap<String, u64>,
    /// What to do next.
    pub ask: String,
}

/// A department, or a site of the directory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Department {
    /// Its name.
    pub name: String,
    /// People whom the directory lists, in the logs or not.
    pub people: u64,
    /// People and devices seen in the logs.
    pub seen: u64,
    /// Apps that somebody used.
    pub apps_used: u64,
    /// Apps that somebody tried and nobody used.
    pub apps_tried: u64,
    /// Of the used ones, those about which nothing was decided.
    pub unreviewed_apps: u64,
    /// Requests that send content.
    pub uploads: u64,
    /// Bytes sent to apps, where known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub bytes_up: Option<u64>,
    /// Its apps, most people first.
    pub apps: Vec<DepartmentApp>,
}

/// An app of a department.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DepartmentApp {
    /// The catalog's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// People and devices of the department who worked with it.
    pub people: u64,
    /// What was decided.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub state: String,
}

/// A person or device of these logs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Person {
    /// Login, device name or address.
    pub who: String,
    /// `person`, `device` or `address`.
    pub kind: String,
    /// By the directory.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub department: Option<String>,
    /// By the directory.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub site: Option<String>,
    /// By the directory.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub manager: Option<String>,
    /// Apps they used.
    pub apps_used: u64,
    /// Apps they tried.
    pub apps_tried: u64,
    /// Visits to and look-ups of apps.
    pub requests: u64,
    /// Bytes sent to apps, where known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub bytes_up: Option<u64>,
}

/// Where people meet customers, and where they spend their breaks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Social {
    /// The networks and the tools for them, most people first.
    pub networks: Vec<Network>,
    /// In a sentence.
    pub summary: String,
}

/// A social network, or a tool for them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Network {
    /// The catalog's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `network`, `console`, `scheduler` or `listening`.
    pub kind: String,
    /// People and devices.
    pub people: u64,
    /// Departments, most people first.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub departments: Vec<Unit>,
    /// `customers`, `mixed` or `leisure`.
    pub purpose: String,
    /// Why it is taken for that.
    pub reason: String,
}

/// People of a department.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Unit {
    /// The department.
    pub name: String,
    /// People and devices.
    pub people: u64,
}

/// Tools that do the same job.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Collaboration {
    /// Jobs for which people use more than one tool, most people first.
    pub jobs: Vec<Job>,
}

/// A job and its tools.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Job {
    /// The job: stable.
    pub job: String,
    /// Its name.
    pub name: String,
    /// People and devices who use any of the tools.
    pub people: u64,
    /// The tools, most people first.
    pub tools: Vec<Tool>,
    /// How many people two tools share.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub overlap: Vec<Overlap>,
    /// People who use two or more of them.
    pub bridges: u64,
    /// What could be brought together.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub consolidate: Option<String>,
}

/// A tool for a job.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    /// The catalog's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// People and devices.
    pub people: u64,
    /// What was decided.
    pub state: String,
    /// Departments, most people first.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub departments: Vec<String>,
}

/// People whom two tools share.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Overlap {
    /// One tool's id.
    pub a: String,
    /// The other's.
    pub b: String,
    /// People and devices who use both.
    pub people: u64,
}

/// What people found by themselves and what spreads.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Edge {
    /// The catalog's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// People and devices.
    pub people: u64,
    /// Who began with it in the second half of the period.
    pub new_people: u64,
    /// Its stage of life.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub stage: Option<String>,
    /// Early adopters who still use it.
    pub champions: u64,
    /// Departments, most people first.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub departments: Vec<String>,
    /// Why it is worth a look.
    pub reason: String,
}
