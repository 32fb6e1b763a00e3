//! The code of the README and of the pages in docs/, compiled with only the imports that a page names: one module for each page.
//! [`pages`] tests that no page shows other code.

#![allow(dead_code, reason = "the code is compiled, not called")]

mod avatars;
mod diagnostics;
mod from_the_vendors_sdk;
mod from_touchdesigner;
mod from_unity_and_openframeworks;
mod images;
mod inspector;
mod kiosk;
mod live_sensors;
mod pages;
mod people;
mod placing_a_sensor;
mod readme;
mod settings;
mod simulation;
mod transformations;
mod your_app;
