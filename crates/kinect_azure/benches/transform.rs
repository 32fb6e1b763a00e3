//! Measures the transformation of images from one camera's view into the other's: `cargo bench -p kinect_azure --bench
//! transform`.
//!
//! First the sample recording of the real data (see the tests), if it exists, compared with the project's requirements;
//! then simulated captures in all modes, as a table in Markdown. Words on the command line choose lines of the first
//! part, `table` the second. Times are the lower quartile and the minimum of many runs, because other load on the
//! machine can only slow a run down; the table has the minimum only.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    missing_docs,
    reason = "a benchmark"
)]

use std::time::Instant;

use kinect_azure::decode::ColorDecoder;
use kinect_azure::recording::Recording;
use kinect_azure::transform::{Interpolation, Occlusion, Transformation};
use kinect_azure::{Calibration, Capture, CaptureSource, ColorResolution, DepthMode};
use kinect_test_support::simulated::simulated;

fn main() {
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .collect();
    let wanted = |name: &str| words.iter().all(|word| name.contains(word.as_str()));
    if let Some(sample) = Images::sample() {
        println!("sample recording (NFOV unbinned, 720p)");
        for threads in [1, 2] {
            for work in Work::ALL {
                if wanted(work.name()) {
                    let time = sample.measure(work, threads, 300);
                    let met = match work.limit_ms() {
                        Some(limit) if threads == 2 => {
                            let met = if time.quartile < limit {
                                "met"
                            } else {
                                "MISSED"
                            };
                            format!("   under {limit} ms: {met}")
                        }
                        _ => String::new(),
                    };
                    println!(
                        "{:42} {threads} thread{}  {:7.2} ms   fastest {:7.2} ms{met}",
                        work.name(),
                        if threads == 1 { " " } else { "s" },
                        time.quartile,
                        time.fastest
                    );
                }
            }
        }
    }
    if wanted("table") {
        table();
    }
}

/// All modes and resolutions.
fn table() {
    let columns = [
        Work::DepthToColor,
        Work::InfraredToColor,
        Work::ColorToDepth,
        Work::VisibleColorToDepth,
    ];
    print!("\n| depth mode | colour |");
    for work in columns {
        print!(" {}, 1 / 2 threads |", work.name());
    }
    println!("\n|---|---|---|---|---|---|");
    for depth_mode in DepthMode::ALL {
        if !depth_mode.has_depth() {
            continue;
        }
        for color_resolution in ColorResolution::ALL {
            let images = Images::simulated(depth_mode, color_resolution);
            print!("| {depth_mode} | {color_resolution} |");
            for work in columns {
                let [one, two] = [1, 2].map(|threads| images.measure(work, threads, 40).fastest);
                print!(" {one:.2} / {two:.2} ms |");
            }
            println!();
        }
    }
}

#[derive(Clone, Copy)]
enum Work {
    DepthToColor,
    InfraredToColor,
    PlayersToColor,
    ColorToDepth,
    VisibleColorToDepth,
}

impl Work {
    const ALL: [Self; 5] = [
        Self::DepthToColor,
        Self::InfraredToColor,
        Self::PlayersToColor,
        Self::ColorToDepth,
        Self::VisibleColorToDepth,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::DepthToColor => "depth → colour",
            Self::InfraredToColor => "depth and infrared → colour",
            Self::PlayersToColor => "depth and body index → colour",
            Self::ColorToDepth => "colour → depth",
            Self::VisibleColorToDepth => "colour → depth, hidden left out",
        }
    }

    /// The longest time allowed on two cores.
    fn limit_ms(self) -> Option<f64> {
        match self {
            Self::DepthToColor => Some(8.0),
            Self::ColorToDepth => Some(5.0),
            _ => None,
        }
    }
}

struct Time {
    quartile: f64,
    fastest: f64,
}

struct Images {
    calibration: Calibration,
    depth: Vec<u16>,
    infrared: Vec<u16>,
    color: Vec<[u8; 4]>,
}

impl Images {
    fn sample() -> Option<Self> {
        let path = k4a_judge::real_data("recordings/mug-720p-nfov.mkv")?;
        let mut recording = Recording::open(&path).unwrap();
        let capture = recording.next_capture().unwrap().unwrap();
        Some(Self::of(&capture, recording.calibration().unwrap()))
    }

    fn simulated(depth_mode: DepthMode, color_resolution: ColorResolution) -> Self {
        let (sensor, capture) = simulated(depth_mode, color_resolution);
        Self::of(&capture, sensor.calibration().unwrap())
    }

    fn of(capture: &Capture, calibration: &Calibration) -> Self {
        let mut bgra = Vec::new();
        ColorDecoder::new()
            .decode(capture.color.as_ref().unwrap(), &mut bgra)
            .unwrap();
        Self {
            calibration: calibration.clone(),
            depth: capture.depth.as_ref().unwrap().u16_pixels().to_vec(),
            infrared: capture.ir.as_ref().unwrap().u16_pixels().to_vec(),
            color: bgra.as_chunks().0.to_vec(),
        }
    }

    fn measure(&self, work: Work, threads: usize, runs: usize) -> Time {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        let mut times = pool.install(|| self.times(work, runs));
        times.sort_by(f64::total_cmp);
        Time {
            quartile: times[times.len() / 4],
            fastest: times[0],
        }
    }

    fn times(&self, work: Work, runs: usize) -> Vec<f64> {
        let mut transformation = Transformation::new(&self.calibration).unwrap();
        let mut aligned_depth = vec![0; self.color.len()];
        let mut aligned_infrared = vec![0; self.color.len()];
        let mut aligned_players = vec![0; self.color.len()];
        let mut aligned_color = vec![[0; 4]; self.depth.len()];
        let players: Vec<u8> = self.depth.iter().map(|&d| (d / 500) as u8).collect();
        let mut run = || match work {
            Work::DepthToColor => transformation.depth_to_color(&self.depth, &mut aligned_depth),
            Work::InfraredToColor => transformation.depth_to_color_with(
                &self.depth,
                &self.infrared,
                &mut aligned_depth,
                &mut aligned_infrared,
                Interpolation::Linear,
                0,
            ),
            Work::PlayersToColor => transformation.depth_to_color_with(
                &self.depth,
                &players,
                &mut aligned_depth,
                &mut aligned_players,
                Interpolation::Nearest,
                255,
            ),
            Work::ColorToDepth | Work::VisibleColorToDepth => transformation.color_to_depth(
                &self.depth,
                &self.color,
                &mut aligned_color,
                if matches!(work, Work::ColorToDepth) {
                    Occlusion::Ignore
                } else {
                    Occlusion::Hide
                },
            ),
        };
        // Once for the caches and buffers.
        run().unwrap();
        (0..runs)
            .map(|_| {
                let begin = Instant::now();
                run().unwrap();
                begin.elapsed().as_secs_f64() * 1e3
            })
            .collect()
    }
}
