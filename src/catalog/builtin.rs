//! The catalog inside the program.

use super::lookup::Catalog;
use super::model::Tables;

/// Written by `build.rs` out of `signatures/`.
static BYTES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/catalog.bin"));

impl Catalog {
    /// The catalog that the program was built with; its texts are borrowed from the program. Takes a few milliseconds
    /// at most, so keep it.
    ///
    /// ```
    /// use umbrascope::catalog::Catalog;
    /// assert_eq!(Catalog::built_in().digest(), Catalog::built_in().digest());
    /// ```
    pub fn built_in() -> Catalog {
        // The build that wrote the bytes compiled this very program, and a test reads them: the fallback is never used.
        let tables = postcard::from_bytes::<Tables>(BYTES).ok().filter(|tables| tables.version == Tables::VERSION);
        Catalog::new(tables.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_are_of_this_version() {
        let tables: Tables = postcard::from_bytes(BYTES).expect("build.rs and the program disagree");
        assert_eq!(tables.version, Tables::VERSION);
        assert_eq!(Catalog::built_in().len(), tables.apps.len());
    }

    #[test]
    fn texts_are_borrowed_from_the_program() {
        let catalog = Catalog::built_in();
        let program = BYTES.as_ptr_range();
        for app in catalog.apps() {
            assert!(program.contains(&app.name().as_ptr()), "{} was copied", app.id());
        }
    }
}
