//! The axum example, over HTTP.

#![allow(missing_docs, clippy::unwrap_used)]

#[path = "../examples/axum.rs"]
mod example;

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::num::NonZeroU64;
use std::time::{SystemTime, UNIX_EPOCH};

use local_first_identity::{Audience, Issuer, Secret, mint};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::runtime::Builder;

const AUDIENCE: &str = "axum-example";

/// Starts the example on a free port; it ends with the test's process.
fn start() -> SocketAddr {
    let (send, receive) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_io().build().unwrap();
        runtime.block_on(async {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
            send.send(listener.local_addr().unwrap()).unwrap();
            axum::serve(listener, example::app(AUDIENCE).unwrap())
                .await
                .unwrap();
        });
    });
    receive.recv().unwrap()
}

/// Sends a body and returns the status and the response.
fn post(address: SocketAddr, body: &str) -> (u16, Value) {
    let mut stream = TcpStream::connect(address).unwrap();
    let length = body.len();
    write!(
        stream,
        "POST /sign-up HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap())
}

/// Mints a proof that is valid for `ttl` seconds.
fn proof(secret: u8, audience: &str, ttl: u64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    mint(
        &Secret::from_bytes([secret; 32]),
        Issuer::LocalFirst,
        &Audience::parse(audience).unwrap(),
        NonZeroU64::new(ttl).unwrap(),
        now.as_secs(),
    )
    .unwrap()
}

fn sign_up(address: SocketAddr, proof: &str) -> (u16, Value) {
    let body = json!({ "email": "a@example.com", "proofToken": proof });
    post(address, &body.to_string())
}

#[test]
fn a_proof_makes_one_account() {
    let address = start();
    let token = proof(1, AUDIENCE, 60);
    let id = Secret::from_bytes([1; 32]).user_id().to_string();

    assert_eq!(
        sign_up(address, &token),
        (201, json!({ "id": id, "email": "a@example.com" }))
    );
    let used = json!({ "code": "already-used", "error": "The identity proof was already used." });
    assert_eq!(sign_up(address, &token), (409, used));
    let linked =
        json!({ "code": "already-linked", "error": "This identity already has an account." });
    assert_eq!(sign_up(address, &proof(1, AUDIENCE, 61)), (409, linked));
}

#[test]
fn a_bad_proof_makes_no_account() {
    let address = start();
    for (token, code) in [
        (String::new(), "missing"),
        ("x".into(), "malformed"),
        (proof(1, "another", 60), "audience-mismatch"),
        (proof(1, AUDIENCE, 301), "ttl-too-long"),
    ] {
        let (status, answer) = sign_up(address, &token);
        assert_eq!((status, answer["code"].as_str()), (401, Some(code)));
    }
    for body in [
        "",
        "{}",
        "[]",
        r#"{"email":"a@example.com","proofToken":1}"#,
    ] {
        let (status, answer) = post(address, body);
        assert_eq!(
            (status, answer["code"].as_str()),
            (400, Some("invalid-body"))
        );
    }
    let (status, _) = sign_up(address, &proof(1, AUDIENCE, 60));
    assert_eq!(status, 201);
}
