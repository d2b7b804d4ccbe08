//! A load generator: many concurrent clients, each on its own keep-alive connection. Requests are sent
//! as bytes, so that the clients take little time away from the measured service.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

/// The result of a run: its duration, the latency of each request, and the number of failures.
pub struct Run {
    pub took: Duration,
    /// Sorted.
    pub latencies: Vec<Duration>,
    pub not_ok: usize,
}

impl Run {
    pub fn per_second(&self) -> f64 {
        self.latencies.len() as f64 / self.took.as_secs_f64()
    }

    /// The latency that this share of the requests did not exceed.
    pub fn percentile(&self, share: f64) -> Duration {
        percentile(&self.latencies, share)
    }
}

/// The value of a sorted list that this share of it does not exceed.
pub fn percentile(sorted: &[Duration], share: f64) -> Duration {
    let place = (sorted.len() as f64 * share) as usize;
    sorted[place.min(sorted.len() - 1)]
}

/// Sends the requests that `request` makes from `numbers`, by this many clients, each as soon as the one
/// before is answered.
pub fn send(
    address: SocketAddr,
    clients: usize,
    numbers: std::ops::Range<i64>,
    request: impl Fn(i64) -> String + Sync,
) -> Run {
    paced(address, clients, numbers, f64::INFINITY, request)
}

/// The same at a limited rate of requests a second.
pub fn paced(
    address: SocketAddr,
    clients: usize,
    numbers: std::ops::Range<i64>,
    most_per_second: f64,
    request: impl Fn(i64) -> String + Sync,
) -> Run {
    let next = AtomicI64::new(numbers.start);
    let started = Instant::now();
    let parts: Vec<(Vec<Duration>, usize)> = std::thread::scope(|scope| {
        let client = || {
            let mut connection = Connection::open(address);
            let (mut latencies, mut not_ok) = (Vec::new(), 0);
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= numbers.end {
                    return (latencies, not_ok);
                }
                let due = Duration::from_secs_f64((number - numbers.start) as f64 / most_per_second);
                std::thread::sleep(due.saturating_sub(started.elapsed()));
                let text = request(number);
                let sent = Instant::now();
                let ok = connection.exchange(text.as_bytes());
                latencies.push(sent.elapsed());
                not_ok += usize::from(!ok);
            }
        };
        let threads: Vec<_> = (0..clients).map(|_| scope.spawn(client)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let took = started.elapsed();
    let not_ok = parts.iter().map(|(_, not_ok)| not_ok).sum();
    let mut latencies: Vec<Duration> = parts.into_iter().flat_map(|(latencies, _)| latencies).collect();
    latencies.sort_unstable();
    Run { took, latencies, not_ok }
}

/// The duration of each write, one after another; sorted.
pub fn one_by_one(numbers: std::ops::Range<i64>, mut write: impl FnMut(i64)) -> Vec<Duration> {
    let timed = |number| {
        let started = Instant::now();
        write(number);
        started.elapsed()
    };
    let mut latencies: Vec<Duration> = numbers.map(timed).collect();
    latencies.sort_unstable();
    latencies
}

/// A keep-alive connection.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub fn open(address: SocketAddr) -> Connection {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        Connection { stream, buffer: Vec::with_capacity(1 << 16) }
    }

    /// Sends a request and reads its whole answer; returns whether it was a success.
    pub fn exchange(&mut self, request: &[u8]) -> bool {
        self.stream.write_all(request).unwrap();
        self.buffer.clear();
        let mut part = [0; 1 << 14];
        loop {
            let read = self.stream.read(&mut part).unwrap();
            assert!(read > 0, "the service closed the connection");
            self.buffer.extend_from_slice(&part[..read]);
            if let Some(whole) = self.whole()
                && self.buffer.len() >= whole
            {
                let ok = self.buffer.starts_with(b"HTTP/1.1 200") || self.buffer.starts_with(b"HTTP/1.1 201");
                if !ok && std::env::var_os("BENCH_SHOW").is_some() {
                    eprintln!("{}", String::from_utf8_lossy(&self.buffer));
                }
                return ok;
            }
        }
    }

    fn head(&self) -> Option<usize> {
        self.buffer.windows(4).position(|four| four == b"\r\n\r\n").map(|place| place + 4)
    }

    /// The length of the answer, once its head has arrived.
    fn whole(&self) -> Option<usize> {
        let head = self.head()?;
        let text = std::str::from_utf8(&self.buffer[..head]).unwrap().to_ascii_lowercase();
        let length = text.split("content-length: ").nth(1)?.split("\r\n").next()?.parse::<usize>().ok()?;
        Some(head + length)
    }
}
