//! Turns `signatures/` into the bytes of the built-in catalog.
//!
//! Only what cannot be represented stops the build: broken TOML, unknown or missing keys, wrong types, an id used twice.
//! Everything else (public suffixes, owners, hits and misses) is the affair of `tests/catalog.rs`.

use std::collections::HashMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

#[allow(dead_code)]
#[path = "src/catalog/diags.rs"]
mod diags;
#[allow(dead_code)]
#[path = "src/catalog/model.rs"]
mod model;
#[allow(dead_code)]
#[path = "src/diag/nearest.rs"]
mod nearest;
#[allow(dead_code)]
#[path = "src/catalog/packed.rs"]
mod packed;
#[allow(dead_code)]
#[path = "src/catalog/raw.rs"]
mod raw;

fn main() -> Result<(), Box<dyn Error>> {
    let shared = ["diags.rs", "model.rs", "packed.rs", "raw.rs"].map(|name| format!("src/catalog/{name}"));
    let shared = shared.iter().map(String::as_str).chain(["src/diag/nearest.rs"]);
    for path in ["build.rs", "signatures"].into_iter().chain(shared) {
        println!("cargo::rerun-if-changed={path}");
    }
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let mut files = Vec::new();
    collect(&root.join("signatures"), &mut files)?;
    files.sort();

    let (mut categories, mut jobs, mut entries, mut troubles) = (Vec::new(), Vec::new(), Vec::new(), 0);
    let mut ids = HashMap::new();
    for path in files {
        let text = fs::read_to_string(&path)?;
        let name = path.strip_prefix(&root)?.to_string_lossy().replace('\\', "/");
        let file = raw::read(&text);
        for problem in &file.problems {
            let before = text.get(..problem.span.start).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
            let help = problem.help.as_deref().unwrap_or("see signatures/README.md");
            trouble(&mut troubles, problem.code, &problem.message, &format!("{name}:{line}:{column}"), help);
        }
        categories.extend(file.categories.iter().map(model::Category::from_raw));
        jobs.extend(file.jobs.iter().map(model::Job::from_raw));
        for app in &file.apps {
            let place = format!("{name}:{}", app.id.line);
            if let Some(first) = ids.get(&app.id.text) {
                let message = format!("id `{}` is used twice", app.id.text);
                let help = format!("it stands in {first} as well");
                trouble(&mut troubles, diags::Code::DuplicateId, &message, &place, &help);
            }
            ids.entry(app.id.text.clone()).or_insert(place);
            entries.push(model::Entry::from_raw(app, &name));
        }
    }
    if troubles > 0 {
        return Err(format!("{troubles} problems in signatures/").into());
    }
    let tables = model::Tables::assemble(categories, jobs, entries);
    let mut packed = packed::Packed::new(&tables);
    for app in &tables.apps {
        packed.push_app(&postcard::to_stdvec(app)?);
    }
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("catalog.bin"), postcard::to_stdvec(&packed)?)?;
    Ok(())
}

fn trouble(count: &mut usize, code: diags::Code, message: &str, place: &str, help: &str) {
    *count += 1;
    eprintln!("error[{}]: {message}\n --> {place}\n  = help: {help}\n", code.as_str());
}

/// Every `*.toml` below a folder that need not exist.
fn collect(dir: &Path, files: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    if !dir.exists() {
        return Ok(());
    }
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')) {
            continue;
        }
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    Ok(())
}
