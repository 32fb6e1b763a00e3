//! `kinect export`: a recording's images, point clouds, bodies, inertial samples and calibration as files that every other
//! program reads.
//!
//! [`mod@run`] opens the recording and asks what it has ([`plan`]). One thread reads captures in order and hands them over a short
//! queue to as many workers as there are cores ([`captures`]); each worker turns one capture into its files ([`frame`]). The
//! queue bounds the memory however long the recording is. Inertial samples are one file ([`imu`]), and each form of the
//! calibration is one ([`calibration`]). A body tracker gets the captures one after the other ([`bodies`]). Every file appears under its name only when it is whole ([`crate::files`]).
//!
//! Further down: [`numbers`] numbers captures, [`aligned`] makes images of one camera in the other camera's view, [`picture`]
//! encodes PNG; [`stream`], [`range`], [`points`] and [`body_options`] say what is exported, of which time, from what.

mod aligned;
mod args;
mod bodies;
mod body_options;
mod broken;
mod calibration;
mod captures;
mod error;
mod faults;
mod frame;
mod imu;
mod names;
mod numbers;
mod picture;
mod plan;
mod points;
mod range;
mod run;
mod stream;
mod written;

pub(crate) use args::{ExportArgs, HELP};
pub(crate) use run::run;
