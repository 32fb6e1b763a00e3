//! Azure Kinect and Orbbec Femto through the vendors' libraries, loaded at run time.

pub mod abi;
