//! scratch
use k4a_judge::*;
use std::time::Instant;
#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

fn median(mut v: Vec<f64>) -> f64 {
    v.sort_by(f64::total_cmp);
    v[v.len() / 2]
}
fn main() {
    let judge = judge().unwrap();
    let jpeg = {
        let p = judge
            .open("/work/shared/data/recordings/mug-720p-nfov.mkv")
            .unwrap();
        let c = p.next_capture().unwrap().unwrap();
        c.color().unwrap().bytes().to_vec()
    };
    let path = "/tmp/color-only.mkv";
    {
        let rec = judge
            .record(
                path,
                abi::DeviceConfiguration {
                    color_format: 0,
                    color_resolution: 1,
                    depth_mode: 0,
                    camera_fps: 2,
                    ..Default::default()
                },
            )
            .unwrap();
        rec.write_header().unwrap();
        for i in 0..150u64 {
            let im = judge.mjpg_image(1280, 720, &jpeg).unwrap();
            im.set_device_timestamp_usec(1_000_000 + i * 33_333);
            let c = judge.capture(Some(&im), None, None).unwrap();
            rec.write_capture(&c).unwrap();
        }
    }
    let plain = judge.open(path).unwrap();
    let conv = judge.open(path).unwrap();
    conv.set_color_conversion(3).unwrap();
    let (mut a, mut b, mut z, mut o, mut q) = (vec![], vec![], vec![], vec![], vec![]);
    let mut image = kinect_azure::Image::empty(kinect_azure::ImageFormat::Color(
        kinect_azure::ColorFormat::Mjpg,
    ));
    image.width = 1280;
    image.height = 720;
    image.pixels = kinect_azure::image::Pixels::Bytes(jpeg.clone());
    let mut dec = kinect_azure::decode::ColorDecoder::new();
    let mut pdec = kinect_azure::decode::ColorDecoder::new();
    pdec.parallel = true;
    let mut ours = vec![0u8; 1280 * 720 * 4];
    let mut oa = 0;
    let mut qa = 0;
    let mut out = vec![0u8; 1280 * 720 * 4];
    let mut allocs = 0;
    for _ in 0..140 {
        let t = Instant::now();
        let c = plain.next_capture().unwrap().unwrap();
        a.push(t.elapsed().as_secs_f64() * 1e3);
        drop(c);
        let t = Instant::now();
        let c = conv.next_capture().unwrap().unwrap();
        b.push(t.elapsed().as_secs_f64() * 1e3);
        assert_eq!(c.color().unwrap().bytes().len(), out.len());
        drop(c);
        let t = Instant::now();
        oa = allocations(|| dec.decode_into(&image, &mut ours).unwrap());
        o.push(t.elapsed().as_secs_f64() * 1e3);
        let t = Instant::now();
        qa += allocations_of_all_threads(|| pdec.decode_into(&image, &mut ours).unwrap());
        q.push(t.elapsed().as_secs_f64() * 1e3);
        let t = Instant::now();
        allocs = allocations(|| {
            let opts = zune_jpeg::zune_core::options::DecoderOptions::default()
                .jpeg_set_out_colorspace(zune_jpeg::zune_core::colorspace::ColorSpace::BGRA);
            let mut d = zune_jpeg::JpegDecoder::new_with_options(
                zune_jpeg::zune_core::bytestream::ZCursor::new(&jpeg),
                opts,
            );
            d.decode_into(&mut out).unwrap();
        });
        z.push(t.elapsed().as_secs_f64() * 1e3);
    }
    println!(
        "ours {:.3} ms, allocs {oa}; parallel {:.3} allocs in all {qa}",
        median(o),
        median(q)
    );
    println!(
        "plain {:.3} converted {:.3} zune {:.3} ms, allocs {}",
        median(a),
        median(b),
        median(z),
        allocs
    );
    let c = {
        conv.seek(0, SeekOrigin::Begin).unwrap();
        conv.next_capture().unwrap().unwrap()
    };
    let im = c.color().unwrap();
    let v = im.bytes();
    for (name, x, y) in [
        ("ours-zune", &ours[..], &out[..]),
        ("ours-vendor", &ours[..], v),
    ] {
        let mut hist = [0usize; 256];
        for (x, y) in x.iter().zip(y) {
            hist[x.abs_diff(*y) as usize] += 1;
        }
        println!(
            "{name} {:?} max {:?}",
            &hist[..12],
            hist.iter().rposition(|n| *n > 0)
        );
    }
    let mut hist = [0usize; 256];
    for (x, y) in v.iter().zip(&out) {
        hist[x.abs_diff(*y) as usize] += 1;
    }
    println!("diff hist {:?}", &hist[..12]);
}
