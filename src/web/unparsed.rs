//! Answers to requests that never reach a handler, because they are no HTTP, too long in their head, or too slow. The
//! HTTP library answers them itself, with an empty body; here they become problems like every other failure. So each
//! connection is watched: what the library writes while no request is with a handler, and everything that handlers
//! answered has left, is its own.

use crate::web::edge::language::Language;
use crate::web::edge::middleware;
use crate::web::edge::problem::Problem;
use actix_web::HttpRequest;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::Extensions;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::rt::net::TcpStream;
use actix_web::web::Bytes;
use std::cell::Cell;
use std::io::Result;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The codes of these problems, by the status that the library answers with.
const OF_THE_LIBRARY: &[(&str, &str, &str)] = &[
    ("400", "not_http", "the request cannot be read: encode the characters of its address, and end each header"),
    ("408", "head_too_slow", "send the address and the headers of a request in time"),
    ("431", "head_too_large", "send less in the address and in the headers"),
];

/// The requests of one connection that reached a handler, and those whose answers are over.
#[derive(Default)]
pub struct Connection {
    begun: Cell<u64>,
    ended: Cell<u64>,
}

/// A connection whose writes are watched.
pub struct Watched {
    stream: TcpStream,
    connection: Rc<Connection>,
    /// As many requests have been answered, and their answers have left.
    left: u64,
    /// What is sent in place of an answer of the library: the bytes that remain, and the length of what they replace.
    instead: Option<(Bytes, usize)>,
}

impl Watched {
    pub fn new(stream: TcpStream) -> Watched {
        Watched { stream, connection: Rc::default(), left: 0, instead: None }
    }

    /// Lets every request of this connection find it.
    pub fn remember(&self, extensions: &mut Extensions) {
        extensions.insert(Rc::clone(&self.connection));
    }

    /// Whether no request is with a handler and nothing of an answer is still to be sent.
    fn is_quiet(&self) -> bool {
        self.connection.begun.get() == self.left && self.connection.ended.get() == self.left
    }
}

/// A request that is with a handler, until its answer is over.
pub struct Handled(Option<Rc<Connection>>);

impl Handled {
    pub fn begin(request: &HttpRequest) -> Handled {
        let connection = request.conn_data::<Rc<Connection>>().cloned();
        if let Some(connection) = &connection {
            connection.begun.set(connection.begun.get() + 1);
        }
        Handled(connection)
    }

    /// A body with which the answer ends.
    pub fn until_sent(self, body: BoxBody) -> BoxBody {
        BoxBody::new(Answering { body, _handled: self })
    }
}

impl Drop for Handled {
    fn drop(&mut self) {
        if let Some(connection) = &self.0 {
            connection.ended.set(connection.ended.get() + 1);
        }
    }
}

struct Answering {
    body: BoxBody,
    _handled: Handled,
}

impl MessageBody for Answering {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<std::result::Result<Bytes, Self::Error>>> {
        self.get_mut().body.as_pin_mut().poll_next(cx)
    }
}

impl AsyncRead for Watched {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Watched {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        if self.instead.is_none() && self.is_quiet() {
            self.instead = problem_instead(bytes).map(|problem| (problem, bytes.len()));
        }
        while let Some((mut rest, replaced)) = self.instead.take() {
            if rest.is_empty() {
                return Poll::Ready(Ok(replaced));
            }
            let written = Pin::new(&mut self.stream).poll_write(cx, &rest);
            match &written {
                Poll::Ready(Ok(0)) => return written,
                Poll::Ready(Ok(count)) => drop(rest.split_to(*count)),
                _ => {}
            }
            self.instead = Some((rest, replaced));
            ready!(written)?;
        }
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        // The library flushes when it has written whatever it had.
        if self.connection.begun.get() == self.connection.ended.get() {
            self.left = self.connection.begun.get();
        }
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// The problem to send in place of an answer that the library made itself.
fn problem_instead(answer: &[u8]) -> Option<Bytes> {
    let head = std::str::from_utf8(answer).ok()?.strip_suffix("\r\n\r\n")?;
    let (first, headers) = head.split_once("\r\n")?;
    let status = first.strip_prefix("HTTP/1.1 ")?.get(..3)?;
    let (_, code, detail) = OF_THE_LIBRARY.iter().find(|(known, ..)| *known == status)?;
    let is_empty = headers.lines().any(|line| line.eq_ignore_ascii_case("content-length: 0"));
    if !is_empty || headers.contains("\r\n\r\n") {
        return None;
    }
    let request_id = uuid::Uuid::now_v7().to_string();
    tracing::info!(request_id, status, "answered what is no request");
    let problem = Problem { request_id: Some(request_id.clone()), ..Problem::edge(code, *detail) };
    let body = crate::web::edge::reply::json(&problem);
    let kept = headers.lines().filter(|line| !line.to_ascii_lowercase().starts_with("content-length:"));
    let mut text: String = [first].into_iter().chain(kept).map(|line| format!("{line}\r\n")).collect();
    let own = [
        (CONTENT_TYPE.as_str(), "application/problem+json"),
        ("content-language", Language::English.as_str()),
        ("cache-control", "no-store"),
        ("x-request-id", request_id.as_str()),
    ];
    for (name, value) in own.iter().chain(middleware::HEADERS) {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str(&format!("content-length: {}\r\n\r\n{body}", body.len()));
    Some(Bytes::from(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_empty_answer_of_the_library_becomes_a_problem() {
        let date = "date: Sun, 29 Nov 2026 06:30:00 GMT";
        for (status, code) in [("400 Bad Request", "not_http"), ("408 Request Timeout", "head_too_slow")] {
            let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n{date}\r\n\r\n");
            let problem = problem_instead(answer.as_bytes()).unwrap();
            let text = std::str::from_utf8(&problem).unwrap();
            let (head, body) = text.split_once("\r\n\r\n").unwrap();
            assert!(head.starts_with(&format!("HTTP/1.1 {status}\r\nconnection: close\r\n{date}\r\n")), "{head}");
            assert!(head.contains(&format!("\r\ncontent-length: {}", body.len())) && !head.contains("length: 0"));
            assert!(body.contains(&format!("\"code\":\"{code}\"")), "{body}");
        }
        for other in [
            format!("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n{date}\r\n\r\n"),
            format!("HTTP/1.1 400 Bad Request\r\ncontent-length: 1\r\n{date}\r\n\r\n"),
            "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n".to_owned(),
            "HTTP/1.1 100 Continue\r\n\r\n".to_owned(),
            "HTTP/1.1 400".to_owned(),
        ] {
            assert_eq!(problem_instead(other.as_bytes()), None, "{other}");
        }
    }
}
