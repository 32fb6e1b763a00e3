//! Measures how many bytes of a recording of twenty gigabytes are read.
#![cfg(target_os = "linux")]

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};

use kinect_azure::recording::{Recording, SeekTarget};

use super::Scratch;
use super::mkv::{self, Mkv};

/// Bytes this thread has read from files since it began.
fn bytes_read() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/io").unwrap();
    let line = text.lines().find(|line| line.starts_with("rchar")).unwrap();
    line.split(' ').nth(1).unwrap().parse().unwrap()
}

/// A sparse file of clusters of 60 MB each; only their headers take space on the disk.
fn write_sparse(path: &std::path::Path, clusters: u64, cues: bool) {
    const FRAME: u64 = 60 << 20;
    let mut empty = Mkv::standard("c", 33_333_333);
    empty.cues = false;
    let head = empty.write();
    let segment = head
        .windows(4)
        .position(|w| w == [0x18, 0x53, 0x80, 0x67])
        .unwrap();
    let size_length = head[segment + 4].leading_zeros() as usize + 1;
    let body = segment + 4 + size_length;
    let mut file = File::create(path).unwrap();
    // The Segment's size in 8 bytes, written at the end.
    file.write_all(&head[..segment + 4]).unwrap();
    let size_at = segment as u64 + 4;
    file.write_all(&[0; 8]).unwrap();
    let data = size_at + 8;
    file.write_all(&head[body..]).unwrap();
    // The file has no space for a SeekHead, so the reader finds the Cues by walking from the last known cluster.
    let mut points = Vec::new();
    for index in 0..clusters {
        let at = file.stream_position().unwrap();
        let time = index * 33_333;
        let timestamp = mkv::uint(0xE7, time);
        let block = [&[0x81, 0, 0, 0x80][..], &mkv::jpeg(index as u16)].concat();
        let block_size = FRAME + 4;
        let mut cluster = vec![0x1F, 0x43, 0xB6, 0x75];
        cluster.extend(mkv::vint(timestamp.len() as u64 + 9 + block_size));
        cluster.extend(timestamp);
        cluster.push(0xA3);
        cluster.extend((block_size | 1 << 56).to_be_bytes());
        cluster.extend(&block);
        file.write_all(&cluster).unwrap();
        let rest = block_size - block.len() as u64;
        file.seek(SeekFrom::Current(rest as i64)).unwrap();
        let mut track = mkv::uint(0xF7, 1);
        track.extend(mkv::uint(0xF1, at - data));
        let mut point = mkv::uint(0xB3, time);
        point.extend(mkv::element(0xB7, &track));
        points.extend(mkv::element(0xBB, &point));
    }
    let cues_at = file.stream_position().unwrap();
    if cues {
        file.write_all(&mkv::element(0x1C53_BB6B, &points)).unwrap();
    }
    let end = file.stream_position().unwrap();
    file.set_len(end).unwrap();
    file.seek(SeekFrom::Start(size_at)).unwrap();
    file.write_all(&((end - data) | 1 << 56).to_be_bytes())
        .unwrap();
    if cues {
        // The SeekHead goes where the writer left padding: the first child of the Segment.
        let mut seek = mkv::element(0x53AB, &[0x1C, 0x53, 0xBB, 0x6B]);
        seek.extend(mkv::uint(0x53AC, cues_at - data));
        let seek_head = mkv::element(0x114D_9B74, &mkv::element(0x4DBB, &seek));
        file.seek(SeekFrom::Start(data)).unwrap();
        file.write_all(&seek_head).unwrap();
        let padding = 200 - seek_head.len() as u64 - 9;
        file.write_all(&[0xEC]).unwrap();
        file.write_all(&(padding | 1 << 56).to_be_bytes()).unwrap();
    }
}

#[test]
fn twenty_gigabytes_open_and_are_sought_through_without_being_read() {
    for cues in [true, false] {
        let scratch = Scratch::new(&format!("sparse-{cues}"));
        write_sparse(&scratch.0, 340, cues);
        let length = std::fs::metadata(&scratch.0).unwrap().len();
        assert!(length > 20_000_000_000, "{length}");
        let before = bytes_read();
        let mut recording = Recording::open(&scratch.0).unwrap();
        let opened = bytes_read() - before;
        assert!(
            opened < if cues { 100_000 } else { 2_000_000 },
            "{opened} bytes at opening"
        );
        assert!(!recording.info().unfinished);
        assert_eq!(recording.info().duration_usec, 339 * 33_333);
        for index in [300u64, 7, 339, 150] {
            let before = bytes_read();
            recording
                .seek(SeekTarget::Start(index * 33_333 - 5))
                .unwrap();
            let sought = bytes_read() - before;
            assert!(sought < 20_000, "{sought} bytes for a seek to {index}");
        }
        let capture = recording.next_capture().unwrap().unwrap();
        let color = capture.color.unwrap();
        assert_eq!(color.device_timestamp_usec, 150 * 33_333);
        assert_eq!(color.bytes()[..4], mkv::jpeg(150)[..4]);
        let before = bytes_read();
        assert_eq!(recording.count(|_| {}).unwrap().captures, 340);
        let counted = bytes_read() - before;
        assert!(counted < 2_000_000, "{counted} bytes for counting");
    }
}
