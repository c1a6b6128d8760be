//! The catalog inside the program.

use super::lookup::Catalog;
use super::packed::Packed;

/// Written by `build.rs` out of `signatures/`.
static BYTES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/catalog.bin"));

impl Catalog {
    /// The catalog that the program was built with; its texts are borrowed from the program, and its apps are made
    /// when they are first asked for: keep it.
    ///
    /// ```
    /// use umbrascope::catalog::Catalog;
    /// assert_eq!(Catalog::built_in().digest(), Catalog::built_in().digest());
    /// ```
    pub fn built_in() -> Catalog {
        // The build that wrote the bytes compiled this very program, and a test reads them: the fallback is never used.
        let packed = postcard::from_bytes::<Packed>(BYTES).ok().filter(|packed| packed.version == Packed::VERSION);
        Catalog::over(packed.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_are_of_this_version() {
        let packed: Packed = postcard::from_bytes(BYTES).expect("build.rs and the program disagree");
        assert_eq!(packed.version, Packed::VERSION);
        assert!(Catalog::built_in().apps().all(|app| !app.id().is_empty()));
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
