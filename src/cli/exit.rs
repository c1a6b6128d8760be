//! The exit codes.

use std::process::ExitCode;

/// How a run ended. Two interrupted ends stand outside: a closed pipe counts as [`Exit::Done`], Ctrl-C exits with 130.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Exit {
    /// 0: done.
    Done = 0,
    /// 1: done, and what was looked for was found.
    Found = 1,
    /// 2: not done, or not wholly: a mistake on the command line, a file that could not be read to its end.
    Incomplete = 2,
}

impl Exit {
    /// The number that the system sees.
    ///
    /// ```
    /// # use umbrascope::cli::exit::Exit;
    /// assert_eq!(Exit::Incomplete.code(), 2);
    /// ```
    pub fn code(self) -> u8 {
        self as u8
    }

    /// The graver of two ends.
    ///
    /// ```
    /// # use umbrascope::cli::exit::Exit;
    /// assert_eq!(Exit::Found.and(Exit::Incomplete), Exit::Incomplete);
    /// ```
    pub fn and(self, other: Exit) -> Exit {
        self.max(other)
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.code())
    }
}
