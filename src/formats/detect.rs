//! Guesses a file's format from its head.
