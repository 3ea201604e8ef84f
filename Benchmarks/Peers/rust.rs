// simdutf8, httparse and Rust's own check of UTF-8.
use std::ffi::c_void;
use std::mem::MaybeUninit;

#[repr(C)]
pub struct Input {
    octets: *mut u8,
    count: usize,
    original: *const u8,
    ends: *const usize,
    piece_count: usize,
    output: *mut u8,
    capacity: usize,
    output_count: usize,
    key: u32,
}

impl Input {
    unsafe fn octets(&self) -> &[u8] {
        std::slice::from_raw_parts(self.octets, self.count)
    }

    unsafe fn write(&mut self, octets: &[u8], end: u8) {
        for &octet in octets.iter().chain(std::iter::once(&end)) {
            if self.output_count < self.capacity {
                *self.output.add(self.output_count) = octet;
                self.output_count += 1;
            }
        }
    }
}

type Kernel = unsafe extern "C" fn(*mut Input) -> u64;

#[repr(C)]
pub struct Contender {
    group: *const c_void,
    name: *const c_void,
    run: Option<Kernel>,
    transcribe: Option<Kernel>,
}

unsafe impl Sync for Contender {}

unsafe extern "C" fn validate_std(input: *mut Input) -> u64 {
    std::str::from_utf8((*input).octets()).is_ok() as u64
}

unsafe extern "C" fn validate_simd(input: *mut Input) -> u64 {
    simdutf8::basic::from_utf8((*input).octets()).is_ok() as u64
}

unsafe fn requests<const RECORDS: bool>(input: *mut Input) -> u64 {
    let octets = std::slice::from_raw_parts((*input).octets, (*input).count);
    let ends = std::slice::from_raw_parts((*input).ends, (*input).piece_count);
    let mut taken = 0;
    let mut start = 0;
    for &end in ends {
        let mut fields: [MaybeUninit<httparse::Header>; 64] = MaybeUninit::uninit().assume_init();
        let mut request = httparse::Request::new(&mut []);
        if let Ok(httparse::Status::Complete(count)) = request.parse_with_uninit_headers(&octets[start..end], &mut fields) {
            taken += count as u64;
        }
        if RECORDS {
            (*input).write(request.method.unwrap_or("").as_bytes(), b' ');
            (*input).write(request.path.unwrap_or("").as_bytes(), b' ');
            (*input).write(b"", b'0' + request.version.unwrap_or(9));
            for field in request.headers.iter() {
                (*input).write(field.name.as_bytes(), b':');
                (*input).write(field.value, b'\n');
            }
        }
        std::hint::black_box(&request);
        start = end;
    }
    taken
}

unsafe fn responses<const RECORDS: bool>(input: *mut Input) -> u64 {
    let octets = std::slice::from_raw_parts((*input).octets, (*input).count);
    let mut fields: [MaybeUninit<httparse::Header>; 64] = MaybeUninit::uninit().assume_init();
    let mut response = httparse::Response::new(&mut []);
    let config = httparse::ParserConfig::default();
    let taken = match config.parse_response_with_uninit_headers(&mut response, octets, &mut fields) {
        Ok(httparse::Status::Complete(count)) => count as u64,
        _ => 0,
    };
    if RECORDS {
        (*input).write(b"", b'0' + response.version.unwrap_or(9));
        (*input).write(response.code.unwrap_or(0).to_string().as_bytes(), b' ');
        (*input).write(response.reason.unwrap_or("").as_bytes(), b'\n');
        for field in response.headers.iter() {
            (*input).write(field.name.as_bytes(), b':');
            (*input).write(field.value, b'\n');
        }
    }
    std::hint::black_box(&response);
    taken
}

unsafe extern "C" fn parse_requests(input: *mut Input) -> u64 {
    requests::<false>(input)
}

unsafe extern "C" fn request_transcript(input: *mut Input) -> u64 {
    requests::<true>(input)
}

unsafe extern "C" fn parse_response(input: *mut Input) -> u64 {
    responses::<false>(input)
}

unsafe extern "C" fn response_transcript(input: *mut Input) -> u64 {
    responses::<true>(input)
}

const fn contender(group: &'static [u8], name: &'static [u8], run: Kernel, transcribe: Option<Kernel>) -> Contender {
    Contender { group: group.as_ptr().cast(), name: name.as_ptr().cast(), run: Some(run), transcribe }
}

#[no_mangle]
pub static bench_contenders: [Contender; 5] = [
    contender(b"utf8\0", b"simdutf8\0", validate_simd, None),
    contender(b"utf8\0", b"Rust std\0", validate_std, None),
    contender(b"request\0", b"httparse\0", parse_requests, Some(request_transcript)),
    contender(b"response\0", b"httparse\0", parse_response, Some(response_transcript)),
    Contender { group: std::ptr::null(), name: std::ptr::null(), run: None, transcribe: None },
];
