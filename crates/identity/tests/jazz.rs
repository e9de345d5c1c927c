//! The recorded facts of Jazz from 2.0.0-alpha.54 on.

#![allow(missing_docs, clippy::unwrap_used)]

use std::num::NonZeroU64;

use local_first_identity::{Audience, Issuer, Secret, UserId, mint};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    secrets: Vec<Identity>,
    secret_forms: Vec<Form>,
    account_ids: Vec<Founder>,
    tokens: Vec<Minted>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Identity {
    bare: String,
    v1: String,
    public_key: String,
    user_id: String,
}

#[derive(Deserialize)]
struct Form {
    text: String,
    accepted: bool,
    why: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Founder {
    app_id: String,
    sub: String,
    account_id: String,
}

#[derive(Deserialize)]
struct Minted {
    secret: String,
    aud: String,
    ttl: NonZeroU64,
    now: u64,
    token: String,
}

fn facts() -> Facts {
    serde_json::from_str(include_str!("../../../vectors/jazz.json")).unwrap()
}

#[test]
fn both_spellings_of_a_secret_are_one_identity() {
    for fact in facts().secrets {
        for text in [&fact.bare, &fact.v1] {
            let secret = Secret::parse(text).unwrap();
            assert_eq!(*secret.encode(), fact.bare);
            assert_eq!(secret.public_key().encode(), fact.public_key);
            assert_eq!(secret.user_id().to_string(), fact.user_id);
        }
    }
}

#[test]
fn no_other_form_is_a_secret() {
    let forms = facts().secret_forms;
    // Jazz refuses a bare secret, which is accepted here.
    let ours = forms
        .iter()
        .filter(|form| form.why.as_deref() != Some("no prefix"));
    for Form { text, accepted, .. } in ours {
        assert_eq!(Secret::parse(text).is_ok(), *accepted, "{text:?}");
    }
}

#[test]
fn an_identity_has_the_recorded_account_in_each_app() {
    for fact in facts().account_ids {
        let user_id = UserId::parse(&fact.sub).unwrap();
        let app = Audience::parse(&fact.app_id).unwrap();
        assert_eq!(user_id.jazz_account(&app).to_string(), fact.account_id);
    }
}

#[test]
fn a_user_id_has_one_form() {
    let id = "e88416f6-67c8-5e26-8d53-25074d802540";
    assert!(UserId::parse(id).is_some());
    let simple = id.replace('-', "");
    for other in [&id.to_uppercase(), &simple, &format!("{{{id}}}"), "", " "] {
        assert!(UserId::parse(other).is_none(), "{other:?}");
    }
}

#[test]
fn tokens_are_the_recorded_bytes() {
    for fact in facts().tokens {
        let secret = Secret::parse(&fact.secret).unwrap();
        let audience = Audience::parse(&fact.aud).unwrap();
        let token = mint(&secret, Issuer::LocalFirst, &audience, fact.ttl, fact.now).unwrap();
        assert_eq!(token, fact.token);
    }
}
