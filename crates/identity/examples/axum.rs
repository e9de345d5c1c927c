//! A sign-up endpoint that keeps a local-first identity on the new account.
//!
//! `cargo run --package local-first-identity --example axum`, then
//! `curl 127.0.0.1:3000/sign-up --json '{"email":"a@example.com","proofToken":"…"}'`. A client mints the proof for
//! `my-app-signup`. By hand, use `mint` of this crate or `mintLocalFirstToken` of the Node addon.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use local_first_identity::{Audience, EmptyAudience, Policy, ProofError, UserId, Verified, verify};
use serde::{Deserialize, Serialize};

/// What a client sends.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SignUp {
    email: String,
    #[serde(default)]
    proof_token: String,
}

#[derive(Serialize)]
struct Account {
    id: String,
    email: String,
}

#[derive(Serialize)]
struct Refusal {
    code: &'static str,
    error: &'static str,
}

/// What the endpoint remembers. An app has a database, with a unique column for each of the two.
#[derive(Default)]
struct Accounts {
    emails: HashMap<UserId, String>,
    /// Used proofs by their digest, with the time at which they expire.
    used: HashMap<[u8; 32], u64>,
}

struct App {
    policy: Policy,
    accounts: Mutex<Accounts>,
}

/// Makes the endpoint, for clients that mint their proofs for `audience`.
///
/// # Errors
/// [`EmptyAudience`] if `audience` is empty.
pub(crate) fn app(audience: &str) -> Result<Router, EmptyAudience> {
    let policy = Policy {
        max_ttl_seconds: 300,
        ..Policy::new(Audience::parse(audience)?)
    };
    let app = App {
        policy,
        accounts: Mutex::default(),
    };
    Ok(Router::new()
        .route("/sign-up", post(sign_up))
        .with_state(Arc::new(app)))
}

type Answer<T> = Result<(StatusCode, Json<T>), (StatusCode, Json<Refusal>)>;

async fn sign_up(
    State(app): State<Arc<App>>,
    body: Result<Json<SignUp>, JsonRejection>,
) -> Answer<Account> {
    let Ok(Json(SignUp { email, proof_token })) = body else {
        let error = "The body must be JSON with an e-mail address and a proof.";
        return Err(refuse(StatusCode::BAD_REQUEST, "invalid-body", error));
    };
    let now = unix_seconds().ok_or_else(|| {
        let error = "The server's clock is wrong.";
        refuse(StatusCode::INTERNAL_SERVER_ERROR, "internal", error)
    })?;
    let proof = verify(&proof_token, &app.policy, now).map_err(refuse_proof)?;
    let id = proof.user_id.to_string();

    let mut accounts = app.accounts.lock().unwrap_or_else(PoisonError::into_inner);
    if !use_up(&mut accounts.used, &proof, now) {
        let error = "The identity proof was already used.";
        return Err(refuse(StatusCode::CONFLICT, "already-used", error));
    }
    if accounts.emails.contains_key(&proof.user_id) {
        let error = "This identity already has an account.";
        return Err(refuse(StatusCode::CONFLICT, "already-linked", error));
    }
    accounts.emails.insert(proof.user_id, email.clone());
    Ok((StatusCode::CREATED, Json(Account { id, email })))
}

/// Returns whether this is the first use. Forgets the proofs that have expired by every server's clock.
fn use_up(used: &mut HashMap<[u8; 32], u64>, proof: &Verified, now: u64) -> bool {
    const CLOCK_DIFFERENCE_SECONDS: u64 = 300;
    used.retain(|_, expires_at| *expires_at + CLOCK_DIFFERENCE_SECONDS > now);
    used.insert(proof.proof_digest, proof.expires_at).is_none()
}

fn refuse_proof(error: ProofError) -> (StatusCode, Json<Refusal>) {
    refuse(StatusCode::UNAUTHORIZED, error.code(), error.sentence())
}

fn refuse(
    status: StatusCode,
    code: &'static str,
    error: &'static str,
) -> (StatusCode, Json<Refusal>) {
    (status, Json(Refusal { code, error }))
}

fn unix_seconds() -> Option<u64> {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    Some(since_epoch.as_secs())
}

#[allow(dead_code, reason = "the test starts the endpoint itself")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 3000)).await?;
        println!("ready on http://{}", listener.local_addr()?);
        axum::serve(listener, app("my-app-signup")?).await?;
        Ok(())
    })
}
