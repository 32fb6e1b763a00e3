//! Writes Matroska files of every kind that a reader may meet, valid and invalid.

/// How the size of an element is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Size {
    #[default]
    Known,
    /// All ones.
    Unknown,
    /// 0, as in a file whose recorder was stopped before it wrote the size.
    Zero,
}

/// The lacing: how several frames share a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lacing {
    #[default]
    None,
    Xiph,
    Fixed,
    Ebml,
}

#[derive(Clone, Debug, Default)]
pub struct Block {
    pub track: u64,
    /// Relative to the cluster, in units.
    pub time: i16,
    pub frames: Vec<Vec<u8>>,
    pub lacing: Lacing,
    /// Writes a BlockGroup instead of a SimpleBlock.
    pub group: bool,
    /// The duration of the group, in units.
    pub duration: Option<u64>,
}

impl Block {
    pub fn simple(track: u64, time: i16, frame: Vec<u8>) -> Self {
        Self {
            track,
            time,
            frames: vec![frame],
            ..Self::default()
        }
    }

    /// A block as the vendor's recorder writes it for inertial samples.
    pub fn laced(track: u64, time: i16, frames: Vec<Vec<u8>>, duration: u64) -> Self {
        Self {
            track,
            time,
            lacing: if frames.len() > 1 {
                Lacing::Fixed
            } else {
                Lacing::None
            },
            frames,
            group: true,
            duration: Some(duration),
        }
    }

    fn write(&self) -> Vec<u8> {
        let flags = match self.lacing {
            Lacing::None => 0u8,
            Lacing::Xiph => 2,
            Lacing::Fixed => 4,
            Lacing::Ebml => 6,
        };
        let mut body = vint(self.track);
        body.extend(self.time.to_be_bytes());
        body.push(flags | if self.group { 0 } else { 0x80 });
        if self.lacing != Lacing::None {
            body.push((self.frames.len() - 1) as u8);
        }
        let sizes: Vec<usize> = self.frames.iter().map(Vec::len).collect();
        let (_, but_last) = sizes.split_last().unwrap();
        match self.lacing {
            Lacing::None | Lacing::Fixed => {}
            Lacing::Xiph => {
                for size in but_last {
                    body.extend(std::iter::repeat_n(255, size / 255));
                    body.push((size % 255) as u8);
                }
            }
            Lacing::Ebml => {
                for (index, size) in but_last.iter().enumerate() {
                    if index == 0 {
                        body.extend(vint(*size as u64));
                    } else {
                        let difference = *size as i64 - sizes[index - 1] as i64;
                        body.extend(signed_vint(difference));
                    }
                }
            }
        }
        for frame in &self.frames {
            body.extend(frame);
        }
        if !self.group {
            return element(0xA3, &body);
        }
        let mut group = element(0xA1, &body);
        if let Some(duration) = self.duration {
            group.extend(uint(0x9B, duration));
        }
        element(0xA0, &group)
    }
}

#[derive(Clone, Debug, Default)]
pub struct Cluster {
    /// In units.
    pub time: u64,
    pub blocks: Vec<Block>,
    pub size: Size,
}

#[derive(Clone, Debug, Default)]
pub struct Track {
    pub number: u64,
    pub uid: u64,
    /// 1 video, 17 subtitle.
    pub kind: u64,
    pub name: String,
    pub codec: String,
    pub private: Vec<u8>,
    pub default_duration: Option<u64>,
    pub size: Option<(u64, u64)>,
    /// Further elements of the track.
    pub extra: Vec<u8>,
}

impl Track {
    /// A track of images; its tags are added by [`Mkv::standard`].
    pub fn video(
        number: u64,
        name: &str,
        fourcc: &[u8; 4],
        (w, h): (u32, u32),
        period: u64,
    ) -> Self {
        let bits: u16 = match fourcc {
            b"MJPG" => 24,
            b"NV12" => 12,
            b"BGRA" => 32,
            _ => 16,
        };
        let image_bytes = if fourcc == b"MJPG" {
            0
        } else {
            w * h * u32::from(bits) / 8
        };
        let mut private = Vec::new();
        private.extend(40u32.to_le_bytes());
        private.extend(w.to_le_bytes());
        private.extend(h.to_le_bytes());
        private.extend(1u16.to_le_bytes());
        private.extend(bits.to_le_bytes());
        private.extend(fourcc);
        private.extend(image_bytes.to_le_bytes());
        private.extend([0; 16]);
        Self {
            number,
            uid: 1000 + number,
            kind: 1,
            name: name.to_owned(),
            codec: "V_MS/VFW/FOURCC".to_owned(),
            private,
            default_duration: Some(period),
            size: Some((w.into(), h.into())),
            extra: Vec::new(),
        }
    }

    pub fn imu(number: u64) -> Self {
        Self {
            number,
            uid: 1000 + number,
            kind: 17,
            name: "IMU".to_owned(),
            codec: "S_K4A/IMU".to_owned(),
            ..Self::default()
        }
    }

    pub fn custom(number: u64, name: &str) -> Self {
        Self {
            name: name.to_owned(),
            codec: "S_CUSTOM".to_owned(),
            private: b"private".to_vec(),
            ..Self::imu(number)
        }
    }

    fn write(&self) -> Vec<u8> {
        let mut body = uint(0xD7, self.number);
        body.extend(uint(0x73C5, self.uid));
        body.extend(uint(0x83, self.kind));
        body.extend(element(0x86, self.codec.as_bytes()));
        body.extend(element(0x536E, self.name.as_bytes()));
        if !self.private.is_empty() {
            body.extend(element(0x63A2, &self.private));
        }
        if let Some(duration) = self.default_duration {
            body.extend(uint(0x23_E383, duration));
        }
        if let Some((width, height)) = self.size {
            let mut video = uint(0xB0, width);
            video.extend(uint(0xBA, height));
            body.extend(element(0xE0, &video));
        }
        body.extend(&self.extra);
        element(0xAE, &body)
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Target {
    #[default]
    Recording,
    Track(u64),
    Attachment(u64),
}

#[derive(Clone, Debug, Default)]
pub struct Mkv {
    /// `None`: no TimestampScale element.
    pub scale: Option<u64>,
    /// Without Info and SeekHead, as after a crash.
    pub crashed: bool,
    pub cues: bool,
    pub seek_head: bool,
    pub segment_size: Size,
    pub tracks: Vec<Track>,
    pub tags: Vec<(String, String, Target)>,
    pub attachments: Vec<(String, u64, Vec<u8>)>,
    pub clusters: Vec<Cluster>,
    /// The interval of the cues: there is one for each group of this many clusters.
    pub cue_every: usize,
    /// Writes tags and attachments behind the clusters.
    pub tags_last: bool,
}

/// The names of the depth modes, by the size of the images.
pub const NFOV_2X2: (u32, u32) = (320, 288);

impl Mkv {
    /// A recording as the vendor's recorder makes it, without data: MJPG 720p, NFOV 2×2 binned, 30 fps.
    pub fn standard(tracks: &str, period: u64) -> Self {
        let mut mkv = Self {
            scale: Some(1000),
            cues: true,
            seek_head: true,
            cue_every: 1,
            ..Self::default()
        };
        mkv.tag("K4A_WIRED_SYNC_MODE", "STANDALONE");
        mkv.tag("K4A_DEVICE_SERIAL_NUMBER", "000000000000");
        for (index, kind) in tracks.chars().enumerate() {
            let number = index as u64 + 1;
            let (track, tags): (Track, &[(&str, &str)]) = match kind {
                'c' => (
                    Track::video(number, "COLOR", b"MJPG", (1280, 720), period),
                    &[("K4A_COLOR_MODE", "MJPG_720P")],
                ),
                'd' => (
                    Track::video(number, "DEPTH", b"b16g", NFOV_2X2, period),
                    &[("K4A_DEPTH_MODE", "NFOV_2X2BINNED")],
                ),
                'i' => (
                    Track::video(number, "IR", b"b16g", NFOV_2X2, period),
                    &[("K4A_IR_MODE", "ACTIVE")],
                ),
                'm' => (Track::imu(number), &[("K4A_IMU_MODE", "ON")]),
                _ => (Track::custom(number, "EXTRA"), &[]),
            };
            let target = Target::Track(track.uid);
            let name = if kind == 'x' {
                "K4A_CUSTOM_TRACK_EXTRA".to_owned()
            } else {
                format!("K4A_{}_TRACK", track.name)
            };
            mkv.tags.push((name, track.uid.to_string(), target));
            for (name, value) in tags {
                mkv.tags
                    .push(((*name).to_owned(), (*value).to_owned(), target));
            }
            mkv.tracks.push(track);
        }
        mkv
    }

    pub fn tag(&mut self, name: &str, value: &str) {
        self.tags
            .push((name.to_owned(), value.to_owned(), Target::Recording));
    }

    pub fn set_tag(&mut self, name: &str, value: &str) {
        self.tags.retain(|tag| tag.0 != name);
        self.tag(name, value);
    }

    /// Adds frames `(track, time in units, payload)` in clusters of at most `span` units, one block each.
    pub fn add_frames(&mut self, mut frames: Vec<(u64, u64, Vec<u8>)>, span: u64) {
        frames.sort_by_key(|frame| frame.1);
        for (track, time, payload) in frames {
            let open = self
                .clusters
                .last()
                .is_some_and(|cluster| time < cluster.time + span);
            if !open {
                self.clusters.push(Cluster {
                    time,
                    ..Cluster::default()
                });
            }
            let cluster = self.clusters.last_mut().unwrap();
            let relative = (time - cluster.time) as i16;
            cluster.blocks.push(Block::simple(track, relative, payload));
        }
    }

    pub fn write(&self) -> Vec<u8> {
        let mut ebml = uint(0x4286, 1);
        ebml.extend(uint(0x42F7, 1));
        ebml.extend(element(0x4282, b"matroska"));
        ebml.extend(uint(0x4287, 2));
        ebml.extend(uint(0x4285, 2));
        let mut file = element(0x1A45_DFA3, &ebml);

        let mut info = Vec::new();
        if let Some(scale) = self.scale {
            info.extend(uint(0x2A_D7B1, scale));
        }
        info.extend(element(0x4D80, b"test muxer"));
        info.extend(element(0x5741, b"test writer"));
        let info = element(0x1549_A966, &info);
        let tracks: Vec<u8> = self.tracks.iter().flat_map(Track::write).collect();
        let tracks = element(0x1654_AE6B, &tracks);
        let tags = element(0x1254_C367, &self.write_tags());
        let attachments = self.write_attachments();
        let clusters: Vec<Vec<u8>> = self.clusters.iter().map(write_cluster).collect();

        // The SeekHead has a fixed size, so that positions are known beforehand.
        const SEEK_SPACE: usize = 200;
        let mut parts: Vec<(u64, Vec<u8>)> = Vec::new();
        if !self.crashed {
            parts.push((0x1549_A966, info));
        }
        parts.push((0x1654_AE6B, tracks));
        let late = [(0x1941_A469, attachments), (0x1254_C367, tags)];
        if !self.tags_last {
            parts.extend(late.clone());
        }
        let first = parts.len();
        parts.extend(clusters.into_iter().map(|cluster| (0x1F43_B675, cluster)));
        if self.tags_last {
            parts.extend(late);
        }
        parts.retain(|(_, bytes)| !bytes.is_empty());
        let mut position = SEEK_SPACE as u64;
        let mut positions = Vec::new();
        for (id, bytes) in &parts {
            positions.push((*id, position));
            position += bytes.len() as u64;
        }
        if self.cues {
            let clusters = positions.iter().filter(|(id, _)| *id == 0x1F43_B675);
            let points: Vec<u8> = self
                .clusters
                .iter()
                .zip(clusters)
                .step_by(self.cue_every.max(1))
                .flat_map(|(cluster, (_, position))| {
                    let mut at = uint(0xF7, 1);
                    at.extend(uint(0xF1, *position));
                    let mut point = uint(0xB3, cluster.time);
                    point.extend(element(0xB7, &at));
                    element(0xBB, &point)
                })
                .collect();
            positions.push((0x1C53_BB6B, position));
            parts.push((0x1C53_BB6B, element(0x1C53_BB6B, &points)));
        }
        let _ = first;
        let mut seeks = Vec::new();
        for (id, position) in &positions {
            if *id != 0x1F43_B675 {
                let mut seek = element(0x53AB, &id_bytes(*id));
                seek.extend(uint(0x53AC, *position));
                seeks.extend(element(0x4DBB, &seek));
            }
        }
        let mut body = if self.seek_head && !self.crashed {
            element(0x114D_9B74, &seeks)
        } else {
            Vec::new()
        };
        let padding = SEEK_SPACE - body.len() - 2;
        body.extend(element_with(0xEC, &vec![0; padding], 1));
        assert_eq!(body.len(), SEEK_SPACE);
        for (_, bytes) in parts {
            body.extend(bytes);
        }
        file.extend(sized(0x1853_8067, &body, self.segment_size));
        file
    }

    fn write_tags(&self) -> Vec<u8> {
        let mut tags = Vec::new();
        for (name, value, target) in &self.tags {
            let targets = match target {
                Target::Recording => Vec::new(),
                Target::Track(uid) => [element(0x63CA, b"TRACK"), uint(0x63C5, *uid)].concat(),
                Target::Attachment(uid) => {
                    [element(0x63CA, b"ATTACHMENT"), uint(0x63C6, *uid)].concat()
                }
            };
            let mut simple = element(0x45A3, name.as_bytes());
            simple.extend(element(0x4487, value.as_bytes()));
            let mut tag = element(0x63C0, &targets);
            tag.extend(element(0x67C8, &simple));
            tags.extend(element(0x7373, &tag));
        }
        tags
    }

    fn write_attachments(&self) -> Vec<u8> {
        if self.attachments.is_empty() {
            return Vec::new();
        }
        let mut all = Vec::new();
        for (name, uid, data) in &self.attachments {
            let mut file = element(0x466E, name.as_bytes());
            file.extend(element(0x4660, b"application/octet-stream"));
            file.extend(element(0x465C, data));
            file.extend(uint(0x46AE, *uid));
            all.extend(element(0x61A7, &file));
        }
        element(0x1941_A469, &all)
    }
}

fn write_cluster(cluster: &Cluster) -> Vec<u8> {
    let mut body = uint(0xE7, cluster.time);
    for block in &cluster.blocks {
        body.extend(block.write());
    }
    sized(0x1F43_B675, &body, cluster.size)
}

/// 40 bytes of an inertial sample; times in ns.
pub fn imu_sample(ns: u64, value: f32) -> Vec<u8> {
    let mut bytes = ns.to_le_bytes().to_vec();
    for i in 0..3 {
        bytes.extend((value + i as f32).to_le_bytes());
    }
    bytes.extend((ns + 7000).to_le_bytes());
    for i in 0..3 {
        bytes.extend((-value - i as f32).to_le_bytes());
    }
    bytes
}

/// A depth or infrared image of 320×288 pixels, big-endian, whose first pixels encode its number.
pub fn sixteen(track: u16, index: u16) -> Vec<u8> {
    let mut bytes = vec![0; 320 * 288 * 2];
    bytes[..2].copy_from_slice(&track.to_be_bytes());
    bytes[2..4].copy_from_slice(&index.to_be_bytes());
    let last = bytes.len() - 2;
    bytes[last..].copy_from_slice(&index.to_be_bytes());
    bytes
}

/// Bytes that look like a JPEG but cannot be decoded.
pub fn jpeg(index: u16) -> Vec<u8> {
    let mut bytes = vec![0xFF, 0xD8];
    bytes.extend(index.to_be_bytes());
    bytes.extend(std::iter::repeat_n(
        index as u8,
        20 + usize::from(index % 7),
    ));
    bytes.extend([0xFF, 0xD9]);
    bytes
}

/// Matroska's compression of a track: 0 zlib, 1 bzip2, 2 LZO, 3 with the same bytes in front of every frame.
pub fn compressed(algorithm: u64, settings: &[u8]) -> Vec<u8> {
    let mut compression = uint(0x4254, algorithm);
    if !settings.is_empty() {
        compression.extend(element(0x4255, settings));
    }
    element(0x6D80, &element(0x6240, &element(0x5034, &compression)))
}

/// A zlib stream of stored (not compressed) blocks.
pub fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![0x78, 0x01];
    let count = bytes.chunks(60_000).count();
    for (index, chunk) in bytes.chunks(60_000).enumerate() {
        out.push(u8::from(index + 1 == count));
        out.extend((chunk.len() as u16).to_le_bytes());
        out.extend((!(chunk.len() as u16)).to_le_bytes());
        out.extend(chunk);
    }
    let (mut a, mut b) = (1u32, 0u32);
    for byte in bytes {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    out.extend((b << 16 | a).to_be_bytes());
    out
}

pub fn vint(value: u64) -> Vec<u8> {
    let length = (1..=8)
        .find(|length| value < (1u64 << (7 * length)) - 1)
        .unwrap();
    vint_with(value, length)
}

fn vint_with(value: u64, length: usize) -> Vec<u8> {
    let marked = value | 1u64 << (7 * length);
    marked.to_be_bytes()[8 - length..].to_vec()
}

fn signed_vint(value: i64) -> Vec<u8> {
    let length = (1..=8usize)
        .find(|length| {
            let bias = (1i64 << (7 * length - 1)) - 1;
            (-bias..=bias).contains(&value)
        })
        .unwrap();
    let bias = (1i64 << (7 * length - 1)) - 1;
    vint_with((value + bias) as u64, length)
}

fn id_bytes(id: u64) -> Vec<u8> {
    let bytes = id.to_be_bytes();
    let first = bytes.iter().position(|byte| *byte != 0).unwrap();
    bytes[first..].to_vec()
}

pub fn element(id: u64, body: &[u8]) -> Vec<u8> {
    sized(id, body, Size::Known)
}

fn element_with(id: u64, body: &[u8], length: usize) -> Vec<u8> {
    let mut bytes = id_bytes(id);
    let length = if body.len() < 127 { length } else { 2 };
    // Two bytes of size take one byte of content.
    let body = if length == 2 { &body[1..] } else { body };
    bytes.extend(vint_with(body.len() as u64, length));
    bytes.extend(body);
    bytes
}

fn sized(id: u64, body: &[u8], size: Size) -> Vec<u8> {
    let mut bytes = id_bytes(id);
    match size {
        Size::Known => bytes.extend(vint(body.len() as u64)),
        Size::Unknown => bytes.extend([0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]),
        Size::Zero => bytes.extend([0x01, 0, 0, 0, 0, 0, 0, 0]),
    }
    bytes.extend(body);
    bytes
}

pub fn uint(id: u64, value: u64) -> Vec<u8> {
    let bytes = value.to_be_bytes();
    let first = bytes.iter().position(|byte| *byte != 0).unwrap_or(7);
    element(id, &bytes[first..])
}
