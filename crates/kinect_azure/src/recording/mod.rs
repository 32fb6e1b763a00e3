//! MKV recordings.
