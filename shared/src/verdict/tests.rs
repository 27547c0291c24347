//! The decision table, told as cases.
