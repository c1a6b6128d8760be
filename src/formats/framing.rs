//! Where records end, and how to cut blocks there.
